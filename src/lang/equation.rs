//! Equations (`dv/dt = ... : mV`) and statements (`g += w`) from text.

use std::{ops::Range, sync::Arc};

use super::{
    ast::{Expr, Node},
    flaw::Flaw,
    lexer::{logical_lines, without_comments},
    parse::{Parser, parse_expr},
};
use crate::quantity::{Dim, Quantity, Scale, parse_unit};

/// One line of a model's `equations`.
#[derive(Clone, Debug)]
pub struct Equation {
    /// The variable.
    pub name: Arc<str>,
    /// Where its name stands.
    pub name_span: Range<usize>,
    /// A variable (`dx/dt = ...` or `x : unit`) rather than a name for a part of other equations (`x = ...`).
    pub differential: bool,
    /// `x : unit`: a variable that statements alone change; its right side is 0.
    pub by_statements: bool,
    /// The right side.
    pub expr: Expr,
    /// Dimension of the variable.
    pub dim: Dim,
    /// Where the unit stands.
    pub unit_span: Range<usize>,
    /// `(unless refractory)`: held while the neuron is refractory.
    pub hold: bool,
}

/// What a statement does to its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assign {
    /// `=`
    Set,
    /// `+=`
    Add,
    /// `-=`
    Sub,
    /// `*=`
    Mul,
}

impl Assign {
    /// As written.
    pub fn sign(self) -> &'static str {
        match self {
            Assign::Set => "=",
            Assign::Add => "+=",
            Assign::Sub => "-=",
            Assign::Mul => "*=",
        }
    }
}

/// One statement of `reset`, `step` or `on_spike`.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The variable that changes, or in `step` a name for what the statements behind it use.
    pub target: Arc<str>,
    /// Where its name stands.
    pub target_span: Range<usize>,
    /// How it changes.
    pub op: Assign,
    /// The right side.
    pub expr: Expr,
}

/// Parses statements that are separated by line ends or `;`.
///
/// # Errors
/// The first mistake, with its place in the file.
pub fn parse_statements(text: &str, offset: usize) -> Result<Vec<Statement>, Flaw> {
    let text = without_comments(text);
    let mut out = Vec::new();
    for line in logical_lines(&text) {
        let mut at = line.start;
        for part in text[line].split(';') {
            if !part.trim().is_empty() {
                out.push(statement(part, offset + at)?);
            }
            at += part.len() + 1;
        }
    }
    Ok(out)
}

fn statement(text: &str, offset: usize) -> Result<Statement, Flaw> {
    let mut parser = Parser::new(text, offset)?;
    let (target, target_span) = parser.name()?;
    let op = match parser.one_of(&["=", "+=", "-=", "*="]) {
        Some("=") => Assign::Set,
        Some("+=") => Assign::Add,
        Some("-=") => Assign::Sub,
        Some(_) => Assign::Mul,
        None => return Err(parser.missing("`=`, `+=`, `-=` or `*=` is missing here").help("e.g. `v = V_reset`")),
    };
    let expr = parser.expression(0)?;
    parser.end()?;
    Ok(Statement { target, target_span, op, expr })
}

/// Parses the equations of a model: one a line, `#` begins a comment, a line indented more continues the one before.
///
/// # Errors
/// The first mistake, with its place in the file.
pub fn parse_equations(text: &str, offset: usize) -> Result<Vec<Equation>, Flaw> {
    let text = without_comments(text);
    logical_lines(&text).into_iter().map(|line| equation(&text[line.clone()], offset + line.start)).collect()
}

const FORM: &str = "write `dx/dt = ... : unit` or `x = ... : unit`, e.g. `dv/dt = (E_L - v)/tau : mV`";
const FLAG: &str = "(unless refractory)";

