//! `bouton stats`: numbers of a file of spikes.

use std::{fs, path::PathBuf};

use clap::Args;

use super::spike_args::{SpikeArgs, span};
use crate::{
    analysis::Stats,
    error::{Error, Result},
};

/// Arguments of `bouton stats`.
#[derive(Args, Debug)]
pub struct StatsArgs {
    #[command(flatten)]
    spikes: SpikeArgs,
    /// Length of trials that follow each other: the Fano factor counts spikes in each, the first spike is timed from its start
    /// (default: windows of 100 ms, and the first spike from the start)
    #[arg(long, value_name = "TIME", value_parser = span)]
    trial: Option<f64>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Write a table with a line for each neuron
    #[arg(short, long, value_name = "NEURONS.csv")]
    output: Option<PathBuf>,
}

/// Prints the statistics.
pub fn stats(args: StatsArgs) -> Result<()> {
    let file = args.spikes.open()?;
    let stats = match &args.output {
        None => Stats::of(&file, args.trial)?,
        Some(path) => {
            let (stats, table) = Stats::with_neurons(&file, args.trial)?;
            fs::write(path, table).map_err(|e| {
                Error::io(format!("cannot write \"{}\": {e}", path.display()))
                    .help("its folder must exist and be writable")
            })?;
            stats
        }
    };
    match args.json {
        true => println!("{}", serde_json::to_string(&stats).expect("statistics are numbers and names")),
        false => print!("{stats}"),
    }
    Ok(())
}
