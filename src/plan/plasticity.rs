//! The rules by which projections learn: found, given values, compiled; their equations join the target's.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use super::{Population, scope::Scope};
use crate::{
    error::{Error, Result, did_you_mean},
    lang::{
        Attached, Expr, Location,
        ast::Node,
        equation::Equation,
        learning::{self, Given},
        library,
        model::Model,
        rule::{Of, Rule},
    },
    quantity::{Dim, Quantity, display},
    spec::{self, Spec},
};

/// Longest dendritic delay in steps: spikes wait that long on their way back.
const MAX_DENDRITIC: f64 = 100.0;

/// A rule of a projection with the values of its parameters.
struct Used {
    rule: Rule,
    values: BTreeMap<String, f64>,
    nearest: bool,
    /// Name of its equations in the target population.
    host: String,
}

/// Compiles the rules of `projection` onto a receptor of `to`, if it has any.
pub fn plan(
    scope: &Scope,
    spec: &Spec,
    projection: &spec::Projection,
    what: &str,
    populations: &[Population],
    (to, weight): (usize, Dim),
    dt: f64,
) -> Result<Option<super::Plasticity>> {
    let dendritic = match &projection.dendritic {
        None => 0.0,
        Some(expr) => {
            let share = scope.number(expr, Dim::NONE, &format!("{what}: dendritic"))?;
            if !(0.0..=1.0).contains(&share) {
                let message = format!("{what}: dendritic = {share} is not within 0 and 1");
                return Err(scope.error(&expr.span, message, "give the share of the delay that lies on the dendrite"));
            }
            if projection.plasticity.is_empty() {
                let message = format!("{what}: dendritic matters to plasticity alone, and there is none");
                return Err(scope.error(&expr.span, message, "remove it, or give the projection plasticity = \"...\""));
            }
            share
        }
    };
    if projection.plasticity.is_empty() {
        return Ok(None);
    }
    let host = &populations[to].name;
    let used = used(scope, spec, projection, host, weight)?;
    let given: Vec<Given> = used
        .iter()
        .map(|u| Given { rule: &u.rule, values: u.values.clone(), nearest: u.nearest, host: u.host.clone() })
        .collect();
    let learning = learning::compile(&given, weight, dt)?;
    if let super::Kind::Cable(cable) = &populations[to].kind {
        let span = &projection.plasticity[0].rule.span;
        if cable.sites.len() != 1 {
            let message =
                format!("{what}: its target has {} sites; which spikes does it learn from?", cable.sites.len());
            return Err(scope.error(span, message, "a cable onto which synapses learn has one site"));
        }
        if !learning.reads.is_empty() || learning.event.is_some() {
            let message = format!("{what}: the rule reads variables of its target, which has many compartments");
            return Err(scope.error(span, message, "use a rule that depends on spikes alone, such as stdp_additive"));
        }
    }
    for name in &learning.reads {
        let super::Kind::Dynamics(phases) = &populations[to].kind else {
            unreachable!("a spike_list has no receptors")
        };
        if !phases[0].probes.iter().any(|p| p.name == *name) {
            let message =
                format!("{what}: the rule reads `{name}`, which model \"{}\" does not have", populations[to].model);
            let span = &projection.plasticity[0].rule.span;
            return Err(scope.error(span, message, "use a neuron model with a membrane potential v"));
        }
    }
    Ok(Some(super::Plasticity {
        names: used.iter().map(|u| u.rule.name.clone()).collect(),
        learning: Arc::new(learning),
        dendritic,
        modulator: modulator(scope, projection, &used, what, populations, dt)?,
    }))
}

/// A run longer than synapses that learn can count.
pub fn check_length(scope: &Scope, spec: &Spec, projections: &[super::Projection], steps: u64) -> Result<()> {
    let Some(first) = projections.iter().find(|p| p.plasticity.is_some()).filter(|_| steps > i32::MAX as u64) else {
        return Ok(());
    };
    let message = format!("a run of {steps} steps is too long for projection \"{}\", which learns", first.name);
    let help =
        format!("run at most {} steps and go on from the results: rule = {{ edges = \"results.h5\" }}", i32::MAX);
    Err(scope.error(&spec.run.span, message, help))
}

/// A dendritic delay that spikes cannot wait for.
pub fn check_delay(
    scope: &Scope,
    projection: &spec::Projection,
    what: &str,
    share: f64,
    longest: f64,
    dt: f64,
) -> Result<()> {
    let steps = (share * longest / dt).round();
    if share == 0.0 || steps <= MAX_DENDRITIC {
        return Ok(());
    }
    let (time, limit) = (display(share * longest, Dim::TIME), display(MAX_DENDRITIC * dt, Dim::TIME));
    let message = format!("{what}: a dendritic delay of {time} is more than {MAX_DENDRITIC} steps of dt, {limit}");
    let span = projection.dendritic.as_ref().or(projection.delay.as_ref()).map_or(&projection.span, |e| &e.span);
    Err(scope.error(span, message, "put a smaller share of the delay on the dendrite"))
}

