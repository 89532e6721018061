//! The vector program beside a SIMD loop written by hand for the one model: it may take at most 1.25 times as long, else
//! the bench ends with code 1.
//!
//! The programs are those that users run: the compiler's own for the first population of shipped networks. The loops are in
//! `by_hand`; they do not look for spikes, which the program does. Resets are left out, as they would cost both the same. Both
//! must give the same bits, which is asserted before anything is timed.
//!
//! Axes: model (conductance LIF of `vogels_abbott`, Traub-Miles HH of `cobahh`), precision, instruction set.
//! `cargo bench --bench kernel -- "lif f32"` runs those whose name contains the words.

use std::{any::type_name, env, hint::black_box, process::ExitCode, time::Instant};

use bouton::{
    kernel::{
        Buffer, Chunk, Isa, Random, Real,
        program::{CHUNK, LANES, Operand},
        run,
    },
    lang::{Dynamics, Scalar},
    plan::{Kind, Plan},
    spec::Spec,
};

mod by_hand;

use by_hand::{hh, lif};

const NEURONS: usize = 4096;
const GOAL: f64 = 1.25;
/// Measurements of each, in alternation so that both see the same machine.
const PAIRS: usize = 200;
/// What a measurement lasts at least, in seconds: much longer than reading the clock takes.
const MEASUREMENT: f64 = 50e-6;

/// What a step reads and writes. Number `k` of each kind of array begins at `k * NEURONS`.
#[derive(Clone)]
struct State<T> {
    columns: Buffer<T>,
    inputs: Buffer<T>,
    scalars: Vec<[T; LANES]>,
    /// Of the program, for one chunk.
    temps: Buffer<T>,
    /// Of the loop: 1 where the neuron spikes. The program has it among its temporaries.
    fired: Buffer<T>,
}

impl<T: Real> State<T> {
    fn new(dynamics: &Dynamics) -> Self {
        let mut columns = Buffer::new(dynamics.columns.len() * NEURONS);
        for (place, n) in (0..columns.len()).map(|place| (place, place % NEURONS)) {
            columns[place] = T::from_f64(match dynamics.columns[place / NEURONS].name.as_str() {
                "v" => -65.0 + 14.0 * n as f64 / NEURONS as f64,
                "exc.g" => (n % 40) as f64,
                "inh.g" => (n % 200) as f64,
                "steps refractory" => (n % 70).saturating_sub(20) as f64,
                _ => 0.3,
            });
        }
        let mut inputs = Buffer::new(dynamics.inputs.len() * NEURONS);
        inputs.iter_mut().enumerate().for_each(|(n, x)| *x = T::from_f64(0.2 * (n % 7) as f64));
        let value = |scalar: &Scalar| match scalar {
            Scalar::Constant(c) => [T::from_f64(*c); LANES],
            Scalar::PerStep(_) => panic!("these models do not depend on time"),
        };
        let scalars = dynamics.scalars.iter().map(value).collect();
        let temps = Buffer::new(dynamics.step.temps * CHUNK);
        Self { columns, inputs, scalars, temps, fired: Buffer::new(NEURONS) }
    }

    /// One step by the vector program, as the engine runs it; `look` sees the temporaries of each chunk.
    fn program(&mut self, isa: Isa, dynamics: &Dynamics, mut look: impl FnMut(usize, &[T])) {
        for start in (0..NEURONS).step_by(CHUNK) {
            let mut chunk = Chunk {
                columns: &mut self.columns,
                stride: NEURONS,
                inputs: &mut self.inputs,
                input_stride: NEURONS,
                scalars: &self.scalars,
                temps: &mut self.temps,
                drawn: &mut [],
                start,
                len: CHUNK,
                random: Random { key: 0, step: 0, first: start as u32 },
            };
            run(isa, &dynamics.step, &mut chunk);
            look(start, &self.temps);
        }
    }
}

