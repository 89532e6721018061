//! What makes a model file sound: every name known, every unit right, every statement possible.

mod places;
mod scope;
mod spikes;
mod steps;

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use super::{
    algebra::{is_noise, mentions, names, visit},
    ast::{Expr, Func, Node},
    derivative::derivative,
    model::{Kind, Model, SUM_W, SUM_WX},
    units::{Scope, dimension},
};
use crate::{
    error::{Error, Result, did_you_mean},
    quantity::Dim,
};

pub use scope::{Visible, literal};

/// Everything that can be wrong with a model once it is read.
pub fn model(model: &Model) -> Result<()> {
    let checker = Checker { model, scope: Visible::of(model) };
    checker.declarations()?;
    checker.places()?;
    checker.equations()?;
    checker.initial()?;
    checker.spikes()?;
    checker.steps()?;
    checker.arrivals()?;
    checker.circles()
}

/// Where an expression stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Equation,
    /// What is looked at or done at a spike.
    Spike,
    Step,
}

struct Checker<'a> {
    model: &'a Model,
    scope: Visible,
}

impl Checker<'_> {
    fn error(&self, span: &Range<usize>, message: impl Into<String>, help: &str) -> Error {
        Error::input(message).help(help).at(&self.model.source, span.clone())
    }

    fn has(&self, expr: &Expr, want: Dim, what: &str) -> Result<()> {
        let dim = dimension(expr, &self.scope).map_err(|f| f.of(what).at(&self.model.source))?;
        if dim == want {
            return Ok(());
        }
        let message = format!("{what}: the right side is in {dim}, {want} is needed");
        Err(self.error(&expr.span, message, "correct the equation or its unit"))
    }

    /// All that a value depends on once assignments are written out.
    fn roots(&self, expr: &Expr) -> BTreeSet<Arc<str>> {
        let mut found = names(expr);
        let mut open: Vec<Arc<str>> = found.iter().cloned().collect();
        while let Some(name) = open.pop() {
            let assigned = self.model.equations.iter().find(|e| !e.differential && e.name == name);
            for inner in assigned.into_iter().flat_map(|e| names(&e.expr)) {
                if found.insert(inner.clone()) {
                    open.push(inner);
                }
            }
        }
        found
    }

    /// Does a value change during a run: with time, with a variable of the model or of its host, by chance?
    fn varies(&self, expr: &Expr) -> bool {
        let state = |n: &str| self.model.equations.iter().any(|e| e.differential && *e.name == *n);
        let host = |n: &str| self.scope.dim(n).is_some() && !self.model.declared().contains(n) && n == "v";
        let moving = |n: &str| state(n) || host(n) || is_noise(n) || n == "t" || self.model.is_sum(n);
        self.roots(expr).iter().any(|n| moving(n)) || super::algebra::has_random(expr)
    }

    /// That noise stands in equations only, binomial numbers in `step`, and distributions nowhere.
    fn calm(&self, expr: &Expr, what: &str, place: Place) -> Result<()> {
        let mut found = None;
        visit(expr, &mut |e| match &*e.node {
            Node::Name(name) if place != Place::Equation && is_noise(name) => {
                found = Some((e.span.clone(), format!("noise `{name}`")))
            }
            Node::Call(f, _) if f.is_distribution() || (*f == Func::Binomial && place != Place::Step) => {
                found = Some((e.span.clone(), format!("{}()", f.name())));
            }
            _ => {}
        });
        let Some((span, whose)) = found else { return Ok(()) };
        let help = match &*whose {
            "binomial()" => "draw it in `step` into a variable; values of a network file and [initial] may have it too",
            noise if noise.starts_with("noise") => "give it a differential equation of its own, or use rand()",
            _ => "distributions belong into the values of a network file; a model has rand() and xi",
        };
        Err(self.error(&span, format!("{what}: {whose} cannot stand here"), help))
    }

    fn declarations(&self) -> Result<()> {
        let model = self.model;
        let parameters = model.parameters.iter().map(|p| (&p.name, &p.value.span));
        let mut seen = BTreeSet::new();
        for (name, span) in parameters.chain(model.equations.iter().map(|e| (&e.name, &e.name_span))) {
            let of_host = model.kind != Kind::Neuron && **name == *"v";
            let of_synapse = match &model.reads {
                Some(_) => [SUM_WX, SUM_W].contains(&&**name),
                None => model.kind == Kind::Receptor && **name == *"w",
            };
            let word = ["and", "or", "not", "pow"].contains(&&**name) || Func::ALL.iter().any(|f| *f.1 == **name);
            if of_host || of_synapse || word || Model::is_reserved(name) {
                let message = format!("`{name}` is declared here, but it is the name of something built in");
                return Err(self.error(span, message, "choose another name"));
            }
            let letters = |c: char| c.is_alphanumeric() || c == '_';
            if !name.chars().all(letters) || !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
                let message = format!("`{name}` cannot be a name in equations");
                return Err(self.error(span, message, "use letters, digits and `_`, beginning with a letter"));
            }
            if !seen.insert(&**name) {
                return Err(self.error(span, format!("`{name}` is declared twice"), "remove or rename one of them"));
            }
        }
        Ok(())
    }

    fn equations(&self) -> Result<()> {
        for e in &self.model.equations {
            let want = if e.differential { e.dim / Dim::TIME } else { e.dim };
            let what = if e.differential { format!("d{}/dt", e.name) } else { e.name.to_string() };
            self.has(&e.expr, want, &what)?;
            self.calm(&e.expr, &what, Place::Equation)?;
            for noise in names(&e.expr).into_iter().filter(|n| is_noise(n)) {
                let linear = derivative(&e.expr, &noise).is_some_and(|d| !mentions(&d, &noise));
                if !e.differential || !linear {
                    let message = format!("{what}: noise `{noise}` must enter a differential equation linearly");
                    return Err(self.error(&e.expr.span, message, "write drift + amplitude*xi"));
                }
            }
        }
        if let Some(current) = &self.model.current {
            self.has(current, Dim::CURRENT, "current")?;
            self.calm(current, "current", Place::Equation)?;
        }
        Ok(())
    }

    /// Values at t = 0 are computed in the order of the equations, once, before anything has arrived.
    fn initial(&self) -> Result<()> {
        let states: Vec<_> = self.model.equations.iter().filter(|e| e.differential).collect();
        let model = self.model;
        for (name, value) in &model.initial {
            let Some(at) = states.iter().position(|e| *e.name == **name) else {
                let message = format!("[initial]: `{name}` is not a variable with a differential equation");
                return Err(self.error(&value.span, message, &did_you_mean(name, states.iter().map(|e| &*e.name))));
            };
            let what = format!("initial {name}");
            self.has(value, states[at].dim, &what)?;
            for used in self.roots(value) {
                if states[at..].iter().any(|e| e.name == used) {
                    let message = format!("{what} needs `{used}`, whose own value comes no earlier");
                    return Err(self.error(&value.span, message, "put the equation of the needed variable first"));
                }
                let of_synapses = model.reads.is_some() && [SUM_WX, SUM_W].contains(&&*used);
                if &*used == "t" || self.model.is_sum(&used) || is_noise(&used) || of_synapses {
                    let message = format!("{what}: `{used}` has no value before the run begins");
                    return Err(self.error(&value.span, message, "use parameters and other variables"));
                }
            }
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::error::Source;

    pub(super) const NEURON: &str = "kind = 'neuron'\ntitle = 'A'\n";
    const TAU: &str = "\n[parameters]\ntau = { value = '5 ms', meaning = 'decay', above = '0 ms' }\n";

    /// The message about a file that ends in `[parameters] tau`.
    pub(super) fn refused(head: &str, rest: &str) -> String {
        let text = format!("{head}{rest}{TAU}");
        let error = Model::parse("a", Source::new("a.toml", text.clone())).expect_err(&text);
        error.message().to_owned()
    }

    #[test]
    fn mistakes_in_neurons() {
        let eq = |e: &str| format!("equations = '''\n{e}\n'''");
        let v = "dv/dt = -v/tau : mV";
        let cases = [
            (String::new(), "a neuron model needs equations"),
            ("equation = 'x'\nthreshold = '1 > 0'".into(), "unknown key `equation`"),
            (eq("dv/dt = -v/tau + I_syn : mV"), "dv/dt: cannot add -v/tau [mV/ms] and I_syn [pA]"),
            (eq("dv/dt = v : mV"), "dv/dt: the right side is in mV, mV/ms is needed"),
            (eq("dv/dt = -v/tua : mV"), "dv/dt: `tua` is not known here"),
            (eq("dtau/dt = 1 : ms"), "`tau` is declared twice"),
            (eq("dt/dt = 1 : ms"), "`t` is declared here, but it is the name of something built in"),
            (eq("xi_2 = 1 : 1"), "`xi_2` is declared here"),
            (eq("exp = 1 : 1"), "`exp` is declared here"),
            (eq("a = b : 1\nb = 2*a : 1"), "`a` is defined by itself"),
            (eq("a = xi : ms^-0.5"), "a: noise `xi` must enter a differential equation linearly"),
            (eq("dv/dt = v*xi^2 : mV"), "dv/dt: noise `xi` must enter a differential equation linearly"),
            (eq("a = normal(0, 1) : 1"), "a: normal() cannot stand here"),
            (eq("dv/dt = -v/tau : mV (unless refractory)"), "`v` is held (unless refractory), but"),
            (eq(v) + "\nintegrator = 'rk5'", "unknown integrator \"rk5\""),
            (eq(v) + "\n[initial]\nu = 1", "[initial]: `u` is not a variable"),
            (eq(v) + "\n[initial]\nv = 1", "initial v: the right side is in 1, mV is needed"),
            (eq(v) + "\n[initial]\nv = 't/tau*mV'", "initial v: `t` has no value before"),
            (
                eq("du/dt = -u/tau : mV\na = v : mV\ndv/dt = -v/tau : mV") + "\n[initial]\nu = 'a'",
                "initial u needs `v`",
            ),
        ];
        for (rest, message) in cases {
            let found = refused(NEURON, &rest);
            assert!(found.starts_with(message), "{rest}\n{found}");
        }
    }

    #[test]
    fn mistakes_in_parameters_point_at_their_line() {
        let cases = [
            ("C = { value = '-1 pF', meaning = 'm', above = '0 pF' }", "C: the default -1 pF is not above 0 pF"),
            ("C = { value = '1 pF', meaning = 'm', above = '0 mV' }", "C: bound `above` is in mV, the value in pF"),
            ("C = { value = '1 pF' }", "parameters.C: `meaning` is missing"),
            ("C = { value = '1 pF', meaning = 'm', most = 1 }", "unknown key `most` in parameters.C"),
            ("C = { value = 'tau', meaning = 'm' }", "`tau` is not known here"),
            ("C = '1 pF'", "parameters.C: expected a table"),
            ("\"C m\" = { value = '1 pF', meaning = 'm' }", "`C m` cannot be a name"),
        ];
        for (line, message) in cases {
            let text = format!("{NEURON}threshold = '1 > 0'\n[parameters]\n{line}\n");
            let error = Model::parse("a", Source::new("a.toml", text)).expect_err(line);
            assert!(error.message().starts_with(message), "{line}\n{error}");
            assert!(error.report().contains("a.toml:5"), "{}", error.report());
        }
    }
}
