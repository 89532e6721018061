//! The summands of dv/dt, and the driving force in each.

use crate::{
    lab::Subject,
    lang::{
        algebra::{binary, has_random, mentions, simplify, substitute},
        ast::{Binary, Expr, Node, Unary},
    },
};

/// A summand of dv/dt: its sign, what it is called, the expression and what divides it.
pub struct Term {
    pub negative: bool,
    pub name: Option<String>,
    pub expr: Expr,
    pub divisors: Vec<Expr>,
}

/// With assignments written in; parameters stay.
pub fn assigned(subject: &Subject, expr: &Expr) -> Expr {
    let equations = &subject.model.equations;
    let inline = |e: Expr| {
        substitute(&e, &|n| equations.iter().find(|e| !e.differential && &*e.name == n).map(|e| e.expr.clone()))
    };
    (0..equations.len()).fold(expr.clone(), |e, _| inline(e))
}

/// Summands, through brackets that are divided by something and assignments that are sums themselves.
pub fn split(subject: &Subject, expr: &Expr, negative: bool, divisors: &[Expr], out: &mut Vec<Term>) {
    let assignment = |name: &str| subject.model.equations.iter().find(|e| !e.differential && &*e.name == name);
    match &*expr.node {
        Node::Binary(op @ (Binary::Add | Binary::Sub), a, b) => {
            split(subject, a, negative, divisors, out);
            split(subject, b, negative != (*op == Binary::Sub), divisors, out);
        }
        Node::Unary(Unary::Neg, a) => split(subject, a, !negative, divisors, out),
        Node::Binary(Binary::Div, a, b) => {
            split(subject, a, negative, &[divisors, std::slice::from_ref(b)].concat(), out)
        }
        Node::Name(name) => match assignment(name) {
            Some(sum) if matches!(&*sum.expr.node, Node::Binary(Binary::Add | Binary::Sub, ..)) => {
                split(subject, &sum.expr, negative, divisors, out);
            }
            _ => {
                let (name, expr) = (Some(name.to_string()), expr.clone());
                out.push(Term { negative, name, expr, divisors: divisors.into() });
            }
        },
        _ => out.push(Term { negative, name: None, expr: expr.clone(), divisors: divisors.into() }),
    }
}

/// Injected currents, noise, and constant currents that are 0.
pub fn left_out(subject: &Subject, expr: &Expr) -> bool {
    let value = subject.inlined(expr);
    mentions(&value, "I_syn") || has_random(&value) || simplify(&value).literal() == Some(0.0)
}

/// A current as a conductance times a driving force.
pub struct Driven {
    pub conductance: Expr,
    /// Name of the reversal potential.
    pub reversal: Option<String>,
    /// `v - E` rather than `E - v`.
    pub negative: bool,
}

/// A product with one factor `E - v` or `v - E`; the other factors are the conductance.
pub fn driving_force(subject: &Subject, expr: &Expr) -> Option<Driven> {
    let looked_up = match &*expr.node {
        Node::Name(name) => subject.model.equations.iter().find(|e| !e.differential && e.name == *name)?.expr.clone(),
        _ => expr.clone(),
    };
    let (mut above, mut below) = (Vec::new(), Vec::new());
    factors(&looked_up, true, &mut above, &mut below);
    let is_v = |e: &Expr| matches!(&*e.node, Node::Name(name) if &**name == "v");
    let force = |e: &Expr| match &*e.node {
        Node::Binary(Binary::Sub, a, b) if is_v(b) && !mentions(&assigned(subject, a), "v") => Some((a.clone(), false)),
        Node::Binary(Binary::Sub, a, b) if is_v(a) && !mentions(&assigned(subject, b), "v") => Some((b.clone(), true)),
        _ => None,
    };
    let at = above.iter().position(|e| force(e).is_some())?;
    let (reversal, mut negative) = force(&above.remove(at)).expect("just found");
    negative ^= matches!(&*looked_up.node, Node::Unary(Unary::Neg, _));
    let product = above.into_iter().reduce(|a, b| binary(Binary::Mul, a, b))?;
    let conductance = below.into_iter().fold(product, |a, b| binary(Binary::Div, a, b));
    let reversal = match &*reversal.node {
        Node::Name(name) => Some(name.to_string()),
        _ => None,
    };
    Some(Driven { conductance, reversal, negative })
}

fn factors(expr: &Expr, up: bool, above: &mut Vec<Expr>, below: &mut Vec<Expr>) {
    match &*expr.node {
        Node::Binary(Binary::Mul, a, b) => {
            factors(a, up, above, below);
            factors(b, up, above, below);
        }
        Node::Binary(Binary::Div, a, b) => {
            factors(a, up, above, below);
            factors(b, !up, above, below);
        }
        Node::Unary(Unary::Neg, a) if up && above.is_empty() && below.is_empty() => factors(a, up, above, below),
        _ if up => above.push(expr.clone()),
        _ => below.push(expr.clone()),
    }
}
