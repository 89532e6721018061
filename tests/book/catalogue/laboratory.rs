//! The experiments of the laboratory that suit a model.

use bouton::{
    lab::{Subject, gates},
    lang::{
        model::{Kind, Model},
        rule::Rule,
    },
};

/// Those of a model.
pub fn model(model: &Model) -> String {
    let name = &*model.name;
    match model.kind {
        Kind::Receptor if model.on_spike.is_some() => {
            // It takes away a conductance, which the passive cell has to have.
            let cell = if name == "muscarinic" { " --conductance \"40 nS\"" } else { "" };
            section(&[(
                format!("bouton synapse {name}{cell} -o {name}_synapse.svg"),
                "Response to one spike of a synapse of weight 1, at the potentials that the legend names.",
                format!("{name}_synapse.svg"),
            )])
        }
        Kind::Neuron => neuron(model),
        _ => String::new(),
    }
}

fn neuron(model: &Model) -> String {
    let name = &*model.name;
    let text = &model.source.text;
    let by_chance = ["rand()", "binomial(", "xi"].iter().any(|word| text.contains(word));
    let subject = Subject { model: model.clone().into() };
    let mut all = Vec::new();
    if model.threshold.is_some() && text.contains("I_syn") && !by_chance {
        all.push((
            format!("bouton fi {name} --dt \"0.05 ms\" --duration \"500 ms\" --precision 1e-3 -o {name}_fi.svg"),
            "The rate over a constant current.",
            format!("{name}_fi.svg"),
        ));
    }
    if gates::run(&gates::Protocol { subject, voltages: None }).is_ok() {
        all.push((
            format!("bouton gates {name} -o {name}_gates.svg"),
            "Steady states and time constants over the potential.",
            format!("{name}_gates.svg"),
        ));
    }
    if model.equations.iter().filter(|e| e.differential).count() == 2 && !text.contains("rand()") {
        all.push((format!("bouton phase {name} -o {name}_phase.svg"), "The phase plane.", format!("{name}_phase.svg")));
    }
    section(&all)
}

/// Those of a rule.
pub fn rule(rule: &Rule) -> String {
    let name = &rule.name;
    section(&[(
        format!("bouton stdp {name} --step \"4 ms\" --frequencies 1:50 -o {name}_stdp.svg"),
        "What pairs of spikes do, or trains where the rule changes transmission alone.",
        format!("{name}_stdp.svg"),
    )])
}

/// Commands with their pictures.
fn section(experiments: &[(String, &str, String)]) -> String {
    let one = |(command, caption, picture): &(String, &str, String)| {
        format!("```sh\n{command}\n```\n\n{caption}\n\n![{caption}]({picture})\n\n")
    };
    match experiments {
        [] => String::new(),
        all => format!("## In the laboratory\n\n{}", all.iter().map(one).collect::<String>()),
    }
}
