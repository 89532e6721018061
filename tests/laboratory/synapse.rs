//! Responses of receptors against closed forms and published numbers.

use bouton::{
    lab::synapse::{Protocol, Synapse, run},
    lang::{library, model},
};

use super::{close, column, fact, load, root};

/// The passive cell of all tests: 200 pF, 10 nS, 20 ms.
const C: f64 = 200.0;
const G: f64 = 10.0;
const TAU: f64 = C / G;

fn synapse(receptor: &str, set: &[(&str, &str)], train: Option<&str>, holding: &str) -> Synapse {
    let protocol = Protocol {
        subject: load(receptor, set, model::Kind::Receptor),
        holding: holding.into(),
        weight: None,
        train: train.map(str::to_owned),
        capacitance: C,
        conductance: G,
        duration: None,
        dt: None,
    };
    run(&protocol).unwrap_or_else(|e| panic!("{}", e.report()))
}

/// Reversal potential in mV of each shipped receptor that spikes open, as published; none: the current does not depend on v.
const REVERSALS: [(&str, Option<f64>); 15] = [
    ("ampa", Some(0.0)),
    ("cond_alpha", Some(0.0)),
    ("cond_biexp", Some(0.0)),
    ("cond_exp", Some(0.0)),
    ("curr_alpha", None),
    ("curr_exp", None),
    ("delta", None),
    ("gaba_a", Some(-70.0)),
    ("gaba_b", Some(-95.0)),
    ("glycine", Some(-70.0)),
    ("kainate", Some(0.0)),
    ("mglur", Some(-92.8)),
    ("nicotinic_ach", Some(0.0)),
    ("nmda", Some(0.0)),
    ("nmda_ca", Some(0.0)),
];

#[test]
fn currents_reverse_where_they_should() {
    let known: Vec<&str> = REVERSALS.iter().map(|r| r.0).chain(["muscarinic"]).collect();
    for model in library::of_kind(model::Kind::Receptor).iter().filter(|m| m.on_spike.is_some()) {
        assert!(known.contains(&&*model.name), "{} is not tested", model.name);
    }
    for (receptor, reversal) in REVERSALS {
        let found = synapse(receptor, &[], None, "-60:0:60 mV");
        match reversal {
            Some(mv) => {
                assert!((found.reversal.expect(receptor) - mv).abs() < 1e-6, "{receptor}: {:?}", found.reversal)
            }
            None => assert_eq!(found.reversal, None, "{receptor}"),
        }
        let numbers = found.report.facts.iter().filter(|f| !f.name.contains("decay"));
        numbers.for_each(|f| assert!(f.value.is_finite(), "{receptor}: {}", f.name));
    }
}

#[test]
fn an_exponential_current_has_its_peaks_and_times() {
    let found = synapse("curr_exp", &[], None, "-70 mV");
    let (at, tau) = ("at -70 mV", 5.0);
    assert_eq!(found.currents[0].peak(), (0.0, 1.0));
    close(fact(&found.report, &format!("current {at}: decay to 1/e")), tau, 1e-6, "decay");
    close(column(&found.report, "responses", "charge")[0], tau, 1e-3, "charge");
    // tau_m dV/dt = -V + exp(-t/tau)/g.
    let psp = |t: f64| (-t / TAU).exp() - (-t / tau).exp();
    let time = (TAU / tau).ln() / (1.0 / tau - 1.0 / TAU);
    let height = tau * TAU / (C * (TAU - tau)) * psp(time);
    let (after, peak) = found.potentials[0].peak();
    assert!((after - time).abs() < 0.005, "{after} is not {time}");
    close(peak, height, 1e-5, "PSP");
}

#[test]
fn an_alpha_current_has_its_peak_after_tau() {
    let found = synapse("curr_alpha", &[("tau", "0.5 ms")], None, "-70 mV");
    let (after, peak) = found.currents[0].peak();
    assert!((after - 0.5).abs() < 1e-3, "{after}");
    close(peak, 1.0, 1e-6, "peak");
    // x exp(1 - x) = 1/e at x = 3.146193.
    let decay = fact(&found.report, "current at -70 mV: decay to 1/e");
    close(decay, 0.5 * 2.146193, 1e-3, "decay");
    close(column(&found.report, "responses", "charge")[0], 0.5 * 1.0_f64.exp(), 1e-3, "charge");
    // C dV/dt = -g V + e t/tau exp(-t/tau).
    let q = 1.0 / 0.5 - 1.0 / TAU;
    let v = |t: f64| 1.0_f64.exp() / (0.5 * C) * ((-t / TAU).exp() - (1.0 + q * t) * (-2.0 * t).exp()) / (q * q);
    let time = root(|t| v(t + 1e-5) - v(t - 1e-5), 0.5, 20.0);
    let (after, peak) = found.potentials[0].peak();
    assert!((after - time).abs() < 0.005, "{after} is not {time}");
    close(peak, v(time), 1e-4, "PSP");
}

