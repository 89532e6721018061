//! The first Lyapunov coefficient: whether the oscillation born at a Hopf point is stable.

use super::fixed::FixedPoint;
use crate::{
    error::Result,
    lang::{Expr, derivative::derivative, flow::Flow},
};

/// A complex number.
#[derive(Clone, Copy)]
struct Complex(f64, f64);

impl std::ops::Add for Complex {
    type Output = Complex;
    fn add(self, other: Complex) -> Complex {
        Complex(self.0 + other.0, self.1 + other.1)
    }
}

impl std::ops::Mul for Complex {
    type Output = Complex;
    fn mul(self, other: Complex) -> Complex {
        Complex(self.0 * other.0 - self.1 * other.1, self.0 * other.1 + self.1 * other.0)
    }
}

impl Complex {
    fn conjugate(self) -> Self {
        Complex(self.0, -self.1)
    }
    fn inverse(self) -> Self {
        let square = self.0 * self.0 + self.1 * self.1;
        Complex(self.0 / square, -self.1 / square)
    }
}

/// The first Lyapunov coefficient of a Hopf point, up to a positive factor: below 0 the oscillation is stable (supercritical), above it
/// is not. Kuznetsov YA (2004), Elements of Applied Bifurcation Theory, 3rd ed, Springer, equation 3.20.
///
/// # Errors
/// Right sides without derivatives.
pub fn first_lyapunov(flow: &Flow, hopf: &FixedPoint, free: f64) -> Result<f64> {
    let [[a, b], [_, d]] = hopf.jacobian;
    let omega = hopf.determinant().sqrt();
    // A q = i omega q, A^T p = -i omega p, <p, q> = 1 with <p, q> = conj(p) q. With q = (b, i omega - a) and a + d = 0.
    let q = [Complex(b, 0.0), Complex(-a, omega)];
    let p = [Complex(-d, -omega), Complex(b, 0.0)];
    let product = p[0].conjugate() * q[0] + p[1].conjugate() * q[1];
    let p = p.map(|entry| entry * product.conjugate().inverse());
    let names = [0, 1].map(|k| flow.variables[k].name.clone());
    let value = |e: &Expr| flow.value(e, &hopf.at, free);
    let mut second = [[[0.0; 2]; 2]; 2];
    let mut third = [[[[0.0; 2]; 2]; 2]; 2];
    for (i, (second, third)) in second.iter_mut().zip(&mut third).enumerate() {
        for j in 0..2 {
            let first = flow.slope(i, &names[j])?;
            for k in 0..2 {
                let twice = derivative(&first, &names[k]).expect("the first derivative has no floor()");
                second[j][k] = value(&twice);
                for l in 0..2 {
                    third[j][k][l] = value(&derivative(&twice, &names[l]).expect("as above"));
                }
            }
        }
    }
    type Vector = [Complex; 2];
    let real = |x: f64| Complex(x, 0.0);
    let project = |of: &dyn Fn(usize) -> Complex| p[0].conjugate() * of(0) + p[1].conjugate() * of(1);
    let quadratic = |x: Vector, y: Vector| {
        project(&|i| {
            let terms = (0..4).map(|n| real(second[i][n / 2][n % 2]) * x[n / 2] * y[n % 2]);
            terms.fold(real(0.0), |sum, term| sum + term)
        })
    };
    let conjugate = q.map(Complex::conjugate);
    let cubic = project(&|i| {
        let terms =
            (0..8).map(|n| real(third[i][n / 4][n / 2 % 2][n % 2]) * q[n / 4] * q[n / 2 % 2] * conjugate[n % 2]);
        terms.fold(real(0.0), |sum, term| sum + term)
    });
    let (g20, g11, g21) = (quadratic(q, q), quadratic(q, conjugate), cubic);
    Ok((Complex(0.0, 1.0) * g20 * g11 + real(omega) * g21).0)
}
