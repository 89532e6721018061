//! Some of many values side by side, and back again.

#[cfg(target_arch = "x86_64")]
mod half;
mod later;
#[cfg(target_arch = "x86_64")]
mod short;
#[cfg(target_arch = "x86_64")]
mod wide;

pub use later::{Rings, Room, SideBySide, Stamps, Than};

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
    pub fn stamps(len: usize) -> Vec<i32> {
        (0..len as i32).map(|i| if i / 16 % 4 == 1 { 0 } else { (i * i * 7 + i) % 5 - 2 + i / 100 }).collect()
    }

    /// Stamps as steps since an origin.
    pub fn steps(stamps: &[i32], origin: i32) -> Vec<u16> {
        let steps = stamps.iter().map(|stamp| (stamp - origin).max(0) as u16);
        steps.chain([7; SideBySide::BEYOND]).collect()
    }

    fn chosen(isa: Isa, stamps: &[i32], than: i32) -> Chosen {
        let len = stamps.len();
        let (mut chosen, numbers) = (Chosen::with_room(len), (0..len as u16).collect::<Vec<_>>());
        let (mut own, mut kept) = (vec![0; len + LANES], vec![0; len + LANES]);
        let to = Room { numbers: &mut own, stamps: &mut kept, rows: &mut [] };
        let stamps = SideBySide { stamps, steps: &steps(stamps, -9), origin: -9 };
        // SAFETY: there are as many stamps as numbers.
        unsafe { chosen.later_of(isa, Stamps::Table(stamps), &numbers, Than::One(than), to) };
        chosen
    }

    fn check<T: Word + PartialEq + std::fmt::Debug>(value: impl Fn(usize) -> T) {
        for len in [0, 1, 15, 16, 17, 64, 100, 333] {
            let (stamps, all) = (stamps(len), (0..len).map(&value).collect::<Vec<T>>());
            for isa in Isa::available() {
                for than in [-9, 0, 1, 9] {
                    let late = chosen(isa, &stamps, than);
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
    #[should_panic(expected = "room for")]
    fn room_for_sixteen_more_is_asked_for() {
        let late = chosen(Isa::Baseline, &[1, 1, 0], 0);
        late.compress(Isa::Baseline, &[1.0; 3], &mut [0.0; 17]);
    }
}
