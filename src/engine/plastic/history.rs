//! Postsynaptic spikes, kept until every synapse has seen them.

use super::view::View;
use crate::{
    engine::ring::room_for,
    kernel::{Isa, Real, Rings, Stamps},
    lang::learning::Trace,
    plan::plasticity::spikes_kept,
};

/// Stamp of a spike that never was.
const NEVER: i32 = i32::MIN;

/// The last spikes of each neuron of a part, with what `on_post` will read of them; a ring for each neuron.
///
/// Synapses on the dendrite see a spike later than the soma: for each dendritic delay there is a [`View`] that lags behind. A spike of stamp
/// s is seen by what reaches the soma at `s + 2 * delay + 1` or later: it has gone up the dendrite when that was at the synapse.
#[derive(Debug)]
pub struct History<T> {
    /// Spikes kept of each neuron, a power of two.
    room: usize,
    /// Spikes of each neuron so far.
    count: Vec<u32>,
    /// The same when all synapses were last brought up to date.
    settled: Vec<u32>,
    /// Stamp of spike n of neuron k at `k * room + n % room`.
    stamps: Vec<i32>,
    /// Values of each spike, `width` of them.
    values: Vec<T>,
    width: usize,
    traces: Vec<Trace>,
    /// Stamp of the last spike and traces right after it, at the soma.
    last: Vec<i32>,
    after: Vec<f64>,
    /// Neurons that spiked at each of the last stamps, and their traces right after.
    recent: Vec<(Vec<u16>, Vec<f64>)>,
    views: Vec<View<T>>,
    /// Stamp that all views have reached.
    seen: u64,
    /// Most spikes of one neuron since all synapses were last brought up to date.
    most: u32,
}

/// The spikes that synapses of one dendritic delay can see.
#[derive(Clone, Copy, Debug)]
pub struct Visible<'a, T> {
    /// How many of each neuron.
    count: &'a [u32],
    /// Has stamps of the last ones of each neuron side by side: most synapses wait for these.
    view: &'a View<T>,
    stamps: &'a [i32],
    values: &'a [T],
    /// There is room for 2^shift spikes of each neuron.
    shift: u32,
    width: usize,
}

impl<'a, T: Real> Visible<'a, T> {
    /// Stamps of the spike of each neuron that came before its last `age` ones.
    pub fn stamps(self, age: usize) -> Stamps<'a> {
        self.view.side_by_side(age).map_or_else(|| Stamps::Rings(self.rings(age as u32)), Stamps::Table)
    }
    #[inline(always)]
    fn rings(self, age: u32) -> Rings<'a> {
        Rings { count: self.count, stamps: self.stamps, shift: self.shift, age }
    }
    /// Where such a spike of neuron `k` is kept.
    #[inline(always)]
    fn place(self, k: usize, age: u32) -> usize {
        self.rings(age).place(k)
    }
    /// Its stamp.
    #[inline(always)]
    pub fn stamp(self, k: usize, age: u32) -> i32 {
        self.stamps[self.place(k, age)]
    }
    /// Steps since the spike before it; since the run began at the synapse, if there is none.
    #[inline(always)]
    pub fn gap(self, k: usize, age: u32) -> i32 {
        let before = self.stamps[self.place(k, age + 1)];
        self.stamp(k, age) - if before == NEVER { -self.view.dendritic } else { before }
    }
    /// Value number `w` kept with it.
    #[inline(always)]
    pub fn value(self, k: usize, age: u32, w: usize) -> T {
        self.values[self.place(k, age) * self.width + w]
    }
}

impl<T: Real> History<T> {
    /// `dendritic`: distinct delays; `width`: values kept with each spike; for long rows views count steps too.
    pub fn new(neurons: usize, dendritic: &[u32], traces: &[Trace], width: usize, long: bool) -> Self {
        let longest = dendritic.iter().copied().max().unwrap_or(0);
        let room = spikes_kept(longest);
        let recent = || (Vec::with_capacity(room_for(neurons)), Vec::with_capacity(room_for(neurons) * traces.len()));
        Self {
            room,
            count: vec![0; neurons],
            settled: vec![0; neurons],
            stamps: vec![NEVER; neurons * room],
            values: vec![T::ZERO; neurons * room * width],
            width,
            traces: traces.to_vec(),
            last: vec![0; neurons],
            after: vec![0.0; neurons * traces.len()],
            recent: std::iter::repeat_with(recent).take(2 * longest as usize + 1).collect(),
            views: dendritic.iter().map(|&d| View::new(d, neurons, traces, long)).collect(),
            seen: 0,
            most: 0,
        }
    }

    pub fn view(&self, number: usize) -> &View<T> {
        &self.views[number]
    }

