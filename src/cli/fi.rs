//! `bouton fi`: how often a neuron spikes under constant currents.

use clap::Args;

use super::{LabArgs, output};
use crate::{
    error::Result,
    lab::{
        Subject,
        fi::{self, Protocol},
        range,
    },
    lang::model::Kind,
    quantity::Dim,
};

/// Arguments of `bouton fi`.
#[derive(Args, Debug)]
pub struct FiArgs {
    /// The model and where results go.
    #[command(flatten)]
    pub lab: LabArgs,
    /// Currents, e.g. "0:500:20 pA", or "0:20:1 uA/cm^2" for a model with an area (default: around the rheobase)
    #[arg(long, value_name = "LOW:HIGH:STEP", allow_hyphen_values = true)]
    pub currents: Option<String>,
    /// How long each current flows
    #[arg(long, value_name = "TIME", default_value = "1 s", value_parser = |text: &str| range::above(text, Dim::TIME))]
    pub duration: f64,
    /// Time step
    #[arg(long, value_name = "TIME", default_value = "0.01 ms", value_parser = |text: &str| range::above(text, Dim::TIME))]
    pub dt: f64,
    /// Rheobases are found to this share of themselves
    #[arg(long, value_name = "SHARE", default_value_t = 1e-5)]
    pub precision: f64,
}

/// Runs the curve, draws, prints.
pub fn fi(args: FiArgs) -> Result<()> {
    let subject = Subject::load(&args.lab.model, &args.lab.set, Kind::Neuron)?;
    let area = subject.value("area", Dim::AREA);
    let read = |text: &str| {
        range::range(text, |part| range::current(part, area))
            .map_err(|why| range::flawed("currents", text, why, "0:500:20 pA"))
    };
    let currents = args.currents.as_deref().map(read).transpose()?;
    let protocol = Protocol { currents, duration: args.duration, dt: args.dt, precision: args.precision };
    let report = fi::run(&subject, &protocol)?;
    output::deliver(&report, &|| fi::draw(&report), &args.lab.output)
}
