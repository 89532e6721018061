//! Rules with the values of their parameters, compiled to programs over synapses.

use super::{
    super::{
        algebra::names,
        ast::Expr,
        equation::{Assign, Statement},
        flaw::Flaw,
        graph::Id,
        rule::Of,
    },
    Code, Gather, Integral, Learning, Variable, Visit,
    builder::{At, Builder},
    declare::{Given, Numbered, declare},
    drift,
};
use crate::{error::Result, kernel::program::Op};

/// Compiles the rules of one projection, in their order.
///
/// # Errors
/// A drift that is not a sum of products; a number of vesicles that is none.
pub fn compile(rules: &[Given], weight: crate::quantity::Dim, dt: f64) -> Result<Learning> {
    let mut learning = Learning { dt, ..Learning::default() };
    learning.variables.push(Variable { name: "w".into(), dim: weight, initial: 0.0 });
    let several = rules.len() > 1;
    let mut numbered = Vec::new();
    for given in rules {
        numbered.push(declare(given, several, &mut learning)?);
    }
    let compiler = Compiler { rules: &numbered, learning: &mut learning };
    let (on_pre, on_post, still, rest) = compiler.finish()?;
    Ok(Learning { on_pre, on_post, still, rest, ..learning })
}

struct Compiler<'a> {
    rules: &'a [Numbered<'a>],
    learning: &'a mut Learning,
}

