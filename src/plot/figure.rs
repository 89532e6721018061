//! The figure of a run: title, raster, rates, traces, one above the other on one time axis.

use super::{
    axes::{Axes, SMALL},
    palette::INK,
    panels::{self, Clock, Train},
    raster::bands,
    svg::{Style, Svg},
};
use crate::{
    error::{Error, Result},
    output::count,
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
/// A time axis between panels.
const AXIS: f64 = 40.0;
const RASTER_HEIGHT: f64 = 330.0;
const RATES_HEIGHT: f64 = 110.0;
const TRACE_HEIGHT: f64 = 84.0;
/// Panels of traces, and neurons in each, that still can be told apart.
const TRACES: usize = 4;
const NEURONS: usize = 3;
/// Spikes in a row of the raster that can still be told apart.
const SPIKES_EACH: f64 = 40.0;

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
    let traces_height = (TRACE_HEIGHT + GAP) * traces.len() as f64;
    let seconds = results.duration_ms > 2000.0;
    let (scale, label) = if seconds { (1e-3, "time (s)") } else { (1.0, "time (ms)") };
    let clock = Clock { dt_ms: results.dt_ms, scale, steps, from: shown_from(&trains, steps) };
    let whole = clock.from == 0;
    let panels_height = raster_height + rates_height + traces_height - GAP + if whole { 0.0 } else { AXIS };
    let mut svg = Svg::new(WIDTH, TOP + panels_height + BOTTOM);

    let panel = |from, top, height| Axes {
        left: LEFT,
        top,
        width: WIDTH - LEFT - LABELS,
        height,
        x: (clock.at(from), clock.at(steps)),
        y: (0.0, 1.0),
    };
    let mut top = TOP;
    let mut drawn = 0;
    if !trains.is_empty() {
        let axes = panel(clock.from, top, raster_height);
        let counts = trains.iter().map(|t| (t.population.size, t.spikes.ids.len() - t.spikes_until(clock.from)));
        let bands = bands(&counts.collect::<Vec<_>>(), top, raster_height);
        drawn = bands.iter().zip(&trains).map(|(band, t)| u64::from(band.drawn(t.population.size))).sum();
        panels::raster(&mut svg, &axes, &trains, &bands, clock);
        top += raster_height + GAP;
        // The whole run has its own time axis, below the panels that show a part of it.
        let below = if whole { 0.0 } else { traces_height + AXIS };
        let mut axes = panel(0, top + below, RATES_HEIGHT);
        panels::rates(&mut svg, &mut axes, &trains, clock);
        axes.time_axis(&mut svg, (!whole || traces.is_empty()).then_some(label));
        if whole {
            top += RATES_HEIGHT + GAP;
        } else {
            let lowest = panel(clock.from, TOP, top + traces_height - GAP - TOP);
            lowest.time_axis(&mut svg, Some(label));
        }
    }
    for (k, (info, values)) in traces.iter().enumerate() {
        let number = results.populations.iter().position(|p| p.name == info.population).unwrap_or(0);
        let mut axes = panel(clock.from, top, TRACE_HEIGHT);
        panels::trace(&mut svg, &mut axes, info, values, number, clock);
        axes.time_axis(&mut svg, (whole && k + 1 == traces.len()).then_some(label));
        top += TRACE_HEIGHT + GAP;
    }
    heading(&mut svg, results, &trains, drawn, clock);
    Ok(svg.finish())
}

/// Title and what the raster shows.
fn heading(svg: &mut Svg, results: &Results, trains: &[Train], drawn: u64, clock: Clock) {
    let name = results.path().file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let title = if results.title.is_empty() { &name } else { &results.title };
    svg.text((LEFT, 28.0), &shortened(title, 88), Style { size: 15.0, bold: true, colour: INK, ..SMALL });
    let neurons: u64 = trains.iter().map(|t| u64::from(t.population.size)).sum();
    let spikes: usize = trains.iter().map(|t| t.spikes.ids.len()).sum();
    let mut detail = Vec::new();
    if !trains.is_empty() {
        detail.push(format!("{} neurons", count(neurons)));
        detail.push(format!("{} spikes", count(spikes as u64)));
        if drawn < neurons {
            detail.push(format!("raster thinned to {} neurons", count(drawn)));
        }
    }
    if clock.from > 0 {
        let part = (clock.steps - clock.from) as f64 * clock.dt_ms;
        detail.push(format!("last {} of {}", length(part), length(results.duration_ms)));
    }
    if results.status != "complete" {
        detail.push(format!("status: {}", results.status));
    }
    svg.text((LEFT, 47.0), &shortened(&detail.join(" · "), 130), SMALL);
}

/// A time in words.
fn length(ms: f64) -> String {
    if ms >= 1000.0 { format!("{} s", ms.round() / 1000.0) } else { format!("{} ms", (ms * 1000.0).round() / 1000.0) }
}

/// The first `most` characters.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.into();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// Where the part begins that raster and traces show: the whole run, or its end where marks would touch.
fn shown_from(trains: &[Train], steps: u64) -> u64 {
    let neurons: f64 = trains.iter().map(|t| f64::from(t.population.size)).sum();
    let spikes: usize = trains.iter().map(|t| t.spikes.ids.len()).sum();
    let each = spikes as f64 / neurons.max(1.0);
    if each <= 1.5 * SPIKES_EACH {
        return 0;
    }
    let shown = steps as f64 * SPIKES_EACH / each;
    // Two digits are enough: 1234 steps become 1200.
    let round = 10_f64.powf(shown.log10().floor() - 1.0).max(1.0);
    steps - ((shown / round).floor() * round) as u64
}

fn trains(results: &Results) -> Result<Vec<Train>> {
    let recorded = results.populations.iter().enumerate().filter(|(_, p)| p.recorded && p.size > 0);
    recorded
        .map(|(number, population)| {
            Ok(Train { number, population: population.clone(), spikes: results.spikes(number)? })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Population, Spikes};

    #[test]
    fn long_runs_show_their_end() {
        let from = |spikes: usize| {
            let population = Population { name: "E".into(), first_gid: 0, size: 10, recorded: true };
            let spikes = Spikes { steps: vec![1; spikes], ids: vec![0; spikes] };
            shown_from(&[Train { number: 0, population, spikes }], 10_000)
        };
        assert_eq!(from(600), 0);
        // 324 spikes of each neuron: 40 of them take 10,000*40/324 = 1234 steps.
        assert_eq!(from(3240), 8800);
        assert_eq!(shown_from(&[], 10_000), 0);
    }

    #[test]
    fn words() {
        assert_eq!((length(2400.0), length(250.0), length(0.3)), ("2.4 s".into(), "250 ms".into(), "0.3 ms".into()));
        assert_eq!((shortened("abcd", 4), shortened("abcde", 4)), ("abcd".into(), "abc…".into()));
    }
}
