//! Expressions to numbers, one at a time: for whatever is computed before the run, and as the reference for the kernels.

use rand::{Rng, RngExt};

use super::{
    ast::{Binary, Expr, Func, Node, Unary},
    sampler,
};

/// Where the values of names and random numbers come from.
pub trait Env {
    /// The value of a name in internal units.
    fn name(&self, name: &str) -> Option<f64>;
    /// Which value of a column is meant.
    fn index(&self) -> usize {
        0
    }
    /// Where `rand()` and distributions draw from.
    fn rng(&mut self) -> Option<&mut dyn Rng> {
        None
    }
}

/// The value of an expression in internal units; conditions are 1 or 0.
///
/// # Panics
/// On names without value and random numbers without generator: both are refused before.
pub fn eval(expr: &Expr, env: &mut dyn Env) -> f64 {
    match &*expr.node {
        Node::Literal(q) => q.value,
        Node::Name(name) => env.name(name).unwrap_or_else(|| panic!("`{name}` has no value here")),
        Node::Data(column) => column.values[env.index()],
        Node::Unary(Unary::Neg, a) => -eval(a, env),
        Node::Unary(Unary::Not, a) => f64::from(eval(a, env) == 0.0),
        Node::Binary(op, a, b) => {
            let a = eval(a, env);
            operate(*op, a, eval(b, env))
        }
        Node::Call(function, arguments) => {
            let mut values = [0.0; 4];
            for (value, argument) in values.iter_mut().zip(arguments) {
                *value = eval(argument, env);
            }
            let values = &values[..arguments.len()];
            if !function.is_random() {
                return apply(*function, values);
            }
            let rng = env.rng().unwrap_or_else(|| panic!("{}() has no random numbers here", function.name()));
            match function {
                Func::Rand => rng.random::<f64>(),
                distribution => sampler::draw(*distribution, values, rng),
            }
        }
    }
}

/// The value of an expression without names, columns and random numbers.
pub fn eval_constant(expr: &Expr) -> Option<f64> {
    Some(match &*expr.node {
        Node::Literal(q) => q.value,
        Node::Name(_) | Node::Data(_) => return None,
        Node::Unary(Unary::Neg, a) => -eval_constant(a)?,
        Node::Unary(Unary::Not, a) => f64::from(eval_constant(a)? == 0.0),
        Node::Binary(op, a, b) => operate(*op, eval_constant(a)?, eval_constant(b)?),
        Node::Call(function, _) if function.is_random() => return None,
        Node::Call(function, arguments) => {
            apply(*function, &arguments.iter().map(eval_constant).collect::<Option<Vec<_>>>()?)
        }
    })
}

/// `a op b`.
pub(super) fn operate(op: Binary, a: f64, b: f64) -> f64 {
    match op {
        Binary::Add => a + b,
        Binary::Sub => a - b,
        Binary::Mul => a * b,
        Binary::Div => a / b,
        // Squares and cubes by products: exact where the general power is not.
        Binary::Pow if b == 2.0 => a * a,
        Binary::Pow => libm::pow(a, b),
        Binary::Lt => f64::from(a < b),
        Binary::Le => f64::from(a <= b),
        Binary::Gt => f64::from(a > b),
        Binary::Ge => f64::from(a >= b),
        Binary::Eq => f64::from(a == b),
        Binary::Ne => f64::from(a != b),
        Binary::And => f64::from(a != 0.0 && b != 0.0),
        Binary::Or => f64::from(a != 0.0 || b != 0.0),
    }
}

/// A function that is not random. From `libm`, not from the machine's library, so that every machine gets the same bits.
pub(super) fn apply(function: Func, x: &[f64]) -> f64 {
    let min = |a: f64, b: f64| if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) };
    let max = |a: f64, b: f64| if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) };
    match function {
        Func::Exp => libm::exp(x[0]),
        Func::Log => libm::log(x[0]),
        Func::Sqrt => x[0].sqrt(),
        Func::Abs => x[0].abs(),
        Func::Min => min(x[0], x[1]),
        Func::Max => max(x[0], x[1]),
        Func::Sin => libm::sin(x[0]),
        Func::Cos => libm::cos(x[0]),
        Func::Tanh => libm::tanh(x[0]),
        Func::Clip => min(max(x[0], x[1]), x[2]),
        Func::Exprel if x[0] == 0.0 => 1.0,
        Func::Exprel => libm::expm1(x[0]) / x[0],
        Func::Floor => x[0].floor(),
        Func::Where if x[0] != 0.0 => x[1],
        Func::Where => x[2],
        random => panic!("{}() needs random numbers", random.name()),
    }
}

/// The value with one variable set.
#[cfg(test)]
pub(super) fn eval_at(expr: &Expr, name: &str, value: f64) -> f64 {
    struct One<'a>(&'a str, f64);
    impl Env for One<'_> {
        fn name(&self, name: &str) -> Option<f64> {
            (name == self.0).then_some(self.1)
        }
    }
    eval(expr, &mut One(name, value))
}

#[cfg(test)]
mod tests {
    use super::{super::parse::parse_expr, *};

    fn value(text: &str) -> f64 {
        eval_constant(&parse_expr(text, 0).unwrap()).unwrap()
    }

    #[test]
    fn numbers_from_closed_forms() {
        let cases = [
            ("-2^2", -4.0),
            ("2^-1", 0.5),
            ("10 nS*(0 mV + 60 mV)", 600.0),
            ("exp(1) - 2.718281828459045", 0.0),
            ("exprel(0)", 1.0),
            ("exprel(1) - (exp(1) - 1)", 0.0),
            ("clip(5, 0, 3) + clip(-5, 0, 3)", 3.0),
            ("floor(-0.5)", -1.0),
            ("where(1 < 2 and not 0, 7, 8)", 7.0),
            ("min(1, 2) + max(1, 2) + abs(-3)", 6.0),
            ("sqrt(16) + log(exp(2))", 6.0),
            ("sin(0) + cos(0) + tanh(0)", 1.0),
        ];
        for (text, expected) in cases {
            assert!((value(text) - expected).abs() < 1e-15, "{text} = {}", value(text));
        }
    }

    #[test]
    fn names_and_nan() {
        let expr = parse_expr("where(x >= 3, x, -x) + min(x, 0)", 0).unwrap();
        assert_eq!(eval_at(&expr, "x", 4.0), 4.0);
        assert_eq!(eval_at(&expr, "x", -4.0), 0.0);
        assert!(eval_at(&parse_expr("max(x, 0)", 0).unwrap(), "x", f64::NAN).is_nan());
        assert_eq!(eval_constant(&expr), None);
        assert_eq!(eval_constant(&parse_expr("rand()", 0).unwrap()), None);
    }
}
