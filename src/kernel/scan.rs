//! One look over a chunk after a step: did anybody spike, did anything diverge?

use std::ops::Range;

use super::{
    isa::{Isa, dispatch},
    program::{CHUNK, LANES},
    real::Real,
    run::one_at_a_time,
};

const _: () = assert!(CHUNK / LANES <= 64, "a bit for each group");

/// What [`scan`] saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Bit g is set where some `fired` of group g of [`LANES`] neurons is not 0.
    pub fired: u64,
    /// All watched values are finite.
    pub finite: bool,
}

impl Scan {
    /// The groups in which a neuron fired, as ranges of neighbours, ascending. Spikes are rare: what is done for them need not be done
    /// for the whole chunk.
    pub fn fired_groups(self) -> impl Iterator<Item = Range<usize>> {
        let mut rest = u128::from(self.fired);
        std::iter::from_fn(move || {
            let start = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
            let end = start + (rest >> start).trailing_ones() as usize;
            rest = rest >> end << end;
            Some(start..end)
        })
    }
}

/// Looks for spikes in `fired` (values that are not 0) and for NaN and infinity in `watch`: at most a chunk of whole groups.
pub fn scan<T: Real>(isa: Isa, fired: Option<&[T]>, watch: &[T]) -> Scan {
    assert!(fired.is_none_or(|fired| fired.len() <= CHUNK), "a scan is over one chunk");
    dispatch!(isa, body<T>(fired: Option<&[T]>, watch: &[T]) -> Scan)
}

#[inline(always)]
fn body<T: Real>(fired: Option<&[T]>, watch: &[T]) -> Scan {
    // Sums of magnitudes are 0 only where all are 0; x * 0 is 0 for finite numbers and NaN else.
    let some = fired.is_some_and(|fired| !all_zero(fired, T::abs));
    let groups = fired.filter(|_| some).map_or(&[][..], |fired| fired.as_chunks::<LANES>().0);
    let any = |group: &[T; LANES]| {
        one_at_a_time();
        group.iter().fold(false, |any, x| any | (*x != T::ZERO))
    };
    let fired = groups.iter().enumerate().fold(0, |bits, (g, group)| bits | u64::from(any(group)) << g);
    Scan { fired, finite: all_zero(watch, |x| x * T::ZERO) }
}

/// Whether the sums of a function of each value are 0: four for each lane, so that additions need not wait for each other.
#[inline(always)]
fn all_zero<T: Real>(values: &[T], of: impl Fn(T) -> T) -> bool {
    let (groups, rest) = values.as_chunks::<LANES>();
    assert!(rest.is_empty(), "groups are whole");
    let (fours, rest) = groups.as_chunks::<4>();
    let mut sums = [[T::ZERO; LANES]; 4];
    for four in fours {
        for k in 0..4 {
            add(&mut sums[k], &four[k], &of);
        }
    }
    for values in rest {
        add(&mut sums[0], values, &of);
    }
    let [mut total, rest @ ..] = sums;
    for sums in &rest {
        add(&mut total, sums, |x| x);
    }
    total.iter().fold(true, |all, sum| all & (*sum == T::ZERO))
}

#[inline(always)]
fn add<T: Real>(sums: &mut [T; LANES], values: &[T; LANES], of: impl Fn(T) -> T) {
    one_at_a_time();
    for l in 0..LANES {
        sums[l] = sums[l] + of(values[l]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_one_spike_and_one_bad_value_anywhere() {
        for isa in Isa::available() {
            for len in [16, 48, CHUNK] {
                let zeros = vec![0.0; len];
                assert_eq!(scan(isa, Some(&zeros), &zeros), Scan { fired: 0, finite: true });
                assert_eq!(scan(isa, None, &zeros), Scan { fired: 0, finite: true });
                for at in 0..len {
                    let mut one = zeros.clone();
                    one[at] = 1.0;
                    assert_eq!(scan(isa, Some(&one), &one), Scan { fired: 1 << (at / 16), finite: true });
                    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                        one[at] = bad;
                        assert!(!scan(isa, None, &one).finite);
                    }
                    one[at] = -f64::MAX;
                    assert!(scan(isa, None, &one).finite);
                }
            }
        }
    }

    #[test]
    fn neighbouring_groups_are_one_range() {
        let ranges = |fired| Scan { fired, finite: true }.fired_groups().collect::<Vec<_>>();
        assert!(ranges(0).is_empty());
        assert_eq!(ranges(0b1101_1001), [0..1, 3..5, 6..8]);
        assert_eq!(ranges(1 << 63 | 1), [0..1, 63..64]);
        assert!(ranges(u64::MAX).iter().eq([&(0..64)]));
    }
}
