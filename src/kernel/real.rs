//! The floating-point types a population can be stepped in: `f32` and `f64`, one code base for both.

use std::{
    fmt::Debug,
    ops::{Add, Div, Mul, Neg, Sub},
};

use super::power::{Power, Table};

/// A number that is moved by its bits.
///
/// # Safety
/// It has 2, 4 or 8 bytes, and no padding.
pub unsafe trait Word: Copy {}
// SAFETY: numbers have no padding; 2, 4, 4 and 8 bytes.
unsafe impl Word for u16 {}
// SAFETY: as above.
unsafe impl Word for i32 {}
// SAFETY: as above.
unsafe impl Word for f32 {}
// SAFETY: as above.
unsafe impl Word for f64 {}

/// `f32` or `f64`: the operations and constants that the kernel needs. Every operation is rounded exactly (or is made of
/// such operations in a fixed order), so results do not depend on the machine's vector width.
pub trait Real:
    Word
    + Send
    + Sync
    + Debug
    + Default
    + PartialEq
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// 2.
    const TWO: Self;
    /// Positive infinity.
    const INFINITY: Self;
    /// Not a number.
    const NAN: Self;
    /// Smallest positive normal number.
    const MIN_POSITIVE: Self;
    /// Values below this in magnitude are flushed to zero by [`Op::Flush`](crate::kernel::program::Op::Flush): far below
    /// anything of meaning, far enough above the subnormals that a decay cannot reach them within a step.
    const TINY: Self;
    /// Adding and subtracting this rounds to the nearest integer, which is left in the low bits in between: 1.5 * 2^(bits of the mantissa).
    const ROUND: Self;
    /// 1 / ln 2.
    const LOG2_E: Self;
    /// ln 2, its upper bits: times an exponent it is exact.
    const LN2_HIGH: Self;
    /// ln 2 - `LN2_HIGH`.
    const LN2_LOW: Self;
    /// Below this `exp` would be subnormal and is 0.
    const EXP_LOW: Self;
    /// Above this `exp` is infinite.
    const EXP_HIGH: Self;
    /// Beyond this `tanh` is 1.
    const TANH_HIGH: Self;
    /// Coefficients of (exp(r) - 1 - r)/r^2 on |r| <= ln(2)/2, lowest power first.
    const EXP_POLY: &'static [Self];
    /// Coefficients of (log((1+s)/(1-s)) - 2s)/s^3 in s^2, on |s| <= 3 - 2 sqrt(2), lowest power first.
    const LOG_POLY: &'static [Self];
    /// 2 to this is what `log` multiplies subnormals with.
    const RESCALE: Self;
    /// 2^`RESCALE`.
    const RESCALE_FACTOR: Self;
    /// Terms of the series of a [`Power`] that it takes.
    const POWER_TERMS: usize;
    /// What is added to a' in [`Real::sixteenths`], so that it is not negative.
    const HALF: i32;

    /// Rounded to this type.
    fn from_f64(x: f64) -> Self;
    /// Whether it is not a number.
    fn is_nan(self) -> bool;
    /// Rounded to this type.
    fn from_i32(x: i32) -> Self;
    /// Exact.
    fn to_f64(self) -> f64;
    /// `self * b + c`, rounded once.
    fn mul_add(self, b: Self, c: Self) -> Self;
    /// Magnitude.
    fn abs(self) -> Self;
    /// Magnitude of `self` with the sign of `sign`.
    fn copysign(self, sign: Self) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// Largest integer not above.
    fn floor(self) -> Self;
    /// Sine, lane by lane through a library (portable, so the same bits everywhere).
    fn sin(self) -> Self;
    /// Cosine, as [`Real::sin`].
    fn cos(self) -> Self;
    /// Power, as [`Real::sin`].
    fn powf(self, exponent: Self) -> Self;
    /// `self * 2^k` where `rounded` is `k + ROUND`; the result must be a normal number.
    fn scale(self, rounded: Self) -> Self;
    /// `(k, m)` with `self = m * 2^k` and m in [sqrt(1/2), sqrt(2)), for positive normal numbers.
    fn split(self) -> (Self, Self);
    /// `(m, j, b, a)` with `self = m * 2^(16 a' + b')` for positive normal numbers, not of the last sixteenth: m is at most 1/32 away from
    /// 1 + j'/16. j' and b' are the lowest four bits of j and b, and a' = a - `HALF`.
    fn sixteenths(self) -> (Self, usize, usize, usize);
    /// The tables of this type.
    fn table(power: &Power) -> &Table<Self>;
    /// A random word as a number in [0, 1): 24 bits in f32, 32 bits in f64.
    fn uniform(word: u32) -> Self;
    /// A random word as a number in (0, 1]: the middle of one of 2^31 equal cells (rounded, in f32).
    fn uniform_above_zero(word: u32) -> Self;
}

