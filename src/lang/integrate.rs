//! One step of every integrator, as values of the graph.
//!
//! Linear subsystems move by exact propagators. The second-order exponential scheme is a symmetric splitting (Strang 1968,
//! doi:10.1137/0705041) with one evaluation of the right-hand sides a step: linear receptors move half a step, the voltage a whole
//! step by its own local exponential, the receptors the other half; gates are known half a step later than the voltage
//! (Hines 1984, doi:10.1016/0020-7101(84)90008-4), so that each sees the other at the middle of its own step.

use std::sync::Arc;

use super::{
    Integrator,
    algebra::{is_noise, names, substitute},
    ast::Expr,
    compile::{Compiler, Moment},
    derivative::derivative,
    dynamics::Derived,
    eval::eval_constant,
    graph::{Graph, Id},
    propagator::{Propagator, propagate},
    scheme::is_zero,
};
use crate::kernel::program::Op;

impl Compiler<'_> {
    /// The state at the end of the step, arrivals included.
    pub fn propagate(&mut self, begin: &Moment, arrivals: &[Option<Id>]) -> Moment {
        let method = self.scheme.method;
        let halves = matches!(method, Some(Integrator::Exponential2 | Integrator::Rk4));
        let middle = if halves { self.linear(begin, 0.5, false) } else { begin.clone() };
        let mut end = if halves { self.linear(&middle, 0.5, true) } else { self.linear(begin, 1.0, true) };
        end.time = 2;
        self.noisy(begin, &mut end);
        match method {
            None => {}
            Some(Integrator::Exponential2) => self.whole(&middle, &mut end),
            Some(Integrator::Rk4) => self.runge_kutta(begin, &middle, &mut end),
            Some(Integrator::Heun) => self.heun(begin, &mut end),
            Some(Integrator::ExponentialEuler) => {
                for &i in &self.scheme.whole {
                    end.vars[i] = self.exponential(i, begin, self.dt);
                }
            }
            Some(_) => {
                for &i in &self.scheme.whole {
                    let slope = self.slope(i, begin);
                    end.vars[i] = self.along(begin.vars[i], slope, self.dt);
                }
            }
        }
        self.arrive(begin, arrivals, end)
    }

    /// Adds arrivals, holds what is refractory, then moves the gates, which see an arrival at its middle.
    pub fn arrive(&mut self, begin: &Moment, arrivals: &[Option<Id>], end: Moment) -> Moment {
        let (mut after, mut centre) = (end.clone(), end);
        for (i, arrival) in arrivals.iter().enumerate() {
            if let &Some(arrival) = arrival {
                let half = self.constant_times(arrival, 0.5);
                centre.vars[i] = self.graph.op(Op::Add, &[after.vars[i], half]);
                after.vars[i] = self.graph.op(Op::Add, &[after.vars[i], arrival]);
            }
            centre.vars[i] = self.held(i, begin.vars[i], centre.vars[i]);
            after.vars[i] = self.held(i, begin.vars[i], after.vars[i]);
        }
        let moved = self.staggered(begin, &centre, self.dt);
        for &i in &self.scheme.staggered {
            after.vars[i] = moved.vars[i];
        }
        after
    }

    /// Moves the linear subsystem by `part` of a step, with the forcing of the step's middle.
    pub fn linear(&mut self, from: &Moment, part: f64, last: bool) -> Moment {
        let set = &self.scheme.linear;
        let variables = &self.system.variables;
        let n = set.len();
        let matrix: Vec<Vec<_>> = set
            .iter()
            .map(|&i| {
                set.iter()
                    .map(|&j| derivative(&variables[i].rhs, &variables[j].name).expect("checked by the scheme"))
                    .collect()
            })
            .collect();
        let reach = reachable(n, |i, j| !is_zero(&matrix[i][j]));
        let step = self.dt * part;
        let numbers: Option<Vec<Vec<f64>>> = matrix.iter().map(|row| row.iter().map(eval_constant).collect()).collect();
        let entries = numbers.map(|a| propagate(&a, step));
        let propagator = Arc::new(Propagator { matrix, step });
        let forcing: Vec<Id> = set
            .iter()
            .map(|&i| {
                let free = substitute(&variables[i].rhs, &|name| {
                    set.iter().any(|&j| &*variables[j].name == name).then(|| Expr::number(0.0))
                });
                self.build(&free, &Moment { vars: from.vars.clone(), time: 1 })
            })
            .collect();
        let entry = |graph: &mut Graph, k: usize| match &entries {
            Some(numbers) => graph.constant(numbers[k]),
            None => graph.derived(Derived::Propagator(propagator.clone(), k)),
        };
        let mut moved = from.clone();
        for (a, &i) in set.iter().enumerate() {
            let reached: Vec<usize> = (0..n).filter(|&b| reach[a][b]).collect();
            let forced = reached.iter().any(|&b| !self.graph.is_constant(forcing[b], 0.0));
            let mut sum = self.graph.constant(0.0);
            for b in reached {
                // A forced variable is moved by its change, P - 1, so that its rounding does not build up.
                let own = if forced && a == b { 2 * n * n + a } else { a * n + b };
                for (k, value) in [(own, from.vars[set[b]]), (n * n + a * n + b, forcing[b])] {
                    if !self.graph.is_constant(value, 0.0) {
                        let entry = entry(&mut self.graph, k);
                        let term = self.graph.op(Op::Mul, &[value, entry]);
                        sum = self.graph.op(Op::Add, &[sum, term]);
                    }
                }
            }
            moved.vars[i] = match (forced, last) {
                _ if is_zero(&variables[i].rhs) => from.vars[i],
                (true, _) => self.graph.op(Op::Add, &[from.vars[i], sum]),
                // A decay towards zero would end in subnormal numbers, which are slow.
                (false, true) => self.graph.op(Op::Flush, &[sum]),
                (false, false) => sum,
            };
        }
        moved.time = 1;
        moved
    }

    /// The slope of a variable.
    pub fn slope(&mut self, i: usize, at: &Moment) -> Id {
        let rhs = &self.system.variables[i].rhs;
        self.build(rhs, at)
    }

    /// x + slope * step
    fn along(&mut self, x: Id, slope: Id, step: f64) -> Id {
        let way = self.constant_times(slope, step);
        self.graph.op(Op::Add, &[x, way])
    }

    /// x + f step exprel(J step): exact where f is linear in x with fixed coefficients, second order by local linearisation.
    fn exponential(&mut self, i: usize, at: &Moment, step: f64) -> Id {
        let v = &self.system.variables[i];
        let slope = derivative(&v.rhs, &v.name).expect("checked by the scheme");
        let slope = self.build(&slope, at);
        let f = self.slope(i, at);
        let exponent = self.constant_times(slope, step);
        let relative = self.graph.op(Op::Exprel, &[exponent]);
        let factor = self.constant_times(relative, step);
        let way = self.graph.op(Op::Mul, &[f, factor]);
        self.graph.op(Op::Add, &[at.vars[i], way])
    }

    /// The variables known at whole steps, by one whole step around `middle`.
    fn whole(&mut self, middle: &Moment, end: &mut Moment) {
        let mut at = middle.clone();
        for &i in &self.scheme.whole {
            end.vars[i] = self.exponential(i, &at, self.dt);
            at.vars[i] = self.mean(at.vars[i], end.vars[i]);
        }
    }

    /// The gates by `step`, from what stands in `from`, with everything else as in `centre`.
    pub fn staggered(&mut self, from: &Moment, centre: &Moment, step: f64) -> Moment {
        let mut moved = from.clone();
        let mut at = centre.clone();
        for &i in &self.scheme.staggered {
            at.vars[i] = from.vars[i];
        }
        for &i in &self.scheme.staggered {
            moved.vars[i] = self.exponential(i, &at, step);
            at.vars[i] = self.mean(at.vars[i], moved.vars[i]);
        }
        moved
    }

    fn mean(&mut self, a: Id, b: Id) -> Id {
        let sum = self.graph.op(Op::Add, &[a, b]);
        self.constant_times(sum, 0.5)
    }

    fn runge_kutta(&mut self, begin: &Moment, middle: &Moment, end: &mut Moment) {
        let set = &self.scheme.whole;
        let stage = |compiler: &mut Self, slopes: &[Id], linear: &Moment, time: u8, step: f64| {
            let mut at = Moment { vars: linear.vars.clone(), time };
            for (&i, &slope) in set.iter().zip(slopes) {
                at.vars[i] = compiler.along(begin.vars[i], slope, step);
            }
            set.iter().map(|&i| compiler.slope(i, &at)).collect::<Vec<_>>()
        };
        let k1: Vec<Id> = set.iter().map(|&i| self.slope(i, begin)).collect();
        let k2 = stage(self, &k1, middle, 1, 0.5 * self.dt);
        let k3 = stage(self, &k2, middle, 1, 0.5 * self.dt);
        let k4 = stage(self, &k3, &end.clone(), 2, self.dt);
        for (s, &i) in set.iter().enumerate() {
            let inner = self.graph.op(Op::Add, &[k2[s], k3[s]]);
            let twice = self.constant_times(inner, 2.0);
            let outer = self.graph.op(Op::Add, &[k1[s], k4[s]]);
            let sum = self.graph.op(Op::Add, &[outer, twice]);
            end.vars[i] = self.along(begin.vars[i], sum, self.dt / 6.0);
        }
    }

    fn heun(&mut self, begin: &Moment, end: &mut Moment) {
        let set = &self.scheme.whole;
        let first: Vec<Id> = set.iter().map(|&i| self.slope(i, begin)).collect();
        let mut guess = end.clone();
        for (&i, &k) in set.iter().zip(&first) {
            guess.vars[i] = self.along(begin.vars[i], k, self.dt);
        }
        for (&i, &k) in set.iter().zip(&first) {
            let second = self.slope(i, &guess);
            let mean = self.mean(k, second);
            end.vars[i] = self.along(begin.vars[i], mean, self.dt);
        }
    }

    /// Variables with noise: Euler–Maruyama, or Heun's rule for the Stratonovich sense, with the same normal numbers in both stages.
    pub fn noisy(&mut self, begin: &Moment, end: &mut Moment) {
        let set = &self.scheme.noisy;
        let first: Vec<Id> = set.iter().map(|&i| self.change(i, begin)).collect();
        let mut guess = end.clone();
        for (&i, &change) in set.iter().zip(&first) {
            guess.vars[i] = self.graph.op(Op::Add, &[begin.vars[i], change]);
        }
        for (&i, &change) in set.iter().zip(&first) {
            end.vars[i] = guess.vars[i];
            if self.scheme.noise == Some(Integrator::Heun) {
                let second = self.change(i, &guess);
                let mean = self.mean(change, second);
                end.vars[i] = self.graph.op(Op::Add, &[begin.vars[i], mean]);
            }
        }
    }

    /// drift dt + diffusion sqrt(dt) N, N standard normal.
    fn change(&mut self, i: usize, at: &Moment) -> Id {
        let rhs = &self.system.variables[i].rhs;
        let drift = self.build(rhs, at);
        let mut sum = self.constant_times(drift, self.dt);
        for noise in names(rhs).into_iter().filter(|n| is_noise(n)) {
            let diffusion = derivative(rhs, &noise).expect("noise enters linearly: checked by the model reader");
            let diffusion = self.build(&diffusion, at);
            let scaled = self.constant_times(diffusion, self.dt.sqrt());
            let normal = self.noise(&noise);
            let kick = self.graph.op(Op::Mul, &[normal, scaled]);
            sum = self.graph.op(Op::Add, &[sum, kick]);
        }
        sum
    }
}

/// Which variable's begin reaches which variable's end: the transitive closure, each reaching itself.
fn reachable(n: usize, depends: impl Fn(usize, usize) -> bool) -> Vec<Vec<bool>> {
    let mut reach: Vec<Vec<bool>> = (0..n).map(|i| (0..n).map(|j| i == j || depends(i, j)).collect()).collect();
    for k in 0..n {
        for i in 0..n {
            for j in 0..n {
                reach[i][j] |= reach[i][k] && reach[k][j];
            }
        }
    }
    reach
}
