//! The rules of a projection, found in files, with the values of their parameters.

use std::{collections::BTreeMap, path::Path};

use crate::{
    error::{Result, did_you_mean},
    lang::{ast::Node, learning, library, rule::Rule},
    plan::scope::Scope,
    quantity::Dim,
    spec::{self, Spec},
};

/// A rule of a projection with the values of its parameters.
pub struct Used {
    pub rule: Rule,
    pub values: BTreeMap<String, f64>,
    pub nearest: bool,
    /// Name of its equations in the target population.
    pub host: String,
}

/// The rules of a projection.
pub fn used(scope: &Scope, spec: &Spec, projection: &spec::Projection, to: &str, weight: Dim) -> Result<Vec<Used>> {
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
