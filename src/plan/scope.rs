//! Values of the network file: constants, units, and which other names a value may use.

use std::collections::BTreeMap;

use crate::{
    error::{Error, Result, Source, did_you_mean},
    lang::{
        Expr,
        algebra::{has_random, is_noise, names, substitute},
        ast::Node,
        eval::eval_constant,
        units::{self, dimension, resolve_units},
    },
    quantity::{Dim, Quantity, display},
    spec::{At, Spec},
};

/// Constants of a network file and the checks that every value goes through.
pub struct Scope<'a> {
    pub source: &'a Source,
    numbers: BTreeMap<String, Quantity>,
    /// Constants that are names, such as `neuron = "lif"`.
    words: BTreeMap<String, String>,
}

/// Names that a value may use besides constants, with their dimensions.
pub type Names<'n> = [(&'n str, Dim)];

/// Names that exist for each neuron.
pub const NEURON: &Names<'static> =
    &[("i", Dim::NONE), ("N", Dim::NONE), ("x", Dim::LENGTH), ("y", Dim::LENGTH), ("z", Dim::LENGTH)];
/// Names that exist for each synapse.
pub const SYNAPSE: &Names<'static> = &[("i", Dim::NONE), ("j", Dim::NONE), ("distance", Dim::LENGTH)];
/// Time.
pub const TIME: &Names<'static> = &[("t", Dim::TIME)];

/// Constants and extra names, for the unit check.
struct Visible<'a>(&'a BTreeMap<String, Quantity>, &'a Names<'a>);

impl units::Scope for Visible<'_> {
    fn dim(&self, name: &str) -> Option<Dim> {
        let extra = self.1.iter().find(|n| n.0 == name).map(|n| n.1);
        extra.or_else(|| self.0.get(name).map(|q| q.dim))
    }
    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().chain(self.1.iter().map(|n| n.0.to_string())).collect()
    }
}

impl<'a> Scope<'a> {
    /// Evaluates the constants in order; each may use those before it.
    pub fn new(spec: &'a Spec) -> Result<Self> {
        let mut scope = Self { source: &spec.source, numbers: BTreeMap::new(), words: BTreeMap::new() };
        for (name, expr) in &spec.constants {
            let word = match &*expr.node {
                Node::Name(word) if !scope.numbers.contains_key(&**word) && crate::quantity::unit(word).is_none() => {
                    Some(word.to_string())
                }
                _ => None,
            };
            if let Some(word) = word {
                scope.words.insert(name.value.clone(), word);
                continue;
            }
            let (value, dim) = scope.resolve(expr, &[], &format!("constant \"{}\"", name.value))?;
            let value = scope.single(&value, expr, &format!("constant \"{}\"", name.value))?;
            scope.numbers.insert(name.value.clone(), Quantity { value, dim });
        }
        Ok(scope)
    }

    /// What a name means: itself, or the word of the constant of this name.
    pub fn word<'b>(&'b self, name: &'b str) -> &'b str {
        self.words.get(name).map_or(name, |w| w)
    }

