//! Each rule on the same spikes as its paper's equations: both pairings, the delay on the axon, on the dendrite and on both.

use super::{
    naive::{Pairing, Rule},
    network::Network,
    rules::{Additive, Dopamine, Guetig, HIPPOCAMPUS, Inhibitory, Multiplicative, PowerLaw, Scaling, Triplet, VISUAL},
};

/// Greatest weight in pA; synapses begin between a tenth and nine tenths of it.
const W_MAX: f64 = 2.0;

/// Rounding alone may tell the engine from the reference.
fn same_in_all_settings(rule: &str, parameters: &str, naive: impl Fn() -> Box<dyn Rule>) {
    for (name, pairing) in [("all_to_all", Pairing::AllToAll), ("nearest", Pairing::Nearest)] {
        for dendritic in [0.0, 1.0, 0.4] {
            let plasticity = format!("{{ rule = \"{rule}\", pairing = \"{name}\"{parameters} }}");
            Network::new(&plasticity, pairing, dendritic).same(1e-12, &naive);
        }
    }
}

#[test]
fn additive() {
    same_in_all_settings("stdp_additive", ", w_max = \"2 pA\"", || Box::new(Additive { w_max: W_MAX }));
}

#[test]
fn multiplicative() {
    same_in_all_settings("stdp_multiplicative", ", w_max = \"2 pA\"", || Box::new(Multiplicative { w_max: W_MAX }));
}

#[test]
fn power_law() {
    same_in_all_settings("stdp_power_law", ", w_0 = \"1 pA\"", || Box::new(PowerLaw { w_0: 1.0 }));
}

#[test]
fn guetig() {
    same_in_all_settings("stdp_guetig", ", w_max = \"2 pA\"", || Box::new(Guetig { w_max: W_MAX, mu: 0.02 }));
    same_in_all_settings("stdp_guetig", ", w_max = \"2 pA\", mu = 0.5", || Box::new(Guetig { w_max: W_MAX, mu: 0.5 }));
}

#[test]
fn triplet() {
    for (rule, set) in [("stdp_triplet", VISUAL), ("stdp_triplet_hippocampus", HIPPOCAMPUS)] {
        let naive = || Box::new(Triplet { w_0: 1.0, w_max: W_MAX, set }) as Box<dyn Rule>;
        same_in_all_settings(rule, ", w_0 = \"1 pA\", w_max = \"2 pA\"", naive);
    }
}

#[test]
fn inhibitory() {
    same_in_all_settings("stdp_inhibitory", ", w_max = \"2 pA\", eta = 1e-3", || {
        Box::new(Inhibitory { w_max: W_MAX, eta: 1e-3 })
    });
}

/// The rule counts every spike, so only one pairing is defined. Values are faster than the paper's, whose effect would be 1e-5 in a second.
#[test]
fn scaling() {
    let plasticity = "{ rule = \"homeostatic_scaling\", beta = 0.05, rho_0 = \"40 Hz\", tau = \"300 ms\" }";
    for dendritic in [0.0, 1.0, 0.4] {
        let naive = || Box::new(Scaling { beta: 0.05, rho_0: 0.04, tau: 300.0 }) as Box<dyn Rule>;
        Network::new(plasticity, Pairing::AllToAll, dendritic).same(1e-12, naive);
    }
}

/// With bounds that the weight does not reach.
#[test]
fn dopamine() {
    let parameters = ", w_max = \"1 nA\", A_plus = 2.5e-5, A_minus = 3.75e-5, gain = \"0.1 Hz\", \
                      modulator = \"modulator\", modulator_delay = \"2 ms\"";
    for (name, pairing) in [("all_to_all", Pairing::AllToAll), ("nearest", Pairing::Nearest)] {
        for dendritic in [0.0, 1.0, 0.4] {
            let plasticity = format!("{{ rule = \"stdp_dopamine\", pairing = \"{name}\"{parameters} }}");
            let network = Network::new(&plasticity, pairing, dendritic);
            let rises: Vec<u64> = network.spikes[2].iter().flatten().map(|s| s + 20).collect();
            // c is as with the published amplitudes and w_max = 1 pA.
            network.same(1e-12, || Box::new(Dopamine { w_max: 1.0, gain: 1e-4, rises: rises.clone(), c: 0.0, at: 0 }));
        }
    }
}
