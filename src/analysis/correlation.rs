//! How much neurons spike together: the mean correlation coefficient over pairs.

use std::collections::BTreeMap;

use super::counts;

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

/// Pearson's correlation of the spike counts of two trains (steps in ascending order) in bins of `bin_steps` steps, those of
/// [`counts`](super::counts). `None` where one of them has the same count in every bin.
pub fn correlation(a: &[u64], b: &[u64], bin_steps: u64, total_steps: u64) -> Option<f64> {
    let (bins, counts) = ((total_steps / bin_steps) as f64, |train: &[u64]| counts(train, bin_steps, total_steps));
    let (a, b) = (counts(a), counts(b));
    let mean = |x: &[u64], y: &[u64]| x.iter().zip(y).map(|(x, y)| (x * y) as f64).sum::<f64>() / bins;
    let ones = vec![1; a.len()];
    let (mean_a, mean_b) = (mean(&a, &ones), mean(&b, &ones));
    let (var_a, var_b) = (mean(&a, &a) - mean_a * mean_a, mean(&b, &b) - mean_b * mean_b);
    (var_a > 1e-12 && var_b > 1e-12).then(|| (mean(&a, &b) - mean_a * mean_b) / (var_a * var_b).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spikes of neurons given as counts per bin of 10 steps.
    fn mean_of(counts: &[&[u64]]) -> Option<f64> {
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
        near(mean_of(&[&[1, 0, 0, 1], &[1, 0, 0, 1], &[1, 0, 0, 1]]), 1.0);
        near(mean_of(&[&[1, 0, 1, 0], &[0, 1, 0, 1]]), -1.0);
        near(mean_of(&[&[1, 1, 0, 0], &[1, 0, 1, 0]]), 0.0);
    }

    #[test]
    fn mean_over_pairs_is_the_mean_of_the_pairs() {
        // Pearson by hand: (0,2,1,1) and (0,1,1,0): covariance .25, sd sqrt(.5) and .5; with (1,0,0,1): -.5 and -1... of
        // the pairs 1/sqrt 2, -1/sqrt 2, -1.
        let root = 0.5_f64.sqrt();
        near(mean_of(&[&[0, 2, 1, 1], &[0, 1, 1, 0]]), root);
        near(mean_of(&[&[0, 2, 1, 1], &[0, 1, 1, 0], &[1, 0, 0, 1]]), (root - root - 1.0) / 3.0);
    }

    #[test]
    fn two_trains_have_the_coefficient_of_their_pair() {
        // Counts 0, 2, 1, 1 and 0, 1, 1, 0 in bins of 10 steps.
        near(correlation(&[11, 12, 21, 31], &[11, 21], 10, 40), 0.5_f64.sqrt());
        near(correlation(&[11], &[12], 10, 40), 1.0);
        assert_eq!(correlation(&[1, 11], &[1], 10, 20), None);
    }

    #[test]
    fn nothing_to_compare() {
        assert_eq!(mean_of(&[&[1, 0, 2]]), None);
        assert_eq!(mean_of(&[&[1, 1, 1], &[2, 0, 1]]), None);
        assert_eq!(mean_correlation(&[], &[], 10, 100), None);
    }
}
