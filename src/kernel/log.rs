//! Natural logarithm as a straight line of exactly rounded operations, so that loops over it vectorise.
//!
//! x = 2^k m with m in [sqrt(1/2), sqrt(2)); with f = m - 1 and s = f/(2 + f), log m = 2 artanh(s) = f - s (f - R) where
//! R = s^2 P(s^2) is a polynomial. Zero gives -infinity, negative numbers NaN. Worst errors found on
//! dense grids, in units of the last place: 0.95 in f32 and 1.5 in f64.

use super::{
    program::LANES,
    real::{Real, polynomial},
};

/// Natural logarithm.
#[inline(always)]
pub fn log<T: Real>(x: T) -> T {
    let subnormal = x < T::MIN_POSITIVE;
    let (k, m) = (if subnormal { x * T::RESCALE_FACTOR } else { x }).split();
    let y = of_parts(if subnormal { k - T::RESCALE } else { k }, m);
    // The sum is infinity or NaN, as it should be.
    let y = if x < T::INFINITY { y } else { x + T::INFINITY };
    let y = if x < T::ZERO { T::NAN } else { y };
    if x == T::ZERO { -T::INFINITY } else { y }
}

/// `log` of 16 numbers. Where all are positive and far from the ends of the range, as weights are, nothing else is looked at; the bits are
/// the same. (Asked for zero and infinity themselves, LLVM takes numbers apart one by one.)
#[inline(always)]
pub fn logs<T: Real>(x: &[T; LANES]) -> [T; LANES] {
    let mut out = [T::ZERO; LANES];
    if x.iter().fold(true, |all, &x| all & (x > T::TINY) & (x * T::TINY < T::ONE)) {
        for l in 0..LANES {
            let (k, m) = x[l].split();
            out[l] = of_parts(k, m);
        }
    } else {
        for l in 0..LANES {
            out[l] = log(x[l]);
        }
    }
    out
}

/// Logarithm of m * 2^k.
#[inline(always)]
fn of_parts<T: Real>(k: T, m: T) -> T {
    let f = m - T::ONE;
    let s = f / (f + T::TWO);
    let z = s * s;
    let of_m = (-s).mul_add(f - z * polynomial(z, T::LOG_POLY), f);
    k.mul_add(T::LN2_HIGH, k.mul_add(T::LN2_LOW, of_m))
}

#[cfg(test)]
mod tests {
    use super::super::exp::tests::{worst32, worst64};
    use super::*;

    #[test]
    fn log_is_within_its_error_bound() {
        for (low, high) in [(1e-300, 1e-290), (1e-3, 1.0), (0.6, 1.5), (0.999, 1.001), (1.0, 1e6), (1e300, 1e308)] {
            let worst = worst64(low, high, log, libm::log);
            assert!(worst <= 2.0, "f64 on {low}..{high}: {worst}");
        }
        for (low, high) in [(1e-37, 1e-30), (1e-3, 1.0), (0.6, 1.5), (0.999, 1.001), (1.0, 1e6), (1e30, 1e38)] {
            let worst = worst32(low, high, log, libm::log);
            assert!(worst <= 2.0, "f32 on {low}..{high}: {worst}");
        }
    }

    #[test]
    fn log_of_sixteen_has_the_bits_of_log_of_one() {
        fn check<T: Real>() {
            let same = |x: [T; LANES]| {
                let [one, all] = [x.map(log), logs(&x)].map(|y| y.map(|y| y.to_f64().to_bits()));
                assert_eq!(one, all, "{x:?}");
            };
            for n in 0..100_000 {
                same(std::array::from_fn(|l| {
                    T::from_f64(((n * LANES + l) as f64 * 0.618_034).sin().abs() * 90.0 + 1e-9)
                }));
            }
            let special = [0.0, -0.0, -1.0, 5e-324, 1e-45, 1e-310, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
            for (n, x) in special.map(T::from_f64).into_iter().enumerate() {
                same(std::array::from_fn(|l| if l == n { x } else { T::TWO }));
            }
        }
        check::<f64>();
        check::<f32>();
    }

    #[test]
    fn log_at_its_edges() {
        assert_eq!(
            (log(1.0), log(0.0), log(-0.0), log(f64::INFINITY)),
            (0.0, f64::NEG_INFINITY, f64::NEG_INFINITY, f64::INFINITY)
        );
        assert!(
            log(-1f64).is_nan()
                && log(f64::NAN).is_nan()
                && log(f64::NEG_INFINITY).is_nan()
                && log(-5e-324f64).is_nan()
        );
        assert!((log(5e-324) + 744.4400719213812).abs() < 1e-12);
        assert!((log(1e-45f32) + 103.27893).abs() < 1e-5);
        assert_eq!((log(1f32), log(0f32), log(f32::INFINITY)), (0.0, f32::NEG_INFINITY, f32::INFINITY));
    }
}
