//! The figure of a run: title, raster, rates, traces, synapses, one above the other on one time axis.

use super::{
    axes::{Axes, SMALL},
    palette::INK,
    panels::{self, Clock, Train},
    raster::{Band, bands},
    svg::{Style, Svg},
    synapses,
};
use crate::{
    error::{Error, Result},
    output::count,
    record::{Results, SpikeFile, TraceInfo},
};

/// Width of a README.
const WIDTH: f64 = 900.0;
/// Room for the numbers on the left, and for the labels on the right.
const LEFT: f64 = 74.0;
const LABELS: f64 = 158.0;
/// Between a panel and its labels on the right.
pub const RIGHT: f64 = 12.0;
const TOP: f64 = 62.0;
const GAP: f64 = 16.0;
const BOTTOM: f64 = 52.0;
/// A time axis between panels.
const AXIS: f64 = 40.0;
const RASTER_HEIGHT: f64 = 330.0;
/// Of a neuron in the raster, at most.
const ROW: f64 = 14.0;
/// The label of the raster needs this much.
const LOW_RASTER: f64 = 60.0;
const RATES_HEIGHT: f64 = 110.0;
const TRACE_HEIGHT: f64 = 84.0;
/// Panels of traces, and neurons in each, that still can be told apart.
const TRACES: usize = 8;
const NEURONS: usize = 3;
/// Spikes in a row of the raster that can still be told apart.
const SPIKES_EACH: f64 = 40.0;

/// A panel of a figure.
pub struct Panel<'a> {
    height: f64,
    pub below: Below,
    draw: Drawing<'a>,
}

/// Draws into a panel's frame, whose range of values it sets.
type Drawing<'a> = Box<dyn Fn(&mut Svg, &mut Axes) + 'a>;

/// What stands below a panel.
#[derive(Clone, Copy, PartialEq)]
pub enum Below {
    /// The axis of time; with numbers where it is the lowest of its column.
    Time,
    /// The same, but nothing where it is not the lowest.
    LowestTime,
    /// An axis that the panel draws.
    Own,
}

impl<'a> Panel<'a> {
    pub fn new(height: f64, below: Below, draw: impl Fn(&mut Svg, &mut Axes) + 'a) -> Self {
        Self { height, below, draw: Box::new(draw) }
    }
}

/// The figure as SVG.
pub fn draw(file: &SpikeFile) -> Result<String> {
    let trains = trains(file)?;
    let steps = file.steps();
    let seconds = file.duration_ms() > 2000.0;
    let (scale, label) = if seconds { (1e-3, "time (s)") } else { (1.0, "time (ms)") };
    let clock = Clock { dt_ms: file.step_ms, scale, steps, from: shown_from(&trains, steps) };
    let columns = columns(file, &trains, clock)?;
    let panels = columns.iter().map(|(_, panels)| panels.len()).sum::<usize>();
    if panels == 0 {
        return Err(Error::io(format!("\"{}\" holds nothing to draw", file.path().display()))
            .help("record spikes: [record] spikes = [\"E\"], or values: [[record.traces]], [[record.synapses]]"));
    }

    let heights: f64 = columns.iter().flat_map(|(_, panels)| panels).map(|panel| panel.height + GAP).sum();
    let height = TOP + heights - GAP + AXIS * (columns.len() - 1) as f64 + BOTTOM;
    let mut svg = Svg::new(WIDTH, height);
    let mut top = TOP;
    for (from, panels) in &columns {
        for (k, panel) in panels.iter().enumerate() {
            let (x, width) = ((clock.at(*from), clock.at(steps)), WIDTH - LEFT - LABELS);
            let mut axes = Axes { left: LEFT, top, width, height: panel.height, x, y: (0.0, 1.0) };
            (panel.draw)(&mut svg, &mut axes);
            let lowest = k + 1 == panels.len();
            match panel.below {
                Below::Own => {}
                Below::LowestTime if !lowest => {}
                _ => axes.time_axis(&mut svg, lowest.then_some(label)),
            }
            top += panel.height + GAP;
        }
        top += AXIS;
    }
    heading(&mut svg, file, &trains, clock);
    Ok(svg.finish())
}

