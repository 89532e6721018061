//! Cables: the morphology cut, each membrane compiled for the compartments that have it, places found.

mod membranes;
mod morphology;

use std::sync::Arc;

use self::morphology::Morphology;
use super::{
    Kind, Population,
    inputs::{self, Given},
    lookup::Models,
    memory,
    populations::One,
    scope::Scope,
};
use crate::{
    cable::{Cut, Place, Section},
    error::Result,
    lang::{
        Attached, Dynamics, Location,
        model::{Kind as ModelKind, Model},
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
    let all = f64::from(one.size) * morphology.compartments();
    if all > f64::from(u32::MAX) {
        let message = one.what(&format!("{} cells of {} compartments are {all}", one.size, morphology.compartments()));
        let help = format!("at most {} can be numbered: fewer cells, or longer compartments", u32::MAX);
        return Err(scope.error(&one.population.size.span, message, help));
    }
    let cut = Cut::new(&morphology.sections, morphology.resistivity);
    let builder = Builder {
        one,
        cable,
        morphology: &morphology,
        cut: &cut,
        models: membranes::of_groups(one, models, cable, neuron)?,
    };
    let receptors = builder.receptors(models)?;
    let inputs = inputs::plan(one.context, models, one.population, &receptors, &|at| builder.seat(at, "input"))?;
    let sites = builder.sites()?;
    let ids = u64::from(one.size) * sites.len() as u64;
    let Some(size) = u32::try_from(ids).ok().filter(|size| planned.first.checked_add(*size).is_some()) else {
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
}
