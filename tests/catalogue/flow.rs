//! The linear flow around a point, measured by running the engine from points beside it.

use super::{common, each};

/// `exp(J T)`: how the state after `T` depends on the state before, J being the Jacobian.
pub struct Flow {
    matrix: Vec<Vec<f64>>,
    time: f64,
}

/// Distance of the points beside, in the variables' units: the error of central differences is its square.
const BESIDE: f64 = 1e-4;

impl Flow {
    /// The flow of a shipped model over 1 ms by RK4 at 0.01 ms, around `at`: variable, value, unit. `more` sets parameters.
    pub fn around(model: &str, more: &str, at: &[(&str, f64, &str)]) -> Self {
        let n = at.len();
        let initial = |(k, (name, value, unit)): (usize, &(&str, f64, &str))| {
            let mut starts = vec![*value; 2 * n];
            starts[2 * k] += BESIDE;
            starts[2 * k + 1] -= BESIDE;
            format!("initial.{name} = \"({})*{unit}\"\n", each(&starts))
        };
        let trace = |name: &str| {
            format!("[[record.traces]]\npopulation = \"P\"\nvariables = \"{name}\"\ninterval = \"1 ms\"\n")
        };
        let seen = common::run(&common::plan(&format!(
            "[populations.P]\nmodel = \"{model}\"\nsize = {}\nintegrator = \"rk4\"\n{more}\n{}{}[run]\nduration = \"1 ms\"\n\
             dt = \"0.01 ms\"\nseed = 1\n",
            2 * n,
            at.iter().enumerate().map(initial).collect::<String>(),
            at.iter().map(|v| trace(v.0)).collect::<String>(),
        )));
        let end = |i: usize, k: usize| seen.at(i, 100, k);
        let row = |i: usize| (0..n).map(|k| (end(i, 2 * k) - end(i, 2 * k + 1)) / (2.0 * BESIDE)).collect();
        Self { matrix: (0..n).map(row).collect(), time: 1.0 }
    }

    /// Trace and determinant of the Jacobian of a model of two variables, per ms and per ms^2.
    pub fn trace_and_determinant(&self) -> (f64, f64) {
        let [[a, b], [c, d]] = [&self.matrix[0][..], &self.matrix[1][..]].map(|row| [row[0], row[1]]);
        let (half, determinant) = ((a + d) / 2.0, a * d - b * c);
        let trace = determinant.ln() / self.time;
        let apart = half * half - determinant;
        let product = if apart < 0.0 {
            let angle = (half / determinant.sqrt()).acos() / self.time;
            trace * trace / 4.0 + angle * angle
        } else {
            (half + apart.sqrt()).ln() * (half - apart.sqrt()).ln() / (self.time * self.time)
        };
        (trace, product)
    }

    /// The largest real part of an eigenvalue of the Jacobian, per ms: by squaring the flow fifty times.
    pub fn growth(&self) -> f64 {
        let n = self.matrix.len();
        let (mut matrix, mut growth, mut share) = (self.matrix.clone(), 0.0, 1.0 / self.time);
        for _ in 0..50 {
            let size = matrix.iter().flatten().fold(0.0, |m: f64, x| m.max(x.abs()));
            growth += share * size.ln();
            share /= 2.0;
            matrix.iter_mut().flatten().for_each(|x| *x /= size);
            let entry = |i: usize, j: usize| (0..n).map(|k| matrix[i][k] * matrix[k][j]).sum();
            matrix = (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect();
        }
        growth
    }
}
