//! The variables of synapses.

use std::ops::Range;

use crate::kernel::{Real, program::LANES};

/// A column of values for each variable. Programs run in place on any synapses that stand side by side: behind the last one there is room
/// for a group.
#[derive(Debug)]
pub struct Columns<T> {
    values: Vec<T>,
    /// Distance between columns.
    stride: usize,
    /// Values of the synapses behind those that a program runs on.
    kept: Vec<[T; LANES]>,
}

impl<T: Real> Columns<T> {
    /// Weights, and variables that begin at these values.
    pub fn new(weights: Vec<T>, others: impl ExactSizeIterator<Item = f64>) -> Self {
        let (synapses, variables) = (weights.len(), 1 + others.len());
        let stride = synapses + LANES;
        let mut values = weights;
        values.reserve_exact(stride * variables - synapses);
        values.resize(stride, T::ZERO);
        others.for_each(|initial| values.resize(values.len() + stride, T::from_f64(initial)));
        Self { values, stride, kept: vec![[T::ZERO; LANES]; variables] }
    }

    /// How many variables there are.
    pub fn variables(&self) -> usize {
        self.kept.len()
    }

    /// Values of one variable.
    #[inline(always)]
    pub fn of(&self, variable: usize, synapses: Range<usize>) -> &[T] {
        &self.values[variable * self.stride..][..self.stride][synapses]
    }

    /// The same, to be set.
    #[inline(always)]
    pub fn of_mut(&mut self, variable: usize, synapses: Range<usize>) -> &mut [T] {
        &mut self.values[variable * self.stride..][..self.stride][synapses]
    }

    /// Works on all columns from a synapse on, which lie so far apart, up to the end of the last group of `synapses`. What that does to
    /// synapses behind them is undone.
    #[inline(always)]
    pub fn work(&mut self, synapses: &Range<usize>, work: impl FnOnce(&mut [T], usize)) {
        let Self { values, stride, kept } = self;
        let (stride, Range { start, end }) = (*stride, synapses.clone());
        for (variable, kept) in kept.iter_mut().enumerate() {
            kept.copy_from_slice(&values[variable * stride + end..][..LANES]);
        }
        work(&mut values[start..], stride);
        for (variable, kept) in kept.iter().enumerate() {
            values[variable * stride + end..][..LANES].copy_from_slice(kept);
        }
    }

    /// Memory of its arrays.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.values[..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_behind_is_left_as_it_was() {
        let weights: Vec<f64> = (0..40).map(f64::from).collect();
        let mut columns = Columns::new(weights.clone(), [7.0].into_iter());
        for synapses in [3..3, 5..6, 2..18, 20..37, 30..40] {
            columns.work(&synapses, |values, stride| {
                let groups = synapses.len().next_multiple_of(LANES);
                values[..groups].iter_mut().for_each(|w| *w = -*w);
                values[stride..][..groups].fill(9.0);
            });
            let expected = |i: usize| if synapses.contains(&i) { [-weights[i], 9.0] } else { [weights[i], 7.0] };
            (0..40).for_each(|i| assert_eq!([0, 1].map(|v| columns.of(v, i..i + 1)[0]), expected(i), "{synapses:?}"));
            columns.of_mut(0, synapses.clone()).copy_from_slice(&weights[synapses.clone()]);
            columns.of_mut(1, synapses).fill(7.0);
        }
        assert_eq!(columns.bytes(), 2 * 56 * 8);
    }
}
