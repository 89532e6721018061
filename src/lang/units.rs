//! The check that an expression's units fit together, with messages that show both sides.

use super::{
    algebra::is_noise,
    ast::{Binary, Expr, Func, Node, Unary},
    eval::eval_constant,
    flaw::Flaw,
};
use crate::{
    error::did_you_mean,
    quantity::{Dim, Quantity, unit},
};

/// The names that an expression may use.
pub trait Scope {
    /// The dimension of a name, if it is declared.
    fn dim(&self, name: &str) -> Option<Dim>;
    /// All declared names, for suggestions.
    fn names(&self) -> Vec<String>;
}

/// Turns names that are not declared but are units (`10*mV`) into literals, so that later stages never see them.
pub fn resolve_units(expr: &Expr, scope: &dyn Scope) -> Expr {
    let inner = |e: &Expr| resolve_units(e, scope);
    let node = match &*expr.node {
        Node::Name(name) if scope.dim(name).is_none() => match unit(name) {
            Some((scale, dim)) => Node::Literal(Quantity { value: scale.factor(), dim }),
            None => return expr.clone(),
        },
        Node::Literal(_) | Node::Name(_) | Node::Data(_) => return expr.clone(),
        Node::Unary(op, a) => Node::Unary(*op, inner(a)),
        Node::Binary(op, a, b) => Node::Binary(*op, inner(a), inner(b)),
        Node::Call(function, arguments) => Node::Call(*function, arguments.iter().map(inner).collect()),
    };
    Expr { span: expr.span.clone(), ..Expr::new(node) }
}

/// The dimension of an expression.
///
/// # Errors
/// Where units do not fit together, or a name is unknown.
pub fn dimension(expr: &Expr, scope: &dyn Scope) -> Result<Dim, Flaw> {
    let of = |e: &Expr| dimension(e, scope);
    match &*expr.node {
        Node::Literal(q) => Ok(q.dim),
        Node::Data(column) => Ok(column.dim),
        Node::Name(name) => {
            let noise = is_noise(name).then_some(Dim::NOISE);
            scope.dim(name).or(noise).or(unit(name).map(|u| u.1)).ok_or_else(|| {
                let known = scope.names();
                let flaw = Flaw::new(format!("`{name}` is not known here"), expr.span.clone());
                flaw.help(did_you_mean(name, known.iter().map(String::as_str)))
            })
        }
        Node::Unary(Unary::Neg, a) => of(a),
        Node::Unary(Unary::Not, a) => plain(a, of(a)?, "`not`"),
        Node::Binary(Binary::Mul, a, b) => Ok(of(a)? * of(b)?),
        Node::Binary(Binary::Div, a, b) => Ok(of(a)? / of(b)?),
        Node::Binary(Binary::Pow, a, b) => power(a, of(a)?, b, of(b)?),
        Node::Binary(op @ (Binary::And | Binary::Or), a, b) => {
            let whose = format!("`{}`", op.sign());
            plain(a, of(a)?, &whose)?;
            plain(b, of(b)?, &whose)
        }
        Node::Binary(op, a, b) => {
            let verb = match op {
                Binary::Add => "add",
                Binary::Sub => "subtract",
                _ => "compare",
            };
            let dim = same(verb, (a, of(a)?), (b, of(b)?), expr)?;
            Ok(if op.is_condition() { Dim::NONE } else { dim })
        }
        Node::Call(function, arguments) => of_call(*function, arguments, expr, &of),
    }
}

fn of_call(f: Func, arguments: &[Expr], whole: &Expr, of: &dyn Fn(&Expr) -> Result<Dim, Flaw>) -> Result<Dim, Flaw> {
    let name = format!("{}()", f.name());
    let alike = |arguments: &[Expr]| {
        let first = (&arguments[0], of(&arguments[0])?);
        for other in &arguments[1..] {
            same(&format!("take {name} of"), first, (other, of(other)?), whole)?;
        }
        Ok(first.1)
    };
    match f {
        Func::Exp | Func::Log | Func::Sin | Func::Cos | Func::Tanh | Func::Exprel | Func::Floor => {
            plain(&arguments[0], of(&arguments[0])?, &name)
        }
        Func::Sqrt => {
            let dim = of(&arguments[0])?;
            dim.sqrt()
                .ok_or_else(|| Flaw::new(format!("{} [{dim}] has no square root", arguments[0]), whole.span.clone()))
        }
        Func::Where => {
            plain(&arguments[0], of(&arguments[0])?, "the condition of where()")?;
            alike(&arguments[1..])
        }
        Func::Rand => Ok(Dim::NONE),
        Func::Binomial => {
            plain(&arguments[0], of(&arguments[0])?, "the number of trials of binomial()")?;
            plain(&arguments[1], of(&arguments[1])?, "the probability of binomial()")
        }
        Func::Abs | Func::Min | Func::Max | Func::Clip => alike(arguments),
        Func::Uniform | Func::Normal | Func::LogNormal | Func::Exponential | Func::Gamma => alike(arguments),
    }
}

