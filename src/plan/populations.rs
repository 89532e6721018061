//! Populations: models found, values checked, equations compiled once for each phase.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Kind, Population, cable,
    inputs::{self, Given},
    lookup::Models,
    memory, models,
    phases::Changes,
    plasticity,
    scope::{NEURON, Scope},
    spikes,
};
use crate::{
    error::{Result, did_you_mean},
    kernel::mix,
    lang::{
        Attached, Dynamics, Expr, Integrator, Location, Neuron, Recipe, compile, eval::eval_constant, eval_neuron,
        model,
    },
    quantity::{Dim, display},
    spec::{self, At},
};

/// Purpose of the random key of a population's values and noise.
const VALUES: u64 = 0x7661_6c75_6573;

/// What all populations are planned with.
pub struct Context<'a> {
    pub scope: &'a Scope<'a>,
    pub spec: &'a spec::Spec,
    pub changes: &'a [Changes],
    pub dt: f64,
    pub steps: u64,
    pub seed: u64,
}

/// All populations of the file, in order.
pub fn plan(context: &Context) -> Result<Vec<Population>> {
    let mut models = Models::new(&context.spec.models);
    let mut out: Vec<Population> = Vec::new();
    let mut first = 0u64;
    let names: Vec<&str> = context.spec.populations.iter().map(|p| p.name.value.as_str()).collect();
    for input in &context.spec.inputs {
        for to in &input.to {
            super::lookup::population(context.scope, to, names.iter().copied())?;
        }
    }
    for (number, population) in context.spec.populations.iter().enumerate() {
        let what = format!("population \"{}\": size", population.name.value);
        let size = context.scope.count(&population.size, 1, &what)?;
        if first + size > u64::from(u32::MAX) {
            let message =
                format!("{what} {size} makes {} neurons in all; at most {} can be numbered", first + size, u32::MAX);
            return Err(context.scope.error(&population.size.span, message, "use smaller populations"));
        }
        // Positions are drawn here: what can never fit is refused before.
        memory::at_least((first + size) as f64)?;
        let one = One { context, population, size: size as u32 };
        let mut planned = one.plan(&mut models, first as u32)?;
        planned.key = mix(&[context.seed, VALUES, number as u64]);
        if let Some(axes) = &population.positions {
            planned.positions = Some(one.positions(axes, planned.key)?);
        }
        first += u64::from(planned.size);
        out.push(planned);
    }
    Ok(out)
}

pub struct One<'a> {
    pub context: &'a Context<'a>,
    pub population: &'a spec::Population,
    /// Number of neurons.
    pub size: u32,
}

