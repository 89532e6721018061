//! A chunk: the part of a population that a program runs over at once, and where its operands live in memory.

use super::{
    program::{CHUNK, LANES, Operand},
    real::Real,
};

/// Some neurons of a population: `start..start + len`, which may reach into the padding of the columns. It is fastest when
/// all slices begin on a cache line ([`Buffer`](crate::kernel::Buffer)) and `start` is a multiple of [`LANES`].
#[derive(Debug)]
pub struct Chunk<'a, T> {
    /// Column `c` of neuron `n` is `columns[c * stride + n]`.
    pub columns: &'a mut [T],
    /// Distance between columns: neurons, padded to a multiple of [`LANES`].
    pub stride: usize,
    /// Input `r` of neuron `n` is `inputs[r * input_stride + n]`.
    pub inputs: &'a [T],
    /// Distance between inputs.
    pub input_stride: usize,
    /// Scalars, each repeated [`LANES`] times.
    pub scalars: &'a [[T; LANES]],
    /// Scratch: temporary `k` of neuron `start + i` is `temps[k * CHUNK + i]`.
    pub temps: &'a mut [T],
    /// First neuron.
    pub start: usize,
    /// Neurons: a multiple of [`LANES`], at most [`CHUNK`].
    pub len: usize,
    /// Which random numbers this chunk draws in this step.
    pub random: Random,
}

/// Names the random numbers of a chunk in a step; they depend on nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Random {
    /// Hash of the seed and the population ([`mix`](crate::kernel::mix)).
    pub key: u64,
    /// Number of the time step.
    pub step: u64,
    /// Number in its population of the neuron at `start`: a multiple of [`LANES`].
    pub first: u32,
}

/// An operand that is read: group `g` of [`LANES`] neurons is at `pointer + g * stride`. A scalar has stride 0, so one loop
/// serves all kinds of operands.
pub(super) struct Source<T> {
    pointer: *const T,
    stride: usize,
}

/// The memory of a chunk as pointers, taken once so that an operand may be read and written by the same operation.
pub(super) struct Memory<T> {
    columns: (*mut T, usize),
    stride: usize,
    inputs: (*const T, usize),
    input_stride: usize,
    scalars: (*const T, usize),
    temps: (*mut T, usize),
    start: usize,
    len: usize,
}

impl<T: Real> Memory<T> {
    /// Checks the shape of the chunk; operands are checked one by one.
    #[inline(always)]
    pub fn new(chunk: &mut Chunk<T>) -> Self {
        assert!(chunk.len <= CHUNK && chunk.len % LANES == 0, "a chunk has {} neurons", chunk.len);
        assert!(chunk.start + chunk.len <= chunk.stride, "a chunk ends behind its population");
        assert!(chunk.random.first as usize % LANES == 0, "a chunk begins at neuron {}", chunk.random.first);
        Self {
            columns: (chunk.columns.as_mut_ptr(), chunk.columns.len()),
            stride: chunk.stride,
            inputs: (chunk.inputs.as_ptr(), chunk.inputs.len()),
            input_stride: chunk.input_stride,
            scalars: (chunk.scalars.as_ptr().cast(), chunk.scalars.len()),
            temps: (chunk.temps.as_mut_ptr(), chunk.temps.len()),
            start: chunk.start,
            len: chunk.len,
        }
    }

    /// Groups of [`LANES`] neurons.
    #[inline(always)]
    pub fn groups(&self) -> usize {
        self.len / LANES
    }

    /// Where an operand is read. Panics if it lies outside of the chunk's memory.
    #[inline(always)]
    pub fn source(&self, operand: Operand) -> Source<T> {
        if let Operand::Scalar(s) = operand {
            assert!((s as usize) < self.scalars.1, "no scalar {s}");
            // SAFETY: inside of the slice, as just checked.
            return Source { pointer: unsafe { self.scalars.0.add(s as usize * LANES) }, stride: 0 };
        }
        if let Operand::Input(r) = operand {
            let begin = r as usize * self.input_stride + self.start;
            assert!(begin + self.len <= self.inputs.1, "no input {r}");
            // SAFETY: inside of the slice, as just checked.
            return Source { pointer: unsafe { self.inputs.0.add(begin) }, stride: LANES };
        }
        Source { pointer: self.target(operand), stride: LANES }
    }

    /// Where an operand is written. Panics if it is read-only or lies outside of the chunk's memory.
    #[inline(always)]
    pub fn target(&self, operand: Operand) -> *mut T {
        let (slice, begin) = match operand {
            Operand::Column(c) => (self.columns, c as usize * self.stride + self.start),
            Operand::Temp(k) => (self.temps, k as usize * CHUNK),
            Operand::Input(_) | Operand::Scalar(_) => panic!("{operand:?} is read only"),
        };
        assert!(begin + self.len <= slice.1, "no {operand:?}");
        // SAFETY: inside of the slice, as just checked.
        unsafe { slice.0.add(begin) }
    }
}

impl<T: Real> Source<T> {
    /// Group `g` of the neurons.
    ///
    /// # Safety
    /// `g` is less than [`Memory::groups`] and the chunk's memory is still borrowed.
    #[inline(always)]
    pub unsafe fn load(&self, g: usize) -> [T; LANES] {
        // SAFETY: `Memory::source` has checked that all groups are inside.
        unsafe { self.pointer.add(g * self.stride).cast::<[T; LANES]>().read() }
    }

    /// The value, where it is a scalar.
    #[inline(always)]
    pub fn same_for_all(&self) -> Option<T> {
        // SAFETY: `Memory::source` has checked that the scalar is there.
        (self.stride == 0).then(|| unsafe { self.pointer.read() })
    }
}
