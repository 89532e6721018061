//! What makes a model file sound: every name known, every unit right, every statement possible.

use std::collections::BTreeSet;

use super::{
    algebra::{has_distribution, is_noise, mentions, names},
    ast::{Expr, Node, Unary},
    derivative::derivative,
    equation::{Assign, Statement},
    eval::eval_constant,
    model::{Kind, Model},
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
            Kind::Neuron => names.push(("I_syn".into(), Dim::CURRENT)),
            _ => names.push(("v".into(), Dim::VOLTAGE)),
        }
        names.extend(model.parameters.iter().map(|p| (p.name.to_string(), p.dim)));
        names.extend(model.equations.iter().map(|e| (e.name.to_string(), e.dim)));
        Self(names)
    }

    fn with_weight(mut self, dim: Dim) -> Self {
        self.0.push(("w".into(), dim));
        self
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

/// Everything that can be wrong with a model once it is read.
pub fn model(model: &Model) -> Result<()> {
    let checker = Checker { model, scope: Visible::of(model) };
    checker.declarations()?;
    checker.distributions()?;
    checker.equations()?;
    checker.spikes()?;
    checker.arrivals()?;
    checker.circles()
}

struct Checker<'a> {
    model: &'a Model,
    scope: Visible,
}

impl Checker<'_> {
    fn error(&self, span: &std::ops::Range<usize>, message: String, help: &str) -> Error {
        Error::input(message).help(help).at(&self.model.source, span.clone())
    }

    fn has(&self, expr: &Expr, want: Dim, what: &str) -> Result<()> {
        let dim = dimension(expr, &self.scope).map_err(|f| f.of(what).at(&self.model.source))?;
        if dim == want {
            return Ok(());
        }
        let needed = if want == Dim::NONE { "a number without unit".into() } else { want.to_string() };
        let message = format!("{what}: the expression is in {dim}, {needed} is needed");
        Err(self.error(&expr.span, message, "correct the equation or its unit"))
    }

    fn declarations(&self) -> Result<()> {
        let mut seen = BTreeSet::new();
        for p in &self.model.parameters {
            if Model::is_reserved(&p.name) {
                let message = format!("the parameter `{}` has the name of something built in", p.name);
                return Err(self.error(&p.value.span, message, "choose another name"));
            }
            seen.insert(&*p.name);
        }
        for e in &self.model.equations {
            if Model::is_reserved(&e.name) {
                let message = format!("the variable `{}` has the name of something built in", e.name);
                return Err(self.error(&e.name_span, message, "choose another name"));
            }
            if !seen.insert(&*e.name) {
                let message = format!("`{}` is declared twice", e.name);
                return Err(self.error(&e.name_span, message, "remove or rename one of them"));
            }
        }
        Ok(())
    }

    /// Distributions are drawn once for each neuron; what is computed in every step has `rand()` and `xi`.
    fn distributions(&self) -> Result<()> {
        let model = self.model;
        let stepped = model.equations.iter().map(|e| &e.expr).chain(model.reset.iter().map(|s| &s.expr));
        let others = [&model.threshold, &model.refractory, &model.current].into_iter().flatten();
        for expr in stepped.chain(others).chain(model.on_spike.iter().map(|s| &s.expr)) {
            if has_distribution(expr) {
                let help =
                    "write the distribution in the network file, as a parameter's value; noise in equations is `xi`";
                return Err(self.error(&expr.span, format!("a distribution in an equation: {expr}"), help));
            }
        }
        Ok(())
    }

    fn equations(&self) -> Result<()> {
        for e in &self.model.equations {
            let want = if e.differential { e.dim / Dim::TIME } else { e.dim };
            let what = if e.differential { format!("d{}/dt", e.name) } else { e.name.to_string() };
            self.has(&e.expr, want, &what)?;
            for noise in names(&e.expr).into_iter().filter(|n| is_noise(n)) {
                let linear = derivative(&e.expr, &noise).is_some_and(|d| !mentions(&d, &noise));
                if !e.differential || !linear {
                    let message = format!("{what}: noise `{noise}` must enter a differential equation linearly");
                    return Err(self.error(&e.expr.span, message, "write drift + amplitude*xi"));
                }
            }
        }
        for (name, value) in &self.model.initial {
            let Some(e) = self.model.equations.iter().find(|e| e.differential && *e.name == **name) else {
                let message = format!("[initial]: `{name}` is not a variable with a differential equation");
                let states = self.model.equations.iter().filter(|e| e.differential).map(|e| &*e.name);
                return Err(self.error(&value.span, message, &crate::error::did_you_mean(name, states)));
            };
            self.has(value, e.dim, &format!("initial {name}"))?;
        }
        if let Some(current) = &self.model.current {
            self.has(current, Dim::CURRENT, "current")?;
        }
        Ok(())
    }

    fn spikes(&self) -> Result<()> {
        let model = self.model;
        if let Some(threshold) = &model.threshold {
            let condition = match &*threshold.node {
                Node::Binary(op, ..) => op.is_condition(),
                Node::Unary(op, _) => *op == Unary::Not,
                _ => false,
            };
            if !condition {
                return Err(self.error(&threshold.span, "threshold is not a condition".into(), "write e.g. v > V_th"));
            }
            self.has(threshold, Dim::NONE, "threshold")?;
        }
        for statement in &model.reset {
            self.statement(statement, "reset")?;
        }
        if let Some(refractory) = &model.refractory {
            self.has(refractory, Dim::TIME, "refractory")?;
        }
        let held = model.equations.iter().find(|e| e.hold);
        if let (Some(e), None) = (held, &model.refractory) {
            let message = format!("`{}` is held (unless refractory), but there is no refractory time", e.name);
            return Err(self.error(&e.name_span, message, "add refractory = \"t_ref\""));
        }
        Ok(())
    }

    fn statement(&self, statement: &Statement, what: &str) -> Result<Dim> {
        let states = || self.model.equations.iter().filter(|e| e.differential);
        let own = states().find(|e| e.name == statement.target).map(|e| e.dim);
        let host = (self.model.kind == Kind::Receptor && *statement.target == *"v").then_some(Dim::VOLTAGE);
        let Some(dim) = own.or(host) else {
            let help = crate::error::did_you_mean(&statement.target, states().map(|e| &*e.name));
            let message = format!("{what}: `{}` is not a variable with a differential equation", statement.target);
            return Err(self.error(&statement.target_span, message, &help));
        };
        let want = if statement.op == Assign::Mul { Dim::NONE } else { dim };
        if what != "on_spike" {
            self.has(&statement.expr, want, &format!("{what} {}", statement.target))?;
        }
        Ok(want)
    }

    fn arrivals(&self) -> Result<()> {
        let (Some(statement), Some(weight)) = (&self.model.on_spike, self.model.weight) else { return Ok(()) };
        let want = self.statement(statement, "on_spike")?;
        let with_weight = Checker { model: self.model, scope: Visible::of(self.model).with_weight(weight) };
        with_weight.has(&statement.expr, want, "on_spike")?;
        let slope = derivative(&statement.expr, "w");
        let states: BTreeSet<&str> =
            self.model.equations.iter().filter(|e| e.differential).map(|e| &*e.name).chain(["v"]).collect();
        let linear = slope.is_some_and(|s| names(&s).iter().all(|n| !states.contains(&**n) && &**n != "w"));
        let zero = super::algebra::substitute(&statement.expr, &|n| (n == "w").then(|| Expr::number(0.0)));
        let through_zero = matches!(&*super::algebra::simplify(&zero).node, Node::Literal(q) if q.value == 0.0);
        if statement.op != Assign::Add || !linear || !through_zero {
            let message = format!("on_spike must add something proportional to w to `{}`", statement.target);
            return Err(self.error(
                &statement.expr.span,
                message,
                "arrivals are summed over synapses first; write e.g. g += w",
            ));
        }
        Ok(())
    }

    /// Assignments that need each other.
    fn circles(&self) -> Result<()> {
        let assigned: Vec<_> = self.model.equations.iter().filter(|e| !e.differential).collect();
        let mut known: BTreeSet<&str> = BTreeSet::new();
        loop {
            let before = known.len();
            for e in &assigned {
                let needs = names(&e.expr);
                let ready = assigned.iter().all(|other| !needs.contains(&other.name) || known.contains(&*other.name));
                if ready {
                    known.insert(&e.name);
                }
            }
            if known.len() == assigned.len() {
                return Ok(());
            }
            if known.len() == before {
                let e = assigned.iter().find(|e| !known.contains(&*e.name)).expect("one is not known");
                let message = format!("`{}` is defined by itself, through other assignments", e.name);
                return Err(self.error(&e.name_span, message, "break the circle, or make it a differential equation"));
            }
        }
    }
}
