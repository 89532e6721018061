//! What is kept of one run.

use serde::{Deserialize, Serialize};

use crate::{analysis::PopulationStats, quantity::Dim};

/// A statistic of each population.
pub(super) struct Statistic {
    /// Name in measures and columns.
    pub name: &'static str,
    /// Unit in columns.
    pub unit: &'static str,
    /// Dimension in measures.
    pub dim: Dim,
    /// Internal units in one of a column.
    pub factor: f64,
    /// Where it stands.
    pub of: fn(&PopulationStats) -> Option<f64>,
}

/// Statistics of a population, in the order of a row.
pub(super) const KINDS: [Statistic; 5] = [
    Statistic { name: "rate", unit: " (Hz)", dim: Dim::FREQUENCY, factor: 1e-3, of: |p| Some(p.rate_hz) },
    Statistic { name: "cv", unit: "", dim: Dim::NONE, factor: 1.0, of: |p| p.cv_isi },
    Statistic { name: "synchrony", unit: "", dim: Dim::NONE, factor: 1.0, of: |p| p.synchrony },
    Statistic { name: "correlation", unit: "", dim: Dim::NONE, factor: 1.0, of: |p| p.correlation },
    Statistic { name: "first_spike", unit: " (ms)", dim: Dim::TIME, factor: 1.0, of: |p| p.first_spike_ms },
];

/// Number of a statistic.
pub(super) fn kind(name: &str) -> Option<usize> {
    KINDS.iter().position(|k| k.name == name)
}

/// One run of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Number of the run.
    pub run: usize,
    /// Its seed.
    pub seed: u64,
    /// `complete`, or why it stopped.
    pub status: String,
    /// Hash of all its spikes.
    pub spike_hash: String,
    /// Rate, CV, synchrony, correlation and first spike of each population in the file's order; none where there are too few spikes.
    pub statistics: Vec<Option<f64>>,
    /// Measures, in the order of the request.
    pub measures: Vec<Option<f64>>,
}
