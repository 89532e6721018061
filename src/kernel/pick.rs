//! Some of many values side by side, and back again.

#[cfg(target_arch = "x86_64")]
mod half;
#[cfg(target_arch = "x86_64")]
mod wide;

use super::{isa::Isa, program::LANES, real::Word};

/// So many values are not worth a call of wide instructions.
const FEW: usize = 4;

/// The stamp of each number.
#[derive(Clone, Copy, Debug)]
pub enum Stamps<'a> {
    /// Side by side.
    Table(&'a [i32]),
    /// In a ring for each number: see [`Rings`].
    Rings(Rings<'a>),
}

/// So many stamps of each number, of which the next one takes the place of the oldest.
#[derive(Clone, Copy, Debug)]
pub struct Rings<'a> {
    /// How many each number has had so far.
    pub count: &'a [u32],
    /// 2^shift places for each number.
    pub stamps: &'a [i32],
    /// See there.
    pub shift: u32,
    /// How many are later than that looked up.
    pub age: u32,
}

impl Rings<'_> {
    /// Where the stamp of a number is.
    #[inline(always)]
    pub fn place(self, number: usize) -> usize {
        let turn = self.count[number].wrapping_sub(self.age + 1) as usize;
        number << self.shift | turn & ((1 << self.shift) - 1)
    }
}

impl Stamps<'_> {
    #[inline(always)]
    fn of(self, number: u16) -> i32 {
        match self {
            Stamps::Table(table) => table[usize::from(number)],
            Stamps::Rings(rings) => rings.stamps[rings.place(number.into())],
        }
    }
}

/// What stamps are to be later than.
#[derive(Clone, Copy, Debug)]
pub enum Than<'a> {
    /// The same for all.
    One(i32),
    /// The number of each one's row, and a stamp for each row.
    Rows(&'a [u16], &'a [i32; LANES]),
}

