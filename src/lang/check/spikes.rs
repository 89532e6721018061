//! Threshold, reset and refractoriness; what arriving spikes do.

use super::{
    super::{
        algebra::{simplify, substitute},
        ast::{Expr, Node, Unary},
        derivative::derivative,
        equation::{Assign, Statement},
        model::Kind,
    },
    Checker, Place, Visible,
};
use crate::{
    error::{Result, did_you_mean},
    quantity::Dim,
};

impl Checker<'_> {
    pub(super) fn spikes(&self) -> Result<()> {
        let model = self.model;
        match &model.threshold {
            Some(threshold) => self.threshold(threshold)?,
            None => self.silent()?,
        }
        for statement in &model.reset {
            let (dim, whose) = (self.target(statement, "reset")?, format!("reset of {}", statement.target));
            let want = if statement.op == Assign::Mul { Dim::NONE } else { dim };
            self.has(&statement.expr, want, &whose)?;
            self.calm(&statement.expr, &whose, Place::Spike)?;
        }
        if let Some(refractory) = &model.refractory {
            self.has(refractory, Dim::TIME, "refractory")?;
            self.calm(refractory, "refractory", Place::Spike)?;
            if self.varies(refractory) {
                let message = format!("refractory = {refractory} changes during the run");
                return Err(self.error(&refractory.span, message, "use a time made of parameters, e.g. \"t_ref\""));
            }
        }
        let held = model.equations.iter().find(|e| e.hold);
        if let (Some(e), None) = (held, &model.refractory) {
            let message = format!("`{}` is held (unless refractory), but there is no refractory time", e.name);
            return Err(self.error(&e.name_span, message, "add refractory = \"t_ref\""));
        }
        Ok(())
    }

    fn threshold(&self, threshold: &Expr) -> Result<()> {
        let condition = match &*threshold.node {
            Node::Binary(op, ..) => op.is_condition(),
            Node::Unary(op, _) => *op == Unary::Not,
            _ => false,
        };
        if !condition {
            let message = format!("threshold = {threshold} is not a condition");
            return Err(self.error(&threshold.span, message, "write e.g. v > V_th"));
        }
        self.has(threshold, Dim::NONE, "threshold")?;
        self.calm(threshold, "threshold", Place::Spike)
    }

    /// A neuron without threshold never spikes: nothing may follow a spike, and something else must happen.
    fn silent(&self) -> Result<()> {
        let model = self.model;
        let after = model.reset.first().map(|s| (&s.target_span, "reset"));
        if let Some((span, what)) = after.or(model.refractory.as_ref().map(|r| (&r.span, "refractory"))) {
            return Err(self.error(
                span,
                format!("{what} follows a spike, but there is no threshold"),
                "add threshold = \"v > V_th\"",
            ));
        }
        if model.kind == Kind::Neuron && model.equations.is_empty() {
            let message = "a neuron model needs equations, a threshold, or both";
            return Err(self.error(&(0..0), message, "add equations = \"\"\"...\"\"\""));
        }
        Ok(())
    }

    /// The dimension of a statement's target: a variable of the model, or the membrane potential of a receptor's host.
    fn target(&self, statement: &Statement, what: &str) -> Result<Dim> {
        let states = || self.model.equations.iter().filter(|e| e.differential);
        let own = states().find(|e| e.name == statement.target).map(|e| e.dim);
        let host = (self.model.kind == Kind::Receptor && *statement.target == *"v").then_some(Dim::VOLTAGE);
        own.or(host).ok_or_else(|| {
            let help = did_you_mean(&statement.target, states().map(|e| &*e.name));
            let message = format!("{what}: `{}` is not a variable with a differential equation", statement.target);
            self.error(&statement.target_span, message, &help)
        })
    }

    /// Arrivals are summed over synapses before the model sees them: `on_spike` must be linear in their weight.
    pub(super) fn arrivals(&self) -> Result<()> {
        let (Some(statement), Some(weight)) = (&self.model.on_spike, self.model.weight) else { return Ok(()) };
        let want = self.target(statement, "on_spike")?;
        let mut with_weight = Checker { model: self.model, scope: Visible::of(self.model) };
        with_weight.scope.add("w", weight);
        with_weight.has(&statement.expr, want, "on_spike")?;
        self.calm(&statement.expr, "on_spike", Place::Spike)?;
        let slope = derivative(&statement.expr, "w").map(|s| simplify(&s));
        let linear =
            slope.is_some_and(|s| s.literal() != Some(0.0) && !self.varies(&s) && !self.roots(&s).contains("w"));
        let at_0 = substitute(&statement.expr, &|n| (n == "w").then(|| Expr::number(0.0)));
        if statement.op != Assign::Add || !linear || simplify(&at_0).literal() != Some(0.0) {
            let message = format!("on_spike must add something proportional to w to `{}`", statement.target);
            let help = "arrivals are summed over synapses first; write e.g. g += w";
            return Err(self.error(&statement.expr.span, message, help));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{NEURON, refused};

    const RECEPTOR: &str = "kind = 'receptor'\ntitle = 'A'\nequations = 'dg/dt = -g/tau : nS'\n";

    #[test]
    fn mistakes_in_spikes() {
        let v = "equations = 'dv/dt = -v/tau : mV'";
        let cases = [
            ("reset = 'v = 0 mV'", "reset follows a spike, but there is no threshold"),
            ("threshold = 'v'", "threshold = v is not a condition"),
            ("threshold = 'v > 1'", "threshold: cannot compare v [mV] and 1 [1]"),
            ("threshold = 'xi > v/mV'", "threshold: cannot compare"),
            ("threshold = 'xi*sqrt(tau) > v/mV'", "threshold: noise `xi` cannot stand here"),
            ("threshold = 'v > 1 mV'\nreset = 'u = 1 mV'", "reset: `u` is not a variable"),
            ("threshold = 'v > 1 mV'\nreset = 'v *= 1 mV'", "reset of v: the right side is in mV, 1 is"),
            ("threshold = 'v > 1 mV'\nrefractory = '2'", "refractory: the right side is in 1, ms is"),
            ("threshold = 'v > 1 mV'\nrefractory = 'v/mV*tau'", "refractory = v/(1 mV)*tau changes during"),
        ];
        for (rest, message) in cases {
            let found = refused(NEURON, &format!("{v}\n{rest}"));
            assert!(found.starts_with(message), "{rest}\n{found}");
        }
    }

    #[test]
    fn mistakes_in_receptors() {
        let cases = [
            ("weight = 'nS'", "the file: `on_spike` is missing"),
            ("on_spike = 'g += w'", "the file: `weight` is missing"),
            ("weight = 'ns'\non_spike = 'g += w'", "on_spike: the right side is in ms, nS is needed"),
            ("weight = 'nX'\non_spike = 'g += w'", "weight: `nX` is not a unit"),
            ("weight = 'nS'\non_spike = 'g += w; g += w'", "on_spike must be one statement, not 2"),
            ("weight = 'nS'\non_spike = 'g = w'", "on_spike must add something proportional to w to `g`"),
            ("weight = 'nS'\non_spike = 'g += w*(1 - g/nS)'", "on_spike must add something proportional"),
            ("weight = 'nS'\non_spike = 'g += w*exp(v/mV)'", "on_spike must add something proportional"),
            ("weight = 'nS'\non_spike = 'g += w + 1 nS'", "on_spike must add something proportional"),
            ("weight = 'nS'\non_spike = 'g += 1 nS'", "on_spike must add something proportional"),
            ("weight = 'nS'\non_spike = 'g += w*w/nS'", "on_spike must add something proportional"),
            ("weight = 'nS'\non_spike = 'h += w'", "on_spike: `h` is not a variable"),
            ("weight = 'nS'\non_spike = 'g += w'\ncurrent = 'g'", "current: the right side is in nS, pA is needed"),
            ("weight = 'nS'\non_spike = 'g += w'\nthreshold = 'v > 1 mV'", "unknown key `threshold`"),
        ];
        for (rest, message) in cases {
            let found = refused(RECEPTOR, rest);
            assert!(found.starts_with(message), "{rest}\n{found}");
        }
        let own_v = RECEPTOR.replace("dg/dt = -g", "dv/dt = -v");
        assert!(refused(&own_v, "").contains("`on_spike` is missing"));
        let own_v = own_v + "weight = 'nS'\non_spike = 'v += w'";
        assert!(refused(&own_v, "").starts_with("`v` is declared here"));
    }
}
