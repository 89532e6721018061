//! Exponential decay over whole numbers of steps, without an exponential for each.

use super::{isa::Isa, real::Real};

/// Digits for which there are tables, and as many as most numbers of steps have.
const DIGITS: usize = 5;
const MOSTLY: usize = 3;

/// The decay of a trace: what is left of it after n steps is a product of factors, one for each digit of n in base 16. A table of them
/// fits a register or two.
#[derive(Clone, Debug)]
pub struct Fade<T> {
    /// Rate of the decay a step.
    rate: f64,
    factors: [[T; 16]; DIGITS],
    /// Stamp of a jump, and the trace before and after it.
    met: i32,
    before: T,
    after: T,
}

impl<T: Real> Fade<T> {
    /// Tables of a decay with `rate` a step.
    pub fn new(rate: f64) -> Self {
        let left = |steps: usize| T::from_f64(libm::exp(-rate * steps as f64));
        let factors = std::array::from_fn(|d| std::array::from_fn(|digit| left(digit << (4 * d))));
        Self { rate, factors, met: 0, before: T::ZERO, after: T::ZERO }
    }

    /// A trace that stood at `before` and jumped to `after` at stamp `met`.
    pub fn set(&mut self, met: i32, before: f64, after: f64) {
        (self.met, self.before, self.after) = (met, T::from_f64(before), T::from_f64(after));
    }

