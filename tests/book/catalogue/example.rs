//! A small network with the model in it.

use bouton::{
    lab::{Subject, fi},
    lang::{
        model::{Kind, Model},
        rule::{Of, Rule},
    },
    quantity::Dim,
};

/// What drives the neurons that take no current in the usual way, or whose rheobase is a matter of chance.
const DRIVEN: [(&str, &str); 10] = [
    ("fitzhugh_nagumo", "parameters.I = \"0.25*i\"\n"),
    ("fitzhugh_nagumo_noise", "parameters.tau = \"10 ms\"\n"),
    ("hh_langevin", "[[inputs]]\nto = \"cell\"\ncurrent = \"7 pA*i\"\n"),
    ("hh_markov", "[[inputs]]\nto = \"cell\"\ncurrent = \"7 pA*i\"\n"),
    ("hh_traub_miles", "[[inputs]]\nto = \"cell\"\ncurrent = \"where(t > 100 ms and t < 300 ms, 200 pA*i, 0 pA)\"\n"),
    ("lnp", "[[inputs]]\nto = \"cell\"\ncurrent = \"where(t > 100 ms and t < 300 ms, 100 pA*i, 0 pA)\"\n"),
    ("poisson", "parameters.rate = \"20 Hz*(i + 1)\"\n"),
    ("rate_lif", "[[inputs]]\nto = \"cell\"\ncurrent = \"where(t > 100 ms and t < 300 ms, 200 pA*i, 0 pA)\"\n"),
    ("rate_unit", "[[inputs]]\nto = \"cell\"\ncurrent = \"where(t > 100 ms and t < 300 ms, 100 pA*i, 0 pA)\"\n"),
    ("spike_list", "times = [\"50 ms\", \"100 ms\", \"250 ms\"]\n"),
];

/// The part of a page that shows how a network uses a model.
pub fn model(model: &Model) -> String {
    let name = &*model.name;
    match model.kind {
        Kind::Neuron | Kind::SpikeList => neuron(model),
        Kind::Input => {
            let network = format!(
                "[populations.cell]\nmodel = \"lif\"\nsize = 3\n\n[[inputs]]\nto = \"cell\"\nmodel = \"{name}\"\n\n\
                 [record]\nspikes = []\n\n[[record.traces]]\npopulation = \"cell\"\nvariables = [\"v\", \"I_syn\"]\n\n[run]\nduration = \"300 ms\"\n"
            );
            section(name, &network, Some("The potential of the cells, and the current into them."))
        }
        Kind::Receptor => receptor(model),
    }
}

fn neuron(model: &Model) -> String {
    let name = &*model.name;
    let driven = DRIVEN.iter().find(|d| d.0 == name).map(|d| d.1.to_string());
    let drive = driven.unwrap_or_else(|| {
        // From a third below what makes it fire; what never fires gets as much as makes a potential move.
        let rheobase = fi::rheobase(&Subject { model: model.clone().into() }).unwrap_or(100.0);
        let (step, unit) = round(0.7 * rheobase);
        format!(
            "[[inputs]]\nto = \"cell\"\ncurrent = \"where(t > 50 ms and t < 250 ms, {step} {unit}*(2*i + 1), 0 pA)\"\n"
        )
    });
    let drive = if drive.starts_with('[') { format!("\n{drive}") } else { drive };
    let variable = model.equations.iter().find(|e| e.differential).map(|e| &e.name);
    let traces = variable.map_or(String::new(), |variable| {
        format!("\n[[record.traces]]\npopulation = \"cell\"\nvariables = \"{variable}\"\n")
    });
    let dt = if name == "hh_langevin" { "dt = \"0.01 ms\"\n" } else { "" };
    let network = format!(
        "[populations.cell]\nmodel = \"{name}\"\nsize = 3\n{drive}{traces}\n[run]\nduration = \"400 ms\"\n{dt}"
    );
    let caption = match variable {
        None => "Their spikes, and the rate.".to_string(),
        Some(variable) => format!("Spikes, rate and `{variable}` of the three."),
    };
    section(name, &network, Some(&caption))
}

