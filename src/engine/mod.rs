//! Arrays, programs and the loop.
pub mod deliver;
pub(crate) mod huge;
pub mod layout;
pub mod observer;
pub mod ring;
pub mod synapses;
