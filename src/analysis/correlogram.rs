//! Cross- and autocorrelograms: spikes of one train (or population) around the spikes of another.

/// How many pairs of spikes are how far apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlogram {
    /// Middle of each bin, in steps: `-n bin ... 0 ... n bin`; positive where B spikes after A.
    pub lags: Vec<i64>,
    /// Pairs with `t_B - t_A` in each bin; one on the edge of two bins counts half in both.
    pub pairs: Vec<f64>,
    /// The pairs over those expected of independent trains of these rates: 1 where nothing is correlated.
    pub relative: Vec<f64>,
}

/// The correlogram of the spikes `a` and `b` (steps in ascending order), in bins of `bin_steps` steps up to a lag of about `lag_steps`, of
/// `total_steps` steps of recording (Perkel, Gerstein & Moore 1967, Biophys. J. 7:419-440, doi:10.1016/S0006-3495(67)86597-4). With `same`, `b`
/// is `a`, and no spike is paired with itself. `None` without spikes in one of them, or where the lag is not below the recording.
///
/// Independent trains are expected to have `n_A n_B bin (T - |lag|)/T^2` pairs. The work grows with the pairs of steps within the
/// lag, however many spikes fall into each.
pub fn correlogram(
    a: &[u64],
    b: &[u64],
    same: bool,
    bin_steps: u64,
    lag_steps: u64,
    total_steps: u64,
) -> Option<Correlogram> {
    let side = (lag_steps / bin_steps).max(1) as i64;
    let (bin, total) = (bin_steps as i64, total_steps as f64);
    if a.is_empty() || b.is_empty() || (side + 1) * bin > total_steps as i64 {
        return None;
    }
    let (runs_a, runs_b) = (runs(a), runs(b));
    let reach = (side * bin) as u64 + bin_steps / 2;
    // Twice the pairs, so that halves are whole.
    let mut twice = vec![0_u64; 2 * side as usize + 1];
    let mut first = 0;
    for &(step_a, count_a) in &runs_a {
        first += runs_b[first..].partition_point(|&(step, _)| step + reach < step_a);
        for &(step_b, count_b) in runs_b[first..].iter().take_while(|&&(step, _)| step <= step_a + reach) {
            let apart = step_b as i64 - step_a as i64;
            let pairs = if same && apart == 0 { count_a * (count_a - 1) } else { count_a * count_b };
            // In half bins: bin n holds 2n - 1 to 2n + 1.
            let halves = 2 * apart + bin;
            let place = halves.div_euclid(2 * bin) + side;
            let places = if halves.rem_euclid(2 * bin) == 0 { [place - 1, place] } else { [place, place] };
            places.iter().filter_map(|&p| usize::try_from(p).ok()).for_each(|place| {
                if let Some(sum) = twice.get_mut(place) {
                    *sum += pairs;
                }
            });
        }
    }
    let all = a.len() as f64 * (b.len() - usize::from(same)) as f64;
    let lags: Vec<i64> = (-side..=side).map(|n| n * bin).collect();
    let pairs: Vec<f64> = twice.iter().map(|&twice| twice as f64 / 2.0).collect();
    let relative = |(&lag, &pairs): (&i64, &f64)| {
        let expected = all * bin_steps as f64 * (total - lag.unsigned_abs() as f64) / (total * total);
        if expected > 0.0 { pairs / expected } else { 0.0 }
    };
    let relative = lags.iter().zip(&pairs).map(relative).collect();
    Some(Correlogram { lags, pairs, relative })
}

/// Steps with spikes, and how many.
fn runs(steps: &[u64]) -> Vec<(u64, u64)> {
    steps.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::processes::gamma;

    #[test]
    fn shifted_trains_peak_at_the_shift() {
        let a = gamma(1, 1, 200.0, 1_000_000);
        let b: Vec<u64> = a.iter().map(|step| step + 30).collect();
        let found = correlogram(&a, &b, false, 10, 100, 1_000_100).expect("spikes");
        assert_eq!(found.lags, (-10..=10).map(|n| n * 10).collect::<Vec<_>>());
        let peak = (0..21).max_by(|&i, &j| found.pairs[i].total_cmp(&found.pairs[j])).expect("bins");
        assert_eq!(found.lags[peak], 30);
        assert!(found.pairs[peak] >= a.len() as f64);
        // The other way round it is mirrored, pair by pair.
        let mut mirrored = correlogram(&b, &a, false, 10, 100, 1_000_100).expect("spikes").pairs;
        mirrored.reverse();
        assert_eq!(mirrored, found.pairs);
    }

    #[test]
    fn pairs_by_hand() {
        // Differences 0, 4, 5, 12 and -5, -1, 0, 7: 5 and -5 lie on edges and count half on both sides.
        let found = correlogram(&[10, 15], &[10, 14, 15, 22], false, 10, 10, 100).expect("spikes");
        assert_eq!(found.pairs, [0.5, 5.0, 2.5]);
        // An autocorrelogram is even; two spikes in one step are a pair, twice.
        let found = correlogram(&[10, 10, 21], &[10, 10, 21], true, 10, 10, 100).expect("spikes");
        assert_eq!(found.pairs, [2.0, 2.0, 2.0]);
        assert_eq!(correlogram(&[1], &[], false, 10, 10, 100), None);
        assert_eq!(correlogram(&[1], &[1], false, 10, 100, 100), None);
    }

    #[test]
    fn independent_poisson_trains_are_flat_at_one() {
        let (a, b) = (gamma(1, 1, 50.0, 4_000_000), gamma(2, 1, 80.0, 4_000_000));
        for (b, same) in [(&b, false), (&a, true)] {
            let found = correlogram(&a, b, same, 20, 1000, 4_000_000).expect("spikes");
            // 80,000 spikes, 20 steps, one spike in 80 or 50: 20,000 pairs or more, 0.7 % standard error.
            assert!(found.relative.iter().all(|g| (g - 1.0).abs() < 0.03), "{:?}", found.relative);
            let mean = found.relative.iter().sum::<f64>() / found.relative.len() as f64;
            assert!((mean - 1.0).abs() < 0.006, "{mean}");
        }
    }
}
