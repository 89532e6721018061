//! What the pictures of a report have in common.

use super::{Point, Report};
use crate::{
    output::bytes,
    plot::{
        axes::SMALL,
        palette::INK,
        svg::{Style, Svg},
    },
};

/// Width of a README.
pub const WIDTH: f64 = 900.0;
/// Room on the left for the numbers of an axis.
pub const LEFT: f64 = 66.0;
/// Room above for title and machine.
pub const TOP: f64 = 74.0;

/// All cases, in the order in which they are drawn.
pub fn points(report: &Report) -> impl Iterator<Item = &Point> {
    report.series.iter().flat_map(|series| &series.points)
}

/// The title, and below it the machine and what of its runs (`median`) is shown.
pub fn heading(svg: &mut Svg, report: &Report, title: &str, what: &str) {
    svg.text((LEFT, 28.0), title, Style { size: 15.0, bold: true, colour: INK, ..SMALL });
    let m = &report.machine;
    let machine = format!("{}, {} cores, {}, {}", m.cpu, m.cores, bytes(m.memory_bytes), m.instructions);
    let runs = if report.repeat == 1 { "one run".into() } else { format!("{what} of {} runs", report.repeat) };
    let doubt = if points(report).any(|p| !p.warnings.is_empty()) { " · with warnings, see the table" } else { "" };
    svg.text((LEFT, 47.0), &format!("{machine} · bouton {} · {runs}{doubt}", report.bouton), SMALL);
}