fn receptor(model: &Model) -> String {
    let name = &*model.name;
    let unit = model.weight.expect("receptors have weights").to_string();
    // Of channels, one weight is enough to be seen; of two neurons that are coupled, five.
    let size = if model.reads.is_some() { 5 } else { 1 };
    let weight = if unit == "1" { size.to_string() } else { format!("\"{size} {unit}\"") };
    let Some(reads) = &model.reads else {
        let network = format!(
            "[populations.stimulus]\nmodel = \"spike_list\"\nsize = 1\ntimes = [\"20 ms\", \"40 ms\", \"60 ms\"]\n\n\
             [populations.cell]\nmodel = \"lif\"\nsize = 1\nreceptors.syn = \"{name}\"\n\n\
             [[projections]]\nfrom = \"stimulus\"\nto = \"cell\"\nrule = \"all_to_all\"\nreceptor = \"syn\"\nweight = {weight}\n\
             delay = \"1 ms\"\n\n[run]\nduration = \"200 ms\"\n"
        );
        return section(name, &network, None);
    };
    // Potentials are read of neurons, activations of rate units.
    let neuron = if &*reads.variable == "v" { "lif" } else { "rate_unit" };
    let network = format!(
        "[populations.cell]\nmodel = \"{neuron}\"\nsize = 2\nreceptors.syn = \"{name}\"\n\n\
         [[inputs]]\nto = \"cell\"\ncurrent = \"where(i < 1 and t > 50 ms, 150 pA, 0 pA)\"\n\n\
         [[projections]]\nfrom = \"cell\"\nto = \"cell\"\nrule = \"all_to_all\"\nautapses = false\nreceptor = \"syn\"\nweight = {weight}\n\n\
         [[record.traces]]\npopulation = \"cell\"\nvariables = \"{}\"\n\n[run]\nduration = \"200 ms\"\n",
        reads.variable
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
    let modulated = rule.traces_of(Of::Modulator).next().is_some();
    let (population, modulator) = match modulated {
        true => (
            "[populations.reward]\nmodel = \"spike_list\"\nsize = 1\ntimes = [\"500 ms\"]\n\n",
            ", modulator = \"reward\"",
        ),
        false => ("", ""),
    };
    // Scaling takes hours; here it is to be seen.
    let faster = if rule.name == "homeostatic_scaling" { ", beta = 0.02, tau = \"1 s\"" } else { "" };
    let learning = format!("{{ rule = \"{}\"{}{modulator} }}", rule.name, given.collect::<String>() + faster);
    let network = format!(
        "[populations.input]\nmodel = \"poisson\"\nsize = 50\nparameters.rate = \"20 Hz\"\n\n\
         [populations.cell]\nmodel = \"lif\"\nsize = 10\nreceptors.exc = \"{receptor}\"\n\n{population}\
         [[projections]]\nfrom = \"input\"\nto = \"cell\"\nrule = \"all_to_all\"\nreceptor = \"exc\"\n\
         weight = \"uniform(1 {unit}, 3 {unit})\"\ndelay = \"1 ms\"\nplasticity = {learning}\n\n\
         [record]\nspikes = [\"cell\"]\n\n[[record.synapses]]\nprojection = \"input->cell\"\nsamples = 20\ninterval = \"10 ms\"\n\n[run]\nduration = \"2 s\"\n"
    );
    // Short-term plasticity leaves the weight as it is.
    let caption = learns(rule).then_some("Spikes and rate of the cells, and the weights of twenty synapses.");
    section(&rule.name, &network, caption)
}

/// Whether anything changes the weight.
fn learns(rule: &Rule) -> bool {
    rule.drift.is_some() || rule.on_pre.iter().chain(&rule.on_post).any(|s| &*s.target == "w")
}

/// The network, run; and, with a caption, its picture.
fn section(name: &str, network: &str, caption: Option<&str>) -> String {
    let network = format!("## In a network\n\n```toml\n# {name}_example.toml\n{network}```\n\n");
    network
        + &match caption {
            Some(caption) => format!(
                "```sh\nbouton run {name}_example.toml\nbouton plot {name}_example.h5 -o {name}_example.svg\n```\n\n{caption}\n\n\
             ![What {name}_example.toml shows]({name}_example.svg)\n\n"
            ),
            None => format!("```sh\nbouton run {name}_example.toml\n```\n\n"),
        }
}

/// A current in pA with two digits, in a unit that suits it.
fn round(current: f64) -> (f64, &'static str) {
    let (value, unit) = if current.abs() >= 1000.0 { (current * 1e-3, "nA") } else { (current, "pA") };
    (format!("{value:.1e}").parse().expect("a number"), unit)
}
