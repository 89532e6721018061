//! What stands in a figure: raster, rates, one panel for each recorded variable.

use super::{
    axes::{Axes, SMALL, round_up},
    figure::RIGHT,
    palette::{self, GREY},
    raster::{Band, spread},
    svg::{Style, Svg},
};
use crate::{
    analysis::{counts, rates_hz},
    output::count,
    record::{Population, Spikes, Trace, TraceInfo},
};

/// Two lines of a label and some air.
const LABEL_HEIGHT: f64 = 33.0;
/// Points along a line at most: two for each of about 750 pixels, twice over.
const POINTS: usize = 3000;

/// A population whose spikes are drawn.
pub struct Train {
    /// Its number among all populations, which gives its colour.
    pub number: usize,
    pub population: Population,
    pub spikes: Spikes,
}

impl Train {
    /// Number of spikes up to and including this step.
    pub fn spikes_until(&self, step: u64) -> usize {
        self.spikes.steps.partition_point(|&s| s <= step)
    }
}

/// Time on paper: `scale` times milliseconds.
#[derive(Clone, Copy)]
pub struct Clock {
    pub dt_ms: f64,
    pub scale: f64,
    /// Steps of the whole run.
    pub steps: u64,
    /// Raster and traces show what came after this step.
    pub from: u64,
}

impl Clock {
    /// Where the end of a step lies on a time axis.
    pub fn at(&self, step: u64) -> f64 {
        step as f64 * self.dt_ms * self.scale
    }
}

/// Bands of marks, one for each spike, labelled on the right with name, size and rate.
pub fn raster(svg: &mut Svg, axes: &Axes, trains: &[Train], bands: &[Band], clock: Clock) {
    for (train, band) in trains.iter().zip(bands) {
        let Train { number, population, spikes } = train;
        let colour = palette::colour(*number);
        svg.rect((axes.left, band.top), (axes.width, band.height), colour, 0.06);
        // Upright marks, a row high: they stay apart in time where a neuron spikes often.
        let row = band.height / f64::from(band.drawn(population.size));
        let mark = (row.clamp(1.1, 1.5), (0.85 * row).clamp(1.1, 6.0));
        let marks = spikes.steps.iter().zip(&spikes.ids).skip(train.spikes_until(clock.from));
        let marks = marks.filter_map(|(&step, &id)| Some((axes.at_x(clock.at(step)), band.at(id, population.size)?)));
        svg.marks(marks, mark, colour);
    }
    let seconds = clock.steps as f64 * clock.dt_ms * 1e-3;
    let centres: Vec<f64> = bands.iter().map(|band| band.top + band.height / 2.0).collect();
    let half = LABEL_HEIGHT / 2.0;
    let placed = spread(&centres, LABEL_HEIGHT, axes.top + half, axes.bottom() - half);
    for (Train { number, population, spikes }, centre) in trains.iter().zip(placed) {
        let rate = spikes.ids.len() as f64 / (f64::from(population.size) * seconds);
        let neurons = if population.size == 1 { "neuron" } else { "neurons" };
        let detail = format!("{} {neurons}, {rate:.1} Hz", count(population.size.into()));
        side_label(svg, axes, centre, &population.name, &detail, palette::colour(*number));
    }
    axes.vertical_label(svg, "neurons", 10.0);
}

/// A line for each population: mean rate of its neurons in bins, over the whole run; what the other panels show is shaded.
pub fn rates(svg: &mut Svg, axes: &mut Axes, trains: &[Train], clock: Clock) {
    // About 150 bins, but none shorter than a millisecond.
    let bin_ms = round_up((clock.steps as f64 * clock.dt_ms / 200.0).max(1.0));
    let bin_steps = ((bin_ms / clock.dt_ms).round() as u64).clamp(1, clock.steps);
    let bin_ms = bin_steps as f64 * clock.dt_ms;
    let lines: Vec<Vec<f64>> = trains
        .iter()
        .map(|t| rates_hz(&counts(&t.spikes.steps, bin_steps, clock.steps), t.population.size, bin_ms))
        .collect();
    let most = lines.iter().flatten().fold(0.0_f64, |most, &rate| most.max(rate));
    axes.y = (0.0, if most > 0.0 { most * 1.05 } else { 1.0 });
    axes.time_grid(svg);
    if clock.from > 0 {
        let left = axes.at_x(clock.at(clock.from));
        svg.rect((left, axes.top), (axes.left + axes.width - left, axes.height), GREY, 0.12);
    }
    for (train, line) in trains.iter().zip(&lines) {
        let points = line.iter().enumerate().map(|(bin, &rate)| {
            let middle = (bin as f64 + 0.5) * bin_ms * clock.scale;
            (axes.at_x(middle), axes.at_y(rate))
        });
        svg.line(points, palette::colour(train.number), 1.4, 0.9);
    }
    axes.value_axis(svg, "rate (Hz)");
    let at = (axes.left + axes.width + RIGHT, axes.top + 12.0);
    svg.text(at, &format!("{} ms bins", (bin_ms * 1e6).round() / 1e6), SMALL);
}

