//! A drawing: the few shapes that a figure needs, as SVG.

use std::fmt::Write;

/// Verdana and DejaVu Sans have the same widths, so that a figure keeps its layout where only one is installed.
const FONT: &str = "DejaVu Sans, Verdana, sans-serif";

/// Where a text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub size: f64,
    pub bold: bool,
    pub colour: &'static str,
    pub anchor: Anchor,
}

/// A drawing under construction; units are pixels at README width.
pub struct Svg {
    body: String,
    width: f64,
    height: f64,
}

impl Svg {
    /// A white sheet.
    pub fn new(width: f64, height: f64) -> Self {
        Self { body: String::new(), width, height }
    }

    /// A filled rectangle.
    pub fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), colour: &str, opacity: f64) {
        self.push(format_args!(
            r#"<rect x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}" fill="{colour}" fill-opacity="{opacity}"/>"#
        ));
    }

    /// A line through points.
    pub fn line(&mut self, points: impl IntoIterator<Item = (f64, f64)>, colour: &str, width: f64, opacity: f64) {
        self.polyline(points, colour, width, format_args!(r#"stroke-opacity="{opacity}""#));
    }

    /// A broken line through points.
    pub fn dashed(&mut self, points: impl IntoIterator<Item = (f64, f64)>, colour: &str, width: f64) {
        self.polyline(points, colour, width, format_args!(r#"stroke-dasharray="5 3""#));
    }

    fn polyline(
        &mut self,
        points: impl IntoIterator<Item = (f64, f64)>,
        colour: &str,
        width: f64,
        how: std::fmt::Arguments,
    ) {
        let mut path = String::new();
        for (x, y) in points {
            write!(path, "{}{x:.2},{y:.2}", if path.is_empty() { "" } else { " " }).expect("writing to a string");
        }
        self.push(format_args!(
            r#"<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}" {how} stroke-linejoin="round"/>"#
        ));
    }

    /// Many equal marks, as one path.
    pub fn marks(&mut self, centres: impl IntoIterator<Item = (f64, f64)>, (wide, high): (f64, f64), colour: &str) {
        let mut path = String::new();
        for (x, y) in centres {
            let (x, y) = (x - wide / 2.0, y - high / 2.0);
            write!(path, "M{x:.2},{y:.2}h{wide:.2}v{high:.2}h-{wide:.2}z").expect("writing to a string");
        }
        self.push(format_args!(r#"<path d="{path}" fill="{colour}"/>"#));
    }

    /// Many rectangles of one colour (left, top, right, bottom), as one path whose neighbours leave no seam.
    pub fn cells(&mut self, cells: impl IntoIterator<Item = [f64; 4]>, colour: &str) {
        let mut path = String::new();
        for [left, top, right, bottom] in cells {
            write!(path, "M{left:.2},{top:.2}H{right:.2}V{bottom:.2}H{left:.2}z").expect("writing to a string");
        }
        self.push(format_args!(r#"<path d="{path}" fill="{colour}" shape-rendering="crispEdges"/>"#));
    }

    /// A line of text; `y` is its baseline.
    pub fn text(&mut self, at: (f64, f64), text: &str, style: Style) {
        self.transformed_text(format_args!("{:.2} {:.2}", at.0, at.1), "", text, style);
    }

    /// A line of text that runs upwards.
    pub fn vertical_text(&mut self, at: (f64, f64), text: &str, style: Style) {
        self.transformed_text(format_args!("{:.2} {:.2}", at.0, at.1), " rotate(-90)", text, style);
    }

    fn transformed_text(&mut self, at: std::fmt::Arguments, rotation: &str, text: &str, style: Style) {
        let Style { size, bold, colour, anchor } = style;
        let weight = if bold { "bold" } else { "normal" };
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escape(text);
        self.push(format_args!(
            r#"<text transform="translate({at}){rotation}" font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="{anchor}">{text}</text>"#
        ));
    }

    fn push(&mut self, element: std::fmt::Arguments) {
        writeln!(self.body, "{element}").expect("writing to a string cannot fail");
    }

    /// The whole document.
    pub fn finish(self) -> String {
        let Self { body, width, height } = self;
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{FONT}">
<rect width="100%" height="100%" fill="#FFFFFF"/>
{body}</svg>
"##
        )
    }
}

/// Text as XML holds it; control characters, which it cannot hold, become blanks.
fn escape(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_users_cannot_break_the_document() {
        let mut svg = Svg::new(10.0, 10.0);
        let style = Style { size: 9.0, bold: false, colour: "#000000", anchor: Anchor::End };
        svg.text((1.0, 2.0), "E -> I & <b>\u{1}", style);
        let text = svg.finish();
        assert!(text.contains(">E -&gt; I &amp; &lt;b&gt; </text>"), "{text}");
        assert!(text.contains("text-anchor=\"end\""));
    }
}
