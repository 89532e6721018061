//! The vector program beside the loop one would write by hand, compiled for the same instruction set: goal at most 1.25 times
//! its time. Axes: model (conductance LIF, Traub–Miles HH with conductance synapses), precision, instruction set.
//! Throughput is neuron steps per second. Both must give the same bits, which is asserted before anything is timed.

use std::hint::black_box;

use bouton::kernel::{
    Buffer, Chunk, Isa, Random, Real, exp, exprel, fuse,
    program::{CHUNK, Instr, LANES, Op, Operand, Program},
    run,
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const NEURONS: usize = 4096;
const DT: f64 = 0.1;

/// Writes programs: each operation gets a new temporary; `finish` then lets temporaries share memory.
#[derive(Default)]
struct Builder {
    instrs: Vec<Instr>,
    scalars: Vec<f64>,
    temps: u16,
}

impl Builder {
    fn op<const N: usize>(&mut self, op: Op, args: [Operand; N]) -> Operand {
        let dst = Operand::Temp(self.temps);
        self.temps += 1;
        self.put(dst, op, args)
    }
    fn put<const N: usize>(&mut self, dst: Operand, op: Op, args: [Operand; N]) -> Operand {
        let args = std::array::from_fn(|i| args[if i < N { i } else { 0 }]);
        self.instrs.push(Instr { op, dst, args });
        dst
    }
    fn value(&mut self, value: f64) -> Operand {
        self.scalars.push(value);
        Operand::Scalar(self.scalars.len() as u16 - 1)
    }
    /// `f` of `(a*x + b)`.
    fn of_line(&mut self, f: Op, x: Operand, a: f64, b: f64) -> Operand {
        let (a, b) = (self.value(a), self.value(b));
        let line = self.op(Op::MulAdd, [x, a, b]);
        self.op(f, [line])
    }
    /// Exponential Euler, `x` moves towards `inf` with the given rate: arguments of the multiply-add that ends it.
    fn relax(&mut self, x: Operand, inf: Operand, rate: Operand) -> [Operand; 3] {
        let minus_dt = self.value(-DT);
        let exponent = self.op(Op::Mul, [rate, minus_dt]);
        let factor = self.op(Op::Exp, [exponent]);
        let distance = self.op(Op::Sub, [x, inf]);
        [distance, factor, inf]
    }
    /// A gate with opening rate `a` and closing rate `b`.
    fn gate(&mut self, column: u16, a: Operand, b: Operand) {
        let rate = self.op(Op::Add, [a, b]);
        let inf = self.op(Op::Div, [a, rate]);
        let moved = self.relax(Operand::Column(column), inf, rate);
        self.put(Operand::Column(column), Op::MulAdd, moved);
    }
    /// Decays a conductance and adds its input.
    fn decay(&mut self, column: u16, factor: f64, input: u16) {
        let factor = self.value(factor);
        let decayed = self.op(Op::Mul, [Operand::Column(column), factor]);
        let decayed = self.op(Op::Flush, [decayed]);
        self.put(Operand::Column(column), Op::Add, [decayed, Operand::Input(input)]);
    }
    /// Reuses the memory of temporaries whose last reader has run.
    fn finish(mut self) -> (Program, Vec<f64>) {
        let last = |t: Operand, instrs: &[Instr]| instrs.iter().rposition(|i| i.args.contains(&t) || i.dst == t);
        let ends: Vec<_> = (0..self.temps).map(|t| last(Operand::Temp(t), &self.instrs).unwrap()).collect();
        let (mut place, mut free, mut temps) = (vec![0; self.temps.into()], Vec::new(), 0);
        for (n, instr) in self.instrs.iter_mut().enumerate() {
            for arg in &mut instr.args {
                if let Operand::Temp(t) = *arg {
                    if ends[t as usize] == n && !free.contains(&place[t as usize]) {
                        free.push(place[t as usize]);
                    }
                    *arg = Operand::Temp(place[t as usize]);
                }
            }
            if let Operand::Temp(t) = instr.dst {
                place[t as usize] = free.pop().unwrap_or_else(|| {
                    temps += 1;
                    temps - 1
                });
                instr.dst = Operand::Temp(place[t as usize]);
            }
        }
        (fuse(&Program { instrs: self.instrs, temps: temps.into() }, &[]), self.scalars)
    }
}

const V: usize = 0;
const GE: usize = 1;
const GI: usize = 2;
/// LIF: steps of refractoriness left. HH: m, then h, n.
const R: usize = 3;
const M: usize = 3;
const H: usize = 4;
const N: usize = 5;
const FIRED: usize = 6;
const COLUMNS: usize = 7;

/// Conductance LIF with exponential synapses, exponential Euler in v (conductances over capacitance, in 1/ms).
fn lif_program() -> (Program, Vec<f64>) {
    use Operand::Column;
    let (v, ge, gi, r) = (Column(V as u16), Column(GE as u16), Column(GI as u16), Column(R as u16));
    let mut b = Builder::default();
    let (zero, one, leak, leak_current) = (b.value(0.0), b.value(1.0), b.value(0.05), b.value(0.05 * -60.0));
    let (inhibitory, threshold, reset, refractory) = (b.value(-80.0), b.value(-50.0), b.value(-60.0), b.value(50.0));
    let total = b.op(Op::Add, [ge, gi]);
    let total = b.op(Op::Add, [total, leak]);
    let current = b.op(Op::MulAdd, [gi, inhibitory, leak_current]);
    let inf = b.op(Op::Div, [current, total]);
    let moved = b.relax(v, inf, total);
    let moved = b.op(Op::MulAdd, moved);
    let held = b.op(Op::Lt, [zero, r]);
    let moved = b.op(Op::Select, [held, v, moved]);
    let fewer = b.op(Op::Sub, [r, one]);
    let fewer = b.op(Op::Max, [fewer, zero]);
    b.decay(GE as u16, 0.98, 0);
    b.decay(GI as u16, 0.99, 1);
    let fired = b.put(Column(FIRED as u16), Op::Lt, [threshold, moved]);
    b.put(v, Op::Select, [fired, reset, moved]);
    b.put(r, Op::Select, [fired, refractory, fewer]);
    b.finish()
}

#[inline(always)]
fn lif_lanes<T: Real>(c: &mut [[T; LANES]; COLUMNS], input: &[[T; LANES]; 2], l: usize) {
    let f = T::from_f64;
    let (v, ge, gi, r) = (c[V][l], c[GE][l], c[GI][l], c[R][l]);
    let total = (ge + gi) + f(0.05);
    let inf = gi.mul_add(f(-80.0), f(0.05 * -60.0)) / total;
    let moved = (v - inf).mul_add(exp(total * f(-DT)), inf);
    let moved = if r > T::ZERO { v } else { moved };
    let fewer = r - T::ONE;
    let fewer = if fewer > T::ZERO { fewer } else { T::ZERO };
    c[GE][l] = decay(ge, f(0.98)) + input[0][l];
    c[GI][l] = decay(gi, f(0.99)) + input[1][l];
    let fired = f(-50.0) < moved;
    c[FIRED][l] = if fired { T::ONE } else { T::ZERO };
    c[V][l] = if fired { f(-60.0) } else { moved };
    c[R][l] = if fired { f(50.0) } else { fewer };
}

/// Traub–Miles HH as in Brette et al. (2007), benchmark 3, with gates and v by exponential Euler; VT is -63 mV.
fn hh_program() -> (Program, Vec<f64>) {
    use Operand::Column;
    let (v, ge, gi) = (Column(V as u16), Column(GE as u16), Column(GI as u16));
    let (m, h, n) = (Column(M as u16), Column(H as u16), Column(N as u16));
    let mut b = Builder::default();
    let (one, leak, leak_current) = (b.value(1.0), b.value(0.05), b.value(0.05 * -60.0));
    let (na, na_current, k, k_current) = (b.value(100.0), b.value(100.0 * 50.0), b.value(30.0), b.value(30.0 * -90.0));
    let inhibitory = b.value(-80.0);
    // Conductances and their currents at v = 0, from the gates as they stand.
    let squared = b.op(Op::Mul, [m, m]);
    let m3 = b.op(Op::Mul, [squared, m]);
    let m3h = b.op(Op::Mul, [m3, h]);
    let n2 = b.op(Op::Mul, [n, n]);
    let n4 = b.op(Op::Mul, [n2, n2]);
    let total = b.op(Op::Add, [ge, gi]);
    let total = b.op(Op::Add, [total, leak]);
    let total = b.op(Op::MulAdd, [m3h, na, total]);
    let total = b.op(Op::MulAdd, [n4, k, total]);
    let current = b.op(Op::MulAdd, [gi, inhibitory, leak_current]);
    let current = b.op(Op::MulAdd, [m3h, na_current, current]);
    let current = b.op(Op::MulAdd, [n4, k_current, current]);
    let inf = b.op(Op::Div, [current, total]);
    // Rates at the present v.
    let (x, y) = (b.value(0.32 * 4.0), b.of_line(Op::Exprel, v, -0.25, -50.0 / 4.0));
    let a_m = b.op(Op::Div, [x, y]);
    let (x, y) = (b.value(0.28 * 5.0), b.of_line(Op::Exprel, v, 0.2, 23.0 / 5.0));
    let b_m = b.op(Op::Div, [x, y]);
    b.gate(M as u16, a_m, b_m);
    let (x, y) = (b.value(0.128), b.of_line(Op::Exp, v, -1.0 / 18.0, -46.0 / 18.0));
    let a_h = b.op(Op::Mul, [x, y]);
    let (x, y) = (b.value(4.0), b.of_line(Op::Exp, v, -0.2, -23.0 / 5.0));
    let y = b.op(Op::Add, [one, y]);
    let b_h = b.op(Op::Div, [x, y]);
    b.gate(H as u16, a_h, b_h);
    let (x, y) = (b.value(0.032 * 5.0), b.of_line(Op::Exprel, v, -0.2, -48.0 / 5.0));
    let a_n = b.op(Op::Div, [x, y]);
    let (x, y) = (b.value(0.5), b.of_line(Op::Exp, v, -1.0 / 40.0, -53.0 / 40.0));
    let b_n = b.op(Op::Mul, [x, y]);
    b.gate(N as u16, a_n, b_n);
    let moved = b.relax(v, inf, total);
    b.put(v, Op::MulAdd, moved);
    b.decay(GE as u16, 0.98, 0);
    b.decay(GI as u16, 0.99, 1);
    let threshold = b.value(-20.0);
    b.put(Column(FIRED as u16), Op::Lt, [threshold, v]);
    b.finish()
}

#[inline(always)]
fn hh_lanes<T: Real>(c: &mut [[T; LANES]; COLUMNS], input: &[[T; LANES]; 2], l: usize) {
    let f = T::from_f64;
    let (v, ge, gi, m, h, n) = (c[V][l], c[GE][l], c[GI][l], c[M][l], c[H][l], c[N][l]);
    let (m3h, n2) = (m * m * m * h, n * n);
    let n4 = n2 * n2;
    let total = n4.mul_add(f(30.0), m3h.mul_add(f(100.0), (ge + gi) + f(0.05)));
    let current = gi.mul_add(f(-80.0), f(0.05 * -60.0));
    let inf = n4.mul_add(f(30.0 * -90.0), m3h.mul_add(f(100.0 * 50.0), current)) / total;
    let gate = |x: T, a: T, b: T| relax(x, a / (a + b), a + b);
    let line = |a: f64, b: f64| v.mul_add(f(a), f(b));
    let (a_m, b_m) = (f(0.32 * 4.0) / exprel(line(-0.25, -50.0 / 4.0)), f(0.28 * 5.0) / exprel(line(0.2, 23.0 / 5.0)));
    let a_h = f(0.128) * exp(line(-1.0 / 18.0, -46.0 / 18.0));
    let b_h = f(4.0) / (T::ONE + exp(line(-0.2, -23.0 / 5.0)));
    let a_n = f(0.032 * 5.0) / exprel(line(-0.2, -48.0 / 5.0));
    let b_n = f(0.5) * exp(line(-1.0 / 40.0, -53.0 / 40.0));
    (c[M][l], c[H][l], c[N][l]) = (gate(m, a_m, b_m), gate(h, a_h, b_h), gate(n, a_n, b_n));
    c[V][l] = relax(v, inf, total);
    c[GE][l] = decay(ge, f(0.98)) + input[0][l];
    c[GI][l] = decay(gi, f(0.99)) + input[1][l];
    c[FIRED][l] = if f(-20.0) < c[V][l] { T::ONE } else { T::ZERO };
}

#[inline(always)]
fn relax<T: Real>(x: T, inf: T, rate: T) -> T {
    (x - inf).mul_add(exp(rate * T::from_f64(-DT)), inf)
}

#[inline(always)]
fn decay<T: Real>(x: T, factor: T) -> T {
    let decayed = x * factor;
    if decayed.abs() < T::TINY { T::ZERO } else { decayed }
}

/// Columns and inputs of a population.
#[derive(Clone)]
struct State<T> {
    columns: Buffer<T>,
    inputs: Buffer<T>,
}

impl<T: Real> State<T> {
    fn new(gates: bool) -> Self {
        let (mut columns, mut inputs) = (Buffer::new(COLUMNS * NEURONS), Buffer::new(2 * NEURONS));
        for n in 0..NEURONS {
            columns[V * NEURONS + n] = T::from_f64(-65.0 + 14.0 * n as f64 / NEURONS as f64);
            for gate in [M, H, N].into_iter().filter(|_| gates) {
                columns[gate * NEURONS + n] = T::from_f64(0.3);
            }
            inputs[n] = T::from_f64(0.002 * (n % 7) as f64);
            inputs[NEURONS + n] = T::from_f64(0.003 * (n % 5) as f64);
        }
        Self { columns, inputs }
    }
}

/// The hand-written loop, with whatever vectors its caller is compiled for.
macro_rules! by_hand {
    ($name:ident, $lanes:ident) => {
        mod $name {
            use super::*;
            #[inline(always)]
            fn body<T: Real>(state: &mut State<T>) {
                let mut columns = state.columns.chunks_exact_mut(NEURONS);
                let columns: [_; COLUMNS] = std::array::from_fn(|_| columns.next().unwrap().as_chunks_mut::<LANES>().0);
                let (first, second) = state.inputs.split_at(NEURONS);
                let inputs = [first, second].map(|input| input.as_chunks::<LANES>().0);
                for g in 0..NEURONS / LANES {
                    let mut local = std::array::from_fn(|c| columns[c][g]);
                    let input = std::array::from_fn(|r| inputs[r][g]);
                    for l in 0..LANES {
                        $lanes(&mut local, &input, l);
                    }
                    for c in 0..COLUMNS {
                        columns[c][g] = local[c];
                    }
                }
            }
            #[target_feature(enable = "avx2,fma")]
            fn avx2<T: Real>(state: &mut State<T>) {
                body(state);
            }
            #[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw")]
            fn avx512<T: Real>(state: &mut State<T>) {
                body(state);
            }
            pub fn step<T: Real>(isa: Isa, state: &mut State<T>) {
                match isa {
                    Isa::Baseline => body(state),
                    // SAFETY: only sets that are available are benched.
                    Isa::Avx2 => unsafe { avx2(state) },
                    // SAFETY: as above.
                    Isa::Avx512 => unsafe { avx512(state) },
                }
            }
        }
    };
}
by_hand!(lif_by_hand, lif_lanes);
by_hand!(hh_by_hand, hh_lanes);

/// One step of all neurons by the vector program.
fn step<T: Real>(isa: Isa, program: &Program, scalars: &[[T; LANES]], temps: &mut [T], state: &mut State<T>) {
    for start in (0..NEURONS).step_by(CHUNK) {
        let mut chunk = Chunk {
            columns: &mut state.columns,
            stride: NEURONS,
            inputs: &state.inputs,
            input_stride: NEURONS,
            scalars,
            temps,
            tables: &mut [],
            start,
            len: CHUNK,
            random: Random { key: 0, step: 0, first: start as u32 },
        };
        run(isa, program, &mut chunk);
    }
}

fn model<T: Real>(
    c: &mut Criterion,
    name: &str,
    (program, scalars): (Program, Vec<f64>),
    hand: fn(Isa, &mut State<T>),
) {
    let mut buffer = Buffer::<T>::new(scalars.len() * LANES);
    buffer.iter_mut().enumerate().for_each(|(i, x)| *x = T::from_f64(scalars[i / LANES]));
    let scalars = buffer.as_chunks::<LANES>().0;
    let mut temps = Buffer::<T>::new(program.temps * CHUNK);
    let start = State::<T>::new(name == "hh");
    let mut group = c.benchmark_group(format!("{name}/{}", std::any::type_name::<T>()));
    group.throughput(Throughput::Elements(NEURONS as u64));
    for isa in Isa::available().into_iter().filter(|isa| *isa != Isa::Baseline) {
        let (mut a, mut b) = (start.clone(), start.clone());
        for _ in 0..100 {
            step(isa, &program, scalars, &mut temps, &mut a);
            hand(isa, &mut b);
        }
        assert!(*a.columns == *b.columns, "the program and the loop do not compute the same");
        group.bench_function(BenchmarkId::new("program", isa.name()), |bencher| {
            bencher.iter(|| step(isa, &program, scalars, &mut temps, black_box(&mut a)));
        });
        group.bench_function(BenchmarkId::new("by hand", isa.name()), |bencher| {
            bencher.iter(|| hand(isa, black_box(&mut b)));
        });
    }
}

fn benches(c: &mut Criterion) {
    model::<f32>(c, "lif", lif_program(), lif_by_hand::step);
    model::<f64>(c, "lif", lif_program(), lif_by_hand::step);
    model::<f32>(c, "hh", hh_program(), hh_by_hand::step);
    model::<f64>(c, "hh", hh_program(), hh_by_hand::step);
}

// Criterion's own plots want a system font, which a bare machine does not have.
criterion_group!(name = kernel; config = Criterion::default().without_plots(); targets = benches);
criterion_main!(kernel);
