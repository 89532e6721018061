//! Mistakes in the values of a network file: units, signs, bounds, distributions, rules, memory.

use super::*;

#[test]
fn units_and_numbers() {
    let cases = [
        ("no unit", "C_m = \"200 pF\"", "C_m = 200"),
        ("no unit in quotes", "delay = \"1 ms\"", "delay = \"1\""),
        ("wrong unit", "C_m = \"200 pF\"", "C_m = \"200 mV\""),
        ("unit where there is none", "size = 4", "size = \"4 mV\""),
        ("unknown unit", "C_m = \"200 pF\"", "C_m = \"200 pT\""),
        ("sum of two dimensions", "C_m = \"200 pF\"", "C_m = \"200 pF + 1 mV\""),
        ("sum with a bare number", "weight = \"w\"\ndelay", "weight = \"w + 1\"\ndelay"),
        ("weight in the wrong unit", "weight = \"w\"\ndelay", "weight = \"2 pA\"\ndelay"),
        ("rate in the wrong unit", "\"100 Hz\"", "\"100 mV\""),
        ("division by zero", "C_m = \"200 pF\"", "C_m = \"1/0*pF\""),
        ("division by a constant that is zero", "n = 8\nw = \"2 nS\"", "n = 8\nz0 = 0\nw = \"2 nS/z0\""),
        ("not a number", "size = 4", "size = nan"),
        ("not a number from 0/0", "rate = \"100 Hz\"", "rate = \"0/0*Hz\""),
        ("infinite", "I_e = \"10 pA\"", "I_e = \"exp(1000)*pA\""),
        ("beyond 64 bits", "size = 4", "size = 99999999999999999999"),
        ("unknown name", "weight = \"w\"\ndelay", "weight = \"2*ww\"\ndelay"),
        ("unknown function", "weight = \"w\"\ndelay", "weight = \"nrmal(1 nS, 1 nS)\"\ndelay"),
        ("wrong number of arguments", "weight = \"w\"\ndelay", "weight = \"normal(1 nS)\"\ndelay"),
        ("broken expression", "weight = \"w\"\ndelay", "weight = \"2*(w\"\ndelay"),
        ("empty expression", "weight = \"w\"\ndelay", "weight = \"\"\ndelay"),
        ("distance without positions", "weight = \"w\"\ndelay", "weight = \"w*exp(-distance/um)\"\ndelay"),
        ("noise in a value", "I_e = \"10 pA\"", "I_e = \"10 pA*xi*ms^0.5\""),
        ("parameter that uses another", "I_e = \"10 pA\"", "I_e = \"C_m*mV/ms\""),
    ];
    insta::assert_snapshot!(reports(NETWORK, &cases, plan));
}

