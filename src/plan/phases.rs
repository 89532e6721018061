//! Phases: stretches of the run with parameters of their own.

use super::{
    Phase, Projection, models,
    populations::{Context, unknown_parameter},
    scope::{NEURON, Scope, TIME},
};
use crate::{
    error::{Error, Result},
    lang::{Expr, Recipe, model::Parameter},
    quantity::{Dim, display},
    spec::{At, Learns, Spec},
};

/// What changes at the begin of a phase: population, parameter in it, value.
#[derive(Default)]
pub struct Changes(Vec<(String, At<String>, Expr)>);

/// The phases of the run and what each changes. A file without phases has one.
pub fn plan(scope: &Scope, spec: &Spec, dt: f64) -> Result<(Vec<Phase>, Vec<Changes>)> {
    let run = &spec.run;
    if run.phases.is_empty() {
        let duration = run.duration.as_ref().ok_or_else(|| missing(scope, spec))?;
        let phase =
            Phase { name: "run".into(), steps: steps(scope, duration, dt, "run.duration")?, learning: Vec::new() };
        return Ok((vec![phase], vec![Changes::default()]));
    }
    if let Some(duration) = &run.duration {
        let message = "run.duration and run.phases are both given";
        return Err(scope.error(&duration.span, message, "remove run.duration: the phases' durations add up to it"));
    }
    let known = || spec.populations.iter().map(|p| p.name.value.as_str());
    let (mut phases, mut changes) = (Vec::new(), Vec::new());
    for (k, phase) in run.phases.iter().enumerate() {
        let name = phase.name.as_ref().map_or_else(|| format!("phase {}", k + 1), |n| n.value.clone());
        let steps = steps(scope, &phase.duration, dt, &format!("phase \"{name}\": duration"))?;
        let mut set = Vec::new();
        for (key, value) in &phase.set {
            let (population, parameter) = key.value.split_once('.').ok_or_else(|| {
                let message = format!("phase \"{name}\": \"{}\" names no parameter of a population", key.value);
                scope.error(&key.span, message, "write \"POPULATION.PARAMETER\", e.g. \"E.I_e\" or \"E.exc.tau\"")
            })?;
            let at = |text: &str| At { value: text.to_string(), span: key.span.clone() };
            super::lookup::population(scope, &at(population), known())?;
            set.push((population.to_string(), at(parameter), value.clone()));
        }
        phases.push(Phase { name, steps, learning: Vec::new() });
        changes.push(Changes(set));
    }
    Ok((phases, changes))
}

fn missing(scope: &Scope, spec: &Spec) -> Error {
    scope.error(&spec.run.span, "run.duration is missing", "write [run] with duration = \"1 s\"")
}

/// Marks in each phase the projections that learn: all, unless the phase says otherwise.
pub fn learning(scope: &Scope, spec: &Spec, projections: &[Projection], phases: &mut [Phase]) -> Result<()> {
    phases.iter_mut().for_each(|phase| phase.learning = vec![true; projections.len()]);
    for (phase, spec) in phases.iter_mut().zip(&spec.run.phases) {
        match &spec.plasticity {
            Learns::All(learn) => phase.learning.fill(*learn),
            Learns::These(names) => {
                phase.learning.fill(false);
                for name in names {
                    let of = super::lookup::learning(scope, name, projections, &format!("phase \"{}\"", phase.name))?;
                    of.into_iter().for_each(|k| phase.learning[k] = true);
                }
            }
        }
    }
    Ok(())
}

/// A stretch of time in steps, at least one.
fn steps(scope: &Scope, expr: &Expr, dt: f64, what: &str) -> Result<u64> {
    let time = scope.number(expr, Dim::TIME, what)?;
    let steps = (time / dt).round();
    if steps < 1.0 {
        let message = format!("{what} {} is below the time step {}", display(time, Dim::TIME), display(dt, Dim::TIME));
        return Err(scope.error(&expr.span, message, "use at least one time step"));
    }
    if steps > 1e15 {
        let message = format!("{what} {} has {steps:e} steps", display(time, Dim::TIME));
        return Err(scope.error(&expr.span, message, "use at most 1e15 steps"));
    }
    Ok(steps as u64)
}

impl Changes {
    /// Writes this phase's values for one population into its recipe.
    pub fn apply(&self, scope: &Scope, population: &str, recipe: &mut Recipe) -> Result<()> {
        self.apply_but(scope, population, recipe, &|_| false)
    }

    /// The same, but those to skip.
    fn apply_but(
        &self,
        scope: &Scope,
        population: &str,
        recipe: &mut Recipe,
        skip: &dyn Fn(&str) -> bool,
    ) -> Result<()> {
        for (_, name, value) in self.0.iter().filter(|c| c.0 == population && !skip(&c.1.value)) {
            let what = format!("phase value {population}.{}", name.value);
            if let Some(parameter) = parameter(recipe, &name.value) {
                let value = models::value(scope, &parameter, value, recipe.size, &what)?;
                recipe.values.insert(name.value.clone(), value);
                continue;
            }
            let (owner, field) = name.value.rsplit_once('.').unwrap_or(("", &name.value));
            let names: Vec<(&str, Dim)> = NEURON.iter().chain(TIME).copied().collect();
            let drive = recipe.drives.iter().position(|d| d.name == owner);
            match (drive, field) {
                (Some(k), "rate") => recipe.drives[k].rate = scope.function(value, Dim::FREQUENCY, &names, &what)?,
                (Some(k), "weight") => {
                    let receptor = recipe.attached.iter().find(|a| a.name == recipe.drives[k].receptor);
                    let dim = receptor.and_then(|r| r.model.weight).unwrap_or_default();
                    recipe.drives[k].weight = scope.function(value, dim, NEURON, &what)?;
                }
                _ => {
                    let known: Vec<String> = recipe.parameters().into_iter().map(|p| p.0).collect();
                    let whose = format!("population \"{population}\"");
                    return Err(unknown_parameter(scope, name, &whose, known.iter().map(String::as_str)));
                }
            }
        }
        Ok(())
    }
}

