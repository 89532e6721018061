//! The model under study, with the values that the user gives its parameters.

use std::sync::Arc;

use crate::{
    error::{Error, Result, did_you_mean},
    lang::{
        algebra::substitute,
        ast::{Expr, Node},
        library,
        model::{Kind, Model},
        quantity,
    },
    quantity::{Dim, Quantity, display},
};

/// A model; its parameters' defaults are the values used.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The model.
    pub model: Arc<Model>,
}

impl Subject {
    /// A shipped model, or a file of the user's (its path ends in `.toml`), with `--set PARAMETER=VALUE` applied.
    ///
    /// # Errors
    /// An unknown model, one of another kind, every mistake in its file, an unknown parameter, a wrong unit, a value outside of the
    /// parameter's bounds.
    pub fn load(name: &str, set: &[(String, String)], kind: Kind) -> Result<Self> {
        let mut model = library::load(name, None)?;
        if model.kind != kind {
            let message =
                format!("\"{name}\" is a {} model; a {} model is needed here", words(model.kind), words(kind));
            return Err(Error::input(message).help("`bouton models` lists all models by kind"));
        }
        for (parameter, text) in set {
            let known: Vec<String> = model.parameters.iter().map(|p| p.name.to_string()).collect();
            let Some(p) = model.parameters.iter_mut().find(|p| *p.name == **parameter) else {
                let message = format!("--set {parameter}: {} has no such parameter", model.name);
                let help = match known.is_empty() {
                    true => format!("{} has no parameters at all", model.name),
                    false => did_you_mean(parameter, known.iter().map(String::as_str)),
                };
                return Err(Error::input(message).help(help));
            };
            let value = quantity(text, p.dim).map_err(|why| {
                let help = format!("for example --set {parameter}=\"{}\"", p.value.text());
                Error::input(format!("--set {parameter}={text}: {why}")).help(help)
            })?;
            p.check(value).map_err(|limit| {
                let help = format!("use a value {}; the default is {}", p.bounds(), p.value.text());
                Error::input(format!("--set {parameter}: {limit}")).help(help)
            })?;
            p.value = Expr::new(Node::Literal(Quantity { value, dim: p.dim }));
        }
        Ok(Self { model: Arc::new(model) })
    }

    /// Parameters with their values as text.
    pub fn parameters(&self) -> Vec<(String, String)> {
        let text = |value: f64, dim: Dim| display(value, dim);
        self.values().into_iter().map(|(name, value, dim)| (name, text(value, dim))).collect()
    }

    /// Parameters with their values in internal units and dimensions.
    pub fn values(&self) -> Vec<(String, f64, Dim)> {
        let value = |e: &Expr| e.literal().expect("a parameter's value is a number");
        self.model.parameters.iter().map(|p| (p.name.to_string(), value(&p.value), p.dim)).collect()
    }

    /// The value of a parameter in internal units, if the model has it in this dimension.
    pub fn value(&self, name: &str, dim: Dim) -> Option<f64> {
        self.values().into_iter().find(|p| p.0 == name && p.2 == dim).map(|p| p.1)
    }

    /// An expression with assignments, parameters and `pi` written in; variables, `I_syn`, `t` and noise stay.
    pub fn inlined(&self, expr: &Expr) -> Expr {
        let model = &self.model;
        let mut expr = expr.clone();
        // Assignments may use each other in any order; the model reader has refused cycles.
        for _ in 0..=model.equations.len() {
            expr = substitute(&expr, &|name| {
                let assigned = model.equations.iter().find(|e| !e.differential && *e.name == *name);
                let parameter = model.parameters.iter().find(|p| *p.name == *name);
                assigned.map(|e| e.expr.clone()).or(parameter.map(|p| p.value.clone()))
            });
        }
        substitute(&expr, &|name| (name == "pi").then(|| Expr::number(std::f64::consts::PI)))
    }
}

fn words(kind: Kind) -> String {
    kind.name().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_set_and_mistakes_refused() {
        let set = |name: &str, value: &str| Subject::load("lif", &[(name.into(), value.into())], Kind::Neuron);
        let subject = set("C_m", "0.2 nF").expect("a value");
        assert_eq!(subject.value("C_m", Dim::CAPACITANCE), Some(200.0));
        assert_eq!(subject.parameters()[0], ("C_m".into(), "200 pF".into()));
        let refused = |name: &str, value: &str| set(name, value).expect_err("refused").report();
        for (name, value, words) in [
            ("Cm", "1 pF", "did you mean \"C_m\"?"),
            ("C_m", "1 nS", "it is in nS, pF is needed"),
            ("C_m", "200", "write \"200 pF\""),
            ("C_m", "-3 pF", "-3 pF is not above 0 pF"),
        ] {
            assert!(refused(name, value).contains(words), "{}", refused(name, value));
        }
        let report = Subject::load("ampa", &[], Kind::Neuron).expect_err("refused").report();
        assert!(report.contains("\"ampa\" is a receptor model; a neuron model is needed here"), "{report}");
    }
}
