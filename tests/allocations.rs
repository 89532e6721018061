//! The loop allocates nothing once it is warm, and the build takes no memory but for what stays: all allocations of the process are
//! counted.

mod common;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicU64, Ordering},
};

use bouton::{
    engine::{Observer, Options, Simulation},
    plan::Plan,
};
use common::{plan, plan_of};

/// The system's allocator, counting calls that hand out memory.
struct Counting;

static COUNT: AtomicU64 = AtomicU64::new(0);
/// Bytes handed out and not yet given back, and the most there were.
static HELD: AtomicU64 = AtomicU64::new(0);
static PEAK: AtomicU64 = AtomicU64::new(0);

fn take(bytes: usize) {
    COUNT.fetch_add(1, Ordering::Relaxed);
    PEAK.fetch_max(HELD.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64, Ordering::Relaxed);
}

fn give_back(bytes: usize) {
    HELD.fetch_sub(bytes as u64, Ordering::Relaxed);
}

// SAFETY: every call is handed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        take(size);
        give_back(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.realloc(block, layout, size) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        give_back(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Stores nothing but the count at the end of the warm-up and the step at which it last changed.
#[derive(Default)]
struct Watch {
    warm: u64,
    count: u64,
    changed: u64,
    at_warm: u64,
    spikes: u64,
    values: u64,
}

impl Observer for Watch {
    fn spikes(&mut self, step: u64, ids: &[u32]) {
        self.spikes += if step > self.warm { ids.len() as u64 } else { 0 };
    }
    fn trace(&mut self, _: usize, step: u64, values: &[f64]) {
        self.values += if step > self.warm { values.len() as u64 } else { 0 };
    }
    fn reached(&mut self, step: u64) {
        let count = COUNT.load(Ordering::Relaxed);
        if count != self.count {
            (self.count, self.changed) = (count, step);
        }
        if step <= self.warm {
            self.at_warm = count;
        }
    }
}

/// Nothing is allocated in the second half of the run, although there are spikes.
fn warm_half_allocates_nothing(name: &str, plan: &Plan) {
    for threads in [1, 2] {
        let mut simulation = Simulation::build(plan, Options { threads: Some(threads), ..Options::default() });
        let mut watch = Watch { warm: plan.steps() / 2, ..Watch::default() };
        simulation.run(&mut watch);
        let allocated = watch.count - watch.at_warm;
        assert!(watch.spikes > 100, "{name}: {} spikes", watch.spikes);
        assert!(plan.traces.is_empty() || watch.values > 100, "{name}: {} values", watch.values);
        assert_eq!(allocated, 0, "{name} on {threads} threads: the last one up to step {}", watch.changed);
    }
}

/// Currents, noise, functions of time and a list of spikes: every part that does something per step.
const MIXTURE: &str = r#"
title = "mixture"
[populations.E]
model = "adex"
size = 200
receptors.exc = { model = "cond_alpha", tau = "2 ms", E_rev = "0 mV" }
[populations.S]
model = "spike_list"
size = 2
times = ["1 ms", "60 ms", "70 ms", "95 ms"]
[[projections]]
from = ["E", "S"]
to = "E"
rule = { fixed_in_degree = 2 }
receptor = "exc"
weight = "normal(2 nS, 0.2 nS)"
delay = "uniform(1 ms, 5 ms)"
[[inputs]]
to = "E"
current = "900 pA*sin(2*3.14159*10 Hz*t)"
[[inputs]]
to = "E"
model = "ou_current"
[[record.traces]]
population = "E"
variables = ["v"]
interval = "0.5 ms"
[run]
duration = "200 ms"
dt = "0.1 ms"
"#;

/// Every way in which a synapse learns: several rules at once, dendrites, a modulator, events; a sample is recorded.
const LEARNING: &str = r#"
title = "learning"
[populations.E]
model = "adex"
size = 200
receptors.exc = { model = "cond_exp", tau = "5 ms", E_rev = "0 mV" }
[populations.X]
model = "poisson"
size = 200
parameters.rate = "20 Hz"
[[projections]]
from = "X"
to = "E"
rule = { fixed_in_degree = 100 }
receptor = "exc"
weight = "uniform(0 nS, 1 nS)"
delay = "uniform(1 ms, 5 ms)"
dendritic = 0.5
plasticity = [{ rule = "stdp_dopamine", w_max = "2 nS", modulator = "X" }, "tsodyks_markram"]
[[projections]]
from = "X"
to = "E"
rule = { fixed_in_degree = 50 }
receptor = "exc"
weight = "uniform(0 nS, 1 nS)"
delay = "uniform(1 ms, 5 ms)"
plasticity = [{ rule = "stdp_clopath", w_0 = "1 nS", w_max = "2 nS" }, "quantal_release"]
[[projections]]
from = "E"
to = "E"
rule = { fixed_in_degree = 10 }
receptor = "exc"
weight = "uniform(0 nS, 1 nS)"
delay = "uniform(1 ms, 5 ms)"
dendritic = 1
plasticity = { rule = "stdp_additive", w_max = "2 nS" }
[[record.synapses]]
projection = "E->E"
samples = 100
interval = "1 ms"
[run]
duration = "800 ms"
dt = "0.1 ms"
"#;

/// Cables with two membranes and two sites, which drive each other.
const CABLES: &str = r#"
title = "cables"
[populations.cell]
model = "hh_squid"
size = 40
receptors.exc = { model = "ampa", at = "dendrite(0.5)" }
[populations.cell.cable]
R_a = "100 Ohm*cm"
sites = ["soma", "dendrite(0)"]
[[populations.cell.cable.sections]]
name = "soma"
length = "20 um"
diameter = "20 um"
compartments = 1
[[populations.cell.cable.sections]]
name = "dendrite"
length = "100 um"
diameter = "2 um"
compartments = 5
[[populations.cell.cable.sections]]
name = "twig"
parent = "dendrite(1)"
model = "passive"
length = "50 um"
diameter = "1 um"
compartments = 3
[[projections]]
from = "cell"
to = "cell"
rule = { fixed_in_degree = 4 }
receptor = "exc"
weight = "2 nS"
delay = "1 ms"
site = "dendrite(0)"
[[inputs]]
to = "cell"
rate = "500 Hz"
weight = "4 nS"
receptor = "exc"
[[record.traces]]
population = "cell"
variables = ["v"]
at = ["soma", "twig(1)"]
interval = "0.5 ms"
[run]
duration = "200 ms"
dt = "0.025 ms"
"#;

/// Neurons that read each other in each step.
const COUPLED: &str = r#"
title = "coupled"
[populations.A]
model = "adex"
size = 300
receptors.gap = "gap_junction"
[populations.R]
model = "rate_unit"
size = 50
parameters.I_e = "20 pA"
receptors.rates = "rate_coupling"
[[projections]]
from = "A"
to = "A"
rule = { fixed_in_degree = 10 }
receptor = "gap"
weight = "normal(1 nS, 0.2 nS)"
[[projections]]
from = "R"
to = "R"
rule = "all_to_all"
receptor = "rates"
reads = "r"
weight = "0.01 pA/Hz"
[[inputs]]
to = "A"
current = "900 pA"
[[record.traces]]
population = "A"
variables = ["v", "gap.I"]
interval = "0.5 ms"
[run]
duration = "200 ms"
dt = "0.1 ms"
"#;

/// The build's peak is at most 1.3 times what stays.
fn build_takes_no_more_than_what_stays(name: &str, plan: &Plan) {
    let before = HELD.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let simulation = Simulation::build(plan, Options { threads: Some(2), ..Options::default() });
    let (stays, peak) = (HELD.load(Ordering::Relaxed) - before, PEAK.load(Ordering::Relaxed) - before);
    assert!(stays > simulation.synapses() * 2, "{name}: {stays} bytes stay");
    assert!(peak * 10 <= stays * 13, "{name}: {peak} bytes at the peak, {stays} bytes stay");
}

/// One test, so that no other allocates meanwhile.
#[test]
fn the_warm_loop_allocates_nothing_and_the_build_no_more_than_stays() {
    build_takes_no_more_than_what_stays("Brunel", &plan_of("brunel", &[]));
    build_takes_no_more_than_what_stays("microcircuit", &plan_of("microcircuit", &[("scale", "0.2")]));
    warm_half_allocates_nothing("mixture", &plan(MIXTURE));
    warm_half_allocates_nothing("cables", &plan(CABLES));
    warm_half_allocates_nothing("coupled", &plan(COUPLED));
    warm_half_allocates_nothing("learning", &plan(LEARNING));
    warm_half_allocates_nothing("COBA", &plan_of("vogels_abbott", &[("run.duration", "400 ms")]));
    warm_half_allocates_nothing("Brunel", &plan_of("brunel", &[("run.duration", "200 ms")]));
    warm_half_allocates_nothing(
        "COBAHH in f32",
        &plan_of("cobahh", &[("run.duration", "100 ms"), ("run.precision", "f32")]),
    );
    let hh = [("neuron", "hh_traub_miles"), ("size", "1000"), ("p", "0.08"), ("run.duration", "200 ms")];
    warm_half_allocates_nothing("all receptors", &plan_of("ei_nmda", &hh));
}
