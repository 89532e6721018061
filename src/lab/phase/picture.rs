//! The picture of a phase plane, and of its fixed points along a parameter.

use super::{Phase, Scanned, scan::ScanPoint};
use crate::{
    lab::unit::Unit,
    plot::chart::{Axis, Chart, Layer, Line, Look, Panel},
    table::significant,
};

/// Length of the longest arrow, as a share of the width.
const ARROW: f64 = 0.032;
/// Breaks a line.
const GAP: (f64, f64) = (f64::NAN, f64::NAN);

/// The picture as SVG.
pub fn draw(phase: &Phase) -> String {
    let mut panels = vec![plane(phase)];
    panels.extend(phase.scanned.as_ref().map(|scanned| bifurcations(phase, scanned)));
    let report = &phase.report;
    let lines = vec![report.title.clone(), report.protocol.clone()];
    Chart { title: format!("{}: phase plane", report.name), lines, columns: 1, panels }.draw()
}

fn plane(phase: &Phase) -> Panel {
    let units = phase.dims.map(Unit::of);
    let place = |p: [f64; 2]| (units[0].show(p[0]), units[1].show(p[1]));
    let axis = |k: usize, (low, high): (f64, f64)| {
        Axis::new(units[k].axis(&phase.names[k])).range(units[k].show(low), units[k].show(high))
    };
    let mut panel = Panel::new(axis(0, phase.window.x), axis(1, phase.window.y)).height(440.0);
    panel = panel.with(Layer::Arrows(arrows(phase).into_iter().map(|[p, d]| [place(p), place(d)]).collect()));
    for (k, lines) in phase.nullclines.iter().enumerate() {
        let points = joined(lines.iter().map(|line| line.iter().map(|&p| place(p)).collect()));
        panel = panel.with(Line::new(format!("d{}/dt = 0", phase.names[k]), points).colour(k));
    }
    let from = |start: [f64; 2]| {
        let value = |k: usize| format!("{} = {}", phase.names[k], significant(units[k].show(start[k]), 3));
        format!("from {}, {}", value(0), value(1))
    };
    for (k, path) in phase.trajectories.iter().enumerate() {
        let points = joined(path.pieces().into_iter().map(|piece| piece.into_iter().map(place).collect()));
        let name = if k == 0 { "from the initial state".into() } else { from(path.points[0].1) };
        panel = panel.with(Line::new(name, points).colour([2, 3, 5, 4, 6][k % 5]));
    }
    let starts = phase.trajectories.iter().map(|path| place(path.points[0].1)).collect();
    panel = panel.with(Line::new("", starts).look(Look::Dots).colour(2));
    let mut named: Vec<(&str, Vec<(f64, f64)>)> = Vec::new();
    for fixed in &phase.fixed {
        let name = fixed.kind().name();
        match named.iter_mut().find(|n| n.0 == name) {
            Some((_, places)) => places.push(place(fixed.at)),
            None => named.push((name, vec![place(fixed.at)])),
        }
    }
    for ((name, places), colour) in named.into_iter().zip([7, 4, 5, 6]) {
        panel = panel.with(Line::new(name, places).look(Look::Dots).colour(colour));
    }
    panel
}

/// Lines one after the other, with gaps.
fn joined(lines: impl Iterator<Item = Vec<(f64, f64)>>) -> Vec<(f64, f64)> {
    lines.flat_map(|line| line.into_iter().chain([GAP])).collect()
}

/// Directions of the flow as they look on paper, in the units of the axes; slow ones are shorter, but can be seen.
fn arrows(phase: &Phase) -> Vec<[[f64; 2]; 2]> {
    // A panel is about twice as wide as high.
    let (size, shape) = (phase.window.size(), [1.0, 0.55]);
    let on_paper = |rate: [f64; 2]| [0, 1].map(|k| rate[k] / size[k] * shape[k]);
    let speed = |rate: [f64; 2]| {
        let [a, b] = on_paper(rate);
        a.hypot(b)
    };
    let mut speeds: Vec<f64> = phase.field.iter().map(|f| speed(f[1])).filter(|s| s.is_finite()).collect();
    speeds.sort_by(f64::total_cmp);
    let middle = speeds.get(speeds.len() / 2).copied().unwrap_or(1.0);
    let vector = |rate: [f64; 2]| {
        let fast = speed(rate);
        let length = ARROW * (0.35 + 0.65 * fast / (fast + middle)) / fast;
        [0, 1].map(|k| length * on_paper(rate)[k] * size[k] / shape[k])
    };
    // Around their points, so that none leaves the frame.
    let around = |p: [f64; 2], d: [f64; 2]| [[p[0] - 0.5 * d[0], p[1] - 0.5 * d[1]], d];
    phase.field.iter().filter(|f| speed(f[1]) > 0.0).map(|&[p, rate]| around(p, vector(rate))).collect()
}

fn bifurcations(phase: &Phase, scanned: &Scanned) -> Panel {
    let (x, y) = (Unit::of(scanned.dim), Unit::of(phase.dims[0]));
    let place = |p: &ScanPoint| (x.show(p.value), y.show(p.fixed.at[0]));
    let below = Axis::new(x.axis(&scanned.parameter)).range(x.show(scanned.range.0), x.show(scanned.range.1));
    let mut panel = Panel::new(below, Axis::new(y.axis(&format!("{} of fixed points", phase.names[0])))).height(260.0);
    for (stable, name, look) in [(true, "stable", Look::Solid), (false, "unstable", Look::Dashed)] {
        let piece = |branch: &Vec<ScanPoint>| {
            branch.iter().map(|p| if p.fixed.kind().is_stable() == stable { place(p) } else { GAP }).collect()
        };
        let points = joined(scanned.scan.branches.iter().map(piece));
        if points.iter().any(|p| p.0.is_finite()) {
            panel = panel.with(Line::new(name, points).look(look).colour(0));
        }
    }
    for (k, found) in scanned.scan.bifurcations.iter().enumerate() {
        let name = format!("{} at {}", found.change.name(), crate::table::significant(x.show(found.at.value), 6));
        panel = panel.with(Line::new(name, vec![place(&found.at)]).look(Look::Dots).colour(1 + k));
    }
    panel
}
