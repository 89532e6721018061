//! The rules by which projections learn: found, given values, compiled; their equations join the target's.

mod equations;
mod modulator;
mod rules;

pub use equations::equations;

use std::sync::Arc;

use self::{modulator::modulator, rules::used};
use super::{Population, scope::Scope};
use crate::{
    error::{Error, Result},
    lang::{
        Expr,
        learning::{self, Given},
    },
    quantity::{Dim, display},
    spec::{self, Spec},
};

/// Longest dendritic delay in steps: spikes wait that long on their way back.
const MAX_DENDRITIC: f64 = 100.0;

/// Least number of spikes kept of each neuron. The busiest of them brings all synapses up to date when it has as many: with 32, COBA with
/// pair STDP takes 1.22 times as long.
pub(crate) const SPIKES: usize = 128;

/// Spikes kept of each neuron for synapses with a dendritic delay of up to so many steps: a power of two.
pub(crate) fn spikes_kept(dendritic: u32) -> usize {
    (2 * dendritic as usize + 32).next_power_of_two().max(SPIKES)
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
