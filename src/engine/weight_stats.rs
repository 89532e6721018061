//! What the weights of a projection are like, in numbers that no cut into blocks can change: sums are sums of integers.

use rayon::prelude::*;

use super::{block::Block, plastic::Plastic};
use crate::{
    connect::Edge,
    kernel::{Real, mix},
};

/// Numbers about the weights of a projection that learns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightStats {
    /// Number of synapses.
    pub synapses: u64,
    /// Mean in the internal unit, to 1e-12 of the greatest weight.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
    /// Over source, target, delay and all bits of the weight of each synapse: equal runs have equal hashes.
    pub hash: u64,
}

/// The greatest weight becomes 2^40: squares of 2^47 weights fit 128 bits.
const ONE: f64 = (1u64 << 40) as f64;

/// Sums over weights as integers.
#[derive(Clone, Copy, Default)]
struct Sums {
    synapses: u64,
    sum: i128,
    squares: i128,
    hash: u64,
}

impl Sums {
    fn push(&mut self, edge: Edge, scale: f64) {
        // Rounded by hand: `round` is a call where the CPU is not known.
        let w = edge.weight * scale;
        let w = i128::from((w + 0.5f64.copysign(w)) as i64);
        self.synapses += 1;
        self.sum += w;
        self.squares += w * w;
        let ends = u64::from(edge.source) << 32 | u64::from(edge.target);
        self.hash = self.hash.wrapping_add(mix(&[ends, edge.delay.into(), edge.weight.to_bits()]));
    }

    fn and(self, other: Self) -> Self {
        Self {
            synapses: self.synapses + other.synapses,
            sum: self.sum + other.sum,
            squares: self.squares + other.squares,
            hash: self.hash.wrapping_add(other.hash),
        }
    }

    fn stats(self, scale: f64) -> WeightStats {
        let number = self.synapses.max(1) as f64;
        let mean = self.sum as f64 / number;
        let variance = (self.squares as f64 / number - mean * mean).max(0.0);
        WeightStats { synapses: self.synapses, mean: mean / scale, sd: variance.sqrt() / scale, hash: self.hash }
    }
}

/// Weights at `stamp`, on the threads of the pool that calls.
pub(super) fn of<T: Real>(blocks: &mut [Block<T>], projection: usize, stamp: u64) -> WeightStats {
    let mut stores: Vec<&mut Plastic<T>> = blocks.iter_mut().flat_map(|b| &mut b.plastic).collect();
    stores.retain(|store| store.projection == projection);
    let greatest = |store: &mut &mut Plastic<T>| {
        let mut greatest = 0f64;
        store.each(0, stamp, |stretch| {
            greatest = stretch.values.iter().fold(greatest, |greatest, w| greatest.max(w.to_f64().abs()));
        });
        greatest
    };
    let greatest = stores.par_iter_mut().map(greatest).reduce(|| 0.0, f64::max);
    let scale = if greatest > 0.0 { ONE / greatest } else { 1.0 };
    let sums = |store: &mut &mut Plastic<T>| {
        let mut sums = Sums::default();
        store.each(0, stamp, |stretch| stretch.edges().for_each(|edge| sums.push(edge, scale)));
        sums
    };
    stores.par_iter_mut().map(sums).reduce(Sums::default, Sums::and).stats(scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_do_not_depend_on_their_order() {
        let weights = [0.1, 3.0, -7.5, 0.3, 1e-9];
        let edges = weights.map(|weight| Edge { source: 1, target: 2, weight, delay: 3 });
        let scale = ONE / 7.5;
        let sums = |order: &[usize]| {
            let mut sums = Sums::default();
            order.iter().for_each(|&k| sums.push(edges[k], scale));
            sums
        };
        let stats = sums(&[0, 1, 2, 3, 4]).stats(scale);
        assert_eq!(sums(&[4, 2, 0, 3, 1]).stats(scale), stats);
        assert_eq!(sums(&[1, 4]).and(sums(&[0, 3, 2])).stats(scale), stats);
        let mean = weights.iter().sum::<f64>() / 5.0;
        let sd = (weights.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / 5.0).sqrt();
        assert!((stats.mean - mean).abs() < 1e-11 && (stats.sd - sd).abs() < 1e-11, "{stats:?}");
        assert_ne!(sums(&[0, 1, 2, 3]).stats(scale).hash, stats.hash);
        let same = |weight: f64| Edge { weight, ..edges[0] };
        let mut equal = Sums::default();
        (0..1000).for_each(|_| equal.push(same(0.1), ONE / 0.1));
        assert_eq!(equal.stats(ONE / 0.1).sd, 0.0);
    }
}
