//! `bouton synapse`: the response to a spike at chosen potentials.

use clap::Args;

use super::{OutputArgs, key_and_value, output};
use crate::{
    error::Result,
    lab::{
        Subject,
        range::above,
        synapse::{Protocol, run},
    },
    lang::model::Kind,
    quantity::Dim,
};

/// Arguments of `bouton synapse`.
#[derive(Args, Debug)]
pub struct SynapseArgs {
    /// A shipped receptor (see `bouton models`), or the path of a receptor file that ends in .toml
    #[arg(value_name = "RECEPTOR")]
    pub receptor: String,
    /// Change a parameter of the receptor; may be repeated
    #[arg(long, value_name = "PARAMETER=VALUE", value_parser = key_and_value)]
    pub set: Vec<(String, String)>,
    /// Potentials of the clamped cell, and at which the passive cell rests
    #[arg(long, value_name = "LOW:HIGH:STEP", default_value = "-80:40:20 mV", allow_hyphen_values = true)]
    pub holding: String,
    /// Weight of the synapse (default: 1 in the receptor's unit)
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub weight: Option<String>,
    /// Several spikes, e.g. "5 x 100 Hz"
    #[arg(long, value_name = "N x FREQUENCY")]
    pub train: Option<String>,
    /// Capacitance of the passive cell
    #[arg(long, value_name = "VALUE", default_value = "200 pF", value_parser = |text: &str| above(text, Dim::CAPACITANCE))]
    pub capacitance: f64,
    /// Leak conductance of the passive cell
    #[arg(long, value_name = "VALUE", default_value = "10 nS", value_parser = |text: &str| above(text, Dim::CONDUCTANCE))]
    pub conductance: f64,
    /// For how long (default: until the current has faded)
    #[arg(long, value_name = "TIME", value_parser = |text: &str| above(text, Dim::TIME))]
    pub duration: Option<f64>,
    /// Time step (default: 0.01 ms, beyond 2 s 0.05 ms)
    #[arg(long, value_name = "TIME", value_parser = |text: &str| above(text, Dim::TIME))]
    pub dt: Option<f64>,
    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Runs the protocol, draws, prints.
pub fn synapse(args: SynapseArgs) -> Result<()> {
    let subject = Subject::load(&args.receptor, &args.set, Kind::Receptor)?;
    let SynapseArgs { holding, weight, train, capacitance, conductance, duration, dt, output, .. } = args;
    let found = run(&Protocol { subject, holding, weight, train, capacitance, conductance, duration, dt })?;
    output::deliver(&found.report, &|| found.draw(), &output)
}
