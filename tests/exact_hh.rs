//! Hodgkin–Huxley neurons against numbers of fine Runge–Kutta integrations.

mod common;

use bouton::engine::Options;
use common::{Seen, plan, run, run_with};

/// Neurons of one population by rk4; `more` sets parameters and initial values.
fn text(model: &str, size: u32, more: &str, duration_ms: u32, dt: f64) -> String {
    format!(
        "[populations.P]\nmodel = \"{model}\"\nsize = {size}\nintegrator = \"rk4\"\n{more}\n\
         [[record.traces]]\npopulation = \"P\"\nvariables = [\"v\", \"m\", \"h\", \"n\"]\ninterval = \"{duration_ms} ms\"\n\
         [run]\nduration = \"{duration_ms} ms\"\ndt = \"{dt} ms\"\nseed = 1\n"
    )
}

fn hh(model: &str, size: u32, more: &str, duration_ms: u32, dt: f64) -> Seen {
    run(&plan(&text(model, size, more, duration_ms, dt)))
}

/// Rate in Hz over the spikes later than `from` ms.
fn rate(seen: &Seen, id: u32, from: f64, dt: f64) -> f64 {
    let late: Vec<u64> = seen.of(id).into_iter().filter(|&s| s as f64 * dt > from).collect();
    if late.len() < 2 {
        return 0.0;
    }
    1000.0 * (late.len() - 1) as f64 / ((late[late.len() - 1] - late[0]) as f64 * dt)
}

/// The first of `first + i step` that satisfies `f`; below it none does.
fn onset(size: u32, first: f64, step: f64, f: impl Fn(u32) -> bool) -> f64 {
    let at = (0..size).find(|&i| f(i)).expect("something spikes");
    assert!(at > 0, "the scan begins above the threshold");
    assert!((at..size).all(&f), "not monotone");
    first + f64::from(at) * step
}

fn near(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} for {want}");
}

#[test]
fn the_squid_axon_rests_where_it_should() {
    let rests =
        [("-54.387", [-64.99638, 0.052955, 0.595994, 0.317732]), ("-54.4", [-64.99972, 0.052934, 0.596111, 0.317681])];
    for (e_l, want) in rests {
        let seen = hh("hh_squid", 1, &format!("parameters.E_L = \"{e_l} mV\""), 400, 0.01);
        for (k, tolerance) in [5e-6, 5e-7, 5e-7, 5e-7].into_iter().enumerate() {
            near(seen.at(0, 40_000, k), want[k], tolerance * 1.02);
        }
    }
}

#[test]
fn the_squid_axon_fires_once_then_repetitively() {
    for (e_l, rest, once, sustained) in [("-54.387", -64.99638, 2.2403, 6.2603), ("-54.4", -64.99972, 2.2410, 6.2642)] {
        let more = |first: f64, step: f64| {
            format!(
                "parameters.E_L = \"{e_l} mV\"\nparameters.I_e = \"({first} + {step}*i)*1 uA/cm^2\"\ninitial.v = \"{rest} mV\""
            )
        };
        let (first, step) = (once - 0.00205, 0.0001);
        let seen = hh("hh_squid", 41, &more(first, step), 60, 0.01);
        near(onset(41, first, step, |i| !seen.of(i).is_empty()), once, 0.0002);
        let (first, step) = (sustained - 0.0041, 0.0002);
        let seen = hh("hh_squid", 41, &more(first, step), 2000, 0.01);
        let got = onset(41, first, step, |i| rate(&seen, i, 1700.0, 0.01) > 0.0);
        near(got, sustained, 0.001 * sustained);
    }
}

