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
    /// `binomial(n, p)`: successes in n trials of probability p; anew in every step in the `step` of a model, once in a value.
    Binomial,
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

impl Func {
    /// Every function with its name and its least and greatest number of arguments. `pow(a, b)` is `a^b`.
    pub const ALL: [(Func, &'static str, usize, usize); 20] = [
        (Func::Exp, "exp", 1, 1),
        (Func::Log, "log", 1, 1),
        (Func::Sqrt, "sqrt", 1, 1),
        (Func::Abs, "abs", 1, 1),
        (Func::Min, "min", 2, 2),
        (Func::Max, "max", 2, 2),
        (Func::Sin, "sin", 1, 1),
        (Func::Cos, "cos", 1, 1),
        (Func::Tanh, "tanh", 1, 1),
        (Func::Clip, "clip", 3, 3),
        (Func::Exprel, "exprel", 1, 1),
        (Func::Floor, "floor", 1, 1),
        (Func::Where, "where", 3, 3),
        (Func::Rand, "rand", 0, 0),
        (Func::Binomial, "binomial", 2, 2),
        (Func::Uniform, "uniform", 2, 2),
        (Func::Normal, "normal", 2, 4),
        (Func::LogNormal, "lognormal", 2, 2),
        (Func::Exponential, "exponential", 1, 1),
        (Func::Gamma, "gamma", 2, 2),
    ];

    /// Its name in the language.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|f| f.0 == self).expect("every function is listed").1
    }

    /// Is it a random number: `rand()`, `binomial()` or a distribution?
    pub fn is_random(self) -> bool {
        matches!(self, Func::Rand | Func::Binomial) || self.is_distribution()
    }

    /// Is it a distribution, allowed only in values of network files?
    pub fn is_distribution(self) -> bool {
        matches!(self, Func::Uniform | Func::Normal | Func::LogNormal | Func::Exponential | Func::Gamma)
    }
}

impl Binary {
    /// Its sign in the language.
    pub fn sign(self) -> &'static str {
        match self {
            Binary::Add => "+",
            Binary::Sub => "-",
            Binary::Mul => "*",
            Binary::Div => "/",
            Binary::Pow => "^",
            Binary::Lt => "<",
            Binary::Le => "<=",
            Binary::Gt => ">",
            Binary::Ge => ">=",
            Binary::Eq => "==",
            Binary::Ne => "!=",
            Binary::And => "and",
            Binary::Or => "or",
        }
    }

    /// Does it yield a condition?
    pub fn is_condition(self) -> bool {
        !matches!(self, Binary::Add | Binary::Sub | Binary::Mul | Binary::Div | Binary::Pow)
    }

    /// How tightly it binds: `or` 1, `and` 2, (`not` 3,) comparisons 4, sums 5, products 6, (minus 7,) powers 8.
    pub fn binding(self) -> u8 {
        match self {
            Binary::Or => 1,
            Binary::And => 2,
            Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge | Binary::Eq | Binary::Ne => 4,
            Binary::Add | Binary::Sub => 5,
            Binary::Mul | Binary::Div => 6,
            Binary::Pow => 8,
        }
    }
}

impl Unary {
    /// How tightly it binds, on the scale of [`Binary::binding`]: `-K^n` is `-(K^n)`.
    pub fn binding(self) -> u8 {
        match self {
            Unary::Not => 3,
            Unary::Neg => 7,
        }
    }
}