#[test]
fn a_conductance_draws_a_current_by_its_driving_force() {
    let found = synapse("ampa", &[], None, "-80:40:20 mV");
    for (course, v) in found.currents.iter().zip(&found.holding) {
        let (after, peak) = course.peak();
        assert!(after == 0.0 && (peak + v).abs() < 1e-9, "{peak} at {v} mV");
    }
    for [v, peak, charge] in &found.curve {
        assert!((peak + v).abs() < 1e-9 && (charge + 2.0 * v).abs() < 1e-2, "{v} mV: {peak} {charge}");
    }
    assert!(
        column(&found.report, "curve", "conductance").iter().filter(|g| g.is_finite()).all(|g| (g - 1.0).abs() < 1e-9)
    );
    // At the reversal potential nothing moves.
    assert_eq!(found.potentials[4].peak().1, 0.0);
}

#[test]
fn a_delta_synapse_moves_the_potential_by_its_weight() {
    let found = synapse("delta", &[], None, "-70 mV");
    assert!(found.currents.is_empty() && found.curve.is_empty());
    let (after, peak) = found.potentials[0].peak();
    assert!(after == 0.0 && (peak - 1.0).abs() < 1e-12);
    close(fact(&found.report, "PSP at -70 mV: decay to 1/e"), TAU, 1e-6, "decay");
}

#[test]
fn a_train_adds_up() {
    let found = synapse("gaba_a", &[], Some("5 x 100 Hz"), "-40 mV");
    // Each spike finds what is left of those before it: a sum of exp(-10 k/10) at 30 mV from reversal.
    let mut open = 0.0;
    for (peak, arrival) in found.currents[0].peaks().iter().zip([0.0, 10.0, 20.0, 30.0, 40.0]) {
        open = open * (-1.0_f64).exp() + 1.0;
        assert!((peak.0 - arrival).abs() < 1e-9);
        close(peak.1, -30.0 * open, 1e-6, "peak");
    }
    assert_eq!(column(&found.report, "train", "arrival"), [0.0, 10.0, 20.0, 30.0, 40.0]);
}

#[test]
fn magnesium_blocks_nmda_receptors_at_rest() {
    let block = |v: f64| 1.0 / (1.0 + (-0.062 * v).exp() / 3.57);
    let found = synapse("nmda", &[], None, "-60 mV");
    // A spike of weight 1 opens 1 nS at the peak but for the block.
    let [v, conductance] = ["v", "conductance"].map(|name| column(&found.report, "curve", name));
    let open = |mv: f64| conductance[v.iter().position(|v| (v - mv).abs() < 1e-9).expect("on the curve")];
    for (mv, expected) in [(-70.0, 0.044471), (-60.0, 0.079626), (-40.0, 0.230155)] {
        close(open(mv), expected, 2e-5, "block");
        close(block(mv), expected, 2e-5, "its formula");
    }
    for (v, g) in v.iter().zip(conductance).filter(|p| p.1.is_finite()) {
        close(*g, block(*v), 1e-6, "block");
    }
    assert!((root(|v| block(v) - 0.5, -60.0, 0.0) + 20.5253).abs() < 1e-4);
    // Half is blocked between the points of the curve around -20.5253 mV.
    assert!(open(-22.5) < 0.5 && open(-20.0) > 0.5);
    // Where the inward current is largest.
    let current = |v: f64| -v * block(v);
    let most = root(|v| current(v + 1e-4) - current(v - 1e-4), -60.0, -5.0);
    let told = fact(&found.report, "slope of the I-V curve negative below");
    assert!((told - most).abs() < 0.05, "{told} is not {most}");
    // Without magnesium the curve is a line.
    let free = synapse("nmda", &[("Mg", "0 mM")], None, "-60 mV");
    assert!(free.curve.iter().all(|[v, peak, _]| (peak + v).abs() < 1e-4), "{:?}", free.curve);
}

#[test]
fn a_receptor_that_closes_the_cells_own_channels_depolarises_it() {
    // Half of 2 nS at the peak, away from -92.8 mV.
    let found = synapse("mglur", &[], None, "-60 mV");
    close(found.currents[0].peak().1, 0.5 * 2.0 * (92.8 - 60.0), 1e-4, "peak");
    assert!(found.potentials[0].peak().1 > 1.0);
    // The M current is more than the passive cell's leak: no runaway potentials are shown.
    let found = synapse("muscarinic", &[], None, "-60 mV");
    assert!(
        found.potentials.is_empty() && found.report.notes[0].contains("potentials are left out"),
        "{}",
        found.report
    );
    assert!((found.reversal.expect("potassium") + 100.0).abs() < 1e-6);
}

#[test]
fn gaba_b_needs_many_spikes() {
    for (train, peak, after) in
        [("1 x 200 Hz", 1.45e-5, 102.0), ("5 x 200 Hz", 4.98e-3, 112.0), ("10 x 200 Hz", 3.85e-2, 125.0)]
    {
        let found = synapse("gaba_b", &[], Some(train), "-85:-60:25 mV");
        close(column(&found.report, "curve", "conductance")[0], peak, 0.02, train);
        close(found.currents[1].peak().0, after, 0.02, train);
        assert!((found.reversal.expect("potassium") + 95.0).abs() < 1e-6);
    }
}
