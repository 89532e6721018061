//! Expressions as trees: what stands on the right of an equation and in every value of a network file.

use std::{ops::Range, sync::Arc};

use crate::quantity::Quantity;

/// An expression with its place (byte range) in the file it came from. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub node: Arc<Node>,
    /// Byte range in the source file.
    pub span: Range<usize>,
}

/// One node of an expression. Comparisons and logic yield 1 or 0 and have no dimension.
#[derive(Clone, Debug)]
pub enum Node {
    /// A number with or without a unit, already in internal units.
    Literal(Quantity),
    /// A variable, parameter, constant or built-in (`t`, `dt`, `i`, `N`, `x`, `y`, `z`, `distance`, `w`, `I_syn`, `xi`...).
    /// After flattening, a receptor's own names are qualified: `ampa.g`.
    Name(Arc<str>),
    /// One value for each neuron, read from a file's column.
    Data(Quantity1),
    /// `-a` or `not a`.
    Unary(Unary, Expr),
    /// `a op b`.
    Binary(Binary, Expr, Expr),
    /// `f(a, ...)`; the number of arguments is checked by the parser.
    Call(Func, Vec<Expr>),
}

/// A column of values, all of one dimension, in internal units.
#[derive(Clone, Debug)]
pub struct Quantity1 {
    /// Value of neuron `i`.
    pub values: Arc<[f64]>,
    /// Their dimension.
    pub dim: crate::quantity::Dim,
}

/// Operators with one argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    /// Minus.
    Neg,
    /// Logical not.
    Not,
}

/// Operators with two arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
    And,
    Or,
}

/// Functions of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Func {
    Exp,
    Log,
    Sqrt,
    Abs,
    Min,
    Max,
    Sin,
    Cos,
    Tanh,
    /// `clip(x, low, high)`.
    Clip,
    /// `exprel(x) = (exp(x) - 1)/x`, 1 at 0.
    Exprel,
    /// `floor(x)`.
    Floor,
    /// `where(condition, a, b)`.
    Where,
    /// `rand()`: uniform in [0, 1), anew in every step inside a model, once in a value.
    Rand,
    /// `uniform(low, high)`: only in values of network files.
    Uniform,
    /// `normal(mean, sd)` or `normal(mean, sd, low, high)` (redrawn until inside): only in values.
    Normal,
    /// `lognormal(mean, sd)` of the variable itself, not of its logarithm: only in values.
    LogNormal,
    /// `exponential(mean)`: only in values.
    Exponential,
    /// `gamma(mean, sd)`: only in values.
    Gamma,
}
