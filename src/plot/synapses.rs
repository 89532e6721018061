//! Panels of recorded synapses: their values over time, histograms over time, and histograms at a few times.

use super::{
    axes::{Axes, SMALL, numbered, ticks},
    figure::{Below, Panel, RIGHT, length},
    palette::{GREY, INK, colour, shade},
    panels::{Clock, extremes, fitted, side_label, with_unit},
    raster::spread,
    svg::{Style, Svg},
};
use crate::{
    error::Result,
    output::count,
    record::{Results, SynapseInfo, Synapses},
};

const LINES_HEIGHT: f64 = 130.0;
const MAP_HEIGHT: f64 = 160.0;
/// Numbers on the left, about: these panels are higher than those of traces.
const TICKS: usize = 6;
/// Panels that a figure shows at most.
pub const PANELS: usize = 6;
/// Lines that can still be followed, and those that can also be named.
const LINES: usize = 20;
const NAMED: usize = 6;
/// Columns and rows of a map: cells of about four and two pixels.
const COLUMNS: usize = 170;
const ROWS: usize = 80;
/// Fewer times are drawn as lines over the weight.
const MAP_TIMES: usize = 4;
/// Colours of a map.
const SHADES: u32 = 40;

/// What a panel shows: a record by its number, and its variable by its number where it has no histogram.
type Shown = (usize, Option<usize>);

/// Records and their variables that have a panel each, in their order.
pub fn drawable(results: &Results) -> impl Iterator<Item = Shown> {
    results.synapse_records.iter().enumerate().flat_map(|(number, info)| {
        let histogram = !info.edges.is_empty() && !info.times_ms.is_empty();
        let lines = info.edges.is_empty() && info.times_ms.len() > 1 && info.synapses > 0;
        let variables = if lines { 0..info.variables.len() } else { 0..0 };
        histogram.then_some((number, None)).into_iter().chain(variables.map(move |v| (number, Some(v))))
    })
}

/// The panels of a figure: the first ones.
pub fn panels(results: &Results, clock: Clock) -> Result<Vec<Panel<'_>>> {
    let panel = |(number, variable): Shown| {
        let info = &results.synapse_records[number];
        if let Some(variable) = variable {
            let synapses = results.synapses(number, variable, LINES)?;
            return Ok(Panel::new(LINES_HEIGHT, Below::Time, move |svg, axes| {
                lines(svg, axes, info, variable, &synapses, clock);
            }));
        }
        let counts = results.histogram(number)?;
        Ok(if counts.len() < MAP_TIMES {
            Panel::new(LINES_HEIGHT, Below::Own, move |svg, axes| distribution(svg, axes, info, &counts))
        } else {
            Panel::new(MAP_HEIGHT, Below::Time, move |svg, axes| map(svg, axes, info, &counts, clock))
        })
    };
    drawable(results).take(PANELS).map(panel).collect()
}

/// A line for each of some synapses.
fn lines(svg: &mut Svg, axes: &mut Axes, info: &SynapseInfo, variable: usize, synapses: &Synapses, clock: Clock) {
    axes.y = fitted(synapses.values.iter().flatten().copied());
    axes.time_grid(svg);
    for (k, values) in synapses.values.iter().enumerate() {
        let points = extremes(&info.times_ms, values.iter().copied()).into_iter();
        let points = points.map(|(time, value)| (axes.at_x(time * clock.scale), axes.at_y(value)));
        svg.line(points, colour(k), 1.1, 0.8);
    }
    let (name, unit) = &info.variables[variable];
    axes.axis_left(svg, &numbered(&ticks(axes.y, TICKS)), &with_unit(name, unit));
    let shown = synapses.values.len();
    let (few, of) = (shown <= NAMED, if shown < info.synapses { format!("{shown} of ") } else { String::new() });
    let detail = format!("{of}{} synapses", count(info.synapses as u64));
    let centre = axes.top + if few { 12.0 } else { axes.height / 2.0 };
    side_label(svg, axes, centre, &whose(info), &detail, INK);
    if few {
        // At the ends of their lines, as far as there is room.
        let mut ends: Vec<(f64, usize)> =
            synapses.values.iter().enumerate().map(|(k, v)| (axes.at_y(*v.last().unwrap_or(&0.0)), k)).collect();
        ends.sort_by(|a, b| a.0.total_cmp(&b.0));
        let places: Vec<f64> = ends.iter().map(|end| end.0).collect();
        for (y, (_, k)) in spread(&places, 13.0, axes.top + 40.0, axes.bottom()).into_iter().zip(ends) {
            let name = format!("{} \u{2192} {}", synapses.sources[k], synapses.targets[k]);
            svg.text((axes.left + axes.width + RIGHT, y + 3.5), &name, Style { colour: colour(k), ..SMALL });
        }
    }
}

