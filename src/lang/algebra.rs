//! Algebra on expressions: names, substitution, and constructors that fold constants.
//!
//! The folding constructors work on values in internal units and may drop the dimension of a factor 1 or a summand 0:
//! units are checked (see [`super::units`]) before anything is folded.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    ast::{Binary, Expr, Func, Node, Unary},
    eval::{apply, operate},
};
use crate::quantity::{Dim, Quantity};

impl Expr {
    /// An expression at no place of any file.
    pub fn new(node: Node) -> Expr {
        Expr { node: Arc::new(node), span: 0..0 }
    }

    /// A number without dimension.
    pub fn number(value: f64) -> Expr {
        Expr::new(Node::Literal(Quantity::number(value)))
    }

    /// A name.
    pub fn name(name: impl Into<Arc<str>>) -> Expr {
        Expr::new(Node::Name(name.into()))
    }

    /// The value in internal units, if this is a literal.
    pub fn literal(&self) -> Option<f64> {
        match &*self.node {
            Node::Literal(q) => Some(q.value),
            _ => None,
        }
    }

    /// As a person would write it; numbers are shown with twelve digits.
    pub fn text(&self) -> String {
        self.to_string()
    }

    /// The same expression at another place.
    fn at(self, place: &Expr) -> Expr {
        Expr { span: place.span.clone(), ..self }
    }
}

/// Calls `seen` on the expression and everything inside it, outermost first.
pub fn visit(expr: &Expr, seen: &mut dyn FnMut(&Expr)) {
    seen(expr);
    match &*expr.node {
        Node::Literal(_) | Node::Name(_) | Node::Data(_) => {}
        Node::Unary(_, a) => visit(a, seen),
        Node::Binary(_, a, b) => {
            visit(a, seen);
            visit(b, seen);
        }
        Node::Call(_, arguments) => arguments.iter().for_each(|a| visit(a, seen)),
    }
}

/// All names in an expression.
pub fn names(expr: &Expr) -> BTreeSet<Arc<str>> {
    let mut found = BTreeSet::new();
    visit(expr, &mut |e| {
        if let Node::Name(name) = &*e.node {
            found.insert(name.clone());
        }
    });
    found
}

/// Does `name` stand in the expression?
pub fn mentions(expr: &Expr, name: &str) -> bool {
    names(expr).contains(name)
}

/// Does a random number (`rand()` or a distribution) or a noise `xi` stand in the expression?
pub fn has_random(expr: &Expr) -> bool {
    let mut found = false;
    visit(expr, &mut |e| match &*e.node {
        Node::Call(function, _) => found |= function.is_random(),
        Node::Name(name) => found |= is_noise(name),
        _ => {}
    });
    found
}

/// Does it draw from a distribution (`rand()` aside, which programs draw in every step)?
pub fn has_distribution(expr: &Expr) -> bool {
    let mut found = false;
    visit(expr, &mut |e| {
        if let Node::Call(function, _) = &*e.node {
            found |= function.is_random() && *function != super::ast::Func::Rand;
        }
    });
    found
}

/// Is this the name of a unit white noise: `xi`, `xi_1`, `xi_anything`?
pub fn is_noise(name: &str) -> bool {
    name == "xi" || name.starts_with("xi_")
}

/// Replaces names for which `by` gives an expression. Nothing is folded, dimensions stay right.
pub fn substitute(expr: &Expr, by: &dyn Fn(&str) -> Option<Expr>) -> Expr {
    let inner = |e: &Expr| substitute(e, by);
    let node = match &*expr.node {
        Node::Literal(_) | Node::Data(_) => return expr.clone(),
        Node::Name(name) => return by(name).map_or_else(|| expr.clone(), |e| e.at(expr)),
        Node::Unary(op, a) => Node::Unary(*op, inner(a)),
        Node::Binary(op, a, b) => Node::Binary(*op, inner(a), inner(b)),
        Node::Call(function, arguments) => Node::Call(*function, arguments.iter().map(inner).collect()),
    };
    Expr::new(node).at(expr)
}

/// Folds constants everywhere and removes what does nothing (`0*x`, `1*x`, `x + 0`, `--x`).
pub fn simplify(expr: &Expr) -> Expr {
    match &*expr.node {
        Node::Literal(_) | Node::Name(_) | Node::Data(_) => expr.clone(),
        Node::Unary(op, a) => unary(*op, simplify(a)),
        Node::Binary(op, a, b) => binary(*op, simplify(a), simplify(b)),
        Node::Call(function, arguments) => call(*function, arguments.iter().map(simplify).collect()),
    }
    .at(expr)
}

/// `-a` or `not a`, folded.
pub fn unary(op: Unary, a: Expr) -> Expr {
    match (op, &*a.node) {
        (Unary::Neg, Node::Literal(q)) => Expr::new(Node::Literal(Quantity { value: -q.value, dim: q.dim })),
        (Unary::Not, Node::Literal(q)) => Expr::number(f64::from(q.value == 0.0)),
        (Unary::Neg, Node::Unary(Unary::Neg, inner)) => inner.clone(),
        (Unary::Neg, Node::Binary(Binary::Sub, x, y)) => binary(Binary::Sub, y.clone(), x.clone()),
        _ => Expr::new(Node::Unary(op, a)),
    }
}

