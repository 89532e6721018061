//! `bouton models`: the shipped models and plasticity rules, and what is in their files.

use std::sync::Arc;

use clap::Args;

use super::rule_page;
use crate::{
    error::{Error, Result},
    lang::{
        Integrator, integrators, library,
        model::{Kind, Model, Parameter},
    },
};

/// Arguments of `bouton models`.
#[derive(Args, Debug)]
pub struct ModelsArgs {
    /// Print this model or rule: a shipped one, or the path of a file that ends in .toml
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

/// Prints the list, or one model.
pub fn models(args: ModelsArgs) -> Result<()> {
    match args.name {
        None => print!("{}", list()),
        Some(name) => match rule_page::find(&name) {
            Some(rule) => print!("{}", rule_page::page(&rule?)?),
            None if !name.ends_with(".toml") && !library::names().contains(&&*name) => {
                return Err(rule_page::unknown(&name));
            }
            None => print!("{}", page(&library::load(&name, None)?)?),
        },
    }
    Ok(())
}

/// The kinds, as headings, in the order in which a network needs them.
const KINDS: [(Kind, &str); 4] = [
    (Kind::Neuron, "Neurons"),
    (Kind::SpikeList, "Sources of given spikes"),
    (Kind::Receptor, "Receptors"),
    (Kind::Input, "Inputs"),
];

fn list() -> String {
    let names = [library::names(), library::rule_names()].concat();
    let width = names.iter().map(|name| name.len()).max().unwrap_or(0);
    let mut list = String::new();
    for (kind, heading) in KINDS {
        list += &format!("{heading}\n");
        for model in library::of_kind(kind) {
            list += &format!("  {:width$}  {}\n", model.name, model.title);
        }
        list.push('\n');
    }
    list += &format!("{}\n", rule_page::HEADING);
    for name in library::rule_names() {
        let rule = rule_page::any_weight(name).unwrap_or_else(|e| panic!("{}", e.report()));
        list += &format!("  {name:width$}  {}\n", rule.title);
    }
    list + "\n\
            bouton models NAME    prints equations, parameters, integrators and citation\n\
            bouton stdp RULE      runs pairs of spikes through a plasticity rule\n"
}

/// All that a person needs to use a model.
fn page(model: &Model) -> Result<String> {
    let mut page = format!("{} ({}): {}\n", model.name, model.kind.name().replace('_', " "), model.title);
    if !model.citation.is_empty() {
        page += &format!("\n{}\n", indented(&model.citation));
    }
    page += &written(model)?;
    let value = |p: &Parameter| crate::plan::text(&p.value, &model.source);
    page += &parameters(
        model.parameters.iter().map(|p| [p.name.to_string(), value(p), p.bounds(), p.meaning.clone()]).collect(),
    );
    let moved = integrators_of(model)?;
    if !moved.is_empty() {
        page += "\nIntegrators\n";
        let width = moved.iter().map(|m| m.0.chars().count()).max().unwrap_or(0);
        moved.iter().for_each(|(name, by)| page += &format!("  {name:width$}  {}\n", by.name()));
    }
    Ok(page)
}

/// Equations and what belongs to them, as they stand in the file.
fn written(model: &Model) -> Result<String> {
    const SECTIONS: [(&str, &str); 12] = [
        ("equations", "Equations"),
        ("step", "At the end of every step"),
        ("threshold", "Threshold"),
        ("reset", "Reset"),
        ("refractory", "Refractory for"),
        ("places", "Places of receptors and inputs besides the soma"),
        ("current", "Current into the neuron"),
        ("on_spike", "When a spike of weight w arrives"),
        ("reads", "Reads of each source"),
        ("symmetric", "Couples both neurons of a synapse"),
        ("weight", "Unit of a weight"),
        ("initial", "At time 0"),
    ];
    // The model was read from this text; only the words that a person wrote are wanted again.
    let file: toml::Table = model.source.text.parse().map_err(|e| Error::input(format!("{e}")))?;
    let mut out = String::new();
    for (key, heading) in SECTIONS {
        match file.get(key) {
            Some(toml::Value::String(text)) => out += &format!("\n{heading}\n{}\n", indented(text)),
            Some(toml::Value::Boolean(answer)) => out += &format!("\n{heading}\n  {answer}\n"),
            Some(toml::Value::Table(table)) => {
                out += &format!("\n{heading}\n");
                for (name, value) in table {
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    out += &format!("  {name} = {value}\n");
                }
            }
            _ => {}
        }
    }
    Ok(out)
}

/// A table: name, default, bounds, meaning.
pub fn parameters(rows: Vec<[String; 4]>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let [name, default, bounds] = [width(0), width(1).max(7), width(2).max(6)];
    let mut out = format!("\nParameters\n  {:name$}  {:default$}  {:bounds$}  meaning\n", "", "default", "bounds");
    for [n, d, b, meaning] in &rows {
        out += &format!("  {n:name$}  {d:default$}  {b:bounds$}  {meaning}\n");
    }
    out
}

/// What moves each variable; receptors and inputs are looked at on a leaky integrate-and-fire neuron.
fn integrators_of(model: &Model) -> Result<Vec<(String, Integrator)>> {
    match model.kind {
        Kind::Neuron => integrators(&Arc::new(model.clone()), None),
        Kind::Receptor | Kind::Input => {
            integrators(&Arc::new(library::load("lif", None)?), Some(&Arc::new(model.clone())))
        }
        Kind::SpikeList => Ok(Vec::new()),
    }
}

/// Lines moved to the right.
pub fn indented(text: &str) -> String {
    text.trim().lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str) -> String {
        page(&library::load(name, None).unwrap()).unwrap()
    }

    #[test]
    fn the_list_names_every_model_once() {
        let list = list();
        for name in [library::names(), library::rule_names()].concat() {
            let lines = list.lines().filter(|line| line.trim_start().split(' ').next() == Some(name));
            assert_eq!(lines.count(), 1, "{name} in\n{list}");
        }
    }

    #[test]
    fn every_model_shows_all_its_parameters_and_equations() {
        for name in library::names() {
            let page = shown(name);
            let model = library::load(name, None).unwrap();
            assert!(model.parameters.iter().all(|p| page.contains(&p.meaning)), "{page}");
            assert_eq!(page.contains("\nEquations\n"), !model.equations.is_empty(), "{page}");
            let variables = model.equations.iter().filter(|e| e.differential).count();
            assert_eq!(page.contains("\nIntegrators\n"), variables > 0, "{page}");
        }
    }

    #[test]
    fn a_neuron_shows_what_its_file_says() {
        let page = shown("lif");
        for line in [
            "  dv/dt = (I_leak + I_syn + I_e)/C_m : mV (unless refractory)",
            "  v > V_th",
            "  v = V_reset",
            "  t_ref",
            "  C_m      200 pF   above 0 pF     membrane capacitance",
            "  v  exact",
        ] {
            assert!(page.lines().any(|l| l == line), "{line:?} is not in\n{page}");
        }
    }

    #[test]
    fn a_receptor_shows_its_current_and_who_moves_its_variables() {
        let page = shown("gaba_b");
        for line in ["  g_max*open*(E_rev - v)", "  T += w*T_max", "  T  exact"] {
            assert!(page.lines().any(|l| l == line), "{line:?} is not in\n{page}");
        }
    }

    #[test]
    fn an_unknown_model_is_an_error() {
        let args = ModelsArgs { name: Some("liff".into()) };
        assert!(models(args).unwrap_err().report().contains("did you mean \"lif\"?"));
    }
}
