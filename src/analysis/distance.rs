//! Distances between two spike trains: Victor–Purpura and van Rossum.

/// The least cost of turning train `a` into train `b` (steps in ascending order): 1 for each spike added or removed, `cost` for each step a
/// spike is moved (Victor & Purpura 1996, J. Neurophysiol. 76:1310-1326, doi:10.1152/jn.1996.76.2.1310).
///
/// With cost 0 it is the difference of the counts; where moving a spike by one step costs 2 or more, also infinitely much, the number of spikes that do
/// not coincide. The work grows with the product of the counts.
pub fn victor_purpura(a: &[u64], b: &[u64], cost: f64) -> f64 {
    // Row i holds the distances of the first i spikes of a from the first j of b.
    let mut above: Vec<f64> = (0..=b.len()).map(|j| j as f64).collect();
    let mut row = above.clone();
    for (i, &from) in a.iter().enumerate() {
        row[0] = i as f64 + 1.0;
        for (j, &to) in b.iter().enumerate() {
            // Infinity times nothing is nothing here.
            let moved = if from == to { 0.0 } else { cost * from.abs_diff(to) as f64 };
            row[j + 1] = (above[j] + moved).min(above[j + 1] + 1.0).min(row[j] + 1.0);
        }
        std::mem::swap(&mut above, &mut row);
    }
    above[b.len()]
}

/// The distance of the trains after each spike became `exp(-t/tau)`: `D^2 = (1/tau) integral (f - g)^2 dt` (van Rossum 2001, Neural Comput.
/// 13:751-763, doi:10.1162/089976601300014321). `tau` is in steps and positive.
///
/// A spike is at distance sqrt(1/2) from no spike, and two spikes t apart at D with `D^2 = 1 - exp(-t/tau)`. The work grows with the sum of the
/// counts: the difference is integrated from spike to spike, so that equal trains have distance 0 exactly.
pub fn van_rossum(a: &[u64], b: &[u64], tau: f64) -> f64 {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let (mut difference, mut last, mut square) = (0.0_f64, 0, 0.0);
    loop {
        let (step, jump) = match (a.peek(), b.peek()) {
            (Some(&&x), Some(&&y)) if x == y => {
                a.next();
                b.next();
                continue;
            }
            (Some(&&x), Some(&&y)) if x > y => (y, -1.0),
            (Some(&&x), _) => (x, 1.0),
            (None, Some(&&y)) => (y, -1.0),
            // Until the last spike's trace has gone.
            (None, None) => return (square + difference * difference / 2.0).sqrt(),
        };
        if jump > 0.0 {
            a.next()
        } else {
            b.next()
        };
        // The difference decays: it leaves half of what its square lost.
        let before = difference * difference;
        difference *= (-((step - last) as f64) / tau).exp();
        square += (before - difference * difference) / 2.0;
        difference += jump;
        last = step;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn victor_purpura_by_hand() {
        // Moving by 3 costs 1.5, less than 2; by 5 it is cheaper to remove and add.
        assert_eq!(victor_purpura(&[10], &[13], 0.5), 1.5);
        assert_eq!(victor_purpura(&[10], &[15], 0.5), 2.0);
        // Elephant's example: 10, 20, 30 and 12, 24, 30 ms at 1/(10 ms).
        assert!((victor_purpura(&[10, 20, 30], &[12, 24, 30], 0.1) - 0.6).abs() < 1e-15);
        // Pairs must not cross: one is moved by 1, one removed, one added.
        assert_eq!(victor_purpura(&[0, 10], &[11, 50], 0.5), 2.5);
        assert_eq!((victor_purpura(&[], &[3, 4], 1.0), victor_purpura(&[], &[], 1.0)), (2.0, 0.0));
    }

    #[test]
    fn victor_purpura_has_its_limits() {
        let (a, b) = ([1, 5, 9, 30], [5, 8, 30]);
        assert_eq!(victor_purpura(&a, &b, 0.0), 1.0);
        assert_eq!(victor_purpura(&a, &b, 2.0), 7.0 - 2.0 * 2.0);
        assert_eq!(victor_purpura(&a, &b, f64::INFINITY), 7.0 - 2.0 * 2.0);
    }

    /// D^2 as sums over all pairs of spikes.
    fn by_pairs(a: &[u64], b: &[u64], tau: f64) -> f64 {
        let sum = |x: &[u64], y: &[u64]| -> f64 {
            x.iter().flat_map(|s| y.iter().map(move |t| (-(s.abs_diff(*t) as f64) / tau).exp())).sum()
        };
        0.5 * sum(a, a) + 0.5 * sum(b, b) - sum(a, b)
    }

    #[test]
    fn van_rossum_has_its_closed_forms() {
        let square = |a: &[u64], b: &[u64], tau: f64| van_rossum(a, b, tau).powi(2);
        assert!((square(&[100], &[], 20.0) - 0.5).abs() < 1e-15);
        for apart in [1, 7, 20, 400] {
            let expected = 1.0 - (-(apart as f64) / 20.0).exp();
            assert!((square(&[100], &[100 + apart], 20.0) - expected).abs() < 1e-14, "{apart}");
        }
        // A short tau counts the spikes that do not coincide, a long one the difference of the counts.
        let (a, b) = ([1, 5, 9, 30], [5, 8]);
        assert!((square(&a, &b, 1e-3) - 4.0 / 2.0).abs() < 1e-12);
        assert!((square(&a, &b, 1e12) - 2.0 * 2.0 / 2.0).abs() < 1e-9);
        assert_eq!(van_rossum(&a, &a, 3.0), 0.0);
    }

    fn train() -> impl Strategy<Value = Vec<u64>> {
        proptest::collection::vec(0_u64..300, 0..12).prop_map(|mut train| {
            train.sort_unstable();
            train
        })
    }

    proptest! {
        #[test]
        fn both_are_metrics(a in train(), b in train(), c in train(), scale in 0.01_f64..3.0) {
            let moved = |x: &[u64], y: &[u64]| victor_purpura(x, y, scale);
            let faded = |x: &[u64], y: &[u64]| van_rossum(x, y, 30.0 * scale);
            for vp in [true, false] {
                let distance = |x: &[u64], y: &[u64]| if vp { moved(x, y) } else { faded(x, y) };
                prop_assert_eq!(distance(&a, &a), 0.0);
                prop_assert!((distance(&a, &b) - distance(&b, &a)).abs() < 1e-12);
                prop_assert_eq!(distance(&a, &b) > 1e-9, a != b);
                prop_assert!(distance(&a, &c) <= distance(&a, &b) + distance(&b, &c) + 1e-9);
            }
        }

        #[test]
        fn van_rossum_is_the_sum_over_pairs(a in train(), b in train(), tau in 0.5_f64..200.0) {
            prop_assert!((van_rossum(&a, &b, tau).powi(2) - by_pairs(&a, &b, tau)).abs() < 1e-11);
        }
    }
}