/// The rules of a projection.
fn used(scope: &Scope, spec: &Spec, projection: &spec::Projection, to: &str, weight: Dim) -> Result<Vec<Used>> {
    let folder = Path::new(&*scope.source.name).parent();
    let mut out: Vec<Used> = Vec::new();
    for (number, plasticity) in projection.plasticity.iter().enumerate() {
        let name = &plasticity.rule;
        let word = scope.word(&name.value);
        let rule = library::rule(word, folder, weight).map_err(|e| e.or_at(scope.source, name.span.clone()))?;
        if out.iter().any(|u| u.rule.name == rule.name) {
            let message = format!("rule \"{}\" is given twice to one projection", rule.name);
            return Err(scope.error(&name.span, message, "remove one of them"));
        }
        let nearest = match &plasticity.pairing {
            None => false,
            Some(pairing) => match &*pairing.value {
                "all_to_all" => false,
                "nearest" => true,
                _ => return Err(scope.unknown(pairing, "pairing", ["all_to_all", "nearest"])),
            },
        };
        let values = values(scope, &rule, plasticity)?;
        let host = host(scope, spec, projection, number, to);
        out.push(Used { rule, values, nearest, host });
    }
    Ok(out)
}

/// Values of all parameters of a rule.
fn values(scope: &Scope, rule: &Rule, given: &spec::Plasticity) -> Result<BTreeMap<String, f64>> {
    let mut values: BTreeMap<String, f64> = rule
        .parameters
        .iter()
        .filter_map(|p| Some((p.name.to_string(), (!p.required).then(|| p.value.literal())??)))
        .collect();
    for (name, expr) in &given.parameters {
        let Some(parameter) = rule.parameters.iter().find(|p| *p.name == *name.value) else {
            let message = format!("rule \"{}\" has no parameter \"{}\"", rule.name, name.value);
            let help = did_you_mean(&name.value, rule.parameters.iter().map(|p| &*p.name));
            return Err(scope.error(&name.span, message, help));
        };
        let what = format!("rule \"{}\": {}", rule.name, name.value);
        let value = scope.number(expr, parameter.dim, &what)?;
        parameter.check(value).map_err(|limit| {
            scope.error(&expr.span, format!("{what}: {limit}"), format!("use a value {}", parameter.bounds()))
        })?;
        values.insert(name.value.clone(), value);
    }
    let Some(missing) = rule.parameters.iter().find(|p| !values.contains_key(&*p.name)) else {
        return vesicles(scope, rule, given, values);
    };
    let all = rule.parameters.iter().filter(|p| p.required).map(|p| match p.dim {
        Dim::NONE => format!(", {} = ...", p.name),
        unit => format!(", {} = \"... {unit}\"", p.name),
    });
    let message = format!("rule \"{}\" needs {}: {}", rule.name, missing.name, missing.meaning);
    let help = format!("write plasticity = {{ rule = \"{}\"{} }}", rule.name, all.collect::<String>());
    Err(scope.error(&given.rule.span, message, help))
}

/// A number of vesicles that the user gives is whole; that of the rule is looked at when it is compiled.
fn vesicles(
    scope: &Scope,
    rule: &Rule,
    given: &spec::Plasticity,
    values: BTreeMap<String, f64>,
) -> Result<BTreeMap<String, f64>> {
    let named = rule.quanta.as_ref().and_then(|[n, _]| match &*n.node {
        Node::Name(name) => given.parameters.iter().find(|p| p.0.value == **name),
        _ => None,
    });
    match named {
        Some((name, expr)) if !learning::is_number_of_vesicles(values[&name.value]) => {
            let message =
                format!("rule \"{}\": {} = {} is not a number of vesicles", rule.name, name.value, values[&name.value]);
            Err(scope.error(&expr.span, message, "use a whole number from 1 to 1000"))
        }
        _ => Ok(values),
    }
}

