//! Two passive cells and a gap junction.
//!
//! With the other's voltage held for a step, each cell's step is exact: v moves to (1 - k) E_L + k v_other by 1 - E, where
//! k = g/(g_L + g) and E = exp(-dt (g_L + g)/C). The sum of both deflections is multiplied by E + k (1 - E) in each step, their difference by
//! E - k (1 - E), which is within -1 and 1 for all g and dt.

use std::f64::consts::TAU;

use crate::common::{Seen, plan, run};

const C: f64 = 200.0;
const G_L: f64 = 10.0;

/// Cells at -50 and -70 mV around a rest of -60 mV, seen in each step; `more` is added to the population.
fn pair(g: f64, dt: f64, duration: f64, more: &str, input: &str) -> Seen {
    run(&plan(&format!(
        "[populations.P]
model = 'lif'
size = 2
parameters.V_th = '1e100 mV'
receptors.gap = 'gap_junction'
initial.v = '-50 mV - 20 mV*i'
{more}
[[projections]]
from = 'P'
to = 'P'
rule = 'all_to_all'
receptor = 'gap'
weight = '{g} nS'
{input}
[[record.traces]]
population = 'P'
variables = ['v', 'gap.I', 'gap.sum_w']
[run]
duration = '{duration} ms'
dt = '{dt} ms'"
    )))
}

/// Deflections of both cells at a step.
fn deflections(seen: &Seen, step: u64) -> (f64, f64) {
    (seen.at(0, step, 0) + 60.0, seen.at(0, step, 3) + 60.0)
}

#[test]
fn the_steady_state_has_the_coupling_coefficient() {
    let input = "[[inputs]]\nto = 'P'\ncurrent = 'where(i == 0, 100 pA, 0 pA)'";
    for g in [0.5, 2.0, 30.0] {
        let (one, other) = deflections(&pair(g, 0.1, 1000.0, "", input), 10_000);
        assert!((other / one - g / (g + G_L)).abs() < 1e-12, "{g} nS: {}", other / one);
        let exact = 100.0 * (G_L + g) / (G_L * (G_L + 2.0 * g));
        assert!((one - exact).abs() < 1e-11, "{g} nS: {one} mV, not {exact}");
    }
}

#[test]
fn every_step_is_that_of_the_map() {
    let (g, dt) = (3.0, 0.1);
    let seen = pair(g, dt, 50.0, "", "");
    let (k, e) = (g / (G_L + g), (-dt * (G_L + g) / C).exp());
    for step in 0..=500 {
        let (one, other) = deflections(&seen, step);
        let exact = 20.0 * (e - k * (1.0 - e)).powi(step as i32);
        assert!((one - other - exact).abs() < 1e-12, "step {step}: {} and not {exact}", one - other);
        assert!((one + other).abs() < 1e-12);
    }
    // At t = 0 the current is that of the voltages as they stand, and what one cell loses the other gains.
    assert_eq!((seen.at(0, 0, 1), seen.at(0, 0, 4)), (-60.0, 60.0));
    assert_eq!(seen.at(0, 7, 2), g);
}

#[test]
fn the_error_is_of_first_order() {
    let g = 10.0;
    let exact = 20.0 * (-20.0 * (G_L + 2.0 * g) / C).exp();
    let error = |dt: f64| {
        let (one, other) = deflections(&pair(g, dt, 20.0, "", ""), (20.0 / dt).round() as u64);
        one - other - exact
    };
    let errors: Vec<f64> = [0.2, 0.1, 0.05, 0.025].into_iter().map(error).collect();
    for pair in errors.windows(2) {
        let order = (pair[0] / pair[1]).log2();
        assert!((0.95..1.05).contains(&order), "order {order}: {errors:?}");
    }
}

/// The part of a cell's deflection that swings at `steps` a period, over the last second.
fn swing(seen: &Seen, k: usize, steps: u64) -> (f64, f64) {
    let phase = |step: u64| TAU * (step % steps) as f64 / steps as f64;
    let sum = |f: fn(f64) -> f64| (10_001..=20_000).map(|s| seen.at(0, s, k) * f(phase(s))).sum::<f64>() / 5000.0;
    (sum(f64::cos), -sum(f64::sin))
}

