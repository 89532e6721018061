//! The picture of a report: the window beside the change over frequency, or trains of short-term plasticity.

use super::{Report, table::short};
use crate::plot::{
    axes::{Axes, LABEL, SMALL, numbered, ticks},
    palette::{self, GREY, GRID, INK},
    svg::{Anchor, Style, Svg},
};

/// Width of a README.
const WIDTH: f64 = 900.0;
const TOP: f64 = 110.0;
const HEIGHT: f64 = 290.0;
const PANEL: f64 = 345.0;
/// Left edges of the two panels.
const PANELS: [f64; 2] = [78.0, 535.0];
/// From a panel's left edge to the name of its axis.
const NAME: f64 = 54.0;
const MARK: (f64, f64) = (5.0, 5.0);

/// Points of a window that marks do not cover.
const DOTS: usize = 61;

/// A line of a panel: name, points, deviations.
struct Line {
    name: String,
    points: Vec<(f64, f64)>,
    deviation: Vec<f64>,
}

/// The picture as SVG.
pub fn draw(report: &Report) -> String {
    let mut svg = Svg::new(WIDTH, TOP + HEIGHT + 54.0);
    svg.text((PANELS[0], 28.0), &cut(&report.rule, 80), Style { size: 15.0, bold: true, colour: INK, ..SMALL });
    svg.text((PANELS[0], 47.0), &cut(&report.title, 140), Style { colour: INK, ..SMALL });
    let mut protocol = report.protocol();
    if let Some(trains) = report.trains.as_ref().filter(|t| t.trials > 1) {
        protocol += &format!("; means and standard deviations over {} synapses", trains.trials);
    }
    svg.text((PANELS[0], 64.0), &cut(&protocol, 140), SMALL);
    if let Some(window) = &report.window {
        let (scale, unit) = unit(&window.change);
        let points = window.dt_ms.iter().zip(&window.change).map(|(&x, &y)| (x, scale * y));
        let lines = [Line { name: "window".into(), points: points.collect(), deviation: Vec::new() }];
        let mut axes = panel(PANELS[0], ends(&window.dt_ms));
        axes.y = range(&lines, true);
        frame(&mut svg, &axes, &numbered(&ticks(axes.x, 8)), "t_post − t_pre (ms)", &format!("weight change ({unit})"));
        if report.modulation.is_some() {
            let after = short(super::MODULATOR as f64 * super::DT);
            caption(&mut svg, &axes, &format!("modulator's spike {after} ms after the pairing"));
        }
        two_sides(&mut svg, &axes, &lines[0].points);
    }
    if let Some(p) = &report.frequency {
        let label = "frequency of pairings (Hz)";
        orders(&mut svg, label, &p.frequency_hz, p.apart_ms, (&p.pre_before_post, &p.post_before_pre));
    }
    if let Some(m) = &report.modulation {
        let label = "modulator's spike after the pairing (ms)";
        orders(&mut svg, label, &m.delay_ms, m.apart_ms, (&m.pre_before_post, &m.post_before_pre));
    }
    if let Some(trains) = &report.trains {
        let lines: Vec<Line> = (0..trains.frequency_hz.len())
            .map(|k| Line {
                name: format!("{} Hz", short(trains.frequency_hz[k])),
                points: (1..).map(f64::from).zip(trains.amplitude[k].iter().copied()).collect(),
                deviation: if trains.trials > 1 { trains.deviation[k].clone() } else { Vec::new() },
            })
            .collect();
        let count = trains.amplitude[0].len();
        let mut axes = panel(PANELS[0], (0.5, count as f64 + 0.5));
        axes.y = range(&lines, false);
        let each: Vec<f64> = (1..=count).map(|k| k as f64).collect();
        frame(&mut svg, &axes, &numbered(&each), "spike of the train", "transmitted / weight");
        draw_lines(&mut svg, &axes, &lines);
        let logs: Vec<f64> = trains.range_hz.iter().map(|hz| hz.log10()).collect();
        let points = logs.iter().copied().zip(trains.last.iter().copied()).collect();
        let last = [Line { name: format!("spike {count} of a train"), points, deviation: Vec::new() }];
        let mut axes = panel(PANELS[1], wider(ends(&logs)));
        axes.y = range(&last, false);
        frame(&mut svg, &axes, &decades(axes.x), "frequency of the train (Hz)", "transmitted / weight");
        draw_lines(&mut svg, &axes, &last);
    }
    svg.finish()
}

