//! The power spectrum of a population's spikes, and the frequency at which it oscillates.

use realfft::RealFftPlanner;

/// A power spectrum.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    /// Frequencies, Hz, from the resolution up to half of one over the bin.
    pub frequency_hz: Vec<f64>,
    /// Power of each, per neuron, Hz (spikes^2/s^2 for each Hz): the mean rate at all frequencies for independent Poisson neurons.
    pub power_hz: Vec<f64>,
    /// Mean rate of a neuron, Hz.
    pub rate_hz: f64,
    /// Segments whose spectra were averaged.
    pub segments: usize,
}

/// The spectrum of the spike counts of `size` neurons in bins of `bin_ms`, by Welch's method (1967, IEEE Trans. Audio Electroacoust.
/// 15:70-73, doi:10.1109/TAU.1967.1161901): segments of `segment` bins that overlap by half, each without its mean and under a Hann window.
///
/// It is the two-sided density `|sum_spikes exp(-2 pi i f t)|^2 / (T N)`, without the constant part. `None` without spikes, or where no segment
/// of at least four bins fits.
pub fn spectrum(counts: &[u64], size: u32, bin_ms: f64, segment: usize) -> Option<Spectrum> {
    let spikes: u64 = counts.iter().sum();
    if segment < 4 || counts.len() < segment || spikes == 0 {
        return None;
    }
    let transform = RealFftPlanner::<f64>::new().plan_fft_forward(segment);
    let (mut values, mut transformed) = (transform.make_input_vec(), transform.make_output_vec());
    let turn = std::f64::consts::TAU / segment as f64;
    let window: Vec<f64> = (0..segment).map(|k| 0.5 - 0.5 * (turn * k as f64).cos()).collect();
    let bin_s = bin_ms * 1e-3;
    let scale = 1.0 / (window.iter().map(|w| w * w).sum::<f64>() * bin_s * f64::from(size));

    let mut power_hz = vec![0.0; segment / 2];
    let mut segments = 0;
    for start in (0..=counts.len() - segment).step_by(segment / 2) {
        let part = &counts[start..start + segment];
        let mean = part.iter().sum::<u64>() as f64 / segment as f64;
        let windowed = part.iter().zip(&window).map(|(&count, w)| (count as f64 - mean) * w);
        values.iter_mut().zip(windowed).for_each(|(value, windowed)| *value = windowed);
        transform.process(&mut values, &mut transformed).expect("the vectors were made for it");
        power_hz.iter_mut().zip(&transformed[1..]).for_each(|(power, value)| *power += value.norm_sqr() * scale);
        segments += 1;
    }
    power_hz.iter_mut().for_each(|power| *power /= segments as f64);
    Some(Spectrum {
        frequency_hz: (1..=segment / 2).map(|k| k as f64 / (segment as f64 * bin_s)).collect(),
        power_hz,
        rate_hz: spikes as f64 / (counts.len() as f64 * bin_s * f64::from(size)),
        segments,
    })
}

impl Spectrum {
    /// The frequency of the highest peak, Hz, if independent Poisson neurons of the same rate had a value as high at any frequency with a
    /// probability below 1 %. The ends of the spectrum are no peaks; of peaks that are equal within 1 %, as harmonics of a clock, it is the lowest.
    pub fn peak_hz(&self) -> Option<f64> {
        let power = &self.power_hz;
        let inner = 1..power.len().saturating_sub(1);
        let peaks = || inner.clone().filter(|&k| power[k] > power[k - 1] && power[k] >= power[k + 1]);
        let highest = peaks().map(|k| power[k]).fold(0.0, f64::max);
        let lowest = peaks().find(|&k| power[k] >= 0.99 * highest)?;
        let chance = power.len() as f64 * exceeds(highest / self.rate_hz, self.segments);
        (chance < 0.01).then(|| self.frequency_hz[lowest])
    }
}

