//! Poisson numbers from random words, by inversion: one word, one number.
//!
//! Up to a mean of 128 the number is how many values of the distribution function, rounded to 32 bits, the word reaches.
//! Where the mean is the same for all neurons these thresholds stand in a table, and are compared without branches, 16 neurons at
//! a time: those that one word in a thousand reaches always, the others where a word of the 16 does. Where each neuron has its own
//! mean the thresholds are computed on the way, with the same result.
//! Above 128 the outcomes are visited in the order of their distance from the mode (about sqrt(mean) of them).
//! A mean below 0 counts as 0. Outcomes rarer than 2^-32 do not occur.

use super::{exp::exp, program::LANES, run::one_at_a_time};

/// Up to this mean the distribution function is summed from 0; exp(-128) is far from underflow.
const SUMMED: f64 = 128.0;
/// Above this mean (10^10 events per second at 0.1 ms) no number is drawn but NaN, which stops the run.
const LIMIT: f64 = 1e6;
/// Enough for the last threshold below 2^32 at a mean of [`SUMMED`].
const TABLE: usize = 256;
/// 2^32.
const WORDS: f64 = 4_294_967_296.0;

/// Thresholds of a mean that all neurons share. A table is kept from chunk to chunk and made again when the mean changes.
#[derive(Clone, Debug)]
pub struct Table {
    mean: f64,
    thresholds: [u32; TABLE],
    /// Thresholds that are 0, which every word reaches, are only counted.
    base: u32,
    len: usize,
    /// So many thresholds are reached by one word in a thousand or more.
    common: usize,
}

impl Table {
    /// A table of no mean yet.
    pub const EMPTY: Self = Table { mean: f64::NAN, thresholds: [0; TABLE], base: 0, len: 0, common: 0 };

    /// The table of a mean, or none where the mean is too large (or NaN) for one.
    #[inline(always)]
    pub fn of(&mut self, mean: f64) -> Option<&Self> {
        if mean > SUMMED || mean.is_nan() {
            return None;
        }
        if self.mean != mean {
            self.fill(mean);
        }
        Some(self)
    }

    #[cold]
    fn fill(&mut self, mean: f64) {
        (self.mean, self.base, self.len) = (mean, 0, 0);
        for threshold in Sum::new(mean) {
            if threshold == 0 {
                self.base += 1;
            } else {
                self.thresholds[self.len] = threshold;
                self.len += 1;
            }
        }
        let common = |t: &u32| f64::from(*t) < WORDS * (1.0 - 1e-3);
        self.common = self.thresholds[..self.len].partition_point(common);
    }

    /// Numbers of 16 neurons from their words.
    #[inline(always)]
    pub fn draw(&self, words: &[u32; LANES]) -> [u32; LANES] {
        let mut counts = [self.base; LANES];
        let (common, rare) = self.thresholds[..self.len].split_at(self.common);
        count(&mut counts, words, common);
        if let Some(first) = rare.first()
            && words.iter().fold(false, |any, word| any | (word >= first))
        {
            count(&mut counts, words, rare);
        }
        counts
    }
}

/// Adds how many thresholds each word reaches.
#[inline(always)]
fn count(counts: &mut [u32; LANES], words: &[u32; LANES], thresholds: &[u32]) {
    for threshold in thresholds {
        one_at_a_time();
        for l in 0..LANES {
            counts[l] += (words[l] >= *threshold) as u32;
        }
    }
}

/// Numbers of 16 neurons, each with its own mean; as [`poisson`].
#[inline(always)]
pub fn poissons(words: &[u32; LANES], means: &[f64; LANES]) -> [f64; LANES] {
    if !means.iter().fold(true, |all, mean| all & (*mean <= SUMMED)) {
        return std::array::from_fn(|l| poisson(words[l], means[l]));
    }
    let (mut probability, mut sum, mut outcome) = ([0.0; LANES], [0.0; LANES], 0.0);
    for l in 0..LANES {
        probability[l] = exp(if means[l] > 0.0 { -means[l] } else { 0.0 });
    }
    let (mut counts, mut below) = ([0.0; LANES], [1.0; LANES]);
    // Sums come to 1 in 257 steps at most; as in `Sum`, term by term.
    loop {
        one_at_a_time();
        outcome += 1.0;
        for l in 0..LANES {
            sum[l] += probability[l];
            probability[l] *= means[l] / outcome;
            let threshold = (sum[l] * WORDS + 0.5).floor();
            let reached = if (threshold < WORDS) & (f64::from(words[l]) >= threshold) { below[l] } else { 0.0 };
            below[l] = reached;
            counts[l] += reached;
        }
        if below.iter().fold(0.0, |any, reached| any + reached) == 0.0 {
            return counts;
        }
    }
}

