//! How much neurons spike together: the mean correlation coefficient over pairs.

use std::collections::BTreeMap;

/// Neurons of a population that are compared with each other.
const SAMPLE: usize = 200;

/// Mean Pearson correlation of spike counts in bins of `bin_steps` steps, over all pairs of at most 200 neurons that
/// spiked, taken at even distances from the ids in ascending order (Cohen & Kohn 2011, Nat. Neurosci. 14:811-819,
/// doi:10.1038/nn.2842). `None` with fewer than two such neurons or bins.
///
/// `steps` and `ids` are the population's spikes in order of time. The work grows with spikes and bins, not with pairs: the mean over
/// pairs follows from the variance of the sum of the normalised counts.
pub fn mean_correlation(steps: &[u64], ids: &[u32], bin_steps: u64, total_steps: u64) -> Option<f64> {
    let bins = (total_steps / bin_steps) as usize;
    let mut trains: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for (&step, &id) in steps.iter().zip(ids) {
        let bin = step.saturating_sub(1) / bin_steps;
        if bin < bins as u64 {
            trains.entry(id).or_default().push(bin);
        }
    }
    let all: Vec<Vec<u64>> = trains.into_values().collect();
    let taken = all.len().min(SAMPLE);
    let trains = (0..taken).map(|k| &all[k * all.len() / taken]);

    // Sum over neurons of (count - mean)/sd, bin by bin.
    let (mut sums, mut neurons) = (vec![0.0; bins], 0.0);
    for train in trains {
        let mean = train.len() as f64 / bins as f64;
        let runs = || train.chunk_by(|a, b| a == b).map(|run| (run[0] as usize, run.len() as f64));
        let variance = runs().map(|(_, count)| count * count).sum::<f64>() / bins as f64 - mean * mean;
        // The same count in every bin has no correlation with anything.
        if variance > 1e-12 {
            let sd = variance.sqrt();
            neurons += 1.0;
            sums.iter_mut().for_each(|sum| *sum -= mean / sd);
            runs().for_each(|(bin, count)| sums[bin] += count / sd);
        }
    }
    // The mean square of the sum holds every pair twice and each neuron with itself once.
    let square = sums.iter().map(|sum| sum * sum).sum::<f64>() / bins as f64;
    (neurons >= 2.0).then(|| (square - neurons) / (neurons * (neurons - 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spikes of neurons given as counts per bin of 10 steps.
    fn correlation(counts: &[&[u64]]) -> Option<f64> {
        let mut spikes = Vec::new();
        for (id, bins) in counts.iter().enumerate() {
            for (bin, &count) in bins.iter().enumerate() {
                spikes.extend((0..count).map(|k| (bin as u64 * 10 + 1 + k, id as u32)));
            }
        }
        spikes.sort_unstable();
        let (steps, ids): (Vec<_>, Vec<_>) = spikes.into_iter().unzip();
        mean_correlation(&steps, &ids, 10, counts[0].len() as u64 * 10)
    }

    fn near(value: Option<f64>, expected: f64) {
        assert!(value.is_some_and(|value| (value - expected).abs() < 1e-12), "{value:?} is not {expected}");
    }

    #[test]
    fn identical_opposite_and_unrelated_trains() {
        near(correlation(&[&[1, 0, 0, 1], &[1, 0, 0, 1], &[1, 0, 0, 1]]), 1.0);
        near(correlation(&[&[1, 0, 1, 0], &[0, 1, 0, 1]]), -1.0);
        near(correlation(&[&[1, 1, 0, 0], &[1, 0, 1, 0]]), 0.0);
    }

    #[test]
    fn mean_over_pairs_is_the_mean_of_the_pairs() {
        // Pearson by hand: (0,2,1,1) and (0,1,1,0): covariance .25, sd sqrt(.5) and .5; with (1,0,0,1): -.5 and -1... of
        // the pairs 1/sqrt 2, -1/sqrt 2, -1.
        let root = 0.5_f64.sqrt();
        near(correlation(&[&[0, 2, 1, 1], &[0, 1, 1, 0]]), root);
        near(correlation(&[&[0, 2, 1, 1], &[0, 1, 1, 0], &[1, 0, 0, 1]]), (root - root - 1.0) / 3.0);
    }

    #[test]
    fn nothing_to_compare() {
        assert_eq!(correlation(&[&[1, 0, 2]]), None);
        assert_eq!(correlation(&[&[1, 1, 1], &[2, 0, 1]]), None);
        assert_eq!(mean_correlation(&[], &[], 10, 100), None);
    }
}
