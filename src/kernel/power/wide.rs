//! Powers with the tables in registers of AVX-512.

use std::{arch::x86_64::*, ops::Range};

use super::{LANES, Real, Source, Table};

/// `Table::run`, up to a group in which a number is not 0 and does not lie between 2^-112 and 2^111. Returns where it ends.
///
/// # Safety
/// As for `Table::run`.
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw")]
pub unsafe fn run<T: Real, const LINE: bool>(
    table: &Table<T>,
    groups: Range<usize>,
    [x, b, c, d]: [Source<T>; 4],
    out: *mut [T; LANES],
) -> usize {
    let table = std::ptr::from_ref(table);
    if size_of::<T>() == 4 {
        // SAFETY: T is f32, as its size says.
        let table = F32s::new(unsafe { &*table.cast() });
        for g in groups.clone() {
            // SAFETY: see above; a group has 16 numbers.
            unsafe {
                let [x, b, c, d] = [x.at(g).cast(), b.at(g).cast(), c.at(g).cast(), d.at(g).cast()];
                let Some(power) = table.of(_mm512_loadu_ps(x)) else { return g };
                let result = if LINE {
                    let product = _mm512_mul_ps(power, _mm512_loadu_ps(b));
                    _mm512_fmadd_ps(product, _mm512_loadu_ps(c), _mm512_loadu_ps(d))
                } else {
                    power
                };
                _mm512_storeu_ps(out.add(g).cast(), result);
            }
        }
    } else {
        // SAFETY: T is f64, as its size says.
        let table = F64s::new(unsafe { &*table.cast() });
        for g in groups.clone() {
            // SAFETY: see above; a group has 16 numbers.
            unsafe {
                let [x, b, c, d] = [x.at(g).cast(), b.at(g).cast(), c.at(g).cast(), d.at(g).cast::<f64>()];
                let Some(mut low) = table.of(_mm512_loadu_pd(x)) else { return g };
                let Some(mut high) = table.of(_mm512_loadu_pd(x.add(8))) else { return g };
                if LINE {
                    let product = _mm512_mul_pd(low, _mm512_loadu_pd(b));
                    low = _mm512_fmadd_pd(product, _mm512_loadu_pd(c), _mm512_loadu_pd(d));
                    let product = _mm512_mul_pd(high, _mm512_loadu_pd(b.add(8)));
                    high = _mm512_fmadd_pd(product, _mm512_loadu_pd(c.add(8)), _mm512_loadu_pd(d.add(8)));
                }
                _mm512_storeu_pd(out.add(g).cast(), low);
                _mm512_storeu_pd(out.add(g).cast::<f64>().add(8), high);
            }
        }
    }
    groups.end
}

struct F32s {
    inverse: __m512,
    middle: __m512,
    fine: __m512,
    coarse: __m512,
    series: [__m512; <f32 as Real>::POWER_TERMS],
}

