//! Runs a vector program over a chunk: one loop per operation.
//!
//! Each loop loads 16 neurons of its arguments into local arrays, computes and stores. Plain slices would not do: the result may go
//! where an argument lies, so the compiler would test for overlap, find it, and fall back to scalar code.

use super::{
    binomial::binomials,
    chunk::{Chunk, Memory, Random},
    drawn::Drawn,
    exp::{exp, exprel, exprels, tanh},
    isa::{Isa, dispatch},
    log::logs,
    normal::normals,
    philox::words,
    poisson::{poisson, poissons},
    power::Power,
    program::{Fused, Instr, LANES, Op, Operand, Program},
    real::{Real, max, min},
    scan::{Look, Scan},
};

/// Runs a program over the neurons of a chunk; what its look saw, if it has one. Allocates nothing. Panics where the program names
/// memory that the chunk does not have.
pub fn run<T: Real>(isa: Isa, program: &Program, chunk: &mut Chunk<T>) -> Scan {
    dispatch!(isa, body<T>(isa: Isa, program: &Program, chunk: &mut Chunk<T>) -> Scan)
}

#[inline(always)]
fn body<T: Real>(isa: Isa, program: &Program, chunk: &mut Chunk<T>) -> Scan {
    let memory = Memory::new(chunk);
    let mut seen = Scan::NOTHING;
    let mut rest = program.instrs.as_slice();
    while let [instr, after @ ..] = rest {
        let more = after.iter().take_while(|next| next.op == Op::Fused(Fused::More)).count();
        let (more, after) = after.split_at(more);
        if let Some(look) = step(instr, more, &memory, (isa, &chunk.random), (&program.powers, chunk.drawn)) {
            seen = look;
        }
        rest = after;
    }
    seen
}

/// Keeps the compiler from vectorising the loop around it instead of the 16 lanes within. It costs no instruction, but nothing
/// may move across it. Left alone, LLVM tests at run time whether the operands overlap and, where they do not, computes 8 or 16
/// groups at a time with a scatter for each lane; the code for AVX-512 was about four times as long. With it, the disassembly
/// (rustc 1.95) has no scatter, and all arithmetic is 512-bit in f64 and f32 except: 256-bit normals in f32 (8 pairs) and Poisson
/// tables in f64; lane by lane what goes through a library (sin, cos, pow). No remedy against
/// a preference for 256 bits is needed as long as no target CPU is named.
#[inline(always)]
pub(super) fn one_at_a_time() {
    std::hint::black_box(());
}

/// The next argument of an operation that continues in `more`. As a closure it was not inlined, which took a quarter more
/// time for a step of LIF neurons.
#[inline(always)]
fn next(instr: &Instr, more: &[Instr], taken: &mut usize) -> Operand {
    let k = *taken;
    *taken += 1;
    if k < 3 { instr.args[k] } else { more[k / 3 - 1].args[k % 3] }
}

