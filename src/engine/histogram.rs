//! Histograms over synapses that learn: each block counts its own, side by side with the others.

use super::{block::Block, plastic::Plastic};
use crate::{
    kernel::Real,
    plan::{SynapseRecord, When, Which},
};

/// What a block counts of its synapses for one record.
#[derive(Debug)]
pub struct Histogram {
    /// Number of the record.
    number: usize,
    when: When,
    projection: usize,
    variables: Vec<usize>,
    low: f64,
    scale: f64,
    /// Bins of each variable in turn, each with four counters that take turns: values that follow each other are often alike, and need not
    /// wait for each other.
    counts: Vec<Vec<[u64; 4]>>,
}

impl Histogram {
    /// Those among the records.
    pub fn all(records: &[SynapseRecord]) -> Vec<Self> {
        let one = |(number, record): (usize, &SynapseRecord)| {
            let &Which::Histogram { low, high, bins } = &record.which else { return None };
            Some(Self {
                number,
                when: record.when.clone(),
                projection: record.projection,
                variables: record.numbers.clone(),
                low,
                scale: bins as f64 / (high - low),
                counts: vec![vec![[0; 4]; bins]; record.numbers.len()],
            })
        };
        records.iter().enumerate().filter_map(one).collect()
    }

    /// Whether it is recorded at a step.
    pub fn is_due(&self, stamp: u64) -> bool {
        self.when.is_due(stamp)
    }

    /// Counts the values at `stamp`.
    pub fn take<T: Real>(&mut self, plastic: &mut [Plastic<T>], stamp: u64) {
        let Self { variables, counts, low, scale, .. } = self;
        for (&variable, counts) in variables.iter().zip(counts) {
            counts.fill([0; 4]);
            let stores = plastic.iter_mut().filter(|p| p.projection == self.projection);
            stores.for_each(|store| {
                store.each(variable, stamp, |stretch| count((stretch.values, stretch.times), *low, *scale, counts))
            });
        }
    }
}

/// Counts each value so many times, or once. Those beyond the limits fall into the first bin and the last.
fn count<T: Real>((values, times): (&[T], &[u8]), low: f64, scale: f64, counts: &mut [[u64; 4]]) {
    let last = counts.len() as u32 - 1;
    let mut add = |k: usize, value: &T, times: u8| {
        let bin = (((value.to_f64() - low) * scale) as u32).min(last);
        counts[bin as usize][k % 4] += u64::from(times);
    };
    if times.is_empty() {
        values.iter().enumerate().for_each(|(k, value)| add(k, value, 1));
    } else {
        values.iter().zip(times).enumerate().for_each(|(k, (value, &times))| add(k, value, times));
    }
}

/// Appends what the blocks have counted for a record, bins of each variable in turn.
pub fn sum<T: Real>(blocks: &[Block<T>], number: usize, out: &mut Vec<f64>) {
    let begin = out.len();
    for histogram in blocks.iter().flat_map(|b| &b.histograms).filter(|h| h.number == number) {
        let counts = histogram.counts.iter().flatten();
        out.resize(begin + counts.clone().count(), 0.0);
        for (sum, four) in out[begin..].iter_mut().zip(counts) {
            *sum += four.iter().sum::<u64>() as f64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_at_and_beyond_the_limits_are_counted() {
        let mut counts = [[0; 4]; 5];
        count((&[-1e9, -0.1, 0.0, 1.9, 2.0, 9.99, 10.0, 1e300, f64::INFINITY], &[]), 0.0, 0.5, &mut counts);
        assert_eq!(counts.map(|four| four.iter().sum::<u64>()), [4, 1, 0, 0, 4]);
        count((&[0.5, 5.0], &[3, 255]), 0.0, 0.5, &mut counts);
        assert_eq!(counts.map(|four| four.iter().sum::<u64>()), [7, 1, 255, 0, 4]);
    }
}
