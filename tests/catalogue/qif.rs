//! The quadratic integrate-and-fire neuron against its closed f-I curve.

use super::{common, each, near};

/// g_L/4 times the 15 mV between rest and the critical potential, pA.
const RHEOBASE: f64 = 10.0 * 15.0 / 4.0;

/// Time from reset (-70 mV) to the peak (30 mV) at a current in pA, ms: du/dt = a u^2 + b with u from the parabola's bottom.
fn rise(current: f64) -> f64 {
    let (a, b): (f64, f64) = (10.0 / (200.0 * 15.0), (current - RHEOBASE) / 200.0);
    let angle = |v: f64| ((v + 57.5) * (a / b).sqrt()).atan();
    (angle(30.0) - angle(-70.0)) / (a * b).sqrt()
}

/// Times of spikes of neurons with these currents, ms.
fn spikes(currents: &[f64], more: &str, seconds: f64, dt: f64) -> Vec<Vec<f64>> {
    let seen = common::run(&common::plan(&format!(
        "[populations.P]\nmodel = \"qif\"\nsize = {}\nparameters.I_e = \"({})*1 pA\"\n{more}\n\
         [run]\nduration = \"{seconds} s\"\ndt = \"{dt} ms\"\nseed = 1\n",
        currents.len(),
        each(currents)
    )));
    (0..currents.len()).map(|id| seen.of(id as u32).into_iter().map(|s| s as f64 * dt).collect()).collect()
}

#[test]
fn the_rate_follows_the_closed_f_i_curve() {
    let (currents, dt) = ([40.0, 50.0, 100.0, 300.0, 1000.0], 0.005);
    let more = "parameters.t_ref = \"2 ms\"";
    for (times, current) in spikes(&currents, more, 1.0, dt).into_iter().zip(currents) {
        let period = 2.0 + rise(current);
        let own = times[times.len() - 1] - times[times.len() - 2];
        // A spike falls on the step that ends after the peak.
        assert!((-1e-3..dt + 1e-3).contains(&(own - period)), "{current} pA: {own} ms for {period}");
    }
}

#[test]
fn firing_begins_at_rate_zero_with_the_square_root() {
    let times = spikes(&[RHEOBASE - 0.01, RHEOBASE + 0.1, RHEOBASE + 0.4], "", 12.0, 0.05);
    assert!(times[0].is_empty(), "spikes below rheobase");
    let rate = |k: usize| 1000.0 / (times[k][2] - times[k][1]);
    // sqrt(a b)/pi as reset and peak go to infinity, here some per cent more; twice the rate at four times the distance.
    near("rate", rate(1), 1000.0 * f64::sqrt(10.0 / 3000.0 * 0.1 / 200.0) / std::f64::consts::PI, 0.05 * rate(1));
    near("quotient", rate(2) / rate(1), 2.0, 0.06);
    near("quotient by the closed form", rate(2) / rate(1), rise(RHEOBASE + 0.1) / rise(RHEOBASE + 0.4), 1e-3);
}

#[test]
fn at_rest_it_is_a_leaky_integrator() {
    // A small current moves it by I/g_L; the parabola's curvature adds I^2/(g_L^2 15 mV).
    let seen = common::run(&common::plan(
        "[populations.P]\nmodel = \"qif\"\nsize = 1\nparameters.I_e = \"0.1 pA\"\n[[record.traces]]\npopulation = \"P\"\n\
         variables = \"v\"\ninterval = \"1 s\"\n[run]\nduration = \"1 s\"\ndt = \"0.1 ms\"\nseed = 1\n",
    ));
    near("v", seen.at(0, 10_000, 0), -65.0 + 0.01 + 0.01 * 0.01 / 15.0, 1e-7);
}
