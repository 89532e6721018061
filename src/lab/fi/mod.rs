//! The f-I curve: how often a neuron spikes under a constant current, from which current on, and what theory says.

mod closed;
mod picture;
mod response;
mod threshold;

pub use closed::Closed;
pub use picture::draw;
pub use response::Response;

use super::{Report, Subject};
use crate::{
    error::{Error, Result},
    lang::algebra::mentions,
    plot::axes::round_up,
    quantity::{Dim, display},
    table::Table,
};
use response::Cell;

/// What is done to the model. Times in ms.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// Currents in pA; `None`: from below the rheobase to where the rate is high.
    pub currents: Option<Vec<f64>>,
    /// How long each current flows.
    pub duration: f64,
    /// Time step.
    pub dt: f64,
    /// Rheobases are known to this share of themselves.
    pub precision: f64,
}

impl Default for Protocol {
    fn default() -> Self {
        Self { currents: None, duration: 1000.0, dt: 0.01, precision: 1e-5 }
    }
}

/// Currents of a curve whose range is chosen.
const POINTS: usize = 41;
/// A range is widened until the rate at its end is this, in Hz, or it is [`WIDEST`] times as wide.
const HIGH: f64 = 60.0;
const WIDEST: f64 = 64.0;

/// The curve and its thresholds.
///
/// # Errors
/// A model that takes no current or has no threshold, one that spikes at no current or at every, currents or times that make no sense,
/// and all that [`crate::plan::Plan::new`] refuses.
pub fn run(subject: &Subject, protocol: &Protocol) -> Result<Report> {
    check(subject, protocol)?;
    let cell = Cell::new(subject, protocol);
    let closed = Closed::of(subject);
    // Noise makes a neuron fire at any current, now and then: there is no threshold to be found.
    let thresholds = (!cell.noisy).then(|| threshold::find(&cell, protocol)).transpose()?;
    let currents = match (&protocol.currents, &thresholds) {
        (Some(currents), _) => currents.clone(),
        (None, Some(thresholds)) => range(&cell, thresholds)?,
        (None, None) => around(0.0, threshold::fires_at(&cell, HIGH)?),
    };
    let curve = cell.each(&currents)?;
    let mut report = Report::of("fi", subject);
    let time = |ms: f64| display(ms, Dim::TIME);
    report.protocol = format!(
        "steps of current from rest, each for {}, in steps of {}; rates of the second half",
        time(protocol.duration),
        time(protocol.dt)
    );
    let area = subject.value("area", Dim::AREA);
    match &thresholds {
        Some(thresholds) => thresholds.facts(&mut report, area),
        None => report
            .notes
            .push("noise makes this neuron fire: it has no rheobase, and rates are counts of one trial".into()),
    }
    if let Some(closed) = &closed {
        report.notes.push(closed.formula.into());
        if let Some(rheobase) = closed.rheobase() {
            report.fact("rheobase, closed form", rheobase, "pA");
        }
    }
    report.notes.extend(thresholds.iter().flat_map(|t| t.notes()));
    let mut table = table(&currents, &curve, closed.as_ref(), area);
    if cell.noisy {
        // Differences of counts are noise.
        table.columns.retain(|c| c.name != "gain");
    }
    report.tables.push(table);
    Ok(report)
}

/// The current in pA that makes one spike at least, roughly; where the neuron fires without current, that which stops it; where noise
/// makes it fire, half of that at which its rate is high.
///
/// # Errors
/// As [`run`].
pub fn rheobase(subject: &Subject) -> Result<f64> {
    let protocol = Protocol { duration: 500.0, dt: 0.05, precision: 1e-2, ..Protocol::default() };
    check(subject, &protocol)?;
    let cell = Cell::new(subject, &protocol);
    match cell.noisy {
        true => Ok(threshold::fires_at(&cell, HIGH)? / 2.0),
        false => Ok(threshold::find(&cell, &protocol)?.ends().0),
    }
}

fn table(currents: &[f64], curve: &[Response], closed: Option<&Closed>, area: Option<f64>) -> Table {
    let of = |value: fn(&Response) -> f64| curve.iter().map(value).collect::<Vec<f64>>();
    let rate = of(|r| r.rate);
    let slope = |k: usize| match (k.checked_sub(1), currents.get(k + 1)) {
        // Across the onset it would be a number that depends on the step alone.
        (Some(before), Some(next)) if rate[before] > 0.0 => (rate[k + 1] - rate[before]) / (next - currents[before]),
        _ => f64::NAN,
    };
    let gain = (0..currents.len()).map(|k| slope(k) * 1e3).collect();
    let mut table = Table::new("fi", "Rates under constant currents").with("I", "pA", currents.to_vec());
    if let Some(area) = area {
        table = table.with("density", "uA/cm^2", currents.iter().map(|i| density(*i, area)).collect());
    }
    table = table.with("rate", "Hz", rate.clone());
    if let Some(closed) = closed {
        table = table.with("closed form", "Hz", currents.iter().map(|i| closed.rate(*i)).collect());
    }
    table
        .with("first interval", "Hz", of(|r| r.first_rate))
        .with("latency", "ms", of(|r| r.latency))
        .with("gain", "Hz/nA", gain)
}

/// A current in pA over an area in um^2, in uA/cm^2.
pub(super) fn density(current: f64, area: f64) -> f64 {
    100.0 * current / area
}

/// From below the lowest threshold to a high rate, at round numbers.
fn range(cell: &Cell, thresholds: &threshold::Thresholds) -> Result<Vec<f64>> {
    let (low, sustained) = thresholds.ends();
    let least = (sustained - low.min(0.0)).abs().max(0.1 * sustained.abs());
    let mut width = 2.0 * least;
    while width < WIDEST * least && cell.each(&[sustained + width])?[0].rate < HIGH {
        width *= 2.0;
    }
    let below = if sustained > 0.0 { 0.0 } else { sustained - 0.1 * width };
    Ok(around(below, sustained + width))
}

/// Round numbers from one current to another.
fn around(low: f64, high: f64) -> Vec<f64> {
    let step = round_up((high - low) / (POINTS - 1) as f64);
    let first = (low / step).floor();
    let count = (high / step).ceil() - first;
    (0..=count as u32).map(|k| (first + f64::from(k)) * step).collect()
}

fn check(subject: &Subject, protocol: &Protocol) -> Result<()> {
    let model = &subject.model;
    let refuse = |message: String, help: &str| Err(Error::input(message).help(help));
    if model.threshold.is_none() {
        return refuse(format!("{} has no threshold: it never spikes", model.name), "give the model a `threshold`");
    }
    if !model.equations.iter().any(|e| mentions(&e.expr, "I_syn")) {
        let message = format!("{} takes no current: no equation mentions I_syn", model.name);
        return refuse(message, "add I_syn where injected currents enter, e.g. dv/dt = (... + I_syn)/C_m : mV");
    }
    if protocol.duration < 100.0 * protocol.dt || protocol.dt <= 0.0 {
        let (duration, dt) = (display(protocol.duration, Dim::TIME), display(protocol.dt, Dim::TIME));
        return refuse(
            format!("--duration {duration} is less than a hundred steps of --dt {dt}"),
            "1 s and 0.01 ms are the defaults",
        );
    }
    if !(1e-9..0.1).contains(&protocol.precision) {
        return refuse(format!("--precision {} is not within 1e-9 and 0.1", protocol.precision), "1e-5 is the default");
    }
    Ok(())
}
