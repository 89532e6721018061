//! The synapses onto one block: a row for each source of the network, sorted by delay, then by construction order.

use std::ops::Range;

/// Sources that share a base.
pub(super) const STRIDE: usize = 1024;

/// All synapses onto a block, of all projections and receptors, in compressed rows.
///
/// Order within a delay group: wirings in order, then targets ascending, then the order of drawing. With spikes
/// delivered by arrival step, then emission step, then source id, the order of additions to each target is the same
/// however the targets are cut into blocks.
#[derive(Debug)]
pub struct Synapses {
    /// Distinct delays in steps, descending.
    pub(super) delays: Vec<u32>,
    /// Where the row of every [`STRIDE`]th source begins. So few numbers stay in the cache: a pointer for each row took a tenth of the time
    /// to deliver small groups.
    pub(super) bases: Vec<u64>,
    /// For each source `delays.len() + 1` offsets from the base before it: group `g` is `offset[g]..offset[g + 1]`.
    pub(super) groups: Vec<u32>,
    pub(super) store: Store,
    /// Number of input slots of the block.
    pub(super) slots: usize,
}

/// The synapses themselves. Input slots are always below `slots`.
#[derive(Debug)]
pub(super) enum Store {
    /// Every synapse of a source has the same weight: one number for each source, and the input slot of each synapse.
    Row { weights: Vec<f64>, targets: Vec<u16> },
    /// Each synapse has its own weight.
    Each(Vec<Synapse>),
}

/// A synapse with its own weight, rounded to f32 to save memory. Six bytes without padding, so that a group is one stream: with
/// targets and weights apart each group has two half-used cache lines more.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C, packed(2))]
pub struct Synapse {
    /// Weight, in the unit of the receptor.
    pub weight: f32,
    /// Input slot in the block.
    pub target: u16,
}

/// The synapses of one source with one delay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Group<'a> {
    /// Input slots, and one weight for all.
    Same(&'a [u16], f64),
    /// Each with its own weight.
    Each(&'a [Synapse]),
}

impl Synapses {
    /// Number of synapses.
    pub fn len(&self) -> u64 {
        match &self.store {
            Store::Row { targets, .. } => targets.len() as u64,
            Store::Each(synapses) => synapses.len() as u64,
        }
    }
    /// No synapses at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Memory of all arrays.
    pub fn bytes(&self) -> u64 {
        let index = self.delays.len() * 4 + self.bases.len() * 8 + self.groups.len() * 4;
        let store = match &self.store {
            Store::Row { weights, targets } => size_of_val(&weights[..]) + size_of_val(&targets[..]),
            Store::Each(synapses) => size_of_val(&synapses[..]),
        };
        (index + store) as u64
    }
    /// Bytes that an event reads: its target, and its weight where each synapse has its own.
    pub fn event_bytes(&self) -> u64 {
        match self.store {
            Store::Row { .. } => size_of::<u16>() as u64,
            Store::Each(_) => size_of::<Synapse>() as u64,
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

    /// Where the synapses of a source (global id) with delay number `group` lie.
    #[inline(always)]
    pub fn find(&self, source: u32, group: usize) -> Due {
        let at = source as usize * (self.delays.len() + 1) + group;
        Due { source, begin: self.groups[at], end: self.groups[at + 1] }
    }

    /// Asks the CPU for the rows of sources in the index.
    #[inline(always)]
    pub fn prefetch_rows(&self, sources: &[u32]) {
        if self.delays.is_empty() {
            return;
        }
        let row = self.delays.len() + 1;
        for &source in sources {
            prefetch_range(&self.groups, source as usize * row..(source as usize + 1) * row);
        }
    }

    /// The synapses that were found.
    #[inline(always)]
    pub fn at(&self, due: &Due) -> Group<'_> {
        let range = self.range(due);
        match &self.store {
            Store::Row { weights, targets } => Group::Same(&targets[range], weights[due.source as usize]),
            Store::Each(synapses) => Group::Each(&synapses[range]),
        }
    }

    #[inline(always)]
    fn range(&self, due: &Due) -> Range<usize> {
        let base = self.bases[due.source as usize / STRIDE] as usize;
        base + due.begin as usize..base + due.end as usize
    }

    /// Asks the CPU for synapses that were found.
    #[inline(always)]
    pub(crate) fn prefetch(&self, due: &Due) {
        let range = self.range(due);
        match &self.store {
            Store::Row { weights, targets } => {
                prefetch(weights, due.source as usize);
                prefetch_range(targets, range);
            }
            Store::Each(synapses) => prefetch_range(synapses, range),
        }
    }
}

/// The place of a group: its source, and its begin and end from the base of the source's row.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Due {
    source: u32,
    begin: u32,
    end: u32,
}

impl Due {
    /// Number of synapses.
    #[inline(always)]
    pub fn len(&self) -> usize {
        (self.end - self.begin) as usize
    }
    /// No synapses at all.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.end == self.begin
    }
}

/// Brings all cache lines of a range near.
#[inline(always)]
pub(super) fn prefetch_range<T>(slice: &[T], range: Range<usize>) {
    const LINE: usize = 64;
    let [first, end] = [range.start, range.end].map(|at| slice.as_ptr().wrapping_add(at).cast::<u8>());
    let last = end.wrapping_sub(1);
    // Most groups of small networks lie in one line or two: no branch that nobody can foresee.
    near(first);
    near(last);
    // Lines between: a line missed is waited for, which once took as long as all the others together.
    let before = last as usize / LINE * LINE;
    let mut line = first.wrapping_add(LINE - first as usize % LINE);
    while (line as usize) < before {
        near(line);
        line = line.wrapping_add(LINE);
    }
}

/// Brings the cache line of an element near.
#[inline(always)]
pub(super) fn prefetch<T>(slice: &[T], at: usize) {
    near(slice.as_ptr().wrapping_add(at).cast());
}

/// Brings the cache line at an address near; changes nothing, and does nothing off x86-64.
#[inline(always)]
fn near(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads and writes nothing and never faults, wherever the address points.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}
