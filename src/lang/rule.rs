//! Plasticity rules as data: traces, variables of a synapse, statements for spikes; read and checked.

mod check;
mod place;
mod read;

use std::ops::Range;

use super::{
    ast::Expr,
    equation::{Equation, Statement},
    model::Parameter,
};
use crate::{
    error::{Result, Source},
    quantity::Dim,
};

/// A rule file, read for weights of one dimension.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Name of the file without its ending.
    pub name: String,
    /// One line.
    pub title: String,
    /// Where it was published.
    pub citation: String,
    /// The file.
    pub source: Source,
    /// Dimension of the weight.
    pub weight: Dim,
    /// What spikes raise and time lowers, in order.
    pub traces: Vec<Trace>,
    /// Variables besides the weight, in order.
    pub variables: Vec<Variable>,
    /// What a presynaptic spike does.
    pub on_pre: Vec<Statement>,
    /// What a postsynaptic spike does.
    pub on_post: Vec<Statement>,
    /// Least and greatest weight.
    pub bounds: Option<[Expr; 2]>,
    /// What a presynaptic spike adds at the receptor; `None`: the weight.
    pub transmit: Option<Expr>,
    /// Vesicles of a synapse and the probability of each to be released.
    pub quanta: Option<[Expr; 2]>,
    /// dw/dt between spikes.
    pub drift: Option<Expr>,
    /// Equations of the postsynaptic neuron.
    pub equations: Vec<Equation>,
    /// Condition under which `on_post` runs, instead of at spikes.
    pub post_event: Option<Expr>,
    /// Parameters in order.
    pub parameters: Vec<Parameter>,
}

/// A trace: raised by spikes, decays exponentially.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Range<usize>,
    /// Whose spikes raise it.
    pub of: Of,
    /// Its time constant.
    pub tau: Expr,
    /// By how much a spike of the modulator raises it; `None`: by 1.
    pub jump: Option<Expr>,
    /// One line.
    pub meaning: String,
}

/// Whose spikes raise a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The presynaptic neuron's.
    Pre,
    /// The postsynaptic neuron's.
    Post,
    /// Those of the modulator population, all neurons together.
    Modulator,
}

/// A variable of a synapse, or of a source.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Range<usize>,
    /// Its dimension.
    pub dim: Dim,
    /// One value for all synapses of a source with one delay, rather than one a synapse.
    pub per_source: bool,
    /// Time constant of its decay between spikes.
    pub tau: Option<Expr>,
    /// Value at t = 0.
    pub initial: Option<Expr>,
    /// One line.
    pub meaning: String,
}

impl Rule {
    /// Reads a rule file for weights of dimension `weight`.
    ///
    /// # Errors
    /// The first mistake: unknown or missing keys, wrong units, unknown names, statements that cannot be.
    pub fn parse(name: &str, source: Source, weight: Dim) -> Result<Self> {
        let mut rule = read::rule(name, source, weight)?;
        place::resolve(&mut rule);
        check::rule(&rule)?;
        Ok(rule)
    }

    /// The traces of one side, in order.
    pub fn traces_of(&self, of: Of) -> impl Iterator<Item = &Trace> {
        self.traces.iter().filter(move |t| t.of == of)
    }
}
