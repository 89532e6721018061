//! Philox4x32-10: random words as a function of a key and a counter, so that no generator state exists to depend on
//! threads or on the order of neurons.
//!
//! Source: Salmon, Moraes, Dror, Shaw (2011). Parallel random numbers: as easy as 1, 2, 3. SC11. doi:10.1145/2063384.2063405.

use std::convert::Infallible;

use rand::TryRng;

use super::{
    chunk::Random,
    isa::{Isa, dispatch},
    keys::mix,
    program::{CHUNK, LANES},
};

const MULTIPLIERS: [u64; 2] = [0xd251_1f53, 0xcd9e_8d57];
const WEYL: [u32; 2] = [0x9e37_79b9, 0xbb67_ae85];
pub(super) const ROUNDS: usize = 10;
pub(super) const LOW: u64 = 0xffff_ffff;

/// The key of each round.
#[inline(always)]
pub(super) fn round_keys(key: u64) -> [[u64; 2]; ROUNDS] {
    let first = [key as u32, (key >> 32) as u32];
    std::array::from_fn(|r| [0, 1].map(|k| first[k].wrapping_add(WEYL[k].wrapping_mul(r as u32)).into()))
}

/// The four words of each of 16 counters. Words are the lower halves of u64: the only multiplication of vector units that gives
/// 64 bits wants them so. Upper halves are left as they come, and masked where they would count.
#[inline(always)]
pub(super) fn philox(counter: [[u64; LANES]; 4], keys: &[[u64; 2]; ROUNDS]) -> [[u64; LANES]; 4] {
    let [mut a, mut b, mut c, mut d] = counter;
    for [k0, k1] in keys {
        for l in 0..LANES {
            let first = MULTIPLIERS[0] * (a[l] & LOW);
            let second = MULTIPLIERS[1] * (c[l] & LOW);
            a[l] = (second >> 32) ^ b[l] ^ k0;
            b[l] = second;
            c[l] = (first >> 32) ^ d[l] ^ k1;
            d[l] = first;
        }
    }
    [a, b, c, d]
}

/// One random word for each of `len` neurons. The key is (`random.key`, stream), the counter (block, step); four neurons share a
/// block: neuron n has word `n / 16 % 4` of block `n / 64 * 16 + n % 16`, so that 16 neighbours have the same word of 16 blocks.
///
/// A function of its own: inlined into that of the program, whose registers are all in use, rounds go through memory in twice the time.
pub fn words(isa: Isa, random: Random, stream: u16, len: usize) -> [u32; CHUNK] {
    dispatch!(isa, draw(random: Random, stream: u16, len: usize) -> [u32; CHUNK])
}

#[inline(always)]
fn draw(random: Random, stream: u16, len: usize) -> [u32; CHUNK] {
    let keys = round_keys(mix(&[random.key, stream.into()]));
    let mut words = [0; CHUNK];
    let (groups, _) = words.as_chunks_mut::<LANES>();
    // Groups of the first batch that belong to neurons before the first.
    let before = random.first as usize % BATCH / LANES;
    for batch in 0..(before + len / LANES).div_ceil(4) {
        for (word, lanes) in words_of(random, batch, &keys).into_iter().enumerate() {
            if let Some(group) = (batch * 4 + word).checked_sub(before).and_then(|g| groups.get_mut(g)) {
                for l in 0..LANES {
                    group[l] = lanes[l] as u32;
                }
            }
        }
    }
    words
}

/// Neurons that share blocks.
pub(super) const BATCH: usize = 4 * LANES;

/// Words of 64 neurons, in the lower halves; those of batch 0 are the 64 to which the first neuron belongs.
#[inline(always)]
pub(super) fn words_of(random: Random, batch: usize, keys: &[[u64; 2]; ROUNDS]) -> [[u64; LANES]; 4] {
    let first = (random.first as usize / BATCH + batch) * LANES;
    let blocks = std::array::from_fn(|l| (first + l) as u64);
    philox([blocks, [random.step & LOW; LANES], [random.step >> 32; LANES], [0; LANES]], keys)
}

/// One counter, without vectors.
pub(super) fn philox_one(mut c: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..ROUNDS {
        let [first, second] = [u64::from(c[0]) * MULTIPLIERS[0], u64::from(c[2]) * MULTIPLIERS[1]];
        c = [(second >> 32) as u32 ^ c[1] ^ key[0], second as u32, (first >> 32) as u32 ^ c[3] ^ key[1], first as u32];
        key = [0, 1].map(|k| key[k].wrapping_add(WEYL[k]));
    }
    c
}

/// Words of one neuron in one step, as many as are asked for: for draws that take now more, now fewer.
pub struct Words {
    key: [u32; 2],
    counter: [u32; 4],
    block: [u32; 4],
    /// Words of the block that are given away.
    given: usize,
}

impl Words {
    /// `key` is that of the stream, `block` the number of the first four words. A stream draws either [`words`] or these from block 0:
    /// counters would meet.
    pub fn new(key: u64, step: u64, neuron: u32, block: u32) -> Self {
        let counter = [neuron, step as u32, (step >> 32) as u32, block];
        Self { key: [key as u32, (key >> 32) as u32], counter, block: [0; 4], given: 4 }
    }
}

impl TryRng for Words {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        if self.given == self.block.len() {
            self.block = philox_one(self.counter, self.key);
            self.counter[3] += 1;
            self.given = 0;
        }
        self.given += 1;
        Ok(self.block[self.given - 1])
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from(self.try_next_u32()?) | u64::from(self.try_next_u32()?) << 32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for four in bytes.chunks_mut(4) {
            four.copy_from_slice(&self.try_next_u32()?.to_le_bytes()[..four.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The word of one neuron.
    pub fn word_of(key: u64, stream: u16, step: u64, neuron: u32) -> u32 {
        let key = mix(&[key, stream.into()]);
        let block = neuron / 64 * 16 + neuron % 16;
        philox_one([block, step as u32, (step >> 32) as u32, 0], [key as u32, (key >> 32) as u32])
            [(neuron / 16 % 4) as usize]
    }

    #[test]
    fn known_answers_of_random123() {
        let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344u32];
        let cases = [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (pi, [0xa409_3822, 0x299f_31d0], [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
        ];
        for (counter, key, answer) in cases {
            let lanes = philox(counter.map(|c| [c as u64; LANES]), &round_keys((key[1] as u64) << 32 | key[0] as u64));
            assert_eq!(lanes.map(|words| words.map(|word| word as u32)), answer.map(|a| [a; LANES]));
            assert_eq!(philox_one(counter, key), answer);
        }
    }

    #[test]
    fn words_belong_to_neurons_and_not_to_chunks() {
        let (key, step) = (5, 3 << 32 | 9);
        for (first, len) in [(0, CHUNK), (16, 48), (48, CHUNK), (4096 + 32, 80)] {
            for isa in Isa::available() {
                let words = words(isa, Random { key, step, first }, 7, len);
                for (i, word) in words[..len].iter().enumerate() {
                    assert_eq!(*word, word_of(key, 7, step, first + i as u32));
                }
            }
        }
    }
}
