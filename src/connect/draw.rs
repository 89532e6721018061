//! Draws the partners of one row: every pair with a probability, or a fixed number of them.

use rand_xoshiro::Xoshiro256PlusPlus;

use super::stream::{below, unit};

/// The neurons a row may be connected with: `0..size`, without `skip`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidates {
    pub size: u32,
    pub skip: Option<u32>,
}

impl Candidates {
    pub fn count(self) -> u32 {
        self.size - u32::from(self.skip.is_some())
    }
    /// Candidate number `x`, in ascending order of ids.
    pub fn get(self, x: u32) -> u32 {
        x + u32::from(self.skip.is_some_and(|skip| x >= skip))
    }
    pub fn all(self, out: &mut Vec<u32>) {
        out.extend((0..self.count()).map(|x| self.get(x)));
    }
}

/// Connects each candidate with probability `p`, independently. Jumps from one hit to the next: the number of misses
/// between them is geometric, floor(ln U / ln(1-p)), so the work goes with the hits alone.
pub(crate) fn bernoulli(candidates: Candidates, p: f64, rng: &mut Xoshiro256PlusPlus, out: &mut Vec<u32>) {
    if p <= 0.0 {
        return;
    }
    if p >= 1.0 {
        return candidates.all(out);
    }
    let scale = 1.0 / libm::log1p(-p);
    let count = f64::from(candidates.count());
    let mut next = 0.0;
    loop {
        // 1 - U lies in (0, 1], where the logarithm is finite. libm gives the same bits on every CPU.
        next += (libm::log(1.0 - unit(rng)) * scale).floor();
        if next >= count {
            return;
        }
        out.push(candidates.get(next as u32));
        next += 1.0;
    }
}

/// Which candidates a row has already; all false between rows.
#[derive(Debug, Default)]
pub(crate) struct Seen(Vec<u64>);

impl Seen {
    /// Marks `x`; false if it was marked before.
    fn insert(&mut self, x: u32) -> bool {
        let (word, bit) = (&mut self.0[x as usize / 64], 1 << (x % 64));
        let new = *word & bit == 0;
        *word |= bit;
        new
    }
    fn contains(&self, x: u32) -> bool {
        self.0[x as usize / 64] & (1 << (x % 64)) != 0
    }
}

/// Draws exactly `k` partners, each uniform: with `multapses` independently of one another, else as a uniform subset.
pub(crate) fn fixed(
    candidates: Candidates,
    k: u32,
    multapses: bool,
    rng: &mut Xoshiro256PlusPlus,
    seen: &mut Seen,
    out: &mut Vec<u32>,
) {
    let count = candidates.count();
    if multapses {
        assert!(k == 0 || count > 0, "{k} partners asked for where there are none to connect with");
        return out.extend((0..k).map(|_| candidates.get(below(rng, count))));
    }
    assert!(k <= count, "{k} different partners asked for among {count}");
    seen.0.resize(count.div_ceil(64) as usize, 0);
    // Redrawing what was drawn before is uniform over subsets; drawing the smaller side keeps it below two draws each.
    let drawn = k.min(count - k);
    let start = out.len();
    while out.len() - start < drawn as usize {
        let x = below(rng, count);
        if seen.insert(x) {
            out.push(x);
        }
    }
    if drawn < k {
        out.truncate(start);
        out.extend((0..count).filter(|&x| !seen.contains(x)));
        seen.0.fill(0);
    } else {
        out[start..].iter().for_each(|&x| seen.0[x as usize / 64] = 0);
    }
    out[start..].iter_mut().for_each(|x| *x = candidates.get(*x));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::stream::{Purpose, stream};

    const TEN: Candidates = Candidates { size: 10, skip: None };

    /// How often each of 10 candidates is drawn in `rows` rows.
    fn counts(rows: u64, mut row: impl FnMut(&mut Xoshiro256PlusPlus, &mut Vec<u32>)) -> [f64; 10] {
        let (mut counts, mut out) = ([0.0; 10], Vec::new());
        for k in 0..rows {
            out.clear();
            row(&mut stream(5, Purpose::Pairs, k), &mut out);
            out.iter().for_each(|&x| counts[x as usize] += 1.0);
        }
        counts
    }

    #[test]
    fn bernoulli_hits_every_candidate_with_p() {
        for p in [0.03, 0.5, 0.97] {
            let counts = counts(40_000, |rng, out| bernoulli(TEN, p, rng, out));
            let sd = (40_000.0 * p * (1.0 - p)).sqrt();
            for c in counts {
                assert!((c - 40_000.0 * p).abs() < 4.0 * sd, "{c} hits of 40000 at p = {p}");
            }
        }
    }

    #[test]
    fn bernoulli_at_its_limits() {
        let skip = Candidates { size: 4, skip: Some(2) };
        let mut out = Vec::new();
        bernoulli(skip, 0.0, &mut stream(1, Purpose::Pairs, 0), &mut out);
        bernoulli(skip, 1e-300, &mut stream(1, Purpose::Pairs, 0), &mut out);
        assert!(out.is_empty());
        bernoulli(skip, 1.0, &mut stream(1, Purpose::Pairs, 0), &mut out);
        assert_eq!(out, [0, 1, 3]);
    }

    #[test]
    fn fixed_draws_are_uniform_on_both_sides_of_one_half() {
        for (k, multapses) in [(3, false), (8, false), (3, true), (25, true)] {
            let mut seen = Seen::default();
            let counts = counts(20_000, |rng, out| {
                fixed(TEN, k, multapses, rng, &mut seen, out);
                assert_eq!(out.len(), k as usize);
                let distinct: std::collections::BTreeSet<_> = out.iter().collect();
                assert!(multapses || distinct.len() == out.len(), "{out:?} has the same partner twice");
            });
            let p = f64::from(k) / 10.0;
            for c in counts {
                assert!((c / 20_000.0 - p).abs() < 4.0 * (p / 20_000.0).sqrt(), "{c} of 20000 at p = {p}");
            }
        }
    }

    #[test]
    fn all_subsets_are_equally_likely() {
        let mut tally = std::collections::BTreeMap::new();
        let (mut seen, mut out) = (Seen::default(), Vec::new());
        for k in 0..30_000 {
            out.clear();
            let five = Candidates { size: 6, skip: Some(4) };
            fixed(five, 2, false, &mut stream(8, Purpose::Pairs, k), &mut seen, &mut out);
            out.sort_unstable();
            *tally.entry(out.clone()).or_insert(0.0) += 1.0;
        }
        assert_eq!(tally.len(), 10);
        let chi2: f64 = tally.values().map(|c: &f64| (c - 3000.0).powi(2) / 3000.0).sum();
        assert!(chi2 < 27.9, "chi-square {chi2} of 9 degrees of freedom (p = 0.001): {tally:?}");
    }
}
