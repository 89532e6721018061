//! The synapses onto one block: a row for each source of the network, sorted by delay, then by construction order.

use std::{borrow::Borrow, ops::Range};

use super::{huge, layout::BlockLayout};
use crate::connect::{Rule, Wiring};

/// All synapses onto a block, of all projections and receptors, in compressed rows.
///
/// Order within a delay group: wirings in order, then targets ascending, then the order of drawing. With spikes
/// delivered by arrival step, then emission step, then source id, the order of additions to each target is the same
/// however the targets are cut into blocks.
#[derive(Debug)]
pub struct Synapses {
    /// Distinct delays in steps, descending.
    delays: Vec<u32>,
    /// Where the row of each source begins; one more at the end.
    rows: Vec<u64>,
    /// For each source `delays.len() + 1` offsets within its row: group `g` is `offset[g]..offset[g + 1]`.
    groups: Vec<u32>,
    /// Input slot of each synapse; always below `slots`.
    targets: Vec<u16>,
    weights: Weights,
    /// Number of input slots of the block.
    slots: usize,
}

/// Weights of synapses.
#[derive(Clone, Debug, PartialEq)]
pub enum Weights {
    /// Every synapse of a source has the same weight: one number for each source.
    Row(Vec<f64>),
    /// One number for each synapse, rounded to f32 to save memory.
    Each(Vec<f32>),
}

/// The synapses of one source with one delay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group<'a> {
    /// Input slots.
    pub targets: &'a [u16],
    /// Their weights.
    pub weights: GroupWeights<'a>,
}

/// Weights of a [`Group`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GroupWeights<'a> {
    /// One for all.
    Same(f64),
    /// One for each.
    Each(&'a [f32]),
}

impl Synapses {
    /// Draws the synapses of all wirings of a network of `neurons` neurons onto one block. The wirings are walked
    /// three times (distinct delays, counts, synapses), so that nothing but the result itself is ever in memory.
    ///
    /// # Panics
    /// If a wiring was not validated, or a row has 2^32 synapses.
    pub fn build<W: Borrow<Wiring>>(wirings: &[W], block: &BlockLayout, neurons: u32) -> Self {
        let wirings: Vec<&Wiring> = wirings.iter().map(Borrow::borrow).collect();
        let wirings = &wirings[..];
        let delays = distinct_delays(wirings, block);
        let width = delays.len() + 1;
        let mut group_of = vec![u32::MAX; delays.first().map_or(0, |&longest| longest as usize + 1)];
        delays.iter().enumerate().for_each(|(g, &delay)| group_of[delay as usize] = g as u32);

        // First entry g + 1 of a row counts its group g, ...
        let mut groups = huge::zeros::<u32>(neurons as usize * width);
        let entry = |wiring: &Wiring, source: u32, delay: u32| {
            (wiring.from.first_gid + source) as usize * width + group_of[delay as usize] as usize + 1
        };
        for (wiring, targets, _) in reaching(wirings, block) {
            wiring.walk::<false>(targets, |edge| {
                let count = &mut groups[entry(wiring, edge.source, edge.delay)];
                *count = count.checked_add(1).expect("a row has less than 2^32 synapses");
            });
        }
        // ... then it says where the group begins ...
        let mut rows = Vec::with_capacity(neurons as usize + 1);
        let mut len = 0u64;
        rows.push(0);
        for row in groups.chunks_exact_mut(width) {
            let mut begin = 0u32;
            for entry in &mut row[1..] {
                let count = std::mem::replace(entry, begin);
                begin = begin.checked_add(count).expect("a row has less than 2^32 synapses");
            }
            len += u64::from(begin);
            rows.push(len);
        }
        // ... and moves on with each synapse, until it says where group g ends and g + 1 begins: no further array.
        let mut targets = huge::zeros::<u16>(usize::try_from(len).expect("synapses fit the address space"));
        let mut weights = match row_weights(wirings, neurons) {
            Some(weights) => Weights::Row(weights),
            None => Weights::Each(huge::zeros(targets.len())),
        };
        for (wiring, range, slot) in reaching(wirings, block) {
            let first = range.start;
            let mut place = |source: u32, target: u32, delay: u32| {
                let cursor = &mut groups[entry(wiring, source, delay)];
                let at = rows[(wiring.from.first_gid + source) as usize] as usize + *cursor as usize;
                *cursor += 1;
                let slot = slot + (target - first) as usize;
                assert!(slot < block.slots, "input slot {slot} of {}", block.slots);
                targets[at] = slot as u16;
                at
            };
            match &mut weights {
                Weights::Row(_) => wiring.walk::<false>(range, |e| {
                    place(e.source, e.target, e.delay);
                }),
                Weights::Each(each) => wiring.walk::<true>(range, |e| {
                    each[place(e.source, e.target, e.delay)] = e.weight as f32;
                }),
            }
        }
        Self { delays, rows, groups, targets, weights, slots: block.slots }
    }

