//! Mistakes about plasticity: in a projection that learns, and in a rule file.

use bouton::{lang::rule::Rule, quantity::Dim};

use super::*;

const RULE: (&str, &str) = ("my_rule.toml", include_str!("base_rule.toml"));

/// What a projection says after its delay.
const DELAY: &str = "delay = \"1 ms\"";

fn with(plasticity: &str) -> &'static str {
    format!("{DELAY}\n{plasticity}").leak()
}

fn rule(source: Source) -> Result<Rule, Error> {
    Rule::parse("my_rule", source, Dim::CONDUCTANCE)
}

#[test]
fn the_rule_that_is_changed_is_sound() {
    rule(Source::new(RULE.0, RULE.1)).unwrap_or_else(|e| panic!("{}", e.report()));
}

#[test]
fn projections_that_learn() {
    let additive = "plasticity = { rule = \"stdp_additive\", w_max = \"4 nS\" }";
    let table = |values: &str| with(&format!("plasticity = {{ rule = \"stdp_additive\", {values} }}"));
    let after = |key: &str| with(&format!("{additive}\n{key}"));
    let dopamine =
        |values: &str| with(&format!("plasticity = {{ rule = \"stdp_dopamine\", w_max = \"4 nS\"{values} }}"));
    let cases = [
        ("weight above the bounds", DELAY, table("w_max = \"1 nS\"")),
        ("weight below the bounds", "weight = \"w\"\ndelay = \"1 ms\"", {
            format!("weight = \"-w\"\n{}", after("")).leak()
        }),
        ("weights without limit", "weight = \"w\"\ndelay = \"1 ms\"", {
            format!("weight = \"normal(w, 1 nS)\"\n{}", after("")).leak()
        }),
        ("weights drawn beyond the bounds", "weight = \"w\"\ndelay = \"1 ms\"", {
            format!("weight = \"uniform(0 nS, 5 nS)\"\n{}", after("")).leak()
        }),
        ("unknown receptor", "receptor = \"exc\"\nweight = \"w\"\ndelay = \"1 ms\"", {
            format!("receptor = \"ecx\"\nweight = \"w\"\n{}", after("")).leak()
        }),
        ("target without receptors", "size = 4\nreceptors = { exc = \"cond_exp\" }", "size = 4"),
        ("target that is a list of spikes", "to = \"I\"", "to = \"stim\"\nplasticity = \"stdp_additive\""),
        ("parameter in another unit", DELAY, table("w_max = \"4 pA\"")),
        ("parameter without unit", DELAY, table("w_max = 4")),
        ("parameter with a unit too many", DELAY, table("w_max = \"4 nS\", A_plus = \"1 nS\"")),
        ("parameter out of its bounds", DELAY, table("w_max = \"4 nS\", tau_plus = \"0 ms\"")),
        ("parameter that is drawn", DELAY, table("w_max = \"uniform(3 nS, 4 nS)\"")),
        ("unknown parameter", DELAY, table("wmax = \"4 nS\"")),
        ("missing parameter", DELAY, with("plasticity = \"stdp_additive\"")),
        ("one of two missing parameters", DELAY, with("plasticity = { rule = \"stdp_triplet\", w_max = \"4 nS\" }")),
        ("unknown rule", DELAY, with("plasticity = \"stdp_aditive\"")),
        ("rule that nobody knows", DELAY, with("plasticity = \"hebb\"")),
        ("missing rule file", DELAY, with("plasticity = \"missing.toml\"")),
        ("model in place of a rule", DELAY, with("plasticity = \"leaky.toml\"")),
        ("rule file with a mistake", DELAY, with("plasticity = \"hebb.toml\"")),
        (
            "drift that has no closed form",
            DELAY,
            with("plasticity = { rule = \"exponential.toml\", w_max = \"4 nS\" }"),
        ),
        (
            "bounds upside down",
            DELAY,
            with("plasticity = { rule = \"upside_down.toml\", w_min = \"0 nS\", w_max = \"4 nS\" }"),
        ),
        ("no rule in the table", DELAY, with("plasticity = { w_max = \"4 nS\" }")),
        ("no rule in the list", DELAY, with("plasticity = []")),
        ("a number", DELAY, with("plasticity = 0.01")),
        ("the same rule twice", DELAY, with("plasticity = [\"tsodyks_markram\", \"tsodyks_markram\"]")),
        ("half a vesicle", DELAY, with("plasticity = { rule = \"quantal_release\", n = 2.5 }")),
        ("unknown pairing", DELAY, table("w_max = \"4 nS\", pairing = \"nearst\"")),
        ("modulator missing", DELAY, dopamine("")),
        ("modulator unknown", DELAY, dopamine(", modulator = \"dopamine\"")),
        ("modulator of a rule without one", DELAY, table("w_max = \"4 nS\", modulator = \"stim\"")),
        ("modulator without delay", DELAY, dopamine(", modulator = \"stim\", modulator_delay = \"0 ms\"")),
        ("dendritic out of range", DELAY, after("dendritic = 1.5")),
        ("dendritic as a time", DELAY, after("dendritic = \"1 ms\"")),
        ("dendritic without a rule", DELAY, with("dendritic = 0.5")),
        ("dendritic delay too long", DELAY, { format!("delay = \"30 ms\"\ndendritic = 0.5\n{additive}").leak() }),
    ];
    insta::assert_snapshot!(reports(NETWORK, &cases, plan));
}