macro_rules! real {
    ($type:ident, $bits:ident, mantissa $mantissa:literal, bias $bias:literal, sqrt_half $sqrt_half:literal, uniform $drop:literal, table $table:ident,
     $sin:path, $cos:path, $pow:path, { $($consts:tt)* }) => {
        impl Real for $type {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const TWO: Self = 2.0;
            const INFINITY: Self = $type::INFINITY;
            const NAN: Self = $type::NAN;
            const MIN_POSITIVE: Self = $type::MIN_POSITIVE;
            const ROUND: Self = (3u64 << ($mantissa - 1)) as $type;
            const LOG2_E: Self = std::$type::consts::LOG2_E;
            const RESCALE_FACTOR: Self = (1u64 << ($mantissa + 2)) as $type;
            const RESCALE: Self = ($mantissa + 2) as $type;
            const HALF: i32 = ($bias + 1) / 16;
            $($consts)*

            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                x as $type
            }
            #[inline(always)]
            fn is_nan(self) -> bool {
                $type::is_nan(self)
            }
            #[inline(always)]
            fn from_i32(x: i32) -> Self {
                x as $type
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                $type::mul_add(self, b, c)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $type::abs(self)
            }
            #[inline(always)]
            fn copysign(self, sign: Self) -> Self {
                $type::copysign(self, sign)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $type::sqrt(self)
            }
            #[inline(always)]
            fn floor(self) -> Self {
                $type::floor(self)
            }
            #[inline(always)]
            fn sin(self) -> Self {
                $sin(self)
            }
            #[inline(always)]
            fn cos(self) -> Self {
                $cos(self)
            }
            #[inline(always)]
            fn powf(self, exponent: Self) -> Self {
                $pow(self, exponent)
            }
            #[inline(always)]
            fn scale(self, rounded: Self) -> Self {
                // The low bits of `rounded` hold k; an addition to the exponent field multiplies by 2^k.
                $type::from_bits(self.to_bits().wrapping_add(rounded.to_bits() << $mantissa))
            }
            #[inline(always)]
            fn split(self) -> (Self, Self) {
                // Shifted so that the exponent field changes at sqrt(1/2) and not at 1. Unsigned shifts only: AVX2 has no
                // arithmetic shift of 64 bits, nor a conversion from integers of 64 bits (hence the detour by 2^mantissa).
                let shifted = self.to_bits().wrapping_add(($bias << $mantissa) - $sqrt_half);
                let biased = shifted >> $mantissa;
                let big = (1u64 << $mantissa) as $type;
                let k = $type::from_bits(biased | big.to_bits()) - (big + $bias as $type);
                (k, $type::from_bits((shifted & ((1 << $mantissa) - 1)) + $sqrt_half))
            }
            #[inline(always)]
            fn sixteenths(self) -> (Self, usize, usize, usize) {
                // Shifted by half a sixteenth, which rounds, and by one, so that 1 has the digits 0.
                const HALF: $bits = 1 << ($mantissa - 5);
                let shifted = self.to_bits().wrapping_add((1 << $mantissa) + HALF);
                let m = (shifted & ((1 << $mantissa) - 1)) + (($bias << $mantissa) - HALF);
                let (j, b) = ((shifted >> ($mantissa - 4)) as usize, (shifted >> $mantissa) as usize);
                ($type::from_bits(m), j, b, (shifted >> ($mantissa + 4)) as usize)
            }
            #[inline(always)]
            fn table(power: &Power) -> &Table<Self> {
                &power.$table
            }
            #[inline(always)]
            fn uniform(word: u32) -> Self {
                const SCALE: $type = 1.0 / (1u64 << (32 - $drop)) as $type;
                (word >> $drop) as $type * SCALE
            }
            #[inline(always)]
            fn uniform_above_zero(word: u32) -> Self {
                // 31 bits, because conversions of signed integers are the cheap ones.
                ((word >> 1) as i32 as $type + 0.5) * (1.0 / (1u64 << 31) as $type)
            }
        }
    };
}

