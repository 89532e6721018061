//! The same spikes for any number of threads, any cut into blocks, any vector instructions, in both precisions.

mod common;

use bouton::{engine::Options, kernel::Isa, plan::Plan};
use common::{plan_of, statistics};

fn plan(network: &str, precision: &str, set: &[(&str, &str)]) -> Plan {
    plan_of(network, &[&[("run.precision", precision)], set].concat())
}

/// The hash of all spikes; a network that hardly spikes would show nothing.
fn hash(plan: &Plan, options: Options) -> String {
    let stats = statistics(plan, options);
    assert!(stats.total_spikes() > 20, "{}: {} spikes show nothing", plan.name, stats.total_spikes());
    stats.spike_hash().to_string()
}

fn any_threads_and_blocks(network: &str, set: &[(&str, &str)]) {
    for precision in ["f64", "f32"] {
        let plan = plan(network, precision, set);
        let reference = hash(&plan, Options { threads: Some(1), ..Options::default() });
        for threads in [2, 3, 8] {
            let other = hash(&plan, Options { threads: Some(threads), ..Options::default() });
            assert_eq!(other, reference, "{network} in {precision} on {threads} threads");
        }
        for blocks in [5, 13] {
            let other = hash(&plan, Options { threads: Some(2), blocks: Some(blocks), ..Options::default() });
            assert_eq!(other, reference, "{network} in {precision} in {blocks} blocks");
        }
    }
}

/// Without hardware for fused multiply-adds each costs a function call, so this runs on small networks.
fn any_instructions(network: &str, set: &[(&str, &str)]) {
    for precision in ["f64", "f32"] {
        let plan = plan(network, precision, set);
        let hashes: Vec<_> = Isa::available()
            .into_iter()
            .map(|isa| hash(&plan, Options { threads: Some(1), isa: Some(isa), ..Options::default() }))
            .collect();
        assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]), "{network} in {precision}: {hashes:?}");
    }
}

#[test]
fn coba() {
    any_threads_and_blocks("vogels_abbott", &[("run.duration", "100 ms")]);
    any_instructions("vogels_abbott", &[("run.duration", "100 ms"), ("size", "400"), ("p", "0.2")]);
}

#[test]
fn cobahh() {
    any_threads_and_blocks("cobahh", &[("run.duration", "30 ms")]);
    any_instructions("cobahh", &[("run.duration", "30 ms"), ("size", "400"), ("p", "0.2")]);
}

#[test]
fn ei_nmda_on_both_neurons() {
    for neuron in ["lif", "hh_traub_miles"] {
        any_threads_and_blocks("ei_nmda", &[("run.duration", "60 ms"), ("neuron", neuron)]);
        any_instructions("ei_nmda", &[("run.duration", "60 ms"), ("size", "400"), ("p", "0.2"), ("neuron", neuron)]);
    }
}

#[test]
fn brunel_with_poisson_drive() {
    any_threads_and_blocks("brunel", &[("run.duration", "30 ms"), ("N_E", "2000"), ("N_I", "500")]);
}
