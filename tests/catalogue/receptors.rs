//! Fast receptors: time courses, reversal potentials, open channels, calcium; the saturating NMDA gate.

use super::{common, near};

/// One spike of weight `w` that arrives at 2 ms at a neuron held at a potential in mV; traces of one variable each.
fn one_spike(receptor: &str, weight: &str, held: f64, variables: &[&str], duration: u32, dt: f64) -> common::Seen {
    let trace = |v: &&str| format!("[[record.traces]]\npopulation = \"P\"\nvariables = \"{v}\"\n");
    common::run(&common::plan(&format!(
        "[populations.S]\nmodel = \"spike_list\"\nsize = 1\ntimes = [\"1 ms\"]\n\
         [populations.P]\nmodel = \"lif\"\nsize = 1\nparameters = {{ C_m = \"1e9 pF\", g_L = \"0 nS\", V_th = \"1000 mV\" }}\n\
         initial.v = \"{held} mV\"\nreceptors.it = {receptor}\n[[projections]]\nfrom = \"S\"\nto = \"P\"\nrule = \"all_to_all\"\n\
         receptor = \"it\"\nweight = \"{weight}\"\ndelay = \"1 ms\"\n{}[run]\nduration = \"{duration} ms\"\ndt = \"{dt} ms\"\nseed = 1\n",
        variables.iter().map(trace).collect::<String>()
    )))
}

/// Those that jump and decay: name, time constant in ms, reversal potential in mV.
const JUMP: [(&str, f64, f64); 4] =
    [("ampa", 2.0, 0.0), ("gaba_a", 10.0, -70.0), ("glycine", 6.65, -70.0), ("nicotinic_ach", 11.6, 0.0)];
/// Those that rise first: name, rise, decay, reversal potential.
const RISE: [(&str, f64, f64, f64); 3] =
    [("nmda", 2.0, 100.0, 0.0), ("nmda_ca", 2.0, 100.0, 0.0), ("kainate", 2.0, 46.0, 0.0)];

#[test]
fn receptors_that_jump_decay_with_their_time_constants() {
    for (name, tau, reversal) in JUMP {
        let seen = one_spike(&format!("\"{name}\""), "4 nS", -55.0, &["it.g", "it.I"], 30, 0.1);
        for step in 20..=300 {
            let g = 4.0 * f64::exp(-(step as f64 * 0.1 - 2.0) / tau);
            near(name, seen.at(0, step, 0), g, 1e-12);
            near(name, seen.at(1, step, 0), g * (reversal + 55.0), 1e-3);
        }
        assert_eq!(seen.at(0, 19, 0), 0.0);
    }
}

#[test]
fn receptors_that_rise_peak_at_their_weight() {
    for (name, rise, decay, reversal) in RISE {
        let dt = 0.05;
        let seen = one_spike(&format!("\"{name}\""), "4 nS", -55.0, &["it.g", "it.I"], 60, dt);
        let peak: f64 = f64::ln(decay / rise) / (1.0 / rise - 1.0 / decay);
        let shape = |t: f64| f64::exp(-t / decay) - f64::exp(-t / rise);
        for step in 40..=1200 {
            let g = 4.0 * shape(step as f64 * dt - 2.0) / shape(peak);
            near(name, seen.at(0, step, 0), g, 1e-10);
            let block = if name == "kainate" { 1.0 } else { 1.0 / (1.0 + f64::exp(0.062 * 55.0) / 3.57) };
            near(name, seen.at(1, step, 0), g * block * (reversal + 55.0), 1e-3);
        }
    }
}

#[test]
fn gaba_b_reverses_at_potassium() {
    // Below its reversal potential the current depolarises, above it does not; at it there is none.
    for (held, sign) in [(-100.0, 1.0), (-95.0, 0.0), (-60.0, -1.0)] {
        let seen = one_spike("\"gaba_b\"", "10", held, &["it.I"], 100, 0.1);
        let current = seen.at(0, 1000, 0);
        assert!(current * sign > 0.0 || (sign == 0.0 && current.abs() < 1e-9), "{held} mV: {current} pA");
    }
}

#[test]
fn a_glycine_channel_passes_more_than_a_gaba_channel() {
    for (name, weight, channels) in
        [("glycine", "4.6 nS", 100.0), ("gaba_a", "3 nS", 100.0), ("nicotinic_ach", "0.6 nS", 20.0)]
    {
        let seen = one_spike(&format!("\"{name}\""), weight, -60.0, &["it.channels"], 3, 0.1);
        near(name, seen.at(0, 20, 0), channels, 1e-9);
    }
}