/// The recipes of all phases of each region of a cable: a value is of the regions that know it. The `fixed` parameter cannot change.
pub fn of_regions(context: &Context, population: &str, regions: &[Recipe], fixed: &str) -> Result<Vec<Vec<Recipe>>> {
    let knows = |recipe: &Recipe, name: &str| {
        let owner = name.rsplit_once('.').map_or("", |n| n.0);
        name != fixed && (parameter(recipe, name).is_some() || recipe.drives.iter().any(|d| d.name == owner))
    };
    let mut out = Vec::new();
    for recipe in regions {
        let of_others = |name: &str| !knows(recipe, name) && regions.iter().any(|other| knows(other, name));
        let mut now = recipe.clone();
        let mut phases = Vec::new();
        for changes in context.changes {
            if let Some((_, name, _)) = changes.0.iter().find(|c| c.0 == population && c.1.value == fixed) {
                let message = format!("the {fixed} of population \"{population}\" is that of its compartments");
                return Err(context.scope.error(&name.span, message, "remove it"));
            }
            changes.apply_but(context.scope, population, &mut now, &of_others)?;
            phases.push(now.clone());
        }
        out.push(phases);
    }
    Ok(out)
}

/// A parameter by its qualified name.
fn parameter(recipe: &Recipe, name: &str) -> Option<Parameter> {
    let attached = recipe.attached.iter().map(|a| (a.name.as_str(), &a.model));
    for (prefix, model) in std::iter::once(("", &recipe.neuron)).chain(attached) {
        let found = model.parameters.iter().find(|p| models::qualified(prefix, &p.name) == name);
        if let Some(p) = found {
            return Some(p.clone());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        error::Source,
        plan::{Plan, Plasticity},
    };

    const NETWORK: &str = "
[populations.E]
model = 'lif'
size = 2
receptors = { ampa = 'ampa', nmda = 'nmda', gaba = 'gaba_a' }
[populations.I]
model = 'lif'
size = 2
receptors = { ampa = 'ampa' }
[[projections]]
from = 'E'
to = 'E'
rule = 'all_to_all'
receptor = ['ampa', 'nmda', 'gaba']
weight = ['1 nS', '1 nS', '1 nS']
delay = '1 ms'
[[projections]]
from = 'E'
to = 'I'
rule = 'all_to_all'
receptor = 'ampa'
weight = '1 nS'
delay = '1 ms'
";

    /// What learns in each phase, where the weights of E->E at ampa and nmda have a rule.
    fn learns(phases: &[&str]) -> Result<Vec<Vec<bool>>> {
        let phase = |more: &&str| format!("[[run.phases]]\nduration = '1 ms'\n{more}\n");
        let text = format!("{NETWORK}{}", phases.iter().map(phase).collect::<String>());
        let silent = format!("{NETWORK}[run]\nduration = '1 ms'\n");
        let mut projections = Plan::new(&Spec::parse(Source::new("net.toml", silent), "net")?)?.projections;
        for projection in &mut projections[..2] {
            projection.plasticity =
                Some(Plasticity { names: Vec::new(), learning: Default::default(), dendritic: 0.0, modulator: None });
        }
        let spec = Spec::parse(Source::new("net.toml", text), "net")?;
        let scope = Scope::new(&spec)?;
        let (mut phases, _) = plan(&scope, &spec, 0.1)?;
        learning(&scope, &spec, &projections, &mut phases)?;
        Ok(phases.into_iter().map(|phase| phase.learning).collect())
    }

    #[test]
    fn everything_learns_unless_the_phase_says_otherwise() {
        let phases = ["", "plasticity = false", "plasticity = 'E->E'", "plasticity = []", "plasticity = true"];
        let (all, none) = (vec![true; 4], vec![false; 4]);
        let listed = vec![true, true, false, false];
        assert_eq!(learns(&phases).unwrap(), [all.clone(), none.clone(), listed, none, all]);
    }

    #[test]
    fn what_cannot_learn_is_refused() {
        let report = |list: &str| learns(&[&format!("plasticity = {list}")]).unwrap_err().report();
        let unknown = report("['E->E', 'I->I']");
        assert!(unknown.contains("unknown projection \"I->I\"") && unknown.contains("net.toml:"), "{unknown}");
        let fixed = report("'E->I'");
        for part in ["phase \"phase 1\"", "\"E->I\" has no plasticity", "give it a rule", "net.toml:"] {
            assert!(fixed.contains(part), "{part:?} is not in\n{fixed}");
        }
    }
}
