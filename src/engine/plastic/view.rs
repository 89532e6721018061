//! The spikes that have reached synapses of one dendritic delay, and the traces that they have left.

use crate::{
    kernel::{Fade, Isa, Real, SideBySide, look_up, program::LANES},
    lang::learning::Trace,
};

/// How many spikes of each neuron stand side by side.
pub const RECENT: usize = 4;

/// Traces that are looked up and decay together where few are asked for: small enough for the stack.
const FEW: usize = 64;

/// What synapses of one dendritic delay see of their targets.
#[derive(Debug)]
pub struct View<T> {
    /// Dendritic delay in steps.
    pub dendritic: i32,
    /// Spikes of each neuron seen so far.
    pub count: Vec<u32>,
    /// Stamp of the last one, of the one before it and so on; before the first one, so that it reached the synapse at time 0. Few synapses
    /// wait for older ones.
    pub recent: [Vec<i32>; RECENT],
    /// The same as steps since `origin` (see [`SideBySide`]), if they are counted. For short rows, where few numbers lie close
    /// together, they are not: COBA takes 1.03 of the time on two threads with them.
    steps: [Vec<u16>; RECENT],
    origin: i32,
    traces: Vec<Left<T>>,
    /// Stamp at which the traces of all neurons are known.
    at: i32,
}

/// A trace of each neuron.
#[derive(Debug)]
struct Left<T> {
    fade: Fade<T>,
    /// Right after the neuron's last spike.
    after: Vec<T>,
    /// At the stamp at which all are known.
    decayed: Vec<T>,
}

impl<T: Real> View<T> {
    pub fn new(dendritic: u32, neurons: usize, traces: &[Trace], counted: bool) -> Self {
        let left = |trace: &Trace| Left {
            fade: Fade::new(trace.rate),
            after: vec![T::ZERO; neurons],
            decayed: vec![T::ZERO; neurons],
        };
        Self {
            dendritic: dendritic as i32,
            count: vec![0; neurons],
            recent: std::array::from_fn(|_| vec![-(dendritic as i32); neurons]),
            steps: std::array::from_fn(|_| if counted { vec![0; neurons + SideBySide::BEYOND] } else { Vec::new() }),
            origin: -(dendritic as i32),
            traces: traces.iter().map(left).collect(),
            at: i32::MIN,
        }
    }

    /// Neuron `k` has spiked; `traces` are its traces right after.
    pub fn see(&mut self, k: usize, stamp: i32, traces: &[f64]) {
        self.count[k] += 1;
        if !self.steps[0].is_empty() {
            let now = u16::try_from(stamp - self.origin).unwrap_or_else(|_| self.move_origin(stamp));
            self.steps.iter_mut().fold(now, |later, steps| std::mem::replace(&mut steps[k], later));
        }
        self.recent.iter_mut().fold(stamp, |later, stamps| std::mem::replace(&mut stamps[k], later));
        for (left, &trace) in self.traces.iter_mut().zip(traces) {
            left.after[k] = T::from_f64(trace);
        }
    }

    /// Counts steps from half of what 16 bits hold before `stamp`. Returns the steps to it.
    fn move_origin(&mut self, stamp: i32) -> u16 {
        const HALF: u16 = 1 << 15;
        self.origin = stamp - i32::from(HALF);
        for (steps, stamps) in self.steps.iter_mut().zip(&self.recent) {
            steps.iter_mut().zip(stamps).for_each(|(steps, stamp)| *steps = (stamp - self.origin).max(0) as u16);
        }
        HALF
    }

    /// Stamps of the spike of each neuron that came before its last `age` ones, if these are kept side by side.
    pub fn side_by_side(&self, age: usize) -> Option<SideBySide<'_>> {
        let Self { recent, steps, origin, .. } = self;
        recent.get(age).map(|stamps| SideBySide { stamps, steps: &steps[age], origin: *origin })
    }

    /// Trace `t` of some neurons at stamp `now` of the soma.
    ///
    /// # Safety
    /// They must be neurons of the part.
    pub unsafe fn trace(&self, isa: Isa, t: usize, now: i32, neurons: &[u16], out: &mut [T]) {
        let Left { fade, after, decayed } = &self.traces[t];
        if self.at == now {
            // SAFETY: see above.
            return unsafe { look_up(isa, decayed, neurons, out) };
        }
        for (neurons, out) in neurons.chunks(FEW).zip(out.chunks_mut(FEW)) {
            let (mut stamps, mut values) = ([now; FEW], [T::ZERO; FEW]);
            // SAFETY: see above.
            unsafe {
                look_up(isa, &self.recent[0], neurons, &mut stamps);
                look_up(isa, after, neurons, &mut values);
            }
            let (whole, mut left) = (neurons.len().next_multiple_of(LANES), [T::ZERO; FEW]);
            fade.until(isa, now, &stamps[..whole], &values, &mut left);
            out.copy_from_slice(&left[..out.len()]);
        }
    }

    /// Lets the traces of all neurons decay to a stamp at the soma, once for all presynaptic spikes that arrive together. Where few synapses
    /// ask for them that is not worth it.
    pub fn decay(&mut self, now: i32, isa: Isa) {
        if self.at != now {
            self.at = now;
            for Left { fade, after, decayed } in &mut self.traces {
                fade.until(isa, now, &self.recent[0], after, decayed);
            }
        }
    }

    /// Memory of its arrays.
    pub fn bytes(&self) -> usize {
        let steps: usize = self.steps.iter().map(|steps| size_of_val(&steps[..])).sum();
        self.count.len() * (4 + 4 * RECENT + 2 * size_of::<T>() * self.traces.len()) + steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_and_steps_say_the_same() {
        let mut view = View::<f64>::new(3, 3, &[], true);
        let (mut stamp, mut origins) = (0, Vec::new());
        for spike in 1..200 {
            // Neuron 0 spikes often, neuron 1 rarely, neuron 2 never.
            stamp += spike * spike % 5000;
            view.see(usize::from(spike % 50 == 0), stamp, &[]);
            for SideBySide { stamps, steps, origin } in (0..).map_while(|age| view.side_by_side(age)) {
                for (stamp, steps) in stamps.iter().zip(steps) {
                    assert_eq!((stamp - origin).max(0), i32::from(*steps), "{spike}: {stamp} from {origin}");
                }
                origins.push(origin);
            }
        }
        origins.dedup();
        assert!(origins.is_sorted() && origins.len() > 3 && origins[0] == -3, "{origins:?}");
    }
}
