//! `bouton stats` and `bouton plot` on files of spikes: Bouton's, SONATA's of another program, text.

#[path = "common/command.rs"]
mod command;

use std::path::Path;

use command::{fails, succeeds};
use hdf5::types::{FixedAscii, VarLenUnicode};
use serde_json::Value;

fn stats(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&succeeds(folder, &[&["stats", "--json"], arguments].concat())).expect("one JSON object")
}

/// A drawing as text.
fn drawn(folder: &Path, file: &str, arguments: &[&str]) -> String {
    succeeds(folder, &[&["plot", file, "-o", "f.svg"], arguments].concat());
    std::fs::read_to_string(folder.join("f.svg")).expect("drawn")
}

/// Spikes as another program would write them: in no order, `ms` as a text of fixed length. 10 clocks of 50 Hz in `L4`, 4 ms apart
/// by pairs (0 and 1 coincide); in `L5` every neuron 7 ms after the clock of its number, ids from 0 to 9.
fn sonata(folder: &Path) {
    let file = hdf5::File::create(folder.join("spikes.h5")).expect("created");
    for (name, shift) in [("L4", 0.0), ("L5", 7.0)] {
        let group = file.create_group(&format!("spikes/{name}")).expect("group");
        let spikes = || (0..10_u64).rev().flat_map(|id| (0..100).map(move |k| (id, k)));
        let times: Vec<f64> = spikes().map(|(id, k)| 2.0 + 20.0 * k as f64 + (id / 2 * 4) as f64 + shift).collect();
        let ids: Vec<u64> = spikes().map(|(id, _)| id).collect();
        let timestamps = group.new_dataset_builder().with_data(&times).create("timestamps").expect("times");
        let unit = FixedAscii::<2>::from_ascii(b"ms").expect("ascii");
        timestamps.new_attr::<FixedAscii<2>>().create("units").expect("units").write_scalar(&unit).expect("units");
        group.new_dataset_builder().with_data(&ids).create("node_ids").expect("ids");
        let sorting: VarLenUnicode = "none".parse().expect("text");
        group.new_attr::<VarLenUnicode>().create("sorting").expect("sorting").write_scalar(&sorting).expect("sorting");
    }
}

#[test]
fn spikes_of_another_program_have_statistics() {
    let folder = tempfile::tempdir().unwrap();
    sonata(folder.path());
    let all = stats(folder.path(), &["spikes.h5"]);
    // The last spike: neuron 9 of L5, 2 + 1980 + 16 + 7 ms.
    assert_eq!(all["duration_ms"], 2005.0);
    let l4 = &all["populations"][0];
    assert_eq!((&l4["name"], &l4["size"], &l4["spikes"]), (&"L4".into(), &10.into(), &1000.into()));
    assert_eq!((&l4["lv"], &l4["chi"]), (&0.0.into(), &Value::Null));
    assert!((l4["rate_hz"].as_f64().unwrap() - 1000.0 / (10.0 * 2.005)).abs() < 1e-9);
    // First spikes at 2, 6, 10, 14, 18 ms; each trial of 20 ms has one spike of each.
    assert_eq!(l4["first_spike_ms"], 10.0);
    let trials = stats(folder.path(), &["spikes.h5", "--trial", "20 ms", "--population", "L5", "--to", "2 s"]);
    let l5 = &trials["populations"][0];
    assert_eq!((trials["populations"].as_array().unwrap().len(), &trials["fano_window_ms"]), (1, &20.0.into()));
    // 9, 13, 17 ms, and two groups that spike at 1 and 5 ms of all trials but the first.
    assert!((l5["first_spike_ms"].as_f64().unwrap() - 9.0).abs() < 1e-9);
    // The groups that miss one of 100 trials: variance/mean = 1 - 0.99.
    assert!((l5["fano"].as_f64().unwrap() - 0.4 * 0.01).abs() < 1e-9);

    let told = ["spikes.h5", "--size", "L4=20", "--duration", "4 s"];
    let l4 = &stats(folder.path(), &told)["populations"][0];
    assert_eq!((&l4["size"], &l4["rate_hz"]), (&20.into(), &12.5.into()));
    let table = succeeds(folder.path(), &["stats", "spikes.h5"]);
    assert!(table.starts_with("2005 ms of biological time\n") && table.contains("peak (Hz)"), "{table}");
}

