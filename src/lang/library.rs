//! The models that come with Bouton, embedded from `models/`, and models of the user's own on disk.

use std::path::Path;

use include_dir::{Dir, include_dir};

use super::{
    model::{Kind, Model},
    rule::Rule,
};
use crate::{
    error::{Error, Result, Source, did_you_mean},
    quantity::Dim,
};

static MODELS: Dir = include_dir!("$CARGO_MANIFEST_DIR/models");

/// Folders of `models/`.
const FOLDERS: [&str; 3] = ["neurons", "receptors", "inputs"];

/// The folder of plasticity rules.
const RULES: &str = "plasticity";

/// Names of all shipped models, folder by folder, in alphabetical order in each.
fn all() -> impl Iterator<Item = (&'static str, Source)> {
    FOLDERS.iter().flat_map(|folder| files(folder))
}

/// Names of all files of a folder, in alphabetical order.
fn files(folder: &str) -> Vec<(&'static str, Source)> {
    let files = MODELS.get_dir(folder).into_iter().flat_map(Dir::files);
    let mut models: Vec<_> = files
        .filter(|f| f.path().extension().is_some_and(|e| e == "toml"))
        .filter_map(|f| {
            let name = f.path().file_stem()?.to_str()?;
            Some((name, Source::new(format!("{name} (shipped model)"), f.contents_utf8()?)))
        })
        .collect();
    models.sort_by_key(|m| m.0);
    models
}

/// Names of the shipped plasticity rules.
pub fn rule_names() -> Vec<&'static str> {
    files(RULES).into_iter().map(|m| m.0).collect()
}

/// A shipped plasticity rule by its name, or a file by its path (it ends in `.toml`), relative to `folder`, for weights of dimension
/// `weight`.
///
/// # Errors
/// As [`load`].
pub fn rule(name: &str, folder: Option<&Path>, weight: Dim) -> Result<Rule> {
    match files(RULES).into_iter().find(|m| m.0 == name) {
        Some((name, source)) => Rule::parse(name, source, weight),
        None => {
            let (stem, source) = own("plasticity rule", name, folder, rule_names())?;
            Rule::parse(&stem, source, weight)
        }
    }
}

/// Names of the shipped models.
pub fn names() -> Vec<&'static str> {
    all().map(|m| m.0).collect()
}

/// The shipped models of one kind.
///
/// # Panics
/// If a shipped model is wrong, which a test rules out.
pub fn of_kind(kind: Kind) -> Vec<Model> {
    let parse = |(name, source)| Model::parse(name, source).unwrap_or_else(|e| panic!("{}", e.report()));
    all().map(parse).filter(|m| m.kind == kind).collect()
}

/// A shipped model by its name, or a file by its path (it ends in `.toml`), relative to `folder`.
///
/// # Errors
/// An unknown name, a file that cannot be read, a mistake in the file.
pub fn load(name: &str, folder: Option<&Path>) -> Result<Model> {
    if let Some((name, source)) = all().find(|m| m.0 == name) {
        return Model::parse(name, source);
    }
    let (stem, source) = own("model", name, folder, names())?;
    Model::parse(&stem, source)
}

/// A file of the user's: its name without ending, and its text.
fn own(what: &str, name: &str, folder: Option<&Path>, known: Vec<&str>) -> Result<(String, Source)> {
    if !name.ends_with(".toml") {
        let help = format!("{} (the path of a {what} file of your own ends in .toml)", did_you_mean(name, known));
        return Err(Error::input(format!("unknown {what} \"{name}\"")).help(help));
    }
    let path = folder.unwrap_or(Path::new("")).join(name);
    let text = std::fs::read_to_string(&path).map_err(|e| {
        Error::io(format!("cannot read {what} file {}: {e}", path.display())).help(if folder.is_some() {
            "the path is relative to the network file"
        } else {
            "give the path of a file"
        })
    })?;
    let stem = path.file_stem().map_or_else(|| name.to_string(), |s| s.to_string_lossy().into_owned());
    Ok((stem, Source::new(path.display().to_string(), text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_model_is_sound_and_cited() {
        assert!(names().len() >= 26);
        for (name, source) in all() {
            let model = Model::parse(name, source).unwrap_or_else(|e| panic!("{}", e.report()));
            assert!(!model.title.is_empty(), "{name}");
            assert!(!model.citation.is_empty() || model.kind != Kind::Neuron, "{name}");
        }
    }

    #[test]
    fn every_shipped_rule_is_sound_and_cited() {
        assert!(rule_names().len() >= 12);
        for name in rule_names() {
            for weight in [Dim::CONDUCTANCE, Dim::CURRENT, Dim::VOLTAGE, Dim::NONE] {
                let rule = super::rule(name, None, weight).unwrap_or_else(|e| panic!("{}", e.report()));
                assert!(!rule.title.is_empty() && !rule.citation.is_empty(), "{name}");
            }
        }
    }

    /// A file that is new in `models/` is embedded when this crate is next compiled; a clean checkout always is.
    #[test]
    fn every_file_on_disk_is_embedded_under_a_name_of_its_own() {
        let folders = [&FOLDERS[..], &[RULES]].concat();
        let folders = folders.iter().map(|f| Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(f));
        let files = folders.flat_map(|f| std::fs::read_dir(f).unwrap()).map(|f| f.unwrap().path());
        let mut on_disk: Vec<_> = files.map(|f| f.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        let mut embedded = [names(), rule_names()].concat();
        on_disk.sort_unstable();
        embedded.sort_unstable();
        assert_eq!(embedded, on_disk, "touch src/lang/library.rs and build again");
        embedded.dedup();
        assert_eq!(embedded.len(), on_disk.len(), "two models have one name");
    }

    #[test]
    fn an_unknown_model_gets_a_suggestion() {
        let report = load("liff", None).expect_err("unknown").report();
        assert!(report.contains("did you mean \"lif\"?"), "{report}");
    }
}
