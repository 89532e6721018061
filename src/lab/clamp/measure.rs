//! What is read off the traces of a clamp: I-V curves, steady gates, spikes.

use super::{Protocol, Record};
use crate::table::Table;

/// Rows of a record that lie within the step: its begin excluded, its end included.
fn during(protocol: &Protocol, times: &[f64]) -> std::ops::Range<usize> {
    let half = 0.5 * protocol.dt;
    let place = |time: f64| times.iter().position(|t| *t > time + half).unwrap_or(times.len());
    place(protocol.start)..place(protocol.start + protocol.length)
}

/// The value farthest from 0.
fn peak(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, |most: f64, value| if value.abs() > most.abs() { value } else { most })
}

/// For steps of voltage: total current at its most inward and at the end of the step, each current at its peak and at the end; the steady
/// values of gates. A ramp has none: its traces are the curve.
pub fn voltage(protocol: &Protocol, record: &Record) -> Vec<Table> {
    if protocol.ramp {
        return Vec::new();
    }
    let rows = during(protocol, &record.times);
    let of = |k: usize, read: &dyn Fn(&[f64]) -> f64| -> Vec<f64> {
        record.values.iter().map(|level| read(&level[k][rows.clone()])).collect()
    };
    let end = |values: &[f64]| values.last().copied().unwrap_or(f64::NAN);
    let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
    let total = record.variables.iter().position(|v| v.0 == "I").expect("the total is recorded");
    let levels = || protocol.levels.clone();
    let unit = &record.variables[total].1;
    let mut iv = Table::new("iv", "Currents against the potential of the step (outward positive)")
        .with("v", "mV", levels())
        .with("I most inward", unit, of(total, &least))
        .with("I steady", unit, of(total, &end));
    let mut steady = Table::new("steady", "Variables at the end of the step").with("v", "mV", levels());
    for (k, (name, its)) in record.variables.iter().enumerate().skip(1) {
        if k > total && its == unit {
            iv = iv.with(format!("{name} peak"), its, of(k, &peak)).with(format!("{name} steady"), its, of(k, &end));
        } else if k != total {
            steady = steady.with(name, its, of(k, &end));
        }
    }
    if steady.columns.len() > 1 { vec![iv, steady] } else { vec![iv] }
}

/// For currents: spikes during the step, the first of them, their rate; the range of the potential and its value at the end.
pub fn current(protocol: &Protocol, record: &Record) -> Table {
    let rows = during(protocol, &record.times);
    let inside = |t: &&f64| (protocol.start..=protocol.start + protocol.length).contains(*t);
    let spikes: Vec<Vec<f64>> = record.spikes.iter().map(|all| all.iter().filter(inside).copied().collect()).collect();
    let first = |all: &Vec<f64>| all.first().map_or(f64::NAN, |t| t - protocol.start);
    let rate = |all: &Vec<f64>| match &all[..] {
        [first, .., last] => 1e3 * (all.len() - 1) as f64 / (last - first),
        _ => f64::NAN,
    };
    let v = |read: &dyn Fn(&[f64]) -> f64| record.values.iter().map(|level| read(&level[0][rows.clone()])).collect();
    let title = if protocol.ramp { "During the ramp" } else { "During the steps" };
    let mut table = Table::new("steps", title);
    if !protocol.ramp {
        table = table.with("I_inj", "pA", protocol.levels.clone());
    }
    table
        .with("spikes", "1", spikes.iter().map(|all| all.len() as f64).collect())
        .with("first spike", "ms", spikes.iter().map(first).collect())
        .with("rate", "Hz", spikes.iter().map(rate).collect())
        .with("lowest v", "mV", v(&|all| all.iter().copied().fold(f64::INFINITY, f64::min)))
        .with("highest v", "mV", v(&|all| all.iter().copied().fold(f64::NEG_INFINITY, f64::max)))
        .with("last v", "mV", v(&|all| all.last().copied().unwrap_or(f64::NAN)))
}
