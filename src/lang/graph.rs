//! Expressions as a value-numbered graph: shared subexpressions are computed once, constants are folded, and every
//! value is computed as rarely as it can change: once, once per neuron, once per step, or per neuron and step.

mod expression;
mod simplify;

use std::{collections::HashMap, sync::Arc};

use super::dynamics::Derived;
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
}
