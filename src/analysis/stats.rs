//! The statistics of a file of spikes: what `bouton stats` prints.

use serde::Serialize;

use super::{
    SpikeFile, Trains, chi, counts, fano_factor, mean_correlation,
    neurons::{self, mean},
    spectrum,
};
use crate::error::Result;

/// Bin of the population spike counts behind `synchrony`, ms.
pub(super) const SYNCHRONY_BIN_MS: f64 = 3.0;
/// Bin of the spike counts behind `correlation`, ms.
pub(super) const CORRELATION_BIN_MS: f64 = 5.0;
/// Window of the spike counts behind `fano` where there are no trials, ms.
const FANO_WINDOW_MS: f64 = 100.0;
/// Bin of the spectrum, ms: it shows up to 500 Hz.
const SPECTRUM_BIN_MS: f64 = 1.0;
/// Neurons whose recorded potentials are compared.
const CHI_NEURONS: usize = 100;

/// Statistics of spikes. `None` (JSON `null`) where there are too few to say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stats {
    /// One line about the network; empty where the file does not say.
    pub title: String,
    /// `complete`, `running` (or killed), or why the run stopped; empty where the file does not say.
    pub status: String,
    /// Where the time that was looked at begins, ms.
    pub from_ms: f64,
    /// How long it is, ms.
    pub duration_ms: f64,
    /// Window of the Fano factors, ms.
    pub fano_window_ms: f64,
    /// Populations whose spikes were recorded.
    pub populations: Vec<PopulationStats>,
}

/// Statistics of a population.
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
    /// Mean [`cv`](super::cv) of the neurons with at least three spikes.
    pub cv_isi: Option<f64>,
    /// Mean [`lv`](super::lv) of the same neurons.
    pub lv: Option<f64>,
    /// Mean [`cv2`](super::cv2) of the same neurons.
    pub cv2: Option<f64>,
    /// Mean [`fano`](super::fano) factor of the neurons that spiked.
    pub fano: Option<f64>,
    /// Variance over mean of the population's spike count in 3 ms bins: [`fano_factor`].
    pub synchrony: Option<f64>,
    /// Mean correlation of spike counts in 5 ms bins over pairs of up to 200 neurons: [`mean_correlation`].
    pub correlation: Option<f64>,
    /// Frequency at which the population oscillates, Hz: [`Spectrum::peak_hz`](super::Spectrum::peak_hz).
    pub peak_hz: Option<f64>,
    /// Mean over the neurons that spiked of the time to the first spike of a trial, ms: [`first_spike`](super::first_spike).
    pub first_spike_ms: Option<f64>,
    /// [`chi`] of the recorded variable `v` of up to 100 neurons.
    pub chi: Option<f64>,
}

impl Stats {
    /// Computes the statistics of the time and populations that `file` looks at, one population in memory at a time. Trials of `trial_ms` follow
    /// each other: they are the windows of the Fano factor, and the latency counts from the start of each. Without them the Fano factor has
    /// windows of 100 ms, and the latency counts from the start.
    ///
    /// # Errors
    /// A damaged file.
    pub fn of(file: &SpikeFile, trial_ms: Option<f64>) -> Result<Self> {
        Self::compute(file, trial_ms, None)
    }

    /// The same, and a table of comma-separated values with a line for each neuron: those of [`NeuronStats`](super::NeuronStats).
    ///
    /// # Errors
    /// A damaged file.
    pub fn with_neurons(file: &SpikeFile, trial_ms: Option<f64>) -> Result<(Self, String)> {
        let mut table = neurons::HEADING.to_owned();
        Ok((Self::compute(file, trial_ms, Some(&mut table))?, table))
    }

    fn compute(file: &SpikeFile, trial_ms: Option<f64>, mut table: Option<&mut String>) -> Result<Self> {
        let window = file.in_steps(trial_ms.unwrap_or(FANO_WINDOW_MS));
        let trial = trial_ms.map_or(file.steps(), |ms| file.in_steps(ms));
        let mut populations = Vec::new();
        for &number in file.chosen() {
            let population = &file.populations[number];
            let spikes = file.spikes(number)?;
            let single = neurons::neurons(file, &Trains::new(&spikes), window, trial);
            if let Some(table) = &mut table {
                neurons::write(table, &population.name, population.size, &single);
            }
            let (steps, total) = (&spikes.steps, file.steps());
            let bin = file.in_steps(SPECTRUM_BIN_MS);
            let power = spectrum(
                &counts(steps, bin, total),
                population.size,
                bin as f64 * file.step_ms,
                segment(file, bin, None),
            );
            populations.push(PopulationStats {
                name: population.name.clone(),
                size: population.size,
                spikes: steps.len() as u64,
                rate_hz: steps.len() as f64 / (f64::from(population.size) * file.duration_ms() * 1e-3),
                cv_isi: mean(&single, |n| n.cv_isi),
                lv: mean(&single, |n| n.lv),
                cv2: mean(&single, |n| n.cv2),
                fano: mean(&single, |n| n.fano),
                synchrony: fano_factor(&counts(steps, file.in_steps(SYNCHRONY_BIN_MS), total)),
                correlation: mean_correlation(steps, &spikes.ids, file.in_steps(CORRELATION_BIN_MS), total),
                peak_hz: power.and_then(|power| power.peak_hz()),
                first_spike_ms: mean(&single, |n| n.first_spike_ms),
                chi: potentials(file, &population.name)?,
            });
        }
        Ok(Self {
            title: file.title.clone(),
            status: file.status.clone(),
            from_ms: file.start_ms(),
            duration_ms: file.duration_ms(),
            fano_window_ms: window as f64 * file.step_ms,
            populations,
        })
    }
}

