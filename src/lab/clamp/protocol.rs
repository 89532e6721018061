//! What an amplifier is told: what it holds, from when to when, at which levels.

use super::record::SETTLE;
use crate::{
    error::{Error, Result},
    lab::network::chosen,
    quantity::{Dim, display},
};

/// What is held by the amplifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clamped {
    /// The injected current, in pA.
    Current,
    /// The potential, in mV.
    Voltage,
}

/// What is done to the model. Times in ms, commands in pA or mV.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// What is commanded.
    pub clamped: Clamped,
    /// Before and after.
    pub holding: f64,
    /// Levels, each in a neuron of its own.
    pub levels: Vec<f64>,
    /// One neuron that is led from the first level to the last instead.
    pub ramp: bool,
    /// From the begin of the record to that of the step or ramp.
    pub start: f64,
    /// Length of step or ramp.
    pub length: f64,
    /// From its end to the end of the record.
    pub after: f64,
    /// Time step.
    pub dt: f64,
}

impl Clamped {
    /// `v` or `I`, and its unit.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Current => ("I_inj", "pA"),
            Self::Voltage => ("v", "mV"),
        }
    }
    fn dim(self) -> Dim {
        match self {
            Self::Current => Dim::CURRENT,
            Self::Voltage => Dim::VOLTAGE,
        }
    }
}

impl Protocol {
    /// Neurons that are simulated.
    pub(super) fn neurons(&self) -> usize {
        if self.ramp { 1 } else { self.levels.len() }
    }

    /// What a level is called: `at 20 mV`, `ramp`.
    pub fn level(&self, number: usize) -> String {
        if self.ramp {
            "in the ramp".into()
        } else {
            format!("at {}", display(self.levels[number], self.clamped.dim()))
        }
    }

    /// In a line.
    pub(super) fn words(&self) -> String {
        let value = |x: f64| display(x, self.clamped.dim());
        let what = match (self.clamped, self.ramp) {
            (Clamped::Current, false) => "current clamp: steps",
            (Clamped::Current, true) => "current clamp: a ramp",
            (Clamped::Voltage, false) => "voltage clamp: steps",
            (Clamped::Voltage, true) => "voltage clamp: a ramp",
        };
        let (first, last) = (value(self.levels[0]), value(self.levels[self.levels.len() - 1]));
        let time = |ms: f64| display(ms, Dim::TIME);
        format!(
            "{what} from {first} to {last}, held at {} before and after; begins at {}, lasts {}; in steps of {}",
            value(self.holding),
            time(self.start),
            time(self.length),
            time(self.dt)
        )
    }

    /// The command at time `t` as an expression; half a step early, so that rounding of times does not matter.
    pub(super) fn command(&self) -> String {
        let unit = self.clamped.words().1;
        let begin = SETTLE + self.start;
        let (from, to) = (begin - 0.5 * self.dt, begin + self.length - 0.5 * self.dt);
        let value = match self.ramp {
            true => {
                let (first, last) = (self.levels[0], self.levels[self.levels.len() - 1]);
                format!("{first:e} {unit} + ({:e} {unit})*(t - {begin} ms)/({} ms)", last - first, self.length)
            }
            false => self.chosen(),
        };
        format!("where(t > {from} ms and t <= {to} ms, {value}, {:e} {unit})", self.holding)
    }

    /// The level of neuron `i`.
    pub(super) fn chosen(&self) -> String {
        chosen(&self.levels, self.clamped.words().1)
    }
}

/// That its times make sense.
pub(super) fn check(protocol: &Protocol) -> Result<()> {
    let refuse = |message: String, help: &str| Err(Error::input(message).help(help));
    let time = |ms: f64| display(ms, Dim::TIME);
    if protocol.dt <= 0.0 {
        return refuse(format!("--dt {} is not above 0 ms", time(protocol.dt)), "0.01 ms is the default");
    }
    if protocol.length < protocol.dt {
        let message = format!("--length {} is below the time step {}", time(protocol.length), time(protocol.dt));
        return refuse(message, "use at least one time step");
    }
    for (flag, value) in [("start", protocol.start), ("after", protocol.after)] {
        if value < 0.0 {
            return refuse(format!("--{flag} {} is negative", time(value)), "use 0 ms or more");
        }
    }
    Ok(())
}
