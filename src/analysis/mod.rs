//! Statistics of spike trains: of result files ([`Stats`]), and of a run while it goes on ([`SpikeStats`]).
mod correlation;
mod hash;
mod isi;
mod rate;
mod stats;
mod stream;

pub use crate::record::Results;
pub use correlation::mean_correlation;
pub use hash::SpikeHash;
pub use isi::{Train, mean_cv};
pub use rate::{counts, fano_factor, rates_hz};
pub use stats::{PopulationStats, Stats};
pub use stream::{PopulationSummary, SpikeStats};