/// Probability that a value of a flat spectrum of level 1 is above `ratio`: it is gamma distributed of order `k`, half the equivalent degrees of
/// freedom of overlapping Hann windows, 36 n^2/(19 n - 1) (Percival & Walden 1993, section 6.17, doi:10.1017/CBO9780511622762).
fn exceeds(ratio: f64, segments: usize) -> f64 {
    let n = segments as f64;
    let k = (18.0 * n * n / (19.0 * n - 1.0)).round();
    let y = k * ratio;
    // e^-y sum of y^j/j! below k, each term by its logarithm as e^-y may be too small.
    let terms = (0..k as u64).scan(-y, |log, j| {
        let term = log.exp();
        *log += (y / (j as f64 + 1.0)).ln();
        Some(term)
    });
    terms.sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{
        counts,
        processes::{gamma, inhomogeneous},
    };

    /// 50 neurons for 100 s, 0.1 ms a step, in bins of 1 ms and segments of 0.5 s.
    fn of(train: impl Fn(u64) -> Vec<u64>) -> Spectrum {
        let mut steps: Vec<u64> = (0..50).flat_map(train).collect();
        steps.sort_unstable();
        spectrum(&counts(&steps, 10, 1_000_000), 50, 1.0, 500).expect("spikes")
    }

    /// The mean over the values between two frequencies.
    fn mean(spectrum: &Spectrum, low: f64, high: f64, f: impl Fn(f64, f64) -> f64) -> f64 {
        let both = spectrum.frequency_hz.iter().zip(&spectrum.power_hz);
        let values: Vec<f64> =
            both.filter(|(hz, _)| (low..high).contains(*hz)).map(|(&hz, &power)| f(hz, power)).collect();
        values.iter().sum::<f64>() / values.len() as f64
    }

    #[test]
    fn poisson_neurons_are_flat_at_their_rate() {
        let found = of(|seed| gamma(seed, 1, 500.0, 1_000_000));
        assert_eq!((found.segments, found.frequency_hz[0], found.frequency_hz[249]), (399, 2.0, 500.0));
        // 399 segments, 1.9 of them as good as one that does not overlap: 7 % standard error of a value, 2 % of 12 of them.
        for low in (2..490).step_by(24) {
            let power = mean(&found, f64::from(low), f64::from(low + 24), |_, power| power);
            assert!((power / 20.0 - 1.0).abs() < 0.08, "{low} Hz: {power}");
        }
        assert!((mean(&found, 0.0, 500.0, |_, power| power) / found.rate_hz - 1.0).abs() < 0.01);
        assert_eq!(found.peak_hz(), None);
    }

    #[test]
    fn renewal_neurons_have_their_closed_form() {
        // S = r (1 - |p|^2)/|1 - p|^2, p the characteristic function of the intervals (Cox & Lewis 1966): (1 - i w/(k r))^-k for gamma.
        let (k, r) = (8, 20.0);
        let found = of(|seed| gamma(seed, k, 500.0, 1_000_000));
        let theory = |hz: f64| {
            let x = std::f64::consts::TAU * hz / (k as f64 * r);
            let (size, angle) = ((1.0 + x * x).powf(-0.5 * k as f64), k as f64 * x.atan());
            r * (1.0 - size * size) / (1.0 - 2.0 * size * angle.cos() + size * size)
        };
        for low in [4.0, 10.0, 16.0, 20.0, 26.0, 40.0, 100.0, 300.0] {
            let ratio = mean(&found, low, low + 6.0, |hz, power| power / theory(hz));
            assert!((ratio - 1.0).abs() < 0.13, "{low} Hz: {ratio}");
        }
    }

    #[test]
    fn oscillations_peak_at_their_frequency() {
        // Rates of 20 Hz (1 + 0.5 cos): N r^2 m^2/4 per Hz, spread by the window over 1.5/T.
        let turn = std::f64::consts::TAU * 40.0 * 1e-4;
        let found = of(|seed| inhomogeneous(seed, 0.003, |step| 0.002 * (1.0 + 0.5 * (turn * step).cos()), 1_000_000));
        assert_eq!(found.peak_hz(), Some(40.0));
        let height = found.power_hz[19];
        let expected = 20.0 + 50.0 * (20.0_f64 * 0.5).powi(2) / 4.0 * 0.5 / 1.5;
        assert!((height / expected - 1.0).abs() < 0.1, "{height} is not {expected}");
        // A clock has all harmonics, the lowest is the peak.
        let clock: Vec<u64> = (1..=1000).map(|k| k * 1000).collect();
        let found = spectrum(&counts(&clock, 10, 1_000_000), 1, 1.0, 1000).expect("spikes");
        assert_eq!(found.peak_hz(), Some(10.0));
    }

    #[test]
    fn chance_of_a_flat_spectrum_is_that_of_a_gamma_distribution() {
        // One segment: exponential. Two: 72/37 degrees of freedom a half, rounded to order 2: e^-y (1 + y), y = 2 x.
        assert!((exceeds(3.0, 1) - (-3.0_f64).exp()).abs() < 1e-12);
        assert!((exceeds(3.0, 2) - 7.0 * (-6.0_f64).exp()).abs() < 1e-12);
        // Many: far above is impossible, the level itself is near the median.
        assert!(exceeds(1.5, 1000) < 1e-20 && (exceeds(1.0, 1000) - 0.5).abs() < 0.02);
    }

    #[test]
    fn too_little_has_no_spectrum() {
        assert_eq!(spectrum(&[0; 100], 1, 1.0, 10), None);
        assert_eq!(spectrum(&[1; 9], 1, 1.0, 10), None);
        assert_eq!(spectrum(&[1; 9], 1, 1.0, 3), None);
    }
}