fn equation(line: &str, offset: usize) -> Result<Equation, Flaw> {
    let whole = offset..offset + line.len();
    let Some((code, unit)) = line.split_once(':') else {
        return Err(Flaw::new("the unit of the equation is missing", whole.end..whole.end).help(FORM));
    };
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let by_statements = is_name(code.trim());
    let (head, body) = match code.split_once('=') {
        Some(sides) => sides,
        None if by_statements => (code, ""),
        None => return Err(Flaw::new("an equation needs a `=`", whole).help(FORM)),
    };
    let (differential, name) = match head.trim().strip_suffix("/dt").map(str::trim_end) {
        Some(d_name) => (true, d_name.strip_prefix('d').unwrap_or("")),
        None => (by_statements, head.trim()),
    };
    if !is_name(name) {
        let span = offset..offset + head.trim_end().len();
        return Err(Flaw::new(format!("`{}` cannot be the left side of an equation", head.trim()), span).help(FORM));
    }
    let name_start =
        offset + head.find(name).map_or(0, |at| if differential && !by_statements && at == 0 { 1 } else { at });
    let unit_start = offset + code.len() + 1;
    let (unit, flag) = unit.split_at(unit.rfind("(unless").unwrap_or(unit.len()));
    let hold = !flag.is_empty();
    if hold && flag.split_whitespace().collect::<Vec<_>>().join(" ") != FLAG {
        let span = unit_start + unit.len()..whole.end;
        return Err(Flaw::new(format!("`{}` is not known here", flag.trim()), span).help(format!("write `{FLAG}`")));
    }
    let blanks = unit.len() - unit.trim_start().len();
    let unit_span = unit_start + blanks..unit_start + blanks + unit.trim().len();
    let (_, dim): (Scale, Dim) = match unit.trim() {
        "" => return Err(Flaw::new(format!("the unit of {name} is missing"), unit_span).help("`1` means no unit")),
        unit => parse_unit(unit).map_err(|message| Flaw::new(message, unit_span.clone()))?,
    };
    if hold && (!differential || by_statements) {
        let moved = if by_statements { "changed by statements alone" } else { "computed anew in every step" };
        let message = format!("{FLAG} needs a differential equation, but {name} is {moved}");
        return Err(Flaw::new(message, whole));
    }
    let expr = if by_statements {
        let zero = Expr::new(Node::Literal(Quantity { value: 0.0, dim: dim / Dim::TIME }));
        Expr { span: whole, ..zero }
    } else {
        parse_expr(body, offset + head.len() + 1)?
    };
    Ok(Equation {
        name: name.into(),
        name_span: name_start..name_start + name.len(),
        differential,
        by_statements,
        expr,
        dim,
        unit_span,
        hold,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_have_name_kind_unit_and_place() {
        let text = "\n# leak\ndv/dt = (E_L - v)/tau  # : not a unit\n   + I/C : mV (unless refractory)\nddelta/dt = -delta/tau : 1\nI_K = g*(v - E): pA\nn_4 : 1\n";
        let found = parse_equations(text, 1000).unwrap();
        let shown: Vec<_> = found.iter().map(|e| (&*e.name, e.differential, e.dim, e.hold)).collect();
        let expected = [
            ("v", true, Dim::VOLTAGE, true),
            ("delta", true, Dim::NONE, false),
            ("I_K", false, Dim::CURRENT, false),
            ("n_4", true, Dim::NONE, false),
        ];
        assert_eq!(shown, expected);
        assert_eq!(found.iter().filter(|e| e.by_statements).map(|e| &*e.name).collect::<Vec<_>>(), ["n_4"]);
        for equation in &found {
            assert_eq!(&text[equation.name_span.start - 1000..equation.name_span.end - 1000], &*equation.name);
        }
        assert_eq!(&text[found[2].unit_span.start - 1000..found[2].unit_span.end - 1000], "pA");
        assert_eq!(&text[found[2].expr.span.start - 1000..found[2].expr.span.end - 1000], "g*(v - E");
    }

    #[test]
    fn mistakes_in_equations() {
        let cases = [
            ("dv/dt = -v/tau", "the unit of the equation is missing"),
            ("dv/dt : mV", "an equation needs a `=`"),
            ("n : 1 (unless refractory)", "(unless refractory) needs a differential equation, but n is changed by"),
            ("dv/dt = -v/tau :", "the unit of v is missing"),
            ("dv/dt = -v/tau : mv", "`mv` is not a unit; did you mean \"mV\"?"),
            ("v/dt = -v/tau : mV", "`v/dt` cannot be the left side"),
            ("dv/dt = -v/tau : mV (unless spiking)", "`(unless spiking)` is not known"),
            ("I = g*v : pA (unless refractory)", "(unless refractory) needs a differential equation"),
            ("I = g*/v : pA", "a value is missing before `/`"),
        ];
        for (text, message) in cases {
            let flaw = parse_equations(text, 0).unwrap_err();
            assert!(flaw.message.starts_with(message), "{text}: {}", flaw.message);
        }
    }

    #[test]
    fn statements_on_lines_or_after_semicolons() {
        let found = parse_statements("v = c; u += d # jump\nn *= 2\nm -= 1", 50).unwrap();
        let shown: Vec<_> = found.iter().map(|s| (&*s.target, s.op.sign(), s.expr.span.start)).collect();
        assert_eq!(shown, [("v", "=", 54), ("u", "+=", 62), ("n", "*=", 76), ("m", "-=", 83)]);
        assert!(parse_statements("v == c", 0).unwrap_err().message.contains("is missing here"));
    }
}