/// Counts as colours over time and value, with the colours' scale on the right.
fn map(svg: &mut Svg, axes: &mut Axes, info: &SynapseInfo, counts: &[Vec<u64>], clock: Clock) {
    let bins = info.edges.len() - 1;
    let (wide, high) = (counts.len().div_ceil(COLUMNS), bins.div_ceil(ROWS));
    axes.y = (info.edges[0], info.edges[bins]);
    let merged: Vec<Vec<u64>> =
        counts.iter().step_by(wide).map(|row| row.chunks(high).map(|bins| bins.iter().sum()).collect()).collect();
    let most = merged.iter().flatten().copied().max().unwrap_or(0).max(1);
    // Few synapses in a bin stay visible beside many.
    let strength = |count: u64| (count as f64).ln_1p() / (most as f64).ln_1p();
    let mut cells = vec![Vec::new(); SHADES as usize];
    for (k, row) in merged.iter().enumerate() {
        let time = |k: usize| info.times_ms.get(k * wide).map_or(axes.x.1, |time| time * clock.scale);
        // A column reaches to the next one, the last one to the end of the run.
        let (left, right) = (axes.at_x(time(k)), axes.at_x(time(k + 1)).max(axes.at_x(time(k)) + 1.0));
        for (bin, &count) in row.iter().enumerate().filter(|(_, count)| **count > 0) {
            let (low, above) = (info.edges[bin * high], info.edges[(bin * high + high).min(bins)]);
            let shade = (strength(count) * f64::from(SHADES - 1)) as usize;
            cells[shade].push([left, axes.at_y(above), right, axes.at_y(low)]);
        }
    }
    let strengths = (0..SHADES).map(|k| f64::from(k) / f64::from(SHADES - 1));
    for (cells, strength) in cells.into_iter().zip(strengths.clone()).filter(|(cells, _)| !cells.is_empty()) {
        svg.cells(cells, &shade(strength));
    }
    let (name, unit) = &info.variables[0];
    axes.axis_left(svg, &numbered(&ticks(axes.y, TICKS)), &with_unit(name, unit));

    let x = axes.left + axes.width + RIGHT;
    let each = if high > 1 { format!("synapses per {high} bins") } else { "synapses per bin".into() };
    side_label(svg, axes, axes.top + 12.0, &whose(info), &each, INK);
    let (top, bottom) = (axes.top + 36.0, axes.bottom());
    let at = |strength: f64| bottom - strength * (bottom - top);
    let step = 1.0 / f64::from(SHADES);
    for (k, strength) in strengths.enumerate() {
        svg.cells([[x, at((k + 1) as f64 * step), x + 12.0, at(k as f64 * step)]], &shade(strength));
    }
    let powers = (0..).map(|k| 10_u64.pow(k)).take_while(|power| *power <= most);
    // The greatest count has a number, and powers of ten have one where it leaves room.
    for number in powers.filter(|power| at(strength(*power)) - at(1.0) > 12.0).chain([most]) {
        let y = at(strength(number));
        svg.line([(x + 12.0, y), (x + 16.0, y)], GREY, 1.0, 1.0);
        svg.text((x + 20.0, y + 3.8), &count(number), SMALL);
    }
}

/// Counts over the value, a line for each time.
fn distribution(svg: &mut Svg, axes: &mut Axes, info: &SynapseInfo, counts: &[Vec<u64>]) {
    let bins = info.edges.len() - 1;
    let most = counts.iter().flatten().copied().max().unwrap_or(0).max(1);
    (axes.x, axes.y) = ((info.edges[0], info.edges[bins]), (0.0, most as f64 * 1.05));
    axes.time_grid(svg);
    let x = axes.left + axes.width + RIGHT;
    side_label(svg, axes, axes.top + 12.0, &whose(info), "synapses per bin", INK);
    for (k, (row, time)) in counts.iter().zip(&info.times_ms).enumerate() {
        let corners = row.iter().enumerate().flat_map(|(bin, &count)| {
            [info.edges[bin], info.edges[bin + 1]].map(|edge| (axes.at_x(edge), axes.at_y(count as f64)))
        });
        svg.line(corners, colour(k), 1.4, 0.9);
        let style = Style { colour: colour(k), ..SMALL };
        svg.text((x, axes.top + 42.0 + 14.0 * k as f64), &format!("at {}", length(*time)), style);
    }
    axes.value_axis(svg, "synapses");
    let (name, unit) = &info.variables[0];
    axes.axis_below(svg, &numbered(&ticks(axes.x, 8)), Some(&with_unit(name, unit)));
}

/// `E->E exc`
fn whose(info: &SynapseInfo) -> String {
    format!("{} {}", info.projection, info.receptor)
}
