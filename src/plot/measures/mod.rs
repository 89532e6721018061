//! Pictures of what is computed of spikes: intervals, rates around events, spectra, correlograms, distances.

mod lines;
mod matrix;
mod neurons;

pub use neurons::Neurons;

use super::chart::{Chart, Panel};
use crate::{
    analysis::Trains,
    error::{Error, Result},
    record::{SpikeFile, Spikes},
};

/// A panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Distribution of intervals: [`isi_histogram`](crate::analysis::isi_histogram).
    Isi,
    /// Rate around events: [`psth`](crate::analysis::psth).
    Psth,
    /// Power spectrum: [`spectrum`](crate::analysis::spectrum).
    Spectrum,
    /// Auto- and cross-correlograms: [`correlogram`](crate::analysis::correlogram).
    Correlogram,
    /// Correlations of chosen neurons: [`correlation`](crate::analysis::correlation).
    Correlation,
    /// Distances of chosen neurons: [`victor_purpura`](crate::analysis::victor_purpura).
    VictorPurpura,
    /// Distances of chosen neurons: [`van_rossum`](crate::analysis::van_rossum).
    VanRossum,
}

impl Show {
    /// All panels, as they are named on the command line.
    pub const ALL: [(&str, Show); 7] = [
        ("isi", Show::Isi),
        ("psth", Show::Psth),
        ("spectrum", Show::Spectrum),
        ("correlogram", Show::Correlogram),
        ("correlation", Show::Correlation),
        ("victor-purpura", Show::VictorPurpura),
        ("van-rossum", Show::VanRossum),
    ];
}

/// What is shown, and how. Times are ms.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The panels, in this order.
    pub show: Vec<Show>,
    /// Bin of intervals, rates around events, correlograms and correlations; by default one that suits each.
    pub bin_ms: Option<f64>,
    /// Events that rates are aligned to.
    pub events_ms: Vec<f64>,
    /// Events that come back, from the begin of the time looked at; 0 for none.
    pub period_ms: f64,
    /// What is shown before and after an event; by default the period, or -50 ms to 200 ms.
    pub window_ms: Option<(f64, f64)>,
    /// Largest lag of correlograms.
    pub lag_ms: f64,
    /// Resolution of the spectrum, Hz; by default 1 Hz, or four over the time looked at.
    pub resolution_hz: Option<f64>,
    /// Neurons whose trains are compared; by default 20 of each population.
    pub neurons: Vec<Neurons>,
    /// Cost of moving a spike in the distance of Victor and Purpura, 1/ms.
    pub cost_per_ms: f64,
    /// Time constant of the distance of van Rossum.
    pub tau_ms: f64,
}

/// A population and its spikes.
struct Loaded {
    /// Number among all populations, which gives its colour.
    number: usize,
    name: String,
    size: u32,
    spikes: Spikes,
    trains: Trains,
}

/// The figure as SVG.
///
/// # Errors
/// A damaged file, options that do not fit it, too few spikes.
pub(super) fn draw(file: &SpikeFile, choice: &Choice) -> Result<String> {
    let load = |&number: &usize| {
        let (population, spikes) = (&file.populations[number], file.spikes(number)?);
        let trains = Trains::new(&spikes);
        Ok(Loaded { number, name: population.name.clone(), size: population.size, spikes, trains })
    };
    let populations = file.chosen().iter().map(load).collect::<Result<Vec<_>>>()?;
    if populations.iter().all(|p| p.trains.is_empty()) {
        return Err(Error::input(format!("\"{}\" holds no spikes to look at", file.path().display()))
            .help("record spikes: [record] spikes = [\"E\"]; or widen --from and --to"));
    }
    let panel = |show: &Show| match show {
        Show::Isi => lines::isi(file, choice, &populations),
        Show::Psth => lines::psth(file, choice, &populations),
        Show::Spectrum => lines::spectrum(file, choice, &populations),
        Show::Correlogram => lines::correlogram(file, choice, &populations),
        Show::Correlation | Show::VictorPurpura | Show::VanRossum => matrix::panel(file, choice, &populations, *show),
    };
    let panels = choice.show.iter().map(panel).collect::<Result<Vec<Panel>>>()?;
    let name = file.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let until = file.start_ms() + file.duration_ms();
    let range = format!("{} ms to {} ms", tidy(file.start_ms()), tidy(until));
    let title = if file.title.is_empty() { name } else { file.title.clone() };
    Ok(Chart { title, lines: vec![range], columns: panels.len().min(2), panels }.draw())
}

/// A number without the digits that rounding left.
fn tidy(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// Too few spikes for a panel.
fn too_few(what: &str, help: &str) -> Error {
    Error::input(format!("too few spikes for {what}")).help(help)
}
