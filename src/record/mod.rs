//! Results: the only module that knows HDF5. Writes a run as SONATA, reads it back.
//!
//! ```text
//! engine ─ Observer ─► Recorder ─ batches ─► writer thread ─► results.h5 (+ spikes.gdf)
//!                        ▲                      │
//!                        └──── empty batches ───┘
//! ```
//! A fixed number of batches circulates, so memory is flat however long the run, and the engine waits
//! where the disk cannot follow. What is where in the file: `docs/results.md`.
mod batch;
mod edge_reader;
mod edges;
mod gdf;
mod h5;
mod layout;
mod meta;
mod plan;
mod reader;
mod recorder;
mod report;
mod sonata;
mod spike_file;
mod spike_text;
mod synapse_reader;
mod synapses;
mod tables;
mod writer;

pub use edges::EdgeWriter;
pub use meta::{EdgeMeta, Meta, PopulationMeta, SynapseMeta, TraceMeta};
pub use reader::{Population, Results, Spikes, Trace, TraceInfo};
pub use recorder::Recorder;
pub use spike_file::{SpikeFile, Told};
pub use synapse_reader::{SynapseInfo, Synapses};
pub use tables::write_tables;
