//! 16 stamps at a time, 8 of f64, by AVX-512.

use std::{arch::x86_64::*, mem::transmute_copy};

use super::{Fade, Jump, Jumps, LANES, Real, Span};

/// By the first D tables, up to a group in which a span is too long for them. Returns how many are done.
///
/// # Safety
/// There must be room for as many values as there are stamps.
#[target_feature(enable = "avx512f,avx512vl,avx512bw")]
pub unsafe fn run<T: Real, const D: usize>(fade: &Fade<T>, span: Span<T>, out: &mut [T]) -> usize {
    // SAFETY: see above; T is f32 or f64, as its size says.
    unsafe {
        match (span, size_of::<T>()) {
            (Span::From(jump, stamps), 4) => f32s::<T, D, false>(fade, jump, stamps, &[], out),
            (Span::From(jump, stamps), _) => f64s::<T, D, false>(fade, jump, stamps, &[], out),
            (Span::To(met, stamps, values), size) => {
                let now = Jump { met, before: T::ZERO, after: T::ZERO };
                match size {
                    4 => f32s::<T, D, true>(fade, now, stamps, values, out),
                    _ => f64s::<T, D, true>(fade, now, stamps, values, out),
                }
            }
        }
    }
}

/// The steps from each stamp back to its row's jump, and the value that decays meanwhile.
///
/// # Safety
/// There must be as many rows as stamps, and room for as many of both, up to a whole group.
#[target_feature(enable = "avx512f,avx512vl,avx512bw")]
pub unsafe fn jumped<T: Real>(jumps: &Jumps<T>, rows: &[u16], stamps: &[i32], back: &mut [i32], values: &mut [T]) {
    for at in (0..stamps.len()).step_by(LANES) {
        let there = u16::MAX >> LANES.saturating_sub(stamps.len() - at);
        // SAFETY: rows and stamps that are there, room for a group; a table has 16 values.
        unsafe {
            let row = _mm256_maskz_loadu_epi16(there, rows.as_ptr().add(at).cast());
            let row = _mm512_cvtepu16_epi32(row);
            let met = _mm512_permutexvar_epi32(row, _mm512_loadu_si512(jumps.met.as_ptr().cast()));
            let steps = _mm512_sub_epi32(met, _mm512_maskz_loadu_epi32(there, stamps.as_ptr().add(at)));
            _mm512_storeu_si512(back.as_mut_ptr().add(at).cast(), steps);
            let together = _mm512_testn_epi32_mask(steps, steps);
            if size_of::<T>() == 4 {
                let [before, after] = [&jumps.before, &jumps.after].map(|x| _mm512_loadu_ps(x.as_ptr().cast()));
                let value = _mm512_permutexvar_ps(row, after);
                let value = _mm512_mask_permutexvar_ps(value, together, row, before);
                _mm512_storeu_ps(values.as_mut_ptr().add(at).cast(), value);
            } else {
                let halves = [_mm512_castsi512_si256(row), _mm512_extracti64x4_epi64::<1>(row)];
                for (half, row) in halves.into_iter().enumerate() {
                    let row = _mm512_cvtepu32_epi64(row);
                    let [before, after] = [&jumps.before, &jumps.after].map(|x| {
                        let table = x.as_ptr().cast();
                        _mm512_permutex2var_pd(_mm512_loadu_pd(table), row, _mm512_loadu_pd(table.add(8)))
                    });
                    let value = _mm512_mask_mov_pd(after, (together >> (8 * half)) as u8, before);
                    _mm512_storeu_pd(values.as_mut_ptr().add(at + 8 * half).cast(), value);
                }
            }
        }
    }
}

/// The same in f32, from a jump or to its stamp.
///
/// # Safety
/// T is f32, there is room for as many values as there are stamps, and there are as many that are to decay.
#[target_feature(enable = "avx512f,avx512vl,avx512bw")]
unsafe fn f32s<T: Real, const D: usize, const TO: bool>(
    fade: &Fade<T>,
    jump: Jump<T>,
    stamps: &[i32],
    values: &[T],
    out: &mut [T],
) -> usize {
    let whole = stamps.len() / 16 * 16;
    let met = _mm512_set1_epi32(jump.met);
    for k in (0..whole).step_by(16) {
        // SAFETY: a group of stamps, values and room is in the slices; a table has 16 values.
        unsafe {
            let stamps = _mm512_loadu_si512(stamps.as_ptr().add(k).cast());
            let steps = if TO { _mm512_sub_epi32(met, stamps) } else { _mm512_sub_epi32(stamps, met) };
            let factor = |d: usize| {
                let digit = _mm512_srlv_epi32(steps, _mm512_set1_epi32(4 * d as i32));
                _mm512_permutexvar_ps(digit, _mm512_loadu_ps(fade.factors[d].as_ptr().cast()))
            };
            let mut left = factor(0);
            for d in 1..D {
                left = _mm512_mul_ps(left, factor(d));
            }
            let [before, after] = [jump.before, jump.after].map(|x| _mm512_set1_ps(transmute_copy(&x)));
            let decayed = if TO {
                _mm512_mul_ps(_mm512_loadu_ps(values.as_ptr().add(k).cast()), left)
            } else {
                let together = _mm512_testn_epi32_mask(steps, steps);
                _mm512_mask_mov_ps(_mm512_mul_ps(after, left), together, before)
            };
            _mm512_storeu_ps(out.as_mut_ptr().add(k).cast(), decayed);
            if _mm512_cmplt_epu32_mask(steps, _mm512_set1_epi32(1 << (4 * D))) != u16::MAX {
                return k;
            }
        }
    }
    whole
}

/// The same in f64.
///
/// # Safety
/// As for `f32s`, with f64.
#[target_feature(enable = "avx512f,avx512vl,avx512bw")]
unsafe fn f64s<T: Real, const D: usize, const TO: bool>(
    fade: &Fade<T>,
    jump: Jump<T>,
    stamps: &[i32],
    values: &[T],
    out: &mut [T],
) -> usize {
    let whole = stamps.len() / 8 * 8;
    let met = _mm256_set1_epi32(jump.met);
    for k in (0..whole).step_by(8) {
        // SAFETY: a group of stamps, values and room is in the slices; a table has 16 values.
        unsafe {
            let stamps = _mm256_loadu_si256(stamps.as_ptr().add(k).cast());
            let few = if TO { _mm256_sub_epi32(met, stamps) } else { _mm256_sub_epi32(stamps, met) };
            let steps = _mm512_cvtepu32_epi64(few);
            let factor = |d: usize| {
                let digit = _mm512_srlv_epi64(steps, _mm512_set1_epi64(4 * d as i64));
                let table = fade.factors[d].as_ptr().cast();
                _mm512_permutex2var_pd(_mm512_loadu_pd(table), digit, _mm512_loadu_pd(table.add(8)))
            };
            let mut left = factor(0);
            for d in 1..D {
                left = _mm512_mul_pd(left, factor(d));
            }
            let [before, after] = [jump.before, jump.after].map(|x| _mm512_set1_pd(transmute_copy(&x)));
            let decayed = if TO {
                _mm512_mul_pd(_mm512_loadu_pd(values.as_ptr().add(k).cast()), left)
            } else {
                let together = _mm512_testn_epi64_mask(steps, steps);
                _mm512_mask_mov_pd(_mm512_mul_pd(after, left), together, before)
            };
            _mm512_storeu_pd(out.as_mut_ptr().add(k).cast(), decayed);
            if _mm256_cmplt_epu32_mask(few, _mm256_set1_epi32(1 << (4 * D))) != u8::MAX {
                return k;
            }
        }
    }
    whole
}
