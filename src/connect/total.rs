//! Splits a fixed total number of synapses over the targets, so that any range of targets can be asked for alone.

use std::ops::Range;

use rand_distr::{Binomial, Distribution};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::stream::{Purpose, stream, unit};

/// Which total, over how many targets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Total {
    /// Random key of the wiring.
    pub key: u64,
    /// Synapses in all.
    pub total: u64,
    /// Number of targets.
    pub targets: u32,
    /// Pairs that each target has, where no pair may be connected twice.
    pub pairs: Option<u32>,
}

impl Total {
    /// In-degrees of a range of targets. Targets are halved again and again; the left half gets a binomial share (with
    /// multapses: the in-degrees are multinomial) or a hypergeometric one (without: all sets of pairs are equally
    /// likely). A half is keyed by its ends, so the numbers do not depend on the range that is asked for.
    pub fn in_degrees(&self, range: Range<u32>) -> Vec<u32> {
        let mut out = Vec::with_capacity(range.len());
        if !range.is_empty() {
            self.split(0..self.targets, self.total, &range, &mut out);
        }
        out
    }

    fn split(&self, half: Range<u32>, total: u64, wanted: &Range<u32>, out: &mut Vec<u32>) {
        if half.end <= wanted.start || wanted.end <= half.start {
            return;
        }
        if half.len() == 1 {
            return out.push(u32::try_from(total).expect("an in-degree fits 32 bits"));
        }
        let middle = half.start + (half.end - half.start) / 2;
        let mut rng = stream(self.key, Purpose::Totals, u64::from(half.start) << 32 | u64::from(half.end));
        let share = f64::from(middle - half.start) / half.len() as f64;
        let left = match self.pairs {
            None => Binomial::new(total, share).expect("a share lies between 0 and 1").sample(&mut rng),
            Some(pairs) => {
                let pairs = u64::from(pairs);
                let (good, all) = (u64::from(middle - half.start) * pairs, half.len() as u64 * pairs);
                hypergeometric(good, all, total, &mut rng)
            }
        };
        self.split(half.start..middle, left, wanted, out);
        self.split(middle..half.end, total - left, wanted, out);
    }
}

/// How many of `draws` without return from `all` fall on the `good`. By inversion, walking outwards from the mode:
/// about 1.6 standard deviations of steps, and exact up to the rounding of lgamma (1e-6 for 1e9 pairs).
fn hypergeometric(good: u64, all: u64, draws: u64, rng: &mut Xoshiro256PlusPlus) -> u64 {
    assert!(good <= all && draws <= all, "{draws} draws of {good} in {all}");
    let (g, n, k) = (good as f64, all as f64, draws as f64);
    let (low, high) = ((k + g - n).max(0.0), k.min(g));
    let mode = ((k + 1.0) * (g + 1.0) / (n + 2.0)).floor().clamp(low, high);
    let choose = |n: f64, k: f64| libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0);
    let at_mode = libm::exp(choose(g, mode) + choose(n - g, k - mode) - choose(n, k));
    let mut rest = unit(rng) - at_mode;
    let (mut up, mut p_up, mut down, mut p_down) = (mode, at_mode, mode, at_mode);
    while rest >= 0.0 && p_up.max(p_down) > 1e-18 {
        p_up *= (g - up) * (k - up) / ((up + 1.0) * (n - g - k + up + 1.0));
        up += 1.0;
        rest -= p_up;
        if rest < 0.0 {
            return up as u64;
        }
        p_down *= down * (n - g - k + down) / ((g - down + 1.0) * (k - down + 1.0));
        down -= 1.0;
        rest -= p_down;
        if rest < 0.0 {
            return down as u64;
        }
    }
    mode as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_exact_and_ranges_agree() {
        for pairs in [None, Some(40)] {
            for (total, targets) in [(0, 5), (1, 1), (1000, 37), (1480, 37)] {
                let all = Total { key: 4, total, targets, pairs };
                let degrees = all.in_degrees(0..targets);
                assert_eq!(degrees.iter().map(|&d| u64::from(d)).sum::<u64>(), total);
                for cut in 0..targets {
                    let parts = [all.in_degrees(0..cut), all.in_degrees(cut..targets)].concat();
                    assert_eq!(parts, degrees, "cut at {cut}");
                }
                assert!(degrees.iter().all(|&d| pairs.is_none_or(|pairs| d <= pairs)), "{degrees:?}");
            }
        }
    }

    /// Mean and variance of an in-degree over many keys: n p (1-p), times (N-n)/(N-1) without multapses.
    #[test]
    fn in_degrees_have_the_closed_form_moments() {
        for (pairs, factor) in [(None, 1.0), (Some(30), (300.0 - 120.0) / 299.0)] {
            let draws: Vec<f64> = (0..20_000)
                .map(|key| Total { key, total: 120, targets: 10, pairs }.in_degrees(6..7)[0].into())
                .collect();
            let mean = draws.iter().sum::<f64>() / 20_000.0;
            let variance = draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / 20_000.0;
            let expected = 120.0 * 0.1 * 0.9 * factor;
            assert!((mean - 12.0).abs() < 4.0 * (expected / 20_000f64).sqrt(), "mean {mean}");
            assert!((variance / expected - 1.0).abs() < 0.045, "variance {variance} of {expected}");
        }
    }

    #[test]
    fn large_hypergeometrics_have_the_closed_form_moments() {
        let mut rng = stream(2, Purpose::Totals, 0);
        let (good, all, draws) = (800_000_000u64, 1_600_000_000u64, 3_000_000u64);
        let x: Vec<f64> = (0..2000).map(|_| hypergeometric(good, all, draws, &mut rng) as f64).collect();
        let mean = x.iter().sum::<f64>() / 2000.0;
        let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 2000.0;
        let expected = 3e6 * 0.25 * (1.6e9 - 3e6) / (1.6e9 - 1.0);
        assert!((mean - 1.5e6).abs() < 4.0 * (expected / 2000f64).sqrt(), "mean {mean}");
        assert!((variance / expected - 1.0).abs() < 0.13, "variance {variance} of {expected}");
    }
}
