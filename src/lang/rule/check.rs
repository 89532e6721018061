//! What makes a rule sound: every name known where it stands, every unit right, every statement possible.

use std::{collections::BTreeSet, ops::Range};

use super::{
    super::{
        algebra::{has_random, names, visit},
        ast::{Expr, Func, Node, Unary},
        equation::{Assign, Statement},
        units::{Scope, dimension},
    },
    Rule,
    place::{Place, names_at},
};
use crate::{
    error::{Error, Result, did_you_mean},
    quantity::Dim,
};

/// Names that no rule can declare.
const BUILT_IN: [&str; 9] = ["w", "v", "t", "dt", "pi", "quanta", "since_pre", "since_post", "post_event"];

/// Everything that can be wrong with a rule once it is read.
pub fn rule(rule: &Rule) -> Result<()> {
    let check = Check { rule };
    check.declarations()?;
    for t in &rule.traces {
        check.has(&t.tau, Place::Fixed, Dim::TIME, &format!("tau of trace {}", t.name))?;
        if let Some(jump) = &t.jump {
            check.has(jump, Place::Fixed, Dim::NONE, &format!("jump of trace {}", t.name))?;
        }
    }
    for v in &rule.variables {
        if let Some(tau) = &v.tau {
            check.has(tau, Place::Fixed, Dim::TIME, &format!("tau of {}", v.name))?;
        }
        if let Some(initial) = &v.initial {
            check.has(initial, Place::Fixed, v.dim, &format!("initial {}", v.name))?;
        }
    }
    for statement in &rule.on_pre {
        check.statement(statement, "on_pre")?;
    }
    for statement in &rule.on_post {
        check.statement(statement, "on_post")?;
    }
    for bound in rule.bounds.iter().flatten() {
        check.has(bound, Place::Fixed, rule.weight, "bounds")?;
    }
    if let Some(transmit) = &rule.transmit {
        check.has(transmit, Place::Transmit, rule.weight, "transmit")?;
    }
    for (expr, key) in rule.quanta.iter().flatten().zip(["quanta.n", "quanta.p"]) {
        check.has(expr, Place::Source, Dim::NONE, key)?;
    }
    if let Some(drift) = &rule.drift {
        check.has(drift, Place::Drift, rule.weight / Dim::TIME, "drift")?;
    }
    for e in &rule.equations {
        let (want, what) = match e.differential {
            true => (e.dim / Dim::TIME, format!("d{}/dt", e.name)),
            false => (e.dim, e.name.to_string()),
        };
        check.has(&e.expr, Place::Neuron, want, &what)?;
        if e.by_statements {
            let message = format!("`{}` has no equation", e.name);
            return Err(check.error(
                &e.name_span,
                message,
                "write its equation; what each synapse has stands in [variables]",
            ));
        }
    }
    if let Some(event) = &rule.post_event {
        let condition = match &*event.node {
            Node::Binary(op, ..) => op.is_condition(),
            Node::Unary(op, _) => *op == Unary::Not,
            _ => false,
        };
        if !condition {
            let message = format!("post_event = {event} is not a condition");
            return Err(check.error(&event.span, message, "write e.g. v > theta_plus"));
        }
        check.has(event, Place::Neuron, Dim::NONE, "post_event")?;
    }
    Ok(())
}

struct Check<'a> {
    rule: &'a Rule,
}

