//! The network, checked and ready to be built: the only stage that refuses what a user wrote.

use std::sync::Arc;

use crate::{
    connect::Wiring,
    error::Source,
    kernel::program::LANES,
    lang::{Continuous, Dynamics, Expr, learning::Learning},
    quantity::{Dim, display},
};

mod cable;
mod coupling;
mod edge_file;
mod inputs;
mod lookup;
mod memory;
mod models;
mod phases;
pub(crate) mod plasticity;
mod populations;
mod projections;
mod recording;
mod scope;
mod spec;
mod spikes;
mod synapses;

pub use cable::{Cable, Region};
pub use memory::{Memory, gigabytes};

/// Width of the floats in which the state is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits: half the memory and twice the neurons per vector operation.
    F32,
    /// 64 bits.
    F64,
}

impl Precision {
    /// `f32` or `f64`.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }
    /// Bytes of one value.
    pub fn bytes(self) -> u64 {
        if self == Self::F32 { 4 } else { 8 }
    }
}

/// A network that can be built and run without further errors of the user's.
#[derive(Debug)]
pub struct Plan {
    /// The network file as run.
    pub source: Source,
    /// Short name.
    pub name: String,
    /// One line.
    pub title: String,
    /// Time step in ms.
    pub dt: f64,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Floats of the state.
    pub precision: Precision,
    /// Threads asked for; `None`: as many as pay.
    pub threads: Option<usize>,
    /// At least one.
    pub phases: Vec<Phase>,
    /// In file order; global ids follow it.
    pub populations: Vec<Population>,
    /// One for each pair of populations and receptor, in file order.
    pub projections: Vec<Projection>,
    /// Constants of the file: name and value.
    pub constants: Vec<(String, String)>,
    /// Traces to record.
    pub traces: Vec<Trace>,
    /// Projections (by index) whose edges are written, and whether with weights.
    pub edges: Vec<(usize, bool)>,
    /// Synapses that are recorded while they learn.
    pub synapse_records: Vec<SynapseRecord>,
    /// What looks wrong but can be run.
    pub warnings: Vec<String>,
    /// Expected memory.
    pub memory: Memory,
}

/// A stretch of the run with fixed parameters.
#[derive(Clone, Debug)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// Its length in steps.
    pub steps: u64,
    /// Do the weights of each projection learn in it?
    pub learning: Vec<bool>,
}

/// A population, checked.
#[derive(Debug)]
pub struct Population {
    /// Its name.
    pub name: String,
    /// Name of its model.
    pub model: String,
    /// Number of ids by which its spikes are known: of neurons, or of cables times the sites at which their spikes are read.
    pub size: u32,
    /// Global id of its first neuron.
    pub first: u32,
    /// Its receptors, each with the dimension of a weight: those that wait for spikes in order of input number, then those that read a
    /// variable of their sources.
    pub receptors: Vec<(String, crate::quantity::Dim)>,
    /// What its neurons do.
    pub kind: Kind,
    /// Places of the neurons in um.
    pub positions: Option<Arc<[[f64; 3]]>>,
    /// Key of its random numbers.
    pub key: u64,
    /// Are its spikes written?
    pub record: bool,
    /// Parameters as used, for the results: qualified name and value.
    pub parameters: Vec<(String, String)>,
}

impl Population {
    /// Its receptors that read a variable of their sources, in order.
    pub fn continuous(&self) -> &[Continuous] {
        match &self.kind {
            Kind::Dynamics(phases) => phases.first().map_or(&[], |d| &d.continuous),
            Kind::Cable(_) | Kind::Spikes(_) => &[],
        }
    }
    /// Number of receptors that wait for spikes, the first of them all.
    pub fn inputs(&self) -> usize {
        self.receptors.len() - self.continuous().len()
    }
}

/// What the neurons of a population do.
#[derive(Debug)]
pub enum Kind {
    /// Equations; one compiled form for each phase.
    Dynamics(Vec<Dynamics>),
    /// Cables.
    Cable(Box<Cable>),
    /// Spikes at given steps: (step, id), sorted.
    Spikes(Arc<[(u64, u32)]>),
}

impl Population {
    /// Number of neurons: what projections reach and traces are recorded of.
    pub fn neurons(&self) -> u32 {
        if let Kind::Cable(cable) = &self.kind { cable.cells } else { self.size }
    }
    /// Can its neurons spike? Rate units, for example, have no threshold.
    pub fn spikes(&self) -> bool {
        if let Kind::Dynamics(phases) = &self.kind { phases.iter().any(|d| d.fired.is_some()) } else { true }
    }
    /// Number of ids by which the spikes of one neuron are known.
    pub fn sites(&self) -> u32 {
        if let Kind::Cable(cable) = &self.kind { cable.sites.len() as u32 } else { 1 }
    }
}

/// A projection onto one receptor.
#[derive(Debug)]
pub struct Projection {
    /// `E->I`.
    pub name: String,
    /// Name of the receptor.
    pub receptor: String,
    /// How its synapses are drawn.
    pub wiring: Wiring,
    /// The rules by which its weights learn.
    pub plasticity: Option<Plasticity>,
    /// What its synapses read, where they wait for no spikes.
    pub coupling: Option<Coupling>,
}

impl Projection {
    /// Do its synapses deliver spikes with weights that stay?
    pub fn is_static(&self) -> bool {
        self.plasticity.is_none() && self.coupling.is_none()
    }

