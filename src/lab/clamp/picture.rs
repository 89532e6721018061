//! The picture of a clamp: each variable over time, one line a level; the I-V curves of voltage steps.

use crate::{
    lab::Report,
    plot::chart::{Axis, Chart, Line, Look, Panel},
    table::{Column, Table},
};

/// Levels beyond which lines are too many for a legend with names.
const NAMED: usize = 12;
/// Between a variable's name and its level in the names of columns.
const LEVEL: [&str; 2] = [" at ", " in the ramp"];

/// The picture as SVG.
pub fn draw(report: &Report) -> String {
    let traces = report.table("traces").expect("a clamp has its traces");
    let mut panels: Vec<Panel> = variables(traces).into_iter().map(|name| panel(traces, &name)).collect();
    panels.extend(report.table("iv").map(iv));
    let chart = Chart {
        title: format!("{} of {}", report.protocol.split(':').next().unwrap_or_default(), report.name),
        lines: vec![report.title.clone(), report.protocol.clone()],
        columns: 2,
        panels,
    };
    chart.draw()
}

fn split(column: &Column) -> (&str, &str) {
    let at = LEVEL.iter().find_map(|words| column.name.rfind(words));
    at.map_or((&*column.name, ""), |at| column.name.split_at(at))
}

/// Names of the variables, in order.
fn variables(traces: &Table) -> Vec<String> {
    let mut names: Vec<String> = traces.columns[1..].iter().map(|c| split(c).0.to_string()).collect();
    names.dedup();
    names
}

fn panel(traces: &Table, name: &str) -> Panel {
    let columns: Vec<&Column> = traces.columns.iter().filter(|c| split(c).0 == name).collect();
    let (scale, unit) = larger(&columns[0].unit, columns.iter().flat_map(|c| &c.values));
    let label = if unit == "1" { name.to_string() } else { format!("{name} ({unit})") };
    let time = &traces.columns[0].values;
    let mut panel = Panel::new(Axis::new("time (ms)"), Axis::new(label)).height(150.0);
    for (k, column) in columns.iter().enumerate() {
        // The first panel says which colour is which level.
        let legend = name == split(&traces.columns[1]).0 && columns.len() > 1 && columns.len() <= NAMED;
        let words = if legend { split(column).1.trim_start_matches(LEVEL[0]) } else { "" };
        let points = time.iter().copied().zip(column.values.iter().map(|y| scale * y)).collect();
        panel = panel.with(Line::new(words, points).colour(k));
    }
    panel
}

/// A unit a thousand times as large, with the factor, where numbers would need too many digits.
fn larger<'a>(unit: &str, values: impl Iterator<Item = &'a f64>) -> (f64, String) {
    let most = values.filter(|v| v.is_finite()).fold(0.0_f64, |most, v| most.max(v.abs()));
    match unit {
        "pA" if most >= 1e4 => (1e-3, "nA".into()),
        "nS" if most >= 1e4 => (1e-3, "uS".into()),
        "uA/cm^2" if most >= 1e4 => (1e-3, "mA/cm^2".into()),
        _ => (1.0, unit.into()),
    }
}

fn iv(table: &Table) -> Panel {
    let v = table.column("v");
    let (scale, unit) = larger(&table.columns[1].unit, table.columns[1..].iter().flat_map(|c| &c.values));
    let mut panel = Panel::new(Axis::new("v of the step (mV)"), Axis::new(format!("current ({unit})"))).height(150.0);
    for column in &table.columns[1..] {
        // Of each current that passes the peak, of the total the most inward and the steady one.
        if column.name.starts_with("I ") || column.name.ends_with(" peak") {
            let points = v.iter().copied().zip(column.values.iter().map(|y| scale * y)).collect();
            panel = panel.with(Line::new(&column.name, points).look(Look::Both));
        }
    }
    panel
}