/// Panels that stand on the same axis, with the step from which on they show the run: the part that raster and traces show,
/// if that is not all of it; the whole run; and those that have an axis of their own.
fn columns<'a>(file: &'a SpikeFile, trains: &'a [Train], clock: Clock) -> Result<Vec<(u64, Vec<Panel<'a>>)>> {
    let (mut part, mut whole, mut own) = (Vec::new(), Vec::new(), Vec::new());
    if !trains.is_empty() {
        part.push(Panel::new(raster_height(trains), Below::LowestTime, move |svg, axes| {
            panels::raster(svg, axes, trains, &marks(trains, clock, axes.top, axes.height), clock);
        }));
        let rates = Panel::new(RATES_HEIGHT, Below::Time, move |svg, axes| panels::rates(svg, axes, trains, clock));
        if clock.from == 0 { part.push(rates) } else { whole.push(rates) }
    }
    if let Some(results) = file.results() {
        for (k, info) in drawable(results).take(TRACES) {
            let values = results.trace(k, NEURONS)?;
            let number = results.populations.iter().position(|p| p.name == info.population).unwrap_or(0);
            part.push(Panel::new(TRACE_HEIGHT, Below::Time, move |svg, axes| {
                panels::trace(svg, axes, info, &values, number, clock);
            }));
        }
        for panel in synapses::panels(results, clock)? {
            if panel.below == Below::Own { own.push(panel) } else { whole.push(panel) }
        }
    }
    if clock.from == 0 {
        part.append(&mut whole);
    }
    let all = [(clock.from, part), (0, whole)].into_iter().chain(own.into_iter().map(|panel| (0, vec![panel])));
    Ok(all.filter(|(_, panels)| !panels.is_empty()).collect())
}

/// Traces that have a line, by their numbers.
fn drawable(results: &Results) -> impl Iterator<Item = (usize, &TraceInfo)> {
    results.traces.iter().enumerate().filter(|(_, trace)| trace.length > 1)
}

/// Few neurons need a lower raster, labels of very many populations a taller one.
fn raster_height(trains: &[Train]) -> f64 {
    let neurons: f64 = trains.iter().map(|t| f64::from(t.population.size)).sum();
    (ROW * neurons).clamp(LOW_RASTER, RASTER_HEIGHT).max(34.0 * trains.len() as f64)
}

/// The bands of a raster.
fn marks(trains: &[Train], clock: Clock, top: f64, height: f64) -> Vec<Band> {
    let counts = trains.iter().map(|t| (t.population.size, t.spikes.ids.len() - t.spikes_until(clock.from)));
    bands(&counts.collect::<Vec<_>>(), top, height)
}

/// Title and what the raster shows.
fn heading(svg: &mut Svg, file: &SpikeFile, trains: &[Train], clock: Clock) {
    let name = file.path().file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let title = if file.title.is_empty() { &name } else { &file.title };
    svg.text((LEFT, 28.0), &shortened(title, 88), Style { size: 15.0, bold: true, colour: INK, ..SMALL });
    let neurons: u64 = trains.iter().map(|t| u64::from(t.population.size)).sum();
    let spikes: usize = trains.iter().map(|t| t.spikes.ids.len()).sum();
    let mut detail = Vec::new();
    if !trains.is_empty() {
        let bands = marks(trains, clock, TOP, raster_height(trains));
        let drawn: u64 = bands.iter().zip(trains).map(|(band, t)| u64::from(band.drawn(t.population.size))).sum();
        detail.push(format!("{} {}", count(neurons), if neurons == 1 { "neuron" } else { "neurons" }));
        detail.push(format!("{} spikes", count(spikes as u64)));
        if drawn < neurons {
            detail.push(format!("raster thinned to {} neurons", count(drawn)));
        }
    }
    let traces = file.results().map_or(0, |results| drawable(results).count());
    if traces > TRACES {
        detail.push(format!("the first {TRACES} of {traces} traces"));
    }
    let synapses = file.results().map_or(0, |results| synapses::drawable(results).count());
    if synapses > synapses::PANELS {
        detail.push(format!("the first {} of {synapses} panels of synapses", synapses::PANELS));
    }
    if clock.from > 0 {
        let part = (clock.steps - clock.from) as f64 * clock.dt_ms;
        detail.push(format!("last {} of {}", length(part), length(file.duration_ms())));
    }
    if !matches!(&*file.status, "" | "complete") {
        detail.push(format!("status: {}", file.status));
    }
    svg.text((LEFT, 47.0), &shortened(&detail.join(" · "), 130), SMALL);
}

/// A time in words.
pub fn length(ms: f64) -> String {
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

fn trains(file: &SpikeFile) -> Result<Vec<Train>> {
    let train = |&number: &usize| {
        Ok(Train { number, population: file.populations[number].clone(), spikes: file.spikes(number)? })
    };
    file.chosen().iter().map(train).collect()
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
