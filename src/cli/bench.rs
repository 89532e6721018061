//! `bouton bench`: how fast this machine runs networks.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::{NetworkArgs, key_and_value};
use crate::{
    bench::{self, Report, Request, Series},
    error::{Error, Result},
    plot,
};

/// Arguments of `bouton bench`.
#[derive(Args, Debug)]
pub struct BenchArgs {
    /// Networks: names of the standard suite or of shipped networks, or files (.toml); none: the whole suite
    #[arg(value_name = "FILE")]
    pub networks: Vec<String>,
    /// List the standard suite and stop
    #[arg(long)]
    pub list: bool,
    /// Numbers of threads (default: 1, 2, 4, ... up to all cores)
    #[arg(long, value_name = "N,N,...")]
    pub threads: Option<String>,
    /// Weak scaling: the network's constant `scale` grows with the threads
    #[arg(long)]
    pub weak: bool,
    /// Values of the network's constant `scale`
    #[arg(long, value_name = "S,S,...")]
    pub scales: Option<String>,
    /// Runs of each case, of which the median counts
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub repeat: usize,
    /// Floating-point precisions: f64, f32 or both
    #[arg(long, value_name = "f32,f64")]
    pub precision: Option<String>,
    /// Seed of all random numbers
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Biological time of each run, e.g. "2 s"
    #[arg(long, value_name = "TIME")]
    pub duration: Option<String>,
    /// Change a value in all networks: a constant's name or a path; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub set: Vec<(String, String)>,
    /// Print all numbers, each run's among them, as one JSON object on standard output
    #[arg(long)]
    pub json: bool,
    /// Folder for bench.json and the pictures scaling and stages (.png and .svg); made if it is not there
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// Measures, prints, draws.
pub fn bench(args: BenchArgs) -> Result<()> {
    if args.list {
        print!("{}", bench::list());
        return Ok(());
    }
    let request = request(&args)?;
    let (series, warnings) = request.series()?;
    if let Some(folder) = &args.output {
        make_writable(folder)?;
    }
    if args.networks.is_empty() {
        eprintln!("no FILE given: the standard suite (bouton bench --list), which takes some minutes");
    }
    warnings.iter().for_each(|warning| eprintln!("warning: {warning}"));
    let report = measure_all(&series, args.repeat, args.weak)?;
    if let Some(folder) = &args.output {
        write(folder, &report)?;
    }
    match args.json {
        true => println!("{}", report.json()),
        false => print!("{report}"),
    }
    report.check()
}

/// One run of [`bench()`], in a process of its own: prints one line of JSON.
pub fn measure(args: NetworkArgs) -> Result<()> {
    let measured = bench::measure(&args.load()?)?;
    println!("{}", serde_json::to_string(&measured).expect("a measurement holds numbers and names only"));
    Ok(())
}

fn request(args: &BenchArgs) -> Result<Request> {
    if args.repeat == 0 {
        return Err(Error::input("--repeat 0: at least one run is needed").help("use 5, or any number from 1"));
    }
    let mut set = args.set.clone();
    let flags = [("run.seed", args.seed.map(|s| s.to_string())), ("run.duration", args.duration.clone())];
    set.extend(flags.into_iter().filter_map(|(key, value)| Some((key.to_string(), value?))));
    Ok(Request {
        networks: args.networks.clone(),
        threads: args.threads.as_deref().map_or_else(|| Ok(bench::all_threads()), bench::threads)?,
        scales: args.scales.as_deref().map_or(Ok(vec![]), bench::scales)?,
        precisions: args.precision.as_deref().map_or(Ok(vec![]), bench::precisions)?,
        weak: args.weak,
        set,
    })
}

/// Runs all cases with a bar on standard error, which is silent where that is not a terminal.
fn measure_all(series: &[Series], repeat: usize, weak: bool) -> Result<Report> {
    let program = std::env::current_exe()
        .map_err(|e| Error::io(format!("cannot tell where this program is: {e}")).help("is /proc mounted?"))?;
    let runs: usize = series.iter().map(|s| s.cases.len() * repeat).sum();
    // Memory is read once before and once after the runs.
    let bar = ProgressBar::new(runs as u64 + 2);
    bar.set_style(ProgressStyle::with_template("{bar:30.cyan/dim} {msg}").expect("the template is fixed"));
    let mut begun = 0;
    let done = bench::run(&program, series, repeat, weak, &mut |what| {
        bar.set_position(begun);
        bar.set_message(what.to_string());
        begun += 1;
    });
    bar.finish_and_clear();
    done
}

/// Makes the folder and tries to write to it, before minutes of measuring.
fn make_writable(folder: &Path) -> Result<()> {
    let file = folder.join(JSON);
    fs::create_dir_all(folder)
        .and_then(|()| fs::OpenOptions::new().append(true).create(true).open(&file))
        .map(drop)
        .map_err(|e| unwritable(&file, &e))
}

const JSON: &str = "bench.json";

fn unwritable(file: &Path, error: &std::io::Error) -> Error {
    Error::io(format!("cannot write \"{}\": {error}", file.display()))
        .help("give -o a folder that may be written, or one that can be made")
}

fn write(folder: &Path, report: &Report) -> Result<()> {
    let file = folder.join(JSON);
    fs::write(&file, report.json() + "\n").map_err(|e| unwritable(&file, &e))?;
    for (name, svg) in [("scaling", bench::scaling(report)), ("stages", bench::stages(report))] {
        plot::save(&svg, &folder.join(format!("{name}.svg")))?;
        plot::save(&svg, &folder.join(format!("{name}.png")))?;
    }
    Ok(())
}
