//! Exact propagators of linear systems x' = A x + b: x(t+h) = P x + Q b with P = exp(A h), Q = the integral of exp(A s).
//!
//! The diagonal of P - 1 comes too: x + (P - 1) x does not repeat the rounding of P in every step, P x does.

use super::ast::Expr;

/// A linear subsystem whose coefficients differ between neurons.
#[derive(Debug)]
pub struct Propagator {
    /// A, row by row; expressions of parameters.
    pub matrix: Vec<Vec<Expr>>,
    /// Length of the step in ms.
    pub step: f64,
}

impl Propagator {
    /// P and Q row by row, then the diagonal of P - 1, for the values that `eval` gives the coefficients.
    pub fn entries(&self, mut eval: impl FnMut(&Expr) -> f64) -> Vec<f64> {
        let a: Vec<Vec<f64>> = self.matrix.iter().map(|row| row.iter().map(&mut eval).collect()).collect();
        propagate(&a, self.step)
    }
}

/// P and Q row by row, then the diagonal of P - 1, from exp of the block matrix [[A, 1], [0, 0]] h, which needs no inverse of A.
pub fn propagate(a: &[Vec<f64>], h: f64) -> Vec<f64> {
    let n = a.len();
    let mut block = vec![vec![0.0; 2 * n]; 2 * n];
    for (i, row) in a.iter().enumerate() {
        for (j, value) in row.iter().enumerate() {
            block[i][j] = value * h;
        }
        block[i][n + i] = h;
    }
    let (e, less_one) = exponential(block);
    let part = |from: usize| (0..n).flat_map(|i| e[i][from..from + n].to_vec()).collect::<Vec<_>>();
    [part(0), part(n), less_one[..n].to_vec()].concat()
}

/// exp of a small matrix, and the diagonal of exp - 1, by scaling and squaring of its Taylor series.
///
/// Higham (2005), doi:10.1137/04061101X, discusses the method; with the norm scaled to at most 1/8 sixteen terms reach f64.
/// A triangular block with well separated rates keeps its diagonal exact: exp of each diagonal entry is put back at the end.
fn exponential(m: Vec<Vec<f64>>) -> (Vec<Vec<f64>>, Vec<f64>) {
    let n = m.len();
    let norm = m.iter().map(|row| row.iter().map(|v| v.abs()).sum::<f64>()).fold(0.0, f64::max);
    let squarings = if norm > 0.125 { (norm / 0.125).log2().ceil() as i32 } else { 0 };
    let scale = 0.5f64.powi(squarings);
    let scaled: Vec<Vec<f64>> = m.iter().map(|row| row.iter().map(|v| v * scale).collect()).collect();
    // exp(m) - 1 is squared as (1 + d)^2 - 1 = 2d + d^2, which keeps the digits of small entries.
    let mut d = scaled.clone();
    let mut term = scaled.clone();
    for k in 2..=16 {
        term = product(&term, &scaled);
        for (t, d) in term.iter_mut().flatten().zip(d.iter_mut().flatten()) {
            *t /= f64::from(k);
            *d += *t;
        }
    }
    for _ in 0..squarings {
        let square = product(&d, &d);
        for (s, d) in square.iter().flatten().zip(d.iter_mut().flatten()) {
            *d = 2.0 * *d + s;
        }
    }
    let triangular = (0..n).all(|i| (0..i).all(|j| m[i][j] == 0.0));
    let less_one = (0..n).map(|i| if triangular { m[i][i].exp_m1() } else { d[i][i] }).collect();
    for (i, row) in d.iter_mut().enumerate() {
        row[i] = if triangular { m[i][i].exp() } else { row[i] + 1.0 };
    }
    (d, less_one)
}

fn product(a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = a.len();
    let entry = |i: usize, j: usize| (0..n).map(|k| a[i][k] * b[k][j]).sum();
    (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn membrane_with_an_exponential_current_matches_the_closed_form() {
        // C v' = -C v/tau_m + I, I' = -I/tau_s (Rotter & Diesmann 1999, doi:10.1007/s004220050570).
        for (tau_m, tau_s, c, h) in [(10.0, 0.5, 250.0, 0.1), (20.0, 2.0, 100.0, 1.0), (10.0, 9.999, 250.0, 0.125)] {
            let p = propagate(&[vec![-1.0 / tau_m, 1.0 / c], vec![0.0, -1.0 / tau_s]], h);
            // exp(-h/tau_s) - exp(-h/tau_m) without the cancellation that costs five digits at nearly equal time constants.
            let difference = f64::exp(-h / tau_m) * f64::exp_m1(h * (tau_s - tau_m) / (tau_m * tau_s));
            let exact = tau_m * tau_s / (c * (tau_s - tau_m)) * difference;
            assert!((p[1] / exact - 1.0).abs() < 2e-12, "{} {exact}", p[1]);
            assert_eq!((p[0], p[2], p[3]), (f64::exp(-h / tau_m), 0.0, f64::exp(-h / tau_s)));
            assert!((p[4] / (tau_m * -f64::exp_m1(-h / tau_m)) - 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn a_rotation_has_no_damping() {
        let p = propagate(&[vec![0.0, 1.0], vec![-1.0, 0.0]], 3.0);
        for (got, want) in p.iter().zip([3f64.cos(), 3f64.sin(), -3f64.sin(), 3f64.cos()]) {
            assert!((got - want).abs() < 1e-14);
        }
    }

    #[test]
    fn no_leak_is_a_plain_sum() {
        let p = propagate(&[vec![0.0]], 0.1);
        assert_eq!((p[0], p[1]), (1.0, 0.1));
    }
}
