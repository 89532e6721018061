//! The network file as data: what the user asked for, each value with its place in the file.
//!
//! Nothing here is checked against models or sizes; that is [`crate::plan`]'s work.

use std::{ops::Range, sync::Arc};

use crate::{
    error::Source,
    lang::{ast::Expr, model::Model},
};

mod cable;
mod constants;
mod inputs;
pub mod library;
mod load;
mod names;
mod overrides;
mod populations;
mod projections;
mod read;
mod record;
mod run;
mod synapses;
mod values;

pub(crate) use load::is_path;
pub use synapses::{Synapses, When, Which};

/// A value with its byte range in the network file.
#[derive(Clone, Debug, PartialEq)]
pub struct At<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Range<usize>,
}

/// A network file.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The file's name and text, with `--set` applied.
    pub source: Source,
    /// Short name: the file's stem, or that of the shipped network.
    pub name: String,
    /// One line.
    pub title: Option<String>,
    /// Where the network was published.
    pub citation: Option<String>,
    /// Longer text about it.
    pub description: Option<String>,
    /// `[constants]` that are values, in order; those that name a model stand where they are used.
    pub constants: Vec<(At<String>, Expr)>,
    /// `[populations.NAME]`, in order.
    pub populations: Vec<Population>,
    /// `[[projections]]`, in order.
    pub projections: Vec<Projection>,
    /// `[[inputs]]`, in order.
    pub inputs: Vec<Input>,
    /// `[record]`.
    pub record: Record,
    /// `[run]`.
    pub run: Run,
    /// Models that stand in no file, such as a neuron under voltage clamp; found by name, before shipped ones.
    pub models: Vec<Arc<Model>>,
}

/// `[populations.NAME]`.
#[derive(Clone, Debug)]
pub struct Population {
    /// Its name.
    pub name: At<String>,
    /// Shipped model, or path of a model file.
    pub model: At<String>,
    /// Number of neurons.
    pub size: Expr,
    /// `parameters = { C_m = "200 pF", ... }`
    pub parameters: Vec<(At<String>, Expr)>,
    /// `initial = { v = "uniform(-60 mV, -50 mV)", ... }`
    pub initial: Vec<(At<String>, Expr)>,
    /// `receptors = { exc = "ampa", inh = { model = "gaba_a", tau = "5 ms" } }`
    pub receptors: Vec<Receptor>,
    /// Overrides the integrator chosen from the equations.
    pub integrator: Option<At<String>>,
    /// `positions = { x = ..., y = ..., z = ... }`; a missing axis is 0.
    pub positions: Option<[Option<Expr>; 3]>,
    /// Only for `spike_list`: when its neurons spike.
    pub spikes: Option<SpikeTimes>,
    /// `[populations.NAME.cable]`: its neurons are cables.
    pub cable: Option<Cable>,
}

/// `[populations.NAME.cable]`.
#[derive(Clone, Debug)]
pub struct Cable {
    /// The whole table.
    pub span: Range<usize>,
    /// Resistivity of the cytoplasm.
    pub r_a: Expr,
    /// `swc = "cell.swc"`: the shape, relative to the network file.
    pub swc: Option<At<String>>,
    /// `compartment = "20 um"`: compartments are at most so long.
    pub longest: Option<Expr>,
    /// `repeat = 20`: the sections are laid end to end so often.
    pub repeat: Option<Expr>,
    /// Places at which spikes are read.
    pub sites: Vec<At<String>>,
    /// `[[populations.NAME.cable.sections]]`.
    pub sections: Vec<Section>,
}

/// `[[populations.NAME.cable.sections]]`.
#[derive(Clone, Debug)]
pub struct Section {
    /// The whole table.
    pub span: Range<usize>,
    /// Its name.
    pub name: At<String>,
    /// Where it begins: a place on another section.
    pub parent: Option<At<String>>,
    /// Its length.
    pub length: Option<Expr>,
    /// Its diameter.
    pub diameter: Option<Expr>,
    /// Number of compartments.
    pub compartments: Option<Expr>,
    /// Model of its membrane, where it is not the population's.
    pub model: Option<At<String>>,
    /// Parameters of its membrane that differ from the population's.
    pub parameters: Vec<(At<String>, Expr)>,
}

/// A receptor of a population.
#[derive(Clone, Debug)]
pub struct Receptor {
    /// Its name in the population.
    pub name: At<String>,
    /// Shipped model, or path of a model file.
    pub model: At<String>,
    /// Where in the neuron it sits: a place of the model, or on a cable.
    pub at: Option<At<String>>,
    /// Parameters.
    pub parameters: Vec<(At<String>, Expr)>,
}

/// When the neurons of a `spike_list` population spike.
#[derive(Clone, Debug)]
pub enum SpikeTimes {
    /// `times = ["1 ms", ...]`: all neurons.
    All(Vec<Expr>),
    /// `spikes = [[0, "1 ms"], ...]`: neuron and time.
    Each(Vec<(At<i64>, Expr)>),
    /// `file = "input.gdf"`: lines of id, tab, milliseconds; relative to the network file.
    File(At<String>),
}

/// `[[projections]]`.
#[derive(Clone, Debug)]
pub struct Projection {
    /// The whole table, for errors about no single value.
    pub span: Range<usize>,
    /// Source populations.
    pub from: Vec<At<String>>,
    /// Target populations.
    pub to: Vec<At<String>>,
    /// How sources and targets are paired.
    pub rule: At<Rule>,
    /// Receptors of the targets that every synapse reaches at once.
    pub receptors: Vec<At<String>>,
    /// A weight for each of `receptors`.
    pub weights: Vec<Expr>,
    /// Delay; none where receptors read a variable of their sources.
    pub delay: Option<Expr>,
    /// Of cables: the place at which the spikes of the sources are taken.
    pub site: Option<At<String>>,
    /// Variable of the sources that such receptors read (default: the receptor model's).
    pub reads: Option<At<String>>,
    /// May a neuron connect to itself? (default: yes)
    pub autapses: Option<At<bool>>,
    /// May a pair be connected more than once? (default: yes, where the rule can)
    pub multapses: Option<At<bool>>,
    /// Plasticity rules, in the order in which they run.
    pub plasticity: Vec<Plasticity>,
    /// Share of the delay that lies on the dendrite (default: 0).
    pub dendritic: Option<Expr>,
}