impl F32s {
    #[inline]
    #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw")]
    fn new(table: &Table<f32>) -> Self {
        // SAFETY: all have 16 values.
        unsafe {
            Self {
                inverse: _mm512_loadu_ps(table.inverse.as_ptr()),
                middle: _mm512_loadu_ps(table.middle.as_ptr()),
                fine: _mm512_loadu_ps(table.fine.as_ptr()),
                coarse: _mm512_loadu_ps(table.coarse.as_ptr()),
                series: std::array::from_fn(|k| _mm512_set1_ps(table.series[k])),
            }
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw")]
    fn of(&self, x: __m512) -> Option<__m512> {
        let shifted = _mm512_add_epi32(_mm512_castps_si512(x), _mm512_set1_epi32((1 << 23) + (1 << 18)));
        let rest = _mm512_and_si512(shifted, _mm512_set1_epi32((1 << 23) - 1));
        let m = _mm512_add_epi32(rest, _mm512_set1_epi32(1f32.to_bits() as i32 - (1 << 18)));
        let (j, b) = (_mm512_srli_epi32::<19>(shifted), _mm512_srli_epi32::<23>(shifted));
        let a = _mm512_srli_epi32::<27>(shifted);
        let one = _mm512_set1_ps(1.0);
        let r = _mm512_fmsub_ps(_mm512_castsi512_ps(m), _mm512_permutexvar_ps(j, self.inverse), one);
        let scale = _mm512_mul_ps(_mm512_permutexvar_ps(j, self.middle), _mm512_permutexvar_ps(b, self.fine));
        let scale = _mm512_mul_ps(scale, _mm512_permutexvar_ps(a, self.coarse));
        let [first @ .., last] = &self.series;
        let mut series = *last;
        for term in first.iter().rev() {
            series = _mm512_fmadd_ps(series, r, *term);
        }
        let some = _mm512_cmp_ps_mask::<_CMP_NEQ_UQ>(x, _mm512_setzero_ps());
        let far = _mm512_sub_epi32(a, _mm512_set1_epi32(1));
        let far = _mm512_mask_cmpge_epu32_mask(some, far, _mm512_set1_epi32(14));
        (far == 0).then(|| _mm512_maskz_fmadd_ps(some, _mm512_mul_ps(scale, r), series, scale))
    }
}

struct F64s {
    inverse: [__m512d; 2],
    middle: [__m512d; 2],
    fine: [__m512d; 2],
    coarse: [__m512d; 2],
    series: [__m512d; <f64 as Real>::POWER_TERMS],
}

impl F64s {
    #[inline]
    #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw")]
    fn new(table: &Table<f64>) -> Self {
        // SAFETY: halves have 8 values.
        let halves = |values: &[f64]| unsafe {
            [_mm512_loadu_pd(values[..8].as_ptr()), _mm512_loadu_pd(values[8..16].as_ptr())]
        };
        // Those around 2^0: of the lowest four bits, the greater belong to the smaller numbers.
        let [small, great] = halves(&table.coarse[56..]);
        Self {
            inverse: halves(&table.inverse),
            middle: halves(&table.middle),
            fine: halves(&table.fine),
            coarse: [great, small],
            series: std::array::from_fn(|k| _mm512_set1_pd(table.series[k])),
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw")]
    fn of(&self, x: __m512d) -> Option<__m512d> {
        let Self { inverse, middle, fine, coarse, series } = self;
        let shifted = _mm512_add_epi64(_mm512_castpd_si512(x), _mm512_set1_epi64((1 << 52) + (1 << 47)));
        let rest = _mm512_and_si512(shifted, _mm512_set1_epi64((1 << 52) - 1));
        let m = _mm512_add_epi64(rest, _mm512_set1_epi64(1f64.to_bits() as i64 - (1 << 47)));
        let (j, b) = (_mm512_srli_epi64::<48>(shifted), _mm512_srli_epi64::<52>(shifted));
        let a = _mm512_srli_epi64::<56>(shifted);
        let one = _mm512_set1_pd(1.0);
        let r = _mm512_permutex2var_pd(inverse[0], j, inverse[1]);
        let r = _mm512_fmsub_pd(_mm512_castsi512_pd(m), r, one);
        let scale = _mm512_permutex2var_pd(middle[0], j, middle[1]);
        let scale = _mm512_mul_pd(scale, _mm512_permutex2var_pd(fine[0], b, fine[1]));
        let scale = _mm512_mul_pd(scale, _mm512_permutex2var_pd(coarse[0], a, coarse[1]));
        let [first @ .., last] = series;
        let mut series = *last;
        for term in first.iter().rev() {
            series = _mm512_fmadd_pd(series, r, *term);
        }
        let some = _mm512_cmp_pd_mask::<_CMP_NEQ_UQ>(x, _mm512_setzero_pd());
        let far = _mm512_sub_epi64(a, _mm512_set1_epi64(56));
        let far = _mm512_mask_cmpge_epu64_mask(some, far, _mm512_set1_epi64(16));
        (far == 0).then(|| _mm512_maskz_fmadd_pd(some, _mm512_mul_pd(scale, r), series, scale))
    }
}
