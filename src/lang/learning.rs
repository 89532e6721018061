//! Plasticity rules compiled for one projection: all that the engine needs to replay its synapses.

mod builder;
mod compile;
mod declare;
mod drift;

pub use compile::compile;
pub use declare::{Given, is_number_of_vesicles};

use super::{ast::Expr, equation::Assign};
use crate::{
    kernel::program::{Operand, Program},
    quantity::Dim,
};

/// The rules of a projection, compiled. Times are in steps; values in internal units.
#[derive(Clone, Debug, Default)]
pub struct Learning {
    /// Variables of each synapse; the first is the weight.
    pub variables: Vec<Variable>,
    /// Variables of each source, changed by presynaptic spikes alone.
    pub sources: Vec<SourceVariable>,
    /// What a presynaptic spike does to them, in order.
    pub source_steps: Vec<SourceStep>,
    /// Traces of presynaptic spikes.
    pub pre: Vec<Trace>,
    /// Traces of postsynaptic spikes.
    pub post: Vec<Trace>,
    /// Traces of the modulator's spikes: rate of decay a step, rise at a spike.
    pub modulators: Vec<(f64, f64)>,
    /// Values of the postsynaptic neuron that the programs read, by the names of its probes.
    pub reads: Vec<String>,
    /// Probe of the condition under which `on_post` runs; none: at spikes.
    pub event: Option<String>,
    /// Integrals over modulator traces that the programs read.
    pub integrals: Vec<Integral>,
    /// Vesicles, and the probability of release by names of source variables and `since_pre`.
    pub quanta: Option<(u32, Expr)>,
    /// A presynaptic spike: variables change, and what it transmits is computed.
    pub on_pre: Code,
    /// A postsynaptic spike or event.
    pub on_post: Code,
    /// What a presynaptic spike transmits where nothing learns.
    pub still: Code,
    /// Decay and drift alone: variables at a time between events.
    pub rest: Code,
    /// Least and greatest weight, in the receptor's internal unit.
    pub bounds: Option<(f64, f64)>,
    /// Time step in ms.
    pub dt: f64,
    /// Rules by name, with their parameters as used, for the results.
    pub parameters: Vec<(String, String)>,
}

/// A variable of each synapse.
#[derive(Clone, Debug)]
pub struct Variable {
    /// `w`, or as the rule names it.
    pub name: String,
    /// Its dimension.
    pub dim: Dim,
    /// Value at t = 0; not used for the weight, which the projection draws.
    pub initial: f64,
}

/// A variable of each source.
#[derive(Clone, Debug)]
pub struct SourceVariable {
    /// Its name in [`SourceStep::expr`].
    pub name: String,
    /// Value at t = 0.
    pub initial: f64,
    /// Rate of its decay a step.
    pub rate: f64,
}

/// A statement about a variable of each source.
#[derive(Clone, Debug)]
pub struct SourceStep {
    /// Number of the variable.
    pub target: usize,
    /// How it changes.
    pub op: Assign,
    /// Of the source variables and `since_pre` in ms.
    pub expr: Expr,
}

/// A trace of spikes of one neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trace {
    /// Its rate of decay a step.
    pub rate: f64,
    /// A spike sets it to 1, rather than adding 1.
    pub nearest: bool,
}

impl Trace {
    /// The trace right after a spike at which it stood at `before`.
    pub fn jumped(self, before: f64) -> f64 {
        if self.nearest { 1.0 } else { before + 1.0 }
    }
    /// A trace of `value` some steps later.
    pub fn decayed(self, value: f64, steps: f64) -> f64 {
        value * libm::exp(-self.rate * steps)
    }
}

/// The integral over the time since a synapse's last event, in ms, of a modulator trace times `exp(-rate * steps since then)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Integral {
    /// Number of the modulator trace.
    pub modulator: usize,
    /// Rate a step.
    pub rate: f64,
}

/// A program over synapses. Columns are their variables.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// Run over some synapses of one source.
    pub program: Program,
    /// Input k of the program.
    pub inputs: Vec<Gather>,
    /// Scalar k of the program, for the first ones; the others are `constants`.
    pub visits: Vec<Visit>,
    /// Scalars after those of `visits`.
    pub constants: Vec<f64>,
    /// Where the program leaves what is transmitted.
    pub transmit: Option<Operand>,
}

/// A value for each synapse that the engine gathers before a program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gather {
    /// Steps since the last postsynaptic spike.
    SincePost,
    /// Steps since the last presynaptic spike (in `on_post`).
    SincePre,
    /// A trace of presynaptic spikes just before this postsynaptic one (in `on_post`).
    Pre(usize),
    /// A trace of postsynaptic spikes just before this spike.
    Post(usize),
    /// A value of the postsynaptic neuron.
    Read(usize),
    /// Vesicles released.
    Quanta,
    /// An integral over a modulator trace.
    Integral(usize),
}

/// A value for all synapses of a source and delay, set when a program is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visit {
    /// Steps since the last presynaptic spike (in `on_pre`).
    SincePre,
    /// A trace of presynaptic spikes right before this one (in `on_pre`).
    Pre(usize),
    /// A variable of the source.
    Source(usize),
}
