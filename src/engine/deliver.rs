//! Delivers spikes: adds the weights of the synapses that arrive at a step to the input slots of a block.

use super::{
    ring::Ring,
    synapses::{Group, Synapses},
};
use crate::kernel::Real;

/// How many groups ahead synapses are prefetched; their index entries twice as far. With 4, delivery is a fifth slower;
/// from 8 to 24 the differences drown in noise.
const AHEAD: usize = 12;

/// A spike that arrives, and the number of its delay.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    source: u32,
    group: u32,
}

/// Adds to `inputs` what arrives at step `stamp`: for each delay from the longest on, the spikes emitted that long ago,
/// in order of global ids. `due` is room to list them in. Returns the number of synaptic events.
///
/// # Panics
/// If `inputs` is shorter than the block's input slots.
pub fn deliver<T: Real>(synapses: &Synapses, ring: &Ring, stamp: u64, due: &mut Vec<Due>, inputs: &mut [T]) -> u64 {
    assert!(inputs.len() >= synapses.slots(), "{} inputs of {}", inputs.len(), synapses.slots());
    due.clear();
    for (group, &delay) in (0..).zip(synapses.delays()) {
        let Some(emitted) = stamp.checked_sub(delay.into()) else { continue };
        due.extend(ring.at(emitted).iter().map(|&source| Due { source, group }));
    }
    // Room for more than there ever were, so that the list does not grow again and again.
    if due.len() > due.capacity() / 2 {
        due.reserve(2 * due.len());
    }
    due.iter().take(2 * AHEAD).for_each(|due| synapses.prefetch_index(due.source, due.group as usize));
    due.iter().take(AHEAD).for_each(|due| synapses.prefetch_group(due.source, due.group as usize));
    let mut events = 0;
    for (k, &Due { source, group }) in due.iter().enumerate() {
        if let Some(far) = due.get(k + 2 * AHEAD) {
            synapses.prefetch_index(far.source, far.group as usize);
        }
        if let Some(near) = due.get(k + AHEAD) {
            synapses.prefetch_group(near.source, near.group as usize);
        }
        let group = synapses.group(source, group as usize);
        events += group.len() as u64;
        // SAFETY: a group's targets are below `slots()`, and `inputs` is at least that long.
        unsafe { scatter(group, inputs) };
    }
    events
}