impl One<'_> {
    /// Names something of it in messages.
    pub fn what(&self, name: &str) -> String {
        format!("population \"{}\": {name}", self.population.name.value)
    }

    fn plan(&self, models: &mut Models, first: u32) -> Result<Population> {
        let scope = self.context.scope;
        let neuron = models.load(scope, &self.population.model, &[model::Kind::Neuron, model::Kind::SpikeList])?;
        let name = self.population.name.value.clone();
        let mut planned = Population {
            name,
            model: neuron.name.clone(),
            size: self.size,
            first,
            receptors: Vec::new(),
            kind: Kind::Dynamics(Vec::new()),
            positions: None,
            key: 0,
            record: true,
            parameters: Vec::new(),
        };
        if neuron.kind == model::Kind::SpikeList {
            self.only_spikes()?;
            planned.kind =
                Kind::Spikes(spikes::plan(scope, self.population, self.size, self.context.dt, self.context.steps)?);
            return Ok(planned);
        }
        if self.population.spikes.is_some() {
            let message = self.what(&format!("spike times need model = \"spike_list\", not \"{}\"", neuron.name));
            return Err(scope.error(
                &self.population.model.span,
                message,
                "remove `times`, `spikes` or `file`, or change the model",
            ));
        }
        if let Some(cable) = &self.population.cable {
            cable::plan(self, models, cable, neuron, &mut planned)?;
            return Ok(planned);
        }
        let locate =
            |at: Option<&At<String>>| Ok((inputs::place(scope, self.population, &neuron, at)?, neuron.clone()));
        let mut receptors = Vec::new();
        for receptor in &self.population.receptors {
            let model = models.load(scope, &receptor.model, &[model::Kind::Receptor])?;
            let (at, _) = locate(receptor.at.as_ref())?;
            if at == Location::Soma {
                self.has_membrane(&neuron, &model, &receptor.model)?;
            }
            let attached = Attached { name: receptor.name.value.clone(), model, at };
            receptors.push(Given { attached, parameters: &receptor.parameters });
        }
        let inputs = inputs::plan(self.context, models, self.population, &receptors, &locate)?;
        let mut values = BTreeMap::new();
        models::values(scope, &neuron, "", &self.population.parameters, self.size, &self.what(""), &mut values)?;
        for Given { attached, parameters } in receptors.iter().chain(&inputs.attached) {
            models::values(scope, &attached.model, &attached.name, parameters, self.size, &self.what(""), &mut values)?;
        }
        let mut all: Vec<Attached> = receptors.iter().chain(&inputs.attached).map(|g| g.attached.clone()).collect();
        let weight =
            |name: &str| receptors.iter().find(|r| r.attached.name == name).and_then(|r| r.attached.model.weight);
        all.extend(plasticity::equations(scope, self.context.spec, &self.population.name.value, &weight)?);
        let initial = self.initial(&neuron, &all, &self.population.initial)?;
        let recipe = Recipe {
            integrator: self.integrator()?.or(neuron.integrator),
            neuron,
            attached: all,
            drives: inputs.drives,
            values,
            initial,
            per_neuron: BTreeSet::new(),
            size: self.size,
            dt: self.context.dt,
            cable: false,
        };
        let phases = self.phases(recipe, &mut planned)?;
        let inputs = phases[0].inputs.iter().map(|i| (i.receptor.clone(), i.weight));
        let continuous = phases[0].continuous.iter().map(|c| (c.receptor.clone(), c.weight));
        planned.receptors = inputs.chain(continuous).collect();
        planned.kind = Kind::Dynamics(phases);
        Ok(planned)
    }

    /// One compiled form for each phase. A parameter that is one value in one phase and differs between neurons in another
    /// has a column in all, so that columns keep their numbers.
    fn phases(&self, mut recipe: Recipe, planned: &mut Population) -> Result<Vec<Dynamics>> {
        let mut recipes: Vec<Recipe> = Vec::new();
        for changes in self.context.changes {
            changes.apply(self.context.scope, &self.population.name.value, &mut recipe)?;
            recipes.push(recipe.clone());
        }
        for (name, dim, value) in recipes[0].parameters() {
            planned.parameters.push((name, parameter_text(&value, dim)));
        }
        let place = self.population.integrator.as_ref().unwrap_or(&self.population.model);
        self.compile(recipes).map_err(|e| e.or_at(self.context.scope.source, place.span.clone()))
    }

    /// Compiles the recipes of all phases.
    pub fn compile(&self, mut recipes: Vec<Recipe>) -> Result<Vec<Dynamics>> {
        let per_neuron: BTreeSet<String> = recipes.iter().flat_map(Recipe::differing).collect();
        if let Some(name) =
            per_neuron.iter().find(|n| recipes.iter().any(|r| r.parameters().iter().any(|p| p.0 == **n && timed(&p.2))))
        {
            let message =
                self.what(&format!("{name} differs between neurons in one phase and depends on t in another"));
            let help = "let it depend on t in both, or in none";
            return Err(self.context.scope.error(&self.population.name.span, message, help));
        }
        recipes
            .iter_mut()
            .map(|r| {
                r.per_neuron.clone_from(&per_neuron);
                compile(r)
            })
            .collect()
    }

    /// A list of spikes has no equations: no values, and nothing can reach it.
    fn only_spikes(&self) -> Result<()> {
        let p = self.population;
        let name = &p.name.value;
        let given = [
            ("parameters", p.parameters.first().map(|v| &v.0.span)),
            ("initial", p.initial.first().map(|v| &v.0.span)),
            ("receptors", p.receptors.first().map(|r| &r.name.span)),
            ("integrator", p.integrator.as_ref().map(|i| &i.span)),
        ];
        let reached = self.context.spec.inputs.iter().flat_map(|i| &i.to).find(|to| to.value == *name);
        let (what, span) = match (given.iter().find_map(|(key, span)| Some((*key, (*span)?))), reached) {
            (Some(found), _) => found,
            (None, Some(to)) => ("inputs", &to.span),
            (None, None) => return Ok(()),
        };
        let message = format!("population \"{name}\": a spike_list has no {what}");
        Err(self.context.scope.error(span, message, "remove them, or use another model"))
    }

    /// A receptor that reads or moves the potential `v` needs a neuron that has one.
    fn has_membrane(&self, neuron: &model::Model, receptor: &model::Model, at: &At<String>) -> Result<()> {
        let own = receptor.equations.iter().map(|e| &e.expr).chain(&receptor.current);
        let reads = own.into_iter().any(|e| crate::lang::algebra::mentions(e, "v"));
        let moves = receptor.on_spike.iter().any(|s| &*s.target == "v");
        let v = neuron.equations.iter().find(|e| &*e.name == "v");
        if !(reads || moves) || v.is_some_and(|v| v.dim == Dim::VOLTAGE) {
            return Ok(());
        }
        let has = v.map_or("has none".to_string(), |v| format!("has one in {}", v.dim));
        let message =
            format!("receptor \"{}\" needs a potential v in mV; model \"{}\" {has}", receptor.name, neuron.name);
        let help = "choose a receptor that is a current only, such as curr_exp, or another neuron model";
        Err(self.context.scope.error(&at.span, self.what(&message), help))
    }

    fn integrator(&self) -> Result<Option<Integrator>> {
        let Some(name) = &self.population.integrator else { return Ok(None) };
        match Integrator::from_name(&name.value) {
            Some(integrator) => Ok(Some(integrator)),
            None => Err(self.context.scope.unknown(name, "integrator", Integrator::NAMES.iter().map(|n| n.0))),
        }
    }

    /// The variables of a neuron with its receptors and inputs.
    pub fn variables(&self, neuron: &model::Model, attached: &[Attached]) -> Vec<(String, Dim)> {
        let own = neuron.equations.iter().filter(|e| e.differential).map(|e| (e.name.to_string(), e.dim));
        let theirs = attached.iter().flat_map(|a| {
            a.model.equations.iter().filter(|e| e.differential).map(move |e| (format!("{}.{}", a.name, e.name), e.dim))
        });
        own.chain(theirs).collect()
    }

    /// Values at t = 0 that are `given` to a neuron with its receptors and inputs.
    pub fn initial<'g>(
        &self,
        neuron: &model::Model,
        attached: &[Attached],
        given: impl IntoIterator<Item = &'g (At<String>, Expr)>,
    ) -> Result<BTreeMap<String, Expr>> {
        let scope = self.context.scope;
        let variables = self.variables(neuron, attached);
        let parameters: Vec<(&str, Dim)> = neuron.parameters.iter().map(|p| (&*p.name, p.dim)).collect();
        let names: Vec<(&str, Dim)> = NEURON.iter().copied().chain(parameters).collect();
        let mut out = BTreeMap::new();
        for (name, expr) in given {
            let Some((_, dim)) = variables.iter().find(|v| v.0 == name.value) else {
                let message =
                    format!("population \"{}\" has no variable \"{}\"", self.population.name.value, name.value);
                let help = did_you_mean(&name.value, variables.iter().map(|v| v.0.as_str()));
                return Err(scope.error(&name.span, message, help));
            };
            let value = scope.value(expr, *dim, &names, &self.what(&format!("initial {}", name.value)))?;
            scope.whole_column(&value, expr, self.size, &self.what(&format!("initial {}", name.value)))?;
            out.insert(name.value.clone(), value);
        }
        Ok(out)
    }

    fn positions(&self, axes: &[Option<Expr>; 3], key: u64) -> Result<Arc<[[f64; 3]]>> {
        let names: Vec<(&str, Dim)> = NEURON[..2].to_vec();
        let mut places = vec![[0.0; 3]; self.size as usize];
        for (axis, expr) in axes.iter().enumerate() {
            let Some(expr) = expr else { continue };
            let name = ["x", "y", "z"][axis];
            let value = self.context.scope.value(expr, Dim::LENGTH, &names, &self.what(&format!("position {name}")))?;
            self.context.scope.whole_column(&value, expr, self.size, &self.what(&format!("position {name}")))?;
            for (id, place) in places.iter_mut().enumerate() {
                let neuron = Neuron { id: id as u32, size: self.size, position: [0.0; 3], key, compartment: None };
                place[axis] = eval_neuron(neuron, name, &value, &BTreeMap::new());
            }
        }
        Ok(places.into())
    }
}

/// The value of a parameter for results.
pub fn parameter_text(value: &Expr, dim: Dim) -> String {
    eval_constant(value).map_or_else(|| value.text(), |v| display(v, dim))
}

fn timed(value: &Expr) -> bool {
    crate::lang::algebra::mentions(value, "t")
}

/// A parameter's name in a population, and the remedy for one that does not exist.
pub fn unknown_parameter<'n>(
    scope: &Scope,
    name: &At<String>,
    whose: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> crate::error::Error {
    let message = format!("{whose} has no parameter \"{}\"", name.value);
    scope.error(&name.span, message, did_you_mean(&name.value, known))
}
