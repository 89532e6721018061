//! Interval arithmetic on expressions: between which values can a delay or a probability lie?

use crate::lang::ast::{Binary, Expr, Func, Node, Unary};

/// From, to (included). Everything that is not known is from minus to plus infinity.
pub(crate) type Interval = (f64, f64);

const ANY: Interval = (f64::NEG_INFINITY, f64::INFINITY);
const CONDITION: Interval = (0.0, 1.0);

/// An interval that holds every value of `expr`, when each name lies in the interval that `names` gives. It may be
/// wider than needed where a name stands more than once.
pub(crate) fn interval(expr: &Expr, names: &dyn Fn(&str) -> Option<Interval>) -> Interval {
    let of = |e: &Expr| interval(e, names);
    let (low, high) = match &*expr.node {
        Node::Literal(quantity) => (quantity.value, quantity.value),
        Node::Name(name) => names(name).unwrap_or(ANY),
        Node::Data(column) => {
            column.values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| (l.min(x), h.max(x)))
        }
        Node::Unary(Unary::Neg, a) => {
            let (l, h) = of(a);
            (-h, -l)
        }
        Node::Unary(Unary::Not, _) => CONDITION,
        Node::Binary(op, a, b) => binary(*op, of(a), of(b)),
        Node::Call(func, args) => call(*func, &args.iter().map(of).collect::<Vec<_>>()),
    };
    // NaN comes from infinity minus infinity and its like: nothing is known.
    if low.is_nan() || high.is_nan() { ANY } else { (low, high) }
}

fn binary(op: Binary, a: Interval, b: Interval) -> Interval {
    match op {
        Binary::Add => (a.0 + b.0, a.1 + b.1),
        Binary::Sub => (a.0 - b.1, a.1 - b.0),
        Binary::Mul => product(a, b),
        Binary::Div if b.0 > 0.0 || b.1 < 0.0 => product(a, (1.0 / b.1, 1.0 / b.0)),
        Binary::Div => ANY,
        Binary::Pow => power(a, b),
        Binary::Lt if a.1 < b.0 => (1.0, 1.0),
        Binary::Lt if a.0 >= b.1 => (0.0, 0.0),
        Binary::Le if a.1 <= b.0 => (1.0, 1.0),
        Binary::Le if a.0 > b.1 => (0.0, 0.0),
        Binary::Gt if a.0 > b.1 => (1.0, 1.0),
        Binary::Gt if a.1 <= b.0 => (0.0, 0.0),
        Binary::Ge if a.0 >= b.1 => (1.0, 1.0),
        Binary::Ge if a.1 < b.0 => (0.0, 0.0),
        Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge | Binary::Eq | Binary::Ne | Binary::And | Binary::Or => {
            CONDITION
        }
    }
}

fn product(a: Interval, b: Interval) -> Interval {
    // 0 times infinity is 0 here: the bound of a factor is never reached by an infinite value of the other.
    let times = |x: f64, y: f64| if x == 0.0 || y == 0.0 { 0.0 } else { x * y };
    hull(&[times(a.0, b.0), times(a.0, b.1), times(a.1, b.0), times(a.1, b.1)])
}

fn power(a: Interval, b: Interval) -> Interval {
    if a.0 > 0.0 || (a.0 == 0.0 && b.0 >= 0.0) {
        // Monotone in each argument while the base does not change sign.
        hull(&[a.0.powf(b.0), a.0.powf(b.1), a.1.powf(b.0), a.1.powf(b.1)])
    } else if b.0 == b.1 && b.0 > 0.0 && b.0 % 2.0 == 0.0 {
        let largest = a.0.abs().max(a.1.abs());
        (if a.1 < 0.0 { a.1.powf(b.0) } else { 0.0 }, largest.powf(b.0))
    } else if b.0 == b.1 && b.0 > 0.0 && b.0 % 2.0 == 1.0 {
        (a.0.powf(b.0), a.1.powf(b.0))
    } else {
        ANY
    }
}

fn hull(values: &[f64]) -> Interval {
    if values.iter().any(|x| x.is_nan()) {
        return ANY;
    }
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| (l.min(x), h.max(x)))
}