    /// Constants as text, for results.
    pub fn constants(&self) -> impl Iterator<Item = (String, String)> + '_ {
        let numbers = self.numbers.iter().map(|(n, q)| (n.clone(), display(q.value, q.dim)));
        numbers.chain(self.words.iter().map(|(n, w)| (n.clone(), w.clone())))
    }

    /// An error at a value.
    pub fn error(&self, at: &std::ops::Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Error {
        Error::input(message).help(help).at(self.source, at.clone())
    }

    /// An unknown name.
    pub fn unknown<'n>(&self, name: &At<String>, what: &str, known: impl IntoIterator<Item = &'n str>) -> Error {
        self.error(&name.span, format!("unknown {what} \"{}\"", name.value), did_you_mean(&name.value, known))
    }

    /// Constants written in, units checked; the value's dimension.
    fn resolve(&self, expr: &Expr, extra: &Names, what: &str) -> Result<(Expr, Dim)> {
        for name in names(expr) {
            if let Some(word) = self.words.get(&*name) {
                let message = format!("{what}: constant \"{name}\" is the word \"{word}\", not a number");
                return Err(self.error(&expr.span, message, "use a constant with a number and a unit"));
            }
        }
        if let Some(noise) = names(expr).into_iter().find(|n| is_noise(n) && !self.numbers.contains_key(&**n)) {
            let message = format!("{what}: noise `{noise}` stands in equations of models only");
            return Err(self.error(
                &expr.span,
                message,
                "use the input model \"white_noise_current\" or \"ou_current\"",
            ));
        }
        let visible = Visible(&self.numbers, extra);
        let resolved = resolve_units(expr, &visible);
        let dim = dimension(&resolved, &visible).map_err(|flaw| flaw.of(what).at(self.source))?;
        let numbers = |n: &str| match extra.iter().any(|e| e.0 == n) {
            true => None,
            false => self
                .numbers
                .get(n)
                .map(|q| Expr { node: std::sync::Arc::new(Node::Literal(*q)), span: expr.span.clone() }),
        };
        Ok((substitute(&resolved, &numbers), dim))
    }

    /// A value of dimension `want` that may use `extra` names; constants are written in.
    pub fn value(&self, expr: &Expr, want: Dim, extra: &Names, what: &str) -> Result<Expr> {
        let (value, dim) = self.resolve(expr, extra, what)?;
        if dim != want {
            let text = super::text(expr, self.source);
            let shown = text.trim_matches('"');
            let (message, help) = match (dim == Dim::NONE, want == Dim::NONE) {
                (true, _) => (
                    format!("{what} = {shown} has no unit; it needs one such as {want}"),
                    format!("write \"{}\" if that is what you mean", with_unit(shown, want)),
                ),
                (_, true) => {
                    (format!("{what} = {shown} is in {dim}; it needs a plain number"), "leave the unit out".to_string())
                }
                _ => (
                    format!("{what} = {shown} is in {dim}; it needs {want}"),
                    format!("give it in {want} or a multiple of it"),
                ),
            };
            return Err(self.error(&expr.span, message, help).label(if dim == Dim::NONE {
                "no unit".into()
            } else {
                format!("in {dim}")
            }));
        }
        if let Some(v) = eval_constant(&value) {
            self.finite(v, expr, what)?;
        }
        if let Node::Data(column) = &*value.node
            && let Some(k) = column.values.iter().position(|v| !v.is_finite())
        {
            let message = format!("{what}: value {k} of the file is {}", column.values[k]);
            return Err(self.error(&expr.span, message, "give finite numbers only"));
        }
        Ok(value)
    }

    /// One number of dimension `want`.
    pub fn number(&self, expr: &Expr, want: Dim, what: &str) -> Result<f64> {
        let value = self.value(expr, want, &[], what)?;
        self.single(&value, expr, what)
    }

    /// A whole number from `least` on.
    pub fn count(&self, expr: &Expr, least: u64, what: &str) -> Result<u64> {
        let value = self.number(expr, Dim::NONE, what)?;
        if value.fract() != 0.0 || value < least as f64 || value > u32::MAX as f64 * 1e6 {
            let message = format!("{what} = {value} is not a whole number of at least {least}");
            let help = if value.fract() != 0.0 && value > 0.0 {
                "round it: floor(... + 0.5)".to_string()
            } else {
                format!("use {least} or more")
            };
            return Err(self.error(&expr.span, message, help));
        }
        Ok(value as u64)
    }

    fn single(&self, value: &Expr, at: &Expr, what: &str) -> Result<f64> {
        match eval_constant(value) {
            Some(v) => {
                self.finite(v, at, what)?;
                Ok(v)
            }
            None => {
                let why = if has_random(value) { "a distribution" } else { "not one number" };
                Err(self.error(
                    &at.span,
                    format!("{what} must be one number, but is {why}"),
                    "use a number or an expression of constants",
                ))
            }
        }
    }

    /// As [`Self::value`], for what is computed in every step: nothing in it may be drawn.
    pub fn function(&self, expr: &Expr, want: Dim, extra: &Names, what: &str) -> Result<Expr> {
        let value = self.value(expr, want, extra, what)?;
        if has_random(&value) {
            let message = format!("{what} = {} is random", super::text(expr, self.source).trim_matches('"'));
            let help = "use an expression of t, i, x, y, z and constants; random values are for parameters of models";
            return Err(self.error(&expr.span, message, help));
        }
        Ok(value)
    }

    /// A column of a file has one value for each neuron.
    pub fn whole_column(&self, value: &Expr, at: &Expr, size: u32, what: &str) -> Result<()> {
        match &*value.node {
            Node::Data(column) if column.values.len() != size as usize => {
                let message = format!("{what}: the column has {} values for {size} neurons", column.values.len());
                Err(self.error(&at.span, message, "give one line for each neuron"))
            }
            _ => Ok(()),
        }
    }

    fn finite(&self, value: f64, at: &Expr, what: &str) -> Result<()> {
        if value.is_finite() {
            return Ok(());
        }
        Err(self.error(&at.span, format!("{what} is {value}"), "use a finite number; look for a division by zero"))
    }
}

/// `200 pF` of `200`; an expression is put in brackets.
fn with_unit(shown: &str, unit: Dim) -> String {
    match shown.parse::<f64>() {
        Ok(_) => format!("{shown} {unit}"),
        Err(_) => format!("({shown})*{unit}"),
    }
}
