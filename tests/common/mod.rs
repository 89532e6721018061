//! Runs a network given as text and keeps what it did.
#![allow(dead_code)]

use bouton::{
    analysis::SpikeStats,
    engine::{Loop, Observer, Options, Simulation},
    error::Source,
    plan::Plan,
    spec::Spec,
};

/// All that a run showed to an observer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// (step, global id), in the order seen.
    pub spikes: Vec<(u64, u32)>,
    /// For each trace, (step, values).
    pub traces: Vec<Vec<(u64, Vec<f64>)>>,
}

impl Observer for Seen {
    fn spikes(&mut self, step: u64, ids: &[u32]) {
        self.spikes.extend(ids.iter().map(|&id| (step, id)));
    }
    fn trace(&mut self, trace: usize, step: u64, values: &[f64]) {
        if self.traces.len() <= trace {
            self.traces.resize(trace + 1, Vec::new());
        }
        self.traces[trace].push((step, values.to_vec()));
    }
}

impl Seen {
    /// Times in steps at which one neuron spiked.
    pub fn of(&self, id: u32) -> Vec<u64> {
        self.spikes.iter().filter(|s| s.1 == id).map(|s| s.0).collect()
    }
    /// The value with number `k` of a trace at a step.
    pub fn at(&self, trace: usize, step: u64, k: usize) -> f64 {
        let found = self.traces[trace].iter().find(|t| t.0 == step);
        found.unwrap_or_else(|| panic!("nothing was observed at step {step}")).1[k]
    }
}

/// The plan of a network file's text; panics with the report of what is wrong.
pub fn plan(text: &str) -> Plan {
    let spec = Spec::parse(Source::new("test.toml", text), "test").unwrap_or_else(|e| panic!("{}", e.report()));
    Plan::new(&spec).unwrap_or_else(|e| panic!("{}", e.report()))
}

/// The plan of a shipped network or a file, with changes.
pub fn plan_of(name: &str, set: &[(&str, &str)]) -> Plan {
    let set: Vec<_> = set.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    let spec = Spec::load(name, &set).unwrap_or_else(|e| panic!("{}", e.report()));
    Plan::new(&spec).unwrap_or_else(|e| panic!("{}", e.report()))
}

/// Runs a plan on one thread.
pub fn run(plan: &Plan) -> Seen {
    run_with(plan, Options { threads: Some(1), ..Options::default() }).0
}

/// Runs a plan with options.
pub fn run_with(plan: &Plan, options: Options) -> (Seen, Loop) {
    let mut seen = Seen::default();
    let done = Simulation::build(plan, options).run(&mut seen);
    (seen, done)
}

/// Runs a plan and returns its statistics of spikes.
pub fn statistics(plan: &Plan, options: Options) -> SpikeStats {
    let mut stats = SpikeStats::of(plan);
    Simulation::build(plan, options).run(&mut stats);
    stats
}
