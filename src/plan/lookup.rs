//! Names of populations and models to what they stand for.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use super::{Projection, scope::Scope};
use crate::{
    error::Result,
    lang::model::{Kind, Model},
    spec::At,
};

/// Models loaded so far, by name or path.
pub struct Models(BTreeMap<String, Arc<Model>>);

impl Models {
    /// Those that stand in no file.
    pub fn new(given: &[Arc<Model>]) -> Self {
        Self(given.iter().map(|model| (model.name.clone(), model.clone())).collect())
    }

    /// The model of this name or path; it must be of kind `wanted`.
    pub fn load(&mut self, scope: &Scope, name: &At<String>, wanted: &[Kind]) -> Result<Arc<Model>> {
        let word = scope.word(&name.value).to_string();
        if !self.0.contains_key(&word) {
            let folder = Path::new(&*scope.source.name).parent();
            let model =
                crate::lang::library::load(&word, folder).map_err(|e| e.or_at(scope.source, name.span.clone()))?;
            self.0.insert(word.clone(), Arc::new(model));
        }
        let model = &self.0[&word];
        if !wanted.contains(&model.kind) {
            let message =
                format!("\"{word}\" is a {} model; a {} model is needed here", model.kind.name(), wanted[0].name());
            return Err(scope.error(&name.span, message, "`bouton models` lists all models by kind"));
        }
        Ok(model.clone())
    }
}

/// Position of a population by name.
pub fn population<'n>(scope: &Scope, name: &At<String>, all: impl Iterator<Item = &'n str> + Clone) -> Result<usize> {
    all.clone().position(|p| p == name.value).ok_or_else(|| scope.unknown(name, "population", all))
}

/// Numbers of the projections of this name whose weights learn, at least one; `what` needs them.
pub fn learning(scope: &Scope, name: &At<String>, projections: &[Projection], what: &str) -> Result<Vec<usize>> {
    let of_name = |k: &usize| projections[*k].name == name.value;
    let named: Vec<usize> = (0..projections.len()).filter(of_name).collect();
    if named.is_empty() {
        return Err(scope.unknown(name, "projection", projections.iter().map(|p| p.name.as_str())));
    }
    let learning: Vec<usize> = named.into_iter().filter(|&k| projections[k].plasticity.is_some()).collect();
    if learning.is_empty() {
        let message = format!("{what}: projection \"{}\" has no plasticity, its weights stay", name.value);
        let help = "give it a rule: plasticity = \"stdp_additive\"; weights that stay are written by record.weights";
        return Err(scope.error(&name.span, message, help));
    }
    Ok(learning)
}
