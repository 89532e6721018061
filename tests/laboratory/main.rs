//! The laboratory: f-I curves, clamps, gates, phase planes, synapses, and the commands that show them.

use bouton::{
    lab::{Report, Subject},
    lang::model::Kind,
};

mod clamp;
#[path = "../common/command.rs"]
mod command;
mod commands;
mod fi;
mod gates;
mod phase;
mod synapse;

fn subject(model: &str, set: &[(&str, &str)]) -> Subject {
    load(model, set, Kind::Neuron)
}

fn load(model: &str, set: &[(&str, &str)], kind: Kind) -> Subject {
    let set: Vec<_> = set.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    Subject::load(model, &set, kind).unwrap_or_else(|e| panic!("{}", e.report()))
}

/// The squid axon's rates of m, h and n in 1/ms (Hodgkin and Huxley 1952, rest near -65 mV).
fn squid_rates(v: f64) -> [(f64, f64); 3] {
    let linear = |c: f64, x: f64| if x == 0.0 { c } else { c * x / (1.0 - (-x).exp()) };
    [
        (linear(1.0, (v + 40.0) / 10.0), 4.0 * (-(v + 65.0) / 18.0).exp()),
        (0.07 * (-(v + 65.0) / 20.0).exp(), 1.0 / (1.0 + (-(v + 35.0) / 10.0).exp())),
        (linear(0.1, (v + 55.0) / 10.0), 0.125 * (-(v + 65.0) / 80.0).exp()),
    ]
}

/// Where a function changes its sign, by halving.
fn root(f: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    let (mut low, mut high) = (low, high);
    let sign = f(low) < 0.0;
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if (f(middle) < 0.0) == sign { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

fn fact(report: &Report, name: &str) -> f64 {
    report.value(name).unwrap_or_else(|| panic!("{name:?} is not in\n{report}"))
}

fn column<'a>(report: &'a Report, table: &str, name: &str) -> &'a [f64] {
    let values = report.table(table).unwrap_or_else(|| panic!("no table {table}")).column(name);
    assert!(!values.is_empty(), "no column {name:?} in {table}");
    values
}

/// Within a share of the expected value.
fn close(found: f64, expected: f64, share: f64, what: &str) {
    assert!((found / expected - 1.0).abs() <= share, "{what}: {found} is not {expected} within {share}");
}
