//! All runs of a sweep, several at a time.

use std::{
    num::NonZero,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{Grid, Point, Request, Row, Table, folder::Folder, row::KINDS};
use crate::{
    analysis::{SpikeStats, Stats},
    engine::{Options, Simulation},
    error::Result,
    plan::Plan,
    record::{Meta, Recorder, Results, SpikeFile},
    spec::Spec,
};

/// Told after each run how many are done, of how many.
pub type Progress<'a> = dyn Fn(usize, usize) + Sync + 'a;

/// Runs what is not done yet and writes the tables; `progress` hears of each run.
///
/// # Errors
/// All that [`Grid::new`] refuses, a folder that holds another sweep, files that cannot be written. A run that diverges is a
/// row of the table and stops nothing.
pub fn run(request: &Request, grid: &Grid, progress: &Progress) -> Result<Table> {
    let (folder, mut rows) = Folder::open(request, grid)?;
    let open: Vec<usize> = (0..grid.runs()).filter(|&k| !rows.iter().any(|row| row.run == k)).collect();
    let (done, next) = (AtomicUsize::new(rows.len()), AtomicUsize::new(0));
    let (new, failed) = (Mutex::new(Vec::new()), Mutex::new(None));
    progress(rows.len(), grid.runs());
    thread::scope(|scope| {
        for _ in 0..jobs(request, grid).min(open.len()) {
            scope.spawn(|| {
                while let Some(&k) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
                    match one(request, grid, &grid.point(k), &folder).and_then(|row| folder.add(&row).map(|()| row)) {
                        Ok(row) => new.lock().expect("no thread panics here").push(row),
                        Err(error) => {
                            // The others finish what they have begun.
                            next.store(open.len(), Ordering::Relaxed);
                            failed.lock().expect("no thread panics here").get_or_insert(error);
                            return;
                        }
                    }
                    progress(done.fetch_add(1, Ordering::Relaxed) + 1, grid.runs());
                }
            });
        }
    });
    if let Some(error) = failed.into_inner().expect("no thread panicked") {
        return Err(error);
    }
    rows.extend(new.into_inner().expect("no thread panicked"));
    rows.sort_by_key(|row| row.run);
    let table = Table::new(request, grid, rows);
    table.write(&folder)?;
    Ok(table)
}

/// Runs at a time: what cores and memory allow.
fn jobs(request: &Request, grid: &Grid) -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let fit = if grid.machine > 0.0 { (0.8 * grid.machine / grid.memory.max(1.0)) as usize } else { cores };
    request.jobs.unwrap_or(cores).min(fit).max(1)
}

/// One run, from its text to its row.
fn one(request: &Request, grid: &Grid, point: &Point, folder: &Folder) -> Result<Row> {
    let plan = Plan::new(&Spec::load(&request.network, &grid.overrides(request, point))?)?;
    let path = folder.results(point.run);
    let mut recorder = Recorder::create(&path, &Meta::of(&plan, plan.default_threads()), None)?;
    let mut simulation = Simulation::build(&plan, Options::default());
    let mut stats = SpikeStats::of(&plan);
    let done = simulation.run(&mut (&mut recorder, &mut stats));
    recorder.connections(&plan, |k| simulation.learned(&plan, k));
    recorder.text("spike_hash", &stats.spike_hash().to_string());
    let status = match done.diverged {
        Some(at) => format!("diverged: {}", plan.diverged(at)),
        None => "complete".into(),
    };
    recorder.finish(&status, &done.stages, &[])?;
    let results = Results::open(&path)?;
    let statistics: Vec<Option<f64>> = match results.duration_ms > 0.0 {
        true => {
            let found = Stats::of(&SpikeFile::of(results)?, None)?;
            let of = |name: &String| found.populations.iter().find(|p| p.name == *name);
            grid.populations.iter().flat_map(|name| KINDS.iter().map(move |k| of(name).and_then(k.of))).collect()
        }
        false => vec![None; grid.populations.len() * KINDS.len()],
    };
    if request.summary_only {
        std::fs::remove_file(&path).ok();
    }
    let measures = request.measures.iter().map(|m| m.of(&grid.populations, &statistics)).collect();
    Ok(Row {
        run: point.run,
        seed: point.seed,
        status,
        spike_hash: stats.spike_hash().to_string(),
        statistics,
        measures,
    })
}
