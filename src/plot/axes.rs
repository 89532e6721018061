//! A panel's frame: from data to paper, ticks at round numbers, labels.

use super::{
    palette::{GREY, GRID, INK},
    svg::{Anchor, Style, Svg},
};

/// Small text.
pub const SMALL: Style = Style { size: 10.5, bold: false, colour: GREY, anchor: Anchor::Start };
/// Axis labels.
pub const LABEL: Style = Style { size: 11.5, bold: false, colour: INK, anchor: Anchor::Middle };

/// Width of a digit of small text.
const DIGIT: f64 = 6.7;
/// From a panel to the label of its left axis, where its numbers leave room.
const NAME: f64 = 46.0;

/// A rectangle on paper with a range of data on each side.
#[derive(Clone, Copy, Debug)]
pub struct Axes {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
    pub x: (f64, f64),
    pub y: (f64, f64),
}

impl Axes {
    /// Where a time lies on paper.
    pub fn at_x(&self, x: f64) -> f64 {
        self.left + (x - self.x.0) / (self.x.1 - self.x.0) * self.width
    }

    /// Where a value lies on paper.
    pub fn at_y(&self, y: f64) -> f64 {
        self.bottom() - (y - self.y.0) / (self.y.1 - self.y.0) * self.height
    }

    /// Lower edge.
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// Grid lines at the times of ticks; draw before the data.
    pub fn time_grid(&self, svg: &mut Svg) {
        for tick in ticks(self.x, 8) {
            let x = self.at_x(tick);
            svg.line([(x, self.top), (x, self.bottom())], GRID, 1.0, 1.0);
        }
    }

    /// The time axis below, with numbers and label where it is the lowest of the figure.
    pub fn time_axis(&self, svg: &mut Svg, label: Option<&str>) {
        self.axis_below(svg, &numbered(&ticks(self.x, 8)), label);
    }

    /// An axis below with ticks at these places; numbers and label where there is a label.
    pub fn axis_below(&self, svg: &mut Svg, ticks: &[(f64, String)], label: Option<&str>) {
        let bottom = self.bottom();
        svg.line([(self.left, bottom), (self.left + self.width, bottom)], INK, 1.0, 1.0);
        for (tick, number) in ticks {
            let x = self.at_x(*tick);
            svg.line([(x, bottom), (x, bottom + 4.0)], INK, 1.0, 1.0);
            if label.is_some() {
                svg.text((x, bottom + 17.0), number, Style { anchor: Anchor::Middle, ..SMALL });
            }
        }
        if let Some(label) = label {
            svg.text((self.left + self.width / 2.0, bottom + 36.0), label, LABEL);
        }
    }

    /// The value axis on the left with about four numbers.
    pub fn value_axis(&self, svg: &mut Svg, label: &str) {
        self.axis_left(svg, &numbered(&ticks(self.y, 4)), label);
    }

    /// An axis on the left with ticks and numbers at these places.
    pub fn axis_left(&self, svg: &mut Svg, ticks: &[(f64, String)], label: &str) {
        svg.line([(self.left, self.top), (self.left, self.bottom())], INK, 1.0, 1.0);
        for (tick, number) in ticks {
            let y = self.at_y(*tick);
            svg.line([(self.left - 4.0, y), (self.left, y)], INK, 1.0, 1.0);
            svg.text((self.left - 8.0, y + 3.8), number, Style { anchor: Anchor::End, ..SMALL });
        }
        let widest = ticks.iter().map(|(_, number)| number.chars().count()).max().unwrap_or(0);
        self.vertical_label(svg, label, NAME.max(14.0 + DIGIT * widest as f64));
    }

    /// A label left of the panel, at this distance.
    pub fn vertical_label(&self, svg: &mut Svg, label: &str, distance: f64) {
        svg.vertical_text((self.left - distance, self.top + self.height / 2.0), label, LABEL);
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `value`.
pub fn round_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|&step| step >= value * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

/// At most `about` + 1 round numbers inside a range, and at least two.
pub fn ticks((low, high): (f64, f64), about: usize) -> Vec<f64> {
    let inside = |step: f64| -> Vec<f64> {
        let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
        (first..=last).map(|k| k as f64 * step).collect()
    };
    let step = round_up((high - low) / about as f64);
    let all = inside(step);
    // Of a step of half the range one tick may be all that falls inside: it tells no scale.
    if all.len() > 1 { all } else { inside(round_up(0.4 * step)) }
}

/// Ticks with their numbers.
pub fn numbered(all: &[f64]) -> Vec<(f64, String)> {
    all.iter().map(|&tick| (tick, number(tick, all))).collect()
}

/// A tick's number with the digits that tell it from its neighbours; with an exponent where that is shorter.
fn number(tick: f64, all: &[f64]) -> String {
    let step = all.windows(2).map(|pair| pair[1] - pair[0]).next().unwrap_or(1.0);
    // Steps are differences of rounded numbers.
    let place = (step.log10() + 1e-9).floor();
    let with_exponent = place < -4.0 || all.iter().any(|tick| tick.abs() >= 1e6);
    let zero = tick.abs() < step * 1e-6;
    let text = if with_exponent {
        let digits = (tick.abs().log10() + 1e-9).floor() - place;
        if zero { "0".into() } else { format!("{tick:.*e}", digits.max(0.0) as usize) }
    } else {
        format!("{:.*}", (-place).max(0.0) as usize, if zero { 0.0 } else { tick })
    };
    text.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_ticks_are_round() {
        for (value, step) in [(0.13, 0.2), (1.0, 1.0), (2.1, 5.0), (70.0, 100.0), (0.0004, 0.0005)] {
            assert!((round_up(value) / step - 1.0).abs() < 1e-9, "{value} -> {}", round_up(value));
        }
        assert_eq!(ticks((0.0, 1000.0), 8), [0.0, 200.0, 400.0, 600.0, 800.0, 1000.0]);
        assert_eq!(ticks((-71.0, -49.0), 4), [-70.0, -60.0, -50.0]);
        assert_eq!(ticks((0.05, 0.95), 4).len(), 4);
    }

    #[test]
    fn numbers_are_written_short() {
        assert_eq!(number(-60.0, &[-70.0, -60.0]), "\u{2212}60");
        assert_eq!(number(0.5, &[0.0, 0.5, 1.0]), "0.5");
        assert_eq!(number(-1e-12, &[-0.5, 0.0, 0.5]), "0.0");
        assert_eq!(number(0.3, &ticks((0.15, 0.45), 3)), "0.3");
        let small = ticks((-4e-5, 1.55e-4), 4);
        assert_eq!(
            small.iter().map(|t| number(*t, &small)).collect::<Vec<_>>(),
            ["0", "5e\u{2212}5", "1.0e\u{2212}4", "1.5e\u{2212}4"]
        );
        assert_eq!(number(2_500_000.0, &[2_000_000.0, 2_500_000.0]), "2.5e6");
    }

    #[test]
    fn data_maps_to_paper() {
        let axes = Axes { left: 10.0, top: 20.0, width: 100.0, height: 50.0, x: (0.0, 2.0), y: (-1.0, 1.0) };
        assert_eq!((axes.at_x(1.0), axes.at_y(-1.0), axes.at_y(1.0)), (60.0, 70.0, 20.0));
    }
}
