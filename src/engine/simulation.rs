//! A network in the precision its plan asks for.

use super::{Loop, Network, Observer, Options, WeightStats};
use crate::{
    connect::Wiring,
    plan::{Plan, Precision, Projection},
};

/// A built network, whatever the width of its floats.
pub enum Simulation {
    /// State in 32 bits.
    F32(Box<Network<f32>>),
    /// State in 64 bits.
    F64(Box<Network<f64>>),
}

/// Calls a method of the network inside.
macro_rules! inner {
    ($self:expr, $n:ident => $body:expr) => {
        match $self {
            Simulation::F32($n) => $body,
            Simulation::F64($n) => $body,
        }
    };
}

impl Simulation {
    /// Draws all values and connections.
    pub fn build(plan: &Plan, options: Options) -> Self {
        match plan.precision {
            Precision::F32 => Self::F32(Box::new(Network::build(plan, options))),
            Precision::F64 => Self::F64(Box::new(Network::build(plan, options))),
        }
    }
    /// Runs all phases.
    pub fn run(&mut self, observer: &mut dyn Observer) -> Loop {
        inner!(self, n => n.run(observer))
    }
    /// Weights of a projection that learns as they stand after the run, in the order of its wiring's edges.
    pub fn weights(&mut self, projection: usize, wiring: &Wiring) -> Vec<f64> {
        inner!(self, n => n.weights(projection, wiring))
    }
    /// The same, by number in the plan; none where it does not learn.
    pub fn learned(&mut self, plan: &Plan, projection: usize) -> Option<Vec<f64>> {
        let Projection { plasticity, wiring, .. } = &plan.projections[projection];
        plasticity.is_some().then(|| self.weights(projection, wiring))
    }
    /// Mean, standard deviation and hash of these weights; cheaper, as no wiring is drawn.
    pub fn weight_stats(&mut self, projection: usize) -> WeightStats {
        inner!(self, n => n.weight_stats(projection))
    }
    /// Number of synapses.
    pub fn synapses(&self) -> u64 {
        inner!(self, n => n.synapses())
    }
    /// Bytes of all synapses with their index.
    pub fn synapse_bytes(&self) -> u64 {
        inner!(self, n => n.synapse_bytes())
    }
    /// Bytes of targets and weights that a synaptic event reads.
    pub fn event_bytes(&self) -> u64 {
        inner!(self, n => n.event_bytes())
    }
    /// Bytes of the neurons' arrays.
    pub fn neuron_bytes(&self) -> u64 {
        inner!(self, n => n.neuron_bytes())
    }
    /// Number of threads that step it.
    pub fn threads(&self) -> usize {
        inner!(self, n => n.threads())
    }
    /// Wall time of the construction in seconds.
    pub fn build_seconds(&self) -> f64 {
        inner!(self, n => n.build_seconds)
    }
}
