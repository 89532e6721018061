//! Batches: what travels from the recorder to the writer thread, and back empty.

/// Steps with spikes, and rows of traces, in a batch.
pub const STEPS_PER_BATCH: usize = 1 << 14;
/// Spikes in a batch (256 KiB).
pub const SPIKES_PER_BATCH: usize = 1 << 16;
/// Trace values in a batch (512 KiB), unless a single row is longer.
pub const VALUES_PER_BATCH: usize = 1 << 16;
/// Values of synapses in a batch (512 KiB), and ids of synapses in a message.
pub const SYNAPSES_PER_BATCH: usize = 1 << 16;

/// What happened since the batch before. Its vectors never grow beyond the capacity they are born with.
pub struct Batch {
    /// The run has reached this step.
    pub reached: u64,
    /// Step and number of spikes, which lie one after the other in `ids`.
    pub steps: Vec<(u64, u32)>,
    pub ids: Vec<u32>,
    /// Trace, step and number of values, which lie one after the other in `values`.
    pub rows: Vec<(u32, u64, u32)>,
    pub values: Vec<f64>,
    /// Pieces of synapse records, whose values lie one after the other in `synapses`.
    pub pieces: Vec<Piece>,
    pub synapses: Vec<f64>,
}

/// `count` values of a synapse record at one time, from value number `first` on.
pub struct Piece {
    pub record: usize,
    pub step: u64,
    pub first: usize,
    pub count: usize,
}

impl Batch {
    pub fn new(values: usize, synapses: usize) -> Self {
        Self {
            reached: 0,
            steps: Vec::with_capacity(STEPS_PER_BATCH),
            ids: Vec::with_capacity(SPIKES_PER_BATCH),
            rows: Vec::with_capacity(STEPS_PER_BATCH),
            values: Vec::with_capacity(values),
            pieces: Vec::with_capacity(if synapses == 0 { 0 } else { STEPS_PER_BATCH }),
            synapses: Vec::with_capacity(synapses),
        }
    }

    /// Empties it; the memory stays.
    pub fn clear(&mut self) {
        self.steps.clear();
        self.ids.clear();
        self.rows.clear();
        self.values.clear();
        self.pieces.clear();
        self.synapses.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.rows.is_empty() && self.pieces.is_empty()
    }
}
