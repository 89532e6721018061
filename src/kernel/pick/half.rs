//! By AVX2, which has neither compress nor expand: permutations from tables, of eight words of 4 bytes at a time. What is no whole group of 16
//! values goes one by one.

use std::arch::x86_64::*;

use super::{LANES, Word, later, one_by_one};

/// For each choice among eight words the numbers of those chosen, one after the other.
static CHOSEN: [[u8; 8]; 256] = table(false);
/// For each choice which of those chosen each word is, if it is one.
static RANKS: [[u8; 8]; 256] = table(true);
/// Each bit of four twice: a choice among words of 8 bytes as one among their halves.
static TWICE: [u8; 16] = twice();

const fn table(ranks: bool) -> [[u8; 8]; 256] {
    let mut all = [[0; 8]; 256];
    let mut choice = 0;
    while choice < 256 {
        let (mut word, mut rank) = (0, 0);
        while word < 8 {
            if choice >> word & 1 == 1 {
                let (at, number) = if ranks { (word, rank) } else { (rank, word) };
                all[choice][at] = number as u8;
                rank += 1;
            }
            word += 1;
        }
        choice += 1;
    }
    all
}

const fn twice() -> [u8; 16] {
    let mut all = [0; 16];
    let mut choice = 0;
    while choice < 16 {
        let mut bit = 0;
        while bit < 4 {
            all[choice] |= (choice as u8 >> bit & 1) * (3 << (2 * bit));
            bit += 1;
        }
        choice += 1;
    }
    all
}

/// A row of a table as numbers of words.
#[inline]
#[target_feature(enable = "avx2")]
fn words(row: &[u8; 8]) -> __m256i {
    // SAFETY: it has 8 bytes.
    _mm256_cvtepu8_epi32(unsafe { _mm_loadl_epi64(row.as_ptr().cast()) })
}

/// The choice among values of `size` bytes as choices among eight words at a time, in order.
#[inline]
fn choices(mask: u16, size: usize) -> impl Iterator<Item = u8> {
    let (parts, bits) = if size == 4 { (2, 8) } else { (4, 4) };
    (0..parts).map(move |part| {
        let choice = mask >> (part * bits);
        if size == 4 { choice as u8 } else { TWICE[usize::from(choice & 15)] }
    })
}

/// Returns how many are chosen.
///
/// # Safety
/// There must be a mask for all numbers, and room for them and 16 more; all must be below the table's length.
#[target_feature(enable = "avx2,popcnt")]
pub unsafe fn later_of(table: &[i32], of: &[u16], than: i32, masks: &mut [u16], to: (&mut [u16], &mut [i32])) -> usize {
    /// Stamps of numbers that lie close together are taken from so many neighbours in registers.
    const REACH: usize = 16;
    let (limit, mut count) = (_mm256_set1_epi32(than), 0);
    let (groups, rest) = of.as_chunks::<LANES>();
    let (whole, last) = masks.split_at_mut(groups.len());
    for (group, mask) in groups.iter().zip(whole) {
        *mask = 0;
        for (half, of) in group.chunks_exact(8).enumerate() {
            // SAFETY: eight numbers, and room; the table is read where it has REACH more stamps, or at numbers below its length.
            unsafe {
                let (first, numbers) = (usize::from(of[0]), _mm256_cvtepu16_epi32(_mm_loadu_si128(of.as_ptr().cast())));
                let offset = _mm256_sub_epi32(numbers, _mm256_set1_epi32(first as i32));
                // Those before the first one are beyond reach too.
                let near = _mm256_cmpeq_epi32(_mm256_srli_epi32::<4>(offset), _mm256_setzero_si256());
                let stamps = if _mm256_movemask_epi8(near) == -1 && first + REACH <= table.len() {
                    let from = table.as_ptr().add(first);
                    let [low, high] = [0, 8]
                        .map(|more| _mm256_permutevar8x32_epi32(_mm256_loadu_si256(from.add(more).cast()), offset));
                    let upper = _mm256_castsi256_ps(_mm256_slli_epi32::<28>(offset));
                    let [low, high] = [low, high].map(|half| _mm256_castsi256_ps(half));
                    _mm256_castps_si256(_mm256_blendv_ps(low, high, upper))
                } else {
                    let stamps: [i32; 8] = std::array::from_fn(|l| *table.get_unchecked(usize::from(of[l])));
                    _mm256_loadu_si256(stamps.as_ptr().cast())
                };
                let later = _mm256_castsi256_ps(_mm256_cmpgt_epi32(stamps, limit));
                let choice = _mm256_movemask_ps(later) as u8;
                *mask |= u16::from(choice) << (8 * half);
                let order = words(&CHOSEN[usize::from(choice)]);
                let [numbers, stamps] = [numbers, stamps].map(|all| _mm256_permutevar8x32_epi32(all, order));
                let numbers = _mm_packus_epi32(_mm256_castsi256_si128(numbers), _mm256_extracti128_si256::<1>(numbers));
                _mm_storeu_si128(to.0.as_mut_ptr().add(count).cast(), numbers);
                _mm256_storeu_si256(to.1.as_mut_ptr().add(count).cast(), stamps);
                count += choice.count_ones() as usize;
            }
        }
    }
    // SAFETY: as above.
    let stamp = |number: u16| unsafe { *table.get_unchecked(usize::from(number)) };
    let to = (&mut to.0[count..], &mut to.1[count..]);
    count + later::one_by_one(stamp, rest, |_, stamp| stamp > than, last, to)
}

