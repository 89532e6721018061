//! Variables of a source: one value for all its synapses of one delay.

use crate::lang::{
    ast::Expr,
    equation::Assign,
    eval::{Env, eval},
    learning::Learning,
};

/// Variables of a source at a spike, `since` steps after the one before.
pub fn change(learning: &Learning, values: &mut [f64], since: f64) {
    for (x, source) in values.iter_mut().zip(&learning.sources).filter(|(_, s)| s.rate > 0.0) {
        *x *= libm::exp(-source.rate * since);
    }
    for step in &learning.source_steps {
        let value = value(&step.expr, learning, values, since * learning.dt);
        let x = &mut values[step.target];
        match step.op {
            Assign::Set => *x = value,
            Assign::Add => *x += value,
            Assign::Sub => *x -= value,
            Assign::Mul => *x *= value,
        }
    }
}

/// Value of an expression about a source, `since` ms after its spike before.
pub fn value(expr: &Expr, learning: &Learning, values: &[f64], since: f64) -> f64 {
    eval(expr, &mut Sources { learning, values, since })
}

/// Names of an expression about a source.
struct Sources<'a> {
    learning: &'a Learning,
    values: &'a [f64],
    /// Time since the spike before in ms.
    since: f64,
}

impl Env for Sources<'_> {
    fn name(&self, name: &str) -> Option<f64> {
        if name == "since_pre" {
            return Some(self.since);
        }
        self.learning.sources.iter().position(|s| s.name == name).map(|k| self.values[k])
    }
}
