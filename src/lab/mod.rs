//! The laboratory: one model, shipped or the user's own, under the electrodes of a course on neurons.
//!
//! Every experiment is a network file written for it: its neurons are copies of the model that differ in what is done to them, and
//! it is planned and run as any other network. So a model of the user's own, and each of its mistakes, goes the same way as there.

pub mod cell;
pub mod clamp;
pub mod fi;
pub mod gates;
mod network;
pub mod phase;
pub mod range;
mod report;
mod subject;
pub mod synapse;
pub mod unit;

pub use network::{Recorded, Traces, quoted, run};
pub use report::Report;
pub use subject::Subject;
