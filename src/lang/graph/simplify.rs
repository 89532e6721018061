//! Values that are the same as simpler ones, or as others that are in the graph already.

use super::{Graph, Id, Level, Value};
use crate::kernel::program::Op;

impl Graph {
    /// A simpler value that an operation on `args` equals.
    pub(super) fn simplified(&mut self, op: Op, args: &[Id]) -> Option<Id> {
        let zero = |g: &Self, k: usize| g.is_constant(args[k], 0.0);
        let one = |g: &Self, k: usize| g.is_constant(args[k], 1.0);
        match op {
            Op::Add if zero(self, 0) => Some(args[1]),
            Op::Add | Op::Sub if zero(self, 1) => Some(args[0]),
            Op::Sub if zero(self, 0) => Some(self.op(Op::Neg, &args[1..])),
            // An input of rate 0 draws nothing.
            Op::Poisson(_) if zero(self, 0) => Some(args[0]),
            Op::Mul if zero(self, 0) || one(self, 1) => Some(args[0]),
            Op::Mul if zero(self, 1) || one(self, 0) => Some(args[1]),
            // The commonest form has the constant second, so that equal products share one number.
            Op::Mul | Op::Add if self.known(args[0]).is_some() && self.known(args[1]).is_none() => {
                Some(self.op(op, &[args[1], args[0]]))
            }
            Op::Mul => self.product(args[0], args[1]),
            // A division by what is fixed in time is done once: x/c = x*(1/c).
            Op::Div if matches!(self.values[args[1]].1, Level::Constant | Level::Neuron) && !one(self, 0) => {
                let one = self.constant(1.0);
                let inverse = self.op(Op::Div, &[one, args[1]]);
                Some(self.op(Op::Mul, &[args[0], inverse]))
            }
            Op::Neg => match self.values[args[0]].0 {
                Value::Op(Op::Neg, [inner, ..]) => Some(inner),
                Value::Op(Op::Sub, [a, b, _]) => Some(self.op(Op::Sub, &[b, a])),
                _ => None,
            },
            Op::Add => match (&self.values[args[0]].0, &self.values[args[1]].0) {
                (_, &Value::Op(Op::Neg, [b, ..])) => Some(self.op(Op::Sub, &[args[0], b])),
                (&Value::Op(Op::Neg, [a, ..]), _) => Some(self.op(Op::Sub, &[args[1], a])),
                _ => None,
            },
            Op::Sub => match (&self.values[args[0]].0, &self.values[args[1]].0) {
                (_, &Value::Op(Op::Neg, [b, ..])) => Some(self.op(Op::Add, &[args[0], b])),
                (&Value::Op(Op::Neg, [a, ..]), _) => {
                    let sum = self.op(Op::Add, &[a, args[1]]);
                    Some(self.op(Op::Neg, &[sum]))
                }
                _ => None,
            },
            Op::Select => match self.known(args[0]) {
                Some(condition) => Some(args[if condition != 0.0 { 1 } else { 2 }]),
                None if args[1] == args[2] => Some(args[1]),
                None => None,
            },
            Op::Pow => self.power(args[0], self.known(args[1])?),
            _ => None,
        }
    }

    /// Signs and constants move outwards, where they meet: (-a)*b = -(a*b), (a*2)*(b*3) = (a*b)*6.
    fn product(&mut self, a: Id, b: Id) -> Option<Id> {
        match (&self.values[a].0, &self.values[b].0) {
            (&Value::Op(Op::Neg, [inner, ..]), Value::Constant(c)) => {
                let c = self.constant(-c);
                Some(self.op(Op::Mul, &[inner, c]))
            }
            (&Value::Op(Op::Neg, [inner, ..]), _) => {
                let product = self.op(Op::Mul, &[inner, b]);
                Some(self.op(Op::Neg, &[product]))
            }
            (_, &Value::Op(Op::Neg, _)) => Some(self.op(Op::Mul, &[b, a])),
            (&Value::Op(Op::Mul, [inner, c, _]), _) if self.known(c).is_some() => {
                if self.known(b).is_some() {
                    let c = self.op(Op::Mul, &[b, c]);
                    return Some(self.op(Op::Mul, &[inner, c]));
                }
                let product = self.op(Op::Mul, &[inner, b]);
                Some(self.op(Op::Mul, &[product, c]))
            }
            (_, &Value::Op(Op::Mul, [_, c, _])) if self.known(c).is_some() && self.known(a).is_none() => {
                Some(self.op(Op::Mul, &[b, a]))
            }
            _ => None,
        }
    }

