//! Traces of presynaptic spikes at later postsynaptic ones, without an exponential for each pair of them.
//!
//! `exp(-rate * (s - met))` is a product of a factor of the postsynaptic spike, kept with it, and one of the presynaptic spike. Both are
//! relative to the begin of a period of time, so that they stay numbers: a period is so short that the trace falls by `exp(-30)` at most.

use super::{history::History, waiting::Waiting};
use crate::{kernel::Real, lang::learning::Trace};

/// A trace after the presynaptic spike that was last at some synapses.
#[derive(Debug)]
pub struct Fading<T> {
    period: Period,
    /// Stamp of the spike at which the synapses met it.
    met: i32,
    /// The trace right before the spike.
    before: T,
    /// The trace right after it, times `exp(rate * (met - begin of its period))`, divided by as much for each period that has passed.
    after: [T; 3],
    exact: f64,
    /// Factor of a postsynaptic spike of stamp `met`.
    together: T,
}

/// Periods of 2^shift steps.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    rate: f64,
    shift: u32,
}

impl Period {
    pub fn new(trace: Trace) -> Self {
        let steps = (30.0 / trace.rate.max(1e-9)).clamp(1.0, 1e9);
        Self { rate: trace.rate, shift: steps.log2() as u32 }
    }
    /// Number of the period of a stamp.
    fn number(self, stamp: i32) -> i32 {
        stamp >> self.shift
    }
    /// Steps from the begin of its period.
    fn steps(self, stamp: i32) -> f64 {
        f64::from(stamp - (self.number(stamp) << self.shift))
    }
    /// The factor of a postsynaptic spike.
    pub fn factor(self, stamp: i32) -> f64 {
        libm::exp(-self.rate * self.steps(stamp))
    }
}

impl<T: Real> Fading<T> {
    pub fn new(trace: Trace) -> Self {
        let period = Period::new(trace);
        Self { period, met: 0, before: T::ZERO, after: [T::ZERO; 3], exact: 0.0, together: T::ONE }
    }

    /// The presynaptic spike that met the synapses with postsynaptic spikes of stamp `met`, and the trace before and after it.
    pub fn set(&mut self, before: f64, after: f64, met: i32) {
        self.met = met;
        self.before = T::from_f64(before);
        self.exact = after;
        for passed in 0..3 {
            self.after[passed as usize] = self.after(passed);
        }
        self.together = T::from_f64(self.period.factor(met));
    }

    /// Factor of the presynaptic spike in the `passed`-th period after its own.
    fn after(&self, passed: i32) -> T {
        let steps = self.period.steps(self.met) - f64::from(passed) * f64::from(1u32 << self.period.shift);
        T::from_f64(self.exact * libm::exp(self.period.rate * steps))
    }

    /// The trace at the next spike of each synapse that waits, which does not see the jump if it was there at the same time. The factors
    /// of spikes are value `k` in the history.
    pub fn gather(&self, waiting: &Waiting, history: &History<T>, k: usize, out: &mut [T]) {
        let [first, second, third] = self.after;
        // Equal factors tell equal stamps within one period, if a step changes them.
        if self.period.number(history.newest()) == self.period.number(self.met) && self.period.rate > 1e-5 {
            waiting.each(out, |p| {
                let factor = history.value(p, k);
                if factor == self.together { self.before } else { first * factor }
            });
            return;
        }
        waiting.each(out, |p| {
            let stamp = history.stamp(p);
            let after = match self.period.number(stamp) - self.period.number(self.met) {
                0 => first,
                1 => second,
                2 => third,
                passed => self.after(passed),
            };
            if stamp == self.met { self.before } else { after * history.value(p, k) }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_of_factors_are_the_decay() {
        for tau in [0.01, 3.0, 150.0, 1e6] {
            let trace = Trace { rate: 1.0 / tau, nearest: false };
            let mut fading = Fading::<f64>::new(trace);
            for met in [-30, 0, 1, 77, 4_000, 123_456] {
                fading.set(0.25, 1.25, met);
                for later in [1, 2, 50, 1000, 9000, 100_000] {
                    let stamp = met + later;
                    let passed = fading.period.number(stamp) - fading.period.number(met);
                    let value = fading.after(passed) * fading.period.factor(stamp);
                    let expected = 1.25 * (-f64::from(later) / tau).exp();
                    // Rounding an exponent a moves its exponential by a times as much.
                    let tolerance = (40.0 + f64::from(later) / tau) * f64::EPSILON;
                    assert!(
                        (value - expected).abs() <= tolerance * expected,
                        "{tau} {met} {later}: {value} {expected}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_spike_that_comes_together_does_not_see_the_jump() {
        for (rate, spikes) in [(0.01, [40, 47]), (1e-7, [40, 47]), (0.01, [40, 9_000])] {
            let trace = Trace { rate, nearest: false };
            let mut history = History::<f64>::new(2, &[0], &[trace], &[], 0, false);
            for stamp in 1..=9_001u64 {
                history.advance(stamp);
                spikes
                    .iter()
                    .enumerate()
                    .filter(|(_, s)| **s == stamp)
                    .for_each(|(k, _)| history.record(k, stamp, |_, _| 0.0));
            }
            let mut waiting = Waiting::new();
            // SAFETY: two neurons, targets below 2.
            unsafe { waiting.find(&history, &[0, 1], &mut [0, 0], &history.view(0).count) };
            let mut fading = Fading::new(trace);
            fading.set(0.5, 1.5, 40);
            let mut out = [0.0; 2];
            fading.gather(&waiting, &history, 0, &mut out);
            let expected = 1.5 * (-rate * (spikes[1] - 40) as f64).exp();
            assert!(out[0] == 0.5 && (out[1] - expected).abs() < 1e-13 * expected, "{out:?}");
        }
    }
}
