//! What happens at the synapses of one source and delay: the postsynaptic spikes since the last visit, then the presynaptic one.

use std::ops::Range;

use super::{Plastic, source, store::Store, waiting::BATCH};
use crate::{
    engine::{
        deliver::{add_each, add_same},
        synapses::prefetch,
    },
    kernel::{Jump, Real, multiply},
    lang::learning::{Gather, Learning, Visit},
};

/// Synapses whose presynaptic spike is computed together. With 1024 learning takes 1.0 to 1.01 times as long.
pub(super) const PIECE: usize = 512;

/// Synapses that the CPU is asked for at once.
const ASKED: usize = 128;

/// The synapses of a row with one delay, and when presynaptic spikes reached them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Number of row and delay together.
    pub at: usize,
    pub view: usize,
    pub dendritic: i32,
    /// When the last presynaptic spike reached the synapse; 0 where there was none.
    pub last: i32,
    /// Last moment at the soma whose spikes the synapses have seen.
    pub seen: i32,
}

impl Place {
    /// Stamp of the soma whose backpropagated spike met the last presynaptic one.
    pub fn met(&self) -> i32 {
        self.last - self.dendritic
    }
}

impl<T: Real> Plastic<T> {
    pub(super) fn place(&self, row: usize, group: usize) -> Place {
        let (at, view) = (row * self.delays.len() + group, self.views[group]);
        let dendritic = self.history.view(view).dendritic;
        Place { at, view, dendritic, last: self.last[at], seen: self.seen[at] }
    }

    pub(super) fn range(&self, row: usize, group: usize) -> Range<usize> {
        range(&self.rows, &self.groups, self.delays.len(), row, group)
    }

    /// Asks the CPU for what is kept of a row beside its synapses.
    pub(super) fn prefetch_index(&self, row: usize, group: usize) {
        let at = row * self.delays.len() + group;
        prefetch(&self.rows, row);
        prefetch(&self.groups, row * (self.delays.len() + 1) + group);
        prefetch(&self.last, at);
        prefetch(&self.seen, at);
        prefetch(&self.values, at * width(&self.learning));
    }

    /// A presynaptic spike that reaches the somas at `stamp`; `next` is the row and delay that follow. Returns the number of synapses.
    pub(super) fn visit(
        &mut self,
        row: usize,
        group: usize,
        next: Option<(usize, usize)>,
        stamp: i32,
        inputs: &mut [T],
    ) -> u64 {
        let range = self.range(row, group);
        self.ahead = next.map_or(0..0, |(row, group)| self.range(row, group));
        if range.is_empty() {
            return 0;
        }
        let place = self.place(row, group);
        let arrival = stamp - place.dendritic;
        self.prepare_replay(place);
        self.prepare_spike(place, arrival);
        let inputs = &mut inputs[self.slot..];
        // Which of several synapses of one pair comes next.
        let mut pair = (u16::MAX, 0);
        for batch in range.clone().step_by(BATCH) {
            let batch = batch..range.end.min(batch + BATCH);
            self.replay(&batch, place, None);
            self.meet(&batch, place, (row, stamp), &mut pair, inputs, None);
        }
        self.events(place, &range)
    }

    /// How many synapses a row with one delay has, of which so many are kept.
    pub(super) fn events(&self, place: Place, range: &Range<usize>) -> u64 {
        self.many.get(place.at).map_or(range.len() as u64, |&many| many.into())
    }

    /// The presynaptic spike that reaches the somas at `stamp` at some synapses of a row, here or in another store.
    pub(super) fn meet(
        &mut self,
        synapses: &Range<usize>,
        place: Place,
        (row, stamp): (usize, i32),
        pair: &mut (u16, u32),
        inputs: &mut [T],
        mut other: Option<&mut Store<T>>,
    ) {
        for begin in synapses.clone().step_by(PIECE) {
            let chunk = begin..synapses.end.min(begin + PIECE);
            self.prefetch();
            self.spike(&chunk, place, (row, stamp), pair, other.as_deref_mut());
            self.prefetch();
            self.transmit(&chunk, inputs, other.as_deref());
            self.prefetch();
        }
    }

    /// Asks the CPU for some of the synapses that come next.
    fn prefetch(&mut self) {
        ask(&self.store, &mut self.ahead);
    }

    /// Brings the synapses of a row with one delay up to what `view` has seen.
    pub(super) fn catch_up(&mut self, row: usize, group: usize) {
        let (range, place) = (self.range(row, group), self.place(row, group));
        if place.seen == self.history.reached(place.view) {
            return;
        }
        self.prepare_replay(place);
        for batch in range.clone().step_by(BATCH) {
            self.replay(&(batch..range.end.min(batch + BATCH)), place, None);
        }
    }