    /// Whole powers by multiplication, square roots by themselves, other fractions by tables; large exponents of what is not negative
    /// through the logarithm.
    fn power(&mut self, base: Id, exponent: f64) -> Option<Id> {
        // (x c)^p = x^p c^p, and constants move outwards: where p is small, so that neither of the two leaves the range of numbers.
        if let Value::Op(Op::Mul, [x, c, _]) = self.values[base].0
            && let Some(c) = self.known(c).filter(|&c| c > 0.0 && exponent != 0.0 && exponent.abs() < 1.0)
        {
            let power = self.power(x, exponent)?;
            let c = self.constant(libm::pow(c, exponent));
            return Some(self.op(Op::Mul, &[power, c]));
        }
        if exponent.abs() > 16.0 {
            let log = self.op(Op::Log, &[base]);
            let exponent = self.constant(exponent);
            let product = self.op(Op::Mul, &[log, exponent]);
            return Some(self.op(Op::Exp, &[product]));
        }
        let mut result = match exponent.abs().fract() {
            0.0 => self.constant(1.0),
            0.5 => self.op(Op::Sqrt, &[base]),
            fraction => {
                let known = self.powers.iter().position(|&p| p == fraction);
                let number = known.unwrap_or_else(|| {
                    self.powers.push(fraction);
                    self.powers.len() - 1
                });
                self.op(Op::Power(u16::try_from(number).expect("fewer than 65,536 powers")), &[base])
            }
        };
        let (mut square, mut left) = (base, exponent.abs() as u32);
        while left > 0 {
            if left & 1 == 1 {
                result = self.op(Op::Mul, &[result, square]);
            }
            left >>= 1;
            if left > 0 {
                square = self.op(Op::Mul, &[square, square]);
            }
        }
        if exponent < 0.0 {
            let one = self.constant(1.0);
            result = self.op(Op::Div, &[one, result]);
        }
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{self, Buffer, Chunk, Isa, Random, program::CHUNK},
        lang::{
            dynamics::Scalar,
            emit::{Emitter, Store, Target},
        },
    };

    #[test]
    fn powers_are_powers_however_they_are_computed() {
        let exponents = [0.4, 0.5, 1.5, 2.7, 3.0, 15.9, 20.5, -0.3, -2.0, -2.5, 0.0];
        for (exponent, factor) in exponents.into_iter().flat_map(|p| [2.0, 1e-18].map(|factor| (p, factor))) {
            let mut graph = Graph::new(0.1);
            let (x, c, p) = (graph.column(0), graph.constant(factor), graph.constant(exponent));
            let base = graph.op(Op::Mul, &[x, c]);
            let power = graph.op(Op::Pow, &[base, p]);
            let mut store = Store::default();
            let (program, _) = Emitter { graph: &graph, store: &mut store }.emit(&[(Target::Column(0), power)]);
            let constant = |scalar: &Scalar| match scalar {
                Scalar::Constant(c) => [*c; 16],
                other => panic!("{other:?}"),
            };
            let value = |n: usize| 0.02 * (n as f64 + 0.5);
            let mut columns = Buffer::new(CHUNK);
            (0..CHUNK).for_each(|n| columns[n] = value(n) / factor);
            let mut chunk = Chunk {
                columns: &mut columns,
                stride: CHUNK,
                inputs: &mut [],
                input_stride: 0,
                scalars: &store.scalars.iter().map(constant).collect::<Vec<_>>(),
                temps: &mut vec![0.0; CHUNK * program.temps],
                drawn: &mut [],
                start: 0,
                len: CHUNK,
                random: Random { key: 0, step: 0, first: 0 },
            };
            kernel::run(Isa::detect(), &program, &mut chunk);
            for (n, &got) in columns.iter().enumerate() {
                let truth = libm::pow(value(n), exponent);
                assert!((got - truth).abs() <= 2e-14 * truth, "{}^{exponent}: {got}, {truth}", value(n));
            }
        }
    }
}
