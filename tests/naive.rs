//! The reference simulator itself, against closed forms and against NEST.

#[path = "golden/mod.rs"]
mod golden;
#[path = "reference/mod.rs"]
mod reference;

use reference::{
    Edge, Lif, Network, Outcome,
    receptor::{AMPA, GABA_A, GABA_B, NMDA, Receptor, State, gaba_b_open},
};

const LIF: Lif = Lif { c_m: 200.0, g_l: 10.0, e_l: -60.0, v_th: -50.0, v_reset: -60.0, t_ref: 5.0, i_e: 0.0 };
const NO_THRESHOLD: Lif = Lif { v_th: f64::INFINITY, ..LIF };

/// One neuron that one spike of weight w reaches through a receptor at step 10.
fn one_spike(receptor: Receptor, lif: Lif, dt: f64, weight: f64, steps: u64) -> Outcome {
    let edges = vec![Edge { source: 1, target: 0, receptor: 0, weight, delay: 4 }];
    let (neurons, initial) = (vec![lif], vec![lif.e_l]);
    Network { dt, neurons, initial, receptors: vec![receptor], edges, outside: vec![(6, 1)] }.run(steps)
}

fn v_of_first(outcome: &Outcome) -> Vec<f64> {
    outcome.v.iter().map(|v| v[0]).collect()
}

#[test]
fn constant_current_follows_the_closed_form_and_spikes_on_the_grid() {
    let lif = Lif { i_e: 150.0, ..LIF };
    let (dt, tau) = (0.1, 20.0);
    let network =
        Network { dt, neurons: vec![lif], initial: vec![-60.0], receptors: vec![], edges: vec![], outside: vec![] };
    let outcome = network.run(1000);
    // -60 + 15 (1 - exp(-t/tau)) passes -50 mV at tau ln 3 = 21.972 ms: step 220; then 50 steps held, and again.
    assert_eq!(outcome.spikes, [(220, 0), (490, 0), (760, 0)]);
    let v = v_of_first(&outcome);
    for step in [1, 50, 219] {
        let exact = -60.0 + 15.0 * (1.0 - (-(step as f64) * dt / tau).exp());
        assert!((v[step] - exact).abs() < 1e-12);
    }
    assert!(v[220..=270].iter().all(|&v| v == -60.0));
    assert_eq!(v[271], v[1]);
}

#[test]
fn a_spike_arrives_exactly_after_its_delay() {
    let v = v_of_first(&one_spike(Receptor::Delta, NO_THRESHOLD, 0.1, 3.0, 20));
    assert!(v[..10].iter().all(|&v| v == -60.0));
    assert_eq!(v[10], -57.0);
    assert!((v[20] - (-60.0 + 3.0 * (-1.0f64 / 20.0).exp())).abs() < 1e-12);
}

#[test]
fn currents_give_the_closed_form_potential() {
    let (tau_m, tau, w, c) = (20.0, 5.0, 80.0, 200.0);
    let exp = v_of_first(&one_spike(Receptor::CurrExp { tau }, NO_THRESHOLD, 0.1, w, 800));
    let alpha = v_of_first(&one_spike(Receptor::CurrAlpha { tau }, NO_THRESHOLD, 0.1, w, 800));
    for step in [11, 30, 100, 800] {
        let t = (step - 10) as f64 * 0.1;
        let b: f64 = 1.0 / tau - 1.0 / tau_m;
        let (slow, fast) = ((-t / tau_m).exp(), (-t / tau).exp());
        assert!((exp[step] + 60.0 - w / c / b * (slow - fast)).abs() < 1e-12);
        let height = w * 1f64.exp() / tau / c * (slow / (b * b) - fast * (t / b + 1.0 / (b * b)));
        assert!((alpha[step] + 60.0 - height).abs() < 1e-11, "{step}: {} {height}", alpha[step] + 60.0);
    }
}

