//! Parameter sweeps: a network at each point of a grid, several seeds each, in parallel; a table and a picture of all.
//!
//! A sweep lives in a folder. Each finished run adds a line there, so that a sweep that was stopped goes on where it stood.

mod folder;
mod grid;
mod measure;
mod picture;
mod row;
mod run;
mod table;
mod vary;

pub use grid::{Grid, Point};
pub use measure::Measure;
pub use picture::draw;
pub use row::Row;
pub use run::{Progress, run};
pub use table::Table;
pub use vary::Vary;

use std::path::PathBuf;

/// What is swept, and what is kept.
#[derive(Clone, Debug)]
pub struct Request {
    /// A network file, or the name of a shipped network.
    pub network: String,
    /// What is changed in all runs: keys and values.
    pub set: Vec<(String, String)>,
    /// What is varied; the grid is their product.
    pub vary: Vec<Vary>,
    /// Runs of each point, with seeds that follow each other.
    pub repeat: u32,
    /// What is computed from each run's statistics.
    pub measures: Vec<Measure>,
    /// Keep no result files, only the table.
    pub summary_only: bool,
    /// Runs at a time; none: as many as there are cores and memory for.
    pub jobs: Option<usize>,
    /// Folder of the sweep.
    pub folder: PathBuf,
}
