//! `bouton fi`, `bouton clamp`, `bouton membrane`: what they print and write, and what they refuse.

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

fn bouton(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bouton"));
    command.args(arguments).current_dir(folder).output().expect("the binary runs")
}

fn succeeds(folder: &Path, arguments: &[&str]) -> String {
    let output = bouton(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn what_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let fi = ["fi", "lif", "--currents", "80 pA:140 pA:20 pA"];
    insta::assert_snapshot!("fi", succeeds(folder.path(), &fi));
    let clamp = ["clamp", "hh_squid", "--voltage", "-60:60:40", "--length", "5 ms"];
    insta::assert_snapshot!("clamp", succeeds(folder.path(), &clamp));
    let membrane = ["membrane", "--ion", "K=5 mM:100 mM"];
    insta::assert_snapshot!("membrane", succeeds(folder.path(), &membrane));
}

#[test]
fn mistakes_name_the_flag_the_limit_and_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("wrong.toml"),
        "kind = \"neuron\"\ntitle = \"x\"\nequations = \"dv/dt = -w : mV\"\n",
    )
    .unwrap();
    let cases: &[&[&str]] = &[
        &["fi", "ampa"],
        &["fi", "liff"],
        &["fi", "wrong.toml"],
        &["fi", "fitzhugh_nagumo"],
        &["fi", "lif", "--set", "V_th=1 GV"],
        &["fi", "lif", "--set", "C_m=-3 pF"],
        &["fi", "lif", "--set", "C=3 pF"],
        &["fi", "lif", "--currents", "0 mV:1 mV:0.1 mV"],
        &["fi", "lif", "--currents", "100:0:10"],
        &["fi", "lif", "--currents", "0:1", "--unit", "uA/cm^2"],
        &["fi", "lif", "--precision", "1"],
        &["fi", "lif", "--duration", "0.1 ms"],
        &["clamp", "nmda", "--voltage", "-80:0:40"],
        &["clamp", "fitzhugh_nagumo", "--voltage", "-80:0:40"],
        &["clamp", "lif", "--voltage", "-80 pA:0 pA:40 pA"],
        &["clamp", "lif", "--ramp", "0 pA"],
        &["clamp", "lif", "--holding", "-70 mV", "--steps", "0:1"],
        &["clamp", "lif", "--voltage", "-70:0:10", "--length", "0 ms"],
        &["membrane", "--ion", "K=5"],
        &["membrane", "--ion", "Mg=1:1"],
        &["membrane", "--ion", "K=0:140"],
        &["membrane", "--conductance", "K=1 nS"],
        &["membrane", "--temperature", "-300"],
    ];
    let report = |case: &&[&str]| {
        let output = bouton(folder.path(), case);
        assert_eq!(output.status.code(), Some(2), "{case:?}: {}", String::from_utf8_lossy(&output.stdout));
        assert!(output.stdout.is_empty());
        format!("## {}\n{}", case.join(" "), String::from_utf8(output.stderr).expect("UTF-8"))
    };
    insta::assert_snapshot!("mistakes", cases.iter().map(report).collect::<Vec<_>>().join("\n"));
}

#[test]
fn json_and_files_hold_what_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["clamp", "lif", "--steps", "0:200:100", "--length", "20 ms", "--json", "-o", "out"];
    let value: Value = serde_json::from_str(&succeeds(folder.path(), &arguments)).expect("one JSON object");
    assert_eq!(value["tables"]["steps"]["I_inj"]["values"], serde_json::json!([0.0, 100.0, 200.0]));
    assert_eq!(value["parameters"]["C_m"], "200 pF");
    for name in
        ["lif_clamp.csv", "lif_clamp_traces.csv", "lif_clamp.h5", "lif_clamp.json", "lif_clamp.svg", "lif_clamp.png"]
    {
        assert!(folder.path().join("out").join(name).is_file(), "{name}");
    }
    let svg = std::fs::read_to_string(folder.path().join("out/lif_clamp.svg")).unwrap();
    for part in [">current clamp of lif<", ">v (mV)<", ">I_inj (pA)<", ">I_leak (pA)<", ">200 pA<"] {
        assert!(svg.contains(part), "{part} is not in the picture");
    }
    let text = std::fs::read_to_string(folder.path().join("out/lif_clamp_traces.csv")).unwrap();
    assert!(text.starts_with("t (ms),v at 0 pA (mV),v at 100 pA (mV)"), "{}", &text[..100]);
}
