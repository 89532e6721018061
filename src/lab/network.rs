//! The network of an experiment, run; all that it showed.

use std::sync::Arc;

use crate::{
    engine::{Observer, Options, Simulation},
    error::{Error, Result, Source},
    lang::model::Model,
    plan::Plan,
    quantity::{Dim, display, parse_unit},
    spec::Spec,
};

/// What a run showed.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// Spike times in ms of each neuron, by its number in the network.
    pub spikes: Vec<Vec<f64>>,
    /// Traces in the order of the network's text.
    pub traces: Vec<Traces>,
}

/// One `[[record.traces]]`.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// Names of the variables and their units.
    pub variables: Vec<(String, String)>,
    /// Times in ms.
    pub times: Vec<f64>,
    /// Number of neurons.
    neurons: usize,
    /// Values in those units: for each time, for each neuron, for each variable.
    values: Vec<f64>,
}

impl Traces {
    /// The course of a variable in one of the recorded neurons.
    pub fn of(&self, neuron: usize, variable: usize) -> Vec<f64> {
        let width = self.variables.len();
        self.values.chunks(width * self.neurons).map(|row| row[neuron * width + variable]).collect()
    }

    /// Number of a variable by name.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.variables.iter().position(|v| v.0 == name)
    }
}

/// A string of a TOML file.
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.into()).to_string()
}

/// Plans and runs a network on one thread; `models` are known in it by their names.
///
/// # Errors
/// All that [`Plan::new`] refuses, and a neuron that diverges.
pub fn run(text: &str, models: &[Arc<Model>]) -> Result<Recorded> {
    let mut spec = Spec::parse(Source::new("network of the experiment", text), "laboratory")?;
    spec.models = models.to_vec();
    let plan = Plan::new(&spec)?;
    let traces = plan.traces.iter().map(|t| Traces {
        variables: t.variables.clone(),
        neurons: t.ids.len(),
        ..Traces::default()
    });
    let factors = |t: &crate::plan::Trace| -> Vec<f64> {
        let of = |unit: &str| parse_unit(unit).expect("a dimension prints as a unit").0.from_internal(1.0);
        t.variables.iter().map(|v| of(&v.1)).collect()
    };
    let mut observed = Watch {
        dt: plan.dt,
        recorded: Recorded { spikes: vec![Vec::new(); plan.neurons() as usize], traces: traces.collect() },
        factors: plan.traces.iter().map(factors).collect(),
    };
    let done = Simulation::build(&plan, Options { threads: Some(1), ..Options::default() }).run(&mut observed);
    match done.diverged {
        None => Ok(observed.recorded),
        Some(at) => {
            let time = display(at.step as f64 * plan.dt, Dim::TIME);
            let (model, dt) = (&plan.populations[at.population].model, display(plan.dt, Dim::TIME));
            let message = format!("{model} diverged at {time} with dt {dt}: its state is no longer a finite number");
            Err(Error::run(message).help("use a smaller --dt, or weaker currents"))
        }
    }
}

/// An expression that gives neuron `i` the value number `i`: a line where they lie on one, else halves of halves.
pub fn chosen(values: &[f64], unit: &str) -> String {
    let (first, n) = (values[0], values.len());
    let step = if n > 1 { (values[n - 1] - first) / (n - 1) as f64 } else { 0.0 };
    if values.iter().enumerate().all(|(k, c)| *c == first + k as f64 * step) {
        return format!("{first:e} {unit} + i*({step:e} {unit})");
    }
    fn halves(from: usize, values: &[f64], unit: &str) -> String {
        match values {
            [one] => format!("{one:e} {unit}"),
            _ => {
                let (left, right) = values.split_at(values.len() / 2);
                let middle = from + left.len();
                format!("where(i < {middle}, {}, {})", halves(from, left, unit), halves(middle, right, unit))
            }
        }
    }
    halves(0, values, unit)
}

struct Watch {
    dt: f64,
    recorded: Recorded,
    factors: Vec<Vec<f64>>,
}

impl Observer for Watch {
    fn spikes(&mut self, step: u64, ids: &[u32]) {
        ids.iter().for_each(|&id| self.recorded.spikes[id as usize].push(step as f64 * self.dt));
    }
    fn trace(&mut self, trace: usize, step: u64, values: &[f64]) {
        let (to, factors) = (&mut self.recorded.traces[trace], &self.factors[trace]);
        to.times.push(step as f64 * self.dt);
        to.values.extend(values.iter().zip(factors.iter().cycle()).map(|(value, factor)| value * factor));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_network_shows_is_kept_by_neuron_and_variable() {
        let text = "[populations.cell]\nmodel = \"lif\"\nsize = 2\n[[inputs]]\nto = \"cell\"\ncurrent = \"i*1 nA\"\n\
                    [[record.traces]]\npopulation = \"cell\"\nvariables = [\"v\", \"I_syn\"]\ninterval = \"1 ms\"\n\
                    [run]\nduration = \"10 ms\"\n";
        let seen = run(text, &[]).unwrap_or_else(|e| panic!("{}", e.report()));
        // 100 mV above rest in the end, 10 mV below threshold: tau ln(100/90), and 5 ms refractory.
        let first = 20.0 * (100.0_f64 / 90.0).ln();
        assert!(seen.spikes[0].is_empty() && (seen.spikes[1][0] - first).abs() < 0.1, "{:?}", seen.spikes);
        let traces = &seen.traces[0];
        assert_eq!(traces.variables, [("v".into(), "mV".into()), ("I_syn".into(), "pA".into())]);
        assert_eq!(traces.of(1, traces.index("I_syn").expect("recorded"))[1..], [1000.0; 10]);
        assert_eq!((traces.times.len(), traces.of(0, 0)[5]), (11, -60.0));
    }

    #[test]
    fn values_are_written_as_a_line_or_one_by_one() {
        assert_eq!(chosen(&[0.0, 50.0, 100.0], "pA"), "0e0 pA + i*(5e1 pA)");
        assert_eq!(chosen(&[1.0, 5.0, 7.0], "pA"), "where(i < 1, 1e0 pA, where(i < 2, 5e0 pA, 7e0 pA))");
    }
}
