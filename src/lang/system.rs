//! A neuron with its receptors, inputs and parameter values as one system of equations.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Integrator,
    algebra::{binary, call, has_random, is_noise, mentions, names, substitute},
    ast::{Binary, Expr, Func, Node},
    dynamics::{Continuous, Input},
    equation::Statement,
    eval::eval_constant,
    model::{Model, Place, SUM_W, SUM_WX},
    values::COMPARTMENT,
};
use crate::{
    error::{Error, Result},
    quantity::Dim,
};

/// A receptor or input of a population under its name there.
#[derive(Clone, Debug)]
pub struct Attached {
    /// `exc`: its names become `exc.g`, `exc.tau`.
    pub name: String,
    /// Receptor or input model.
    pub model: Arc<Model>,
    /// Where in the neuron it sits.
    pub at: Location,
}

/// Where in a neuron a receptor or input sits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Location {
    /// Where `v` and `I_syn` are.
    #[default]
    Soma,
    /// One of the model's `[places]`.
    Place(String),
    /// A compartment of a cable, by its number in the cell.
    Compartment(usize),
}

impl Location {
    /// The value of an expression, at other compartments 0.
    fn only_here(&self, expr: Expr) -> Expr {
        let &Self::Compartment(number) = self else { return expr };
        let here = binary(Binary::Eq, Expr::name(COMPARTMENT), Expr::number(number as f64));
        call(Func::Where, vec![here, expr, Expr::number(0.0)])
    }
}

/// Independent Poisson spikes for each neuron, straight into a receptor.
#[derive(Clone, Debug)]
pub struct Drive {
    /// `poisson`: its name in the population.
    pub name: String,
    /// Name of the receptor.
    pub receptor: String,
    /// Spikes per ms; may depend on `t`.
    pub rate: Expr,
    /// Weight of each.
    pub weight: Expr,
}

/// All that a population's programs are made of. Values are checked already: the right units, known names.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// The neuron model.
    pub neuron: Arc<Model>,
    /// Receptors and inputs, in the population's order.
    pub attached: Vec<Attached>,
    /// Poisson drives.
    pub drives: Vec<Drive>,
    /// Values of parameters by qualified name; others keep the model's default.
    pub values: BTreeMap<String, Expr>,
    /// Values at t = 0 by qualified name; others keep the model's.
    pub initial: BTreeMap<String, Expr>,
    /// Parameters that get a column even if their value is constant (a phase makes them differ).
    pub per_neuron: BTreeSet<String>,
    /// Size of the population, for `N`.
    pub size: u32,
    /// Time step in ms.
    pub dt: f64,
    /// Overrides the integrator chosen from the equations.
    pub integrator: Option<Integrator>,
    /// Are these compartments of a cable?
    pub cable: bool,
}

impl Recipe {
    fn models(&self) -> impl Iterator<Item = (Option<&str>, &Model)> {
        let attached = self.attached.iter().map(|a| (Some(a.name.as_str()), &*a.model));
        std::iter::once((None, &*self.neuron)).chain(attached)
    }

    /// Parameters by qualified name with their dimensions and values.
    pub fn parameters(&self) -> Vec<(String, Dim, Expr)> {
        let mut out = Vec::new();
        for (prefix, model) in self.models() {
            for p in &model.parameters {
                let name = prefix.map_or_else(|| p.name.to_string(), |prefix| format!("{prefix}.{}", p.name));
                let value = self.values.get(&name).unwrap_or(&p.value).clone();
                out.push((name, p.dim, value));
            }
        }
        out
    }

    /// Parameters that differ between neurons.
    pub fn differing(&self) -> BTreeSet<String> {
        let differs = |e: &Expr| eval_constant(e).is_none() && !mentions(e, "t");
        self.parameters().into_iter().filter(|p| differs(&p.2)).map(|p| p.0).collect()
    }
}

/// A differential equation, or a variable that statements alone change.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub name: Arc<str>,
    pub dim: Dim,
    /// Right-hand side: assignments and constants inlined, `I_syn` and the sums of places written out; 0 where statements alone change
    /// the variable.
    pub rhs: Expr,
    /// The same with these sums left as names: the neuron's own form.
    pub own: Expr,
    /// Held while refractory.
    pub hold: bool,
    /// Belongs to a receptor or input.
    pub attached: bool,
    pub initial: Expr,
}

/// Arrivals at an input raise a variable: `variable += coefficient * (sum of weights)`.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub input: usize,
    pub variable: usize,
    pub coefficient: Expr,
}

