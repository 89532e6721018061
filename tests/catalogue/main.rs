//! The catalogue of neurons and receptors: each shipped model against closed forms, published numbers, or an integration in the test.

mod adaptation;
mod bifurcations;
#[path = "../common/mod.rs"]
mod common;
mod flow;
mod lnp;
mod metabotropic;
mod places;
mod pospischil;
mod qif;
mod quanta;
mod receptors;
mod squid;
mod two_compartments;

/// Asserts that a value is within a tolerance of what it should be.
fn near(what: &str, got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{what}: {got} for {want}");
}

/// An expression of a network file that is `values[i]` for neuron i.
fn each(values: &[f64]) -> String {
    let (last, rest) = values.split_last().expect("a value");
    let of = |(k, value): (usize, &f64)| format!("where(i < {}, {value:e}, ", k + 1);
    format!("{}{last:e}{}", rest.iter().enumerate().map(of).collect::<String>(), ")".repeat(rest.len()))
}

/// One classical Runge–Kutta step, for integrations that a test does by itself.
fn rk4<const N: usize>(x: [f64; N], t: f64, h: f64, f: &impl Fn(f64, [f64; N]) -> [f64; N]) -> [f64; N] {
    let along = |k: [f64; N], h: f64| std::array::from_fn(|i| x[i] + h * k[i]);
    let k1 = f(t, x);
    let k2 = f(t + h / 2.0, along(k1, h / 2.0));
    let k3 = f(t + h / 2.0, along(k2, h / 2.0));
    let k4 = f(t + h, along(k3, h));
    std::array::from_fn(|i| x[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]))
}
