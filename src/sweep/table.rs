//! The table of a sweep: a row for each run in files, a row for each point on the terminal.

use std::fmt;

use super::{Grid, Request, Row, Vary, folder::Folder, row::KINDS};
use crate::{
    error::{Error, Result},
    record::write_tables,
    table,
};

/// Points that are printed; more are in the files.
const PRINTED: usize = 60;

/// All runs of a sweep.
#[derive(Clone, Debug)]
pub struct Table {
    /// Short name of the network.
    pub network: String,
    /// Its title.
    pub title: String,
    /// What was varied.
    pub vary: Vec<Vary>,
    /// Runs of each point.
    pub repeat: usize,
    /// Numbers of each key's value, point by point.
    pub points: Vec<Vec<usize>>,
    /// Names of the numbers of each run: of the populations' statistics, then of measures.
    pub names: Vec<String>,
    /// Number of measures among them.
    pub measures: usize,
    /// All runs, those of a point behind each other.
    pub rows: Vec<Row>,
}

/// A number over the runs of a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation, divided by n - 1; 0 of a single one. Of a condition, whose mean is the share p of runs in which it holds, the
    /// standard error of that share, sqrt(p (1 - p)/n).
    pub spread: f64,
    /// How many runs have this number.
    pub count: usize,
}

impl Table {
    pub(super) fn new(request: &Request, grid: &Grid, rows: Vec<Row>) -> Self {
        let of = |p: &String| KINDS.iter().map(|k| format!("{p}.{}{}", k.name, k.unit)).collect::<Vec<_>>();
        let statistics = grid.populations.iter().flat_map(of);
        Self {
            network: grid.name.clone(),
            title: grid.title.clone(),
            vary: request.vary.clone(),
            repeat: grid.repeat,
            points: (0..grid.runs()).step_by(grid.repeat).map(|k| grid.point(k).values).collect(),
            names: statistics.chain(request.measures.iter().map(|m| m.label())).collect(),
            measures: request.measures.len(),
            rows,
        }
    }

    /// A number of each run of a point; none where it has none.
    fn of_point(&self, point: usize, number: usize) -> impl Iterator<Item = f64> {
        let rows = &self.rows[point * self.repeat..(point + 1) * self.repeat];
        rows.iter().filter_map(move |row| {
            let statistics = row.statistics.len();
            if number < statistics { row.statistics[number] } else { row.measures[number - statistics] }
        })
    }

    /// Mean over the runs of a point; none where no run has this number.
    pub fn mean(&self, point: usize, number: usize) -> Option<Mean> {
        let all: Vec<f64> = self.of_point(point, number).collect();
        let n = all.len() as f64;
        let mean = all.iter().sum::<f64>() / n;
        let squares: f64 = all.iter().map(|v| (v - mean).powi(2)).sum();
        let spread = match all.len() {
            1 => 0.0,
            _ if self.is_share(number) => (mean * (1.0 - mean) / n).sqrt(),
            _ => (squares / (n - 1.0)).sqrt(),
        };
        (!all.is_empty()).then_some(Mean { mean, spread, count: all.len() })
    }

    /// Whether a number is a measure that holds or not, 1 or 0, in each run.
    pub fn is_share(&self, number: usize) -> bool {
        let is_measure = number >= self.names.len() - self.measures;
        is_measure && (0..self.points.len()).all(|p| self.of_point(p, number).all(|v| v == 0.0 || v == 1.0))
    }

    /// Numbers worth showing: measures and, of each population, rate and CV.
    pub fn shown(&self) -> Vec<usize> {
        let statistics = self.names.len() - self.measures;
        let measures = statistics..self.names.len();
        measures.chain((0..statistics).filter(|k| k % KINDS.len() < 2)).collect()
    }

