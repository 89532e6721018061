//! Spikes on their way to a block: for each coming step, the groups of synapses at which they arrive.

use super::synapses::{Due, Synapses};

/// Spikes filed at once: their rows of the index stay in the L1 cache meanwhile.
const BATCH: usize = 64;

/// Groups of synapses by step of arrival. A spike is looked up in the index once, when it is emitted, its whole row; asked for group by
/// group, in the step in which it arrives, each would fetch a cache line of the index. Groups without synapses are not listed.
#[derive(Clone, Debug)]
pub struct Arrivals {
    /// Lists of equal room, one behind the other, by stamp of arrival modulo their number: a power of two, so that places are found by masks.
    groups: Vec<Due>,
    /// How many groups each lists.
    lens: Vec<usize>,
    room: usize,
}

impl Arrivals {
    /// No spike is on its way over these synapses.
    pub fn new(synapses: &Synapses) -> Self {
        let longest = synapses.delays().first().map_or(0, |&delay| delay as usize);
        let lists = (longest + 1).next_power_of_two();
        Self { groups: vec![Due::default(); lists * BATCH], lens: vec![0; lists], room: BATCH }
    }

    fn place(&self, stamp: u64) -> usize {
        stamp as usize & (self.lens.len() - 1)
    }

    /// Sends spikes emitted at `stamp` on their way, global ids in ascending order. Stamps ascend too; what arrives at `stamp` or before is
    /// [cleared](Arrivals::clear).
    pub fn file(&mut self, synapses: &Synapses, stamp: u64, spikes: &[u32]) {
        for batch in spikes.chunks(BATCH) {
            for (group, &delay) in synapses.delays().iter().enumerate() {
                let place = self.place(stamp + u64::from(delay));
                let len = self.lens[place];
                if len + batch.len() > self.room {
                    self.grow(len + batch.len());
                }
                let free = &mut self.groups[place * self.room + len..][..batch.len()];
                let mut filed = 0;
                for &source in batch {
                    let due = synapses.find(source, group);
                    free[filed] = due;
                    filed += usize::from(!due.is_empty());
                }
                self.lens[place] += filed;
            }
        }
    }

    /// Makes room for more than `wanted` groups, in all lists, so that they do not grow one after the other for ever.
    fn grow(&mut self, wanted: usize) {
        let room = wanted + wanted / 2;
        let mut groups = vec![Due::default(); self.lens.len() * room];
        for ((new, old), &len) in groups.chunks_mut(room).zip(self.groups.chunks(self.room)).zip(&self.lens) {
            new[..len].copy_from_slice(&old[..len]);
        }
        (self.groups, self.room) = (groups, room);
    }

    /// The groups at which spikes arrive at `stamp`: for each delay from the longest on, in order of global ids.
    pub fn at(&self, stamp: u64) -> &[Due] {
        let place = self.place(stamp);
        &self.groups[place * self.room..][..self.lens[place]]
    }

    /// Forgets what arrived at `stamp`.
    pub fn clear(&mut self, stamp: u64) {
        let place = self.place(stamp);
        self.lens[place] = 0;
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

    const NEURONS: u32 = 200;

    fn synapses() -> Synapses {
        let all = PopRef { population: 0, first_gid: 0, size: NEURONS, stride: 1 };
        let wiring = Wiring {
            from: all,
            to: all,
            receptor: 0,
            rule: Rule::FixedInDegree(3),
            autapses: true,
            multapses: true,
            symmetric: false,
            key: 1,
            weight_key: 2,
            weight: Sampler::Constant(1.0),
            delay: Sampler::Uniform { low: 0.2, high: 0.9 },
            dt: 0.1,
            positions: None,
        };
        Synapses::build(&[wiring], &Layout::new(&[(NEURONS, 1)], 1).blocks[0], NEURONS)
    }

    #[test]
    fn groups_arrive_by_emission_then_source_and_none_is_empty() {
        let synapses = synapses();
        let mut arrivals = Arrivals::new(&synapses);
        let spikes = |stamp: u64| (0..NEURONS).filter(move |id| (id * 7 + stamp as u32).is_multiple_of(3)).collect();
        let emitted: Vec<Vec<u32>> = (0..60).map(spikes).collect();
        for stamp in 1..60u64 {
            let mut expected = Vec::new();
            for (group, &delay) in synapses.delays().iter().enumerate() {
                for &source in stamp.checked_sub(delay.into()).map_or(&[][..], |s| &emitted[s as usize]) {
                    expected.extend(Some(synapses.find(source, group)).filter(|due| !due.is_empty()));
                }
            }
            // Spikes of two steps are filed together, as in an epoch of two.
            if stamp % 2 == 1 {
                let last = stamp.saturating_sub(2)..stamp;
                last.for_each(|emission| arrivals.file(&synapses, emission, &emitted[emission as usize]));
            }
            if stamp > 1 {
                assert_eq!(arrivals.at(stamp), expected, "step {stamp}");
            }
            arrivals.clear(stamp);
        }
    }

    #[test]
    fn lists_do_not_grow_once_warm() {
        let synapses = synapses();
        let mut arrivals = Arrivals::new(&synapses);
        let all: Vec<u32> = (0..NEURONS).collect();
        let mut run = |stamps: std::ops::Range<u64>| {
            for stamp in stamps {
                arrivals.file(&synapses, stamp, &all[..all.len() / 2 + stamp as usize % 100]);
                arrivals.clear(stamp + 1);
            }
            arrivals.groups.as_ptr()
        };
        let warm = run(0..200);
        assert_eq!(run(200..1000), warm);
    }

    #[test]
    fn a_block_without_synapses_expects_nothing() {
        let synapses = Synapses::build::<Wiring>(&[], &Layout::new(&[(40, 1)], 1).blocks[0], 40);
        let mut arrivals = Arrivals::new(&synapses);
        arrivals.file(&synapses, 0, &[3, 7]);
        assert!((1..20).all(|stamp| arrivals.at(stamp).is_empty()));
    }
}
