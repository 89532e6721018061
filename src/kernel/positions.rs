//! Where a byte has a given value, without a branch on each.

use super::isa::Isa;

/// Appends to the first `len` of `out` the positions of all bytes that are `value`, in order. Returns how many there are then. Bytes come
/// in sixteens, at most 2^16; what lies behind the positions in `out`, which needs room for 16 more than there may be, is overwritten.
#[inline]
pub fn positions(isa: Isa, bytes: &[u8], value: u8, out: &mut [u16], len: usize) -> usize {
    assert!(bytes.len().is_multiple_of(16) && bytes.len() <= 1 << 16, "{} bytes", bytes.len());
    assert!(len + bytes.len() + 16 <= out.len(), "room for {} after {len} of {}", out.len(), bytes.len());
    #[cfg(target_arch = "x86_64")]
    if isa == Isa::Avx512 {
        assert!(isa.is_available(), "this machine has no {} instructions", isa.name());
        // SAFETY: this machine has the instructions, and the lengths are as they should be.
        return unsafe { wide(bytes, value, out, len) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = isa;
    narrow(bytes, value, out, len)
}

/// 16 at a time.
///
/// # Safety
/// As [`positions`] asserts.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt,avx512f,avx512vl,avx512bw")]
unsafe fn wide(bytes: &[u8], value: u8, out: &mut [u16], mut len: usize) -> usize {
    use std::arch::x86_64::*;
    let mut at = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for group in bytes.as_chunks::<16>().0 {
        // SAFETY: 16 bytes.
        let group = unsafe { _mm_loadu_si128(group.as_ptr().cast()) };
        let found = _mm_cmpeq_epi8_mask(group, _mm_set1_epi8(value as i8));
        let packed = _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(found, at));
        // SAFETY: at most as many positions as bytes before this group have been appended, and there is room for 16 more.
        unsafe { _mm256_storeu_si256(out.as_mut_ptr().add(len).cast(), packed) };
        len += found.count_ones() as usize;
        at = _mm512_add_epi32(at, _mm512_set1_epi32(16));
    }
    len
}

/// 8 at a time.
fn narrow(bytes: &[u8], value: u8, out: &mut [u16], mut len: usize) -> usize {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let looked_for = u64::from_ne_bytes([value; 8]);
    for (k, word) in bytes.as_chunks::<8>().0.iter().enumerate() {
        let differing = u64::from_le_bytes(*word) ^ looked_for;
        // The highest bit of each byte that is 0: the sums do not carry over.
        let equal = !(((differing & LOW) + LOW) | differing | LOW);
        if equal == 0 {
            continue;
        }
        // Moves the bits side by side, and counts them.
        let set = equal.wrapping_mul(0x0002_0408_1020_4081) >> 56;
        let count = (equal >> 7).wrapping_mul(0x0101_0101_0101_0101) >> 56;
        let out: &mut [u16; 8] = out[len..].first_chunk_mut().expect("room for 8 more");
        *out = TABLE[set as usize].map(|at| at + (8 * k) as u16);
        len += count as usize;
    }
    len
}

/// Positions in 8 bytes, by the set of those that are found.
static TABLE: [[u16; 8]; 256] = table();

const fn table() -> [[u16; 8]; 256] {
    let mut table = [[0; 8]; 256];
    let mut set = 0;
    while set < 256 {
        let (mut found, mut at) = (0, 0);
        while at < 8 {
            if set >> at & 1 == 1 {
                table[set][found] = at as u16;
                found += 1;
            }
            at += 1;
        }
        set += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_positions_are_found_in_order() {
        for isa in Isa::available() {
            for len in [0, 16, 64, 512] {
                let bytes: Vec<u8> = (0..len as u32).map(|i| (i * i * 7 % 251 % 5) as u8 + 126).collect();
                let mut out = vec![0; len + 16 + 3];
                for value in 125..133 {
                    let expected = (0..len as u16).filter(|&i| bytes[usize::from(i)] == value);
                    let found = positions(isa, &bytes, value, &mut out, 3);
                    assert!(out[3..found].iter().copied().eq(expected), "{isa:?} {value}");
                }
            }
            let bytes = [0, 1, 255, 128, 0, 127, 1, 129, 254, 2, 0, 64, 16, 8, 3, 1];
            let mut out = [9; 32];
            assert_eq!((positions(isa, &bytes, 0, &mut out, 0), &out[..3]), (3, &[0, 4, 10][..]));
        }
    }
}
