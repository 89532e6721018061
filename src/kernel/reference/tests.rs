//! Programs run by the twin and by the real engine, on every instruction set: all memory must agree to the bit.

use super::super::{
    Buffer, Drawn, Isa, fuse, mix,
    program::{Fused, LANES},
    run::run as fast,
};
use super::*;
use Operand::*;

const OPS: [Op; 35] = [
    Op::Copy,
    Op::Add,
    Op::Sub,
    Op::Mul,
    Op::Div,
    Op::MulAdd,
    Op::NegMulAdd,
    Op::Neg,
    Op::Abs,
    Op::Min,
    Op::Max,
    Op::Sqrt,
    Op::Exp,
    Op::Exprel,
    Op::Log,
    Op::Sin,
    Op::Cos,
    Op::Tanh,
    Op::Floor,
    Op::Pow,
    Op::Power(0),
    Op::Lt,
    Op::Le,
    Op::Eq,
    Op::Ne,
    Op::And,
    Op::Or,
    Op::Not,
    Op::Select,
    Op::Flush,
    Op::Normal(3),
    Op::Uniform(4),
    Op::Poisson(5),
    Op::Binomial(6),
    Op::Look,
];

/// Deterministic numbers: ordinary ones, and now and then every special value.
fn number<T: Real>(seed: u64) -> T {
    let special = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        1e-295,
        3e-31,
        1e-310,
        1e-40,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        1e30,
        -300.0,
        710.0,
        0.5,
    ];
    let h = mix(&[seed]);
    match h % 4 {
        0 => T::from_f64(special[(h >> 8) as usize % special.len()]),
        1 => T::from_f64((h >> 20) as f64 / (1u64 << 40) as f64 - 8.0),
        _ => T::from_f64((h >> 32) as f64 / (1u64 << 25) as f64 - 64.0),
    }
}

/// Runs a program on both engines and every instruction set; all memory must agree to the bit (NaN is NaN).
fn agree<T: Real>(program: &Program, seed: u64, start: usize, len: usize) {
    let expected = result::<T>(None, program, seed, start, len);
    for isa in Isa::available() {
        let got = result::<T>(Some(isa), program, seed, start, len);
        let differ = expected.iter().zip(&got).position(|(e, g)| e != g);
        assert_eq!(differ, None, "{} {program:?} start {start} len {len}", isa.name());
    }
}

/// Bits of the columns, then of the temporaries, then what was seen, after a run by the twin (`isa` is none) or by the real engine.
fn result<T: Real>(isa: Option<Isa>, program: &Program, seed: u64, start: usize, len: usize) -> Vec<u64> {
    let fill = |n: usize, salt: u64| {
        let mut buffer = Buffer::<T>::new(n);
        buffer.iter_mut().enumerate().for_each(|(i, x)| *x = number(mix(&[seed, salt, i as u64])));
        buffer
    };
    let scalars: Vec<[T; LANES]> = (0..3).map(|s| [number(mix(&[seed, 2, s])); LANES]).collect();
    let (mut columns, mut temps) = (fill(3 * STRIDE, 3), fill(program.temps * CHUNK, 4));
    let mut chunk = Chunk {
        columns: &mut columns,
        stride: STRIDE,
        inputs: &mut fill(2 * STRIDE, 1),
        input_stride: STRIDE,
        scalars: &scalars,
        temps: &mut temps,
        drawn: &mut vec![Drawn::NONE; 6],
        start,
        len,
        random: Random { key: seed, step: seed ^ 77, first: 32 },
    };
    let seen = match isa {
        Some(isa) => fast(isa, program, &mut chunk),
        None => run(program, &mut chunk),
    };
    let bits = |x: &T| if x.is_nan() { u64::MAX } else { x.to_f64().to_bits() };
    columns.iter().chain(temps.iter()).map(bits).chain([seen.fired, seen.finite.into()]).collect()
}

const STRIDE: usize = 640;

#[test]
fn every_operation_agrees_for_every_kind_of_operand() {
    let sources = [Column(0), Input(1), Scalar(2), Temp(1)];
    for (n, op) in OPS.into_iter().enumerate() {
        for (m, a) in sources.into_iter().enumerate() {
            for dst in [Temp(0), Column(2), Column(0), Temp(1)] {
                let args = [a, sources[(m + n) % 4], sources[(m / 2 + n) % 4]];
                let program =
                    Program { instrs: vec![Instr { op, dst, args }], temps: 2, powers: vec![Power::new(0.4)] };
                agree::<f64>(&program, (n * 16 + m) as u64, 16, 512);
                agree::<f32>(&program, (n * 16 + m) as u64, 96, 48);
            }
        }
    }
}

