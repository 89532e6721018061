//! Leaky integrate-and-fire neurons against closed forms.

mod common;

use common::{Seen, plan, run};

/// One population `P` of lif neurons with v recorded at an interval.
fn lif(size: u32, more: &str, rest: &str, interval: &str, duration: &str, dt: &str) -> Seen {
    run(&plan(&format!(
        "[populations.P]\nmodel = \"lif\"\nsize = {size}\n{more}\n{rest}\n\
         [[record.traces]]\npopulation = \"P\"\nvariables = [\"v\"]\ninterval = \"{interval}\"\n\
         [run]\nduration = \"{duration}\"\ndt = \"{dt}\"\nseed = 1\n"
    )))
}

#[test]
fn constant_current_is_exact_at_any_time_step() {
    let parameters = |v_th| {
        format!(
            "parameters = {{ C_m = \"250 pF\", g_L = \"25 nS\", E_L = \"0 mV\", V_th = \"{v_th} mV\", \
             V_reset = \"0 mV\", t_ref = \"0 ms\", I_e = \"1000 pA\" }}"
        )
    };
    let crossing = -10.0 * f64::ln_1p(-15.0 / 40.0);
    assert!((crossing - 4.700036).abs() < 1e-6);
    for k in 0..=13 {
        let per_ms = 1u64 << k;
        let dt = format!("1 ms/{per_ms}");
        let seen = lif(1, &parameters(1000), "", "5 ms", "5 ms", &dt);
        let exact = -40.0 * f64::exp_m1(-0.5);
        let v = seen.at(0, 5 * per_ms, 0);
        assert!((v - exact).abs() < 1e-13 * exact.max(1.0), "dt 2^-{k}: {v} for {exact}");
        let first = lif(1, &parameters(15), "", "5 ms", "5 ms", &dt).spikes[0].0;
        assert_eq!(first, (crossing * per_ms as f64).ceil() as u64, "dt 2^-{k}");
    }
}

#[test]
fn a_refractory_neuron_is_held_for_two_milliseconds_on_the_grid() {
    let more = "parameters = { C_m = \"250 pF\", g_L = \"25 nS\", E_L = \"-70 mV\", V_th = \"-55 mV\", \
                V_reset = \"-70 mV\", t_ref = \"2 ms\" }";
    // The current begins at 0.2 ms, as in NEST's own test, where a device's delay does it.
    let input = "[[inputs]]\nto = \"P\"\nmodel = \"step_current\"\n\
                 parameters = { amplitude = \"1000 pA\", start = \"0.2 ms\", stop = \"1 s\" }";
    let seen = lif(1, more, input, "0.1 ms", "10 ms", "0.1 ms");
    let near =
        |step, v: f64| assert!((seen.at(0, step, 0) / v - 1.0).abs() < 1e-6, "step {step}: {}", seen.at(0, step, 0));
    near(2, -70.0);
    near(3, -69.602);
    assert_eq!(seen.of(0), [50]);
    (50..=70).for_each(|step| assert_eq!(seen.at(0, step, 0), -70.0));
    near(71, -69.602);
}

#[test]
fn the_rate_follows_the_f_i_curve_above_rheobase() {
    let more = "parameters = { C_m = \"2 nF\", g_L = \"100 nS\", E_L = \"0 mV\", V_th = \"15 mV\", V_reset = \"0 mV\", \
                t_ref = \"2 ms\", I_e = \"where(i < 1, 1.4999 nA, where(i < 2, 1.5001 nA, where(i < 3, 1.6 nA, \
                where(i < 4, 2 nA, 3 nA))))\" }";
    let dt = 0.002;
    let seen = lif(5, more, "", "1 ms", "400 ms", "0.002 ms");
    assert!(seen.of(0).is_empty(), "spikes below rheobase");
    assert_eq!(seen.of(1)[0], (20.0 * f64::ln(1.5001 / 0.0001) / dt).ceil() as u64);
    for (id, current, rate) in [(2, 1.6, 17.4059), (3, 2.0, 33.6407), (4, 3.0, 63.0400)] {
        let time = 20.0 * f64::ln(10.0 * current / (10.0 * current - 15.0));
        assert!((1000.0 / (2.0 + time) - rate).abs() < 1e-4, "{current} nA: {}", 1000.0 / (2.0 + time));
        let steps = seen.of(id);
        // Spikes fall on the grid: the rise takes a whole number of steps.
        let period = (time / dt).ceil() as u64 + 1000;
        assert!(steps.len() > 3 && steps.windows(2).all(|w| w[1] - w[0] == period), "{current} nA: {steps:?}");
        let measured = 1000.0 / (period as f64 * dt);
        assert!((measured / rate - 1.0).abs() < dt / 10.0, "{current} nA: {measured} Hz");
    }
}