#[test]
fn the_weight_is_the_peak() {
    let biexp = Receptor::CondBiexp { tau_rise: 0.5, tau_decay: 5.0, e_rev: 0.0 };
    let biexp_peak = 0.5 * 5.0 / 4.5 * 10f64.ln();
    let nmda_peak = 2.0 * 100.0 / 98.0 * 50f64.ln();
    let alphas = [Receptor::CondAlpha { tau: 2.0, e_rev: 0.0 }, Receptor::CurrAlpha { tau: 2.0 }];
    for (receptor, peak) in [(biexp, biexp_peak), (NMDA, nmda_peak), (alphas[0], 2.0), (alphas[1], 2.0)] {
        let mut state = State::default();
        receptor.arrive(&mut state, 7.0, 0.1);
        receptor.decay(&mut state, peak);
        assert!((state.g - 7.0).abs() < 1e-12, "{receptor:?}: {}", state.g);
    }
}

#[test]
fn magnesium_blocks_as_measured() {
    let open = State { g: 1.0, ..State::default() };
    for (v, block) in [(-70.0, 0.044471), (-60.0, 0.079626), (-40.0, 0.230155), (-20.5253, 0.5)] {
        let (current, slope) = NMDA.current(&open, v);
        assert!((current / -v - block).abs() < 1e-6, "{v}");
        let h = 1e-5;
        let measured = (NMDA.current(&open, v + h).0 - NMDA.current(&open, v - h).0) / (2.0 * h);
        assert!((slope - measured).abs() < 1e-8, "{v}: {slope} {measured}");
    }
}

#[test]
fn gaba_b_answers_to_bursts() {
    for (pulses, peak, time) in [(1, 1.45e-5, 102.0), (5, 4.98e-3, 112.0), (10, 3.85e-2, 125.0)] {
        // At 0.1 ms the pulse of 0.3 ms counts 0.9 % too much, which the fourth power makes 4 %.
        let dt = 0.05;
        let mut state = State::default();
        let (mut highest, mut when) = (0.0, 0.0);
        for step in 0..8000 {
            GABA_B.decay(&mut state, dt);
            let arrives = step % 100 == 0 && step / 100 < pulses;
            GABA_B.arrive(&mut state, if arrives { 1.0 } else { 0.0 }, dt);
            if gaba_b_open(&state) > highest {
                (highest, when) = (gaba_b_open(&state), f64::from(step) * dt);
            }
        }
        assert!((highest / peak - 1.0).abs() < 0.02, "{pulses} pulses: {highest}");
        assert!((when / time - 1.0).abs() < 0.02, "{pulses} pulses: {when} ms");
    }
}

#[test]
fn a_synapse_at_its_reversal_potential_changes_nothing() {
    let at_rest = Receptor::CondExp { tau: 5.0, e_rev: -60.0 };
    let v = v_of_first(&one_spike(at_rest, NO_THRESHOLD, 0.1, 50.0, 300));
    assert!(v.iter().all(|&v| v == -60.0));
}

#[test]
fn conductances_are_second_order() {
    let alpha = Receptor::CondAlpha { tau: 2.0, e_rev: 0.0 };
    let biexp = Receptor::CondBiexp { tau_rise: 0.5, tau_decay: 5.0, e_rev: 0.0 };
    for (receptor, weight) in [(AMPA, 20.0), (GABA_A, 40.0), (alpha, 20.0), (biexp, 20.0), (NMDA, 20.0), (GABA_B, 40.0)]
    {
        // The spike arrives at 1.6 ms whatever the step; v at 20 ms.
        let v = |halvings: u32| {
            let per_ms = 5 * 2u64.pow(halvings);
            let delay = per_ms * 8 / 5 - 1;
            let edges = vec![Edge { source: 1, target: 0, receptor: 0, weight, delay }];
            let (neurons, initial, receptors) = (vec![NO_THRESHOLD], vec![-50.0], vec![receptor]);
            let outside = vec![(1, 1)];
            let network = Network { dt: 1.0 / per_ms as f64, neurons, initial, receptors, edges, outside };
            *v_of_first(&network.run(20 * per_ms)).last().unwrap()
        };
        let v: Vec<f64> = (0..4).map(v).collect();
        let order = ((v[1] - v[2]) / (v[2] - v[3])).abs().log2();
        assert!((1.85..2.15).contains(&order), "{receptor:?}: order {order}, {v:?}");
    }
}

