//! Diesmann, Gewaltig & Aertsen 1999: a volley of enough spikes, close enough together, travels and becomes synchronous; others dissolve.

use super::Run;

const GROUPS: usize = 10;
/// Neurons of a group.
const N: usize = 100;

/// The largest volley in each group after the stimulus: its spikes within 5 ms (number, mean and standard deviation of times in ms).
fn volleys(set: &[(&str, &str)]) -> Vec<(usize, f64, f64)> {
    let run = Run::of("synfire", set);
    let trains = run.trains("chain");
    let of_group = |g: usize| {
        let mut times: Vec<f64> = trains[g * N..(g + 1) * N].iter().flatten().map(|&s| run.ms(s)).collect();
        times.retain(|&t| t > 40.0);
        times.sort_by(f64::total_cmp);
        let windows =
            times.iter().enumerate().map(|(k, &t)| &times[k..k + times[k..].partition_point(|&u| u < t + 5.0)]);
        let most = windows.max_by_key(|w| w.len()).unwrap_or(&[]);
        let mean = most.iter().sum::<f64>() / most.len() as f64;
        let variance = most.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / most.len() as f64;
        (most.len(), mean, variance.sqrt())
    };
    (0..GROUPS).map(of_group).collect()
}

#[test]
fn a_strong_volley_travels_and_becomes_synchronous() {
    let volleys = volleys(&[]);
    // 80 spikes spread by 2 ms. The paper's attractor has nearly all of a hundred spikes within less than a millisecond; the background adds
    // one spike within 5 ms to a group.
    for (g, (spikes, _, spread)) in volleys.iter().enumerate().skip(3) {
        assert!((90..=104).contains(spikes) && *spread < 0.8, "group {g}: {spikes} spikes within {spread} ms");
    }
    // One group after the other: the delay and a rise of less than a millisecond.
    for (g, w) in volleys.windows(2).enumerate().skip(3) {
        let hop = w[1].1 - w[0].1;
        assert!((5.3..6.0).contains(&hop), "{hop} ms from group {g} on");
    }
}

#[test]
fn too_small_and_too_spread_volleys_dissolve() {
    for change in [("volley", "50"), ("spread", "8 ms")] {
        // In the end the background alone: one spike in 5 ms on average, and hardly ever ten.
        let last = volleys(&[change])[GROUPS - 1].0;
        assert!(last < 10, "{change:?}: {last} spikes");
    }
}

/// In state space (number, spread) the separatrix runs from some 46 spikes at once to 60 at 2 ms and 75 at 3 ms. Near it chance decides, so
/// points lie apart from it by a fifth.
#[test]
fn the_separatrix_lies_where_more_spread_needs_more_spikes() {
    for (spread, dissolves, travels) in [("0 ms", "36", "56"), ("3 ms", "52", "95")] {
        for seed in ["1", "2", "3"] {
            let end = |volley| volleys(&[("volley", volley), ("spread", spread), ("run.seed", seed)])[GROUPS - 1].0;
            let (few, many) = (end(dissolves), end(travels));
            assert!(few < 20 && many > 85, "spread {spread}, seed {seed}: {few} of {dissolves}, {many} of {travels}");
        }
    }
}
