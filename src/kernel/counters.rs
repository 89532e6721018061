//! How often each of 64 neurons is named, counted for some groups of neurons side by side.

use super::run::one_at_a_time;

/// Neurons of a group.
pub(super) const SHARED: usize = 64;
/// Names of 6 bits in 64.
pub(super) const NAMES: u64 = 10;
/// Names that can be counted: twice ten.
const DIGITS: usize = 5;
/// Digits that are mostly not all 0.
const COMMON: usize = 2;

/// Numbers in binary: bit n of `digits[d][g]` is digit d of the number of neuron n in group g. Each name is a word with one bit set, and
/// words are added bit by bit, in all groups by the same instructions. Counted in bytes, name by name, a number of mean 0.16 took 1.25 times as long.
pub(super) struct Counters<const GROUPS: usize> {
    digits: [[u64; GROUPS]; DIGITS],
}

impl<const GROUPS: usize> Counters<GROUPS> {
    pub const ZERO: Self = Self { digits: [[0; GROUPS]; DIGITS] };

    /// Counts up to ten names in each group, of those that are left. Returns how many are left then. To be called twice at most. Without a
    /// branch: nobody can foresee how many there are.
    #[inline(always)]
    pub fn count(&mut self, names: [u64; GROUPS], left: [u64; GROUPS]) -> [u64; GROUPS] {
        for k in (0..NAMES / 2).map(|pair| 2 * pair) {
            let mut carry = [0; GROUPS];
            for g in 0..GROUPS {
                let name = |k| u64::from(k < left[g]) << ((names[g] >> (6 * k)) % SHARED as u64);
                let (digit, one, other) = (self.digits[0][g], name(k), name(k + 1));
                self.digits[0][g] = digit ^ one ^ other;
                carry[g] = digit & one | digit & other | one & other;
            }
            for digits in &mut self.digits[1..] {
                for g in 0..GROUPS {
                    let both = digits[g] & carry[g];
                    digits[g] ^= carry[g];
                    carry[g] = both;
                }
            }
        }
        left.map(|left| left.saturating_sub(NAMES))
    }

    /// Writes the numbers of a group, eight at a time: of eight bits each gets a byte of its own.
    #[inline(always)]
    pub fn write(&self, group: usize, numbers: &mut [u8; SHARED]) {
        const EACH: u64 = 0x0101_0101_0101_0101;
        let mut bytes = [0u64; SHARED / 8];
        for (d, digits) in self.digits.iter().enumerate() {
            if d >= COMMON && digits[group] == 0 {
                continue;
            }
            // Else two digits are spread together, which takes shuffles.
            one_at_a_time();
            for (k, bytes) in bytes.iter_mut().enumerate() {
                let own = ((digits[group] >> (8 * k) & 0xff) * EACH) & 0x8040_2010_0804_0201;
                // 1 where any bit of a byte is set: that and 127 reaches the highest one.
                *bytes += ((own + 127 * EACH) >> 7 & EACH) << d;
            }
        }
        for (numbers, bytes) in numbers.as_chunks_mut().0.iter_mut().zip(bytes) {
            *numbers = bytes.to_le_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys::mix;
    use super::*;

    #[test]
    fn every_name_counts_once() {
        // Random names, few different ones, all the same.
        for (case, mask) in [u64::MAX, 0x0820_8208_2082_0820, 0].into_iter().enumerate() {
            for total in 0..=20 {
                let word = |half: u64, g: usize| mix(&[case as u64, total, half, g as u64]) & mask;
                let names = [0, 1].map(|half| std::array::from_fn(|g| word(half, g)));
                let mut counters = Counters::<3>::ZERO;
                // One group gets them all, one half of them, one none.
                let wanted = [total, total / 2, 0];
                let left = counters.count(names[0], wanted);
                let left = counters.count(names[1], left);
                assert_eq!(left, [0; 3]);
                for (g, total) in wanted.into_iter().enumerate() {
                    let mut expected = [0; SHARED];
                    let all = names.iter().flat_map(|half| (0..NAMES).map(move |k| half[g] >> (6 * k) & 63));
                    all.take(total as usize).for_each(|name| expected[name as usize] += 1);
                    let mut numbers = [7; SHARED];
                    counters.write(g, &mut numbers);
                    assert_eq!(numbers, expected, "case {case}, group {g} of {total}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_counted_is_left() {
        let mut counters = Counters::ZERO;
        assert_eq!(counters.count([1, 2, 3], [9, 10, 31]), [0, 0, 21]);
    }
}
