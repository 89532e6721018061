//! The names that a model's expressions may use.

use super::super::{
    ast::{Expr, Node},
    eval::eval_constant,
    model::{Kind, Model, SUM_W, SUM_WX},
    units::{Scope, dimension, resolve_units},
};
use crate::{
    error::{Error, Result, Source},
    quantity::{Dim, Quantity},
};

/// Names that a model's expressions may use, with their dimensions.
pub struct Visible(Vec<(String, Dim)>);

impl Visible {
    /// Those of a model: its own, what it may read of its host, and what is built in.
    pub fn of(model: &Model) -> Self {
        let mut names = vec![("t".into(), Dim::TIME), ("dt".into(), Dim::TIME), ("pi".into(), Dim::NONE)];
        names.extend(["i", "N"].map(|n| (n.to_string(), Dim::NONE)));
        match model.kind {
            Kind::Neuron => {
                names.push(("I_syn".into(), Dim::CURRENT));
                names.extend(model.places.iter().map(|p| (p.current.value.to_string(), Dim::CURRENT)));
            }
            _ => names.push(("v".into(), Dim::VOLTAGE)),
        }
        if let (Some(reads), Some(weight)) = (&model.reads, model.weight) {
            names.extend([(SUM_WX.into(), weight * reads.dim), (SUM_W.into(), weight)]);
        }
        names.extend(model.parameters.iter().map(|p| (p.name.to_string(), p.dim)));
        names.extend(model.equations.iter().map(|e| (e.name.to_string(), e.dim)));
        Self(names)
    }

    /// One more name, which hides others of its kind.
    pub fn add(&mut self, name: &str, dim: Dim) {
        self.0.push((name.into(), dim));
    }
}

impl Scope for Visible {
    fn dim(&self, name: &str) -> Option<Dim> {
        self.0.iter().rev().find(|n| n.0 == name).map(|n| n.1)
    }
    fn names(&self) -> Vec<String> {
        self.0.iter().map(|n| n.0.clone()).collect()
    }
}

/// A number with its unit, such as a parameter's default.
pub fn literal(expr: &Expr, source: &Source) -> Result<(Expr, Dim)> {
    let nothing = Visible(Vec::new());
    let resolved = resolve_units(expr, &nothing);
    let form = "write one number with its unit, e.g. \"10 nS\"";
    let dim = dimension(&resolved, &nothing).map_err(|f| f.help(form).at(source))?;
    let value = eval_constant(&resolved).filter(|v| v.is_finite()).ok_or_else(|| {
        Error::input("a finite number with its unit is needed here").help(form).at(source, expr.span.clone())
    })?;
    let node = Node::Literal(Quantity { value, dim });
    Ok((Expr { node: node.into(), span: expr.span.clone() }, dim))
}
