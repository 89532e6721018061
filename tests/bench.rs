//! `bouton bench`: what it prints and writes, and that it refuses mistakes before anything runs. Nothing here looks at a clock.

#[path = "common/command.rs"]
mod command;

use std::{fs, path::Path};

use command::bouton;
use serde_json::Value;

/// The standard output of a benchmark that must succeed, with what it said beside.
fn succeeds(folder: &Path, arguments: &[&str]) -> (String, String) {
    let output = bouton(folder, &[&["bench"], arguments].concat());
    let [out, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8"));
    assert!(output.status.success(), "{arguments:?}: {error}");
    (out, error)
}

/// COBA with some hundred neurons for 20 ms.
const SMALL: [&str; 8] = ["coba", "--duration", "20 ms", "--threads", "1,2", "--repeat", "2", "--scales"];

#[test]
fn json_has_every_number_of_every_run_and_equal_spikes_on_all_threads() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["0.05,0.1", "--precision", "f64,f32", "--seed", "7", "--json", "-o", "new/results"];
    let (out, _) = succeeds(folder.path(), &[&SMALL[..], &more].concat());
    let report: Value = serde_json::from_str(&out).expect("one JSON object on standard output");
    assert_eq!((&report["scaling"], &report["repeat"]), (&"strong".into(), &2.into()));
    assert_eq!(report["bouton"], env!("CARGO_PKG_VERSION"));
    let machine = &report["machine"];
    assert!(machine["cores"].as_u64() >= Some(1) && machine["cpu"].is_string() && machine["instructions"].is_string());
    let read = machine["streaming_read"].as_array().unwrap();
    assert!(read.len() == 2 && read.iter().all(|r| r["bytes_per_second"].as_f64() > Some(1e6)), "{machine}");
    let series = report["series"].as_array().unwrap();
    let names: Vec<_> = series.iter().map(|s| s["label"].as_str().unwrap()).collect();
    let named = |scale: &str, precision: &str| format!("vogels_abbott, scale {scale}, {precision}");
    assert_eq!(names, [named("0.05", "f64"), named("0.05", "f32"), named("0.1", "f64"), named("0.1", "f32")]);
    let mut hashes = Vec::new();
    for series in series {
        let points = series["points"].as_array().unwrap();
        assert_eq!(points.iter().map(|p| p["threads"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(points[0]["spike_hash"], points[1]["spike_hash"]);
        hashes.push(points[0]["spike_hash"].to_string());
        for point in points {
            check(point, series["scale"].as_f64().unwrap());
        }
        assert_eq!((points[0]["speed_up"].as_f64(), points[0]["efficiency"].as_f64()), (Some(1.0), Some(1.0)));
    }
    // Each scale is a network of its own; f64 and f32 may still agree after 20 ms.
    assert_ne!(hashes[0], hashes[2]);

    let results = folder.path().join("new/results");
    assert_eq!(
        serde_json::from_str::<Value>(&fs::read_to_string(results.join("bench.json")).unwrap()).unwrap(),
        report
    );
    for picture in ["scaling", "stages"] {
        let svg = fs::read_to_string(results.join(format!("{picture}.svg"))).unwrap();
        assert!(svg.contains("vogels_abbott, scale 0.05, f32"));
        assert_eq!(fs::read(results.join(format!("{picture}.png"))).unwrap()[1..4], *b"PNG");
    }
}

fn check(point: &Value, scale: f64) {
    let number = |name: &str| point[name].as_f64().unwrap_or_else(|| panic!("{name} is no number in {point}"));
    assert_eq!((number("scale"), number("neurons")), (scale, 4000.0 * scale));
    for name in ["synapses", "spikes", "synaptic_events", "neuron_bytes", "peak_memory_bytes", "bytes_per_synapse"] {
        assert!(number(name) > 0.0, "{name} in {point}");
    }
    for name in ["events_per_second", "ns_per_event", "delivery_bytes_per_second", "delivery_share_of_streaming_read"] {
        assert!(number(name) > 0.0, "{name} in {point}");
    }
    let runs = point["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 2);
    for name in ["build_seconds", "sim_seconds"] {
        let [low, middle, high] = ["min", "median", "max"].map(|of| point[name][of].as_f64().unwrap());
        assert!(0.0 < low && low <= middle && middle <= high);
        assert!(runs.iter().all(|run| (low..=high).contains(&run[name].as_f64().unwrap())), "{name} in {point}");
    }
    let stages = |of: &Value| of["stages"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(stages(point).len(), 5);
    assert!(runs.iter().all(|run| stages(run) == stages(point)));
}

#[test]
fn weak_scaling_grows_the_network_and_prints_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let (out, _) = succeeds(folder.path(), &[&SMALL[..], &["0.1", "--weak"]].concat());
    for part in ["weak scaling", "vogels_abbott, scale 0.1 a thread, f64", "efficiency", "of streaming read"] {
        assert!(out.contains(part), "{part} is not in\n{out}");
    }
    let column = |row: &str| row.split_whitespace().take(2).map(String::from).collect::<Vec<_>>();
    let rows: Vec<_> = out.lines().map(column).collect();
    for row in [["1", "400"], ["2", "800"]] {
        assert!(rows.contains(&row.map(String::from).to_vec()), "{row:?} is not in\n{out}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "no files without -o");
}

#[test]
fn a_file_of_ones_own_is_measured_as_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let text = String::from_utf8(bouton(folder.path(), &["networks", "ei_nmda"]).stdout).unwrap();
    fs::write(folder.path().join("-mine.toml"), text).unwrap();
    let arguments = ["--threads", "2", "--repeat", "1", "--set", "size=200", "--set", "p=0.2", "--duration", "5 ms"];
    let (out, _) = succeeds(folder.path(), &[&arguments[..], &["--json", "--", "-mine.toml"]].concat());
    let report: Value = serde_json::from_str(&out).unwrap();
    let series = &report["series"][0];
    assert_eq!((&series["network"], &series["scale"]), (&"-mine.toml".into(), &Value::Null));
    assert_eq!((&series["points"][0]["neurons"], &series["bio_seconds"]), (&200.into(), &0.005.into()));
}

#[test]
fn the_suite_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let (out, _) = succeeds(folder.path(), &["--list"]);
    let names: Vec<_> = out.lines().take(6).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["coba", "coba_40000", "cobahh", "brunel", "microcircuit_0.1", "microcircuit"]);
}

#[test]
fn mistakes_are_refused_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("occupied"), "a file").unwrap();
    for (arguments, message, remedy) in [
        (&["coba", "--threads", "0"][..], "--threads 0: \"0\" is not a whole number of at least 1", "--threads 1,2,4"),
        (&["coba", "--threads", ""], "\"\" is not a whole number", "--threads 1,2,4"),
        (&["coba", "--scales", "1,-2"], "--scales 1,-2: \"-2\" is not a number above 0", "--scales 0.1"),
        (&["coba", "--scales", ""], "\"\" is not a number above 0", "--scales 0.1"),
        (&["coba", "--scales", "0.001"], "probability 20 is outside of [0, 1]", "from 0 to 1"),
        (&["coba", "--precision", "f16"], "--precision f16: \"f16\" is not a precision", "f32,f64"),
        (&["coba", "--repeat", "0"], "--repeat 0", "any number from 1"),
        (&["cobba"], "neither the suite nor the shipped networks have \"cobba\"", "did you mean \"coba\"?"),
        (&["missing.toml"], "cannot read the network file missing.toml", "bouton networks"),
        (&["ei_nmda", "--weak"], "there is no constant \"scale\"", "add scale = 1"),
        (&["coba", "--duration", "1 mV"], "duration", ""),
        (&["coba", "--set", "sise=3"], "there is no constant \"sise\"", "did you mean \"size\"?"),
        (&["coba", "-o", "occupied"], "cannot write \"occupied/bench.json\"", "a folder that may be written"),
    ] {
        let output = bouton(folder.path(), &[&["bench"], arguments].concat());
        let error = String::from_utf8(output.stderr).unwrap();
        // The report wraps long lines.
        let flat = error.replace(['│', '\n'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert!(flat.contains(message) && flat.contains(remedy), "{arguments:?}: {error}");
        assert!(output.stdout.is_empty(), "{arguments:?} printed results in spite of its error");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{arguments:?} left files");
    }
}
