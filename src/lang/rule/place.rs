//! The places of expressions in a rule, and which names may stand at each.

use super::{
    super::{
        ast::Expr,
        units::{Scope, resolve_units},
    },
    Of, Rule,
};
use crate::quantity::Dim;

/// The names that may stand at one place of a rule.
pub struct Names(Vec<(String, Dim)>);

impl Scope for Names {
    fn dim(&self, name: &str) -> Option<Dim> {
        self.0.iter().find(|n| n.0 == name).map(|n| n.1)
    }
    fn names(&self) -> Vec<String> {
        self.0.iter().map(|n| n.0.clone()).collect()
    }
}

/// Where an expression stands: what it may use beyond parameters.
#[derive(Clone, Copy, PartialEq)]
pub enum Place {
    /// Computed before the run: parameters alone.
    Fixed,
    /// Statements of variables of a source.
    Source,
    /// `on_pre` and `on_post`.
    Event,
    /// `transmit`.
    Transmit,
    /// `drift`.
    Drift,
    /// Equations and conditions of the postsynaptic neuron.
    Neuron,
}

/// What may stand there.
pub fn names_at(rule: &Rule, place: Place) -> Names {
    let mut names = vec![("dt".to_string(), Dim::TIME), ("pi".to_string(), Dim::NONE)];
    names.extend(rule.parameters.iter().map(|p| (p.name.to_string(), p.dim)));
    let mut add = |name: &str, dim: Dim| names.push((name.to_string(), dim));
    let variables = |per_source: bool| rule.variables.iter().filter(move |v| v.per_source == per_source);
    let equations = || rule.equations.iter();
    match place {
        Place::Fixed => {}
        Place::Neuron => {
            add("v", Dim::VOLTAGE);
            equations().for_each(|e| add(&e.name, e.dim));
        }
        Place::Source => {
            add("since_pre", Dim::TIME);
            variables(true).for_each(|v| add(&v.name, v.dim));
        }
        Place::Drift => {
            variables(false).for_each(|v| add(&v.name, v.dim));
            rule.traces_of(Of::Modulator).for_each(|t| add(&t.name, Dim::NONE));
        }
        Place::Event | Place::Transmit => {
            add("w", rule.weight);
            rule.variables.iter().for_each(|v| add(&v.name, v.dim));
            rule.traces.iter().filter(|t| t.of != Of::Modulator).for_each(|t| add(&t.name, Dim::NONE));
            add("since_pre", Dim::TIME);
            add("since_post", Dim::TIME);
            add("v", Dim::VOLTAGE);
            equations().for_each(|e| add(&e.name, e.dim));
            if place == Place::Transmit && rule.quanta.is_some() {
                add("quanta", Dim::NONE);
            }
        }
    }
    Names(names)
}

/// Undeclared names that are units become literals.
pub fn resolve(rule: &mut Rule) {
    let copy = rule.clone();
    let at = |place: Place| {
        let names = names_at(&copy, place);
        move |e: &mut Expr| *e = resolve_units(e, &names)
    };
    let fixed = at(Place::Fixed);
    rule.traces.iter_mut().for_each(|t| {
        fixed(&mut t.tau);
        t.jump.iter_mut().for_each(&fixed);
    });
    rule.variables.iter_mut().for_each(|v| v.tau.iter_mut().chain(&mut v.initial).for_each(&fixed));
    rule.bounds.iter_mut().flatten().for_each(&fixed);
    rule.on_pre.iter_mut().chain(&mut rule.on_post).for_each(|s| at(Place::Event)(&mut s.expr));
    rule.transmit.iter_mut().for_each(at(Place::Transmit));
    rule.quanta.iter_mut().flatten().for_each(at(Place::Source));
    rule.drift.iter_mut().for_each(at(Place::Drift));
    rule.equations.iter_mut().for_each(|e| at(Place::Neuron)(&mut e.expr));
    rule.post_event.iter_mut().for_each(at(Place::Neuron));
}
