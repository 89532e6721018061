//! dw/dt between spikes: a sum of products of decaying variables and at most one modulator trace each, integrated in closed form.

use super::super::{
    ast::{Binary, Expr, Node, Unary},
    flaw::Flaw,
};

/// `factor` times the product of these names.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub factor: f64,
    pub names: Vec<String>,
}

/// The terms of an expression whose parameters are numbers.
///
/// # Errors
/// What is not a sum of products.
pub fn terms(expr: &Expr) -> Result<Vec<Term>, Flaw> {
    let product = |a: &[Term], b: &[Term]| {
        let pair = |x: &Term, y: &Term| Term {
            factor: x.factor * y.factor,
            names: x.names.iter().chain(&y.names).cloned().collect(),
        };
        a.iter().flat_map(|x| b.iter().map(move |y| pair(x, y))).collect::<Vec<_>>()
    };
    let negative = |terms: Vec<Term>| terms.into_iter().map(|t| Term { factor: -t.factor, ..t }).collect::<Vec<_>>();
    let refuse = || {
        let help = "write a sum of products of variables, modulator traces and parameters, e.g. c*(D - b)/tau";
        Flaw::new("drift: this is not a sum of products", expr.span.clone()).help(help)
    };
    Ok(match &*expr.node {
        Node::Literal(q) => vec![Term { factor: q.value, names: Vec::new() }],
        Node::Name(name) => vec![Term { factor: 1.0, names: vec![name.to_string()] }],
        Node::Unary(Unary::Neg, a) => negative(terms(a)?),
        Node::Binary(Binary::Add, a, b) => [terms(a)?, terms(b)?].concat(),
        Node::Binary(Binary::Sub, a, b) => [terms(a)?, negative(terms(b)?)].concat(),
        Node::Binary(Binary::Mul, a, b) => product(&terms(a)?, &terms(b)?),
        Node::Binary(Binary::Div, a, b) => match super::super::eval::eval_constant(b) {
            Some(divisor) => product(&terms(a)?, &[Term { factor: 1.0 / divisor, names: Vec::new() }]),
            None => return Err(refuse()),
        },
        _ => match super::super::eval::eval_constant(expr) {
            Some(factor) => vec![Term { factor, names: Vec::new() }],
            None => return Err(refuse()),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::{super::super::parse::parse_expr, *};

    #[test]
    fn products_are_multiplied_out() {
        let found = terms(&parse_expr("c*(D - 2)/4 - -c", 0).unwrap()).unwrap();
        let shown: Vec<_> = found.iter().map(|t| (t.factor, t.names.join("*"))).collect();
        assert_eq!(shown, [(0.25, "c*D".into()), (-0.5, "c".into()), (1.0, "c".into())]);
        assert!(terms(&parse_expr("exp(c)", 0).unwrap()).unwrap_err().message.contains("not a sum of products"));
    }
}
