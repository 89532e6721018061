//! Whole networks on 2 threads: real-time factor, synaptic events per second, bytes per synapse.
//!
//! Axes: network and size, time step, precision. `cargo bench --bench networks [-- WORD]` runs those whose name contains WORD.

use std::env;

use bouton::{
    engine::{Observer, Options, Simulation},
    plan::Plan,
    spec::Spec,
};

/// Name, shipped network, changes, and biological time of a run.
type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str);

const CASES: [Case; 5] = [
    ("COBA 4000", "vogels_abbott", &[], "1 s"),
    // The same in-degree.
    ("COBA 40000", "vogels_abbott", &[("size", "40000"), ("p", "0.002")], "0.5 s"),
    ("COBAHH 4000, dt 0.1 ms", "cobahh", &[("run.dt", "0.1 ms")], "0.5 s"),
    ("COBAHH 4000, dt 0.05 ms", "cobahh", &[], "0.5 s"),
    ("Brunel 12500", "brunel", &[], "1 s"),
];

const THREADS: usize = 2;
const RUNS: usize = 5;

/// Stores nothing.
struct Nobody;
impl Observer for Nobody {}

fn plan(network: &str, changes: &[(&str, &str)], duration: &str, precision: &str) -> Plan {
    let own = [("run.duration", duration), ("run.precision", precision)];
    let set: Vec<_> = changes.iter().chain(&own).map(|(k, v)| (k.to_string(), v.to_string())).collect();
    let spec = Spec::load(network, &set).unwrap_or_else(|e| panic!("{}", e.report()));
    let mut plan = Plan::new(&spec).unwrap_or_else(|e| panic!("{}", e.report()));
    plan.traces.clear();
    plan
}

fn main() {
    // `cargo test --benches` only wants to see that it starts.
    if !env::args().any(|arg| arg == "--bench") {
        return;
    }
    let word = env::args().skip(1).find(|arg| !arg.starts_with("--")).unwrap_or_default();
    println!("{THREADS} threads, median of {RUNS} runs; real-time factor: wall time over biological time");
    println!(
        "{:<24} {:>9} {:>10} {:>20} {:>10} {:>10} {:>8}",
        "network", "precision", "synapses", "real-time factor", "events/s", "ns/event", "bytes"
    );
    for (name, network, changes, duration) in CASES.iter().filter(|case| case.0.contains(&word)) {
        for precision in ["f64", "f32"] {
            let plan = plan(network, changes, duration, precision);
            let (mut factors, mut events, mut synapses, mut bytes) = (Vec::new(), 0, 0, 0);
            for _ in 0..RUNS {
                let mut simulation = Simulation::build(&plan, Options { threads: Some(THREADS), ..Options::default() });
                let done = simulation.run(&mut Nobody);
                factors.push(done.seconds / (plan.duration() * 1e-3));
                (events, synapses, bytes) = (done.events, simulation.synapses(), simulation.synapse_bytes());
            }
            factors.sort_by(f64::total_cmp);
            let seconds = factors[RUNS / 2] * plan.duration() * 1e-3;
            println!(
                "{name:<24} {precision:>9} {synapses:>10} {:>6.3} ({:.3}-{:.3}) {:>10.3e} {:>10.2} {:>8.2}",
                factors[RUNS / 2],
                factors[0],
                factors[RUNS - 1],
                events as f64 / seconds,
                seconds * 1e9 / events as f64,
                bytes as f64 / synapses as f64
            );
        }
    }
}