#[test]
fn bounds() {
    let cases = [
        ("size 0", "size = 4", "size = 0"),
        ("negative size", "size = 4", "size = -4"),
        ("fractional size", "size = \"n\"", "size = \"n/3\""),
        ("random size", "size = 4", "size = \"normal(4, 1)\""),
        ("more neurons than ids", "size = 4", "size = 5000000000"),
        ("capacitance 0", "C_m = \"200 pF\"", "C_m = \"0 pF\""),
        ("negative capacitance", "C_m = \"200 pF\"", "C_m = \"-200 pF\""),
        ("time constant 0", "tau = \"10 ms\"", "tau = \"0 ms\""),
        ("distribution that reaches below", "C_m = \"200 pF\"", "C_m = \"normal(200 pF, 20 pF)\""),
        ("uniform that reaches below", "C_m = \"200 pF\"", "C_m = \"uniform(-1 pF, 20 pF)\""),
        ("uniform upside down", "C_m = \"200 pF\"", "C_m = \"uniform(20 pF, 10 pF)\""),
        ("negative standard deviation", "C_m = \"200 pF\"", "C_m = \"normal(200 pF, -1 pF, 1 pF, 300 pF)\""),
        ("lognormal of a negative mean", "weight = \"w\"\ndelay", "weight = \"lognormal(-1 nS, 1 nS)\"\ndelay"),
        (
            "column below the bound",
            "C_m = \"200 pF\"",
            "C_m = { file = \"cells.csv\", column = \"C_m\", unit = \"pF\" }",
        ),
        (
            "column of another length",
            "I_e = \"10 pA\"",
            "I_e = { file = \"short.csv\", column = \"C_m\", unit = \"pA\" }",
        ),
        (
            "initial values of another length",
            "v = \"-60 mV\"",
            "v = { file = \"short.csv\", column = \"C_m\", unit = \"mV\" }",
        ),
        (
            "column that is not there",
            "I_e = \"10 pA\"",
            "I_e = { file = \"cells.csv\", column = \"I_e\", unit = \"pA\" }",
        ),
        ("negative rate", "\"100 Hz\"", "\"-100 Hz\""),
        ("random rate", "\"100 Hz\"", "\"normal(100 Hz, 1 Hz)\""),
        (
            "random current",
            "rate = \"100 Hz\"\nweight = \"w\"\nreceptor = \"exc\"",
            "current = \"uniform(0 pA, 1 pA)\"",
        ),
        ("random function of time", "I_e = \"10 pA\"", "I_e = \"normal(1 pA, 1 pA)*t/ms\""),
        ("time step 0", "dt = \"0.1 ms\"", "dt = \"0 ms\""),
        ("duration 0", "duration = \"100 ms\"", "duration = \"0 ms\""),
        ("endless duration", "duration = \"100 ms\"", "duration = \"1e300 s\""),
        ("negative seed", "seed = 1", "seed = -1"),
        ("no threads", "seed = 1", "threads = 0"),
        ("too many threads", "seed = 1", "threads = 5000"),
    ];
    insta::assert_snapshot!(reports(NETWORK, &cases, plan));
}

#[test]
fn wiring() {
    let rule = "{ fixed_in_degree = 3 }";
    let cases = [
        ("probability above 1", rule, "{ fixed_probability = 1.5 }"),
        ("negative probability", rule, "{ fixed_probability = -0.1 }"),
        ("in-degree above the sources", rule, "{ fixed_in_degree = 9 }"),
        ("negative in-degree", rule, "{ fixed_in_degree = -1 }"),
        ("fractional in-degree", rule, "{ fixed_in_degree = 2.5 }"),
        ("out-degree above the targets", rule, "{ fixed_out_degree = 5 }"),
        ("more synapses than pairs", rule, "{ fixed_total_number = 33 }"),
        ("one to one of two sizes", rule, "\"one_to_one\""),
        ("distance without positions", rule, "{ distance_dependent = \"exp(-distance/um)\" }"),
        ("missing edge list", rule, "{ edges = \"missing.csv\" }"),
        ("edge list with a word", rule, "{ edges = \"letters.csv\" }"),
        ("edge beyond the last neuron", rule, "{ edges = \"beyond.csv\" }"),
        ("edge with a short delay", rule, "{ edges = \"short_delay.csv\" }"),
        ("rule without its value", rule, "\"fixed_in_degree\""),
        ("two rules", rule, "{ fixed_in_degree = 3, fixed_probability = 0.1 }"),
        ("delay below dt", "delay = \"1 ms\"", "delay = \"0.05 ms\""),
        ("negative delay", "delay = \"1 ms\"", "delay = \"-1 ms\""),
        ("delays that reach below dt", "delay = \"1 ms\"", "delay = \"normal(1 ms, 0.2 ms)\""),
        ("endless delay", "delay = \"1 ms\"", "delay = \"1000 s\""),
        (
            "in-degree without autapses",
            "to = \"I\"\nrule = { fixed_in_degree = 3 }",
            "to = \"E\"\nautapses = false\nrule = { fixed_in_degree = 8 }",
        ),
    ];
    insta::assert_snapshot!(reports(NETWORK, &cases, plan));
}

#[test]
fn more_memory_than_the_machine_has() {
    let text =
        NETWORK.1.replacen("size = 4", "size = 2000000000", 1).replacen("{ fixed_in_degree = 3 }", "\"all_to_all\"", 1);
    let error = plan(Source::new(NETWORK.0, text.replacen("n = 8", "n = 1000000", 1))).map(|_| ()).unwrap_err();
    let machine = error.message().rsplit_once("has ").unwrap().1.to_string();
    insta::assert_snapshot!(error.report().replace(&machine, "MACHINE"));
}
