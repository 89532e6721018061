//! Delivers spikes: adds the weights of the synapses that arrive at a step to the input slots of a block.

use super::synapses::{Due, Group, Synapses};
use crate::kernel::Real;

/// How many groups ahead synapses are prefetched. With 4, delivery is a fifth slower; from 8 to 24 the differences drown in noise.
const AHEAD: usize = 12;

/// Adds to `inputs` the weights of groups at which spikes arrive, in their order. Returns the number of synaptic events.
///
/// # Panics
/// If `inputs` is shorter than the block's input slots.
pub fn deliver<T: Real>(synapses: &Synapses, arrivals: &[Due], inputs: &mut [T]) -> u64 {
    assert!(inputs.len() >= synapses.slots(), "{} inputs of {}", inputs.len(), synapses.slots());
    arrivals.iter().take(AHEAD).for_each(|due| synapses.prefetch(due));
    let mut events = 0;
    for (k, due) in arrivals.iter().enumerate() {
        if let Some(ahead) = arrivals.get(k + AHEAD) {
            synapses.prefetch(ahead);
        }
        events += due.len() as u64;
        // SAFETY: a group's targets are below `slots()`, and `inputs` is at least that long.
        unsafe { scatter(synapses.at(due), inputs) };
    }
    events
}

/// Adds a group's weights to its targets.
///
/// # Safety
/// Every target must be below `inputs.len()`.
#[inline]
unsafe fn scatter<T: Real>(group: Group<'_>, inputs: &mut [T]) {
    // SAFETY: see above.
    unsafe {
        match group {
            Group::Same(targets, weight) => add_same(targets, T::from_f64(weight), inputs),
            Group::Each(synapses) => {
                let (fours, rest) = synapses.as_chunks::<4>();
                for four in fours {
                    four.iter().for_each(|s| add(s.target, T::from_f64(s.weight.into()), inputs));
                }
                rest.iter().for_each(|s| add(s.target, T::from_f64(s.weight.into()), inputs));
            }
        }
    }
}

/// Adds values to their targets, one after the other (a target may stand there twice).
///
/// # Safety
/// Every target must be below `inputs.len()`.
#[inline(always)]
pub(super) unsafe fn add_each<T: Real>(targets: &[u16], values: &[T], inputs: &mut [T]) {
    let ((fours, rest), (values, last)) = (targets.as_chunks::<4>(), values.as_chunks::<4>());
    for (four, values) in fours.iter().zip(values) {
        // SAFETY: see above.
        together(four).into_iter().zip(values).for_each(|(target, &value)| unsafe { add(target, value, inputs) });
    }
    // SAFETY: see above.
    rest.iter().zip(last).for_each(|(&target, &value)| unsafe { add(target, value, inputs) });
}

/// The same with one value for all.
///
/// # Safety
/// As for `add_each`.
#[inline(always)]
pub(super) unsafe fn add_same<T: Real>(targets: &[u16], value: T, inputs: &mut [T]) {
    let (fours, rest) = targets.as_chunks::<4>();
    for four in fours {
        // SAFETY: see above.
        together(four).into_iter().for_each(|target| unsafe { add(target, value, inputs) });
    }
    // SAFETY: see above.
    rest.iter().for_each(|&target| unsafe { add(target, value, inputs) });
}

/// Four targets, read as one word: with a load for each, adding takes a tenth longer where all is cached.
#[inline(always)]
fn together(four: &[u16; 4]) -> [u16; 4] {
    // SAFETY: four numbers of 16 bits are one of 64.
    let word = unsafe { std::mem::transmute::<[u16; 4], u64>(*four) };
    let places = if cfg!(target_endian = "big") { [3, 2, 1, 0] } else { [0, 1, 2, 3] };
    places.map(|place| (word >> (16 * place)) as u16)
}

