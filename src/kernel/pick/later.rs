//! Numbers chosen by their stamps.

use super::{Chosen, FEW, one_by_one::compress};
#[cfg(target_arch = "x86_64")]
use super::{half, short, wide};
use crate::kernel::{isa::Isa, program::LANES};

/// The stamp of each number.
#[derive(Clone, Copy, Debug)]
pub enum Stamps<'a> {
    /// Side by side.
    Table(SideBySide<'a>),
    /// In a ring for each number: see [`Rings`].
    Rings(Rings<'a>),
}

/// Stamps side by side.
#[derive(Clone, Copy, Debug)]
pub struct SideBySide<'a> {
    /// One for each number.
    pub stamps: &'a [i32],
    /// The same as steps since `origin`, 0 of those before it; behind them [`SideBySide::BEYOND`] of no meaning. None if they are not counted.
    pub steps: &'a [u16],
    /// No stamp is 2^16 steps later.
    pub origin: i32,
}

impl SideBySide<'_> {
    /// Steps that are read beyond the last one.
    pub const BEYOND: usize = 128;

    /// Whether steps say which stamps are later.
    #[inline(always)]
    fn reaches(&self, than: i32) -> bool {
        !self.steps.is_empty() && than >= self.origin
    }
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
            Stamps::Table(table) => table.stamps[usize::from(number)],
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

impl Chosen {
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
        self.count = match (isa, stamps, than) {
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx512(found), Stamps::Table(table), Than::One(than))
                if found.has_vbmi2() && of.len() >= short::GROUP && table.reaches(than) =>
            {
                let steps = table.steps.len();
                assert!(table.stamps.len() + SideBySide::BEYOND <= steps, "{steps} steps");
                // SAFETY: see above; this machine has the instructions, and there are enough masks, steps and room.
                unsafe { short::later_of(table, of, than, masks, to) }
            }
            // SAFETY: likewise, and there are enough rows.
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx512(_), ..) if of.len() > FEW => unsafe { wide::later_of(stamps, of, than, masks, to) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            (Isa::Avx2(_), Stamps::Table(table), Than::One(than)) if of.len() > FEW => unsafe {
                half::later_of(table.stamps, of, than, masks, (to.numbers, to.stamps))
            },
            (_, _, Than::One(than)) => {
                let late = |_, stamp| stamp > than;
                one_by_one(|number| stamps.of(number), of, late, masks, (to.numbers, to.stamps))
            }
            (_, _, Than::Rows(rows, than)) => {
                let late = |i: usize, stamp| stamp > than[usize::from(rows[i]) % LANES];
                let count = one_by_one(|number| stamps.of(number), of, late, masks, (to.numbers, to.stamps));
                compress(masks, rows, to.rows);
                count
            }
        };
    }
}

/// Those whose stamps are `late`, by place and stamp. Returns how many are chosen.
#[inline(always)]
pub(super) fn one_by_one(
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::pick::tests::{stamps, steps};

    #[test]
    fn numbers_are_chosen_by_their_stamps() {
        let table = stamps(500);
        // Rings of four, in which the same stamps are the last but two.
        let count: Vec<u32> = (0..500).map(|number| number * 7 % 11).collect();
        let mut rings = Rings { count: &count, stamps: &[], shift: 2, age: 2 };
        let mut own = vec![77; 2000];
        (0..500).for_each(|number| own[rings.place(number)] = table[number]);
        rings.stamps = &own;
        // Before all stamps, among them, and so late that steps say nothing of what is looked for.
        let steps = [-20, 0, 1000].map(|origin| (origin, steps(&table, origin)));
        let tables =
            steps.iter().map(|(origin, steps)| Stamps::Table(SideBySide { stamps: &table, steps, origin: *origin }));
        let all: Vec<Stamps> = tables.chain([Stamps::Rings(rings)]).collect();
        // Close together, half of them, far apart, backwards, at the end of the table; whole groups and some more.
        for (stride, last) in [(1, 499), (2, 300), (8, 499), (13, 499), (30, 499), (1, 40)] {
            for len in [0, 3, 15, 16, 17, 31, 32, 33, 200] {
                let ascending: Vec<u16> = (0..len).map(|i| (last - (len - i) * stride / 2 % last) as u16).collect();
                let descending: Vec<u16> = ascending.iter().rev().copied().collect();
                let rows: Vec<u16> = (0..len).map(|i| (i * i % 16) as u16).collect();
                let each = std::array::from_fn(|row| row as i32 % 5 - 2);
                for of in [&ascending, &descending] {
                    for than in [Than::One(0), Than::One(1), Than::One(-9), Than::One(99), Than::Rows(&rows, &each)] {
                        for (isa, stamps) in
                            Isa::available().into_iter().flat_map(|isa| all.iter().map(move |s| (isa, s)))
                        {
                            check_choice(isa, *stamps, &table, of, than);
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
        let mut masks = vec![0u16; len.div_ceil(LANES)];
        expected.iter().for_each(|i| masks[i / LANES] |= 1 << (i % LANES));
        assert_eq!((chosen.count(), &chosen.masks), (expected.len(), &masks), "{isa:?} {len} {than:?}");
        for (k, &i) in expected.iter().enumerate() {
            assert_eq!((numbers[k], own[k]), (of[i], table[usize::from(of[i])]), "{isa:?} {len} {than:?}");
            assert!(matches!(than, Than::Rows(rows, _) if kept[k] == rows[i]) || matches!(than, Than::One(_)));
        }
    }
}