/// The equations of a population, ready to be integrated.
#[derive(Clone, Debug)]
pub(super) struct System {
    pub variables: Vec<Variable>,
    /// Assignments and currents that can be read: name, dimension, inlined expression.
    pub readable: Vec<(String, Dim, Expr)>,
    pub threshold: Option<Expr>,
    pub reset: Vec<Statement>,
    pub step: Vec<Statement>,
    pub refractory: Option<Expr>,
    pub inputs: Vec<Input>,
    pub events: Vec<Event>,
    /// Receptors that read a variable of their sources.
    pub continuous: Vec<Continuous>,
    /// Input reached, rate, weight.
    pub drives: Vec<(usize, Expr, Expr)>,
    /// Parameters that differ between neurons, with their values.
    pub columns: Vec<(String, Dim, Expr)>,
}

impl System {
    pub fn new(recipe: &Recipe) -> Result<Self> {
        let mut flat = Flat::default();
        flat.add(&recipe.neuron, None, None);
        let mut currents = Vec::new();
        for attached in &recipe.attached {
            let place = recipe.neuron.places.iter().find(|p| attached.at == Location::Place(p.name.value.clone()));
            if let Some(current) = flat.add(&attached.model, Some(&attached.name), place) {
                let current = attached.at.only_here(current);
                currents.push((format!("{}.I", attached.name), current, place.map_or("I_syn", |p| &p.current.value)));
            }
        }
        let sum = |to: &str| {
            let here = currents.iter().filter(|c| c.2 == to).map(|c| c.1.clone());
            (to.to_string(), here.reduce(|a, b| binary(Binary::Add, a, b)).unwrap_or_else(|| Expr::number(0.0)))
        };
        let names = std::iter::once("I_syn").chain(recipe.neuron.places.iter().map(|p| &*p.current.value));
        let sums: Vec<(String, Expr)> = names.map(sum).collect();
        let sum_of = |name: &str| sums.iter().find(|s| s.0 == name).map(|s| s.1.clone());
        let (values, columns) = flat.values(recipe)?;
        // Assignments may use each other in any order; the model reader has refused cycles.
        let mut assigned = flat.assigned.clone();
        assigned.extend(currents.iter().map(|(n, e, _)| (n.as_str().into(), Dim::CURRENT, e.clone())));
        let inline = |expr: &Expr, with_current: bool| {
            let mut expr = expr.clone();
            for _ in 0..=assigned.len() + 1 {
                expr = substitute(&expr, &|n| match assigned.iter().find(|a| &*a.0 == n) {
                    Some((_, _, e)) => Some(e.clone()),
                    None if n == "dt" => Some(Expr::number(recipe.dt)),
                    None if n == "N" => Some(Expr::number(f64::from(recipe.size))),
                    None if n == "pi" => Some(Expr::number(std::f64::consts::PI)),
                    None if with_current => sum_of(n).or_else(|| values.get(n).cloned()),
                    None => values.get(n).cloned(),
                });
            }
            expr
        };
        let full = |expr: &Expr| inline(expr, true);
        let mut variables = Vec::new();
        for (equation_name, dim, rhs, hold, attached) in &flat.differential {
            let initial = recipe.initial.get(&**equation_name).or_else(|| flat.initial.get(&**equation_name));
            variables.push(Variable {
                name: equation_name.clone(),
                dim: *dim,
                rhs: full(rhs),
                own: inline(rhs, false),
                hold: *hold,
                attached: *attached,
                // A parameter that depends on time may stand in an initial value, which is that at t = 0.
                initial: initial.map_or_else(
                    || Expr::number(0.0),
                    |e| substitute(&full(e), &|n| (n == "t").then(|| Expr::number(0.0))),
                ),
            });
        }
        let mut events = Vec::new();
        let mut inputs = Vec::new();
        for (receptor, weight, statement) in &flat.on_spike {
            inputs.push(Input { receptor: receptor.clone(), weight: *weight });
            let variable = variables.iter().position(|v| v.name == statement.target).ok_or_else(|| {
                Error::input(format!(
                    "receptor \"{receptor}\" raises {} but {} has no such variable",
                    statement.target, recipe.neuron.name
                ))
                .help("choose a receptor that acts through a current, or a neuron model with this variable")
            })?;
            let slope = super::derivative::derivative(&statement.expr, "w").expect("on_spike is linear in w");
            events.push(Event { input: inputs.len() - 1, variable, coefficient: full(&slope) });
        }
        let drives = recipe
            .drives
            .iter()
            .map(|d| {
                let input = inputs.iter().position(|i| i.receptor == d.receptor).expect("receptor is checked by plan");
                let host = recipe.attached.iter().find(|a| a.name == d.receptor).expect("it has an input");
                (input, host.at.only_here(full(&d.rate)), full(&d.weight))
            })
            .collect();
        let statement = |s: &Statement| Statement { expr: full(&s.expr), ..s.clone() };
        let mut readable: Vec<_> = assigned.iter().map(|(n, d, e)| (n.to_string(), *d, full(e))).collect();
        readable.extend(sums.iter().map(|(name, sum)| (name.clone(), Dim::CURRENT, full(sum))));
        Ok(Self {
            variables,
            readable,
            threshold: recipe.neuron.threshold.as_ref().map(full),
            reset: recipe.neuron.reset.iter().map(statement).collect(),
            step: recipe.neuron.step.iter().map(statement).collect(),
            refractory: recipe.neuron.refractory.as_ref().map(full),
            inputs,
            events,
            continuous: flat.continuous,
            drives,
            columns,
        })
    }