#[test]
fn rule_files() {
    let on_pre = "w -= A*w_max*y; c += w_max*y";
    let drift = "0.1*c*D/tau";
    let bounds = "[\"0*w_max\", \"w_max\"]";
    let cases = [
        ("bad TOML", "[traces]", "[traces"),
        ("no kind", "kind = \"plasticity\"\n", ""),
        ("another kind", "kind = \"plasticity\"", "kind = \"neuron\""),
        ("unknown key", "on_pre =", "on_spike ="),
        ("unknown name", on_pre, "w -= A*w_mx*y"),
        ("name of nothing", on_pre, "w -= gain*w_max*y"),
        ("wrong unit in a statement", on_pre, "w -= A*y"),
        ("wrong unit in a factor", on_pre, "w *= w_max"),
        ("wrong units in a sum", on_pre, "w -= A*(w + y)"),
        ("statement that is none", on_pre, "A*w_max*y"),
        ("bracket missing", on_pre, "w -= A*w_max*(y"),
        ("trace changed by hand", on_pre, "y -= 1"),
        ("parameter changed", on_pre, "w_max += w"),
        ("value of a source from a trace", on_pre, "u = y"),
        ("value of a source after a postsynaptic spike", "w += A*w_max*x", "u = 1"),
        ("chance", on_pre, "w -= A*w_max*y*rand()"),
        ("modulator at a spike", on_pre, "w -= A*w_max*D"),
        ("quanta without vesicles", "drift =", "transmit = \"w*quanta\"\ndrift ="),
        ("vesicles without probability", "drift =", "quanta = { n = 5 }\ndrift ="),
        ("probability of a synapse", "drift =", "quanta = { n = 5, p = \"c/w_max\" }\ndrift ="),
        ("transmission in the wrong unit", "drift =", "transmit = \"u\"\ndrift ="),
        ("trace in the drift", drift, "0.1*w_max*x/tau"),
        ("weight in the drift", drift, "-w/tau"),
        ("drift in the unit of the weight", drift, "c*D"),
        ("bounds of one kind of weight", bounds, "[\"0 pA\", \"w_max\"]"),
        ("one bound", bounds, "[\"w_max\"]"),
        ("bound that changes", bounds, "[\"0*w_max\", \"w + w_max\"]"),
        ("trace of nobody", "of = \"pre\"", "of = \"dendrite\""),
        ("trace without time constant", "x = { of = \"pre\", tau = \"tau\",", "x = { of = \"pre\","),
        ("time constant that is none", "x = { of = \"pre\", tau = \"tau\"", "x = { of = \"pre\", tau = \"A\""),
        ("jump of a spike", "x = { of = \"pre\",", "x = { of = \"pre\", jump = \"2\","),
        ("unknown unit of a variable", "c = { unit = \"weight\"", "c = { unit = \"mv\""),
        ("variable of nobody", "per = \"source\"", "per = \"neuron\""),
        ("initial value of another unit", "initial = 1", "initial = \"w_max\""),
        ("the same name twice", "c = {", "x = {"),
        ("name of something built in", "c = {", "v = {"),
        ("condition that is none", "drift =", "post_event = \"v\"\ndrift ="),
        ("condition on a trace", "drift =", "post_event = \"x > 1\"\ndrift ="),
        ("equation in the wrong unit", "drift =", "equations = \"dm/dt = (v - m)/A : mV\"\ndrift ="),
        (
            "parameter of one kind of weight",
            "unit = \"weight\", meaning = \"greatest",
            "unit = \"nS\", meaning = \"greatest",
        ),
        ("parameter without value", "value = 0.01, ", ""),
        ("parameter without meaning", ", meaning = \"amplitude\"", ""),
        ("default out of its bounds", "value = 0.01", "value = -0.01"),
    ];
    insta::assert_snapshot!(reports(RULE, &cases, rule));
}
