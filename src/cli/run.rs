//! `bouton run`: a network from its file to its results.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{
    progress::Progress,
    summary::{LearningSummary, PopulationSummary, Summary},
};
use crate::{
    analysis::SpikeStats,
    bench::peak_memory_bytes,
    cli::{NetworkArgs, default_output},
    engine::{Loop, Options, Simulation},
    error::{Error, Result},
    plan::{Plan, Population},
    quantity::parse_unit,
    record::{Meta, Recorder},
};

/// Arguments of `bouton run`.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// The network and what is changed in it.
    #[command(flatten)]
    pub network: NetworkArgs,
    /// Result file (default: the network's name with .h5, in the working directory)
    #[arg(short, long, value_name = "RESULTS.h5")]
    pub output: Option<PathBuf>,
    /// Write the spikes as text too, beside the result file (NAME.gdf: neuron id, milliseconds)
    #[arg(long)]
    pub gdf: bool,
    /// Show no progress bar
    #[arg(long)]
    pub no_progress: bool,
    /// Print the summary as one JSON object on standard output
    #[arg(long)]
    pub json: bool,
}

/// Runs the network.
pub fn run(args: RunArgs) -> Result<()> {
    let spec = args.network.load()?;
    let plan = Plan::new(&spec)?;
    for warning in &plan.warnings {
        eprintln!("warning: {warning}");
    }
    let output = args.output.clone().unwrap_or_else(|| default_output(&spec));
    let gdf = args.gdf.then(|| output.with_extension("gdf"));
    // The file is created before the network is built: a path that cannot be written is said at once.
    let threads = plan.default_threads();
    let mut recorder = Recorder::create(&output, &Meta::of(&plan, threads), gdf.as_deref())?;
    let mut simulation = Simulation::build(&plan, Options::default());
    let mut stats = SpikeStats::of(&plan);
    let mut progress = Progress::new(plan.steps(), plan.dt, !args.no_progress);
    let done = simulation.run(&mut (&mut recorder, (&mut stats, &mut progress)));
    progress.finish();

    let summary = summary(&plan, &mut simulation, &done, &stats, &output);
    recorder.connections(&plan, |k| simulation.learned(&plan, k));
    recorder.text("spike_hash", &summary.spike_hash);
    let diverged = done.diverged.map(|at| Error::run(plan.diverged(at)));
    let status = diverged.as_ref().map_or("complete".to_string(), |e| format!("diverged: {e}"));
    let numbers = [
        ("synapses", summary.synapses as f64),
        ("synaptic_events", summary.synaptic_events as f64),
        ("build_seconds", summary.build_seconds),
        ("sim_seconds", summary.sim_seconds),
        ("peak_memory_bytes", summary.peak_memory_bytes as f64),
    ];
    recorder.finish(&status, &summary.stages, &numbers.map(|(n, v)| (n.to_string(), v)))?;
    if let Some(error) = diverged {
        return Err(error.help(format!(
            "use a smaller run.dt, or another integrator; what was recorded until then is in {}",
            output.display()
        )));
    }
    match args.json {
        true => println!("{}", summary.json()),
        false => print!("{summary}"),
    }
    Ok(())
}

fn summary(plan: &Plan, simulation: &mut Simulation, done: &Loop, stats: &SpikeStats, output: &Path) -> Summary {
    let bio_seconds = plan.duration() * 1e-3;
    let of = |(own, p): (&Population, crate::analysis::PopulationSummary)| {
        let rate_hz = own.spikes().then_some(p.rate_hz);
        (p.name, PopulationSummary { size: own.neurons().into(), rate_hz, cv_isi: p.cv_isi })
    };
    Summary {
        network: plan.name.clone(),
        neurons: plan.neurons(),
        synapses: simulation.synapses(),
        threads: simulation.threads(),
        precision: plan.precision.name().into(),
        dt_ms: plan.dt,
        bio_seconds,
        build_seconds: simulation.build_seconds(),
        sim_seconds: done.seconds,
        real_time_factor: done.seconds / bio_seconds,
        synaptic_events: done.events,
        peak_memory_bytes: peak_memory_bytes(),
        spikes: stats.total_spikes(),
        spike_hash: stats.spike_hash().to_string(),
        results: Some(output.display().to_string()),
        learning: (0..plan.projections.len()).filter_map(|k| learning(plan, simulation, k)).collect(),
        populations: plan.populations.iter().zip(stats.summary()).map(of).collect(),
        stages: done.stages.clone(),
    }
}

/// What a projection has learnt, if it learns.
fn learning(plan: &Plan, simulation: &mut Simulation, number: usize) -> Option<LearningSummary> {
    let projection = &plan.projections[number];
    let rules = projection.plasticity.as_ref()?.names.clone();
    let stats = simulation.weight_stats(number);
    let to = &projection.wiring.to;
    let unit = plan.populations[to.population].receptors[projection.wiring.receptor].1.to_string();
    let (scale, _) = parse_unit(&unit).expect("a dimension prints as a unit");
    Some(LearningSummary {
        projection: projection.name.clone(),
        receptor: projection.receptor.clone(),
        rules,
        synapses: stats.synapses,
        mean: scale.from_internal(stats.mean),
        sd: scale.from_internal(stats.sd),
        unit,
        weight_hash: format!("{:016x}", stats.hash),
    })
}
