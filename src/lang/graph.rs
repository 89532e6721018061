//! Expressions as a value-numbered graph: shared subexpressions are computed once, constants are folded, and every
//! value is computed as rarely as it can change: once, once per neuron, once per step, or per neuron and step.

use std::{collections::HashMap, sync::Arc};

use super::{
    ast::{Binary, Expr, Func, Node, Unary},
    dynamics::Derived,
};
use crate::kernel::program::Op;

/// Number of a value in a [`Graph`].
pub type Id = usize;

/// How often a value changes. `Step` and `Neuron` together make `Both`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Constant,
    /// The same for all neurons, a function of time.
    Step,
    /// Differs between neurons, fixed in time.
    Neuron,
    Both,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Value {
    Constant(f64),
    /// Time at the step's begin plus this many half steps.
    Time(u8),
    /// Fixed per neuron: a parameter or `i`, `x`, ... by name.
    Parameter(Arc<str>),
    /// Computed per neuron before the run.
    Derived(Derived),
    /// A column as it stands when the program starts.
    Column(u16),
    Input(u16),
    /// A scalar of this number, set by whoever runs the program.
    Scalar(u16),
    /// The mask of neurons that spiked, in the reset program.
    Fired,
    Op(Op, [Id; 3]),
}

#[derive(PartialEq, Eq, Hash)]
enum Key {
    Constant(u64),
    Time(u8),
    Parameter(Arc<str>),
    Column(u16),
    Input(u16),
    Scalar(u16),
    Fired,
    Op(Op, [Id; 3]),
}

/// Values in order of creation: arguments come before what uses them.
pub struct Graph {
    pub values: Vec<(Value, Level)>,
    index: HashMap<Key, Id>,
    streams: u16,
    /// Exponents of constant powers.
    pub powers: Vec<f64>,
    /// Time step in ms, for `t` at half steps.
    pub dt: f64,
}

fn is_random(op: Op) -> bool {
    matches!(op, Op::Normal(_) | Op::Uniform(_) | Op::Poisson(_) | Op::Binomial(_))
}

impl Graph {
    pub fn new(dt: f64) -> Self {
        Self { values: Vec::new(), index: HashMap::new(), streams: 0, powers: Vec::new(), dt }
    }

    fn intern(&mut self, key: Key, value: Value, level: Level) -> Id {
        if let Some(&id) = self.index.get(&key) {
            return id;
        }
        self.values.push((value, level));
        let id = self.values.len() - 1;
        self.index.insert(key, id);
        id
    }

    pub fn constant(&mut self, value: f64) -> Id {
        self.intern(Key::Constant(value.to_bits()), Value::Constant(value), Level::Constant)
    }
    pub fn time(&mut self, half_steps: u8) -> Id {
        self.intern(Key::Time(half_steps), Value::Time(half_steps), Level::Step)
    }
    pub fn parameter(&mut self, name: &Arc<str>) -> Id {
        self.intern(Key::Parameter(name.clone()), Value::Parameter(name.clone()), Level::Neuron)
    }
    pub fn column(&mut self, column: u16) -> Id {
        self.intern(Key::Column(column), Value::Column(column), Level::Both)
    }
    pub fn input(&mut self, input: u16) -> Id {
        self.intern(Key::Input(input), Value::Input(input), Level::Both)
    }
    pub fn scalar(&mut self, scalar: u16) -> Id {
        self.intern(Key::Scalar(scalar), Value::Scalar(scalar), Level::Both)
    }
    pub fn fired(&mut self) -> Id {
        self.intern(Key::Fired, Value::Fired, Level::Both)
    }
    /// Number of a random stream that nothing else in this population uses.
    pub fn stream(&mut self) -> u16 {
        self.streams += 1;
        self.streams - 1
    }
    /// A coefficient of its own; never merged with another. What a propagator enters is not hoisted further.
    pub fn derived(&mut self, derived: Derived) -> Id {
        let level = if matches!(derived, Derived::Expr(_)) { Level::Neuron } else { Level::Both };
        self.values.push((Value::Derived(derived), level));
        self.values.len() - 1
    }

    pub fn is_constant(&self, id: Id, value: f64) -> bool {
        matches!(self.values[id].0, Value::Constant(c) if c == value)
    }
    pub fn known(&self, id: Id) -> Option<f64> {
        match self.values[id].0 {
            Value::Constant(c) => Some(c),
            _ => None,
        }
    }

