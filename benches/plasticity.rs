//! What learning costs: brunel_plastic beside the same network without plasticity, in alternating runs.
//!
//! The rate of learning is too small to change a weight; the work is that of any other rate. Each network is run twice, as it is written and
//! with weights that are drawn: as written, synapses of a pair learn as one, and without plasticity all synapses of a source have one weight;
//! drawn weights differ, and each synapse has its own. Spikes of a chaotic network and their number differ with them (by up to a fifth in 200
//! ms): what is compared is the time of a synaptic event. For each: nanoseconds, median (least to greatest); ratios are medians of those of
//! the pairs. The machine's widest instruction set; AVX2, where that is another, at one scale on one thread.

use bouton::{
    engine::{Observer, Options, Simulation},
    kernel::Isa,
    lang::sampler::Sampler,
    plan::Plan,
    spec::Spec,
};

const RUNS: usize = 9;

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

/// The network with its plasticity if it `learns`; with a weight for each synapse if these are `drawn`.
fn varied(mut plan: Plan, learns: bool, drawn: bool) -> Plan {
    for projection in plan.projections.iter_mut().filter(|p| p.plasticity.is_some()) {
        if !learns {
            projection.plasticity = None;
        }
        if drawn {
            let mean = projection.wiring.weight.constant().expect("one weight");
            projection.wiring.weight = Sampler::Normal { mean, sd: 1e-3 * mean, low: 0.0, high: f64::INFINITY };
        }
    }
    plan
}

/// Nanoseconds of the loop a synaptic event, bytes a synapse.
fn run(plan: &Plan, threads: usize, isa: Isa) -> (f64, f64) {
    let options = Options { threads: Some(threads), isa: Some(isa), ..Options::default() };
    let mut simulation = Simulation::build(plan, options);
    let done = simulation.run(&mut Nobody);
    let bytes = simulation.synapse_bytes() as f64 / simulation.synapses() as f64;
    (done.seconds * 1e9 / done.events as f64, bytes)
}

fn median(values: &[f64]) -> (f64, f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (sorted[sorted.len() / 2], sorted[0], sorted[sorted.len() - 1])
}

fn main() {
    // `cargo bench -- FILTER` and `cargo test --benches` pass arguments of their own.
    let only: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    println!("brunel_plastic, nanoseconds a synaptic event, {RUNS} runs each\n");
    println!("Times: as written, drawn weights. Ratios: as written; as written over drawn without; drawn.\n");
    println!("scale  floats  threads  vectors  {:44} {:44} {:16} bytes a synapse", "learning", "without", "ratios");
    let widest =
        ["0.2", "1"].into_iter().flat_map(|s| ["f64", "f32"].map(|p| [1, 2].map(|t| (s, p, t, Isa::detect()))));
    let narrower = Isa::available().into_iter().filter(|isa| ![Isa::Baseline, Isa::detect()].contains(isa));
    let narrower = narrower.flat_map(|isa| ["f64", "f32"].map(|p| ("0.2", p, 1, isa)));
    for (scale, precision, threads, isa) in widest.flatten().chain(narrower) {
        if !only.is_empty() && !only.iter().any(|o| o == scale || o == precision || o == isa.name()) {
            continue;
        }
        let varied = |learns, drawn| varied(plan(scale, precision), learns, drawn);
        let plans = [varied(true, false), varied(true, true), varied(false, false), varied(false, true)];
        let mut times = [const { Vec::new() }; 4];
        let mut bytes = [0.0; 4];
        for _ in 0..RUNS {
            for ((plan, times), bytes) in plans.iter().zip(&mut times).zip(&mut bytes) {
                let (time, each) = run(plan, threads, isa);
                times.push(time);
                *bytes = each;
            }
        }
        let shown = |pair: &[Vec<f64>]| {
            let shown = pair.iter().map(|times| {
                let (middle, low, high) = median(times);
                format!("{middle:.3} ({low:.3}-{high:.3})")
            });
            format!("{:<44}", shown.collect::<Vec<_>>().join(", "))
        };
        let ratio = |a: usize, b: usize| {
            let ratios: Vec<f64> = times[a].iter().zip(&times[b]).map(|(a, b)| a / b).collect();
            median(&ratios).0
        };
        println!(
            "{scale:5}  {precision:6}  {threads:7}  {:7}  {} {} {:.2} {:.2} {:.2}   {:.2}, {:.2}",
            isa.name(),
            shown(&times[..2]),
            shown(&times[2..]),
            ratio(0, 2),
            ratio(0, 3),
            ratio(1, 3),
            bytes[0],
            bytes[1]
        );
    }
}
