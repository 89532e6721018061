//! Arrays of neurons, or of compartments, and their programs run over them.

use std::sync::Arc;

use crate::{
    kernel::{
        self, Buffer, Chunk, Drawn, Isa, Random, Real, Scan,
        program::{CHUNK, LANES, Program},
    },
    lang::{Dynamics, Neuron, Scalar, eval_at},
};

/// Arrays of neurons, or compartments, with equations.
pub struct Neurons<T: Real> {
    pub dynamics: Arc<Dynamics>,
    /// One array a column, each `padded` long.
    pub columns: Buffer<T>,
    pub padded: usize,
    scalars: Vec<[T; LANES]>,
    /// Poisson numbers that are drawn ahead, by chunk, then by stream.
    drawn: Vec<Drawn>,
    /// Streams of Poisson numbers.
    streams: usize,
    /// Scalars that change every step.
    per_step: Vec<usize>,
    /// Key of its random numbers.
    pub key: u64,
}

/// Temporaries of a block, shared by its parts.
pub struct Scratch<T: Real>(Buffer<T>);

impl<T: Real> Scratch<T> {
    pub fn new() -> Self {
        Self(Buffer::new(0))
    }
    fn reserve(&mut self, temps: usize) {
        // One more than there are, for the chunks of some groups only (`Chunk::groups`).
        let wanted = (temps + 1) * CHUNK;
        if self.0.len() < wanted {
            self.0 = Buffer::new(wanted);
        }
    }
}

impl<T: Real> Neurons<T> {
    /// Arrays of `columns` columns, all 0.
    pub fn new(dynamics: &Arc<Dynamics>, columns: usize, padded: usize, key: u64) -> Self {
        let mut neurons = Self {
            dynamics: dynamics.clone(),
            columns: Buffer::new(columns * padded),
            padded,
            scalars: Vec::new(),
            drawn: Vec::new(),
            streams: 0,
            per_step: Vec::new(),
            key,
        };
        neurons.set_scalars();
        neurons
    }

    /// Takes another program; its values are still to be set.
    pub fn set_dynamics(&mut self, dynamics: &Arc<Dynamics>) {
        self.dynamics = dynamics.clone();
        self.set_scalars();
    }

    /// Bytes of its arrays.
    pub fn bytes(&self) -> u64 {
        (std::mem::size_of_val(&self.columns[..]) + std::mem::size_of_val(&self.drawn[..])) as u64
    }

    fn set_scalars(&mut self) {
        let value = |s: &Scalar| if let Scalar::Constant(c) = s { *c } else { 0.0 };
        self.scalars = self.dynamics.scalars.iter().map(|s| [T::from_f64(value(s)); LANES]).collect();
        self.streams = self.dynamics.poisson_streams();
        self.drawn = vec![Drawn::NONE; self.padded.div_ceil(CHUNK) * self.streams];
        let changing = |s: &Scalar| matches!(s, Scalar::PerStep(_));
        self.per_step = (0..self.scalars.len()).filter(|&k| changing(&self.dynamics.scalars[k])).collect();
    }

    /// Functions of time at a step's begin. Time is `step * dt`: nothing accumulates.
    pub fn set_time(&mut self, step: u64) {
        for &k in &self.per_step {
            if let Scalar::PerStep(expr) = &self.dynamics.scalars[k] {
                self.scalars[k] = [T::from_f64(eval_at(expr, step as f64 * self.dynamics.dt)); LANES];
            }
        }
    }

    /// Lets `f` set the columns of each of `len` neurons, which `neuron` describes.
    pub fn each_row(
        &mut self,
        len: usize,
        neuron: impl Fn(usize) -> Neuron,
        f: impl Fn(&Dynamics, Neuron, &mut [f64]),
    ) {
        let columns = self.dynamics.columns.len();
        let mut row = vec![0.0; columns];
        // Padding neurons repeat the last one, so that they stay finite.
        for k in 0..self.padded {
            for (c, value) in row.iter_mut().enumerate() {
                *value = self.columns[c * self.padded + k].to_f64();
            }
            f(&self.dynamics, neuron(k.min(len - 1)), &mut row);
            for (c, &value) in row.iter().enumerate() {
                self.columns[c * self.padded + k] = T::from_f64(value);
            }
        }
    }

    /// Runs one of the programs over all neurons, chunk by chunk; `then` gets each chunk afterwards, and what the program saw. The programs are shared
    /// by blocks, and are borrowed rather than counted: a count would travel between the cores in every step.
    #[allow(clippy::too_many_arguments)]
    pub fn for_chunks(
        &mut self,
        isa: Isa,
        program: impl Fn(&Dynamics) -> &Program,
        inputs: &mut [T],
        step: u64,
        first: u32,
        scratch: &mut Scratch<T>,
        mut then: impl FnMut(Isa, &Dynamics, &mut Chunk<T>, Scan),
    ) {
        let program = program(&self.dynamics);
        scratch.reserve(program.temps.max(self.dynamics.reset.temps));
        for start in (0..self.padded).step_by(CHUNK) {
            let mut chunk = Chunk {
                columns: &mut self.columns,
                stride: self.padded,
                inputs: &mut *inputs,
                input_stride: self.padded,
                scalars: &self.scalars,
                temps: &mut scratch.0,
                drawn: &mut self.drawn[start / CHUNK * self.streams..][..self.streams],
                start,
                len: CHUNK.min(self.padded - start),
                random: Random { key: self.key, step, first: first + start as u32 },
            };
            let seen = kernel::run(isa, program, &mut chunk);
            then(isa, &self.dynamics, &mut chunk, seen);
        }
    }
}
