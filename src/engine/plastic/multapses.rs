//! Multapses that cannot differ are kept once: synapses of one pair of neurons with one delay that begin alike see the same spikes, and stay
//! alike to the last bit.

use super::visit::range;
use crate::engine::huge;

/// Synapses of which some stand for several.
#[derive(Debug)]
pub struct Kept {
    /// Where each row begins and the last one ends.
    pub rows: Vec<u64>,
    /// Where in its row each delay begins, and the last one ends.
    pub groups: Vec<u32>,
    /// Target of each.
    pub targets: Vec<u16>,
    /// How many synapses each stands for.
    pub times: Vec<u8>,
    /// How many synapses each row and delay has.
    pub many: Vec<u32>,
}

/// Keeps the same targets of a row with one of `delays`, which must ascend, once; none if there are no such.
pub fn keep_once(rows: &[u64], groups: &[u32], delays: usize, targets: &[u16]) -> Option<Kept> {
    let number = rows.len() - 1;
    let of = |row: usize, group: usize| &targets[range(rows, groups, delays, row, group)];
    let all = (0..number).flat_map(|row| (0..delays).map(move |group| (row, group)));
    let len: usize = all.map(|(row, group)| runs(of(row, group)).count()).sum();
    if len == targets.len() {
        return None;
    }
    let mut kept = Kept {
        rows: Vec::with_capacity(rows.len()),
        groups: Vec::with_capacity(groups.len()),
        targets: huge::zeros(len),
        times: huge::zeros(len),
        many: Vec::with_capacity(number * delays),
    };
    let mut at = 0;
    for row in 0..number {
        let begin = at;
        kept.rows.push(begin as u64);
        kept.groups.push(0);
        for group in 0..delays {
            for (target, times) in runs(of(row, group)) {
                (kept.targets[at], kept.times[at]) = (target, times);
                at += 1;
            }
            kept.groups.push((at - begin) as u32);
            kept.many.push(of(row, group).len() as u32);
        }
    }
    kept.rows.push(at as u64);
    Some(kept)
}

/// Each target, and how often it follows itself; anew where that is more than 8 bits hold.
fn runs(targets: &[u16]) -> impl Iterator<Item = (u16, u8)> {
    targets.chunk_by(|a, b| a == b).flat_map(|run| run.chunks(u8::MAX.into()).map(|run| (run[0], run.len() as u8)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_targets_are_kept_once() {
        let many = [7; 300];
        // Two delays; a row without any, and one without the second. The 4 is there with both.
        let targets = [&[1, 1, 4, 4, 5, 5, 5][..], &many].concat();
        let kept =
            keep_once(&[0, 7, 7, 307], &[0, 3, 7, 0, 0, 0, 0, 300, 300], 2, &targets).expect("some are the same");
        assert_eq!(kept.targets, [1, 4, 4, 5, 7, 7]);
        assert_eq!(kept.times, [2, 1, 1, 3, 255, 45]);
        assert_eq!(kept.many, [3, 4, 0, 0, 300, 0]);
        assert_eq!((kept.rows, kept.groups), (vec![0, 4, 4, 6], vec![0, 2, 4, 0, 0, 0, 0, 2, 2]));
        assert!(keep_once(&[0, 2, 4], &[0, 1, 2, 0, 2, 2], 2, &[3, 3, 1, 3]).is_none(), "one of each with each delay");
    }
}
