//! Fuses operations of a program: a loop that loads and stores costs as much as the arithmetic of a dozen operations, so what
//! passes from one operation to the next is better kept in registers. The results stay the same to the bit.

use super::program::{Fused, Instr, Op, Operand, Program};

/// The same program with fewer, larger operations. Columns end up the same; of the temporaries only those in `keep` do (what is
/// read after the program has run: `fired`, the value of a probe).
pub fn fuse(program: &Program, keep: &[Operand]) -> Program {
    let mut code: Vec<Wide> = program.instrs.iter().map(Wide::from).collect();
    fuse_chains(&mut code, keep);
    fuse_neighbours(&mut code, keep);
    let instrs = code.iter().flat_map(Wide::encode).collect();
    Program { instrs, temps: program.temps, powers: program.powers.clone() }
}

/// Takes operations into the one that reads their result.
fn fuse_chains(code: &mut Vec<Wide>, keep: &[Operand]) {
    let mut at = 0;
    while at < code.len() {
        match absorb(code, at, keep) {
            Some((producer, wide)) => {
                code[at] = wide;
                code.remove(producer);
                at -= 1;
            }
            None => at += 1,
        }
    }
}

/// Makes one operation with several results of two that can stand side by side.
fn fuse_neighbours(code: &mut Vec<Wide>, keep: &[Operand]) {
    for at in (0..code.len()).rev() {
        while let Some((later, place, both)) = (at + 1..code.len()).find_map(|later| {
            let both = pair(&code[at], &code[later])?;
            if both.dst != code[at].dst && !read_once(code, at, later, keep) {
                return None;
            }
            let between = &code[at + 1..later];
            if independent(&code[later], between) {
                Some((later, at, both))
            } else {
                independent(&code[at], between).then_some((later, later - 1, both))
            }
        }) {
            code.remove(later);
            code.remove(at);
            code.insert(place, both);
        }
    }
}

/// Whether an operation gives the same before and after these.
fn independent(moved: &Wide, others: &[Wide]) -> bool {
    others.iter().all(|other| {
        let touched = |result: &Operand| moved.args.contains(result) || moved.results().any(|r| r == result);
        !other.results().any(touched) && !moved.results().any(|result| other.args.contains(result))
    })
}

/// An operation with all its arguments.
#[derive(Clone, Debug)]
struct Wide {
    op: Op,
    dst: Operand,
    /// Where results beyond the first go.
    others: Vec<Operand>,
    args: Vec<Operand>,
}

impl From<&Instr> for Wide {
    fn from(instr: &Instr) -> Self {
        Wide { op: instr.op, dst: instr.dst, others: Vec::new(), args: instr.args[..instr.op.arity()].to_vec() }
    }
}

impl Wide {
    fn encode(&self) -> Vec<Instr> {
        let pad = |args: &[Operand]| std::array::from_fn(|i| *args.get(i).or(args.first()).unwrap_or(&self.dst));
        let (first, rest) = self.args.split_at(self.args.len().min(3));
        let first = Instr { op: self.op, dst: self.dst, args: pad(first) };
        let others = self.others.iter().copied().chain(std::iter::repeat(self.dst));
        let more = |(args, dst)| Instr { op: Op::Fused(Fused::More), dst, args: pad(args) };
        std::iter::once(first).chain(rest.chunks(3).zip(others).map(more)).collect()
    }

    fn results(&self) -> impl Iterator<Item = &Operand> {
        std::iter::once(&self.dst).chain(&self.others)
    }
}

/// An operation before `at` that the one at `at` can take in, and what becomes of the latter.
fn absorb(code: &[Wide], at: usize, keep: &[Operand]) -> Option<(usize, Wide)> {
    let consumer = &code[at];
    consumer.args.iter().enumerate().find_map(|(position, arg)| {
        let producer = code[..at].iter().rposition(|wide| wide.dst == *arg)?;
        let wide = Wide { dst: consumer.dst, ..pattern(&code[producer], consumer, position)? };
        (read_once(code, producer, at, keep) && unchanged(code, producer, at)).then_some((producer, wide))
    })
}

