//! Values of a model's parameters in a network: known names, right units, inside the model's bounds.

use std::collections::BTreeMap;

use super::{
    populations::unknown_parameter,
    scope::{NEURON, Scope, TIME},
};
use crate::{
    error::Result,
    lang::{
        Expr,
        algebra::{has_random, mentions},
        ast::Node,
        model::{Model, Parameter},
        sampler::Sampler,
    },
    quantity::Dim,
    spec::At,
};

/// Checks the values given to `model`, which is known as `prefix` in its population, and adds them by qualified name.
pub fn values(
    scope: &Scope,
    model: &Model,
    prefix: &str,
    given: &[(At<String>, Expr)],
    size: u32,
    what: &str,
    out: &mut BTreeMap<String, Expr>,
) -> Result<()> {
    for (name, expr) in given {
        let Some(parameter) = model.parameters.iter().find(|p| *p.name == *name.value) else {
            let whose = format!("{what}model \"{}\"", model.name);
            return Err(unknown_parameter(scope, name, &whose, model.parameters.iter().map(|p| &*p.name)));
        };
        let qualified = qualified(prefix, &name.value);
        out.insert(qualified.clone(), value(scope, parameter, expr, size, &format!("{what}{qualified}"))?);
    }
    Ok(())
}

/// `exc.tau`, or `C_m` of the neuron itself.
pub fn qualified(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_string() } else { format!("{prefix}.{name}") }
}

/// A value for one parameter.
pub fn value(scope: &Scope, parameter: &Parameter, expr: &Expr, size: u32, what: &str) -> Result<Expr> {
    let names: Vec<(&str, Dim)> = NEURON.iter().chain(TIME).copied().collect();
    let value = scope.value(expr, parameter.dim, &names, what)?;
    let refuse = |number: f64, help: String| match parameter.check(number) {
        Ok(()) => Ok(()),
        Err(_) if number.is_infinite() => {
            let message = format!("{what} has no bound on its values; they must be {}", parameter.bounds());
            Err(scope.error(&expr.span, message, help))
        }
        Err(limit) => Err(scope.error(&expr.span, format!("{what}: {limit}"), help)),
    };
    if let Node::Data(column) = &*value.node {
        scope.whole_column(&value, expr, size, what)?;
        for &number in column.values.iter() {
            refuse(number, format!("correct the file: values must be {}", parameter.bounds()))?;
        }
        return Ok(value);
    }
    if mentions(&value, "t") {
        if has_random(&value) {
            let message = format!("{what} is both random and a function of time");
            return Err(scope.error(&expr.span, message, "put the random part into a parameter of its own"));
        }
        return Ok(value);
    }
    let sampler = Sampler::new(&value, parameter.dim)
        .map_err(|flaw| flaw.of(what).at(scope.source).or_at(scope.source, expr.span.clone()))?;
    let (low, high) = match (&sampler, sampler.bounds()) {
        // Draws of these are positive: 0 itself is never reached.
        (Sampler::LogNormal { .. } | Sampler::Exponential { .. } | Sampler::Gamma { .. }, (_, high)) => {
            (f64::MIN_POSITIVE, high)
        }
        (_, bounds) => bounds,
    };
    for end in [low, high] {
        // Where nothing is known of an expression's range, it is looked at neuron by neuron no earlier than at the build.
        if end.is_finite() || !matches!(sampler, Sampler::Expression(_)) {
            let help = if low == high {
                format!("use a value {}; the default is {}", parameter.bounds(), parameter.value.text())
            } else {
                "give limits to what is drawn: uniform(low, high), normal(mean, sd, low, high)".to_string()
            };
            refuse(end, help)?;
        }
    }
    Ok(value)
}