impl Compiler<'_> {
    fn finish(mut self) -> Result<(Code, Code, Code, Code)> {
        let (dt, variables) = (self.learning.dt, self.learning.variables.len());
        let new = |at| Builder::new(at, variables, dt);
        let mut pre = new(At::Pre);
        self.between(&mut pre)?;
        for k in 0..self.rules.len() {
            let rule = self.rules[k].given.rule;
            rule.on_pre
                .iter()
                .filter(|s| self.rules[k].source(&s.target).is_none())
                .for_each(|s| self.run(&mut pre, k, s));
        }
        let transmit = self.transmit(&mut pre);
        let mut post = new(At::Post);
        self.between(&mut post)?;
        for k in 0..self.rules.len() {
            self.rules[k].given.rule.on_post.iter().for_each(|s| self.run(&mut post, k, s));
        }
        let mut still = new(At::Pre);
        let unlearnt = self.transmit(&mut still);
        let mut rest = new(At::Pre);
        self.between(&mut rest)?;
        // A rule that does nothing at postsynaptic spikes needs no replay, unless something else happens between events.
        let idle = self.rules.iter().all(|r| r.given.rule.on_post.is_empty());
        let on_post = if idle { Code::default() } else { post.finish(None) };
        Ok((pre.finish(Some(transmit)), on_post, still.finish(Some(unlearnt)), rest.finish(None)))
    }

    /// Drift and decay since the synapse's last event.
    fn between(&mut self, b: &mut Builder) -> Result<()> {
        let begin = b.variables.clone();
        for rule in self.rules {
            let Some(drift) = &rule.given.rule.drift else { continue };
            let file = &rule.given.rule.source;
            for term in drift::terms(&rule.written(drift)).map_err(|f| f.at(file))? {
                let (mut rate, mut modulators, mut value) = (0.0, Vec::new(), b.graph.constant(term.factor));
                for name in &term.names {
                    match (rule.variable(name), rule.trace(Of::Modulator, name)) {
                        (Some(v), _) => {
                            let variable = rule.given.rule.variables.iter().find(|v| v.name == *name);
                            let tau = variable.and_then(|v| v.tau.as_ref());
                            rate += tau.map_or(0.0, |tau| self.learning.dt / rule.number(tau, self.learning.dt));
                            value = b.graph.op(Op::Mul, &[value, begin[v]]);
                        }
                        (None, Some(m)) => modulators.push(rule.modulators + m),
                        (None, None) => unreachable!("names are checked by the reader"),
                    }
                }
                let integral = match modulators[..] {
                    [] => {
                        let steps = b.elapsed();
                        let exponent = b.times(steps, -rate);
                        let mean = b.graph.op(Op::Exprel, &[exponent]);
                        let time = b.times(steps, self.learning.dt);
                        b.graph.op(Op::Mul, &[time, mean])
                    }
                    [modulator] => {
                        let integral = Integral { modulator, rate };
                        let all = &mut self.learning.integrals;
                        let number = all.iter().position(|i| *i == integral).unwrap_or_else(|| {
                            all.push(integral);
                            all.len() - 1
                        });
                        b.input(Gather::Integral(number))
                    }
                    _ => {
                        let message = format!("drift: {drift} multiplies modulator traces with each other");
                        let flaw = Flaw::new(message, drift.span.clone());
                        return Err(flaw.help("each term may have one modulator trace").at(file));
                    }
                };
                let grown = b.graph.op(Op::Mul, &[value, integral]);
                b.variables[0] = b.graph.op(Op::Add, &[b.variables[0], grown]);
            }
            self.bounded(b, rule);
        }
        for rule in self.rules {
            for v in rule.given.rule.variables.iter().filter(|v| !v.per_source) {
                if let (Some(tau), Some(number)) = (&v.tau, rule.variable(&v.name)) {
                    let (steps, rate) = (b.elapsed(), self.learning.dt / rule.number(tau, self.learning.dt));
                    b.variables[number] = b.decayed(begin[number], steps, rate);
                }
            }
        }
        Ok(())
    }

    /// Puts the weight back between its bounds.
    fn bounded(&self, b: &mut Builder, rule: &Numbered) {
        let Some([low, high]) = &rule.given.rule.bounds else { return };
        let [low, high] = [low, high].map(|e| b.graph.constant(rule.number(e, self.learning.dt)));
        let raised = b.graph.op(Op::Max, &[b.variables[0], low]);
        b.variables[0] = b.graph.op(Op::Min, &[raised, high]);
    }

    fn run(&mut self, b: &mut Builder, k: usize, statement: &Statement) {
        let target = self.rules[k].variable(&statement.target).expect("targets are checked by the reader");
        let value = self.value(b, k, &statement.expr);
        let old = b.variables[target];
        b.variables[target] = match statement.op {
            Assign::Set => value,
            Assign::Add => b.graph.op(Op::Add, &[old, value]),
            Assign::Sub => b.graph.op(Op::Sub, &[old, value]),
            Assign::Mul => b.graph.op(Op::Mul, &[old, value]),
        };
        if target == 0 {
            self.bounded(b, &self.rules[k]);
        }
    }

    /// What is transmitted: `w` of each rule is what the rule before transmits.
    fn transmit(&mut self, b: &mut Builder) -> Id {
        let weight = b.variables[0];
        for k in 0..self.rules.len() {
            if let Some(expr) = &self.rules[k].given.rule.transmit {
                b.variables[0] = self.value(b, k, expr);
            }
        }
        std::mem::replace(&mut b.variables[0], weight)
    }

    fn value(&mut self, b: &mut Builder, k: usize, expr: &Expr) -> Id {
        let rule = &self.rules[k];
        let expr = rule.written(expr);
        let host = &rule.given.host;
        for name in names(&expr) {
            let own = rule.given.rule.equations.iter().any(|e| e.name == name);
            let probe = if own { format!("{host}.{name}") } else { name.to_string() };
            if (own || &*name == "v") && !self.learning.reads.contains(&probe) {
                self.learning.reads.push(probe);
            }
        }
        let reads = &self.learning.reads;
        b.build(&expr, &|b, name| {
            if let Some(v) = rule.variable(name) {
                return Some(b.variables[v]);
            }
            if let Some(s) = rule.source(name) {
                return Some(b.visit(Visit::Source(s)));
            }
            if let Some(t) = rule.trace(Of::Pre, name) {
                return Some(b.pre(rule.pre + t));
            }
            if let Some(t) = rule.trace(Of::Post, name) {
                return Some(b.post(rule.post + t));
            }
            let read = reads.iter().position(|r| r == name || *r == format!("{host}.{name}"))?;
            Some(b.input(Gather::Read(read)))
        })
    }
}