/// Whether the result of `producer` is a temporary that only `at` reads, and only once.
fn read_once(code: &[Wide], producer: usize, at: usize, keep: &[Operand]) -> bool {
    let result = code[producer].dst;
    let reads = |wide: &Wide| wide.args.iter().filter(|arg| **arg == result).count();
    let overwritten = code[producer + 1..].iter().position(|wide| wide.dst == result).map(|n| producer + 1 + n);
    let readers = &code[producer + 1..=overwritten.unwrap_or(code.len() - 1)];
    matches!(result, Operand::Temp(_))
        && (overwritten.is_some() || !keep.contains(&result))
        && reads(&code[at]) == 1
        && readers.iter().map(reads).sum::<usize>() == 1
}

/// Whether the arguments of `producer` still have their values at `at`.
fn unchanged(code: &[Wide], producer: usize, at: usize) -> bool {
    code[producer + 1..at].iter().all(|wide| !code[producer].args.contains(&wide.dst))
}

/// What `consumer` becomes when its argument number `position` is computed by `producer` (`dst` is set by the caller).
fn pattern(producer: &Wide, consumer: &Wide, position: usize) -> Option<Wide> {
    use Fused::*;
    let (p, c) = (&producer.args, &consumer.args);
    // The other argument of an operation of two, in which the order does not matter.
    let other = || c[1 - position];
    let fused = |op: Fused, args: &[Operand]| {
        Some(Wide { op: Op::Fused(op), dst: consumer.dst, others: Vec::new(), args: args.to_vec() })
    };
    let known =
        |op, vectors: &[Operand], scalars: &[Operand]| known(vectors, scalars).and_then(|args| fused(op, &args));
    match (producer.op, consumer.op, position) {
        (Op::Add, Op::Add, _) => fused(AddAdd, &[p[0], p[1], other()]),
        (Op::Mul, Op::Mul, _) => fused(MulMul, &[p[0], p[1], other()]),
        (Op::Sub, Op::Mul, _) => fused(SubMul, &[p[0], p[1], other()]),
        (Op::Mul, Op::Add, _) => fused(MulThenAdd, &[p[0], p[1], other()]),
        (Op::Add, Op::Div, 1) => fused(DivAdd, &[c[0], p[0], p[1]]),
        (Op::Mul, Op::Exp, _) => fused(MulExp, p),
        (Op::MulAdd, Op::Exp, _) => fused(LineExp, p),
        (Op::MulAdd, Op::Exprel, _) => fused(LineExprel, p),
        (Op::Mul, Op::Flush, _) => fused(MulFlush, p),
        (Op::MulAdd, Op::Flush, _) => fused(LineFlush, p),
        (Op::Fused(MulFlush), Op::Add, _) => fused(Decay, &[p[0], p[1], other()]),
        (Op::Sub, Op::MulAdd, 0) if p[1] == c[2] => fused(Toward, &[p[0], p[1], c[1]]),
        (Op::Sub, Op::MulAdd, 1) if p[1] == c[2] => fused(Toward, &[p[0], p[1], c[0]]),
        (Op::Sub, Op::MulAdd, 0 | 1) => fused(SubMulAdd, &[p[0], p[1], other(), c[2]]),
        (Op::Fused(MulExp), Op::Fused(Toward), 2) => fused(Relax, &[c[0], c[1], p[0], p[1]]),
        (Op::Div, Op::Fused(Relax), 1) if p[1] == c[2] => fused(RelaxTo, &[c[0], p[0], c[2], c[3]]),
        (Op::Div, Op::Fused(Relax), 1) if p[1] == c[3] => fused(RelaxTo, &[c[0], p[0], c[3], c[2]]),
        (Op::Fused(LineDiv), Op::Fused(Relax), 1) if p[3] == c[2] => {
            fused(RelaxToLine, &[c[0], p[0], p[1], p[2], c[2], c[3]])
        }
        (Op::Fused(LineDiv), Op::Fused(Relax), 1) if p[3] == c[3] => {
            fused(RelaxToLine, &[c[0], p[0], p[1], p[2], c[3], c[2]])
        }
        (Op::Add, Op::Fused(RelaxTo), 2) if p[0] == c[1] => fused(Gate, &[c[0], p[0], p[1], c[3]]),
        (Op::Add, Op::Fused(RelaxTo), 2) if p[1] == c[1] => fused(Gate, &[c[0], p[1], p[0], c[3]]),
        (Op::Lt, Op::Select, 0) => fused(SelectLt, &[p[0], p[1], c[1], c[2]]),
        (Op::MulAdd, Op::Div, 0) => fused(LineDiv, &[p[0], p[1], p[2], c[1]]),
        (Op::Fused(LineExp), Op::Mul, _) => fused(ScaledExp, &[other(), p[0], p[1], p[2]]),
        (Op::Fused(LineExprel), Op::Div, 1) => fused(OverExprel, &[c[0], p[0], p[1], p[2]]),
        (Op::Fused(SubMul), Op::Exp, _) => fused(SubMulExp, p),
        (Op::Fused(SubMul), Op::Exprel, _) => fused(SubMulExprel, p),
        (Op::Fused(SubMulExprel), Op::Div, 1) => fused(OverSubMulExprel, &[c[0], p[0], p[1], p[2]]),
        (Op::Fused(SubMulExprel), Op::Mul, _) => fused(TimesSubMulExprel, &[other(), p[0], p[1], p[2]]),
        (Op::Fused(TimesSubMulExprel), Op::MulAdd, 0 | 1) => {
            fused(StepSubMul, &[p[0], p[1], p[2], p[3], other(), c[2]])
        }
        (Op::Mul, Op::Exprel, _) => fused(MulExprel, p),
        (Op::Fused(MulExprel), Op::Mul, _) => fused(TimesMulExprel, &[other(), p[0], p[1]]),
        (Op::Fused(TimesMulExprel), Op::MulAdd, 0 | 1) => fused(StepMul, &[p[0], p[1], p[2], other(), c[2]]),
        (Op::Fused(StepSubMul), Op::Select, 2) if p[3] == p[4] && p[5] == c[1] => {
            fused(HeldStep, &[p[0], p[1], p[2], p[3], c[1], c[0]])
        }
        (Op::Fused(Lines), Op::Fused(SelectAdd), 3) if c[1] == c[2] && c[2] == p[2] => {
            known(HeldLines, &[c[1], c[0], p[0]], &[p[1], p[3], p[4]])
        }
        (Op::Add, Op::Select, 2) => fused(SelectAdd, &[c[0], c[1], p[0], p[1]]),
        (Op::Sub, Op::Select, 1) => fused(SelectSub, &[c[0], p[0], p[1], c[2]]),
        (Op::Not, Op::And, _) => fused(AndNot, &[other(), p[0]]),
        (Op::Lt, Op::Fused(AndNot), 0) => fused(LtAndNot, &[p[0], p[1], c[1]]),
        (Op::Fused(SubMul), Op::Mul, _) => fused(SubMulMul, &[p[0], p[1], p[2], other()]),
        (Op::Mul, Op::MulAdd, 2) => fused(LineOfMul, &[c[0], c[1], p[0], p[1]]),
        (Op::Mul, Op::MulAdd, 0 | 1) => fused(MulMulAdd, &[p[0], p[1], other(), c[2]]),
        (Op::Power(power), Op::Fused(MulMulAdd), 0 | 1) => {
            fused(PowerLine(power), &[p[0], c[1 - position], c[2], c[3]])
        }
        (Op::Mul, Op::NegMulAdd, 0 | 1) => fused(NegMulMulAdd, &[p[0], p[1], other(), c[2]]),
        (Op::MulAdd, Op::Fused(Decay), 2) => fused(DecayLine, &[c[0], c[1], p[0], p[1], p[2]]),
        (Op::MulAdd, Op::MulAdd, 2) => fused(Lines, &[c[0], c[1], p[0], p[1], p[2]]),
        (Op::MulAdd, Op::Max, 0) => fused(LineMax, &[p[0], p[1], p[2], c[1]]),
        (Op::NegMulAdd, Op::Max, 0) => fused(NegLineMax, &[p[0], p[1], p[2], c[1]]),
        (Op::Fused(NegLineMax), Op::Mul, _) => fused(ScaledNegLineMax, &[p[0], p[1], p[2], p[3], other()]),
        (Op::Max, Op::Min, 0) => fused(Clamp, &[p[0], p[1], c[1]]),
        (Op::Fused(LineMax), Op::Min, 0) => fused(LineClamp, &[p[0], p[1], p[2], p[3], c[1]]),
        (Op::Fused(NegLineMax), Op::Min, 0) => fused(NegLineClamp, &[p[0], p[1], p[2], p[3], c[1]]),
        (Op::Fused(SubMulMul), Op::Fused(NegMulMulAdd), 3) if p[1] == c[1] => {
            fused(Synapses, &[p[0], p[1], p[2], p[3], c[0], c[2]])
        }
        (Op::Fused(Synapses), Op::Fused(SubMulAdd), 3) if p[1] == c[1] => {
            known(LeakSynapses, &[p[1], p[2], p[4]], &[p[0], p[3], p[5], c[0], c[2]])
        }
        (Op::Fused(LineOfMul), Op::Fused(HeldStep), 2) => {
            known(HeldStepLine, &[c[0], c[4], c[5], p[0], p[2]], &[c[1], p[1], p[3], c[3]])
        }
        (Op::Fused(LeakSynapses), Op::Fused(HeldStepLine), 0)
            if [p[0], p[1], p[2], p[4], p[5]] == [c[1], c[3], c[4], c[6], c[7]] =>
        {
            known(HeldSynapses, &c[1..5], &[p[4], p[5], p[3], p[6], p[7], c[5], c[8]])
        }
        _ => None,
    }
}