    /// Number of a variable.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.variables.iter().position(|v| &*v.name == name)
    }
}

/// Models side by side, names qualified.
#[derive(Default)]
struct Flat {
    differential: Vec<(Arc<str>, Dim, Expr, bool, bool)>,
    assigned: Vec<(Arc<str>, Dim, Expr)>,
    parameters: Vec<(String, Dim, Expr)>,
    initial: BTreeMap<String, Expr>,
    on_spike: Vec<(String, Dim, Statement)>,
    continuous: Vec<Continuous>,
}

impl Flat {
    /// Adds a model, which takes the potential of its place for `v`; returns its current.
    fn add(&mut self, model: &Model, prefix: Option<&str>, place: Option<&Place>) -> Option<Expr> {
        let own: BTreeSet<&str> =
            model.parameters.iter().map(|p| &*p.name).chain(model.equations.iter().map(|e| &*e.name)).collect();
        let qualify = |n: &str| match prefix {
            Some(_) if n == "v" => place.map_or_else(|| n.to_string(), |p| p.v.value.to_string()),
            Some(prefix) if own.contains(n) => format!("{prefix}.{n}"),
            Some(prefix) if model.reads.is_some() && [SUM_WX, SUM_W].contains(&n) => format!("{prefix}.{n}"),
            // Noise of its own: `xi` of two inputs are two noises.
            Some(prefix) if is_noise(n) => format!("xi_{prefix}.{n}"),
            _ => n.to_string(),
        };
        let rename = |e: &Expr| substitute(e, &|n| (qualify(n) != n).then(|| Expr::name(qualify(n))));
        for p in &model.parameters {
            self.parameters.push((qualify(&p.name), p.dim, rename(&p.value)));
        }
        for e in &model.equations {
            let qualified: Arc<str> = qualify(&e.name).into();
            if e.differential {
                self.differential.push((qualified, e.dim, rename(&e.expr), e.hold, prefix.is_some()));
            } else {
                self.assigned.push((qualified, e.dim, rename(&e.expr)));
            }
        }
        for (variable, value) in &model.initial {
            self.initial.insert(qualify(variable), rename(value));
        }
        if let (Some(prefix), Some(statement)) = (prefix, &model.on_spike) {
            let target = qualify(&statement.target).into();
            let statement = Statement { target, expr: rename(&statement.expr), ..statement.clone() };
            self.on_spike.push((prefix.into(), model.weight.unwrap_or_default(), statement));
        }
        if let (Some(prefix), Some(reads)) = (prefix, &model.reads) {
            self.continuous.push(Continuous {
                receptor: prefix.into(),
                model: model.name.clone(),
                weight: model.weight.unwrap_or_default(),
                reads: reads.clone(),
            });
        }
        model.current.as_ref().map(rename)
    }

    /// Parameters: those with one value or a function of time are written into the equations, others get a column.
    #[allow(clippy::type_complexity)]
    fn values(&self, recipe: &Recipe) -> Result<(BTreeMap<String, Expr>, Vec<(String, Dim, Expr)>)> {
        let mut inlined = BTreeMap::new();
        let mut columns = Vec::new();
        for (parameter, dim, default) in &self.parameters {
            let value = recipe.values.get(parameter).unwrap_or(default);
            if mentions(value, "t") {
                if has_random(value) {
                    return Err(Error::input(format!(
                        "{parameter} = {} is both random and a function of time",
                        value.text()
                    ))
                    .help("put the random part into a parameter of its own"));
                }
                inlined.insert(parameter.clone(), value.clone());
                continue;
            }
            match eval_constant(value) {
                Some(v) if !recipe.per_neuron.contains(parameter) => {
                    inlined.insert(parameter.clone(), Expr::number(v));
                }
                _ => columns.push((parameter.clone(), *dim, value.clone())),
            }
        }
        // A value may name another parameter that has one value.
        for _ in 0..self.parameters.len() {
            let known = inlined.clone();
            let mut changed = false;
            for value in inlined.values_mut().chain(columns.iter_mut().map(|c| &mut c.2)) {
                if !matches!(&*value.node, Node::Literal(_)) && names(value).iter().any(|n| known.contains_key(&**n)) {
                    *value = substitute(value, &|n| known.get(n).cloned());
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        Ok((inlined, columns))
    }
}
