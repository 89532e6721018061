//! Interval arithmetic: between which values an expression lies.

use super::{
    ast::{Binary, Expr, Func, Node, Unary},
    eval::{apply, eval_constant},
};

const ALL: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

/// The least and greatest value that an expression can have, infinite where this is not easily seen.
/// Names may have any value; what depends on one of them twice gets a wider interval than it needs.
pub fn bounds(expr: &Expr) -> (f64, f64) {
    let (low, high) = match &*expr.node {
        Node::Literal(q) => (q.value, q.value),
        Node::Name(name) if &**name == "distance" || &**name == "i" || &**name == "j" => (0.0, f64::INFINITY),
        Node::Name(_) => ALL,
        Node::Data(column) => {
            column.values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)))
        }
        Node::Unary(Unary::Neg, a) => {
            let (low, high) = bounds(a);
            (-high, -low)
        }
        Node::Unary(Unary::Not, _) => (0.0, 1.0),
        Node::Binary(op, ..) if op.is_condition() => (0.0, 1.0),
        Node::Binary(op, a, b) => of_binary(*op, bounds(a), bounds(b)),
        Node::Call(function, arguments) => of_call(*function, arguments),
    };
    if low <= high { (low, high) } else { ALL }
}

fn of_binary(op: Binary, a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    // 0 times infinity is 0 here: an infinite border is never reached.
    let times = |x: f64, y: f64| if x == 0.0 || y == 0.0 { 0.0 } else { x * y };
    let product = |b: (f64, f64)| {
        let corners = [times(a.0, b.0), times(a.0, b.1), times(a.1, b.0), times(a.1, b.1)];
        corners.into_iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), c| (low.min(c), high.max(c)))
    };
    match op {
        Binary::Add => (a.0 + b.0, a.1 + b.1),
        Binary::Sub => (a.0 - b.1, a.1 - b.0),
        Binary::Mul => product(b),
        Binary::Div if b.0 > 0.0 || b.1 < 0.0 => product((1.0 / b.1, 1.0 / b.0)),
        _ => ALL,
    }
}

fn of_call(function: Func, arguments: &[Expr]) -> (f64, f64) {
    let argument = |at: usize| bounds(&arguments[at]);
    let growing = |(low, high): (f64, f64)| (apply(function, &[low]), apply(function, &[high]));
    match function {
        Func::Exp | Func::Log | Func::Sqrt | Func::Tanh | Func::Floor => growing(argument(0)),
        Func::Exprel => (0.0, f64::INFINITY),
        Func::Sin | Func::Cos => (-1.0, 1.0),
        Func::Rand => (0.0, 1.0),
        Func::Binomial => (0.0, argument(0).1.max(0.0)),
        Func::Abs => {
            let (low, high) = argument(0);
            (low.max(-high).max(0.0), high.max(-low))
        }
        Func::Min => (argument(0).0.min(argument(1).0), argument(0).1.min(argument(1).1)),
        Func::Max => (argument(0).0.max(argument(1).0), argument(0).1.max(argument(1).1)),
        Func::Clip => {
            let ((low, high), least, most) = (argument(0), argument(1), argument(2));
            (low.max(least.0).min(most.0), high.max(least.1).min(most.1))
        }
        Func::Where => (argument(1).0.min(argument(2).0), argument(1).1.max(argument(2).1)),
        Func::Uniform => (argument(0).0, argument(1).1),
        Func::Normal => {
            let border = |at: usize, none: f64| arguments.get(at).map_or(Some(none), eval_constant).unwrap_or(none);
            (border(2, f64::NEG_INFINITY), border(3, f64::INFINITY))
        }
        Func::LogNormal | Func::Exponential | Func::Gamma => (0.0, f64::INFINITY),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::parse::parse_expr, *};

    #[test]
    fn intervals() {
        let inf = f64::INFINITY;
        let cases = [
            ("2*uniform(1, 3) - 1", (1.0, 5.0)),
            ("-uniform(1, 3)", (-3.0, -1.0)),
            ("clip(normal(1.5, 0.75), 0.1, 5)", (0.1, 5.0)),
            ("max(normal(1, 1), 0.1)", (0.1, inf)),
            ("0.5 + distance/300", (0.5, inf)),
            ("1/uniform(1, 2)", (0.5, 1.0)),
            ("1/uniform(-1, 2)", (-inf, inf)),
            ("normal(0, 1, -2) + 1", (-1.0, inf)),
            ("abs(uniform(-3, 1))", (0.0, 3.0)),
            ("where(rand() < 0.5, 1, 2)", (1.0, 2.0)),
            ("exp(uniform(0, 0 + 0*rand()))", (1.0, 1.0)),
            ("x", (-inf, inf)),
        ];
        for (text, expected) in cases {
            assert_eq!(bounds(&parse_expr(text, 0).unwrap()), expected, "{text}");
        }
    }
}
