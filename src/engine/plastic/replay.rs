//! Postsynaptic spikes at the synapses that have not seen them yet.

use std::ops::Range;

use super::{
    Plastic,
    together::Together,
    visit::{Place, ask, each},
};
use crate::{
    kernel::{Real, Than},
    lang::learning::Gather,
};

impl<T: Real> Plastic<T> {
    /// The postsynaptic spikes that some synapses have not seen yet: those that wait for the most see their first, then all that have one
    /// less, and so on.
    pub(super) fn replay(&mut self, batch: &Range<usize>, place: Place, together: Option<&mut Together<T>>) {
        if !self.learns || self.on_post.is_idle() {
            return;
        }
        let Self { history, modulator, learning, waiting, traces, on_post, store, ahead, isa, .. } = self;
        let (visible, met) = (history.visible(place.view), place.met());
        let (store, apart) = match together {
            Some(Together { store, apart, .. }) => (store, Some(apart)),
            None => (store, None),
        };
        let seen =
            apart.as_ref().map_or(Than::One(place.seen), |apart| Than::Rows(&apart.rows[batch.clone()], &apart.seen));
        // SAFETY: targets are neurons of the part, as the build has checked.
        unsafe { waiting.find(store.targets(batch.clone()), seen, visible) };
        ask(store, ahead);
        for variable in 0..store.variables() {
            waiting.take(store.of(variable, batch.clone()), on_post.column_mut(variable));
        }
        ask(store, ahead);
        for level in (0..waiting.levels()).rev() {
            for piece in waiting.pieces(level) {
                let (targets, (stamps, rows), age) = (waiting.targets(&piece), waiting.spikes(&piece), level as u32);
                on_post.gather(piece.len(), |gather, out| match gather {
                    Gather::SincePre => match &apart {
                        None => each(out, stamps, |stamp| T::from_i32(stamp - met)),
                        Some(apart) => apart.since_pre(rows, stamps, out),
                    },
                    Gather::SincePost => each(out, targets, |t| T::from_i32(visible.gap(t.into(), age))),
                    Gather::Pre(k) => match &apart {
                        None => traces[k].0.since(*isa, traces[k].1, stamps, out),
                        Some(apart) => traces[k].0.since_rows(*isa, &apart.jumps[k], rows, stamps, out),
                    },
                    Gather::Post(k) => each(out, targets, |t| visible.value(t.into(), age, k)),
                    Gather::Read(k) => each(out, targets, |t| visible.value(t.into(), age, learning.post.len() + k)),
                    Gather::Integral(k) => {
                        let m = modulator.as_ref().expect("a modulator has spikes");
                        each(out, targets, |t| {
                            let (stamp, gap) = (visible.stamp(t.into(), age), visible.gap(t.into(), age));
                            let now = stamp + place.dendritic;
                            T::from_f64(m.integrated(learning, k, now - (stamp - met).min(gap), now))
                        })
                    }
                    Gather::Quanta => unreachable!("released by presynaptic spikes"),
                });
                ask(store, ahead);
                on_post.run(*isa, piece);
            }
            ask(store, ahead);
            for variable in 0..store.variables() {
                waiting.put(level, on_post.column_mut(variable), store.of_mut(variable, batch.clone()));
            }
        }
    }
}