/// Adds a group's weights to its targets, one after the other (a target may stand in a group twice).
///
/// # Safety
/// Every target must be below `inputs.len()`.
#[inline]
unsafe fn scatter<T: Real>(group: Group<'_>, inputs: &mut [T]) {
    let mut add = |target: u16, weight: T| {
        // SAFETY: see above; a check of each target costs a tenth where rows are cached.
        let input = unsafe { inputs.get_unchecked_mut(target as usize) };
        *input = *input + weight;
    };
    match group {
        Group::Same(targets, weight) => {
            let weight = T::from_f64(weight);
            targets.iter().for_each(|&target| add(target, weight));
        }
        Group::Each(synapses) => synapses.iter().for_each(|s| add(s.target, T::from_f64(s.weight.into()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        connect::{PopRef, Rule, Wiring},
        engine::layout::Layout,
        lang::sampler::Sampler,
    };

    const NEURONS: u32 = 300;

    /// A dense network with multapses, and in each step a few spikes.
    fn network(weight: Sampler) -> (Vec<Wiring>, Ring) {
        let all = PopRef { population: 0, first_gid: 0, size: NEURONS, stride: 1 };
        let wiring = |receptor: usize| Wiring {
            from: all,
            to: all,
            receptor,
            rule: Rule::FixedInDegree(400),
            autapses: true,
            multapses: true,
            symmetric: false,
            key: 1,
            weight_key: receptor as u64,
            weight: weight.clone(),
            delay: Sampler::Uniform { low: 0.1, high: 2.0 },
            dt: 0.1,
            positions: None,
        };
        let mut ring = Ring::new(20, 1, 0);
        (0..50u64).for_each(|stamp| {
            ring.slot_mut(stamp).extend((0..NEURONS).filter(|id| (id * 7 + stamp as u32).is_multiple_of(11)))
        });
        (vec![wiring(0), wiring(1)], ring)
    }

    /// Inputs of receptor r and neuron k as [r][k], delivered with a given number of blocks.
    fn delivered(wirings: &[Wiring], ring: &Ring, blocks: usize) -> Vec<Vec<f32>> {
        let mut out = vec![vec![0f32; NEURONS as usize]; 2];
        for block in Layout::new(&[(NEURONS, 2)], blocks).blocks {
            let synapses = Synapses::build(wirings, &block, NEURONS);
            let mut inputs = vec![0f32; block.slots];
            deliver(&synapses, ring, 50, &mut Vec::new(), &mut inputs);
            for part in block.parts {
                for (receptor, out) in out.iter_mut().enumerate() {
                    let begin = part.slot + receptor * part.padded as usize;
                    let to = part.first as usize..(part.first + part.len) as usize;
                    out[to.clone()].copy_from_slice(&inputs[begin..begin + to.len()]);
                }
            }
        }
        out
    }

    /// The twin of `deliver` without `unsafe` and prefetch.
    fn safely<T: Real>(synapses: &Synapses, ring: &Ring, stamp: u64, inputs: &mut [T]) -> u64 {
        let mut events = 0;
        for (number, &delay) in synapses.delays().iter().enumerate() {
            for &source in ring.at(stamp - u64::from(delay)) {
                let group = synapses.group(source, number);
                let synapses: Vec<(u16, f64)> = match group {
                    Group::Same(targets, weight) => targets.iter().map(|&target| (target, weight)).collect(),
                    Group::Each(synapses) => synapses.iter().map(|s| (s.target, s.weight.into())).collect(),
                };
                for (target, weight) in synapses {
                    inputs[target as usize] = inputs[target as usize] + T::from_f64(weight);
                    events += 1;
                }
            }
        }
        events
    }

    #[test]
    fn sums_have_the_same_bits_for_every_cut_into_blocks() {
        let weights = [Sampler::Normal { mean: 1.0, sd: 0.3, low: 0.0, high: 9.0 }, Sampler::Constant(0.1)];
        for weight in weights {
            let (wirings, ring) = network(weight);
            let one = delivered(&wirings, &ring, 1);
            assert!(one.iter().flatten().all(|&sum| sum > 0.0));
            for blocks in [2, 3, 7, 19] {
                assert_eq!(delivered(&wirings, &ring, blocks), one, "{blocks} blocks");
            }
        }
    }

    #[test]
    fn every_synapse_of_a_spike_is_an_event() {
        let (wirings, _) = network(Sampler::Constant(1.0));
        let block = &Layout::new(&[(NEURONS, 2)], 1).blocks[0];
        let synapses = Synapses::build(&wirings, block, NEURONS);
        let mut ring = Ring::new(20, 1, 0);
        ring.slot_mut(3).extend(0..NEURONS);
        let mut inputs = vec![0f64; block.slots];
        let mut due = Vec::new();
        let events: u64 = (0..=23).map(|stamp| deliver(&synapses, &ring, stamp, &mut due, &mut inputs)).sum();
        assert_eq!(events, 2 * 400 * u64::from(NEURONS));
        assert_eq!(inputs.iter().sum::<f64>(), events as f64);
        assert!(inputs[..NEURONS as usize].iter().all(|&sum| sum == 400.0));
    }

    #[test]
    fn sums_equal_those_of_the_safe_twin_to_the_bit() {
        let (wirings, ring) = network(Sampler::Uniform { low: -1.0, high: 1.0 });
        let block = &Layout::new(&[(NEURONS, 2)], 1).blocks[0];
        let synapses = Synapses::build(&wirings, block, NEURONS);
        let (mut fast, mut safe) = (vec![0f32; block.slots], vec![0f32; block.slots]);
        assert_eq!(deliver(&synapses, &ring, 50, &mut Vec::new(), &mut fast), safely(&synapses, &ring, 50, &mut safe));
        assert_eq!(fast, safe);
    }

    #[test]
    #[should_panic(expected = "inputs of")]
    fn short_inputs_are_a_bug() {
        let (wirings, ring) = network(Sampler::Constant(1.0));
        let block = &Layout::new(&[(NEURONS, 2)], 1).blocks[0];
        deliver(&Synapses::build(&wirings, block, NEURONS), &ring, 50, &mut Vec::new(), &mut [0f32; 8]);
    }
}
