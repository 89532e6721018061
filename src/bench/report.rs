//! What was measured, with what follows from it. Field names are those of `--json` and do not change.

use serde::Serialize;

use super::Machine;
use crate::{
    error::{Error, Result},
    output::as_map,
};

/// Everything that `bouton bench` measured.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Version of Bouton.
    pub bouton: &'static str,
    /// What it ran on.
    pub machine: Machine,
    /// `strong`: the same network on more threads; `weak`: a network that grows with the threads.
    pub scaling: &'static str,
    /// Runs of each case.
    pub repeat: usize,
    /// In the order in which they ran.
    pub series: Vec<Timed>,
    /// Spikes that differed between runs which must be equal. Anything here is a bug of Bouton.
    pub errors: Vec<String>,
}

/// A series with its measurements.
#[derive(Clone, Debug, Serialize)]
pub struct Timed {
    /// What distinguishes it, for people.
    pub label: String,
    /// As the user called the network.
    pub network: String,
    /// The network's own title.
    pub title: String,
    /// The constant `scale`, in weak scaling for one thread; none where it was not set.
    pub scale: Option<f64>,
    /// `f32` or `f64`.
    pub precision: &'static str,
    /// Time step in milliseconds.
    pub dt_ms: f64,
    /// Biological time of a run in seconds.
    pub bio_seconds: f64,
    /// One for each number of threads, ascending.
    pub points: Vec<Point>,
    /// What makes the comparison of its points doubtful.
    pub warnings: Vec<String>,
}

/// A case with its measurements. Rates are those of the median run.
#[derive(Clone, Debug, Serialize)]
pub struct Point {
    /// Number of threads.
    pub threads: usize,
    /// The constant `scale`; none where it was not set.
    pub scale: Option<f64>,
    /// Number of neurons.
    pub neurons: u64,
    /// Number of synapses.
    pub synapses: u64,
    /// Number of spikes.
    pub spikes: u64,
    /// Hash over all spikes.
    pub spike_hash: String,
    /// Spikes times synapses they reached.
    pub synaptic_events: u64,
    /// Bytes of all synapses with their index, over synapses.
    pub bytes_per_synapse: Option<f64>,
    /// Bytes of the neurons' arrays.
    pub neuron_bytes: u64,
    /// Largest resident memory of the process, the largest of all runs.
    pub peak_memory_bytes: u64,
    /// Wall time until the first step.
    pub build_seconds: Spread,
    /// Wall time of all steps.
    pub sim_seconds: Spread,
    /// `sim_seconds` per biological second: below 1 is faster than real time.
    pub real_time_factor: Spread,
    /// `sim_seconds` at the least number of threads over `sim_seconds` here; only where the network is the same.
    pub speed_up: Option<f64>,
    /// Strong scaling: the speed-up over the threads' ratio. Weak scaling: `sim_seconds` at the least number of threads over
    /// `sim_seconds` here. 1 is ideal.
    pub efficiency: f64,
    /// Synaptic events per second of wall time of the whole loop.
    pub events_per_second: Option<f64>,
    /// Wall time of the whole loop per synaptic event.
    pub ns_per_event: Option<f64>,
    /// Median seconds of each stage of the loop, averaged over threads.
    #[serde(serialize_with = "as_map")]
    pub stages: Vec<(String, f64)>,
    /// Bytes of synapses that delivery read per second, all threads together.
    ///
    /// Counted are, for each event, the target (2 bytes) and, where each synapse has its own weight, the weight (4 bytes), over the
    /// stage's wall time averaged over threads. Not counted are row pointers and delay groups, weights kept once for each
    /// source, spikes, the input slots added to, and what a cache line brings beside the group that is read.
    pub delivery_bytes_per_second: Option<f64>,
    /// The same over the streaming read of as many threads. Above 1, synapses came from caches.
    pub delivery_share_of_streaming_read: Option<f64>,
    /// Processors that others used on average while this case ran; none where the system does not tell.
    pub others_cores: Option<f64>,
    /// What makes the numbers doubtful.
    pub warnings: Vec<String>,
    /// Every run, in the order of time.
    pub runs: Vec<Run>,
}

/// The times of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// Wall time until the first step.
    pub build_seconds: f64,
    /// Wall time of all steps.
    pub sim_seconds: f64,
    /// Largest resident memory of the process.
    pub peak_memory_bytes: u64,
    /// Seconds of each stage.
    #[serde(serialize_with = "as_map")]
    pub stages: Vec<(String, f64)>,
}

/// Median and range of repeated measurements.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The middle one, or the mean of both in the middle.
    pub median: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// Of at least one value.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let n = values.len();
        Self { median: (values[(n - 1) / 2] + values[n / 2]) / 2.0, min: values[0], max: values[n - 1] }
    }

    pub(super) fn over(self, divisor: f64) -> Self {
        Self { median: self.median / divisor, min: self.min / divisor, max: self.max / divisor }
    }
}

impl Report {
    /// One JSON object.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a report holds numbers and names only")
    }

    /// Fails where spikes depended on the number of threads or changed from run to run.
    ///
    /// # Errors
    /// Then, of kind `Run`.
    pub fn check(&self) -> Result<()> {
        match self.errors.is_empty() {
            true => Ok(()),
            false => {
                Err(Error::run(format!("spikes differ between runs that must be equal:\n{}", self.errors.join("\n")))
                    .help("this is a bug in Bouton, or a fault of the machine; none of the numbers can be trusted"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::derive::tests::report, *};

    #[test]
    fn medians_and_ranges() {
        assert_eq!(Spread::of([3.0, 1.0, 2.0]), Spread { median: 2.0, min: 1.0, max: 3.0 });
        assert_eq!(Spread::of([4.0, 1.0, 2.0, 3.0]).median, 2.5);
        assert_eq!(Spread::of([7.0]), Spread { median: 7.0, min: 7.0, max: 7.0 });
    }

    #[test]
    fn different_spikes_are_a_failure() {
        let mut report = report(false);
        assert!(report.check().is_ok());
        report.errors.push("net: 00ff and 00fe".into());
        assert!(report.check().unwrap_err().report().contains("00fe"));
    }
}
