//! Binomial numbers, neuron by neuron: exact, by inversion where few successes are expected and by rejection elsewhere
//! (`rand_distr`; Kachitvichyanukul, Schmeiser 1988, doi:10.1145/42372.42381), on words of the neuron's own.

use rand::Rng;
use rand_distr::{Binomial, Distribution};

use super::{chunk::Random, keys::mix, philox::Words, program::LANES, real::Real};

/// Numbers of 16 neurons. A function of its own, compiled for the baseline alone: nothing in it is a vector operation.
#[inline(never)]
pub fn binomials<T: Real>(random: Random, stream: u16, n: &[T; LANES], p: &[T; LANES]) -> [T; LANES] {
    std::array::from_fn(|l| binomial(random, stream, random.first + l as u32, n[l], p[l]))
}

/// Number of one neuron. NaN, which stops the run, where `n` is so large that f32 no longer has all whole numbers (2^24): channels
/// would get lost.
pub fn binomial<T: Real>(random: Random, stream: u16, neuron: u32, n: T, p: T) -> T {
    if n > T::RESCALE_FACTOR / T::TWO {
        return T::NAN;
    }
    let mut words = Words::new(mix(&[random.key, stream.into()]), random.step, neuron, 0);
    T::from_f64(successes(n.to_f64(), p.to_f64(), &mut words))
}

