//! Passive cables against the closed forms of Rall (1977, doi:10.1002/cphy.cp010103).

use std::f64::consts::PI;

use crate::common::{Seen, plan, run};

/// The cable of Rallpack 1: 1 um wide, one length constant (1 mm) long, 0.1 nA into one end.
pub fn rallpack(compartments: u32, dt: f64, duration: f64, length: f64, interval: f64) -> Seen {
    let text = format!(
        "[populations.c]
model = 'passive'
size = 1
parameters = {{ C_m = '1 uF/cm^2', g_L = '1/(40000 Ohm*cm^2)', E_L = '0 mV' }}
[populations.c.cable]
R_a = '100 Ohm*cm'
[[populations.c.cable.sections]]
name = 'c'
length = '{length} mm'
diameter = '1 um'
compartments = {compartments}
[[inputs]]
to = 'c'
current = '100 pA'
at = 'c(0)'
[[record.traces]]
population = 'c'
variables = 'v'
interval = '{interval} ms'
[run]
duration = '{duration} ms'
dt = '{dt} ms'"
    );
    run(&plan(&text))
}

/// Of the long cable: resistance times current, mV.
pub const R_I: f64 = 400.0 / PI;
const TAU: f64 = 40.0;

/// Voltage at x length constants of a sealed cable of one, t > 0.05 ms after the current into x = 0 begins: later terms of the series
/// are below e^-35.
pub fn voltage(x: f64, t: f64) -> f64 {
    let (tail, time) = ((1.0 - x).cosh() / 1.0f64.sinh(), t / TAU);
    let term = |n: f64| {
        let rate = 1.0 + (n * PI).powi(2);
        2.0 * (n * PI * x).cos() * (-rate * time).exp() / rate
    };
    R_I * (tail - (-time).exp() - (1..120).map(|n| term(n.into())).sum::<f64>())
}

#[test]
fn the_error_falls_with_the_square_of_the_compartments_length() {
    // At 20 time constants the run is in its steady state.
    let error = |n: u32| {
        let seen = rallpack(n, 1.0, 800.0, 1.0, 800.0);
        let last = &seen.traces[0][1].1;
        let centre = |k: usize| (k as f64 + 0.5) / f64::from(n);
        let off = |(k, v): (usize, &f64)| (v - R_I * (1.0 - centre(k)).cosh() / 1.0f64.sinh()).abs();
        last.iter().enumerate().map(off).fold(0.0, f64::max)
    };
    let errors: Vec<f64> = [10, 20, 40, 80].into_iter().map(error).collect();
    for pair in errors.windows(2) {
        let order = (pair[0] / pair[1]).log2();
        assert!((1.9..2.1).contains(&order), "order {order} of {errors:?}");
    }
    assert!(errors[0] < 0.2, "{errors:?}");
}

#[test]
fn an_infinite_cable_decays_with_its_length_constant() {
    // 12 length constants are as good as infinite: reflections are below e^-24.
    let seen = rallpack(1200, 1.0, 800.0, 12.0, 800.0);
    let last = &seen.traces[0][1].1;
    for k in [0, 50, 100, 200, 300, 500] {
        // A compartment of 0.01 length constants: cosh(0.005) - 1 = 1.25e-5.
        let x = (k as f64 + 0.5) * 0.01;
        let closed = R_I * (-x).exp();
        assert!((last[k] / closed - 1.0).abs() < 5e-5, "{k}: {} is not {closed}", last[k]);
    }
}

/// Two daughters whose diameters to the power of 3/2 add up to the parent's continue it (Rall 1959): compartments of the same
/// electrotonic length have the same voltages at all times.
#[test]
fn a_tree_that_obeys_the_three_halves_law_is_a_cylinder() {
    let (parent, daughters) = (2.0f64, [1.2f64, (2.0f64.powf(1.5) - 1.2f64.powf(1.5)).powf(2.0 / 3.0)]);
    // Length in proportion to the length constant, which goes with the root of the diameter.
    let section = |name: &str, parent: &str, diameter: f64, n: u32| {
        format!(
            "[[populations.c.cable.sections]]\nname = '{name}'\n{parent}\nlength = '{:?} um'\ndiameter = '{diameter:?} um'\n\
             compartments = {n}\n",
            20.0 * f64::from(n) * (diameter / 2.0).sqrt()
        )
    };
    let text = |sections: &str, at: &str| {
        format!(
            "[populations.c]\nmodel = 'passive'\nsize = 1\n[populations.c.cable]\nR_a = '150 Ohm*cm'\n{sections}\n\
             [[inputs]]\nto = 'c'\nat = 'a(0)'\ncurrent = '50 pA*sin(t/(3 ms))'\n\
             [[record.traces]]\npopulation = 'c'\nvariables = 'v'\nat = [{at}]\n[run]\nduration = '30 ms'\ndt = '0.1 ms'"
        )
    };
    let tree = [
        section("a", "", parent, 10),
        section("b", "parent = 'a(1)'", daughters[0], 7),
        section("c", "parent = 'a(1)'", daughters[1], 7),
    ];
    let branched = run(&plan(&text(&tree.concat(), "'a(0)', 'a(1)', 'b(0)', 'c(0.5)', 'b(1)', 'c(1)'")));
    let cylinder = run(&plan(&text(&section("a", "", parent, 17), "'a(0)', 'a(0.56)', 'a(0.6)', 'a(0.79)', 'a(1)'")));
    for ((step, a), (_, b)) in branched.traces[0].iter().zip(&cylinder.traces[0]) {
        for (left, right) in [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 4)] {
            assert!((a[left] - b[right]).abs() < 1e-9, "step {step}: {a:?} and {b:?}");
        }
    }
    let moved = branched.traces[0].iter().map(|t| (t.1[5] + 65.0).abs()).fold(0.0, f64::max);
    assert!(moved > 0.1, "nothing came to the tips: {moved}");
}
