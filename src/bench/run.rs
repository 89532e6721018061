//! Runs all cases, each run in a process of its own.

use std::{
    collections::BTreeSet,
    path::Path,
    process::{Command, Stdio},
};

use super::{Case, Machine, Measurement, Point, Report, Series, Timed, others::Others};
use crate::{
    error::{Error, Result},
    output::threads,
};

/// Runs every case `repeat` times by starting `program measure`, and says by `tell` what comes next.
///
/// # Errors
/// For a process that cannot be started or that fails. Spikes that differ are in the report.
pub fn run(program: &Path, all: &[Series], repeat: usize, weak: bool, tell: &mut dyn FnMut(&str)) -> Result<Report> {
    let mut machine = Machine::look();
    let numbers: BTreeSet<usize> = all.iter().flat_map(|s| &s.cases).map(|c| c.threads).collect();
    tell("reading memory");
    // Before and after the cases; the better one counts.
    numbers.iter().for_each(|&threads| machine.read(threads));
    let mut measured = Vec::new();
    for series in all {
        measured.push(measure_in_turn(program, series, repeat, tell)?);
    }
    tell("reading memory");
    numbers.iter().for_each(|&threads| machine.read(threads));

    let errors = all.iter().zip(&measured).filter_map(|(series, runs)| different(series, runs, weak)).collect();
    let timed = |(series, cases): (&Series, &Vec<Runs>)| {
        let point = |(case, runs): (&Case, &Runs)| Point::new(case, &runs.measured, runs.others(), &machine);
        let points = series.cases.iter().zip(cases).map(point).collect();
        let first = &cases[0].measured[0];
        Timed::new(series, (first.dt_ms, first.bio_seconds), points, weak)
    };
    let series = all.iter().zip(&measured).map(timed).collect();
    let scaling = if weak { "weak" } else { "strong" };
    Ok(Report { bouton: env!("CARGO_PKG_VERSION"), machine, scaling, repeat, series, errors })
}

/// The runs of a case.
#[derive(Default)]
struct Runs {
    measured: Vec<Measurement>,
    /// Processor time that others used during a run, and the run's wall time, where the system tells.
    others: Vec<(f64, f64)>,
}

impl Runs {
    /// The sums, because the system's clock is too coarse for one short run.
    fn others(&self) -> Option<(f64, f64)> {
        self.others.iter().copied().reduce(|sum, one| (sum.0 + one.0, sum.1 + one.1))
    }
}

/// Numbers of threads take turns: a drift of the machine then hits all alike.
fn measure_in_turn(program: &Path, series: &Series, repeat: usize, tell: &mut dyn FnMut(&str)) -> Result<Vec<Runs>> {
    let mut all: Vec<Runs> = series.cases.iter().map(|_| Runs::default()).collect();
    for round in 1..=repeat {
        for (case, runs) in series.cases.iter().zip(&mut all) {
            let what = format!("{}, {}", series.label, threads(case.threads));
            tell(&format!("{what}, run {round} of {repeat}"));
            let before = Others::now();
            runs.measured.push(apart(program, case, &what)?);
            runs.others.extend(before.since());
        }
    }
    Ok(all)
}

/// Runs a case in a process of its own.
fn apart(program: &Path, case: &Case, what: &str) -> Result<Measurement> {
    let mut command = Command::new(program);
    command.arg("measure").stdin(Stdio::null());
    case.set.iter().for_each(|(key, value)| _ = command.arg(format!("--set={key}={value}")));
    let output = command.arg("--").arg(&case.network).output().map_err(|e| {
        Error::io(format!("cannot start {}: {e}", program.display())).help("bouton bench starts itself for each run")
    })?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let error = Error::run(format!("{what}: the run failed ({})", output.status));
        return Err(match said.trim() {
            "" => error.help("a run that was killed may have been out of memory: try fewer neurons"),
            said => error.help(said.to_string()),
        });
    }
    serde_json::from_slice(&output.stdout).map_err(|e| {
        Error::run(format!("{what}: the run's answer cannot be read: {e}"))
            .help("the program on disk may have changed meanwhile: start again")
    })
}

/// Says which runs of a series have different spikes though they must be equal: all of them, in weak scaling those of a case.
fn different(series: &Series, cases: &[Runs], weak: bool) -> Option<String> {
    let first_of_all = &cases[0].measured[0];
    for (case, runs) in series.cases.iter().zip(cases) {
        let (first, on) = if weak { (&runs.measured[0], case) } else { (first_of_all, &series.cases[0]) };
        if let Some(other) = runs.measured.iter().find(|m| m.spike_hash != first.spike_hash) {
            return Some(format!(
                "{}: spike hash {} ({}) and {} ({})",
                series.label,
                first.spike_hash,
                threads(on.threads),
                other.spike_hash,
                threads(case.threads)
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{super::derive::tests::measurement, *};

    #[test]
    fn spikes_must_not_depend_on_threads_nor_on_the_run() {
        let case = |threads| Case { network: "n".into(), set: vec![], threads, scale: None };
        let series = Series {
            label: "net, f64".into(),
            name: "net".into(),
            title: String::new(),
            scale: None,
            precision: "f64",
            cases: vec![case(1), case(2)],
        };
        let run = |hash: &str| Measurement { spike_hash: hash.into(), ..measurement(1.0) };
        let runs = |hashes: [&str; 2]| Runs { measured: hashes.map(run).to_vec(), others: vec![] };
        assert_eq!(different(&series, &[runs(["a", "a"]), runs(["a", "a"])], false), None);
        let two = [runs(["a", "a"]), runs(["b", "b"])];
        let said = different(&series, &two, false).unwrap();
        assert_eq!(said, "net, f64: spike hash a (1 thread) and b (2 threads)");
        // In weak scaling each number of threads has its own network.
        assert_eq!(different(&series, &two, true), None);
        assert!(
            different(&series, &[runs(["a", "a"]), runs(["b", "c"])], true).unwrap().contains("b (2 threads) and c")
        );
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let case = Case { network: "coba".into(), set: vec![], threads: 1, scale: None };
        assert!(apart(Path::new("/nowhere/bouton"), &case, "coba").unwrap_err().message().contains("/nowhere/bouton"));
    }
}
