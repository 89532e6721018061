//! One number that says whether two runs made the same spikes.

use std::fmt;

/// A 64-bit hash over all spikes (step, population, id) in order. Displayed as 16 hexadecimal digits.
///
/// The function is fixed for ever: FNV-1a (Fowler, Noll, Vo; <http://www.isthe.com/chongo/tech/comp/fnv/>) with its
/// 64-bit offset basis and prime, over two 64-bit words a spike instead of bytes: first the step, then
/// `population << 32 | id`. After each multiplication the high half is folded onto the low one (`h ^= h >> 32`), because
/// multiplying whole words moves differences only upwards. Every word enters by a bijection of the state, so two
/// runs that differ only in one step or in one id never collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpikeHash(u64);

impl SpikeHash {
    /// The hash of no spikes.
    pub fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds a spike of neuron `id` of population number `population`.
    pub fn push(&mut self, step: u64, population: u32, id: u32) {
        self.word(step);
        self.word(u64::from(population) << 32 | u64::from(id));
    }

    fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0000_0100_0000_01b3);
        self.0 ^= self.0 >> 32;
    }
}

impl Default for SpikeHash {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for SpikeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(spikes: &[(u64, u32, u32)]) -> String {
        let mut hash = SpikeHash::new();
        spikes.iter().for_each(|&(step, population, id)| hash.push(step, population, id));
        hash.to_string()
    }

    #[test]
    fn value_is_pinned() {
        assert_eq!(hash(&[]), "cbf29ce484222325");
        assert_eq!(hash(&[(1, 0, 0), (2, 1, 7), (1 << 40, 3, u32::MAX)]), "da073b2e4810ac10");
    }

    #[test]
    fn step_population_id_and_order_matter() {
        let all = [
            hash(&[(1, 0, 2), (3, 0, 2)]),
            hash(&[(3, 0, 2), (1, 0, 2)]),
            hash(&[(1, 2, 0), (3, 0, 2)]),
            hash(&[(1, 0, 2), (3, 0, 3)]),
            hash(&[(1, 0, 2)]),
        ];
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }
}
