//! The spikes that have reached synapses of one dendritic delay, and the traces that they have left.

use crate::{
    kernel::{
        self, Buffer, Chunk, Isa, Random, Real,
        program::{CHUNK, Instr, LANES, Op, Operand, Program},
    },
    lang::learning::Trace,
};

/// How many spikes of each neuron stand side by side.
pub const RECENT: usize = 2;

/// What synapses of one dendritic delay see of their targets.
#[derive(Debug)]
pub struct View<T> {
    /// Dendritic delay in steps.
    pub dendritic: i32,
    /// Spikes of each neuron seen so far, modulo 256.
    pub count: Vec<u8>,
    /// Stamp of the last one, of the one before it and so on; before the first one, so that it reached the synapse at time 0. Few synapses
    /// wait for older ones.
    pub recent: [Vec<i32>; RECENT],
    /// Steps since then at the stamp of `decayed`, then for each trace its values right after the last spike.
    after: Buffer<T>,
    /// Traces at a stamp, if a presynaptic spike has asked for them.
    decayed: Buffer<T>,
    at: i32,
    padded: usize,
    decay: Program,
    /// Scalars of `decay`: minus the rate of each trace.
    rates: Vec<[T; LANES]>,
}

impl<T: Real> View<T> {
    pub fn new(dendritic: u32, neurons: usize, traces: &[Trace]) -> Self {
        let padded = neurons.next_multiple_of(LANES);
        Self {
            dendritic: dendritic as i32,
            count: vec![0; neurons],
            recent: std::array::from_fn(|_| vec![-(dendritic as i32); neurons]),
            after: Buffer::new(padded * (traces.len() + 1)),
            decayed: Buffer::new(padded * traces.len()),
            at: i32::MIN,
            padded,
            decay: decay(traces.len()),
            rates: traces.iter().map(|t| [T::from_f64(-t.rate); LANES]).collect(),
        }
    }

    /// Neuron `k` has spiked; `traces` are its traces right after.
    pub fn see(&mut self, k: usize, stamp: i32, traces: &[f64]) {
        self.count[k] = self.count[k].wrapping_add(1);
        self.recent.iter_mut().fold(stamp, |later, stamps| std::mem::replace(&mut stamps[k], later));
        for (t, &trace) in traces.iter().enumerate() {
            self.after[(t + 1) * self.padded + k] = T::from_f64(trace);
        }
    }

    /// Trace `t` of all neurons at the stamp that was prepared.
    pub fn trace(&self, t: usize) -> &[T] {
        &self.decayed[t * self.padded..][..self.count.len()]
    }

    /// Lets all traces decay to a stamp at the soma, once for all presynaptic spikes that arrive together.
    pub fn decay(&mut self, now: i32, isa: Isa) {
        if self.at == now || self.rates.is_empty() {
            return;
        }
        self.at = now;
        let steps = self.after[..self.count.len()].iter_mut().zip(&self.recent[0]);
        steps.for_each(|(steps, &last)| *steps = T::from_i32(now - last));
        for start in (0..self.padded).step_by(CHUNK) {
            let mut chunk = Chunk {
                columns: &mut self.decayed,
                stride: self.padded,
                inputs: &mut self.after,
                input_stride: self.padded,
                scalars: &self.rates,
                temps: &mut [T::ZERO; CHUNK],
                drawn: &mut [],
                start,
                len: CHUNK.min(self.padded - start),
                random: Random { key: 0, step: 0, first: 0 },
            };
            kernel::run(isa, &self.decay, &mut chunk);
        }
    }

    /// Memory of its arrays.
    pub fn bytes(&self) -> usize {
        self.count.len() * (1 + 4 * RECENT) + size_of_val(&self.after[..]) + size_of_val(&self.decayed[..])
    }
}

/// `after * exp(-rate * steps)` for each trace.
fn decay(traces: usize) -> Program {
    let each = |t: u16| {
        [
            Instr {
                op: Op::Mul,
                dst: Operand::Temp(0),
                args: [Operand::Input(0), Operand::Scalar(t), Operand::Input(0)],
            },
            Instr { op: Op::Exp, dst: Operand::Temp(0), args: [Operand::Temp(0); 3] },
            Instr {
                op: Op::Mul,
                dst: Operand::Column(t),
                args: [Operand::Temp(0), Operand::Input(t + 1), Operand::Temp(0)],
            },
        ]
    };
    let instrs = (0..traces as u16).flat_map(each).collect();
    kernel::fuse(&Program { instrs, temps: 1 }, &[])
}