/// A line for each of a few neurons, or places on the first cable.
pub fn trace(svg: &mut Svg, axes: &mut Axes, info: &TraceInfo, trace: &Trace, number: usize, clock: Clock) {
    let first = trace.times_ms.partition_point(|&time| time < clock.from as f64 * clock.dt_ms);
    let (times, shown) = (&trace.times_ms[first..], || trace.values.iter().map(|values| &values[first..]));
    axes.y = fitted(shown().flatten().map(|&v| v.into()));
    axes.time_grid(svg);
    let colour = palette::colour(number);
    for (line, values) in shown().enumerate().rev() {
        let points = extremes(times, values.iter().map(|&v| v.into())).into_iter();
        let points = points.map(|(time, value)| (axes.at_x(time * clock.scale), axes.at_y(value)));
        svg.line(points, colour, 1.2, [1.0, 0.5, 0.3][line.min(2)]);
    }
    axes.value_axis(svg, &with_unit(&info.variable, &info.unit));
    let (all, shown) = (info.ids.len(), trace.values.len());
    let ids: Vec<String> = info.ids.iter().take(shown).map(u32::to_string).collect();
    let of = if shown < all { format!(" of {}", count(all as u64)) } else { String::new() };
    let detail = match info.places.is_empty() {
        true => format!("{} {}{of}", if all == 1 { "neuron" } else { "neurons" }, ids.join(", ")),
        false => info.places.iter().take(shown).cloned().collect::<Vec<_>>().join("\n"),
    };
    side_label(svg, axes, axes.top + axes.height / 2.0, &info.population, &detail, colour);
}

/// A variable's name with its unit, if it has one: `v (mV)`.
pub fn with_unit(variable: &str, unit: &str) -> String {
    if unit == "1" { variable.into() } else { format!("{variable} ({unit})") }
}

/// A range with some air around the finite values.
pub fn fitted(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let finite = values.filter(|v| v.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let (low, high) = if low <= high { (low, high) } else { (0.0, 0.0) };
    // A constant gets a range around itself.
    let margin = if high > low { 0.06 * (high - low) } else { 0.5_f64.max(high.abs() * 0.1) };
    (low - margin, high + margin)
}

/// Name and detail, of one or more lines, right of a panel.
pub fn side_label(svg: &mut Svg, axes: &Axes, centre: f64, name: &str, detail: &str, colour: &'static str) {
    let x = axes.left + axes.width + RIGHT;
    const LINE: f64 = 13.0;
    let centre = centre - 0.5 * LINE * detail.lines().count().saturating_sub(1) as f64;
    svg.text((x, centre - 2.5), name, Style { size: 12.0, bold: true, colour, ..SMALL });
    for (k, line) in detail.lines().enumerate() {
        svg.text((x, centre + 11.5 + LINE * k as f64), line, Style { size: 10.0, ..SMALL });
    }
}

/// The line through the finite values; of a long one, the smallest and largest value of each stretch, in order of time.
pub fn extremes(times: &[f64], values: impl Iterator<Item = f64>) -> Vec<(f64, f64)> {
    let points: Vec<(f64, f64)> = times.iter().copied().zip(values).filter(|(_, v)| v.is_finite()).collect();
    if points.len() <= POINTS {
        return points;
    }
    let stretch = points.len().div_ceil(POINTS / 2);
    let by_value = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
    let both = points.chunks(stretch).flat_map(|part| {
        let low = *part.iter().min_by(by_value).expect("stretches are not empty");
        let high = *part.iter().max_by(by_value).expect("stretches are not empty");
        if low.0 <= high.0 { [low, high] } else { [high, low] }
    });
    both.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_keep_their_peaks() {
        let times: Vec<f64> = (0..100_000).map(f64::from).collect();
        let mut values = vec![0.0; 100_000];
        values[54_321] = 7.0;
        values[11] = f64::NAN;
        let line = extremes(&times, values.into_iter());
        assert!(line.len() <= POINTS, "{}", line.len());
        assert!(line.contains(&(54_321.0, 7.0)));
        assert!(line.is_sorted_by(|a, b| a.0 <= b.0));
        assert_eq!(extremes(&[0.0, 1.0], [1.0, 2.0].into_iter()), [(0.0, 1.0), (1.0, 2.0)]);
    }
}
