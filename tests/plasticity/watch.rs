//! Keeps all that a run shows about synapses.

use bouton::{
    engine::{Observer, Options, Simulation},
    plan::Plan,
};

/// One record of synapses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Synapses {
    pub sources: Vec<u32>,
    pub targets: Vec<u32>,
    /// (step, values), in the order seen.
    pub values: Vec<(u64, Vec<f64>)>,
}

/// Spikes as (step, global id), records of synapses and traces as (step, values).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watch {
    pub spikes: Vec<(u64, u32)>,
    pub synapses: Vec<Synapses>,
    pub traces: Vec<Vec<(u64, Vec<f64>)>>,
}

impl Observer for Watch {
    fn spikes(&mut self, step: u64, ids: &[u32]) {
        self.spikes.extend(ids.iter().map(|&id| (step, id)));
    }
    fn trace(&mut self, trace: usize, step: u64, values: &[f64]) {
        self.traces.resize(self.traces.len().max(trace + 1), Vec::new());
        self.traces[trace].push((step, values.to_vec()));
    }
    fn synapses_are(&mut self, record: usize, sources: &[u32], targets: &[u32]) {
        let seen = self.record(record);
        assert!(seen.sources.is_empty() && seen.values.is_empty(), "told once, before the first values");
        (seen.sources, seen.targets) = (sources.to_vec(), targets.to_vec());
    }
    fn synapses(&mut self, record: usize, step: u64, values: &[f64]) {
        self.record(record).values.push((step, values.to_vec()));
    }
}

impl Watch {
    fn record(&mut self, record: usize) -> &mut Synapses {
        self.synapses.resize(self.synapses.len().max(record + 1), Synapses::default());
        &mut self.synapses[record]
    }
}

impl Synapses {
    /// The values at a step.
    pub fn at(&self, step: u64) -> &[f64] {
        let found = self.values.iter().find(|v| v.0 == step);
        &found.unwrap_or_else(|| panic!("no synapses were observed at step {step}")).1
    }
}

/// Runs a plan on one thread.
pub fn watch(plan: &Plan) -> Watch {
    watch_with(plan, Options { threads: Some(1), ..Options::default() })
}

/// Runs a plan with options.
pub fn watch_with(plan: &Plan, options: Options) -> Watch {
    let mut watch = Watch::default();
    let done = Simulation::build(plan, options).run(&mut watch);
    assert!(done.diverged.is_none());
    watch
}
