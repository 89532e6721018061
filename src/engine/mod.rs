//! Arrays, programs and the loop.
pub mod deliver;
pub mod layout;
pub mod observer;
pub mod ring;
pub mod synapses;