fn call(func: Func, args: &[Interval]) -> Interval {
    let rising = |f: fn(f64) -> f64| (f(args[0].0), f(args[0].1));
    match func {
        Func::Exp => rising(f64::exp),
        Func::Log => rising(f64::ln),
        Func::Sqrt => rising(f64::sqrt),
        Func::Tanh => rising(f64::tanh),
        Func::Floor => rising(f64::floor),
        Func::Exprel => rising(|x| if x == 0.0 { 1.0 } else { x.exp_m1() / x }),
        Func::Abs => {
            let (l, h) = args[0];
            (l.max(-h).max(0.0), h.max(-l))
        }
        Func::Min => (args[0].0.min(args[1].0), args[0].1.min(args[1].1)),
        Func::Max => (args[0].0.max(args[1].0), args[0].1.max(args[1].1)),
        Func::Clip => (args[0].0.max(args[1].0).min(args[2].0), args[0].1.max(args[1].1).min(args[2].1)),
        Func::Sin | Func::Cos => (-1.0, 1.0),
        Func::Where if args[0].0 > 0.0 => args[1],
        Func::Where if args[0] == (0.0, 0.0) => args[2],
        Func::Where => hull(&[args[1].0, args[1].1, args[2].0, args[2].1]),
        Func::Rand => (0.0, 1.0),
        Func::Binomial => (0.0, args[0].1.max(0.0)),
        Func::Uniform => (args[0].0, args[1].1),
        Func::Normal if args.len() == 4 => (args[2].0, args[3].1),
        Func::Normal => ANY,
        Func::LogNormal | Func::Exponential | Func::Gamma => (0.0, f64::INFINITY),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::quantity::{Dim, Quantity};

    fn expr(node: Node) -> Expr {
        Expr { node: Arc::new(node), span: 0..0 }
    }
    fn number(value: f64) -> Expr {
        expr(Node::Literal(Quantity { value, dim: Dim::default() }))
    }
    fn bounds(node: Node) -> Interval {
        interval(&expr(node), &|name| (name == "x").then_some((-1.0, 2.0)))
    }
    fn x() -> Expr {
        expr(Node::Name("x".into()))
    }

    #[test]
    fn operators() {
        let of = |op, b: f64| bounds(Node::Binary(op, x(), number(b)));
        assert_eq!(of(Binary::Add, 3.0), (2.0, 5.0));
        assert_eq!(of(Binary::Sub, 3.0), (-4.0, -1.0));
        assert_eq!(of(Binary::Mul, -2.0), (-4.0, 2.0));
        assert_eq!(of(Binary::Div, -2.0), (-1.0, 0.5));
        assert_eq!(of(Binary::Pow, 2.0), (0.0, 4.0));
        assert_eq!(of(Binary::Pow, 3.0), (-1.0, 8.0));
        assert_eq!(of(Binary::Pow, 0.5), ANY);
        assert_eq!(of(Binary::Lt, 3.0), (1.0, 1.0));
        assert_eq!(of(Binary::Gt, 2.0), (0.0, 0.0));
        assert_eq!(of(Binary::Gt, 1.0), CONDITION);
        assert_eq!(bounds(Node::Binary(Binary::Div, number(1.0), x())), ANY);
        assert_eq!(bounds(Node::Unary(Unary::Neg, x())), (-2.0, 1.0));
    }

    #[test]
    fn functions() {
        let of = |func, args: &[f64]| {
            bounds(Node::Call(func, std::iter::once(x()).chain(args.iter().map(|&a| number(a))).collect()))
        };
        assert_eq!(of(Func::Exp, &[]), ((-1f64).exp(), 2f64.exp()));
        assert_eq!(of(Func::Abs, &[]), (0.0, 2.0));
        assert_eq!(of(Func::Max, &[0.5]), (0.5, 2.0));
        assert_eq!(of(Func::Min, &[0.5]), (-1.0, 0.5));
        assert_eq!(of(Func::Clip, &[0.0, 1.0]), (0.0, 1.0));
        assert_eq!(of(Func::Where, &[5.0, 7.0]), (5.0, 7.0));
        assert_eq!(of(Func::Sqrt, &[]), ANY, "the root of a negative number is not known");
        let normal = Node::Call(Func::Normal, [1.5, 0.7, 0.1, 9.0].map(number).to_vec());
        assert_eq!(bounds(normal), (0.1, 9.0));
        assert_eq!(bounds(Node::Call(Func::Exponential, vec![number(1.0)])), (0.0, f64::INFINITY));
    }

    #[test]
    fn unknown_names_are_unbounded_but_can_be_clipped() {
        let unknown = expr(Node::Name("y".into()));
        assert_eq!(bounds(Node::Binary(Binary::Add, unknown.clone(), number(1.0))), ANY);
        assert_eq!(bounds(Node::Call(Func::Clip, vec![unknown, number(1.0), number(2.0)])), (1.0, 2.0));
    }
}
