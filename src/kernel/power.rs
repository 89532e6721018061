//! Powers with a constant exponent between 0 and 1, from tables for that exponent: no logarithm, no exponential, no division.
//!
//! x = 2^(16 a + b) m, and with c_j = 1/(1 + j/16) of the sixteenth that m lies in, m c_j = 1 + r with |r| <= 1/32. So x^p is a product
//! of what tables of 16 values hold, which fit a register or two: 2^(16 a p), 2^(b p) and c_j^-p, and of the binomial series (1 + r)^p.
//! 1 gives 1. Worst errors found on dense grids, in units of the last place: 3.4 in f32, 4 in f64 (up to one of them that of the library).

#[cfg(target_arch = "x86_64")]
mod half;
#[cfg(target_arch = "x86_64")]
mod wide;

use super::{
    chunk::Source,
    isa::Isa,
    program::LANES,
    real::{Real, polynomial},
};

/// A power with a constant exponent, for both types of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Power {
    pub(super) single: Table<f32>,
    pub(super) double: Table<f64>,
}

impl Power {
    /// Tables for an exponent between 0 and 1.
    pub fn new(exponent: f64) -> Self {
        assert!(0.0 < exponent && exponent < 1.0, "an exponent of {exponent}");
        Self { single: Table::new(exponent), double: Table::new(exponent) }
    }
}

/// Coefficients of the series that are kept for the wider type.
const TERMS: usize = 9;

/// The tables. An index is taken by its lowest four bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Table<T> {
    /// c_j.
    inverse: [T; 16],
    /// c_j^-p.
    middle: [T; 16],
    /// 2^(b p).
    fine: [T; 16],
    /// 2^(16 a p), for a from `-T::HALF`.
    coarse: [T; 128],
    /// Binomial coefficients of p over 1, 2, ...
    series: [T; TERMS],
    /// What makes up for `T::RESCALE_FACTOR`.
    rescaled: T,
}

impl<T: Real> Table<T> {
    fn new(p: f64) -> Self {
        let inverse: [T; 16] = std::array::from_fn(|j| T::from_f64(16.0 / (16 + j) as f64));
        let two_to = |n: i32| T::from_f64(libm::pow(libm::ldexp(1.0, n), p));
        let mut binomial = 1.0;
        Self {
            inverse,
            middle: inverse.map(|c| T::from_f64(libm::pow(c.to_f64(), -p))),
            fine: std::array::from_fn(|b| two_to(b as i32)),
            coarse: std::array::from_fn(|a| two_to(16 * (a as i32 - T::HALF))),
            series: std::array::from_fn(|k| {
                binomial *= (p - k as f64) / (k + 1) as f64;
                T::from_f64(binomial)
            }),
            rescaled: two_to(-T::RESCALE.to_f64() as i32),
        }
    }

    /// The power of one number: 0 of 0, NaN of what is negative.
    #[inline(always)]
    pub fn of_one(&self, x: T) -> T {
        if x == T::ZERO {
            T::ZERO
        } else if x < T::ZERO {
            T::NAN
        } else if x < T::MIN_POSITIVE {
            self.of_normal(x * T::RESCALE_FACTOR) * self.rescaled
        } else if x * T::TINY < T::ONE {
            self.of_normal(x)
        } else if x < T::INFINITY {
            // So that nothing carries into the sign.
            self.of_normal(x / T::RESCALE_FACTOR) / self.rescaled
        } else {
            // Infinity or NaN.
            x
        }
    }

    #[inline(always)]
    fn of_normal(&self, x: T) -> T {
        let (m, j, b, a) = x.sixteenths();
        let r = m.mul_add(self.inverse[j % 16], -T::ONE);
        let scale = self.middle[j % 16] * self.fine[b % 16] * self.coarse[a % 128];
        (scale * r).mul_add(polynomial(r, &self.series[..T::POWER_TERMS]), scale)
    }

    /// `of_one` of 16 numbers. Loops, as what is called by `map` is not compiled with wider vectors.
    #[inline(always)]
    fn of(&self, x: &[T; LANES]) -> [T; LANES] {
        let mut out = [T::ZERO; LANES];
        if x.iter().fold(true, |all, &x| all & (x > T::TINY) & (x * T::TINY < T::ONE)) {
            for l in 0..LANES {
                out[l] = self.of_normal(x[l]);
            }
        } else {
            for l in 0..LANES {
                out[l] = self.of_one(x[l]);
            }
        }
        out
    }

