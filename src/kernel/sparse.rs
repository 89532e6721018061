//! Poisson numbers of one small mean, 64 neurons at a time: one number says how many events they have together, then each event falls on
//! one of them, all being alike. Numbers that come about so are independent, and Poisson numbers again. A few random words serve 64
//! neurons, where inversion takes a word for each.

use rand::TryRng;

use super::{
    chunk::Random,
    isa::{Isa, dispatch},
    keys::mix,
    philox::{LOW, Words, philox, round_keys},
    poisson::Table,
    program::{CHUNK, LANES},
    run::one_at_a_time,
};

/// Neurons that share their events: a block owns whole groups of 16, so it may have to draw for some that it does not own.
pub const SHARED: usize = 64;
/// Numbers of a larger mean are faster by inversion.
pub const LARGEST: f64 = 0.3;

/// Places of 6 bits in 64.
const PLACES: u32 = 10;
/// Blocks of 128 bits, for each 64 neurons, that are drawn at once: 64 bits for the number of events and three times ten places.
const BLOCKS: usize = 2;
/// Groups of 64 neurons for which blocks are drawn at once.
const BATCH: usize = LANES / BLOCKS;

/// Numbers of a chunk of neurons.
pub struct Counts {
    counts: [u8; CHUNK + 2 * SHARED],
    skipped: usize,
}

impl Counts {
    /// By groups of 16 neurons.
    #[inline(always)]
    pub fn groups(&self) -> &[[u8; LANES]] {
        self.counts[self.skipped..].as_chunks().0
    }
}

/// Numbers of `len` neurons with the mean for 64 of which `table` was made. The key is (`random.key`, stream), the counter (number of
/// the 64, step, number of the block from 1): 0 there is left to [`words`](super::philox::words).
///
/// A function of its own for the reason that `words` is one.
pub fn sparse(isa: Isa, random: Random, stream: u16, table: &Table, len: usize) -> Counts {
    dispatch!(isa, draw(random: Random, stream: u16, table: &Table, len: usize) -> Counts)
}

#[inline(always)]
fn draw(random: Random, stream: u16, table: &Table, len: usize) -> Counts {
    let (key, step) = (mix(&[random.key, stream.into()]), random.step);
    let keys = round_keys(key);
    let skipped = random.first as usize % SHARED;
    let first = random.first as usize / SHARED;
    let mut counts = [0; CHUNK + 2 * SHARED];
    let (groups, _) = counts.as_chunks_mut::<SHARED>();
    let groups = &mut groups[..(skipped + len).div_ceil(SHARED)];
    for (batch, groups) in groups.chunks_mut(BATCH).enumerate() {
        let number = |lane: usize| (first + batch * BATCH + lane % BATCH) as u64;
        let counter = [
            std::array::from_fn(number),
            [step & LOW; LANES],
            [step >> 32; LANES],
            std::array::from_fn(|lane| (1 + lane / BATCH) as u64),
        ];
        let words = philox(counter, &keys);
        let events = table.draw(&words[0].map(|word| word as u32));
        let halves = |half: usize, lane: usize| words[2 * half][lane] & LOW | words[2 * half + 1][lane] << 32;
        for (lane, group) in groups.iter_mut().enumerate() {
            let left = share(halves(1, lane), events[lane], group);
            let left = share(halves(0, lane + BATCH), left, group);
            if left > 0 {
                let mut left = share(halves(1, lane + BATCH), left, group);
                let mut further = Words::new(key, step, number(lane) as u32, 1 + BLOCKS as u32);
                while left > 0 {
                    let Ok(places) = further.try_next_u64();
                    left = share(places, left, group);
                }
            }
        }
    }
    Counts { counts, skipped }
}

/// Lets up to ten of the events that are left fall on neurons. Returns how many are left then. Without a branch: nobody can foresee how
/// many there are.
#[inline(always)]
fn share(places: u64, left: u32, group: &mut [u8; SHARED]) -> u32 {
    for k in 0..PLACES {
        // Else places are found by vectors, and taken out of them one by one.
        one_at_a_time();
        group[(places >> (6 * k)) as usize % SHARED] += u8::from(k < left);
    }
    left.saturating_sub(PLACES)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{
        philox::philox_one,
        poisson::{poisson, tests::follows_law},
    };
    use super::*;

    /// The number of neuron `random.first`, without vectors: what the blocks say bit by bit.
    pub fn number_of(random: Random, stream: u16, mean: f64) -> f64 {
        let (key, step) = (mix(&[random.key, stream.into()]), random.step);
        let (group, own) = (random.first / SHARED as u32, u64::from(random.first % SHARED as u32));
        let halves = (1..).flat_map(|number| {
            let counter = [group, step as u32, (step >> 32) as u32, number];
            let [a, b, c, d] = philox_one(counter, [key as u32, (key >> 32) as u32]).map(u64::from);
            [a | b << 32, c | d << 32]
        });
        let mut halves = halves.into_iter();
        let events = poisson(halves.next().expect("endless") as u32, SHARED as f64 * mean);
        let places = halves.flat_map(|half| (0..10).map(move |k| half >> (6 * k) & 63));
        places.take(events as usize).filter(|place| *place == own).count() as f64
    }

    /// Numbers of 4096 neurons in a step.
    fn draw(step: u64, mean: f64) -> Vec<f64> {
        let mut table = Table::EMPTY;
        let table = table.of(SHARED as f64 * mean).unwrap();
        let chunks = (0..4096).step_by(CHUNK).map(|first| Random { key: 3, step, first });
        let counts = chunks.flat_map(|random| {
            let counts = sparse(Isa::detect(), random, 1, table, CHUNK);
            counts.groups()[..CHUNK / LANES].concat()
        });
        counts.map(f64::from).collect()
    }

    #[test]
    fn numbers_follow_poissons_law() {
        for mean in [0.001, 0.01, 0.1, LARGEST] {
            let numbers: Vec<f64> = (0..50).flat_map(|step| draw(step, mean)).collect();
            follows_law(mean, &numbers, &[1, 2, 16, 63, 64, 4096]);
        }
    }

    #[test]
    fn numbers_belong_to_neurons_and_not_to_chunks() {
        let (key, mean) = (5, LARGEST);
        let mut table = Table::EMPTY;
        let table = table.of(SHARED as f64 * mean).unwrap();
        let mut most = 0;
        let cases = [(1, 16, 48), (3 << 32 | 9, 48, CHUNK), (2, 4096 + 32, 80), (7, 128, 16)];
        for (step, first, len) in (0..100).map(|step| (step, 0, CHUNK)).chain(cases) {
            for isa in Isa::available() {
                let random = Random { key, step, first };
                let counts = sparse(isa, random, 7, table, len);
                for (i, count) in counts.groups().as_flattened()[..len].iter().enumerate() {
                    let random = Random { first: first + i as u32, ..random };
                    assert_eq!(f64::from(*count), number_of(random, 7, mean));
                }
                let whole = &counts.counts[..(counts.skipped + len).div_ceil(SHARED) * SHARED];
                let events = whole.chunks(SHARED).map(|group| group.iter().map(|c| u32::from(*c)).sum());
                most = events.fold(most, u32::max);
            }
        }
        assert!(most > 30, "no 64 neurons needed more than the blocks drawn at once, but {most}");
    }

    #[test]
    fn a_mean_of_0_gives_none() {
        assert!(draw(1, 0.0).iter().all(|number| *number == 0.0));
    }
}
