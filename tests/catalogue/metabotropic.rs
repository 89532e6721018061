//! Slow receptors that close potassium channels: what is taken away of the neuron's own conductance.

use super::{common, near};

/// Steady potential of a leaky neuron of 10 nS at -60 mV with half of `g_k` nS of potassium closed, and a current in pA.
fn steady(current: f64, g_k: f64) -> f64 {
    let seen = common::run(&common::plan(&format!(
        "[populations.P]\nmodel = \"lif\"\nsize = 1\nparameters = {{ V_th = \"1000 mV\", I_e = \"{current} pA\" }}\ninitial.mglur.m = 1\n\
         receptors.mglur = {{ model = \"mglur\", g_K = \"{g_k} nS\", tau_decay = \"1e12 ms\" }}\n\
         [[record.traces]]\npopulation = \"P\"\nvariables = \"v\"\ninterval = \"1 s\"\n\
         [run]\nduration = \"1 s\"\ndt = \"0.1 ms\"\nseed = 1\n"
    )));
    seen.at(0, 10_000, 0)
}

#[test]
fn mglur_depolarises_while_the_conductance_falls() {
    // The messenger loses 1e-9 of itself in the run.
    // 10 nS at -60 mV without 2 nS at -92.8 mV: 8 nS that reverse at (-600 + 185.6)/8 mV.
    let rest = (10.0 * -60.0 + 2.0 * 92.8) / 8.0;
    near("rest", steady(0.0, 4.0), rest, 1e-7);
    near("with 16 pA", steady(16.0, 4.0), rest + 16.0 / 8.0, 1e-7);
    // Below 0, channels open: 12 nS.
    let rest = (10.0 * -60.0 - 2.0 * 92.8) / 12.0;
    near("rest with channels opened", steady(0.0, -4.0), rest, 1e-7);
}

#[test]
fn mglur_at_potassiums_reversal_changes_no_bit() {
    let run = |weight: &str| {
        common::run(&common::plan(&format!(
            "[populations.S]\nmodel = \"spike_list\"\nsize = 1\ntimes = [\"1 ms\", \"20 ms\"]\n\
             [populations.P]\nmodel = \"lif\"\nsize = 1\nparameters = {{ E_L = \"-92.8 mV\" }}\nreceptors.mglur = \"mglur\"\n\
             [[projections]]\nfrom = \"S\"\nto = \"P\"\nrule = \"all_to_all\"\nreceptor = \"mglur\"\nweight = {weight}\ndelay = \"1 ms\"\n\
             [[record.traces]]\npopulation = \"P\"\nvariables = \"v\"\n[run]\nduration = \"500 ms\"\ndt = \"0.1 ms\"\nseed = 1\n"
        )))
        .traces
    };
    assert_eq!(run("1"), run("0"));
}

#[test]
fn the_messenger_rises_and_decays_slowly_and_saturates() {
    for (model, rise, decay) in [("mglur", 200.0, 1000.0), ("muscarinic", 500.0, 5000.0)] {
        for weight in [1.0, 3.0] {
            let seen = common::run(&common::plan(&format!(
                "[populations.S]\nmodel = \"spike_list\"\nsize = 1\ntimes = [\"1 ms\"]\n\
                 [populations.P]\nmodel = \"lif\"\nsize = 1\nreceptors.it = \"{model}\"\n\
                 [[projections]]\nfrom = \"S\"\nto = \"P\"\nrule = \"all_to_all\"\nreceptor = \"it\"\nweight = {weight}\ndelay = \"1 ms\"\n\
                 [[record.traces]]\npopulation = \"P\"\nvariables = \"it.closed\"\n\
                 [run]\nduration = \"3 s\"\ndt = \"1 ms\"\nseed = 1\n"
            )));
            let peak: f64 = f64::ln(decay / rise) / (1.0 / rise - 1.0 / decay);
            let shape = |t: f64| f64::exp(-t / decay) - f64::exp(-t / rise);
            for step in (2..3000).step_by(37) {
                let m = weight * shape(step as f64 - 2.0) / shape(peak);
                near(model, seen.at(0, step, 0), m / (m + 1.0), 1e-10);
            }
        }
    }
}

#[test]
fn muscarine_takes_the_adaptation_away() {
    // With all channels closed the cell is one that has no M current.
    let spikes = |more: &str| {
        let seen = common::run(&common::plan(&format!(
            "[populations.P]\nmodel = \"pospischil_rs\"\nsize = 1\nparameters.I_e = \"0.75 nA\"\n{more}\n\
             [run]\nduration = \"300 ms\"\ndt = \"0.01 ms\"\nseed = 1\n"
        )));
        seen.of(0)
    };
    let closed = "receptors.mus = { model = \"muscarinic\", tau_decay = \"1e12 ms\", g_M = \"0.07 mS/cm^2*28953 um^2\" }\n\
                  initial.mus.m = 1e9";
    // With the gate of the initial -70 mV, as the neuron's own.
    let (with, without, own) = (spikes(closed), spikes("parameters.g_M = \"0 mS/cm^2\""), spikes(""));
    assert!(without.len() > own.len() + 5, "{} spikes without, {} with M current", without.len(), own.len());
    assert_eq!(with.len(), without.len());
    for (a, b) in with.iter().zip(&without) {
        assert!(a.abs_diff(*b) <= 3, "{with:?}\n{without:?}");
    }
}
