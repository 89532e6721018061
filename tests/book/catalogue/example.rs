//! A small network with the model in it.

use bouton::{
    lab::{Subject, fi},
    lang::{
        model::{Kind, Model},
        rule::{Of, Rule},
    },
    quantity::Dim,
};

/// What drives the neurons that take no current in the usual way, or whose rheobase is a matter of chance: keys of the population, or
/// the current.
const DRIVEN: [(&str, Drive); 10] = [
    ("fitzhugh_nagumo", Drive::Keys("parameters.I = \"0.25*i\"")),
    ("fitzhugh_nagumo_noise", Drive::Keys("parameters.tau = \"10 ms\"")),
    ("hh_langevin", Drive::Current("7 pA*i")),
    ("hh_markov", Drive::Current("7 pA*i")),
    ("hh_traub_miles", Drive::Current("200 pA*i")),
    ("lnp", Drive::Current("100 pA*i")),
    ("poisson", Drive::Keys("parameters.rate = \"20 Hz*(i + 1)\"")),
    ("rate_lif", Drive::Current("200 pA*i")),
    ("rate_unit", Drive::Current("100 pA*i")),
    ("spike_list", Drive::Keys("times = [\"50 ms\", \"100 ms\", \"250 ms\"]")),
];

#[derive(Clone, Copy)]
enum Drive {
    Keys(&'static str),
    Current(&'static str),
}

/// The part of a page that shows how a network uses a model.
pub fn model(model: &Model) -> String {
    match model.kind {
        Kind::Neuron | Kind::SpikeList => neuron(model),
        Kind::Input => input(&model.name),
        Kind::Receptor => receptor(model),
    }
}

fn neuron(model: &Model) -> String {
    let name = &*model.name;
    let (keys, current) = match DRIVEN.iter().find(|driven| driven.0 == name) {
        Some((_, Drive::Keys(keys))) => (format!("{keys}\n"), None),
        Some((_, Drive::Current(current))) => (String::new(), Some(current.to_string())),
        None => {
            // From a third below what makes it fire; what never fires gets as much as makes a potential move.
            let rheobase = fi::rheobase(&Subject { model: model.clone().into() }).unwrap_or(100.0);
            let (step, unit) = round(0.7 * rheobase);
            (String::new(), Some(format!("{step} {unit}*(2*i + 1)")))
        }
    };
    let current = current.map_or(String::new(), |current| {
        format!(
            r#"
[[inputs]]
to = "cell"
current = "where(t > 50 ms and t < 250 ms, {current}, 0 pA)"
"#
        )
    });
    let variable = model.equations.iter().find(|e| e.differential).map(|e| &e.name);
    let traces = variable.map_or(String::new(), |variable| {
        format!(
            r#"
[[record.traces]]
population = "cell"
variables = "{variable}"
"#
        )
    });
    // Its noise is fast.
    let dt = if name == "hh_langevin" { "dt = \"0.01 ms\"\n" } else { "" };
    let network = format!(
        r#"[populations.cell]
model = "{name}"
size = 3
{keys}{current}{traces}
[run]
duration = "400 ms"
{dt}"#
    );
    let caption = match variable {
        None => "Their spikes, and the rate.".to_string(),
        Some(variable) => format!("Spikes, rate and `{variable}` of the three."),
    };
    section(name, &network, Some(&caption))
}

fn input(name: &str) -> String {
    let network = format!(
        r#"[populations.cell]
model = "lif"
size = 3

[[inputs]]
to = "cell"
model = "{name}"

[record]
spikes = []

[[record.traces]]
population = "cell"
variables = ["v", "I_syn"]

[run]
duration = "300 ms"
"#
    );
    section(name, &network, Some("The potential of the cells, and the current into them."))
}

fn receptor(model: &Model) -> String {
    let name = &*model.name;
    let unit = model.weight.expect("receptors have weights").to_string();
    // Of channels, one weight is enough to be seen; of two neurons that are coupled, five.
    let size = if model.reads.is_some() { 5 } else { 1 };
    let weight = if unit == "1" { size.to_string() } else { format!("\"{size} {unit}\"") };
    let Some(reads) = &model.reads else {
        let network = format!(
            r#"[populations.stimulus]
model = "spike_list"
size = 1
times = ["20 ms", "40 ms", "60 ms"]

[populations.cell]
model = "lif"
size = 1
receptors.syn = "{name}"

[[projections]]
from = "stimulus"
to = "cell"
rule = "all_to_all"
receptor = "syn"
weight = {weight}
delay = "1 ms"

[run]
duration = "200 ms"
"#
        );
        return section(name, &network, None);
    };
    // Potentials are read of neurons, activations of rate units.
    let variable = &reads.variable;
    let neuron = if &**variable == "v" { "lif" } else { "rate_unit" };
    let network = format!(
        r#"[populations.cell]
model = "{neuron}"
size = 2
receptors.syn = "{name}"

[[inputs]]
to = "cell"
current = "where(i < 1 and t > 50 ms, 150 pA, 0 pA)"

[[projections]]
from = "cell"
to = "cell"
rule = "all_to_all"
autapses = false
receptor = "syn"
weight = {weight}

[[record.traces]]
population = "cell"
variables = "{variable}"

[run]
duration = "200 ms"
"#
    );
    section(name, &network, Some("The first of the two gets a current; it reaches the second by the receptor alone."))
}

/// The part of a page that shows how a projection learns by a rule.
pub fn rule(rule: &Rule) -> String {
    let (receptor, unit) = match rule.weight {
        // The rule is made for this receptor's rise and decay.
        _ if rule.name == "nmda_saturation" => ("nmda", "nS"),
        Dim::CONDUCTANCE => ("cond_exp", "nS"),
        Dim::CURRENT => ("curr_exp", "pA"),
        _ => ("delta", "mV"),
    };
    let required = rule.parameters.iter().filter(|p| p.required);
    let given = required.map(|p| format!(", {} = \"{} {unit}\"", p.name, if p.name.contains("max") { 4 } else { 2 }));
    let (reward, modulator) = match rule.traces_of(Of::Modulator).next() {
        Some(_) => (REWARD, ", modulator = \"reward\""),
        None => ("", ""),
    };
    // Scaling takes hours; here it is to be seen.
    let faster = if rule.name == "homeostatic_scaling" { ", beta = 0.02, tau = \"1 s\"" } else { "" };
    let learning = format!("rule = \"{}\"{}{faster}{modulator}", rule.name, given.collect::<String>());
    let network = format!(
        r#"[populations.input]
model = "poisson"
size = 50
parameters.rate = "20 Hz"

[populations.cell]
model = "lif"
size = 10
receptors.exc = "{receptor}"
{reward}
[[projections]]
from = "input"
to = "cell"
rule = "all_to_all"
receptor = "exc"
weight = "uniform(1 {unit}, 3 {unit})"
delay = "1 ms"
plasticity = {{ {learning} }}

[record]
spikes = ["cell"]

[[record.synapses]]
projection = "input->cell"
samples = 20
interval = "10 ms"

[run]
duration = "2 s"
"#
    );
    // Short-term plasticity leaves the weight as it is.
    let caption = learns(rule).then_some("Spikes and rate of the cells, and the weights of twenty synapses.");
    section(&rule.name, &network, caption)
}

const REWARD: &str = r#"
[populations.reward]
model = "spike_list"
size = 1
times = ["500 ms"]
"#;

/// Whether anything changes the weight.
fn learns(rule: &Rule) -> bool {
    rule.drift.is_some() || rule.on_pre.iter().chain(&rule.on_post).any(|s| &*s.target == "w")
}

/// The network, run; and, with a caption, its picture.
fn section(name: &str, network: &str, caption: Option<&str>) -> String {
    let file = format!("{name}_example");
    let (plot, picture) = match caption {
        Some(caption) => (
            format!("bouton plot {file}.h5 -o {file}.svg\n"),
            format!("{caption}\n\n![What {file}.toml shows]({file}.svg)\n\n"),
        ),
        None => Default::default(),
    };
    format!(
        "## In a network\n\n```toml\n# {file}.toml\n{network}```\n\n```sh\nbouton run {file}.toml\n{plot}```\n\n{picture}"
    )
}

/// A current in pA with two digits, in a unit that suits it.
fn round(current: f64) -> (f64, &'static str) {
    let (value, unit) = if current.abs() >= 1000.0 { (current * 1e-3, "nA") } else { (current, "pA") };
    (format!("{value:.1e}").parse().expect("a number"), unit)
}
