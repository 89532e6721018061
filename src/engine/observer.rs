//! What may watch a run: read-only, in order of time, from one thread.

/// Receives what a run produces. Called from the serial stage between epochs; must not block for long.
pub trait Observer: Send {
    /// The spikes at time `step * dt`, as global ids in ascending order. Called for steps with spikes only.
    fn spikes(&mut self, step: u64, ids: &[u32]) {
        let _ = (step, ids);
    }
    /// Values of trace number `trace` at time `step * dt`: for each recorded neuron, for each variable (neuron-major).
    fn trace(&mut self, trace: usize, step: u64, values: &[f64]) {
        let _ = (trace, step, values);
    }
    /// The synapses of record number `record`, as ids of sources and targets in their populations; told once, before the first
    /// values. A histogram has none.
    fn synapses_are(&mut self, record: usize, sources: &[u32], targets: &[u32]) {
        let _ = (record, sources, targets);
    }
    /// Values of record number `record` of synapses at time `step * dt`: variable by variable, for each synapse; for a histogram
    /// the count in each bin.
    fn synapses(&mut self, record: usize, step: u64, values: &[f64]) {
        let _ = (record, step, values);
    }
    /// The run has reached `step`; called once an epoch.
    fn reached(&mut self, step: u64) {
        let _ = step;
    }
}

impl<O: Observer + ?Sized> Observer for &mut O {
    fn spikes(&mut self, step: u64, ids: &[u32]) {
        (**self).spikes(step, ids);
    }
    fn trace(&mut self, trace: usize, step: u64, values: &[f64]) {
        (**self).trace(trace, step, values);
    }
    fn synapses_are(&mut self, record: usize, sources: &[u32], targets: &[u32]) {
        (**self).synapses_are(record, sources, targets);
    }
    fn synapses(&mut self, record: usize, step: u64, values: &[f64]) {
        (**self).synapses(record, step, values);
    }
    fn reached(&mut self, step: u64) {
        (**self).reached(step);
    }
}

/// Two observers, called in turn; nest pairs for more.
impl<A: Observer, B: Observer> Observer for (A, B) {
    fn spikes(&mut self, step: u64, ids: &[u32]) {
        self.0.spikes(step, ids);
        self.1.spikes(step, ids);
    }
    fn trace(&mut self, trace: usize, step: u64, values: &[f64]) {
        self.0.trace(trace, step, values);
        self.1.trace(trace, step, values);
    }
    fn synapses_are(&mut self, record: usize, sources: &[u32], targets: &[u32]) {
        self.0.synapses_are(record, sources, targets);
        self.1.synapses_are(record, sources, targets);
    }
    fn synapses(&mut self, record: usize, step: u64, values: &[f64]) {
        self.0.synapses(record, step, values);
        self.1.synapses(record, step, values);
    }
    fn reached(&mut self, step: u64) {
        self.0.reached(step);
        self.1.reached(step);
    }
}
