//! 16 at a time, by AVX-512. The last ones may be fewer: only those that are there are read and written.

use std::arch::x86_64::*;

use super::{LANES, Rings, Room, Stamps, Than, Word};

/// Number of the first of each whole group, and a bit for each value that it has: all.
fn whole(len: usize) -> impl Iterator<Item = (usize, u16)> {
    (0..len / LANES * LANES).step_by(LANES).map(|at| (at, u16::MAX))
}

/// The same of the values left.
fn rest(len: usize) -> Option<(usize, u16)> {
    let left = len % LANES;
    (left > 0).then_some((len - left, !(u16::MAX << left)))
}

/// Returns how many are chosen.
///
/// # Safety
/// There must be a mask for all numbers, and room for them and 16 more; all must have stamps, and rows if there are rows.
#[target_feature(enable = "popcnt,avx512f,avx512vl,avx512bw")]
pub unsafe fn later_of(stamps: Stamps, of: &[u16], than: Than, masks: &mut [u16], to: Room) -> usize {
    // SAFETY: as above.
    unsafe {
        match (stamps, than) {
            (Stamps::Table(_), Than::One(_)) => choose::<false, false>(stamps, of, than, masks, to),
            (Stamps::Table(_), Than::Rows(..)) => choose::<false, true>(stamps, of, than, masks, to),
            (Stamps::Rings(_), Than::One(_)) => choose::<true, false>(stamps, of, than, masks, to),
            (Stamps::Rings(_), Than::Rows(..)) => choose::<true, true>(stamps, of, than, masks, to),
        }
    }
}

/// Stamps in RINGS or a table, later than those of ROWS or than one. Stamps of a table at numbers that lie close together are taken from 32
/// neighbours in registers; numbers of several rows hardly do.
///
/// # Safety
/// As above.
#[target_feature(enable = "popcnt,avx512f,avx512vl,avx512bw")]
unsafe fn choose<const RINGS: bool, const ROWS: bool>(
    stamps: Stamps,
    of: &[u16],
    than: Than,
    masks: &mut [u16],
    to: Room,
) -> usize {
    const REACH: usize = 2 * LANES;
    let all = |x: i32| _mm512_set1_epi32(x);
    let (table, len, rings) = match stamps {
        Stamps::Table(table) => (table.stamps.as_ptr(), table.stamps.len(), None),
        Stamps::Rings(rings) => (rings.stamps.as_ptr(), 0, Some(rings)),
    };
    let (rows, mut than) = match than {
        Than::One(than) => (std::ptr::null(), all(than)),
        // SAFETY: 16 stamps.
        Than::Rows(rows, than) => (rows.as_ptr(), unsafe { _mm512_loadu_si512(than.as_ptr().cast()) }),
    };
    let (each, mut row, mut count) = (than, than, 0);
    let (to_numbers, to_stamps, to_rows) = (to.numbers.as_mut_ptr(), to.stamps.as_mut_ptr(), to.rows.as_mut_ptr());
    for (at, there) in whole(of.len()).chain(rest(of.len())) {
        // SAFETY: numbers and rows that are there, as many masks as groups, and room; the table is read where it has REACH more stamps, or
        // at numbers that have stamps.
        unsafe {
            let of = of.as_ptr().add(at);
            let (first, from) = (usize::from(*of), table.wrapping_add(usize::from(*of)));
            let numbers = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(there, of.cast()));
            let offset = _mm512_sub_epi32(numbers, all(first as i32));
            let near = !RINGS && !ROWS && first + REACH <= len;
            let stamps = if near && _mm512_mask_cmplt_epu32_mask(there, offset, all(REACH as i32)) == there {
                let [low, high] = [0, LANES].map(|more| _mm512_loadu_si512(from.add(more).cast()));
                _mm512_permutex2var_epi32(low, offset, high)
            } else {
                let mut places = numbers;
                if let (true, Some(Rings { count, shift, age, .. })) = (RINGS, rings) {
                    let count = _mm512_mask_i32gather_epi32::<4>(places, there, numbers, count.as_ptr().cast());
                    let turn = _mm512_and_si512(_mm512_sub_epi32(count, all(age as i32 + 1)), all((1 << shift) - 1));
                    places = _mm512_or_si512(_mm512_sllv_epi32(numbers, all(shift as i32)), turn);
                }
                _mm512_mask_i32gather_epi32::<4>(numbers, there, places, table.cast())
            };
            if ROWS {
                row = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(there, rows.add(at).cast()));
                than = _mm512_permutexvar_epi32(row, each);
            }
            let mask = _mm512_mask_cmpgt_epi32_mask(there, stamps, than);
            *masks.get_unchecked_mut(at / LANES) = mask;
            let chosen = _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(mask, numbers));
            _mm256_storeu_si256(to_numbers.add(count).cast(), chosen);
            let chosen = _mm512_maskz_compress_epi32(mask, stamps);
            _mm512_storeu_si512(to_stamps.add(count).cast(), chosen);
            if ROWS {
                let chosen = _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(mask, row));
                _mm256_storeu_si256(to_rows.add(count).cast(), chosen);
            }
            count += mask.count_ones() as usize;
        }
    }
    count
}

