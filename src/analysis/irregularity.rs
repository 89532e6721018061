//! How irregular a spike train is: CV, LV and CV2 of its intervals, Fano factor of its counts.
//!
//! A train is the steps of a neuron's spikes in ascending order. For a Poisson process all four are 1; for a renewal process whose intervals
//! are gamma distributed of order k, CV = 1/sqrt(k), LV = 3/(2k+1), and the Fano factor of long windows is CV^2.

/// Intervals between the spikes, in steps.
pub fn intervals(train: &[u64]) -> impl Iterator<Item = u64> + Clone {
    train.windows(2).map(|pair| pair[1] - pair[0])
}

/// Coefficient of variation of the intervals: their standard deviation (divided by n, not n - 1) over their mean.
/// `None` with fewer than three spikes, or with all of them in one step.
pub fn cv(train: &[u64]) -> Option<f64> {
    let n = train.len().checked_sub(1).filter(|&n| n >= 2)? as f64;
    let mean = (train[train.len() - 1] - train[0]) as f64 / n;
    let variance = intervals(train).map(|interval| (interval as f64 - mean).powi(2)).sum::<f64>() / n;
    (mean > 0.0).then(|| variance.sqrt() / mean)
}

/// Local variation: the mean of `3 ((I - J)/(I + J))^2` over successive intervals I, J. Slow changes of the rate do not enlarge it, as they do
/// the CV (Shinomoto, Shima & Tanji 2003, Neural Comput. 15:2823-2842, doi:10.1162/089976603322518759). `None` as for [`cv`].
pub fn lv(train: &[u64]) -> Option<f64> {
    Some(3.0 * local(train, |ratio| ratio * ratio)?)
}

/// The mean of `2 |I - J|/(I + J)` over successive intervals I, J (Holt, Softky, Koch & Douglas 1996, J. Neurophysiol. 75:1806-1814,
/// doi:10.1152/jn.1996.75.5.1806). `None` as for [`cv`].
pub fn cv2(train: &[u64]) -> Option<f64> {
    Some(2.0 * local(train, f64::abs)?)
}

/// Mean of `f` of (I - J)/(I + J).
fn local(train: &[u64], f: impl Fn(f64) -> f64) -> Option<f64> {
    // Three spikes in one step have no intervals to compare.
    let triples = train.windows(3).filter(|t| t[2] > t[0]);
    let ratios = triples.map(|t| ((t[1] - t[0]) as f64 - (t[2] - t[1]) as f64) / (t[2] - t[0]) as f64);
    let (sum, count) = ratios.fold((0.0, 0_usize), |(sum, count), ratio| (sum + f(ratio), count + 1));
    (count > 0).then(|| sum / count as f64)
}

/// Fano factor of a neuron: variance (divided by n) over mean of its spike counts in the windows of `window_steps` steps that follow each other
/// within `total_steps`; the bins are those of [`counts`](super::counts). `None` with fewer than two windows, or without spikes in them.
pub fn fano(train: &[u64], window_steps: u64, total_steps: u64) -> Option<f64> {
    let windows = total_steps / window_steps;
    let window = |step: &u64| step.saturating_sub(1) / window_steps;
    let train = &train[..train.partition_point(|step| window(step) < windows)];
    let squares: f64 = train.chunk_by(|a, b| window(a) == window(b)).map(|run| (run.len() as f64).powi(2)).sum();
    let mean = train.len() as f64 / windows as f64;
    (windows >= 2 && mean > 0.0).then(|| squares / windows as f64 / mean - mean)
}

