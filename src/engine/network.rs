//! A network built from its plan: blocks of neurons with their synapses, ready to run.

use std::{sync::Arc, time::Instant};

use rayon::prelude::*;

use super::{
    arrivals::Arrivals,
    block::{Block, Probe, Times},
    coupling::{Coupling, Published},
    emitted::Emitted,
    histogram::Histogram,
    layout::Layout,
    neurons::Scratch,
    part::Part,
    plastic::Plastic,
    ring::room_for,
    synapses::Synapses,
    watch::{self, Watch},
    weight_stats::{self, WeightStats},
};
use crate::{
    connect::Wiring,
    kernel::{Buffer, Isa, Real},
    lang::Dynamics,
    plan::{Kind, Phase, Plan, Trace},
};

/// How a network is cut and run. None of it changes a single spike.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Threads; `None`: those of the plan, else as many as pay for the network's size.
    pub threads: Option<usize>,
    /// Blocks; `None`: one a thread.
    pub blocks: Option<usize>,
    /// Vector instructions; `None`: the best of this machine.
    pub isa: Option<Isa>,
}

/// A network with its state in floats of type `T`.
pub struct Network<T: Real> {
    pub(super) blocks: Vec<Block<T>>,
    pub(super) phases: Vec<Phase>,
    pub(super) traces: Vec<Trace>,
    pub(super) watches: Vec<Watch>,
    /// Programs by phase and population.
    pub(super) dynamics: Vec<Vec<Programs>>,
    /// (block, part) in order of global ids.
    pub(super) order: Vec<(usize, usize)>,
    pub(super) pool: rayon::ThreadPool,
    pub(super) threads: usize,
    pub(super) longest_delay: u32,
    pub(super) epoch_steps: u32,
    /// Wall time of the construction in seconds.
    pub build_seconds: f64,
}

/// The programs of a population in one phase: one, or one for each region of a cable; of a list of spikes none.
pub(super) type Programs = Vec<Arc<Dynamics>>;

/// Longest epoch in steps: progress is seen and buffers stay small even where nothing connects neurons.
const LONGEST_EPOCH: u32 = 64;

impl<T: Real> Network<T> {
    /// Draws all values and connections. Cannot fail on what a plan has let through.
    pub fn build(plan: &Plan, options: Options) -> Self {
        let begin = Instant::now();
        let threads = options.threads.unwrap_or_else(|| plan.default_threads()).max(1);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
        let isa = options.isa.unwrap_or_else(Isa::detect);
        let sizes: Vec<_> = plan.populations.iter().map(|p| (p.neurons(), p.inputs())).collect();
        let layout = Layout::new(&sizes, options.blocks.unwrap_or(threads));
        let ids = plan.populations.iter().map(|p| p.size).sum();
        let dynamics: Vec<Vec<Programs>> = (0..plan.phases.len())
            .map(|phase| {
                let of = |kind: &Kind| match kind {
                    Kind::Dynamics(phases) => vec![Arc::new(phases[phase].clone())],
                    Kind::Cable(cable) => cable.regions.iter().map(|r| Arc::new(r.phases[phase].clone())).collect(),
                    Kind::Spikes(_) => Vec::new(),
                };
                plan.populations.iter().map(|p| of(&p.kind)).collect()
            })
            .collect();
        let wirings: Vec<_> = plan.projections.iter().filter(|p| p.is_static()).map(|p| &p.wiring).collect();
        let learning = || (0..plan.projections.len()).filter(|&k| plan.projections[k].plasticity.is_some());
        let published = Published::new(plan);
        let mut blocks: Vec<Block<T>> = pool.install(|| {
            layout
                .blocks
                .par_iter()
                .map(|cut| {
                    let part = |p: &super::layout::Part| {
                        Part::new(p, &plan.populations[p.population], &dynamics[0][p.population])
                    };
                    let mut parts: Vec<Part<T>> = cut.parts.iter().map(part).collect();
                    let probes = plan.traces.iter().map(|t| probe(t, &parts)).collect();
                    let coupling = published.as_ref().map(|p| Box::new(Coupling::new(plan, p, &mut parts)));
                    let synapses = Synapses::build(&wirings, cut, ids);
                    Block {
                        arrivals: Arrivals::new(&synapses),
                        filed: 0,
                        synapses,
                        plastic: learning().filter_map(|k| Plastic::build(plan, k, cut, isa)).collect(),
                        coupling,
                        inputs: Buffer::new(cut.slots),
                        scratch: Scratch::new(),
                        emitted: Vec::new(),
                        room: room_for(parts.iter().map(Part::ids).sum()),
                        probes,
                        histograms: Histogram::all(&plan.synapse_records),
                        parts,
                        diverged: None,
                        events: 0,
                        times: Times::default(),
                        isa,
                    }
                })
                .collect()
        });
        let delays = || {
            let learning = |b: &'_ Block<T>| b.plastic.iter().flat_map(|p| p.delays().to_vec()).collect::<Vec<_>>();
            let modulators = plan.projections.iter().filter_map(|p| p.plasticity.as_ref()?.modulator).map(|m| m.1);
            blocks.iter().flat_map(move |b| b.synapses.delays().iter().copied().chain(learning(b))).chain(modulators)
        };
        let longest_delay = delays().max().unwrap_or(1);
        // What is read continuously must be known anew in each step.
        let longest_epoch = if published.is_some() { 1 } else { LONGEST_EPOCH };
        let epoch_steps = delays().min().map_or(longest_epoch, |d| d.min(longest_epoch));
        for block in &mut blocks {
            // A neuron spikes at most once a step; most never do, so room grows with use and then stays.
            block.emitted = vec![Emitted::new(block.parts.len()); epoch_steps as usize];
            for p in &mut block.probes {
                p.values = vec![0.0; p.width() * (u64::from(epoch_steps) / p.interval + 1) as usize];
            }
        }
        let mut order: Vec<_> =
            blocks.iter().enumerate().flat_map(|(b, block)| (0..block.parts.len()).map(move |p| (b, p))).collect();
        order.sort_by_key(|&(b, p)| blocks[b].parts[p].gid);
        Self {
            phases: plan.phases.clone(),
            traces: plan.traces.clone(),
            watches: (0..plan.synapse_records.len()).map(|k| Watch::new(plan, k, &blocks)).collect(),
            dynamics,
            order,
            pool,
            threads,
            longest_delay,
            epoch_steps,
            blocks,
            build_seconds: begin.elapsed().as_secs_f64(),
        }
    }