/// # Safety
/// There must be a mask for all values, and room for those chosen and 16 more.
#[target_feature(enable = "popcnt,avx512f,avx512vl,avx512bw")]
pub unsafe fn compress<T: Word>(masks: &[u16], from: &[T], to: &mut [T]) {
    let mut to = to.as_mut_ptr();
    let mut group = |(at, there)| {
        // SAFETY: values that are there, and as many masks as groups; behind those chosen there is room for 16.
        unsafe {
            let (from, mask) = (from.as_ptr().add(at), *masks.get_unchecked(at / LANES));
            match size_of::<T>() {
                2 => {
                    let values = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(there, from.cast()));
                    let chosen = _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(mask, values));
                    _mm256_storeu_si256(to.cast(), chosen);
                }
                4 => {
                    let values = _mm512_maskz_loadu_epi32(there, from.cast());
                    _mm512_storeu_si512(to.cast(), _mm512_maskz_compress_epi32(mask, values));
                }
                8 => {
                    let first = _mm512_maskz_loadu_epi64(there as u8, from.cast());
                    let last = _mm512_maskz_loadu_epi64((there >> 8) as u8, from.wrapping_add(8).cast());
                    _mm512_storeu_si512(to.cast(), _mm512_maskz_compress_epi64(mask as u8, first));
                    let to = to.add((mask as u8).count_ones() as usize);
                    _mm512_storeu_si512(to.cast(), _mm512_maskz_compress_epi64((mask >> 8) as u8, last));
                }
                size => unreachable!("words of {size} bytes"),
            }
            to = to.add(mask.count_ones() as usize);
        }
    };
    whole(from.len()).for_each(&mut group);
    rest(from.len()).map(&mut group);
}

/// # Safety
/// There must be a mask for all values, and as many values to put as are chosen and 16 more; words of 4 or 8 bytes.
#[target_feature(enable = "popcnt,avx512f,avx512vl,avx512bw")]
pub unsafe fn expand<T: Word>(masks: &[u16], from: &[T], to: &mut [T]) {
    let (len, to, mut from) = (to.len(), to.as_mut_ptr(), from.as_ptr());
    let mut group = |(at, there): (usize, u16)| {
        // SAFETY: values that are there, and as many masks as groups; behind those chosen there are 16 more.
        unsafe {
            let (to, mask) = (to.add(at), *masks.get_unchecked(at / LANES));
            if size_of::<T>() == 4 {
                let old = _mm512_maskz_loadu_epi32(there, to.cast());
                let new = _mm512_mask_expand_epi32(old, mask, _mm512_loadu_si512(from.cast()));
                _mm512_mask_storeu_epi32(to.cast(), there, new);
            } else {
                let more = from.add((mask as u8).count_ones() as usize);
                let [first, last] = [from, more].map(|chosen| _mm512_loadu_si512(chosen.cast()));
                for (half, chosen) in [(0, first), (8, last)] {
                    let (to, there) = (to.wrapping_add(half), (there >> half) as u8);
                    let old = _mm512_maskz_loadu_epi64(there, to.cast());
                    let new = _mm512_mask_expand_epi64(old, (mask >> half) as u8, chosen);
                    _mm512_mask_storeu_epi64(to.cast(), there, new);
                }
            }
            from = from.add(mask.count_ones() as usize);
        }
    };
    whole(len).for_each(&mut group);
    rest(len).map(&mut group);
}