/// Lower branch of Lambert's W by Newton's method: w exp(w) = x with w < -1.
fn lambert_w_lower(x: f64) -> f64 {
    let mut w = f64::ln(-x) - f64::ln(-f64::ln(-x));
    for _ in 0..50 {
        w -= (w * w.exp() - x) / (w.exp() * (w + 1.0));
    }
    w
}

#[test]
fn an_alpha_current_peaks_where_lambert_w_says() {
    let (tau_m, tau_s, c) = (20.0, 0.5, 250.0);
    let (a, b) = (tau_m / tau_s, 1.0 / tau_s - 1.0 / tau_m);
    let peak_time = (-lambert_w_lower(-f64::exp(-1.0 / a) / a) - 1.0 / a) / b;
    let shape = |t: f64| {
        let (slow, fast) = (f64::exp(-t / tau_m), f64::exp(-t / tau_s));
        1f64.exp() / (tau_s * c) * ((slow - fast) / (b * b) - t * fast / b)
    };
    let weight = 1.0 / shape(peak_time);
    let more = "parameters = { C_m = \"250 pF\", g_L = \"12.5 nS\", E_L = \"0 mV\", V_th = \"1000 mV\", V_reset = \"0 mV\" }\n\
                receptors.syn = { model = \"curr_alpha\", tau = \"0.5 ms\" }";
    let rest = format!(
        "[populations.S]\nmodel = \"spike_list\"\nsize = 1\ntimes = [\"1 ms\"]\n[[projections]]\nfrom = \"S\"\nto = \"P\"\n\
         rule = \"all_to_all\"\nreceptor = \"syn\"\nweight = \"{weight:.15} pA\"\ndelay = \"1 ms\""
    );
    let dt = 0.01;
    let seen = lif(1, more, &rest, "0.01 ms", "12 ms", "0.01 ms");
    let (step, values) = seen.traces[0].iter().max_by(|x, y| x.1[0].total_cmp(&y.1[0])).expect("a trace");
    let time = *step as f64 * dt - 2.0;
    assert!((time - peak_time).abs() <= dt / 2.0 + 1e-9, "peak at {time} ms, not {peak_time}");
    assert!((values[0] - 1.0).abs() < 1e-4, "height {}", values[0]);
}

#[test]
fn poisson_input_has_campbells_mean() {
    // (tau_m/C) nu J tau_s e = 20 mV with nu = 20 per ms.
    let weight = 20.0 / (20.0 / 250.0 * 20.0 * 0.5 * 1f64.exp());
    let more = "parameters = { C_m = \"250 pF\", g_L = \"12.5 nS\", E_L = \"0 mV\", V_th = \"1000 mV\", V_reset = \"0 mV\" }\n\
                receptors.syn = { model = \"curr_alpha\", tau = \"0.5 ms\" }";
    let input = format!("[[inputs]]\nto = \"P\"\nrate = \"20 kHz\"\nreceptor = \"syn\"\nweight = \"{weight:.12} pA\"");
    let seen = lif(1000, more, &input, "50 ms", "800 ms", "0.1 ms");
    let late: Vec<f64> = seen.traces[0].iter().filter(|t| t.0 >= 3000).flat_map(|t| t.1.clone()).collect();
    let mean = late.iter().sum::<f64>() / late.len() as f64;
    assert!((mean - 20.0).abs() < 0.05, "{mean} mV");
}

#[test]
fn a_conductance_at_its_reversal_potential_changes_no_bit() {
    let more = "parameters = { V_th = \"1000 mV\" }\nreceptors.syn = { model = \"cond_exp\", E_rev = \"-60 mV\" }";
    let input = "[[inputs]]\nto = \"P\"\nrate = \"2 kHz\"\nreceptor = \"syn\"\nweight = \"5 nS\"";
    let with = lif(20, more, input, "0.1 ms", "50 ms", "0.1 ms");
    let without = lif(20, more, "", "0.1 ms", "50 ms", "0.1 ms");
    assert_eq!(with, without);
}
