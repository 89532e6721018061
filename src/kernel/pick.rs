//! Some of many values side by side, and back again.

#[cfg(target_arch = "x86_64")]
mod half;
#[cfg(target_arch = "x86_64")]
mod wide;

use super::{isa::Isa, program::LANES, real::Word};

/// So many values are not worth a call of wide instructions.
const FEW: usize = 4;

/// Which of many values are chosen.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// A mask for each 16 values, its lowest bit for the first; none beyond the last one.
    masks: Vec<u16>,
    /// How many there are to choose from.
    many: usize,
    /// How many are chosen: so many bits are set.
    count: usize,
}

impl Chosen {
    /// None of none, with memory for `many`.
    pub fn with_room(many: usize) -> Self {
        Self { masks: vec![0; many.div_ceil(LANES)], many: 0, count: 0 }
    }

    /// How many are chosen.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Chooses those stamps that are later than one.
    ///
    /// # Panics
    /// If there is no memory for so many.
    #[inline]
    pub fn later(&mut self, isa: Isa, stamps: &[i32], than: i32) {
        let masks = &mut self.masks[..stamps.len().div_ceil(LANES)];
        self.many = stamps.len();
        #[cfg(target_arch = "x86_64")]
        if matches!(isa, Isa::Avx512(_)) && stamps.len() > FEW {
            // SAFETY: this machine has the instructions, and there are enough masks.
            self.count = unsafe { wide::later(stamps, than, masks) };
            return;
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = isa;
        self.count = 0;
        for (stamps, mask) in stamps.chunks(LANES).zip(masks) {
            *mask = stamps.iter().enumerate().fold(0, |mask, (l, &stamp)| mask | u16::from(stamp > than) << l);
            self.count += mask.count_ones() as usize;
        }
    }

    /// Chooses those of some numbers for which a table has a stamp later than one, and puts these numbers and their stamps side by side; up
    /// to 16 behind them are overwritten. As looking up, choosing and twice [`Chosen::compress`], without what these leave in memory.
    ///
    /// # Safety
    /// Every number must be below `table.len()`.
    ///
    /// # Panics
    /// If there is no memory for so many, or no room for all of them and 16 more.
    #[inline]
    pub unsafe fn later_of(&mut self, isa: Isa, table: &[i32], of: &[u16], than: i32, to: (&mut [u16], &mut [i32])) {
        let (masks, room) = (&mut self.masks[..of.len().div_ceil(LANES)], to.0.len().min(to.1.len()));
        assert!(of.len() + LANES <= room, "{} numbers, room for {room}", of.len());
        self.many = of.len();
        // SAFETY: see above; this machine has the instructions, and there are enough masks and room.
        self.count = unsafe {
            match isa {
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512(_) if of.len() > FEW => wide::later_of(table, of, than, masks, to),
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2(_) if of.len() > FEW => half::later_of(table, of, than, masks, to),
                _ => one_by_one::later_of(table, of, than, masks, to),
            }
        };
    }

    /// Puts the values that are chosen side by side; up to 16 values behind them are overwritten.
    ///
    /// # Panics
    /// If there are not as many values as to choose from, or no room for those chosen and 16 more.
    #[inline]
    pub fn compress<T: Word>(&self, isa: Isa, from: &[T], to: &mut [T]) {
        self.check(from.len(), to.len());
        match isa {
            // SAFETY: this machine has the instructions, and there are enough masks and room.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512(_) if from.len() > FEW => unsafe { wide::compress(&self.masks, from, to) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2(_) if from.len() > FEW && size_of::<T>() >= 4 => unsafe { half::compress(&self.masks, from, to) },
            _ => one_by_one::compress(&self.masks, from, to),
        }
    }

    /// Puts values that lie side by side back where [`Chosen::compress`] took them from; the others remain. `from` is as long as `to` was
    /// there.
    ///
    /// # Panics
    /// As [`Chosen::compress`].
    #[inline]
    pub fn expand<T: Word>(&self, isa: Isa, from: &[T], to: &mut [T]) {
        self.check(to.len(), from.len());
        match isa {
            // SAFETY: this machine has the instructions, there are enough masks, and `from` is long enough.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512(_) if to.len() > FEW && size_of::<T>() >= 4 => unsafe { wide::expand(&self.masks, from, to) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2(_) if to.len() > FEW && size_of::<T>() >= 4 => unsafe { half::expand(&self.masks, from, to) },
            _ => one_by_one::expand(&self.masks, from, to),
        }
    }

    #[inline]
    fn check(&self, many: usize, room: usize) {
        assert!(many == self.many, "{many} values to choose from, {} before", self.many);
        assert!(self.count + LANES <= room, "{} of {many} values, room for {room}", self.count);
    }
}

/// What every machine can do, and what is left of whole groups.
mod one_by_one {
    use super::{LANES, Word};

