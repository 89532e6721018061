//! Conductances that a spike opens: adaptation and relative refractoriness, and AdEx, against integrations in the test.

use super::{common, each, near, rk4};

/// Time from -65 mV to the threshold of -50 mV, ms: 1 nF, 100 nS, a conductance `g` in nS to -70 mV that decays with `tau`, a current in nA.
fn rise(g: f64, tau: f64, current: f64) -> f64 {
    let slope = |t: f64, [v]: [f64; 1]| [0.1 * (-65.0 - v) + g * 1e-3 * f64::exp(-t / tau) * (-70.0 - v) + current];
    let (mut v, mut t, h) = (-65.0, 0.0, 1e-3);
    loop {
        let [next] = rk4([v], t, h, &slope);
        if next > -50.0 {
            return t + h * (-50.0 - v) / (next - v);
        }
        (v, t) = (next, t + h);
    }
}

/// The period at which a spike's increment and the decay over a period are in balance, ms.
fn period(increment: f64, tau: f64, current: f64) -> f64 {
    let mut period = rise(0.0, tau, current);
    for _ in 0..200 {
        period += 0.3 * (rise(increment / (1.0 - f64::exp(-period / tau)), tau, current) - period);
    }
    period
}

/// The last interval of each neuron, ms.
fn intervals(model: &str, more: &str, currents: &[f64], seconds: u32) -> Vec<f64> {
    let seen = common::run(&common::plan(&format!(
        "[populations.P]\nmodel = \"{model}\"\nsize = {}\nparameters.I_e = \"({})*1 nA\"\n{more}\n\
         [run]\nduration = \"{seconds} s\"\ndt = \"0.01 ms\"\nseed = 1\n",
        currents.len(),
        each(currents)
    )));
    let last = |id: usize| {
        let steps = seen.of(id as u32);
        (steps[steps.len() - 1] - steps[steps.len() - 2]) as f64 * 0.01
    };
    (0..currents.len()).map(last).collect()
}

#[test]
fn an_adapting_neuron_settles_where_increments_and_decay_balance() {
    let currents = [1.8, 2.5, 4.0];
    for (own, current) in intervals("lif_adapt", "", &currents, 2).into_iter().zip(currents) {
        near(&format!("{current} nA"), own, period(6.0, 100.0, current), 0.02);
    }
}

#[test]
fn the_adapted_rate_is_that_of_the_onset_with_the_mean_conductance() {
    // Slow adaptation by small increments: g = delta_g tau_a f at the rate f that a neuron with this constant conductance fires at.
    let more = "parameters.tau_a = \"1 s\"\nparameters.delta_g = \"0.3 nS\"";
    let currents = [2.0, 3.0, 5.0];
    for (own, current) in intervals("lif_adapt", more, &currents, 8).into_iter().zip(currents) {
        let mut rate = 0.01;
        for _ in 0..500 {
            let g: f64 = 0.3e-3 * 1000.0 * rate;
            let total = 0.1 + g;
            let end = (0.1 * -65.0 + g * -70.0 + current) / total;
            let onset = total / f64::ln((end + 65.0) / (end + 50.0));
            rate += 0.2 * (onset - rate);
        }
        near(&format!("{current} nA, Hz"), 1000.0 / own, 1000.0 * rate, 0.01 * 1000.0 * rate);
    }
}

#[test]
fn a_relatively_refractory_neuron_fires_with_its_period() {
    let currents = [1.6, 2.5, 5.0, 10.0];
    for (own, current) in intervals("lif_relative_refractory", "", &currents, 1).into_iter().zip(currents) {
        near(&format!("{current} nA"), own, period(2000.0, 2.0, current), 0.02);
    }
}

#[test]
fn soon_after_a_spike_a_second_one_needs_more_current() {
    let mut before = f64::INFINITY;
    for after in [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0] {
        // What a pulse of 1 ms reaches is linear in its current.
        let reached = |current: f64| {
            let slope = |t: f64, [v]: [f64; 1]| {
                let pulse = if t > after { current } else { 0.0 };
                [0.1 * (-65.0 - v) + 2.0 * f64::exp(-t / 2.0) * (-70.0 - v) + pulse]
            };
            // Steps that end on the pulse's edge; no stage stands on it.
            let (h, steps) = (1e-3, (after * 1000.0) as u32);
            let mut v = [-65.0];
            (0..steps).for_each(|k| v = rk4(v, f64::from(k) * h, h * (1.0 - 1e-9), &slope));
            (steps..steps + 1000).for_each(|k| v = rk4(v, f64::from(k) * h + 1e-9, h, &slope));
            v[0]
        };
        let (rest, one) = (reached(0.0), reached(1.0));
        let needed = (-50.0 - rest) / (one - rest);
        assert!(needed < before, "{needed} nA {after} ms after the spike, {before} nA earlier");
        before = needed;
        let seen = common::run(&common::plan(&format!(
            "[populations.P]\nmodel = \"lif_relative_refractory\"\nsize = 2\ninitial = {{ v = \"-65 mV\", g_K = \"2 uS\" }}\n\
             [[inputs]]\nto = \"P\"\ncurrent = \"where(i < 1, 0.998, 1.002)*{needed} nA*where(t > {} ms and t < {} ms, 1, 0)\"\n\
             [run]\nduration = \"70 ms\"\ndt = \"0.005 ms\"\nseed = 1\n",
            after - 0.00125,
            after + 0.99875
        )));
        assert_eq!((seen.of(0).len(), seen.of(1).len()), (0, 1), "{after} ms after the spike, {needed} nA");
    }
    // Long after, as with the leak alone: 15 mV by 1 ms of charging.
    near("current long after the spike", before, 15.0 * 0.1 / (1.0 - f64::exp(-0.1)), 0.02);
}

#[test]
fn adex_follows_a_tight_solver_up_to_its_spike() {
    let current = 800.0;
    let slope = |_: f64, [v, w]: [f64; 2]| {
        let spike = 60.0 * f64::exp((v + 50.4) / 2.0);
        [(30.0 * (-70.6 - v) + spike - w + current) / 281.0, (4.0 * (v + 70.6) - w) / 144.0]
    };
    let seen = common::run(&common::plan(&format!(
        "[populations.P]\nmodel = \"adex\"\nsize = 1\nparameters.I_e = \"{current} pA\"\n\
         [[record.traces]]\npopulation = \"P\"\nvariables = \"v\"\n[run]\nduration = \"60 ms\"\ndt = \"0.1 ms\"\nseed = 1\n"
    )));
    let mut x = [-70.6, 0.0];
    let mut compared = 0u32;
    for step in 1..=600u32 {
        (0..1000).for_each(|_| x = rk4(x, 0.0, 1e-4, &slope));
        // Above -45 mV the upstroke has begun and ends within one step of the grid.
        if x[0] > -45.0 {
            break;
        }
        near(&format!("v at {} ms", f64::from(step) * 0.1), seen.at(0, step.into(), 0), x[0], 5e-4);
        compared = step;
    }
    assert!(compared > 100, "only {compared} steps were compared");
    let first = seen.of(0)[0];
    assert!((u64::from(compared)..u64::from(compared) + 40).contains(&first), "{first}, upstroke at {compared}");
}
