//! The picture of an f-I curve: rates with the closed form, gain, latency.

use crate::{
    lab::Report,
    plot::chart::{Axis, Chart, Layer, Line, Look, Panel},
    table::Table,
};

/// The picture as SVG.
pub fn draw(report: &Report) -> String {
    let table = report.table("fi").expect("a curve has its table");
    let per_area = !table.column("density").is_empty();
    let (x, name) = match per_area {
        true => (table.column("density"), "injected current (uA/cm^2)"),
        false => (table.column("I"), "injected current (pA)"),
    };
    let line = |column: &str, words: &str| Line::new(words, points(x, table, column));
    let axis = || Axis::new(name);
    let mut rates = Panel::new(axis(), Axis::new("rate (Hz)").zero()).height(300.0);
    rates = rates.with(line("rate", "steady rate").look(Look::Both));
    if !table.column("closed form").is_empty() {
        rates = rates.with(line("closed form", "closed form").look(Look::Dashed));
    }
    rates = rates.with(line("first interval", "first interval").look(Look::Dots).colour(2));
    for (fact, words) in [
        ("rheobase", "rheobase"),
        ("rheobase for one spike", "one spike"),
        ("rheobase for sustained firing", "sustained"),
        ("firing goes on down to", "goes on"),
        ("rest goes on under a slow rise up to", "slow rise"),
    ] {
        let fact = if per_area { format!("{fact}, density") } else { fact.into() };
        if let Some(value) = report.value(&fact) {
            rates = rates.with(Layer::Down(value, words.into()));
        }
    }
    let gain = (!table.column("gain").is_empty())
        .then(|| Panel::new(axis(), Axis::new("gain (Hz/nA)")).height(130.0).with(line("gain", "")));
    let latency = Panel::new(axis(), Axis::new("first spike (ms)").zero())
        .height(130.0)
        .with(line("latency", "").look(Look::Both));
    let chart = Chart {
        title: format!("f-I curve of {}", report.name),
        lines: vec![report.title.clone(), report.protocol.clone()],
        columns: 1,
        panels: std::iter::once(rates).chain(gain).chain([latency]).collect(),
    };
    chart.draw()
}

fn points(x: &[f64], table: &Table, column: &str) -> Vec<(f64, f64)> {
    x.iter().copied().zip(table.column(column).iter().copied()).collect()
}
