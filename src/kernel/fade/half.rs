//! Eight stamps at a time, by AVX2.

use std::{arch::x86_64::*, mem::transmute_copy};

use super::{
    super::sixteen::{self, F64s, crossed},
    Fade, Jump, MOSTLY, Real, Span,
};

/// Stamps worked on together. For fewer, tables in registers would be made in vain.
pub const TOGETHER: usize = 8;

/// By as many tables as most spans need; eight stamps one by one where one of them is too far for these. Returns how many are done.
///
/// # Safety
/// There must be room for as many values as there are stamps.
#[target_feature(enable = "avx2")]
pub unsafe fn run<T: Real>(fade: &Fade<T>, span: Span<T>, out: &mut [T]) -> usize {
    // SAFETY: see above; T is f32 or f64, as its size says.
    unsafe {
        match (span, size_of::<T>()) {
            (Span::From(jump, _), 4) => f32s::<T, false>(fade, span, jump, out),
            (Span::From(jump, _), _) => f64s::<T, false>(fade, span, jump, out),
            (Span::To(met, ..), size) => {
                let now = Jump { met, before: T::ZERO, after: T::ZERO };
                match size {
                    4 => f32s::<T, true>(fade, span, now, out),
                    _ => f64s::<T, true>(fade, span, now, out),
                }
            }
        }
    }
}

/// Steps between eight stamps and one, if the tables reach so far.
///
/// # Safety
/// There must be eight stamps.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn steps<const TO: bool>(met: i32, stamps: *const i32) -> Option<__m256i> {
    // SAFETY: see above.
    let (met, stamps) = (_mm256_set1_epi32(met), unsafe { _mm256_loadu_si256(stamps.cast()) });
    let steps = if TO { _mm256_sub_epi32(met, stamps) } else { _mm256_sub_epi32(stamps, met) };
    (_mm256_testz_si256(steps, _mm256_set1_epi32(!0 << (4 * MOSTLY))) == 1).then_some(steps)
}

/// The same in f32, from a jump or to its stamp.
///
/// # Safety
/// T is f32, there is room for as many values as there are stamps, and there are as many that are to decay.
#[target_feature(enable = "avx2")]
unsafe fn f32s<T: Real, const TO: bool>(fade: &Fade<T>, span: Span<T>, jump: Jump<T>, out: &mut [T]) -> usize {
    let (stamps, values) = span.parts();
    // SAFETY: T is f32.
    let [before, after] = [jump.before, jump.after].map(|x| _mm256_set1_ps(unsafe { transmute_copy(&x) }));
    let whole = stamps.len() / TOGETHER * TOGETHER;
    for k in (0..whole).step_by(TOGETHER) {
        // SAFETY: eight stamps, values and room are in the slices; a table has 16 values.
        unsafe {
            let Some(steps) = steps::<TO>(jump.met, stamps.as_ptr().add(k)) else {
                fade.one_by_one(span.skip(k), &mut out[k..k + TOGETHER]);
                continue;
            };
            let mut left = sixteen::f32s(fade.factors[0].as_ptr().cast(), steps);
            for d in 1..MOSTLY {
                let digit = _mm256_srl_epi32(steps, _mm_cvtsi32_si128(4 * d as i32));
                left = _mm256_mul_ps(left, sixteen::f32s(fade.factors[d].as_ptr().cast(), digit));
            }
            let decayed = if TO {
                _mm256_mul_ps(_mm256_loadu_ps(values.as_ptr().add(k).cast()), left)
            } else {
                let together = _mm256_cmpeq_epi32(steps, _mm256_setzero_si256());
                _mm256_blendv_ps(_mm256_mul_ps(after, left), before, _mm256_castsi256_ps(together))
            };
            _mm256_storeu_ps(out.as_mut_ptr().add(k).cast(), decayed);
        }
    }
    whole
}

/// The same in f64.
///
/// # Safety
/// As for `f32s`, with f64.
#[target_feature(enable = "avx2")]
unsafe fn f64s<T: Real, const TO: bool>(fade: &Fade<T>, span: Span<T>, jump: Jump<T>, out: &mut [T]) -> usize {
    let (stamps, values) = span.parts();
    // SAFETY: T is f64.
    let [before, after] = [jump.before, jump.after].map(|x| _mm256_set1_pd(unsafe { transmute_copy(&x) }));
    let tables: [F64s; MOSTLY] = std::array::from_fn(|d| F64s::new(&fade.factors[d].map(Real::to_f64)));
    let whole = stamps.len() / TOGETHER * TOGETHER;
    for k in (0..whole).step_by(TOGETHER) {
        // SAFETY: eight stamps, values and room are in the slices.
        unsafe {
            let Some(steps) = steps::<TO>(jump.met, stamps.as_ptr().add(k)) else {
                fade.one_by_one(span.skip(k), &mut out[k..k + TOGETHER]);
                continue;
            };
            let steps = crossed(steps);
            let mut left = tables[0].at(steps);
            for (d, table) in tables.iter().enumerate().skip(1) {
                let factors = table.at(_mm256_srl_epi32(steps, _mm_cvtsi32_si128(4 * d as i32)));
                left = [0, 1].map(|half| _mm256_mul_pd(left[half], factors[half]));
            }
            let together = _mm256_cmpeq_epi32(steps, _mm256_setzero_si256());
            let together = [_mm256_unpacklo_epi32(together, together), _mm256_unpackhi_epi32(together, together)];
            for half in 0..2 {
                let decayed = if TO {
                    _mm256_mul_pd(_mm256_loadu_pd(values.as_ptr().add(k + 4 * half).cast()), left[half])
                } else {
                    let together = _mm256_castsi256_pd(together[half]);
                    _mm256_blendv_pd(_mm256_mul_pd(after, left[half]), before, together)
                };
                _mm256_storeu_pd(out.as_mut_ptr().add(k + 4 * half).cast(), decayed);
            }
        }
    }
    whole
}
