//! Model files as data: equations, threshold, reset, parameters; read and checked.

mod parameter;
mod place;
mod reads;

use std::collections::BTreeSet;

use super::{
    Integrator,
    algebra::is_noise,
    ast::Expr,
    check,
    equation::{Equation, Statement, parse_equations, parse_statements},
    units::resolve_units,
};
use crate::{
    error::{Error, Result, Source, did_you_mean},
    quantity::{Dim, parse_unit},
    toml_reader::{Item, Table},
};

pub use parameter::{Parameter, parameters};
pub use place::Place;
pub use reads::{Reads, SUM_W, SUM_WX};

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
    /// What changes at the end of every step.
    pub step: Vec<Statement>,
    /// For how long `(unless refractory)` holds variables.
    pub refractory: Option<Expr>,
    /// Current into the neuron, pA, positive depolarises.
    pub current: Option<Expr>,
    /// What an arriving spike of weight `w` changes.
    pub on_spike: Option<Statement>,
    /// Instead of spikes: the variable that a continuous receptor reads of its sources.
    pub reads: Option<Reads>,
    /// Dimension of a weight.
    pub weight: Option<Dim>,
    /// Instead of the integrator chosen from the equations.
    pub integrator: Option<Integrator>,
    /// Parameters in order.
    pub parameters: Vec<Parameter>,
    /// Values at t = 0.
    pub initial: Vec<(String, Expr)>,
    /// Compartments of a neuron besides the soma.
    pub places: Vec<Place>,
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
            step: Vec::new(),
            refractory: None,
            current: None,
            on_spike: None,
            reads: None,
            weight: None,
            integrator: None,
            parameters: parameters(&mut table, &source, None)?,
            initial: Vec::new(),
            places: Vec::new(),
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
            step: Vec::new(),
            refractory: None,
            current: Some(current),
            on_spike: None,
            reads: None,
            weight: None,
            integrator: None,
            parameters: Vec::new(),
            initial: Vec::new(),
            places: Vec::new(),
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
                self.step = statements(table.take("step"))?;
                self.refractory = table.take_expr("refractory")?;
                self.places = place::places(table)?;
                if let Some(name) = table.take_str("integrator")? {
                    let known = || Integrator::NAMES.iter().map(|n| n.0);
                    self.integrator = Some(Integrator::from_name(&name.value).ok_or_else(|| {
                        Error::input(format!("unknown integrator \"{}\"", name.value))
                            .help(did_you_mean(&name.value, known()))
                            .at(&source, name.span.clone())
                    })?);
                }
            }
            Kind::Receptor => {
                self.reads = Reads::take(table)?;
                if self.reads.is_none() {
                    let on_spike = table.require("on_spike", "on_spike = \"g += w\"")?;
                    let span = on_spike.span();
                    let mut found = statements(Some(on_spike))?;
                    if found.len() != 1 {
                        let message = format!("on_spike must be one statement, not {}", found.len());
                        return Err(Error::input(message).help("e.g. on_spike = \"g += w\"").at(&source, span));
                    }
                    self.on_spike = found.pop();
                }
                let weight = table.require("weight", "weight = \"nS\"")?.str()?;
                let unit = parse_unit(&weight.value).map_err(|message| {
                    Error::input(format!("weight: {message}"))
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
        // Names of `step` are never units, wherever they are set; their dimension is looked at later.
        let mut in_step = check::Visible::of(&copy);
        copy.step.iter().for_each(|s| in_step.add(&s.target, Dim::NONE));
        self.step.iter_mut().for_each(|s| s.expr = resolve_units(&s.expr, &in_step));
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

    /// Is this the sum of what reaches the neuron, `I_syn` or that of a place?
    pub fn is_sum(&self, name: &str) -> bool {
        name == "I_syn" || self.places.iter().any(|p| &*p.current.value == name)
    }

    /// Is this name built in, so that no model can declare it?
    pub fn is_reserved(name: &str) -> bool {
        is_noise(name) || ["t", "dt", "I_syn", "i", "N", "pi"].contains(&name)
    }
}

fn kind(item: Item, source: &Source) -> Result<Kind> {
    let name = item.str()?;
    let known = Kind::NAMES.iter().find(|n| n.0 == name.value);
    known.map(|n| n.1).ok_or_else(|| {
        Error::input(format!("unknown kind \"{}\"", name.value))
            .help(did_you_mean(&name.value, Kind::NAMES.iter().map(|n| n.0)))
            .at(source, name.span)
    })
}
