//! Powers of eight numbers at a time, by AVX2.

use std::{arch::x86_64::*, ops::Range};

use super::{
    super::sixteen::{self, F64s, upper},
    LANES, Real, Source, Table,
};

/// `Table::run`, up to a group in which a number is not 0 and does not lie between 2^-112 and 2^111. Returns where it ends.
///
/// # Safety
/// As for `Table::run`.
#[target_feature(enable = "avx2,fma")]
pub unsafe fn run<T: Real, const LINE: bool>(
    table: &Table<T>,
    groups: Range<usize>,
    [x, b, c, d]: [Source<T>; 4],
    out: *mut [T; LANES],
) -> usize {
    let table = std::ptr::from_ref(table);
    if size_of::<T>() == 4 {
        // SAFETY: T is f32, as its size says.
        let table: &Table<f32> = unsafe { &*table.cast() };
        for g in groups.clone() {
            // SAFETY: see above; a group has 16 numbers.
            unsafe {
                let [x, b, c, d] = [x.at(g).cast::<f32>(), b.at(g).cast(), c.at(g).cast(), d.at(g).cast()];
                let [Some(low), Some(high)] = [0, 8].map(|k| f32s(table, _mm256_loadu_ps(x.add(k)))) else { return g };
                for (k, mut result) in [(0, low), (8, high)] {
                    if LINE {
                        let product = _mm256_mul_ps(result, _mm256_loadu_ps(b.add(k)));
                        result = _mm256_fmadd_ps(product, _mm256_loadu_ps(c.add(k)), _mm256_loadu_ps(d.add(k)));
                    }
                    _mm256_storeu_ps(out.add(g).cast::<f32>().add(k), result);
                }
            }
        }
    } else {
        // SAFETY: T is f64, as its size says.
        let table = Doubles::new(unsafe { &*table.cast() });
        for g in groups.clone() {
            // SAFETY: see above; a group has 16 numbers.
            unsafe {
                let [x, b, c, d] = [x.at(g).cast::<f64>(), b.at(g).cast(), c.at(g).cast(), d.at(g).cast()];
                let eight = |k: usize| table.of([_mm256_loadu_pd(x.add(k)), _mm256_loadu_pd(x.add(k + 4))]);
                let [Some(low), Some(high)] = [0, 8].map(eight) else { return g };
                for (k, mut result) in [0, 4, 8, 12].into_iter().zip([low[0], low[1], high[0], high[1]]) {
                    if LINE {
                        let product = _mm256_mul_pd(result, _mm256_loadu_pd(b.add(k)));
                        result = _mm256_fmadd_pd(product, _mm256_loadu_pd(c.add(k)), _mm256_loadu_pd(d.add(k)));
                    }
                    _mm256_storeu_pd(out.add(g).cast::<f64>().add(k), result);
                }
            }
        }
    }
    groups.end
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn f32s(table: &Table<f32>, x: __m256) -> Option<__m256> {
    let shifted = _mm256_add_epi32(_mm256_castps_si256(x), _mm256_set1_epi32((1 << 23) + (1 << 18)));
    let rest = _mm256_and_si256(shifted, _mm256_set1_epi32((1 << 23) - 1));
    let m = _mm256_add_epi32(rest, _mm256_set1_epi32(1f32.to_bits() as i32 - (1 << 18)));
    let (j, b) = (_mm256_srli_epi32::<19>(shifted), _mm256_srli_epi32::<23>(shifted));
    let a = _mm256_srli_epi32::<27>(shifted);
    // SAFETY: all have 16 values or more.
    let [inverse, middle, fine, coarse] = unsafe {
        [(&table.inverse[..], j), (&table.middle, j), (&table.fine, b), (&table.coarse, a)]
            .map(|(table, at)| sixteen::f32s(table.as_ptr(), at))
    };
    let r = _mm256_fmsub_ps(_mm256_castsi256_ps(m), inverse, _mm256_set1_ps(1.0));
    let scale = _mm256_mul_ps(_mm256_mul_ps(middle, fine), coarse);
    let [first @ .., last] = &table.series[..<f32 as Real>::POWER_TERMS] else { unreachable!("a series has terms") };
    let mut series = _mm256_set1_ps(*last);
    for term in first.iter().rev() {
        series = _mm256_fmadd_ps(series, r, _mm256_set1_ps(*term));
    }
    let zero = _mm256_cmp_ps::<_CMP_EQ_OQ>(x, _mm256_setzero_ps());
    // From 1 to 14.
    let near = _mm256_cmpgt_epi32(a, _mm256_setzero_si256());
    let near = _mm256_andnot_si256(_mm256_cmpgt_epi32(a, _mm256_set1_epi32(14)), near);
    let all = _mm256_movemask_ps(_mm256_or_ps(_mm256_castsi256_ps(near), zero)) == 0xff;
    all.then(|| _mm256_andnot_ps(zero, _mm256_fmadd_ps(_mm256_mul_ps(scale, r), series, scale)))
}

struct Doubles {
    inverse: F64s,
    middle: F64s,
    fine: F64s,
    coarse: F64s,
    series: [__m256d; <f64 as Real>::POWER_TERMS],
}

impl Doubles {
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn new(table: &Table<f64>) -> Self {
        // Those around 2^0: of the lowest four bits, the greater belong to the smaller numbers.
        let coarse = std::array::from_fn(|a| table.coarse[if a < 8 { 64 + a } else { 48 + a }]);
        Self {
            inverse: F64s::new(&table.inverse),
            middle: F64s::new(&table.middle),
            fine: F64s::new(&table.fine),
            coarse: F64s::new(&coarse),
            series: std::array::from_fn(|k| _mm256_set1_pd(table.series[k])),
        }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn of(&self, x: [__m256d; 2]) -> Option<[__m256d; 2]> {
        let bits = x.map(|x| _mm256_castpd_si256(x));
        let shifted = bits.map(|x| _mm256_add_epi64(x, _mm256_set1_epi64x((1 << 52) + (1 << 47))));
        let m = shifted.map(|shifted| {
            let rest = _mm256_and_si256(shifted, _mm256_set1_epi64x((1 << 52) - 1));
            _mm256_castsi256_pd(_mm256_add_epi64(rest, _mm256_set1_epi64x(1f64.to_bits() as i64 - (1 << 47))))
        });
        let digits = upper(shifted);
        let (j, b) = (_mm256_srli_epi32::<16>(digits), _mm256_srli_epi32::<20>(digits));
        let a = _mm256_srli_epi32::<24>(digits);
        let (inverse, middle, fine, coarse) =
            (self.inverse.at(j), self.middle.at(j), self.fine.at(b), self.coarse.at(a));
        let zero = x.map(|x| _mm256_cmp_pd::<_CMP_EQ_OQ>(x, _mm256_setzero_pd()));
        // From 56 to 71.
        let beyond = _mm256_and_si256(_mm256_sub_epi32(a, _mm256_set1_epi32(56)), _mm256_set1_epi32(!15));
        let near = _mm256_cmpeq_epi32(beyond, _mm256_setzero_si256());
        let all = _mm256_or_si256(near, upper(zero.map(|zero| _mm256_castpd_si256(zero))));
        if _mm256_movemask_epi8(all) != -1 {
            return None;
        }
        Some([0, 1].map(|half| {
            let r = _mm256_fmsub_pd(m[half], inverse[half], _mm256_set1_pd(1.0));
            let scale = _mm256_mul_pd(_mm256_mul_pd(middle[half], fine[half]), coarse[half]);
            let [first @ .., last] = &self.series;
            let mut series = *last;
            for term in first.iter().rev() {
                series = _mm256_fmadd_pd(series, r, *term);
            }
            _mm256_andnot_pd(zero[half], _mm256_fmadd_pd(_mm256_mul_pd(scale, r), series, scale))
        }))
    }
}
