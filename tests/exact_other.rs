//! FitzHugh–Nagumo, AdEx and Izhikevich neurons against their fixed points, period and rheobase.

mod common;

use common::{Seen, plan, run};

/// One neuron of a model by rk4, with two variables recorded at the begin and the end.
fn one(model: &str, more: &str, variables: &str, duration_ms: u32, dt: f64) -> Seen {
    run(&plan(&format!(
        "[populations.P]\nmodel = \"{model}\"\nsize = 1\nintegrator = \"rk4\"\n{more}\n\
         [[record.traces]]\npopulation = \"P\"\nvariables = [{variables}]\ninterval = \"{duration_ms} ms\"\n\
         [run]\nduration = \"{duration_ms} ms\"\ndt = \"{dt} ms\"\nseed = 1\n"
    )))
}

fn ends_at(seen: &Seen, want: [f64; 2], tolerance: f64) {
    let end = &seen.traces[0].last().expect("a trace").1;
    for (got, want) in end.iter().zip(want) {
        assert!((got - want).abs() <= tolerance, "{got} for {want}");
    }
}

#[test]
fn fitzhugh_nagumo_has_its_fixed_points() {
    let (stable, unstable) = ([-1.199408, -0.624260], [-0.804848, -0.131060]);
    let seen = one("fitzhugh_nagumo", "initial.v = -1.0\ninitial.w = -0.5", "\"v\", \"w\"", 1000, 0.01);
    assert!(seen.spikes.is_empty());
    ends_at(&seen, stable, 5.1e-7);
    // Unstable, so it is left as fast as exp(0.144 t): what is off by 5e-7 stays near for a while.
    let more = "parameters.I = 0.5\ninitial.v = -0.804848\ninitial.w = -0.131060";
    ends_at(&one("fitzhugh_nagumo", more, "\"v\", \"w\"", 10, 0.01), unstable, 1e-5);
}

#[test]
fn fitzhugh_nagumo_cycles_with_its_period() {
    let dt = 0.01;
    let steps = one("fitzhugh_nagumo", "parameters.I = 0.5", "\"v\", \"w\"", 2000, dt).of(0);
    let (from, to) = (10, steps.len() - 1);
    let period = (steps[to] - steps[from]) as f64 * dt / (to - from) as f64;
    assert!((period - 39.47).abs() < 0.0055, "{period}");
}

#[test]
fn adex_fires_from_its_rheobase_on() {
    // The lower fixed point at 627.1 pA, just below the Hopf bifurcation at 627.18 pA, by Newton's method from below.
    let current = 627.1;
    let mut v = -60.0;
    for _ in 0..200 {
        let rise = f64::exp((v + 50.4) / 2.0);
        v -= (-34.0 * (v + 70.6) + 60.0 * rise + current) / (-34.0 + 30.0 * rise);
    }
    let w = 4.0 * (v + 70.6);
    let spikes = |current: f64| {
        let more = format!("parameters.I_e = \"{current} pA\"\ninitial.v = \"{v:.15} mV\"\ninitial.w = \"{w:.15} pA\"");
        one("adex", &more, "\"v\", \"w\"", 10_000, 0.05).spikes.len()
    };
    assert_eq!(spikes(627.1), 0);
    // Past the saddle-node at 627.31 pA there is no fixed point left.
    assert!(spikes(627.35) > 0);
}

#[test]
fn izhikevich_has_its_fixed_points() {
    let more = "initial.v = \"-66 mV\"\ninitial.u = \"-13 mV/ms\"";
    let seen = one("izhikevich", more, "\"v\", \"u\"", 2000, 0.1);
    assert!(seen.spikes.is_empty());
    ends_at(&seen, [-70.0, -14.0], 1e-9);
    let more = "initial.v = \"-50 mV\"\ninitial.u = \"-10 mV/ms\"";
    ends_at(&one("izhikevich", more, "\"v\", \"u\"", 5, 0.1), [-50.0, -10.0], 1e-9);
}
