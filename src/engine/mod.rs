//! Arrays, programs and the loop. Knows no files and cannot fail on what a plan has let through.
//!
//! [`step`] holds the loop; a visitor reads it first.

mod block;
mod clock;
mod deliver;
pub mod layout;
mod network;
pub mod observer;
mod part;
mod ring;
mod simulation;
mod step;
mod synapses;
mod team;

pub use network::{Network, Options};
pub use observer::Observer;
pub use part::Diverged;
pub use simulation::Simulation;
pub use step::Loop;
