//! Equations: parse, check units, choose integrators, compile to vector programs.
pub mod algebra;
pub mod ast;
pub mod bounds;
pub mod derivative;
pub mod dynamics;
pub mod equation;
pub mod eval;
pub mod flaw;
pub mod lexer;
pub mod parse;
mod print;
pub mod sampler;

/// How a variable is moved from one step to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrator {
    /// Matrix exponential of a linear subsystem with constant coefficients.
    Exact,
    /// First-order exponential Euler.
    ExponentialEuler,
    /// Second-order exponential: symmetric splitting with staggered gates.
    Exponential2,
    /// Classical Runge–Kutta of order 4.
    Rk4,
    /// Forward Euler.
    Euler,
    /// Heun (with noise: Heun–Stratonovich).
    Heun,
    /// Euler–Maruyama, for equations with `xi`.
    EulerMaruyama,
}

/// Propagator of a linear subsystem over one (half) step.
#[derive(Debug)]
pub struct Propagator;
