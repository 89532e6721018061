//! The synapses onto one block: a row for each source of the network, sorted by delay, then by construction order.

use std::ops::Range;

/// All synapses onto a block, of all projections and receptors, in compressed rows.
///
/// Order within a delay group: wirings in order, then targets ascending, then the order of drawing. With spikes
/// delivered by arrival step, then emission step, then source id, the order of additions to each target is the same
/// however the targets are cut into blocks.
#[derive(Debug)]
pub struct Synapses {
    /// Distinct delays in steps, descending.
    pub(super) delays: Vec<u32>,
    /// Where the row of each source begins; one more at the end.
    pub(super) rows: Vec<u64>,
    /// For each source `delays.len() + 1` offsets within its row: group `g` is `offset[g]..offset[g + 1]`.
    pub(super) groups: Vec<u32>,
    /// Input slot of each synapse; always below `slots`.
    pub(super) targets: Vec<u16>,
    pub(super) weights: Weights,
    /// Number of input slots of the block.
    pub(super) slots: usize,
}

/// Weights of synapses.
#[derive(Clone, Debug, PartialEq)]
pub enum Weights {
    /// Every synapse of a source has the same weight: one number for each source.
    Row(Vec<f64>),
    /// One number for each synapse, rounded to f32 to save memory.
    Each(Vec<f32>),
}

/// The synapses of one source with one delay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group<'a> {
    /// Input slots.
    pub targets: &'a [u16],
    /// Their weights.
    pub weights: GroupWeights<'a>,
}

/// Weights of a [`Group`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GroupWeights<'a> {
    /// One for all.
    Same(f64),
    /// One for each.
    Each(&'a [f32]),
}

impl Synapses {
    /// Number of synapses.
    pub fn len(&self) -> u64 {
        self.targets.len() as u64
    }
    /// No synapses at all.
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }
    /// Memory of all arrays.
    pub fn bytes(&self) -> u64 {
        let weights = match &self.weights {
            Weights::Row(row) => row.len() * 8,
            Weights::Each(each) => each.len() * 4,
        };
        let index = self.delays.len() * 4 + self.rows.len() * 8 + self.groups.len() * 4;
        (index + self.targets.len() * 2 + weights) as u64
    }
    /// Bytes that an event reads: its target, and its weight where each synapse has its own.
    pub fn event_bytes(&self) -> u64 {
        match self.weights {
            Weights::Row(_) => 2,
            Weights::Each(_) => 6,
        }
    }
    /// Distinct delays in steps, descending; a constant delay is among them even if nothing was drawn with it.
    pub fn delays(&self) -> &[u32] {
        &self.delays
    }
    /// Number of input slots of the block.
    pub fn slots(&self) -> usize {
        self.slots
    }
    /// Weights, as they are stored.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The synapses of a source (global id) with delay number `group`.
    #[inline]
    pub fn group(&self, source: u32, group: usize) -> Group<'_> {
        let range = self.range(source, group);
        let weights = match &self.weights {
            Weights::Row(row) => GroupWeights::Same(row[source as usize]),
            Weights::Each(each) => GroupWeights::Each(&each[range.clone()]),
        };
        Group { targets: &self.targets[range], weights }
    }

    #[inline]
    fn range(&self, source: u32, group: usize) -> Range<usize> {
        let row = self.rows[source as usize] as usize;
        let at = source as usize * (self.delays.len() + 1) + group;
        row + self.groups[at] as usize..row + self.groups[at + 1] as usize
    }

    /// Asks the CPU for the index entries of a group, which [`Synapses::prefetch_group`] will read.
    #[inline]
    pub(crate) fn prefetch_index(&self, source: u32, group: usize) {
        prefetch(&self.rows, source as usize);
        prefetch(&self.groups, source as usize * (self.delays.len() + 1) + group);
        if let Weights::Row(row) = &self.weights {
            prefetch(row, source as usize);
        }
    }

    /// Asks the CPU for the targets and weights of a group.
    #[inline]
    pub(crate) fn prefetch_group(&self, source: u32, group: usize) {
        let range = self.range(source, group);
        (range.start..range.end).step_by(32).for_each(|at| prefetch(&self.targets, at));
        if let Weights::Each(each) = &self.weights {
            (range.start..range.end).step_by(16).for_each(|at| prefetch(each, at));
        }
    }
}

/// Brings the cache line of an element near; changes nothing, and does nothing off x86-64.
#[inline]
fn prefetch<T>(slice: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads and writes nothing and never faults, wherever the address points.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(slice.as_ptr().wrapping_add(at).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (slice, at);
}
