//! Memory in which the programs of a rule run over some synapses at a time.

use crate::{
    kernel::{
        self, Buffer, Chunk, Isa, Random, Real,
        program::{CHUNK, LANES, Operand},
    },
    lang::learning::{Code, Gather, Visit},
};

/// A program with memory for up to [`CHUNK`] synapses.
#[derive(Debug)]
pub struct Work<T: Real> {
    code: Code,
    /// Variable v of synapse i at `v * CHUNK + i`.
    pub columns: Buffer<T>,
    /// Variables of synapses that lie in one group with the last one, while the program runs.
    kept: Buffer<T>,
    inputs: Buffer<T>,
    temps: Buffer<T>,
    scalars: Vec<[T; LANES]>,
}

impl<T: Real> Work<T> {
    pub fn new(code: &Code, variables: usize) -> Self {
        let visits = code.visits.iter().map(|_| 0.0);
        Self {
            code: code.clone(),
            columns: Buffer::new(variables * CHUNK),
            kept: Buffer::new(variables * LANES),
            inputs: Buffer::new(code.inputs.len() * CHUNK),
            temps: Buffer::new(code.program.temps.max(1) * CHUNK),
            scalars: visits.chain(code.constants.iter().copied()).map(|c| [T::from_f64(c); LANES]).collect(),
        }
    }

    /// Nothing happens in this program.
    pub fn is_idle(&self) -> bool {
        self.code.program.instrs.is_empty()
    }

    /// Sets the values that are the same for all synapses of a visit.
    pub fn visit(&mut self, value: impl Fn(Visit) -> f64) {
        for (scalar, &visit) in self.scalars.iter_mut().zip(&self.code.visits) {
            *scalar = [T::from_f64(value(visit)); LANES];
        }
    }

    /// Fills the inputs that the program reads, `len` values each.
    pub fn gather(&mut self, len: usize, mut fill: impl FnMut(Gather, &mut [T])) {
        for (k, &gather) in self.code.inputs.iter().enumerate() {
            let values = &mut self.inputs[k * CHUNK..(k + 1) * CHUNK];
            fill(gather, &mut values[..len]);
            pad(values, len);
        }
    }

    /// Runs the program over the first `len` synapses; those behind them keep their values.
    pub fn run(&mut self, isa: Isa, len: usize) {
        let beyond = len..len.next_multiple_of(LANES);
        for (column, kept) in self.columns.chunks_exact_mut(CHUNK).zip(self.kept.chunks_exact_mut(LANES)) {
            kept[..beyond.len()].copy_from_slice(&column[beyond.clone()]);
            pad(column, len);
        }
        let mut chunk = Chunk {
            columns: &mut self.columns,
            stride: CHUNK,
            inputs: &mut self.inputs,
            input_stride: CHUNK,
            scalars: &self.scalars,
            temps: &mut self.temps,
            drawn: &mut [],
            start: 0,
            len: len.next_multiple_of(LANES),
            random: Random { key: 0, step: 0, first: 0 },
        };
        kernel::run(isa, &self.code.program, &mut chunk);
        for (column, kept) in self.columns.chunks_exact_mut(CHUNK).zip(self.kept.chunks_exact(LANES)) {
            column[beyond.clone()].copy_from_slice(&kept[..beyond.len()]);
        }
    }

    /// What the program left to be transmitted by each of the first `len` synapses; one value where it is the same for all.
    #[inline(always)]
    pub fn transmitted(&self, len: usize) -> Result<&[T], T> {
        match self.code.transmit.expect("this program transmits") {
            Operand::Column(c) => Ok(&self.columns[usize::from(c) * CHUNK..][..len]),
            Operand::Temp(t) => Ok(&self.temps[usize::from(t) * CHUNK..][..len]),
            Operand::Input(k) => Ok(&self.inputs[usize::from(k) * CHUNK..][..len]),
            Operand::Scalar(s) => Err(self.scalars[usize::from(s)][0]),
        }
    }
}

/// Synapses beyond the last repeat it, up to a whole group.
fn pad<T: Copy>(column: &mut [T], len: usize) {
    let last = column[len - 1];
    column[len..len.next_multiple_of(LANES)].fill(last);
}
