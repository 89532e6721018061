//! What `bouton run` says at its end: a table for people, one JSON object for programs.

use std::fmt;

use serde::Serialize;

use crate::output::{as_map, bytes, count, counted, threads};

/// The numbers of one run. Field names are those of `--json` and do not change.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Name of the network.
    pub network: String,
    /// Number of neurons.
    pub neurons: u64,
    /// Number of synapses.
    pub synapses: u64,
    /// Number of threads.
    pub threads: usize,
    /// `f64` or `f32`.
    pub precision: String,
    /// Time step in milliseconds.
    pub dt_ms: f64,
    /// Biological time in seconds.
    pub bio_seconds: f64,
    /// Wall-clock time until the first step.
    pub build_seconds: f64,
    /// Wall-clock time of all steps.
    pub sim_seconds: f64,
    /// `sim_seconds` per `bio_seconds`: below 1 is faster than real time.
    pub real_time_factor: f64,
    /// Spikes times synapses they reached.
    pub synaptic_events: u64,
    /// Largest resident memory of the process.
    pub peak_memory_bytes: u64,
    /// Spikes of all populations.
    pub spikes: u64,
    /// Hash over all (step, population, id) in order; equal runs have equal hashes.
    pub spike_hash: String,
    /// Path of the result file.
    pub results: Option<String>,
    /// Populations in file order.
    #[serde(serialize_with = "as_map")]
    pub populations: Vec<(String, PopulationSummary)>,
    /// Projections that learn, in file order.
    pub learning: Vec<LearningSummary>,
    /// Wall-clock seconds of each stage of the loop.
    #[serde(serialize_with = "as_map")]
    pub stages: Vec<(String, f64)>,
}

/// The numbers of one population.
#[derive(Clone, Debug, Serialize)]
pub struct PopulationSummary {
    /// Number of neurons.
    pub size: u64,
    /// Mean rate in Hz; of cables the mean over their sites. None where the model has no threshold.
    pub rate_hz: Option<f64>,
    /// Mean coefficient of variation of the interspike intervals; none where no neuron spiked often enough.
    pub cv_isi: Option<f64>,
}

/// The weights of a projection that learns, at the end of the run.
#[derive(Clone, Debug, Serialize)]
pub struct LearningSummary {
    /// `E->E`.
    pub projection: String,
    /// Its receptor.
    pub receptor: String,
    /// Names of its rules.
    pub rules: Vec<String>,
    /// Number of synapses.
    pub synapses: u64,
    /// Mean weight.
    pub mean: f64,
    /// Standard deviation of the weights.
    pub sd: f64,
    /// Unit of both.
    pub unit: String,
    /// Hash over source, target, delay and weight of all synapses; equal runs have equal hashes.
    pub weight_hash: String,
}

impl Summary {
    /// One JSON object on one line.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("a summary holds numbers and names only")
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {}, {}, {}, {}, dt {} ms",
            self.network,
            counted(self.neurons, "neuron"),
            counted(self.synapses, "synapse"),
            threads(self.threads),
            self.precision,
            self.dt_ms
        )?;
        self.population_table(f)?;
        self.learning_table(f)?;
        self.stage_table(f)?;
        let per_second = self.synaptic_events as f64 / self.sim_seconds.max(f64::MIN_POSITIVE);
        writeln!(f, "\nsynaptic events  {} ({}/s)", count(self.synaptic_events), count(per_second as u64))?;
        writeln!(f, "spikes           {} (hash {})", count(self.spikes), self.spike_hash)?;
        writeln!(f, "peak memory      {}", bytes(self.peak_memory_bytes))?;
        match &self.results {
            Some(path) => writeln!(f, "results          {path}"),
            None => Ok(()),
        }
    }
}

