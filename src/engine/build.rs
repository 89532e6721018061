//! Draws the synapses of a block straight into their store.

use std::{borrow::Borrow, ops::Range};

use super::{
    layout::BlockLayout,
    place::{Count, Place},
    synapses::{STRIDE, Store, Synapse, Synapses},
};
use crate::connect::Wiring;

/// What offsets from a base rely on.
const FEW: &str = "rows that share a base have less than 2^32 synapses";

impl Synapses {
    /// Draws the synapses of all wirings of a network of `neurons` neurons onto one block. The wirings are walked
    /// three times (distinct delays, counts, synapses), so that nothing but the result itself is ever in memory.
    ///
    /// # Panics
    /// If a wiring was not validated, or the rows of 1,024 sources have 2^32 synapses.
    pub fn build<W: Borrow<Wiring>>(wirings: &[W], block: &BlockLayout, neurons: u32) -> Self {
        let wirings: Vec<&Wiring> = wirings.iter().map(Borrow::borrow).collect();
        let wirings = &wirings[..];
        let mut index = Index::count(wirings, block, neurons);
        let store = match row_weights(wirings, neurons) {
            Some(weights) => {
                let targets = index.fill::<u16, false>(wirings, block, |target, _| target);
                Store::Row { weights, targets }
            }
            None => Store::Each(
                index.fill::<Synapse, true>(wirings, block, |target, weight| Synapse { weight: weight as f32, target }),
            ),
        };
        let Index { delays, rows, mut groups, .. } = index;
        let bases: Vec<u64> = rows.iter().step_by(STRIDE).copied().collect();
        for (source, row) in groups.chunks_exact_mut(delays.len() + 1).enumerate() {
            let before = u32::try_from(rows[source] - bases[source / STRIDE]).expect(FEW);
            row.iter_mut().for_each(|place| *place = place.checked_add(before).expect(FEW));
        }
        Self { delays, bases, groups, store, slots: block.slots }
    }
}

/// Where each row and each of its delay groups begins: rows of synapses before they have contents.
pub(super) struct Index {
    /// Distinct delays in steps, descending.
    pub delays: Vec<u32>,
    /// Where each row begins, and last where all end.
    pub rows: Vec<u64>,
    /// For each row `delays.len() + 1` offsets within it.
    pub groups: Vec<u32>,
    group_of: Vec<u32>,
}

impl Index {
    /// Draws the wirings twice: distinct delays, counts. After it, entry g + 1 of a row says where group g begins.
    pub fn count(wirings: &[&Wiring], block: &BlockLayout, neurons: u32) -> Self {
        let delays = distinct_delays(wirings, block);
        let width = delays.len() + 1;
        let mut group_of = vec![u32::MAX; delays.first().map_or(0, |&longest| longest as usize + 1)];
        delays.iter().enumerate().for_each(|(g, &delay)| group_of[delay as usize] = g as u32);
        let mut index = Self { delays, rows: Vec::with_capacity(neurons as usize + 1), groups: Vec::new(), group_of };
        // First entry g + 1 of a row counts its group g, ...
        let mut count = Count::new(neurons as usize * width);
        for (wiring, targets, _) in reaching(wirings, block) {
            wiring.walk::<false>(targets, |edge| count.add(index.entry(wiring, edge.source, edge.delay)));
        }
        index.groups = count.finish();
        // ... then it says where the group begins.
        let mut len = 0u64;
        index.rows.push(0);
        for row in index.groups.chunks_exact_mut(width) {
            let mut begin = 0u32;
            for entry in &mut row[1..] {
                let count = std::mem::replace(entry, begin);
                begin = begin.checked_add(count).expect("a row has less than 2^32 synapses");
            }
            len += u64::from(begin);
            index.rows.push(len);
        }
        index
    }

    fn entry(&self, wiring: &Wiring, source: u32, delay: u32) -> usize {
        let width = self.delays.len() + 1;
        wiring.from.gid(source) as usize * width + self.group_of[delay as usize] as usize + 1
    }

