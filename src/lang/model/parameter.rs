//! Parameters of a model: default, meaning, bounds.

use std::sync::Arc;

use super::super::{ast::Expr, check};
use crate::{
    error::{Error, Result, Source},
    quantity::{Dim, display},
    toml_reader::Table,
};

/// A parameter of a model.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Arc<str>,
    /// Its default, a literal.
    pub value: Expr,
    /// Its dimension: that of the default.
    pub dim: Dim,
    /// One line.
    pub meaning: String,
    /// It must be greater than this.
    pub above: Option<f64>,
    /// It must be less than this.
    pub below: Option<f64>,
    /// It must be this or greater.
    pub at_least: Option<f64>,
    /// It must be this or less.
    pub at_most: Option<f64>,
    /// It has no default: whoever uses the model must give it.
    pub required: bool,
}

impl Parameter {
    /// Refuses a value (internal units) outside of the bounds, in words such as `-3 pF is not above 0 pF`.
    ///
    /// # Errors
    /// The words.
    pub fn check(&self, value: f64) -> std::result::Result<(), String> {
        let bounds = [
            (self.above, value > self.above.unwrap_or(f64::NEG_INFINITY), "above"),
            (self.below, value < self.below.unwrap_or(f64::INFINITY), "below"),
            (self.at_least, value >= self.at_least.unwrap_or(f64::NEG_INFINITY), "at least"),
            (self.at_most, value <= self.at_most.unwrap_or(f64::INFINITY), "at most"),
        ];
        match bounds.iter().find(|(bound, holds, _)| bound.is_some() && !holds) {
            Some((bound, _, word)) => {
                let bound = display(bound.expect("just matched"), self.dim);
                Err(format!("{} is not {word} {bound}", display(value, self.dim)))
            }
            None => Ok(()),
        }
    }

    /// Bounds in words, e.g. `above 0 pF`.
    pub fn bounds(&self) -> String {
        let named =
            [(self.above, "above"), (self.below, "below"), (self.at_least, "at least"), (self.at_most, "at most")];
        let words: Vec<String> =
            named.iter().filter_map(|(b, word)| b.map(|b| format!("{word} {}", display(b, self.dim)))).collect();
        words.join(", ")
    }
}

/// `[parameters]`: `C_m = { value = "200 pF", meaning = "...", above = "0 pF" }`. With a dimension of weights, `unit = "weight"` stands
/// for it: value and bounds are then plain numbers, and the value may be left out.
pub fn parameters(table: &mut Table, source: &Source, weight: Option<Dim>) -> Result<Vec<Parameter>> {
    let Some(mut all) = table.take_table("parameters")? else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for (name, item) in all.take_rest() {
        let mut entry = item.table()?;
        let of_weight = weight.filter(|_| entry.has("unit")).map(|dim| unit_of_weight(&mut entry, dim)).transpose()?;
        let given = match of_weight {
            Some(_) => entry.take_expr("value")?,
            None => Some(entry.require("value", "value = \"10 nS\"")?.expr()?),
        };
        let required = given.is_none();
        let value = given.unwrap_or_else(|| Expr { span: name.span.clone(), ..Expr::number(0.0) });
        let (value, plain) = check::literal(&value, source)?;
        let mut bound = |key: &str| -> Result<Option<f64>> {
            let Some(expr) = entry.take_expr(key)? else { return Ok(None) };
            let (literal, its) = check::literal(&expr, source)?;
            if its != plain {
                let message = format!("{}: bound `{key}` is in {its}, the value in {plain}", name.value);
                return Err(Error::input(message).help("use the same unit").at(source, expr.span));
            }
            Ok(literal.literal())
        };
        let parameter = Parameter {
            name: name.value.as_str().into(),
            above: bound("above")?,
            below: bound("below")?,
            at_least: bound("at_least")?,
            at_most: bound("at_most")?,
            meaning: entry.require("meaning", "meaning = \"what it is\"")?.str()?.value,
            value,
            dim: of_weight.unwrap_or(plain),
            required,
        };
        entry.finish()?;
        let default = parameter.value.literal().expect("a default is a number");
        parameter.check(default).or_else(|limit| if required { Ok(()) } else { Err(limit) }).map_err(|limit| {
            Error::input(format!("{}: the default {limit}", name.value))
                .help("change the default or its bound")
                .at(source, name.span)
        })?;
        out.push(parameter);
    }
    Ok(out)
}

/// Takes `unit = "weight"`.
fn unit_of_weight(entry: &mut Table, weight: Dim) -> Result<Dim> {
    let unit = entry.require("unit", "unit = \"weight\"")?;
    match &*unit.clone().str()?.value {
        "weight" => Ok(weight),
        other => Err(unit
            .error(format!("the only unit that stands here is \"weight\", not \"{other}\""))
            .help("write other units behind the value: value = \"20 ms\"")),
    }
}