impl Check<'_> {
    fn error(&self, span: &Range<usize>, message: impl Into<String>, help: &str) -> Error {
        Error::input(message).help(help).at(&self.rule.source, span.clone())
    }

    fn has(&self, expr: &Expr, place: Place, want: Dim, what: &str) -> Result<()> {
        let known = names_at(self.rule, place);
        let mut misplaced = None;
        visit(expr, &mut |e| match &*e.node {
            Node::Name(name) if known.dim(name).is_none() && self.declares(name) => misplaced = Some(e.clone()),
            _ => {}
        });
        if let Some(name) = misplaced {
            let message = format!("{what}: `{name}` cannot stand here");
            return Err(self.error(&name.span, message, self.instead(place, &name.text())));
        }
        let dim = dimension(expr, &known).map_err(|f| f.of(what).at(&self.rule.source))?;
        if has_random(expr) {
            let message = format!("{what} is random");
            return Err(self.error(&expr.span, message, "a rule has `quanta` for random release, and no other chance"));
        }
        if dim == want {
            return Ok(());
        }
        let unit = |dim: Dim| if dim == Dim::NONE { "a plain number".to_string() } else { format!("in {dim}") };
        let message = format!("{what}: {expr} is {}, it must be {}", unit(dim), unit(want));
        let weight = self.rule.weight;
        let help = match want == weight && weight != Dim::NONE {
            true => {
                format!("weights are in {weight} here; a parameter with unit = \"weight\", such as w_max, suits any")
            }
            false => "correct the expression or the unit of what is in it".into(),
        };
        Err(self.error(&expr.span, message, &help))
    }

    /// Names that stand somewhere in a rule.
    fn declares(&self, name: &str) -> bool {
        let rule = self.rule;
        let built_in = ["w", "v", "quanta", "since_pre", "since_post"].contains(&name);
        let own = || rule.traces.iter().map(|t| &t.name).chain(rule.variables.iter().map(|v| &v.name));
        built_in || own().any(|n| n == name) || rule.equations.iter().any(|e| *e.name == *name)
    }

    /// What may stand at a place, where `name` may not.
    fn instead(&self, place: Place, name: &str) -> &'static str {
        match place {
            Place::Fixed => "this is computed before the run, from parameters alone",
            Place::Source => "use variables that are per = \"source\", since_pre and parameters",
            Place::Event | Place::Transmit if name == "quanta" => {
                "`transmit` may use it, in a rule that has quanta = { n = ..., p = ... }"
            }
            Place::Event | Place::Transmit => "a trace of the modulator acts between spikes: use it in `drift`",
            Place::Drift => {
                "use traces of the modulator, parameters, and variables per synapse, which on_pre and on_post change"
            }
            Place::Neuron => "equations of the neuron may use v, each other and parameters",
        }
    }

    fn declarations(&self) -> Result<()> {
        let rule = self.rule;
        let parameters = rule.parameters.iter().map(|p| (p.name.to_string(), p.value.span.clone()));
        let traces = rule.traces.iter().map(|t| (t.name.clone(), t.name_span.clone()));
        let variables = rule.variables.iter().map(|v| (v.name.clone(), v.name_span.clone()));
        let equations = rule.equations.iter().map(|e| (e.name.to_string(), e.name_span.clone()));
        let mut seen = BTreeSet::new();
        for (name, span) in parameters.chain(traces).chain(variables).chain(equations) {
            let function = Func::ALL.iter().any(|f| f.1 == name) || ["and", "or", "not", "pow"].contains(&&*name);
            if function || BUILT_IN.contains(&&*name) {
                let message = format!("`{name}` is declared here, but it is the name of something built in");
                return Err(self.error(&span, message, "choose another name"));
            }
            if !seen.insert(name.clone()) {
                return Err(self.error(&span, format!("`{name}` is declared twice"), "remove or rename one of them"));
            }
        }
        Ok(())
    }

    fn statement(&self, statement: &Statement, key: &str) -> Result<()> {
        let rule = self.rule;
        let of_source = rule.variables.iter().find(|v| v.per_source && *v.name == *statement.target);
        let own = rule.variables.iter().find(|v| *v.name == *statement.target);
        let dim = match own {
            Some(v) => v.dim,
            None if &*statement.target == "w" => rule.weight,
            None => {
                let known = rule.variables.iter().map(|v| &*v.name).chain(["w"]);
                let help = match rule.traces.iter().any(|t| *t.name == *statement.target) {
                    true => "a trace jumps by itself at every spike".to_string(),
                    false => did_you_mean(&statement.target, known),
                };
                let message = format!("{key}: `{}` is neither the weight nor a variable of the rule", statement.target);
                return Err(self.error(&statement.target_span, message, &help));
            }
        };
        if of_source.is_some() && key == "on_post" {
            let message = format!("on_post cannot change `{}`, which is one value per source", statement.target);
            return Err(self.error(
                &statement.target_span,
                message,
                "change it in on_pre, or make it per = \"synapse\"",
            ));
        }
        let place = if of_source.is_some() { Place::Source } else { Place::Event };
        if place == Place::Source
            && let Some(name) = names(&statement.expr).iter().find(|n| {
                names_at(rule, Place::Event).dim(n).is_some() && names_at(rule, Place::Source).dim(n).is_none()
            })
        {
            let message =
                format!("{key}: `{}` is one value per source and cannot depend on `{name}`", statement.target);
            let help = "use variables that are per = \"source\", since_pre and parameters";
            return Err(self.error(&statement.expr.span, message, help));
        }
        let want = if statement.op == Assign::Mul { Dim::NONE } else { dim };
        self.has(&statement.expr, place, want, &format!("{key} of {}", statement.target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Source;

    const HEAD: &str = "kind = 'plasticity'\ntitle = 'A'\n";
    const REST: &str = "
[traces]
x = { of = 'pre', tau = 'tau' }
y = { of = 'post', tau = 'tau' }
[variables]
c = { unit = 'weight', tau = 'tau' }
u = { per = 'source', initial = 'U' }
[parameters]
tau = { value = '20 ms', meaning = 'm', above = '0 ms' }
U = { value = 0.5, meaning = 'm' }
w_max = { unit = 'weight', meaning = 'm', above = 0 }
";

    fn read(top: &str) -> Result<Rule> {
        Rule::parse("a", Source::new("a.toml", format!("{HEAD}{top}{REST}")), Dim::CONDUCTANCE)
    }

    #[test]
    fn a_rule_is_read_with_units_of_its_weight() {
        let rule = read(
            "on_pre = 'u = U + u*exp(-since_pre/tau); w -= 0.1*w_max*y'\nbounds = ['0 nS', 'w_max']\ntransmit = 'w*u'",
        );
        let rule = rule.unwrap_or_else(|e| panic!("{}", e.report()));
        assert_eq!((rule.on_pre.len(), rule.variables[0].dim), (2, Dim::CONDUCTANCE));
        assert!(rule.parameters.iter().any(|p| &*p.name == "w_max" && p.required));
    }

    #[test]
    fn mistakes_point_into_the_file() {
        for (top, message, help) in [
            ("on_pre = 'w -= w_mx*y'", "on_pre of w: `w_mx` is not known here", "did you mean \"w_max\"?"),
            ("on_pre = 'w -= 0.1*y'", "on_pre of w: 0.1*y is a plain number, it must be in nS", "w_max"),
            ("on_pre = 'x += 1'", "on_pre: `x` is neither the weight nor a variable", "jumps by itself"),
            ("on_post = 'u = 1'", "on_post cannot change `u`", "on_pre"),
            ("on_pre = 'u = y'", "on_pre: `u` is one value per source and cannot depend on `y`", "since_pre"),
            ("on_pre = 'w *= rand()'", "on_pre of w is random", "quanta"),
            ("bounds = ['0 pA', 'w_max']", "bounds: 0 pA is in pA, it must be in nS", "weight"),
            ("bounds = ['0 nS']", "two values are needed here", "w_max"),
            ("transmit = 'w*quanta'", "transmit: `quanta` cannot stand here", "n = ..., p = ..."),
            ("quanta = { n = 5 }", "quanta: `p` is missing", "add p"),
            ("drift = 'c*x/ms'", "drift: `x` cannot stand here", "traces of the modulator"),
            ("post_event = 'v'", "post_event = v is not a condition", "v >"),
            ("on_spike = 'w += w'", "unknown key `on_spike`", "known here"),
        ] {
            let report = read(top).expect_err(top).report();
            assert!(report.contains(message) && report.contains(help) && report.contains("a.toml:"), "{top}\n{report}");
        }
    }
}
