//! What a neuron does under a constant current that begins when it is at rest.

use super::{Protocol, Subject};
use crate::{
    error::Result,
    lab::{
        network::{chosen, run},
        quoted,
    },
    lang::algebra::has_random,
};

/// The neuron settles for this long before the current begins, in ms.
const SETTLE: f64 = 100.0;
/// A kick that makes a neuron spike lasts this long, in ms.
const KICK: f64 = 100.0;
/// A slow rise takes this long, in ms.
const RISE: f64 = 1000.0;

/// Rates in Hz, times in ms; NaN where there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Response {
    /// Mean rate in the second half; 0 where it is silent by the end.
    pub rate: f64,
    /// One over the first interval.
    pub first_rate: f64,
    /// From the begin of the current to the first spike.
    pub latency: f64,
    /// Spikes in all.
    pub spikes: usize,
    /// Does it still spike at the end?
    pub sustained: bool,
}

impl Response {
    /// Of a neuron that noise makes fire: its rate is counted, whatever its intervals.
    pub fn counted(spikes: &[f64], duration: f64) -> Self {
        let late = spikes.iter().filter(|t| **t >= duration / 2.0).count();
        Self { rate: 2e3 * late as f64 / duration, sustained: late > 0, ..Self::new(spikes, duration) }
    }

    /// From spike times since the begin of the current, which flows for `duration`.
    ///
    /// It still spikes if the silence at the end is no longer than 1.5 times the longest interval; a single spike counts if it is late,
    /// as the first of a slow train.
    pub fn new(spikes: &[f64], duration: f64) -> Self {
        let intervals: Vec<f64> = spikes.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let silence = duration - spikes.last().copied().unwrap_or(0.0);
        let longest = intervals.iter().copied().fold(f64::NAN, f64::max);
        let sustained = match spikes.len() {
            0 => false,
            1 => spikes[0] > duration / 2.0,
            _ => silence <= 1.5 * longest,
        };
        let late: Vec<f64> = spikes.iter().copied().filter(|t| *t >= duration / 2.0).collect();
        let rate = match (sustained, &late[..]) {
            (false, _) => 0.0,
            (true, [first, .., last]) => 1e3 * (late.len() - 1) as f64 / (last - first),
            (true, _) => intervals.last().map_or(f64::NAN, |last| 1e3 / last),
        };
        Self {
            rate,
            first_rate: intervals.first().map_or(f64::NAN, |first| 1e3 / first),
            latency: spikes.first().copied().unwrap_or(f64::NAN),
            spikes: spikes.len(),
            sustained,
        }
    }
}

/// Copies of the model, each under its own current.
pub struct Cell<'a> {
    subject: &'a Subject,
    duration: f64,
    dt: f64,
    /// Whether random numbers drive it.
    pub noisy: bool,
}

impl<'a> Cell<'a> {
    pub fn new(subject: &'a Subject, protocol: &Protocol) -> Self {
        let model = &subject.model;
        let expressions = model.equations.iter().map(|e| &e.expr).chain(&model.threshold);
        let statements = model.step.iter().chain(&model.reset).map(|s| &s.expr);
        let noisy = expressions.chain(statements).any(has_random);
        Self { subject, duration: protocol.duration, dt: protocol.dt, noisy }
    }

    /// What the model is called.
    pub fn name(&self) -> &str {
        &self.subject.model.name
    }

    /// Responses to steps of current from rest, in pA.
    pub fn each(&self, currents: &[f64]) -> Result<Vec<Response>> {
        self.run(currents, SETTLE, |_| "0 pA".into())
    }

    /// Responses of neurons that are made to spike by a first current of `kick` pA.
    pub fn kicked(&self, currents: &[f64], kick: f64) -> Result<Vec<Response>> {
        self.run(currents, SETTLE + KICK, |_| format!("where(t > {SETTLE} ms, {kick:e} pA, 0 pA)"))
    }

    /// Responses to currents that were reached slowly.
    pub fn slowly(&self, currents: &[f64]) -> Result<Vec<Response>> {
        self.run(currents, SETTLE + RISE, |list| format!("({list})*clip((t - {SETTLE} ms)/({RISE} ms), 0, 1)"))
    }

    /// Each neuron's current from `begin` on, and before it what `before` makes of the expression of all.
    fn run(&self, currents: &[f64], begin: f64, before: impl Fn(&str) -> String) -> Result<Vec<Response>> {
        let list = chosen(currents, "pA");
        // Half a step early, so that rounding of times does not matter.
        let from = begin - 0.5 * self.dt;
        let before = before(&list);
        let text = format!(
            "[populations.cell]\nmodel = {}\nsize = {}\n[[inputs]]\nto = \"cell\"\ncurrent = \"where(t > {from} ms, {list}, {before})\"\n\
             [run]\nduration = \"{} ms\"\ndt = \"{} ms\"\nprecision = \"f64\"\n",
            quoted(self.name()),
            currents.len(),
            begin + self.duration,
            self.dt
        );
        let recorded = run(&text, std::slice::from_ref(&self.subject.model))?;
        let since = |all: &Vec<f64>| all.iter().map(|t| t - begin).filter(|t| *t > 0.5 * self.dt).collect::<Vec<_>>();
        let response = if self.noisy { Response::counted } else { Response::new };
        Ok(recorded.spikes.iter().map(|all| response(&since(all), self.duration)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_found_wherever_it_stands() {
        let noisy = |name: &str| {
            let subject = Subject::load(name, &[], crate::lang::model::Kind::Neuron).expect("loaded");
            Cell::new(&subject, &Protocol::default()).noisy
        };
        // In an equation, in a statement of every step, in a threshold.
        assert!(["hh_langevin", "hh_markov", "lnp"].into_iter().all(noisy));
        assert!(!["lif", "hh_squid", "adex"].into_iter().any(noisy));
    }

    #[test]
    fn rates_are_those_of_the_end() {
        let adapting: Vec<f64> =
            [10.0, 20.0, 40.0, 80.0].into_iter().chain((2..=20).map(|k| 50.0 * k as f64)).collect();
        let response = Response::new(&adapting, 1000.0);
        assert_eq!((response.rate, response.first_rate, response.latency), (20.0, 100.0, 10.0));
        assert!(response.sustained);
        let stops = Response::new(&[5.0, 15.0, 25.0], 1000.0);
        assert_eq!((stops.rate, stops.sustained, stops.spikes), (0.0, false, 3));
        let silent = Response::new(&[], 1000.0);
        assert!(silent.rate == 0.0 && silent.latency.is_nan() && !silent.sustained);
        assert!(Response::new(&[700.0], 1000.0).rate.is_nan());
        let drawn = Response::counted(&[10.0, 510.0, 520.0, 990.0], 1000.0);
        assert_eq!((drawn.rate, drawn.first_rate, drawn.sustained), (6.0, 2.0, true));
    }
}
