//! Exponential decay over whole numbers of steps, without an exponential for each.

#[cfg(target_arch = "x86_64")]
mod half;
#[cfg(target_arch = "x86_64")]
mod wide;

use super::{isa::Isa, program::LANES, real::Real};

/// Digits for which there are tables, and as many as most numbers of steps have.
const DIGITS: usize = 5;
const MOSTLY: usize = 3;

/// Traces that are looked up by row and decay together: small enough for the stack.
const FEW: usize = 64;

/// The decay of a trace: what is left of it after n steps is a product of factors, one for each digit of n in base 16. A table of them
/// fits a register or two.
#[derive(Clone, Debug)]
pub struct Fade<T> {
    /// Rate of the decay a step.
    rate: f64,
    factors: [[T; 16]; DIGITS],
}

/// A trace that jumps.
#[derive(Clone, Copy, Debug, Default)]
pub struct Jump<T> {
    /// Stamp of the jump.
    pub met: i32,
    /// The trace right before it.
    pub before: T,
    /// The trace right after it.
    pub after: T,
}

/// Traces of up to 16 rows that jump, each at its own stamp.
#[derive(Clone, Copy, Debug, Default)]
pub struct Jumps<T> {
    met: [i32; LANES],
    before: [T; LANES],
    after: [T; LANES],
}

impl<T: Real> Jumps<T> {
    /// The jump of a row's trace.
    pub fn set(&mut self, row: usize, jump: Jump<T>) {
        (self.met[row], self.before[row], self.after[row]) = (jump.met, jump.before, jump.after);
    }
}

/// Traces that decay from one stamp each to one stamp each.
#[derive(Clone, Copy)]
enum Span<'a, T> {
    /// One trace, at all these stamps.
    From(Jump<T>, &'a [i32]),
    /// Many traces, of which it is known how they stood at these stamps, all at stamp `now`.
    To(i32, &'a [i32], &'a [T]),
}

impl<'a, T: Real> Span<'a, T> {
    fn len(self) -> usize {
        self.parts().0.len()
    }
    /// The stamps, and the values of many traces.
    fn parts(self) -> (&'a [i32], &'a [T]) {
        match self {
            Span::From(_, stamps) => (stamps, &[]),
            Span::To(_, stamps, values) => (stamps, values),
        }
    }
    /// Those from number `k` on.
    fn skip(self, k: usize) -> Self {
        match self {
            Span::From(jump, stamps) => Span::From(jump, &stamps[k..]),
            Span::To(now, stamps, after) => Span::To(now, &stamps[k..], &after[k..]),
        }
    }
}

impl<T: Real> Fade<T> {
    /// Tables of a decay with `rate` a step.
    pub fn new(rate: f64) -> Self {
        let left = |steps: usize| T::from_f64(libm::exp(-rate * steps as f64));
        let factors = std::array::from_fn(|d| std::array::from_fn(|digit| left(digit << (4 * d))));
        Self { rate, factors }
    }

    /// A trace at stamps not before its jump. At the jump itself it is not seen.
    ///
    /// # Panics
    /// If there is not as much room as there are stamps.
    #[inline]
    pub fn since(&self, isa: Isa, jump: Jump<T>, stamps: &[i32], out: &mut [T]) {
        self.run(isa, Span::From(jump, stamps), out);
    }

    /// The same with a trace for each row; `rows` has the number of that at each stamp.
    ///
    /// # Panics
    /// If there is not as much room as there are stamps, or not as many rows.
    pub fn since_rows(&self, isa: Isa, jumps: &Jumps<T>, rows: &[u16], stamps: &[i32], out: &mut [T]) {
        assert!(stamps.len() <= rows.len().min(out.len()), "{} stamps, {} rows", stamps.len(), rows.len());
        for ((rows, stamps), out) in rows.chunks(FEW).zip(stamps.chunks(FEW)).zip(out.chunks_mut(FEW)) {
            // As traces that stood at their values at stamps before 0.
            let (mut back, mut values) = ([0; FEW], [T::ZERO; FEW]);
            match isa {
                // SAFETY: this machine has the instructions, there are as many rows as stamps, and room for FEW.
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512(_) => unsafe { wide::jumped(jumps, &rows[..stamps.len()], stamps, &mut back, &mut values) },
                _ => {
                    for (k, (&row, &stamp)) in rows.iter().zip(stamps).enumerate() {
                        let row = usize::from(row) % LANES;
                        back[k] = jumps.met[row] - stamp;
                        values[k] = if back[k] == 0 { jumps.before[row] } else { jumps.after[row] };
                    }
                }
            }
            self.until(isa, 0, &back[..stamps.len()], &values, out);
        }
    }

    /// Traces at stamp `now`, of which each stood at `after` at its own stamp, not later.
    ///
    /// # Panics
    /// If there is not as much room as there are stamps, or not as many values.
    #[inline]
    pub fn until(&self, isa: Isa, now: i32, stamps: &[i32], after: &[T], out: &mut [T]) {
        assert!(stamps.len() <= after.len(), "{} stamps, {} values", stamps.len(), after.len());
        self.run(isa, Span::To(now, stamps, after), out);
    }

