//! Reads the golden data that make_golden.py and make_plasticity.py wrote.
#![allow(dead_code)]

use std::{collections::BTreeMap, fs, path::PathBuf};

/// Path of a file in this folder.
pub fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn rows(name: &str, header: usize) -> Vec<Vec<f64>> {
    let text = fs::read_to_string(path(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let number = |field: &str| field.parse().unwrap_or_else(|_| panic!("{name}: {field} is no number"));
    text.lines().skip(header).map(|line| line.split([',', '\t']).map(number).collect()).collect()
}

/// Columns of a table by their names.
pub fn columns(name: &str) -> BTreeMap<String, Vec<f64>> {
    let text = fs::read_to_string(path(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    let heads = text.lines().next().expect("a line of names").split(',').map(String::from);
    let rows = rows(name, 1);
    heads.enumerate().map(|(k, head)| (head, rows.iter().map(|row| row[k]).collect())).collect()
}

/// Spikes as (stamp in steps, neuron), ascending.
pub fn spikes(name: &str, dt: f64) -> Vec<(u64, usize)> {
    let mut spikes: Vec<_> = rows(name, 0).iter().map(|r| ((r[1] / dt).round() as u64, r[0] as usize)).collect();
    spikes.sort_unstable();
    spikes
}

/// Time in steps, and v in mV of each recorded neuron.
pub fn v(name: &str, dt: f64) -> Vec<(u64, Vec<f64>)> {
    rows(name, 1).iter().map(|r| ((r[0] / dt).round() as u64, r[1..].to_vec())).collect()
}

/// Edges as (source, target, weight, delay in steps).
pub fn edges(name: &str, dt: f64) -> Vec<(usize, usize, f64, u64)> {
    rows(name, 1).iter().map(|r| (r[0] as usize, r[1] as usize, r[2], (r[3] / dt).round() as u64)).collect()
}