/// The population and the delay in steps of a projection's modulator.
fn modulator(
    scope: &Scope,
    projection: &spec::Projection,
    used: &[Used],
    what: &str,
    populations: &[Population],
    dt: f64,
) -> Result<Option<(usize, u32)>> {
    let mut found = None;
    for (plasticity, used) in projection.plasticity.iter().zip(used) {
        let wants = used.rule.traces_of(Of::Modulator).next().is_some();
        match (&plasticity.modulator, wants) {
            (None, false) => {}
            (None, true) => {
                let raised: Vec<&str> = used.rule.traces_of(Of::Modulator).map(|t| t.name.as_str()).collect();
                let (name, raised) = (&used.rule.name, raised.join(", "));
                let message =
                    format!("{what}: rule \"{name}\" needs a modulator, a population whose spikes raise {raised}");
                let help = format!("name it: plasticity = {{ rule = \"{name}\", modulator = \"POPULATION\", ... }}");
                return Err(scope.error(&plasticity.rule.span, message, help));
            }
            (Some(name), false) => {
                let message = format!("{what}: rule \"{}\" has no modulator trace", used.rule.name);
                return Err(scope.error(
                    &name.span,
                    message,
                    "remove `modulator`, or use a rule such as stdp_dopamine",
                ));
            }
            (Some(name), true) => {
                let population = super::lookup::population(scope, name, populations.iter().map(|p| p.name.as_str()))?;
                if populations[population].sites() > 1 {
                    let message = format!("{what}: modulator \"{}\" has several sites, all of which spike", name.value);
                    return Err(scope.error(&name.span, message, "leave one of the cable's `sites`"));
                }
                let delay = match &plasticity.modulator_delay {
                    None => dt,
                    Some(expr) => scope.number(expr, Dim::TIME, &format!("{what}: modulator_delay"))?,
                };
                let steps = (delay / dt).round();
                if !(1.0..=1e6).contains(&steps) {
                    let span = plasticity.modulator_delay.as_ref().map_or(&name.span, |e| &e.span);
                    let message =
                        format!("{what}: modulator_delay {} is not within 1 and 1e6 steps", display(delay, Dim::TIME));
                    return Err(scope.error(span, message, format!("use {} or more", display(dt, Dim::TIME))));
                }
                if found.is_some_and(|f| f != (population, steps as u32)) {
                    let message = format!("{what}: its rules name two modulators");
                    return Err(scope.error(&name.span, message, "give both the same one"));
                }
                found = Some((population, steps as u32));
            }
        }
    }
    Ok(found)
}

/// Name of a rule's equations in population `to`: that of the rule, numbered where several projections have them.
fn host(scope: &Scope, spec: &Spec, projection: &spec::Projection, number: usize, to: &str) -> String {
    let name = |p: &spec::Plasticity| {
        let word = scope.word(&p.rule.value);
        Path::new(word).file_stem().map_or(word.to_string(), |s| s.to_string_lossy().into_owned())
    };
    let own = name(&projection.plasticity[number]);
    let before = spec.projections.iter().take_while(|p| p.span != projection.span);
    let same = before.filter(|p| p.to.iter().any(|t| t.value == to)).flat_map(|p| &p.plasticity);
    match same.filter(|p| name(p) == own).count() {
        0 => own,
        n => format!("{own}_{}", n + 1),
    }
}

/// The equations that the rules of all projections onto population `to` add to its neurons. `receptors` gives the dimension of a weight.
pub fn equations(
    scope: &Scope,
    spec: &Spec,
    to: &str,
    receptors: &dyn Fn(&str) -> Option<Dim>,
) -> Result<Vec<Attached>> {
    let mut out = Vec::new();
    for projection in spec.projections.iter().filter(|p| p.to.iter().any(|t| t.value == to)) {
        let Some(weight) = projection.receptors.iter().find_map(|r| receptors(&r.value)) else { continue };
        for Used { rule, values, host, .. } in used(scope, spec, projection, to, weight)? {
            if !rule.equations.is_empty() || rule.post_event.is_some() {
                out.push(Attached { name: host, model: Arc::new(model(rule, &values)), at: Location::Soma });
            }
        }
    }
    Ok(out)
}

/// A rule's equations as an input without current.
fn model(rule: Rule, values: &BTreeMap<String, f64>) -> Model {
    let mut model = Model::current(Expr::new(Node::Literal(Quantity { value: 0.0, dim: Dim::CURRENT })));
    model.name.clone_from(&rule.name);
    model.source = rule.source;
    model.equations = rule.equations;
    model.equations.extend(rule.post_event.map(|expr| Equation {
        name: "post_event".into(),
        name_span: expr.span.clone(),
        differential: false,
        by_statements: false,
        dim: Dim::NONE,
        unit_span: expr.span.clone(),
        hold: false,
        expr,
    }));
    model.parameters = rule.parameters;
    for p in &mut model.parameters {
        let value = values[&*p.name];
        p.value = Expr { span: p.value.span.clone(), ..Expr::new(Node::Literal(Quantity { value, dim: p.dim })) };
    }
    model
}

/// The error of weights that lie outside of a rule's bounds.
pub fn outside(
    scope: &Scope,
    weight: &Expr,
    what: &str,
    (low, high): (f64, f64),
    bounds: (f64, f64),
    dim: Dim,
) -> Option<Error> {
    let wrong = [low, high].into_iter().find(|w| *w < bounds.0 || *w > bounds.1)?;
    let shown = |w: f64| display(w, dim);
    let message = match wrong.is_finite() {
        true => format!(
            "{what}: weight {} is outside of the rule's bounds, {} to {}",
            shown(wrong),
            shown(bounds.0),
            shown(bounds.1)
        ),
        false => format!(
            "{what}: weights are drawn without limit, but the rule's bounds are {} to {}",
            shown(bounds.0),
            shown(bounds.1)
        ),
    };
    let help = match low == high {
        true => "change the weight, or the parameters of the rule that bound it, such as w_max",
        false => {
            "draw between the bounds: uniform(low, high), normal(mean, sd, low, high); or change those of the rule, such as w_max"
        }
    };
    Some(scope.error(&weight.span, message, help))
}