    /// Powers p of as many groups; with LINE, (p b) c + d. A result may go where an argument lies.
    ///
    /// # Safety
    /// The sources have so many groups, and there is room for as many.
    #[inline(always)]
    pub(super) unsafe fn run<const LINE: bool>(
        &self,
        isa: Isa,
        groups: usize,
        [x, b, c, d]: [Source<T>; 4],
        out: *mut [T; LANES],
    ) {
        let mut g = 0;
        loop {
            #[cfg(target_arch = "x86_64")]
            match isa {
                // SAFETY: see above; this machine has the instructions.
                Isa::Avx512(_) => g = unsafe { wide::run::<T, LINE>(self, g..groups, [x, b, c, d], out) },
                // SAFETY: as above.
                Isa::Avx2(_) => g = unsafe { half::run::<T, LINE>(self, g..groups, [x, b, c, d], out) },
                Isa::Baseline => {}
            }
            #[cfg(not(target_arch = "x86_64"))]
            let _ = isa;
            if g == groups {
                return;
            }
            // SAFETY: see above.
            unsafe {
                let mut results = self.of(&x.load(g));
                if LINE {
                    let (b, c, d) = (b.load(g), c.load(g), d.load(g));
                    for l in 0..LANES {
                        results[l] = (results[l] * b[l]).mul_add(c[l], d[l]);
                    }
                }
                out.add(g).write(results);
            }
            g += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        Buffer, Chunk, Random,
        exp::tests::{worst32, worst64},
        program::{CHUNK, Fused, Instr, Op, Operand::*, Program},
        run::run,
    };
    use super::*;

    const EXPONENTS: [f64; 5] = [0.02, 0.25, 0.4, 0.6180339887, 0.98];

    #[test]
    fn power_is_within_its_error_bound() {
        for p in EXPONENTS {
            let power = Power::new(p);
            for (low, high) in [(1e-300, 1e-290), (1e-3, 1.0), (0.6, 1.5), (0.999, 1.001), (1.0, 1e6), (1e300, 1e308)] {
                let worst = worst64(low, high, |x| power.double.of_one(x), |x| libm::pow(x, p));
                assert!(worst <= 4.0, "f64 on {low}..{high}: {worst}");
            }
            for (low, high) in [(1e-37, 1e-30), (1e-3, 1.0), (0.6, 1.5), (0.999, 1.001), (1.0, 1e6), (1e30, 1e38)] {
                let worst = worst32(low, high, |x| power.single.of_one(x), |x| libm::pow(x, p));
                assert!(worst <= 3.5, "f32 on {low}..{high}: {worst}");
            }
        }
    }

    #[test]
    fn powers_of_many_have_the_bits_of_the_power_of_one() {
        fn check<T: Real>() {
            let special = [0.0, -0.0, -1.0, 5e-324, 1e-45, 1e-310, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.0];
            for p in EXPONENTS {
                let program = |fused| {
                    let line = Instr { op: Op::Fused(Fused::More), dst: Temp(0), args: [Scalar(1); 3] };
                    let power = if fused { Op::Fused(Fused::PowerLine(0)) } else { Op::Power(0) };
                    let instr = Instr { op: power, dst: Temp(0), args: [Input(0), Scalar(0), Scalar(1)] };
                    let instrs = if fused { vec![instr, line] } else { vec![instr] };
                    Program { instrs, temps: 1, powers: vec![Power::new(p)] }
                };
                // Numbers of ordinary size, then of any; specials in some groups.
                let mut inputs = Buffer::new(CHUNK);
                for (n, x) in inputs.iter_mut().enumerate() {
                    let wide = if n < CHUNK / 2 { 30.0 } else { 650.0 };
                    let special = (n / 16 % 5 == 2 && n % 7 == 0).then(|| special[n / 7 % special.len()]);
                    *x = T::from_f64(special.unwrap_or_else(|| (wide * (n as f64 * 0.618_034).sin()).exp()));
                }
                let of_one = |x: &T| T::table(&program(false).powers[0]).of_one(*x);
                let (b, c) = (T::from_f64(3.7), T::from_f64(-0.3));
                let expected: Vec<T> = inputs.iter().map(of_one).collect();
                let lines: Vec<T> = expected.iter().map(|power| (*power * b).mul_add(c, c)).collect();
                for isa in Isa::available() {
                    for (fused, expected) in [(false, &expected), (true, &lines)] {
                        let mut temps = Buffer::new(CHUNK);
                        let mut chunk = Chunk {
                            columns: &mut [],
                            stride: CHUNK,
                            inputs: &mut inputs,
                            input_stride: CHUNK,
                            scalars: &[[b; LANES], [c; LANES]],
                            temps: &mut temps,
                            drawn: &mut [],
                            start: 0,
                            len: CHUNK,
                            random: Random { key: 0, step: 0, first: 0 },
                        };
                        run(isa, &program(fused), &mut chunk);
                        let bits = |x: &T| if x.is_nan() { u64::MAX } else { x.to_f64().to_bits() };
                        let same = temps.iter().map(bits).eq(expected.iter().map(bits));
                        assert!(same, "{p} {isa:?} {fused}");
                    }
                }
            }
        }
        check::<f64>();
        check::<f32>();
    }

    #[test]
    fn power_at_its_edges() {
        for p in EXPONENTS {
            let Power { single, double } = Power::new(p);
            assert_eq!([0.0, -0.0, 1.0, f64::INFINITY].map(|x| double.of_one(x)), [0.0, 0.0, 1.0, f64::INFINITY]);
            assert_eq!([0.0, -0.0, 1.0, f32::INFINITY].map(|x| single.of_one(x)), [0.0, 0.0, 1.0, f32::INFINITY]);
            assert!([-1.0, -5e-324, f64::NEG_INFINITY, f64::NAN].iter().all(|&x| double.of_one(x).is_nan()));
            assert!([-1.0, -1e-45, f32::NEG_INFINITY, f32::NAN].iter().all(|&x| single.of_one(x).is_nan()));
            // Where the power is subnormal itself, its last digit counts.
            for x in [5e-324, 1e-310, f64::MIN_POSITIVE, f64::MAX] {
                let truth = libm::pow(x, p);
                assert!((double.of_one(x) - truth).abs() <= 2e-15 * truth + 5e-324, "{x}");
            }
            for x in [1e-45, 1e-40, f32::MIN_POSITIVE, f32::MAX] {
                let truth = libm::pow(x.into(), p);
                assert!((f64::from(single.of_one(x)) - truth).abs() <= 5e-7 * truth + 1.5e-45, "{x}");
            }
        }
    }
}
