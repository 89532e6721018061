//! What stands in a model's file, as a page shows it.

use std::sync::Arc;

use bouton::{
    lang::{
        Integrator,
        equation::Equation,
        integrators, library,
        model::{Kind, Model, Parameter},
        rule::Rule,
    },
    quantity::Dim,
};

/// Name, title, citation.
pub fn head(name: &str, title: &str, citation: &str) -> String {
    let cited: Vec<String> = citation.split_whitespace().map(linked).collect();
    let cited = if cited.is_empty() { String::new() } else { format!("> {}\n\n", cited.join(" ")) };
    format!("# {name}\n\n{title}.\n\n{cited}")
}

/// A DOI becomes a link, all else stays.
fn linked(word: &str) -> String {
    match word.strip_prefix("doi:") {
        Some(doi) => {
            let doi = doi.trim_end_matches([',', ';', '.']);
            format!("[doi:{doi}](https://doi.org/{})", doi.replace('(', "%28").replace(')', "%29"))
        }
        None => word.replace('*', "\\*").replace('<', "\\<"),
    }
}

/// The file without what the page says elsewhere. Comments stay; those at the begin, which are on the whole model, become text.
pub fn file(text: &str, manual: &str) -> String {
    let mut file: toml_edit::DocumentMut = text.parse().expect("a shipped file");
    ["kind", "title", "citation", "parameters"].into_iter().for_each(|key| drop(file.remove(key)));
    let text = file.to_string();
    let (comments, rest): (Vec<&str>, &str) = {
        let rest = text.trim();
        let count = rest.lines().take_while(|line| line.starts_with('#')).count();
        (rest.lines().take(count).collect(), rest.splitn(count + 1, '\n').nth(count).unwrap_or_default())
    };
    // An empty comment parts paragraphs.
    let paragraph = |line: &&str| match line.trim_start_matches('#').trim() {
        "" => "\n\n".to_string(),
        words => format!("{}\n", words.replace('*', "\\*").replace('<', "\\<")),
    };
    let remarks: String = comments.iter().map(paragraph).collect();
    let equations = match rest {
        "" => String::new(),
        rest => format!("```text\n{rest}\n```\n{manual}\n"),
    };
    match (remarks.is_empty(), equations.is_empty()) {
        (true, true) => String::new(),
        _ => format!("## Equations\n\n{remarks}\n{equations}"),
    }
}

/// Variables with what moves them, and what else can be recorded.
pub fn states(model: &Model) -> String {
    let shared = Arc::new(model.clone());
    let moved = match model.kind {
        Kind::Neuron => integrators(&shared, None),
        Kind::Receptor | Kind::Input => integrators(&Arc::new(library::load("lif", None).expect("lif")), Some(&shared)),
        Kind::SpikeList => Ok(Vec::new()),
    };
    let moved: Vec<(String, Integrator)> = moved.expect("a shipped model compiles");
    let row = |e: &Equation| {
        let unit = if e.dim == Dim::NONE { String::new() } else { e.dim.to_string() };
        let by = moved.iter().find(|m| *m.0 == *e.name).map_or("", |m| m.1.name());
        let (from, by) = match (e.differential, e.by_statements) {
            (false, _) => (String::new(), "computed from the others".to_string()),
            (true, true) => (initial(model, &e.name), "changed by statements".into()),
            (true, false) => (initial(model, &e.name), format!("`{by}`")),
        };
        format!("| `{}` | {unit} | {from} | {by} |\n", e.name)
    };
    let (first, last): (Vec<_>, Vec<_>) = model.equations.iter().partition(|e| e.differential);
    let rows: String = first.into_iter().chain(last).map(row).collect();
    match rows.is_empty() {
        true => String::new(),
        false => format!(
            "## Variables\n\nAll of them can be recorded.\n\n| | unit | at time 0 | moved by |\n| --- | --- | --- | --- |\n{rows}\n"
        ),
    }
}

/// A table of parameters: default, bounds, meaning.
pub fn parameters(model: &Model) -> String {
    let value = |p: &Parameter| model.source.text.get(p.value.span.clone()).unwrap_or_default().to_string();
    table(model.parameters.iter().map(|p| [p.name.to_string(), value(p), p.bounds(), p.meaning.clone()]))
}

/// The same of a rule, whose parameters may have the unit of the weight.
pub fn rule_parameters(rule: &Rule) -> String {
    let file: toml::Table = rule.source.text.parse().expect("a shipped file");
    table(rule.parameters.iter().map(|p| {
        let weight = file["parameters"][&*p.name].get("unit").is_some();
        let plain = if weight { Parameter { dim: Dim::NONE, ..p.clone() } } else { p.clone() };
        let value = match (p.required, weight) {
            (true, _) => "to be given, in the unit of the weight".into(),
            (false, true) => format!("{}, in the unit of the weight", &rule.source.text[p.value.span.clone()]),
            (false, false) => rule.source.text[p.value.span.clone()].to_string(),
        };
        [p.name.to_string(), value, plain.bounds(), p.meaning.clone()]
    }))
}

fn table(rows: impl Iterator<Item = [String; 4]>) -> String {
    let rows: String = rows
        .map(|[name, value, bounds, meaning]| {
            format!("| `{name}` | {} | {} | {meaning} |\n", value.trim_matches('"'), bounds.trim())
        })
        .collect();
    match rows.is_empty() {
        true => String::new(),
        false => format!("## Parameters\n\n| | default | bounds | meaning |\n| --- | --- | --- | --- |\n{rows}\n"),
    }
}

/// The value of a variable at time 0, as the file has it.
fn initial(model: &Model, name: &str) -> String {
    let given = model.initial.iter().find(|i| &*i.0 == name);
    given.map_or("0".into(), |i| code(&model.source.text[i.1.span.clone()]))
}

fn code(text: &str) -> String {
    format!("`{}`", text.trim_matches(['"', '\'']))
}