    /// Returns how many are chosen.
    ///
    /// # Safety
    /// Every number must be below `table.len()`.
    #[inline(always)]
    pub unsafe fn later_of(
        table: &[i32],
        of: &[u16],
        than: i32,
        masks: &mut [u16],
        to: (&mut [u16], &mut [i32]),
    ) -> usize {
        let mut count = 0;
        for (of, mask) in of.chunks(LANES).zip(masks) {
            *mask = 0;
            for (l, &number) in of.iter().enumerate() {
                // SAFETY: see above.
                let stamp = unsafe { *table.get_unchecked(usize::from(number)) };
                (to.0[count], to.1[count]) = (number, stamp);
                *mask |= u16::from(stamp > than) << l;
                count += usize::from(stamp > than);
            }
        }
        count
    }

    #[inline(always)]
    pub fn compress<T: Word>(masks: &[u16], from: &[T], to: &mut [T]) {
        let mut at = 0;
        for (from, &mask) in from.chunks(LANES).zip(masks) {
            for (l, &value) in from.iter().enumerate() {
                to[at] = value;
                at += usize::from(mask >> l & 1);
            }
        }
    }

    #[inline(always)]
    pub fn expand<T: Word>(masks: &[u16], from: &[T], to: &mut [T]) {
        let mut at = 0;
        for (to, &mask) in to.chunks_mut(LANES).zip(masks) {
            for (l, value) in to.iter_mut().enumerate() {
                let chosen = mask >> l & 1 == 1;
                *value = if chosen { from[at] } else { *value };
                at += usize::from(chosen);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Masks of every kind: none, all, some.
    fn stamps(len: usize) -> Vec<i32> {
        (0..len as i32).map(|i| if i / 16 % 4 == 1 { 0 } else { (i * i * 7 + i) % 5 - 2 + i / 100 }).collect()
    }

    fn check<T: Word + PartialEq + std::fmt::Debug>(value: impl Fn(usize) -> T) {
        for len in [0, 1, 15, 16, 17, 64, 100, 333] {
            let (stamps, all) = (stamps(len), (0..len).map(&value).collect::<Vec<T>>());
            for isa in Isa::available() {
                for than in [-9, 0, 1, 9] {
                    let mut late = Chosen::with_room(340);
                    late.later(isa, &stamps, than);
                    let chosen: Vec<usize> = (0..len).filter(|&i| stamps[i] > than).collect();
                    assert_eq!(late.count(), chosen.len());
                    let mut some = vec![value(999); chosen.len() + LANES];
                    late.compress(isa, &all, &mut some);
                    assert!(some.iter().zip(&chosen).all(|(s, &i)| *s == all[i]), "{isa:?} {len} {than}");
                    // What was chosen changes, nothing else does.
                    let changed: Vec<T> = (0..some.len()).map(|j| value(j + 500)).collect();
                    let mut back = all.clone();
                    late.expand(isa, &changed, &mut back);
                    let mut expected = all.clone();
                    chosen.iter().zip(&changed).for_each(|(&i, &new)| expected[i] = new);
                    assert_eq!(back, expected, "{isa:?} {len} {than}");
                }
            }
        }
    }

    #[test]
    fn the_chosen_come_side_by_side_and_go_back() {
        check(|i| i as f32 + 0.5);
        check(|i| i as f64 + 0.5);
        check(|i| i as i32 - 9);
        check(|i| i as u16);
    }

    #[test]
    fn numbers_are_chosen_by_their_stamps() {
        let table = stamps(500);
        // Close together, far apart, backwards, at the end of the table; whole groups and some more.
        for (stride, last) in [(1, 499), (2, 300), (30, 499), (1, 40)] {
            for len in [0, 3, 15, 16, 17, 200] {
                let ascending: Vec<u16> = (0..len).map(|i| (last - (len - i) * stride / 2 % last) as u16).collect();
                let descending: Vec<u16> = ascending.iter().rev().copied().collect();
                for (of, than) in [(&ascending, 0), (&descending, 0), (&ascending, -9), (&ascending, 99)] {
                    let stamps: Vec<i32> = of.iter().map(|&number| table[usize::from(number)]).collect();
                    for isa in Isa::available() {
                        let [mut one, mut other] = [0, 1].map(|_| Chosen::with_room(len));
                        let [mut numbers, mut same] = [0, 1].map(|_| vec![0; len + LANES]);
                        let [mut own, mut looked] = [0, 1].map(|_| vec![0; len + LANES]);
                        other.later(isa, &stamps, than);
                        other.compress(isa, of, &mut same);
                        other.compress(isa, &stamps, &mut looked);
                        // SAFETY: numbers are at most 499.
                        unsafe { one.later_of(isa, &table, of, than, (&mut numbers, &mut own)) };
                        assert_eq!((one.count(), &one.masks), (other.count(), &other.masks), "{isa:?} {len} {than}");
                        let count = one.count();
                        assert_eq!((&numbers[..count], &own[..count]), (&same[..count], &looked[..count]));
                    }
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "room for")]
    fn room_for_sixteen_more_is_asked_for() {
        let mut late = Chosen::with_room(16);
        late.later(Isa::Baseline, &[1, 1, 0], 0);
        late.compress(Isa::Baseline, &[1.0; 3], &mut [0.0; 17]);
    }
}
