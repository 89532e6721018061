//! A laboratory for one neuron or synapse.
pub mod phase;
