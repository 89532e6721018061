//! Intervals between the spikes of a neuron and their coefficient of variation.

/// What is kept of a neuron's spike train: enough for its CV, 32 bytes however long it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Train {
    /// Number of spikes.
    pub spikes: u64,
    first: u64,
    last: u64,
    /// Sum of the squared intervals in steps; exact up to 2^64, e.g. a million intervals of a million steps.
    squares: u64,
}

impl Train {
    /// Adds a spike; steps must ascend.
    pub fn push(&mut self, step: u64) {
        if self.spikes == 0 {
            self.first = step;
        } else {
            let interval = step - self.last;
            self.squares += interval * interval;
        }
        self.last = step;
        self.spikes += 1;
    }

    /// Coefficient of variation of the intervals: their standard deviation (divided by n, not n - 1) over their mean.
    /// `None` with fewer than three spikes, or with all of them in one step.
    pub fn cv(&self) -> Option<f64> {
        let intervals = self.spikes.checked_sub(1).filter(|&n| n >= 2)? as f64;
        let mean = (self.last - self.first) as f64 / intervals;
        let variance = self.squares as f64 / intervals - mean * mean;
        (mean > 0.0).then(|| variance.max(0.0).sqrt() / mean)
    }
}

/// Mean of the CVs of all neurons with at least three spikes (Softky & Koch 1993, J. Neurosci. 13:334-350); `None`
/// where there is no such neuron.
pub fn mean_cv(trains: &[Train]) -> Option<f64> {
    let (sum, count) = trains.iter().filter_map(Train::cv).fold((0.0, 0), |(sum, count), cv| (sum + cv, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn train(steps: &[u64]) -> Train {
        let mut train = Train::default();
        steps.iter().for_each(|&step| train.push(step));
        train
    }

    #[test]
    fn regular_trains_have_no_variation_and_short_ones_none_at_all() {
        assert_eq!(train(&[5, 105, 205, 305]).cv(), Some(0.0));
        assert_eq!(train(&[5, 105]).cv(), None);
        assert_eq!(train(&[]).cv(), None);
        assert_eq!(train(&[3, 3, 3]).cv(), None);
    }

    #[test]
    fn two_alternating_intervals() {
        // Intervals 1, 3, 1, 3: mean 2, standard deviation 1.
        assert_eq!(train(&[0, 1, 4, 5, 8]).cv(), Some(0.5));
        let mixed = [train(&[0, 1, 4, 5, 8]), train(&[0, 10, 20]), train(&[7])];
        assert_eq!(mean_cv(&mixed), Some(0.25));
        assert_eq!(mean_cv(&[train(&[7])]), None);
    }

    #[test]
    fn late_spikes_lose_no_digits() {
        // Running sums of floats would cancel here; integers do not.
        let late = 1 << 50;
        assert_eq!(train(&[late, late + 1, late + 4, late + 5, late + 8]).cv(), Some(0.5));
    }

    #[test]
    fn poisson_trains_have_cv_one() {
        use rand::{RngExt, SeedableRng};
        let mut rng = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(1);
        let mut trains = vec![Train::default(); 100];
        for train in &mut trains {
            (0..200_000).filter(|_| rng.random::<f64>() < 0.002).for_each(|step| train.push(step));
        }
        // Per step p: geometric intervals, CV = sqrt(1 - p) = 0.999; 100 trains of 400 intervals: sd of the mean 0.005.
        let cv = mean_cv(&trains).expect("all spiked");
        assert!((cv - 0.999).abs() < 0.015, "{cv}");
    }
}
