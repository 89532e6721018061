//! Nanoseconds per neuron and time step of whole networks in f64: all that a step costs, on whatever path it goes.
//! Nothing is recorded.
//!
//! Axes: network and size; threads. Each network is built anew for each run, so that all runs do the same work, and
//! only the loop is timed. Criterion shows neuron steps per second; the line below it the time of one (median, with its
//! stages, and best).

use std::time::Duration;

use bouton::{
    engine::{Observer, Options, Simulation},
    plan::Plan,
    spec::Spec,
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Shipped network, changes, and biological time of a run.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str);

const CASES: [Case; 8] = [
    // The in-degree is 80 at all sizes.
    ("vogels_abbott", &[("size", "400"), ("p", "0.2")], "500 ms"),
    ("vogels_abbott", &[("size", "4000"), ("p", "0.02")], "200 ms"),
    ("vogels_abbott", &[("size", "40000"), ("p", "0.002")], "50 ms"),
    ("brunel", &[], "50 ms"),
    ("microcircuit", &[("scale", "0.02")], "200 ms"),
    ("microcircuit", &[("scale", "0.1")], "50 ms"),
    // Silent networks: what decays must not become subnormal, which is slow. COBA without weights has nothing else; a tenth of the
    // microcircuit falls silent without its Poisson input.
    ("vogels_abbott", &[("w_exc", "0 nS"), ("w_inh", "0 nS")], "1 s"),
    ("microcircuit", &[("scale", "0.1"), ("drive", "0")], "1 s"),
];

const THREADS: [usize; 2] = [1, 2];

/// Stores nothing.
struct Nobody;
impl Observer for Nobody {}

fn plan(network: &str, changes: &[(&str, &str)], duration: &str) -> Plan {
    let own = [("run.duration", duration), ("run.precision", "f64")];
    let set: Vec<_> = changes.iter().chain(&own).map(|(k, v)| (k.to_string(), v.to_string())).collect();
    let spec = Spec::load(network, &set).unwrap_or_else(|e| panic!("{}", e.report()));
    let mut plan = Plan::new(&spec).unwrap_or_else(|e| panic!("{}", e.report()));
    plan.traces.clear();
    plan
}

fn benches(c: &mut Criterion) {
    for (network, changes, duration) in CASES {
        let plan = plan(network, changes, duration);
        let neuron_steps = plan.neurons() * plan.steps();
        let mut group = c.benchmark_group(format!("step/{network}, {} neurons", plan.neurons()));
        group.throughput(Throughput::Elements(neuron_steps));
        for threads in THREADS {
            let mut runs = Vec::new();
            group.bench_function(BenchmarkId::new("threads", threads), |b| {
                b.iter_custom(|iterations| {
                    let run = |_| {
                        let options = Options { threads: Some(threads), ..Options::default() };
                        let done = Simulation::build(&plan, options).run(&mut Nobody);
                        let seconds = done.seconds;
                        runs.push(done);
                        seconds
                    };
                    Duration::from_secs_f64((0..iterations).map(run).sum())
                });
            });
            runs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
            // None where the command line leaves this network out.
            let Some(median) = runs.get(runs.len() / 2) else { continue };
            let each = |seconds: f64| seconds * 1e9 / neuron_steps as f64;
            let stages: Vec<_> = median.stages.iter().map(|(name, s)| format!("{name} {:.2}", each(*s))).collect();
            println!(
                "    {:.2} ns a neuron step, {:.2} at best ({}), {:.3} synaptic events a neuron step\n",
                each(median.seconds),
                each(runs[0].seconds),
                stages.join(", "),
                median.events as f64 / neuron_steps as f64
            );
        }
    }
}

// Criterion's own plots want a system font, which a bare machine does not have.
criterion_group! {
    name = step;
    config = Criterion::default()
        .without_plots()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_secs(2));
    targets = benches
}
criterion_main!(step);
