//! How a variable is moved from one step to the next.

/// An integrator. Chosen from the equations unless a model or a population names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrator {
    /// Matrix exponential of a linear subsystem with constant coefficients: no error at all (Rotter & Diesmann 1999,
    /// doi:10.1007/s004220050570). A current that is a function of time is taken at the middle of the step (order 2).
    Exact,
    /// First-order exponential Euler.
    ExponentialEuler,
    /// Second-order exponential: symmetric splitting with staggered gates.
    Exponential2,
    /// Classical Runge–Kutta of order 4.
    Rk4,
    /// Forward Euler.
    Euler,
    /// Heun's rule, order 2; with noise in the Stratonovich sense.
    Heun,
    /// Euler–Maruyama, for equations with `xi` in the Itô sense.
    EulerMaruyama,
    /// Linearly implicit midpoint rule on the tree of a cable's compartments, order 2. Cables have no other.
    Implicit,
}

impl Integrator {
    /// Names as written in files; the one of cables is not chosen there.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("exact", Self::Exact),
        ("exponential_euler", Self::ExponentialEuler),
        ("exponential_2", Self::Exponential2),
        ("rk4", Self::Rk4),
        ("euler", Self::Euler),
        ("heun", Self::Heun),
        ("euler_maruyama", Self::EulerMaruyama),
    ];

    /// The integrator of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|n| n.0 == name).map(|n| n.1)
    }

    /// Its name as written in files.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|n| n.1 == self).map_or("implicit", |n| n.0)
    }
}
