//! Synapses read between events: everything that has happened until then is in what is seen.

use std::{iter::repeat_n, ops::Range};

use super::{Plastic, visit::Place};
use crate::{
    connect::Edge,
    kernel::{Real, program::CHUNK},
    lang::learning::{Gather, Visit},
};

/// Synapses of one source with one delay that stand side by side, and a value of each.
pub struct Stretch<'a, T> {
    /// Number of the source in its population.
    pub source: u32,
    /// Delay in steps.
    pub delay: u32,
    /// Targets, as numbers in the part, which begins at this neuron of the population.
    pub targets: &'a [u16],
    pub first: u32,
    pub values: &'a [T],
    /// How many synapses each stands for; none where that is one.
    pub times: &'a [u8],
}

impl<T: Real> Stretch<'_, T> {
    /// The synapses one by one, each with its value in place of its weight.
    pub fn edges(&self) -> impl Iterator<Item = Edge> {
        let edge = |(&target, value): (&u16, &T)| Edge {
            source: self.source,
            target: self.first + u32::from(target),
            weight: value.to_f64(),
            delay: self.delay,
        };
        let edges = self.targets.iter().zip(self.values).map(edge);
        edges.enumerate().flat_map(|(k, edge)| repeat_n(edge, self.times.get(k).map_or(1, |&n| n.into())))
    }
}

impl<T: Real> Plastic<T> {
    /// Brings all synapses to `stamp`, whose spikes are known: what a presynaptic spike would meet that reaches the soma next.
    pub fn settle(&mut self, stamp: u64) {
        if self.settled == Some(stamp) {
            return;
        }
        self.settled = Some(stamp);
        self.history.advance(stamp + 1);
        if self.together.is_some() {
            self.catch_up_together();
        } else {
            for row in 0..self.sources as usize {
                (0..self.delays.len()).for_each(|group| self.catch_up(row, group));
            }
        }
        self.history.settle();
    }

    /// From here on synapses learn, or keep still. What they have learnt until `stamp` is brought in first.
    pub fn set_learning(&mut self, learns: bool, stamp: u64) {
        if learns != self.learns {
            self.settle(stamp);
            self.learns = learns;
        }
    }

    /// Values of a variable at `stamp`, in the order of the store.
    pub fn values(&mut self, variable: usize, stamp: u64) -> Vec<f64> {
        let mut out = Vec::with_capacity(self.store.len());
        self.each(variable, stamp, |stretch| out.extend(stretch.values.iter().map(|v| v.to_f64())));
        out
    }

    /// Shows a variable of all synapses at `stamp`, in the order of the store.
    pub fn each(&mut self, variable: usize, stamp: u64, mut visit: impl FnMut(Stretch<T>)) {
        self.settle(stamp);
        let (moving, first) = (self.moves(), self.first);
        for row in 0..self.sources as usize {
            for group in 0..self.delays.len() {
                let (range, place, delay) = (self.range(row, group), self.place(row, group), self.delays[group]);
                for begin in range.clone().step_by(CHUNK) {
                    let chunk = begin..range.end.min(begin + CHUNK);
                    if moving {
                        self.rested(&chunk, place, (stamp as i32 - place.dendritic).max(0));
                    }
                    let values = match moving {
                        true => &self.rest.column(variable)[..chunk.len()],
                        false => self.store.of(variable, chunk.clone()),
                    };
                    let (targets, times) = (self.store.targets(chunk.clone()), self.store.times(chunk));
                    visit(Stretch { source: row as u32, delay, targets, first, values, times });
                }
            }
        }
    }

    /// Does anything happen between events?
    fn moves(&self) -> bool {
        self.learns && !self.rest.is_idle()
    }

    /// Decay and drift of some synapses since their last events, in the memory of `rest`.
    fn rested(&mut self, chunk: &Range<usize>, place: Place, now: i32) {
        let Self { history, modulator, learning, store, rest, .. } = self;
        for variable in 0..store.variables() {
            rest.column_mut(variable)[..chunk.len()].copy_from_slice(store.of(variable, chunk.clone()));
        }
        let since_pre = now - place.last;
        rest.visit(|visit| match visit {
            Visit::SincePre => f64::from(since_pre),
            other => unreachable!("{other:?} between events"),
        });
        let (view, targets) = (history.view(place.view), store.targets(chunk.clone()));
        let since_post = |t: u16| now - place.dendritic - view.recent[0][usize::from(t)];
        rest.gather(targets.len(), |gather, out| {
            for (out, &t) in out.iter_mut().zip(targets) {
                *out = match gather {
                    Gather::SincePost => T::from_i32(since_post(t)),
                    Gather::Integral(k) => {
                        let m = modulator.as_ref().expect("a modulator has spikes");
                        let from = now - since_post(t).min(since_pre);
                        T::from_f64(m.integrated(learning, k, from, now))
                    }
                    other => unreachable!("{other:?} between events"),
                };
            }
        });
        rest.run(self.isa, 0..targets.len());
    }

    /// Value of a variable of synapse number `i` at `stamp`.
    pub fn value(&mut self, variable: usize, i: usize, stamp: u64) -> f64 {
        self.history.advance(stamp + 1);
        let row = self.rows.partition_point(|&r| r <= i as u64) - 1;
        let width = self.delays.len() + 1;
        let offset = (i as u64 - self.rows[row]) as u32;
        let group = self.groups[row * width..(row + 1) * width].partition_point(|&g| g <= offset) - 1;
        self.catch_up(row, group);
        if !self.moves() {
            return self.store.of(variable, i..i + 1)[0].to_f64();
        }
        let place = self.place(row, group);
        self.rested(&(i..i + 1), place, (stamp as i32 - place.dendritic).max(0));
        self.rest.column(variable)[0].to_f64()
    }

    /// Where the next synapse of each row and delay stands, to begin with: see [`Plastic::next`].
    pub fn cursors(&self) -> Vec<u32> {
        self.groups.clone()
    }

    /// Number in the store of the next synapse that a walk through the wiring meets.
    pub fn next(&self, cursors: &mut [u32], edge: &Edge) -> usize {
        let group = self.delays.binary_search_by(|d| edge.delay.cmp(d)).expect("a delay of the projection");
        let cursor = &mut cursors[edge.source as usize * (self.delays.len() + 1) + group];
        let begin = self.rows[edge.source as usize] as usize;
        if self.many.is_empty() {
            *cursor += 1;
            return begin + *cursor as usize - 1;
        }
        // One place for all synapses of a pair.
        let target = (edge.target - self.first) as u16;
        let targets = self.store.targets(begin..self.store.len());
        while targets[*cursor as usize] != target {
            *cursor += 1;
        }
        begin + *cursor as usize
    }

    /// First neuron of the part, as a number in the population.
    pub fn first(&self) -> u32 {
        self.first
    }
}