// Polynomials: least maximum error, found by Lawson's iteration (exp, weight |r|) and by interpolation at Chebyshev nodes
// (log) in 60-digit arithmetic, then rounded. Their errors, relative to the function: exp 2^-56.6 in f64 and 2^-27.2 in
// f32; log 2^-57.5 and 2^-28.5.
real!(f64, u64, mantissa 52, bias 1023, sqrt_half 0x3fe6_a09e_667f_3bcd, uniform 0, table double, libm::sin, libm::cos, libm::pow, {
    const TINY: Self = 1e-290;
    const LN2_HIGH: Self = 0.693147180559663;
    const LN2_LOW: Self = 2.8235290563031577e-13;
    const EXP_LOW: Self = -708.396;
    const EXP_HIGH: Self = 709.782712893384;
    const TANH_HIGH: Self = 22.0;
    const POWER_TERMS: usize = 9;
    const EXP_POLY: &'static [Self] = &[
        0.5000000000000006,
        0.16666666666666685,
        0.04166666666657365,
        0.008333333333315544,
        0.001388888893239833,
        0.00019841269900967487,
        2.480150440059504e-05,
        2.755722979152772e-06,
        2.7626351206655704e-07,
        2.5113893963803726e-08,
    ];
    const LOG_POLY: &'static [Self] = &[
        0.666666666666667,
        0.3999999999989889,
        0.28571428626253836,
        0.22222211089379496,
        0.1818289243253687,
        0.15331611722055008,
        0.14617807153417325,
    ];
});
real!(f32, u32, mantissa 23, bias 127, sqrt_half 0x3f35_04f3, uniform 8, table single, libm::sinf, libm::cosf, libm::powf, {
    const TINY: Self = 1e-30;
    const LN2_HIGH: Self = 0.693_115_23;
    const LN2_LOW: Self = 3.194_618_3e-5;
    const EXP_LOW: Self = -87.336;
    const EXP_HIGH: Self = 88.72283;
    const TANH_HIGH: Self = 10.0;
    const POWER_TERMS: usize = 4;
    const EXP_POLY: &'static [Self] =
        &[0.5, 0.166_665_43, 0.041_666_28, 0.008_366_598, 0.001_394_647];
    const LOG_POLY: &'static [Self] = &[0.666_666_87, 0.399_887_6, 0.295_809_86];
});

/// Horner's scheme, lowest power first.
#[inline(always)]
pub(super) fn polynomial<T: Real>(x: T, coefficients: &[T]) -> T {
    let (last, rest) = coefficients.split_last().expect("polynomials have coefficients");
    rest.iter().rev().fold(*last, |sum, c| sum.mul_add(x, *c))
}

/// Smaller of two, NaN when either is.
#[inline(always)]
pub(super) fn min<T: Real>(a: T, b: T) -> T {
    if a < b || a.is_nan() { a } else { b }
}

/// Larger of two, NaN when either is.
#[inline(always)]
pub(super) fn max<T: Real>(a: T, b: T) -> T {
    if a > b || a.is_nan() { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_and_scale_undo_each_other() {
        let half = std::f64::consts::FRAC_1_SQRT_2;
        let range = half * 0.999_999_9..2.0 * half * 1.000_000_1;
        for x in [1e-300, 0.3, half - 1e-7, half + 1e-7, 1.0, 2.0 * half - 1e-7, 2.0 * half + 1e-7, 5e9, f64::MAX] {
            let (k, m) = Real::split(x);
            assert!(range.contains(&m), "{x} = {m} * 2^{k}");
            assert_eq!(m.scale(k + f64::ROUND), x);
            if (x as f32).is_normal() {
                let (k, m) = Real::split(x as f32);
                assert!(range.contains(&m.into()), "{x} = {m} * 2^{k}");
                assert_eq!(m.scale(k + f32::ROUND), x as f32);
            }
        }
    }

    #[test]
    fn min_and_max_keep_nan() {
        assert_eq!((min(1.0, 2.0), max(1.0, 2.0), min(2.0, 1.0), max(2.0, 1.0)), (1.0, 2.0, 1.0, 2.0));
        for (a, b) in [(f64::NAN, 1.0), (1.0, f64::NAN)] {
            assert!(min(a, b).is_nan() && max(a, b).is_nan());
        }
    }

    #[test]
    fn uniforms_stay_in_their_ranges() {
        assert_eq!((f64::uniform(0), f64::uniform(u32::MAX)), (0.0, 1.0 - 2f64.powi(-32)));
        assert_eq!((f32::uniform(255), f32::uniform(u32::MAX)), (0.0, 1.0 - 2f32.powi(-24)));
        assert_eq!((f64::uniform_above_zero(1), f32::uniform_above_zero(0)), (2f64.powi(-32), 2f32.powi(-32)));
        assert!(f64::uniform_above_zero(u32::MAX) < 1.0 && f32::uniform_above_zero(u32::MAX) <= 1.0);
    }
}
