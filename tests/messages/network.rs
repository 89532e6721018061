//! Mistakes in the structure of a network file: keys, names, types, lists, phases, recording.

use super::*;

#[test]
fn names_and_keys() {
    let cases = [
        ("bad TOML", "[constants]", "[constants"),
        ("the same key twice", "size = 4", "size = 4\nsize = 5"),
        ("the same population twice", "[populations.I]", "[populations.E]"),
        ("unknown key at the top", "title =", "titel ="),
        ("unknown key in a population", "size = 4", "size = 4\nreceptor = { exc = \"ampa\" }"),
        ("unknown table", "[run]", "[rnu]"),
        ("missing key", "size = 4\n", ""),
        ("missing rule", "rule = { fixed_in_degree = 3 }\n", ""),
        ("wrong type", "size = 4", "size = [4]"),
        ("wrong type of a name", "from = \"E\"", "from = 3"),
        ("unknown model", "model = \"lif\"", "model = \"lief\""),
        ("missing model file", "model = \"lif\"", "model = \"missing.toml\""),
        ("model file with a mistake", "model = \"lif\"", "model = \"leaky.toml\""),
        ("receptor model as a neuron", "model = \"lif\"", "model = \"ampa\""),
        ("neuron model as a receptor", "exc = \"cond_exp\" }", "exc = \"lif\" }"),
        ("unknown receptor model", "exc = \"cond_exp\" }", "exc = \"cond_ex\" }"),
        ("unknown parameter", "C_m =", "Cm ="),
        ("unknown receptor parameter", "tau = \"10 ms\"", "tua = \"10 ms\""),
        ("unknown variable", "initial = { v =", "initial = { u ="),
        ("unknown source population", "from = \"E\"", "from = \"Exc\""),
        ("unknown population of an input", "to = \"E\"\nrate", "to = \"e\"\nrate"),
        (
            "unknown receptor of a projection",
            "receptor = \"exc\"\nweight = \"w\"\ndelay",
            "receptor = \"ext\"\nweight = \"w\"\ndelay",
        ),
        ("unknown receptor of an input", "weight = \"w\"\nreceptor = \"exc\"", "weight = \"w\"\nreceptor = \"ex\""),
        ("projection onto spikes", "to = \"I\"", "to = \"stim\""),
        ("unknown rule", "rule = { fixed_in_degree = 3 }", "rule = { in_degree = 3 }"),
        ("unknown integrator", "size = 4", "size = 4\nintegrator = \"rk5\""),
        ("integrator that cannot", "model = \"lif\"\nsize = 4", "model = \"adex\"\nsize = 4\nintegrator = \"exact\""),
        ("unknown precision", "seed = 1", "precision = \"double\""),
        ("name that is no identifier", "[populations.I]", "[populations.\"I 1\"]"),
        ("constant with a built-in name", "n = 8", "n = 8\ndt = 1"),
        ("constant that uses a later one", "n = 8", "n = \"2*half\"\nhalf = 4"),
        ("constant that is a word", "w = \"2 nS\"", "w = \"lif\""),
        ("receptor that needs a potential", "model = \"lif\"\nsize = 4", "model = \"poisson\"\nsize = 4"),
        ("place in a model that has none", "inh = { model", "inh = { at = \"dendrite\", model"),
        (
            "unknown place",
            "model = \"lif\"\nsize = 4\nreceptors = { exc = \"cond_exp\" }",
            "model = \"two_compartment\"\nsize = 4\nreceptors = { exc = { model = \"cond_exp\", at = \"dendrit\" } }",
        ),
        ("place of Poisson spikes", "weight = \"w\"\nreceptor", "weight = \"w\"\nat = \"dendrite\"\nreceptor"),
        ("input into a spike list", "to = \"E\"\nrate", "to = \"stim\"\nrate"),
    ];
    insta::assert_snapshot!(reports(NETWORK, &cases, plan));
}

