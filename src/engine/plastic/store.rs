//! Synapses side by side: the target of each, its variables, and how many synapses it stands for.

use std::ops::Range;

use crate::{
    engine::synapses::prefetch_range,
    kernel::{Real, program::LANES},
};

/// Targets, and a column of values for each variable. Programs run in place on any synapses that stand side by side: behind the last one
/// there is room for a group.
#[derive(Debug)]
pub struct Store<T> {
    /// As numbers in the part.
    targets: Vec<u16>,
    /// How many synapses each stands for; none where that is one.
    times: Vec<u8>,
    values: Vec<T>,
    /// Distance between columns.
    stride: usize,
    /// Values of the synapses behind those that a program runs on.
    kept: Vec<[T; LANES]>,
}

impl<T: Real> Store<T> {
    /// Synapses with these targets, weights, and variables that begin at these values. Each stands for one, or for so many.
    ///
    /// # Panics
    /// If there are not as many weights as targets, or other numbers than none or as many.
    pub fn new(targets: Vec<u16>, times: Vec<u8>, weights: Vec<T>, others: impl ExactSizeIterator<Item = f64>) -> Self {
        let (synapses, variables) = (targets.len(), 1 + others.len());
        assert!(weights.len() == synapses, "{} weights of {synapses} synapses", weights.len());
        assert!([0, synapses].contains(&times.len()), "{} numbers of {synapses} synapses", times.len());
        let stride = synapses + LANES;
        let mut values = weights;
        values.reserve_exact(stride * variables - synapses);
        values.resize(stride, T::ZERO);
        others.for_each(|initial| values.resize(values.len() + stride, T::from_f64(initial)));
        Self { targets, times, values, stride, kept: vec![[T::ZERO; LANES]; variables] }
    }

    /// Number of synapses that are kept.
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// How many variables there are.
    pub fn variables(&self) -> usize {
        self.kept.len()
    }

    /// Targets of some synapses.
    #[inline(always)]
    pub fn targets(&self, synapses: Range<usize>) -> &[u16] {
        &self.targets[synapses]
    }

    /// How many synapses each of some stands for; none where that is one.
    #[inline(always)]
    pub fn times(&self, synapses: Range<usize>) -> &[u8] {
        if self.times.is_empty() { &[] } else { &self.times[synapses] }
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

    /// Takes over some synapses of another store.
    pub fn copy(&mut self, to: Range<usize>, other: &Self, from: Range<usize>) {
        self.targets[to.clone()].copy_from_slice(&other.targets[from.clone()]);
        if !self.times.is_empty() {
            self.times[to.clone()].copy_from_slice(&other.times[from.clone()]);
        }
        for variable in 0..self.variables() {
            self.of_mut(variable, to.clone()).copy_from_slice(other.of(variable, from.clone()));
        }
    }

    /// Asks the CPU for some synapses.
    #[inline(always)]
    pub fn prefetch(&self, synapses: Range<usize>) {
        prefetch_range(&self.targets, synapses.clone());
        if !self.times.is_empty() {
            prefetch_range(&self.times, synapses.clone());
        }
        (0..self.variables())
            .for_each(|variable| prefetch_range(self.of(variable, synapses.clone()), 0..synapses.len()));
    }

    /// Works on all columns from a synapse on, which lie so far apart, up to the end of the last group of `synapses`. What that does to
    /// synapses behind them is undone.
    #[inline(always)]
    pub fn work(&mut self, synapses: &Range<usize>, work: impl FnOnce(&mut [T], usize)) {
        let Self { values, stride, kept, .. } = self;
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
        size_of_val(&self.targets[..]) + size_of_val(&self.times[..]) + size_of_val(&self.values[..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_behind_is_left_as_it_was() {
        let weights: Vec<f64> = (0..40).map(f64::from).collect();
        let mut store = Store::new(vec![0; 40], Vec::new(), weights.clone(), [7.0].into_iter());
        for synapses in [3..3, 5..6, 2..18, 20..37, 30..40] {
            store.work(&synapses, |values, stride| {
                let groups = synapses.len().next_multiple_of(LANES);
                values[..groups].iter_mut().for_each(|w| *w = -*w);
                values[stride..][..groups].fill(9.0);
            });
            let expected = |i: usize| if synapses.contains(&i) { [-weights[i], 9.0] } else { [weights[i], 7.0] };
            (0..40).for_each(|i| assert_eq!([0, 1].map(|v| store.of(v, i..i + 1)[0]), expected(i), "{synapses:?}"));
            store.of_mut(0, synapses.clone()).copy_from_slice(&weights[synapses.clone()]);
            store.of_mut(1, synapses).fill(7.0);
        }
        assert_eq!(store.bytes(), 40 * 2 + 2 * 56 * 8);
    }
}
