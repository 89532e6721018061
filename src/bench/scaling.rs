//! The picture of times over threads.

use super::{
    Point, Report, Timed,
    picture::{LEFT, TOP, WIDTH, heading, points},
};
use crate::plot::{
    axes::{Axes, SMALL, numbered, ticks},
    palette::{self, GREY, GRID, INK},
    svg::{Anchor, Style, Svg},
};

const HEIGHT: f64 = 290.0;
/// Columns of the legend below the panels.
const COLUMNS: usize = 3;
const ROW: f64 = 19.0;

/// How the time of the loop falls with the threads (weak scaling: stays), beside the real-time factor.
pub fn scaling(report: &Report) -> String {
    let rows = report.series.len().div_ceil(COLUMNS);
    let legend = TOP + HEIGHT + 62.0;
    let mut svg = Svg::new(WIDTH, legend + rows as f64 * ROW + 6.0);
    let strong = report.scaling == "strong";
    let title = if strong {
        "Strong scaling: the same network on more threads"
    } else {
        "Weak scaling: the network grows with the threads"
    };
    heading(&mut svg, report, title, "median and range");

    let threads: Vec<f64> = points(report).map(|p| p.threads as f64).collect();
    let (low, high) = range(threads.iter().map(|n| n.log2()));
    let margin = if high > low { 0.06 * (high - low) } else { 0.5 };
    let x = (low - margin, high + margin);
    let panel = |left, width| Axes { left, top: TOP, width, height: HEIGHT, x, y: (0.0, 1.0) };
    let mut at_threads: Vec<f64> = threads.clone();
    at_threads.sort_by(f64::total_cmp);
    let below = spaced(&at_threads, &panel(0.0, 350.0));

    let mut left = panel(LEFT, 360.0);
    match strong {
        true => speed_up(&mut svg, &mut left, report, &below),
        false => efficiency(&mut svg, &mut left, report, &below),
    }
    let mut right = panel(520.0, 360.0);
    real_time(&mut svg, &mut right, report, &below);
    for (k, series) in report.series.iter().enumerate() {
        let (x, y) = (LEFT + (k % COLUMNS) as f64 * 275.0, legend + (k / COLUMNS) as f64 * ROW);
        svg.line([(x, y), (x + 20.0, y)], palette::colour(k), 1.6, strength(k));
        svg.marks([(x + 10.0, y)], MARK, palette::colour(k));
        svg.text((x + 27.0, y + 3.8), &series.label, Style { colour: INK, ..SMALL });
    }
    svg.finish()
}

/// Side of the square that stands for a case.
const MARK: (f64, f64) = (6.0, 6.0);

