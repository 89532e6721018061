//! Memory told before it is taken.

use super::{Coupling, Kind, Plasticity, Population, Precision, Projection, Region, plasticity::spikes_kept};
use crate::{
    connect::Rule,
    error::{Error, Result},
    kernel::{Drawn, program::CHUNK},
    lang::Dynamics,
};

/// Expected memory in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Memory {
    /// Arrays of neurons.
    pub neurons: f64,
    /// Synapses with their index.
    pub synapses: f64,
    /// Memory of the machine; 0 where it cannot be told.
    pub machine: f64,
}

impl Memory {
    /// An estimate from sizes, rules and distributions; nothing is drawn.
    pub fn estimate(
        populations: &[Population],
        projections: &[Projection],
        precision: Precision,
        dt: f64,
        threads: usize,
    ) -> Self {
        let columns =
            |phases: &[Dynamics]| phases.iter().map(|d| d.columns.len() + d.inputs.len()).max().unwrap_or(0) as f64;
        // Poisson numbers drawn ahead.
        let drawn = |phases: &[Dynamics]| {
            let streams = phases.iter().map(Dynamics::poisson_streams).max().unwrap_or(0);
            (streams * size_of::<Drawn>()) as f64 / CHUNK as f64
        };
        let float = precision.bytes() as f64;
        let neuron = |phases: &[Dynamics]| columns(phases) * float + drawn(phases);
        let bytes = |p: &Population| match &p.kind {
            Kind::Dynamics(phases) => neuron(phases) * f64::from(p.size),
            Kind::Cable(cable) => {
                let region = |r: &Region| neuron(&r.phases) * r.compartments.len() as f64;
                cable.regions.iter().map(region).sum::<f64>() * f64::from(cable.cells)
            }
            Kind::Spikes(_) => 0.0,
        };
        let neurons = populations.iter().map(bytes).sum();
        let sources: f64 = populations.iter().map(|p| f64::from(p.size)).sum();
        let blocks = blocks(populations, threads);
        let fixed = || projections.iter().filter(|p| p.is_static());
        // The store of a block keeps a target of two bytes for each synapse, a weight of four where weights differ within a
        // row, and for each source an offset of four bytes for each distinct delay.
        let differ = fixed().any(|p| p.wiring.weight.constant().is_none() || matches!(p.wiring.rule, Rule::Edges(_)));
        let each = if differ { 6.0 } else { 2.0 };
        let synapses: f64 = fixed().map(|p| p.wiring.expected_synapses()).sum();
        let delays = fixed().map(distinct_delays).fold(0.0, f64::max);
        let index = if projections.is_empty() { 0.0 } else { sources * (16.0 + 4.0 * (delays + 1.0)) * blocks };
        let learning = |p: &Projection| p.plasticity.as_ref().map(|rules| learning(p, rules, blocks, float, dt));
        let learning: f64 = projections.iter().filter_map(learning).sum();
        let coupling: f64 = projections.iter().filter_map(|p| Some(coupling(p, p.coupling?))).sum();
        let synapses = synapses * each + index + learning + coupling;
        Self { neurons, synapses, machine: machine() }
    }

    /// All of it.
    pub fn total(&self) -> f64 {
        self.neurons + self.synapses
    }

    /// Refuses what the machine cannot hold.
    pub fn check(&self, neurons: f64, synapses: f64) -> Result<()> {
        if self.machine == 0.0 || self.total() <= self.machine {
            return Ok(());
        }
        Err(Error::input(format!(
            "the network needs about {} ({neurons:.0} neurons, {synapses:.3e} synapses), this machine has {}",
            gigabytes(self.total()),
            gigabytes(self.machine)
        ))
        .help("reduce population sizes or in-degrees, or use a machine with more memory"))
    }
}

/// Refuses more neurons than the machine can hold positions or states of, before anything is allocated for them.
pub fn at_least(neurons: f64) -> Result<()> {
    /// Three numbers a neuron: a position, or the state of the smallest model.
    const BYTES: f64 = 24.0;
    Memory { neurons: neurons * BYTES, synapses: 0.0, machine: machine() }.check(neurons, 0.0)
}