    /// Draws all synapses and puts each, made of its input slot and weight, where its group's entry stands. An entry moves on with each
    /// synapse, until entry g says where group g begins and entry g + 1 where it ends: no further array.
    pub fn fill<S: Copy + Default, const WEIGHTS: bool>(
        &mut self,
        wirings: &[&Wiring],
        block: &BlockLayout,
        synapse: impl Fn(u16, f64) -> S,
    ) -> Vec<S> {
        let mut cursors = std::mem::take(&mut self.groups);
        let mut place = Place::new(&mut cursors, &self.rows);
        for (wiring, range, slot) in reaching(wirings, block) {
            let first = range.start;
            wiring.walk::<WEIGHTS>(range, |e| {
                let slot = slot + (e.target - first) as usize;
                assert!(slot < block.slots, "input slot {slot} of {}", block.slots);
                let row = wiring.from.gid(e.source) as usize;
                place.put(row, self.entry(wiring, e.source, e.delay), synapse(slot as u16, e.weight));
            });
        }
        let filled = place.finish();
        self.groups = cursors;
        filled
    }

    /// Makes it ready to be filled once more.
    pub fn rewind(&mut self) {
        let width = self.delays.len() + 1;
        self.groups.chunks_exact_mut(width).for_each(|row| row.copy_within(..width - 1, 1));
    }
}

/// Each wiring with the targets that it has in the block, and the input slot of the first of them.
fn reaching<'a>(
    wirings: &'a [&'a Wiring],
    block: &'a BlockLayout,
) -> impl Iterator<Item = (&'a Wiring, Range<u32>, usize)> {
    wirings.iter().flat_map(move |&wiring| {
        let parts = block.parts.iter().filter(|part| part.population == wiring.to.population);
        parts.map(move |part| {
            assert!(wiring.receptor < part.receptors, "receptor {} of {}", wiring.receptor, part.receptors);
            let slot = part.slot + wiring.receptor * part.padded as usize;
            (wiring, part.first..part.first + part.len, slot)
        })
    })
}

fn distinct_delays(wirings: &[&Wiring], block: &BlockLayout) -> Vec<u32> {
    let mut seen: Vec<bool> = Vec::new();
    let mut see = |delay: u32| {
        let at = delay as usize;
        if at >= seen.len() {
            seen.resize(at + 1, false);
        }
        seen[at] = true;
    };
    for (wiring, targets, _) in reaching(wirings, block) {
        match wiring.constant_delay() {
            Some(delay) => see(delay),
            None => wiring.walk::<false>(targets, |edge| see(edge.delay)),
        }
    }
    (0..seen.len()).rev().filter(|&delay| seen[delay]).map(|delay| delay as u32).collect()
}