impl Summary {
    fn population_table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = column_width("population", &self.populations);
        writeln!(f, "\n{:width$}  {:>9}  {:>9}  {:>9}", "population", "size", "rate (Hz)", "CV of ISI")?;
        for (name, population) in &self.populations {
            let [rate, cv] =
                [population.rate_hz, population.cv_isi].map(|x| x.map_or("-".into(), |x| format!("{x:.2}")));
            writeln!(f, "{name:width$}  {:>9}  {rate:>9}  {cv:>9}", count(population.size))?;
        }
        Ok(())
    }
    fn learning_table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<_> = self.learning.iter().map(|l| (l.projection.clone(), l)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let width = column_width("learning", &rows);
        writeln!(f, "\n{:width$}  {:>9}  {:>9}  {:>8}  {:16}  rule", "learning", "mean", "sd", "", "hash of weights")?;
        for (name, l) in &rows {
            let (mean, sd, rules) = (digits(l.mean), digits(l.sd), l.rules.join(", "));
            writeln!(f, "{name:width$}  {mean:>9}  {sd:>9}  {:8}  {}  {rules}", l.unit, l.weight_hash)?;
        }
        Ok(())
    }
    fn stage_table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:.2} s simulated in {:.2} s (real-time factor {:.2}) after {:.2} s of building",
            self.bio_seconds, self.sim_seconds, self.real_time_factor, self.build_seconds
        )?;
        let width = column_width("", &self.stages);
        let all: f64 = self.stages.iter().map(|(_, seconds)| seconds).sum();
        for (name, seconds) in &self.stages {
            let share = 100.0 * seconds / all.max(f64::MIN_POSITIVE);
            writeln!(f, "  {name:width$}  {seconds:>9.3} s  {share:>5.1} %")?;
        }
        Ok(())
    }
}

/// A weight with four digits.
fn digits(weight: f64) -> String {
    let scientific = format!("{weight:.3e}");
    let exponent: Option<i32> = scientific.split_once('e').and_then(|(_, exponent)| exponent.parse().ok());
    match exponent {
        Some(exponent @ -4..4) => format!("{weight:.*}", (3 - exponent) as usize),
        _ => scientific,
    }
}

fn column_width<T>(head: &str, list: &[(String, T)]) -> usize {
    list.iter().map(|(name, _)| name.chars().count()).chain([head.len()]).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary() -> Summary {
        let population = |size, rate_hz, cv_isi| PopulationSummary { size, rate_hz, cv_isi };
        Summary {
            network: "vogels_abbott".into(),
            neurons: 4000,
            synapses: 320_000,
            threads: 2,
            precision: "f64".into(),
            dt_ms: 0.1,
            bio_seconds: 2.0,
            build_seconds: 0.25,
            sim_seconds: 1.0,
            real_time_factor: 0.5,
            synaptic_events: 5_000_000,
            peak_memory_bytes: 52_000_000,
            spikes: 80_000,
            spike_hash: "00ff".into(),
            results: Some("vogels_abbott.h5".into()),
            populations: vec![
                ("exc".into(), population(3200, Some(19.5), Some(1.02))),
                ("I".into(), population(800, Some(0.0), None)),
                ("rates".into(), population(50, None, None)),
            ],
            learning: vec![LearningSummary {
                projection: "exc->I".into(),
                receptor: "ampa".into(),
                rules: vec!["stdp_additive".into(), "tsodyks_markram".into()],
                synapses: 64_000,
                mean: 5.998_76,
                sd: 0.012_345_6,
                unit: "nS".into(),
                weight_hash: "0123456789abcdef".into(),
            }],
            stages: vec![("integrate".into(), 0.75), ("deliver".into(), 0.25)],
        }
    }

    #[test]
    fn json_has_the_documented_fields_in_order() {
        let json = summary().json();
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["neurons"], 4000);
        assert_eq!(value["populations"]["exc"]["cv_isi"], 1.02);
        assert_eq!(value["populations"]["I"]["cv_isi"], serde_json::Value::Null);
        assert_eq!(value["learning"][0]["mean"], 5.99876);
        assert_eq!(value["stages"]["integrate"], 0.75);
        // The order of the file, not of the alphabet.
        assert!(json.find("\"exc\"") < json.find("\"I\"") && json.find("\"integrate\"") < json.find("\"deliver\""));
        for field in "network neurons synapses threads precision dt_ms bio_seconds build_seconds sim_seconds \
                      real_time_factor synaptic_events peak_memory_bytes spikes spike_hash populations learning stages"
            .split_whitespace()
        {
            assert!(!value[field].is_null(), "{field} is not in {json}");
        }
    }

    #[test]
    fn the_table_shows_rates_and_shares() {
        let text = summary().to_string();
        for part in [
            "vogels_abbott: 4,000 neurons, 320,000 synapses, 2 threads, f64, dt 0.1 ms",
            "exc             3,200      19.50       1.02",
            "I                 800       0.00          -",
            "rates              50          -          -",
            "learning       mean         sd            hash of weights   rule",
            "exc->I        5.999    0.01235  nS        0123456789abcdef  stdp_additive, tsodyks_markram",
            "  integrate      0.750 s   75.0 %",
            "5,000,000 (5,000,000/s)",
            "52.0 MB",
            "vogels_abbott.h5",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
    }
}
