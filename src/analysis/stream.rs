//! Statistics gathered while a run goes on, for its summary; nothing is read back from the file.

use serde::Serialize;

use super::{SpikeHash, Train, mean_cv};
use crate::{engine::observer::Observer, plan::Plan};

/// An [`Observer`] that counts spikes, keeps each neuron's intervals (32 bytes a neuron) and hashes all spikes.
#[derive(Debug)]
pub struct SpikeStats {
    dt_ms: f64,
    steps: u64,
    populations: Vec<Population>,
    hash: SpikeHash,
}

#[derive(Debug)]
struct Population {
    name: String,
    first_gid: u32,
    trains: Vec<Train>,
}

/// What a population did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PopulationSummary {
    /// Its name.
    pub name: String,
    /// Number of neurons.
    pub size: u32,
    /// Number of spikes.
    pub spikes: u64,
    /// Mean rate of a neuron, Hz.
    pub rate_hz: f64,
    /// Mean CV of the intervals of the neurons with at least three spikes.
    pub cv_isi: Option<f64>,
}

impl SpikeStats {
    /// For populations (name, first global id, size) in order of global ids.
    pub fn new(populations: &[(String, u32, u32)], dt_ms: f64) -> Self {
        let population = |(name, first_gid, size): &(String, u32, u32)| Population {
            name: name.clone(),
            first_gid: *first_gid,
            trains: vec![Train::default(); *size as usize],
        };
        Self { dt_ms, steps: 0, populations: populations.iter().map(population).collect(), hash: SpikeHash::new() }
    }

    /// For all populations of a plan.
    pub fn of(plan: &Plan) -> Self {
        let populations: Vec<_> = plan.populations.iter().map(|p| (p.name.clone(), p.first, p.size)).collect();
        Self::new(&populations, plan.dt)
    }

    /// Number of spikes so far.
    pub fn total_spikes(&self) -> u64 {
        self.populations.iter().flat_map(|p| &p.trains).map(|train| train.spikes).sum()
    }

    /// [`SpikeHash`] of all spikes so far.
    pub fn spike_hash(&self) -> SpikeHash {
        self.hash
    }

    /// For each population, its rate over the time reached and its CV.
    pub fn summary(&self) -> Vec<PopulationSummary> {
        let seconds = self.steps as f64 * self.dt_ms * 1e-3;
        let summary = |p: &Population| {
            let spikes = p.trains.iter().map(|train| train.spikes).sum();
            let neuron_seconds = p.trains.len() as f64 * seconds;
            PopulationSummary {
                name: p.name.clone(),
                size: p.trains.len() as u32,
                spikes,
                rate_hz: if neuron_seconds > 0.0 { spikes as f64 / neuron_seconds } else { 0.0 },
                cv_isi: mean_cv(&p.trains),
            }
        };
        self.populations.iter().map(summary).collect()
    }
}

impl Observer for SpikeStats {
    fn spikes(&mut self, step: u64, ids: &[u32]) {
        let mut index = 0;
        for &gid in ids {
            // Ids ascend, so populations do too.
            while (gid - self.populations[index].first_gid) as usize >= self.populations[index].trains.len() {
                index += 1;
            }
            let population = &mut self.populations[index];
            let id = gid - population.first_gid;
            population.trains[id as usize].push(step);
            self.hash.push(step, index as u32, id);
        }
    }

    fn reached(&mut self, step: u64) {
        self.steps = step;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stats() -> SpikeStats {
        SpikeStats::new(&[("E".into(), 0, 3), ("none".into(), 3, 1), ("I".into(), 4, 2)], 0.1)
    }

    #[test]
    fn rates_and_cv_by_population() {
        let mut stats = stats();
        // Neuron 0 at 0, 1, 4, 5, 8 (CV 0.5), neuron 5 regular, neuron 2 once.
        for (step, ids) in [(0, &[0, 5][..]), (1, &[0]), (4, &[0, 2, 5]), (5, &[0]), (8, &[0, 5])] {
            stats.spikes(step, ids);
        }
        stats.reached(10_000);
        let summary = stats.summary();
        assert_eq!((summary[0].spikes, summary[0].rate_hz, summary[0].cv_isi), (6, 2.0, Some(0.5)));
        assert_eq!((summary[1].spikes, summary[1].rate_hz, summary[1].cv_isi), (0, 0.0, None));
        assert_eq!((summary[2].spikes, summary[2].rate_hz, summary[2].cv_isi), (3, 1.5, Some(0.0)));
        assert_eq!(stats.total_spikes(), 9);
    }

    #[test]
    fn hash_is_that_of_population_ids_in_order() {
        let mut stats = stats();
        stats.spikes(7, &[2, 4, 5]);
        let mut hash = SpikeHash::new();
        [(0, 2), (2, 0), (2, 1)].iter().for_each(|&(population, id)| hash.push(7, population, id));
        assert_eq!(stats.spike_hash(), hash);
    }
}