/// That both sides have one dimension.
fn same(verb: &str, a: (&Expr, Dim), b: (&Expr, Dim), whole: &Expr) -> Result<Dim, Flaw> {
    if a.1 == b.1 {
        return Ok(a.1);
    }
    let message = format!("cannot {verb} {} [{}] and {} [{}]", a.0, a.1, b.0, b.1);
    let flaw = Flaw::new(message, whole.span.clone());
    let bare = |side: (&Expr, Dim), other: Dim| {
        let text = eval_constant(side.0).filter(|_| side.1 == Dim::NONE).map(|_| side.0.text())?;
        Some(format!("give the number a unit: `{text} {other}`"))
    };
    Err(match bare(a, b.1).or_else(|| bare(b, a.1)) {
        Some(help) => flaw.help(help),
        None => flaw.help("both must have the same unit: look for a missing factor"),
    })
}

/// That a value has no dimension.
fn plain(expr: &Expr, dim: Dim, whose: &str) -> Result<Dim, Flaw> {
    if dim == Dim::NONE {
        return Ok(dim);
    }
    let flaw = Flaw::new(format!("{whose} needs a number without unit, but {expr} is [{dim}]"), expr.span.clone());
    Err(flaw.help(format!("divide it by a quantity in {dim}")))
}

fn power(base: &Expr, dim: Dim, exponent: &Expr, exponent_dim: Dim) -> Result<Dim, Flaw> {
    plain(exponent, exponent_dim, "an exponent")?;
    if dim == Dim::NONE {
        return Ok(dim);
    }
    let span = base.span.start..exponent.span.end;
    let Some(value) = eval_constant(exponent) else {
        let message = format!("{base} [{dim}] to the power of {exponent}, which is not a fixed number, has no unit");
        return Err(Flaw::new(message, span).help(format!("divide {base} by a quantity in {dim} first")));
    };
    let halves = 2.0 * value;
    let whole = halves.fract() == 0.0 && halves.abs() < 128.0;
    whole.then(|| dim.pow_halves(halves as i32)).flatten().ok_or_else(|| {
        Flaw::new(format!("{base} [{dim}] cannot be taken to the power of {exponent}"), span)
            .help("exponents of quantities with units are multiples of 1/2")
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::{eval::eval_at, parse::parse_expr},
        *,
    };

    struct Names;
    const NAMES: [(&str, Dim); 8] = [
        ("v", Dim::VOLTAGE),
        ("m", Dim::NONE),
        ("n", Dim::NONE),
        ("g_L", Dim::CONDUCTANCE),
        ("C_m", Dim::CAPACITANCE),
        ("I_e", Dim::CURRENT),
        ("tau", Dim::TIME),
        ("dt", Dim::TIME),
    ];
    impl Scope for Names {
        fn dim(&self, name: &str) -> Option<Dim> {
            NAMES.iter().find(|(n, _)| *n == name).map(|(_, d)| *d)
        }
        fn names(&self) -> Vec<String> {
            NAMES.iter().map(|(n, _)| (*n).to_owned()).collect()
        }
    }

    fn check(text: &str) -> Result<Dim, Flaw> {
        dimension(&parse_expr(text, 0).unwrap(), &Names)
    }

    #[test]
    fn right_expressions_have_their_dimension() {
        let cases = [
            ("(g_L*(-70 mV - v) + I_e)/C_m", Dim::VOLTAGE / Dim::TIME),
            ("0.32/ms/mV*(v + 50*mV)", Dim::FREQUENCY),
            ("m^3*g_L", Dim::CONDUCTANCE),
            ("sqrt(2*(3 mV)^2/tau)*xi_1", Dim::VOLTAGE / Dim::TIME),
            ("v^0.5*v^(3/2)", Dim::VOLTAGE.powi(2).unwrap()),
            ("where(v > 0 mV and not m, exp(v/(1 mV)), m^n)", Dim::NONE),
            ("clip(v, -80 mV, 0 mV) + normal(0 mV, 1 mV)", Dim::VOLTAGE),
            ("floor(v/mV) + rand()", Dim::NONE),
        ];
        for (text, dim) in cases {
            assert_eq!(check(text).unwrap(), dim, "{text}");
        }
    }

    #[test]
    fn wrong_ones_show_both_sides() {
        let cases = [
            ("g_L*v + I_e/C_m", "cannot add g_L*v [pA] and I_e/C_m [mV/ms]"),
            ("v > 0", "cannot compare v [mV] and 0 [1]"),
            ("exp(v)", "exp() needs a number without unit, but v is [mV]"),
            ("v^m", "v [mV] to the power of m, which is not a fixed number, has no unit"),
            ("v^0.3", "v [mV] cannot be taken to the power of 0.3"),
            ("2^v", "an exponent needs a number without unit, but v is [mV]"),
            ("min(v, tau)", "cannot take min() of v [mV] and tau [ms]"),
            ("where(v, 1, 2)", "the condition of where() needs a number without unit"),
            ("sqrt(xi)", "xi [1/ms^0.5] has no square root"),
            ("g_l*v", "`g_l` is not known here"),
        ];
        for (text, message) in cases {
            let flaw = check(text).unwrap_err();
            assert!(flaw.message.starts_with(message), "{text}: {}", flaw.message);
        }
        assert_eq!(check("v > 0").unwrap_err().help.unwrap(), "give the number a unit: `0 mV`");
        assert_eq!(check("g_l*v").unwrap_err().help.unwrap(), "did you mean \"g_L\"?");
    }

    #[test]
    fn undeclared_units_become_literals_and_declared_names_stay() {
        let expr = resolve_units(&parse_expr("2*s/m + m", 0).unwrap(), &Names);
        assert_eq!(expr.text(), "2*1000 ms/m + m");
        assert_eq!(eval_at(&expr, "m", 4.0), 504.0);
    }
}
