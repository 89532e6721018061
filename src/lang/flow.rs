//! A neuron model by itself as a vector field: how fast its variables change, as expressions of nothing but its variables.

mod hold;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{
    algebra::{binary, has_random, is_noise, mentions, names, simplify, substitute, unary},
    ast::{Binary, Expr, Unary},
    derivative::derivative,
    equation::{Assign, Statement},
    eval::{Env, eval},
    model::Model,
    system::{Recipe, System},
};
use crate::{
    error::{Error, Result},
    quantity::Dim,
};

pub use hold::{Hold, held};

/// A variable of a [`Flow`].
#[derive(Clone, Debug)]
pub struct FlowVariable {
    /// Its name.
    pub name: Arc<str>,
    /// Its dimension.
    pub dim: Dim,
    /// Its derivative with respect to time: an expression of the variables and of the free parameter.
    pub rhs: Expr,
    /// Held while the neuron is refractory.
    pub hold: bool,
    /// Its value at t = 0.
    pub initial: f64,
}

/// The equations of a neuron model with its parameters' values written in, without input and without noise.
///
/// Expressions are functions of a state, one value for each variable in their order, and of one parameter that may be left free.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The variables, in the order of the model file.
    pub variables: Vec<FlowVariable>,
    /// Assignments: name, dimension, value.
    pub parts: Vec<(String, Dim, Expr)>,
    /// When the neuron spikes.
    pub threshold: Option<Expr>,
    /// What a spike changes; none: a spike is an upward crossing of the threshold.
    pub reset: Vec<Statement>,
    /// For how long variables are held after a spike.
    pub refractory: Option<Expr>,
    /// Whether noise was left out.
    pub noisy: bool,
    /// Name of the parameter that is left free.
    free: Option<String>,
}

impl Flow {
    /// The equations of `model` with its parameters at their defaults; the parameter `free` stays a name.
    ///
    /// # Errors
    /// Equations that depend on time or on random numbers: they are no vector field.
    pub fn new(model: &Arc<Model>, free: Option<&str>) -> Result<Self> {
        let recipe = Recipe {
            neuron: model.clone(),
            attached: Vec::new(),
            drives: Vec::new(),
            values: BTreeMap::new(),
            initial: BTreeMap::new(),
            per_neuron: free.map(str::to_owned).into_iter().collect(),
            size: 1,
            dt: 0.1,
            integrator: None,
            cable: false,
        };
        let system = System::new(&recipe)?;
        let mut noisy = false;
        let mut calm = |expr: &Expr| {
            noisy |= names(expr).iter().any(|n| is_noise(n));
            simplify(&substitute(expr, &|n| (is_noise(n) || n == "i").then(|| Expr::number(0.0))))
        };
        let mut flow = Self { threshold: None, reset: Vec::new(), refractory: None, ..Self::empty(free) };
        // The initial state is that of the free parameter's own value.
        let own =
            |name: &str| Some((name.to_owned(), model.parameters.iter().find(|p| *p.name == *name)?.value.literal()?));
        let mut known =
            Known { values: free.and_then(own).into_iter().collect(), rng: Xoshiro256PlusPlus::seed_from_u64(0) };
        for v in &system.variables {
            let rhs = calm(&v.rhs);
            still(&rhs, &format!("d{}/dt", v.name), model)?;
            let value = eval(&v.initial, &mut known);
            known.values.insert(v.name.to_string(), value);
            flow.variables.push(FlowVariable { name: v.name.clone(), dim: v.dim, rhs, hold: v.hold, initial: value });
        }
        flow.parts = system.readable.iter().map(|(name, dim, e)| (name.clone(), *dim, calm(e))).collect();
        flow.threshold = system.threshold.as_ref().map(&mut calm);
        flow.reset = system.reset.iter().map(|s| Statement { expr: calm(&s.expr), ..s.clone() }).collect();
        flow.refractory = system.refractory.as_ref().map(&mut calm);
        // Spikes that are drawn are noise, left out like any other.
        if flow.threshold.take_if(|t| has_random(t)).is_some() {
            noisy = true;
            flow.reset.clear();
        }
        flow.noisy = noisy;
        flow.threshold.iter().try_for_each(|e| still(e, "threshold", model))?;
        flow.reset.iter().try_for_each(|s| still(&s.expr, &format!("reset of {}", s.target), model))?;
        flow.refractory.iter().try_for_each(|e| still(e, "refractory", model))?;
        Ok(flow)
    }

    fn empty(free: Option<&str>) -> Self {
        Self {
            variables: Vec::new(),
            parts: Vec::new(),
            threshold: None,
            reset: Vec::new(),
            refractory: None,
            noisy: false,
            free: free.map(str::to_owned),
        }
    }