/// `a op b`, folded.
pub fn binary(op: Binary, a: Expr, b: Expr) -> Expr {
    if let (Node::Literal(x), Node::Literal(y)) = (&*a.node, &*b.node) {
        let dim = match op {
            Binary::Add | Binary::Sub => x.dim,
            Binary::Mul => x.dim * y.dim,
            Binary::Div => x.dim / y.dim,
            Binary::Pow => x.dim.pow_halves((2.0 * y.value) as i32).unwrap_or_default(),
            _ => Dim::NONE,
        };
        return Expr::new(Node::Literal(Quantity { value: operate(op, x.value, y.value), dim }));
    }
    let negated = |e: &Expr| match &*e.node {
        Node::Unary(Unary::Neg, inner) => Some(inner.clone()),
        _ => None,
    };
    match (op, a.literal(), b.literal()) {
        (Binary::Add, Some(0.0), _) | (Binary::Mul, Some(1.0), _) => b,
        (Binary::Add | Binary::Sub, _, Some(0.0)) | (Binary::Mul | Binary::Div | Binary::Pow, _, Some(1.0)) => a,
        (Binary::Sub, Some(0.0), _) | (Binary::Mul, Some(-1.0), _) => unary(Unary::Neg, b),
        (Binary::Mul | Binary::Div, _, Some(-1.0)) => unary(Unary::Neg, a),
        (Binary::Mul | Binary::Div, Some(0.0), _) | (Binary::Mul, _, Some(0.0)) => Expr::number(0.0),
        (Binary::Pow, _, Some(0.0)) => Expr::number(1.0),
        (Binary::And, Some(0.0), _) | (Binary::And, _, Some(0.0)) => Expr::number(0.0),
        (Binary::Add, ..) if let Some(b) = negated(&b) => Expr::new(Node::Binary(Binary::Sub, a, b)),
        (Binary::Sub, ..) if let Some(b) = negated(&b) => Expr::new(Node::Binary(Binary::Add, a, b)),
        (Binary::Mul, ..) if let (Some(a), Some(b)) = (negated(&a), negated(&b)) => binary(Binary::Mul, a, b),
        _ => Expr::new(Node::Binary(op, a, b)),
    }
}

/// `f(arguments)`, folded.
pub fn call(function: Func, arguments: Vec<Expr>) -> Expr {
    if function == Func::Where {
        let same = matches!((arguments[1].literal(), arguments[2].literal()), (Some(a), Some(b)) if a == b);
        match arguments[0].literal() {
            Some(0.0) => return arguments[2].clone(),
            Some(_) => return arguments[1].clone(),
            None if same => return arguments[1].clone(),
            None => {}
        }
    }
    let values: Option<Vec<f64>> = arguments.iter().map(Expr::literal).collect();
    match values.filter(|_| !function.is_random()) {
        Some(values) => {
            let dim = match (function, &*arguments[0].node) {
                (Func::Abs | Func::Min | Func::Max | Func::Clip | Func::Floor, Node::Literal(q)) => q.dim,
                (Func::Sqrt, Node::Literal(q)) => q.dim.sqrt().unwrap_or_default(),
                _ => Dim::NONE,
            };
            Expr::new(Node::Literal(Quantity { value: apply(function, &values), dim }))
        }
        None => Expr::new(Node::Call(function, arguments)),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::parse::parse_expr, *};

    fn parsed(text: &str) -> Expr {
        parse_expr(text, 0).unwrap()
    }

    #[test]
    fn simplification_keeps_the_value() {
        let cases = [
            ("0*x + 1*y - 0", "y"),
            ("x*(2 + 3)", "x*5"),
            ("--x", "x"),
            ("-(a - b)", "b - a"),
            ("a + -b", "a - b"),
            ("a - -b", "a + b"),
            ("-a*-b", "a*b"),
            ("x^1 + x^0", "x + 1"),
            ("0 - x/1", "-x"),
            ("where(1 > 2, a, b)", "b"),
            ("where(x > 2, 3, 1 + 2)", "3"),
            ("min(3 mV, 2 mV)", "2 mV"),
            ("2 mV*3 ms/(6 ms)", "1 mV"),
            ("not 0 and x > 1", "1 and x > 1"),
            ("2*rand()", "2*rand()"),
        ];
        for (text, expected) in cases {
            assert_eq!(simplify(&parsed(text)).text(), expected, "{text}");
        }
    }

    #[test]
    fn names_are_found_and_replaced() {
        let expr = parsed("g*(E - v) + exp(v/k)");
        assert_eq!(names(&expr).iter().map(|n| &**n).collect::<Vec<_>>(), ["E", "g", "k", "v"]);
        assert!(mentions(&expr, "v") && !mentions(&expr, "w"));
        let qualified = substitute(&expr, &|name| (name != "v").then(|| Expr::name(format!("exc.{name}"))));
        assert_eq!(qualified.text(), "exc.g*(exc.E - v) + exp(v/exc.k)");
        assert_eq!(qualified.span, expr.span);
        assert!(has_random(&parsed("1 + 2*rand()")) && has_random(&parsed("s*xi_2")) && !has_random(&expr));
    }
}
