//! One look at the neurons of a chunk, group by group: did anybody spike, did anything diverge?

use std::ops::Range;

use super::{
    program::{CHUNK, LANES},
    real::Real,
};

const _: () = assert!(CHUNK / LANES <= 64, "a bit for each group");

/// What [`Op::Look`](super::program::Op::Look) saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Bit g is set where some neuron of group g of [`LANES`] fired.
    pub fired: u64,
    /// All watched values are finite.
    pub finite: bool,
}

impl Scan {
    /// Nobody looked.
    pub const NOTHING: Self = Self { fired: 0, finite: true };

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

/// A look that goes on.
pub(super) struct Look<T> {
    fired: u64,
    /// Sums of x * 0, which is 0 for finite numbers and NaN else.
    doubts: [T; LANES],
}

impl<T: Real> Look<T> {
    #[inline(always)]
    pub fn new() -> Self {
        Self { fired: 0, doubts: [T::ZERO; LANES] }
    }

    /// Sees group `g`: fired is what is not 0.
    #[inline(always)]
    pub fn see(&mut self, g: usize, fired: &[T; LANES], watched: &[T; LANES]) {
        let mut any = false;
        for l in 0..LANES {
            any |= fired[l] != T::ZERO;
            self.doubts[l] = watched[l].mul_add(T::ZERO, self.doubts[l]);
        }
        self.fired |= u64::from(any) << g;
    }

    #[inline(always)]
    pub fn end(self) -> Scan {
        Scan { fired: self.fired, finite: self.doubts.iter().fold(true, |all, sum| all & (*sum == T::ZERO)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A look at `len` neurons, all as they should be but the one at `at`.
    fn look(len: usize, at: usize, fired: f64, watched: f64) -> Scan {
        let mut look = Look::new();
        for g in 0..len / LANES {
            let but_one = |value| std::array::from_fn(|l| if g * LANES + l == at { value } else { 0.0 });
            look.see(g, &but_one(fired), &but_one(watched));
        }
        look.end()
    }

    #[test]
    fn finds_one_spike_and_one_bad_value_anywhere() {
        for len in [16, 48, CHUNK] {
            assert_eq!(look(len, len, 1.0, 1.0), Scan::NOTHING);
            for at in 0..len {
                assert_eq!(look(len, at, 1.0, -f64::MAX), Scan { fired: 1 << (at / 16), finite: true });
                for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                    assert_eq!(look(len, at, 0.0, bad), Scan { fired: 0, finite: false });
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