    /// An operation on values, simplified where that is exact, folded where the arguments are known.
    pub fn op(&mut self, op: Op, args: &[Id]) -> Id {
        debug_assert_eq!(args.len(), op.arity());
        if let Some(id) = self.simplified(op, args) {
            return id;
        }
        let mut level = Level::Constant;
        for &a in args {
            level = match (level, self.values[a].1) {
                (Level::Constant, l) | (l, Level::Constant) => l,
                (a, b) if a == b => a,
                _ => Level::Both,
            };
        }
        if is_random(op) {
            level = Level::Both;
        }
        let first = args.first().copied().unwrap_or(0);
        let args3 = std::array::from_fn(|k| args.get(k).copied().unwrap_or(first));
        if level == Level::Constant {
            let value = super::eval::eval_constant(&self.operation(op, args3)).expect("all arguments are known");
            return self.constant(value);
        }
        self.intern(Key::Op(op, args3), Value::Op(op, args3), level)
    }

    fn simplified(&mut self, op: Op, args: &[Id]) -> Option<Id> {
        let zero = |g: &Self, k: usize| g.is_constant(args[k], 0.0);
        let one = |g: &Self, k: usize| g.is_constant(args[k], 1.0);
        match op {
            Op::Add if zero(self, 0) => Some(args[1]),
            Op::Add | Op::Sub if zero(self, 1) => Some(args[0]),
            Op::Sub if zero(self, 0) => Some(self.op(Op::Neg, &args[1..])),
            // An input of rate 0 draws nothing.
            Op::Poisson(_) if zero(self, 0) => Some(args[0]),
            Op::Mul if zero(self, 0) || one(self, 1) => Some(args[0]),
            Op::Mul if zero(self, 1) || one(self, 0) => Some(args[1]),
            // The commonest form has the constant second, so that equal products share one number.
            Op::Mul | Op::Add if self.known(args[0]).is_some() && self.known(args[1]).is_none() => {
                Some(self.op(op, &[args[1], args[0]]))
            }
            Op::Mul => self.product(args[0], args[1]),
            // A division by what is fixed in time is done once: x/c = x*(1/c).
            Op::Div if matches!(self.values[args[1]].1, Level::Constant | Level::Neuron) && !one(self, 0) => {
                let one = self.constant(1.0);
                let inverse = self.op(Op::Div, &[one, args[1]]);
                Some(self.op(Op::Mul, &[args[0], inverse]))
            }
            Op::Neg => match self.values[args[0]].0 {
                Value::Op(Op::Neg, [inner, ..]) => Some(inner),
                Value::Op(Op::Sub, [a, b, _]) => Some(self.op(Op::Sub, &[b, a])),
                _ => None,
            },
            Op::Add => match (&self.values[args[0]].0, &self.values[args[1]].0) {
                (_, &Value::Op(Op::Neg, [b, ..])) => Some(self.op(Op::Sub, &[args[0], b])),
                (&Value::Op(Op::Neg, [a, ..]), _) => Some(self.op(Op::Sub, &[args[1], a])),
                _ => None,
            },
            Op::Sub => match (&self.values[args[0]].0, &self.values[args[1]].0) {
                (_, &Value::Op(Op::Neg, [b, ..])) => Some(self.op(Op::Add, &[args[0], b])),
                (&Value::Op(Op::Neg, [a, ..]), _) => {
                    let sum = self.op(Op::Add, &[a, args[1]]);
                    Some(self.op(Op::Neg, &[sum]))
                }
                _ => None,
            },
            Op::Select => match self.known(args[0]) {
                Some(condition) => Some(args[if condition != 0.0 { 1 } else { 2 }]),
                None if args[1] == args[2] => Some(args[1]),
                None => None,
            },
            Op::Pow => self.power(args[0], self.known(args[1])?),
            _ => None,
        }
    }

    /// Signs and constants move outwards, where they meet: (-a)*b = -(a*b), (a*2)*(b*3) = (a*b)*6.
    fn product(&mut self, a: Id, b: Id) -> Option<Id> {
        match (&self.values[a].0, &self.values[b].0) {
            (&Value::Op(Op::Neg, [inner, ..]), Value::Constant(c)) => {
                let c = self.constant(-c);
                Some(self.op(Op::Mul, &[inner, c]))
            }
            (&Value::Op(Op::Neg, [inner, ..]), _) => {
                let product = self.op(Op::Mul, &[inner, b]);
                Some(self.op(Op::Neg, &[product]))
            }
            (_, &Value::Op(Op::Neg, _)) => Some(self.op(Op::Mul, &[b, a])),
            (&Value::Op(Op::Mul, [inner, c, _]), _) if self.known(c).is_some() => {
                if self.known(b).is_some() {
                    let c = self.op(Op::Mul, &[b, c]);
                    return Some(self.op(Op::Mul, &[inner, c]));
                }
                let product = self.op(Op::Mul, &[inner, b]);
                Some(self.op(Op::Mul, &[product, c]))
            }
            (_, &Value::Op(Op::Mul, [_, c, _])) if self.known(c).is_some() && self.known(a).is_none() => {
                Some(self.op(Op::Mul, &[b, a]))
            }
            _ => None,
        }
    }

