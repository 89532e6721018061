//! `bouton plot`: pictures of a file of spikes.

use std::path::PathBuf;

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::spike_args::{SpikeArgs, span, time};
use crate::{
    error::{Error, Result},
    lang::quantity,
    plot::{self, Choice, Neurons, Show},
    quantity::Dim,
};

/// Arguments of `bouton plot`.
#[derive(Args, Debug)]
pub struct PlotArgs {
    #[command(flatten)]
    spikes: SpikeArgs,
    /// Picture to write: .png or .svg
    #[arg(short, long, value_name = "FIGURE.png|.svg")]
    output: PathBuf,
    /// Draw these instead of the run; a list isi,spectrum
    #[arg(long, value_name = "PANELS", value_delimiter = ',', value_parser = show())]
    show: Vec<Show>,
    /// Bin of isi, psth, correlogram, correlation (default: one that suits each)
    #[arg(long, value_name = "TIME", value_parser = span, requires = "show")]
    bin: Option<f64>,
    /// psth: times of the events; a list "100 ms, 300 ms"
    #[arg(long, value_name = "TIMES", value_delimiter = ',', value_parser = time, requires = "show")]
    align: Vec<f64>,
    /// psth: the event comes back, from the begin (or --from) on
    #[arg(long, value_name = "TIME", value_parser = span, requires = "show", conflicts_with = "align")]
    period: Option<f64>,
    /// psth: what is shown around an event (default: the period, or "-50 ms:200 ms")
    #[arg(long, value_name = "FROM:TO", value_parser = window, allow_hyphen_values = true, requires = "show")]
    window: Option<(f64, f64)>,
    /// correlogram: largest lag
    #[arg(long, value_name = "TIME", value_parser = span, default_value = "100 ms", requires = "show")]
    lag: f64,
    /// spectrum: its resolution (default: 1 Hz, or four over the time)
    #[arg(long, value_name = "FREQUENCY", value_parser = frequency, requires = "show")]
    resolution: Option<f64>,
    /// Neurons of correlogram, correlation and distances; a list E:3,E:7 or E:0-9 (default: 20 of each population)
    #[arg(long, value_name = "NEURONS", value_delimiter = ',', requires = "show")]
    neurons: Vec<Neurons>,
    /// victor-purpura: cost of moving a spike
    #[arg(long, value_name = "1/TIME", value_parser = cost, default_value = "0.1/ms", requires = "show")]
    cost: f64,
    /// van-rossum: time constant
    #[arg(long, value_name = "TIME", value_parser = span, default_value = "20 ms", requires = "show")]
    tau: f64,
}

/// Draws the picture.
pub fn plot(args: PlotArgs) -> Result<()> {
    let file = args.spikes.open()?;
    if args.show.is_empty() {
        if args.spikes.is_part() {
            return Err(Error::input("--population, --from and --to choose what --show computes")
                .help("add for example --show isi,spectrum; without it the whole run is drawn"));
        }
        plot::plot(&file, &args.output)?;
    } else {
        let choice = Choice {
            show: args.show,
            bin_ms: args.bin,
            events_ms: args.align,
            period_ms: args.period.unwrap_or(0.0),
            window_ms: args.window,
            lag_ms: args.lag,
            resolution_hz: args.resolution.map(|per_ms| per_ms * 1000.0),
            neurons: args.neurons,
            cost_per_ms: args.cost,
            tau_ms: args.tau,
        };
        plot::plot_measures(&file, &choice, &args.output)?;
    }
    println!("{}", args.output.display());
    Ok(())
}

fn show() -> impl TypedValueParser<Value = Show> {
    let named = |name: String| Show::ALL.into_iter().find(|(known, _)| *known == name).expect("a possible value").1;
    PossibleValuesParser::new(Show::ALL.map(|(name, _)| name)).map(named)
}

/// `-50 ms:200 ms`.
fn window(text: &str) -> std::result::Result<(f64, f64), String> {
    let (from, to) = text.split_once(':').ok_or("write FROM:TO, e.g. \"-50 ms:200 ms\"")?;
    let (from, to) = (time(from.trim())?, time(to.trim())?);
    if from < to { Ok((from, to)) } else { Err("the window must end after it begins".into()) }
}

fn frequency(text: &str) -> std::result::Result<f64, String> {
    cost(text).and_then(|hz| if hz > 0.0 { Ok(hz) } else { Err("a frequency above 0 is needed".into()) })
}

fn cost(text: &str) -> std::result::Result<f64, String> {
    quantity(text, Dim::FREQUENCY).and_then(|q| if q >= 0.0 { Ok(q) } else { Err("it must not be negative".into()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_and_costs_have_units() {
        assert_eq!(window("-50 ms:0.2 s"), Ok((-50.0, 200.0)));
        assert!(window("50 ms").is_err() && window("5 ms:5 ms").is_err() && window("1:2").is_err());
        assert_eq!((cost("0.1/ms"), cost("0 Hz"), frequency("2 Hz")), (Ok(0.1), Ok(0.0), Ok(0.002)));
        assert!(cost("-1/ms").is_err() && frequency("0 Hz").is_err());
    }
}
