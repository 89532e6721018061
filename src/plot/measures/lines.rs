//! Panels with a line for each population.

use super::{Choice, Loaded, neurons::chosen, tidy, too_few};
use crate::{
    analysis::{
        correlogram as correlate, counts, intervals, isi_histogram, psth as around, segment, spectrum as power,
    },
    error::{Error, Result},
    output::count,
    plot::{
        axes::round_up,
        chart::{Axis, Layer, Line, Look, Panel},
    },
    record::SpikeFile,
};

/// Lines of a correlogram that can still be told apart.
const CORRELOGRAMS: usize = 8;
/// Pairs expected in a bin of a correlogram where none is asked for: a standard error of a fifth.
const EXPECTED: f64 = 25.0;
/// Bins of a histogram: more are a mistake in its bin.
const BINS: u64 = 100_000;

/// Distribution of intervals, up to the one that 99 of 100 do not reach.
pub fn isi(file: &SpikeFile, choice: &Choice, populations: &[Loaded]) -> Result<Panel> {
    let mut all: Vec<u64> = populations.iter().flat_map(|p| p.trains.iter().flat_map(|(_, t)| intervals(t))).collect();
    if all.is_empty() {
        return Err(too_few("intervals", "no neuron spiked twice; widen --from and --to"));
    }
    let place = (all.len() - 1) * 99 / 100;
    let longest = *all.select_nth_unstable(place).1;
    let default = round_up((longest as f64 * file.step_ms / 80.0).max(file.step_ms));
    let bin = file.in_steps(choice.bin_ms.unwrap_or(default));
    let bins = longest.div_ceil(bin).max(1);
    if bins > BINS {
        return Err(many_bins(bins));
    }
    let bin_ms = bin as f64 * file.step_ms;
    let mut panel = Panel::new(
        Axis::new("interval (ms)").range(0.0, bins as f64 * bin_ms),
        Axis::new("share of intervals (1/ms)").zero(),
    )
    .caption(format!("intervals between spikes, {} ms bins", tidy(bin_ms)));
    for p in populations {
        let histogram = isi_histogram(&p.trains, bin, bins as usize);
        let name = format!("{}: {} intervals", p.name, count(histogram.intervals));
        let density = histogram.density_per_ms(bin_ms).into_iter().enumerate();
        let points = density.map(|(k, y)| (k as f64 * bin_ms, y)).collect();
        panel = panel.with(Line::new(name, points).look(Look::Steps).colour(p.number));
    }
    Ok(panel)
}

/// Rate around events.
pub fn psth(file: &SpikeFile, choice: &Choice, populations: &[Loaded]) -> Result<Panel> {
    let start = file.start_ms();
    let mut events: Vec<f64> = choice.events_ms.iter().map(|ms| ms - start).collect();
    if choice.period_ms > 0.0 {
        let number = (file.duration_ms() / choice.period_ms * (1.0 + 1e-12)).floor();
        events.extend((0..number as u64).map(|k| k as f64 * choice.period_ms));
    }
    if events.is_empty() {
        return Err(Error::input("psth needs events").help(
            "give times, --align \"100 ms, 300 ms\", or a time after which the event comes back, --period \"500 ms\"",
        ));
    }
    let period = (choice.events_ms.is_empty()).then_some((0.0, choice.period_ms));
    let window = choice.window_ms.or(period).unwrap_or((-50.0, 200.0));
    let length = window.1 - window.0;
    let bin = file.in_steps(choice.bin_ms.unwrap_or_else(|| round_up((length / 100.0).max(1.0).max(file.step_ms))));
    let steps = |ms: f64| (ms / file.step_ms).round() as i64;
    let (window, bin_ms) = ((steps(window.0), steps(window.1)), bin as f64 * file.step_ms);
    if (window.1 - window.0) as u64 / bin > BINS {
        return Err(many_bins((window.1 - window.0) as u64 / bin));
    }
    let inside: Vec<u64> = events.iter().filter_map(|&ms| u64::try_from(steps(ms)).ok()).collect();
    let x = |k: i64| k as f64 * file.step_ms;
    let mut panel = Panel::new(
        Axis::new("time after the event (ms)").range(x(window.0), x(window.1)),
        Axis::new("rate (Hz)").zero(),
    );
    let mut used = 0;
    for p in populations {
        let found = around(&p.spikes.steps, p.size, &inside, window, (bin, file.step_ms), file.steps());
        let Some(found) = found else {
            return Err(Error::input("psth: no event has its whole window in the time that is looked at")
                .help("give events inside it, a shorter --window, or a bin below the window"));
        };
        used = found.events;
        let points = found.from.iter().map(|&from| x(from)).zip(found.rate_hz).collect();
        panel = panel.with(Line::new(&p.name, points).look(Look::Steps).colour(p.number));
    }
    if window.0 < 0 {
        panel = panel.with(Layer::Down(0.0, "event".into()));
    }
    let of = match events.len() {
        1 => "1 event".into(),
        all if used < all => format!("{used} of {all} events"),
        all => format!("{all} events"),
    };
    Ok(panel.caption(format!("rate around {of}, {} ms bins", tidy(bin_ms))))
}

