//! `bouton plot`: the picture of a result file.

use std::path::PathBuf;

use clap::Args;

use crate::error::{Error, Result};

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
    let extension = args.output.extension().and_then(|e| e.to_str()).unwrap_or_default();
    if !["png", "svg"].contains(&extension) {
        return Err(Error::input(format!("{}: a picture is .png or .svg", args.output.display()))
            .help("name the file after -o with one of these endings"));
    }
    Err(Error::run(format!("this build cannot draw {}", args.results.display())))
}