/// Where what is chosen goes.
pub struct Room<'a> {
    /// Numbers.
    pub numbers: &'a mut [u16],
    /// Stamps.
    pub stamps: &'a mut [i32],
    /// Rows; not used where there are none.
    pub rows: &'a mut [u16],
}

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

    /// Chooses those of some numbers whose stamps are later, and puts these numbers, their stamps, and the numbers of their rows, if they have
    /// any, side by side; up to 16 behind them are overwritten. As looking up, choosing and [`Chosen::compress`] for each, without what these
    /// leave in memory.
    ///
    /// # Safety
    /// Every number must have a stamp.
    ///
    /// # Panics
    /// If there is no memory for so many, not as many rows, or no room for all of them and 16 more.
    #[inline]
    pub unsafe fn later_of(&mut self, isa: Isa, stamps: Stamps, of: &[u16], than: Than, to: Room) {
        let masks = &mut self.masks[..of.len().div_ceil(LANES)];
        let mut room = to.numbers.len().min(to.stamps.len());
        if let Than::Rows(rows, _) = than {
            assert!(rows.len() == of.len(), "{} numbers, {} rows", of.len(), rows.len());
            room = room.min(to.rows.len());
        }
        assert!(of.len() + LANES <= room, "{} numbers, room for {room}", of.len());
        self.many = of.len();
        // SAFETY: see above; this machine has the instructions, and there are enough masks, rows and room.
        self.count = unsafe {
            match (isa, stamps, than) {
                #[cfg(target_arch = "x86_64")]
                (Isa::Avx512(_), Stamps::Table(_), Than::One(_)) if of.len() > FEW => {
                    wide::later_of::<false, false>(stamps, of, than, masks, to)
                }
                #[cfg(target_arch = "x86_64")]
                (Isa::Avx512(_), Stamps::Table(_), Than::Rows(..)) if of.len() > FEW => {
                    wide::later_of::<false, true>(stamps, of, than, masks, to)
                }
                #[cfg(target_arch = "x86_64")]
                (Isa::Avx512(_), Stamps::Rings(_), Than::One(_)) if of.len() > FEW => {
                    wide::later_of::<true, false>(stamps, of, than, masks, to)
                }
                #[cfg(target_arch = "x86_64")]
                (Isa::Avx512(_), Stamps::Rings(_), Than::Rows(..)) if of.len() > FEW => {
                    wide::later_of::<true, true>(stamps, of, than, masks, to)
                }
                #[cfg(target_arch = "x86_64")]
                (Isa::Avx2(_), Stamps::Table(table), Than::One(than)) if of.len() > FEW => {
                    half::later_of(table, of, than, masks, (to.numbers, to.stamps))
                }
                (_, _, Than::One(than)) => {
                    let late = |_, stamp| stamp > than;
                    one_by_one::later_of(|number| stamps.of(number), of, late, masks, (to.numbers, to.stamps))
                }
                (_, _, Than::Rows(rows, than)) => {
                    let late = |i: usize, stamp| stamp > than[usize::from(rows[i]) % LANES];
                    let to_both = (to.numbers, to.stamps);
                    let count = one_by_one::later_of(|number| stamps.of(number), of, late, masks, to_both);
                    one_by_one::compress(masks, rows, to.rows);
                    count
                }
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

    /// Those whose stamps are `late`, by place and stamp. Returns how many are chosen.
    #[inline(always)]
    pub fn later_of(
        stamp: impl Fn(u16) -> i32,
        of: &[u16],
        late: impl Fn(usize, i32) -> bool,
        masks: &mut [u16],
        to: (&mut [u16], &mut [i32]),
    ) -> usize {
        let mut count = 0;
        for ((of, mask), at) in of.chunks(LANES).zip(masks).zip((0..).step_by(LANES)) {
            *mask = 0;
            for (l, &number) in of.iter().enumerate() {
                let stamp = stamp(number);
                let late = late(at + l, stamp);
                (to.0[count], to.1[count]) = (number, stamp);
                *mask |= u16::from(late) << l;
                count += usize::from(late);
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

    fn chosen(isa: Isa, stamps: &[i32], than: i32) -> Chosen {
        let len = stamps.len();
        let (mut chosen, numbers) = (Chosen::with_room(len), (0..len as u16).collect::<Vec<_>>());
        let (mut own, mut kept) = (vec![0; len + LANES], vec![0; len + LANES]);
        let to = Room { numbers: &mut own, stamps: &mut kept, rows: &mut [] };
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
    fn numbers_are_chosen_by_their_stamps() {
        let table = stamps(500);
        // Rings of four, in which the same stamps are the last but two.
        let count: Vec<u32> = (0..500).map(|number| number * 7 % 11).collect();
        let mut rings = Rings { count: &count, stamps: &[], shift: 2, age: 2 };
        let mut own = vec![77; 2000];
        (0..500).for_each(|number| own[rings.place(number)] = table[number]);
        rings.stamps = &own;
        // Close together, far apart, backwards, at the end of the table; whole groups and some more.
        for (stride, last) in [(1, 499), (2, 300), (30, 499), (1, 40)] {
            for len in [0, 3, 15, 16, 17, 200] {
                let ascending: Vec<u16> = (0..len).map(|i| (last - (len - i) * stride / 2 % last) as u16).collect();
                let descending: Vec<u16> = ascending.iter().rev().copied().collect();
                let rows: Vec<u16> = (0..len).map(|i| (i * i % 16) as u16).collect();
                let each = std::array::from_fn(|row| row as i32 % 5 - 2);
                for of in [&ascending, &descending] {
                    for than in [Than::One(0), Than::One(-9), Than::One(99), Than::Rows(&rows, &each)] {
                        for isa in Isa::available() {
                            check_choice(isa, Stamps::Table(&table), &table, of, than);
                            check_choice(isa, Stamps::Rings(rings), &table, of, than);
                        }
                    }
                }
            }
        }
    }

    fn check_choice(isa: Isa, stamps: Stamps, table: &[i32], of: &[u16], than: Than) {
        let len = of.len();
        let late = |&i: &usize| {
            let limit = match than {
                Than::One(than) => than,
                Than::Rows(rows, than) => than[usize::from(rows[i])],
            };
            table[usize::from(of[i])] > limit
        };
        let expected: Vec<usize> = (0..len).filter(late).collect();
        let mut chosen = Chosen::with_room(len);
        let (mut numbers, mut own, mut kept) = (vec![0; len + LANES], vec![0; len + LANES], vec![0; len + LANES]);
        let to = Room { numbers: &mut numbers, stamps: &mut own, rows: &mut kept };
        // SAFETY: numbers are at most 499.
        unsafe { chosen.later_of(isa, stamps, of, than, to) };
        assert_eq!(chosen.count(), expected.len(), "{isa:?} {len} {than:?}");
        for (k, &i) in expected.iter().enumerate() {
            assert_eq!((numbers[k], own[k]), (of[i], table[usize::from(of[i])]), "{isa:?} {len} {than:?}");
            assert!(matches!(than, Than::Rows(rows, _) if kept[k] == rows[i]) || matches!(than, Than::One(_)));
            assert!(chosen.masks[i / LANES] >> (i % LANES) & 1 == 1);
        }
    }

    #[test]
    #[should_panic(expected = "room for")]
    fn room_for_sixteen_more_is_asked_for() {
        let late = chosen(Isa::Baseline, &[1, 1, 0], 0);
        late.compress(Isa::Baseline, &[1.0; 3], &mut [0.0; 17]);
    }
}