/// The right panel: both orders of the two spikes, over something that is drawn as its logarithm.
fn orders(svg: &mut Svg, label: &str, x: &[f64], apart: f64, (after, before): (&[f64], &[f64])) {
    let (scale, unit) = unit(&[after, before].concat());
    let logs: Vec<f64> = x.iter().map(|x| x.log10()).collect();
    let line = |name: String, changes: &[f64]| {
        let points = logs.iter().copied().zip(changes.iter().map(|c| scale * c)).collect();
        Line { name, points, deviation: Vec::new() }
    };
    let lines = [
        line(format!("+{} ms, pre before post", short(apart)), after),
        line(format!("−{} ms, post before pre", short(apart)), before),
    ];
    let mut axes = panel(PANELS[1], wider(ends(&logs)));
    axes.y = range(&lines, true);
    frame(svg, &axes, &decades(axes.x), label, &format!("weight change ({unit})"));
    draw_lines(svg, &axes, &lines);
}

fn panel(left: f64, x: (f64, f64)) -> Axes {
    Axes { left, top: TOP, width: PANEL, height: HEIGHT, x, y: (0.0, 1.0) }
}

/// Percent, or parts per million for changes of which a percent axis would show zeros.
fn unit(changes: &[f64]) -> (f64, &'static str) {
    let most = changes.iter().fold(0.0_f64, |most, c| most.max(c.abs()));
    if most > 0.0 && most < 2e-4 { (1e6, "ppm") } else { (100.0, "%") }
}

fn ends(values: &[f64]) -> (f64, f64) {
    (values.first().copied().unwrap_or(0.0), values.last().copied().unwrap_or(1.0))
}

/// Room for marks at both ends; a single value stands in the middle.
fn wider((low, high): (f64, f64)) -> (f64, f64) {
    let margin = if high > low { 0.03 * (high - low) } else { 0.3 };
    (low - margin, high + margin)
}

/// The range of all finite values with some air. Changes lie around 0, which is in the middle where there are none.
fn range(lines: &[Line], changes: bool) -> (f64, f64) {
    let spread = |l: &Line| -> Vec<f64> {
        let deviation = l.deviation.iter().copied().chain(std::iter::repeat(0.0));
        l.points.iter().zip(deviation).flat_map(|(p, d)| [p.1 - d, p.1 + d]).collect()
    };
    let all = lines.iter().flat_map(spread).filter(|y| y.is_finite());
    let (low, high) = all.fold((0.0_f64, 0.0_f64), |(low, high), y| (low.min(y), high.max(y)));
    if low == high {
        return if changes { (-1.0, 1.0) } else { (0.0, 1.0) };
    }
    let margin = 0.07 * (high - low);
    (if low < 0.0 || changes { low - margin } else { 0.0 }, high + margin)
}

/// Ticks at 1, 2 and 5 times powers of ten, on an axis of logarithms.
fn decades((low, high): (f64, f64)) -> Vec<(f64, String)> {
    let each = low.floor() as i32..=high.ceil() as i32;
    let all = each.flat_map(|decade| [1.0, 2.0, 5.0].map(|factor| factor * 10_f64.powi(decade)));
    let inside: Vec<f64> = all.filter(|value| (low..=high).contains(&value.log10())).collect();
    inside.iter().map(|value| (value.log10(), short(*value))).collect()
}

/// Grid, zero lines, axes and their names.
fn frame(svg: &mut Svg, axes: &Axes, below: &[(f64, String)], x: &str, y: &str) {
    let left = numbered(&ticks(axes.y, 8));
    let across = |svg: &mut Svg, at: f64, colour| {
        svg.line([(axes.left, axes.at_y(at)), (axes.left + axes.width, axes.at_y(at))], colour, 1.0, 1.0);
    };
    for (tick, _) in &left {
        across(svg, *tick, GRID);
    }
    if axes.y.0 < 0.0 {
        across(svg, 0.0, GREY);
    }
    // A time axis has a zero inside, an axis of logarithms has none that means anything.
    if axes.x.0 < 0.0 && axes.x.0 == -axes.x.1 {
        svg.line([(axes.at_x(0.0), axes.top), (axes.at_x(0.0), axes.bottom())], GREY, 1.0, 1.0);
    }
    axes.axis_left(svg, &left, "");
    axes.vertical_label(svg, y, NAME);
    axes.axis_below(svg, below, Some(x));
}

