//! Inputs of a population: Poisson drives into receptors, currents, input models.

use std::sync::Arc;

use super::{
    lookup::Models,
    populations::Context,
    scope::{NEURON, Scope, TIME},
};
use crate::{
    error::{Result, did_you_mean},
    lang::{Attached, Drive, Expr, Location, model},
    quantity::Dim,
    spec::{self, At, InputKind},
};

/// What reaches one population.
#[derive(Default)]
pub struct Inputs<'a> {
    pub drives: Vec<Drive>,
    pub attached: Vec<Given<'a>>,
}

/// A receptor or input with the parameters that the file gives it.
#[derive(Clone)]
pub struct Given<'a> {
    pub attached: Attached,
    pub parameters: &'a [(At<String>, Expr)],
}

/// Where in the neuron something sits that the file puts there, and the model of the membrane that it finds.
pub type Locate<'l> = dyn Fn(Option<&At<String>>) -> Result<(Location, Arc<model::Model>)> + 'l;

/// The inputs of `population`, in file order. They are known there by their model's name, or as `poisson` and `current`;
/// a second one of the same name becomes `poisson_2`.
pub fn plan<'a>(
    context: &Context<'a>,
    models: &mut Models,
    population: &spec::Population,
    receptors: &[Given<'a>],
    locate: &Locate,
) -> Result<Inputs<'a>> {
    let scope = context.scope;
    let mut out = Inputs::default();
    let mut taken: Vec<String> = receptors.iter().map(|r| r.attached.name.clone()).collect();
    let mut free = |wanted: &str| {
        let mut name = wanted.to_string();
        let mut k = 1;
        while taken.contains(&name) {
            k += 1;
            name = format!("{wanted}_{k}");
        }
        taken.push(name.clone());
        name
    };
    let names: Vec<(&str, Dim)> = NEURON.iter().chain(TIME).copied().collect();
    let reaches = |input: &&spec::Input| input.to.iter().any(|to| to.value == population.name.value);
    for input in context.spec.inputs.iter().filter(reaches) {
        let what = |part: &str| format!("input to \"{}\": {part}", population.name.value);
        let (at, neuron) = locate(input.at.as_ref())?;
        match &input.kind {
            InputKind::Poisson { rate, weight, receptor } => {
                let Some(host) = receptors.iter().map(|r| &r.attached).find(|r| r.name == receptor.value) else {
                    let known = receptors.iter().map(|r| r.attached.name.as_str());
                    let message = what(&format!("unknown receptor \"{}\"", receptor.value));
                    return Err(scope.error(&receptor.span, message, did_you_mean(&receptor.value, known)));
                };
                if host.model.reads.is_some() {
                    let message = what(&format!("receptor \"{}\" waits for no spikes", receptor.value));
                    return Err(scope.error(
                        &receptor.span,
                        message,
                        "choose a receptor with `on_spike`, or give a current",
                    ));
                }
                let rate_value = scope.function(rate, Dim::FREQUENCY, &names, &what("rate"))?;
                if let Some(r) = crate::lang::eval::eval_constant(&rate_value).filter(|r| *r < 0.0) {
                    let message = what(&format!("rate {} is negative", crate::quantity::display(r, Dim::FREQUENCY)));
                    return Err(scope.error(&rate.span, message, "use 0 Hz or more"));
                }
                let dim = host.model.weight.unwrap_or_default();
                let weight = scope.function(weight, dim, NEURON, &what("weight"))?;
                out.drives.push(Drive {
                    name: free("poisson"),
                    receptor: receptor.value.clone(),
                    rate: rate_value,
                    weight,
                });
            }
            InputKind::Current(expr) => {
                let parameters = neuron.parameters.iter().map(|p| (&*p.name, p.dim));
                let names: Vec<(&str, Dim)> = names.iter().copied().chain(parameters).collect();
                let current = scope.function(expr, Dim::CURRENT, &names, &what("current"))?;
                let model = Arc::new(model::Model::current(current));
                out.attached.push(Given { attached: Attached { name: free("current"), model, at }, parameters: &[] });
            }
            InputKind::Model { model, parameters } => {
                let loaded = models.load(scope, model, &[model::Kind::Input])?;
                let name = free(&loaded.name);
                out.attached.push(Given { attached: Attached { name, model: loaded, at }, parameters });
            }
        }
    }
    Ok(out)
}

/// Where in a point neuron a receptor or input sits: at the soma, or at one of the model's places.
pub fn place(
    scope: &Scope,
    population: &spec::Population,
    neuron: &model::Model,
    at: Option<&At<String>>,
) -> Result<Location> {
    let Some(at) = at else { return Ok(Location::Soma) };
    let known = || neuron.places.iter().map(|p| p.name.value.as_str());
    if known().any(|name| name == at.value) {
        return Ok(Location::Place(at.value.clone()));
    }
    let message =
        format!("population \"{}\": model \"{}\" has no place \"{}\"", population.name.value, neuron.name, at.value);
    let help = match known().next() {
        None => "remove `at`: this model has no compartment besides the soma".to_string(),
        Some(_) => format!("{} (without `at`: the soma)", did_you_mean(&at.value, known())),
    };
    Err(scope.error(&at.span, message, help))
}
