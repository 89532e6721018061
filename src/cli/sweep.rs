//! `bouton sweep`: a network over a grid of values.

use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::NetworkArgs;
use crate::{
    error::{Error, Result},
    output::count,
    plot,
    sweep::{self, Grid, Measure, Request, Vary},
};

/// Arguments of `bouton sweep`.
#[derive(Args, Debug)]
pub struct SweepArgs {
    /// The network and what is changed in all runs.
    #[command(flatten)]
    pub network: NetworkArgs,
    /// What is varied: KEY=LOW:HIGH:STEP or KEY=A,B,C with a key as in --set; the grid is the product of all
    #[arg(long, value_name = "KEY=VALUES", required = true)]
    pub vary: Vec<String>,
    /// Runs of each point, with seeds that follow each other
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub repeat: u32,
    /// A number to compute from each run, e.g. "correct=A.rate > B.rate"; may be repeated
    #[arg(long, value_name = "NAME=EXPRESSION")]
    pub measure: Vec<String>,
    /// Keep only the table, no result file for each run
    #[arg(long)]
    pub summary_only: bool,
    /// Runs at a time (default: as many as there are cores, and memory for)
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Folder of the sweep (default: the network's name with _sweep); one that holds the same sweep is completed
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Show no progress bar
    #[arg(long)]
    pub no_progress: bool,
}

/// Runs, writes the tables, draws, prints.
pub fn sweep(args: SweepArgs) -> Result<()> {
    let mut request = Request {
        network: args.network.network.clone(),
        set: args.network.overrides(),
        vary: args.vary.iter().map(|text| Vary::parse(text)).collect::<Result<_>>()?,
        repeat: args.repeat,
        measures: Vec::new(),
        summary_only: args.summary_only,
        jobs: args.jobs,
        folder: PathBuf::new(),
    };
    if request.jobs == Some(0) {
        return Err(
            Error::input("--jobs 0: at least one run at a time is needed").help("leave it out for one on each core")
        );
    }
    let grid = Grid::new(&request)?;
    request.folder = args.output.unwrap_or_else(|| PathBuf::from(format!("{}_sweep", grid.name)));
    request.measures =
        args.measure.iter().map(|text| Measure::parse(text, &grid.populations)).collect::<Result<_>>()?;
    grid.warnings.iter().for_each(|warning| eprintln!("warning: {warning}"));

    let bar = if args.no_progress { ProgressBar::hidden() } else { ProgressBar::new(grid.runs() as u64) };
    let template = "{bar:30.cyan/dim} {pos} of {len} runs  {eta} left";
    bar.set_style(ProgressStyle::with_template(template).expect("the template is fixed"));
    let table = sweep::run(&request, &grid, &|done, _| bar.set_position(done as u64));
    bar.finish_and_clear();
    let table = table?;

    print!("{table}");
    let folder = request.folder.display();
    let mut files = vec![format!("{folder}/table.csv"), format!("{folder}/table.h5")];
    if let Some(svg) = sweep::draw(&table) {
        plot::save(&svg, &request.folder.join("sweep.png"))?;
        plot::save(&svg, &request.folder.join("sweep.svg"))?;
        files.push(format!("{folder}/sweep.png"));
    }
    println!("{} runs: {}", count(table.rows.len() as u64), files.join(", "));
    match table.failed().next() {
        None => Ok(()),
        Some(first) => Err(Error::run(format!(
            "{} of {} runs did not reach their end; run {}: {}",
            table.failed().count(),
            table.rows.len(),
            first.run,
            first.status
        ))
        .help("the table's column `status` names all; a smaller run.dt may help")),
    }
}
