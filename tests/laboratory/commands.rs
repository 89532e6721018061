//! `bouton fi`, `clamp`, `gates`, `phase`, `synapse`, `membrane`: what they print and write, and what they refuse.

use serde_json::Value;

use super::command::{bouton, succeeds};

#[test]
fn what_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let fi = ["fi", "lif", "--currents", "80 pA:140 pA:20 pA"];
    insta::assert_snapshot!("fi", succeeds(folder.path(), &fi));
    let clamp = ["clamp", "hh_squid", "--voltage", "-60:60:40", "--length", "5 ms"];
    insta::assert_snapshot!("clamp", succeeds(folder.path(), &clamp));
    let membrane = ["membrane", "--ion", "K=5 mM:100 mM"];
    insta::assert_snapshot!("membrane", succeeds(folder.path(), &membrane));
    insta::assert_snapshot!("gates", succeeds(folder.path(), &["gates", "hh_squid", "--voltages", "-80:40:20 mV"]));
    let phase = ["phase", "fitzhugh_nagumo", "--set", "I=0.5", "--scan", "I=0:1.6", "--from", "v=1, w=0"];
    insta::assert_snapshot!("phase", succeeds(folder.path(), &phase));
    let synapse = ["synapse", "gaba_a", "--holding", "-90:-30:20 mV", "--train", "3 x 100 Hz", "--weight", "2 nS"];
    insta::assert_snapshot!("synapse", succeeds(folder.path(), &synapse));
}

#[test]
fn mistakes_name_the_flag_the_limit_and_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("wrong.toml"),
        "kind = \"neuron\"\ntitle = \"x\"\nequations = \"dv/dt = -w : mV\"\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("quiet.toml"),
        "kind = \"neuron\"\ntitle = \"x\"\nequations = \"dv/dt = (-v*1 nS + I_syn)/(1 pF) : mV\"\n",
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
        &["fi", "lif", "--currents", "0:1 uA/cm^2"],
        &["fi", "lif", "--precision", "1"],
        &["fi", "lif", "--duration", "0.1 ms"],
        &["clamp", "nmda", "--voltage", "-80:0:40"],
        &["clamp", "fitzhugh_nagumo", "--voltage", "-80:0:40"],
        &["clamp", "lif", "--voltage", "-80 pA:0 pA:40 pA"],
        &["clamp", "lif", "--ramp", "0 pA"],
        &["clamp", "lif", "--holding", "-70 mV", "--steps", "0:1"],
        &["clamp", "lif", "--voltage", "-70:0:10", "--length", "0 ms"],
        &["clamp", "rate_lif"],
        &["clamp", "quiet.toml"],
        &["gates", "ampa"],
        &["gates", "lif"],
        &["gates", "lif_adapt"],
        &["gates", "lnp"],
        &["gates", "hh_squid", "--voltages", "-80"],
        &["gates", "hh_squid", "--voltages", "40:-80:1 mV"],
        &["phase", "lif"],
        &["phase", "pospischil_rs"],
        &["phase", "hh_squid", "--hold", "m=steady", "--hold", "g=0.5"],
        &["phase", "hh_squid", "--hold", "m=steady", "--hold", "h=0.5 mV"],
        &["phase", "fitzhugh_nagumo", "--set", "J=0.5"],
        &["phase", "fitzhugh_nagumo", "--scan", "I"],
        &["phase", "fitzhugh_nagumo", "--scan", "i=0:1"],
        &["phase", "fitzhugh_nagumo", "--scan", "I=1:0"],
        &["phase", "adex", "--scan", "C_m=-100:100 pF"],
        &["phase", "adex", "--x", "-90:30 pA"],
        &["phase", "adex", "--y", "10 pA"],
        &["phase", "adex", "--from", "v=-60 mV, u=3 pA"],
        &["phase", "adex", "--duration", "0 ms"],
        &["synapse", "lif"],
        &["synapse", "gap_junction"],
        &["synapse", "nmda", "--set", "mg=0 mM"],
        &["synapse", "delta", "--set", "tau=1 ms"],
        &["synapse", "ampa", "--set", "tau=-1 ms"],
        &["synapse", "ampa", "--weight", "1 pA"],
        &["synapse", "ampa", "--holding", "-80:40:1 mV"],
        &["synapse", "ampa", "--holding", "low"],
        &["synapse", "ampa", "--train", "5 at 100 Hz"],
        &["synapse", "ampa", "--train", "5 x -100 Hz"],
        &["synapse", "ampa", "--capacitance", "0 pF"],
        &["membrane", "--axial=150 mV"],
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

#[test]
fn files_hold_numbers_with_units() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let phase = ["phase", "adex", "--scan", "I_e=0:700 pA", "-o", "plane"];
    let text = succeeds(folder.path(), &phase);
    let file = hdf5::File::open(path("plane/adex_phase.h5")).expect("written");
    let currents = file.dataset("bifurcations/I_e").expect("there");
    let units: hdf5::types::VarLenUnicode = currents.attr("units").expect("there").read_scalar().expect("read");
    assert_eq!((units.as_str(), currents.size()), ("pA", 2));
    assert!(text.contains("627.182") && (currents.read_raw::<f64>().expect("read")[0] - 627.182).abs() < 5e-4);
    for table in ["fixed_points", "linearisation", "branches", "nullcline_v", "nullcline_w", "trajectories", "field"] {
        assert!(file.group(table).is_ok(), "{table}");
        assert!(table == "fixed_points" || path(&format!("plane/adex_phase_{table}.csv")).is_file(), "{table}");
    }
    let points = std::fs::read_to_string(path("plane/adex_phase.csv")).unwrap();
    assert!(points.starts_with("v (mV),w (pA),trace (1/ms),determinant (1/ms^2),type\n-70.59"), "{points}");
    let svg = std::fs::read_to_string(path("plane/adex_phase.svg")).unwrap();
    for part in [
        ">dv/dt = 0<",
        ">dw/dt = 0<",
        ">v (mV)<",
        ">w (pA)<",
        ">saddle<",
        ">I_e (pA)<",
        ">fold (saddle-node) at 627.311<",
    ] {
        assert!(svg.contains(part), "{part} is not in the picture");
    }

    let synapse = ["synapse", "nmda", "--holding=-60:-40:20 mV", "--json", "-o", "nmda.csv"];
    let value: Value = serde_json::from_str(&succeeds(folder.path(), &synapse)).expect("one JSON object");
    assert_eq!(value["facts"]["reversal potential"]["unit"], "mV");
    assert_eq!(value["tables"]["responses"]["v"], serde_json::json!({ "unit": "mV", "values": [-60.0, -40.0] }));
    assert!(value["tables"]["curve"]["conductance"]["values"][40].is_null(), "no driving force at 0 mV");
    for name in ["nmda.csv", "nmda_curve.csv", "nmda_currents.csv", "nmda_potentials.csv", "nmda_variables.csv"] {
        assert!(path(name).is_file(), "{name}");
    }
    let variables = std::fs::read_to_string(path("nmda_variables.csv")).unwrap();
    assert!(variables.lines().next().is_some_and(|head| head.starts_with("t (ms),")), "{}", &variables[..80]);

    succeeds(folder.path(), &["gates", "hh_squid", "-o", "gates.h5"]);
    let file = hdf5::File::open(path("gates.h5")).expect("written");
    assert_eq!(file.dataset("gates/tau_m").expect("there").size(), 151);
    assert_eq!(file.dataset("halves/gate").expect("there").size(), 3);
    assert!(file.dataset("facts/equilibrium: v").is_ok());
}