    /// Weights of a projection that learns as they stand after the run, in the order of its wiring's edges.
    pub fn weights(&mut self, projection: usize, wiring: &Wiring) -> Vec<f64> {
        let end = self.end();
        watch::weights(&mut self.blocks, projection, wiring, end)
    }
    /// Mean, standard deviation and hash of these weights; draws no wiring, and needs no memory.
    pub fn weight_stats(&mut self, projection: usize) -> WeightStats {
        let (end, blocks) = (self.end(), &mut self.blocks);
        self.pool.install(|| weight_stats::of(blocks, projection, end))
    }
    /// Steps of the whole run.
    fn end(&self) -> u64 {
        self.phases.iter().map(|p| p.steps).sum()
    }
    /// Number of synapses.
    pub fn synapses(&self) -> u64 {
        let coupled = |b: &Block<T>| b.coupling.as_ref().map_or(0, |c| c.len());
        self.blocks
            .iter()
            .map(|b| b.synapses.len() + b.plastic.iter().map(Plastic::len).sum::<u64>() + coupled(b))
            .sum()
    }
    /// Bytes of all synapses with their index.
    pub fn synapse_bytes(&self) -> u64 {
        let coupled = |b: &Block<T>| b.coupling.as_ref().map_or(0, |c| c.bytes(&b.parts));
        self.blocks
            .iter()
            .map(|b| b.synapses.bytes() + b.plastic.iter().map(Plastic::bytes).sum::<u64>() + coupled(b))
            .sum()
    }
    /// Bytes of targets and weights that a synaptic event reads.
    pub fn event_bytes(&self) -> u64 {
        self.blocks.first().map_or(0, |b| b.synapses.event_bytes())
    }
    /// Bytes of the neurons' arrays.
    pub fn neuron_bytes(&self) -> u64 {
        self.blocks.iter().flat_map(|b| &b.parts).map(Part::bytes).sum()
    }
    /// Number of threads that step it.
    pub fn threads(&self) -> usize {
        self.threads
    }
}

/// A block's share of a trace.
fn probe<T: Real>(trace: &Trace, parts: &[Part<T>]) -> Probe {
    let part = parts.iter().position(|p| p.population == trace.population);
    let range = part.map_or(0..0, |p| parts[p].first..parts[p].first + parts[p].len as u32);
    let offset = trace.ids.partition_point(|&id| id < range.start);
    let ids = trace.ids.iter().filter(|id| range.contains(id)).map(|id| id - range.start).collect();
    Probe {
        part: part.unwrap_or(0),
        ids,
        places: trace.places.iter().map(|p| p.0).collect(),
        offset,
        probes: trace.probes.clone(),
        interval: trace.interval,
        values: Vec::new(),
        count: 0,
    }
}