#[test]
fn the_junction_is_a_low_pass() {
    let (g, dt) = (4.0, 0.1);
    let (k, e) = (g / (G_L + g), (-dt * (G_L + g) / C).exp());
    for (frequency, steps) in [(2.0, 5000), (20.0, 500), (200.0, 50)] {
        let current = format!("where(i == 0, 1, 0)*100 pA*sin(2*pi*{frequency} Hz*t)");
        let seen = pair(g, dt, 2000.0, "", &format!("[[inputs]]\nto = 'P'\ncurrent = '{current}'"));
        let ((re, im), (other_re, other_im)) = (swing(&seen, 0, steps), swing(&seen, 3, steps));
        let ratio = other_re.hypot(other_im) / re.hypot(im);
        // v' = E v + k (1 - E) v_other, at z = exp(i omega dt).
        let omega = TAU * frequency * dt * 1e-3;
        let exact = k * (1.0 - e) / (omega.cos() - e).hypot(omega.sin());
        assert!((ratio / exact - 1.0).abs() < 1e-9, "{frequency} Hz: {ratio} and not {exact}");
        let continuous = k / (1.0 + (omega / dt * C / (G_L + g)).powi(2)).sqrt();
        assert!((ratio / continuous - 1.0).abs() < 0.01, "{frequency} Hz: {ratio} and not {continuous}");
    }
}

/// How many times larger the difference of both cells is after 400 steps.
fn growth(g: f64, more: &str) -> f64 {
    let (one, other) = deflections(&pair(g, 0.1, 40.0, more, ""), 400);
    (one - other).abs() / 20.0
}

#[test]
fn the_default_integrator_is_stable_at_any_conductance() {
    for g in [1e2, 1e4, 1e6] {
        let seen = pair(g, 0.1, 40.0, "", "");
        let differences: Vec<f64> = (0..=400).map(|s| deflections(&seen, s)).map(|(a, b)| (a - b).abs()).collect();
        // Down to the rounding of -60 mV.
        assert!(differences.windows(2).all(|d| d[1] < d[0] || d[0] < 1e-12), "{g} nS: {:?}", &differences[..5]);
    }
}

/// Forward Euler multiplies the difference by 1 - dt (g_L + 2 g)/C: stable below 2. RK4 multiplies a cell that sees the other still
/// by its polynomial R, which is 1 again at dt (g_L + g)/C = 2.785293563, and the difference by R - k (1 - R).
#[test]
fn explicit_integrators_are_stable_up_to_their_limit() {
    let limits = [("euler", (2.0 * C / 0.1 - G_L) / 2.0), ("rk4", 2.785_293_563 * C / 0.1 - G_L)];
    for (integrator, limit) in limits {
        let more = format!("integrator = '{integrator}'");
        let (below, above) = (growth(0.99 * limit, &more), growth(1.01 * limit, &more));
        assert!(below < 1e-3, "{integrator} below {limit} nS: {below}");
        assert!(above > 1e3, "{integrator} above {limit} nS: {above}");
    }
}

#[test]
fn phases_change_parameters_and_leave_the_junctions() {
    let text = "[populations.P]
model = 'lif'
size = 2
receptors.gap = 'gap_junction'
[[projections]]
from = 'P'
to = 'P'
rule = 'all_to_all'
receptor = 'gap'
weight = '5 nS'
[[record.traces]]
population = 'P'
variables = ['v', 'gap.I', 'gap.sum_w']
[run]
phases = [{ duration = '1 s' }, { duration = '1 s', set = { 'P.I_e' = 'where(i == 0, 30 pA, 0 pA)', 'P.g_L' = '20 nS' } }]";
    let seen = run(&plan(text));
    assert_eq!(deflections(&seen, 10_000), (0.0, 0.0));
    let (one, other) = deflections(&seen, 20_000);
    assert!((other / one - 5.0 / 25.0).abs() < 1e-12, "{}", other / one);
    assert_eq!((seen.at(0, 20_000, 2), seen.at(0, 20_000, 5)), (5.0, 5.0));
}
