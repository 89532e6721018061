//! `bouton run`: a network from its file to its results.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::{NetworkArgs, default_output},
    error::{Error, Result},
};

/// Arguments of `bouton run`.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// The network and what is changed in it.
    #[command(flatten)]
    pub network: NetworkArgs,
    /// Result file (default: the network's name with .h5, in the working directory)
    #[arg(short, long, value_name = "RESULTS.h5")]
    pub output: Option<PathBuf>,
    /// Write the spikes as text too, beside the result file (NAME.gdf: neuron id, milliseconds)
    #[arg(long)]
    pub gdf: bool,
    /// Show no progress bar
    #[arg(long)]
    pub no_progress: bool,
    /// Print the summary as one JSON object on standard output
    #[arg(long)]
    pub json: bool,
}

/// Runs the network.
pub fn run(args: RunArgs) -> Result<()> {
    let spec = args.network.load()?;
    let output = args.output.unwrap_or_else(|| default_output(&spec));
    Err(Error::run(format!("{} was read, but this build has no engine to fill {}", spec.name, output.display())))
}
