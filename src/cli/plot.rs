//! `bouton plot`: the picture of a result file.

use std::path::PathBuf;

use clap::Args;

use crate::{error::Result, record::Results};

/// Arguments of `bouton plot`.
#[derive(Args, Debug)]
pub struct PlotArgs {
    /// Result file of `bouton run`
    #[arg(value_name = "RESULTS.h5")]
    pub results: PathBuf,
    /// Picture to write: .png or .svg
    #[arg(short, long, value_name = "FIGURE.png|.svg")]
    pub output: PathBuf,
}

/// Draws the picture.
pub fn plot(args: PlotArgs) -> Result<()> {
    crate::plot::plot(&Results::open(&args.results)?, &args.output)?;
    println!("{}", args.output.display());
    Ok(())
}
