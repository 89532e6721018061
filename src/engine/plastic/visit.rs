//! What happens at the synapses of one source and delay: the postsynaptic spikes since the last visit, then the presynaptic one.

use std::ops::Range;

use super::{Plastic, source, waiting::look_up};
use crate::{
    engine::synapses::{prefetch, prefetch_range},
    kernel::{Real, program::CHUNK},
    lang::learning::{Gather, Learning, Visit},
};

/// The synapses of a row with one delay, and when presynaptic spikes reached them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Number of row and delay together.
    at: usize,
    pub view: usize,
    pub dendritic: i32,
    /// When the last presynaptic spike reached the synapse; 0 where there was none.
    pub last: i32,
}

impl<T: Real> Plastic<T> {
    pub(super) fn place(&self, row: usize, group: usize) -> Place {
        let (at, view) = (row * self.delays.len() + group, self.views[group]);
        Place { at, view, dendritic: self.history.view(view).dendritic, last: self.last[at] }
    }

    pub(super) fn range(&self, row: usize, group: usize) -> Range<usize> {
        let (begin, at) = (self.rows[row] as usize, row * (self.delays.len() + 1) + group);
        begin + self.groups[at] as usize..begin + self.groups[at + 1] as usize
    }

    /// Asks the CPU for what is kept of a row beside its synapses.
    pub(super) fn prefetch_index(&self, row: usize, group: usize) {
        let at = row * self.delays.len() + group;
        prefetch(&self.rows, row);
        prefetch(&self.groups, row * (self.delays.len() + 1) + group);
        prefetch(&self.last, at);
        prefetch(&self.values, at * width(&self.learning));
    }

    /// Asks the CPU for synapses, as many as are worked on at a time.
    fn prefetch(&self, begin: usize, end: usize) {
        let range = begin..end.min(begin + CHUNK);
        prefetch_range(&self.targets, range.clone());
        prefetch_range(&self.seen, range.clone());
        self.variables.iter().for_each(|values| prefetch_range(values, range.clone()));
    }

    /// A presynaptic spike that reaches the somas at `stamp`; `next` is the row that follows. Returns the number of synapses.
    pub(super) fn visit(&mut self, row: usize, next: Option<usize>, group: usize, stamp: i32, inputs: &mut [T]) -> u64 {
        let range = self.range(row, group);
        let next = next.map_or(0..0, |next| self.range(next, group));
        if range.is_empty() {
            self.prefetch(next.start, next.end);
            return 0;
        }
        let place = self.place(row, group);
        let arrival = stamp - place.dendritic;
        self.prepare_replay(place);
        self.prepare_spike(place, arrival);
        self.history.decay(place.view, arrival - place.dendritic, self.isa);
        let inputs = &mut inputs[self.slot..];
        // Which of several synapses of one pair comes next.
        let mut pair = (u16::MAX, 0);
        for begin in range.clone().step_by(CHUNK) {
            let chunk = begin..range.end.min(begin + CHUNK);
            if chunk.end < range.end {
                self.prefetch(chunk.end, range.end);
            } else {
                self.prefetch(next.start, next.end);
            }
            self.load(&chunk);
            self.replay(&chunk, place);
            self.spike(&chunk, place, arrival, (row, stamp), &mut pair);
            self.transmit(&chunk, inputs);
            if self.learns {
                self.store(&chunk);
            }
        }
        range.len() as u64
    }

    /// Brings the synapses of a row with one delay up to what `view` has seen.
    pub(super) fn catch_up(&mut self, row: usize, group: usize) {
        let range = self.range(row, group);
        let place = self.place(row, group);
        let view = self.history.view(place.view);
        let behind = |i: usize| view.count[usize::from(self.targets[i])] != self.seen[i];
        if !range.clone().any(behind) {
            return;
        }
        self.prepare_replay(place);
        for begin in range.clone().step_by(CHUNK) {
            let chunk = begin..range.end.min(begin + CHUNK);
            self.load(&chunk);
            self.replay(&chunk, place);
            if self.learns {
                self.store(&chunk);
            }
        }
    }

