//! `/report`: the rows of a trace on their way into its datasets.

use hdf5::Dataset;

use super::{TraceMeta, h5};

/// A trace's reports, one for each variable.
pub struct Report {
    datasets: Vec<(Dataset, Dataset)>,
    interval_steps: u64,
    /// First step and number of rows so far.
    first: Option<u64>,
    rows: usize,
    /// For each variable: what the current batch adds.
    pending: Vec<Vec<f32>>,
    /// For each variable: from the internal unit to the file's.
    factors: Vec<f64>,
}

impl Report {
    pub fn new(trace: &TraceMeta, datasets: Vec<(Dataset, Dataset)>) -> Self {
        Self {
            datasets,
            interval_steps: trace.interval_steps,
            first: None,
            rows: 0,
            pending: vec![Vec::new(); trace.variables.len()],
            factors: trace.variables.iter().map(|(_, unit)| h5::factor(unit)).collect(),
        }
    }

    /// Takes one row: neuron-major values of all variables.
    pub fn take(&mut self, step: u64, values: &[f64]) {
        self.first.get_or_insert(step);
        let variables = self.pending.len();
        for (variable, (pending, factor)) in self.pending.iter_mut().zip(&self.factors).enumerate() {
            pending.extend(values.iter().skip(variable).step_by(variables).map(|value| (value * factor) as f32));
        }
    }

    pub fn append(&mut self) -> h5::Result<()> {
        for ((data, _), pending) in self.datasets.iter().zip(&mut self.pending) {
            if !pending.is_empty() {
                self.rows = h5::append_rows(data, pending)?;
                pending.clear();
            }
        }
        Ok(())
    }

    /// SONATA's start, stop (excluded), step.
    pub fn write_times(&self, dt_ms: f64) -> h5::Result<()> {
        let Some(first) = self.first else { return Ok(()) };
        let time = |step: u64| step as f64 * dt_ms;
        let stop = first + self.rows as u64 * self.interval_steps;
        let times = [time(first), time(stop), time(self.interval_steps)];
        self.datasets.iter().try_for_each(|(_, dataset)| dataset.write(&times))
    }
}
