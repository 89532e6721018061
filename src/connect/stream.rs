//! Random streams of a wiring, keyed by purpose and row, so that any part can be drawn again by anyone.

use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng, SeedableRng},
};

/// What a stream is for; streams of different purposes are independent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// Who is connected with whom.
    Pairs = 1,
    /// Weights, in the order of the row's pairs.
    Weights,
    /// Delays, in the order of the row's pairs.
    Delays,
    /// How a total number is split over the targets.
    Totals,
    /// Pairs looked at to estimate a number of synapses.
    Estimate,
}

/// The stream of `row` for one purpose. Its four seed words differ from those of every other row of the same key.
pub(crate) fn stream(key: u64, purpose: Purpose, row: u64) -> Xoshiro256PlusPlus {
    let base = mix(mix(key) ^ purpose as u64);
    let mut seed = [0; 32];
    for (i, word) in seed.chunks_exact_mut(8).enumerate() {
        let counter = row.wrapping_mul(4).wrapping_add(i as u64 + 1);
        word.copy_from_slice(&mix(base.wrapping_add(counter.wrapping_mul(0x9E37_79B9_7F4A_7C15))).to_le_bytes());
    }
    Xoshiro256PlusPlus::from_seed(seed)
}

/// Finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection that spreads every bit over all.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Uniform in [0, 1), a multiple of 2^-53.
pub(crate) fn unit(rng: &mut Xoshiro256PlusPlus) -> f64 {
    (rng.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// Uniform among 0, 1, ... n-1, without bias (Lemire 2019). `n` is at least 1.
pub(crate) fn below(rng: &mut Xoshiro256PlusPlus, n: u32) -> u32 {
    let n = u64::from(n);
    loop {
        let product = u128::from(rng.next_u64()) * u128::from(n);
        // The lowest 2^64 mod n remainders would make some results likelier than others.
        if product as u64 >= n || product as u64 >= n.wrapping_neg() % n {
            return (product >> 64) as u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_in_key_purpose_and_row_and_repeat() {
        let first = |key, purpose, row| stream(key, purpose, row).next_u64();
        let all = [
            first(1, Purpose::Pairs, 0),
            first(2, Purpose::Pairs, 0),
            first(1, Purpose::Weights, 0),
            first(1, Purpose::Pairs, 1),
            first(1, Purpose::Pairs, 1 << 40),
        ];
        for (i, a) in all.iter().enumerate() {
            assert!(all[..i].iter().all(|b| a != b), "streams {all:?}");
        }
        assert_eq!(all[0], first(1, Purpose::Pairs, 0));
    }

    #[test]
    fn below_is_uniform() {
        let mut rng = stream(3, Purpose::Pairs, 0);
        let mut counts = [0f64; 7];
        (0..70_000).for_each(|_| counts[below(&mut rng, 7) as usize] += 1.0);
        let chi2: f64 = counts.iter().map(|c| (c - 1e4).powi(2) / 1e4).sum();
        assert!(chi2 < 22.5, "chi-square {chi2} of 6 degrees of freedom (p = 0.001)");
        assert_eq!(below(&mut rng, 1), 0);
    }

    #[test]
    fn first_numbers_of_neighbouring_rows_are_uncorrelated() {
        let x: Vec<f64> = (0..20_000).map(|row| unit(&mut stream(9, Purpose::Delays, row)) - 0.5).collect();
        let covariance = x.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / x.len() as f64;
        let correlation = covariance * 12.0;
        assert!(correlation.abs() < 4.0 / (x.len() as f64).sqrt(), "{correlation}");
    }
}
