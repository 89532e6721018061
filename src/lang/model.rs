//! Model files as data: equations, threshold, reset, parameters; read and checked.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Integrator,
    algebra::is_noise,
    ast::Expr,
    check,
    equation::{Equation, Statement, parse_equations, parse_statements},
    units::resolve_units,
};
use crate::{
    error::{Result, Source, did_you_mean},
    quantity::{Dim, display, parse_unit},
    toml_reader::{Item, Table},
};

/// What a model describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A neuron.
    Neuron,
    /// What a synapse opens: state summed over synapses, and the current through it.
    Receptor,
    /// A current into a neuron that no synapse brings.
    Input,
    /// Sources that spike at given times; has no equations.
    SpikeList,
}

impl Kind {
    const NAMES: [(&'static str, Self); 4] = [
        ("neuron", Self::Neuron),
        ("receptor", Self::Receptor),
        ("input", Self::Input),
        ("spike_list", Self::SpikeList),
    ];

    /// Its name as written in files.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|n| n.1 == self).expect("all are listed").0
    }
}

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

/// A model file.
#[derive(Clone, Debug)]
pub struct Model {
    /// What it describes.
    pub kind: Kind,
    /// Name of the file without its ending.
    pub name: String,
    /// One line.
    pub title: String,
    /// Where it was published.
    pub citation: String,
    /// The file.
    pub source: Source,
    /// Equations in order, units of names resolved.
    pub equations: Vec<Equation>,
    /// When a neuron spikes.
    pub threshold: Option<Expr>,
    /// What a spike changes.
    pub reset: Vec<Statement>,
    /// For how long `(unless refractory)` holds variables.
    pub refractory: Option<Expr>,
    /// Current into the neuron, pA, positive depolarises.
    pub current: Option<Expr>,
    /// What an arriving spike of weight `w` changes.
    pub on_spike: Option<Statement>,
    /// Dimension of a weight.
    pub weight: Option<Dim>,
    /// Instead of the integrator chosen from the equations.
    pub integrator: Option<Integrator>,
    /// Parameters in order.
    pub parameters: Vec<Parameter>,
    /// Values at t = 0.
    pub initial: Vec<(String, Expr)>,
}

impl Model {
    /// Reads a model file.
    ///
    /// # Errors
    /// The first mistake: unknown or missing keys, wrong units, unknown names, values outside of their own bounds.
    pub fn parse(name: &str, source: Source) -> Result<Self> {
        let mut table = Table::parse(&source)?;
        let kind = kind(table.require("kind", "kind = \"neuron\"")?, &source)?;
        let text = |item: Option<crate::spec::At<String>>| item.map(|t| t.value.trim().to_string()).unwrap_or_default();
        let mut model = Self {
            kind,
            name: name.into(),
            title: table.require("title", "title = \"...\"")?.str()?.value,
            citation: text(table.take_str("citation")?),
            equations: Vec::new(),
            threshold: None,
            reset: Vec::new(),
            refractory: None,
            current: None,
            on_spike: None,
            weight: None,
            integrator: None,
            parameters: parameters(&mut table, &source)?,
            initial: Vec::new(),
            source,
        };
        if kind != Kind::SpikeList {
            model.read(&mut table)?;
        }
        table.finish()?;
        model.resolve();
        check::model(&model)?;
        Ok(model)
    }

    /// A model that is a current and nothing else; the expression is checked already.
    pub fn current(current: Expr) -> Self {
        Self {
            kind: Kind::Input,
            name: "current".into(),
            title: "Current given as an expression".into(),
            citation: String::new(),
            source: Source::new("current", ""),
            equations: Vec::new(),
            threshold: None,
            reset: Vec::new(),
            refractory: None,
            current: Some(current),
            on_spike: None,
            weight: None,
            integrator: None,
            parameters: Vec::new(),
            initial: Vec::new(),
        }
    }

