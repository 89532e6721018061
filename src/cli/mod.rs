//! The `bouton` command: reads the arguments, calls the library, prints. One file for each subcommand.

use std::{io::IsTerminal, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use miette::{GraphicalReportHandler, GraphicalTheme};

use crate::{
    error::{Error, Kind, Result},
    spec::Spec,
};

pub mod bench;
pub mod check;
pub mod clamp;
pub mod fi;
pub mod gates;
pub mod membrane;
pub mod models;
pub mod networks;
mod output;
pub mod phase;
pub mod plot;
pub mod progress;
mod rule_page;
pub mod run;
mod spike_args;
pub mod stats;
pub mod stdp;
pub mod summary;
pub mod sweep;
pub mod synapse;

/// Large-scale spiking neural networks from a text file.
#[derive(Debug, Parser)]
#[command(name = "bouton", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a network and write its results (HDF5, SONATA layout)
    Run(run::RunArgs),
    /// Everything short of running: sizes, synapses, memory, integrators, warnings
    Check(check::CheckArgs),
    /// Draw a result file, any SONATA spikes file or text: raster, rates, traces; intervals, spectra, correlograms...
    Plot(plot::PlotArgs),
    /// Rates, irregularity, synchrony, oscillations of spikes: of a result file, any SONATA spikes file or text
    Stats(stats::StatsArgs),
    /// Run a network over a grid of values, in parallel: a table and a picture of all
    Sweep(sweep::SweepArgs),
    /// Measure how fast this machine runs networks: strong and weak scaling, stages, memory
    Bench(bench::BenchArgs),
    /// One run of `bouton bench`, in a process of its own
    #[command(hide = true)]
    Measure(NetworkArgs),
    /// Pairs of spikes through a plasticity rule: the STDP window, and the change over the frequency
    Stdp(stdp::StdpArgs),
    /// Steady states and time constants of a model's gates against voltage
    Gates(gates::GatesArgs),
    /// The phase plane of a model with two variables: nullclines, fixed points, trajectories, bifurcations
    Phase(phase::PhaseArgs),
    /// The f-I curve of a neuron: rates under constant currents, rheobase, closed form
    Fi(fi::FiArgs),
    /// Current clamp and voltage clamp of a neuron: gates, currents and conductances as traces, I-V curves
    Clamp(clamp::ClampArgs),
    /// Nernst and resting potentials, passive constants, ions of a spike: a cell's arithmetic
    Membrane(membrane::MembraneArgs),
    /// One synapse: current and potential at chosen holding potentials, the I-V curve
    Synapse(synapse::SynapseArgs),
    /// List the shipped models and plasticity rules, or print one: equations, parameters, citation
    Models(models::ModelsArgs),
    /// List the shipped networks, or print the file of one to start your own from
    Networks(networks::NetworksArgs),
}

/// Which network, and what is changed in it.
#[derive(Args, Debug, Default)]
pub struct NetworkArgs {
    /// Network file (.toml), or the name of a shipped network (see `bouton networks`)
    #[arg(value_name = "FILE")]
    pub network: String,
    /// Threads to use; the spikes are the same for any number
    #[arg(long, value_name = "N")]
    pub threads: Option<u32>,
    /// Seed of all random numbers
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Biological time to simulate, e.g. "2 s"
    #[arg(long, value_name = "TIME")]
    pub duration: Option<String>,
    /// Floating-point precision: f64 or f32
    #[arg(long, value_name = "f32|f64", value_parser = ["f32", "f64"])]
    pub precision: Option<String>,
    /// Change a value: a constant's name or a path such as populations.E.size; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub set: Vec<(String, String)>,
}

impl NetworkArgs {
    /// Reads the network with all changes applied.
    pub fn load(&self) -> Result<Spec> {
        Spec::load(&self.network, &self.overrides())
    }

    /// All changes; flags such as `--seed` win over `--set run.seed`.
    pub fn overrides(&self) -> Vec<(String, String)> {
        let flags = [
            ("run.threads", self.threads.map(|n| n.to_string())),
            ("run.seed", self.seed.map(|s| s.to_string())),
            ("run.duration", self.duration.clone()),
            ("run.precision", self.precision.clone()),
        ];
        let given = flags.into_iter().filter_map(|(key, value)| Some((key.to_string(), value?)));
        self.set.iter().cloned().chain(given).collect()
    }
}

