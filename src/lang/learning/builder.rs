//! One program over synapses: which inputs and scalars it reads, and what its names stand for.

use std::sync::Arc;

use super::{
    super::{
        ast::{Expr, Node},
        emit::{Emitter, Store, Target},
        graph::{Graph, Id},
    },
    Code, Gather, Visit,
};
use crate::{
    kernel::{
        fuse,
        program::{Op, Operand},
    },
    lang::Scalar,
};

/// At which event a program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Pre,
    Post,
}

/// Collects the values of one program.
pub struct Builder {
    pub graph: Graph,
    pub at: At,
    /// Variables of the synapse as they stand.
    pub variables: Vec<Id>,
    inputs: Vec<Gather>,
    visits: Vec<Visit>,
    dt: f64,
}

impl Builder {
    pub fn new(at: At, variables: usize, dt: f64) -> Self {
        let mut graph = Graph::new(dt);
        let variables = (0..variables).map(|v| graph.column(v as u16)).collect();
        Self { graph, at, variables, inputs: Vec::new(), visits: Vec::new(), dt }
    }

    pub fn input(&mut self, gather: Gather) -> Id {
        let number = self.inputs.iter().position(|&g| g == gather).unwrap_or_else(|| {
            self.inputs.push(gather);
            self.inputs.len() - 1
        });
        self.graph.input(number as u16)
    }

    pub fn visit(&mut self, visit: Visit) -> Id {
        let number = self.visits.iter().position(|&v| v == visit).unwrap_or_else(|| {
            self.visits.push(visit);
            self.visits.len() - 1
        });
        self.graph.scalar(number as u16)
    }

    pub fn times(&mut self, id: Id, factor: f64) -> Id {
        let factor = self.graph.constant(factor);
        self.graph.op(Op::Mul, &[id, factor])
    }

    /// `value * exp(-rate * steps)`.
    pub fn decayed(&mut self, value: Id, steps: Id, rate: f64) -> Id {
        let exponent = self.times(steps, -rate);
        let factor = self.graph.op(Op::Exp, &[exponent]);
        self.graph.op(Op::Mul, &[value, factor])
    }

    /// Steps since the presynaptic spike before.
    pub fn since_pre(&mut self) -> Id {
        match self.at {
            At::Pre => self.visit(Visit::SincePre),
            At::Post => self.input(Gather::SincePre),
        }
    }

    /// Steps since the synapse's last event of either side.
    pub fn elapsed(&mut self) -> Id {
        let (pre, post) = (self.since_pre(), self.input(Gather::SincePost));
        self.graph.op(Op::Min, &[pre, post])
    }

    /// A trace of presynaptic spikes just before this event.
    pub fn pre(&mut self, number: usize) -> Id {
        match self.at {
            At::Pre => self.visit(Visit::Pre(number)),
            At::Post => self.input(Gather::Pre(number)),
        }
    }

    /// A trace of postsynaptic spikes just before this event.
    pub fn post(&mut self, number: usize) -> Id {
        self.input(Gather::Post(number))
    }

    /// An expression with parameters written in; `names` gives the value of the rule's own names.
    pub fn build(&mut self, expr: &Expr, names: &dyn Fn(&mut Self, &str) -> Option<Id>) -> Id {
        // Names first: the graph, which builds the expression, is part of the builder.
        let mut known: Vec<(Arc<str>, Id)> = Vec::new();
        for name in super::super::algebra::names(expr) {
            let id = match &*name {
                "dt" => self.graph.constant(self.dt),
                "pi" => self.graph.constant(std::f64::consts::PI),
                "w" => self.variables[0],
                "since_pre" => {
                    let steps = self.since_pre();
                    self.times(steps, self.dt)
                }
                "since_post" => {
                    let steps = self.input(Gather::SincePost);
                    self.times(steps, self.dt)
                }
                "quanta" => self.input(Gather::Quanta),
                other => names(self, other).unwrap_or_else(|| panic!("`{other}` is checked by the reader")),
            };
            known.push((name, id));
        }
        debug_assert!(!matches!(&*expr.node, Node::Data(_)));
        self.graph.build(expr, &mut |_, name| known.iter().find(|k| k.0 == *name).expect("collected above").1)
    }

    /// The program that leaves variables as they stand now, and where it leaves what is transmitted.
    pub fn finish(self, transmit: Option<Id>) -> Code {
        let Self { mut graph, variables, inputs, visits, .. } = self;
        let mut outputs: Vec<(Target, Id)> = Vec::new();
        for (v, &id) in variables.iter().enumerate() {
            if graph.column(v as u16) != id {
                outputs.push((Target::Column(v as u16), id));
            }
        }
        let changed = outputs.len();
        outputs.extend(transmit.map(|id| (Target::Anywhere, id)));
        // The scalars of a visit come first, constants behind them.
        let mut store = Store::default();
        store.scalars = visits.iter().map(|_| Scalar::Constant(0.0)).collect();
        let (program, places) = Emitter { graph: &graph, store: &mut store }.emit(&outputs);
        let transmit = places.get(changed).copied();
        let kept: Vec<Operand> = transmit.into_iter().filter(|o| matches!(o, Operand::Temp(_))).collect();
        let constants = store.scalars[visits.len()..].iter().map(|s| match s {
            Scalar::Constant(c) => *c,
            Scalar::PerStep(_) => unreachable!("a rule knows no time"),
        });
        Code { program: fuse(&program, &kept), inputs, visits, constants: constants.collect(), transmit }
    }
}
