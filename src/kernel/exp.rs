//! `exp`, `exprel` and `tanh` as straight lines of exactly rounded operations, so that loops over them vectorise.
//!
//! x = k ln 2 + r with |r| <= ln(2)/2, then exp(x) = 2^k (1 + r q(r)) where q(r) = (exp(r) - 1)/r is a polynomial. `exprel`
//! takes q itself where k = 0, so it does not cancel near 0. Results that would be subnormal are 0.
//! Worst errors found on dense grids, in units of the last place: exp 0.9 in f32 and 1.5 in f64, exprel 3.5, tanh 4.5.

use super::{
    program::LANES,
    real::{Real, polynomial},
};

/// (k + ROUND, k, r, q(r)) of x.
#[inline(always)]
fn reduce<T: Real>(x: T) -> (T, T, T, T) {
    let rounded = x.mul_add(T::LOG2_E, T::ROUND);
    let k = rounded - T::ROUND;
    let r = k.mul_add(-T::LN2_LOW, k.mul_add(-T::LN2_HIGH, x));
    (rounded, k, r, r.mul_add(polynomial(r, T::EXP_POLY), T::ONE))
}

/// e to the x.
#[inline(always)]
pub fn exp<T: Real>(x: T) -> T {
    let (rounded, _, r, q) = reduce(x);
    let y = r.mul_add(q, T::ONE).scale(rounded);
    let y = if x < T::EXP_LOW { T::ZERO } else { y };
    // The sum is infinity or NaN, as it should be.
    if x <= T::EXP_HIGH { y } else { x + T::INFINITY }
}

/// (exp(x) - 1)/x, 1 at 0.
#[inline(always)]
pub fn exprel<T: Real>(x: T) -> T {
    let (rounded, k, r, q) = reduce(x);
    let y = r.mul_add(q, T::ONE).scale(rounded);
    let y = if x < T::EXP_LOW { T::ZERO } else { y };
    let y = if k == T::ZERO { q } else { (y - T::ONE) / x };
    if x <= T::EXP_HIGH { y } else { x + T::INFINITY }
}

/// `exprel` of 16 small exponents, as steps have them, takes a polynomial alone; the bits are the same.
#[inline(always)]
pub fn exprels<T: Real>(x: &[T; LANES]) -> [T; LANES] {
    // Below ln(2)/2 = 0.3466, k is 0 and r is x.
    let small = T::from_f64(0.3465);
    let mut out = [T::ZERO; LANES];
    if x.iter().fold(true, |all, x| all & (x.abs() < small)) {
        for l in 0..LANES {
            out[l] = x[l].mul_add(polynomial(x[l], T::EXP_POLY), T::ONE);
        }
    } else {
        for l in 0..LANES {
            out[l] = exprel(x[l]);
        }
    }
    out
}

