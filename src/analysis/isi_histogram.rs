//! How the intervals between the spikes of neurons are distributed.

use super::{Trains, intervals};

/// A histogram of intervals.
#[derive(Clone, Debug, PartialEq)]
pub struct IsiHistogram {
    /// Intervals in each bin: above `k bin`, up to and including `(k + 1) bin`.
    pub counts: Vec<u64>,
    /// All intervals, also those beyond the last bin.
    pub intervals: u64,
}

/// The intervals of all neurons of a population together, in `bins` bins of `bin_steps`. Neurons that spike more count more.
pub fn isi_histogram(trains: &Trains, bin_steps: u64, bins: usize) -> IsiHistogram {
    let (mut counts, mut all) = (vec![0; bins], 0);
    for interval in trains.iter().flat_map(|(_, train)| intervals(train)) {
        all += 1;
        if let Some(count) = counts.get_mut((interval.saturating_sub(1) / bin_steps) as usize) {
            *count += 1;
        }
    }
    IsiHistogram { counts, intervals: all }
}

impl IsiHistogram {
    /// Share of the intervals in each bin, per ms.
    pub fn density_per_ms(&self, bin_ms: f64) -> Vec<f64> {
        let all = (self.intervals as f64 * bin_ms).max(f64::MIN_POSITIVE);
        self.counts.iter().map(|&count| count as f64 / all).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{analysis::processes::gamma, record::Spikes};

    #[test]
    fn intervals_of_all_neurons_are_counted() {
        let spikes = Spikes { steps: vec![1, 6, 11, 12, 30, 95], ids: vec![0, 1, 0, 1, 0, 1] };
        // 10 and 19; 6 and 83.
        let found = isi_histogram(&Trains::new(&spikes), 10, 2);
        assert_eq!((found.counts.clone(), found.intervals), (vec![2, 1], 4));
        assert_eq!(found.density_per_ms(0.5), [1.0, 0.5]);
    }

    #[test]
    fn a_poisson_process_has_exponential_intervals() {
        let steps = gamma(5, 1, 1000.0, 100_000_000);
        let trains = Trains::new(&Spikes { ids: vec![0; steps.len()], steps });
        let found = isi_histogram(&trains, 250, 12);
        for (bin, &count) in found.counts.iter().enumerate() {
            let share = (-(bin as f64) / 4.0).exp() * (1.0 - (-0.25_f64).exp());
            let expected = found.intervals as f64 * share;
            assert!((count as f64 - expected).abs() < 4.0 * expected.sqrt(), "bin {bin}: {count} is not {expected}");
        }
    }
}
