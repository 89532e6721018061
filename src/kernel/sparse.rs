//! Poisson numbers of one small mean, 64 neurons at a time: one number says how many events they have together, then each event falls on
//! one of them, all being alike. Numbers that come about so are independent, and Poisson numbers again. A few random words serve 64
//! neurons, where inversion takes a word for each.

use rand::TryRng;

use super::{
    chunk::Random,
    counters::{Counters, NAMES, SHARED},
    drawn::Row,
    isa::{Isa, dispatch},
    keys::mix,
    philox::{LOW, Words, philox, round_keys},
    poisson::Table,
    program::LANES,
};

/// Numbers of a larger mean are faster by inversion.
pub const LARGEST: f64 = 0.3;

/// Blocks of 128 bits, for each 64 neurons, that are drawn at once: 64 bits for the number of events and three times ten names of neurons.
const BLOCKS: usize = 2;
/// Groups of 64 neurons, of one step or several, for which blocks are drawn at once.
const BATCH: usize = LANES / BLOCKS;

/// Sets rows to the numbers of `len` neurons, with the mean for 64 of which `table` was made, in `random.step` and those that follow, one
/// for each row. The key is (`random.key`, stream), the counter (number of the 64, step, number of the block from 1): 0 there is left to
/// [`words`](super::philox::words).
///
/// A function of its own for the reason that `words` is one.
pub fn sparse(isa: Isa, random: Random, stream: u16, table: &Table, len: usize, rows: &mut [Row]) {
    dispatch!(isa, draw(random: Random, stream: u16, table: &Table, len: usize, rows: &mut [Row]) -> ())
}

#[inline(always)]
fn draw(random: Random, stream: u16, table: &Table, len: usize, rows: &mut [Row]) {
    let key = mix(&[random.key, stream.into()]);
    let keys = round_keys(key);
    let first = random.first as usize / SHARED;
    let groups = (random.first as usize % SHARED + len).div_ceil(SHARED);
    // Group by group, row by row.
    let (mut row, mut group) = (0, 0);
    while row < rows.len() {
        let places: [(usize, usize); BATCH] = std::array::from_fn(|_| {
            let place = (row, group);
            (row, group) = if group + 1 < groups { (row, group + 1) } else { (row + 1, 0) };
            place
        });
        let step = |lane: usize| random.step + places[lane % BATCH].0 as u64;
        let number = |lane: usize| (first + places[lane % BATCH].1) as u64;
        let counter = [
            std::array::from_fn(number),
            std::array::from_fn(|lane| step(lane) & LOW),
            std::array::from_fn(|lane| step(lane) >> 32),
            std::array::from_fn(|lane| (1 + lane / BATCH) as u64),
        ];
        let words = philox(counter, &keys);
        let events = table.draw(&words[0].map(|word| word as u32));
        let halves = |half: usize, lane: usize| words[2 * half][lane] & LOW | words[2 * half + 1][lane] << 32;
        let mut counters = Counters::<BATCH>::ZERO;
        let left = std::array::from_fn(|lane| u64::from(events[lane]));
        let left = counters.count(std::array::from_fn(|lane| halves(1, lane)), left);
        let left = counters.count(std::array::from_fn(|lane| halves(0, lane + BATCH)), left);
        for (lane, &(row, group)) in places.iter().enumerate() {
            let Some(row) = rows.get_mut(row) else { break };
            let group = &mut row.as_chunks_mut::<SHARED>().0[group];
            counters.write(lane, group);
            if left[lane] > 0 {
                let mut left = share(halves(1, lane + BATCH), left[lane], group);
                let mut further = Words::new(key, step(lane), number(lane) as u32, 1 + BLOCKS as u32);
                while left > 0 {
                    let Ok(names) = further.try_next_u64();
                    left = share(names, left, group);
                }
            }
        }
    }
}

/// Lets up to ten of the events that are left fall on the neurons that are named. Returns how many are left then.
fn share(names: u64, left: u64, group: &mut [u8; SHARED]) -> u64 {
    (0..NAMES.min(left)).for_each(|k| group[(names >> (6 * k)) as usize % SHARED] += 1);
    left.saturating_sub(NAMES)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{
        drawn::ROW,
        philox::philox_one,
        poisson::{poisson, tests::follows_law},
        program::CHUNK,
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
        let names = halves.flat_map(|half| (0..10).map(move |k| half >> (6 * k) & 63));
        names.take(events as usize).filter(|name| *name == own).count() as f64
    }

    /// Numbers of 4096 neurons in some steps.
    fn draw(step: u64, rows: usize, mean: f64) -> Vec<f64> {
        let mut table = Table::EMPTY;
        let table = table.of(SHARED as f64 * mean).unwrap();
        let chunks = (0..4096).step_by(CHUNK).map(|first| {
            let mut drawn = vec![[7; ROW]; rows];
            sparse(Isa::detect(), Random { key: 3, step, first }, 1, table, CHUNK, &mut drawn);
            drawn
        });
        let chunks: Vec<_> = chunks.collect();
        let numbers = (0..rows).flat_map(|row| chunks.iter().flat_map(move |chunk| &chunk[row][..CHUNK]));
        numbers.map(|number| f64::from(*number)).collect()
    }

    #[test]
    fn numbers_follow_poissons_law() {
        for mean in [0.001, 0.01, 0.1, LARGEST] {
            let numbers: Vec<f64> = (0..50).step_by(5).flat_map(|step| draw(step, 5, mean)).collect();
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
                let (mut rows, skipped) = ([[7; ROW]; 3], first as usize % SHARED);
                sparse(isa, random, 7, table, len, &mut rows);
                for (row, step) in rows.iter().zip(step..) {
                    for (i, number) in row[skipped..][..len].iter().enumerate() {
                        let random = Random { first: first + i as u32, step, ..random };
                        assert_eq!(f64::from(*number), number_of(random, 7, mean));
                    }
                    let whole = &row[..(skipped + len).div_ceil(SHARED) * SHARED];
                    let events = whole.chunks(SHARED).map(|group| group.iter().map(|c| u32::from(*c)).sum());
                    most = events.fold(most, u32::max);
                }
            }
        }
        assert!(most > 30, "no 64 neurons needed more than the blocks drawn at once, but {most}");
    }

    #[test]
    fn a_mean_of_0_gives_none() {
        assert!(draw(1, 2, 0.0).iter().all(|number| *number == 0.0));
    }
}