/// Panics unless program and loop leave the same bits after each of some steps.
fn check<T: Real>(name: &str, isa: Isa, dynamics: &Dynamics, by_hand: fn(Isa, &mut State<T>)) {
    let Some(Operand::Temp(mask)) = dynamics.fired else { panic!("the spikes are a temporary") };
    let (mut a, mut b) = (State::<T>::new(dynamics), State::<T>::new(dynamics));
    for step in 0..200 {
        by_hand(isa, &mut b);
        a.program(isa, dynamics, |start, temps| {
            let fired = &temps[usize::from(mask) * CHUNK..][..CHUNK];
            assert!(*fired == b.fired[start..start + CHUNK], "{name}, step {step}: program and loop spike differently");
        });
        assert!(*a.columns == *b.columns, "{name}, step {step}: program and loop do not compute the same");
    }
}

/// Times of program and loop in ns per neuron, pair by pair.
fn time<T: Real>(isa: Isa, dynamics: &Dynamics, by_hand: fn(Isa, &mut State<T>)) -> Vec<[f64; 2]> {
    // Both on the same memory, as its place matters.
    let mut state = State::<T>::new(dynamics);
    let mut once = |program: bool, steps: usize| {
        let start = Instant::now();
        for _ in 0..steps {
            if program {
                state.program(isa, dynamics, |_, _| ());
            } else {
                by_hand(isa, black_box(&mut state));
            }
        }
        start.elapsed().as_secs_f64() / steps as f64
    };
    let steps = [true, false].map(|program| (MEASUREMENT / once(program, 200)).ceil() as usize);
    let ns = |seconds: f64| seconds * 1e9 / NEURONS as f64;
    (0..PAIRS).map(|_| [ns(once(true, steps[0])), ns(once(false, steps[1]))]).collect()
}

/// The median, and as text with what lies between 10 and 90 %.
fn median(values: impl Iterator<Item = f64>) -> (f64, String) {
    let mut sorted: Vec<_> = values.collect();
    sorted.sort_by(f64::total_cmp);
    let at = |percent| sorted[sorted.len() * percent / 100];
    (at(50), format!("{:.3} ({:.3}-{:.3})", at(50), at(10), at(90)))
}

/// Compares where the name contains the word; true if the program is too slow.
fn compare<T: Real>(word: &str, model: &str, network: &str, by_hand: fn(Isa, &mut State<T>)) -> bool {
    let spec = Spec::load(network, &[]).unwrap_or_else(|e| panic!("{}", e.report()));
    let plan = Plan::new(&spec).unwrap_or_else(|e| panic!("{}", e.report()));
    let Kind::Dynamics(phases) = &plan.populations[0].kind else { panic!("{network} begins with neurons") };
    let mut slow = false;
    for isa in Isa::available().into_iter().filter(|isa| *isa != Isa::Baseline) {
        let name = format!("{model} {} {}", type_name::<T>(), isa.name());
        if !name.contains(word) {
            continue;
        }
        check(&name, isa, &phases[0], by_hand);
        let pairs = time(isa, &phases[0], by_hand);
        let [(_, program), (_, by_hand)] = [0, 1].map(|k| median(pairs.iter().map(|pair| pair[k])));
        // Of each pair, so that a machine that is slow for a while does not count.
        let (ratio, text) = median(pairs.iter().map(|[program, by_hand]| program / by_hand));
        println!("{name:<16} {program:>24} {by_hand:>24} {text:>24}");
        slow |= ratio > GOAL;
    }
    slow
}

fn main() -> ExitCode {
    // `cargo test --benches` only wants to see that it starts.
    if !env::args().any(|arg| arg == "--bench") {
        return ExitCode::SUCCESS;
    }
    let word = env::args().skip(1).find(|arg| !arg.starts_with("--")).unwrap_or_default();
    println!("ns per neuron and step, and their ratio: median of {PAIRS} pairs (10 to 90 %); goal {GOAL}");
    println!("{:<16} {:>24} {:>24} {:>24}", "", "program", "by hand", "ratio");
    let slow = [
        compare::<f32>(&word, "lif", "vogels_abbott", lif::step::<f32, 16>),
        compare::<f64>(&word, "lif", "vogels_abbott", lif::step::<f64, 8>),
        compare::<f32>(&word, "hh", "cobahh", hh::step::<f32, 16>),
        compare::<f64>(&word, "hh", "cobahh", hh::step::<f64, 8>),
    ];
    if slow.contains(&true) {
        eprintln!("the vector program takes more than {GOAL} times as long as the loop by hand");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
