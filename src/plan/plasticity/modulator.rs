//! The population whose spikes modulate a projection's learning.

use super::rules::Used;
use crate::{
    error::Result,
    lang::rule::Of,
    plan::{Population, lookup, scope::Scope},
    quantity::{Dim, display},
    spec,
};

/// The population and the delay in steps of a projection's modulator.
pub fn modulator(
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
                let population = lookup::population(scope, name, populations.iter().map(|p| p.name.as_str()))?;
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