#[test]
fn lists_phases_and_recording() {
    let spikes = "spikes = [[0, \"5 ms\"], [1, \"7.5 ms\"]]";
    let duration = "duration = \"100 ms\"";
    let phase = |set: &str| -> &'static str { format!("phases = [{{ duration = \"50 ms\", set = {set} }}]").leak() };
    let cases = [
        (
            "two receptors and one weight",
            "receptor = \"exc\"\nweight = \"w\"\ndelay",
            "receptor = [\"exc\", \"exc\"]\nweight = \"w\"\ndelay",
        ),
        ("empty list of targets", "to = \"I\"", "to = []"),
        ("input of two kinds", "rate = \"100 Hz\"", "rate = \"100 Hz\"\ncurrent = \"1 pA\""),
        ("spike list without times", spikes, ""),
        ("spike list with times twice", spikes, "times = [\"1 ms\"]\nfile = \"spikes.gdf\""),
        ("spike times of another model", "size = 4", "size = 4\ntimes = [\"1 ms\"]"),
        ("spike of a neuron beyond the last", spikes, "spikes = [[2, \"5 ms\"]]"),
        ("spike before the first step", spikes, "times = [\"0 ms\"]"),
        ("spike time without unit", spikes, "times = [5]"),
        ("pair without a time", spikes, "spikes = [[0]]"),
        ("spike file with a neuron beyond the last", spikes, "file = \"spikes.gdf\""),
        ("missing spike file", spikes, "file = \"missing.gdf\""),
        ("parameters of a spike list", spikes, "times = [\"1 ms\"]\nparameters = { C_m = \"1 pF\" }"),
        ("duration and phases", duration, "duration = \"100 ms\"\nphases = [{ duration = \"50 ms\" }]"),
        ("neither duration nor phases", "duration = \"100 ms\"\n", ""),
        ("phase without duration", duration, "phases = [{ name = \"rest\" }]"),
        ("phase sets no parameter", duration, phase("{ I_e = \"1 pA\" }")),
        ("phase sets an unknown population", duration, phase("{ \"X.I_e\" = \"1 pA\" }")),
        ("phase sets an unknown parameter", duration, phase("{ \"E.I\" = \"1 pA\" }")),
        ("phase sets a value without unit", duration, phase("{ \"E.I_e\" = 1 }")),
        ("phase sets a value outside of bounds", duration, phase("{ \"E.exc.tau\" = \"0 ms\" }")),
        (
            "phase makes a random value a function of time",
            duration,
            "phases = [{ duration = \"1 ms\", set = { \"E.I_e\" = \"normal(0 pA, 1 pA)\" } }, { duration = \"1 ms\", set = { \"E.I_e\" = \"1 pA*t/ms\" } }]",
        ),
        ("phase sets an initial value", duration, phase("{ \"E.v\" = \"-60 mV\" }")),
        ("trace of an unknown population", "population = \"E\"", "population = \"F\""),
        ("trace of an unknown variable", "\"exc.g\"]", "\"ex.g\"]"),
        ("trace of a spike list", "population = \"E\"", "population = \"stim\""),
        ("trace of neurons beyond the last", "\"0:3\"", "\"0:9\""),
        ("trace of a list beyond the last", "\"0:3\"", "[0, 8]"),
        ("trace of an empty range", "\"0:3\"", "\"3:3\""),
        ("trace of no range", "\"0:3\"", "\"all\""),
        ("trace between steps", "\"0.5 ms\"", "\"0.25 ms\""),
        ("spikes of an unknown population", "[[record.traces]]", "[record]\nspikes = [\"Inh\"]\n[[record.traces]]"),
        ("weights of an unknown projection", "[[record.traces]]", "[record]\nweights = \"I->E\"\n[[record.traces]]"),
        ("weights of a population", "[[record.traces]]", "[record]\nweights = \"E\"\n[[record.traces]]"),
    ];
    insta::assert_snapshot!(reports(NETWORK, &cases, plan));
}

