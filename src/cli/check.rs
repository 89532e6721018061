//! `bouton check`: everything short of running.

use clap::Args;

use crate::{cli::NetworkArgs, error::Result};

/// Arguments of `bouton check`.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// The network and what is changed in it.
    #[command(flatten)]
    pub network: NetworkArgs,
}

/// Reads the network and says what it holds.
pub fn check(args: CheckArgs) -> Result<()> {
    let spec = args.network.load()?;
    println!("{}", spec.title.as_deref().unwrap_or(&spec.name));
    let counts = [spec.populations.len(), spec.projections.len(), spec.inputs.len()];
    println!("{} populations, {} projections, {} inputs", counts[0], counts[1], counts[2]);
    Ok(())
}