/// Successes in `n` trials of probability `p`. `n` is rounded to a whole number, at least 0, and `p` put back to 0 and 1 where
/// rounding has carried it beyond; NaN where either is NaN or `n` above 2^53.
pub fn successes<R: Rng + ?Sized>(n: f64, p: f64, rng: &mut R) -> f64 {
    if n.is_nan() || p.is_nan() || n > (1u64 << 53) as f64 {
        return f64::NAN;
    }
    let n = (n + 0.5).floor();
    if n <= 0.0 {
        return 0.0;
    }
    let distribution = Binomial::new(n as u64, p.clamp(0.0, 1.0)).expect("a probability");
    distribution.sample(rng) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of 4096 neurons over some steps.
    fn draw<T: Real>(n: f64, p: f64, steps: u64) -> Vec<f64> {
        let mut numbers = Vec::new();
        for step in 0..steps {
            for first in (0..4096).step_by(LANES) {
                let random = Random { key: 19, step, first };
                numbers.extend(binomials(random, 2, &[T::from_f64(n); LANES], &[T::from_f64(p); LANES]).map(T::to_f64));
            }
        }
        numbers
    }

    fn probability(n: f64, p: f64, k: f64) -> f64 {
        let ways = libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0);
        (ways + k * p.ln() + (n - k) * libm::log1p(-p)).exp()
    }

    /// Chi-square of numbers against the binomial law, as standard deviations from its mean; rare outcomes are put together.
    fn chi_square(n: f64, p: f64, numbers: &[f64]) -> f64 {
        let draws = numbers.len() as f64;
        let sd = (n * p * (1.0 - p)).sqrt();
        let (low, high) = ((n * p - 8.0 * sd - 12.0).max(0.0) as usize, (n * p + 8.0 * sd + 12.0).min(n) as usize);
        let mut seen = vec![0.0; high - low + 1];
        for k in numbers {
            assert!((low as f64..=high as f64).contains(k), "n {n}, p {p}: {k}");
            seen[*k as usize - low] += 1.0;
        }
        // An outcome is expected to be seen ten times or more, or shares a cell with the next.
        let mut cells = vec![(0.0, 0.0)];
        for (k, seen) in seen.iter().enumerate() {
            let cell = cells.last_mut().expect("there is one");
            *cell = (cell.0 + seen, cell.1 + draws * probability(n, p, (low + k) as f64));
            if cell.1 >= 10.0 {
                cells.push((0.0, 0.0));
            }
        }
        let rest = cells.pop().expect("there is one");
        let last = cells.last_mut().expect("something is likely");
        *last = (last.0 + rest.0, last.1 + rest.1);
        let chi: f64 = cells.iter().map(|(seen, expected)| (seen - expected).powi(2) / expected).sum();
        let freedom = (cells.len() - 1) as f64;
        (chi - freedom) / (2.0 * freedom.max(1.0)).sqrt()
    }

    fn numbers_follow_the_law<T: Real>() {
        for n in [1.0, 2.0, 7.0, 30.0, 400.0, 1e5] {
            // In f32 the probability is the float nearest to p.
            for p in [1e-6, 1e-3, 0.02, 0.3, 0.5, 0.77, 0.999].map(|p| T::from_f64(p).to_f64()) {
                let numbers = draw::<T>(n, p, 12);
                let draws = numbers.len() as f64;
                let (mean, variance) = (n * p, n * p * (1.0 - p));
                let average = numbers.iter().sum::<f64>() / draws;
                assert!((average - mean).abs() < 4.5 * (variance / draws).sqrt(), "n {n}, p {p}: mean {average}");
                let spread = numbers.iter().map(|k| (k - mean).powi(2)).sum::<f64>() / draws;
                // Fourth central moment: variance (1 + 3 variance - 6 p (1 - p)).
                let error = (variance * (1.0 + 2.0 * variance - 6.0 * p * (1.0 - p)) / draws).max(0.0).sqrt();
                assert!((spread - variance).abs() < 4.5 * error + 1e-12, "n {n}, p {p}: variance {spread}");
                let chi = chi_square(n, p, &numbers);
                assert!(chi < 4.5, "n {n}, p {p}: chi-square is {chi} standard deviations too large");
                for lag in [1, LANES, 4096] {
                    let product: f64 = numbers.windows(lag + 1).map(|w| (w[0] - mean) * (w[lag] - mean)).sum();
                    let bound = 5.0 * variance.max((variance / draws).sqrt()) / draws.sqrt();
                    assert!((product / draws).abs() < bound, "n {n}, p {p}: covariance {product} at lag {lag}");
                }
            }
        }
    }

    #[test]
    fn numbers_follow_the_binomial_law() {
        numbers_follow_the_law::<f64>();
        numbers_follow_the_law::<f32>();
    }

    #[test]
    fn what_is_certain_is_certain() {
        let all = |n: f64, p: f64, k: f64| assert!(draw::<f32>(n, p, 1).iter().all(|x| *x == k), "n {n}, p {p}");
        for n in [0.0, 1.0, 3.0, 1e5, 16_777_216.0] {
            all(n, 0.0, 0.0);
            all(n, -1e-7, 0.0);
            all(n, 1.0, n);
            all(n, 1.000_001, n);
        }
        all(0.0, 0.3, 0.0);
        all(-2.0, 1.0, 0.0);
        all(2.75, 1.0, 3.0);
    }

    #[test]
    fn what_has_no_answer_is_nan() {
        let random = Random { key: 1, step: 2, first: 0 };
        for (n, p) in [(f64::NAN, 0.5), (3.0, f64::NAN), (f64::INFINITY, 0.5), (1e16, 0.5)] {
            assert!(binomial(random, 0, 0, n, p).is_nan(), "{n} {p}");
        }
        assert!(binomial(random, 0, 0, 16_777_218.0f32, 0.5).is_nan());
        assert!(binomial(random, 0, 0, 16_777_218.0f64, 0.5) > 8e6);
    }

    #[test]
    fn each_stream_neuron_and_step_has_its_own_number() {
        let of = |key, stream, step, neuron| binomial(Random { key, step, first: 0 }, stream, neuron, 1e5, 0.5);
        let first = of(1, 1, 1, 1);
        for other in [of(2, 1, 1, 1), of(1, 2, 1, 1), of(1, 1, 2, 1), of(1, 1, 1 << 32 | 1, 1), of(1, 1, 1, 2)] {
            assert_ne!(first, other);
        }
    }
}
