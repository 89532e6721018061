//! The engine against NEST 3.10: what NEST computed once, with make_golden.py, is kept in tests/golden.

mod common;
#[path = "golden/mod.rs"]
mod data;

use common::{Seen, plan_of, run};

/// What the engine does with the network in Bouton's own words. Global ids of the neurons begin at 0.
fn golden(name: &str) -> Seen {
    run(&plan_of(data::path(&format!("{name}.toml")).to_str().expect("a path in UTF-8"), &[]))
}

/// Spikes of the first neurons; the sources that drive them follow in the order of global ids.
fn spikes(seen: &Seen, neurons: u32) -> Vec<(u64, usize)> {
    seen.spikes.iter().filter(|s| s.1 < neurons).map(|&(step, id)| (step, id as usize)).collect()
}

/// Largest difference between the recorded v and NEST's.
fn worst(seen: &Seen, name: &str, dt: f64) -> f64 {
    let expected = data::v(&format!("{name}.v.csv"), dt);
    assert!(expected.len() >= 1000);
    let differences = expected.iter().flat_map(|(step, v)| {
        let own = seen.traces[0].iter().find(|t| t.0 == *step).unwrap_or_else(|| panic!("{name}: no v at step {step}"));
        assert_eq!(own.1.len(), v.len());
        own.1.iter().zip(v).map(|(own, nest)| (own - nest).abs()).collect::<Vec<_>>()
    });
    differences.fold(0.0, |worst, d| if d > worst || d.is_nan() { d } else { worst })
}

/// A network of 100 neurons over 1 s: all spikes one for one, v within 1e-9 mV.
fn equal(name: &str) {
    let seen = golden(name);
    let (own, nest) = (spikes(&seen, 100), data::spikes(&format!("{name}.spikes.gdf"), 0.1));
    assert!(nest.len() > 1000, "{name}: NEST has {} spikes", nest.len());
    if let Some(k) = (0..own.len().max(nest.len())).find(|&k| own.get(k) != nest.get(k)) {
        panic!("{name}: spike {k} is {:?} but NEST has {:?}", own.get(k), nest.get(k));
    }
    let worst = worst(&seen, name, 0.1);
    assert!(worst < 1e-9, "{name}: v differs by up to {worst} mV");
}

#[test]
fn iaf_psc_exp_spikes_as_in_nest() {
    equal("iaf_psc_exp");
}

#[test]
fn iaf_psc_alpha_spikes_as_in_nest() {
    equal("iaf_psc_alpha");
}

#[test]
fn iaf_cond_exp_moves_as_in_nest() {
    let seen = golden("iaf_cond_exp");
    assert_eq!(spikes(&seen, 3), data::spikes("iaf_cond_exp.spikes.gdf", 0.01));
    let worst = worst(&seen, "iaf_cond_exp", 0.01);
    assert!(worst < 0.05, "v differs by up to {worst} mV");
}

#[test]
fn hh_cond_exp_traub_moves_as_in_nest() {
    let seen = golden("hh_cond_exp_traub");
    let worst = worst(&seen, "hh_cond_exp_traub", 0.01);
    assert!(worst < 0.05, "v differs by up to {worst} mV");
    // The models name different moments of an action potential: NEST its peak, ours the crossing of -20 mV on the way up.
    let (own, nest) = (spikes(&seen, 3), data::spikes("hh_cond_exp_traub.spikes.gdf", 0.01));
    assert_eq!(own.len(), nest.len());
    for (own, nest) in own.iter().zip(&nest) {
        assert_eq!(own.1, nest.1);
        assert!(
            (1..100).contains(&(nest.0 as i64 - own.0 as i64)),
            "spike at step {} but in NEST at {}",
            own.0,
            nest.0
        );
    }
}
