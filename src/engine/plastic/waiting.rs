//! Synapses that have not seen all spikes of their targets: the loops over single synapses around the programs.

use super::history::History;
use crate::kernel::{Real, program::CHUNK};

/// Some synapses of a chunk, and the next spike that each is going to see.
#[derive(Debug)]
pub struct Waiting {
    synapses: Box<[Synapse; CHUNK]>,
    len: usize,
}

/// A synapse that waits.
#[derive(Clone, Copy, Debug, Default)]
struct Synapse {
    /// Where its next spike is kept in the history.
    place: u32,
    /// Its number in the chunk.
    number: u16,
    /// Spikes that it has to see.
    spikes: u16,
}

impl Waiting {
    pub fn new() -> Self {
        Self { synapses: Box::new([Synapse::default(); CHUNK]), len: 0 }
    }

    /// Finds the synapses that wait. `counts` says how many spikes of each neuron can be seen, `seen` how many each synapse has: it is
    /// brought to that number.
    ///
    /// # Safety
    /// Every target must be below `counts.len()`.
    pub unsafe fn find<T: Real>(&mut self, history: &History<T>, targets: &[u16], seen: &mut [u8], counts: &[u8]) {
        assert!(targets.len() <= CHUNK);
        let mut len = 0;
        for (i, (&t, seen)) in targets.iter().zip(seen).enumerate() {
            // SAFETY: see above; and `len` is at most `i`. Without a branch, as nobody can foresee which synapses wait.
            let (count, next) =
                unsafe { (*counts.get_unchecked(usize::from(t)), self.synapses.get_unchecked_mut(len)) };
            let spikes = count.wrapping_sub(*seen);
            *next = Synapse { place: history.place(t.into(), *seen) as u32, number: i as u16, spikes: spikes.into() };
            *seen = count;
            len += usize::from(spikes != 0);
        }
        self.len = len;
    }

    /// They have seen their spikes; those that wait for another one remain.
    pub fn next<T: Real>(&mut self, history: &History<T>) {
        let mut left = 0;
        for j in 0..self.len {
            let Synapse { place, number, spikes } = self.synapses[j];
            // SAFETY: `left` is at most `j`.
            let next = unsafe { self.synapses.get_unchecked_mut(left) };
            *next = Synapse { place: history.after(place), number, spikes: spikes - 1 };
            left += usize::from(spikes > 1);
        }
        self.len = left;
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// `out[j] = value(p)` with the place p of the spike of the j-th of them.
    #[inline(always)]
    pub fn each<T>(&self, out: &mut [T], value: impl Fn(usize) -> T) {
        out.iter_mut().zip(&self.synapses[..self.len]).for_each(|(out, s)| *out = value(s.place as usize));
    }
    /// `out[j]` is the value of the j-th of them.
    #[inline(always)]
    pub fn take<T: Copy>(&self, out: &mut [T], values: &[T]) {
        let values: &[T; CHUNK] = values[..CHUNK].try_into().expect("of this length");
        for (out, s) in out.iter_mut().zip(&self.synapses[..self.len]) {
            *out = values[usize::from(s.number) % CHUNK];
        }
    }
    /// The value of the j-th of them becomes `from[j]`.
    #[inline(always)]
    pub fn put<T: Copy>(&self, from: &[T], values: &mut [T]) {
        let values: &mut [T; CHUNK] = (&mut values[..CHUNK]).try_into().expect("of this length");
        for (&from, s) in from.iter().zip(&self.synapses[..self.len]) {
            values[usize::from(s.number) % CHUNK] = from;
        }
    }
}

/// `out[i]` is the value of neuron `targets[i]`.
///
/// # Safety
/// Every target must be below `values.len()`.
#[inline(always)]
pub unsafe fn look_up<T: Copy>(out: &mut [T], values: &[T], targets: &[u16]) {
    for (out, &t) in out.iter_mut().zip(targets) {
        // SAFETY: see above.
        *out = unsafe { *values.get_unchecked(usize::from(t)) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_synapse_sees_every_spike_once_in_order() {
        let mut history = History::<f64>::new(3, &[0], &[], &[], 0, false);
        // Neuron k spikes k times.
        for stamp in 1..=5u64 {
            history.advance(stamp);
            (0..3).filter(|&k| stamp <= k as u64).for_each(|k| history.record(k, stamp, |_, _| 0.0));
        }
        let (targets, mut seen) = ([2u16, 0, 1, 2], [0u8, 0, 0, 1]);
        let mut waiting = Waiting::new();
        // SAFETY: three neurons, targets below 3.
        unsafe { waiting.find(&history, &targets, &mut seen, &history.view(0).count) };
        let mut met = Vec::new();
        while waiting.len() > 0 {
            let (mut stamps, mut numbers) = (vec![0; waiting.len()], vec![0; waiting.len()]);
            waiting.each(&mut stamps, |p| history.stamp(p));
            waiting.take(&mut numbers, &(0..CHUNK).collect::<Vec<_>>());
            met.extend(numbers.into_iter().zip(stamps));
            waiting.next(&history);
        }
        assert_eq!(met, [(0, 1), (2, 1), (3, 2), (0, 2)]);
        assert_eq!(seen, [2, 0, 1, 2]);
        let mut values = vec![0; CHUNK];
        // SAFETY: as above.
        unsafe { waiting.find(&history, &targets, &mut [0; 4], &history.view(0).count) };
        waiting.put(&[7, 8, 9], &mut values);
        assert_eq!(values[..4], [7, 0, 8, 9]);
    }
}