/// Number of one neuron; NaN for a mean that is NaN or above 10^6.
pub fn poisson(word: u32, mean: f64) -> f64 {
    if mean <= SUMMED {
        return Sum::new(mean).take_while(|threshold| word >= *threshold).count() as f64;
    }
    if mean > LIMIT || mean.is_nan() {
        return f64::NAN;
    }
    around_mode(word, mean)
}

/// The distribution function of outcome 0, 1, ... in units of 2^-32, as long as it is below 1.
struct Sum {
    mean: f64,
    outcome: f64,
    probability: f64,
    sum: f64,
}

impl Sum {
    #[inline(always)]
    fn new(mean: f64) -> Self {
        let probability = exp(if mean > 0.0 { -mean } else { 0.0 });
        Self { mean, outcome: 0.0, probability, sum: 0.0 }
    }
}

impl Iterator for Sum {
    type Item = u32;
    #[inline(always)]
    fn next(&mut self) -> Option<u32> {
        self.sum += self.probability;
        self.outcome += 1.0;
        self.probability *= self.mean / self.outcome;
        let threshold = (self.sum * WORDS + 0.5).floor();
        (threshold < WORDS).then_some(threshold as u32)
    }
}

/// Chop-down search from the mode: its probability is taken off the word, then that of its neighbours in turn, up and down.
/// (Kemp (1986). A modal method for generating binomial variables. doi:10.1080/03610928608829152.)
fn around_mode(word: u32, mean: f64) -> f64 {
    let mode = mean.floor();
    let at_mode = libm::exp(mode * libm::log(mean) - mean - libm::lgamma(mode + 1.0));
    let mut rest = (word as f64 + 0.5) / WORDS - at_mode;
    let (mut up, mut p_up, mut down, mut p_down) = (mode, at_mode, mode, at_mode);
    // The probabilities fall below this together, where the rest is mere rounding.
    while rest > 0.0 && p_up.max(p_down) > 1e-14 {
        up += 1.0;
        p_up *= mean / up;
        rest -= p_up;
        if rest <= 0.0 {
            return up;
        }
        p_down *= down / mean;
        down -= 1.0;
        rest -= p_down;
        if rest <= 0.0 {
            return down;
        }
    }
    if rest <= 0.0 { mode } else { up }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{Isa, chunk::Random, philox::words, program::CHUNK};
    use super::*;

    /// Words of 4096 neurons over some steps.
    fn draw(steps: u64) -> Vec<[u32; LANES]> {
        let mut all = Vec::new();
        for step in 0..steps {
            for first in (0..4096).step_by(CHUNK) {
                let words = words(Isa::detect(), Random { key: 3, step, first: first as u32 }, 1, CHUNK);
                all.extend(words.as_chunks::<LANES>().0);
            }
        }
        all
    }

    fn probability(mean: f64, k: usize) -> f64 {
        let k = k as f64;
        (k * mean.ln() - mean - libm::lgamma(k + 1.0)).exp()
    }

    /// Chi-square of counts against the Poisson law, as standard deviations from its mean; rare outcomes are put together.
    fn chi_square(mean: f64, numbers: &[f64]) -> f64 {
        let n = numbers.len() as f64;
        let top = (mean + 8.0 * mean.sqrt() + 12.0) as usize;
        let mut seen = vec![0.0; top + 1];
        numbers.iter().for_each(|k| seen[(*k as usize).min(top)] += 1.0);
        let (mut chi, mut cells, mut pooled) = (0.0, 0.0, (0.0, 0.0));
        for (k, seen) in seen.iter().enumerate() {
            pooled = (pooled.0 + seen, pooled.1 + n * probability(mean, k));
            if pooled.1 >= 10.0 {
                chi += (pooled.0 - pooled.1).powi(2) / pooled.1;
                cells += 1.0;
                pooled = (0.0, 0.0);
            }
        }
        chi += (pooled.0 - pooled.1).powi(2) / pooled.1.max(1.0);
        (chi - (cells - 1.0f64)) / (2.0 * cells).sqrt()
    }

    /// Mean, variance, distribution and serial correlation are those of independent Poisson numbers.
    pub fn follows_law(mean: f64, numbers: &[f64], lags: &[usize]) {
        let n = numbers.len() as f64;
        let average = numbers.iter().sum::<f64>() / n;
        let variance = numbers.iter().map(|k| (k - average).powi(2)).sum::<f64>() / n;
        assert!((average - mean).abs() < 4.5 * (mean / n).sqrt(), "mean {mean}: {average}");
        let error = ((mean + 2.0 * mean * mean) / n).sqrt();
        assert!((variance - mean).abs() < 4.5 * error, "mean {mean}: variance {variance}");
        let chi = chi_square(mean, numbers);
        assert!(chi < 4.5, "mean {mean}: chi-square is {chi} standard deviations too large");
        for &lag in lags {
            let product = numbers.windows(lag + 1).map(|w| (w[0] - mean) * (w[lag] - mean)).sum::<f64>() / n / mean;
            assert!(product.abs() < 5.0 / n.sqrt(), "mean {mean}: correlation {product} at lag {lag}");
        }
    }

    #[test]
    fn numbers_follow_poissons_law() {
        let words = draw(50);
        for mean in [0.001, 0.01, 0.1, 0.5, 1.0, 3.0, 10.0, 30.0, 100.0, 127.9, 150.0, 1000.0] {
            let numbers: Vec<f64> = words.iter().flatten().map(|w| poisson(*w, mean)).collect();
            follows_law(mean, &numbers, &[1, 4, 16, 4096]);
        }
    }

    #[test]
    fn table_gives_the_same_numbers_as_single_draws() {
        let mut table = Table::EMPTY;
        for mean in [0.0, -1.0, 1e-12, 0.001, 0.1, 1.0, 20.0, 100.0, 128.0, 0.1] {
            let table = table.of(mean).unwrap();
            for mut words in draw(1) {
                words[..3].copy_from_slice(&[0, 1, u32::MAX]);
                assert_eq!(table.draw(&words).map(f64::from), words.map(|w| poisson(w, mean)), "mean {mean}");
            }
        }
        assert!(table.of(128.1).is_none() && table.of(f64::NAN).is_none());
    }

    #[test]
    fn sixteen_means_give_the_same_numbers_as_single_draws() {
        let all = [-1.0, 0.0, 1e-12, 0.001, 0.01, 0.1, 0.5, 1.0, 1.28, 3.0, 10.0, 30.0, 60.0, 100.0, 127.9, 128.0];
        for (shift, mut words) in draw(1).into_iter().enumerate() {
            words[..3].copy_from_slice(&[0, 1, u32::MAX]);
            let mut means: [f64; LANES] = std::array::from_fn(|l| all[(l + shift) % LANES]);
            for special in [means[5], 500.0, f64::NAN] {
                means[5] = special;
                let numbers = poissons(&words, &means);
                for l in 0..LANES {
                    assert_eq!(numbers[l].to_bits(), poisson(words[l], means[l]).to_bits(), "mean {}", means[l]);
                }
            }
        }
    }

    #[test]
    fn thresholds_are_exact_up_to_a_mean_of_100() {
        for mean in [0.001, 1.0, 100.0] {
            // From the other end: 1 - P(more than k), by summing the tail, small terms first.
            for (k, threshold) in Sum::new(mean).enumerate() {
                let above: f64 = (k + 1..k + 300).rev().map(|j| probability(mean, j)).sum();
                assert!((threshold as f64 - (1.0 - above) * WORDS).abs() < 0.6, "mean {mean}, outcome {k}");
            }
        }
    }

    #[test]
    fn means_beyond_reach() {
        assert_eq!((poisson(u32::MAX, 0.0), poisson(u32::MAX, -3.0)), (0.0, 0.0));
        assert!(poisson(7, f64::NAN).is_nan() && poisson(7, f64::INFINITY).is_nan() && poisson(7, 2e6).is_nan());
        for word in [0, 1, u32::MAX / 2, u32::MAX - 1, u32::MAX] {
            assert!((poisson(word, 1e6) - 1e6).abs() < 7e3);
        }
    }
}
