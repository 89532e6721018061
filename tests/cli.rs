//! The command itself: exit codes, what is printed and written, and that nothing is written on a mistake.

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

/// Runs `bouton` in a folder.
fn bouton(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bouton"));
    command.args(arguments).current_dir(folder).output().expect("the binary runs")
}

/// The standard output of a command that must succeed.
fn succeeds(folder: &Path, arguments: &[&str]) -> String {
    let output = bouton(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The standard error of a command that must end with this code.
fn fails(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = bouton(folder, arguments);
    let error = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
    assert!(output.stdout.is_empty(), "{arguments:?} printed results in spite of its error");
    error
}

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
