//! Expressions to values of the graph, and back.

use std::sync::Arc;

use super::{
    super::{
        ast::{Binary, Expr, Func, Node, Unary},
        dynamics::Derived,
    },
    Graph, Id, Value,
};
use crate::kernel::program::Op;

impl Graph {
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

    /// The expression of an operation on values that have one.
    pub(super) fn operation(&self, op: Op, args: [Id; 3]) -> Expr {
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
