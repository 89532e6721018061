//! Models of two variables: fixed points, and the trace and determinant there as the engine's own flow has them.

use super::{flow::Flow, near};

/// The root of `f` in an interval at whose ends its signs differ.
fn root(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    assert!(f(low) * f(high) < 0.0, "no change of sign between {low} and {high}");
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if f(low) * f(middle) <= 0.0 { high = middle } else { low = middle }
    }
    low
}

/// FitzHugh–Nagumo's fixed point, and what the engine's flow has there.
fn fitzhugh_nagumo(current: f64) -> ([f64; 2], (f64, f64)) {
    let v = root(-3.0, 3.0, |v| v - v.powi(3) / 3.0 - (v + 0.7) / 0.8 + current);
    let w = (v + 0.7) / 0.8;
    let flow = Flow::around("fitzhugh_nagumo", &format!("parameters.I = {current:e}"), &[("v", v, "1"), ("w", w, "1")]);
    ([v, w], flow.trace_and_determinant())
}

#[test]
fn fitzhugh_nagumo_is_stable_without_and_unstable_with_stimulus() {
    for (current, point, trace, determinant) in
        [(0.0, [-1.199408, -0.624260], -0.502580, 0.108069), (0.5, [-0.804848, -0.131060], 0.288220, 0.057458)]
    {
        let (at, own) = fitzhugh_nagumo(current);
        near("v", at[0], point[0], 5.1e-7);
        near("w", at[1], point[1], 5.1e-7);
        near("trace", own.0, trace, 6e-7);
        near("determinant", own.1, determinant, 6e-7);
    }
}

#[test]
fn fitzhugh_nagumo_has_hopf_bifurcations_at_both_ends() {
    for (current, side) in [(0.331281, 1.0), (1.418719, -1.0)] {
        let trace = |current| fitzhugh_nagumo(current).1;
        near("trace", trace(current).0, 0.0, 2e-6);
        assert!(trace(current).1 > 0.0, "a Hopf bifurcation has a positive determinant");
        assert!(side * trace(current - 2e-6).0 < 0.0 && side * trace(current + 2e-6).0 > 0.0, "at {current}");
    }
}

/// What the engine's flow has at a point of the Izhikevich neuron with u = 0.2 v.
fn izhikevich(current: f64, v: f64) -> (f64, f64) {
    near("dv/dt", 0.04 * v * v + 5.0 * v + 140.0 - 0.2 * v + current, 0.0, 1e-4);
    let more = format!("parameters.I_e = \"{current:e} pA\"");
    Flow::around("izhikevich", &more, &[("v", v, "1 mV"), ("u", 0.2 * v, "1 mV/ms")]).trace_and_determinant()
}

#[test]
fn izhikevich_has_a_stable_point_and_a_saddle_that_meet_after_a_hopf_bifurcation() {
    // Trace 0.08 v + 5 - 0.02, determinant -0.02 (0.08 v + 5) + 0.02 * 0.2.
    let expected = |v: f64| (0.08 * v + 4.98, -0.02 * (0.08 * v + 5.0) + 0.004);
    for (current, v) in [(0.0, -70.0), (0.0, -50.0), (3.7975, -62.25), (4.0, -60.0)] {
        let (own, want) = (izhikevich(current, v), expected(v));
        near("trace", own.0, want.0, 1e-6);
        near("determinant", own.1, want.1, 1e-6);
    }
    let (stable, saddle) = (izhikevich(0.0, -70.0), izhikevich(0.0, -50.0));
    assert!(stable.0 < 0.0 && stable.1 > 0.0 && saddle.1 < 0.0);
    let (hopf, fold) = (izhikevich(3.7975, -62.25), izhikevich(4.0, -60.0));
    assert!(hopf.0.abs() < 1e-6 && hopf.1 > 0.0, "{hopf:?}");
    assert!(fold.1.abs() < 1e-6, "{fold:?}");
}

/// The lower fixed point of AdEx with the shipped values, where there is one, and what the engine's flow has there.
fn adex(current: f64) -> (f64, (f64, f64)) {
    let steady = |v: f64| -34.0 * (v + 70.6) + 60.0 * f64::exp((v + 50.4) / 2.0) + current;
    let bottom = -50.4 + 2.0 * f64::ln(1.0 + 4.0 / 30.0);
    let v = root(-70.6, bottom, steady);
    let more = format!("parameters.I_e = \"{current:e} pA\"");
    let flow = Flow::around("adex", &more, &[("v", v, "1 mV"), ("w", 4.0 * (v + 70.6), "1 pA")]);
    (v, flow.trace_and_determinant())
}

#[test]
fn adex_loses_its_rest_at_a_hopf_bifurcation_just_before_the_saddle_node() {
    // Where exp((v - V_T)/Delta_T) is 1 + tau_m/tau_w the trace is 0, where it is 1 + a/g_L the fixed points meet (Touboul & Brette 2008).
    let (tau, a) = (281.0 / 30.0 / 144.0, 4.0 / 30.0);
    let current = |x: f64| 34.0 * (20.2 + 2.0 * f64::ln(x)) - 60.0 * x;
    let (hopf, saddle_node) = (current(1.0 + tau), current(1.0 + a));
    near("Hopf", hopf, 627.18, 0.005);
    near("saddle-node", saddle_node, 627.31, 0.005);
    near("trace at the Hopf bifurcation", adex(hopf).1.0, 0.0, 1e-6);
    assert!(adex(hopf - 0.005).1.0 < 0.0 && adex(hopf + 0.005).1.0 > 0.0);
    assert!(adex(hopf).1.1 > 0.0);
    // The determinant falls to 0 as the square root of the distance to the saddle-node.
    let determinant = |below: f64| adex(saddle_node - below).1.1;
    near("determinant", determinant(4e-4) / determinant(1e-4), 2.0, 0.02);
}
