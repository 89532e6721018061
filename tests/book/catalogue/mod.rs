//! The catalogue: a page for each shipped model and rule, written of its file.

mod example;
mod laboratory;
mod text;

use std::path::PathBuf;

use bouton::lang::{
    library,
    model::{Kind, Model},
    rule::Rule,
};
use bouton::quantity::Dim;

/// Where the list of the catalogue's pages stands in `SUMMARY.md`.
pub const PLACE: &str = "<!-- catalogue -->";

/// A page's name, the title of what it shows, its text.
struct Page {
    name: String,
    title: String,
    text: String,
}

/// All pages, and their list.
pub fn pages() -> (Vec<(PathBuf, String)>, String) {
    let models = |kind: Kind| library::of_kind(kind).iter().map(model).collect::<Vec<_>>();
    let chapters = [
        ("Neurons", "neurons", [models(Kind::Neuron), models(Kind::SpikeList)].into_iter().flatten().collect()),
        ("Receptors", "receptors", models(Kind::Receptor)),
        ("Inputs", "inputs", models(Kind::Input)),
        ("Plasticity rules", "rules", library::rule_names().into_iter().map(rule).collect::<Vec<_>>()),
    ];
    let (mut pages, mut summary) = (Vec::new(), String::new());
    for (heading, file, all) in chapters {
        let path = |name: &str| PathBuf::from(format!("catalogue/{name}.md"));
        summary += &format!("- [{heading}](catalogue/{file}.md)\n");
        let mut list = format!("# {heading}\n\n| | |\n| --- | --- |\n");
        for page in all {
            list += &format!("| [{0}]({0}.md) | {1} |\n", page.name, page.title);
            summary += &format!("  - [{0}](catalogue/{0}.md)\n", page.name);
            pages.push((path(&page.name), page.text));
        }
        pages.push((path(file), list));
    }
    (pages, summary)
}

fn model(model: &Model) -> Page {
    let manual = match model.kind {
        Kind::SpikeList => "",
        _ => "\nThe language is explained in [the model file](../models.md).\n",
    };
    let parts = [
        text::head(&model.name, &model.title, &model.citation),
        text::file(&model.source.text, manual),
        text::states(model),
        text::parameters(model),
        example::model(model),
        laboratory::model(model),
    ];
    Page { name: model.name.clone(), title: model.title.clone(), text: parts.concat() }
}

fn rule(name: &str) -> Page {
    let read = |dim| library::rule(name, None, dim).ok();
    // A rule that names a unit is for one kind of weight alone.
    let rule: Rule = [Dim::CONDUCTANCE, Dim::CURRENT, Dim::VOLTAGE, Dim::NONE].into_iter().find_map(read).expect(name);
    let manual = "\nThe language is explained in [plasticity](../plasticity.md#the-rule-file).\n";
    let parts = [
        text::head(name, &rule.title, &rule.citation),
        text::file(&rule.source.text, manual),
        text::rule_parameters(&rule),
        example::rule(&rule),
        laboratory::rule(&rule),
    ];
    Page { name: name.into(), title: rule.title.clone(), text: parts.concat() }
}