/// Colours repeat after eight; lines then are pale.
fn strength(series: usize) -> f64 {
    if series < 8 { 0.9 } else { 0.45 }
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

/// Ticks at the numbers of threads, on the logarithm's axis, without those too close to the one before.
fn spaced(threads: &[f64], axes: &Axes) -> Vec<(f64, String)> {
    let mut out: Vec<(f64, String)> = Vec::new();
    for n in threads {
        let at = n.log2();
        if out.last().is_none_or(|last| axes.at_x(at) - axes.at_x(last.0) > 20.0) {
            out.push((at, n.to_string()));
        }
    }
    out
}

/// Both axes are logarithmic, so that the ideal is a straight line for any number of threads.
fn speed_up(svg: &mut Svg, axes: &mut Axes, report: &Report, below: &[(f64, String)]) {
    let all = |series: &Timed| -> Vec<[f64; 3]> {
        let one = series.points[0].sim_seconds.median;
        series
            .points
            .iter()
            .map(|p| [p.sim_seconds.max, p.sim_seconds.median, p.sim_seconds.min].map(|t| (one / t).log2()))
            .collect()
    };
    let values: Vec<_> = report.series.iter().map(all).collect();
    let ideal = |series: &Timed| {
        let ratio = |p: &Point| p.threads as f64 / series.points[0].threads as f64;
        series.points.last().map_or(1.0, ratio).log2()
    };
    let (low, high) = range(values.iter().flatten().flatten().copied().chain(report.series.iter().map(ideal)));
    axes.y = (low.min(0.0) - 0.05, high.max(0.25) * 1.06 + 0.02);
    let left = logarithmic(axes.y, 2.0);
    grid(svg, axes, &left);
    // One line from the least number of threads; all series share it.
    let (from, to) = range(points(report).map(|p| (p.threads as f64).log2()));
    ideal_line(svg, axes, [(from, 0.0), (to, to - from)]);
    lines(svg, axes, report, &values);
    axes.axis_left(svg, &left, "speed-up");
    axes.axis_below(svg, below, Some("threads"));
}

fn efficiency(svg: &mut Svg, axes: &mut Axes, report: &Report, below: &[(f64, String)]) {
    let all = |series: &Timed| -> Vec<[f64; 3]> {
        let one = series.points[0].sim_seconds.median;
        let percent = |t: f64| 100.0 * one / t;
        series
            .points
            .iter()
            .map(|p| [p.sim_seconds.max, p.sim_seconds.median, p.sim_seconds.min].map(percent))
            .collect()
    };
    let values: Vec<_> = report.series.iter().map(all).collect();
    let (_, high) = range(values.iter().flatten().flatten().copied());
    axes.y = (0.0, high.max(100.0) * 1.06);
    let left = numbered(&ticks(axes.y, 5));
    grid(svg, axes, &left);
    ideal_line(svg, axes, [(axes.x.0, 100.0), (axes.x.1, 100.0)]);
    lines(svg, axes, report, &values);
    axes.axis_left(svg, &left, "efficiency (%)");
    axes.axis_below(svg, below, Some("threads"));
}

fn real_time(svg: &mut Svg, axes: &mut Axes, report: &Report, below: &[(f64, String)]) {
    let all = |series: &Timed| -> Vec<[f64; 3]> {
        let of =
            |p: &Point| [p.real_time_factor.min, p.real_time_factor.median, p.real_time_factor.max].map(f64::log10);
        series.points.iter().map(of).collect()
    };
    let values: Vec<_> = report.series.iter().map(all).collect();
    let (low, high) = range(values.iter().flatten().flatten().copied());
    let margin = (0.06 * (high - low)).max(0.1);
    axes.y = (low - margin, high + margin);
    let left = logarithmic(axes.y, 10.0);
    grid(svg, axes, &left);
    if axes.y.0 < 0.0 && axes.y.1 > 0.0 {
        let y = axes.at_y(0.0);
        svg.line([(axes.left, y), (axes.left + axes.width, y)], GREY, 1.2, 1.0);
        svg.text((axes.left + 0.27 * axes.width, y - 5.0), "real time", Style { anchor: Anchor::Middle, ..SMALL });
    }
    lines(svg, axes, report, &values);
    axes.axis_left(svg, &left, "wall time / biological time");
    axes.axis_below(svg, below, Some("threads"));
}

/// Ticks of a logarithmic axis whose range is in logarithms to this base: powers of the base, or round numbers where there
/// would be few.
fn logarithmic((low, high): (f64, f64), base: f64) -> Vec<(f64, String)> {
    let powers: Vec<f64> = (low.ceil() as i32..=high.floor() as i32).map(|k| base.powi(k)).collect();
    let round: Vec<f64> = match (powers.len(), base == 10.0) {
        (4.., _) => powers,
        (_, true) if high - low > 0.5 => {
            let decades = low.floor() as i32..=high.floor() as i32;
            decades.flat_map(|k| [1.0, 2.0, 5.0].map(|factor| factor * base.powi(k))).collect()
        }
        _ => ticks((base.powf(low), base.powf(high)), 5),
    };
    let label = |value: f64| match base == 2.0 && value < 1.0 && value.log2().fract() == 0.0 {
        true => format!("1/{}", 1.0 / value),
        false => format!("{}", (value * 1e6).round() / 1e6),
    };
    let inside = |value: &f64| (low..=high).contains(&value.log(base));
    round.into_iter().filter(inside).map(|value| (value.log(base), label(value))).collect()
}

fn grid(svg: &mut Svg, axes: &Axes, ticks: &[(f64, String)]) {
    for (tick, _) in ticks {
        let y = axes.at_y(*tick);
        svg.line([(axes.left, y), (axes.left + axes.width, y)], GRID, 1.0, 1.0);
    }
}

fn ideal_line(svg: &mut Svg, axes: &Axes, ends: [(f64, f64); 2]) {
    svg.line(ends.map(|(x, y)| (axes.at_x(x), axes.at_y(y))), GREY, 1.2, 1.0);
    let (x, y) = (axes.at_x(ends[1].0), axes.at_y(ends[1].1));
    svg.text((x - 8.0, y - 5.0), "ideal", Style { anchor: Anchor::End, ..SMALL });
}

/// Medians as marks on a line, ranges as whiskers. `values`: for each series and point, the range with the median inside.
fn lines(svg: &mut Svg, axes: &Axes, report: &Report, values: &[Vec<[f64; 3]>]) {
    for (k, (series, values)) in report.series.iter().zip(values).enumerate() {
        let colour = palette::colour(k);
        let x = |p: &Point| axes.at_x((p.threads as f64).log2());
        let medians: Vec<_> = series.points.iter().zip(values).map(|(p, v)| (x(p), axes.at_y(v[1]))).collect();
        for (p, [low, _, high]) in series.points.iter().zip(values) {
            svg.line([(x(p), axes.at_y(*low)), (x(p), axes.at_y(*high))], colour, 1.2, 0.6);
        }
        svg.line(medians.clone(), colour, 1.6, strength(k));
        svg.marks(medians, MARK, colour);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::derive::tests::report, *};

    #[test]
    fn axes_of_logarithms_have_round_numbers() {
        let labels = |range, base| logarithmic(range, base).into_iter().map(|t| t.1).collect::<Vec<_>>();
        assert_eq!(labels((0.0, 4.1), 2.0), ["1", "2", "4", "8", "16"]);
        assert_eq!(labels((-0.05, 1.1), 2.0), ["1", "1.5", "2"]);
        assert_eq!(labels((-2.1, 1.1), 2.0), ["1/4", "1/2", "1", "2"]);
        assert_eq!(labels((-2.1, 1.2), 10.0), ["0.01", "0.1", "1", "10"]);
        assert_eq!(labels((-1.2, 0.1), 10.0), ["0.1", "0.2", "0.5", "1"]);
    }

    #[test]
    fn the_picture_names_axes_and_lines() {
        let svg = scaling(&report(false));
        for part in
            [">speed-up<", ">ideal<", ">threads<", ">net, f64<", ">wall / biological", "Strong scaling", "range of 3"]
        {
            let part = part.replace("wall / biological", "wall time / biological time");
            assert!(svg.contains(&part), "{part} is not in the picture");
        }
        assert!(scaling(&report(true)).contains(">efficiency (%)<"));
    }
}
