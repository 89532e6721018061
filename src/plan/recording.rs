//! What is recorded.

use super::{Kind, Population, Projection, SynapseRecord, Trace, lookup, scope::Scope, synapses};
use crate::{
    error::{Result, did_you_mean},
    quantity::{Dim, display},
    spec::{self, At, Neurons},
};

/// What is recorded besides spikes.
pub struct Recording {
    pub traces: Vec<Trace>,
    /// Projections whose edges are written, and whether with weights.
    pub edges: Vec<(usize, bool)>,
    pub synapses: Vec<SynapseRecord>,
}

/// Marks the populations whose spikes are written; the traces and edge lists asked for.
pub fn plan(
    scope: &Scope,
    record: &spec::Record,
    populations: &mut [Population],
    projections: &[Projection],
    (dt, steps): (f64, u64),
) -> Result<Recording> {
    if let Some(spikes) = &record.spikes {
        populations.iter_mut().for_each(|p| p.record = false);
        for name in spikes {
            let index = lookup::population(scope, name, populations.iter().map(|p| p.name.as_str()))?;
            populations[index].record = true;
        }
    }
    let traces = record.traces.iter().map(|t| trace(scope, t, populations, dt)).collect::<Result<_>>()?;
    let mut edges = Vec::new();
    for (names, weights) in [(&record.weights, true), (&record.connectivity, false)] {
        for name in names {
            let before = edges.len();
            edges.extend((0..projections.len()).filter(|&k| projections[k].name == name.value).map(|k| (k, weights)));
            if edges.len() == before {
                return Err(scope.unknown(name, "projection", projections.iter().map(|p| p.name.as_str())));
            }
        }
    }
    let synapses = synapses::plan(scope, &record.synapses, projections, dt, steps)?;
    Ok(Recording { traces, edges, synapses })
}

fn trace(scope: &Scope, trace: &spec::Trace, populations: &[Population], dt: f64) -> Result<Trace> {
    let names = populations.iter().map(|p| p.name.as_str());
    let index = lookup::population(scope, &trace.population, names)?;
    let population = &populations[index];
    let what = format!("trace of \"{}\"", population.name);
    let all: Vec<(&str, Dim)> = match &population.kind {
        Kind::Dynamics(phases) => phases[0].probes.iter().map(|p| (&*p.name, p.dim)).collect(),
        Kind::Cable(cable) => cable.probes.iter().map(|p| (&*p.0, p.1)).collect(),
        Kind::Spikes(_) => {
            let message = format!("{what}: a spike_list has no variables");
            return Err(scope.error(&trace.population.span, message, "record its spikes instead"));
        }
    };
    let mut probes = Vec::new();
    let mut variables = Vec::new();
    for name in &trace.variables {
        let known = || all.iter().map(|p| p.0);
        let probe = known().position(|p| p == name.value).ok_or_else(|| {
            let message = format!("{what}: unknown variable \"{}\"", name.value);
            scope.error(&name.span, message, did_you_mean(&name.value, known()))
        })?;
        variables.push((name.value.clone(), all[probe].1.to_string()));
        probes.push(probe);
    }
    let interval = match &trace.interval {
        None => 1,
        Some(expr) => multiple(scope, expr, 1, dt, &format!("{what}: interval"))?,
    };
    let ids = neurons(scope, trace.neurons.as_ref(), population.neurons(), &what)?;
    let places = match &population.kind {
        Kind::Cable(cable) => places(scope, cable, trace, &probes, &what)?,
        _ => {
            if let Some(at) = trace.at.iter().flatten().next() {
                let message = format!("{what}: `at` names a place on a cable, and these neurons are points");
                return Err(scope.error(&at.span, message, "remove it; the variables tell what is recorded"));
            }
            Vec::new()
        }
    };
    Ok(Trace { population: index, ids, places, variables, probes, interval })
}

/// Compartments of a cable that are recorded: all that have the variables, unless some are named.
fn places(
    scope: &Scope,
    cable: &super::Cable,
    trace: &spec::Trace,
    probes: &[usize],
    what: &str,
) -> Result<Vec<(u32, String)>> {
    let has = |compartment: usize, probe: usize| cable.probes[probe].2[cable.homes[compartment].0].is_some();
    let Some(named) = &trace.at else {
        let all = 0..cable.cut.compartments.len();
        let all = all.filter(|&c| probes.iter().all(|&p| has(c, p)));
        return Ok(all.map(|c| (c as u32, cable.name(c))).collect());
    };
    let mut out = Vec::new();
    for at in named {
        let compartment = cable.compartment(scope, at, what)?;
        if let Some(k) = probes.iter().position(|&p| !has(compartment, p)) {
            let model = &cable.regions[cable.homes[compartment].0].model;
            let message = format!(
                "{what}: the membrane at {} is \"{model}\", which has no {}",
                at.value, trace.variables[k].value
            );
            return Err(scope.error(&at.span, message, "record it in a [[record.traces]] of other places"));
        }
        out.push((compartment as u32, at.value.clone()));
    }
    Ok(out)
}

/// A time that is a multiple of `dt`, in steps, from `least` on.
pub fn multiple(scope: &Scope, expr: &crate::lang::Expr, least: u64, dt: f64, what: &str) -> Result<u64> {
    let time = scope.number(expr, Dim::TIME, what)?;
    let steps = (time / dt).round();
    if steps < least as f64 || (steps * dt - time).abs() > 1e-6 * dt {
        let (time, dt) = (display(time, Dim::TIME), display(dt, Dim::TIME));
        let message = format!("{what} {time} is not a multiple of the time step {dt}");
        return Err(scope.error(&expr.span, message, format!("use a multiple of {dt}")));
    }
    Ok(steps as u64)
}

fn neurons(scope: &Scope, neurons: Option<&At<Neurons>>, size: u32, what: &str) -> Result<Vec<u32>> {
    let Some(neurons) = neurons else { return Ok((0..size).collect()) };
    let list: Vec<i64> = match &neurons.value {
        Neurons::List(list) => list.clone(),
        Neurons::Range(from, to) => (*from..*to.min(&(i64::from(size) + 1))).collect(),
    };
    let mut ids = Vec::new();
    for id in list {
        let inside = u32::try_from(id).ok().filter(|&n| n < size).ok_or_else(|| {
            let message = format!("{what}: neuron {id} is not within 0 and {}", size - 1);
            scope.error(
                &neurons.span,
                message,
                "ids count from 0 in their population; a range \"0:10\" leaves its end out",
            )
        })?;
        ids.push(inside);
    }
    if ids.is_empty() {
        return Err(scope.error(
            &neurons.span,
            format!("{what}: no neurons"),
            "name at least one, e.g. neurons = \"0:10\"",
        ));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}