/// # Safety
/// The target must be below `inputs.len()`.
#[inline(always)]
unsafe fn add<T: Real>(target: u16, value: T, inputs: &mut [T]) {
    // SAFETY: see above; a check of each target costs a tenth where rows are cached.
    let input = unsafe { inputs.get_unchecked_mut(usize::from(target)) };
    *input = *input + value;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        connect::{PopRef, Rule, Wiring},
        engine::{arrivals::Arrivals, layout::Layout},
        lang::sampler::Sampler,
    };

    const NEURONS: u32 = 300;

    /// A dense network with multapses.
    fn network(weight: Sampler) -> Vec<Wiring> {
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
        vec![wiring(0), wiring(1)]
    }

    /// In each step a few spikes.
    fn emitted(stamp: u64) -> Vec<u32> {
        (0..NEURONS).filter(|id| (id * 7 + stamp as u32).is_multiple_of(11)).collect()
    }

    /// What is on its way at the end of step 49.
    fn arrivals(synapses: &Synapses) -> Arrivals {
        let mut arrivals = Arrivals::new(synapses);
        for stamp in 0..50 {
            arrivals.clear(stamp);
            arrivals.file(synapses, stamp, &emitted(stamp));
        }
        arrivals
    }

    /// Inputs of receptor r and neuron k as [r][k], delivered with a given number of blocks.
    fn delivered(wirings: &[Wiring], blocks: usize) -> Vec<Vec<f32>> {
        let mut out = vec![vec![0f32; NEURONS as usize]; 2];
        for block in Layout::new(&[(NEURONS, 2)], blocks).blocks {
            let synapses = Synapses::build(wirings, &block, NEURONS);
            let mut inputs = vec![0f32; block.slots];
            deliver(&synapses, arrivals(&synapses).at(50), &mut inputs);
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

    /// The twin of `deliver` without `unsafe`, prefetch and lists, at step 50.
    fn safely<T: Real>(synapses: &Synapses, inputs: &mut [T]) -> u64 {
        let mut events = 0;
        for (number, &delay) in synapses.delays().iter().enumerate() {
            for source in emitted(50 - u64::from(delay)) {
                let group = synapses.at(&synapses.find(source, number));
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
            let wirings = network(weight);
            let one = delivered(&wirings, 1);
            assert!(one.iter().flatten().all(|&sum| sum > 0.0));
            for blocks in [2, 3, 7, 19] {
                assert_eq!(delivered(&wirings, blocks), one, "{blocks} blocks");
            }
        }
    }

    #[test]
    fn every_synapse_of_a_spike_is_an_event() {
        let wirings = network(Sampler::Constant(1.0));
        let block = &Layout::new(&[(NEURONS, 2)], 1).blocks[0];
        let synapses = Synapses::build(&wirings, block, NEURONS);
        let mut arrivals = Arrivals::new(&synapses);
        arrivals.file(&synapses, 3, &(0..NEURONS).collect::<Vec<_>>());
        let mut inputs = vec![0f64; block.slots];
        let events: u64 = (4..=23).map(|stamp| deliver(&synapses, arrivals.at(stamp), &mut inputs)).sum();
        assert_eq!(events, 2 * 400 * u64::from(NEURONS));
        assert_eq!(inputs.iter().sum::<f64>(), events as f64);
        assert!(inputs[..NEURONS as usize].iter().all(|&sum| sum == 400.0));
    }

    #[test]
    fn sums_equal_those_of_the_safe_twin_to_the_bit() {
        let wirings = network(Sampler::Uniform { low: -1.0, high: 1.0 });
        let block = &Layout::new(&[(NEURONS, 2)], 1).blocks[0];
        let synapses = Synapses::build(&wirings, block, NEURONS);
        let (mut fast, mut safe) = (vec![0f32; block.slots], vec![0f32; block.slots]);
        let events = deliver(&synapses, arrivals(&synapses).at(50), &mut fast);
        assert_eq!(events, safely(&synapses, &mut safe));
        assert_eq!(fast, safe);
    }

    #[test]
    #[should_panic(expected = "inputs of")]
    fn short_inputs_are_a_bug() {
        let wirings = network(Sampler::Constant(1.0));
        let block = &Layout::new(&[(NEURONS, 2)], 1).blocks[0];
        deliver(&Synapses::build(&wirings, block, NEURONS), &[], &mut [0f32; 8]);
    }
}
