//! A compiled population: column layout and vector programs, all that the engine needs to step it.

use crate::{
    kernel::program::{Operand, Program},
    lang::{
        ast::Expr,
        model::{Reads, SUM_W, SUM_WX},
    },
    quantity::Dim,
};

/// A population's equations, compiled. Made by [`crate::lang::compile`]; knows no sizes.
#[derive(Clone, Debug)]
pub struct Dynamics {
    /// Values per neuron that live between steps, in order of column number.
    pub columns: Vec<Column>,
    /// Values for all neurons, in order of scalar number.
    pub scalars: Vec<Scalar>,
    /// Run once at t = 0 (moves staggered gates by half a step).
    pub start: Program,
    /// Run every step: from t to t + dt, then adds the inputs that arrive at t + dt, then tests the threshold.
    pub step: Program,
    /// Of a cable, whose voltages `step` finds moved already.
    pub membrane: Option<Membrane>,
    /// Where `step` leaves 1 for neurons that spike (a temporary or a column); none for models without threshold.
    pub fired: Option<Operand>,
    /// Run on a chunk in which a neuron spiked, with `fired` still in place.
    pub reset: Program,
    /// Column that is watched for NaN and infinity; none where there is no state.
    pub watch: Option<u16>,
    /// What can be recorded, by name.
    pub probes: Vec<Probe>,
    /// Inputs in order of input number: one for each receptor that synapses can reach.
    pub inputs: Vec<Input>,
    /// Continuous receptors, which read a variable of their sources.
    pub continuous: Vec<Continuous>,
    /// Time step in ms.
    pub dt: f64,
    /// Parameters that are time constants, in ms.
    pub time_constants: Vec<(String, f64)>,
    /// Which integrator moves which variable, for `bouton check`.
    pub integrators: Vec<(String, crate::lang::Integrator)>,
}

impl Dynamics {
    /// Streams of Poisson numbers that its programs draw.
    pub fn poisson_streams(&self) -> usize {
        let programs = [&self.step, &self.start, &self.reset].into_iter().chain(self.probes.iter().map(|p| &p.program));
        programs.map(Program::poisson_streams).max().unwrap_or(0)
    }
}

/// What a cable's solver needs of the membrane: with the capacitance C, the currents I(v) outwards and h = dt/2, the voltages half a step
/// later are v + x, where `diagonal` x + axial currents = `current`, `diagonal` = C/h + dI/dv and `current` = -I(v).
#[derive(Clone, Debug)]
pub struct Membrane {
    /// Run before the solution: computes both, and moves receptors and inputs over the whole step.
    pub before: Program,
    /// Column of the voltage.
    pub v: u16,
    /// Column in which it leaves the diagonal, nS.
    pub diagonal: u16,
    /// Column in which it leaves the current, pA.
    pub current: u16,
}

/// A column: what it is called and where its values come from.
#[derive(Clone, Debug)]
pub struct Column {
    /// `v`, `ampa.g`, `C_m`, or a made-up name of a derived coefficient.
    pub name: String,
    /// Its dimension.
    pub dim: Dim,
    /// Where the values come from.
    pub kind: ColumnKind,
}

/// Where the values of a column come from.
#[derive(Clone, Debug)]
pub enum ColumnKind {
    /// A variable that the step changes; the expression gives its value at t = 0.
    State(Expr),
    /// A parameter that differs between neurons.
    Parameter(Expr),
    /// A coefficient computed from parameters once (and again when a phase changes them).
    Derived(Derived),
}

/// A coefficient computed in f64 before the run.
#[derive(Clone, Debug)]
pub enum Derived {
    /// From parameters alone.
    Expr(Expr),
    /// Entry of a propagator of the linear subsystem `system` (index into the compiler's own table).
    Propagator(std::sync::Arc<crate::lang::Propagator>, usize),
}

/// A value for all neurons.
#[derive(Clone, Debug)]
pub enum Scalar {
    /// Fixed, in internal units.
    Constant(f64),
    /// A function of time alone, computed once a step with `t` as the step's begin.
    PerStep(Expr),
}

/// A readable variable: a state, or an assignment or current computed from states on request.
#[derive(Clone, Debug)]
pub struct Probe {
    /// `v`, `ampa.g`, `I_syn`, `I_Na`...
    pub name: String,
    /// Its dimension.
    pub dim: Dim,
    /// Computes it from the columns as they stand between steps (staggered gates are moved back half a step).
    pub program: Program,
    /// Where `program` leaves it.
    pub value: Operand,
}

/// An input that synapses can reach.
#[derive(Clone, Debug)]
pub struct Input {
    /// Name of the receptor in its population.
    pub receptor: String,
    /// Dimension of a weight.
    pub weight: Dim,
}

/// A receptor that reads a variable of its sources.
#[derive(Clone, Debug)]
pub struct Continuous {
    /// Name of the receptor in its population.
    pub receptor: String,
    /// Name of its model.
    pub model: String,
    /// Dimension of a weight.
    pub weight: Dim,
    /// What it reads.
    pub reads: Reads,
}

impl Continuous {
    /// Columns of its two sums, by name and dimension: of weight times variable, set before each step, and of weights, set before
    /// the run.
    pub fn sums(&self) -> [(String, Dim); 2] {
        let name = |sum: &str| format!("{}.{sum}", self.receptor);
        [(name(SUM_WX), self.weight * self.reads.dim), (name(SUM_W), self.weight)]
    }
}