/// The arguments of an operation that exists only for values per neuron in some places and scalars in the others.
fn known(vectors: &[Operand], scalars: &[Operand]) -> Option<Vec<Operand>> {
    let scalar = |arg: &Operand| matches!(arg, Operand::Scalar(_));
    (!vectors.iter().any(scalar) && scalars.iter().all(scalar)).then(|| [vectors, scalars].concat())
}

/// One operation that does what two do.
fn pair(one: &Wide, two: &Wide) -> Option<Wide> {
    use Fused::*;
    let (a, b) = (&one.args, &two.args);
    let (op, args) = match (one.op, two.op) {
        (Op::Fused(Decay), Op::Fused(Decay)) if !b.contains(&one.dst) => {
            (Decays, known(&[a[0], a[2], b[0], b[2]], &[a[1], b[1]])?)
        }
        (Op::Fused(SelectSub), Op::Fused(LtAndNot)) if a[0] == a[1] && b[2] == one.dst && b[1] != one.dst => {
            (CountDown, known(&[a[0], b[1]], &[a[2], a[3], b[0]])?)
        }
        (Op::Fused(CountDown), Op::Look) if b == &[one.others[0], a[1]] => (Threshold, a.clone()),
        (Op::Fused(HeldLines), Op::Fused(Threshold)) if b[0] == a[1] && b[1] == one.dst && one.dst == a[0] => {
            (LinearStep, [a, &b[2..]].concat())
        }
        (Op::Fused(LinearStep), Op::Fused(DecayLine))
            if b[0] == a[2] && two.dst == a[2] && !one.results().any(|result| b.contains(result)) =>
        {
            let [v, held, i] = [a[0], a[1], a[2]];
            (CurrentStep, known(&[v, held, i, b[2], b[4]], &[&a[3..], &[b[1], b[3]]].concat())?)
        }
        (Op::Poisson(stream), Op::Fused(CurrentStep)) if b[3] == one.dst => {
            let args = [&b[..], &known(&[], a)?].concat();
            return Some(Wide { op: Op::Fused(DrivenStep(stream)), args, ..two.clone() });
        }
        _ => return None,
    };
    // A look has no result.
    let own: &[Operand] = if two.op == Op::Look { &[] } else { &[two.dst] };
    let others = [&one.others[..], own, &two.others].concat();
    (!others.contains(&one.dst)).then_some(Wide { op: Op::Fused(op), dst: one.dst, others, args })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Operand::*;

    fn program(instrs: &[(Op, Operand, &[Operand])]) -> Program {
        let instr = |(op, dst, args): &(Op, Operand, &[Operand])| Instr {
            op: *op,
            dst: *dst,
            args: std::array::from_fn(|i| *args.get(i).unwrap_or(&args[0])),
        };
        Program { instrs: instrs.iter().map(instr).collect(), temps: 8, powers: Vec::new() }
    }

    fn ops(program: &Program) -> Vec<Op> {
        program.instrs.iter().map(|instr| instr.op).collect()
    }

    /// A gate by exponential Euler: rates in Temp(0) and Temp(1), the gate in Column(0), -dt in Scalar(0).
    fn gate() -> Program {
        program(&[
            (Op::Add, Temp(2), &[Temp(0), Temp(1)]),
            (Op::Div, Temp(3), &[Temp(0), Temp(2)]),
            (Op::Mul, Temp(2), &[Temp(2), Scalar(0)]),
            (Op::Exp, Temp(2), &[Temp(2)]),
            (Op::Sub, Temp(4), &[Column(0), Temp(3)]),
            (Op::MulAdd, Column(0), &[Temp(4), Temp(2), Temp(3)]),
        ])
    }

    #[test]
    fn a_gate_becomes_one_operation() {
        let fused = fuse(&gate(), &[]);
        assert_eq!(ops(&fused), [Op::Fused(Fused::Gate), Op::Fused(Fused::More)]);
        assert_eq!(fused.instrs[0].args, [Column(0), Temp(0), Temp(1)]);
        assert_eq!(fused.instrs[1].args[0], Scalar(0));
        assert_eq!(ops(&fuse(&gate(), &[Temp(3)])).len(), 4);
    }

    #[test]
    fn a_decaying_conductance_becomes_one_operation() {
        let decay = program(&[
            (Op::Mul, Temp(0), &[Column(0), Scalar(0)]),
            (Op::Flush, Temp(0), &[Temp(0)]),
            (Op::Add, Column(0), &[Input(0), Temp(0)]),
        ]);
        let fused = fuse(&decay, &[]);
        assert_eq!(
            fused.instrs,
            [Instr { op: Op::Fused(Fused::Decay), dst: Column(0), args: [Column(0), Scalar(0), Input(0)] }]
        );
    }

    #[test]
    fn operations_meet_where_nothing_between_them_minds() {
        // A LIF with a current and Poisson spikes, whose number is drawn in between.
        let (v, i, left, number) = (Column(0), Column(1), Column(2), Temp(1));
        let neuron = [
            (Op::MulAdd, Temp(1), &[v, Scalar(0), Scalar(1)][..]),
            (Op::MulAdd, Temp(1), &[i, Scalar(2), Temp(1)]),
            (Op::Add, Temp(1), &[v, Temp(1)]),
            (Op::Select, v, &[left, v, Temp(1)]),
            (Op::Poisson(0), number, &[Scalar(0)]),
            (Op::MulAdd, number, &[number, Scalar(0), Input(0)]),
            (Op::Mul, Temp(2), &[i, Scalar(2)]),
            (Op::Flush, Temp(2), &[Temp(2)]),
            (Op::Add, i, &[Temp(2), number]),
            (Op::Sub, Temp(1), &[left, Scalar(0)]),
            (Op::Select, left, &[left, Temp(1), Scalar(1)]),
            (Op::Lt, Temp(1), &[Scalar(2), v]),
            (Op::Not, Temp(2), &[left]),
            (Op::And, Temp(0), &[Temp(1), Temp(2)]),
            (Op::Look, Temp(0), &[Temp(0), v]),
        ];
        let more = Op::Fused(Fused::More);
        let step = Op::Fused(Fused::DrivenStep(0));
        assert_eq!(ops(&fuse(&program(&neuron), &[Temp(0)])), [step, more, more, more, more]);
        // The number of spikes depends on the potential now: nothing may pass.
        let mut driven = neuron;
        let potential = [v];
        driven[4] = (Op::Poisson(0), number, &potential);
        let fused = ops(&fuse(&program(&driven), &[Temp(0)]));
        assert!(!fused.contains(&step) && fused.contains(&Op::Fused(Fused::LinearStep)), "{fused:?}");
    }

    #[test]
    fn what_is_needed_elsewhere_stays() {
        let twice = program(&[
            (Op::Mul, Temp(0), &[Column(0), Column(1)]),
            (Op::Exp, Column(2), &[Temp(0)]),
            (Op::Neg, Column(3), &[Temp(0)]),
        ]);
        assert_eq!(ops(&fuse(&twice, &[])), [Op::Mul, Op::Exp, Op::Neg]);
        let kept = program(&[(Op::Mul, Temp(0), &[Column(0), Column(1)]), (Op::Exp, Column(2), &[Temp(0)])]);
        assert_eq!(ops(&fuse(&kept, &[Temp(0)])), [Op::Mul, Op::Exp]);
        let changed = program(&[
            (Op::Mul, Temp(0), &[Column(0), Column(1)]),
            (Op::Neg, Column(0), &[Column(1)]),
            (Op::Exp, Column(2), &[Temp(0)]),
        ]);
        assert_eq!(ops(&fuse(&changed, &[])), [Op::Mul, Op::Neg, Op::Exp]);
        let overwritten = program(&[(Op::Mul, Temp(0), &[Column(0), Column(1)]), (Op::Exp, Temp(0), &[Temp(0)])]);
        assert_eq!(ops(&fuse(&overwritten, &[Temp(0)])), [Op::Fused(Fused::MulExp)]);
    }
}
