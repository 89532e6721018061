//! A vector of numbers that begins on a cache line: 512-bit loads that straddle two lines cost twice.

use std::ops::{Deref, DerefMut};

use super::{program::LANES, real::Real};

/// Numbers in memory aligned to 64 bytes; the length is a multiple of [`LANES`]. Reads and writes as a slice.
///
/// ```
/// use bouton::kernel::Buffer;
/// let mut columns = Buffer::<f32>::new(40);
/// columns[3] = 1.5;
/// assert_eq!((columns.len(), columns[3], columns.as_ptr() as usize % 64), (48, 1.5, 0));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Buffer<T>(Vec<Block<T>>);

#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Block<T>([T; LANES]);

impl<T: Real> Buffer<T> {
    /// Zeros, at least `len` of them: the length is rounded up to a multiple of [`LANES`].
    pub fn new(len: usize) -> Self {
        Self(vec![Block([T::ZERO; LANES]); len.div_ceil(LANES)])
    }
}

impl<T: Real> Deref for Buffer<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        // SAFETY: blocks of f32 or f64 are 64 or 128 bytes, multiples of their alignment, so they hold no padding and the
        // vector is `len * LANES` consecutive initialised numbers.
        unsafe { std::slice::from_raw_parts(self.0.as_ptr().cast(), self.0.len() * LANES) }
    }
}

impl<T: Real> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above, and borrowed mutably.
        unsafe { std::slice::from_raw_parts_mut(self.0.as_mut_ptr().cast(), self.0.len() * LANES) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_written() {
        let mut buffer = Buffer::<f64>::new(33);
        assert_eq!((buffer.len(), buffer.as_ptr() as usize % 64), (48, 0));
        buffer.iter_mut().enumerate().for_each(|(i, x)| *x = i as f64);
        assert_eq!(buffer.clone().iter().sum::<f64>(), 47.0 * 24.0);
        assert!(Buffer::<f32>::new(0).is_empty());
    }
}
