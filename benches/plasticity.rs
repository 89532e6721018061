//! What learning costs: brunel_plastic beside the same network without plasticity, in alternating runs.
//!
//! So that all emit the same spikes the rate of learning is too small to change a weight; the work is that of any other rate. The network
//! without plasticity is run twice: as it is written, one weight for all synapses of a source, and with a weight for each synapse, as
//! learning leaves them. For each: seconds a biological second, median (least to greatest); the ratio is the median of those of the pairs.

use bouton::{
    engine::{Observer, Options, Simulation},
    lang::sampler::Sampler,
    plan::Plan,
    spec::Spec,
};

const RUNS: usize = 5;

/// Stores nothing.
struct Nobody;
impl Observer for Nobody {}

fn plan(scale: &str, precision: &str) -> Plan {
    let set = [("scale", scale), ("lambda", "1e-200"), ("run.duration", "200 ms"), ("run.precision", precision)];
    let set: Vec<_> = set.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    let spec = Spec::load("brunel_plastic", &set).unwrap_or_else(|e| panic!("{}", e.report()));
    let mut plan = Plan::new(&spec).unwrap_or_else(|e| panic!("{}", e.report()));
    plan.synapse_records.clear();
    plan.traces.clear();
    plan
}

/// The network without plasticity; with a weight for each synapse if `each`.
fn still(mut plan: Plan, each: bool) -> Plan {
    for projection in plan.projections.iter_mut().filter(|p| p.plasticity.is_some()) {
        projection.plasticity = None;
        if each {
            let mean = projection.wiring.weight.constant().expect("one weight");
            projection.wiring.weight = Sampler::Normal { mean, sd: 1e-3 * mean, low: 0.0, high: f64::INFINITY };
        }
    }
    plan
}

/// Seconds of the loop a biological second, synaptic events, bytes a synapse.
fn run(plan: &Plan, threads: usize) -> (f64, u64, f64) {
    let mut simulation = Simulation::build(plan, Options { threads: Some(threads), ..Options::default() });
    let done = simulation.run(&mut Nobody);
    let bytes = simulation.synapse_bytes() as f64 / simulation.synapses() as f64;
    (done.seconds / plan.duration() * 1e3, done.events, bytes)
}

fn median(values: &[f64]) -> (f64, f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (sorted[sorted.len() / 2], sorted[0], sorted[sorted.len() - 1])
}

fn main() {
    // `cargo bench -- FILTER` and `cargo test --benches` pass arguments of their own.
    let only: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    println!("brunel_plastic, real-time factor, {RUNS} runs each\n");
    println!(
        "scale  floats  threads  {:24} {:24} {:24} bytes a synapse",
        "learning", "one weight a source", "one a synapse"
    );
    for (scale, precision, threads) in
        ["0.2", "1"].into_iter().flat_map(|s| ["f64", "f32"].into_iter().flat_map(move |p| [1, 2].map(|t| (s, p, t))))
    {
        if !only.is_empty() && !only.iter().any(|o| o == scale || o == precision) {
            continue;
        }
        let plans = [plan(scale, precision), still(plan(scale, precision), false), still(plan(scale, precision), true)];
        let mut seconds = [Vec::new(), Vec::new(), Vec::new()];
        let mut bytes = 0.0;
        for _ in 0..RUNS {
            for (plan, seconds) in plans.iter().zip(&mut seconds) {
                let (factor, _, each) = run(plan, threads);
                seconds.push(factor);
                bytes = f64::max(bytes, each);
            }
        }
        let shown = |k: usize| {
            let (middle, low, high) = median(&seconds[k]);
            let ratios: Vec<f64> = seconds[0].iter().zip(&seconds[k]).map(|(a, b)| a / b).collect();
            let ratio = if k == 0 { String::new() } else { format!(" x{:.2}", median(&ratios).0) };
            format!("{:<24}", format!("{middle:.3} ({low:.3}-{high:.3}){ratio}"))
        };
        println!("{scale:5}  {precision:6}  {threads:7}  {} {} {} {bytes:.2}", shown(0), shown(1), shown(2));
    }
}
