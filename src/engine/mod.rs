//! Arrays, programs and the loop. Knows no files and cannot fail on what a plan has let through.
//!
//! `step.rs` holds the loop; a visitor reads it first.

pub mod arrivals;
mod block;
mod build;
mod cable;
mod clock;
mod coupling;
pub mod deliver;
mod emitted;
mod histogram;
pub(crate) mod huge;
pub mod layout;
mod network;
mod neurons;
pub mod observer;
mod part;
mod place;
mod plastic;
mod ring;
mod simulation;
mod step;
pub mod synapses;
mod team;
mod watch;
mod weight_stats;

pub use network::{Network, Options};
pub use observer::Observer;
pub use part::Diverged;
pub use simulation::Simulation;
pub use step::Loop;
pub use weight_stats::WeightStats;
