//! From a graph of values to a program: order, fused multiply-adds, registers.

use std::collections::{BTreeMap, HashMap};

use super::{
    dynamics::{Column, ColumnKind, Derived, Scalar},
    graph::{Graph, Id, Level, Value},
};
use crate::{
    kernel::{
        Power,
        program::{Instr, Op, Operand, Program},
    },
    quantity::Dim,
};

/// The mask of neurons that spiked: written by the step program, read by the reset program.
pub const FIRED: Operand = Operand::Temp(0);

/// Where a value must end up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    Column(u16),
    Fired,
    /// Anywhere; [`Emitter::emit`] says where.
    Anywhere,
}

/// Columns and scalars of one population, shared by its programs.
#[derive(Default)]
pub struct Store {
    pub columns: Vec<Column>,
    pub scalars: Vec<Scalar>,
    /// Column of every parameter that differs between neurons.
    pub parameters: BTreeMap<String, u16>,
    derived: HashMap<Id, u16>,
    constants: HashMap<u64, u16>,
    per_step: HashMap<Id, u16>,
}

impl Store {
    /// A new column at the end.
    pub fn column(&mut self, name: impl Into<String>, dim: Dim, kind: ColumnKind) -> u16 {
        self.columns.push(Column { name: name.into(), dim, kind });
        u16::try_from(self.columns.len() - 1).expect("a population has fewer than 65,536 columns")
    }
    fn scalar(&mut self, scalar: Scalar) -> u16 {
        self.scalars.push(scalar);
        u16::try_from(self.scalars.len() - 1).expect("a population has fewer than 65,536 scalars")
    }
    fn constant(&mut self, value: f64) -> Operand {
        if let Some(&k) = self.constants.get(&value.to_bits()) {
            return Operand::Scalar(k);
        }
        let k = self.scalar(Scalar::Constant(value));
        self.constants.insert(value.to_bits(), k);
        Operand::Scalar(k)
    }

    /// Where a value that no operation of the program computes is found.
    fn leaf(&mut self, graph: &Graph, id: Id) -> Option<Operand> {
        let (value, level) = &graph.values[id];
        Some(match (value, level) {
            (Value::Constant(c), _) => self.constant(*c),
            (Value::Column(c), _) => Operand::Column(*c),
            (Value::Input(r), _) => Operand::Input(*r),
            (Value::Scalar(s), _) => Operand::Scalar(*s),
            (Value::Fired, _) => FIRED,
            (Value::Parameter(name), _) if self.parameters.contains_key(&**name) => {
                Operand::Column(self.parameters[&**name])
            }
            (_, Level::Step) => {
                if !self.per_step.contains_key(&id) {
                    let k = self.scalar(Scalar::PerStep(graph.expression(id)));
                    self.per_step.insert(id, k);
                }
                Operand::Scalar(self.per_step[&id])
            }
            (Value::Derived(_), _) | (_, Level::Neuron) => {
                if !self.derived.contains_key(&id) {
                    let derived = match value {
                        Value::Derived(d) => d.clone(),
                        _ => Derived::Expr(graph.expression(id)),
                    };
                    let name = format!("derived {}", self.columns.len());
                    let c = self.column(name, Dim::default(), ColumnKind::Derived(derived));
                    self.derived.insert(id, c);
                }
                Operand::Column(self.derived[&id])
            }
            (Value::Op(..), _) => return None,
            (Value::Time(_) | Value::Parameter(_), _) => unreachable!("handled by level"),
        })
    }
}

/// Makes programs from one graph.
pub struct Emitter<'a> {
    pub graph: &'a Graph,
    pub store: &'a mut Store,
}

/// An operation whose operands are still values.
struct Draft {
    op: Op,
    args: Vec<Id>,
    value: Id,
}