    #[inline]
    fn run(&self, isa: Isa, span: Span<T>, out: &mut [T]) {
        let len = span.len();
        assert!(len <= out.len(), "{len} stamps, room for {}", out.len());
        let (out, mut done) = (&mut out[..len], 0);
        #[cfg(target_arch = "x86_64")]
        if let Isa::Avx512(_) = isa {
            // SAFETY: this machine has the instructions, and there is room.
            done = unsafe { wide::run::<T, MOSTLY>(self, span, out) };
            while len - done >= LANES {
                // SAFETY: as above.
                done += unsafe { wide::run::<T, DIGITS>(self, span.skip(done), &mut out[done..]) };
                // The last ones, or some too late for all tables.
                let end = len.min(done + LANES);
                self.one_by_one(span.skip(done), &mut out[done..end]);
                done = end;
            }
        }
        #[cfg(target_arch = "x86_64")]
        if matches!(isa, Isa::Avx2(_)) && len >= half::TOGETHER {
            // SAFETY: as above.
            done = unsafe { half::run(self, span, out) };
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = isa;
        self.one_by_one(span.skip(done), &mut out[done..]);
    }

    fn one_by_one(&self, span: Span<T>, out: &mut [T]) {
        match span {
            Span::From(Jump { met, before, after }, stamps) => {
                let at = |stamp: i32| if stamp == met { before } else { after * self.left((stamp - met) as u32) };
                out.iter_mut().zip(stamps).for_each(|(out, &stamp)| *out = at(stamp));
            }
            Span::To(now, stamps, after) => {
                let traces = stamps.iter().zip(after);
                out.iter_mut().zip(traces).for_each(|(out, (&stamp, &x))| *out = x * self.left((now - stamp) as u32));
            }
        }
    }

    /// What is left after some steps.
    fn left(&self, steps: u32) -> T {
        if steps >= 1 << (4 * DIGITS) {
            return T::from_f64(libm::exp(-self.rate * f64::from(steps)));
        }
        let factor = |d: usize| self.factors[d][(steps >> (4 * d)) as usize % 16];
        let left = (1..MOSTLY).fold(factor(0), |left, d| left * factor(d));
        // The other factors of few steps are 1.
        if steps < 1 << (4 * MOSTLY) { left } else { (MOSTLY..DIGITS).fold(left, |left, d| left * factor(d)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_the_decay() {
        for (tau, met) in [0.01, 3.0, 150.0, 1e6].into_iter().flat_map(|tau| [-30, 0, 123_456].map(|met| (tau, met))) {
            let fade = Fade::<f64>::new(1.0 / tau);
            let later = |k: i32| if k < 4200 { k } else { (k - 4199) * 20_000 };
            let stamps: Vec<i32> = (0..4300).map(|k| met + later(k)).collect();
            let mut out = vec![0.0; stamps.len()];
            fade.since(Isa::detect(), Jump { met, before: 0.25, after: 1.25 }, &stamps, &mut out);
            assert_eq!(out[0], 0.25);
            for (k, x) in (0..).zip(&out).skip(1) {
                let exponent = f64::from(later(k)) / tau;
                // Rounding an exponent a moves its exponential by a times as much; what is below the normal numbers counts as 0.
                let expected = 1.25 * (-exponent).exp();
                let tolerance = (4.0 + exponent) * f64::EPSILON * expected + 2.0 * f64::MIN_POSITIVE;
                assert!((x - expected).abs() <= tolerance, "{tau} {met} {k}: {x:e} {expected:e}");
            }
            // As many traces that all end at one stamp.
            let back: Vec<i32> = stamps.iter().map(|stamp| met - (stamp - met)).collect();
            let mut same = vec![0.0; stamps.len()];
            fade.until(Isa::detect(), met, &back, &vec![1.25; stamps.len()], &mut same);
            assert_eq!((same[0], &same[1..]), (1.25, &out[1..]));
        }
    }

    #[test]
    fn all_instruction_sets_give_the_same_bits() {
        fn check<T: Real>() {
            let fade = Fade::<T>::new(0.01);
            let jump = Jump { met: 5, before: T::ONE, after: T::TWO };
            // Also too late for all tables, and then early again.
            let late = |k: i32| [k, k * 16, k * 5000][(k / 64) as usize % 3];
            let stamps: Vec<i32> = (0..1000).map(|k| 5 + late(k)).collect();
            let after: Vec<T> = (0..1000).map(T::from_i32).collect();
            let rows: Vec<u16> = (0..1000).map(|k| k * k % 16).collect();
            let mut jumps = Jumps::default();
            (0..16).for_each(|row| {
                jumps.set(row, Jump { met: 5 - row as i32 % 3, after: T::from_i32(row as i32), ..jump })
            });
            let run = |isa: Isa| {
                let mut out = vec![T::ZERO; 3000];
                fade.since(isa, jump, &stamps, &mut out);
                fade.until(isa, 5_000_000, &stamps, &after, &mut out[1000..]);
                fade.since_rows(isa, &jumps, &rows, &stamps, &mut out[2000..]);
                for ((&row, stamp), &x) in rows.iter().zip(&stamps).zip(&out[2000..]) {
                    let (row, mut alone) = (usize::from(row), [T::ZERO]);
                    let own = Jump { met: jumps.met[row], before: jumps.before[row], after: jumps.after[row] };
                    fade.since(isa, own, &[*stamp], &mut alone);
                    assert_eq!(x, alone[0], "{isa:?} {row} {stamp}");
                }
                out.iter().map(|x| x.to_f64().to_bits()).collect::<Vec<_>>()
            };
            Isa::available().into_iter().for_each(|isa| assert!(run(isa) == run(Isa::Baseline), "{isa:?}"));
        }
        check::<f32>();
        check::<f64>();
    }
}
