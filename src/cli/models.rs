//! `bouton models`: the shipped models, and one model laid out for reading.

use std::{fmt::Write, sync::Arc};

use clap::Args;

use super::check::by_integrator;
use crate::{
    error::Result,
    lang::{
        integrators, library,
        model::{Kind, Model},
    },
    toml_reader::Table,
};

/// Arguments of `bouton models`.
#[derive(Args, Debug)]
pub struct ModelsArgs {
    /// Print this model: equations, parameters, citation, integrators
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

/// The kinds in the order of the list, with the heading of each.
const KINDS: [(Kind, &str); 4] = [
    (Kind::Neuron, "neurons (model of a population)"),
    (Kind::SpikeList, "given spike times (model of a population)"),
    (Kind::Receptor, "receptors (of a population)"),
    (Kind::Input, "inputs (model of an input)"),
];

/// Prints the list, or one model.
pub fn models(args: ModelsArgs) -> Result<()> {
    match args.name {
        None => print!("{}", list()),
        Some(name) => print!("{}", page(library::load(&name, None)?)?),
    }
    Ok(())
}

/// Name and title of every shipped model, grouped by kind.
fn list() -> String {
    let width = library::names().iter().map(|name| name.len()).max().unwrap_or(0);
    let mut list = String::new();
    for (kind, heading) in KINDS {
        let _ = writeln!(list, "{heading}");
        for model in library::of_kind(kind) {
            let _ = writeln!(list, "  {:width$}  {}", model.name, model.title);
        }
        list.push('\n');
    }
    list.push_str("bouton models NAME    prints equations, parameters, citation, integrators\n");
    list
}

fn page(model: Model) -> Result<String> {
    let mut page = format!("{} ({}): {}\n", model.name, model.kind.name(), model.title);
    push_lines(&mut page, &model.citation);
    // The author's own words: in the model as read, names of units are numbers already.
    let mut words = Table::parse(&model.source)?;
    for key in ["equations", "current", "on_spike", "weight", "threshold", "reset", "refractory"] {
        if let Some(text) = words.take_str(key)? {
            let _ = writeln!(page, "\n{}", key.replace("on_spike", "on a spike of weight w").replace('_', " "));
            push_lines(&mut page, &text.value);
        }
    }
    if !model.parameters.is_empty() {
        let _ = write!(page, "\nparameters\n{}", parameters(&model));
    }
    if !model.initial.is_empty() {
        page.push_str("\ninitial values (0 where not named)\n");
        for (name, value) in &model.initial {
            let _ = writeln!(page, "  {name} = {value}");
        }
    }
    if model.kind != Kind::SpikeList {
        let _ = write!(page, "\nintegrators\n{}", chosen(model)?);
    }
    Ok(page)
}

fn push_lines(page: &mut String, text: &str) {
    for line in text.trim().lines() {
        let _ = writeln!(page, "  {}", line.trim_end());
    }
}

/// A line for each parameter: name, default, bounds, meaning.
fn parameters(model: &Model) -> String {
    let rows = model.parameters.iter().map(|p| [p.name.to_string(), p.value.to_string(), p.bounds()]);
    let rows: Vec<[String; 3]> = rows.collect();
    let [a, b, c] = [0, 1, 2].map(|i| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0));
    let mut text = String::new();
    for ([name, value, bounds], parameter) in rows.iter().zip(&model.parameters) {
        let _ = writeln!(text, "  {name:a$}  {value:b$}  {bounds:c$}  {}", parameter.meaning);
    }
    text
}

fn chosen(model: Model) -> Result<String> {
    if model.kind != Kind::Neuron {
        return Ok("  chosen together with the equations of the population (bouton check)\n".into());
    }
    let integrators = integrators(&Arc::new(model))?;
    let mut text = String::new();
    for (integrator, variables) in by_integrator(&integrators) {
        let _ = writeln!(text, "  {}: {}", integrator.name(), variables.join(", "));
    }
    Ok(if text.is_empty() { "  none: no differential equations\n".into() } else { text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page_of(name: &str) -> String {
        page(library::load(name, None).unwrap()).unwrap()
    }

    #[test]
    fn every_model_is_listed_once_and_has_a_page() {
        let list = list();
        for name in library::names() {
            let lines = list.lines().filter(|line| line.split_whitespace().next() == Some(name));
            assert_eq!(lines.count(), 1, "{name} in\n{list}");
            let page = page_of(name);
            assert!(page.starts_with(name) && (page.contains("\nintegrators\n  ") || name == "spike_list"), "{page}");
        }
    }

    #[test]
    fn the_page_shows_equations_parameters_bounds_and_integrators() {
        let page = page_of("hh_squid");
        for part in [
            "Hodgkin AL, Huxley AF (1952)",
            "dm/dt = alpha_m*(1 - m) - beta_m*m : 1",
            "120 mS/cm^2",
            "at least 0 mS/cm^2",
            "sodium reversal potential",
            "v = -65 mV",
            "exponential_2: ",
        ] {
            assert!(page.contains(part), "{part:?} is not in\n{page}");
        }
        assert!(page_of("cond_exp").contains("on a spike of weight w\n  g += w"));
        assert!(page_of("lif").contains("\n  exact: v"), "{}", page_of("lif"));
    }
}
