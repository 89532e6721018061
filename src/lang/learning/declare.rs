//! What rules declare, with the values of their parameters, in the lists of a projection.

use std::collections::BTreeMap;

use super::{
    super::{
        algebra::substitute,
        ast::Expr,
        eval::eval_constant,
        flaw::Flaw,
        rule::{Of, Rule, Trace as Declared},
    },
    Learning, SourceStep, SourceVariable, Trace, Variable,
};
use crate::{error::Result, quantity::display};

/// A rule as a projection uses it.
pub struct Given<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// Values of all its parameters by name.
    pub values: BTreeMap<String, f64>,
    /// Only the last spike of each side counts.
    pub nearest: bool,
    /// Name of the rule's equations among the target's.
    pub host: String,
}

/// Quanta are drawn one by one.
pub fn is_number_of_vesicles(n: f64) -> bool {
    (1.0..=1000.0).contains(&n) && n.fract() == 0.0
}

/// Numbers of a rule's names in the projection's lists.
pub struct Numbered<'a> {
    pub given: &'a Given<'a>,
    /// First of its variables, source variables, traces of each side, modulators.
    pub variables: usize,
    pub sources: usize,
    pub pre: usize,
    pub post: usize,
    pub modulators: usize,
}

impl Numbered<'_> {
    /// Parameters and constants written in.
    pub fn written(&self, expr: &Expr) -> Expr {
        let value = |n: &str| self.given.values.get(n).map(|&v| Expr::number(v));
        Expr { span: expr.span.clone(), ..substitute(expr, &value) }
    }

    /// The value of an expression of parameters.
    pub fn number(&self, expr: &Expr, dt: f64) -> f64 {
        let known = |n: &str| match n {
            "dt" => Some(Expr::number(dt)),
            "pi" => Some(Expr::number(std::f64::consts::PI)),
            _ => None,
        };
        eval_constant(&substitute(&self.written(expr), &known)).expect("of parameters alone, as the reader has checked")
    }

    /// An expression of source variables, under their names in the projection.
    fn of_source(&self, expr: &Expr, dt: f64) -> Expr {
        let known = |n: &str| match n {
            "dt" => Some(Expr::number(dt)),
            "pi" => Some(Expr::number(std::f64::consts::PI)),
            _ => self.source(n).map(|_| Expr::name(format!("{}.{n}", self.given.rule.name))),
        };
        substitute(&self.written(expr), &known)
    }

    /// Number of a source variable of this rule.
    pub fn source(&self, name: &str) -> Option<usize> {
        let mut own = self.given.rule.variables.iter().filter(|v| v.per_source);
        own.position(|v| v.name == name).map(|k| self.sources + k)
    }

    /// Number of a variable of each synapse.
    pub fn variable(&self, name: &str) -> Option<usize> {
        let mut own = self.given.rule.variables.iter().filter(|v| !v.per_source);
        own.position(|v| v.name == name).map(|k| self.variables + k).or((name == "w").then_some(0))
    }

    /// Number of a trace among those of one side.
    pub fn trace(&self, of: Of, name: &str) -> Option<usize> {
        self.given.rule.traces_of(of).position(|t| t.name == name)
    }
}

/// Adds what a rule declares to the lists.
///
/// # Errors
/// A number of vesicles that is none; bounds that exclude each other.
pub fn declare<'a>(given: &'a Given<'a>, several: bool, learning: &mut Learning) -> Result<Numbered<'a>> {
    let rule = given.rule;
    let numbered = Numbered {
        given,
        variables: learning.variables.len(),
        sources: learning.sources.len(),
        pre: learning.pre.len(),
        post: learning.post.len(),
        modulators: learning.modulators.len(),
    };
    let dt = learning.dt;
    let fixed = |e: &Expr| numbered.number(e, dt);
    let rate = |tau: &Expr| dt / fixed(tau);
    let named = |name: &str| if several { format!("{}.{name}", rule.name) } else { name.to_string() };
    for v in &rule.variables {
        let initial = v.initial.as_ref().map_or(0.0, fixed);
        if v.per_source {
            let rate = v.tau.as_ref().map_or(0.0, rate);
            learning.sources.push(SourceVariable { name: format!("{}.{}", rule.name, v.name), initial, rate });
        } else {
            learning.variables.push(Variable { name: named(&v.name), dim: v.dim, initial });
        }
    }
    let traces = |of: Of| rule.traces_of(of).map(|t| Trace { rate: rate(&t.tau), nearest: given.nearest });
    learning.pre.extend(traces(Of::Pre));
    learning.post.extend(traces(Of::Post));
    let jump = |t: &Declared| t.jump.as_ref().map_or(1.0, fixed);
    learning.modulators.extend(rule.traces_of(Of::Modulator).map(|t| (rate(&t.tau), jump(t))));
    for statement in &rule.on_pre {
        if let Some(target) = numbered.source(&statement.target) {
            let expr = numbered.of_source(&statement.expr, dt);
            learning.source_steps.push(SourceStep { target, op: statement.op, expr });
        }
    }
    if let Some([n, p]) = &rule.quanta {
        let count = fixed(n);
        if !is_number_of_vesicles(count) {
            let flaw = Flaw::new(format!("quanta.n = {count} is not a whole number from 1 to 1000"), n.span.clone());
            return Err(flaw.help("give n as a number of vesicles, e.g. 5").at(&rule.source));
        }
        learning.quanta = Some((count as u32, numbered.of_source(p, dt)));
    }
    if rule.post_event.is_some() {
        learning.event = Some(format!("{}.post_event", given.host));
    }
    if let Some([low, high]) = &rule.bounds {
        let (least, greatest) = (fixed(low), fixed(high));
        if least > greatest {
            let [least, greatest] = [least, greatest].map(|w| display(w, rule.weight));
            let message = format!("bounds: the least weight, {least}, is above the greatest, {greatest}");
            let flaw = Flaw::new(message, low.span.start..high.span.end);
            return Err(flaw.help("write the least first, and look at the values of the parameters").at(&rule.source));
        }
        // Of several rules all bounds hold.
        let (others_least, others_greatest) = learning.bounds.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        learning.bounds = Some((least.max(others_least), greatest.min(others_greatest)));
    }
    let shown = rule.parameters.iter().map(|p| {
        let value = given.values.get(&*p.name).copied().unwrap_or_default();
        (format!("{}.{}", rule.name, p.name), display(value, p.dim))
    });
    learning.parameters.extend(shown);
    Ok(numbered)
}
