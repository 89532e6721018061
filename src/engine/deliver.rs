//! Delivers spikes: adds the weights of the synapses that arrive at a step to the input slots of a block.

use super::{
    ring::Ring,
    synapses::{Group, GroupWeights, Synapses},
};

/// A float that inputs are summed in.
pub trait Real: Copy + std::ops::AddAssign {
    /// Rounded from f64.
    fn from_f64(x: f64) -> Self;
}

impl Real for f32 {
    fn from_f64(x: f64) -> Self {
        x as f32
    }
}
impl Real for f64 {
    fn from_f64(x: f64) -> Self {
        x
    }
}

/// How many groups ahead synapses are prefetched; their index entries twice as far. Of 4, 8, 16 and 32, 8 to 16 are best.
const AHEAD: usize = 12;

/// Adds to `inputs` what arrives at step `stamp`: for each delay from the longest on, the spikes emitted that long ago,
/// in order of global ids. Returns the number of synaptic events.
///
/// # Panics
/// If `inputs` is shorter than the block's input slots.
pub fn deliver<T: Real>(synapses: &Synapses, ring: &Ring, stamp: u64, inputs: &mut [T]) -> u64 {
    assert!(inputs.len() >= synapses.slots(), "{} inputs of {}", inputs.len(), synapses.slots());
    let mut events = 0;
    let mut near = due(synapses, ring, stamp);
    let mut far = near.clone();
    far.by_ref().take(2 * AHEAD).for_each(|(source, group)| synapses.prefetch_index(source, group));
    near.by_ref().take(AHEAD).for_each(|(source, group)| synapses.prefetch_group(source, group));
    for (source, group) in due(synapses, ring, stamp) {
        if let Some((source, group)) = far.next() {
            synapses.prefetch_index(source, group);
        }
        if let Some((source, group)) = near.next() {
            synapses.prefetch_group(source, group);
        }
        let group = synapses.group(source, group);
        events += group.targets.len() as u64;
        // SAFETY: a group's targets are below `slots()`, and `inputs` is at least that long.
        unsafe { scatter(group, inputs) };
    }
    events
}

/// The spikes that arrive at `stamp`, each with the number of its delay.
fn due<'a>(synapses: &'a Synapses, ring: &'a Ring, stamp: u64) -> impl Iterator<Item = (u32, usize)> + Clone + 'a {
    synapses.delays().iter().enumerate().flat_map(move |(group, &delay)| {
        let spikes = stamp.checked_sub(delay.into()).map_or(&[][..], |emitted| ring.at(emitted));
        spikes.iter().map(move |&source| (source, group))
    })
}

/// Adds a group's weights to its targets, one after the other (a target may stand in a group twice).
///
/// # Safety
/// Every target must be below `inputs.len()`.
#[inline]
unsafe fn scatter<T: Real>(group: Group<'_>, inputs: &mut [T]) {
    let mut add = |target: u16, weight: T| {
        // SAFETY: see above; checking each target here costs 0.2 ns of 1.
        unsafe { *inputs.get_unchecked_mut(target as usize) += weight }
    };
    match group.weights {
        GroupWeights::Same(weight) => {
            let weight = T::from_f64(weight);
            group.targets.iter().for_each(|&target| add(target, weight));
        }
        GroupWeights::Each(weights) => {
            group.targets.iter().zip(weights).for_each(|(&target, &weight)| add(target, T::from_f64(weight.into())));
        }
    }
}
