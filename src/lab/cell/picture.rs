//! Equilibrium potentials over the concentration outside, with what the cell has.

use crate::{
    lab::Report,
    membrane::nernst,
    plot::chart::{Axis, Chart, Layer, Line, Look, Panel},
};

use super::Cell;

/// The picture as SVG.
pub fn draw(cell: &Cell, report: &Report) -> String {
    let kelvin = crate::membrane::celsius(cell.celsius);
    let mut panel = Panel::new(Axis::new("concentration outside (mM)").log(), Axis::new("equilibrium potential (mV)"))
        .height(320.0);
    for (k, ion) in cell.ions.iter().enumerate() {
        let at = |factor: f64| {
            let outside = ion.outside * factor;
            (outside, nernst(ion.valence, outside, ion.inside, kelvin))
        };
        let line = (-20..=20).map(|j| at(10f64.powf(f64::from(j) / 20.0))).collect();
        panel = panel.with(Line::new(format!("{}, {} mM inside", ion.name, ion.inside), line).colour(k));
        panel = panel.with(Line::new("", vec![at(1.0)]).look(Look::Dots).colour(k));
    }
    let rest = report.value("resting potential from conductances").expect("a cell has one");
    panel = panel.with(Layer::Across(rest, "rest".into()));
    let chart = Chart {
        title: format!("Ions of a cell: {}", report.name),
        lines: vec![report.title.clone(), report.protocol.clone()],
        columns: 1,
        panels: vec![panel],
    };
    chart.draw()
}
