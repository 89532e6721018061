//! Mistakes in the shape of cables, in places on them, and in what they are made of.

use super::*;

/// A sound network of cables and point neurons.
const CABLES: (&str, &str) = ("tests/messages/files/net.toml", include_str!("base_cable.toml"));

#[test]
fn shapes() {
    let warnings = plan(Source::new(CABLES.0, CABLES.1)).map_err(|e| e.report()).unwrap().warnings;
    assert!(warnings.iter().all(|w| w.contains("no projections")), "{warnings:?}");
    let dendrite = "name = \"dendrite\"\nparent = \"soma(0)\"";
    let cases = [
        ("no resistivity", "R_a = \"100 Ohm*cm\"\nsites", "sites"),
        ("a resistance", "R_a = \"100 Ohm*cm\"\nsites", "R_a = \"100 Ohm\"\nsites"),
        ("no morphology", ", swc = \"cell.swc\"", ""),
        ("no file", "cell.swc", "cel.swc"),
        ("a broken line", "cell.swc", "broken.swc"),
        ("two roots", "cell.swc", "two_roots.swc"),
        ("a loop", "cell.swc", "loop.swc"),
        ("no radius", "cell.swc", "flat.swc"),
        (
            "a section that the file has not",
            "compartment = \"20 um\"",
            "compartment = \"20 um\", sections = [{ name = \"apical\" }]",
        ),
        (
            "a shape beside the file's",
            "compartment = \"20 um\"",
            "compartment = \"20 um\", sections = [{ name = \"soma\", length = \"9 um\" }]",
        ),
        ("a file repeated", "compartment = \"20 um\"", "compartment = \"20 um\", repeat = 3"),
        ("no compartments", "compartments = 7\n", ""),
        ("half a compartment", "compartments = 7", "compartments = 0.5"),
        ("too many compartments", "compartments = 7", "compartments = 2000000"),
        ("too many compartments in all", "compartment = \"20 um\"", "compartment = \"1e-5 um\""),
        ("no length", "length = \"200 um\"\n", ""),
        ("no diameter above 0", "diameter = \"2 um\"", "diameter = \"0 um\""),
        ("a length without a unit", "length = \"200 um\"", "length = 200"),
        ("a section twice", "name = \"axon\"", "name = \"soma\""),
        ("a parent that comes later", dendrite, "name = \"dendrite\"\nparent = \"axon\""),
        ("a parent that is itself", dendrite, "name = \"dendrite\"\nparent = \"dendrite(1)\""),
        ("an unknown parent", dendrite, "name = \"dendrite\"\nparent = \"sona\""),
        ("an unknown key", "compartments = 7", "compartments = 7\ndiam = \"1 um\""),
    ];
    insta::assert_snapshot!(reports(CABLES, &cases, plan));
}

#[test]
fn places() {
    let at = "at = \"dendrite(0.7)\"";
    let record = "at = [\"soma\", \"dendrite(1)\"]";
    let current = "current = \"10 pA\"";
    let cases = [
        ("an unknown section", at, "at = \"dendrit\""),
        ("beyond the end", at, "at = \"dendrite(1.5)\""),
        ("no place", at, "at = \"dendrite(middle)\""),
        ("a number of a section that is alone", at, "at = \"dendrite[2]\""),
        (
            "which of several",
            "to = [\"cell\", \"point\"]\ncurrent = \"10 pA\"",
            "to = \"pyramid\"\nat = \"dendrite\"\ncurrent = \"10 pA\"",
        ),
        ("a current into point neurons", current, "current = \"10 pA\"\nat = \"soma\""),
        ("an unknown site", "sites = [\"soma\", \"axon(1)\"]", "sites = [\"soma\", \"axn(1)\"]"),
        ("a site that never spikes", "sites = [\"soma\", \"axon(1)\"]", "sites = [\"soma\", \"dendrite(1)\"]"),
        ("spikes taken where none are read", "site = \"axon(1)\"", "site = \"axon(0.5)\""),
        ("a site of point neurons", "from = \"point\"", "site = \"soma\"\nfrom = \"point\""),
        ("a trace at an unknown place", record, "at = [\"soma\", \"dendrites\"]"),
        ("a variable that a place has not", "variables = [\"v\"]", "variables = [\"m\"]"),
        ("an unknown variable", "variables = [\"v\"]", "variables = [\"w\"]"),
        (
            "a place on a point neuron",
            "population = \"cell\"\nvariables = [\"v\"]",
            "population = \"point\"\nvariables = [\"v\"]",
        ),
    ];
    insta::assert_snapshot!(reports(CABLES, &cases, plan));
}

#[test]
fn membranes() {
    let dendrite = "model = \"passive\"\nlength";
    let current = "current = \"10 pA\"";
    let cases = [
        ("no current over an area", dendrite, "model = \"lif\"\nlength"),
        ("a model with a reset", "model = \"hh_squid\"", "model = \"adex\""),
        ("compartments of its own", "model = \"hh_squid\"", "model = \"two_compartment\""),
        ("no potential", dendrite, "model = \"rate_unit\"\nlength"),
        ("a list of spikes", dendrite, "model = \"spike_list\"\nlength"),
        ("an unknown model", dendrite, "model = \"pasive\"\nlength"),
        ("an area", "g_K = \"40 mS/cm^2\"", "area = \"100 um^2\""),
        ("an unknown parameter", "g_K = \"40", "g_KK = \"40"),
        ("an unknown parameter of a section", "g_L = \"0.02 mS/cm^2\"", "g_Na = \"0.02 mS/cm^2\""),
        ("a parameter out of bounds", "g_L = \"0.02 mS/cm^2\"", "g_L = \"-0.02 mS/cm^2\""),
        ("an unknown initial value", "size = 4\nreceptors", "size = 4\ninitial = { vv = \"-60 mV\" }\nreceptors"),
        ("an integrator", "size = 4\nreceptors", "size = 4\nintegrator = \"rk4\"\nreceptors"),
        ("white noise", dendrite, "model = \"noisy.toml\"\nlength"),
        ("a gap junction", "model = \"ampa\"", "model = \"gap_junction\""),
        ("an unknown input", current, "model = \"ou_curent\""),
        (
            "learning from two sites",
            "weight = \"1 nS\"",
            "weight = \"1 nS\"\nplasticity = { rule = \"stdp_additive\", w_max = \"3 nS\" }",
        ),
        (
            "learning with spikes of two sites",
            "weight = \"1 pA\"",
            "weight = \"1 pA\"\nplasticity = { rule = \"stdp_additive\", w_max = \"3 pA\" }",
        ),
    ];
    insta::assert_snapshot!(reports(CABLES, &cases, plan));
}
