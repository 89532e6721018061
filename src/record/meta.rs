//! What a result file says about the run it holds.

use crate::plan::Which;

impl TraceMeta {
    /// Values of one variable at one time.
    pub fn elements(&self) -> usize {
        self.ids.len() * self.places.len().max(1)
    }
}

/// A run, as it is described in its result file.
#[derive(Clone, Debug, Default)]
pub struct Meta {
    /// One line; may be empty.
    pub title: String,
    /// The network file's text, with `--set` applied.
    pub network_text: String,
    /// Resolved parameters: `("E.C_m", "200 pF")`; a distribution as it was written.
    pub parameters: Vec<(String, String)>,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Time step, ms.
    pub dt_ms: f64,
    /// Biological time asked for, ms.
    pub duration_ms: f64,
    /// `f64` or `f32`.
    pub precision: String,
    /// Threads of the run.
    pub threads: usize,
    /// Version of Bouton.
    pub version: String,
    /// All populations, in order of global ids, without gaps.
    pub populations: Vec<PopulationMeta>,
    /// Recorded traces, in the order of [`Observer::trace`](crate::engine::observer::Observer::trace)'s first argument.
    pub traces: Vec<TraceMeta>,
    /// Recorded synapses, in the order of [`Observer::synapses`](crate::engine::observer::Observer::synapses)'s first argument.
    pub synapses: Vec<SynapseMeta>,
}

/// A population in a result file.
#[derive(Clone, Debug, Default)]
pub struct PopulationMeta {
    /// Its name.
    pub name: String,
    /// Global id of its first neuron.
    pub first_gid: u32,
    /// Number of neurons.
    pub size: u32,
    /// Are its spikes written?
    pub record_spikes: bool,
}

/// Variables recorded together from some neurons of a population.
#[derive(Clone, Debug, Default)]
pub struct TraceMeta {
    /// The population.
    pub population: String,
    /// Recorded neurons, as ids in the population.
    pub ids: Vec<u32>,
    /// Compartments of each and what they are called, of cables; else empty.
    pub places: Vec<(u32, String)>,
    /// Name and unit of each variable, in the order of the values.
    pub variables: Vec<(String, String)>,
    /// Steps between two values.
    pub interval_steps: u64,
}

/// Synapses of a projection, recorded while they learn.
#[derive(Clone, Debug)]
pub struct SynapseMeta {
    /// Source population.
    pub from: String,
    /// Target population.
    pub to: String,
    /// Receptor of the target.
    pub receptor: String,
    /// Name and unit of each variable, in the order of the values; of a histogram one.
    pub variables: Vec<(String, String)>,
    /// Which synapses.
    pub which: Which,
    /// How many times they are recorded; the file is laid out for it.
    pub times: u64,
}

/// The edges of a projection, about to be written.
#[derive(Clone, Debug, Default)]
pub struct EdgeMeta {
    /// Source population.
    pub from: String,
    /// Target population.
    pub to: String,
    /// Receptor and unit of each weight of a synapse; empty where only the wiring is written, without weight and delay.
    pub weights: Vec<(String, String)>,
}
