//! The membranes of cables: each model in use with its compartments, parameters by section, compiled.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    super::{
        Population,
        inputs::{Given, Inputs},
        lookup::Models,
        models, phases,
        populations::{One, parameter_text, unknown_parameter},
    },
    Builder, Region,
};
use crate::{
    error::{Error, Result, did_you_mean},
    lang::{
        AREA, Attached, Drive, Expr, GROUP, Location, Recipe,
        algebra::{binary, call},
        ast::{Binary, Func},
        model::{Kind as ModelKind, Model},
        unfit_for_cables,
    },
    spec,
};

/// The model of each group of sections, and one more for sections without an entry in the file's table.
pub(super) fn of_groups(
    one: &One,
    models: &mut Models,
    cable: &spec::Cable,
    neuron: Arc<Model>,
) -> Result<Vec<Arc<Model>>> {
    let scope = one.context.scope;
    let mut out = Vec::new();
    for name in cable.sections.iter().map(|s| s.model.as_ref()).chain([None]) {
        let model = match name {
            Some(name) => models.load(scope, name, &[ModelKind::Neuron])?,
            None => neuron.clone(),
        };
        if let Some((why, help)) = unfit_for_cables(&model) {
            let span = &name.unwrap_or(&one.population.model).span;
            let message = one.what(&format!("model \"{}\" is no membrane of a cable: {why}", model.name));
            return Err(scope.error(span, message, help));
        }
        out.push(model);
    }
    Ok(out)
}

