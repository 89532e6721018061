//! Memory in which the programs of a rule run over some synapses at a time.

use std::ops::Range;

use crate::{
    kernel::{
        self, Buffer, Chunk, Isa, Random, Real,
        program::{CHUNK, LANES, Operand},
    },
    lang::learning::{Code, Gather, Visit},
};

/// A program with memory for some synapses.
#[derive(Debug)]
pub struct Work<T: Real> {
    code: Code,
    /// For how many.
    room: usize,
    columns: Buffer<T>,
    inputs: Buffer<T>,
    temps: Buffer<T>,
    scalars: Vec<[T; LANES]>,
}

impl<T: Real> Work<T> {
    /// Memory for `room` synapses with so many variables.
    pub fn new(code: &Code, variables: usize, room: usize) -> Self {
        let visits = code.visits.iter().map(|_| 0.0);
        Self {
            code: code.clone(),
            room,
            columns: Buffer::new(variables * room),
            inputs: Buffer::new(code.inputs.len() * room),
            temps: Buffer::new(code.program.temps.max(1) * CHUNK),
            scalars: visits.chain(code.constants.iter().copied()).map(|c| [T::from_f64(c); LANES]).collect(),
        }
    }

    /// Nothing happens in this program.
    pub fn is_idle(&self) -> bool {
        self.code.program.instrs.is_empty()
    }

    /// The values of each variable, one for each synapse.
    pub fn columns(&self) -> impl Iterator<Item = &[T]> {
        self.columns.chunks_exact(self.room)
    }
    /// Those of one variable.
    pub fn column(&self, variable: usize) -> &[T] {
        &self.columns[variable * self.room..][..self.room]
    }
    /// The same, to be set.
    pub fn columns_mut(&mut self) -> impl Iterator<Item = &mut [T]> {
        self.columns.chunks_exact_mut(self.room)
    }

    /// Sets the values that are the same for all synapses of a visit.
    pub fn visit(&mut self, value: impl Fn(Visit) -> f64) {
        for (scalar, &visit) in self.scalars.iter_mut().zip(&self.code.visits) {
            *scalar = [T::from_f64(value(visit)); LANES];
        }
    }

    /// Fills the inputs that the program reads of some synapses.
    pub fn gather(&mut self, synapses: Range<usize>, mut fill: impl FnMut(Gather, &mut [T])) {
        for (values, &gather) in self.inputs.chunks_exact_mut(self.room).zip(&self.code.inputs) {
            fill(gather, &mut values[synapses.clone()]);
        }
    }

    /// Runs the program over some synapses, which begin with a group of [`LANES`] and are filled up to one with any that are in memory.
    pub fn run(&mut self, isa: Isa, synapses: Range<usize>) {
        let end = synapses.end.next_multiple_of(LANES);
        for start in synapses.step_by(CHUNK) {
            let mut chunk = Chunk {
                columns: &mut self.columns,
                stride: self.room,
                inputs: &mut self.inputs,
                input_stride: self.room,
                scalars: &self.scalars,
                temps: &mut self.temps,
                drawn: &mut [],
                start,
                len: CHUNK.min(end - start),
                random: Random { key: 0, step: 0, first: 0 },
            };
            kernel::run(isa, &self.code.program, &mut chunk);
        }
    }

    /// What the program left to be transmitted by each of the first `len` synapses, at most [`CHUNK`]; one value where it is the same for
    /// all.
    #[inline(always)]
    pub fn transmitted(&self, len: usize) -> Result<&[T], T> {
        match self.code.transmit.expect("this program transmits") {
            Operand::Column(c) => Ok(&self.columns[usize::from(c) * self.room..][..len]),
            Operand::Temp(t) => Ok(&self.temps[usize::from(t) * CHUNK..][..len]),
            Operand::Input(k) => Ok(&self.inputs[usize::from(k) * self.room..][..len]),
            Operand::Scalar(s) => Err(self.scalars[usize::from(s)][0]),
        }
    }
}
