//! Mistakes in what neurons read of each other.

use super::*;

/// A sound network of gap junctions and rates.
const COUPLED: (&str, &str) = ("tests/messages/files/net.toml", include_str!("base_coupled.toml"));
const CONTINUOUS: (&str, &str) = ("my_receptor.toml", include_str!("base_continuous.toml"));

#[test]
fn projections_that_wait_for_no_spikes() {
    assert!(plan(Source::new(COUPLED.0, COUPLED.1)).map_err(|e| e.report()).unwrap().warnings.is_empty());
    let gap = "weight = \"2 nS\"";
    let rates = "reads = \"r\"";
    let cases = [
        ("a delay", gap, "weight = \"2 nS\"\ndelay = \"1 ms\""),
        ("no delay where spikes arrive", "delay = \"1 ms\"\n", ""),
        ("plasticity", gap, "weight = \"2 nS\"\nplasticity = { rule = \"stdp_additive\", w_max = \"3 nS\" }"),
        ("an unknown variable", rates, "reads = \"rr\""),
        (
            "a receptor whose variable the source has not",
            "from = \"R\"\nto = \"R\"\nrule = \"one_to_one\"\nreceptor = \"rates\"\nreads = \"r\"",
            "from = \"B\"\nto = \"R\"\nrule = \"one_to_one\"\nreceptor = \"rates\"",
        ),
        ("a variable in another unit", rates, "reads = \"rates.I\""),
        ("another variable that is none of the target", gap, "weight = \"2 nS\"\nreads = \"w\""),
        ("a variable of spikes", "from = \"R\"", "from = \"stim\""),
        ("a variable for spikes", "delay = \"1 ms\"", "delay = \"1 ms\"\nreads = \"v\""),
        ("no receptor in the partner", "receptors = { gap = \"gap_junction\", exc", "receptors = { exc"),
        ("another receptor in the partner", "gap = \"gap_junction\", exc", "gap = \"curr_exp\", exc"),
        ("a junction with itself", "from = \"B\"\nto = \"A\"", "autapses = true\nfrom = \"A\"\nto = \"A\""),
        ("a weight in the wrong unit", gap, "weight = \"2 pA\""),
        ("Poisson spikes", "receptor = \"exc\"\nrate", "receptor = \"gap\"\nrate"),
        ("delays in a file", "rule = { fixed_in_degree = 2 }", "rule = { edges = \"delays.csv\" }"),
        ("a neuron without potential", "model = \"adex\"", "model = \"rate_unit\""),
    ];
    insta::assert_snapshot!(reports(COUPLED, &cases, plan));
}

#[test]
fn receptors_that_read() {
    let parse = |source| Model::parse("my_receptor", source);
    parse(Source::new(CONTINUOUS.0, CONTINUOUS.1)).unwrap_or_else(|e| panic!("{}", e.report()));
    let reads = "reads = \"v : mV\"";
    let cases = [
        ("spikes as well", reads, "reads = \"v : mV\"\non_spike = \"x += w\""),
        ("no unit", reads, "reads = \"v\""),
        ("an unknown unit", reads, "reads = \"v : mW\""),
        ("no weight", "weight = \"nS\"\n", ""),
        ("a current in another unit", "current = \"x\"", "current = \"sum_w\""),
        ("a sum declared", "dx/dt = (sum_wx", "sum_w = 1 : 1\ndx/dt = (sum_wx"),
        ("a sum before the run", "x = \"0 pA\"", "x = \"sum_wx\""),
        ("the weight of one synapse", "sum_w*v", "w*v"),
        ("symmetry of spikes", reads, "on_spike = \"x += w*mV\""),
    ];
    insta::assert_snapshot!(reports(CONTINUOUS, &cases, parse));
}
