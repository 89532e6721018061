//! Statistics of single neurons: a line of the table that `bouton stats -o` writes.

use std::fmt::Write;

use super::{SpikeFile, Trains, cv, cv2, fano, first_spike, lv};

/// What a neuron did. `None` where it has too few spikes to say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NeuronStats {
    /// Id in its population.
    pub id: u32,
    /// Number of spikes.
    pub spikes: u64,
    /// Rate, Hz.
    pub rate_hz: f64,
    /// Coefficient of variation of its intervals: [`cv`].
    pub cv_isi: Option<f64>,
    /// Local variation of its intervals: [`lv`].
    pub lv: Option<f64>,
    /// Local coefficient of variation: [`cv2`].
    pub cv2: Option<f64>,
    /// Variance over mean of its spike count in windows: [`fano`].
    pub fano: Option<f64>,
    /// Mean time from the start of a trial to its first spike in it, ms: [`first_spike`].
    pub first_spike_ms: Option<f64>,
}

/// The neurons that spiked, in order of ids; `window_steps` of the Fano factor, `trial_steps` of the first spike.
pub(super) fn neurons(file: &SpikeFile, trains: &Trains, window_steps: u64, trial_steps: u64) -> Vec<NeuronStats> {
    let total = file.steps();
    let neuron = |(id, train): (u32, &[u64])| NeuronStats {
        id,
        spikes: train.len() as u64,
        rate_hz: train.len() as f64 / (file.duration_ms() * 1e-3),
        cv_isi: cv(train),
        lv: lv(train),
        cv2: cv2(train),
        fano: fano(train, window_steps, total),
        first_spike_ms: first_spike(train, trial_steps, total).map(|steps| steps * file.step_ms),
    };
    trains.iter().map(neuron).collect()
}

/// Mean of a statistic over the neurons that have it.
pub(super) fn mean(neurons: &[NeuronStats], of: impl Fn(&NeuronStats) -> Option<f64>) -> Option<f64> {
    let (sum, count) = neurons.iter().filter_map(of).fold((0.0, 0_u32), |(sum, count), x| (sum + x, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// Names of the columns.
pub(super) const HEADING: &str = "population,neuron,spikes,rate_hz,cv_isi,lv,cv2,fano,first_spike_ms\n";

/// Adds a line for each neuron of a population, also for those that did not spike.
pub(super) fn write(to: &mut String, population: &str, size: u32, neurons: &[NeuronStats]) {
    let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    // A name with a comma or quote is quoted, as in RFC 4180.
    let name = match population.contains([',', '"', '\n']) {
        true => format!("\"{}\"", population.replace('"', "\"\"")),
        false => population.to_owned(),
    };
    let mut spiking = neurons.iter().peekable();
    for id in 0..size {
        let silent = NeuronStats { id, ..NeuronStats::default() };
        let n = spiking.next_if(|neuron| neuron.id == id).unwrap_or(&silent);
        let optional = [n.cv_isi, n.lv, n.cv2, n.fano, n.first_spike_ms].map(number).join(",");
        writeln!(to, "{name},{id},{},{},{optional}", n.spikes, n.rate_hz).expect("writing to a string");
    }
}
