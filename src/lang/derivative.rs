//! Symbolic derivatives of expressions.

use super::{
    algebra::{binary, call, mentions, unary},
    ast::{Binary, Expr, Func, Node, Unary},
};

/// The derivative of `expr` with respect to the variable `name`, simplified; piecewise for `where`, `min`, `max`, `clip`,
/// `abs`, whose borders are ignored. `None` where there is none: `floor` and random numbers of the variable.
///
/// Every literal of the result is in internal units and without dimension.
pub fn derivative(expr: &Expr, name: &str) -> Option<Expr> {
    let d = |e: &Expr| derivative(e, name);
    let zero = || Some(Expr::number(0.0));
    if !mentions(expr, name) {
        return zero();
    }
    match &*expr.node {
        Node::Literal(_) | Node::Data(_) => zero(),
        Node::Name(_) => Some(Expr::number(1.0)),
        Node::Unary(Unary::Neg, a) => Some(unary(Unary::Neg, d(a)?)),
        Node::Unary(Unary::Not, _) => zero(),
        Node::Binary(op, ..) if op.is_condition() => zero(),
        Node::Binary(op @ (Binary::Add | Binary::Sub), a, b) => Some(binary(*op, d(a)?, d(b)?)),
        Node::Binary(Binary::Mul, a, b) => Some(add(mul(d(a)?, b.clone()), mul(a.clone(), d(b)?))),
        Node::Binary(Binary::Div, a, b) if !mentions(b, name) => Some(div(d(a)?, b.clone())),
        Node::Binary(Binary::Div, a, b) => {
            let above = binary(Binary::Sub, mul(d(a)?, b.clone()), mul(a.clone(), d(b)?));
            Some(div(above, binary(Binary::Pow, b.clone(), Expr::number(2.0))))
        }
        Node::Binary(Binary::Pow, a, b) if !mentions(b, name) => {
            let less = binary(Binary::Sub, b.clone(), Expr::number(1.0));
            Some(mul(mul(b.clone(), binary(Binary::Pow, a.clone(), less)), d(a)?))
        }
        Node::Binary(_, a, b) => {
            let of_exponent = mul(d(b)?, call(Func::Log, vec![a.clone()]));
            let of_base = div(mul(b.clone(), d(a)?), a.clone());
            Some(mul(expr.clone(), add(of_exponent, of_base)))
        }
        Node::Call(function, arguments) => of_call(*function, arguments, expr, &d),
    }
}

fn of_call(function: Func, arguments: &[Expr], whole: &Expr, d: &dyn Fn(&Expr) -> Option<Expr>) -> Option<Expr> {
    let number = Expr::number;
    let x = arguments.first()?;
    let compare = |op, a: &Expr, b: &Expr| binary(op, a.clone(), b.clone());
    let choose = |condition, a, b| call(Func::Where, vec![condition, a, b]);
    let outer = match function {
        Func::Exp => whole.clone(),
        Func::Log => return Some(div(d(x)?, x.clone())),
        Func::Sqrt => return Some(div(d(x)?, mul(number(2.0), whole.clone()))),
        Func::Sin => call(Func::Cos, vec![x.clone()]),
        Func::Cos => unary(Unary::Neg, call(Func::Sin, vec![x.clone()])),
        Func::Tanh => binary(Binary::Sub, number(1.0), binary(Binary::Pow, whole.clone(), number(2.0))),
        Func::Exprel => exprel(x, whole),
        Func::Abs => choose(compare(Binary::Lt, x, &number(0.0)), number(-1.0), number(1.0)),
        Func::Min => return Some(choose(compare(Binary::Le, x, &arguments[1]), d(x)?, d(&arguments[1])?)),
        Func::Max => return Some(choose(compare(Binary::Ge, x, &arguments[1]), d(x)?, d(&arguments[1])?)),
        Func::Where => return Some(choose(x.clone(), d(&arguments[1])?, d(&arguments[2])?)),
        Func::Clip => {
            let (low, high) = (&arguments[1], &arguments[2]);
            let not_above = choose(compare(Binary::Gt, x, high), d(high)?, d(x)?);
            return Some(choose(compare(Binary::Lt, x, low), d(low)?, not_above));
        }
        Func::Floor | Func::Rand | Func::Binomial => return None,
        Func::Uniform | Func::Normal | Func::LogNormal | Func::Exponential | Func::Gamma => return None,
    };
    Some(mul(outer, d(x)?))
}