impl Emitter<'_> {
    /// The program that computes `outputs`, and where each was left.
    pub fn emit(&mut self, outputs: &[(Target, Id)]) -> (Program, Vec<Operand>) {
        let mut drafts = Vec::new();
        let uses = self.uses(outputs);
        let mut done = vec![false; self.graph.values.len()];
        for &(_, id) in outputs {
            self.order(id, &uses, &mut done, &mut drafts);
        }
        self.allocate(&drafts, outputs)
    }

    /// Appends a look at who fired and at a column that must stay finite.
    pub fn look(&mut self, mut program: Program, fired: bool, watch: Option<u16>) -> Program {
        let zero = self.store.constant(0.0);
        let args = [if fired { FIRED } else { zero }, watch.map_or(zero, Operand::Column), zero];
        if fired || watch.is_some() {
            program.instrs.push(Instr { op: Op::Look, dst: FIRED, args });
        }
        program
    }

    /// How often each value is used by what the outputs need.
    fn uses(&mut self, outputs: &[(Target, Id)]) -> Vec<u32> {
        let mut uses = vec![0; self.graph.values.len()];
        let mut stack: Vec<Id> = outputs.iter().map(|o| o.1).collect();
        while let Some(id) = stack.pop() {
            uses[id] += 1;
            if let (1, None, Value::Op(op, args)) =
                (uses[id], self.store.leaf(self.graph, id), &self.graph.values[id].0)
            {
                stack.extend(&args[..op.arity()]);
            }
        }
        uses
    }

    /// Depth first, so that few values are alive at once; a product used once by a sum is fused into it.
    fn order(&mut self, id: Id, uses: &[u32], done: &mut [bool], drafts: &mut Vec<Draft>) {
        if done[id] || self.store.leaf(self.graph, id).is_some() {
            return;
        }
        done[id] = true;
        let Value::Op(op, args) = self.graph.values[id].0 else { unreachable!("all else is a leaf") };
        let product = |k: usize| match self.graph.values[args[k]] {
            (Value::Op(Op::Mul, [a, b, _]), Level::Both) if uses[args[k]] == 1 && !done[args[k]] => Some((a, b)),
            _ => None,
        };
        let (op, args) = match (op, product(0), product(1)) {
            (Op::Add, _, Some((a, b))) => (Op::MulAdd, vec![a, b, args[0]]),
            (Op::Add, Some((a, b)), None) => (Op::MulAdd, vec![a, b, args[1]]),
            (Op::Sub, _, Some((a, b))) => (Op::NegMulAdd, vec![a, b, args[0]]),
            _ => (op, args[..op.arity()].to_vec()),
        };
        // The addend first: it is most often the longer branch.
        for &a in args.iter().rev() {
            self.order(a, uses, done, drafts);
        }
        drafts.push(Draft { op, args, value: id });
    }

    fn allocate(&mut self, drafts: &[Draft], outputs: &[(Target, Id)]) -> (Program, Vec<Operand>) {
        let graph = self.graph;
        let mut last_use: HashMap<Id, usize> = HashMap::new();
        let mut last_read = HashMap::new();
        for (p, draft) in drafts.iter().enumerate() {
            for &a in &draft.args {
                last_use.insert(a, p);
                if let Some(operand @ Operand::Column(_)) = self.store.leaf(graph, a) {
                    last_read.insert(column_of(operand), p);
                }
            }
        }
        // Where each computed value goes: straight into its column when nobody reads the old content afterwards.
        let mut home: HashMap<Id, Operand> = HashMap::new();
        for &(target, id) in outputs {
            let Some(p) = drafts.iter().position(|d| d.value == id) else { continue };
            let direct = match target {
                Target::Fired => Some(FIRED),
                Target::Column(c) => {
                    let read_later = last_read.get(&c).is_some_and(|&last| last > p);
                    let read_by_output = outputs.iter().any(|&(t, other)| {
                        t != target && matches!(graph.values[other].0, Value::Column(old) if old == c)
                    });
                    (!read_later && !read_by_output).then_some(Operand::Column(c))
                }
                Target::Anywhere => None,
            };
            if let (Some(operand), false) = (direct, home.contains_key(&id)) {
                home.insert(id, operand);
            }
        }
        for &(_, id) in outputs {
            last_use.insert(id, drafts.len());
        }
        let powers = graph.powers.iter().map(|&exponent| Power::new(exponent)).collect();
        let mut program = Program { instrs: Vec::new(), temps: 1, powers };
        let mut free: Vec<u16> = Vec::new();
        for (p, draft) in drafts.iter().enumerate() {
            let operands: Vec<Operand> =
                draft.args.iter().map(|&a| self.store.leaf(graph, a).unwrap_or_else(|| home[&a])).collect();
            let mut ended: Vec<Id> = draft.args.iter().copied().filter(|a| last_use[a] == p).collect();
            ended.sort_unstable();
            ended.dedup();
            for a in ended {
                if let (None, Operand::Temp(k @ 1..)) = (self.store.leaf(graph, a), *home.get(&a).unwrap_or(&FIRED)) {
                    free.push(k);
                }
            }
            let dst = *home.entry(draft.value).or_insert_with(|| {
                Operand::Temp(free.pop().unwrap_or_else(|| {
                    program.temps += 1;
                    program.temps as u16 - 1
                }))
            });
            let first = operands.first().copied().unwrap_or(dst);
            let args = std::array::from_fn(|k| operands.get(k).copied().unwrap_or(first));
            program.instrs.push(Instr { op: draft.op, dst, args });
        }
        let places = self.deliver(&mut program, outputs, &home);
        (program, places)
    }

    /// Copies outputs that are not yet where they belong.
    fn deliver(
        &mut self,
        program: &mut Program,
        outputs: &[(Target, Id)],
        home: &HashMap<Id, Operand>,
    ) -> Vec<Operand> {
        let mut places = Vec::new();
        let mut copies = Vec::new();
        for &(target, id) in outputs {
            let from = home.get(&id).copied().or_else(|| self.store.leaf(self.graph, id)).expect("computed or a leaf");
            let to = match target {
                Target::Anywhere => from,
                Target::Fired => FIRED,
                Target::Column(c) => Operand::Column(c),
            };
            places.push(to);
            if to != from {
                copies.push((to, from));
            }
        }
        // A column that is both overwritten and copied elsewhere is saved first.
        let overwritten: Vec<Operand> = copies.iter().map(|c| c.0).collect();
        for (_, from) in &mut copies {
            if overwritten.contains(from) {
                let saved = Operand::Temp(program.temps as u16);
                program.temps += 1;
                program.instrs.push(Instr { op: Op::Copy, dst: saved, args: [*from; 3] });
                *from = saved;
            }
        }
        for (to, from) in copies {
            program.instrs.push(Instr { op: Op::Copy, dst: to, args: [from; 3] });
        }
        places
    }
}

fn column_of(operand: Operand) -> u16 {
    match operand {
        Operand::Column(c) => c,
        other => unreachable!("{other:?} is not a column"),
    }
}
