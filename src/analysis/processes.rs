//! Point processes whose statistics are known, for tests.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A train with gamma distributed intervals of order `k` (1: Poisson) and mean `interval` steps, until `total` steps.
pub fn gamma(seed: u64, k: usize, interval: f64, total: u64) -> Vec<u64> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    // A sum of k exponential times is gamma distributed.
    let mut draw = || (0..k).map(|_| -(1.0 - rng.random::<f64>()).ln()).sum::<f64>() * interval / k as f64;
    // A long start, so that the train is in its steady state at 0.
    let mut time = -20.0 * interval;
    let mut train = Vec::new();
    loop {
        time += draw();
        let step = time.ceil();
        if step > total as f64 {
            return train;
        }
        if step >= 1.0 {
            train.push(step as u64);
        }
    }
}

/// A Poisson process of rate `rate(step)` per step, at most `most`, by thinning.
pub fn inhomogeneous(seed: u64, most: f64, rate: impl Fn(f64) -> f64, total: u64) -> Vec<u64> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed + (1 << 32));
    let train = gamma(seed, 1, 1.0 / most, total);
    train.into_iter().filter(|&step| rng.random::<f64>() * most < rate(step as f64)).collect()
}
