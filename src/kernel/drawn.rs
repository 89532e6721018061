//! Poisson numbers of a chunk of neurons that have one mean, as bytes; those of a small mean are drawn some steps ahead, since a few neurons
//! of one step would not fill the vectors.

use super::{
    chunk::Random,
    counters::SHARED,
    isa::{Isa, dispatch},
    keys::mix,
    philox::{BATCH, round_keys, words_of},
    poisson::Table,
    program::{CHUNK, LANES},
    sparse::{LARGEST, sparse},
};

/// Steps for which numbers of a small mean are drawn at once.
const AHEAD: usize = 4;

/// Blocks own whole groups of 16 neurons, and numbers are drawn for 64 together: for some before the first and behind the last.
pub(super) const ROW: usize = CHUNK + 2 * SHARED;

/// Numbers of a chunk in one step.
pub(super) type Row = [u8; ROW];

/// What is kept of a stream for a chunk: the thresholds of the mean, and numbers that are drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    table: Table,
    /// Of [`AHEAD`] steps, the first of which is a multiple of that.
    rows: [Row; AHEAD],
    /// What is in the rows.
    of: Option<Of>,
    /// Which rows are filled.
    filled: [bool; AHEAD],
}

/// Names numbers of some steps.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Of {
    /// Of the first step.
    random: Random,
    stream: u16,
    mean: f64,
    len: usize,
}

impl Drawn {
    /// Nothing yet.
    pub const NONE: Self = Drawn { table: Table::EMPTY, rows: [[0; ROW]; AHEAD], of: None, filled: [false; AHEAD] };

    /// Numbers of `len` neurons in a step, by groups of 16; none where the mean is too large for bytes, or NaN.
    #[inline(always)]
    pub fn numbers(&mut self, isa: Isa, random: Random, stream: u16, mean: f64, len: usize) -> Option<&[[u8; LANES]]> {
        let mut row = 0;
        if (0.0..=LARGEST).contains(&mean) {
            row = random.step as usize % AHEAD;
            let of = Of { random: Random { step: random.step - row as u64, ..random }, stream, mean, len };
            if !self.filled[row] || self.of != Some(of) {
                self.fill(isa, of, row);
            }
        } else {
            self.of = None;
            inverted(isa, random, stream, self.table.of(mean)?, len, &mut self.rows[row]);
        }
        Some(self.rows[row][random.first as usize % SHARED..].as_chunks().0)
    }

    /// Draws a row, and those that follow unless the mean has changed: it may be a function of time.
    fn fill(&mut self, isa: Isa, of: Of, row: usize) {
        let steady = self.of.is_some_and(|before| before.mean == of.mean);
        let rows = row..if steady { AHEAD } else { row + 1 };
        if self.of != Some(of) {
            (self.of, self.filled) = (Some(of), [false; AHEAD]);
        }
        let random = Random { step: of.random.step + row as u64, ..of.random };
        let table = self.table.of(of.mean * SHARED as f64).expect("a small mean");
        sparse(isa, random, of.stream, table, of.len, &mut self.rows[rows.clone()]);
        self.filled[rows].fill(true);
    }
}

const _: () = assert!(BATCH == SHARED);

/// Numbers by inversion: a word for each. A function of its own as [`words`](super::philox::words) is.
fn inverted(isa: Isa, random: Random, stream: u16, table: &Table, len: usize, row: &mut Row) {
    dispatch!(isa, invert(random: Random, stream: u16, table: &Table, len: usize, row: &mut Row) -> ())
}

#[inline(always)]
fn invert(random: Random, stream: u16, table: &Table, len: usize, row: &mut Row) {
    let keys = round_keys(mix(&[random.key, stream.into()]));
    let (groups, _) = row.as_chunks_mut::<LANES>();
    for batch in 0..(random.first as usize % BATCH + len).div_ceil(BATCH) {
        for (word, lanes) in words_of(random, batch, &keys).iter().enumerate() {
            let mut words = [0; LANES];
            for l in 0..LANES {
                words[l] = lanes[l] as u32;
            }
            let numbers = table.draw(&words);
            let group = &mut groups[4 * batch + word];
            for l in 0..LANES {
                group[l] = numbers[l] as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{philox::tests::word_of, poisson::poisson, sparse::tests::number_of};
    use super::*;

    /// The numbers of a few neurons in a step, as they should be.
    fn expected(random: Random, stream: u16, mean: f64, len: usize) -> Vec<u8> {
        let neurons = (random.first..).take(len);
        let number = |neuron| match (0.0..=LARGEST).contains(&mean) {
            true => number_of(Random { first: neuron, ..random }, stream, mean),
            false => poisson(word_of(random.key, stream, random.step, neuron), mean),
        };
        neurons.map(|neuron| number(neuron) as u8).collect()
    }

    fn got(drawn: &mut Drawn, random: Random, stream: u16, mean: f64, len: usize) -> Vec<u8> {
        let groups = drawn.numbers(Isa::detect(), random, stream, mean, len).expect("a mean for bytes");
        groups.as_flattened()[..len].to_vec()
    }

    #[test]
    fn what_was_drawn_before_changes_nothing() {
        let mut drawn = Drawn::NONE;
        let usual = (5, 32, 2, 0.16, 96);
        // Another step ahead, back, another mean and back, by inversion between, other neurons, another stream, another key.
        let steps = [0, 1, 2, 3, 4, 5, 9, 8, 8, 1 << 33, (1 << 33) + 1].map(|step| (step, usual));
        let means = [0.16, 0.2, 0.2, 0.3, 1.5, 0.3, 0.0, 100.0, 0.16].map(|mean| (21, (5, 32, 2, mean, 96)));
        let others = [(5, 48, 2, 0.16, 96), (5, 48, 2, 0.16, 16), (5, 48, 3, 0.16, 16), (6, 48, 3, 0.16, 16)];
        let others = others.map(|other| (22, other));
        for (step, (key, first, stream, mean, len)) in [&steps[..], &means, &others].concat() {
            let random = Random { key, step, first };
            let expected = expected(random, stream, mean, len);
            assert_eq!(got(&mut drawn, random, stream, mean, len), expected, "step {step}, mean {mean}");
        }
    }

    #[test]
    fn a_mean_that_changes_every_step_is_not_drawn_ahead() {
        let mut drawn = Drawn::NONE;
        for step in 8..16 {
            let mean = 0.01 * step as f64;
            got(&mut drawn, Random { key: 1, step, first: 0 }, 0, mean, 64);
            assert_eq!(drawn.filled.iter().filter(|filled| **filled).count(), 1);
        }
        for (step, rows) in [(16, 1), (17, 4), (18, 4), (20, 4)] {
            got(&mut drawn, Random { key: 1, step, first: 0 }, 0, 0.2, 64);
            assert_eq!(drawn.filled.iter().filter(|filled| **filled).count(), rows, "step {step}");
        }
    }

    #[test]
    fn means_beyond_bytes_are_not_drawn() {
        let mut drawn = Drawn::NONE;
        let random = Random { key: 1, step: 0, first: 0 };
        for mean in [128.1, f64::NAN, f64::INFINITY] {
            assert!(drawn.numbers(Isa::detect(), random, 0, mean, 64).is_none());
        }
        let numbers = got(&mut drawn, random, 0, 128.0, CHUNK);
        assert_eq!(numbers, expected(random, 0, 128.0, CHUNK));
        assert!(*numbers.iter().max().unwrap() > 150);
    }
}