    /// What a view shows.
    pub fn visible(&self, view: usize) -> Visible<'_, T> {
        let Self { room, stamps, values, width, .. } = self;
        let (view, shift) = (&self.views[view], room.trailing_zeros());
        Visible { count: &view.count, view, stamps, values, shift, width: *width }
    }

    /// Lets the traces of a view decay to what presynaptic spikes see that reach the soma at `stamp`.
    pub fn decay(&mut self, view: usize, stamp: i32, isa: Isa) {
        let view = &mut self.views[view];
        view.decay(stamp - 2 * view.dendritic, isa);
    }

    /// A spike (or event) of neuron `k`; stamps ascend. `values` gives what is kept with it from its traces just before it.
    pub fn record(&mut self, k: usize, stamp: u64, values: impl Fn(usize, &[f64]) -> T) {
        let n = self.traces.len();
        let steps = (stamp as i32 - self.last[k]) as f64;
        let lag = self.recent.len();
        let (neurons, afters) = &mut self.recent[stamp as usize % lag];
        let own = &mut self.after[k * n..(k + 1) * n];
        own.iter_mut().zip(&self.traces).for_each(|(x, trace)| *x = trace.decayed(*x, steps));
        let at = k * self.room + self.count[k] as usize % self.room;
        self.stamps[at] = stamp as i32;
        let kept = &mut self.values[at * self.width..(at + 1) * self.width];
        kept.iter_mut().enumerate().for_each(|(w, value)| *value = values(w, own));
        own.iter_mut().zip(&self.traces).for_each(|(x, trace)| *x = trace.jumped(*x));
        neurons.push(k as u16);
        afters.extend_from_slice(own);
        self.last[k] = stamp as i32;
        self.count[k] += 1;
        self.most = self.most.max(self.count[k] - self.settled[k]);
    }

    /// Lets every view see what a presynaptic spike that reaches the soma at `stamp` can see.
    pub fn advance(&mut self, stamp: u64) {
        let (recent, n) = (self.recent.len() as u64, self.traces.len());
        for now in self.seen + 1..=stamp {
            for view in &mut self.views {
                let Some(emitted) = now.checked_sub(2 * view.dendritic as u64 + 1).filter(|&s| s > 0) else { continue };
                let (neurons, afters) = &self.recent[(emitted % recent) as usize];
                for (j, &k) in neurons.iter().enumerate() {
                    view.see(k.into(), emitted as i32, &afters[j * n..(j + 1) * n]);
                }
            }
            // The place of the oldest stamp is that of the next one to be recorded.
            let (neurons, afters) = &mut self.recent[(now % recent) as usize];
            neurons.clear();
            afters.clear();
        }
        self.seen = self.seen.max(stamp);
    }

    /// Spikes kept of each neuron; a synapse always waits for fewer.
    pub fn room(&self) -> usize {
        self.room
    }

    /// Stamp of the last moment at the soma whose spikes have reached the synapses of a view.
    pub fn reached(&self, view: usize) -> i32 {
        (self.seen as i32 - 2 * self.views[view].dendritic - 1).max(0)
    }

    /// Spikes that each neuron can have between two moments at which all synapses are brought up to date.
    pub fn between(&self) -> usize {
        self.room - self.recent.len() - 1
    }

    /// Spikes that each neuron can have before synapses must be brought up to date.
    pub fn left(&self) -> usize {
        self.between().saturating_sub(self.most as usize)
    }

    /// All synapses are up to date.
    pub fn settle(&mut self) {
        self.settled.copy_from_slice(&self.count);
        self.most = 0;
    }

    /// Memory of its arrays.
    pub fn bytes(&self) -> u64 {
        let views: usize = self.views.iter().map(View::bytes).sum();
        let own = self.count.len() * 12 + self.stamps.len() * 4 + self.after.len() * 8;
        (views + own + size_of_val(&self.values[..])) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plasticity::SPIKES;

    const TRACE: Trace = Trace { rate: 0.1, nearest: false };

    #[test]
    fn spikes_are_seen_when_they_have_reached_the_synapse() {
        let mut history = History::<f64>::new(2, &[0, 3], &[TRACE], 1, true);
        for stamp in 1..40u64 {
            history.advance(stamp);
            // Spikes of neuron 1 at 5, 10, 15, ...
            let seen = |lag: u64| ((stamp.saturating_sub(1 + lag)) / 5) as u32;
            assert_eq!((history.view(0).count[1], history.view(1).count[1]), (seen(0), seen(6)), "{stamp}");
            assert_eq!(history.view(0).count[0], 0);
            if stamp % 5 == 0 {
                history.record(1, stamp, |_, traces| traces[0]);
            }
        }
        let view = history.view(0);
        assert_eq!([0, 1].map(|age| view.recent[age][1]), [35, 30]);
        // The trace right after spike n is the sum over those before it.
        let expected: f64 = (0..7).map(|n| (-0.5 * f64::from(n)).exp()).sum();
        let traces = |view: &View<f64>| {
            let mut traces = [1.0; 3];
            // SAFETY: there are two neurons.
            unsafe { view.trace(Isa::detect(), 0, 45, &[1, 0, 1], &mut traces) };
            traces
        };
        let few = traces(history.view(0));
        assert!((few[0] - expected * (-1.0f64).exp()).abs() < 1e-14);
        assert_eq!(few, [few[0], 0.0, few[0]]);
        history.decay(0, 45, Isa::detect());
        assert_eq!(traces(history.view(0)), few);
        // Spikes 7, 2 and 1 of neuron 1; of view 1, which has seen 6.
        let [near, far] = [0, 1].map(|view| history.visible(view));
        assert_eq!([0, 5, 6].map(|age| near.stamp(1, age)), [35, 10, 5]);
        assert_eq!((near.gap(1, 5), far.gap(1, 5)), (5, 8));
        assert!((near.value(1, 5, 0) - (-0.5f64).exp()).abs() < 1e-15);
    }

    #[test]
    fn it_says_when_it_is_full() {
        let mut history = History::<f64>::new(1, &[0], &[], 0, true);
        for stamp in 1..SPIKES as u64 - 2 {
            assert_eq!(history.left(), SPIKES - 1 - stamp as usize, "{stamp}");
            history.advance(stamp);
            history.record(0, stamp, |_, _| 0.0);
        }
        history.record(0, SPIKES as u64 - 2, |_, _| 0.0);
        assert_eq!(history.left(), 0);
        history.settle();
        assert_eq!(history.left(), history.between());
    }
}
