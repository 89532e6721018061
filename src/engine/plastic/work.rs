//! Memory in which the programs of a rule run over some synapses at a time.

use std::ops::Range;

use super::store::Store;
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
    /// For how many synapses there are columns.
    room: usize,
    columns: Buffer<T>,
    inputs: Buffer<T>,
    temps: Buffer<T>,
    scalars: Vec<[T; LANES]>,
}

impl<T: Real> Work<T> {
    /// Columns for so many variables of `room` synapses: none where the program runs on [`Store`].
    pub fn new(code: &Code, variables: usize, room: usize) -> Self {
        let visits = code.visits.iter().map(|_| 0.0);
        Self {
            code: code.clone(),
            room,
            columns: Buffer::new(variables * room),
            inputs: Buffer::new(code.inputs.len() * CHUNK),
            temps: Buffer::new(code.program.temps.max(1) * CHUNK),
            scalars: visits.chain(code.constants.iter().copied()).map(|c| [T::from_f64(c); LANES]).collect(),
        }
    }

    /// Nothing happens in this program.
    pub fn is_idle(&self) -> bool {
        self.code.program.instrs.is_empty()
    }

    /// The values of one variable, one for each synapse.
    pub fn column(&self, variable: usize) -> &[T] {
        &self.columns[variable * self.room..][..self.room]
    }
    /// The same, to be set.
    pub fn column_mut(&mut self, variable: usize) -> &mut [T] {
        &mut self.columns[variable * self.room..][..self.room]
    }

    /// Sets the values that are the same for all synapses of a visit.
    pub fn visit(&mut self, value: impl Fn(Visit) -> f64) {
        for (scalar, &visit) in self.scalars.iter_mut().zip(&self.code.visits) {
            *scalar = [T::from_f64(value(visit)); LANES];
        }
    }

    /// Fills the inputs that the program reads of some synapses, at most [`CHUNK`].
    pub fn gather(&mut self, synapses: usize, mut fill: impl FnMut(Gather, &mut [T])) {
        for (&gather, input) in self.code.inputs.iter().zip(self.inputs.chunks_exact_mut(CHUNK)) {
            fill(gather, &mut input[..synapses]);
        }
    }

    /// Runs the program over as many synapses, which begin with a group of [`LANES`] and are filled up to one with any that are in memory.
    pub fn run(&mut self, isa: Isa, synapses: Range<usize>) {
        let mut columns = std::mem::take(&mut self.columns);
        let len = synapses.len().next_multiple_of(LANES);
        self.run_from(isa, (&mut columns[synapses.start..], self.room), len);
        self.columns = columns;
    }

    /// Runs the program on the variables of some synapses, at most [`CHUNK`], with the inputs of as many.
    pub fn run_on(&mut self, isa: Isa, store: &mut Store<T>, synapses: &Range<usize>) {
        let len = synapses.len().next_multiple_of(LANES);
        store.work(synapses, |columns, stride| self.run_from(isa, (columns, stride), len));
    }

    fn run_from(&mut self, isa: Isa, (columns, stride): (&mut [T], usize), len: usize) {
        let mut chunk = Chunk {
            columns,
            stride,
            inputs: &mut self.inputs,
            input_stride: CHUNK,
            scalars: &self.scalars,
            temps: &mut self.temps,
            drawn: &mut [],
            start: 0,
            len,
            random: Random { key: 0, step: 0, first: 0 },
        };
        kernel::run(isa, &self.code.program, &mut chunk);
    }

    /// What the program left to be transmitted by the synapses that it has run on last; one value where it is the same for all.
    #[inline(always)]
    pub fn transmitted<'a>(&'a self, store: &'a Store<T>, synapses: &Range<usize>) -> Result<&'a [T], T> {
        match self.code.transmit.expect("this program transmits") {
            Operand::Column(c) => Ok(store.of(c.into(), synapses.clone())),
            Operand::Temp(t) => Ok(&self.temps[usize::from(t) * CHUNK..][..synapses.len()]),
            Operand::Input(k) => Ok(&self.inputs[usize::from(k) * CHUNK..][..synapses.len()]),
            Operand::Scalar(s) => Err(self.scalars[usize::from(s)][0]),
        }
    }
}