    /// Number of synapses.
    pub fn len(&self) -> u64 {
        self.targets.len() as u64
    }
    /// No synapses at all.
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }
    /// Memory of all arrays.
    pub fn bytes(&self) -> u64 {
        let weights = match &self.weights {
            Weights::Row(row) => row.len() * 8,
            Weights::Each(each) => each.len() * 4,
        };
        let index = self.delays.len() * 4 + self.rows.len() * 8 + self.groups.len() * 4;
        (index + self.targets.len() * 2 + weights) as u64
    }
    /// Distinct delays in steps, descending; a constant delay is among them even if nothing was drawn with it.
    pub fn delays(&self) -> &[u32] {
        &self.delays
    }
    /// Number of input slots of the block.
    pub fn slots(&self) -> usize {
        self.slots
    }
    /// Weights, as they are stored.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The synapses of a source (global id) with delay number `group`.
    #[inline]
    pub fn group(&self, source: u32, group: usize) -> Group<'_> {
        let range = self.range(source, group);
        let weights = match &self.weights {
            Weights::Row(row) => GroupWeights::Same(row[source as usize]),
            Weights::Each(each) => GroupWeights::Each(&each[range.clone()]),
        };
        Group { targets: &self.targets[range], weights }
    }

    #[inline]
    fn range(&self, source: u32, group: usize) -> Range<usize> {
        let row = self.rows[source as usize] as usize;
        let at = source as usize * (self.delays.len() + 1) + group;
        row + self.groups[at] as usize..row + self.groups[at + 1] as usize
    }

    /// Asks the CPU for the index entries of a group, which [`Synapses::prefetch_group`] will read.
    #[inline]
    pub(crate) fn prefetch_index(&self, source: u32, group: usize) {
        prefetch(&self.rows, source as usize);
        prefetch(&self.groups, source as usize * (self.delays.len() + 1) + group);
        if let Weights::Row(row) = &self.weights {
            prefetch(row, source as usize);
        }
    }

    /// Asks the CPU for the targets and weights of a group.
    #[inline]
    pub(crate) fn prefetch_group(&self, source: u32, group: usize) {
        let range = self.range(source, group);
        (range.start..range.end).step_by(32).for_each(|at| prefetch(&self.targets, at));
        if let Weights::Each(each) = &self.weights {
            (range.start..range.end).step_by(16).for_each(|at| prefetch(each, at));
        }
    }
}

/// Brings the cache line of an element near; changes nothing, and does nothing off x86-64.
#[inline]
fn prefetch<T>(slice: &[T], at: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch reads and writes nothing and never faults, wherever the address points.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(slice.as_ptr().wrapping_add(at).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (slice, at);
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
        if matches!(&wiring.rule, Rule::Edges(list) if list.has_weights()) {
            return None;
        }
        let weight = wiring.weight.constant()?;
        let first = wiring.from.first_gid as usize;
        for known in &mut weights[first..first + wiring.from.size as usize] {
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
        connect::PopRef,
        engine::layout::{Layout, MAX_SLOTS},
        lang::sampler::Sampler,
    };

    const E: PopRef = PopRef { population: 0, first_gid: 0, size: 40 };
    const I: PopRef = PopRef { population: 1, first_gid: 40, size: 10 };

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
        assert_eq!(synapses.group(43, 0).targets, (48..88).chain(0..40).collect::<Vec<u16>>());
        assert_eq!(synapses.group(43, 1).targets, [96 + 3]);
        assert_eq!(synapses.group(43, 1).weights, GroupWeights::Same(2.0));
        assert!(synapses.group(3, 0).targets.is_empty() && synapses.group(3, 1).targets.is_empty());
    }

    #[test]
    fn one_weight_a_row_is_found_over_the_whole_network() {
        let equal = [wiring(E, E, Rule::AllToAll, 0.1, 1.0), wiring(I, E, Rule::AllToAll, -0.4, 1.0)];
        let Weights::Row(row) = Synapses::build(&equal, &block(), 50).weights().clone() else {
            panic!("one a synapse")
        };
        assert_eq!((row[0], row[39], row[40], row[49]), (0.1, 0.1, -0.4, -0.4));
        // The second wiring has no synapse in this block, and yet the weights of E are not one a row.
        let other = BlockLayout { parts: vec![block().parts[0]], slots: 96 };
        let unequal = [equal[0].clone(), wiring(E, I, Rule::AllToAll, 0.2, 1.0)];
        let Weights::Each(each) = Synapses::build(&unequal, &other, 50).weights().clone() else { panic!("one a row") };
        assert_eq!(each, [0.1; 1600]);
    }

    #[test]
    fn memory_is_a_few_bytes_a_synapse() {
        let from = PopRef { population: 0, first_gid: 0, size: 2000 };
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
        let all = PopRef { population: 0, first_gid: 0, size: MAX_SLOTS as u32 };
        let layout = Layout::new(&[(all.size, 1)], 1);
        let one = wiring(all, all, Rule::OneToOne, 1.0, 0.1);
        let synapses = Synapses::build(&[one], &layout.blocks[0], all.size);
        assert_eq!(synapses.group(all.size - 1, 0).targets, [u16::MAX]);
    }

    #[test]
    fn a_block_without_synapses_is_empty() {
        let synapses = Synapses::build::<Wiring>(&[], &block(), 50);
        assert!(synapses.is_empty() && synapses.delays().is_empty());
    }
}
