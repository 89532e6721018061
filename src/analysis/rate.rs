//! Spikes of a whole population in bins of time: rates and how much they fluctuate.

/// Spikes of a population in bins of `bin_steps` steps: bin k holds the spikes after step `k*bin_steps`, up to and
/// including step `(k+1)*bin_steps`. An incomplete last bin is left out.
pub fn counts(steps: &[u64], bin_steps: u64, total_steps: u64) -> Vec<u64> {
    let mut counts = vec![0; (total_steps / bin_steps) as usize];
    for &step in steps {
        // A spike at step n ends the n-th step.
        if let Some(count) = counts.get_mut((step.saturating_sub(1) / bin_steps) as usize) {
            *count += 1;
        }
    }
    counts
}

/// Mean rate of a neuron in each bin, Hz.
pub fn rates_hz(counts: &[u64], size: u32, bin_ms: f64) -> Vec<f64> {
    counts.iter().map(|&count| count as f64 / (f64::from(size) * bin_ms * 1e-3)).collect()
}

/// Variance (divided by n) over mean of the counts: 1 for independent Poisson neurons, larger for synchronous ones. In
/// 3 ms bins it is the synchrony of Potjans & Diesmann 2014 (Cereb. Cortex 24:785-806, doi:10.1093/cercor/bhs358).
/// `None` without spikes or with fewer than two bins.
pub fn fano_factor(counts: &[u64]) -> Option<f64> {
    let n = counts.len() as f64;
    let mean = counts.iter().sum::<u64>() as f64 / n;
    let variance = counts.iter().map(|&count| (count as f64 - mean).powi(2)).sum::<f64>() / n;
    (counts.len() >= 2 && mean > 0.0).then(|| variance / mean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_closed_on_the_right_and_whole() {
        assert_eq!(counts(&[1, 10, 11, 20, 21, 25], 10, 25), [2, 2]);
        assert_eq!(counts(&[30], 10, 30), [0, 0, 1]);
        // 2 spikes of 4 neurons in 10 ms.
        assert_eq!(rates_hz(&[2], 4, 10.0), [50.0]);
    }

    #[test]
    fn fano_factor_of_even_and_of_gathered_spikes() {
        assert_eq!(fano_factor(&[3, 3, 3, 3]), Some(0.0));
        // All 8 spikes in one of 4 bins: mean 2, variance (36 + 3*4)/4 = 12.
        assert_eq!(fano_factor(&[0, 8, 0, 0]), Some(6.0));
        assert_eq!(fano_factor(&[0, 0]), None);
        assert_eq!(fano_factor(&[4]), None);
    }
}