/// (exp(x) - exprel(x))/x; near 0, where that cancels, its Taylor series (next term x^5/840, 1.2e-13 at 0.01).
fn exprel(x: &Expr, whole: &Expr) -> Expr {
    let number = Expr::number;
    let series = [1.0 / 144.0, 1.0 / 30.0, 1.0 / 8.0, 1.0 / 3.0, 1.0 / 2.0]
        .into_iter()
        .fold(number(0.0), |sum, c| add(mul(sum, x.clone()), number(c)));
    let far = div(binary(Binary::Sub, call(Func::Exp, vec![x.clone()]), whole.clone()), x.clone());
    let near = binary(Binary::Lt, call(Func::Abs, vec![x.clone()]), number(0.01));
    call(Func::Where, vec![near, series, far])
}

fn add(a: Expr, b: Expr) -> Expr {
    binary(Binary::Add, a, b)
}
fn mul(a: Expr, b: Expr) -> Expr {
    binary(Binary::Mul, a, b)
}
fn div(a: Expr, b: Expr) -> Expr {
    binary(Binary::Div, a, b)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{eval::eval_at, parse::parse_expr},
        *,
    };

    #[test]
    fn derivatives_equal_difference_quotients() {
        let texts = [
            "3*x^2 - x/4 + 7",
            "(x + 1)/(x^2 + 2)",
            "x^x",
            "2^x",
            "exp(-x^2/3)*sin(4*x)",
            "log(1 + x^2)*cos(x)",
            "sqrt(x + 2)*tanh(x/2)",
            "exprel(x*3) + exprel(x/1000)",
            "abs(x - 5) + min(x, 9)*max(2*x, -3)",
            "clip(x^2, 0, 100) + where(x > 0, x^3, 0)",
        ];
        for text in texts {
            let expr = parse_expr(text, 0).unwrap();
            let slope = derivative(&expr, "x").unwrap();
            for x in [0.3, 0.9, 1.7] {
                let f = |x| eval_at(&expr, "x", x);
                let h = 1e-3;
                // Fourth-order difference: error about h^4.
                let quotient = (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h);
                let exact = eval_at(&slope, "x", x);
                assert!((exact - quotient).abs() < 1e-8 * (1.0 + exact.abs()), "{text} at {x}: {exact}, {quotient}");
            }
        }
    }

    #[test]
    fn linear_equations_have_constant_slopes() {
        let slope = |text: &str| derivative(&parse_expr(text, 0).unwrap(), "v").unwrap().text();
        assert_eq!(slope("(g_L*(E_L - v) + I)/C_m"), "-g_L/C_m");
        assert_eq!(slope("-v/tau"), "-1/tau");
        assert_eq!(slope("a*(1 - v) - b*v"), "-a - b");
        assert_eq!(slope("u"), "0");
        assert!(derivative(&parse_expr("floor(v)", 0).unwrap(), "v").is_none());
        assert_eq!(slope("floor(u)*v"), "floor(u)");
    }

    #[test]
    fn exprel_is_smooth_at_zero() {
        let slope = derivative(&parse_expr("exprel(x)", 0).unwrap(), "x").unwrap();
        assert_eq!(eval_at(&slope, "x", 0.0), 0.5);
        let jump = eval_at(&slope, "x", 0.01 - 1e-15) - eval_at(&slope, "x", 0.01);
        assert!(jump.abs() < 1e-10 / 840.0 + 2e-14, "{jump}");
    }
}
