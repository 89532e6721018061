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
    /// The run has reached `step`; called once an epoch.
    fn reached(&mut self, step: u64) {
        let _ = step;
    }
}

/// Several observers, called in turn.
impl Observer for Vec<Box<dyn Observer + '_>> {
    fn spikes(&mut self, step: u64, ids: &[u32]) {
        self.iter_mut().for_each(|o| o.spikes(step, ids));
    }
    fn trace(&mut self, trace: usize, step: u64, values: &[f64]) {
        self.iter_mut().for_each(|o| o.trace(trace, step, values));
    }
    fn reached(&mut self, step: u64) {
        self.iter_mut().for_each(|o| o.reached(step));
    }
}
