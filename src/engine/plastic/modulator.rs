//! Traces raised by the spikes of a whole population: a concentration that is the same everywhere.

use std::ops::Range;

use crate::{
    engine::ring::Ring,
    lang::learning::{Integral, Learning},
};

/// The modulator's spikes so far, with each trace right after them.
#[derive(Debug)]
pub struct Modulator {
    /// Global ids of its neurons.
    gids: Range<u32>,
    /// Steps from a spike to the rise.
    delay: u32,
    /// Rate of decay a step and rise at a spike of each trace.
    traces: Vec<(f64, f64)>,
    stamps: Vec<i32>,
    /// Traces right after each stamp.
    after: Vec<f64>,
}

/// Stamps for which there is room from the beginning, in memory that is not touched before it is used. Lists that outgrow it double.
const ROOM: usize = 1 << 16;

impl Modulator {
    pub fn new(learning: &Learning, gids: Range<u32>, delay: u32) -> Self {
        let traces = learning.modulators.clone();
        let (stamps, after) = (Vec::with_capacity(ROOM), Vec::with_capacity(ROOM * traces.len()));
        Self { gids, delay, traces, stamps, after }
    }

    /// Takes the spikes whose effect begins at `stamp`.
    pub fn advance(&mut self, ring: &Ring, stamp: u64) {
        let Some(emitted) = stamp.checked_sub(self.delay.into()) else { return };
        let ids = ring.at(emitted);
        let rises = ids.partition_point(|&id| id < self.gids.end) - ids.partition_point(|&id| id < self.gids.start);
        if rises == 0 {
            return;
        }
        for (t, &(_, jump)) in self.traces.iter().enumerate() {
            let before = self.at(t, stamp as i32);
            self.after.push(before + jump * rises as f64);
        }
        self.stamps.push(stamp as i32);
    }

    /// Trace `t` at a time not before its last rise.
    fn at(&self, t: usize, stamp: i32) -> f64 {
        match self.stamps.last() {
            None => 0.0,
            Some(&last) => {
                let after = self.after[(self.stamps.len() - 1) * self.traces.len() + t];
                after * libm::exp(-self.traces[t].0 * f64::from(stamp - last))
            }
        }
    }

    /// Integral number `number` of the rules from one time to another, in ms.
    pub fn integrated(&self, learning: &Learning, number: usize, from: i32, to: i32) -> f64 {
        let Integral { modulator, rate } = learning.integrals[number];
        self.integral(modulator, rate, from, to) * learning.dt
    }

    /// The integral over steps from `from` to `to` of trace `t` times `exp(-rate * (s - from))`, in steps.
    fn integral(&self, t: usize, rate: f64, from: i32, to: i32) -> f64 {
        let both = rate + self.traces[t].0;
        let mut sum = 0.0;
        let first = self.stamps.partition_point(|&s| s <= from).saturating_sub(1);
        for k in (first..self.stamps.len()).take_while(|&k| self.stamps[k] < to) {
            let (begin, end) = (self.stamps[k].max(from), self.stamps.get(k + 1).map_or(to, |&s| s.min(to)));
            let value = self.after[k * self.traces.len() + t]
                * libm::exp(-self.traces[t].0 * f64::from(begin - self.stamps[k]) - rate * f64::from(begin - from));
            let steps = f64::from(end - begin);
            sum += value * if both == 0.0 { steps } else { -libm::expm1(-both * steps) / both };
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrals_equal_sums_over_small_steps() {
        let mut m =
            Modulator { gids: 3..5, delay: 2, traces: vec![(0.02, 0.5)], stamps: Vec::new(), after: Vec::new() };
        let mut ring = Ring::new(4, 1, 0);
        for stamp in 0..100u64 {
            m.advance(&ring, stamp);
            ring.slot_mut(stamp).extend(match stamp {
                20 => vec![0, 3, 4, 5],
                50 => vec![4],
                _ => vec![2],
            });
        }
        assert_eq!(m.stamps, [22, 52]);
        let value = |s: f64| {
            let rise = |at: f64, by: f64| if s < at { 0.0 } else { by * (-0.02 * (s - at)).exp() };
            rise(22.0, 1.0) + rise(52.0, 0.5)
        };
        for (from, to) in [(0, 10), (0, 30), (10, 90), (22, 52), (25, 60), (60, 61), (60, 60)] {
            let n = 200_000;
            let h = f64::from(to - from) / f64::from(n);
            let sum: f64 = (0..n)
                .map(|k| (f64::from(k) + 0.5) * h)
                .map(|s| value(f64::from(from) + s) * (-0.01 * s).exp() * h)
                .sum();
            assert!((m.integral(0, 0.01, from, to) - sum).abs() < 1e-4, "{from} {to}");
        }
    }
}
