//! What rules need to know of postsynaptic neurons: equations that join those of the neurons.

use std::{collections::BTreeMap, sync::Arc};

use super::rules::{Used, used};
use crate::{
    error::Result,
    lang::{Attached, Expr, Location, ast::Node, equation::Equation, model::Model, rule::Rule},
    plan::scope::Scope,
    quantity::{Dim, Quantity},
    spec::Spec,
};

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