#[test]
fn calcium_carries_its_share_of_the_nmda_current() {
    for name in ["nmda", "nmda_ca"] {
        let at = |held: f64| {
            let seen = one_spike(&format!("\"{name}\""), "2 nS", held, &["it.I_Ca", "it.I", "it.g", "it.B"], 20, 0.1);
            [0, 1, 2, 3].map(|k| seen.at(k, 200, 0))
        };
        let [calcium, all, ..] = at(-60.0);
        near("share at -60 mV", calcium / all, 0.11, 1e-6);
        let [calcium, all, g, b] = at(0.0);
        near("current at 0 mV", all, 0.0, 1e-6);
        near("calcium at 0 mV", calcium, 0.11 * 60.0 / 190.0 * g * b * 130.0, 1e-5);
        near("calcium at its reversal potential", at(130.0)[0], 0.0, 1e-5);
    }
}

#[test]
fn a_steady_influx_raises_calcium_to_its_balance() {
    let seen = common::run(&common::plan(
        "[populations.P]\nmodel = \"lif\"\nsize = 1\nparameters = { C_m = \"1e9 pF\", g_L = \"0 nS\", V_th = \"1000 mV\" }\n\
         initial = { v = \"-60 mV\", nmda.g = \"0.1 nS\" }\nreceptors.nmda = { model = \"nmda_ca\", tau_decay = \"1e9 ms\" }\n\
         [[record.traces]]\npopulation = \"P\"\nvariables = \"nmda.Ca\"\n[[record.traces]]\npopulation = \"P\"\nvariables = \"nmda.I_Ca\"\n\
         [run]\nduration = \"1 s\"\ndt = \"0.1 ms\"\nseed = 1\n",
    ));
    // pA * 1 s / (C/mol * um^3) = 1e-12/1e-18 mol/m^3 = 1e6 mM: after 50 ms, in uM.
    let balance = |current: f64| 0.05 + current * 0.05 / (2.0 * 96485.33212 * 0.1) * 1e9;
    let current = seen.at(1, 10_000, 0);
    near("calcium current, pA", current, 0.11 * 0.1 * 60.0 / (1.0 + f64::exp(3.72) / 3.57), 1e-5);
    // Concentrations are in mM inside.
    near("calcium", seen.at(0, 10_000, 0) * 1000.0, balance(current), 1e-4 * balance(current));
    near(
        "after 50 ms",
        seen.at(0, 500, 0) * 1000.0 - 0.05,
        (balance(current) - 0.05) * -f64::exp_m1(-1.0),
        1e-3 * balance(current),
    );
}

/// The gate s under a regular train from 0 on: (trace by time in ms, mean over the last period).
fn gate(rate: f64, dt: f64) -> (Vec<(f64, f64)>, f64) {
    let period = 1000.0 / rate;
    let cycles = (1000.0 / period).ceil() as u32;
    let times: Vec<String> = (0..=cycles).map(|k| format!("\"{} ms\"", 1.0 + f64::from(k) * period)).collect();
    let seen = common::run(&common::plan(&format!(
        "[populations.S]\nmodel = \"spike_list\"\nsize = 1\ntimes = [{}]\n\
         [populations.P]\nmodel = \"lif\"\nsize = 1\nreceptors.nmda = \"{}/tests/catalogue/nmda_gating.toml\"\n\
         [[projections]]\nfrom = \"S\"\nto = \"P\"\nrule = \"all_to_all\"\nreceptor = \"nmda\"\nweight = 1\ndelay = \"1 ms\"\n\
         [[record.traces]]\npopulation = \"P\"\nvariables = \"nmda.s\"\n\
         [run]\nduration = \"{} ms\"\ndt = \"{dt} ms\"\nseed = 1\n",
        times.join(", "),
        env!("CARGO_MANIFEST_DIR"),
        2.0 + f64::from(cycles) * period
    )));
    let trace: Vec<(f64, f64)> = seen.traces[0].iter().map(|t| (t.0 as f64 * dt - 2.0, t.1[0])).collect();
    let last: Vec<f64> = trace.iter().rev().take((period / dt).round() as usize).map(|t| t.1).collect();
    (trace, last.iter().sum::<f64>() / last.len() as f64)
}

#[test]
fn the_saturating_nmda_gate_opens_as_computed() {
    for (rate, mean) in [(10.0, 0.4665), (20.0, 0.6461), (40.0, 0.7904), (80.0, 0.8858)] {
        near(&format!("mean at {rate} Hz"), gate(rate, 0.05).1, mean, 1e-4);
    }
    let (trace, _) = gate(10.0, 0.01);
    let alone = trace.into_iter().filter(|t| t.0 < 100.0).max_by(|a, b| a.1.total_cmp(&b.1)).expect("a trace");
    near("peak", alone.1, 0.59184, 1e-5);
    near("time of the peak", alone.0, 7.08, 0.01);
}
