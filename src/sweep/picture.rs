//! The picture of a sweep: lines over one key, maps of heat over two.

use super::{Table, Vary};
use crate::plot::chart::{Axis, Chart, Heat, Line, Look, Panel};

/// Panels that still can be told apart.
const PANELS: usize = 8;
/// Words along an axis.
const WORDS: usize = 11;

/// The picture as SVG; none where other than one or two keys were varied.
pub fn draw(table: &Table) -> Option<String> {
    let panels = match &table.vary[..] {
        [_] => lines(table),
        [_, _] => maps(table),
        _ => return None,
    };
    let each = match table.repeat {
        1 => "one seed".into(),
        n if table.vary.len() > 1 => format!("means over {n} seeds"),
        n => format!("means over {n} seeds; bars: standard deviations, of shares of runs standard errors"),
    };
    let keys: Vec<String> = table.vary.iter().map(Vary::label).collect();
    Some(
        Chart {
            title: if table.title.is_empty() { table.network.clone() } else { table.title.clone() },
            lines: vec![format!("{} over {}; {each}", table.network, keys.join(" and "))],
            columns: if panels.len() == 1 { 1 } else { 2 },
            panels,
        }
        .draw(),
    )
}

/// A panel for each measure, one for all rates, one for all CVs.
fn lines(table: &Table) -> Vec<Panel> {
    let vary = &table.vary[0];
    let axis = || match (0..vary.values.len()).all(|k| vary.number(k).is_some()) {
        true => Axis::new(vary.label()),
        false => words(vary),
    };
    let x = |k: usize| vary.number(k).unwrap_or(k as f64 + 0.5);
    let line = |number: usize, name: &str| {
        let points = || (0..table.points.len()).filter_map(|p| Some((x(table.points[p][0]), table.mean(p, number)?)));
        let deviation = if table.repeat > 1 { points().map(|p| p.1.spread).collect() } else { Vec::new() };
        Line::new(name, points().map(|p| (p.0, p.1.mean)).collect()).look(Look::Both).deviation(deviation)
    };
    let shown = table.shown();
    let (measures, statistics) = shown.split_at(table.measures);
    let mut panels: Vec<Panel> = measures
        .iter()
        .map(|&number| {
            let share = table.is_share(number);
            let name = table.names[number].clone();
            let y = if share { Axis::new(format!("{name} (share of runs)")).range(0.0, 1.0) } else { Axis::new(name) };
            Panel::new(axis(), y).with(line(number, ""))
        })
        .collect();
    for (label, kind) in [("rate (Hz)", 0), ("CV of interspike intervals", 1)] {
        let mut panel = Panel::new(axis(), Axis::new(label).zero());
        for &number in statistics.iter().skip(kind).step_by(2) {
            let population = table.names[number].rsplit_once('.').map_or("", |(name, _)| name);
            panel = panel.with(line(number, population));
        }
        panels.push(panel);
    }
    panels
}

/// A map for each measure, rate and CV.
fn maps(table: &Table) -> Vec<Panel> {
    let [x, y] = &table.vary[..] else { unreachable!("two keys were varied") };
    let map = |number: &usize| {
        let mut values = vec![vec![f64::NAN; x.values.len()]; y.values.len()];
        for (p, point) in table.points.iter().enumerate() {
            values[point[1]][point[0]] = table.mean(p, *number).map_or(f64::NAN, |m| m.mean);
        }
        Panel::new(words(x), words(y)).with(Heat { name: table.names[*number].clone(), values })
    };
    table.shown().iter().map(map).take(PANELS).collect()
}

/// An axis with a place for each value, in the middle of its cell.
fn words(vary: &Vary) -> Axis {
    let n = vary.values.len();
    let every = n.div_ceil(WORDS);
    let places = (0..n).step_by(every).map(|k| (k as f64 + 0.5, vary.short(k)));
    Axis::new(vary.label()).range(0.0, n as f64).words(places.collect())
}
