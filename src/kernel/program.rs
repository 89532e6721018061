//! The vector program: a straight list of operations, each run over a block of neurons at once.

use super::power::Power;

/// Neurons per run of an operation: what passes between operations stays in the L1 cache, and what is done once a chunk is shared by many.
pub const CHUNK: usize = 1024;
/// Columns are padded to a multiple of this many neurons; scalars are stored this many times.
pub const LANES: usize = 16;

/// Where an operation reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C, u16)]
pub enum Operand {
    /// A value per neuron that lives between steps: state, parameter, derived coefficient.
    Column(u16),
    /// Sum of the weights that arrived at an input of this population in this step. Read only.
    Input(u16),
    /// One value for all neurons (a constant, or a function of time alone). Read only.
    Scalar(u16),
    /// A value per neuron that is forgotten after the step.
    Temp(u16),
}

impl Operand {
    /// Its kind, in the order above, and its number: read as they lie in memory, as a `match` would become a jump.
    #[inline(always)]
    pub(super) fn parts(self) -> (usize, usize) {
        // SAFETY: its representation is a tag of 16 bits, then the number, 16 bits in all variants.
        let [kind, number] = unsafe { std::mem::transmute::<Operand, [u16; 2]>(self) };
        (kind.into(), number.into())
    }
}

/// What is computed. Conditions are 1 or 0; a condition holds when it is not 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Op {
    /// dst = a
    Copy,
    Add,
    Sub,
    Mul,
    Div,
    /// dst = a*b + c, rounded once
    MulAdd,
    /// dst = c - a*b, rounded once
    NegMulAdd,
    Neg,
    Abs,
    /// NaN when either is NaN
    Min,
    Max,
    Sqrt,
    Exp,
    /// (exp(a) - 1)/a, 1 at 0
    Exprel,
    Log,
    Sin,
    Cos,
    Tanh,
    Floor,
    /// a to the power of b
    Pow,
    /// a to the constant power of this number in [`Program::powers`]
    Power(u16),
    Lt,
    Le,
    Eq,
    Ne,
    And,
    Or,
    Not,
    /// dst = b where a holds, else c
    Select,
    /// dst = a, or 0 where |a| is tiny (1e-30 in f32, 1e-290 in f64): keeps subnormals out of decays
    Flush,
    /// Standard normal number of (seed, stream, neuron, step)
    Normal(u16),
    /// Uniform number in [0, 1) of (seed, stream, neuron, step)
    Uniform(u16),
    /// Poisson number with mean a, of (seed, stream, neuron, step)
    Poisson(u16),
    /// Binomial number of a trials with probability b, of (seed, stream, neuron, step)
    Binomial(u16),
    /// Tells where a is not 0 (who fired) and whether all b are finite; writes nothing
    Look,
    /// Several operations at once, made by [`fuse`](crate::kernel::fuse) only
    Fused(Fused),
}

impl Op {
    /// Number of arguments that it reads.
    ///
    /// # Panics
    /// On fused operations, which may have more than an instruction holds.
    pub fn arity(self) -> usize {
        use Op::*;
        match self {
            Uniform(_) | Normal(_) => 0,
            Copy | Neg | Abs | Sqrt | Exp | Exprel | Log | Sin | Cos | Tanh | Floor | Not | Flush | Power(_)
            | Poisson(_) => 1,
            Add | Sub | Mul | Div | Min | Max | Pow | Lt | Le | Eq | Ne | And | Or | Binomial(_) | Look => 2,
            MulAdd | NegMulAdd | Select => 3,
            Fused(_) => panic!("a program is fused once"),
        }
    }
}