/// Words of 4 or 8 bytes.
///
/// # Safety
/// There must be a mask for all values, and room for those chosen and 16 more.
#[target_feature(enable = "avx2,popcnt")]
pub unsafe fn compress<T: Word>(masks: &[u16], from: &[T], out: &mut [T]) {
    let mut to = out.as_mut_ptr();
    let (groups, rest) = from.as_chunks::<LANES>();
    for (group, &mask) in groups.iter().zip(masks) {
        let mut from = group.as_ptr().cast::<__m256i>();
        for choice in choices(mask, size_of::<T>()) {
            // SAFETY: 32 bytes of a group; behind those chosen there is room for 16 values.
            unsafe {
                let some = _mm256_loadu_si256(from);
                let chosen = _mm256_permutevar8x32_epi32(some, words(&CHOSEN[usize::from(choice)]));
                _mm256_storeu_si256(to.cast(), chosen);
                from = from.add(1);
                to = to.byte_add(4 * choice.count_ones() as usize);
            }
        }
    }
    // SAFETY: both in `out`.
    let done = unsafe { to.offset_from(out.as_ptr()) as usize };
    one_by_one::compress(&masks[groups.len()..], rest, &mut out[done..]);
}

/// Likewise.
///
/// # Safety
/// There must be a mask for all values, and as many values to put as are chosen and 16 more.
#[target_feature(enable = "avx2,popcnt")]
pub unsafe fn expand<T: Word>(masks: &[u16], values: &[T], to: &mut [T]) {
    let mut from = values.as_ptr();
    let bits = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    let (groups, rest) = to.as_chunks_mut::<LANES>();
    let last = &masks[groups.len()..];
    for (group, &mask) in groups.iter_mut().zip(masks) {
        let mut to = group.as_mut_ptr().cast::<__m256i>();
        for choice in choices(mask, size_of::<T>()) {
            // SAFETY: 32 bytes of a group; behind those chosen there are 16 more values.
            unsafe {
                let chosen = _mm256_loadu_si256(from.cast());
                let new = _mm256_permutevar8x32_epi32(chosen, words(&RANKS[usize::from(choice)]));
                let own = _mm256_and_si256(_mm256_set1_epi32(choice.into()), bits);
                let own = _mm256_cmpeq_epi32(own, bits);
                _mm256_storeu_si256(to, _mm256_blendv_epi8(_mm256_loadu_si256(to), new, own));
                to = to.add(1);
                from = from.byte_add(4 * choice.count_ones() as usize);
            }
        }
    }
    // SAFETY: both in `values`.
    let done = unsafe { from.offset_from(values.as_ptr()) as usize };
    one_by_one::expand(last, &values[done..], rest);
}