    /// Runs that did not reach their end.
    pub fn failed(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.status != "complete")
    }

    /// All numbers, a row for each run.
    fn runs(&self) -> table::Table {
        let point = |row: &Row| &self.points[row.run / self.repeat];
        let numbers = |of: &dyn Fn(&Row) -> Option<f64>| -> Vec<f64> {
            self.rows.iter().map(|row| of(row).unwrap_or(f64::NAN)).collect()
        };
        let words = |of: &dyn Fn(&Row) -> String| self.rows.iter().map(of).collect();
        let mut runs = table::Table::new("table", &self.title).with("run", "1", numbers(&|row| Some(row.run as f64)));
        for (k, vary) in self.vary.iter().enumerate() {
            runs = match vary.unit.as_deref() {
                Some(unit) => {
                    let unit = if unit.is_empty() { "1" } else { unit };
                    runs.with(&vary.key, unit, numbers(&|row| vary.number(point(row)[k])))
                }
                None => runs.with_words(&vary.key, words(&|row| vary.values[point(row)[k]].clone())),
            };
        }
        runs = runs.with("seed", "1", numbers(&|row| Some(row.seed as f64)));
        for (k, name) in self.names.iter().enumerate() {
            let of = |row: &Row| row.statistics.iter().chain(&row.measures).nth(k).copied().flatten();
            let unit = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
            let (name, unit) = unit.unwrap_or((name, "1"));
            runs = runs.with(name, unit, numbers(&of));
        }
        let runs = runs.with_words("spike hash", words(&|row| row.spike_hash.clone()));
        runs.with_words("status", words(&|row| row.status.clone()))
    }

    /// `table.csv` and `table.h5`.
    pub(super) fn write(&self, folder: &Folder) -> Result<()> {
        let runs = self.runs();
        let path = folder.file("table.csv");
        std::fs::write(&path, runs.csv())
            .map_err(|e| Error::io(format!("cannot write \"{}\": {e}", path.display())).help("is the disk full?"))?;
        write_tables(&folder.file("table.h5"), &[("network", &self.network)], &[], &[runs])
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.shown();
        let mut heads: Vec<String> = self.vary.iter().map(Vary::label).collect();
        heads.extend(shown.iter().map(|&k| self.names[k].clone()));
        let mut lines = vec![heads];
        for (p, point) in self.points.iter().enumerate().take(PRINTED) {
            let mut line: Vec<String> = self.vary.iter().zip(point).map(|(v, &k)| v.short(k)).collect();
            line.extend(shown.iter().map(|&k| match self.mean(p, k) {
                None => "-".into(),
                Some(m) if self.repeat == 1 => short(m.mean),
                Some(m) => format!("{} ± {}", short(m.mean), short(m.spread)),
            }));
            lines.push(line);
        }
        let width = |k: usize| lines.iter().map(|line| line[k].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
        for line in &lines {
            let cells = line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:>width$}"));
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        if self.points.len() > PRINTED {
            writeln!(f, "... and {} points more, in the table", self.points.len() - PRINTED)?;
        }
        if self.repeat > 1 {
            write!(f, "mean ± standard deviation over {} seeds", self.repeat)?;
            let shares = shown.iter().any(|&k| self.is_share(k));
            writeln!(f, "{}", if shares { "; conditions: share of runs ± standard error" } else { "" })?;
        }
        Ok(())
    }
}

/// Three digits behind those before the point that count.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.1}"),
        size if size >= 1.0 || size == 0.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let row = |run: usize, rate: f64| Row {
            run,
            seed: run as u64 % 2,
            status: if run == 3 { "diverged, alas".into() } else { "complete".into() },
            spike_hash: format!("{run:x}"),
            statistics: vec![Some(rate), None, None, None, None],
            measures: vec![Some(f64::from(rate > 10.0))],
        };
        Table {
            network: "net".into(),
            title: "A net".into(),
            vary: vec![Vary::parse("w=0.1 nS:0.2 nS:0.1 nS").expect("read")],
            repeat: 2,
            points: vec![vec![0], vec![1]],
            names: ["E.rate (Hz)", "E.cv", "E.synchrony", "E.correlation", "E.first_spike (ms)", "high"]
                .map(String::from)
                .into(),
            measures: 1,
            rows: vec![row(0, 5.0), row(1, 7.0), row(2, 20.0), row(3, 24.0)],
        }
    }

    #[test]
    fn runs_are_rows_of_a_file_and_points_rows_on_the_terminal() {
        let table = table();
        let csv = table.runs().csv();
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(
            lines[0],
            "run,w (nS),seed,E.rate (Hz),E.cv,E.synchrony,E.correlation,E.first_spike (ms),high,spike hash,status"
        );
        assert_eq!(lines[1], "0,0.1,0,5,,,,,0,0,complete");
        assert_eq!(lines[4], "3,0.2,1,24,,,,,1,3,\"diverged, alas\"");
        assert_eq!(table.mean(0, 0), Some(Mean { mean: 6.0, spread: 2.0_f64.sqrt(), count: 2 }));
        assert_eq!(table.mean(0, 1), None);
        let text = table.to_string();
        assert!(text.contains("w (nS)         high   E.rate (Hz)  E.cv"), "{text}");
        assert!(text.contains("   0.1  0.00 ± 0.00   6.00 ± 1.41     -"), "{text}");
        assert_eq!(table.failed().count(), 1);
        assert!(text.contains("conditions: share of runs"), "{text}");
    }

    #[test]
    fn a_condition_has_the_standard_error_of_a_share() {
        let mut table = table();
        (table.repeat, table.points) = (4, vec![vec![0]]);
        table.rows.iter_mut().zip([1.0, 1.0, 0.0, 1.0]).for_each(|(row, holds)| row.measures = vec![Some(holds)]);
        assert_eq!(table.mean(0, 5), Some(Mean { mean: 0.75, spread: (0.75 * 0.25 / 4.0_f64).sqrt(), count: 4 }));
        table.rows[0].measures = vec![Some(2.0)];
        assert!((table.mean(0, 5).expect("a mean").spread - (2.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    }
}
