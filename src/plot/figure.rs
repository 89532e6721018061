//! The figure of a run: title, raster, rates, traces, one above the other on one time axis.

use super::{
    axes::{Axes, SMALL, thousands},
    palette::INK,
    panels::{self, Clock, Train},
    raster::bands,
    svg::{Style, Svg},
};
use crate::{
    error::{Error, Result},
    record::Results,
};

/// Width of a README.
const WIDTH: f64 = 900.0;
/// Room for the numbers on the left, and for the labels on the right.
const LEFT: f64 = 66.0;
const LABELS: f64 = 158.0;
/// Between a panel and its labels on the right.
pub const RIGHT: f64 = 12.0;
const TOP: f64 = 62.0;
const GAP: f64 = 16.0;
const BOTTOM: f64 = 52.0;
const RASTER_HEIGHT: f64 = 330.0;
const RATES_HEIGHT: f64 = 110.0;
const TRACE_HEIGHT: f64 = 84.0;
/// Panels of traces, and neurons in each, that still can be told apart.
const TRACES: usize = 4;
const NEURONS: usize = 3;

/// The figure as SVG.
pub fn draw(results: &Results) -> Result<String> {
    let trains = trains(results)?;
    let shown = results.traces.iter().enumerate().filter(|(_, t)| t.length > 1).take(TRACES);
    let traces: Vec<_> = shown.map(|(k, info)| Ok((info, results.trace(k, NEURONS)?))).collect::<Result<_>>()?;
    let steps = (results.duration_ms / results.dt_ms).round() as u64;
    if steps == 0 || (trains.is_empty() && traces.is_empty()) {
        return Err(Error::io(format!("\"{}\" holds neither spikes nor traces to draw", results.path().display()))
            .help("record some: [record] spikes = [\"E\"], or [[record.traces]]"));
    }

    // Labels of very many populations need a taller raster.
    let raster_height = if trains.is_empty() { 0.0 } else { RASTER_HEIGHT.max(34.0 * trains.len() as f64) };
    let rates_height = if trains.is_empty() { 0.0 } else { GAP + RATES_HEIGHT + GAP };
    let traces_height = (TRACE_HEIGHT + GAP) * traces.len() as f64 - if traces.is_empty() { GAP } else { GAP };
    let height = TOP + raster_height + rates_height + traces_height.max(-GAP) + BOTTOM;
    let mut svg = Svg::new(WIDTH, height);

    let seconds = results.duration_ms > 2000.0;
    let (scale, label) = if seconds { (1e-3, "time (s)") } else { (1.0, "time (ms)") };
    let clock = Clock { dt_ms: results.dt_ms, scale, steps };
    let panel = |top, height| Axes {
        left: LEFT,
        top,
        width: WIDTH - LEFT - LABELS,
        height,
        x: (0.0, results.duration_ms * scale),
        y: (0.0, 1.0),
    };
    let mut top = TOP;
    let mut drawn = 0;
    if !trains.is_empty() {
        let axes = panel(top, raster_height);
        let pairs: Vec<_> = trains.iter().map(|t| (&t.population, &t.spikes)).collect();
        let bands = bands(&pairs, top, raster_height);
        drawn = bands.iter().zip(&trains).map(|(band, t)| u64::from(band.drawn(t.population.size))).sum();
        panels::raster(&mut svg, &axes, &trains, &bands, clock);
        top += raster_height + GAP;
        let mut axes = panel(top, RATES_HEIGHT);
        panels::rates(&mut svg, &mut axes, &trains, clock);
        axes.time_axis(&mut svg, traces.is_empty().then_some(label));
        top += RATES_HEIGHT + GAP;
    }
    for (k, (info, values)) in traces.iter().enumerate() {
        let number = results.populations.iter().position(|p| p.name == info.population).unwrap_or(0);
        let mut axes = panel(top, TRACE_HEIGHT);
        panels::trace(&mut svg, &mut axes, info, values, number, clock);
        axes.time_axis(&mut svg, (k + 1 == traces.len()).then_some(label));
        top += TRACE_HEIGHT + GAP;
    }
    heading(&mut svg, results, &trains, drawn);
    Ok(svg.finish())
}

/// Title and what the raster shows.
fn heading(svg: &mut Svg, results: &Results, trains: &[Train], drawn: u64) {
    let name = results.path().file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let title = if results.title.is_empty() { &name } else { &results.title };
    svg.text((LEFT, 28.0), &shortened(title, 88), Style { size: 15.0, bold: true, colour: INK, ..SMALL });
    let neurons: u64 = trains.iter().map(|t| u64::from(t.population.size)).sum();
    let spikes: usize = trains.iter().map(|t| t.spikes.ids.len()).sum();
    let mut detail = Vec::new();
    if !trains.is_empty() {
        detail.push(format!("{} neurons", thousands(neurons)));
        detail.push(format!("{} spikes", thousands(spikes as u64)));
        if drawn < neurons {
            detail.push(format!("raster thinned to {} neurons", thousands(drawn)));
        }
    }
    if results.status != "complete" {
        detail.push(format!("status: {}", results.status));
    }
    svg.text((LEFT, 47.0), &shortened(&detail.join("  ·  "), 110), SMALL);
}

/// The first `length` characters.
fn shortened(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.into();
    }
    text.chars().take(length - 1).chain(['…']).collect()
}

fn trains(results: &Results) -> Result<Vec<Train>> {
    let recorded = results.populations.iter().enumerate().filter(|(_, p)| p.recorded && p.size > 0);
    recorded
        .map(|(number, population)| {
            Ok(Train { number, population: population.clone(), spikes: results.spikes(number)? })
        })
        .collect()
}