/// Power spectra of the populations.
pub fn spectrum(file: &SpikeFile, choice: &Choice, populations: &[Loaded]) -> Result<Panel> {
    let bin = file.in_steps(1.0);
    let bin_ms = bin as f64 * file.step_ms;
    let segment = segment(file, bin, choice.resolution_hz);
    let mut panel = Panel::new(Axis::new("frequency (Hz)").log(), Axis::new("power per neuron (1/s)").log());
    let mut segments = 0;
    for p in populations {
        let Some(found) = power(&counts(&p.spikes.steps, bin, file.steps()), p.size, bin_ms, segment) else { continue };
        segments = found.segments;
        let peak = found.peak_hz().map_or(String::new(), |hz| format!(", peak at {hz:.1} Hz"));
        let points = found.frequency_hz.into_iter().zip(found.power_hz).collect();
        panel = panel.with(Line::new(format!("{}{peak}", p.name), points).colour(p.number));
    }
    if segments == 0 {
        return Err(too_few("a spectrum", "a segment lasts one over --resolution and must fit into the time"));
    }
    let resolution = 1000.0 / (segment as f64 * bin_ms);
    Ok(panel.caption(format!("spectrum, resolution {resolution:.1} Hz, mean of {segments} segments")))
}

/// Auto- and cross-correlograms of populations, or of neurons where some are chosen.
pub fn correlogram(file: &SpikeFile, choice: &Choice, populations: &[Loaded]) -> Result<Panel> {
    let trains: Vec<(String, &[u64])> = match choice.neurons.is_empty() {
        true => populations.iter().map(|p| (p.name.clone(), &*p.spikes.steps)).collect(),
        false => chosen(&choice.neurons, populations)?.into_iter().map(|n| (n.name(), n.train)).collect(),
    };
    let pairs = (0..trains.len()).flat_map(|i| (i..trains.len()).map(move |j| (i, j))).collect::<Vec<_>>();
    if pairs.len() > CORRELOGRAMS {
        let message = format!("correlogram: {} trains make {} lines", trains.len(), pairs.len());
        return Err(Error::input(format!("{message}, at most {CORRELOGRAMS} can be told apart"))
            .help("choose up to three: --population E,I or --neurons E:3,E:7"));
    }
    let fewest = trains.iter().map(|(_, train)| train.len()).min().unwrap_or(0).max(1) as f64;
    let enough = EXPECTED * file.duration_ms() / (fewest * fewest);
    let default = enough.clamp(choice.lag_ms / 100.0, choice.lag_ms / 10.0).max(file.step_ms);
    let bin = file.in_steps(choice.bin_ms.unwrap_or_else(|| round_up(default)));
    let lag = file.in_steps(choice.lag_ms);
    if lag / bin > BINS {
        return Err(many_bins(lag / bin));
    }
    let bin_ms = bin as f64 * file.step_ms;
    let half = 0.5 * bin_ms;
    let mut panel = Panel::new(
        Axis::new("lag (ms), positive where the second spikes later"),
        Axis::new("pairs / expected of independent"),
    )
    .caption(format!("correlograms, {} ms bins", tidy(bin_ms)))
    .with(Layer::Across(1.0, String::new()));
    for (i, j) in pairs {
        let Some(found) = correlate(trains[i].1, trains[j].1, i == j, bin, lag, file.steps()) else { continue };
        let name = if i == j { trains[i].0.clone() } else { format!("{} \u{2192} {}", trains[i].0, trains[j].0) };
        let x = found.lags.iter().map(|&lag| lag as f64 * file.step_ms - half);
        panel = panel.with(Line::new(name, x.zip(found.relative).collect()).look(Look::Steps));
    }
    if panel.layers.len() == 1 {
        return Err(too_few("a correlogram", "both trains need spikes, and --lag must be below the time looked at"));
    }
    Ok(panel)
}

fn many_bins(bins: u64) -> Error {
    Error::input(format!("--bin makes {bins} bins; at most {BINS} are drawn")).help("use a longer --bin")
}
