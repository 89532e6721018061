//! What every continuous receptor keeps to, whatever it reads.

use std::collections::BTreeSet;

use bouton::{
    engine::{Options, Simulation},
    error::Source,
    kernel::Isa,
    plan::Plan,
    spec::Spec,
};

use crate::common::{plan, run, run_with};

/// Neurons that read each other in every way: junctions within and between populations, rates one way, a gate, spikes beside them.
fn network(precision: &str) -> Plan {
    let text = "
[populations.A]
model = 'adex'
size = 150
parameters.I_e = 'uniform(600 pA, 900 pA)'
receptors = { gap = 'gap_junction', exc = 'cond_exp', gate = 'reads_n.toml' }
[populations.B]
model = 'hh_traub_miles'
size = 70
receptors.gap = 'gap_junction'
[populations.R]
model = 'rate_unit'
size = 33
parameters.I_e = '2 pA*i'
receptors.rates = 'rate_coupling'
[[projections]]
from = ['A', 'B']
to = 'A'
rule = { fixed_in_degree = 4 }
receptor = 'gap'
weight = 'lognormal(1 nS, 1 nS)'
[[projections]]
from = 'A'
to = 'A'
rule = { fixed_in_degree = 5 }
receptor = 'exc'
weight = '2 nS'
delay = '1 ms'
[[projections]]
from = 'B'
to = 'A'
rule = { fixed_probability = 0.1 }
receptor = 'gate'
weight = '10 pA'
[[projections]]
from = 'R'
to = 'R'
rule = { fixed_out_degree = 7 }
receptor = 'rates'
weight = 'normal(0.1 pA/Hz, 0.1 pA/Hz)'
[[record.traces]]
population = 'A'
variables = ['v', 'gap.I', 'gate.sum_wx', 'gate.sum_w']
interval = '0.5 ms'
[[record.traces]]
population = 'R'
variables = ['s', 'r']
interval = '0.5 ms'
[run]
duration = '60 ms'
precision = 'PRECISION'
";
    let source = Source::new("tests/coupling/files/net.toml", text.replace("PRECISION", precision));
    let spec = Spec::parse(source, "net").unwrap_or_else(|e| panic!("{}", e.report()));
    Plan::new(&spec).unwrap_or_else(|e| panic!("{}", e.report()))
}

#[test]
fn all_is_the_same_on_any_threads_blocks_and_instructions() {
    for precision in ["f64", "f32"] {
        let plan = network(precision);
        let one = run(&plan);
        assert!(one.spikes.len() > 50, "{} spikes show little", one.spikes.len());
        for (threads, blocks) in [(2, None), (3, None), (8, None), (2, Some(5)), (1, Some(13))] {
            let other = run_with(&plan, Options { threads: Some(threads), blocks, isa: None }).0;
            assert!(other == one, "{precision} on {threads} threads in {blocks:?} blocks");
        }
        for isa in Isa::available() {
            let other = run_with(&plan, Options { threads: Some(1), isa: Some(isa), ..Options::default() }).0;
            assert!(other == one, "{precision} by {isa:?}");
        }
    }
}

#[test]
fn floats_of_32_bits_are_rounded_and_no_worse() {
    let first = |precision| run(&network(precision)).traces[0][2].1.clone();
    for (wide, narrow) in first("f64").iter().zip(first("f32")) {
        assert!((wide - narrow).abs() < 1e-4 * wide.abs().max(10.0), "{wide} and {narrow}");
    }
}

#[test]
fn synapses_and_memory_are_told_before() {
    let plan = network("f64");
    let simulation = Simulation::build(&plan, Options { threads: Some(1), ..Options::default() });
    let mut drawn = 0u64;
    plan.projections.iter().for_each(|p| p.wiring.edges(0..p.wiring.to.size, |_| drawn += 1));
    assert_eq!(simulation.synapses(), drawn);
    assert!((plan.synapses() / drawn as f64 - 1.0).abs() < 0.1, "{} of {drawn}", plan.synapses());
    let bytes = simulation.synapse_bytes() as f64;
    assert!((0.7..1.5).contains(&(plan.memory.synapses / bytes)), "{} of {bytes} bytes", plan.memory.synapses);
}

fn junctions(size: u32, rule: &str) -> Vec<(u32, u32)> {
    let plan = plan(&format!(
        "[populations.A]\nmodel = 'lif'\nsize = {size}\nreceptors.gap = 'gap_junction'\n[run]\nduration = '1 ms'
[[projections]]\nfrom = 'A'\nto = 'A'\nrule = {rule}\nreceptor = 'gap'\nweight = '1 nS'"
    ));
    let mut pairs = Vec::new();
    plan.projections[0].wiring.edges(0..size, |e| pairs.push((e.source, e.target)));
    pairs
}

#[test]
fn within_a_population_each_pair_is_drawn_once() {
    let all = junctions(7, "'all_to_all'");
    assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (21, 21));
    assert!(all.iter().all(|(source, target)| source < target));
    // 499,500 pairs: the standard deviation is 212.
    let tenth = junctions(1000, "{ fixed_probability = 0.1 }").len() as f64;
    assert!((tenth - 49_950.0).abs() < 850.0, "{tenth}");
    // An in-degree is the mean number of junctions that a neuron has.
    let four = junctions(1000, "{ fixed_in_degree = 4 }").len() as f64;
    assert!((four - 2000.0).abs() < 130.0, "{four}");
    let hundred = junctions(50, "{ fixed_total_number = 100 }");
    assert!(hundred.len() == 100 && hundred.iter().all(|(source, target)| source != target));
}

#[test]
fn what_is_read_stood_so_at_the_end_of_the_last_step() {
    // n is a gate: the engine knows it half a step later, and it is read at whole steps as it is recorded. r is no state.
    let text = "
[populations.B]
model = 'hh_traub_miles'
size = 20
parameters.I_e = '100 pA*i'
[populations.A]
model = 'lif'
size = 20
receptors.gate = 'reads_n.toml'
[populations.R]
model = 'rate_unit'
size = 20
parameters.I_e = '20 pA*sin(2*pi*100 Hz*t)'
[populations.S]
model = 'rate_unit'
size = 20
receptors.rates = 'rate_coupling'
[[projections]]
from = 'B'
to = 'A'
rule = 'one_to_one'
receptor = 'gate'
weight = '3 pA'
[[projections]]
from = 'R'
to = 'S'
rule = 'one_to_one'
receptor = 'rates'
reads = 'r'
weight = '2 pA/Hz'
[[record.traces]]
population = 'B'
variables = 'n'
[[record.traces]]
population = 'A'
variables = 'gate.sum_wx'
[[record.traces]]
population = 'R'
variables = 'r'
[[record.traces]]
population = 'S'
variables = 'rates.I'
[run]
duration = '20 ms'
";
    let spec = Spec::parse(Source::new("tests/coupling/files/net.toml", text), "net").unwrap();
    let seen = run(&Plan::new(&spec).unwrap_or_else(|e| panic!("{}", e.report())));
    for (of, sum, weight) in [(0, 1, 3.0), (2, 3, 2000.0)] {
        for step in 1..=200 {
            for (x, sum) in seen.traces[of][step - 1].1.iter().zip(&seen.traces[sum][step].1) {
                assert!((weight * x - sum).abs() <= 1e-13 * sum.abs(), "step {step}: {weight}*{x} and {sum}");
            }
        }
        let values: BTreeSet<u64> = seen.traces[sum].iter().map(|t| t.1[7].to_bits()).collect();
        assert!(values.len() > 50, "what is read does not move");
    }
}
