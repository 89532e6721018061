//! Synapses that learn: the synapses of one projection onto one part of a block, and the rules by which they change.
//!
//! A synapse is touched when a presynaptic spike arrives, and when somebody reads it. Until then the postsynaptic spikes wait in the
//! [`History`] of their neurons; then they are replayed in order. What a synapse has gone through at any moment does not depend on when
//! that was done: each event is computed from the times of events alone.

mod build;
mod history;
mod modulator;
mod multapses;
mod quanta;
mod read;
mod replay;
mod source;
mod store;
mod together;
mod view;
mod visit;
mod waiting;
mod work;

use std::{ops::Range, sync::Arc};

use self::{
    history::History, modulator::Modulator, quanta::Quanta, store::Store, together::Together, waiting::Waiting,
    work::Work,
};
use super::{part::Part, ring::Ring};
use crate::{
    kernel::{Fade, Isa, Jump, Real},
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
    /// Number of synapses of each row and delay, where some are kept once for several; none else.
    many: Vec<u32>,
    store: Store<T>,
    /// For each row and delay: when the last presynaptic spike reached the synapses; 0 before the first.
    last: Vec<i32>,
    /// The same: stamp of the last moment at the soma whose spikes they have seen.
    seen: Vec<i32>,
    /// The same: traces right before that spike, then variables of the source.
    values: Vec<f64>,
    history: History<T>,
    waiting: Waiting,
    /// How traces of presynaptic spikes decay, and the jump from which those of a visit do.
    traces: Vec<(Fade<T>, Jump<T>)>,
    /// Where short rows are visited together.
    together: Option<Box<Together<T>>>,
    /// Synapses that are visited next, but for those that the CPU has been asked for.
    ahead: Range<usize>,
    /// What some synapses transmit that stand for several each.
    sums: Vec<T>,
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
        if self.together.is_some() {
            return self.deliver_together(ring, stamp, inputs);
        }
        let mut events = 0;
        for group in 0..self.delays.len() {
            let arriving = self.arriving(ring, stamp, group);
            self.decay(arriving.len(), group, stamp as i32);
            for (k, &id) in arriving.iter().enumerate() {
                let next = arriving.get(k + 1).map(|&id| (self.row(id), group));
                let next = next.or_else(|| self.following(ring, stamp, group));
                if let Some((row, group)) = next {
                    self.prefetch_index(row, group);
                }
                events += self.visit(self.row(id), group, next, stamp as i32, inputs);
            }
        }
        events
    }

    /// The sources whose spikes reach synapses of one delay at `stamp`, as global ids.
    fn arriving<'a>(&self, ring: &'a Ring, stamp: u64, group: usize) -> &'a [u32] {
        let Some(emitted) = stamp.checked_sub(self.delays[group].into()) else { return &[] };
        let ids = ring.at(emitted);
        let own = |&id: &u32| id < self.source + self.sources;
        &ids[ids.partition_point(|&id| id < self.source)..ids.partition_point(own)]
    }

    /// Row and delay that are visited when those of one delay at `stamp` are done, if that is known.
    fn following(&self, ring: &Ring, stamp: u64, group: usize) -> Option<(usize, usize)> {
        let later = (0..self.delays.len()).map(|group| (stamp + 1, group));
        let mut next = (group + 1..self.delays.len()).map(|group| (stamp, group)).chain(later);
        next.find_map(|(stamp, group)| Some((self.row(*self.arriving(ring, stamp, group).first()?), group)))
    }

    /// Lets the traces of all targets decay where so many presynaptic spikes ask for as many as there are.
    fn decay(&mut self, spikes: usize, group: usize, stamp: i32) {
        let (rows, synapses) = (self.sources as usize * self.delays.len(), self.store.len());
        if spikes * synapses >= rows * self.neurons.len() {
            self.history.decay(self.views[group], stamp, self.isa);
        }
    }

    fn row(&self, id: u32) -> usize {
        (id - self.source) as usize
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
        if self.history.left() == 0 {
            self.settle(stamp);
        }
    }

    /// Should all synapses be brought up to date before an epoch of so many steps, as they may have to be within it? Blocks do it together:
    /// they would wait for each other otherwise.
    pub fn is_due(&self, steps: u64) -> bool {
        self.history.left() as u64 <= steps.min(self.history.between() as u64 / 4)
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
        if self.many.is_empty() { self.store.len() as u64 } else { self.many.iter().map(|&many| u64::from(many)).sum() }
    }
    /// Memory of its arrays.
    pub fn bytes(&self) -> u64 {
        let index = self.rows.len() * 8
            + self.groups.len() * 4
            + self.last.len() * 8
            + self.values.len() * 8
            + self.many.len() * 4;
        (self.store.bytes() + index) as u64 + self.history.bytes()
    }
}
