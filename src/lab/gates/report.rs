//! Gates as numbers and as a picture.

use super::{Gate, Gates, unit};
use crate::{
    lab::unit::Unit,
    plot::chart::{Axis, Chart, Line, Look, Panel},
    quantity::Dim,
    table::Table,
};

/// Rates are per ms.
const RATE: &str = "1/ms";

/// Fills the report; `rest`: states in which nothing changes.
pub fn fill(found: &mut Gates, rest: &[(f64, Vec<f64>)]) {
    let v = unit(found);
    let mut curves = Table::new("gates", "Steady states and time constants").with(
        "v",
        &v.name,
        v.all(found.voltages.iter().copied()),
    );
    for gate in &found.gates {
        let own = Unit::of(gate.dim);
        curves = curves.with(format!("{}_inf", gate.name), &own.name, own.all(gate.steady.iter().copied()));
        curves = curves.with(format!("tau_{}", gate.name), "ms", gate.tau.clone());
    }
    for (name, values) in rates(found) {
        curves = curves.with(name, RATE, values.clone());
    }
    for open in &found.open {
        curves = curves.with(&open.name, "1", open.values.clone());
    }
    let gated: Vec<&Gate> = found.gates.iter().filter(|g| g.half.is_some()).collect();
    let of = |value: fn((f64, f64)) -> f64| gated.iter().filter_map(|g| g.half).map(value).collect::<Vec<f64>>();
    let largest: Vec<(f64, f64)> = gated.iter().map(|g| largest(&found.voltages, &g.tau)).collect();
    let per = Unit::of(Dim::NONE / found.dim);
    let halves = Table::new(
        "halves",
        "Half activation, slope there, slope factor of the Boltzmann function with this slope, largest time constant",
    )
    .with_words("gate", gated.iter().map(|g| g.name.clone()).collect())
    .with("half at", &v.name, v.all(of(|h| h.0)))
    .with("slope", &per.name, per.all(of(|h| h.1)))
    .with("slope factor", &v.name, v.all(of(|h| 0.25 / h.1)))
    .with("largest tau", "ms", largest.iter().map(|l| l.1).collect())
    .with("at", &v.name, v.all(largest.iter().map(|l| l.0)));
    let report = &mut found.report;
    let (first, last) = (found.voltages[0], found.voltages[found.voltages.len() - 1]);
    report.protocol = format!("v from {} to {}", shown(&v, first), shown(&v, last));
    for (k, (potential, gates)) in rest.iter().enumerate() {
        let which = if rest.len() == 1 { "equilibrium: ".to_string() } else { format!("equilibrium {}: ", k + 1) };
        report.fact(format!("{which}v"), v.show(*potential), &v.name);
        for (gate, value) in found.gates.iter().zip(gates) {
            let own = Unit::of(gate.dim);
            report.fact(format!("{which}{}", gate.name), own.show(*value), own.name);
        }
    }
    for open in found.open.iter().filter(|o| o.window) {
        let (at, most) = self::largest(&found.voltages, &open.values);
        report.fact(format!("largest {} in the steady state", open.name), most, "1");
        report.fact(format!("{} is largest at v", open.name), v.show(at), &v.name);
    }
    report.tables.push(curves);
    if halves.rows() > 0 {
        report.tables.push(halves);
    }
}

fn shown(unit: &Unit, value: f64) -> String {
    let number = crate::table::significant(unit.show(value), 6);
    if unit.name == "1" { number } else { format!("{number} {}", unit.name) }
}

/// Each rate once.
fn rates(found: &Gates) -> Vec<&(String, Vec<f64>)> {
    let mut out: Vec<&(String, Vec<f64>)> = Vec::new();
    for rate in found.gates.iter().flat_map(|g| &g.rates) {
        if out.iter().all(|r| r.0 != rate.0) {
            out.push(rate);
        }
    }
    out
}

/// The greatest value, and where it is.
fn largest(x: &[f64], y: &[f64]) -> (f64, f64) {
    x.iter().copied().zip(y.iter().copied()).max_by(|a, b| a.1.total_cmp(&b.1)).expect("a range has values")
}

/// The picture as SVG: steady states, time constants, open channels, rates.
pub fn draw(found: &Gates) -> String {
    let v = unit(found);
    let below =
        || Axis::new(v.axis("v")).range(v.show(found.voltages[0]), v.show(found.voltages[found.voltages.len() - 1]));
    let curve = |name: &str, unit: &Unit, values: &[f64]| {
        Line::new(name, found.voltages.iter().zip(values).map(|(x, y)| (v.show(*x), unit.show(*y))).collect())
    };
    let mut panels = Vec::new();
    let mut dims: Vec<Dim> = Vec::new();
    found.gates.iter().for_each(|g| {
        if !dims.contains(&g.dim) {
            dims.push(g.dim)
        }
    });
    for dim in dims {
        let own = Unit::of(dim);
        let lines =
            found.gates.iter().filter(|g| g.dim == dim).map(|g| curve(&format!("{}_inf", g.name), &own, &g.steady));
        panels.push(lines.fold(Panel::new(below(), Axis::new(own.axis("steady state"))), Panel::with));
    }
    let ms = Unit::of(Dim::TIME);
    let all = || found.gates.iter().flat_map(|g| &g.tau).copied();
    let (low, high) = all().fold((f64::MAX, f64::MIN), |(low, high), t| (low.min(t), high.max(t)));
    let time = Axis::new("time constant (ms)");
    let time = if low > 0.0 && high > 30.0 * low { time.log() } else { time.zero() };
    let taus = found.gates.iter().map(|g| curve(&format!("tau_{}", g.name), &ms, &g.tau));
    panels.push(taus.fold(Panel::new(below(), time), Panel::with));
    let plain = Unit::of(Dim::NONE);
    if !found.open.is_empty() {
        let lines = found.open.iter().map(|o| curve(&o.name, &plain, &o.values));
        panels.push(lines.fold(Panel::new(below(), Axis::new("open in the steady state").log()), Panel::with));
    }
    let rates = rates(found);
    if !rates.is_empty() {
        // Colours come again after eight.
        let look = |k: usize| if k < 8 { Look::Solid } else { Look::Dashed };
        let lines = rates.iter().enumerate().map(|(k, (name, values))| curve(name, &plain, values).look(look(k)));
        panels.push(lines.fold(Panel::new(below(), Axis::new("rate (1/ms)").zero()), Panel::with));
    }
    let report = &found.report;
    let title = format!("{}: gates against voltage", report.name);
    Chart { title, lines: vec![report.title.clone()], columns: 2, panels }.draw()
}
