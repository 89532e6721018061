//! `bouton fi`: how often a neuron spikes under constant currents.

use clap::Args;

use super::{LabArgs, output, quantities};
use crate::{
    error::{Error, Result},
    lab::{
        Subject,
        fi::{self, Protocol},
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
    /// Currents, FIRST:LAST:STEP, e.g. "0 pA:1 nA:50 pA" (default: around the rheobase)
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true)]
    pub currents: Option<String>,
    /// Unit of numbers in --currents that have none; uA/cm^2 for models with an area
    #[arg(long, value_name = "UNIT", default_value = "pA")]
    pub unit: String,
    /// How long each current flows
    #[arg(long, value_name = "TIME", default_value = "1 s", value_parser = quantities::time)]
    pub duration: f64,
    /// Time step
    #[arg(long, value_name = "TIME", default_value = "0.01 ms", value_parser = quantities::time)]
    pub dt: f64,
    /// Rheobases are found to this share of themselves
    #[arg(long, value_name = "SHARE", default_value_t = 1e-5)]
    pub precision: f64,
}

/// Runs the curve, draws, prints.
pub fn fi(args: FiArgs) -> Result<()> {
    let subject = Subject::load(&args.lab.model, &args.lab.set, Kind::Neuron)?;
    let currents = args.currents.as_deref().map(|text| currents(text, &args.unit, &subject)).transpose()?;
    let protocol = Protocol { currents, duration: args.duration, dt: args.dt, precision: args.precision };
    let report = fi::run(&subject, &protocol)?;
    output::deliver(&report, &|| fi::draw(&report), &args.lab.output)
}

/// Currents in pA; densities count times the model's area.
fn currents(text: &str, unit: &str, subject: &Subject) -> Result<Vec<f64>> {
    let area = subject.value("area", Dim::AREA);
    let one = |part: &str| quantities::current(part, unit, area);
    quantities::range(text, one).map_err(|why| {
        Error::input(format!("--currents {text}: {why}"))
            .help("write FIRST:LAST:STEP, e.g. --currents \"0 pA:1 nA:50 pA\"")
    })
}
