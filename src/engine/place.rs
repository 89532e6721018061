//! Counts and writes at random places of arrays that do not fit the cache: each place is asked for some synapses before it is
//! used, so that the waits overlap.

use super::{huge, synapses::prefetch};

/// How many synapses lie between asking for a place and using it.
const AHEAD: usize = 32;

/// What goes in comes out [`AHEAD`] items later.
struct Later<T> {
    items: [Option<T>; AHEAD],
    next: usize,
}

impl<T: Copy> Later<T> {
    fn new() -> Self {
        Self { items: [None; AHEAD], next: 0 }
    }
    #[inline(always)]
    fn pass(&mut self, item: Option<T>) -> Option<T> {
        self.next = (self.next + 1) % AHEAD;
        std::mem::replace(&mut self.items[self.next], item)
    }
}

/// Counts how often each entry is named.
pub struct Count {
    counts: Vec<u32>,
    asked: Later<usize>,
}

impl Count {
    pub fn new(entries: usize) -> Self {
        Self { counts: huge::zeros(entries), asked: Later::new() }
    }
    #[inline(always)]
    pub fn add(&mut self, entry: usize) {
        prefetch(&self.counts, entry);
        let due = self.asked.pass(Some(entry));
        self.count(due);
    }
    #[inline(always)]
    fn count(&mut self, entry: Option<usize>) {
        if let Some(entry) = entry {
            let count = &mut self.counts[entry];
            *count = count.checked_add(1).expect("a row has less than 2^32 synapses");
        }
    }
    pub fn finish(mut self) -> Vec<u32> {
        for _ in 0..AHEAD {
            let due = self.asked.pass(None);
            self.count(due);
        }
        self.counts
    }
}

/// Puts items into rows, each behind the last one of its entry.
pub struct Place<'a, T> {
    /// Where in its row the next item of each entry goes.
    cursors: &'a mut [u32],
    rows: &'a [u64],
    items: Vec<T>,
    cursor_asked: Later<(usize, usize, T)>,
    item_asked: Later<(usize, T)>,
}

impl<'a, T: Copy + Default> Place<'a, T> {
    /// `rows` says where each row begins and the last one ends.
    pub fn new(cursors: &'a mut [u32], rows: &'a [u64]) -> Self {
        let len = usize::try_from(rows[rows.len() - 1]).expect("synapses fit the address space");
        let (cursor_asked, item_asked) = (Later::new(), Later::new());
        Self { cursors, rows, items: huge::zeros(len), cursor_asked, item_asked }
    }
    #[inline(always)]
    pub fn put(&mut self, row: usize, entry: usize, item: T) {
        prefetch(self.cursors, entry);
        let due = self.cursor_asked.pass(Some((row, entry, item)));
        self.take_place(due);
    }
    #[inline(always)]
    fn take_place(&mut self, due: Option<(usize, usize, T)>) {
        let place = due.map(|(row, entry, item)| {
            let cursor = &mut self.cursors[entry];
            let at = self.rows[row] as usize + *cursor as usize;
            *cursor += 1;
            prefetch(&self.items, at);
            (at, item)
        });
        if let Some((at, item)) = self.item_asked.pass(place) {
            self.items[at] = item;
        }
    }
    pub fn finish(mut self) -> Vec<T> {
        for _ in 0..2 * AHEAD {
            let due = self.cursor_asked.pass(None);
            self.take_place(due);
        }
        self.items
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_finds_its_place_in_order() {
        for len in [0, 1, AHEAD, 3 * AHEAD + 5, 5000] {
            let entry = |n: usize| (n * n) % 7;
            let mut count = Count::new(7);
            (0..len).for_each(|n| count.add(entry(n)));
            let counts = count.finish();
            let sorted = |row| (0..len).filter(move |&n| entry(n) == row);
            assert!((0..7).all(|row| counts[row] as usize == sorted(row).count()));
            let mut rows = vec![0];
            counts.iter().for_each(|c| rows.push(rows[rows.len() - 1] + u64::from(*c)));
            let mut cursors = [0; 7];
            let mut place = Place::new(&mut cursors, &rows);
            (0..len).for_each(|n| place.put(entry(n), entry(n), n as u32));
            let expected: Vec<u32> = (0..7).flat_map(sorted).map(|n| n as u32).collect();
            assert_eq!(place.finish(), expected);
        }
    }
}
