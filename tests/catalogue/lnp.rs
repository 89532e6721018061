//! The linear–nonlinear–Poisson unit: its filter, its nonlinearity, and its spikes.

use super::{common, near};

const UNITS: u32 = 2000;

fn unit(parameters: &str, rest: &str, duration: u32, dt: f64) -> common::Seen {
    common::run(&common::plan(&format!(
        "[populations.P]\nmodel = \"lnp\"\nsize = {UNITS}\nparameters = {{ {parameters} }}\n{rest}\n\
         [run]\nduration = \"{duration} ms\"\ndt = \"{dt} ms\"\nseed = 5\n"
    )))
}

#[test]
fn the_step_response_is_that_of_the_filter() {
    let trace = "[[record.traces]]\npopulation = \"P\"\nvariables = [\"drive\"]\nneurons = [0]\n\
                 [[record.traces]]\npopulation = \"P\"\nvariables = [\"rate\"]\nneurons = [0]";
    let seen = unit("I_e = \"80 pA\", b = 0.7", trace, 100, 0.5);
    for step in 0..=200u64 {
        let t = step as f64 * 0.5;
        let drive = -80.0 * f64::exp_m1(-t / 10.0) + 0.7 * 80.0 * f64::exp_m1(-t / 30.0);
        near(&format!("drive at {t} ms"), seen.at(0, step, 0), drive, 1e-11);
        // Rates are in kHz inside.
        near(&format!("rate at {t} ms"), seen.at(1, step, 0), 0.01 * f64::exp(drive / 100.0), 1e-12);
    }
}

#[test]
fn each_step_spikes_with_the_poisson_probability() {
    let dt = 1.0;
    let seen = unit("I_e = \"100 pA\", b = 0.5, r_0 = \"200 Hz\"", "", 900, dt);
    // Constant from 400 ms on but for exp(-400/30).
    let share = seen.spikes.iter().filter(|s| s.0 > 400).count() as f64 / (500.0 * f64::from(UNITS));
    let p = -f64::exp_m1(-0.2 * f64::exp(0.5) * dt);
    let error = (p * (1.0 - p) / (500.0 * f64::from(UNITS))).sqrt();
    near("share of steps with a spike", share, p, 4.0 * error);
    // A spike does not change the next step.
    let pairs = (0..200).map(|id| {
        let steps = seen.of(id);
        steps.windows(2).filter(|w| w[0] > 400 && w[1] == w[0] + 1).count() as f64
    });
    near("share of pairs", pairs.sum::<f64>() / (499.0 * 200.0), p * p, 5.0 * (p * p / (499.0 * 200.0)).sqrt());
}

#[test]
fn the_mean_rate_under_noise_is_that_of_an_exponential_of_a_normal_variable() {
    let noise = "[[inputs]]\nto = \"P\"\nmodel = \"ou_current\"\nparameters = { sigma = \"120 pA\", tau = \"5 ms\" }";
    let seen = unit("", noise, 1100, 0.1);
    // A filter of 10 ms leaves the share 5/(5 + 10) of the variance of a noise of 5 ms.
    let variance = 1.2 * 1.2 * 5.0 / 15.0;
    let rate = seen.spikes.iter().filter(|s| s.0 > 1000).count() as f64 / f64::from(UNITS);
    let want = 10.0 * f64::exp(variance / 2.0);
    near("rate", rate, want, 0.02 * want);
}
