//! Products of gates: the share of channels that is open in the steady state.

use super::{Open, along};
use crate::lang::{
    Expr,
    algebra::{binary, substitute},
    ast::{Binary, Node},
    flow::{Flow, depends_on},
};

/// All products of gates in the equation of the potential; a single gate to the power 1 is its own curve and no product.
pub fn products(flow: &Flow, v: usize, steady: &[(String, Expr)], voltages: &[f64]) -> Vec<Open> {
    let mut found = Vec::new();
    collect(flow, &flow.variables[v].rhs, steady, &mut found);
    let mut out: Vec<Open> = Vec::new();
    for product in found {
        let name = product.text();
        let gates = depends_on(flow, &product).len();
        if matches!(&*product.node, Node::Name(_)) || out.iter().any(|o| o.name == name) {
            continue;
        }
        let there = substitute(&product, &|n| steady.iter().find(|s| s.0 == n).map(|s| s.1.clone()));
        out.push(Open { name, window: gates > 1, values: along(flow, v, &there, voltages) });
    }
    out
}

/// Goes through sums; of each product the factors that consist of gates alone stay together.
fn collect(flow: &Flow, expr: &Expr, gates: &[(String, Expr)], found: &mut Vec<Expr>) {
    match &*expr.node {
        Node::Binary(Binary::Mul | Binary::Div, ..) => {
            let mut factors = Vec::new();
            flatten(expr, &mut factors);
            let (own, others): (Vec<&Expr>, Vec<&Expr>) = factors.into_iter().partition(|f| of_gates(flow, f, gates));
            found.extend(own.into_iter().cloned().reduce(|a, b| binary(Binary::Mul, a, b)));
            others.into_iter().for_each(|other| collect(flow, other, gates, found));
        }
        Node::Binary(_, a, b) => [a, b].into_iter().for_each(|e| collect(flow, e, gates, found)),
        Node::Unary(_, a) => collect(flow, a, gates, found),
        Node::Call(_, arguments) => arguments.iter().for_each(|e| collect(flow, e, gates, found)),
        Node::Literal(_) | Node::Name(_) | Node::Data(_) => {}
    }
}

/// Factors of a product and of a fraction's numerator.
fn flatten<'a>(expr: &'a Expr, factors: &mut Vec<&'a Expr>) {
    match &*expr.node {
        Node::Binary(Binary::Mul, a, b) => {
            flatten(a, factors);
            flatten(b, factors);
        }
        Node::Binary(Binary::Div, a, _) => flatten(a, factors),
        _ => factors.push(expr),
    }
}

fn of_gates(flow: &Flow, expr: &Expr, gates: &[(String, Expr)]) -> bool {
    let names = depends_on(flow, expr);
    !names.is_empty() && names.iter().all(|n| gates.iter().any(|g| *g.0 == **n))
}
