//! Expressions to text, with as few brackets as the parser needs.

use std::fmt;

use super::ast::{Binary, Expr, Node, Unary};

/// Binds more tightly than any operator.
const ATOM: u8 = 10;

/// As a person would write it; numbers are shown with twelve digits.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.node {
            Node::Literal(q) if q.value == std::f64::consts::PI => f.write_str("pi"),
            Node::Literal(q) => write!(f, "{q}"),
            Node::Name(name) => f.write_str(name),
            Node::Data(column) => write!(f, "<column of {} values>", column.values.len()),
            Node::Unary(op, a) => {
                f.write_str(if *op == Unary::Neg { "-" } else { "not " })?;
                bracketed(a, op.binding(), f)
            }
            Node::Binary(op, a, b) => {
                let (left, right) = match op {
                    Binary::Pow => (ATOM, Unary::Neg.binding()),
                    // `v/18 mV` would be read back rightly, but not by a person.
                    Binary::Div if b.literal().is_some() => (op.binding(), ATOM),
                    op if op.binding() == Binary::Lt.binding() => (op.binding() + 1, op.binding() + 1),
                    op => (op.binding(), op.binding() + 1),
                };
                bracketed(a, left, f)?;
                match op {
                    Binary::Mul | Binary::Div | Binary::Pow => f.write_str(op.sign())?,
                    _ => write!(f, " {} ", op.sign())?,
                }
                bracketed(b, right, f)
            }
            Node::Call(function, arguments) => {
                write!(f, "{}(", function.name())?;
                for (i, argument) in arguments.iter().enumerate() {
                    write!(f, "{}{argument}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
        }
    }
}

fn bracketed(expr: &Expr, least: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if binding(expr) < least { write!(f, "({expr})") } else { write!(f, "{expr}") }
}

fn binding(expr: &Expr) -> u8 {
    match &*expr.node {
        Node::Literal(q) => {
            let text = q.to_string();
            match () {
                () if text.contains(['/', '*']) => Binary::Mul.binding(),
                () if q.value.is_sign_negative() => Unary::Neg.binding(),
                // `(2 mV)^2` is not `2 mV^2`.
                () if text.contains(' ') => ATOM - 1,
                () => ATOM,
            }
        }
        Node::Name(_) | Node::Data(_) | Node::Call(..) => ATOM,
        Node::Unary(op, _) => op.binding(),
        Node::Binary(op, ..) => op.binding(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse_expr;

    #[test]
    fn printed_expressions_are_read_back_the_same() {
        for text in [
            "-K^n",
            "(-K)^n",
            "a - (b - c)",
            "a/(b*c)",
            "a/b*c",
            "(2 mV)^2",
            "2 mV^2",
            "a^b^c",
            "(a^b)^c",
            "2^-x",
            "2^(-x*y)",
            "-(a*b)",
            "not (a < b and c)",
            "(a or b) and not c",
            "(a < b) == c",
            "where(v > -50 mV, exp(-v/(18 mV)), 0.32/mV/ms)",
            "(a + b)*(0.32/mV/ms)",
            "sin(2*pi*t/(20 ms))",
        ] {
            let printed = parse_expr(text, 0).unwrap().text();
            assert_eq!(parse_expr(&printed, 0).unwrap().text(), printed, "from {text}");
            assert_eq!(printed.replace(['(', ')'], ""), text.replace(['(', ')'], ""), "from {text}");
        }
        assert_eq!(parse_expr("v/(18 mV)", 0).unwrap().text(), "v/(18 mV)");
        assert_eq!(parse_expr("((a) + ((b)))*c^(d)", 0).unwrap().text(), "(a + b)*c^d");
    }
}
