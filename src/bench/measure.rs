//! One network built and run once, and what that took.

use serde::{Deserialize, Serialize};

use super::peak_memory_bytes;
use crate::{
    analysis::SpikeHash,
    engine::{Observer, Options, Simulation},
    error::{Error, Result},
    plan::Plan,
    quantity::{Dim, display},
    spec::Spec,
};

/// What a run took. A process of its own prints it as one line of JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measurement {
    /// Number of neurons.
    pub neurons: u64,
    /// Number of synapses.
    pub synapses: u64,
    /// Bytes of all synapses with their index.
    pub synapse_bytes: u64,
    /// Bytes of targets and weights that an event reads.
    pub event_bytes: u64,
    /// Bytes of the neurons' arrays.
    pub neuron_bytes: u64,
    /// Time step in milliseconds.
    pub dt_ms: f64,
    /// Biological time in seconds.
    pub bio_seconds: f64,
    /// Synaptic events: spikes times synapses they reached.
    pub events: u64,
    /// Number of spikes.
    pub spikes: u64,
    /// [`SpikeHash`] of them.
    pub spike_hash: String,
    /// Wall time until the first step.
    pub build_seconds: f64,
    /// Wall time of all steps.
    pub sim_seconds: f64,
    /// Largest resident memory of the process.
    pub peak_memory_bytes: u64,
    /// Wall seconds of each stage of the loop, averaged over threads.
    pub stages: Vec<(String, f64)>,
}

/// Plans, builds and runs a network. Nothing is recorded; the spikes are hashed.
///
/// # Errors
/// For what a plan refuses, and for a neuron that diverges.
pub fn measure(spec: &Spec) -> Result<Measurement> {
    let mut plan = Plan::new(spec)?;
    plan.traces.clear();
    let mut simulation = Simulation::build(&plan, Options::default());
    let mut spikes = Spikes { ends: plan.populations.iter().map(|p| p.first + p.size).collect(), ..Spikes::default() };
    let done = simulation.run(&mut spikes);
    if let Some(at) = done.diverged {
        let (name, time) = (&plan.populations[at.population].name, display(at.step as f64 * plan.dt, Dim::TIME));
        return Err(Error::run(format!("population \"{name}\": neuron {} diverged at {time}", at.id))
            .help("use a smaller run.dt, or another integrator"));
    }
    Ok(Measurement {
        neurons: plan.neurons(),
        synapses: simulation.synapses(),
        synapse_bytes: simulation.synapse_bytes(),
        event_bytes: simulation.event_bytes(),
        neuron_bytes: simulation.neuron_bytes(),
        dt_ms: plan.dt,
        bio_seconds: plan.duration() * 1e-3,
        events: done.events,
        spikes: spikes.count,
        spike_hash: spikes.hash.to_string(),
        build_seconds: simulation.build_seconds(),
        sim_seconds: done.seconds,
        peak_memory_bytes: peak_memory_bytes(),
        stages: done.stages,
    })
}

/// Counts and hashes spikes; unlike the statistics of `bouton run` it touches no memory of the neuron that spiked.
#[derive(Default)]
struct Spikes {
    /// Where each population's global ids end.
    ends: Vec<u32>,
    count: u64,
    hash: SpikeHash,
}

impl Observer for Spikes {
    fn spikes(&mut self, step: u64, ids: &[u32]) {
        let (mut population, mut first) = (0, 0);
        self.count += ids.len() as u64;
        for &id in ids {
            // Ids ascend, so populations do too.
            while id >= self.ends[population] {
                first = self.ends[population];
                population += 1;
            }
            self.hash.push(step, population as u32, id - first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::SpikeStats;

    #[test]
    fn a_measurement_has_the_hash_of_a_run_and_survives_the_way_between_processes() {
        let set = [("run.duration", "20 ms"), ("scale", "0.1"), ("run.threads", "2")];
        let set = set.map(|(key, value)| (key.to_string(), value.to_string()));
        let spec = Spec::load("vogels_abbott", &set).unwrap();
        let measured = measure(&spec).unwrap();
        let plan = Plan::new(&spec).unwrap();
        let mut stats = SpikeStats::of(&plan);
        Simulation::build(&plan, Options::default()).run(&mut stats);
        assert_eq!((measured.spikes, &measured.spike_hash), (stats.total_spikes(), &stats.spike_hash().to_string()));
        assert!(measured.spikes > 0 && measured.events > 0 && measured.event_bytes == 2);
        assert_eq!((measured.neurons, measured.bio_seconds), (400, 0.02));
        let line = serde_json::to_string(&measured).unwrap();
        assert!(!line.contains('\n'));
        let read: Measurement = serde_json::from_str(&line).unwrap();
        assert_eq!((&read.spike_hash, read.events), (&measured.spike_hash, measured.events));
        // Floats may come back one digit of the sixteenth place off.
        assert!((read.sim_seconds / measured.sim_seconds - 1.0).abs() < 1e-12);
    }
}
