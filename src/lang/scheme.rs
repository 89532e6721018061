//! Which integrator moves which variable, chosen by looking at the equations.

use std::collections::BTreeSet;

use super::{
    Integrator,
    algebra::{has_random, is_noise, mentions, names},
    ast::{Expr, Node},
    derivative::derivative,
    dynamics::Continuous,
    system::System,
};
use crate::error::{Error, Result};

/// The variables of a system by the way they are moved.
#[derive(Debug, Default)]
pub(super) struct Scheme {
    /// Linear with constant coefficients and closed: moved by exact propagators.
    pub linear: Vec<usize>,
    /// With a noise term: moved by Euler–Maruyama or Heun–Stratonovich.
    pub noisy: Vec<usize>,
    /// The rest, known at whole steps.
    pub whole: Vec<usize>,
    /// The rest, known at half steps (gates of the second-order exponential scheme); what they read of each other comes first.
    pub staggered: Vec<usize>,
    /// How `whole` and `staggered` are moved.
    pub method: Option<Integrator>,
    /// How `noisy` is moved.
    pub noise: Option<Integrator>,
    /// The voltage of a cable, moved by its solver.
    pub cable: Option<usize>,
}

pub(super) fn is_zero(expr: &Expr) -> bool {
    matches!(&*expr.node, Node::Literal(q) if q.value == 0.0)
}

impl Scheme {
    pub fn choose(system: &System, wanted: Option<Integrator>) -> Result<Self> {
        use Integrator::*;
        let all: Vec<usize> = (0..system.variables.len()).collect();
        let noisy: Vec<usize> =
            all.iter().copied().filter(|&i| names(&system.variables[i].rhs).iter().any(|n| is_noise(n))).collect();
        // An integrator asked for moves the neuron's own equations; linear receptors stay exact.
        let may_be_exact = |i: usize| {
            let by_choice = matches!(wanted, None | Some(Exact) | Some(Exponential2));
            !noisy.contains(&i) && (by_choice || system.variables[i].attached)
        };
        let linear = linear(system, all.iter().copied().filter(|&i| may_be_exact(i)).collect());
        let rest: Vec<usize> = all.into_iter().filter(|i| !linear.contains(i) && !noisy.contains(i)).collect();
        let noise = match wanted {
            _ if noisy.is_empty() => None,
            Some(Heun) => Some(Heun),
            _ => Some(EulerMaruyama),
        };
        let scheme = Scheme { linear, noisy, noise, ..Self::default() };
        let whole = |method| Scheme { whole: rest.clone(), method: Some(method), ..scheme.clone_sets() };
        Ok(match wanted {
            _ if rest.is_empty() => scheme,
            Some(Exact) => {
                let name = &system.variables[rest[0]].name;
                return Err(Error::input(format!(
                    "integrator \"exact\" cannot move {name}: its equation is not linear with constant coefficients"
                ))
                .help("leave the integrator out to have it chosen, or use exponential_2 or rk4"));
            }
            Some(EulerMaruyama) => whole(Euler),
            Some(Exponential2) => match split(system, &rest) {
                Some((a, b)) => Scheme { whole: a, staggered: b, method: Some(Exponential2), ..scheme },
                None => {
                    return Err(Error::input(
                        "integrator \"exponential_2\" needs gates that depend on the voltage but not on each other in a circle",
                    )
                    .help("use rk4"));
                }
            },
            Some(method) => whole(method),
            None => {
                let self_linear = rest.iter().all(|&i| {
                    let v = &system.variables[i];
                    derivative(&v.own, &v.name).is_some_and(|d| !mentions(&d, &v.name))
                });
                let differentiable =
                    rest.iter().all(|&i| derivative(&system.variables[i].rhs, &system.variables[i].name).is_some());
                match split(system, &rest) {
                    Some((a, b)) if self_linear && differentiable => {
                        Scheme { whole: a, staggered: b, method: Some(Exponential2), ..scheme }
                    }
                    _ => whole(Rk4),
                }
            }
        })
    }

    fn clone_sets(&self) -> Self {
        Self { linear: self.linear.clone(), noisy: self.noisy.clone(), noise: self.noise, ..Self::default() }
    }

    /// The integrator of each variable, for people.
    pub fn report(&self, system: &System) -> Vec<(String, Integrator)> {
        let of = |i: usize| {
            if self.cable == Some(i) {
                Integrator::Implicit
            } else if self.linear.contains(&i) {
                Integrator::Exact
            } else if self.noisy.contains(&i) {
                self.noise.expect("there is noise")
            } else {
                self.method.expect("there is a rest")
            }
        };
        // What only statements change has no integrator.
        let moved = system.variables.iter().enumerate().filter(|(_, v)| !is_zero(&v.rhs));
        moved.map(|(i, v)| (v.name.to_string(), of(i))).collect()
    }
}

/// The largest closed subset of `candidates` with constant coefficients.
pub(super) fn linear(system: &System, mut candidates: Vec<usize>) -> Vec<usize> {
    let variables = &system.variables;
    let states: BTreeSet<&str> = variables.iter().map(|v| &*v.name).collect();
    let sums: Vec<_> = system.continuous.iter().flat_map(Continuous::sums).collect();
    let moves = |n: &str| states.contains(n) || n == "t" || is_noise(n) || sums.iter().any(|s| s.0 == n);
    let fixed = |e: &Expr| !has_random(e) && !names(e).iter().any(|n| moves(n));
    loop {
        let keep: Vec<usize> = candidates
            .iter()
            .copied()
            .filter(|&i| {
                let depends_well = (0..variables.len()).all(|j| {
                    derivative(&variables[i].rhs, &variables[j].name)
                        .is_some_and(|d| is_zero(&d) || (fixed(&d) && candidates.contains(&j)))
                });
                // A held variable drives others only as long as it moves, which no constant matrix can say.
                let held_driver = variables[i].hold
                    && candidates.iter().any(|&k| {
                        k != i && derivative(&variables[k].rhs, &variables[i].name).is_none_or(|d| !is_zero(&d))
                    });
                depends_well && !held_driver && !has_random(&variables[i].rhs)
            })
            .collect();
        if keep.len() == candidates.len() {
            return keep;
        }
        candidates = keep;
    }
}

/// Splits into variables known at whole steps and gates known at half steps, each in an order in which none reads a later one.
fn split(system: &System, rest: &[usize]) -> Option<(Vec<usize>, Vec<usize>)> {
    let at_spikes = |i: usize| {
        let v = &system.variables[i];
        v.hold
            || system.threshold.as_ref().is_some_and(|t| mentions(t, &v.name))
            || system.reset.iter().chain(&system.step).any(|s| s.target == v.name)
            || system.events.iter().any(|e| e.variable == i)
    };
    let mut whole: Vec<usize> = rest.iter().copied().filter(|&i| at_spikes(i)).collect();
    if whole.is_empty() {
        whole.extend(rest.first());
    }
    let staggered = rest.iter().copied().filter(|i| !whole.contains(i)).collect();
    Some((ordered(system, whole)?, ordered(system, staggered)?))
}

/// Sorted so that each comes after those it reads; `None` if they read each other in a circle.
pub(super) fn ordered(system: &System, mut left: Vec<usize>) -> Option<Vec<usize>> {
    let mut order = Vec::new();
    while !left.is_empty() {
        let next = left.iter().position(|&i| {
            left.iter().all(|&j| i == j || !mentions(&system.variables[i].rhs, &system.variables[j].name))
        })?;
        order.push(left.remove(next));
    }
    Some(order)
}