    /// Adds what some synapses transmit to the inputs of their targets.
    fn transmit(&self, chunk: &Range<usize>, inputs: &mut [T]) {
        let work = if self.learns { &self.on_pre } else { &self.still };
        let targets = &self.targets[chunk.clone()];
        assert!(inputs.len() >= self.neurons.len(), "{} inputs of {}", inputs.len(), self.neurons.len());
        let mut add = |target: u16, value: T| {
            // SAFETY: targets are neurons of the part, as the build has checked, and there are as many inputs.
            let input = unsafe { inputs.get_unchecked_mut(usize::from(target)) };
            *input = *input + value;
        };
        match work.transmitted(targets.len()) {
            Ok(values) => targets.iter().zip(values).for_each(|(&t, &value)| add(t, value)),
            Err(value) => targets.iter().for_each(|&t| add(t, value)),
        }
    }

    fn load(&mut self, chunk: &Range<usize>) {
        let work = if self.learns { &mut self.on_pre } else { &mut self.still };
        for (column, values) in work.columns.chunks_exact_mut(CHUNK).zip(&self.variables) {
            column[..chunk.len()].copy_from_slice(&values[chunk.clone()]);
        }
    }

    fn store(&mut self, chunk: &Range<usize>) {
        for (column, values) in self.on_pre.columns.chunks_exact(CHUNK).zip(&mut self.variables) {
            values[chunk.clone()].copy_from_slice(&column[..chunk.len()]);
        }
    }

    /// Sets what all postsynaptic spikes since the last visit have in common.
    fn prepare_replay(&mut self, place: Place) {
        let Self { learning, values, fading, .. } = self;
        let (traces, sources) = values[place.at * width(learning)..][..width(learning)].split_at(learning.pre.len());
        let met = place.last - place.dendritic;
        for ((fading, &before), trace) in fading.iter_mut().zip(traces).zip(&learning.pre) {
            let after = if place.last == 0 { 0.0 } else { trace.jumped(before) };
            fading.set(before, after, met);
        }
        self.on_post.visit(|visit| match visit {
            Visit::Source(s) => sources[s],
            Visit::SincePre | Visit::Pre(_) => unreachable!("differs between postsynaptic spikes"),
        });
    }

    /// Moves traces and variables of the source to the spike that reaches the synapses at `arrival`.
    fn prepare_spike(&mut self, place: Place, arrival: i32) {
        let Self { learning, values, .. } = self;
        let since = f64::from(arrival - place.last);
        let width = width(learning);
        let own = &mut values[place.at * width..(place.at + 1) * width];
        let (traces, sources) = own.split_at_mut(learning.pre.len());
        for (x, trace) in traces.iter_mut().zip(&learning.pre) {
            *x = if place.last == 0 { 0.0 } else { trace.decayed(trace.jumped(*x), since) };
        }
        source::change(learning, sources, if place.last == 0 { f64::INFINITY } else { since });
        self.last[place.at] = arrival;
        if let (Some(quanta), Some((_, p))) = (&mut self.quanta, &learning.quanta) {
            quanta.release(source::value(p, learning, sources, since * learning.dt));
        }
        let (traces, sources) = (&*traces, &*sources);
        let value = |visit| match visit {
            Visit::SincePre => since,
            Visit::Pre(k) => traces[k],
            Visit::Source(s) => sources[s],
        };
        if self.learns { self.on_pre.visit(value) } else { self.still.visit(value) }
    }

