//! The twin of `run`, for tests: one neuron at a time, indexing instead of pointers, the same scalar functions.

use super::{
    binomial::binomial,
    chunk::{Chunk, Random},
    exp::{exp, exprel, tanh},
    log::log,
    normal::pair,
    philox::tests::word_of,
    poisson::poisson,
    power::Power,
    program::{CHUNK, Instr, LANES, Op, Operand, Program},
    real::{Real, max, min},
    scan::Scan,
    sparse::{self, tests::number_of},
};

/// Runs a program over each neuron of a chunk in turn. Its last look counts.
pub fn run<T: Real>(program: &Program, chunk: &mut Chunk<T>) -> Scan {
    let last = program.instrs.iter().rposition(|instr| instr.op == Op::Look);
    let mut seen = Scan::NOTHING;
    for i in 0..chunk.len {
        for (k, instr) in program.instrs.iter().enumerate() {
            let [a, b, c] = instr.args.map(|operand| *place(chunk, operand, i));
            if instr.op == Op::Look {
                if Some(k) == last {
                    seen.fired |= u64::from(a != T::ZERO) << (i / LANES);
                    seen.finite &= b.to_f64().is_finite();
                }
                continue;
            }
            let result = value(instr, &program.powers, [a, b, c], chunk, i);
            match instr.dst {
                Operand::Column(c) => chunk.columns[c as usize * chunk.stride + chunk.start + i] = result,
                Operand::Temp(k) => chunk.temps[k as usize * CHUNK + i] = result,
                _ => panic!("read only"),
            }
        }
    }
    seen
}

fn place<'c, T>(chunk: &'c Chunk<T>, operand: Operand, i: usize) -> &'c T {
    match operand {
        Operand::Column(c) => &chunk.columns[c as usize * chunk.stride + chunk.start + i],
        Operand::Input(r) => &chunk.inputs[r as usize * chunk.input_stride + chunk.start + i],
        Operand::Scalar(s) => &chunk.scalars[s as usize][0],
        Operand::Temp(k) => &chunk.temps[k as usize * CHUNK + i],
    }
}

fn value<T: Real>(instr: &Instr, powers: &[Power], [a, b, c]: [T; 3], chunk: &Chunk<T>, i: usize) -> T {
    let truth = |condition| if condition { T::ONE } else { T::ZERO };
    let neuron = chunk.random.first + i as u32;
    let word = |stream, neuron| word_of(chunk.random.key, stream, chunk.random.step, neuron);
    match instr.op {
        Op::Copy => a,
        Op::Add => a + b,
        Op::Sub => a - b,
        Op::Mul => a * b,
        Op::Div => a / b,
        Op::MulAdd => a.mul_add(b, c),
        Op::NegMulAdd => (-a).mul_add(b, c),
        Op::Neg => -a,
        Op::Abs => a.abs(),
        Op::Min => min(a, b),
        Op::Max => max(a, b),
        Op::Sqrt => a.sqrt(),
        Op::Exp => exp(a),
        Op::Exprel => exprel(a),
        Op::Log => log(a),
        Op::Sin => a.sin(),
        Op::Cos => a.cos(),
        Op::Tanh => tanh(a),
        Op::Floor => a.floor(),
        Op::Pow => a.powf(b),
        Op::Power(power) => T::table(&powers[usize::from(power)]).of_one(a),
        Op::Lt => truth(a < b),
        Op::Le => truth(a <= b),
        Op::Eq => truth(a == b),
        Op::Ne => truth(a != b),
        Op::And => truth(a != T::ZERO && b != T::ZERO),
        Op::Or => truth(a != T::ZERO || b != T::ZERO),
        Op::Not => truth(a == T::ZERO),
        Op::Select => {
            if a != T::ZERO {
                b
            } else {
                c
            }
        }
        Op::Flush => {
            if a.abs() < T::TINY {
                T::ZERO
            } else {
                a
            }
        }
        Op::Uniform(stream) => T::uniform(word(stream, neuron)),
        Op::Normal(stream) if neuron & 4 == 0 => pair(word(stream, neuron), word(stream, neuron + 4)).0,
        Op::Normal(stream) => pair(word(stream, neuron - 4), word(stream, neuron)).1,
        Op::Poisson(stream) => {
            let (mean, shared) = (a.to_f64(), matches!(instr.args[0], Operand::Scalar(_)));
            T::from_f64(if shared && (0.0..=sparse::LARGEST).contains(&mean) {
                number_of(Random { first: neuron, ..chunk.random }, stream, mean)
            } else {
                poisson(word(stream, neuron), mean)
            })
        }
        Op::Binomial(stream) => binomial(chunk.random, stream, neuron, a, b),
        Op::Look => unreachable!("it has no value"),
        Op::Fused(_) => panic!("fused operations are compared with those that they are made of"),
    }
}

#[cfg(test)]
mod tests;