/// A model under study, and where its results go.
#[derive(Args, Debug)]
pub struct LabArgs {
    /// A shipped model (see `bouton models`), or the path of a model file that ends in .toml
    #[arg(value_name = "MODEL")]
    pub model: String,
    /// Change a parameter of the model; may be repeated
    #[arg(long, value_name = "PARAMETER=VALUE", value_parser = key_and_value)]
    pub set: Vec<(String, String)>,
    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Where the results of an experiment go.
#[derive(Args, Debug)]
pub struct OutputArgs {
    /// Print all numbers as one JSON object on standard output
    #[arg(long)]
    pub json: bool,
    /// A table (.csv, .h5, .json), a picture (.png or .svg), or a folder for all of them; made if it is not there
    #[arg(short, long, value_name = "FILE|DIR")]
    pub output: Option<PathBuf>,
}

fn key_and_value(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().into(), value.trim().into())),
        _ => Err("write KEY=VALUE, e.g. --set g=4.5 or --set populations.E.size=1000".into()),
    }
}

/// Where the results of a network go when `-o` is not given: `NAME.h5` in the working directory.
pub fn default_output(spec: &Spec) -> PathBuf {
    PathBuf::from(format!("{}.h5", spec.name))
}

/// Runs the command line of this process. Exit codes: 0 done, 2 wrong input or unreadable file, 3 the run failed.
pub fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(args) => run::run(args),
        Command::Check(args) => check::check(args),
        Command::Plot(args) => plot::plot(args),
        Command::Stats(args) => stats::stats(args),
        Command::Sweep(args) => sweep::sweep(args),
        Command::Bench(args) => bench::bench(args),
        Command::Measure(args) => bench::measure(args),
        Command::Stdp(args) => stdp::stdp(args),
        Command::Gates(args) => gates::gates(args),
        Command::Synapse(args) => synapse::synapse(args),
        Command::Phase(args) => phase::phase(args),
        Command::Fi(args) => fi::fi(args),
        Command::Clamp(args) => clamp::clamp(args),
        Command::Membrane(args) => membrane::membrane(args),
        Command::Models(args) => models::models(args),
        Command::Networks(args) => networks::networks(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprint!("{}", report(&error));
            exit_code(error.kind())
        }
    }
}

fn exit_code(kind: Kind) -> ExitCode {
    ExitCode::from(match kind {
        Kind::Input | Kind::Io => 2,
        Kind::Run => 3,
    })
}

/// The report with colours where a person reads it, plain elsewhere.
fn report(error: &Error) -> String {
    let coloured = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    if !coloured {
        return error.report();
    }
    let mut text = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::unicode())
        .with_width(100)
        .render_report(&mut text, error)
        .expect("writing to a string cannot fail");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn run_takes_the_documented_flags() {
        let line = "bouton run net.toml -o out.h5 --threads 2 --seed 7 --precision f32 --set g=5 --set run.dt=0.2ms \
                    --no-progress --json --gdf";
        let cli = Cli::parse_from(line.split_whitespace().chain(["--duration", "2 s"]));
        let Command::Run(args) = cli.command else { panic!("run was asked for") };
        assert_eq!(args.network.threads, Some(2));
        assert_eq!(args.network.duration.as_deref(), Some("2 s"));
        assert_eq!(args.network.set, [("g".into(), "5".into()), ("run.dt".into(), "0.2ms".into())]);
        assert!(args.no_progress && args.json && args.gdf);
        assert!(Cli::try_parse_from(["bouton", "run", "net.toml", "--precision", "f16"]).is_err());
        assert!(Cli::try_parse_from(["bouton", "run", "net.toml", "--set", "g"]).is_err());
    }

    #[test]
    fn exit_codes_tell_whose_mistake_it_was() {
        let code = |kind| format!("{:?}", exit_code(kind));
        assert_eq!(code(Kind::Input), format!("{:?}", ExitCode::from(2)));
        assert_eq!(code(Kind::Io), format!("{:?}", ExitCode::from(2)));
        assert_eq!(code(Kind::Run), format!("{:?}", ExitCode::from(3)));
    }
}
