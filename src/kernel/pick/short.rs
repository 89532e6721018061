//! 32 at a time, by AVX-512 with VBMI2: stamps are looked up, compared and chosen as steps in 16 bits.

use std::arch::x86_64::*;

use super::{LANES, Room, SideBySide, Stamps, Than, wide};

/// Numbers worked on together.
pub const GROUP: usize = 32;

/// The second half of a group.
const LATER: u32 = !0 << LANES;

/// As [`wide::later_of`] for stamps side by side; `than` must not be before their origin.
///
/// # Safety
/// As there.
#[target_feature(enable = "popcnt,avx512f,avx512vl,avx512bw,avx512vbmi2")]
pub unsafe fn later_of(table: SideBySide, of: &[u16], than: i32, masks: &mut [u16], to: Room) -> usize {
    let least = u16::try_from(than - table.origin).unwrap_or(u16::MAX);
    let (least, origin) = (_mm512_set1_epi16(least as i16), _mm512_set1_epi32(table.origin));
    let (whole, mut count) = (of.len() / GROUP * GROUP, 0);
    for at in (0..whole).step_by(GROUP) {
        // SAFETY: a group of numbers, and masks for it; behind what is chosen of those before there is room for all of it.
        unsafe {
            let numbers = _mm512_loadu_si512(of.as_ptr().add(at).cast());
            let steps = look_up(table.steps, numbers, of.as_ptr().add(at));
            let mask = _mm512_cmpgt_epu16_mask(steps, least);
            masks.as_mut_ptr().add(at / LANES).cast::<u32>().write_unaligned(mask);
            let numbers = _mm512_maskz_compress_epi16(mask, numbers);
            _mm512_storeu_si512(to.numbers.as_mut_ptr().add(count).cast(), numbers);
            let steps = _mm512_maskz_compress_epi16(mask, steps);
            let halves = [_mm512_castsi512_si256(steps), _mm512_extracti64x4_epi64::<1>(steps)];
            for (half, steps) in halves.into_iter().enumerate() {
                let stamps = _mm512_add_epi32(_mm512_cvtepu16_epi32(steps), origin);
                _mm512_storeu_si512(to.stamps.as_mut_ptr().add(count + half * LANES).cast(), stamps);
            }
            count += mask.count_ones() as usize;
        }
    }
    let Room { numbers, stamps, rows } = to;
    let to = Room { numbers: &mut numbers[count..], stamps: &mut stamps[count..], rows };
    // SAFETY: see above.
    let more =
        unsafe { wide::later_of(Stamps::Table(table), &of[whole..], Than::One(than), &mut masks[whole / LANES..], to) };
    count + more
}

/// The steps of a group of numbers: from 64 neighbours of the first one in registers, or from 128 of the first and of the middle one, or each
/// from memory.
///
/// # Safety
/// `of` must point to the numbers; behind their steps there must be [`SideBySide::BEYOND`] more.
#[inline]
#[target_feature(enable = "avx512f,avx512vl,avx512bw")]
unsafe fn look_up(steps: &[u16], numbers: __m512i, of: *const u16) -> __m512i {
    // SAFETY: see above.
    unsafe {
        let (first, middle) = (*of, *of.add(LANES));
        let offset = _mm512_sub_epi16(numbers, _mm512_set1_epi16(first as i16));
        let from = steps.as_ptr().add(first.into());
        if within(offset, 64) == u32::MAX {
            return of_64(from, offset);
        }
        let offset = _mm512_mask_sub_epi16(offset, LATER, numbers, _mm512_set1_epi16(middle as i16));
        if within(offset, 128) == u32::MAX {
            let later = of_128(steps.as_ptr().add(middle.into()), offset);
            return _mm512_mask_mov_epi16(of_128(from, offset), LATER, later);
        }
        let first = gathered(steps, _mm512_castsi512_si256(numbers));
        let last = gathered(steps, _mm512_extracti64x4_epi64::<1>(numbers));
        _mm512_inserti64x4::<1>(_mm512_castsi256_si512(first), last)
    }
}

/// Which offsets are less than `reach`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn within(offset: __m512i, reach: u16) -> u32 {
    _mm512_cmplt_epu16_mask(offset, _mm512_set1_epi16(reach as i16))
}

/// Those of 64 that the lowest six bits of offsets say.
///
/// # Safety
/// There must be 64.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn of_64(from: *const u16, offset: __m512i) -> __m512i {
    // SAFETY: see above.
    let (low, high) = unsafe { (_mm512_loadu_si512(from.cast()), _mm512_loadu_si512(from.add(GROUP).cast())) };
    _mm512_permutex2var_epi16(low, offset, high)
}

/// The same of 128 and seven bits.
///
/// # Safety
/// There must be 128.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn of_128(from: *const u16, offset: __m512i) -> __m512i {
    // SAFETY: see above.
    let (near, far) = unsafe { (of_64(from, offset), of_64(from.add(64), offset)) };
    _mm512_mask_mov_epi16(far, within(offset, 64), near)
}

/// The steps of 16 numbers, each from memory.
///
/// # Safety
/// As for [`look_up`].
#[inline]
#[target_feature(enable = "avx512f,avx512vl,avx512bw")]
unsafe fn gathered(steps: &[u16], numbers: __m256i) -> __m256i {
    // SAFETY: see above.
    let steps = unsafe { _mm512_i32gather_epi32::<2>(_mm512_cvtepu16_epi32(numbers), steps.as_ptr().cast()) };
    _mm512_cvtepi32_epi16(steps)
}
