//! `bouton gates`: steady states and time constants against voltage.

use clap::Args;

use super::{LabArgs, output};
use crate::{
    error::Result,
    lab::{
        Subject,
        gates::{Protocol, run},
    },
    lang::model::Kind,
};

/// Arguments of `bouton gates`.
#[derive(Args, Debug)]
pub struct GatesArgs {
    /// The model and the output.
    #[command(flatten)]
    pub lab: LabArgs,
    /// Potentials (default: "-100:50:1 mV")
    #[arg(long, value_name = "LOW:HIGH:STEP", allow_hyphen_values = true)]
    pub voltages: Option<String>,
}

/// Evaluates, draws, prints.
pub fn gates(args: GatesArgs) -> Result<()> {
    let subject = Subject::load(&args.lab.model, &args.lab.set, Kind::Neuron)?;
    let found = run(&Protocol { subject, voltages: args.voltages })?;
    output::deliver(&found.report, &|| found.draw(), &args.lab.output)
}