/// One rule of `plasticity = ...`.
#[derive(Clone, Debug)]
pub struct Plasticity {
    /// Name of a shipped rule, or path of a rule file.
    pub rule: At<String>,
    /// `pairing = "nearest"` (default: `"all_to_all"`).
    pub pairing: Option<At<String>>,
    /// Population whose spikes raise the rule's modulator traces.
    pub modulator: Option<At<String>>,
    /// From a spike of the modulator to the rise (default: one time step).
    pub modulator_delay: Option<Expr>,
    /// Values of the rule's parameters.
    pub parameters: Vec<(At<String>, Expr)>,
}

/// How sources and targets are paired.
#[derive(Clone, Debug)]
pub enum Rule {
    /// `rule = "all_to_all"`
    AllToAll,
    /// `rule = "one_to_one"`
    OneToOne,
    /// `rule = { fixed_probability = 0.02 }`
    FixedProbability(Expr),
    /// `rule = { fixed_in_degree = 100 }`
    FixedInDegree(Expr),
    /// `rule = { fixed_out_degree = 100 }`
    FixedOutDegree(Expr),
    /// `rule = { fixed_total_number = 100000 }`
    FixedTotalNumber(Expr),
    /// `rule = { distance_dependent = "0.3*exp(-distance/(200 um))" }`
    DistanceDependent(Expr),
    /// `rule = { edges = "edges.csv" }`: lines of source, target[, weight, delay in ms]; relative to the network file.
    Edges(At<String>),
}

/// `[[inputs]]`.
#[derive(Clone, Debug)]
pub struct Input {
    /// The whole table.
    pub span: Range<usize>,
    /// Populations that receive it.
    pub to: Vec<At<String>>,
    /// Where in the neuron it arrives; a current or model alone.
    pub at: Option<At<String>>,
    /// What arrives.
    pub kind: InputKind,
}

/// What an input brings.
#[derive(Clone, Debug)]
pub enum InputKind {
    /// `rate`, `weight`, `receptor`: independent Poisson spikes for each neuron; the rate may depend on `t`.
    Poisson {
        /// Spikes per time for each neuron.
        rate: Expr,
        /// Weight of each spike.
        weight: Expr,
        /// Receptor reached.
        receptor: At<String>,
    },
    /// `current = "..."`: a current for each neuron, an expression of `t`, parameters and constants.
    Current(Expr),
    /// `model = "ou_current"`: an input model with parameters.
    Model {
        /// Shipped model, or path of a model file.
        model: At<String>,
        /// Parameters.
        parameters: Vec<(At<String>, Expr)>,
    },
}

/// `[record]`.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Populations whose spikes are written; `None`: all.
    pub spikes: Option<Vec<At<String>>>,
    /// `[[record.traces]]`.
    pub traces: Vec<Trace>,
    /// `[[record.synapses]]`.
    pub synapses: Vec<Synapses>,
    /// Projections ("E->I") whose edges are written with weight and delay at the end.
    pub weights: Vec<At<String>>,
    /// Projections whose edges are written without weight and delay.
    pub connectivity: Vec<At<String>>,
}

/// `[[record.traces]]`.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The population.
    pub population: At<String>,
    /// Variables, e.g. `["v", "exc.g"]`.
    pub variables: Vec<At<String>>,
    /// Which neurons: `[0, 5, 7]`, or `"0:10"` (stop excluded); `None`: all.
    pub neurons: Option<At<Neurons>>,
    /// Places on a cable.
    pub at: Option<Vec<At<String>>>,
    /// Time between values; `None`: every step.
    pub interval: Option<Expr>,
}

/// Which neurons of a population.
#[derive(Clone, Debug, PartialEq)]
pub enum Neurons {
    /// These.
    List(Vec<i64>),
    /// From, to (excluded).
    Range(i64, i64),
}

/// `[run]`.
#[derive(Clone, Debug)]
pub struct Run {
    /// The whole table (or the file's end where there is none).
    pub span: Range<usize>,
    /// Biological time; `None` where phases give it.
    pub duration: Option<Expr>,
    /// Time step.
    pub dt: Option<Expr>,
    /// Seed of all random numbers.
    pub seed: Option<At<i64>>,
    /// `"f64"` or `"f32"`.
    pub precision: Option<At<String>>,
    /// Number of threads.
    pub threads: Option<At<i64>>,
    /// `[[run.phases]]`.
    pub phases: Vec<Phase>,
}

/// `[[run.phases]]`.
#[derive(Clone, Debug)]
pub struct Phase {
    /// Name for logs and results.
    pub name: Option<At<String>>,
    /// Its length.
    pub duration: Expr,
    /// `set = { "E.I_e" = "100 pA", "E.exc.tau" = "2 ms" }`: parameters from here on.
    pub set: Vec<(At<String>, Expr)>,
    /// `plasticity = false`, or the list of projections whose weights learn.
    pub plasticity: Learns,
}

/// Which projections learn in a phase.
#[derive(Clone, Debug)]
pub enum Learns {
    /// All that have a rule, or none.
    All(bool),
    /// These.
    These(Vec<At<String>>),
}