/// Operations that follow each other so often that they are worth a loop of their own: what passes between them stays in registers.
/// Rounded as the operations they are made of. More than three arguments continue in the next instructions, each an
/// [`Op::Fused`]\([`Fused::More`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fused {
    /// Holds three further arguments of the operation before and says where its next result goes, if there is one.
    More,
    /// (a + b) + c
    AddAdd,
    /// (a * b) * c
    MulMul,
    /// (a - b) * c
    SubMul,
    /// (a * b) + c, rounded twice
    MulThenAdd,
    /// a / (b + c)
    DivAdd,
    /// exp(a*b)
    MulExp,
    /// exp(a*b + c)
    LineExp,
    /// exprel(a*b + c)
    LineExprel,
    /// a*b, flushed
    MulFlush,
    /// a*b + c, flushed
    LineFlush,
    /// (a*b, flushed) + c: a decaying conductance with its input
    Decay,
    /// (a - b)*c + b
    Toward,
    /// (a - b)*exp(c*d) + b: exponential Euler towards b
    Relax,
    /// (a - b/c)*exp(c*d) + b/c: exponential Euler with current b and conductance c
    RelaxTo,
    /// (a - i)*exp(e*f) + i with i = (b*c + d)/e: the same with current b*c + d and conductance e
    RelaxToLine,
    /// (a - b/(b + c))*exp((b + c)*d) + b/(b + c): a gate with opening rate b and closing rate c
    Gate,
    /// c where a < b, else d
    SelectLt,
    /// (a*b + c)/d
    LineDiv,
    /// a * exp(b*c + d)
    ScaledExp,
    /// a / exprel(b*c + d)
    OverExprel,
    /// (a - b)*c + d
    SubMulAdd,
    /// a*b + (c*d + e)
    Lines,
    /// The larger of a*b + c and d
    LineMax,
    /// The larger of c - a*b and d
    NegLineMax,
    /// e times the larger of c - a*b and d
    ScaledNegLineMax,
    /// a, but at least b and at most c
    Clamp,
    /// a*b + c, but at least d and at most e
    LineClamp,
    /// c - a*b, but at least d and at most e
    NegLineClamp,
    /// exp((a - b)*c)
    SubMulExp,
    /// exprel((a - b)*c)
    SubMulExprel,
    /// a / exprel((b - c)*d): an opening rate with its removable singularity
    OverSubMulExprel,
    /// a * exprel((b - c)*d)
    TimesSubMulExprel,
    /// (a * exprel((b - c)*d))*e + f: exponential step of slope a and Jacobian b - c
    StepSubMul,
    /// exprel(a*b)
    MulExprel,
    /// a * exprel(b*c)
    TimesMulExprel,
    /// (a * exprel(b*c))*d + e: exponential step of slope a and Jacobian b
    StepMul,
    /// e where f holds, else (a * exprel((b - c)*d))*d + e: the same step of a membrane that may be refractory
    HeldStep,
    /// b where a holds, else c + d
    SelectAdd,
    /// b - c where a holds, else d
    SelectSub,
    /// The condition a, and not b
    AndNot,
    /// The condition a < b, and not c: a threshold that counts only outside of refractoriness
    LtAndNot,
    /// ((a - b) * c) * d
    SubMulMul,
    /// a*b + (c * d), the product rounded
    LineOfMul,
    /// (a * b)*c + d, the product rounded
    MulMulAdd,
    /// d - (a * b)*c, the product rounded
    NegMulMulAdd,
    /// `MulMulAdd` of the constant power of this number
    PowerLine(u16),
    /// (a*b, flushed) + (c*d + e): a decaying conductance with a weighted input
    DecayLine,
    /// ((a - b)*c)*d - (e*b)*f: slope of a membrane b with two conductances, the second with reversal potential 0
    Synapses,
    /// (g - a)*h + (((d - a)*b)*e - (c*a)*f): the same with a leak; a to c are values per neuron, d to h scalars
    LeakSynapses,
    /// b where c holds, else (a * exprel((f - (d*g + e*h))*i))*i + b: `HeldStep` with two conductances; a to e are values
    /// per neuron, f to i scalars
    HeldStepLine,
    /// `HeldStepLine` with the slope `LeakSynapses`: the whole step of a conductance LIF. Values per neuron: membrane,
    /// refractoriness, two conductances. Scalars: factors of both, reversal potential of the first, of the leak, leak,
    /// Jacobian without conductances, step
    HeldSynapses,
    /// (a*e, flushed) + b, and (c*f, flushed) + d: two `Decay`; a to d are values per neuron, e and f scalars
    Decays,
    /// a - c where a holds, else d, and whether e < b where that is 0: refractoriness and threshold; a and b are values per neuron, c to
    /// e scalars
    CountDown,
    /// `CountDown`, then `Look` at both: who fires, and the membrane
    Threshold,
    /// a where b holds, else a + (c*d + (a*e + f)): the exact step of a membrane with a current; a to c are values per neuron, d to f
    /// scalars
    HeldLines,
    /// `HeldLines`, then `Threshold` of the same membrane: its potential, refractoriness, and whether it fires. Values per neuron and
    /// scalars of the first, scalars of the second
    LinearStep,
    /// `LinearStep`, then `DecayLine` of its current: the whole step of a LIF whose current decays. Results as before, then the current.
    /// Values per neuron: those before, number and sum of what arrives; scalars: those before, decay, weight
    CurrentStep,
    /// `Poisson` of a scalar mean from this stream, then `CurrentStep`, which reads the number. Its arguments, then the mean
    DrivenStep(u16),
}

/// One operation. Unused arguments repeat the first. `dst` may equal an argument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Instr {
    /// What is computed.
    pub op: Op,
    /// Where the result goes: a column or a temporary.
    pub dst: Operand,
    /// Where the arguments come from.
    pub args: [Operand; 3],
}

impl Program {
    /// Number of streams up to the last that draws Poisson numbers.
    pub fn poisson_streams(&self) -> usize {
        let stream = |instr: &Instr| match instr.op {
            Op::Poisson(stream) | Op::Fused(Fused::DrivenStep(stream)) => usize::from(stream) + 1,
            _ => 0,
        };
        self.instrs.iter().map(stream).max().unwrap_or(0)
    }
}

/// A list of operations with the number of temporaries it needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// Run in order.
    pub instrs: Vec<Instr>,
    /// Temporaries are numbered from 0 to this.
    pub temps: usize,
    /// Constant powers by number.
    pub powers: Vec<Power>,
}