/// One operation over all neurons of the chunk; `more` holds its arguments beyond the third. Returns what it saw if it is a look.
#[inline(always)]
fn step<T: Real>(
    instr: &Instr,
    more: &[Instr],
    memory: &Memory<T>,
    random: (Isa, &Random),
    (powers, drawn): (&[Power], &mut [Drawn]),
) -> Option<Scan> {
    let Instr { op, dst, args } = *instr;
    let target = memory.target(dst);
    let [x, y, z] = args.map(|operand| memory.source(operand));

    // `results!(g => expression)` stores the 16 results of each group g.
    macro_rules! results {
        ($g:ident => $results:expr) => {
            for $g in 0..memory.groups() {
                one_at_a_time();
                let results: [T; LANES] = $results;
                // SAFETY: `Memory::target` has checked that all groups are inside, and nobody else holds this memory.
                unsafe { target.add($g).write(results) }
            }
        };
    }
    // `each!(|a, b| expression)` computes each neuron's result from its arguments.
    macro_rules! each {
        (|$($name:ident = $source:ident),*| $result:expr) => {
            results!(g => {
                // SAFETY: g is less than the number of groups.
                $(let $name = unsafe { $source.load(g) };)*
                let mut results = [T::ZERO; LANES];
                for l in 0..LANES {
                    $(let $name = $name[l];)*
                    results[l] = $result;
                }
                results
            })
        };
        (|$a:ident| $result:expr) => { each!(|$a = x| $result) };
        (|$a:ident, $b:ident| $result:expr) => { each!(|$a = x, $b = y| $result) };
        (|$a:ident, $b:ident, $c:ident| $result:expr) => { each!(|$a = x, $b = y, $c = z| $result) };
        (|$a:ident, $b:ident, $c:ident, $d:ident| $result:expr) => {{
            let p = memory.source(more[0].args[0]);
            each!(|$a = x, $b = y, $c = z, $d = p| $result)
        }};
        (|$a:ident, $b:ident, $c:ident, $d:ident, $e:ident| $result:expr) => {{
            let (p, q) = (memory.source(more[0].args[0]), memory.source(more[0].args[1]));
            each!(|$a = x, $b = y, $c = z, $d = p, $e = q| $result)
        }};
        (|$a:ident, $b:ident, $c:ident, $d:ident, $e:ident, $f:ident| $result:expr) => {{
            let [p, q, r] = more[0].args.map(|operand| memory.source(operand));
            each!(|$a = x, $b = y, $c = z, $d = p, $e = q, $f = r| $result)
        }};
    }
    // The same where it is known which arguments are values per neuron and which, after the semicolon, are scalars: these
    // stay in registers, those share one index. Of several results those beyond the first go where the `More` say; a fused look sees
    // two of them, who fires and what is watched, the last of which may be for it alone. Values that
    // there are as bytes take the place of those of an argument.
    macro_rules! known {
        (|$($name:ident),*; $($scalar:ident),*| $result:expr) => { known!(1: |$($name),*; $($scalar),*| [$result]) };
        ($number:literal: |$($name:ident),*; $($scalar:ident),*| $results:expr) => {
            known!($number of $number []: |$($name),*; $($scalar),*| $results)
        };
        ($stored:literal of $number:literal looks $fired:literal $watched:literal:
            |$($name:ident),*; $($scalar:ident),*| $results:expr $(, $bytes:ident = $source:expr)?) => {{
            let mut look = Look::new();
            known!($stored of $number [look $fired $watched]: |$($name),*; $($scalar),*| $results $(, $bytes = $source)?);
            return Some(look.end())
        }};
        ($stored:literal of $number:literal [$($look:ident $fired:literal $watched:literal)?]:
            |$($name:ident),*; $($scalar:ident),*| $results:expr $(, $bytes:ident = $source:expr)?) => {{
            let mut taken = 0;
            $(let $name = memory.vector(next(instr, more, &mut taken));)*
            $(let $scalar = memory.scalar(next(instr, more, &mut taken));)*
            let mut targets = [target; $stored];
            for (further, more) in targets[1..].iter_mut().zip(more) {
                *further = memory.target(more.dst);
            }
            for g in 0..memory.groups() {
                one_at_a_time();
                // SAFETY: g is less than the number of groups.
                $(#[allow(unused_variables)] let $name = unsafe { $name.load(g) };)*
                $(let $bytes = $source[g].map(|byte| T::from_i32(byte.into()));)?
                let mut results = [[T::ZERO; LANES]; $number];
                for l in 0..LANES {
                    $(let $name = $name[l];)*
                    let each: [T; $number] = $results;
                    for k in 0..$number {
                        results[k][l] = each[k];
                    }
                }
                $($look.see(g, &results[$fired], &results[$watched]);)?
                for k in 0..$stored {
                    // SAFETY: as in `results`.
                    unsafe { targets[k].add(g).write(results[k]) }
                }
            }
        }};
    }
    // The exponential step of a leaky membrane: `exprel` of an exponent, mostly small, then what is made of it. (Where exponents are
    // often large, as those of gates, looking at them first costs more than it saves: HH in f64 took 1.4 times as long.)
    macro_rules! step {
        (|$($name:ident = $source:ident),*| exprel($exponent:expr), |$phi:ident| $result:expr) => {
            results!(g => {
                // SAFETY: g is less than the number of groups.
                $(let $name = unsafe { $source.load(g) };)*
                let (mut exponents, mut results) = ([T::ZERO; LANES], [T::ZERO; LANES]);
                for l in 0..LANES {
                    #[allow(unused_variables)]
                    let ($($name,)*) = ($($name[l],)*);
                    exponents[l] = $exponent;
                }
                let phis = exprels(&exponents);
                for l in 0..LANES {
                    #[allow(unused_variables)]
                    let ($($name,)*) = ($($name[l],)*);
                    let $phi = phis[l];
                    results[l] = $result;
                }
                results
            })
        };
        (|$($name:ident),*; $($scalar:ident),*| exprel($exponent:expr), |$phi:ident| $result:expr) => {{
            let mut taken = 0;
            $(let $name = memory.vector(next(instr, more, &mut taken));)*
            $(let $scalar = memory.scalar(next(instr, more, &mut taken));)*
            step!(|$($name = $name),*| exprel($exponent), |$phi| $result)
        }};
        (|$a:ident, $b:ident, $c:ident, $d:ident, $e:ident, $f:ident| exprel($exponent:expr), |$phi:ident| $result:expr) => {{
            let [p, q, r] = more[0].args.map(|operand| memory.source(operand));
            step!(|$a = x, $b = y, $c = z, $d = p, $e = q, $f = r| exprel($exponent), |$phi| $result)
        }};
    }
    let truth = |condition: bool| if condition { T::ONE } else { T::ZERO };
    let holds = |a: T| a != T::ZERO;
    let held_lines = |v: T, held: T, i: T, [w, leak, rest]: [T; 3]| {
        let moved = v + i.mul_add(w, v.mul_add(leak, rest));
        if holds(held) { v } else { moved }
    };
    let count_down = |steps: T, v: T, [one, zero, threshold]: [T; 3]| {
        let less = steps - one;
        let left = if holds(steps) { less } else { zero };
        [left, truth((threshold < v) & !holds(left))]
    };
    macro_rules! current_step {
        ($($numbers:expr)?) => {
            known!(
                4 of 4 looks 2 0:
                |v, held, i, count, input; w, leak, rest, one, zero, threshold, decay, weight| {
                    let v = held_lines(v, held, i, [w, leak, rest]);
                    let [left, fires] = count_down(held, v, [one, zero, threshold]);
                    [v, left, fires, flush(i * decay) + count.mul_add(weight, input)]
                }
                $(, count = $numbers)?
            )
        };
    }

    match op {
        Op::Copy => each!(|a| a),
        Op::Add => each!(|a, b| a + b),
        Op::Sub => each!(|a, b| a - b),
        Op::Mul => each!(|a, b| a * b),
        Op::Div => each!(|a, b| a / b),
        Op::MulAdd => each!(|a, b, c| a.mul_add(b, c)),
        Op::NegMulAdd => each!(|a, b, c| (-a).mul_add(b, c)),
        Op::Neg => each!(|a| -a),
        Op::Abs => each!(|a| a.abs()),
        Op::Min => each!(|a, b| min(a, b)),
        Op::Max => each!(|a, b| max(a, b)),
        Op::Sqrt => each!(|a| a.sqrt()),
        Op::Exp => each!(|a| exp(a)),
        Op::Exprel => each!(|a| exprel(a)),
        Op::Log => results!(g => {
            // SAFETY: g is less than the number of groups.
            logs(&unsafe { x.load(g) })
        }),
        Op::Sin => each!(|a| a.sin()),
        Op::Cos => each!(|a| a.cos()),
        Op::Tanh => each!(|a| tanh(a)),
        Op::Floor => each!(|a| a.floor()),
        Op::Pow => each!(|a, b| a.powf(b)),
        Op::Power(power) => {
            let table = T::table(&powers[usize::from(power)]);
            // SAFETY: as in `each`.
            unsafe { table.run::<false>(random.0, memory.groups(), [x; 4], target) }
        }
        Op::Lt => each!(|a, b| truth(a < b)),
        Op::Le => each!(|a, b| truth(a <= b)),
        Op::Eq => each!(|a, b| truth(a == b)),
        Op::Ne => each!(|a, b| truth(a != b)),
        Op::And => each!(|a, b| truth(holds(a) & holds(b))),
        Op::Or => each!(|a, b| truth(holds(a) | holds(b))),
        Op::Not => each!(|a| truth(!holds(a))),
        Op::Select => each!(|a, b, c| if holds(a) { b } else { c }),
        Op::Flush => each!(|a| flush(a)),
        Op::Uniform(stream) => {
            let words = words(random.0, *random.1, stream, memory.groups() * LANES);
            let words = words.as_chunks::<LANES>().0;
            results!(g => words[g].map(T::uniform))
        }
        Op::Normal(stream) => {
            let words = words(random.0, *random.1, stream, memory.groups() * LANES);
            let words = words.as_chunks::<LANES>().0;
            results!(g => normals(&words[g]))
        }
        Op::Poisson(stream) => {
            let (isa, len) = (random.0, memory.groups() * LANES);
            let (mean, drawn) = (x.same_for_all().map(T::to_f64), &mut drawn[usize::from(stream)]);
            if let Some(numbers) = mean.and_then(|mean| drawn.numbers(isa, *random.1, stream, mean, len)) {
                results!(g => numbers[g].map(|number| T::from_i32(number.into())));
                return None;
            }
            let words = words(isa, *random.1, stream, len);
            let words = words.as_chunks::<LANES>().0;
            results!(g => {
                // SAFETY: g is less than the number of groups.
                let means = unsafe { x.load(g) };
                poissons(&words[g], &means.map(T::to_f64)).map(T::from_f64)
            })
        }
        Op::Binomial(stream) => results!(g => {
            let draws = Random { first: random.1.first + (g * LANES) as u32, ..*random.1 };
            // SAFETY: g is less than the number of groups.
            let (trials, chances) = unsafe { (x.load(g), y.load(g)) };
            binomials(draws, stream, &trials, &chances)
        }),
        Op::Look => {
            let mut look = Look::new();
            for g in 0..memory.groups() {
                one_at_a_time();
                // SAFETY: g is less than the number of groups.
                let (fired, watched) = unsafe { (x.load(g), y.load(g)) };
                look.see(g, &fired, &watched);
            }
            return Some(look.end());
        }
        Op::Fused(fused) => match fused {
            Fused::More => unreachable!("read with the operation before"),
            Fused::AddAdd => each!(|a, b, c| (a + b) + c),
            Fused::MulMul => each!(|a, b, c| (a * b) * c),
            Fused::SubMul => each!(|a, b, c| (a - b) * c),
            Fused::MulThenAdd => each!(|a, b, c| (a * b) + c),
            Fused::DivAdd => each!(|a, b, c| a / (b + c)),
            Fused::MulExp => each!(|a, b| exp(a * b)),
            Fused::LineExp => each!(|a, b, c| exp(a.mul_add(b, c))),
            Fused::LineExprel => each!(|a, b, c| exprel(a.mul_add(b, c))),
            Fused::MulFlush => each!(|a, b| flush(a * b)),
            Fused::LineFlush => each!(|a, b, c| flush(a.mul_add(b, c))),
            Fused::Decay => each!(|a, b, c| flush(a * b) + c),
            Fused::Toward => each!(|a, b, c| (a - b).mul_add(c, b)),
            Fused::Relax => each!(|a, b, c, d| relax(a, b, c * d)),
            Fused::RelaxTo => each!(|a, b, c, d| relax(a, b / c, c * d)),
            Fused::RelaxToLine => each!(|a, b, c, d, e, f| relax(a, b.mul_add(c, d) / e, e * f)),
            Fused::Gate => each!(|a, b, c, d| relax(a, b / (b + c), (b + c) * d)),
            Fused::SelectLt => each!(|a, b, c, d| if a < b { c } else { d }),
            Fused::LineDiv => each!(|a, b, c, d| a.mul_add(b, c) / d),
            Fused::ScaledExp => each!(|a, b, c, d| a * exp(b.mul_add(c, d))),
            Fused::OverExprel => each!(|a, b, c, d| a / exprel(b.mul_add(c, d))),
            Fused::SubMulAdd => each!(|a, b, c, d| (a - b).mul_add(c, d)),
            Fused::SubMulExp => each!(|a, b, c| exp((a - b) * c)),
            Fused::SubMulExprel => each!(|a, b, c| exprel((a - b) * c)),
            Fused::OverSubMulExprel => each!(|a, b, c, d| a / exprel((b - c) * d)),
            Fused::TimesSubMulExprel => each!(|a, b, c, d| a * exprel((b - c) * d)),
            Fused::StepSubMul => each!(|a, b, c, d, e, f| (a * exprel((b - c) * d)).mul_add(e, f)),
            Fused::MulExprel => each!(|a, b| exprel(a * b)),
            Fused::TimesMulExprel => each!(|a, b, c| a * exprel(b * c)),
            Fused::StepMul => each!(|a, b, c, d, e| (a * exprel(b * c)).mul_add(d, e)),
            Fused::HeldStep => {
                step!(|a, b, c, d, e, f| exprel((b - c) * d), |phi| if holds(f) { e } else { (a * phi).mul_add(d, e) })
            }
            Fused::SelectAdd => each!(|a, b, c, d| if holds(a) { b } else { c + d }),
            Fused::SelectSub => each!(|a, b, c, d| {
                let less = b - c;
                if holds(a) { less } else { d }
            }),
            Fused::AndNot => each!(|a, b| truth(holds(a) & !holds(b))),
            Fused::LtAndNot => each!(|a, b, c| truth((a < b) & !holds(c))),
            Fused::SubMulMul => each!(|a, b, c, d| ((a - b) * c) * d),
            Fused::LineOfMul => each!(|a, b, c, d| a.mul_add(b, c * d)),
            Fused::MulMulAdd => each!(|a, b, c, d| (a * b).mul_add(c, d)),
            Fused::PowerLine(power) => {
                let (table, d) = (T::table(&powers[usize::from(power)]), memory.source(more[0].args[0]));
                // SAFETY: as in `each`.
                unsafe { table.run::<true>(random.0, memory.groups(), [x, y, z, d], target) }
            }
            Fused::NegMulMulAdd => each!(|a, b, c, d| (-(a * b)).mul_add(c, d)),
            Fused::DecayLine => each!(|a, b, c, d, e| flush(a * b) + c.mul_add(d, e)),
            Fused::Synapses => each!(|a, b, c, d, e, f| (-(e * b)).mul_add(f, ((a - b) * c) * d)),
            Fused::LeakSynapses => known!(|v, g, h; e_g, w_g, w_h, e_l, g_l| {
                let slope = (-(h * v)).mul_add(w_h, ((e_g - v) * g) * w_g);
                (e_l - v).mul_add(g_l, slope)
            }),
            Fused::HeldStepLine => step!(
                |slope, v, held, g, h; leak, w_g, w_h, dt| exprel((leak - g.mul_add(w_g, h * w_h)) * dt),
                |phi| if holds(held) { v } else { (slope * phi).mul_add(dt, v) }
            ),
            Fused::HeldSynapses => step!(
                |v, held, g, h; w_g, w_h, e_g, e_l, g_l, leak, dt| exprel((leak - g.mul_add(w_g, h * w_h)) * dt),
                |phi| {
                    let slope = (-(h * v)).mul_add(w_h, ((e_g - v) * g) * w_g);
                    let slope = (e_l - v).mul_add(g_l, slope);
                    let moved = (slope * phi).mul_add(dt, v);
                    if holds(held) { v } else { moved }
                }
            ),
            Fused::Decays => known!(2: |a, b, c, d; e, f| [flush(a * e) + b, flush(c * f) + d]),
            Fused::CountDown => known!(2: |a, b; c, d, e| count_down(a, b, [c, d, e])),
            Fused::HeldLines => known!(|v, held, i; w, leak, rest| held_lines(v, held, i, [w, leak, rest])),
            Fused::Threshold => known!(2 of 3 looks 1 2: |a, b; c, d, e| {
                let [left, fires] = count_down(a, b, [c, d, e]);
                [left, fires, b]
            }),
            Fused::LinearStep => known!(3 of 3 looks 2 0: |v, held, i; w, leak, rest, one, zero, threshold| {
                let v = held_lines(v, held, i, [w, leak, rest]);
                let [left, fires] = count_down(held, v, [one, zero, threshold]);
                [v, left, fires]
            }),
            Fused::CurrentStep => current_step!(),
            Fused::DrivenStep(stream) => {
                let [count, mean] = [3, 13].map(|mut k| next(instr, more, &mut k));
                let (mean, len) = (memory.scalar(mean).to_f64(), memory.groups() * LANES);
                if let Some(numbers) = drawn[usize::from(stream)].numbers(random.0, *random.1, stream, mean, len) {
                    current_step!(numbers)
                }
                let (count, words) = (memory.target(count), words(random.0, *random.1, stream, len));
                for (g, words) in words[..len].as_chunks::<LANES>().0.iter().enumerate() {
                    // SAFETY: as in `results`.
                    unsafe { count.add(g).write(words.map(|word| T::from_f64(poisson(word, mean)))) }
                }
                current_step!()
            }
            Fused::Lines => each!(|a, b, c, d, e| a.mul_add(b, c.mul_add(d, e))),
            Fused::LineMax => each!(|a, b, c, d| max(a.mul_add(b, c), d)),
            Fused::NegLineMax => each!(|a, b, c, d| max((-a).mul_add(b, c), d)),
            Fused::ScaledNegLineMax => each!(|a, b, c, d, e| e * max((-a).mul_add(b, c), d)),
            Fused::Clamp => each!(|a, b, c| min(max(a, b), c)),
            Fused::LineClamp => each!(|a, b, c, d, e| min(max(a.mul_add(b, c), d), e)),
            Fused::NegLineClamp => each!(|a, b, c, d, e| min(max((-a).mul_add(b, c), d), e)),
        },
    }
    None
}

/// 0 where the magnitude is tiny.
#[inline(always)]
pub(super) fn flush<T: Real>(a: T) -> T {
    if a.abs() < T::TINY { T::ZERO } else { a }
}

/// Exponential Euler: x after its distance from `inf` has shrunk by `exp(exponent)`.
#[inline(always)]
fn relax<T: Real>(x: T, inf: T, exponent: T) -> T {
    (x - inf).mul_add(exp(exponent), inf)
}

#[cfg(test)]
mod tests {
    use super::super::program::CHUNK;
    use super::*;

    /// One operation on one column of 32 neurons, one input, one scalar (2.5) and one temporary.
    fn one(op: Op, dst: Operand, args: [Operand; 3], start: usize) -> Vec<f64> {
        let mut columns: Vec<f64> = (0..32).map(f64::from).collect();
        let (mut inputs, mut temps, scalars) = ([10.0; 32], [7.0; CHUNK], [[2.5; LANES]]);
        let mut chunk = Chunk {
            columns: &mut columns,
            stride: 32,
            inputs: &mut inputs,
            input_stride: 32,
            scalars: &scalars,
            temps: &mut temps,
            drawn: &mut [],
            start,
            len: 16,
            random: Random { key: 0, step: 0, first: 0 },
        };
        run(
            Isa::detect(),
            &Program { instrs: vec![Instr { op, dst, args }], temps: 1, powers: Vec::new() },
            &mut chunk,
        );
        columns
    }

    #[test]
    fn only_the_neurons_of_the_chunk_change() {
        use Operand::*;
        let column = one(Op::NegMulAdd, Column(0), [Column(0), Scalar(0), Input(0)], 16);
        let expected = (0..32).map(|n| if n < 16 { n as f64 } else { 10.0 - 2.5 * n as f64 });
        assert_eq!(column, expected.collect::<Vec<_>>());
    }

    #[test]
    fn programs_that_do_not_fit_the_memory_are_refused() {
        use Operand::*;
        let fits = |dst, arg, start| std::panic::catch_unwind(|| one(Op::Add, dst, [arg; 3], start)).is_ok();
        assert!(fits(Temp(0), Input(0), 16));
        for (dst, arg, start) in [
            (Temp(0), Column(1), 0),
            (Temp(0), Input(1), 0),
            (Temp(0), Scalar(1), 0),
            (Temp(1), Input(0), 0),
            (Scalar(0), Input(0), 0),
            (Input(0), Input(0), 0),
            (Temp(0), Column(0), 32),
        ] {
            assert!(!fits(dst, arg, start), "{dst:?} {arg:?} {start}");
        }
    }
}
