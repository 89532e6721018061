//! Plasticity rules compiled for one projection: all that the engine needs to replay its synapses.

use crate::quantity::Dim;

/// The rules of a projection, compiled.
#[derive(Clone, Debug, Default)]
pub struct Learning {
    /// Variables of each synapse; the first is the weight.
    pub variables: Vec<Variable>,
    /// Least and greatest weight, in the receptor's internal unit.
    pub bounds: Option<(f64, f64)>,
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
