//! Vesicles released at random: a binomial number for each synapse and spike.

use crate::kernel::mix;

/// Draws vesicles; a function of (key, source, target, spike, which of several synapses of the pair).
#[derive(Debug)]
pub struct Quanta {
    key: u64,
    /// Chance of at most k vesicles, for the current probability of release.
    at_most: Vec<f64>,
    n: u32,
}

impl Quanta {
    pub fn new(key: u64, n: u32) -> Self {
        Self { key, at_most: vec![1.0; n as usize + 1], n }
    }

    /// Prepares for a probability; what lies outside of 0 and 1 is put back to it.
    pub fn release(&mut self, p: f64) {
        let (p, n) = (p.clamp(0.0, 1.0), f64::from(self.n));
        let mut log = n * libm::log1p(-p);
        let mut sum = 0.0;
        for k in 0..self.at_most.len() {
            sum += if p < 1.0 { libm::exp(log) } else { 0.0 };
            self.at_most[k] = sum;
            log += libm::log((n - k as f64) / (k as f64 + 1.0)) + libm::log(p) - libm::log1p(-p);
        }
        self.at_most[self.n as usize] = 1.0;
    }

    /// Vesicles that one synapse releases.
    pub fn draw(&self, source: u32, target: u32, stamp: u64, which: u32) -> u32 {
        let word = mix(&[self.key, u64::from(source) << 32 | u64::from(target), stamp, which.into()]);
        let uniform = (word >> 11) as f64 * (0.5 / (1u64 << 52) as f64);
        self.at_most.iter().position(|&p| uniform < p).expect("the last one is 1") as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_binomial() {
        let (n, p, draws) = (4, 0.3, 200_000u32);
        let mut quanta = Quanta::new(7, n);
        quanta.release(p);
        let mut counts = [0.0; 5];
        (0..draws).for_each(|d| counts[quanta.draw(d % 13, d / 13, 5, 0) as usize] += 1.0);
        let expected = [0.2401, 0.4116, 0.2646, 0.0756, 0.0081].map(|p| p * f64::from(draws));
        let chi: f64 = counts.iter().zip(expected).map(|(c, e)| (c - e) * (c - e) / e).sum();
        // 4 degrees of freedom: 18.5 is exceeded once in a thousand.
        assert!(chi < 18.5, "{chi}");
        for (p, released) in [(0.0, 0), (1.0, 4), (1.5, 4)] {
            quanta.release(p);
            assert!((0..1000).all(|d| quanta.draw(d, 1, 2, 3) == released), "{p}");
        }
    }
}
