//! Puts big arrays on huge pages, where the system has them: fewer waits for address translation.

#[cfg(target_os = "linux")]
use std::mem::MaybeUninit;

/// A vector of `len` defaults, which are zeros; on Linux its memory is asked to be in pages of 2 MiB, before anything touches it.
pub(crate) fn zeros<T: Copy + Default>(len: usize) -> Vec<T> {
    let mut vec = Vec::with_capacity(len);
    #[cfg(target_os = "linux")]
    advise(vec.spare_capacity_mut());
    vec.resize(len, T::default());
    vec
}

#[cfg(target_os = "linux")]
fn advise<T>(slice: &mut [MaybeUninit<T>]) {
    const PAGE: usize = 2 << 20;
    let range = slice.as_ptr_range();
    let (first, last) = ((range.start as usize).next_multiple_of(PAGE), range.end as usize / PAGE * PAGE);
    if first < last {
        // SAFETY: whole pages inside of memory that the slice owns; the advice changes no contents. A refusal is no harm.
        unsafe { libc::madvise(first as *mut libc::c_void, last - first, libc::MADV_HUGEPAGE) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_of_all_lengths_are_zeros() {
        for len in [0, 1, 1000, (5 << 20) + 3] {
            let mut x = zeros::<u16>(len);
            assert!(x.len() == len && x.iter().all(|&x| x == 0));
            x.fill(7);
            assert!(x.iter().all(|&x| x == 7));
        }
    }
}
