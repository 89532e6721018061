//! The statistics of a result file: what `bouton stats` prints.

use std::fmt;

use serde::Serialize;

use super::{Results, Train, counts, fano_factor, mean_correlation, mean_cv};
use crate::error::{Error, Result};

/// Bin of the population spike counts behind `synchrony`, ms.
const SYNCHRONY_BIN_MS: f64 = 3.0;
/// Bin of the spike counts behind `correlation`, ms.
const CORRELATION_BIN_MS: f64 = 5.0;

/// Statistics of a run. `None` (JSON `null`) where there are too few spikes to say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stats {
    /// One line about the network.
    pub title: String,
    /// `complete`, `running` (or killed), or why the run stopped.
    pub status: String,
    /// Biological time that the file holds, ms.
    pub duration_ms: f64,
    /// Populations whose spikes were recorded.
    pub populations: Vec<PopulationStats>,
}

/// Statistics of a population over the whole run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PopulationStats {
    /// Its name.
    pub name: String,
    /// Number of neurons.
    pub size: u32,
    /// Number of spikes.
    pub spikes: u64,
    /// Mean rate of a neuron, Hz.
    pub rate_hz: f64,
    /// Mean CV of the intervals of the neurons with at least three spikes: [`mean_cv`].
    pub cv_isi: Option<f64>,
    /// Variance over mean of the population's spike count in 3 ms bins: [`fano_factor`].
    pub synchrony: Option<f64>,
    /// Mean correlation of spike counts in 5 ms bins over pairs of up to 200 neurons: [`mean_correlation`].
    pub correlation: Option<f64>,
}

impl Stats {
    /// Computes the statistics of a result file, one population in memory at a time.
    ///
    /// # Errors
    /// A damaged file, or one without any recorded time.
    pub fn of(results: &Results) -> Result<Self> {
        if results.duration_ms <= 0.0 {
            return Err(Error::io(format!("\"{}\" holds no biological time yet", results.path().display()))
                .help("the run was stopped before its first flush, or it still goes on"));
        }
        let mut populations = Vec::new();
        for (number, population) in results.populations.iter().enumerate().filter(|(_, p)| p.recorded) {
            let spikes = results.spikes(number)?;
            let mut trains = vec![Train::default(); population.size as usize];
            spikes.steps.iter().zip(&spikes.ids).for_each(|(&step, &id)| trains[id as usize].push(step));
            let in_steps = |ms: f64| ((ms / results.dt_ms).round() as u64).max(1);
            let total = in_steps(results.duration_ms);
            populations.push(PopulationStats {
                name: population.name.clone(),
                size: population.size,
                spikes: spikes.steps.len() as u64,
                rate_hz: spikes.steps.len() as f64 / (f64::from(population.size) * results.duration_ms * 1e-3),
                cv_isi: mean_cv(&trains),
                synchrony: fano_factor(&counts(&spikes.steps, in_steps(SYNCHRONY_BIN_MS), total)),
                correlation: mean_correlation(&spikes.steps, &spikes.ids, in_steps(CORRELATION_BIN_MS), total),
            });
        }
        Ok(Self {
            title: results.title.clone(),
            status: results.status.clone(),
            duration_ms: results.duration_ms,
            populations,
        })
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.title.is_empty() {
            writeln!(f, "{}", self.title)?;
        }
        writeln!(f, "{} ms of biological time, {}\n", self.duration_ms, self.status)?;
        let width = self.populations.iter().map(|p| p.name.chars().count()).max().unwrap_or(0).max("population".len());
        writeln!(
            f,
            "{:width$}  {:>9}  {:>11}  {:>9}  {:>6}  {:>9}  {:>11}",
            "population", "neurons", "spikes", "rate (Hz)", "CV ISI", "synchrony", "correlation"
        )?;
        let number = |value: Option<f64>, digits: usize| value.map_or("-".to_owned(), |v| format!("{v:.digits$}"));
        for p in &self.populations {
            writeln!(
                f,
                "{:width$}  {:>9}  {:>11}  {:>9.2}  {:>6}  {:>9}  {:>11}",
                p.name,
                p.size,
                p.spikes,
                p.rate_hz,
                number(p.cv_isi, 2),
                number(p.synchrony, 2),
                number(p.correlation, 4),
            )?;
        }
        write!(
            f,
            "\nCV ISI: mean over neurons with at least 3 spikes. Synchrony: variance/mean of the population's spike count in\n\
             3 ms bins. Correlation: mean over pairs of up to 200 neurons that spiked, counts in 5 ms bins.\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        engine::observer::Observer,
        record::{Meta, PopulationMeta, Recorder},
    };

    /// 4 neurons that spike together every 10 ms for a second, and 2 that never do.
    fn stats() -> Stats {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("r.h5");
        let population =
            |name: &str, first_gid, size| PopulationMeta { name: name.into(), first_gid, size, record_spikes: true };
        let meta = Meta {
            dt_ms: 0.1,
            duration_ms: 1000.0,
            populations: vec![population("E", 0, 4), population("silent", 4, 2)],
            ..Meta::default()
        };
        let mut recorder = Recorder::create(&path, &meta, None).expect("created");
        (1..=100).for_each(|k| recorder.spikes(k * 100, &[0, 1, 2, 3]));
        recorder.reached(10_000);
        recorder.finish("complete", &[], &[]).expect("finished");
        Stats::of(&Results::open(&path).expect("opened")).expect("computed")
    }

    #[test]
    fn a_clock_of_four_neurons() {
        let stats = stats();
        let e = &stats.populations[0];
        assert_eq!((e.spikes, e.rate_hz, e.cv_isi), (400, 100.0, Some(0.0)));
        // 333 bins of 3 ms, 99 or 100 spikes of 4: the last spike lies in the incomplete bin.
        let (n, m) = (333.0, 99.0);
        let expected = 4.0 * (1.0 - m / n);
        assert!((e.synchrony.expect("spiked") - expected).abs() < 1e-12, "{:?} is not {expected}", e.synchrony);
        assert!((e.correlation.expect("spiked") - 1.0).abs() < 1e-12);
        let silent = &stats.populations[1];
        assert_eq!((silent.rate_hz, silent.cv_isi, silent.synchrony, silent.correlation), (0.0, None, None, None));
    }

    #[test]
    fn printed_as_a_table_and_as_json() {
        let stats = stats();
        let table = stats.to_string();
        assert!(
            table.contains("E                   4          400     100.00    0.00       2.81       1.0000"),
            "{table}"
        );
        assert!(
            table.contains("silent              2            0       0.00       -          -            -"),
            "{table}"
        );
        let json = serde_json::to_value(&stats).expect("serialised");
        assert_eq!(json["populations"][0]["rate_hz"], 100.0);
        assert!(json["populations"][1]["cv_isi"].is_null());
    }
}