/// Mean time from the start of each window to the first spike in it, in steps, over the windows that have one: the first-spike latency where
/// windows begin with a stimulus (Johansson & Birznieks 2004, Nat. Neurosci. 7:170-177, doi:10.1038/nn1177). The windows are those of
/// [`fano`]. `None` without spikes in them.
pub fn first_spike(train: &[u64], window_steps: u64, total_steps: u64) -> Option<f64> {
    let windows = total_steps / window_steps;
    let window = |step: u64| step.saturating_sub(1) / window_steps;
    let (mut sum, mut count, mut before) = (0, 0, None);
    for &step in train.iter().filter(|&&step| window(step) < windows) {
        if before != Some(window(step)) {
            sum += step - window(step) * window_steps;
            count += 1;
            before = Some(window(step));
        }
    }
    (count > 0).then(|| sum as f64 / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{counts, fano_factor, processes::gamma};

    #[test]
    fn trains_by_hand() {
        // Intervals 1, 3, 1, 3: mean 2, standard deviation 1; each pair differs by half its sum.
        let train = [0, 1, 4, 5, 8];
        assert_eq!((cv(&train), lv(&train), cv2(&train)), (Some(0.5), Some(0.75), Some(1.0)));
        let regular = [5, 105, 205, 305];
        assert_eq!((cv(&regular), lv(&regular), cv2(&regular)), (Some(0.0), Some(0.0), Some(0.0)));
        for short in [&[5, 105][..], &[], &[3, 3, 3]] {
            assert_eq!((cv(short), lv(short), cv2(short)), (None, None, None));
        }
        // Counts 1, 2, 0 in windows of 4; the spike in the unfinished window does not count.
        let found = fano(&[4, 5, 8, 13], 4, 13).expect("spikes");
        assert!((found - 2.0 / 3.0).abs() < 1e-15);
        assert!((found - fano_factor(&counts(&[4, 5, 8, 13], 4, 13)).expect("spikes")).abs() < 1e-15);
        assert_eq!((fano(&[4], 4, 7), fano(&[9], 4, 8), fano(&[], 4, 8)), (None, None, None));
        // First spikes 4, then 1 step after the start of their windows.
        assert_eq!(first_spike(&[4, 5, 8, 13], 4, 13), Some(2.5));
        assert_eq!(first_spike(&[13], 4, 13), None);
    }

    #[test]
    fn gamma_processes_have_their_closed_forms() {
        for k in [1, 2, 3, 8] {
            // 20 trains of 5000 intervals of 100 ms on a grid of 1 us.
            let trains: Vec<_> = (0..20).map(|seed| gamma(seed, k, 1e5, 500_000_000)).collect();
            let mean = |f: &dyn Fn(&[u64]) -> Option<f64>| {
                trains.iter().map(|train| f(train).expect("spikes")).sum::<f64>() / trains.len() as f64
            };
            let order = k as f64;
            let near = |name: &str, found: f64, expected: f64, tolerance: f64| {
                assert!((found / expected - 1.0).abs() < tolerance, "{name}, order {k}: {found} is not {expected}");
            };
            // Relative standard error of the CV: at most 1/sqrt(100,000) times a factor of about one; four of them.
            near("CV", mean(&cv), 1.0 / order.sqrt(), 0.015);
            near("LV", mean(&lv), 3.0 / (2.0 * order + 1.0), 0.015);
            // |I - J|/(I + J) = |2B - 1| with B from Beta(k, k): the mean is (2k choose k)/4^k.
            let central: f64 = (1..=k).map(|j| (order + j as f64) / j as f64).product();
            near("CV2", mean(&cv2), 2.0 * central / 4_f64.powi(k as i32), 0.015);
            // Windows of 5 s, 50 spikes: 2000 counts, relative standard error of a variance sqrt(2/2000) = 0.032. A window of t expects
            // (t/mean) CV^2 + (1 - CV^4)/6 for the variance (Cox 1962, renewal theory), 100 windows a train 0.99 of it.
            let expected = (1.0 / order + (1.0 - order.powi(-2)) / 6.0 / 50.0) * 0.99;
            near("Fano", mean(&|train| fano(train, 5_000_000, 500_000_000)), expected, 0.12);
        }
    }

    #[test]
    fn slow_changes_of_the_rate_leave_lv_alone() {
        // A Poisson process that is four times as fast in its second half.
        let slow = gamma(1, 1, 4000.0, 20_000_000);
        let fast = gamma(2, 1, 1000.0, 20_000_000).into_iter().map(|step| step + 20_000_000);
        let train: Vec<u64> = slow.into_iter().chain(fast).collect();
        // Of the intervals 1/5 have mean 4, 4/5 mean 1: variance 2 * 4 - 1.6^2.
        let expected = (8.0_f64 - 2.56).sqrt() / 1.6;
        assert!((cv(&train).expect("spikes") - expected).abs() < 0.03);
        assert!((lv(&train).expect("spikes") - 1.0).abs() < 0.02);
    }
}
