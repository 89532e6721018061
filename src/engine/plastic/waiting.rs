//! Synapses that have not seen all spikes of their targets, level by level: those that wait for one or more, for two or more, and so on.

use std::ops::Range;

use super::history::Visible;
use crate::kernel::{
    Chosen, Isa, Real, Room, Than, Word,
    program::{CHUNK, LANES},
};

/// Synapses whose waiting spikes are replayed together. Few wait for many spikes: the more synapses, the less a level costs for each.
pub const BATCH: usize = 2048;

/// The levels of a batch. What belongs to them lies one behind the other, and behind each there is room for 16 more.
#[derive(Debug)]
pub struct Waiting {
    isa: Isa,
    /// Memory of the levels, of which so many are in use.
    levels: Vec<Level>,
    used: usize,
    /// Target of each synapse of a level.
    targets: Vec<u16>,
    /// Stamp of the spike that it sees in its level: in the first one the last spike of its target, in the second the one before.
    stamps: Vec<i32>,
    /// Number of its row in a visit of several.
    rows: Vec<u16>,
}

#[derive(Clone, Debug)]
struct Level {
    /// Where it begins.
    start: usize,
    /// Which synapses of the level below (of the batch, for the first) are in it.
    chosen: Chosen,
}

impl Level {
    fn synapses(&self) -> Range<usize> {
        self.start..self.start + self.chosen.count()
    }
    /// Where the next one begins.
    fn end(&self) -> usize {
        self.start + room(self.chosen.count())
    }
}

/// Room for a level of so many synapses, which ends with a whole group.
fn room(synapses: usize) -> usize {
    (synapses + LANES).next_multiple_of(LANES)
}

impl Waiting {
    /// Levels of up to `batch` synapses that wait for less than `spikes` spikes.
    pub fn new(isa: Isa, batch: usize, spikes: usize) -> Self {
        let room = Self::room(batch, spikes);
        Self {
            isa,
            levels: vec![Level { start: 0, chosen: Chosen::with_room(batch) }; spikes],
            used: 0,
            targets: vec![0; room],
            stamps: vec![0; room],
            rows: vec![0; room],
        }
    }

    /// Room that all levels together may need.
    pub fn room(batch: usize, spikes: usize) -> usize {
        room(batch) * spikes
    }

    /// Finds the synapses of a batch whose targets have spiked since they have seen them.
    ///
    /// # Safety
    /// Every target must be one of the neurons of `visible`.
    pub unsafe fn find<T: Real>(&mut self, targets: &[u16], seen: Than, visible: Visible<T>) {
        let Self { isa, stamps, .. } = self;
        for age in 0.. {
            self.used = age;
            let (lower, level) = self.levels.split_at_mut(age);
            let (level, lower) = (&mut level[0], lower.last());
            level.start = lower.map_or(0, Level::end);
            let (before, numbers) = self.targets.split_at_mut(level.start);
            let (rows_before, rows) = self.rows.split_at_mut(level.start);
            let (of, stamps) = (lower.map_or(targets, |level| &before[level.synapses()]), &mut stamps[level.start..]);
            let seen = match (seen, lower) {
                (Than::Rows(_, seen), Some(level)) => Than::Rows(&rows_before[level.synapses()], seen),
                _ => seen,
            };
            let to = Room { numbers: &mut *numbers, stamps: &mut *stamps, rows: &mut *rows };
            // SAFETY: these are some of the targets.
            unsafe { level.chosen.later_of(*isa, visible.stamps(age), of, seen, to) };
            let len = level.chosen.count();
            if len == 0 {
                return;
            }
            // A whole group at the end.
            let (target, stamp, row) = (numbers[len - 1], stamps[len - 1], rows[len - 1]);
            numbers[len..][..LANES].fill(target);
            stamps[len..][..LANES].fill(stamp);
            rows[len..][..LANES].fill(row);
        }
    }

