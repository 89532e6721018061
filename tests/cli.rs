//! The command itself: exit codes, what is printed and written, and that nothing is written on a mistake.

#[path = "common/command.rs"]
mod command;

use std::path::Path;

use command::{fails, succeeds};
use serde_json::Value;

fn files(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}

/// COBA with 400 neurons for 50 ms.
const SMALL: [&str; 6] = ["--set", "size=400", "--duration", "50 ms", "--no-progress", "--json"];

fn run_small(folder: &Path, more: &[&str]) -> Value {
    let arguments = [&["run", "vogels_abbott"], &SMALL[..], more].concat();
    serde_json::from_str(&succeeds(folder, &arguments)).expect("one JSON object on standard output")
}

#[test]
fn run_prints_one_json_object_and_writes_the_results_and_the_spikes_as_text() {
    let folder = tempfile::tempdir().unwrap();
    let seen = run_small(folder.path(), &["--gdf", "-o", "out.h5", "--threads", "2", "--precision", "f32"]);
    for field in [
        "network",
        "neurons",
        "synapses",
        "threads",
        "precision",
        "dt_ms",
        "bio_seconds",
        "build_seconds",
        "sim_seconds",
        "real_time_factor",
        "synaptic_events",
        "peak_memory_bytes",
        "spikes",
        "spike_hash",
        "populations",
        "learning",
        "stages",
    ] {
        assert!(!seen[field].is_null(), "{field} is missing in {seen}");
    }
    assert_eq!(seen["network"], "vogels_abbott");
    assert_eq!((&seen["neurons"], &seen["threads"], &seen["precision"]), (&400.into(), &2.into(), &"f32".into()));
    assert_eq!((seen["dt_ms"].as_f64(), seen["bio_seconds"].as_f64()), (Some(0.1), Some(0.05)));
    assert_eq!(seen["populations"]["E"]["size"], 320);
    assert!(seen["populations"]["I"]["rate_hz"].is_number());
    assert!(seen["stages"].as_object().unwrap().values().all(Value::is_number));
    assert_eq!(files(folder.path()), ["out.gdf", "out.h5"]);
    let spikes = std::fs::read_to_string(folder.path().join("out.gdf")).unwrap();
    assert_eq!(Some(spikes.lines().count() as u64), seen["spikes"].as_u64());
}

#[test]
fn the_seed_decides_the_spikes_and_the_threads_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let hash = |more: &[&str]| run_small(folder.path(), more)["spike_hash"].clone();
    let one = hash(&["--threads", "1", "--seed", "7"]);
    assert_eq!(one, hash(&["--threads", "3", "--seed", "7"]));
    assert_eq!(one, hash(&["--threads", "3", "--set", "run.seed=7"]));
    assert_ne!(one, hash(&["--threads", "1", "--seed", "8"]));
}

#[test]
fn the_weights_that_are_learnt_do_not_depend_on_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    let learning = |threads: &str| {
        let arguments = [&["run", "vogels_abbott_stdp"], &SMALL[..], &["--threads", threads]].concat();
        let seen: Value = serde_json::from_str(&succeeds(folder.path(), &arguments)).expect("one JSON object");
        seen["learning"].clone()
    };
    let one = learning("1");
    assert_eq!((&one[0]["projection"], &one[0]["rules"][0]), (&"E->E".into(), &"stdp_additive".into()));
    assert!(one[0]["sd"].as_f64() > Some(0.001), "they learn: {one}");
    assert_eq!(learning("3"), one);
}

#[test]
fn results_are_plotted_and_summarized() {
    let folder = tempfile::tempdir().unwrap();
    let seen = run_small(folder.path(), &["-o", "out.h5"]);
    for figure in ["raster.png", "raster.svg"] {
        succeeds(folder.path(), &["plot", "out.h5", "-o", figure]);
        assert!(std::fs::metadata(folder.path().join(figure)).unwrap().len() > 1000, "{figure}");
    }
    let stats: Value = serde_json::from_str(&succeeds(folder.path(), &["stats", "out.h5", "--json"])).unwrap();
    let text = stats.to_string();
    assert!(text.contains("rate_hz") && text.contains("cv_isi"), "{text}");
    let rate = format!("{:.1}", seen["populations"]["E"]["rate_hz"].as_f64().unwrap());
    assert!(succeeds(folder.path(), &["stats", "out.h5"]).contains(&rate), "{rate} Hz is not in the table");
}

