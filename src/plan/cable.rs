//! Cables: the morphology cut, each membrane compiled for the compartments that have it, places found.

mod morphology;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use self::morphology::Morphology;
use super::{
    Kind, Population,
    inputs::{self, Given, Inputs},
    lookup::Models,
    memory, models, phases,
    populations::{One, unknown_parameter},
    scope::Scope,
};
use crate::{
    cable::{Cut, Place, Section},
    error::{Result, did_you_mean},
    lang::{
        AREA, Attached, Drive, Dynamics, Expr, GROUP, Location, Recipe,
        algebra::{binary, call},
        ast::{Binary, Func},
        model::{Kind as ModelKind, Model},
        unfit_for_cables,
    },
    quantity::Dim,
    spec::{self, At},
};

/// The shape and the membranes of a population's cells.
#[derive(Clone, Debug)]
pub struct Cable {
    /// Number of cells.
    pub cells: u32,
    /// Its sections.
    pub sections: Vec<Section>,
    /// Its compartments and how they are joined.
    pub cut: Arc<Cut>,
    /// Compartments by the model of their membrane.
    pub regions: Vec<Region>,
    /// Of each compartment: its region, and its number in it.
    pub homes: Vec<(usize, usize)>,
    /// Compartments at which spikes are read; spikes of site `s` of cell `c` have the id `c*sites + s`.
    pub sites: Vec<usize>,
    /// Of each receptor of the population: its compartment, and its input's number in the region's programs.
    pub receptors: Vec<(usize, usize)>,
    /// What can be recorded: name, dimension, number of the probe in each region that has it.
    pub probes: Vec<(String, Dim, Vec<Option<usize>>)>,
}

/// Compartments with one model.
#[derive(Clone, Debug)]
pub struct Region {
    /// Name of the model.
    pub model: String,
    /// Their numbers in the cell, ascending.
    pub compartments: Vec<usize>,
    /// One compiled form for each phase.
    pub phases: Vec<Dynamics>,
}

impl Cable {
    /// What a compartment is called: its section and its centre.
    pub fn name(&self, compartment: usize) -> String {
        let section = &self.sections[self.cut.compartments[compartment].section];
        let alone = self.sections.iter().filter(|s| s.name == section.name).count() == 1;
        let number = if alone { String::new() } else { format!("[{}]", section.number) };
        let inside = compartment - self.cut.at(self.cut.compartments[compartment].section, 0.0);
        let along = (inside as f64 + 0.5) / f64::from(section.compartments);
        format!("{}{number}({})", section.name, (along * 1e4).round() / 1e4)
    }

    /// The compartment at a place that a user named.
    pub fn compartment(&self, scope: &Scope, at: &At<String>, what: &str) -> Result<usize> {
        locate(scope, &self.sections, &self.cut, at, what)
    }
}

fn locate(scope: &Scope, sections: &[Section], cut: &Cut, at: &At<String>, what: &str) -> Result<usize> {
    let (section, along) = find(scope, sections, at, what)?;
    Ok(cut.at(section, along))
}

/// Section and share of its length.
fn find(scope: &Scope, sections: &[Section], at: &At<String>, what: &str) -> Result<(usize, f64)> {
    let help = "the name of a section and how far along it, from 0 to 1: \"dendrite(0.5)\", \"node[3](0)\"";
    let place = Place::parse(&at.value).map_err(|message| scope.error(&at.span, format!("{what}: {message}"), help))?;
    let section =
        place.find(sections).map_err(|(message, help)| scope.error(&at.span, format!("{what}: {message}"), help))?;
    Ok((section, place.along))
}

/// Makes `planned` a population of cables.
pub fn plan(
    one: &One,
    models: &mut Models,
    cable: &spec::Cable,
    neuron: Arc<Model>,
    planned: &mut Population,
) -> Result<()> {
    let scope = one.context.scope;
    if let Some(integrator) = &one.population.integrator {
        let message = one.what("a cable has its own integrator");
        return Err(scope.error(&integrator.span, message, "remove `integrator`"));
    }
    let morphology = Morphology::plan(one, cable)?;
    memory::at_least(f64::from(one.size) * morphology.compartments())?;
    let cut = Cut::new(&morphology.sections, morphology.resistivity);
    let builder =
        Builder { one, cable, morphology: &morphology, cut: &cut, models: membranes(one, models, cable, neuron)? };
    let receptors = builder.receptors(models)?;
    let inputs = inputs::plan(one.context, models, one.population, &receptors, &|at| builder.seat(at, "input"))?;
    let sites = builder.sites()?;
    let ids = u64::from(one.size) * sites.len() as u64;
    let Ok(size) = u32::try_from(ids) else {
        let message = one.what(&format!("{} cells with {} sites make {ids} ids", one.size, sites.len()));
        return Err(scope.error(&one.population.size.span, message, format!("at most {} can be numbered", u32::MAX)));
    };
    let regions = builder.regions(&receptors, &inputs, planned)?;
    let mut homes = vec![(0, 0); cut.compartments.len()];
    for (r, region) in regions.iter().enumerate() {
        region.compartments.iter().enumerate().for_each(|(k, &c)| homes[c] = (r, k));
    }
    let input = |given: &Given| {
        let Location::Compartment(compartment) = given.attached.at else { unreachable!("all of a cable's have one") };
        let inputs = &regions[homes[compartment].0].phases[0].inputs;
        let number = inputs.iter().position(|i| i.receptor == given.attached.name).expect("compiled with its receptor");
        planned.receptors.push((inputs[number].receptor.clone(), inputs[number].weight));
        (compartment, number)
    };
    let receptors = receptors.iter().map(input).collect();
    planned.size = size;
    planned.kind = Kind::Cable(Box::new(Cable {
        cells: one.size,
        probes: probes(&regions),
        sections: morphology.sections.clone(),
        cut: Arc::new(cut),
        regions,
        homes,
        sites,
        receptors,
    }));
    Ok(())
}