/// Hyperbolic tangent: t/(t + 2) with t = exp(2|x|) - 1.
#[inline(always)]
pub fn tanh<T: Real>(x: T) -> T {
    let a = x.abs();
    let a = if a > T::TANH_HIGH { T::TANH_HIGH } else { a };
    let twice = a + a;
    let t = twice * exprel(twice);
    (t / (t + T::TWO)).copysign(x)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Distance of `got` from the truth in units of the last place of the truth.
    pub fn ulps<T: Real>(got: T, truth: f64, mantissa: i32) -> f64 {
        let unit = libm::ldexp(1.0, truth.abs().log2().floor() as i32 - mantissa);
        (got.to_f64() - truth).abs() / unit
    }

    /// Worst error over a dense grid, in units of the last place.
    pub fn worst64(low: f64, high: f64, ours: impl Fn(f64) -> f64, truth: impl Fn(f64) -> f64) -> f64 {
        let points = 200_000;
        let at = |n: i32| low + (high - low) * (n as f64 + 0.37) / points as f64;
        (0..points).map(at).map(|x| ulps(ours(x), truth(x), 52)).fold(0.0, f64::max)
    }

    /// The same in f32, with the truth in f64.
    pub fn worst32(low: f64, high: f64, ours: impl Fn(f32) -> f32, truth: impl Fn(f64) -> f64) -> f64 {
        let points = 200_000;
        let at = |n: i32| (low + (high - low) * (n as f64 + 0.37) / points as f64) as f32;
        (0..points).map(at).map(|x| ulps(ours(x), truth(x.into()), 23)).fold(0.0, f64::max)
    }

    #[test]
    fn exprel_of_sixteen_has_the_bits_of_exprel_of_one() {
        fn check<T: Real>() {
            for n in 0..100_000 {
                let width = [0.3, 0.34649, 0.4, 900.0][n % 4];
                let x: [T; LANES] =
                    std::array::from_fn(|l| T::from_f64(width * ((n * LANES + l) as f64 * 0.618_034).sin()));
                let one = x.map(exprel);
                assert!(
                    exprels(&x).iter().zip(&one).all(|(a, b)| a.to_f64().to_bits() == b.to_f64().to_bits()),
                    "{x:?}"
                );
            }
            let special = [0.0, -0.0, 0.3465, -0.3465, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e-300, 1.0];
            for x in special.map(T::from_f64) {
                assert_eq!(exprels(&[x; LANES])[3].to_f64().to_bits(), exprel(x).to_f64().to_bits());
            }
        }
        check::<f64>();
        check::<f32>();
    }

    #[test]
    fn exp_is_within_its_error_bound() {
        // The library's own error (below 1 ulp in f64) is part of the f64 figure.
        for (low, high) in [(-708.0, 709.7), (-1.0, 1.0), (-1e-3, 1e-3), (-40.0, 5.0)] {
            let worst = worst64(low, high, exp, libm::exp);
            assert!(worst <= 1.5, "f64 on {low}..{high}: {worst}");
        }
        for (low, high) in [(-87.3, 88.7), (-1.0, 1.0)] {
            let worst = worst32(low, high, exp, libm::exp);
            assert!(worst <= 1.0, "f32 on {low}..{high}: {worst}");
        }
    }

    #[test]
    fn exp_at_its_edges() {
        assert_eq!((exp(0.0), exp(-0.0), exp(f64::NEG_INFINITY), exp(f64::INFINITY)), (1.0, 1.0, 0.0, f64::INFINITY));
        assert_eq!((exp(0f32), exp(f32::NEG_INFINITY), exp(f32::INFINITY)), (1.0, 0.0, f32::INFINITY));
        assert!(exp(f64::NAN).is_nan() && exp(f32::NAN).is_nan());
        assert_eq!((exp(-709.0), exp(709.79), exp(-1e300), exp(1e300)), (0.0, f64::INFINITY, 0.0, f64::INFINITY));
        assert_eq!((exp(-88f32), exp(88.73f32)), (0.0, f32::INFINITY));
        assert!(exp(f64::EXP_HIGH).is_finite() && exp(f32::EXP_HIGH).is_finite());
        assert!(exp(f64::EXP_LOW).is_normal() && exp(f32::EXP_LOW).is_normal());
    }

    #[test]
    fn exprel_does_not_cancel() {
        let truth = |x: f64| if x == 0.0 { 1.0 } else { libm::expm1(x) / x };
        for (low, high) in [(-40.0, 40.0), (-1.0, 1.0), (-1e-3, 1e-3), (-1e-9, 1e-9)] {
            let worst = worst64(low, high, exprel, truth);
            assert!(worst <= 4.0, "f64 on {low}..{high}: {worst}");
            let worst = worst32(low, high, exprel, truth);
            assert!(worst <= 3.0, "f32 on {low}..{high}: {worst}");
        }
        assert_eq!((exprel(0.0), exprel(0f32)), (1.0, 1.0));
        assert_eq!((exprel(f64::NEG_INFINITY), exprel(f64::INFINITY)), (0.0, f64::INFINITY));
        assert!(exprel(f64::NAN).is_nan());
    }

    #[test]
    fn tanh_is_odd_and_accurate() {
        for (low, high) in [(-25.0, 25.0), (-0.5, 0.5), (-1e-6, 1e-6)] {
            let worst = worst64(low, high, tanh, libm::tanh);
            assert!(worst <= 4.0, "f64 on {low}..{high}: {worst}");
            let worst = worst32(low, high, tanh, libm::tanh);
            assert!(worst <= 4.0, "f32 on {low}..{high}: {worst}");
        }
        assert_eq!((tanh(0.0), tanh(1e9), tanh(f64::NEG_INFINITY), tanh(30f32)), (0.0, 1.0, -1.0, 1.0));
        assert_eq!(tanh(-0.7), -tanh(0.7));
        assert!(tanh(f64::NAN).is_nan());
    }
}
