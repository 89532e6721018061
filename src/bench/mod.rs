//! Networks timed: over threads (strong scaling), growing with the threads (weak scaling), over scales and precisions.
//!
//! A [`Request`] becomes [`Series`] of [`Case`]s, all of them planned before the first one runs. Every run is a process of
//! its own, so that its peak memory is its own; the runs of a series take turns over its numbers of threads, so that a drift
//! of the machine hits all alike. [`run`] puts the [`Measurement`]s together to a [`Report`]: a table, JSON, pictures.
mod derive;
mod lists;
mod machine;
mod measure;
mod others;
mod picture;
mod report;
mod request;
mod run;
mod scaling;
mod stages;
mod suite;
mod table;

pub use lists::{all_threads, precisions, scales, threads};
pub use machine::{Machine, StreamingRead, peak_memory_bytes};
pub use measure::{Measurement, measure};
pub use report::{Point, Report, Run, Spread, Timed};
pub use request::{Case, Request, Series};
pub use run::run;
pub use scaling::scaling;
pub use stages::stages;
pub use suite::{Entry, SUITE, list};