/// The weight of each source, if all its synapses in the whole network have the same. The whole network is looked at,
/// not the block, since the rounding of a weight must not depend on the cut into blocks.
fn row_weights(wirings: &[&Wiring], neurons: u32) -> Option<Vec<f64>> {
    let mut weights = vec![f64::NAN; neurons as usize];
    for wiring in wirings {
        let weight = wiring.constant_weight()?;
        for source in 0..wiring.from.size {
            let known = &mut weights[wiring.from.gid(source) as usize];
            if !known.is_nan() && known.to_bits() != weight.to_bits() {
                return None;
            }
            *known = weight;
        }
    }
    Some(weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        connect::{PopRef, Rule},
        engine::{
            layout::{Layout, MAX_SLOTS},
            synapses::Group,
        },
        lang::sampler::Sampler,
    };

    const E: PopRef = PopRef { population: 0, first_gid: 0, size: 40, stride: 1 };
    const I: PopRef = PopRef { population: 1, first_gid: 40, size: 10, stride: 1 };

    fn wiring(from: PopRef, to: PopRef, rule: Rule, weight: f64, delay: f64) -> Wiring {
        let (weight, delay) = (Sampler::Constant(weight), Sampler::Constant(delay));
        let key = 100 * from.population as u64 + to.population as u64;
        let (autapses, multapses, positions) = (true, true, None);
        Wiring {
            from,
            to,
            receptor: 0,
            rule,
            autapses,
            multapses,
            symmetric: false,
            key,
            weight_key: 7,
            weight,
            delay,
            dt: 0.1,
            positions,
        }
    }

    fn block() -> BlockLayout {
        Layout::new(&[(40, 2), (10, 1)], 1).blocks.remove(0)
    }

    #[test]
    fn rows_are_sorted_by_delay_then_wiring_then_target() {
        let mut second = wiring(I, E, Rule::AllToAll, 2.0, 1.5);
        second.receptor = 1;
        let wirings = [second, wiring(I, I, Rule::OneToOne, 2.0, 0.1), wiring(I, E, Rule::AllToAll, 2.0, 1.5)];
        let synapses = Synapses::build(&wirings, &block(), 50);
        assert_eq!(synapses.delays(), [15, 1]);
        assert_eq!(synapses.len(), 10 * (40 + 1 + 40));
        // Slots: E receptor 0 at 0, receptor 1 at 48, I at 96.
        assert_eq!(synapses.at(&synapses.find(43, 0)), Group::Same(&(48..88).chain(0..40).collect::<Vec<u16>>(), 2.0));
        assert_eq!(synapses.at(&synapses.find(43, 1)), Group::Same(&[96 + 3], 2.0));
        assert!(synapses.find(3, 0).is_empty() && synapses.find(3, 1).is_empty());
    }

    #[test]
    fn one_weight_a_row_is_found_over_the_whole_network() {
        let equal = [wiring(E, E, Rule::AllToAll, 0.1, 1.0), wiring(I, E, Rule::AllToAll, -0.4, 1.0)];
        let Store::Row { weights, .. } = Synapses::build(&equal, &block(), 50).store else { panic!("one a synapse") };
        assert_eq!((weights[0], weights[39], weights[40], weights[49]), (0.1, 0.1, -0.4, -0.4));
        // The second wiring has no synapse in this block, and yet the weights of E are not one a row.
        let other = BlockLayout { parts: vec![block().parts[0]], slots: 96 };
        let unequal = [equal[0].clone(), wiring(E, I, Rule::AllToAll, 0.2, 1.0)];
        let Store::Each(each) = Synapses::build(&unequal, &other, 50).store else { panic!("one a row") };
        assert_eq!((each.len(), each.iter().all(|s| s.weight == 0.1)), (1600, true));
    }

    #[test]
    fn memory_is_a_few_bytes_a_synapse() {
        let from = PopRef { population: 0, first_gid: 0, size: 2000, stride: 1 };
        let mut dense = wiring(from, from, Rule::FixedInDegree(500), 1.0, 1.5);
        let layout = Layout::new(&[(2000, 1)], 1);
        let row = Synapses::build(std::slice::from_ref(&dense), &layout.blocks[0], 2000);
        assert!(row.bytes() as f64 / (row.len() as f64) < 2.1, "{} bytes", row.bytes());
        dense.weight = Sampler::Uniform { low: 0.0, high: 1.0 };
        dense.delay = Sampler::Uniform { low: 0.1, high: 3.0 };
        let each = Synapses::build(std::slice::from_ref(&dense), &layout.blocks[0], 2000);
        assert!(each.bytes() as f64 / (each.len() as f64) < 6.4, "{} bytes", each.bytes());
        assert_eq!(each.delays().len(), 30);
    }

    #[test]
    fn all_slots_of_a_full_block_can_be_reached() {
        let all = PopRef { population: 0, first_gid: 0, size: MAX_SLOTS as u32, stride: 1 };
        let layout = Layout::new(&[(all.size, 1)], 1);
        let one = wiring(all, all, Rule::OneToOne, 1.0, 0.1);
        let synapses = Synapses::build(&[one], &layout.blocks[0], all.size);
        assert_eq!(synapses.at(&synapses.find(all.size - 1, 0)), Group::Same(&[u16::MAX], 1.0));
    }

    #[test]
    fn a_block_without_synapses_is_empty() {
        let synapses = Synapses::build::<Wiring>(&[], &block(), 50);
        assert!(synapses.is_empty() && synapses.delays().is_empty());
    }
}