fn caption(svg: &mut Svg, axes: &Axes, text: &str) {
    svg.text((axes.left + axes.width / 2.0, axes.top - 12.0), text, Style { size: SMALL.size, ..LABEL });
}

/// A window: where it jumps at 0 no line joins the two sides.
fn two_sides(svg: &mut Svg, axes: &Axes, points: &[(f64, f64)]) {
    let at = |p: &&(f64, f64)| (axes.at_x(p.0), axes.at_y(p.1));
    let finite = || points.iter().filter(|p| p.1.is_finite());
    for (k, side) in [1.0, -1.0].into_iter().enumerate() {
        let of_side = || finite().filter(move |p| side * p.0 > 0.0);
        svg.line(of_side().map(|p| at(&p)), palette::colour(k), 1.6, 0.9);
        if points.len() <= DOTS {
            svg.marks(of_side().map(|p| at(&p)), MARK, palette::colour(k));
        }
    }
    svg.marks(finite().filter(|p| p.0 == 0.0).map(|p| at(&p)), (4.0, 4.0), INK);
}

/// Lines with marks, and a legend above the panel where there are several.
fn draw_lines(svg: &mut Svg, axes: &Axes, lines: &[Line]) {
    for (k, line) in lines.iter().enumerate() {
        let at = |p: &(f64, f64)| (axes.at_x(p.0), axes.at_y(p.1));
        let finite = || line.points.iter().filter(|p| p.1.is_finite());
        for (p, deviation) in line.points.iter().zip(&line.deviation) {
            // Side by side, so that all can be seen.
            let x = axes.at_x(p.0) + 3.0 * (k as f64 - 1.0);
            svg.line([(x, axes.at_y(p.1 - deviation)), (x, axes.at_y(p.1 + deviation))], palette::colour(k), 1.2, 0.5);
        }
        // Two that coincide are both seen where the first is thicker.
        let wide = if k == 0 && coincide(lines, axes) { 1.7 } else { 1.0 };
        svg.line(finite().map(at), palette::colour(k), 1.6 * wide, 0.9);
        svg.marks(finite().map(at), (MARK.0 * wide, MARK.1 * wide), palette::colour(k));
    }
    if lines.len() == 1 {
        return caption(svg, axes, &lines[0].name);
    }
    let column = axes.width / lines.len() as f64;
    for (k, line) in lines.iter().enumerate() {
        let (x, y) = (axes.left + k as f64 * column, axes.top - 16.0);
        svg.line([(x, y), (x + 18.0, y)], palette::colour(k), 1.6, 0.9);
        svg.marks([(x + 9.0, y)], MARK, palette::colour(k));
        svg.text((x + 24.0, y + 3.8), &line.name, Style { colour: INK, anchor: Anchor::Start, ..SMALL });
    }
}

/// Do two lines lie on each other all along?
fn coincide(lines: &[Line], axes: &Axes) -> bool {
    let near = |a: f64, b: f64| (axes.at_y(a) - axes.at_y(b)).abs() < 2.0;
    let [first, second] = lines else { return false };
    first.points.iter().zip(&second.points).all(|(a, b)| near(a.1, b.1))
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
    use super::{super::report::tests::report, *};

    #[test]
    fn the_picture_names_axes_units_and_both_orders() {
        let svg = draw(&report());
        for part in [
            ">mine<",
            ">A rule<",
            ">t_post − t_pre (ms)<",
            ">weight change (%)<",
            ">frequency of pairings (Hz)<",
            ">+10 ms, pre before post<",
            ">−10 ms, post before pre<",
            ">60 pairings at 1 Hz; ",
            ">0.1<",
            ">50<",
        ] {
            assert!(svg.contains(part), "{part} is not in the picture");
        }
    }

    #[test]
    fn axes_hold_what_is_drawn() {
        let line = |points: Vec<(f64, f64)>| [Line { name: String::new(), points, deviation: Vec::new() }];
        assert_eq!(range(&line(vec![(0.0, 0.0)]), true), (-1.0, 1.0));
        assert_eq!(range(&line(vec![(0.0, 1.0), (1.0, f64::NAN)]), false), (0.0, 1.07));
        let labels: Vec<String> = decades((-1.05, 1.75)).into_iter().map(|t| t.1).collect();
        assert_eq!(labels, ["0.1", "0.2", "0.5", "1", "2", "5", "10", "20", "50"]);
        assert_eq!((unit(&[1e-5, -1e-4]).1, unit(&[0.1]).1, unit(&[0.0]).1), ("ppm", "%", "%"));
    }
}
