//! `bouton stats`: numbers of a result file.

use std::path::PathBuf;

use clap::Args;

use crate::{analysis::Stats, error::Result, record::Results};

/// Arguments of `bouton stats`.
#[derive(Args, Debug)]
pub struct StatsArgs {
    /// Result file of `bouton run`
    #[arg(value_name = "RESULTS.h5")]
    pub results: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Prints the statistics.
pub fn stats(args: StatsArgs) -> Result<()> {
    let stats = Stats::of(&Results::open(&args.results)?)?;
    match args.json {
        true => println!("{}", serde_json::to_string(&stats).expect("statistics are numbers and names")),
        false => print!("{stats}"),
    }
    Ok(())
}
