//! Soma and dendrite against the closed forms of two coupled compartments.

use super::{common, near};

/// Potentials of soma and dendrite above rest, mV, at the end of a run with a current in pA at the soma or the dendrite.
fn above_rest(parameters: &str, current: f64, at: &str, duration: f64, dt: f64) -> [f64; 2] {
    let trace =
        |v: &str| format!("[[record.traces]]\npopulation = \"P\"\nvariables = \"{v}\"\ninterval = \"{duration} ms\"\n");
    let seen = common::run(&common::plan(&format!(
        "[populations.P]\nmodel = \"two_compartment\"\nsize = 1\nparameters = {{ V_th = \"1000 mV\"{parameters} }}\n\
         [[inputs]]\nto = \"P\"\ncurrent = \"{current} pA\"\n{at}\n{}{}[run]\nduration = \"{duration} ms\"\ndt = \"{dt} ms\"\nseed = 1\n",
        trace("v"),
        trace("v_d")
    )));
    [0, 1].map(|k| seen.traces[k].last().expect("a trace").1[0] + 60.0)
}

const DENDRITE: &str = "at = \"dendrite\"";

#[test]
fn input_resistances_and_attenuation_are_those_of_the_network_of_resistors() {
    for (parameters, soma, dendrite, coupling) in
        [("", 5.0, 5.0, 10.0), (", g_L = \"8 nS\", g_Ld = \"3 nS\", g_c = \"4 nS\", C_d = \"250 pF\"", 8.0, 3.0, 4.0)]
    {
        // 20 pA over nS are 20 mV.
        let determinant = (soma + coupling) * (dendrite + coupling) - coupling * coupling;
        let [v, v_d] = above_rest(parameters, 20.0, "", 4000.0, 0.1);
        near("v with the current at the soma", v, 20.0 * (dendrite + coupling) / determinant, 1e-9);
        near("attenuation towards the dendrite", v_d / v, coupling / (dendrite + coupling), 1e-9);
        let [v, v_d] = above_rest(parameters, 20.0, DENDRITE, 4000.0, 0.1);
        near("v_d with the current at the dendrite", v_d, 20.0 * (soma + coupling) / determinant, 1e-9);
        near("attenuation towards the soma", v / v_d, coupling / (soma + coupling), 1e-9);
    }
}

#[test]
fn the_compartments_even_out_with_a_time_constant_of_their_own() {
    // Equal halves: the mean charges with C/g_L = 20 ms, the difference with C/(g_L + 2 g_c) = 4 ms.
    let errors: Vec<f64> = [0.2, 0.1, 0.05]
        .into_iter()
        .map(|dt| {
            let [v, v_d] = above_rest("", 20.0, DENDRITE, 6.0, dt);
            let (sum, difference) = (-4.0 * f64::exp_m1(-6.0 / 20.0), -20.0 / 25.0 * f64::exp_m1(-6.0 / 4.0));
            near("sum", v + v_d, sum, 0.1 * dt * dt);
            near("difference", v_d - v, difference, 0.1 * dt * dt);
            (v_d - v - difference).abs()
        })
        .collect();
    for pair in errors.windows(2) {
        near("order", (pair[0] / pair[1]).log2(), 2.0, 0.1);
    }
}

#[test]
fn a_spike_resets_the_soma_and_leaves_the_dendrite() {
    let seen = common::run(&common::plan(
        "[populations.P]\nmodel = \"two_compartment\"\nsize = 1\n[[inputs]]\nto = \"P\"\ncurrent = \"300 pA\"\nat = \"dendrite\"\n\
         [[record.traces]]\npopulation = \"P\"\nvariables = \"v\"\n[[record.traces]]\npopulation = \"P\"\nvariables = \"v_d\"\n\
         [run]\nduration = \"100 ms\"\ndt = \"0.1 ms\"\nseed = 1\n",
    ));
    let steps = seen.of(0);
    assert!(steps.len() > 2, "{steps:?}");
    for step in steps {
        assert_eq!(seen.at(0, step, 0), -60.0);
        assert!(seen.at(1, step, 0) > -50.0, "the dendrite is above threshold after the soma's spike");
        assert_eq!(seen.at(0, step + 20, 0), -60.0, "held for 2 ms");
        assert!(seen.at(0, step + 21, 0) > -60.0);
    }
}