    /// Number of a variable.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.variables.iter().position(|v| &*v.name == name)
    }

    /// The state at t = 0.
    pub fn initial(&self) -> Vec<f64> {
        self.variables.iter().map(|v| v.initial).collect()
    }

    /// An expression's value in a state; `free` is that of the free parameter.
    pub fn value(&self, expr: &Expr, state: &[f64], free: f64) -> f64 {
        eval(expr, &mut At { flow: self, state, free })
    }

    /// Whether `threshold` holds in a state.
    pub fn above(&self, state: &[f64], free: f64) -> bool {
        self.threshold.as_ref().is_some_and(|t| self.value(t, state, free) != 0.0)
    }

    /// What a spike makes of a state.
    pub fn reset(&self, state: &mut [f64], free: f64) {
        for statement in &self.reset {
            let by = self.value(&statement.expr, state, free);
            let target = self.index(&statement.target).expect("reset targets are checked by the model reader");
            match statement.op {
                Assign::Set => state[target] = by,
                Assign::Add => state[target] += by,
                Assign::Sub => state[target] -= by,
                Assign::Mul => state[target] *= by,
            }
        }
    }

    /// How fast variable `k` changes with `name`, a variable or the free parameter.
    ///
    /// # Errors
    /// A right side with `floor()` has no derivative.
    pub fn slope(&self, k: usize, name: &str) -> Result<Expr> {
        let v = &self.variables[k];
        derivative(&v.rhs, name).ok_or_else(|| {
            Error::input(format!("d{}/dt has no derivative with respect to {name}: floor() stands in it", v.name))
                .help("a Jacobian needs smooth equations")
        })
    }

    /// Steady state and time constant of variable `k` where its equation is linear in itself, dx/dt = a - b*x: `(a/b, 1/b)`.
    pub fn relaxation(&self, k: usize) -> Option<(Expr, Expr)> {
        let v = &self.variables[k];
        let rate = simplify(&unary(Unary::Neg, derivative(&v.rhs, &v.name)?));
        if mentions(&rate, &v.name) || rate.literal() == Some(0.0) {
            return None;
        }
        let at_zero = simplify(&substitute(&v.rhs, &|n| (n == &*v.name).then(|| Expr::number(0.0))));
        Some((binary(Binary::Div, at_zero, rate.clone()), binary(Binary::Div, Expr::number(1.0), rate)))
    }

    /// Puts an expression of the other variables in the place of variable `k`.
    pub fn replace(&mut self, k: usize, by: &Expr) {
        let gone = self.variables.remove(k);
        let put = |e: &Expr| simplify(&substitute(e, &|n| (n == &*gone.name).then(|| by.clone())));
        self.variables.iter_mut().for_each(|v| v.rhs = put(&v.rhs));
        self.parts.iter_mut().for_each(|p| p.2 = put(&p.2));
        self.reset.iter_mut().for_each(|s| s.expr = put(&s.expr));
        self.reset.retain(|s| s.target != gone.name);
        [&mut self.threshold, &mut self.refractory].into_iter().flatten().for_each(|e| *e = put(e));
        self.parts.push((gone.name.to_string(), gone.dim, by.clone()));
    }
}

/// That an expression depends on nothing but the state.
fn still(expr: &Expr, what: &str, model: &Model) -> Result<()> {
    let why = match () {
        () if mentions(expr, "t") => "depends on the time t",
        () if has_random(expr) => "has a random number rand() in every step",
        () => return Ok(()),
    };
    Err(Error::input(format!("{}: {what} {why}, so that it is not a function of the state alone", model.name))
        .help("hold parameters that depend on time with --set, or choose another model"))
}

/// Values that are known so far, and the numbers that an initial state is drawn from: always the same ones.
struct Known {
    values: BTreeMap<String, f64>,
    rng: Xoshiro256PlusPlus,
}

impl Env for Known {
    fn name(&self, name: &str) -> Option<f64> {
        self.values.get(name).copied()
    }
    fn rng(&mut self) -> Option<&mut dyn Rng> {
        Some(&mut self.rng)
    }
}

/// One state.
struct At<'a> {
    flow: &'a Flow,
    state: &'a [f64],
    free: f64,
}

impl Env for At<'_> {
    fn name(&self, name: &str) -> Option<f64> {
        match self.flow.index(name) {
            Some(k) => Some(self.state[k]),
            None if self.flow.free.as_deref() == Some(name) => Some(self.free),
            None => None,
        }
    }
}

/// Names of the variables that an expression depends on.
pub fn depends_on(flow: &Flow, expr: &Expr) -> BTreeSet<Arc<str>> {
    names(expr).into_iter().filter(|n| flow.index(n).is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::library;

    fn flow(name: &str) -> Flow {
        Flow::new(&Arc::new(library::load(name, None).unwrap()), None).unwrap()
    }

    #[test]
    fn a_field_is_a_function_of_the_state() {
        let fhn = flow("fitzhugh_nagumo");
        let state = [0.5, -0.25];
        let [v, w] = [0, 1].map(|k| fhn.value(&fhn.variables[k].rhs, &state, 0.0));
        assert!((v - (0.5 - 0.125 / 3.0 + 0.25)).abs() < 1e-15 && (w - 0.08 * (0.5 + 0.7 + 0.2)).abs() < 1e-15);
        assert_eq!(fhn.initial(), [-1.199408, -0.624260]);
    }

    #[test]
    fn a_reset_runs_its_statements_in_order() {
        let izhikevich = flow("izhikevich");
        let mut state = [30.0, 1.0];
        assert!(izhikevich.above(&state, 0.0));
        izhikevich.reset(&mut state, 0.0);
        assert_eq!(state, [-65.0, 9.0]);
    }

    #[test]
    fn gates_relax_and_the_voltage_does_not() {
        let hh = flow("hh_squid");
        assert!(hh.relaxation(0).is_some_and(|(steady, _)| mentions(&steady, "m")));
        let (steady, tau) = hh.relaxation(hh.index("n").unwrap()).unwrap();
        let at = |e: &Expr| hh.value(e, &[-55.0, 0.0, 0.0, 0.0], 0.0);
        let (alpha, beta) = (0.1, 0.125 * (-10.0_f64 / 80.0).exp());
        assert!((at(&steady) - alpha / (alpha + beta)).abs() < 1e-15);
        assert!((at(&tau) - 1.0 / (alpha + beta)).abs() < 1e-13);
        assert!(flow("fitzhugh_nagumo").relaxation(0).is_none(), "a cubic is not linear");
    }
}
