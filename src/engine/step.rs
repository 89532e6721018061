//! The loop.

use std::time::{Duration, Instant};

use super::{
    block::Block,
    clock::{Clock, Epoch},
    network::Network,
    observer::Observer,
    part::{Diverged, Part},
    ring::Ring,
    team,
};
use crate::kernel::Real;

/// What the blocks read and only the serial stage writes.
struct Shared {
    ring: Ring,
    epoch: Epoch,
    /// Projections whose synapses all blocks bring up to date before the epoch.
    due: Vec<usize>,
}

/// Wall time of the loop by stage, and what it did.
#[derive(Clone, Debug, Default)]
pub struct Loop {
    /// Seconds of each stage, averaged over blocks where they run side by side.
    pub stages: Vec<(String, f64)>,
    /// Synaptic events delivered.
    pub events: u64,
    /// Wall time in seconds.
    pub seconds: f64,
    /// A neuron that diverged; the run ended there.
    pub diverged: Option<Diverged>,
}

impl<T: Real> Network<T> {
    /// Runs all phases.
    ///
    /// An epoch spans the shortest delay at most: no spike emitted in it can arrive in it, so blocks run through it alone.
    /// Per epoch:
    /// - deliver (each block, each step): the spikes that arrive, into the block's input slots
    /// - integrate (each block, each step): neurons one step on, threshold, reset
    /// - exchange (one thread): the spikes of all blocks, in order of step and id, into the ring
    /// - observe (one thread): spikes and traces to those who watch
    pub fn run(&mut self, observer: &mut dyn Observer) -> Loop {
        let begin = Instant::now();
        let mut clock = Clock::new(
            self.phases.iter().map(|p| p.steps),
            self.watches.iter().map(|w| w.when().clone()).collect(),
            self.epoch_steps.into(),
        );
        let Some(epoch) = clock.next() else { return Loop::default() };
        let neurons = self.blocks.iter().flat_map(|b| &b.parts).map(Part::ids).sum();
        let ring = Ring::new(self.longest_delay, self.epoch_steps.into(), neurons);
        let learning = self.blocks.iter().map(|b| b.plastic.len()).sum();
        let mut shared = Shared { ring, epoch, due: Vec::with_capacity(learning) };
        let (mut exchanging, mut observing) = (Duration::ZERO, Duration::ZERO);
        let mut diverged = None;
        for block in &mut self.blocks {
            block.set_learning(&self.phases[0].learning, 0);
            block.start();
        }
        self.blocks.iter_mut().for_each(Block::begin);
        let mut frames = Frames::new(&self.traces);
        frames.send(&mut self.blocks, 0, observer);
        for watch in &mut self.watches {
            watch.begin(&self.blocks, observer);
            watch.show(&mut self.blocks, 0, observer);
        }
        let watches = &mut self.watches;

        let (order, dynamics, phases) = (&self.order, &self.dynamics, &self.phases);
        team::run(
            &self.pool,
            &mut self.blocks,
            &mut shared,
            |block, shared| block.epoch(&shared.ring, shared.epoch, &shared.due),
            |blocks, shared| {
                let exchange = Instant::now();
                let Epoch { from, steps, phase } = shared.epoch;
                for k in 0..steps {
                    let slot = shared.ring.slot_mut(from + k + 1);
                    for &(block, part) in order {
                        let spikes = blocks[block].emitted[k as usize].of(part);
                        // Mostly there are none, and copying none would be a call.
                        if !spikes.is_empty() {
                            slot.extend_from_slice(spikes);
                        }
                    }
                }
                diverged = blocks.iter().filter_map(|b| b.diverged).min_by_key(|d| (d.step, d.population, d.id));
                let observe = Instant::now();
                for stamp in from + 1..=from + steps {
                    if !shared.ring.at(stamp).is_empty() {
                        observer.spikes(stamp, shared.ring.at(stamp));
                    }
                }
                frames.send(blocks, from + 1, observer);
                watches.iter_mut().for_each(|watch| watch.show(blocks, from + steps, observer));
                observer.reached(from + steps);
                exchanging += observe - exchange;
                observing += observe.elapsed();
                match clock.next() {
                    Some(epoch) if diverged.is_none() => {
                        if epoch.phase != phase {
                            let learning = &phases[epoch.phase].learning;
                            blocks.iter_mut().for_each(|b| b.set_phase(&dynamics[epoch.phase], learning, from + steps));
                        }
                        shared.epoch = epoch;
                        shared.due.clear();
                        if blocks.len() > 1 {
                            let due = blocks.iter().flat_map(|b| &b.plastic).filter(|p| p.is_due(epoch.steps));
                            shared.due.extend(due.map(|p| p.projection));
                        }
                        true
                    }
                    _ => false,
                }
            },
        );
        let mean = |stage: fn(&Block<T>) -> Duration| {
            self.blocks.iter().map(|b| stage(b).as_secs_f64()).sum::<f64>() / self.threads as f64
        };
        let seconds = begin.elapsed().as_secs_f64();
        let deliver = mean(|b| b.times.deliver);
        let integrate = mean(|b| b.times.integrate);
        let exchange = exchanging.as_secs_f64();
        let observe = observing.as_secs_f64() + mean(|b| b.times.observe);
        let wait = (seconds - deliver - integrate - exchange - observe).max(0.0);
        let named = [
            ("deliver", deliver),
            ("integrate", integrate),
            ("exchange", exchange),
            ("observe", observe),
            ("wait", wait),
        ];
        Loop {
            stages: named.map(|(n, s)| (n.to_string(), s)).to_vec(),
            events: self.blocks.iter().map(|b| b.events).sum(),
            seconds,
            diverged,
        }
    }
}

/// Puts the shares of a trace's values together.
struct Frames {
    traces: Vec<(u64, Vec<f64>)>,
}

impl Frames {
    fn new(traces: &[crate::plan::Trace]) -> Self {
        let size = |t: &crate::plan::Trace| vec![0.0; t.ids.len() * t.places.len().max(1) * t.probes.len()];
        Self { traces: traces.iter().map(|t| (t.interval, size(t))).collect() }
    }

    /// Sends what the blocks observed at `from` and later, in order of time.
    fn send<T: Real>(&mut self, blocks: &mut [Block<T>], from: u64, observer: &mut dyn Observer) {
        for (trace, (interval, frame)) in self.traces.iter_mut().enumerate() {
            let times = blocks.iter().map(|b| b.probes[trace].count).max().unwrap_or(0);
            let first = from.next_multiple_of(*interval);
            for k in 0..times {
                for probe in blocks.iter().map(|b| &b.probes[trace]) {
                    let (width, at) = (probe.width(), probe.offset * probe.each());
                    frame[at..at + width].copy_from_slice(&probe.values[k * width..(k + 1) * width]);
                }
                observer.trace(trace, first + k as u64 * *interval, frame);
            }
            blocks.iter_mut().for_each(|b| b.probes[trace].count = 0);
        }
    }
}
