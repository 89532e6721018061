//! Wirings: every rule has the statistics it promises, every mistake is refused, every spike is delivered once at t + d.

mod delivery;
mod refusals;
mod rules;

use std::sync::Arc;

use bouton::{
    connect::{PopRef, Positions, Rule, Wiring},
    lang::{
        ast::{Binary, Expr, Func, Node, Unary},
        sampler::Sampler,
    },
    quantity::{Dim, Quantity},
};

pub(crate) fn expr(node: Node) -> Expr {
    Expr { node: Arc::new(node), span: 0..0 }
}
pub(crate) fn number(value: f64) -> Expr {
    expr(Node::Literal(Quantity { value, dim: Dim::default() }))
}
/// peak * exp(-distance/scale)
pub(crate) fn exponential_profile(peak: f64, scale: f64) -> Expr {
    let distance = expr(Node::Name("distance".into()));
    let ratio = expr(Node::Binary(Binary::Div, distance, number(scale)));
    let decay = expr(Node::Call(Func::Exp, vec![expr(Node::Unary(Unary::Neg, ratio))]));
    expr(Node::Binary(Binary::Mul, number(peak), decay))
}

pub(crate) fn pop(population: usize, first_gid: u32, size: u32) -> PopRef {
    PopRef { population, first_gid, size, stride: 1 }
}

/// A wiring with weight 1 and delay 1 ms, dt 0.1 ms, that a test changes where it needs to.
pub(crate) fn wiring(from: PopRef, to: PopRef, rule: Rule) -> Wiring {
    let (weight, delay) = (Sampler::Constant(1.0), Sampler::Constant(1.0));
    let (autapses, multapses, positions) = (true, true, None);
    Wiring {
        from,
        to,
        receptor: 0,
        rule,
        autapses,
        multapses,
        symmetric: false,
        key: 11,
        weight_key: 12,
        weight,
        delay,
        dt: 0.1,
        positions,
    }
}

/// Points on a line, 1 um apart.
pub(crate) fn line(from: u32, to: u32) -> Option<Positions> {
    let points = |n: u32| (0..n).map(|k| [f64::from(k), 0.0, 0.0]).collect();
    Some(Positions { from: points(from), to: points(to) })
}
