//! Shipped experiments and what was published of them, or what a closed form says.

#[path = "../common/mod.rs"]
mod common;
mod endplate;
mod fhn_excitable;
mod lif_tutorial;
mod neuromodulation;
mod nmda_gating;
mod squid_axon;
mod synfire;
mod up_down;
mod wang_decision;

use std::ops::Range;

use bouton::plan::Plan;
use common::Seen;

/// A network after its run.
struct Run {
    plan: Plan,
    seen: Seen,
}

impl Run {
    /// Runs a shipped network with changes, on one thread.
    fn of(network: &str, set: &[(&str, &str)]) -> Self {
        let plan = common::plan_of(network, set);
        let seen = common::run(&plan);
        Self { plan, seen }
    }

    /// Global ids of a population.
    fn ids(&self, population: &str) -> Range<u32> {
        let found = self.plan.populations.iter().find(|p| p.name == population).expect("a population");
        found.first..found.first + found.size
    }

    /// Steps at which each neuron of a population spiked.
    fn trains(&self, population: &str) -> Vec<Vec<u64>> {
        self.ids(population).map(|id| self.seen.of(id)).collect()
    }

    /// A step in ms.
    fn ms(&self, step: u64) -> f64 {
        step as f64 * self.plan.dt
    }
}
