//! Statements that run in every step, and the variables that statements alone change.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    super::{
        algebra::names,
        equation::{Assign, Statement},
        model::{Kind, Model},
        units::{Scope, dimension},
    },
    Checker, Place, Visible,
};
use crate::{
    error::{Result, did_you_mean},
    quantity::Dim,
};

impl Checker<'_> {
    pub(super) fn steps(&self) -> Result<()> {
        let mut inside = Checker { model: self.model, scope: Visible::of(self.model) };
        for (at, statement) in self.model.step.iter().enumerate() {
            inside.statement(statement, &self.model.step[at + 1..])?;
        }
        self.changed()
    }

    /// One statement; what it names anew is known to those `behind` it.
    fn statement(&mut self, statement: &Statement, behind: &[Statement]) -> Result<()> {
        let Statement { target, target_span, op, expr } = statement;
        let whose = format!("step: {target}");
        self.calm(expr, &whose, Place::Step)?;
        let variables = || self.model.equations.iter().filter(|e| e.differential).map(|e| &*e.name);
        let own = variables().any(|name| *name == **target);
        if !own && (self.model.declared().contains(&**target) || Model::is_reserved(target)) {
            let message = format!("step: `{target}` is not a variable, so no statement can change it");
            return Err(self.error(target_span, message, "give what is computed here a name of its own"));
        }
        match self.scope.dim(target) {
            Some(dim) => self.has(expr, if *op == Assign::Mul { Dim::NONE } else { dim }, &whose)?,
            None if *op == Assign::Set => {
                let dim = dimension(expr, &self.scope).map_err(|f| f.of(&whose).at(&self.model.source))?;
                self.scope.add(target, dim);
            }
            None => {
                let message = format!("step: `{target}` has no value yet that `{}` could change", op.sign());
                return Err(self.error(target_span, message, &did_you_mean(target, variables())));
            }
        }
        // A name that nothing reads is a variable with a slip of the pen.
        if !own && !behind.iter().any(|s| s.target == *target || names(&s.expr).contains(target)) {
            let read_before = *op != Assign::Set;
            let message = match read_before {
                true => format!("step: nothing reads what `{target}` is here"),
                false => format!("step: `{target}` is not a variable, and nothing behind reads it"),
            };
            return Err(self.error(target_span, message, &did_you_mean(target, variables())));
        }
        Ok(())
    }

    /// That something changes each variable without an equation.
    fn changed(&self) -> Result<()> {
        let model = self.model;
        let statements = model.reset.iter().chain(&model.step).chain(&model.on_spike);
        let targets: BTreeSet<&Arc<str>> = statements.map(|s| &s.target).collect();
        let Some(e) = model.equations.iter().find(|e| e.by_statements && !targets.contains(&e.name)) else {
            return Ok(());
        };
        let message = format!("`{0}` has neither an equation nor a statement that changes it", e.name);
        let help = match model.kind {
            Kind::Neuron => format!("write d{0}/dt = ..., or {0} = ... in `step` or `reset`", e.name),
            _ => format!("write d{0}/dt = ... or {0} = ...", e.name),
        };
        Err(self.error(&e.name_span, message, &help))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NEURON, refused};

    #[test]
    fn mistakes_in_steps() {
        let equations = "equations = '''\ndv/dt = -g*v/tau : mV\nn : 1\ng = n/10 : 1\n'''";
        let cases = [
            (
                "n = binomial(10, v)",
                "step: n: the probability of binomial() needs a number without unit, but v is [mV]",
            ),
            ("n = binomial(v, 0.5)", "step: n: the number of trials of binomial() needs a number without unit"),
            ("n = binomial(k, 0.5)", "step: n: `k` is not known here"),
            ("n = tau", "step: n: the right side is in ms, 1 is needed"),
            ("n = normal(10, 1)", "step: n: normal() cannot stand here"),
            ("n = xi*sqrt(tau)", "step: n: noise `xi` cannot stand here"),
            ("tau = 2 ms", "step: `tau` is not a variable, so no statement can change it"),
            ("g = 2", "step: `g` is not a variable, so no statement can change it"),
            ("t = 2 ms", "step: `t` is not a variable, so no statement can change it"),
            ("k += 1; n += k", "step: `k` has no value yet that `+=` could change"),
            ("k = 1", "step: `k` is not a variable, and nothing behind reads it"),
            ("n += k; k = 1", "step: n: `k` is not known here"),
            ("k = 2 mV; n += k", "step: n: the right side is in mV, 1 is needed"),
            ("k = 2 mV; k = 1; n = k", "step: k: the right side is in 1, mV is needed"),
            ("k = 2; n = k; k += 1", "step: nothing reads what `k` is here"),
            ("v *= 2 mV", "step: v: the right side is in mV, 1 is needed"),
        ];
        for (statements, message) in cases {
            let found = refused(NEURON, &format!("{equations}\nstep = '{statements}; n += 0'"));
            assert!(found.starts_with(message), "{statements}\n{found}");
        }
    }

    #[test]
    fn variables_that_nothing_changes() {
        let found = refused(NEURON, "equations = 'n : 1'");
        assert_eq!(found, "`n` has neither an equation nor a statement that changes it");
    }

    #[test]
    fn binomial_numbers_outside_of_steps() {
        let v = "equations = 'dv/dt = -v/tau : mV'\nthreshold = ";
        for (rest, message) in [
            ("'v > 1 mV*binomial(3, 0.5)'", "threshold: binomial() cannot stand here"),
            ("'v > 1 mV'\nreset = 'v = 1 mV*binomial(3, 0.5)'", "reset of v: binomial() cannot stand here"),
        ] {
            assert_eq!(refused(NEURON, &format!("{v}{rest}")), message);
        }
        let found = refused(NEURON, "equations = 'dv/dt = -v*binomial(3, 0.5)/tau : mV'");
        assert_eq!(found, "dv/dt: binomial() cannot stand here");
    }
}
