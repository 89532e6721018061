//! Synapses that learn: the synapses of one projection onto one part of a block, and the rules by which they change.
//!
//! A synapse is touched when a presynaptic spike arrives, and when somebody reads it. Until then the postsynaptic spikes wait in the
//! [`History`] of their neurons; then they are replayed in order. What a synapse has gone through at any moment does not depend on when
//! that was done: each event is computed from the times of events alone.

mod build;
mod fading;
mod history;
mod modulator;
mod quanta;
mod read;
mod source;
mod view;
mod visit;
mod waiting;
mod work;

use std::sync::Arc;

use self::{fading::Fading, history::History, modulator::Modulator, quanta::Quanta, waiting::Waiting, work::Work};
use super::{part::Part, ring::Ring};
use crate::{
    kernel::{Isa, Real},
    lang::learning::Learning,
};

/// The synapses of a projection onto one part of a block.
#[derive(Debug)]
pub struct Plastic<T: Real> {
    /// Number of the projection in the plan.
    pub projection: usize,
    learning: Arc<Learning>,
    /// Number of the part in its block, and its first neuron in the population.
    part: usize,
    first: u32,
    /// Input slot of neuron 0.
    slot: usize,
    /// Global id of the first source.
    source: u32,
    sources: u32,
    /// Distinct delays in steps, descending, and the view that each has on the postsynaptic spikes.
    delays: Vec<u32>,
    views: Vec<usize>,
    rows: Vec<u64>,
    groups: Vec<u32>,
    /// Target of each synapse, as a number in the part.
    targets: Vec<u16>,
    /// Postsynaptic spikes that each has gone through, modulo 256.
    seen: Vec<u8>,
    /// Values of each variable.
    variables: Vec<Vec<T>>,
    /// For each row and delay: when the last presynaptic spike reached the synapses; 0 before the first.
    last: Vec<i32>,
    /// The same: traces right before that spike, then variables of the source.
    values: Vec<f64>,
    history: History<T>,
    waiting: Waiting,
    /// Traces of the presynaptic spike that was there last.
    fading: Vec<Fading<T>>,
    on_pre: Work<T>,
    on_post: Work<T>,
    still: Work<T>,
    rest: Work<T>,
    modulator: Option<Modulator>,
    quanta: Option<Quanta>,
    /// Values of the postsynaptic neurons that programs read, neuron by neuron for each.
    reads: Vec<f64>,
    /// The same, variable by variable for each neuron, as a part shows them; and the numbers of all neurons.
    shown: Vec<f64>,
    neurons: Vec<u32>,
    /// Probes of these values, and of the condition of an event.
    probes: Vec<usize>,
    learns: bool,
    /// Stamp at which all synapses were last brought up to date.
    settled: Option<u64>,
    isa: Isa,
}

impl<T: Real> Plastic<T> {
    /// Delivers what arrives at `stamp`. Returns the number of synaptic events.
    pub fn deliver(&mut self, ring: &Ring, stamp: u64, inputs: &mut [T]) -> u64 {
        self.history.advance(stamp);
        if let Some(modulator) = &mut self.modulator {
            modulator.advance(ring, stamp);
        }
        let mut events = 0;
        for group in 0..self.delays.len() {
            let Some(emitted) = stamp.checked_sub(self.delays[group].into()) else { continue };
            let ids = ring.at(emitted);
            let own =
                ids.partition_point(|&id| id < self.source)..ids.partition_point(|&id| id < self.source + self.sources);
            let own = &ids[own];
            for (k, &id) in own.iter().enumerate() {
                let next = own.get(k + 1).map(|&next| (next - self.source) as usize);
                if let Some(next) = next {
                    self.prefetch_index(next, group);
                }
                events += self.visit((id - self.source) as usize, next, group, stamp as i32, inputs);
            }
        }
        events
    }

    /// Takes the spikes of the part at `stamp`, given by global ids, and what its neurons show.
    pub fn observe(
        &mut self,
        part: &mut Part<T>,
        stamp: u64,
        spikes: &[u32],
        scratch: &mut super::neurons::Scratch<T>,
    ) {
        if !self.probes.is_empty() {
            part.observe(self.isa, stamp, &self.probes, &self.neurons, &[], scratch, &mut self.shown);
            for (k, row) in self.shown.chunks_exact(self.probes.len()).enumerate() {
                row.iter().enumerate().for_each(|(p, &value)| self.reads[p * part.len + k] = value);
            }
        }
        if self.on_post.is_idle() {
            return;
        }
        let (neurons, post, reads) = (part.len, self.learning.post.len(), &self.reads);
        let mut record = |k: usize| {
            self.history.record(k, stamp, |w, traces| {
                T::from_f64(if w < post { traces[w] } else { reads[(w - post) * neurons + k] })
            });
        };
        match &self.learning.event {
            None => spikes.iter().for_each(|&id| record((id - part.gid) as usize)),
            Some(_) => {
                let condition = &self.reads[self.learning.reads.len() * neurons..];
                (0..neurons).filter(|&k| condition[k] != 0.0).for_each(record);
            }
        }
        if self.history.is_full() {
            self.settle(stamp);
        }
    }

    /// Number of the part whose neurons it reaches.
    pub fn part(&self) -> usize {
        self.part
    }
    /// Distinct delays in steps, descending.
    pub fn delays(&self) -> &[u32] {
        &self.delays
    }
    /// Number of synapses.
    pub fn len(&self) -> u64 {
        self.targets.len() as u64
    }
    /// Memory of its arrays.
    pub fn bytes(&self) -> u64 {
        let variables: usize = self.variables.iter().map(|v| size_of_val(&v[..])).sum();
        let synapses = self.targets.len() * 3 + variables;
        let index = self.rows.len() * 8 + self.groups.len() * 4 + self.last.len() * 4 + self.values.len() * 8;
        let fading: usize = self.fading.iter().map(Fading::bytes).sum();
        (synapses + index + fading) as u64 + self.history.bytes()
    }
}
