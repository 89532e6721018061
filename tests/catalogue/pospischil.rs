//! Pospischil's cells against the spike times of their NeuroML versions (OpenSourceBrain/PospischilEtAl2008, files .test.*.mep: jLEMS for
//! RS and FS, NEURON for IB), and against what the currents are there for.

use super::{common, near};

/// Times of upward crossings of 0 mV, ms, under a current in nA between two times in ms.
fn spikes(cell: &str, more: &str, current: f64, from: u32, to: u32) -> Vec<f64> {
    let seen = common::run(&common::plan(&format!(
        "[populations.P]\nmodel = \"pospischil_{cell}\"\nsize = 1\n{more}\n[[inputs]]\nto = \"P\"\n\
         current = \"where(t >= {from} ms and t < {to} ms, {current} nA, 0 nA)\"\n\
         [run]\nduration = \"{to} ms\"\ndt = \"0.01 ms\"\nseed = 1\n"
    )));
    seen.of(0).into_iter().map(|s| s as f64 * 0.01).collect()
}

fn intervals(times: &[f64]) -> Vec<f64> {
    times.windows(2).map(|w| w[1] - w[0]).collect()
}

fn all_near(what: &str, own: &[f64], want: &[f64], share: f64) {
    assert_eq!(own.len(), want.len(), "{what}: {own:?}");
    own.iter().zip(want).for_each(|(own, want)| near(what, *own, *want, share * want));
}

#[test]
fn the_fast_spiking_cell_fires_without_adapting() {
    let times = spikes("fs", "", 0.5, 300, 710);
    near("first spike", times[0], 317.03, 0.05);
    all_near("interval", &intervals(&times), &[20.183; 19], 1e-3);
}

#[test]
fn the_regular_spiking_cell_adapts() {
    let times = spikes("rs", "", 0.75, 300, 700);
    near("first spike", times[0], 320.704, 0.2);
    let reference = [320.704, 348.888, 388.754, 458.864, 595.649];
    all_near("interval", &intervals(&times), &intervals(&reference), 0.02);
    let without = intervals(&spikes("rs", "parameters.g_M = \"0 mS/cm^2\"", 0.75, 300, 700));
    assert!(without.len() > 15, "{without:?}");
    all_near("interval without M current", &without[1..], &vec![without[1]; without.len() - 1], 2e-3);
}

#[test]
fn the_bursting_cell_begins_with_a_burst() {
    let times = spikes("ib", "", 0.15, 500, 2500);
    let reference = [617.724, 624.632, 631.103, 637.789, 644.914, 652.68, 661.434, 672.11];
    all_near("spike of the burst", &times[..8], &reference, 1e-3);
    // NEURON lets calcium move its reversal potential: its burst ends one spike earlier. Later intervals are the same.
    assert_eq!(times.len(), 14, "{times:?}");
    all_near("later interval", &intervals(&times[9..]), &[329.905, 320.307, 313.813, 311.461], 2e-3);
}

#[test]
fn the_calcium_conductance_decides_between_spikes_and_bursts() {
    // Intervals within bursts are of some 10 ms, those between them of some 100.
    let short = |g: f64| -> Vec<bool> {
        let times = spikes("ib", &format!("parameters.g_CaL = \"{g} mS/cm^2\""), 0.15, 500, 2500);
        intervals(&times).iter().map(|&interval| interval < 50.0).collect()
    };
    assert!(short(0.1).iter().all(|&short| !short), "regular spiking");
    let later_bursts = short(0.22).windows(2).filter(|w| !w[0] && w[1]).count();
    assert!(later_bursts >= 2, "bursts throughout, not {later_bursts} after the first");
}
