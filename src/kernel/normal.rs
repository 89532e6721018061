//! Standard normal numbers from random words: Box–Muller, two words for two numbers.
//!
//! The radius takes 31 bits of one word, so numbers reach to 6.6 standard deviations; the angle takes 32 bits of the other.
//! Source: Box, Muller (1958). A note on the generation of random normal deviates. doi:10.1214/aoms/1177706645.

use super::{
    log::log,
    program::LANES,
    real::{Real, polynomial},
};

/// Normal numbers of 16 neurons from their words. Lanes l and l + 4 make a pair (they share a Philox block).
#[inline(always)]
pub fn normals<T: Real>(words: &[u32; LANES]) -> [T; LANES] {
    const PAIRS: usize = LANES / 2;
    let lane = |p: usize| p % 4 + p / 4 * 8;
    let (mut radius, mut angle) = ([0; PAIRS], [0; PAIRS]);
    for p in 0..PAIRS {
        (radius[p], angle[p]) = (words[lane(p)], words[lane(p) + 4]);
    }
    let (mut first, mut second) = ([T::ZERO; PAIRS], [T::ZERO; PAIRS]);
    for p in 0..PAIRS {
        (first[p], second[p]) = pair(radius[p], angle[p]);
    }
    let mut out = [T::ZERO; LANES];
    for p in 0..PAIRS {
        (out[lane(p)], out[lane(p) + 4]) = (first[p], second[p]);
    }
    out
}

/// Two independent normal numbers from two words.
#[inline(always)]
pub fn pair<T: Real>(radius: u32, angle: u32) -> (T, T) {
    let radius = (-T::TWO * log(T::uniform_above_zero(radius))).sqrt();
    // The lower 30 bits are an angle in [-pi/4, pi/4); the upper two choose which quarter of the circle it is turned to.
    let scale = std::f64::consts::FRAC_PI_2 / (1u64 << 30) as f64;
    let (sin, cos) = sin_cos(T::from_f64(scale) * T::from_i32((angle & 0x3fff_ffff) as i32 - (1 << 29)));
    let (x, y) = if angle & (1 << 30) == 0 { (cos, sin) } else { (sin, cos) };
    let radius = if angle & (1 << 31) == 0 { radius } else { -radius };
    (radius * x, radius * y)
}

/// Sine and cosine on [-pi/4, pi/4], by Taylor's series: off by at most 7e-12, which no statistics of noise can see.
#[inline(always)]
fn sin_cos<T: Real>(phi: T) -> (T, T) {
    const SIN: [f64; 6] = [1.0, -1.0 / 6.0, 1.0 / 120.0, -1.0 / 5040.0, 1.0 / 362_880.0, -1.0 / 39_916_800.0];
    const COS: [f64; 6] = [1.0, -0.5, 1.0 / 24.0, -1.0 / 720.0, 1.0 / 40_320.0, -1.0 / 3_628_800.0];
    let square = phi * phi;
    (phi * polynomial(square, &SIN.map(T::from_f64)), polynomial(square, &COS.map(T::from_f64)))
}

#[cfg(test)]
mod tests {
    use super::super::{Isa, chunk::Random, philox::words, program::CHUNK};
    use super::*;

    /// Numbers of 4096 neurons over some steps, neuron by neuron within a step.
    fn draw<T: Real>(steps: u64) -> Vec<f64> {
        let mut all = Vec::new();
        for step in 0..steps {
            for first in (0..4096).step_by(CHUNK) {
                let words = words(Isa::detect(), Random { key: 11, step, first: first as u32 }, 2, CHUNK);
                for group in words.as_chunks::<LANES>().0 {
                    all.extend(normals::<T>(group).map(T::to_f64));
                }
            }
        }
        all
    }

    /// Distribution function of the standard normal.
    fn phi(x: f64) -> f64 {
        0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
    }

    fn check<T: Real>() {
        let mut x = draw::<T>(50);
        let n = x.len() as f64;
        let moment = |k: i32| x.iter().map(|v| v.powi(k)).sum::<f64>() / n;
        // Five standard errors of each moment.
        for (k, expected, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0f64)] {
            let bound = 5.0 * (variance / n).sqrt();
            assert!((moment(k) - expected).abs() < bound, "moment {k}: {}", moment(k));
        }
        // Correlations: with the next neuron, within a pair, with the next step.
        for lag in [1, 2, 3, 4, 8, 16, 4096] {
            let r = x.windows(lag + 1).map(|w| w[0] * w[lag]).sum::<f64>() / n;
            assert!(r.abs() < 5.0 / n.sqrt(), "lag {lag}: {r}");
        }
        // Kolmogorov–Smirnov: the 0.1 % point is 1.95/sqrt(n).
        x.sort_by(f64::total_cmp);
        let distance = x.iter().enumerate().map(|(i, v)| (phi(*v) - (i as f64 + 0.5) / n).abs()).fold(0.0, f64::max);
        assert!(distance * n.sqrt() < 1.95, "{distance}");
        let beyond_four = x.iter().filter(|v| v.abs() > 4.0).count() as f64;
        let expected = n * 2.0 * phi(-4.0);
        assert!((beyond_four - expected).abs() < 5.0 * expected.sqrt(), "{beyond_four} beyond 4 sigma, not {expected}");
    }

    #[test]
    fn numbers_are_standard_normal_and_independent() {
        check::<f64>();
        check::<f32>();
    }

    #[test]
    fn extreme_words_give_finite_numbers() {
        for (radius, angle) in [(0, 0), (u32::MAX, u32::MAX), (0, u32::MAX), (u32::MAX, 1 << 30)] {
            let (x, y) = pair::<f64>(radius, angle);
            assert!(x.hypot(y) < 6.67, "{x} {y}");
            let (x, y) = pair::<f32>(radius, angle);
            assert!(x.hypot(y) < 6.67, "{x} {y}");
        }
    }
}
