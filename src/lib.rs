//! Large spiking neural networks from a text file: equations become vector programs, wiring becomes flat arrays, and the
//! same spikes come out whatever the number of threads.
//!
//! ```
//! use bouton::{analysis::SpikeStats, engine::{Options, Simulation}, plan::Plan, spec::Spec};
//!
//! # fn main() -> bouton::error::Result<()> {
//! let spec = Spec::load("vogels_abbott", &[("run.duration".into(), "20 ms".into())])?; // a shipped network, or a file's path
//! let plan = Plan::new(&spec)?; // names, units and sizes checked, equations compiled: the last place for a mistake of the user's
//! let mut stats = SpikeStats::of(&plan); // any `Observer`, for example `record::Recorder`
//! Simulation::build(&plan, Options::default()).run(&mut stats);
//! assert!(stats.total_spikes() > 0);
//! println!("spike hash {}", stats.spike_hash());
//! # Ok(())
//! # }
//! ```
//!
//! The modules, in the order in which data flows through them:
//!
//! - [`spec`]: the network file as data, each value with its place in the file
//! - [`lang`]: equations: parsed, units checked, integrators chosen, compiled to vector programs
//! - [`connect`]: connection rules, drawn row by row from keyed random streams
//! - [`cable`]: morphologies cut into compartments, and the equations that join their voltages
//! - [`plan`]: the network checked and ready to be built; the only stage that refuses what a user wrote
//! - [`kernel`]: vector operations on chunks of neurons; SIMD and CPU dispatch live here and nowhere else
//! - [`engine`]: blocks of neurons, synapses, the delay ring and the loop
//! - [`record`]: results as SONATA in HDF5, written and read; the only module that knows HDF5
//! - [`analysis`]: statistics of spike trains, from files and while a run goes on
//! - [`plot`]: pictures of result files
//! - [`stdp`]: what a plasticity rule makes of pairs of spikes
//! - [`sweep`]: a network over a grid of values
//! - [`lab`]: one neuron under the electrodes: f-I curves, current and voltage clamp
//! - [`mod@bench`]: networks timed over threads, scales and precisions, held against the machine's memory
//! - [`cli`]: the `bouton` command
//! - [`quantity`]: numbers with units
//! - [`membrane`]: Nernst potentials, resting potentials, passive constants
//! - [`table`]: columns of numbers for people and files
//! - [`error`]: the one public error

pub mod analysis;
pub mod bench;
pub mod cable;
pub mod cli;
pub mod connect;
pub mod engine;
pub mod error;
pub mod kernel;
pub mod lab;
pub mod lang;
pub mod membrane;
mod output;
pub mod plan;
pub mod plot;
pub mod quantity;
pub mod record;
pub mod spec;
pub mod stdp;
pub mod sweep;
pub mod table;
mod toml_reader;