#[test]
fn random_programs_agree() {
    for seed in 0..60u64 {
        let mut draw = {
            let mut n = 0;
            move |below: u64| {
                n += 1;
                mix(&[seed, n]) % below
            }
        };
        let mut instrs = Vec::new();
        for _ in 0..40 {
            let op = OPS[draw(OPS.len() as u64) as usize];
            let mut source = || match draw(4) {
                0 => Column(draw(3) as u16),
                1 => Input(draw(2) as u16),
                2 => Scalar(draw(3) as u16),
                _ => Temp(draw(4) as u16),
            };
            let args = [source(), source(), source()];
            let dst = if draw(2) == 0 { Column(draw(3) as u16) } else { Temp(draw(4) as u16) };
            instrs.push(Instr { op, dst, args });
        }
        let program = Program { instrs, temps: 4, powers: vec![Power::new(0.4)] };
        agree::<f64>(&program, seed, 16 * draw(8) as usize, 16 * (1 + draw(32)) as usize);
        agree::<f32>(&program, seed, 16 * draw(8) as usize, 16 * (1 + draw(32)) as usize);
    }
}

/// Programs in which most operations read what the one before has computed, so that there is much to fuse.
#[test]
fn fused_programs_agree() {
    const CHAIN: [Op; 11] =
        [Op::Add, Op::Sub, Op::Mul, Op::Div, Op::MulAdd, Op::Exp, Op::Exprel, Op::Flush, Op::Max, Op::Lt, Op::Select];
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..400u64 {
        let mut n = 0;
        let mut draw = |below: u64| {
            n += 1;
            mix(&[seed, n]) % below
        };
        let mut instrs = Vec::<Instr>::new();
        for _ in 0..30 {
            let op = CHAIN[draw(CHAIN.len() as u64) as usize];
            let mut args: [Operand; 3] = std::array::from_fn(|_| match draw(8) {
                0 => Column(draw(3) as u16),
                1 => Scalar(draw(3) as u16),
                2 => Temp(draw(4) as u16),
                _ => instrs.get(instrs.len().wrapping_sub(1 + draw(2) as usize)).map_or(Input(0), |i| i.dst),
            });
            // Exponential Euler uses an argument again.
            if draw(3) == 0 {
                args[2] = instrs.last().map_or(Input(1), |i| i.args[1]);
            }
            let dst = if draw(5) == 0 { Column(draw(3) as u16) } else { Temp(draw(4) as u16) };
            instrs.push(Instr { op, dst, args });
        }
        let program = Program { instrs, temps: 4, powers: vec![Power::new(0.4)] };
        let fused = fuse(&program, &[Temp(1)]);
        seen.extend(fused.instrs.iter().filter(|i| matches!(i.op, Op::Fused(_))).map(|i| format!("{:?}", i.op)));
        fused_agrees::<f64>(&program, &fused, seed, &[1]);
        fused_agrees::<f32>(&program, &fused, seed, &[1]);
    }
    // All but those of `long_patterns_agree`.
    assert_eq!(seen.len(), 25, "{seen:?}");
}

/// Columns and the temporaries that were to be kept are the same after the program and its fused form.
fn fused_agrees<T: Real>(program: &Program, fused: &Program, seed: u64, kept: &[usize]) {
    let (start, len) = (16, 64);
    let expected = result::<T>(None, program, seed, start, len);
    let temps = kept.iter().map(|k| 3 * STRIDE + k * CHUNK..3 * STRIDE + k * CHUNK + len);
    for isa in Isa::available() {
        let got = result::<T>(Some(isa), fused, seed, start, len);
        let seen = got.len() - 2..got.len();
        for range in [0..3 * STRIDE, seen].into_iter().chain(temps.clone()) {
            assert_eq!(expected[range.clone()], got[range], "{} {program:?} {fused:?}", isa.name());
        }
    }
}