/// The 100 neurons of make_golden.py's `network`.
fn golden_network(receptors: [Receptor; 2]) -> Network {
    let dt = 0.1;
    let base = Lif { c_m: 250.0, g_l: 25.0, e_l: -70.0, v_th: -55.0, v_reset: -70.0, t_ref: 2.0, i_e: 250.0 };
    let neurons = (0..100).map(|i| Lif { i_e: base.i_e + 0.25 * f64::from(i), ..base }).collect();
    let mut edges = Vec::new();
    for (file, first, receptor) in [("recurrent_exc", 0, 0), ("recurrent_inh", 0, 1), ("external", 100, 0)] {
        edges.extend(
            golden::edges(&format!("{file}.csv"), dt).into_iter().map(|(source, target, weight, delay)| Edge {
                source: source + first,
                target,
                receptor,
                weight,
                delay,
            }),
        );
    }
    let outside = golden::spikes("external.gdf", dt).into_iter().map(|(stamp, id)| (stamp, id + 100)).collect();
    Network { dt, neurons, initial: vec![-70.0; 100], receptors: receptors.to_vec(), edges, outside }
}

#[test]
fn current_based_networks_spike_as_in_nest() {
    let alpha = |tau| Receptor::CurrAlpha { tau };
    let exp = |tau| Receptor::CurrExp { tau };
    for (name, receptors) in [("iaf_psc_exp", [exp(2.0), exp(5.0)]), ("iaf_psc_alpha", [alpha(0.8), alpha(2.0)])] {
        let outcome = golden_network(receptors).run(10_000);
        assert_eq!(outcome.spikes, golden::spikes(&format!("{name}.spikes.gdf"), 0.1), "{name}");
        for (step, v) in golden::v(&format!("{name}.v.csv"), 0.1) {
            for (id, v) in [0, 1, 80].into_iter().zip(v) {
                let own = outcome.v[step as usize][id];
                assert!((own - v).abs() < 1e-9, "{name}: neuron {id}, step {step}: {own} but NEST has {v}");
            }
        }
    }
}

#[test]
fn conductance_based_neurons_move_as_in_nest() {
    let dt = 0.01;
    let lif = Lif { c_m: 250.0, g_l: 16.0, e_l: -70.0, v_th: -55.0, v_reset: -60.0, t_ref: 2.0, i_e: 0.0 };
    let mut edges = Vec::new();
    for (receptor, file) in ["iaf_cond_exp.exc.csv", "iaf_cond_exp.inh.csv"].into_iter().enumerate() {
        edges.extend(golden::edges(file, dt).into_iter().map(|(source, target, weight, delay)| Edge {
            source: source + 3,
            target,
            receptor,
            weight,
            delay,
        }));
    }
    let outside = golden::spikes("conductance_input.gdf", dt).into_iter().map(|(stamp, id)| (stamp, id + 3)).collect();
    let receptors = vec![Receptor::CondExp { tau: 2.0, e_rev: 0.0 }, Receptor::CondExp { tau: 5.0, e_rev: -85.0 }];
    let outcome = Network { dt, neurons: vec![lif; 3], initial: vec![-70.0; 3], receptors, edges, outside }.run(10_000);
    assert_eq!(outcome.spikes, golden::spikes("iaf_cond_exp.spikes.gdf", dt));
    let mut worst: f64 = 0.0;
    for (step, v) in golden::v("iaf_cond_exp.v.csv", dt) {
        for (own, v) in outcome.v[step as usize].iter().zip(v) {
            worst = worst.max((own - v).abs());
        }
    }
    assert!(worst < 1e-3, "v differs by up to {worst} mV from NEST's adaptive solver");
}