#[test]
fn synapses_and_learning() {
    let duration = "duration = \"100 ms\"";
    let record = |lines: &str| -> &'static str { format!("[[record.synapses]]\n{lines}\n\n[run]").leak() };
    let phase = |learns: &str| -> &'static str {
        format!("phases = [{{ duration = \"50 ms\", plasticity = {learns} }}]").leak()
    };
    let cases = [
        ("synapses of no projection", "[run]", record("samples = 3")),
        ("synapses of a population", "[run]", record("projection = \"E\"")),
        ("synapses of an unknown projection", "[run]", record("projection = \"E->E\"")),
        ("synapses that do not learn", "[run]", record("projection = \"E->I\"")),
        ("synapses chosen twice", "[run]", record("projection = \"E->I\"\nsamples = 3\nhistogram = 5")),
        ("pair of three", "[run]", record("projection = \"E->I\"\npairs = [[0, 1, 2]]")),
        ("range of no histogram", "[run]", record("projection = \"E->I\"\nrange = [\"0 nS\", \"1 nS\"]")),
        ("synapses between steps", "[run]", record("projection = \"E->I\"\ntimes = [\"0.25 ms\"]")),
        ("synapses after the end", "[run]", record("projection = \"E->I\"\ntimes = [\"1 s\"]")),
        ("phase in which something learns", duration, phase("3")),
        ("phase in which an unknown projection learns", duration, phase("\"I->E\"")),
        ("phase in which weights learn that cannot", duration, phase("[\"E->I\"]")),
        ("edges of missing results", "{ fixed_in_degree = 3 }", "{ edges = \"missing.h5\" }"),
    ];
    insta::assert_snapshot!(reports(NETWORK, &cases, plan));
}

#[test]
fn changes_from_the_command_line() {
    let report = |key: &str, value: &str| {
        let set = [(key.to_string(), value.to_string())];
        let error = Spec::load("vogels_abbott", &set).and_then(|spec| Plan::new(&spec)).map(|_| ()).unwrap_err();
        format!("## --set {key}={value}\n{}", error.report())
    };
    let cases = [
        ("sise", "10"),
        ("populations.X.size", "10"),
        ("populations.E.sise", "10"),
        ("populations.E.parameters.Cm", "1 pF"),
        ("projections.7.weight", "1 nS"),
        ("projections.first.weight", "1 nS"),
        ("run.dt", "0.2"),
        ("run.dt.x", "0.2"),
        ("size", "lots"),
    ];
    let all: Vec<String> = cases.iter().map(|c| report(c.0, c.1)).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn empty_networks() {
    let report = |text: &str| plan(Source::new("net.toml", text)).map(|_| ()).unwrap_err().report();
    insta::assert_snapshot!([report(""), report("[populations]\n[run]\nduration = \"1 s\"\n")].join("\n"));
}

#[test]
fn networks_that_are_not_there() {
    let report = |name: &str| Spec::load(name, &[]).unwrap_err().report();
    insta::assert_snapshot!([report("vogels_abot"), report("missing/net.toml"), report("tests")].join("\n"));
}

/// Neurons that differ in their parameters alone are a sound file; beside others that are connected they may have been forgotten.
#[test]
fn a_population_left_alone_is_noted_where_others_are_connected() {
    let warnings = |more: &str| {
        let cell = |name: &str| format!("[populations.{name}]\nmodel = \"lif\"\nsize = 1\n");
        let text = format!("{}{}{more}[run]\nduration = \"1 ms\"\n", cell("A"), cell("B"));
        plan(Source::new("net.toml", text)).unwrap_or_else(|e| panic!("{}", e.report())).warnings
    };
    assert!(warnings("").is_empty());
    let one = warnings("[[inputs]]\nto = \"A\"\ncurrent = \"1 pA\"\n");
    assert_eq!(one, ["population \"B\" has no projections and no inputs"]);
}