    /// Adds what some synapses transmit to the inputs of their targets. Inlined it lacks registers, and reads where inputs begin anew for each.
    #[inline(never)]
    fn transmit(&mut self, chunk: &Range<usize>, inputs: &mut [T], other: Option<&Store<T>>) {
        let Self { learns, on_pre, still, store, sums, neurons, isa, .. } = self;
        let work = if *learns { on_pre } else { still };
        let store = other.unwrap_or(store);
        let (targets, times) = (store.targets(chunk.clone()), store.times(chunk.clone()));
        assert!(inputs.len() >= neurons.len(), "{} inputs of {}", inputs.len(), neurons.len());
        let mut transmitted = work.transmitted(store, chunk);
        if !times.is_empty() {
            let sums = &mut sums[..times.len()];
            match transmitted {
                Ok(values) => multiply(*isa, values, times, sums),
                Err(value) => each(sums, times, |n| T::from_i32(n.into()) * value),
            }
            transmitted = Ok(sums);
        }
        // SAFETY: targets are neurons of the part, as the build has checked, and there are as many inputs.
        unsafe {
            match transmitted {
                Ok(values) => add_each(targets, values, inputs),
                Err(value) => add_same(targets, value, inputs),
            }
        }
    }

    /// Sets what all postsynaptic spikes since the last visit have in common; that they have been seen is noted.
    fn prepare_replay(&mut self, place: Place) {
        self.seen[place.at] = self.history.reached(place.view);
        let Self { learning, values, traces, .. } = self;
        traces.iter_mut().zip(jumps(learning, values, place)).for_each(|((_, jump), new)| *jump = new);
        let sources = &values[place.at * width(learning)..][learning.pre.len()..];
        self.on_post.visit(|visit| match visit {
            Visit::Source(s) => sources[s],
            Visit::SincePre | Visit::Pre(_) => unreachable!("differs between postsynaptic spikes"),
        });
    }

    /// Moves traces and variables of the source to the spike that reaches the synapses at `arrival`.
    pub(super) fn prepare_spike(&mut self, place: Place, arrival: i32) {
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

    /// The presynaptic spike at some synapses; what they transmit is left among their variables or in the program's memory.
    fn spike(
        &mut self,
        chunk: &Range<usize>,
        place: Place,
        (row, stamp): (usize, i32),
        pair: &mut (u16, u32),
        other: Option<&mut Store<T>>,
    ) {
        let arrival = stamp - place.dendritic;
        let Self { history, modulator, learning, reads, quanta, first, source, store, isa, .. } = self;
        let store = other.unwrap_or(store);
        let view = history.view(place.view);
        let (targets, neurons) = (store.targets(chunk.clone()), view.count.len());
        let since_post = |t: u16| arrival - place.dendritic - view.recent[0][usize::from(t)];
        let work = if self.learns { &mut self.on_pre } else { &mut self.still };
        work.gather(targets.len(), |gather, out| match gather {
            Gather::SincePost => each(out, targets, |t| T::from_i32(since_post(t))),
            // SAFETY: targets are neurons of the part, as the build has checked.
            Gather::Post(k) => unsafe { view.trace(*isa, k, arrival - place.dendritic, targets, out) },
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
                    let (source, target) = (*source + row as u32, *first + u32::from(t));
                    T::from_i32(quanta.draw(source, target, stamp as u64, pair.1) as i32)
                });
            }
            Gather::SincePre | Gather::Pre(_) => unreachable!("one value for all of a visit"),
        });
        work.run_on(*isa, store, chunk);
    }
}

/// Where the synapses of a row with one of `delays` stand.
#[inline(always)]
pub(super) fn range(rows: &[u64], groups: &[u32], delays: usize, row: usize, group: usize) -> Range<usize> {
    let (begin, at) = (rows[row] as usize, row * (delays + 1) + group);
    begin + groups[at] as usize..begin + groups[at + 1] as usize
}

/// Asks the CPU for some of the synapses that come next. This is spread over the work on those before: all at once would be more lines than
/// it can have under way (in f64 learning takes 0.92 to 0.95 of the time so).
#[inline]
pub(super) fn ask<T: Real>(store: &Store<T>, ahead: &mut Range<usize>) {
    let some = ahead.start..ahead.end.min(ahead.start + ASKED);
    if !some.is_empty() {
        ahead.start = some.end;
        store.prefetch(some);
    }
}

/// `out[k] = value(of[k])`.
#[inline(always)]
pub(super) fn each<T, I: Copy>(out: &mut [T], of: &[I], mut value: impl FnMut(I) -> T) {
    out.iter_mut().zip(of).for_each(|(out, &i)| *out = value(i));
}

/// Traces of presynaptic spikes at their last one.
pub(super) fn jumps<T: Real>(learning: &Learning, values: &[f64], place: Place) -> impl Iterator<Item = Jump<T>> {
    learning.pre.iter().zip(&values[place.at * width(learning)..]).map(move |(trace, &before)| {
        let after = if place.last == 0 { 0.0 } else { trace.jumped(before) };
        Jump { met: place.met(), before: T::from_f64(before), after: T::from_f64(after) }
    })
}

/// Numbers kept for each row and delay.
pub(super) fn width(learning: &Learning) -> usize {
    learning.pre.len() + learning.sources.len()
}