/// Bins of a segment of a spectrum that resolves `resolution_hz`; by default 1 Hz, or a quarter of the time where that is less than a second.
pub(crate) fn segment(file: &SpikeFile, bin_steps: u64, resolution_hz: Option<f64>) -> usize {
    let ms = resolution_hz.map_or_else(|| (file.duration_ms() / 4.0).min(1000.0), |hz| 1000.0 / hz);
    (ms / (bin_steps as f64 * file.step_ms)).round() as usize
}

/// Chi of the recorded potentials of a population.
fn potentials(file: &SpikeFile, population: &str) -> Result<Option<f64>> {
    let Some(results) = file.results() else { return Ok(None) };
    let of = |trace: &crate::record::TraceInfo| trace.population == population && trace.variable == "v";
    let Some(number) = results.traces.iter().position(of) else { return Ok(None) };
    let trace = results.trace(number, CHI_NEURONS)?;
    let until = |ms: f64| trace.times_ms.partition_point(|&time| time <= ms * (1.0 + 1e-12));
    let (from, to) = (until(file.start_ms()), until(file.start_ms() + file.duration_ms()));
    Ok(chi(&trace.values.iter().map(|values| &values[from..to]).collect::<Vec<_>>()))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        engine::observer::Observer,
        record::{Meta, PopulationMeta, Recorder, Results, TraceMeta},
    };

    /// 4 neurons that spike together every 10 ms for a second, and 2 that never do; the potential of two of them.
    pub fn file() -> SpikeFile {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("r.h5");
        let population =
            |name: &str, first_gid, size| PopulationMeta { name: name.into(), first_gid, size, record_spikes: true };
        let trace = TraceMeta {
            population: "E".into(),
            ids: vec![0, 1],
            places: Vec::new(),
            variables: vec![("v".into(), "mV".into())],
            interval_steps: 1,
        };
        let meta = Meta {
            dt_ms: 0.1,
            duration_ms: 1000.0,
            populations: vec![population("E", 0, 4), population("silent", 4, 2)],
            traces: vec![trace],
            ..Meta::default()
        };
        let mut recorder = Recorder::create(&path, &meta, None).expect("created");
        for step in 1..=10_000 {
            if step % 100 == 0 {
                recorder.spikes(step, &[0, 1, 2, 3]);
            }
            // The first half equal, the second opposite.
            let v = (step % 100) as f64;
            recorder.trace(0, step, &[v, if step <= 5000 { v } else { -v }]);
        }
        recorder.reached(10_000);
        recorder.finish("complete", &[], &[]).expect("finished");
        // The file is gone with its folder, what is open stays readable.
        SpikeFile::of(Results::open(&path).expect("opened")).expect("read")
    }

    #[test]
    fn a_clock_of_four_neurons() {
        let stats = Stats::of(&file(), None).expect("computed");
        let e = &stats.populations[0];
        assert_eq!((e.spikes, e.rate_hz, e.cv_isi, e.lv, e.cv2), (400, 100.0, Some(0.0), Some(0.0), Some(0.0)));
        assert_eq!((e.fano, e.first_spike_ms, e.peak_hz), (Some(0.0), Some(10.0), Some(100.0)));
        // 333 bins of 3 ms, 99 or 100 spikes of 4: the last spike lies in the incomplete bin.
        let (n, m) = (333.0, 99.0);
        let expected = 4.0 * (1.0 - m / n);
        assert!((e.synchrony.expect("spiked") - expected).abs() < 1e-12, "{:?} is not {expected}", e.synchrony);
        assert!((e.correlation.expect("spiked") - 1.0).abs() < 1e-12);
        let silent = &stats.populations[1];
        assert_eq!((silent.rate_hz, silent.cv_isi, silent.synchrony, silent.correlation), (0.0, None, None, None));
        assert_eq!((silent.fano, silent.first_spike_ms, silent.peak_hz, silent.chi), (None, None, None, None));
    }

    #[test]
    fn a_part_of_the_time_is_looked_at_alone() {
        let stats = |from: f64, to: f64, trial| {
            let part = file().between(from, Some(to)).and_then(|file| file.only(&["E".into()])).expect("a part");
            Stats::of(&part, trial).expect("computed").populations.remove(0)
        };
        // After 105 ms, up to and including 200 ms.
        let part = stats(105.0, 200.0, None);
        assert_eq!((part.spikes, part.first_spike_ms), (40, Some(5.0)));
        assert!((part.rate_hz - 10.0 / 0.095).abs() < 1e-9);
        // Trials of 25 ms have 2 or 3 spikes, the first 10 or 5 ms after their start.
        let part = stats(0.0, 1000.0, Some(25.0));
        assert!((part.fano.expect("trials") - 0.25 / 2.5).abs() < 1e-12 && part.first_spike_ms == Some(7.5));
        assert!((stats(0.0, 500.0, None).chi.expect("recorded") - 1.0).abs() < 1e-12);
        assert!(stats(500.0, 1000.0, None).chi.expect("recorded") < 1e-12);
        assert!(file().between(100.0, Some(100.0)).is_err() && file().between(0.0, Some(1000.1)).is_err());
        assert!(file().only(&["e".into()]).expect_err("unknown").report().contains("did you mean \"E\"?"));
    }

    #[test]
    fn single_neurons_are_a_table() {
        let (stats, table) = Stats::with_neurons(&file(), None).expect("computed");
        assert_eq!(stats, Stats::of(&file(), None).expect("computed"));
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(lines[0], "population,neuron,spikes,rate_hz,cv_isi,lv,cv2,fano,first_spike_ms");
        assert_eq!((lines[4], lines[5], lines.len()), ("E,3,100,100,0,0,0,0,10", "silent,0,0,0,,,,,", 7));
    }
}