#[test]
fn check_models_and_networks_print_and_write_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, part) in [
        (&["check", "vogels_abbott"][..], "320000"),
        (&["check", "ei_nmda", "--set", "neuron=hh_traub_miles"], "exponential_2"),
        (&["models"], "hh_squid"),
        (&["models", "lif"], "dv/dt"),
        (&["models"], "Plasticity rules"),
        (&["models", "stdp_additive"], "w += A_plus*w_max*x"),
        (&["networks"], "vogels_abbott"),
        (&["networks", "cuba"], "[populations."),
    ] {
        let text = succeeds(folder.path(), arguments);
        let plain = text.replace([',', ' '], "");
        assert!(text.contains(part) || plain.contains(part), "{part} is not in\n{text}");
    }
    assert!(files(folder.path()).is_empty());
}

#[test]
fn a_mistake_is_code_2_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, part) in [
        (&["run", "vogels_abbott", "--set", "sise=3"][..], "did you mean \"size\"?"),
        (&["run", "vogels_abbott", "--set", "size=0"], "size"),
        (&["run", "vogels_abbott", "--duration", "5"], "has no unit"),
        (&["run", "vogels_abbott", "--gdf", "-o", "missing/out.h5"], "its folder must exist"),
        (&["run", "vogels_abbott", "-o", "."], "cannot create"),
        (&["run", "missing.toml"], "cannot read the network file"),
        (&["run", "vogels_abot"], "did you mean \"vogels_abbott\"?"),
        (&["check", "vogels_abbott", "--set", "run.dt=0 ms"], "above 0 ms"),
        (&["plot", "missing.h5", "-o", "figure.png"], "missing.h5"),
        (&["stats", "missing.h5"], "missing.h5"),
        (&["models", "liff"], "did you mean \"lif\"?"),
        (&["models", "stdp_aditive"], "did you mean \"stdp_additive\"?"),
        (&["stdp", "stdp_aditive"], "did you mean \"stdp_additive\"?"),
        (&["stdp", "missing.toml"], "cannot read plasticity rule file missing.toml"),
        (&["stdp", "stdp_additive", "--set", "A_pluss=1"], "did you mean \"A_plus\"?"),
        (&["stdp", "stdp_additive", "--set", "A_plus=1 nS"], "it needs a plain number"),
        (&["stdp", "stdp_additive", "--weight", "1 nS"], "it is in nS, pA is needed"),
        (&["stdp", "stdp_additive", "--weight", "3 pA", "--set", "w_max=2 pA"], "outside of the rule's bounds"),
        (&["stdp", "stdp_additive", "--receptor", "lif"], "not a receptor"),
        (&["stdp", "stdp_additive", "--dendritic", "2"], "dendritic = 2 is not within 0 and 1"),
        (&["stdp", "stdp_additive", "--window", "100"], "write \"100 ms\""),
        (&["stdp", "stdp_additive", "--step", "1 us"], "below the time step 0.1 ms"),
        (&["stdp", "stdp_additive", "--frequencies", "50:1"], "write the lower one first"),
        (&["networks", "cubba"], "did you mean \"cuba\"?"),
        (&["run", "vogels_abbott", "--set", "size"], "KEY=VALUE"),
    ] {
        let error = fails(folder.path(), arguments, 2);
        assert!(error.contains(part), "{arguments:?}: {part} is not in\n{error}");
        assert!(files(folder.path()).is_empty(), "{arguments:?} wrote {:?}", files(folder.path()));
    }
}

const DIVERGES: &str = r#"
[populations.axon]
model = "hh_squid"
size = 3
parameters.I_e = "10 uA/cm^2"
integrator = "rk4"

[[record.traces]]
population = "axon"
variables = "v"