    /// Does it learn, do synapses of one pair with one delay stay alike, as they begin so and nothing is drawn for each, and are there so many
    /// that it is worth a number for each pair? The same for all parts of a network: sums are rounded otherwise.
    pub fn keeps_multapses_once(&self) -> bool {
        const WORTH: f64 = 0.95;
        let drawn = |rules: &Plasticity| rules.learning.quanta.is_some();
        self.plasticity.as_ref().is_some_and(|rules| !drawn(rules))
            && self.wiring.constant_weight().is_some()
            && self.wiring.draws_multapses()
            && memory::pairs(self) < WORTH * self.wiring.expected_synapses()
    }
}

/// What the synapses of a projection onto a continuous receptor read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coupling {
    /// Probe of the source population.
    pub probe: usize,
    /// Where a synapse couples both neurons: the probe of the target population that its sources read, and their receptor.
    pub back: Option<(usize, usize)>,
}

/// What a projection's synapses learn by.
#[derive(Clone, Debug)]
pub struct Plasticity {
    /// Names of the rules.
    pub names: Vec<String>,
    /// The rules, compiled.
    pub learning: Arc<Learning>,
    /// Share of the delay that lies on the dendrite.
    pub dendritic: f64,
    /// Population whose spikes raise the modulator traces, and the delay in steps until they do.
    pub modulator: Option<(usize, u32)>,
}

/// Synapses of a projection that are recorded while they learn.
#[derive(Clone, Debug, PartialEq)]
pub struct SynapseRecord {
    /// Number of the projection in the plan.
    pub projection: usize,
    /// Names of the variables and their units as text.
    pub variables: Vec<(String, String)>,
    /// Their numbers in the projection's [`Learning`].
    pub numbers: Vec<usize>,
    /// Which synapses.
    pub which: Which,
    /// Times, as steps, ascending; the last may be the end of the run.
    pub when: When,
}

/// Which synapses of a projection are recorded.
#[derive(Clone, Debug, PartialEq)]
pub enum Which {
    /// Every one.
    All,
    /// Those between these neurons, (source, target) as ids in their populations.
    Pairs(Vec<(u32, u32)>),
    /// This many, drawn at random.
    Sample(u32),
    /// How many have values in each of `bins` equal bins between `low` and `high`; what lies outside counts in the first or last.
    Histogram {
        /// Lower edge of the first bin, internal unit.
        low: f64,
        /// Upper edge of the last bin.
        high: f64,
        /// Number of bins.
        bins: usize,
    },
}

/// When synapses are recorded.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// At step 0 and every so many steps.
    Every(u64),
    /// At these steps, ascending.
    At(Vec<u64>),
}

impl When {
    /// Whether they are recorded at a step.
    pub fn is_due(&self, stamp: u64) -> bool {
        match self {
            When::Every(steps) => stamp.is_multiple_of(*steps),
            When::At(stamps) => stamps.binary_search(&stamp).is_ok(),
        }
    }
}

/// A recorded trace.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Number of the population.
    pub population: usize,
    /// Neurons, ascending.
    pub ids: Vec<u32>,
    /// Compartments of each and what they are called, of cables; else empty.
    pub places: Vec<(u32, String)>,
    /// Names of the variables and their units as text.
    pub variables: Vec<(String, String)>,
    /// Probe of each variable.
    pub probes: Vec<usize>,
    /// Steps between values.
    pub interval: u64,
}

impl Plan {
    /// In words, which neuron's state ceased to be a number, and when.
    pub fn diverged(&self, at: crate::engine::Diverged) -> String {
        let (name, time) = (&self.populations[at.population].name, at.step as f64 * self.dt);
        format!(
            "population \"{name}\": neuron {} diverged at {} with dt {}: its state is no longer a finite number",
            at.id,
            display(time, Dim::TIME),
            display(self.dt, Dim::TIME)
        )
    }
    /// Steps of the whole run.
    pub fn steps(&self) -> u64 {
        self.phases.iter().map(|p| p.steps).sum()
    }
    /// Number of neurons.
    pub fn neurons(&self) -> u64 {
        self.populations.iter().map(|p| u64::from(p.neurons())).sum()
    }
    /// Expected number of synapses.
    pub fn synapses(&self) -> f64 {
        self.projections.iter().map(|p| p.wiring.expected_synapses()).sum()
    }
    /// Biological time in ms.
    pub fn duration(&self) -> f64 {
        self.steps() as f64 * self.dt
    }
}

impl Plan {
    /// The threads asked for, else as many as the machine has, fewer where a step's work is too small to share.
    pub fn default_threads(&self) -> usize {
        let available = std::thread::available_parallelism().map_or(1, usize::from);
        let points = |p: &Population| match &p.kind {
            Kind::Cable(cable) => u64::from(cable.cells) * cable.cut.compartments.len() as u64,
            _ => p.size.into(),
        };
        let worth = (self.populations.iter().map(points).sum::<u64>() / NEURONS_WORTH_A_THREAD) as usize;
        // Cells are handed to threads in vectors, and never cut.
        let units = self.populations.iter().map(|p| p.neurons().div_ceil(LANES as u32) as usize).sum();
        self.threads.unwrap_or_else(|| available.min(worth).min(units)).max(1)
    }
}

/// Neurons, or compartments of cables, below which a further thread costs more than it gives.
const NEURONS_WORTH_A_THREAD: u64 = 500;

/// A value's text for results and messages.
pub(crate) fn text(expr: &Expr, source: &Source) -> String {
    source.text.get(expr.span.clone()).filter(|t| !t.is_empty()).map_or_else(|| expr.text(), Into::into)
}
