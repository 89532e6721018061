//! Arrays, programs and the loop.
mod build;
pub mod deliver;
pub(crate) mod huge;
pub mod layout;
pub mod observer;
pub mod ring;
pub mod synapses;