    fn read(&mut self, table: &mut Table) -> Result<()> {
        let source = self.source.clone();
        if let Some(item) = table.take("equations") {
            let offset = item.content();
            self.equations = parse_equations(&item.str()?.value, offset).map_err(|f| f.at(&source))?;
        }
        let statements = |item: Option<Item>| match item {
            Some(item) => {
                let offset = item.content();
                parse_statements(&item.str()?.value, offset).map_err(|f| f.at(&source))
            }
            None => Ok(Vec::new()),
        };
        match self.kind {
            Kind::Neuron => {
                self.threshold = table.take_expr("threshold")?;
                self.reset = statements(table.take("reset"))?;
                self.refractory = table.take_expr("refractory")?;
                if let Some(name) = table.take_str("integrator")? {
                    let known = || Integrator::NAMES.iter().map(|n| n.0);
                    self.integrator = Some(Integrator::from_name(&name.value).ok_or_else(|| {
                        crate::error::Error::input(format!("unknown integrator \"{}\"", name.value))
                            .help(did_you_mean(&name.value, known()))
                            .at(&source, name.span.clone())
                    })?);
                }
            }
            Kind::Receptor => {
                let on_spike = table.require("on_spike", "on_spike = \"g += w\"")?;
                let span = on_spike.span();
                let mut all = statements(Some(on_spike))?;
                if all.len() != 1 {
                    return Err(crate::error::Error::input(format!("on_spike has {} statements, not one", all.len()))
                        .help("e.g. on_spike = \"g += w\"")
                        .at(&source, span));
                }
                self.on_spike = all.pop();
                let weight = table.require("weight", "weight = \"nS\"")?.str()?;
                let unit = parse_unit(&weight.value).map_err(|message| {
                    crate::error::Error::input(format!("weight: {message}"))
                        .help("e.g. weight = \"nS\"")
                        .at(&source, weight.span.clone())
                })?;
                self.weight = Some(unit.1);
                self.current = table.take_expr("current")?;
            }
            Kind::Input => self.current = Some(table.require("current", "current = \"I\"")?.expr()?),
            Kind::SpikeList => {}
        }
        self.initial = table.take_exprs("initial")?.into_iter().map(|(n, e)| (n.value, e)).collect();
        Ok(())
    }

    /// Undeclared names that are units become literals, once.
    fn resolve(&mut self) {
        let copy = self.clone();
        let scope = check::Visible::of(&copy);
        let resolve = |e: &mut Expr| *e = resolve_units(e, &scope);
        self.equations.iter_mut().for_each(|e| resolve(&mut e.expr));
        self.reset.iter_mut().chain(&mut self.on_spike).for_each(|s| resolve(&mut s.expr));
        [&mut self.threshold, &mut self.refractory, &mut self.current].into_iter().flatten().for_each(resolve);
        self.initial.iter_mut().for_each(|i| resolve(&mut i.1));
    }

    /// Names that equations and parameters declare.
    pub fn declared(&self) -> BTreeSet<&str> {
        self.parameters.iter().map(|p| &*p.name).chain(self.equations.iter().map(|e| &*e.name)).collect()
    }

    /// Names of noise terms never belong to a declaration.
    pub fn is_reserved(name: &str) -> bool {
        is_noise(name) || ["t", "dt", "I_syn", "i", "N", "pi", "w_syn"].contains(&name)
    }
}

fn kind(item: Item, source: &Source) -> Result<Kind> {
    let name = item.str()?;
    let known = Kind::NAMES.iter().find(|n| n.0 == name.value);
    known.map(|n| n.1).ok_or_else(|| {
        crate::error::Error::input(format!("unknown kind \"{}\"", name.value))
            .help(did_you_mean(&name.value, Kind::NAMES.iter().map(|n| n.0)))
            .at(source, name.span)
    })
}

/// `[parameters]`: `C_m = { value = "200 pF", meaning = "...", above = "0 pF" }`.
fn parameters(table: &mut Table, source: &Source) -> Result<Vec<Parameter>> {
    let Some(mut all) = table.take_table("parameters")? else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for (name, item) in all.take_rest() {
        let mut entry = item.table()?;
        let value = entry.require("value", "value = \"10 nS\"")?.expr()?;
        let (value, dim) = check::literal(&value, source)?;
        let mut bound = |key: &str| -> Result<Option<f64>> {
            let Some(expr) = entry.take_expr(key)? else { return Ok(None) };
            let (literal, its) = check::literal(&expr, source)?;
            if its != dim {
                let message = format!("{}: bound `{key}` is in {its}, the value in {dim}", name.value);
                return Err(crate::error::Error::input(message).help("use the same unit").at(source, expr.span));
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
            dim,
        };
        entry.finish()?;
        let default = parameter.value.literal().expect("a default is a number");
        parameter.check(default).map_err(|limit| {
            crate::error::Error::input(format!("{}: the default {limit}", name.value))
                .help("change the default or its bound")
                .at(source, name.span)
        })?;
        out.push(parameter);
    }
    Ok(out)
}
