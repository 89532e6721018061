//! Charts: panels beside and below each other, each with named axes, lines, marks, bars, arrows or a map of heat.
//!
//! What draws says what the data are; ranges, ticks, colours, legends and the places of panels follow from them.

mod axis;
mod layer;
mod panel;

pub use axis::Axis;
pub use layer::{Heat, Layer, Line, Look};

use super::{
    axes::SMALL,
    palette::INK,
    svg::{Style, Svg},
};

/// Width of a README.
const WIDTH: f64 = 900.0;
/// Around panels: numbers and names of the axis on the left, a margin or the scale of a map on the right.
const LEFT: f64 = 78.0;
const RIGHT: f64 = 22.0;
const SCALE: f64 = 84.0;
/// Above a panel: its caption; below: numbers and name of the axis.
const ABOVE: f64 = 16.0;
const LINE: f64 = 16.0;
const BELOW: f64 = 52.0;
/// Characters of a line of text that fit the width.
const CHARACTERS: usize = 140;

/// A picture of several panels.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// What is shown, in bold.
    pub title: String,
    /// Lines below the title: where it comes from, how it was made.
    pub lines: Vec<String>,
    /// Panels in a row.
    pub columns: usize,
    /// Panels, row by row.
    pub panels: Vec<Panel>,
}

/// A rectangle with two axes and what is drawn in it, in this order.
#[derive(Clone, Debug)]
pub struct Panel {
    /// What it shows, above it; nothing where the legend says it.
    pub caption: String,
    /// The axis below.
    pub x: Axis,
    /// The axis on the left.
    pub y: Axis,
    /// Height in pixels.
    pub height: f64,
    /// What is drawn.
    pub layers: Vec<Layer>,
}

impl Panel {
    /// A panel of the usual height.
    pub fn new(x: Axis, y: Axis) -> Self {
        Self { caption: String::new(), x, y, height: 260.0, layers: Vec::new() }
    }

    /// With a caption.
    pub fn caption(self, caption: impl Into<String>) -> Self {
        Self { caption: caption.into(), ..self }
    }

    /// With another height in pixels.
    pub fn height(self, height: f64) -> Self {
        Self { height, ..self }
    }

    /// With one more thing in it.
    pub fn with(mut self, layer: impl Into<Layer>) -> Self {
        self.layers.push(layer.into());
        self
    }
}

impl Chart {
    /// The picture as SVG.
    pub fn draw(&self) -> String {
        let columns = self.columns.max(1);
        let head = if self.title.is_empty() { 8.0 } else { 36.0 } + 17.0 * self.lines.len() as f64;
        let rows: Vec<&[Panel]> = self.panels.chunks(columns).collect();
        let above: Vec<f64> = rows.iter().map(|row| row.iter().map(|p| p.above(columns)).fold(0.0, f64::max)).collect();
        let high = |row: &[Panel]| row.iter().map(|p| p.height).fold(0.0, f64::max);
        let total: f64 = rows.iter().zip(&above).map(|(row, above)| above + high(row) + BELOW).sum();
        let mut svg = Svg::new(WIDTH, head + total + 4.0);
        svg.text((LEFT, 26.0), &cut(&self.title, 90), Style { size: 15.0, bold: true, colour: INK, ..SMALL });
        for (k, line) in self.lines.iter().enumerate() {
            svg.text((LEFT, 45.0 + 17.0 * k as f64), &cut(line, CHARACTERS), Style { colour: INK, ..SMALL });
        }
        let column = WIDTH / columns as f64;
        let mut top = head;
        for (row, above) in rows.iter().zip(&above) {
            top += above;
            for (k, panel) in row.iter().enumerate() {
                panel.draw(&mut svg, (column * k as f64 + LEFT, top), panel.width(columns));
            }
            top += high(row) + BELOW;
        }
        svg.finish()
    }
}

/// The first `most` characters.
fn cut(text: &str, most: usize) -> String {
    match text.chars().count() <= most {
        true => text.into(),
        false => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_a_panel_can_hold_is_in_the_picture() {
        let wave =
            |phase: f64| (0..=100).map(|k| (f64::from(k), (0.1 * f64::from(k) + phase).sin())).collect::<Vec<_>>();
        let lines = Panel::new(Axis::new("time (ms)"), Axis::new("v (mV)"))
            .caption("lines & marks")
            .with(Layer::Across(0.5, "threshold".into()))
            .with(Line::new("sine", wave(0.0)))
            .with(Line::new("dashed", wave(1.0)).look(Look::Dashed))
            .with(Line::new("steps", wave(2.0)).look(Look::Steps).colour(4))
            .with(Line::new("points", wave(3.0)).look(Look::Dots).deviation(vec![0.1; 101]))
            .with(Layer::Down(50.0, "here".into()));
        let logs = Panel::new(Axis::new("frequency (Hz)").log(), Axis::new("power (1/Hz)").log())
            .with(Line::new("", vec![(1.0, 1.0), (10.0, 0.01), (1000.0, 1e-6)]).look(Look::Both));
        let heat = Heat { name: "rate (Hz)".into(), values: vec![vec![1.0, 2.0, 3.0], vec![4.0, f64::NAN, 6.0]] };
        let map = Panel::new(Axis::new("g").range(0.0, 3.0), Axis::new("eta").range(0.0, 2.0)).with(heat);
        let field = (0..10)
            .flat_map(|i| (0..10).map(move |j| (f64::from(i), f64::from(j))))
            .map(|p| [p, (0.1 * p.1, -0.1 * p.0)]);
        let arrows = Panel::new(Axis::new("v (mV)"), Axis::new("w (pA)")).with(Layer::Arrows(field.collect()));
        let chart = Chart {
            title: "A chart".into(),
            lines: vec!["by nobody".into(), "twice".into()],
            columns: 2,
            panels: vec![lines, logs, map, arrows],
        };
        let svg = chart.draw();
        for part in [
            ">A chart<",
            ">twice<",
            ">lines &amp; marks<",
            ">time (ms)<",
            ">v (mV)<",
            ">dashed<",
            ">threshold<",
            ">here<",
            ">rate (Hz)<",
            ">0.01<",
            ">1000<",
            "stroke-dasharray",
        ] {
            assert!(svg.contains(part), "{part} is not in the picture");
        }
    }
}
