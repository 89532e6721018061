//! One neuron under the electrodes: f-I curves, current clamp, voltage clamp, and the commands that show them.

use bouton::{
    lab::{Report, Subject},
    lang::model::Kind,
};

mod clamp;
mod commands;
mod fi;

fn subject(model: &str, set: &[(&str, &str)]) -> Subject {
    let set: Vec<_> = set.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    Subject::load(model, &set, Kind::Neuron).unwrap_or_else(|e| panic!("{}", e.report()))
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
