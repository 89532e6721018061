//! Cuts populations into blocks: the unit of work of a thread, with one slice of input slots.

use crate::kernel::program::LANES;

/// Most input slots of a block: synapses name them by 16 bits.
pub const MAX_SLOTS: usize = 1 << 16;

/// All blocks.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// They hold each neuron once.
    pub blocks: Vec<BlockLayout>,
    /// Global id of the first neuron of each population, and last the number of all neurons.
    pub first_gids: Vec<u32>,
}

/// A block: a part of each of some populations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockLayout {
    /// In order of populations, at most one of each.
    pub parts: Vec<Part>,
    /// Input slots of all parts, at most [`MAX_SLOTS`].
    pub slots: usize,
}

/// The neurons `first..first + len` of a population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// Number of the population.
    pub population: usize,
    /// Id in the population of its first neuron: a multiple of 16.
    pub first: u32,
    /// Number of neurons.
    pub len: u32,
    /// `len` rounded up to a multiple of 16.
    pub padded: u32,
    /// Number of receptors.
    pub receptors: usize,
    /// Its first input slot: receptor `r` of its neuron `k` has slot `slot + r*padded + k`.
    pub slot: usize,
}

impl Layout {
    /// Spreads each population, given by size and number of receptors, evenly over the blocks, in units of 16 neurons.
    /// There are as many blocks as wanted, or a multiple of it where their slots would not fit 16 bits (so that equal
    /// numbers of threads keep equal work), or fewer for networks of fewer units.
    pub fn new(populations: &[(u32, usize)], blocks_wanted: usize) -> Self {
        let mut first_gids = vec![0u32];
        for &(size, _) in populations {
            let last = first_gids[first_gids.len() - 1];
            first_gids.push(last.checked_add(size).expect("global ids fit 32 bits (checked by the plan)"));
        }
        let units: usize = populations.iter().map(|&(size, _)| units(size)).sum();
        let wanted = blocks_wanted.clamp(1, units.max(1));
        let mut count = wanted;
        loop {
            let blocks = spread(populations, count);
            if blocks.iter().all(|block| block.slots <= MAX_SLOTS) {
                return Self { blocks, first_gids };
            }
            assert!(count <= units, "16 neurons have more receptors than a block has slots");
            count += wanted;
        }
    }

    /// Number of neurons.
    pub fn neurons(&self) -> u32 {
        self.first_gids[self.first_gids.len() - 1]
    }
}

fn units(size: u32) -> usize {
    size.div_ceil(LANES as u32) as usize
}

/// Gives every block the same number of units of each population; what remains goes to the blocks with the least.
fn spread(populations: &[(u32, usize)], count: usize) -> Vec<BlockLayout> {
    let mut blocks = vec![BlockLayout::default(); count];
    let mut load = vec![0usize; count];
    for (population, &(size, receptors)) in populations.iter().enumerate() {
        let units = units(size);
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|&block| load[block]);
        let mut shares = vec![units / count; count];
        order[..units % count].iter().for_each(|&block| shares[block] += 1);
        let mut first = 0;
        for (block, &share) in shares.iter().enumerate().filter(|(_, share)| **share > 0) {
            let padded = (share * LANES) as u32;
            let len = padded.min(size - first);
            let slot = blocks[block].slots;
            blocks[block].parts.push(Part { population, first, len, padded, receptors, slot });
            blocks[block].slots += receptors * padded as usize;
            load[block] += share;
            first += len;
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every neuron is in one block, every slot in one part.
    fn check(populations: &[(u32, usize)], wanted: usize) -> Layout {
        let layout = Layout::new(populations, wanted);
        let mut next = vec![0; populations.len()];
        for block in &layout.blocks {
            let mut slot = 0;
            for part in &block.parts {
                assert_eq!((part.first, part.slot), (next[part.population], slot));
                assert_eq!((part.first % 16, part.padded), (0, part.len.next_multiple_of(16)));
                assert_eq!(part.receptors, populations[part.population].1);
                next[part.population] += part.len;
                slot += part.receptors * part.padded as usize;
            }
            assert_eq!(block.slots, slot);
            assert!(slot <= MAX_SLOTS && !block.parts.is_empty());
        }
        assert_eq!(next, populations.iter().map(|p| p.0).collect::<Vec<_>>());
        layout
    }

    #[test]
    fn every_neuron_has_one_place() {
        for wanted in [1, 2, 3, 7, 64] {
            check(&[(1, 1)], wanted);
            check(&[(17, 2), (1, 0), (4000, 3), (16, 1)], wanted);
            check(&[(100_000, 4), (31, 1)], wanted);
        }
        assert_eq!(check(&[(5, 1), (7, 1)], 1).first_gids, [0, 5, 12]);
    }

    #[test]
    fn work_is_even_also_with_many_small_populations() {
        let layout = check(&[(20, 1); 40], 4);
        let loads: Vec<u32> = layout.blocks.iter().map(|b| b.parts.iter().map(|p| p.padded).sum()).collect();
        assert_eq!(loads, [320; 4]);
    }

    #[test]
    fn blocks_multiply_where_slots_do_not_fit() {
        assert_eq!(check(&[(65_536, 1)], 1).blocks.len(), 1);
        assert_eq!(check(&[(65_537, 1)], 1).blocks.len(), 2);
        assert_eq!(check(&[(100_000, 3)], 2).blocks.len(), 6);
        assert_eq!(check(&[(40, 1)], 8).blocks.len(), 3);
    }
}
