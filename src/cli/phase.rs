//! `bouton phase`: the phase plane of a model with two variables.

use clap::Args;

use super::{LabArgs, key_and_value, output};
use crate::{
    error::Result,
    lab::{
        Subject,
        phase::{Protocol, run},
        range::above,
    },
    lang::model::Kind,
    quantity::Dim,
};

/// Arguments of `bouton phase`.
#[derive(Args, Debug)]
pub struct PhaseArgs {
    /// The model and the output.
    #[command(flatten)]
    pub lab: LabArgs,
    /// Hold a variable so that two remain: at a number, at a function of the others, or at `steady`, its steady state
    #[arg(long, value_name = "VARIABLE=VALUE", value_parser = key_and_value)]
    pub hold: Vec<(String, String)>,
    /// Range of the first variable, e.g. "-80:30 mV" (default: what is of interest)
    #[arg(long, value_name = "LOW:HIGH", allow_hyphen_values = true)]
    pub x: Option<String>,
    /// Range of the second variable
    #[arg(long, value_name = "LOW:HIGH", allow_hyphen_values = true)]
    pub y: Option<String>,
    /// One more trajectory, from this state, e.g. "v=-60 mV, w=0 pA"; may be repeated
    #[arg(long, value_name = "STATE")]
    pub from: Vec<String>,
    /// Length of trajectories
    #[arg(long, value_name = "TIME", default_value = "500 ms", value_parser = |text: &str| above(text, Dim::TIME))]
    pub duration: f64,
    /// Follow the fixed points along a parameter, e.g. "I_e=0:500 pA": Hopf and fold points
    #[arg(long, value_name = "PARAMETER=LOW:HIGH")]
    pub scan: Option<String>,
}

/// Looks at the plane, draws, prints.
pub fn phase(args: PhaseArgs) -> Result<()> {
    let subject = Subject::load(&args.lab.model, &args.lab.set, Kind::Neuron)?;
    let PhaseArgs { lab, hold, x, y, from, duration, scan } = args;
    let found = run(&Protocol { subject, hold, x, y, from, duration, scan })?;
    output::deliver(&found.report, &|| found.draw(), &lab.output)
}