/// `1.5 GB`, in powers of ten, as memory is sold.
pub fn gigabytes(bytes: f64) -> String {
    match bytes {
        b if b >= 1e14 => format!("{:.1} PB", b / 1e15),
        b if b >= 1e12 => format!("{:.1} TB", b / 1e12),
        b if b >= 1e8 => format!("{:.1} GB", b / 1e9),
        b if b >= 1e5 => format!("{:.1} MB", b / 1e6),
        b => format!("{:.1} kB", b / 1e3),
    }
}

/// Blocks into which neurons are cut: one a thread, or a multiple where 16 bits do not name all their inputs.
fn blocks(populations: &[Population], threads: usize) -> f64 {
    const SLOTS: f64 = 65536.0;
    let slots: f64 = populations.iter().map(|p| f64::from(p.neurons()) * p.inputs() as f64).sum();
    threads as f64 * (slots / SLOTS / threads as f64).ceil().max(1.0)
}

/// Synapses that learn: their variables, what each source and delay keeps in every block, and the spikes of the targets that wait for
/// their synapses.
fn learning(projection: &Projection, rules: &Plasticity, blocks: f64, float: f64, dt: f64) -> f64 {
    let (wiring, rule) = (&projection.wiring, &rules.learning);
    let (sources, targets) = (f64::from(wiring.from.size), f64::from(wiring.to.size));
    let (variables, pre, post) = (rule.variables.len() as f64, rule.pre.len() as f64, rule.post.len() as f64);
    let delays = distinct_delays(projection);
    // Beside the variables a target of two bytes, and where multapses are kept once their number.
    let (synapses, once) = match projection.keeps_multapses_once() {
        true => (pairs(projection), 1.0),
        false => (wiring.expected_synapses(), 0.0),
    };
    let each = 2.0 + once + float * variables;
    // An offset, the last spike, up to when those of the targets have been seen, numbers of eight bytes, and how many synapses there are.
    let row = 12.0 + delays * (12.0 + 4.0 * once + 8.0 * (pre + rule.sources.len() as f64));
    // A spike that waits keeps what the rule will read of it; the longer the dendrites, the more of them wait.
    let longest = if rules.dendritic > 0.0 { (rules.dendritic * wiring.delay.bounds().1 / dt).round() } else { 0.0 };
    let room = spikes_kept(longest as u32) as f64;
    let spike = 4.0 + float * (post + rule.reads.len() as f64);
    // What synapses at one distance on the dendrite see of a neuron: how many spikes, the last four as stamps and as steps, its traces then
    // and now.
    let views = 1.0 + (rules.dendritic * (delays - 1.0)).round();
    let view = 28.0 + float * 2.0 * post;
    let history = 12.0 + 8.0 * post + room * spike + views * view;
    // Factors of the decay of traces.
    let decays = 80.0 * float * (pre + views * post);
    synapses * each + (sources * row + decays) * blocks + targets * history
}

/// Synapses that read a variable: for each neuron where its synapses begin, for each synapse a place and a weight; twice what each source
/// publishes.
fn coupling(projection: &Projection, coupling: Coupling) -> f64 {
    let wiring = &projection.wiring;
    let ways = if coupling.back.is_some() { 2.0 } else { 1.0 };
    let ends = f64::from(wiring.from.size) + f64::from(wiring.to.size);
    ways * 12.0 * wiring.expected_synapses() + ways * 12.0 * ends
}

/// How many pairs with one of the projection's delays have synapses.
pub(super) fn pairs(projection: &Projection) -> f64 {
    projection.wiring.expected_pairs(distinct_delays(projection))
}

fn distinct_delays(projection: &Projection) -> f64 {
    let dt = projection.wiring.dt;
    if let Rule::Edges(list) = &projection.wiring.rule
        && list.has_delays()
    {
        let mut delays: Vec<u64> = list.edges().iter().map(|e| (e.delay / dt).round() as u64).collect();
        delays.sort_unstable();
        delays.dedup();
        return delays.len() as f64;
    }
    let (low, high) = projection.wiring.delay.bounds();
    // Distributions without an end are taken to span what their draws rarely leave.
    if high.is_finite() { (high - low) / dt + 1.0 } else { 200.0 }
}

/// Memory of the machine in bytes, from the kernel's own figure; 0 where there is none.
fn machine() -> f64 {
    let Ok(text) = std::fs::read_to_string("/proc/meminfo") else { return 0.0 };
    let line = text.lines().find_map(|l| l.strip_prefix("MemTotal:"));
    line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<f64>().ok()).map_or(0.0, |kb| kb * 1024.0)
}
