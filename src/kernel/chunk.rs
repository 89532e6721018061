//! A chunk: the part of a population that a program runs over at once, and where its operands live in memory.

use std::ops::Range;

use super::{
    drawn::Drawn,
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
    pub inputs: &'a mut [T],
    /// Distance between inputs.
    pub input_stride: usize,
    /// Scalars, each repeated [`LANES`] times.
    pub scalars: &'a [[T; LANES]],
    /// Scratch: temporary `k` of neuron `start + i` is `temps[k * CHUNK + i]`.
    pub temps: &'a mut [T],
    /// Poisson numbers that are drawn ahead, by stream.
    pub drawn: &'a mut [Drawn],
    /// First neuron.
    pub start: usize,
    /// Neurons: a multiple of [`LANES`], at most [`CHUNK`].
    pub len: usize,
    /// Which random numbers this chunk draws in this step.
    pub random: Random,
}

impl<T> Chunk<'_, T> {
    /// Some of its groups of [`LANES`] neurons, as a chunk of their own. The last temporary is lost to it, since its memory ends
    /// before that of a whole chunk would.
    pub fn groups(&mut self, groups: Range<usize>) -> Chunk<'_, T> {
        let skipped = groups.start * LANES;
        assert!(groups.end * LANES <= self.len, "groups {groups:?} of a chunk of {} neurons", self.len);
        Chunk {
            columns: self.columns,
            stride: self.stride,
            inputs: self.inputs,
            input_stride: self.input_stride,
            scalars: self.scalars,
            temps: &mut self.temps[skipped..],
            drawn: self.drawn,
            start: self.start + skipped,
            len: groups.len() * LANES,
            random: Random { first: self.random.first + skipped as u32, ..self.random },
        }
    }
}

impl<T: Real> Chunk<'_, T> {
    /// Sets its inputs to 0 once they are used, while they are in the cache.
    pub fn clear_inputs(&mut self) {
        for input in self.inputs.chunks_mut(self.input_stride) {
            input[self.start..][..self.len].fill(T::ZERO);
        }
    }

    /// Value of an operand of the neuron with number `at`, after a program has run.
    pub fn value(&self, operand: Operand, at: usize) -> T {
        match operand {
            Operand::Column(c) => self.columns[c as usize * self.stride + at],
            Operand::Temp(t) => self.temps[t as usize * CHUNK + at - self.start],
            Operand::Scalar(s) => self.scalars[s as usize][0],
            Operand::Input(r) => self.inputs[r as usize * self.input_stride + at],
        }
    }
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
#[derive(Clone, Copy)]
pub(super) struct Source<T> {
    pointer: *const T,
    stride: usize,
}

/// An operand that is read and has a value per neuron.
pub(super) struct Vector<T>(*const [T; LANES]);

impl<T: Real> Vector<T> {
    /// Group `g` of the neurons.
    ///
    /// # Safety
    /// As for [`Source::load`].
    #[inline(always)]
    pub unsafe fn load(&self, g: usize) -> [T; LANES] {
        // SAFETY: `Memory::find` has checked that all groups are inside.
        unsafe { self.0.add(g).read() }
    }
}

/// The memory of a chunk as pointers, taken once so that an operand may be read and written by the same operation.
/// One bank for each kind of operand: finding an operand is a look-up and a comparison, without a branch on its kind.
pub(super) struct Memory<T> {
    banks: [Bank<T>; 4],
    groups: usize,
}

/// Operands of one kind: number `k` begins at `pointer + k * between`, and its groups lie `stride` apart.
struct Bank<T> {
    pointer: *mut T,
    between: usize,
    stride: usize,
    /// The largest `k * between` that still lies inside; negative where there is no operand.
    room: isize,
}