impl<'a> Builder<'a> {
    /// The models in use, each with the compartments that have it, compiled.
    pub(super) fn regions(
        &self,
        receptors: &[Given<'a>],
        inputs: &Inputs<'a>,
        planned: &mut Population,
    ) -> Result<Vec<Region>> {
        let mut members: Vec<(Arc<Model>, Vec<usize>)> = Vec::new();
        for compartment in 0..self.cut.compartments.len() {
            let model = self.model(compartment);
            match members.iter_mut().find(|m| Arc::ptr_eq(&m.0, model)) {
                Some(member) => member.1.push(compartment),
                None => members.push((model.clone(), vec![compartment])),
            }
        }
        let in_use: Vec<&Model> = members.iter().map(|m| &*m.0).collect();
        self.known(&in_use)?;
        let mut recipes = Vec::new();
        for (model, compartments) in &members {
            recipes.push(self.recipe(model, compartments, receptors, inputs, planned)?);
        }
        unknown_initial(self.one, &recipes)?;
        let phases = phases::of_regions(self.one.context, &self.one.population.name.value, &recipes, "area")?;
        let regions = members.into_iter().zip(phases).map(|((model, compartments), recipes)| {
            let named = self.cable.sections.iter().zip(&self.models).find(|(_, m)| Arc::ptr_eq(m, &model));
            let named = named.and_then(|(section, _)| section.model.as_ref()).unwrap_or(&self.one.population.model);
            let at = |e: Error| e.or_at(self.scope().source, named.span.clone());
            let phases = self.one.compile(recipes).map_err(at)?;
            Ok(Region { model: model.name.clone(), compartments, phases })
        });
        regions.collect()
    }

    /// Refuses parameters that no model in use has, and areas.
    fn known(&self, models: &[&Model]) -> Result<()> {
        let sections = self.cable.sections.iter().enumerate();
        let own = sections.flat_map(|(group, s)| s.parameters.iter().map(move |p| (&p.0, Some(group))));
        for (name, group) in self.one.population.parameters.iter().map(|p| (&p.0, None)).chain(own) {
            let models = group.map_or(models.to_vec(), |g: usize| vec![&*self.models[g]]);
            if name.value == "area" {
                let message = self.one.what("the area of a membrane is that of its compartment");
                return Err(self.scope().error(&name.span, message, "remove it; lengths and diameters give the area"));
            }
            let known = || models.iter().flat_map(|m| m.parameters.iter().map(|p| &*p.name)).filter(|p| *p != "area");
            if !known().any(|p| p == name.value) {
                let names: Vec<String> = models.iter().map(|m| format!("\"{}\"", m.name)).collect();
                let whose = self.one.what(&format!("model {}", names.join(" or ")));
                return Err(unknown_parameter(self.scope(), name, &whose, known()));
            }
        }
        Ok(())
    }

    /// What the programs of one region are made of.
    fn recipe(
        &self,
        model: &Arc<Model>,
        compartments: &[usize],
        receptors: &[Given<'a>],
        inputs: &Inputs<'a>,
        planned: &mut Population,
    ) -> Result<Recipe> {
        let (scope, population, what) = (self.scope(), self.one.population, self.one.what(""));
        let here =
            |g: &&Given| matches!(g.attached.at, Location::Compartment(c) if compartments.binary_search(&c).is_ok());
        let mut values = self.values(model, planned)?;
        let mut attached: Vec<Attached> = Vec::new();
        for Given { attached: own, parameters } in receptors.iter().chain(&inputs.attached).filter(here) {
            models::values(scope, &own.model, &own.name, parameters, self.one.size, &what, &mut values)?;
            attached.push(own.clone());
        }
        let reached = |d: &&Drive| attached.iter().any(|a| a.name == d.receptor);
        let drives = inputs.drives.iter().filter(reached).cloned().collect();
        let variables = self.one.variables(model, &attached);
        let initial = population.initial.iter().filter(|given| variables.iter().any(|v| v.0 == given.0.value));
        Ok(Recipe {
            neuron: model.clone(),
            initial: self.one.initial(model, &attached, initial)?,
            attached,
            drives,
            values,
            per_neuron: BTreeSet::new(),
            size: self.one.size,
            dt: self.one.context.dt,
            integrator: None,
            cable: true,
        })
    }

    /// Values of a membrane's parameters: those of the population, other ones where a section says so, and the area.
    fn values(&self, model: &Arc<Model>, planned: &mut Population) -> Result<BTreeMap<String, Expr>> {
        let (scope, size, what) = (self.scope(), self.one.size, self.one.what(""));
        let has = |name: &str| model.parameters.iter().any(|p| *p.name == *name);
        let common: Vec<_> = self.one.population.parameters.iter().filter(|p| has(&p.0.value)).cloned().collect();
        let mut out = BTreeMap::new();
        models::values(scope, model, "", &common, size, &what, &mut out)?;
        for p in model.parameters.iter().filter(|p| &*p.name != "area") {
            let value = out.get(&*p.name).unwrap_or(&p.value);
            planned.parameters.push((p.name.to_string(), parameter_text(value, p.dim)));
        }
        for (group, section) in self.cable.sections.iter().enumerate() {
            if !Arc::ptr_eq(&self.models[group], model) {
                continue;
            }
            let mut own = BTreeMap::new();
            let what = format!("{what}section \"{}\": ", section.name.value);
            models::values(scope, model, "", &section.parameters, size, &what, &mut own)?;
            for (name, value) in own {
                let p = model.parameters.iter().find(|p| *p.name == *name).expect("checked");
                let text = parameter_text(&value, p.dim);
                planned.parameters.push((format!("{}.{name}", section.name.value), text));
                let elsewhere = out.remove(&name).unwrap_or_else(|| p.value.clone());
                let here = binary(Binary::Eq, Expr::name(GROUP), Expr::number(group as f64));
                out.insert(name, call(Func::Where, vec![here, value, elsewhere]));
            }
        }
        out.insert("area".into(), Expr::name(AREA));
        Ok(out)
    }
}

/// That all initial values are of variables that some region has.
fn unknown_initial(one: &One, regions: &[Recipe]) -> Result<()> {
    let known: Vec<String> = regions
        .iter()
        .flat_map(|r| one.variables(&r.neuron, &r.attached))
        .map(|v| v.0)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    match one.population.initial.iter().find(|given| !known.contains(&given.0.value)) {
        None => Ok(()),
        Some((name, _)) => {
            let message = format!("population \"{}\" has no variable \"{}\"", one.population.name.value, name.value);
            let help = did_you_mean(&name.value, known.iter().map(String::as_str));
            Err(one.context.scope.error(&name.span, message, help))
        }
    }
}
