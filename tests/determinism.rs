//! The same spikes for any number of threads, any cut into blocks, any vector instructions, in both precisions.

mod common;

use bouton::{engine::Options, kernel::Isa};
use common::{plan_of, statistics};

/// The spike hash of a network, the same whatever `options` are varied.
fn hash(network: &str, precision: &str, duration: &str) -> String {
    let plan = plan_of(network, &[("run.precision", precision), ("run.duration", duration)]);
    let hash = |options| statistics(&plan, options).spike_hash().to_string();
    let reference = hash(Options { threads: Some(1), ..Options::default() });
    for threads in [2, 3, 8] {
        let other = hash(Options { threads: Some(threads), ..Options::default() });
        assert_eq!(other, reference, "{network} in {precision} on {threads} threads");
    }
    for blocks in [2, 5, 13] {
        let other = hash(Options { threads: Some(2), blocks: Some(blocks), ..Options::default() });
        assert_eq!(other, reference, "{network} in {precision} in {blocks} blocks");
    }
    for isa in Isa::available() {
        let other = hash(Options { threads: Some(2), isa: Some(isa), ..Options::default() });
        assert_eq!(other, reference, "{network} in {precision} with {}", isa.name());
    }
    reference
}

/// Both precisions of a network; they are two computations, so their spikes part sooner or later.
fn same_spikes(network: &str, duration: &str) {
    assert_ne!(hash(network, "f64", duration), hash(network, "f32", duration));
}

#[test]
fn coba() {
    same_spikes("vogels_abbott", "100 ms");
}

#[test]
fn cobahh() {
    same_spikes("cobahh", "50 ms");
}

#[test]
fn ei_nmda() {
    same_spikes("ei_nmda", "100 ms");
}

#[test]
fn brunel_with_poisson_drive() {
    same_spikes("brunel", "50 ms");
}
