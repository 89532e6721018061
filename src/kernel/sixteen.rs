//! Tables of 16 values in registers of AVX2, for eight numbers at a time: a permutation of each half of the table, and a choice by the fourth bit.

use std::arch::x86_64::*;

/// Values of a table by the lowest four bits of eight numbers.
///
/// # Safety
/// The table must have 16 values.
#[inline]
#[target_feature(enable = "avx2")]
pub unsafe fn f32s(table: *const f32, at: __m256i) -> __m256 {
    // SAFETY: see above.
    let halves = unsafe { [_mm256_loadu_ps(table), _mm256_loadu_ps(table.add(8))] };
    select(halves, at)
}

#[inline]
#[target_feature(enable = "avx2")]
fn select([low, high]: [__m256; 2], at: __m256i) -> __m256 {
    let upper = _mm256_castsi256_ps(_mm256_slli_epi32::<28>(at));
    _mm256_blendv_ps(_mm256_permutevar8x32_ps(low, at), _mm256_permutevar8x32_ps(high, at), upper)
}

/// A table of f64, its lower and its upper 32 bits apart.
pub struct F64s {
    low: [__m256; 2],
    high: [__m256; 2],
}

impl F64s {
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn new(table: &[f64; 16]) -> Self {
        let [mut low, mut high] = [[_mm256_setzero_ps(); 2]; 2];
        for half in 0..2 {
            // SAFETY: eight values of the table.
            let [a, b] = [0, 4].map(|k| unsafe { _mm256_loadu_ps(table[8 * half + k..].as_ptr().cast()) });
            low[half] = in_order(_mm256_shuffle_ps::<0x88>(a, b));
            high[half] = in_order(_mm256_shuffle_ps::<0xdd>(a, b));
        }
        Self { low, high }
    }

    /// Values by the lowest four bits of eight numbers, which stand [`crossed`].
    #[inline]
    #[target_feature(enable = "avx2")]
    pub fn at(&self, crossed: __m256i) -> [__m256d; 2] {
        let (low, high) = (select(self.low, crossed), select(self.high, crossed));
        [_mm256_castps_pd(_mm256_unpacklo_ps(low, high)), _mm256_castps_pd(_mm256_unpackhi_ps(low, high))]
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn in_order(shuffled: __m256) -> __m256 {
    _mm256_castpd_ps(_mm256_permute4x64_pd::<0b11_01_10_00>(_mm256_castps_pd(shuffled)))
}

/// Eight numbers as 0, 1, 4, 5, 2, 3, 6, 7: halves of what comes of them so are in order.
#[inline]
#[target_feature(enable = "avx2")]
pub fn crossed(numbers: __m256i) -> __m256i {
    _mm256_permute4x64_epi64::<0b11_01_10_00>(numbers)
}

/// The upper 32 bits of eight words of 64, [`crossed`].
#[inline]
#[target_feature(enable = "avx2")]
pub fn upper([first, last]: [__m256i; 2]) -> __m256i {
    _mm256_castps_si256(_mm256_shuffle_ps::<0xdd>(_mm256_castsi256_ps(first), _mm256_castsi256_ps(last)))
}