    /// How many levels there are.
    pub fn levels(&self) -> usize {
        self.used
    }
    /// Where the synapses of a level lie, filled up to a whole group with the last one.
    pub fn range(&self, level: usize) -> Range<usize> {
        let Range { start, end } = self.levels[level].synapses();
        start..end.next_multiple_of(LANES)
    }
    /// The same in pieces over which a program runs.
    pub fn pieces(&self, level: usize) -> impl Iterator<Item = Range<usize>> {
        let Range { start, end } = self.range(level);
        (start..end).step_by(CHUNK).map(move |start| start..end.min(start + CHUNK))
    }
    /// Their targets.
    pub fn targets(&self, piece: &Range<usize>) -> &[u16] {
        &self.targets[piece.clone()]
    }
    /// Stamps of the spikes that they see, and numbers of their rows, where there are several, filled up likewise.
    pub fn spikes(&self, piece: &Range<usize>) -> (&[i32], &[u16]) {
        (&self.stamps[piece.clone()], &self.rows[piece.clone()])
    }

    /// Takes values of the batch to all levels.
    pub fn take<T: Word>(&self, batch: &[T], values: &mut [T]) {
        let mut below: Option<&Level> = None;
        for level in &self.levels[..self.used] {
            let (lower, own) = values.split_at_mut(level.start);
            level.chosen.compress(self.isa, below.map_or(batch, |below| &lower[below.synapses()]), own);
            below = Some(level);
        }
    }

    /// Puts values of a level back into the one below, or into the batch.
    pub fn put<T: Word>(&self, level: usize, values: &mut [T], batch: &mut [T]) {
        let own = &self.levels[level];
        let (lower, from) = values.split_at_mut(own.start);
        let to = if level == 0 { batch } else { &mut lower[self.levels[level - 1].synapses()] };
        own.chosen.expand(self.isa, from, to);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::history::History, *};

    #[test]
    fn each_synapse_sees_every_spike_once_in_order() {
        for isa in Isa::available() {
            let mut history = History::<f64>::new(4, &[0], &[], 0, true);
            // Neuron k spikes k times.
            for stamp in 1..=5u64 {
                history.advance(stamp);
                (0..4).filter(|&k| stamp <= k as u64).for_each(|k| history.record(k, stamp, |_, _| 0.0));
            }
            let (targets, visible) = ([2u16, 0, 3, 1, 2], history.visible(0));
            let mut waiting = Waiting::new(isa, targets.len(), 8);
            let mut met = |seen: i32| {
                // SAFETY: four neurons, targets below 4.
                unsafe { waiting.find(&targets, Than::One(seen), visible) };
                let mut numbers = vec![0u16; Waiting::room(targets.len(), 8)];
                waiting.take(&[0, 1, 2, 3, 4], &mut numbers);
                let mut met = Vec::new();
                for level in (0..waiting.levels()).rev() {
                    let synapses = waiting.levels[level].synapses();
                    let numbers = &numbers[synapses.clone()];
                    assert!(
                        numbers.iter().zip(waiting.targets(&synapses)).all(|(&n, &t)| targets[usize::from(n)] == t)
                    );
                    met.extend(numbers.iter().copied().zip(waiting.spikes(&synapses).0.iter().copied()));
                }
                met
            };
            assert_eq!(met(0), [(2, 1), (0, 1), (2, 2), (4, 1), (0, 2), (2, 3), (3, 1), (4, 2)]);
            assert_eq!(met(2), [(2, 3)]);
            assert_eq!(met(3), []);
        }
    }

    #[test]
    fn values_go_back_to_where_they_were() {
        let mut history = History::<f64>::new(2, &[0], &[], 0, true);
        for stamp in 1..=3u64 {
            history.advance(stamp);
            history.record(1, stamp, |_, _| 0.0);
        }
        let mut waiting = Waiting::new(Isa::detect(), 3, 8);
        // SAFETY: two neurons, targets below 2.
        unsafe { waiting.find(&[1, 0, 1], Than::One(0), history.visible(0)) };
        let (mut values, mut batch) = (vec![0.0; Waiting::room(3, 8)], [1.0, 2.0, 3.0]);
        waiting.take(&batch, &mut values);
        for level in (0..waiting.levels()).rev() {
            values[waiting.range(level)].iter_mut().for_each(|x| *x *= 10.0);
            waiting.put(level, &mut values, &mut batch);
        }
        assert_eq!(batch, [100.0, 2.0, 300.0]);
    }
}