#[test]
fn the_squid_axons_f_i_table_holds() {
    let table = [
        (6.5, 55.06),
        (7.0, 58.33),
        (8.0, 62.47),
        (10.0, 68.32),
        (15.0, 78.65),
        (20.0, 86.47),
        (30.0, 98.75),
        (50.0, 117.04),
    ];
    let mut current = "50".to_string();
    for (k, (i, _)) in table.iter().enumerate().rev().skip(1) {
        current = format!("where(i < {}, {i}, {current})", k + 1);
    }
    let seen = hh("hh_squid", 8, &format!("parameters.I_e = \"({current})*1 uA/cm^2\""), 1500, 0.01);
    for (k, (current, want)) in table.into_iter().enumerate() {
        let got = rate(&seen, k as u32, 500.0, 0.01);
        assert!((got / want - 1.0).abs() < 1e-3, "{current}: {got} Hz for {want}");
    }
}

#[test]
fn a_pulse_of_one_millisecond_has_its_threshold() {
    // The last stage of the step that ends at 1 ms sees no current: a sixth of a step, hence the small step.
    let more = "parameters.I_e = \"(6.899 + 0.001*i)*1 uA/cm^2\"\ninitial.v = \"-64.99638 mV\"\n\
                [[inputs]]\nto = \"P\"\ncurrent = \"where(t < 1 ms, 0 pA, -I_e*area)\"";
    let seen = hh("hh_squid", 41, more, 30, 0.001);
    near(onset(41, 6.899, 0.001, |i| !seen.of(i).is_empty()), 6.919, 0.001 * 6.919);
}

#[test]
fn the_action_potential_has_its_height_and_its_trough() {
    let more = "parameters.I_e = \"10 uA/cm^2\"\ninitial.v = \"-64.99638 mV\"";
    let seen =
        run(&plan(&text("hh_squid", 1, more, 30, 0.01).replace("interval = \"30 ms\"", "interval = \"0.01 ms\"")));
    let v: Vec<f64> = seen.traces[0].iter().map(|t| t.1[0]).collect();
    let second = seen.of(0)[1] as usize;
    near(v[..second].iter().copied().fold(f64::MIN, f64::max), 40.26, 0.01);
    near(v[..second].iter().copied().fold(f64::MAX, f64::min), -75.06, 0.01);
}

#[test]
fn a_neuron_that_diverges_is_named() {
    let more = "parameters.I_e = \"where(i < 2, 0, 10)*1 uA/cm^2\"";
    let plan = plan(&text("hh_squid", 3, more, 100, 0.1));
    let (_, done) = run_with(&plan, Options { threads: Some(1), ..Options::default() });
    let diverged = done.diverged.expect("rk4 at 0.1 ms diverges");
    assert_eq!((diverged.population, diverged.id), (0, 2));
    assert!((1..200).contains(&diverged.step), "step {}", diverged.step);
}

#[test]
fn the_traub_miles_cell_rests_and_fires_as_computed() {
    let dt = 0.01;
    let seen = hh("hh_traub_miles", 1, "parameters.E_L = \"-60 mV\"", 2000, dt);
    near(rate(&seen, 0, 500.0, dt), 13.85, 0.01385);
    let more = "parameters.E_L = \"-65 mV\"\nparameters.I_e = \"where(i < 1, 0, 0.2*i - 0.1)*1 nA\"";
    let seen = hh("hh_traub_miles", 5, more, 2000, dt);
    near(seen.at(0, 200_000, 0), -64.7646, 5e-5);
    for (id, want) in [(1, 23.52), (2, 52.62), (3, 77.09), (4, 99.00)] {
        let got = rate(&seen, id, 500.0, dt);
        assert!((got / want - 1.0).abs() < 1e-3, "neuron {id}: {got} Hz for {want}");
    }
}

#[test]
fn the_traub_miles_cell_begins_to_fire_at_its_onset() {
    let (first, step, dt) = (0.01801, 0.00002, 0.02);
    let more = format!("parameters.E_L = \"-65 mV\"\nparameters.I_e = \"({first} + {step}*i)*1 nA\"");
    let seen = hh("hh_traub_miles", 31, &more, 3000, dt);
    near(onset(31, first, step, |i| !seen.of(i).is_empty()), 0.0183, 0.00005);
}
