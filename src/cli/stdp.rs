//! `bouton stdp`: pairs of spikes through a plasticity rule.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{
    key_and_value,
    output::{self, Format},
};
use crate::{
    error::Result,
    lang::quantity,
    plot,
    quantity::Dim,
    stdp::{self, Protocol, Report},
};

/// Arguments of `bouton stdp`.
#[derive(Args, Debug)]
pub struct StdpArgs {
    /// A shipped plasticity rule (see `bouton models`), or the path of a rule file that ends in .toml
    #[arg(value_name = "RULE")]
    pub rule: String,
    /// Change a parameter of the rule; may be repeated
    #[arg(long, value_name = "PARAMETER=VALUE", value_parser = key_and_value)]
    pub set: Vec<(String, String)>,
    /// Weight before the first pairing (default: 1 in the receptor's unit)
    #[arg(long, value_name = "VALUE")]
    pub weight: Option<String>,
    /// Number of pairings (default: 60; 1 for rules with a modulator)
    #[arg(long, value_name = "N")]
    pub pairs: Option<u32>,
    /// Frequency of the pairings of the window
    #[arg(long, value_name = "FREQUENCY", default_value = "1 Hz", value_parser = frequency)]
    pub frequency: f64,
    /// Longest time between the two spikes, before and after
    #[arg(long, value_name = "TIME", default_value = "100 ms", value_parser = time)]
    pub window: f64,
    /// Step of the window
    #[arg(long, value_name = "TIME", default_value = "1 ms", value_parser = time)]
    pub step: f64,
    /// Least and greatest frequency of the second panel, in Hz
    #[arg(long, value_name = "LOW:HIGH", default_value = "0.1:50", value_parser = frequencies)]
    pub frequencies: (f64, f64),
    /// Time between the two spikes of the second panel
    #[arg(long, value_name = "TIME", default_value = "10 ms", value_parser = time)]
    pub dt_pairing: f64,
    /// Which spikes pair
    #[arg(long, value_name = "all_to_all|nearest", default_value = "all_to_all", value_parser = ["all_to_all", "nearest"])]
    pub pairing: String,
    /// Delay of the synapse
    #[arg(long, value_name = "TIME", default_value = "1 ms", value_parser = time)]
    pub delay: f64,
    /// Share of the delay on the dendrite; at 0.5 the synapse sees t_post - t_pre, otherwise the window is shifted
    #[arg(long, value_name = "SHARE", default_value_t = 0.5)]
    pub dendritic: f64,
    /// Receptor model, or path of one; it gives the unit of the weight
    #[arg(long, value_name = "MODEL", default_value = "curr_exp")]
    pub receptor: String,
    /// Print all numbers as one JSON object on standard output
    #[arg(long)]
    pub json: bool,
    /// A picture (.png or .svg), .json, or a folder for all of them, RULE.png...; made if it is not there
    #[arg(short, long, value_name = "FILE|DIR")]
    pub output: Option<PathBuf>,
}

/// Runs the protocol, draws, prints.
pub fn stdp(args: StdpArgs) -> Result<()> {
    let (output, json) = (args.output.clone(), args.json);
    let report = stdp::run(&protocol(args))?;
    if let Some(path) = &output {
        write(path, &report)?;
    }
    match json {
        true => println!("{}", report.json()),
        false => print!("{report}"),
    }
    Ok(())
}

fn protocol(args: StdpArgs) -> Protocol {
    Protocol {
        rule: args.rule,
        set: args.set,
        weight: args.weight,
        pairs: args.pairs,
        frequency: args.frequency,
        window: args.window,
        step: args.step,
        frequencies: args.frequencies,
        apart: args.dt_pairing,
        pairing: args.pairing,
        delay: args.delay,
        dendritic: args.dendritic,
        receptor: args.receptor,
    }
}

fn write(path: &Path, report: &Report) -> Result<()> {
    let svg = stdp::draw(report);
    let formats: [Format; 3] = [
        ("json", Box::new(|path| output::text(path, &(report.json() + "\n")))),
        ("svg", Box::new(|path| plot::save(&svg, path))),
        ("png", Box::new(|path| plot::save(&svg, path))),
    ];
    output::write(path, &report.rule, &formats)
}

fn time(text: &str) -> std::result::Result<f64, String> {
    quantity(text, Dim::TIME)
}

fn frequency(text: &str) -> std::result::Result<f64, String> {
    quantity(text, Dim::FREQUENCY)
}

/// `0.1:50`, in Hz, as numbers per ms.
fn frequencies(text: &str) -> std::result::Result<(f64, f64), String> {
    let number = |part: &str| part.trim().trim_end_matches("Hz").trim_end().parse::<f64>().ok();
    let both = text.split_once(':').and_then(|(low, high)| Some((number(low)?, number(high)?)));
    both.map(|(low, high)| (low * 1e-3, high * 1e-3)).ok_or_else(|| "write LOW:HIGH in Hz, e.g. 0.1:50".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_frequencies_is_in_hz() {
        assert_eq!(frequencies("1:50"), Ok((0.001, 0.05)));
        assert_eq!(frequencies("1 Hz:50 Hz"), Ok((0.001, 0.05)));
        assert!(frequencies("50").is_err() && frequencies("a:b").is_err());
    }
}