    /// The presynaptic spike at some synapses; what they transmit is left in the program's memory.
    fn spike(&mut self, chunk: &Range<usize>, place: Place, arrival: i32, spike: (usize, i32), pair: &mut (u16, u32)) {
        let Self { history, modulator, learning, reads, quanta, first, source, isa, .. } = self;
        let view = history.view(place.view);
        let (targets, neurons) = (&self.targets[chunk.clone()], view.last.len());
        let since_post = |t: u16| arrival - place.dendritic - view.last[usize::from(t)];
        let work = if self.learns { &mut self.on_pre } else { &mut self.still };
        work.gather(targets.len(), |gather, out| match gather {
            Gather::SincePost => each(out, targets, |t| T::from_i32(since_post(t))),
            // SAFETY: targets are neurons of the part, as the build has checked.
            Gather::Post(k) => unsafe { look_up(out, view.trace(k), targets) },
            Gather::Read(k) => each(out, targets, |t| T::from_f64(reads[k * neurons + usize::from(t)])),
            Gather::Integral(k) => {
                let m = modulator.as_ref().expect("a modulator has spikes");
                each(out, targets, |t| {
                    let from = arrival - since_post(t).min(arrival - place.last);
                    T::from_f64(m.integrated(learning, k, from, arrival))
                });
            }
            Gather::Quanta => {
                let quanta = quanta.as_ref().expect("a rule with quanta draws them");
                each(out, targets, |t| {
                    *pair = (t, if pair.0 == t { pair.1 + 1 } else { 0 });
                    let (source, target) = (*source + spike.0 as u32, *first + u32::from(t));
                    T::from_i32(quanta.draw(source, target, spike.1 as u64, pair.1) as i32)
                });
            }
            Gather::SincePre | Gather::Pre(_) => unreachable!("one value for all of a visit"),
        });
        work.run(*isa, targets.len());
    }

    /// The postsynaptic spikes that some synapses, loaded into the memory of `on_pre`, have not seen yet: the first one of all that have
    /// any, then the second, and so on.
    fn replay(&mut self, chunk: &Range<usize>, place: Place) {
        let Self { history, modulator, learning, waiting, fading, on_pre, on_post, .. } = self;
        let (targets, seen) = (&self.targets[chunk.clone()], &mut self.seen[chunk.clone()]);
        let visible = history.visible(place.view);
        if !self.learns || on_post.is_idle() {
            seen.iter_mut().zip(targets).for_each(|(seen, &t)| *seen = visible.count[usize::from(t)]);
            return;
        }
        // SAFETY: targets are neurons of the part, as the build has checked.
        unsafe { waiting.find(self.isa, targets, seen, visible) };
        if waiting.len() == 0 {
            return;
        }
        for (column, from) in on_post.columns.chunks_exact_mut(CHUNK).zip(on_pre.columns.chunks_exact(CHUNK)) {
            waiting.take(column, from);
        }
        // Stamps are those of the soma: this one's backpropagated spike met the presynaptic one.
        let met = place.last - place.dendritic;
        while waiting.len() > 0 {
            on_post.gather(waiting.len(), |gather, out| match gather {
                Gather::SincePre => each(out, waiting.stamps(), |stamp| T::from_i32(stamp - met)),
                Gather::SincePost => waiting.each(out, |t, age| T::from_i32(visible.gap(t, age))),
                Gather::Pre(k) => fading[k].at(waiting.stamps(), history.newest(), out),
                Gather::Post(k) => waiting.each(out, |t, age| visible.value(t, age, k)),
                Gather::Read(k) => waiting.each(out, |t, age| visible.value(t, age, learning.post.len() + k)),
                Gather::Integral(k) => {
                    let m = modulator.as_ref().expect("a modulator has spikes");
                    waiting.each(out, |t, age| {
                        let now = visible.stamp(t, age) + place.dendritic;
                        let from = now - (visible.stamp(t, age) - met).min(visible.gap(t, age));
                        T::from_f64(m.integrated(learning, k, from, now))
                    });
                }
                Gather::Quanta => unreachable!("released by presynaptic spikes"),
            });
            on_post.run(self.isa, waiting.len());
            waiting.next(visible);
        }
        for (column, to) in on_post.columns.chunks_exact(CHUNK).zip(on_pre.columns.chunks_exact_mut(CHUNK)) {
            waiting.put(column, to);
        }
    }
}

/// `out[k] = value(of[k])`.
#[inline(always)]
fn each<T, I: Copy>(out: &mut [T], of: &[I], mut value: impl FnMut(I) -> T) {
    out.iter_mut().zip(of).for_each(|(out, &i)| *out = value(i));
}

/// Numbers kept for each row and delay.
pub(super) fn width(learning: &Learning) -> usize {
    learning.pre.len() + learning.sources.len()
}