#[test]
fn spikes_of_another_program_are_drawn() {
    let folder = tempfile::tempdir().unwrap();
    sonata(folder.path());
    let svg = drawn(folder.path(), "spikes.h5", &[]);
    assert!(
        svg.contains(">spikes<")
            && svg.contains(">20 neurons · 2,000 spikes · last ")
            && svg.contains(">10 neurons, 49.9 Hz<")
    );

    let show = ["--show", "isi,psth,spectrum,correlogram,correlation,victor-purpura,van-rossum"];
    let svg = drawn(
        folder.path(),
        "spikes.h5",
        &[&show[..], &["--align", "100 ms, 300 ms,1990 ms", "--resolution", "2 Hz"]].concat(),
    );
    for part in [
        ">interval (ms)<",
        ">share of intervals (1/ms)<",
        ">L4: 990 intervals<",
        ">rate around 2 of 3 events, 5 ms bins<",
        ">time after the event (ms)<",
        ">rate (Hz)<",
        ">event<",
        ">frequency (Hz)<",
        ">power per neuron (1/s)<",
        // All clocks of 50 Hz, a neuron pair every 4 ms: 250 Hz.
        ">L4, peak at 250.0 Hz<",
        ">L4 → L5<",
        ">correlation of counts in 5 ms bins<",
        ">Victor–Purpura, cost 0.1 per ms<",
        ">van Rossum, tau 20 ms<",
        ">L5 0<",
    ] {
        assert!(svg.contains(part), "{part} is not in the figure");
    }
    let svg = drawn(folder.path(), "spikes.h5", &["--show", "correlogram", "--neurons", "L4:3,L5:0", "--lag", "30 ms"]);
    assert!(svg.contains(">L4 3 → L5 0<") && svg.contains(">pairs / expected of independent<"), "{svg}");
    let svg =
        drawn(folder.path(), "spikes.h5", &["--show", "psth", "--period", "20 ms", "--bin", "4 ms", "--to", "2 s"]);
    assert!(svg.contains(">rate around 100 events, 4 ms bins<"));
}

#[test]
fn results_as_sonata_as_text_and_as_they_are_have_the_same_statistics() {
    let folder = tempfile::tempdir().unwrap();
    let run = ["run", "cuba", "--set", "size=400", "--duration", "300 ms", "--no-progress", "--gdf", "-o", "out.h5"];
    succeeds(folder.path(), &run);
    let own = stats(folder.path(), &["out.h5"]);
    // Without /bouton it is the file of a stranger.
    std::fs::copy(folder.path().join("out.h5"), folder.path().join("other.h5")).unwrap();
    hdf5::File::open_rw(folder.path().join("other.h5")).unwrap().unlink("bouton").unwrap();
    let sizes = own["populations"].as_array().unwrap().iter();
    let sizes: Vec<String> = sizes.map(|p| format!("{}={}", p["name"].as_str().unwrap(), p["size"])).collect();
    let told = sizes.iter().flat_map(|size| ["--size", size]).chain(["other.h5", "--duration", "300 ms"]);
    let other = stats(folder.path(), &told.collect::<Vec<_>>());
    for (own, other) in own["populations"].as_array().unwrap().iter().zip(other["populations"].as_array().unwrap()) {
        for (key, value) in own.as_object().unwrap() {
            match (value.as_f64(), other[key].as_f64()) {
                (Some(own), Some(other)) => {
                    assert!((own - other).abs() < 1e-9 * own.abs().max(1.0), "{key}: {own}, {other}")
                }
                _ => assert_eq!(value, &other[key], "{key}"),
            }
        }
    }
    let spikes = |stats: &Value| -> u64 {
        stats["populations"].as_array().unwrap().iter().map(|p| p["spikes"].as_u64().unwrap()).sum()
    };
    assert!(spikes(&own) > 100);
    assert_eq!(spikes(&stats(folder.path(), &["out.gdf"])), spikes(&own));

    succeeds(folder.path(), &["stats", "out.h5", "-o", "neurons.csv"]);
    let table = std::fs::read_to_string(folder.path().join("neurons.csv")).unwrap();
    assert_eq!(table.lines().count(), 401);
    let column = |line: &str| line.split(',').nth(2).unwrap().parse::<u64>().unwrap();
    assert_eq!(table.lines().skip(1).map(column).sum::<u64>(), spikes(&own));
}

#[test]
fn mistakes_are_said_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    sonata(folder.path());
    let error = |arguments: &[&str]| {
        let text = fails(folder.path(), arguments, 2);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let plot = |more: &[&str]| error(&[&["plot", "spikes.h5", "-o", "f.png"], more].concat());
    for (text, part) in [
        (plot(&["--from", "1 s"]), "choose what --show computes"),
        (plot(&["--show", "psth"]), "psth needs events"),
        (plot(&["--show", "psth", "--align", "3 s"]), "no event has its whole window"),
        (plot(&["--show", "isi", "--population", "L6"]), "no spikes of a population \"L6\""),
        (plot(&["--show", "isi", "--to", "1 ms"]), "no spikes to look at"),
        (plot(&["--show", "spectrum", "--resolution", "0.1 Hz"]), "too few spikes for a spectrum"),
        (plot(&["--show", "van-rossum", "--neurons", "L4:3"]), "two neurons are needed"),
        (plot(&["--show", "van-rossum", "--neurons", "L4:0-10"]), "\"L4\" has no neuron 10"),
        (plot(&["--show", "correlogram", "--neurons", "L4:0-9"]), "10 trains make 55 lines"),
        (plot(&["--show", "isi", "--bin", "0.1 ns"]), "at most 100000 are drawn"),
        (plot(&["--bin", "1 ms"]), "--show"),
        (plot(&["--show", "isi", "--bin", "1"]), "write \"1 ms\""),
        (error(&["stats", "spikes.h5", "--from", "1 s", "--to", "3 s"]), "holds 0 ms to 2005 ms"),
        (error(&["stats", "spikes.h5", "--duration", "1 s"]), "the last spike is at 2005 ms"),
        (error(&["stats", "spikes.h5", "--size", "L4=5"]), "neuron 9 of \"L4\" spiked"),
        (error(&["stats", "spikes.h5", "--size", "L3=5"]), "did you mean \"L4\"?"),
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!folder.path().join("f.png").exists());
}
