//! A block: some neurons, their input slots, and all synapses onto them. Nothing outside writes here.

use std::{
    mem,
    time::{Duration, Instant},
};

use super::{
    arrivals::Arrivals,
    clock::Epoch,
    coupling::Coupling,
    deliver::deliver,
    emitted::Emitted,
    histogram::Histogram,
    network::Programs,
    neurons::Scratch,
    part::{Diverged, Part},
    plastic::Plastic,
    ring::Ring,
    synapses::Synapses,
};
use crate::kernel::{Buffer, Isa, Real};

/// What one thread steps on its own for a whole epoch.
pub struct Block<T: Real> {
    pub parts: Vec<Part<T>>,
    pub synapses: Synapses,
    /// Synapses that learn, projection by projection.
    pub plastic: Vec<Plastic<T>>,
    /// What neurons read of each other's variables, if any do.
    pub coupling: Option<Box<Coupling>>,
    pub inputs: Buffer<T>,
    /// Spikes on their way.
    pub arrivals: Arrivals,
    /// Stamp up to which they are filed.
    pub filed: u64,
    pub scratch: Scratch<T>,
    /// Spikes by step of the epoch.
    pub emitted: Vec<Emitted>,
    /// Every list of spikes gets this much room when it is next used, so that lists do not grow one after the
    /// other for ever.
    pub room: usize,
    pub probes: Vec<Probe>,
    pub histograms: Vec<Histogram>,
    pub diverged: Option<Diverged>,
    pub events: u64,
    pub times: Times,
    pub isa: Isa,
}

/// Wall time of this block's stages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    pub deliver: Duration,
    pub integrate: Duration,
    pub observe: Duration,
}

/// This block's share of a trace.
pub struct Probe {
    /// Part observed.
    pub part: usize,
    /// Neurons, as numbers in the part, ascending.
    pub ids: Vec<u32>,
    /// Compartments of each, of cables.
    pub places: Vec<u32>,
    /// Number of the first of them in the trace.
    pub offset: usize,
    /// Probes of the population's dynamics.
    pub probes: Vec<usize>,
    pub interval: u64,
    /// Values of the epoch, one stretch for each time observed.
    pub values: Vec<f64>,
    /// Times observed in this epoch.
    pub count: usize,
}

impl Probe {
    /// Values of one neuron.
    pub fn each(&self) -> usize {
        self.places.len().max(1) * self.probes.len()
    }
    /// Values of one observation.
    pub fn width(&self) -> usize {
        self.ids.len() * self.each()
    }
}

impl<T: Real> Block<T> {
    /// The state at t = 0, gates moved to their first half step.
    pub fn start(&mut self) {
        for part in &mut self.parts {
            part.start(self.isa, &mut self.scratch);
        }
        self.publish(0);
    }

    /// Observes the state at t = 0, when all blocks have started.
    pub fn begin(&mut self) {
        self.gather(0);
        self.observe(0);
        self.count(0);
    }

    /// Sums up what neurons read of others at the end of step `stamp`, of which this is the next.
    fn gather(&mut self, stamp: u64) {
        if let Some(coupling) = &self.coupling {
            coupling.gather(stamp, &mut self.parts);
        }
    }

    /// Shows the others what they read.
    fn publish(&mut self, stamp: u64) {
        if let Some(coupling) = &self.coupling {
            coupling.publish(self.isa, stamp, &mut self.parts, &mut self.scratch);
        }
    }

    /// Steps `from .. from + steps`: no spike emitted in them can arrive in them, so no other block is needed. Before, the synapses of
    /// some projections are brought up to date.
    pub fn epoch(&mut self, ring: &Ring, Epoch { from, steps, .. }: Epoch, due: &[usize]) {
        let mut begin = Instant::now();
        self.plastic.iter_mut().filter(|p| due.contains(&p.projection)).for_each(|p| p.settle(from));
        let new = self.filed + 1..=from;
        new.clone().for_each(|stamp| self.synapses.prefetch_rows(ring.at(stamp)));
        // What arrives first is mostly known already, and is delivered while the rows of the index come.
        let mut known = self.arrivals.at(from + 1).len();
        self.events += deliver(&self.synapses, self.arrivals.at(from + 1), &mut self.inputs);
        for stamp in new {
            self.arrivals.file(&self.synapses, stamp, ring.at(stamp));
        }
        self.filed = from;
        for (k, step) in (from..from + steps).enumerate() {
            let arriving = &self.arrivals.at(step + 1)[mem::take(&mut known)..];
            self.events += deliver(&self.synapses, arriving, &mut self.inputs);
            self.arrivals.clear(step + 1);
            for plastic in &mut self.plastic {
                self.events += plastic.deliver(ring, step + 1, &mut self.inputs);
            }
            self.gather(step);
            let delivered = Instant::now();
            let emitted = &mut self.emitted[k];
            emitted.begin(self.room);
            for (number, part) in self.parts.iter_mut().enumerate() {
                let (inputs, scratch) = (&mut self.inputs, &mut self.scratch);
                let moved = emitted.add(number, |spikes| part.step(self.isa, step, inputs, scratch, spikes));
                self.diverged = self.diverged.or(moved.err());
            }
            if emitted.len() > self.room {
                self.room = (2 * emitted.len()).next_power_of_two();
            }
            for plastic in &mut self.plastic {
                let part = plastic.part();
                plastic.observe(&mut self.parts[part], step + 1, emitted.of(part), &mut self.scratch);
            }
            self.publish(step + 1);
            let integrated = Instant::now();
            self.times.deliver += delivered - begin;
            self.times.integrate += integrated - delivered;
            begin = integrated;
            if self.probes.iter().any(|p| (step + 1).is_multiple_of(p.interval)) {
                self.observe(step + 1);
                begin = Instant::now();
                self.times.observe += begin - integrated;
            }
        }
        // Epochs end where synapses are recorded.
        self.count(from + steps);
    }

    /// Takes the programs of another phase, by population, and whether each projection learns in it. It begins behind `stamp`.
    pub fn set_phase(&mut self, dynamics: &[Programs], learning: &[bool], stamp: u64) {
        self.set_learning(learning, stamp);
        for part in &mut self.parts {
            part.set_dynamics(&dynamics[part.population]);
        }
    }

    /// Whether each projection learns from the end of step `stamp` on.
    pub fn set_learning(&mut self, learning: &[bool], stamp: u64) {
        for plastic in &mut self.plastic {
            plastic.set_learning(learning[plastic.projection], stamp);
        }
    }

    /// Counts synapses for the histograms that are due.
    fn count(&mut self, stamp: u64) {
        for histogram in self.histograms.iter_mut().filter(|h| h.is_due(stamp)) {
            let begin = Instant::now();
            histogram.take(&mut self.plastic, stamp);
            self.times.observe += begin.elapsed();
        }
    }

    fn observe(&mut self, stamp: u64) {
        for probe in self.probes.iter_mut().filter(|p| stamp.is_multiple_of(p.interval)) {
            let width = probe.width();
            let from = probe.count * width;
            probe.count += 1;
            if width == 0 {
                continue;
            }

            let Probe { probes, ids, places, part, values, .. } = probe;
            self.parts[*part].observe(
                self.isa,
                stamp,
                probes,
                ids,
                places,
                &mut self.scratch,
                &mut values[from..from + width],
            );
        }
    }
}