/// The model of each group of sections, and one more for sections without an entry in the file's table.
fn membranes(one: &One, models: &mut Models, cable: &spec::Cable, neuron: Arc<Model>) -> Result<Vec<Arc<Model>>> {
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

fn probes(regions: &[Region]) -> Vec<(String, Dim, Vec<Option<usize>>)> {
    let mut out: Vec<(String, Dim, Vec<Option<usize>>)> = Vec::new();
    for (r, region) in regions.iter().enumerate() {
        for (number, probe) in region.phases[0].probes.iter().enumerate() {
            let known = out.iter().position(|p| p.0 == probe.name).unwrap_or_else(|| {
                out.push((probe.name.clone(), probe.dim, vec![None; regions.len()]));
                out.len() - 1
            });
            out[known].2[r] = Some(number);
        }
    }
    out
}

struct Builder<'a> {
    one: &'a One<'a>,
    cable: &'a spec::Cable,
    morphology: &'a Morphology,
    cut: &'a Cut,
    /// Of each group of sections.
    models: Vec<Arc<Model>>,
}

impl<'a> Builder<'a> {
    fn scope(&self) -> &'a Scope<'a> {
        self.one.context.scope
    }

    /// The compartment at a place; the middle of the root where none is named.
    fn place(&self, at: Option<&At<String>>, what: &str) -> Result<usize> {
        match at {
            Some(at) => locate(self.scope(), &self.morphology.sections, self.cut, at, &self.one.what(what)),
            None => Ok(self.cut.at(0, 0.5)),
        }
    }

    fn model(&self, compartment: usize) -> &Arc<Model> {
        &self.models[self.cut.compartments[compartment].group]
    }

    /// Where something sits, and the membrane there.
    fn seat(&self, at: Option<&At<String>>, what: &str) -> Result<(Location, Arc<Model>)> {
        let compartment = self.place(at, what)?;
        Ok((Location::Compartment(compartment), self.model(compartment).clone()))
    }

    fn receptors(&self, models: &mut Models) -> Result<Vec<Given<'a>>> {
        let mut out = Vec::new();
        for receptor in &self.one.population.receptors {
            let model = models.load(self.scope(), &receptor.model, &[ModelKind::Receptor])?;
            let name = &receptor.name.value;
            let what = format!("receptor \"{name}\"");
            if model.reads.is_some() {
                let message = format!("{what} reads a variable of its sources, and those on cables wait for spikes");
                let help = "choose a receptor with `on_spike`, such as ampa";
                return Err(self.scope().error(&receptor.model.span, self.one.what(&message), help));
            }
            let (at, _) = self.seat(receptor.at.as_ref(), &what)?;
            let attached = Attached { name: name.clone(), model, at };
            out.push(Given { attached, parameters: &receptor.parameters });
        }
        Ok(out)
    }

    fn sites(&self) -> Result<Vec<usize>> {
        let mut out = Vec::new();
        for site in &self.cable.sites {
            let compartment = self.place(Some(site), "site")?;
            let model = self.model(compartment);
            if model.threshold.is_none() {
                let message = self.one.what(&format!("site \"{}\": model \"{}\" never spikes", site.value, model.name));
                return Err(self.scope().error(&site.span, message, "choose a place whose model has a threshold"));
            }
            out.push(compartment);
        }
        if out.is_empty() {
            out.push(self.place(None, "site")?);
        }
        Ok(out)
    }

    /// The models in use, each with the compartments that have it, compiled.
    fn regions(&self, receptors: &[Given<'a>], inputs: &Inputs<'a>, planned: &mut Population) -> Result<Vec<Region>> {
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
        let mut compiled = phases::of_regions(self.one.context, &self.one.population.name.value, &recipes, "area")?;
        let place = &self.one.population.model;
        let at = |e: crate::error::Error| e.or_at(self.scope().source, place.span.clone());
        let regions = members.into_iter().map(|(model, compartments)| {
            let phases = self.one.compile(compiled.remove(0)).map_err(at)?;
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
            planned.parameters.push((p.name.to_string(), super::populations::parameter_text(value, p.dim)));
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
                let text = super::populations::parameter_text(&value, p.dim);
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
