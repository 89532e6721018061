//! `bouton clamp`: current clamp and voltage clamp.

use clap::Args;

use super::{LabArgs, output, quantities};
use crate::{
    error::{Error, Result},
    lab::{
        Subject,
        clamp::{self, Clamped, Protocol},
        fi,
    },
    lang::{model::Kind, quantity},
    plot::axes::round_up,
    quantity::Dim,
};

/// Arguments of `bouton clamp`.
#[derive(Args, Debug)]
pub struct ClampArgs {
    /// The model and where results go.
    #[command(flatten)]
    pub lab: LabArgs,
    /// Current clamp: steps FIRST:LAST:STEP, e.g. "0 pA:300 pA:100 pA" (default: around the rheobase)
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true)]
    pub steps: Option<String>,
    /// Current clamp: a ramp FIRST:LAST, e.g. "0 pA:500 pA"
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true, conflicts_with = "steps")]
    pub ramp: Option<String>,
    /// Voltage clamp: steps FIRST:LAST:STEP, e.g. "-80 mV:40 mV:20 mV"
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true, conflicts_with_all = ["steps", "ramp"])]
    pub voltage: Option<String>,
    /// Voltage clamp: a ramp FIRST:LAST, e.g. "-100 mV:50 mV"
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true, conflicts_with_all = ["steps", "ramp", "voltage"])]
    pub voltage_ramp: Option<String>,
    /// Current or potential before and after (default: 0 pA, or -80 mV)
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub holding: Option<String>,
    /// From the begin of the record to that of the step
    #[arg(long, value_name = "TIME", default_value = "10 ms", value_parser = quantities::time)]
    pub start: f64,
    /// Length of step or ramp (default: 100 ms under current, 20 ms under voltage clamp, 500 ms for ramps)
    #[arg(long, value_name = "TIME", value_parser = quantities::time)]
    pub length: Option<f64>,
    /// From the end of the step to that of the record
    #[arg(long, value_name = "TIME", default_value = "10 ms", value_parser = quantities::time)]
    pub after: f64,
    /// Time step
    #[arg(long, value_name = "TIME", default_value = "0.01 ms", value_parser = quantities::time)]
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
    let current = |text: &str| quantities::current(text, "pA", area);
    let voltage = |text: &str| quantity(&quantities::with_unit(text, "mV"), Dim::VOLTAGE);
    let example = |flag: &str| match flag {
        "--steps" => "\"0 pA:300 pA:100 pA\"",
        "--ramp" => "\"0 pA:500 pA\"",
        "--voltage" => "\"-80 mV:40 mV:20 mV\"",
        _ => "\"-100 mV:50 mV\"",
    };
    let read = |flag: &str, text: &str, one: &dyn Fn(&str) -> std::result::Result<f64, String>| {
        let ramp = flag.ends_with("ramp");
        let found = if ramp { quantities::ends(text, one) } else { quantities::range(text, one) };
        found.map_err(|why| {
            Error::input(format!("{flag} {text}: {why}")).help(format!("for example {flag} {}", example(flag)))
        })
    };
    let given = [
        ("--steps", &args.steps, Clamped::Current),
        ("--ramp", &args.ramp, Clamped::Current),
        ("--voltage", &args.voltage, Clamped::Voltage),
        ("--voltage-ramp", &args.voltage_ramp, Clamped::Voltage),
    ];
    let chosen = given.into_iter().find_map(|(flag, text, clamped)| Some((flag, text.as_deref()?, clamped)));
    let (clamped, ramp, levels) = match chosen {
        Some((flag, text, Clamped::Current)) => (Clamped::Current, flag == "--ramp", read(flag, text, &current)?),
        Some((flag, text, Clamped::Voltage)) => {
            (Clamped::Voltage, flag == "--voltage-ramp", read(flag, text, &voltage)?)
        }
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
    let rheobase = fi::rheobase(subject)?;
    let step = round_up(rheobase.abs());
    Ok((-1..=3).map(|k| f64::from(k) * step).collect())
}