    /// Whole powers by multiplication, square roots by themselves, other fractions by tables; large exponents of what is not negative
    /// through the logarithm.
    fn power(&mut self, base: Id, exponent: f64) -> Option<Id> {
        // (x c)^p = x^p c^p, and constants move outwards: where p is small, so that neither of the two leaves the range of numbers.
        if let Value::Op(Op::Mul, [x, c, _]) = self.values[base].0
            && let Some(c) = self.known(c).filter(|&c| c > 0.0 && exponent != 0.0 && exponent.abs() < 1.0)
        {
            let power = self.power(x, exponent)?;
            let c = self.constant(libm::pow(c, exponent));
            return Some(self.op(Op::Mul, &[power, c]));
        }
        if exponent.abs() > 16.0 {
            let log = self.op(Op::Log, &[base]);
            let exponent = self.constant(exponent);
            let product = self.op(Op::Mul, &[log, exponent]);
            return Some(self.op(Op::Exp, &[product]));
        }
        let mut result = match exponent.abs().fract() {
            0.0 => self.constant(1.0),
            0.5 => self.op(Op::Sqrt, &[base]),
            fraction => {
                let known = self.powers.iter().position(|&p| p == fraction);
                let number = known.unwrap_or_else(|| {
                    self.powers.push(fraction);
                    self.powers.len() - 1
                });
                self.op(Op::Power(u16::try_from(number).expect("fewer than 65,536 powers")), &[base])
            }
        };
        let (mut square, mut left) = (base, exponent.abs() as u32);
        while left > 0 {
            if left & 1 == 1 {
                result = self.op(Op::Mul, &[result, square]);
            }
            left >>= 1;
            if left > 0 {
                square = self.op(Op::Mul, &[square, square]);
            }
        }
        if exponent < 0.0 {
            let one = self.constant(1.0);
            result = self.op(Op::Div, &[one, result]);
        }
        Some(result)
    }

    /// Puts an expression into the graph; `names` gives the value of every name.
    pub fn build(&mut self, expr: &Expr, names: &mut dyn FnMut(&mut Self, &Arc<str>) -> Id) -> Id {
        match &*expr.node {
            Node::Literal(q) => self.constant(q.value),
            Node::Name(name) => names(self, name),
            Node::Data(_) => self.derived(Derived::Expr(expr.clone())),
            Node::Unary(unary, a) => {
                let a = self.build(a, names);
                self.op(if *unary == Unary::Neg { Op::Neg } else { Op::Not }, &[a])
            }
            Node::Binary(binary, a, b) => {
                let (a, b) = (self.build(a, names), self.build(b, names));
                match binary {
                    Binary::Gt => self.op(Op::Lt, &[b, a]),
                    Binary::Ge => self.op(Op::Le, &[b, a]),
                    other => self.op(binary_op(*other), &[a, b]),
                }
            }
            Node::Call(func, args) => {
                let args: Vec<Id> = args.iter().map(|a| self.build(a, names)).collect();
                match func {
                    Func::Clip => {
                        let low = self.op(Op::Max, &[args[0], args[1]]);
                        self.op(Op::Min, &[low, args[2]])
                    }
                    Func::Rand => {
                        let stream = self.stream();
                        self.op(Op::Uniform(stream), &[])
                    }
                    Func::Binomial => {
                        let stream = self.stream();
                        self.op(Op::Binomial(stream), &args)
                    }
                    other => self.op(call_op(*other), &args),
                }
            }
        }
    }

    /// The expression of a value that needs no column of a state: for what is computed outside the programs.
    pub fn expression(&self, id: Id) -> Expr {
        match &self.values[id].0 {
            Value::Constant(c) => Expr::number(*c),
            Value::Time(k) => {
                let t = Expr::name("t");
                let shift = Expr::number(0.5 * f64::from(*k) * self.dt);
                if *k == 0 { t } else { Expr::new(Node::Binary(Binary::Add, t, shift)) }
            }
            Value::Parameter(name) => Expr::name(name.clone()),
            Value::Derived(Derived::Expr(expr)) => expr.clone(),
            Value::Op(op, args) => self.operation(*op, *args),
            other => unreachable!("{other:?} has no expression outside a program"),
        }
    }

