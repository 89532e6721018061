//! `bouton clamp`: current clamp and voltage clamp.

use clap::Args;

use super::{LabArgs, output};
use crate::{
    error::{Error, Result},
    lab::{
        Subject,
        clamp::{self, Clamped, Membrane, Protocol},
        fi, range,
    },
    lang::model::Kind,
    plot::axes::round_up,
    quantity::Dim,
};

/// Arguments of `bouton clamp`.
#[derive(Args, Debug)]
pub struct ClampArgs {
    /// The model and where results go.
    #[command(flatten)]
    pub lab: LabArgs,
    /// Current clamp: steps, e.g. "0:300:100 pA" (default: around the rheobase)
    #[arg(long, value_name = "LOW:HIGH:STEP", allow_hyphen_values = true)]
    pub steps: Option<String>,
    /// Current clamp: a ramp, e.g. "0:500 pA"
    #[arg(long, value_name = "FIRST:LAST", allow_hyphen_values = true, conflicts_with = "steps")]
    pub ramp: Option<String>,
    /// Voltage clamp: steps, e.g. "-80:40:20 mV"
    #[arg(long, value_name = "LOW:HIGH:STEP", allow_hyphen_values = true, conflicts_with_all = ["steps", "ramp"])]
    pub voltage: Option<String>,
    /// Voltage clamp: a ramp, e.g. "-100:50 mV"
    #[arg(long, value_name = "FIRST:LAST", allow_hyphen_values = true, conflicts_with_all = ["steps", "ramp", "voltage"])]
    pub voltage_ramp: Option<String>,
    /// Current or potential before and after (default: 0 pA, or -80 mV)
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub holding: Option<String>,
    /// From the begin of the record to that of the step
    #[arg(long, value_name = "TIME", default_value = "10 ms", value_parser = time)]
    pub start: f64,
    /// Length of step or ramp (default: 100 ms under current, 20 ms under voltage clamp, 500 ms for ramps)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub length: Option<f64>,
    /// From the end of the step to that of the record
    #[arg(long, value_name = "TIME", default_value = "10 ms", value_parser = time)]
    pub after: f64,
    /// Time step
    #[arg(long, value_name = "TIME", default_value = "0.01 ms", value_parser = time)]
    pub dt: f64,
}

/// Runs the clamp, draws, prints.
pub fn clamp(args: ClampArgs) -> Result<()> {
    let subject = Subject::load(&args.lab.model, &args.lab.set, Kind::Neuron)?;
    let report = clamp::run(&subject, &protocol(&args, &subject)?)?;
    output::deliver(&report, &|| clamp::draw(&report), &args.lab.output)
}

fn protocol(args: &ClampArgs, subject: &Subject) -> Result<Protocol> {
    let area = subject.value("area", Dim::AREA);
    let current = |text: &str| range::current(text, area);
    let voltage = |text: &str| range::one(text, Dim::VOLTAGE);
    let read = |flag: &str, text: &str, one: &dyn Fn(&str) -> std::result::Result<f64, String>| {
        let (levels, example) = match flag {
            "ramp" => (range::ends(text, one).map(|ends| vec![ends.0, ends.1]), "0:500 pA"),
            "voltage-ramp" => (range::ends(text, one).map(|ends| vec![ends.0, ends.1]), "-100:50 mV"),
            "steps" => (range::range(text, one), "0:300:100 pA"),
            _ => (range::range(text, one), "-80:40:20 mV"),
        };
        levels.map_err(|why| range::flawed(flag, text, why, example))
    };
    let given = [
        ("steps", &args.steps, Clamped::Current),
        ("ramp", &args.ramp, Clamped::Current),
        ("voltage", &args.voltage, Clamped::Voltage),
        ("voltage-ramp", &args.voltage_ramp, Clamped::Voltage),
    ];
    let chosen = given.into_iter().find_map(|(flag, text, clamped)| Some((flag, text.as_deref()?, clamped)));
    let (clamped, ramp, levels) = match chosen {
        Some((flag, text, Clamped::Current)) => (Clamped::Current, flag == "ramp", read(flag, text, &current)?),
        Some((flag, text, Clamped::Voltage)) => (Clamped::Voltage, flag == "voltage-ramp", read(flag, text, &voltage)?),
        None => (Clamped::Current, false, around_the_rheobase(subject)?),
    };
    let one: &dyn Fn(&str) -> std::result::Result<f64, String> =
        if clamped == Clamped::Current { &current } else { &voltage };
    let holding = match &args.holding {
        Some(text) => one(text).map_err(|why| {
            let help = "a current under current clamp, a potential under voltage clamp";
            Error::input(format!("--holding {text}: {why}")).help(help)
        })?,
        None => {
            if clamped == Clamped::Current {
                0.0
            } else {
                -80.0
            }
        }
    };
    let length = args.length.unwrap_or(match (clamped, ramp) {
        (_, true) => 500.0,
        (Clamped::Current, _) => 100.0,
        (Clamped::Voltage, _) => 20.0,
    });
    Ok(Protocol { clamped, holding, levels, ramp, start: args.start, length, after: args.after, dt: args.dt })
}

/// From as much below 0 to three times the rheobase, in round steps.
fn around_the_rheobase(subject: &Subject) -> Result<Vec<f64>> {
    Membrane::of(subject)?;
    let rheobase = fi::rheobase(subject).map_err(|error| {
        let message = format!("no currents are given, and {}", error.message());
        Error::input(message).help("choose them, for example --steps \"0:300:100 pA\"")
    })?;
    let step = round_up(rheobase.abs());
    Ok((-1..=3).map(|k| f64::from(k) * step).collect())
}

fn time(text: &str) -> std::result::Result<f64, String> {
    range::one(text, Dim::TIME)
}