    /// The trace at stamps not before `met`. At `met` itself the jump is not seen.
    ///
    /// # Panics
    /// If there is not as much room as there are stamps.
    #[inline]
    pub fn at(&self, isa: Isa, stamps: &[i32], out: &mut [T]) {
        assert!(stamps.len() <= out.len(), "{} stamps, room for {}", stamps.len(), out.len());
        let mut done = 0;
        #[cfg(target_arch = "x86_64")]
        if isa == Isa::Avx512 {
            isa.check();
            // SAFETY: this machine has the instructions, and there is room.
            unsafe {
                done = wide::at::<T, MOSTLY>(self, stamps, out);
                if done < stamps.len() {
                    done += wide::at::<T, DIGITS>(self, &stamps[done..], &mut out[done..]);
                }
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = isa;
        for (out, &stamp) in out.iter_mut().zip(stamps).skip(done) {
            *out = match (stamp - self.met) as u32 {
                0 => self.before,
                steps => self.after * self.left(steps),
            };
        }
    }

    /// What is left after some steps.
    fn left(&self, steps: u32) -> T {
        if steps >= 1 << (4 * DIGITS) {
            return T::from_f64(libm::exp(-self.rate * f64::from(steps)));
        }
        let factor = |d: usize| self.factors[d][(steps >> (4 * d)) as usize % 16];
        (1..DIGITS).fold(factor(0), |left, d| left * factor(d))
    }
}

/// 16 stamps at a time, 8 of f64.
#[cfg(target_arch = "x86_64")]
mod wide {
    use std::{arch::x86_64::*, mem::transmute_copy};

    use super::{Fade, Real};

    /// By the first D tables, up to a group in which one is too late for them. Returns how many are done.
    ///
    /// # Safety
    /// There must be room for as many values as there are stamps.
    #[target_feature(enable = "avx512f,avx512vl,avx512bw")]
    pub unsafe fn at<T: Real, const D: usize>(fade: &Fade<T>, stamps: &[i32], out: &mut [T]) -> usize {
        let single = size_of::<T>() == 4;
        let group = if single { 16 } else { 8 };
        let whole = stamps.len() / group * group;
        for k in (0..whole).step_by(group) {
            // SAFETY: a group of stamps and its room are in the slices, and D tables are there; T is f32 or f64, as its size says.
            let near = unsafe {
                let (stamps, out) = (stamps.as_ptr().add(k), out.as_mut_ptr().add(k));
                if single { f32s::<T, D>(fade, stamps, out.cast()) } else { f64s::<T, D>(fade, stamps, out.cast()) }
            };
            if !near {
                return k;
            }
        }
        whole
    }

    /// 16 values in f32; whether the tables suffice.
    ///
    /// # Safety
    /// T is f32, and there are 16 stamps and room for 16 values.
    #[target_feature(enable = "avx512f,avx512vl,avx512bw")]
    #[inline]
    unsafe fn f32s<T: Real, const D: usize>(fade: &Fade<T>, stamps: *const i32, out: *mut f32) -> bool {
        // SAFETY: see above; a table has 16 values.
        unsafe {
            let steps = _mm512_sub_epi32(_mm512_loadu_si512(stamps.cast()), _mm512_set1_epi32(fade.met));
            let factor = |d: usize| {
                let digit = _mm512_srlv_epi32(steps, _mm512_set1_epi32(4 * d as i32));
                _mm512_permutexvar_ps(digit, _mm512_loadu_ps(fade.factors[d].as_ptr().cast()))
            };
            let mut left = factor(0);
            for d in 1..D {
                left = _mm512_mul_ps(left, factor(d));
            }
            let [before, after] = [fade.before, fade.after].map(|x| _mm512_set1_ps(transmute_copy(&x)));
            let together = _mm512_testn_epi32_mask(steps, steps);
            _mm512_storeu_ps(out, _mm512_mask_mov_ps(_mm512_mul_ps(after, left), together, before));
            _mm512_cmplt_epu32_mask(steps, _mm512_set1_epi32(1 << (4 * D))) == u16::MAX
        }
    }

    /// 8 values in f64; whether the tables suffice.
    ///
    /// # Safety
    /// T is f64, and there are 8 stamps and room for 8 values.
    #[target_feature(enable = "avx512f,avx512vl,avx512bw")]
    #[inline]
    unsafe fn f64s<T: Real, const D: usize>(fade: &Fade<T>, stamps: *const i32, out: *mut f64) -> bool {
        // SAFETY: see above; a table has 16 values.
        unsafe {
            let steps = _mm256_sub_epi32(_mm256_loadu_si256(stamps.cast()), _mm256_set1_epi32(fade.met));
            let near = _mm256_cmplt_epu32_mask(steps, _mm256_set1_epi32(1 << (4 * D))) == u8::MAX;
            let steps = _mm512_cvtepu32_epi64(steps);
            let factor = |d: usize| {
                let digit = _mm512_srlv_epi64(steps, _mm512_set1_epi64(4 * d as i64));
                let table = fade.factors[d].as_ptr().cast();
                _mm512_permutex2var_pd(_mm512_loadu_pd(table), digit, _mm512_loadu_pd(table.add(8)))
            };
            let mut left = factor(0);
            for d in 1..D {
                left = _mm512_mul_pd(left, factor(d));
            }
            let [before, after] = [fade.before, fade.after].map(|x| _mm512_set1_pd(transmute_copy(&x)));
            let together = _mm512_testn_epi64_mask(steps, steps);
            _mm512_storeu_pd(out, _mm512_mask_mov_pd(_mm512_mul_pd(after, left), together, before));
            near
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_the_decay() {
        for (tau, met) in [0.01, 3.0, 150.0, 1e6].into_iter().flat_map(|tau| [-30, 0, 123_456].map(|met| (tau, met))) {
            let mut fade = Fade::<f64>::new(1.0 / tau);
            fade.set(met, 0.25, 1.25);
            let later = |k: i32| if k < 4200 { k } else { (k - 4199) * 20_000 };
            let stamps: Vec<i32> = (0..4300).map(|k| met + later(k)).collect();
            let mut out = vec![0.0; stamps.len()];
            fade.at(Isa::detect(), &stamps, &mut out);
            assert_eq!(out[0], 0.25);
            for (k, x) in (0..).zip(out).skip(1) {
                let exponent = f64::from(later(k)) / tau;
                // Rounding an exponent a moves its exponential by a times as much; what is below the normal numbers counts as 0.
                let expected = 1.25 * (-exponent).exp();
                let tolerance = (4.0 + exponent) * f64::EPSILON * expected + 2.0 * f64::MIN_POSITIVE;
                assert!((x - expected).abs() <= tolerance, "{tau} {met} {k}: {x:e} {expected:e}");
            }
        }
    }

    #[test]
    fn all_instruction_sets_give_the_same_bits() {
        fn check<T: Real>() {
            let mut fade = Fade::<T>::new(0.01);
            fade.set(5, 1.0, 2.0);
            let late = |k: i32| [k, k * 16, k * 5000][(k / 64) as usize % 3];
            let stamps: Vec<i32> = (0..1000).map(|k| 5 + late(k)).collect();
            let [mut one, mut other] = [0, 1].map(|_| vec![T::ZERO; stamps.len()]);
            fade.at(Isa::Baseline, &stamps, &mut one);
            for isa in Isa::available() {
                fade.at(isa, &stamps, &mut other);
                assert!(one.iter().zip(&other).all(|(a, b)| a.to_f64().to_bits() == b.to_f64().to_bits()), "{isa:?}");
            }
        }
        check::<f32>();
        check::<f64>();
    }
}
