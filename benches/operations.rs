//! Nanoseconds per neuron of single operations of the kernel, each run on one chunk of 1,024 neurons that lies in the L1
//! cache: random numbers, `exp` and `log`, and what follows a step (threshold, look for spikes, reset).
//!
//! Axes: operation, with the mean for Poisson numbers and the number of neurons that fire for thresholds; precision;
//! instruction set. `cargo bench --bench operations -- poisson/1.28` runs those whose name contains the words.

use std::{any::type_name, hint::black_box, time::Duration};

use bouton::kernel::{
    Buffer, Chunk, Drawn, Isa, Power, Random, Real, Scan,
    program::{CHUNK, Instr, LANES, Op, Operand, Program},
    run,
};
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};

/// What operations read, one value a neuron; programs write to the second column or to temporaries.
const READ: Operand = Operand::Column(0);
const WRITTEN: Operand = Operand::Column(1);

/// One chunk of neurons with two columns, a temporary and some scalars.
struct Neurons<T> {
    columns: Buffer<T>,
    temps: Buffer<T>,
    drawn: [Drawn; 1],
    scalars: Vec<[T; LANES]>,
    step: u64,
}

impl<T: Real> Neurons<T> {
    fn new(values: impl Fn(usize) -> f64, scalars: &[f64]) -> Self {
        let mut columns = Buffer::new(2 * CHUNK);
        (0..CHUNK).for_each(|n| columns[n] = T::from_f64(values(n)));
        let scalars = scalars.iter().map(|&s| [T::from_f64(s); LANES]).collect();
        Self { columns, temps: Buffer::new(CHUNK), drawn: [Drawn::NONE], scalars, step: 0 }
    }

    /// Each run is another time step, with other random numbers.
    fn run(&mut self, isa: Isa, program: &Program) -> Scan {
        self.step += 1;
        let mut chunk = Chunk {
            columns: &mut self.columns,
            stride: CHUNK,
            inputs: &mut [],
            input_stride: CHUNK,
            scalars: &self.scalars,
            temps: &mut self.temps,
            drawn: &mut self.drawn,
            start: 0,
            len: CHUNK,
            random: Random { key: 1, step: self.step, first: 0 },
        };
        run(isa, program, black_box(&mut chunk))
    }
}

fn program<const N: usize>(instrs: [(Op, Operand, [Operand; 3]); N]) -> Program {
    Program {
        instrs: instrs.map(|(op, dst, args)| Instr { op, dst, args }).to_vec(),
        temps: 1,
        powers: vec![Power::new(0.4)],
    }
}

fn group<'c>(c: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements(CHUNK as u64));
    group
}

fn id<T>(isa: Isa) -> BenchmarkId {
    BenchmarkId::new(type_name::<T>(), isa.name())
}

/// A program of one operation, with its argument a column of `values`, or a scalar where there are none.
fn operation<T: Real>(c: &mut Criterion, name: &str, op: Op, values: Option<fn(usize) -> f64>, scalar: f64) {
    let argument = if values.is_some() { READ } else { Operand::Scalar(0) };
    let program = program([(op, WRITTEN, [argument; 3])]);
    let mut group = group(c, name);
    for isa in Isa::available() {
        let mut neurons = Neurons::<T>::new(values.unwrap_or(|_| 0.0), &[scalar]);
        group.bench_function(id::<T>(isa), |b| b.iter(|| neurons.run(isa, &program)));
    }
}

/// What a chunk goes through after its equations: threshold, a look for spikes and for values that are not finite, and
/// where somebody fired the list of spikes and the reset (into another column, so that the same neurons fire every
/// time).
fn threshold<T: Real>(c: &mut Criterion, firing: usize) {
    let fired = Operand::Temp(0);
    let [v_th, v_reset] = [Operand::Scalar(0), Operand::Scalar(1)];
    let test = program([(Op::Lt, fired, [v_th, READ, v_th]), (Op::Look, fired, [fired, READ, fired])]);
    let reset = program([(Op::Select, WRITTEN, [fired, v_reset, READ])]);
    let mut group = group(c, &format!("threshold and reset/{firing} of {CHUNK} fire"));
    for isa in Isa::available() {
        let v = |n: usize| if n % (CHUNK / firing.max(1)) == 7 && firing > 0 { -49.0 } else { -55.0 };
        let mut neurons = Neurons::<T>::new(v, &[-50.0, -60.0]);
        let mut spikes = Vec::new();
        group.bench_function(id::<T>(isa), |b| {
            b.iter(|| {
                let seen = neurons.run(isa, &test);
                if seen.fired != 0 {
                    spikes.clear();
                    let all = neurons.temps.iter().enumerate();
                    spikes.extend(all.filter(|(_, fired)| **fired != T::ZERO).map(|(n, _)| n as u32));
                    neurons.run(isa, &reset);
                }
                black_box(seen)
            });
            assert_eq!(spikes.len(), firing);
        });
    }
}

fn all<T: Real>(c: &mut Criterion) {
    for mean in [0.001, 0.1, 1.28, 10.0, 100.0] {
        operation::<T>(c, &format!("poisson/{mean}"), Op::Poisson(0), None, mean);
    }
    // Where each neuron has a mean of its own there is no table to share.
    operation::<T>(c, "poisson/1.28 of each neuron", Op::Poisson(0), Some(|_| 1.28), 0.0);
    operation::<T>(c, "uniform", Op::Uniform(0), None, 0.0);
    operation::<T>(c, "normal", Op::Normal(0), None, 0.0);
    operation::<T>(c, "exp", Op::Exp, Some(|n| -5.0 + n as f64 * 0.01), 0.0);
    operation::<T>(c, "log", Op::Log, Some(|n| 0.01 + n as f64 * 0.02), 0.0);
    operation::<T>(c, "power", Op::Power(0), Some(|n| 0.01 + n as f64 * 0.02), 0.0);
    [0, 1, 16].into_iter().for_each(|firing| threshold::<T>(c, firing));
}

fn benches(c: &mut Criterion) {
    all::<f32>(c);
    all::<f64>(c);
}

// Criterion's own plots want a system font, which a bare machine does not have.
criterion_group! {
    name = operations;
    config = Criterion::default()
        .without_plots()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1));
    targets = benches
}
criterion_main!(operations);