[run]
duration = "200 ms"
dt = "0.1 ms"
"#;

#[test]
fn a_neuron_that_diverges_is_named_and_what_was_recorded_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("squid.toml"), DIVERGES).unwrap();
    let error = fails(folder.path(), &["run", "squid.toml", "-o", "out.h5", "--no-progress"], 3);
    let flat = error.replace("\n  │ ", " ").replace("\n        ", " ");
    for part in ["population \"axon\"", "neuron 0 diverged at ", "with dt 0.1 ms", "smaller run.dt", "out.h5"] {
        assert!(flat.contains(part), "{part} is not in\n{flat}");
    }
    let results = bouton::record::Results::open(&folder.path().join("out.h5")).map_err(|e| e.report()).unwrap();
    let status = results.status.to_string();
    assert!(status.starts_with("diverged") && status.contains("axon"), "{status}");
}

/// A rule of a user's own, additive and symmetric.
const HEBB: &str = r#"
kind = "plasticity"
title = "Coincidences"
on_pre = "w += A*w_max*y"
on_post = "w += A*w_max*x"

[traces]
x = { of = "pre", tau = "tau", meaning = "presynaptic spikes" }
y = { of = "post", tau = "tau", meaning = "postsynaptic spikes" }

[parameters]
w_max = { unit = "weight", meaning = "scale", above = 0 }
A = { value = 0.001, meaning = "amplitude" }
tau = { value = "30 ms", meaning = "time constant", above = "0 ms" }
"#;

#[test]
fn a_rule_of_the_users_own_is_listed_paired_and_drawn() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("hebb.toml"), HEBB).unwrap();
    assert!(succeeds(folder.path(), &["models", "hebb.toml"]).contains("w += A*w_max*y"));
    let short = ["stdp", "hebb.toml", "--pairs", "5", "--frequencies", "20:50", "--step", "5 ms", "--window", "50 ms"];
    let text = succeeds(folder.path(), &[&short[..], &["-o", "figure.png"]].concat());
    for part in ["hebb: Coincidences", "w_max = 2 pA, twice the weight", "with 30.0 ms", "no depression", "20 Hz"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let set = ["--set", "A=0.002", "--weight", "2 pA", "--json", "-o", "results"];
    let seen: Value = serde_json::from_str(&succeeds(folder.path(), &[&short[..], &set].concat())).expect("JSON");
    assert_eq!(seen["window"]["dt_ms"].as_array().unwrap().len(), 21);
    // Five pairings of 10 ms, relative to half of w_max.
    let change = seen["window"]["change"][12].as_f64().unwrap();
    assert!((change - 5.0 * 0.002 * 2.0 * (-1.0f64 / 3.0).exp()).abs() < 1e-9, "{change}");
    assert_eq!((&seen["parameters"]["hebb.w_max"], &seen["weight"]), (&"4 pA".into(), &"2 pA".into()));
    assert_eq!(files(folder.path()), ["figure.png", "hebb.toml", "results"]);
    assert_eq!(files(&folder.path().join("results")), ["hebb.json", "hebb.png", "hebb.svg"]);
}

#[test]
fn a_mistake_in_a_users_rule_is_shown_in_its_file() {
    let folder = tempfile::tempdir().unwrap();
    for (old, new, part) in [
        ("A*w_max*y", "A*w_mx*y", "did you mean \"w_max\"?"),
        ("A*w_max*y", "A*y", "A*y is a plain number, it must be in pA"),
        ("of = \"pre\"", "of = \"axon\"", "not \"axon\""),
    ] {
        std::fs::write(folder.path().join("hebb.toml"), HEBB.replacen(old, new, 1)).unwrap();
        let error = fails(folder.path(), &["stdp", "hebb.toml"], 2);
        assert!(error.contains(part) && error.contains("[hebb.toml:"), "{part} is not in\n{error}");
    }
    std::fs::write(folder.path().join("hebb.toml"), HEBB.replacen("on_pre", "on_spike", 1)).unwrap();
    assert!(fails(folder.path(), &["models", "hebb.toml"], 2).contains("[hebb.toml:4:1]"));
}
