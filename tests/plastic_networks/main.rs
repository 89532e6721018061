//! Published networks that learn, and what was published of them.

mod brunel;
#[path = "../common/mod.rs"]
mod common;
mod inhibitory;
mod reward;
mod song_abbott;
mod triplet;

use bouton::{
    analysis::{Train, mean_cv},
    engine::{Observer, Options, Simulation},
    plan::Plan,
};

/// Spikes of the populations that the network records, as (step, global id).
struct Spikes {
    recorded: Vec<bool>,
    kept: Vec<(u64, u32)>,
}

impl Observer for Spikes {
    fn spikes(&mut self, step: u64, ids: &[u32]) {
        self.kept.extend(ids.iter().filter(|&&id| self.recorded[id as usize]).map(|&id| (step, id)));
    }
}

/// A network after its run.
struct Run {
    plan: Plan,
    simulation: Simulation,
    spikes: Vec<(u64, u32)>,
}

impl Run {
    fn new(plan: Plan) -> Self {
        let recorded = plan.populations.iter().flat_map(|p| (0..p.size).map(|_| p.record)).collect();
        let mut spikes = Spikes { recorded, kept: Vec::new() };
        let mut simulation = Simulation::build(&plan, Options { threads: Some(1), ..Options::default() });
        let done = simulation.run(&mut spikes);
        assert!(done.diverged.is_none());
        Self { plan, simulation, spikes: spikes.kept }
    }

    /// Runs a shipped network with changes.
    fn of(network: &str, set: &[(&str, &str)]) -> Self {
        Self::new(common::plan_of(network, set))
    }

    /// Global ids of a population.
    fn ids(&self, population: &str) -> std::ops::Range<u32> {
        let found = self.plan.populations.iter().find(|p| p.name == population).expect("a population");
        found.first..found.first + found.size
    }

    /// Spikes of a population between two times in seconds, as (step, number in the population).
    fn spikes(&self, population: &str, from: f64, to: f64) -> impl Iterator<Item = (u64, u32)> {
        let ids = self.ids(population);
        let first = ids.start;
        let step = |s: f64| (s * 1e3 / self.plan.dt).round() as u64;
        let (begin, end) = (step(from), step(to));
        let [begin, end] = [begin, end].map(|step| self.spikes.partition_point(|s| s.0 <= step));
        let all = self.spikes[begin..end].iter();
        all.filter(move |s| ids.contains(&s.1)).map(move |s| (s.0, s.1 - first))
    }

    /// Mean rate of a population in Hz.
    fn rate(&self, population: &str, from: f64, to: f64) -> f64 {
        self.spikes(population, from, to).count() as f64 / self.ids(population).len() as f64 / (to - from)
    }

    /// Mean CV of a population's intervals.
    fn cv(&self, population: &str, from: f64, to: f64) -> f64 {
        let mut trains = vec![Train::default(); self.ids(population).len()];
        self.spikes(population, from, to).for_each(|(step, k)| trains[k as usize].push(step));
        mean_cv(&trains).expect("spikes")
    }

    /// Weights of a projection at the end.
    fn weights(&mut self, projection: &str) -> Vec<f64> {
        let number = self.plan.projections.iter().position(|p| p.name == projection).expect("a projection");
        self.simulation.weights(number, &self.plan.projections[number].wiring)
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Share of values within a range.
fn share(values: &[f64], range: std::ops::RangeInclusive<f64>) -> f64 {
    values.iter().filter(|v| range.contains(v)).count() as f64 / values.len() as f64
}
