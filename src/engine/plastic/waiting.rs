//! Synapses that have not seen all spikes of their targets: the loops over single synapses around the programs.

use super::history::Visible;
use crate::kernel::{Isa, Real, positions, program::CHUNK};

/// The synapses of a chunk that wait, and the spike that each is going to see: first the first one of all, then the second, and so on.
/// Those that wait for the most come first, so that in each round it is the first ones of them that see a spike.
#[derive(Debug)]
pub struct Waiting {
    /// Spikes that each synapse of the chunk has to see.
    spikes: Box<[u8; CHUNK]>,
    /// Numbers in the chunk of those that wait, with as much room as `positions` asks for, and their targets.
    numbers: Box<[u16; 2 * CHUNK + 16]>,
    targets: Box<[u16; CHUNK]>,
    /// For how many spikes each of them waited.
    waits: Box<[u8; CHUNK]>,
    /// How many wait for so many spikes or more, and three times 0.
    reach: Box<[usize; 259]>,
    /// Of the history in which they were found.
    neurons: usize,
    /// Spikes that they have seen, and stamps of those that they are going to see.
    round: usize,
    stamps: Box<[i32; CHUNK]>,
}

impl Waiting {
    pub fn new() -> Self {
        Self {
            spikes: Box::new([0; CHUNK]),
            numbers: Box::new([0; 2 * CHUNK + 16]),
            targets: Box::new([0; CHUNK]),
            waits: Box::new([0; CHUNK]),
            reach: Box::new([0; 259]),
            neurons: 0,
            round: 0,
            stamps: Box::new([0; CHUNK]),
        }
    }

    /// Finds the synapses that wait. `seen` says how many spikes of its target each synapse has seen: it is brought to the number that is
    /// visible.
    ///
    /// # Safety
    /// Every target must be one of the neurons of `visible`.
    pub unsafe fn find<T: Real>(&mut self, isa: Isa, targets: &[u16], seen: &mut [u8], visible: Visible<T>) {
        let spikes = &mut self.spikes[..targets.len().next_multiple_of(16)];
        spikes[targets.len()..].fill(0);
        // SAFETY: see above.
        unsafe { look_up(spikes, visible.count, targets) };
        for (spikes, seen) in spikes.iter_mut().zip(seen) {
            let count = *spikes;
            *spikes = count.wrapping_sub(*seen);
            *seen = count;
        }
        let most = usize::from(spikes.iter().fold(0, |most, &n| most.max(n)));
        let mut len = 0;
        self.reach[most + 1..=most + 3].fill(0);
        for n in (1..=most).rev() {
            let more = positions(isa, spikes, n as u8, &mut self.numbers[..], len);
            self.waits[len..more].fill(n as u8);
            self.reach[n] = more;
            len = more;
        }
        // SAFETY: positions are below the length.
        unsafe { look_up(&mut self.targets[..len], targets, &self.numbers[..]) };
        (self.round, self.neurons) = (0, visible.count.len());
        self.look(visible);
    }

    /// They, at least one, have seen their spikes; those that wait for another one remain.
    pub fn next<T: Real>(&mut self, visible: Visible<T>) {
        self.round += 1;
        self.look(visible);
    }

    /// Finds the stamps of the spikes that they are going to see.
    fn look<T: Real>(&mut self, visible: Visible<T>) {
        assert!(visible.count.len() >= self.neurons, "{} neurons of {}", visible.count.len(), self.neurons);
        let Self { reach, targets, stamps, round, .. } = self;
        let [older, before, last] = [3, 2, 1].map(|n| reach[*round + n]);
        for (range, recent) in [(older..before, visible.recent[1]), (before..last, visible.recent[0])] {
            // SAFETY: `find` was told that targets are below the number of neurons.
            unsafe { look_up(&mut stamps[range.clone()], recent, &targets[range]) };
        }
        let waits = self.waits[..older].iter().zip(&targets[..older]);
        for (stamp, (&n, &target)) in stamps.iter_mut().zip(waits) {
            *stamp = visible.stamp(target.into(), n - *round as u8 - 1);
        }
    }

    /// How many see a spike in this round.
    pub fn len(&self) -> usize {
        self.reach[self.round + 1]
    }

    /// Stamps of these spikes.
    pub fn stamps(&self) -> &[i32] {
        &self.stamps[..self.len()]
    }

    /// `out[j] = value(target, age)` of the j-th of them, where the spike that it sees is the one before the last `age` spikes of its
    /// target.
    #[inline(always)]
    pub fn each<T>(&self, out: &mut [T], value: impl Fn(usize, u8) -> T) {
        let waiting = self.targets[..self.len()].iter().zip(&self.waits[..]);
        for (out, (&target, &n)) in out.iter_mut().zip(waiting) {
            *out = value(target.into(), n - self.round as u8 - 1);
        }
    }
    /// `out[j]` is the value of the j-th of those that were found.
    #[inline(always)]
    pub fn take<T: Copy>(&self, out: &mut [T], values: &[T]) {
        let values: &[T; CHUNK] = values[..CHUNK].try_into().expect("of this length");
        for (out, &number) in out.iter_mut().zip(&self.numbers[..self.reach[1]]) {
            *out = values[usize::from(number) % CHUNK];
        }
    }
    /// The value of the j-th of those that were found becomes `from[j]`.
    #[inline(always)]
    pub fn put<T: Copy>(&self, from: &[T], values: &mut [T]) {
        let values: &mut [T; CHUNK] = (&mut values[..CHUNK]).try_into().expect("of this length");
        for (&from, &number) in from.iter().zip(&self.numbers[..self.reach[1]]) {
            values[usize::from(number) % CHUNK] = from;
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
    use super::{super::history::History, *};

    #[test]
    fn each_synapse_sees_every_spike_once_in_order() {
        let mut history = History::<f64>::new(3, &[0], &[], 0, false);
        // Neuron k spikes k times.
        for stamp in 1..=5u64 {
            history.advance(stamp);
            (0..3).filter(|&k| stamp <= k as u64).for_each(|k| history.record(k, stamp, |_, _| 0.0));
        }
        let (targets, mut seen, visible) = ([2u16, 0, 1, 2], [0u8, 0, 0, 1], history.visible(0));
        let mut waiting = Waiting::new();
        // SAFETY: three neurons, targets below 3.
        unsafe { waiting.find(Isa::detect(), &targets, &mut seen, visible) };
        let mut met = Vec::new();
        while waiting.len() > 0 {
            let mut numbers = vec![0; 4];
            waiting.take(&mut numbers, &(0..CHUNK).collect::<Vec<_>>());
            met.extend(numbers.into_iter().zip(waiting.stamps().iter().copied()));
            waiting.next(visible);
        }
        assert_eq!(met, [(0, 1), (2, 1), (3, 2), (0, 2)]);
        assert_eq!(seen, [2, 0, 1, 2]);
        let mut values = vec![0; CHUNK];
        // SAFETY: as above.
        unsafe { waiting.find(Isa::detect(), &targets, &mut [0; 4], visible) };
        waiting.put(&[7, 8, 9], &mut values);
        assert_eq!(values[..4], [7, 0, 9, 8]);
    }
}
