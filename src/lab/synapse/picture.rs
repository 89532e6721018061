//! The picture of a synapse: currents, potentials, current over potential.

use super::{Course, Synapse, table::conductance};
use crate::{
    plot::chart::{Axis, Chart, Layer, Line, Panel},
    table::significant,
};

/// Points of a course that a picture shows.
const POINTS: usize = 1500;

/// The picture as SVG.
pub fn draw(found: &Synapse) -> String {
    let mut panels = Vec::new();
    if !found.currents.is_empty() {
        panels.push(courses(found, "current into the clamped cell (pA)", &found.currents));
    }
    if !found.potentials.is_empty() {
        panels.push(courses(found, "change of potential, passive cell (mV)", &found.potentials));
    }
    if found.depends {
        let below = || Axis::new("holding potential (mV)");
        let points = found.curve.iter().map(|c| (c[0], c[1])).collect();
        let mut panel = Panel::new(below(), Axis::new("peak current (pA)")).with(Line::new("", points));
        if let Some(end) = found.reversal {
            panel = panel.with(Layer::Down(end, format!("reversal {} mV", significant(end, 4))));
        }
        panels.push(panel);
        if let Some(end) = found.reversal {
            let points = found.curve.iter().map(|c| (c[0], conductance(c, end))).filter(|p| p.1.is_finite()).collect();
            panels.push(Panel::new(below(), Axis::new("peak conductance (nS)").zero()).with(Line::new("", points)));
        }
    }
    let report = &found.report;
    let lines = vec![report.title.clone(), report.protocol.clone()];
    Chart { title: format!("{}: one synapse", report.name), lines, columns: panels.len().min(2), panels }.draw()
}

fn courses(found: &Synapse, name: &str, courses: &[Course]) -> Panel {
    let panel = Panel::new(Axis::new("time from the arrival (ms)"), Axis::new(name).zero());
    courses.iter().zip(&found.holding).fold(panel, |panel, (course, v)| {
        let every = course.times.len().div_ceil(POINTS).max(1);
        let points = course.times.iter().zip(&course.values).step_by(every).map(|(t, v)| (*t, *v)).collect();
        panel.with(Line::new(format!("{} mV", significant(*v, 6)), points))
    })
}