#[test]
fn long_patterns_agree() {
    // x towards a/r with r = a + b (a gate) or r = b (a membrane), or towards a itself, or towards a line/b; and a decay with its input.
    let instr = |op, dst, args| Instr { op, dst, args };
    let (a, b, x, dt) = (Input(0), Column(1), Column(0), Scalar(0));
    let add = instr(Op::Add, Temp(0), [b, a, a]);
    let div = |rate| instr(Op::Div, Temp(1), [a, rate, rate]);
    let line = instr(Op::MulAdd, Temp(0), [Input(1), Scalar(1), Scalar(2)]);
    let div_line = instr(Op::Div, Temp(1), [Temp(0), b, b]);
    let relax = |inf: Operand, rate: Operand| {
        [
            instr(Op::Mul, Temp(2), [rate, dt, dt]),
            instr(Op::Exp, Temp(2), [Temp(2); 3]),
            instr(Op::Sub, Temp(3), [x, inf, inf]),
            instr(Op::MulAdd, x, [Temp(3), Temp(2), inf]),
        ]
    };
    let decay = [
        instr(Op::Mul, Temp(0), [x, dt, dt]),
        instr(Op::Flush, Temp(0), [Temp(0); 3]),
        instr(Op::Add, x, [a, Temp(0), Temp(0)]),
    ];
    // An exponential step with slope a: x + a*exprel(J*dt)*dt, J a product or a difference.
    let step = |exponent: &[Instr]| {
        let tail = [
            instr(Op::Exprel, Temp(0), [Temp(0); 3]),
            instr(Op::Mul, Temp(0), [Temp(0), a, a]),
            instr(Op::MulAdd, x, [Temp(0), dt, x]),
        ];
        [exponent, &tail].concat()
    };
    let product = [instr(Op::Mul, Temp(0), [b, dt, dt])];
    let difference = [instr(Op::Sub, Temp(0), [Scalar(1), b, b]), instr(Op::Mul, Temp(0), [Temp(0), dt, dt])];
    let held = [instr(Op::MulAdd, Temp(0), [Temp(0), dt, x]), instr(Op::Select, x, [Input(1), x, Temp(0)])];
    let weighted = [
        instr(Op::Mul, Temp(1), [x, dt, dt]),
        instr(Op::Flush, Temp(1), [Temp(1); 3]),
        line,
        instr(Op::Add, x, [Temp(1), Temp(0), Temp(0)]),
    ];
    // A conductance LIF: conductances g and h with factors, refractoriness, threshold.
    let (g, h, refractory, third) = (Column(1), Column(2), Input(1), Scalar(2));
    let slope = [
        instr(Op::Sub, Temp(0), [dt, x, x]),
        instr(Op::Mul, Temp(0), [Temp(0), g, g]),
        instr(Op::Mul, Temp(0), [Temp(0), Scalar(1), g]),
        instr(Op::Mul, Temp(1), [h, x, x]),
        instr(Op::NegMulAdd, Temp(0), [Temp(1), third, Temp(0)]),
        instr(Op::Sub, Temp(1), [Scalar(1), x, x]),
        instr(Op::MulAdd, Temp(0), [Temp(1), third, Temp(0)]),
    ];
    let into_column = |instrs: &[Instr]| {
        let (last, before) = instrs.split_last().expect("there is one");
        [before, &[Instr { dst: x, ..*last }]].concat()
    };
    let held_step = |slope: Operand| {
        [
            instr(Op::Mul, Temp(1), [h, third, h]),
            instr(Op::MulAdd, Temp(1), [g, Scalar(1), Temp(1)]),
            instr(Op::Sub, Temp(1), [dt, Temp(1), dt]),
            instr(Op::Mul, Temp(1), [Temp(1), dt, dt]),
            instr(Op::Exprel, Temp(1), [Temp(1); 3]),
            instr(Op::Mul, Temp(0), [slope, Temp(1), dt]),
            instr(Op::MulAdd, Temp(0), [Temp(0), dt, x]),
            instr(Op::Select, x, [refractory, x, Temp(0)]),
        ]
    };
    let other_decay = [
        instr(Op::Mul, Temp(1), [g, third, g]),
        instr(Op::Flush, Temp(1), [Temp(1); 3]),
        instr(Op::Add, g, [Temp(1), refractory, g]),
    ];
    let count_down = [
        instr(Op::Sub, Temp(0), [x, dt, x]),
        instr(Op::Select, x, [x, Temp(0), Scalar(1)]),
        instr(Op::Lt, Temp(1), [third, g, g]),
        instr(Op::Not, Temp(2), [x; 3]),
        instr(Op::And, h, [Temp(1), Temp(2), h]),
    ];
    // A LIF with one current: its membrane, what arrives, refractoriness and threshold.
    let (i, left) = (Column(1), Column(2));
    let held_lines = [
        instr(Op::MulAdd, Temp(0), [x, Scalar(0), Scalar(1)]),
        instr(Op::MulAdd, Temp(0), [i, third, Temp(0)]),
        instr(Op::Add, Temp(0), [x, Temp(0), x]),
        instr(Op::Select, x, [left, x, Temp(0)]),
    ];
    let arrivals = [
        instr(Op::Mul, Temp(1), [i, third, i]),
        instr(Op::Flush, Temp(1), [Temp(1); 3]),
        instr(Op::MulAdd, Temp(2), [Input(1), Scalar(0), Input(0)]),
        instr(Op::Add, i, [Temp(1), Temp(2), i]),
    ];
    let driven = [
        instr(Op::Poisson(5), Temp(2), [Scalar(2); 3]),
        arrivals[0],
        arrivals[1],
        instr(Op::MulAdd, Temp(2), [Temp(2), Scalar(0), Input(0)]),
        arrivals[3],
    ];
    let threshold = [
        instr(Op::Sub, Temp(1), [left, Scalar(0), x]),
        instr(Op::Select, left, [left, Temp(1), Scalar(1)]),
        instr(Op::Lt, Temp(1), [third, x, x]),
        instr(Op::Not, Temp(0), [left; 3]),
        instr(Op::And, Temp(3), [Temp(1), Temp(0), x]),
        instr(Op::Look, Temp(3), [Temp(3), x, x]),
    ];
    // A weight that learns: towards bounds.
    let bounded = |op| {
        let bounds = [instr(Op::Max, Temp(0), [Temp(0), Scalar(1), x]), instr(Op::Min, x, [Temp(0), third, x])];
        [&[instr(op, Temp(0), [Input(1), dt, x])], &bounds[..]].concat()
    };
    let at_least = |op| {
        let [line, least, _] = bounded(op).try_into().expect("three");
        [line, Instr { dst: x, ..least }].to_vec()
    };
    let potentiated = [
        instr(Op::Power(0), Temp(0), [x; 3]),
        instr(Op::Mul, Temp(0), [Temp(0), Input(1), x]),
        instr(Op::MulAdd, x, [Temp(0), dt, x]),
    ];
    let scaled = [&bounded(Op::NegMulAdd)[..2], &[instr(Op::Mul, x, [x, Temp(0), x])]].concat();
    for (instrs, expected) in [
        (bounded(Op::MulAdd), Fused::LineClamp),
        (bounded(Op::NegMulAdd), Fused::NegLineClamp),
        (bounded(Op::MulAdd)[1..].to_vec(), Fused::Clamp),
        (at_least(Op::MulAdd), Fused::LineMax),
        (at_least(Op::NegMulAdd), Fused::NegLineMax),
        (scaled, Fused::ScaledNegLineMax),
        (into_column(&slope[..5]), Fused::Synapses),
        (into_column(&slope), Fused::LeakSynapses),
        (held_step(a).to_vec(), Fused::HeldStepLine),
        ([&slope[..], &held_step(Temp(0))].concat(), Fused::HeldSynapses),
        ([&decay[..], &other_decay].concat(), Fused::Decays),
        (count_down[3..].to_vec(), Fused::AndNot),
        (count_down[2..].to_vec(), Fused::LtAndNot),
        (count_down.to_vec(), Fused::CountDown),
        ([&count_down[..], &[instr(Op::Look, Temp(0), [h, g, g])]].concat(), Fused::Threshold),
        (held_lines.to_vec(), Fused::HeldLines),
        ([&held_lines[..], &threshold].concat(), Fused::LinearStep),
        ([&held_lines[..], &arrivals, &threshold].concat(), Fused::CurrentStep),
        ([&held_lines[..], &driven, &threshold].concat(), Fused::DrivenStep(5)),
        (step(&product), Fused::StepMul),
        (step(&product)[..3].to_vec(), Fused::TimesMulExprel),
        (step(&difference)[..4].to_vec(), Fused::TimesSubMulExprel),
        ([&step(&difference)[..3], &[instr(Op::Div, x, [a, Temp(0), Temp(0)])]].concat(), Fused::OverSubMulExprel),
        ([&difference[..], &[instr(Op::Exp, x, [Temp(0); 3])]].concat(), Fused::SubMulExp),
        (step(&difference), Fused::StepSubMul),
        ([&[add, div(Temp(0))][..], &relax(Temp(1), Temp(0))].concat(), Fused::Gate),
        ([&[div(b)][..], &relax(Temp(1), b)].concat(), Fused::RelaxTo),
        (relax(a, b).to_vec(), Fused::Relax),
        ([&[line, div_line][..], &relax(Temp(1), b)].concat(), Fused::RelaxToLine),
        (decay.to_vec(), Fused::Decay),
        (weighted.to_vec(), Fused::DecayLine),
        ([&difference[..], &[instr(Op::Mul, x, [a, Temp(0), Temp(0)])]].concat(), Fused::SubMulMul),
        ([&product[..], &[instr(Op::NegMulAdd, x, [Temp(0), a, x])]].concat(), Fused::NegMulMulAdd),
        (potentiated.to_vec(), Fused::PowerLine(0)),
        ([&step(&difference)[..4], &held[..]].concat(), Fused::HeldStep),
    ] {
        let program = Program { instrs, temps: 4, powers: vec![Power::new(0.4)] };
        let fused = fuse(&program, &[]);
        assert_eq!(fused.instrs[0].op, Op::Fused(expected));
        assert!(fused.instrs[1..].iter().all(|i| i.op == Op::Fused(Fused::More)));
        for seed in 0..50 {
            fused_agrees::<f64>(&program, &fused, seed, &[]);
            fused_agrees::<f32>(&program, &fused, seed, &[]);
        }
    }
}