    fn operation(&self, op: Op, args: [Id; 3]) -> Expr {
        let arg = |k: usize| self.expression(args[k]);
        let call = |f: Func, n: usize| Node::Call(f, (0..n).map(arg).collect());
        let binary = |b: Binary| Node::Binary(b, arg(0), arg(1));
        let node = match op {
            Op::Add => binary(Binary::Add),
            Op::Sub => binary(Binary::Sub),
            Op::Mul => binary(Binary::Mul),
            Op::Div => binary(Binary::Div),
            Op::Pow => binary(Binary::Pow),
            Op::Power(k) => Node::Binary(Binary::Pow, arg(0), Expr::number(self.powers[usize::from(k)])),
            Op::Lt => binary(Binary::Lt),
            Op::Le => binary(Binary::Le),
            Op::Eq => binary(Binary::Eq),
            Op::Ne => binary(Binary::Ne),
            Op::And => binary(Binary::And),
            Op::Or => binary(Binary::Or),
            Op::Neg => Node::Unary(Unary::Neg, arg(0)),
            Op::Not => Node::Unary(Unary::Not, arg(0)),
            Op::Abs => call(Func::Abs, 1),
            Op::Sqrt => call(Func::Sqrt, 1),
            Op::Exp => call(Func::Exp, 1),
            Op::Exprel => call(Func::Exprel, 1),
            Op::Log => call(Func::Log, 1),
            Op::Sin => call(Func::Sin, 1),
            Op::Cos => call(Func::Cos, 1),
            Op::Tanh => call(Func::Tanh, 1),
            Op::Floor => call(Func::Floor, 1),
            Op::Min => call(Func::Min, 2),
            Op::Max => call(Func::Max, 2),
            Op::Select => call(Func::Where, 3),
            Op::Copy | Op::Flush => return arg(0),
            Op::MulAdd | Op::NegMulAdd | Op::Look | Op::Fused(_) => unreachable!("{op:?} stands in programs only"),
            Op::Normal(_) | Op::Uniform(_) | Op::Poisson(_) | Op::Binomial(_) => {
                unreachable!("{op:?} stands in programs only")
            }
        };
        Expr::new(node)
    }
}

fn binary_op(binary: Binary) -> Op {
    match binary {
        Binary::Add => Op::Add,
        Binary::Sub => Op::Sub,
        Binary::Mul => Op::Mul,
        Binary::Div => Op::Div,
        Binary::Pow => Op::Pow,
        Binary::Lt | Binary::Gt => Op::Lt,
        Binary::Le | Binary::Ge => Op::Le,
        Binary::Eq => Op::Eq,
        Binary::Ne => Op::Ne,
        Binary::And => Op::And,
        Binary::Or => Op::Or,
    }
}

fn call_op(func: Func) -> Op {
    match func {
        Func::Exp => Op::Exp,
        Func::Log => Op::Log,
        Func::Sqrt => Op::Sqrt,
        Func::Abs => Op::Abs,
        Func::Min => Op::Min,
        Func::Max => Op::Max,
        Func::Sin => Op::Sin,
        Func::Cos => Op::Cos,
        Func::Tanh => Op::Tanh,
        Func::Exprel => Op::Exprel,
        Func::Floor => Op::Floor,
        Func::Where => Op::Select,
        other => unreachable!("{other:?} is refused in equations by the plan"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{self, Buffer, Chunk, Isa, Random, program::CHUNK},
        lang::{
            dynamics::Scalar,
            emit::{Emitter, Store, Target},
        },
    };

    #[test]
    fn powers_are_powers_however_they_are_computed() {
        let exponents = [0.4, 0.5, 1.5, 2.7, 3.0, 15.9, 20.5, -0.3, -2.0, -2.5, 0.0];
        for (exponent, factor) in exponents.into_iter().flat_map(|p| [2.0, 1e-18].map(|factor| (p, factor))) {
            let mut graph = Graph::new(0.1);
            let (x, c, p) = (graph.column(0), graph.constant(factor), graph.constant(exponent));
            let base = graph.op(Op::Mul, &[x, c]);
            let power = graph.op(Op::Pow, &[base, p]);
            let mut store = Store::default();
            let (program, _) = Emitter { graph: &graph, store: &mut store }.emit(&[(Target::Column(0), power)]);
            let constant = |scalar: &Scalar| match scalar {
                Scalar::Constant(c) => [*c; 16],
                other => panic!("{other:?}"),
            };
            let value = |n: usize| 0.02 * (n as f64 + 0.5);
            let mut columns = Buffer::new(CHUNK);
            (0..CHUNK).for_each(|n| columns[n] = value(n) / factor);
            let mut chunk = Chunk {
                columns: &mut columns,
                stride: CHUNK,
                inputs: &mut [],
                input_stride: 0,
                scalars: &store.scalars.iter().map(constant).collect::<Vec<_>>(),
                temps: &mut vec![0.0; CHUNK * program.temps],
                drawn: &mut [],
                start: 0,
                len: CHUNK,
                random: Random { key: 0, step: 0, first: 0 },
            };
            kernel::run(Isa::detect(), &program, &mut chunk);
            for (n, &got) in columns.iter().enumerate() {
                let truth = libm::pow(value(n), exponent);
                assert!((got - truth).abs() <= 2e-14 * truth, "{}^{exponent}: {got}, {truth}", value(n));
            }
        }
    }
}