impl<T: Real> Memory<T> {
    /// Checks the shape of the chunk; operands are checked one by one.
    #[inline(always)]
    pub fn new(chunk: &mut Chunk<T>) -> Self {
        let (start, end) = (chunk.start, chunk.start + chunk.len);
        assert!(chunk.len <= CHUNK && chunk.len.is_multiple_of(LANES), "a chunk has {} neurons", chunk.len);
        assert!(end <= chunk.stride, "a chunk ends behind its population");
        assert!(chunk.random.first.is_multiple_of(LANES as u32), "a chunk begins at neuron {}", chunk.random.first);
        assert!(chunk.stride.max(chunk.input_stride) <= isize::MAX as usize >> 16, "columns are too far apart");
        let room = |len: usize, needed: usize| len as isize - needed as isize;
        let scalars = chunk.scalars.as_flattened();
        Self {
            banks: [
                Bank {
                    pointer: chunk.columns.as_mut_ptr().wrapping_add(start),
                    between: chunk.stride,
                    stride: LANES,
                    room: room(chunk.columns.len(), end),
                },
                Bank {
                    pointer: chunk.inputs.as_mut_ptr().wrapping_add(start),
                    between: chunk.input_stride,
                    stride: LANES,
                    room: room(chunk.inputs.len(), end),
                },
                Bank {
                    pointer: scalars.as_ptr().cast_mut(),
                    between: LANES,
                    stride: 0,
                    room: room(scalars.len(), LANES),
                },
                Bank {
                    pointer: chunk.temps.as_mut_ptr(),
                    between: CHUNK,
                    stride: LANES,
                    room: room(chunk.temps.len(), CHUNK),
                },
            ],
            groups: chunk.len / LANES,
        }
    }

    /// Groups of [`LANES`] neurons.
    #[inline(always)]
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Where an operand begins, and how far its groups lie apart. Panics if it lies outside of the chunk's memory.
    #[inline(always)]
    fn find(&self, operand: Operand) -> (*mut T, usize) {
        let (kind, number) = operand.parts();
        let bank = &self.banks[kind];
        // No overflow: a number has 16 bits, and `new` has looked at the distances.
        let offset = number * bank.between;
        if offset as isize > bank.room {
            missing(operand);
        }
        // SAFETY: there is room for this operand inside of the slice.
        (unsafe { bank.pointer.add(offset) }, bank.stride)
    }

    /// Where an operand is read. Panics if it lies outside of the chunk's memory.
    #[inline(always)]
    pub fn source(&self, operand: Operand) -> Source<T> {
        let (pointer, stride) = self.find(operand);
        Source { pointer, stride }
    }

    /// Where an operand with a value per neuron is read. Panics if it is a scalar or lies outside of the chunk's memory.
    #[inline(always)]
    pub fn vector(&self, operand: Operand) -> Vector<T> {
        if matches!(operand, Operand::Scalar(_)) {
            missing(operand);
        }
        Vector(self.find(operand).0.cast())
    }

    /// Value of a scalar. Panics if there is no such scalar or the operand is none.
    #[inline(always)]
    pub fn scalar(&self, operand: Operand) -> T {
        self.source(operand).same_for_all().unwrap_or_else(|| missing(operand))
    }

    /// Where an operand is written. Panics if it is read-only or lies outside of the chunk's memory.
    #[inline(always)]
    pub fn target(&self, operand: Operand) -> *mut [T; LANES] {
        if matches!(operand, Operand::Input(_) | Operand::Scalar(_)) {
            missing(operand);
        }
        self.find(operand).0.cast()
    }
}

#[cold]
#[inline(never)]
fn missing(operand: Operand) -> ! {
    panic!("{operand:?} is not in the chunk's memory, is read only, or of the wrong kind");
}

impl<T: Real> Source<T> {
    /// Where group `g` of the neurons lies.
    ///
    /// # Safety
    /// `g` is less than [`Memory::groups`] and the chunk's memory is still borrowed.
    #[inline(always)]
    pub unsafe fn at(&self, g: usize) -> *const [T; LANES] {
        // SAFETY: `Memory::find` has checked that all groups are inside.
        unsafe { self.pointer.add(g * self.stride).cast() }
    }

    /// Group `g` of the neurons.
    ///
    /// # Safety
    /// As for [`Source::at`].
    #[inline(always)]
    pub unsafe fn load(&self, g: usize) -> [T; LANES] {
        // SAFETY: see above.
        unsafe { self.at(g).read() }
    }

    /// The value, where it is a scalar.
    #[inline(always)]
    pub fn same_for_all(&self) -> Option<T> {
        // SAFETY: `Memory::find` has checked that the scalar is there.
        (self.stride == 0).then(|| unsafe { self.pointer.read() })
    }
}
