//! The peristimulus time histogram: the rate of a population around events.

/// Spikes around events.
#[derive(Clone, Debug, PartialEq)]
pub struct Psth {
    /// Begin of each bin after the event, in steps; negative before it.
    pub from: Vec<i64>,
    /// Spikes in each bin, of all events together.
    pub counts: Vec<u64>,
    /// Mean rate of a neuron in each bin, Hz.
    pub rate_hz: Vec<f64>,
    /// Events whose whole window was recorded; the others are left out.
    pub events: usize,
}

/// The rate of `size` neurons with the spikes `steps` (ascending) from `window.0` to `window.1` steps after each of `events`, in bins of
/// `bin_steps` (Gerstein & Kiang 1960, Biophys. J. 1:15-28, doi:10.1016/S0006-3495(60)86872-5). A bin holds the spikes after its begin, up to and
/// including its end, as in [`counts`](super::counts). An incomplete last bin is left out. `None` where no event has its window
/// within `total_steps`, or the window holds no bin.
pub fn psth(
    steps: &[u64],
    size: u32,
    events: &[u64],
    window: (i64, i64),
    (bin_steps, step_ms): (u64, f64),
    total_steps: u64,
) -> Option<Psth> {
    let bins = usize::try_from((window.1 - window.0) / bin_steps as i64).ok().filter(|&bins| bins > 0)?;
    let length = bins as u64 * bin_steps;
    let begin = |event: &u64| event.checked_add_signed(window.0).filter(|begin| begin + length <= total_steps);
    let begins: Vec<u64> = events.iter().filter_map(begin).collect();
    let mut counts = vec![0; bins];
    for &begin in &begins {
        let after = &steps[steps.partition_point(|&step| step <= begin)..];
        for step in after.iter().take_while(|&&step| step <= begin + length) {
            counts[((step - begin - 1) / bin_steps) as usize] += 1;
        }
    }
    let seconds = begins.len() as f64 * f64::from(size) * bin_steps as f64 * step_ms * 1e-3;
    let rate_hz = counts.iter().map(|&count: &u64| count as f64 / seconds).collect();
    let from = (0..bins as i64).map(|bin| window.0 + bin * bin_steps as i64).collect();
    (!begins.is_empty()).then_some(Psth { from, counts, rate_hz, events: begins.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::processes::inhomogeneous;

    #[test]
    fn spikes_by_hand() {
        // Events at 10 and 30; the window of the one at 98 is not recorded. Spikes at -2, 0, 1, 5, 6 and -2, 4.
        let found = psth(&[8, 10, 11, 15, 16, 28, 34], 2, &[10, 30, 98], (-5, 10), (5, 0.1), 100).expect("events");
        assert_eq!((found.from, found.counts, found.events), (vec![-5, 0, 5], vec![3, 3, 1], 2));
        // 3 spikes of 2 neurons at 2 events in 0.5 ms.
        assert_eq!(found.rate_hz[0], 1500.0);
        assert_eq!(psth(&[1], 1, &[2], (-5, 5), (5, 0.1), 100), None);
        assert_eq!(psth(&[1], 1, &[9], (0, 4), (5, 0.1), 100), None);
    }

    #[test]
    fn follows_the_rate_of_an_inhomogeneous_poisson_process() {
        // 20 Hz, and after each event (every 500 ms) 80 Hz more that decay within 50 ms; 0.1 ms a step.
        let rate = |ms: f64| 20.0 + 80.0 * (-(ms % 500.0) / 50.0).exp();
        let train = inhomogeneous(3, 100.0 * 1e-4, |step| rate(step * 0.1) * 1e-4, 20_000_000);
        let events: Vec<u64> = (0..4000).map(|k| k * 5000).collect();
        let found = psth(&train, 1, &events, (0, 4000), (100, 0.1), 20_000_000).expect("events");
        assert_eq!(found.events, 4000);
        for (from, rate_hz) in found.from.iter().zip(&found.rate_hz) {
            let ms = *from as f64 * 0.1;
            // The mean of the rate over the bin of 10 ms.
            let expected = 20.0 + 80.0 * 5.0 * ((-ms / 50.0).exp() - (-(ms + 10.0) / 50.0).exp());
            // 40 s in each bin: a standard error of sqrt(rate/40 s).
            assert!(
                (rate_hz - expected).abs() < 4.0 * (expected / 40.0).sqrt(),
                "{ms} ms: {rate_hz} is not {expected}"
            );
        }
    }
}
