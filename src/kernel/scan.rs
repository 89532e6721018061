//! One look over a chunk after a step: did anybody spike, did anything diverge?

use super::{
    isa::{Isa, dispatch},
    program::LANES,
    real::Real,
};

/// What [`scan`] saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Some `fired` is not 0.
    pub any: bool,
    /// All watched values are finite.
    pub finite: bool,
}

/// Looks for spikes in `fired` (values that are not 0) and for NaN and infinity in `watch`.
pub fn scan<T: Real>(isa: Isa, fired: Option<&[T]>, watch: &[T]) -> Scan {
    dispatch!(isa, body<T>(fired: Option<&[T]>, watch: &[T]) -> Scan)
}

#[inline(always)]
fn body<T: Real>(fired: Option<&[T]>, watch: &[T]) -> Scan {
    // Sums of magnitudes are 0 only where all are 0; x * 0 is 0 for finite numbers and NaN else.
    let any = fired.is_some_and(|fired| !(sum(fired, T::abs) == T::ZERO));
    Scan { any, finite: sum(watch, |x| x * T::ZERO) == T::ZERO }
}

/// Sum of a function of each value, in one partial sum per lane so that it vectorises.
#[inline(always)]
fn sum<T: Real>(values: &[T], of: impl Fn(T) -> T) -> T {
    let (groups, rest) = values.as_chunks::<LANES>();
    let mut sums = [T::ZERO; LANES];
    for group in groups {
        for l in 0..LANES {
            sums[l] = sums[l] + of(group[l]);
        }
    }
    sums.into_iter().chain(rest.iter().map(|x| of(*x))).fold(T::ZERO, |total, x| total + x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_one_spike_and_one_bad_value_anywhere() {
        for isa in Isa::available() {
            for len in [1, 16, 37, 512] {
                let zeros = vec![0.0; len];
                assert_eq!(scan(isa, Some(&zeros), &zeros), Scan { any: false, finite: true });
                assert_eq!(scan(isa, None, &zeros), Scan { any: false, finite: true });
                for at in 0..len {
                    let mut one = zeros.clone();
                    one[at] = 1.0;
                    assert_eq!(scan(isa, Some(&one), &one), Scan { any: true, finite: true });
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
}
