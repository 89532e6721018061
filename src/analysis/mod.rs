//! Statistics of spike trains: of files of spikes ([`Stats`], and each measure alone), and of a run while it goes on ([`SpikeStats`]).
//!
//! Spike times are whole numbers of steps, as [`SpikeFile`] reads them; a train is the steps of a neuron's spikes in ascending order. Definitions:
//! `docs/analysis.md`.
mod chi;
mod correlation;
mod correlogram;
mod distance;
mod hash;
mod irregularity;
mod isi;
mod isi_histogram;
mod neurons;
#[cfg(test)]
mod processes;
mod psth;
mod rate;
mod spectrum;
mod stats;
mod stream;
mod table;
mod trains;

pub use crate::record::{Results, SpikeFile};
pub use chi::chi;
pub use correlation::{correlation, mean_correlation};
pub use correlogram::{Correlogram, correlogram};
pub use distance::{van_rossum, victor_purpura};
pub use hash::SpikeHash;
pub use irregularity::{cv, cv2, fano, first_spike, intervals, lv};
pub use isi::{Train, mean_cv};
pub use isi_histogram::{IsiHistogram, isi_histogram};
pub use neurons::NeuronStats;
pub use psth::{Psth, psth};
pub use rate::{counts, fano_factor, rates_hz};
pub use spectrum::{Spectrum, spectrum};
pub(crate) use stats::segment;
pub use stats::{PopulationStats, Stats};
pub use stream::{PopulationSummary, SpikeStats};
pub use trains::Trains;
