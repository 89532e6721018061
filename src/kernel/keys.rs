//! Keys of random numbers: a hash of what the number is for, never of which thread draws it.

/// Hashes a list of numbers (seed, purpose, index, ...) into a key. The result is part of Bouton's contract: it never
/// changes between versions, machines or thread counts, so a seed gives the same network for good.
///
/// Each part goes through the finaliser of splitmix64 (Steele, Lea, Flood 2014, OOPSLA, doi:10.1145/2660193.2660195);
/// the chain makes the order of the parts and their number count.
///
/// ```
/// use bouton::kernel::mix;
/// assert_ne!(mix(&[1, 2]), mix(&[2, 1]));
/// assert_ne!(mix(&[1]), mix(&[1, 0]));
/// ```
pub fn mix(parts: &[u64]) -> u64 {
    parts.iter().fold(0x6a09_e667_f3bc_c908, |hash, part| {
        finalise(hash.wrapping_add(GOLDEN) ^ finalise(part.wrapping_add(GOLDEN)))
    })
}

/// 2^64 divided by the golden ratio: the increment of splitmix64.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

fn finalise(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finaliser_is_that_of_splitmix64() {
        // First outputs of splitmix64 seeded with 1234567.
        let outputs: Vec<u64> =
            (1..=3u64).map(|n| finalise(1_234_567u64.wrapping_add(n.wrapping_mul(GOLDEN)))).collect();
        assert_eq!(outputs, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn one_bit_changes_half_of_the_key() {
        let mut flips = 0;
        for bit in 0..64 {
            flips += (mix(&[7, 1 << bit]) ^ mix(&[7, 0])).count_ones();
        }
        // 64 x 64 fair coins: mean 2048, standard deviation 32.
        assert!((1900..2200).contains(&flips), "{flips}");
    }

    #[test]
    fn keys_are_stable() {
        assert_eq!(mix(&[]), 0x6a09_e667_f3bc_c908);
        assert_eq!([mix(&[1]), mix(&[1, 2])], [11_638_277_453_878_144_800, 13_137_314_893_965_446_417]);
    }
}
