//! One synapse: the current that a spike lets into a cell held at chosen potentials, the potential that it makes in a passive cell, and
//! the curve of current over potential.
//!
//! A clamp is a membrane of boundless capacitance: no current moves it.

mod course;
mod network;
mod picture;
mod table;

pub use course::Course;

use super::{
    Report, Subject,
    range::{above, flawed, one, range},
};
use crate::{
    error::{Error, Result},
    quantity::{Dim, display},
};
use network::Recording;

/// Potentials of the curve of current over potential, in mV.
const CURVE: (f64, f64, f64) = (-100.0, 60.0, 2.5);
/// Most potentials at which courses are shown.
const MOST: usize = 50;

/// What is done to a receptor. Times in ms.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// The receptor.
    pub subject: Subject,
    /// Potentials, `LOW:HIGH:STEP`.
    pub holding: String,
    /// Weight of the synapse; 1 in the receptor's unit where there is none.
    pub weight: Option<String>,
    /// `5 x 100 Hz`; one spike where there is none.
    pub train: Option<String>,
    /// Capacitance of the passive cell in pF.
    pub capacitance: f64,
    /// Conductance of the passive cell in nS.
    pub conductance: f64,
    /// For how long; until the current has faded where it is not said.
    pub duration: Option<f64>,
    /// Time step; chosen by the duration where it is not said.
    pub dt: Option<f64>,
}

/// What was found; times count from the first arrival.
#[derive(Clone, Debug)]
pub struct Synapse {
    /// Potentials at which courses are shown, in mV.
    pub holding: Vec<f64>,
    /// Times of the arrivals in ms.
    pub arrivals: Vec<f64>,
    /// Currents into the clamped cell in pA, one for each holding potential; none where the synapse moves the potential itself.
    pub currents: Vec<Course>,
    /// Change of the passive cell's potential in mV, one for each holding potential; none where the receptor closes more conductance than the
    /// cell has.
    pub potentials: Vec<Course>,
    /// Potential in mV, peak current in pA, charge in pA ms = fC.
    pub curve: Vec<[f64; 3]>,
    /// The receptor's own variables at the potential of the largest current: name, unit, values at the times of the currents.
    pub variables: Vec<(String, String, Vec<f64>)>,
    /// Whether the current depends on the potential.
    pub depends: bool,
    /// Where the current changes its direction, in mV.
    pub reversal: Option<f64>,
    /// Numbers and tables.
    pub report: Report,
}

impl Synapse {
    /// The picture as SVG.
    pub fn draw(&self) -> String {
        picture::draw(self)
    }
}

/// Runs the protocol.
///
/// # Errors
/// A receptor that no spike opens, a weight or a range that cannot be read, all that a network with this receptor is refused for.
pub fn run(protocol: &Protocol) -> Result<Synapse> {
    let model = &protocol.subject.model;
    let (Some(on_spike), Some(dim)) = (&model.on_spike, model.weight) else {
        let message = format!("{} is opened by no spikes: there is no response to one", model.name);
        return Err(Error::input(message).help("choose a receptor that has on_spike; `bouton models` lists them"));
    };
    let refuse = |why: String| flawed("holding", &protocol.holding, why, "-80:40:20 mV");
    let holding = range(&protocol.holding, |part| one(part, Dim::VOLTAGE)).map_err(refuse)?;
    if holding.len() > MOST {
        return Err(refuse(format!("{} potentials are more than {MOST}", holding.len())));
    }
    let weight = match &protocol.weight {
        None => 1.0,
        Some(text) => one(text, dim).map_err(|why| flawed("weight", text, why, &display(1.0, dim)))?,
    };
    let (spikes, frequency) = match &protocol.train {
        None => (1, 0.0),
        Some(text) => train(text).map_err(|why| flawed("train", text, why, "5 x 100 Hz"))?,
    };
    let arrivals: Vec<f64> = (0..spikes).map(|k| if k == 0 { 0.0 } else { f64::from(k) / frequency }).collect();
    let moves_v = *on_spike.target == *"v";
    let bench = network::Bench { protocol, weight: display(weight, dim), arrivals: &arrivals, clamped: !moves_v };
    let curve_at: Vec<f64> = match moves_v {
        true => Vec::new(),
        false => {
            let steps = ((CURVE.1 - CURVE.0) / CURVE.2).round() as usize;
            (0..=steps).map(|k| CURVE.0 + k as f64 * CURVE.2).collect()
        }
    };
    let Recording { times, currents, potentials, curve, variables } = bench.record(&holding, &curve_at)?;
    let course =
        |values: &Vec<f64>, from: f64| Course::new(&times, values.iter().map(|v| v - from).collect(), &arrivals);
    let currents: Vec<Course> = currents.iter().map(|values| course(values, 0.0)).collect();
    let potentials: Vec<Course> = potentials.iter().zip(&holding).map(|(values, v)| course(values, *v)).collect();
    let curve: Vec<[f64; 3]> = curve
        .iter()
        .zip(&curve_at)
        .map(|(values, &v)| {
            let course = course(values, 0.0);
            [v, course.peak().1, course.charge()]
        })
        .collect();
    let size = curve.iter().map(|c| c[1].abs()).fold(0.0, f64::max);
    let depends = curve.iter().any(|c| (c[1] - curve[0][1]).abs() > 1e-9 * size);
    let reversal = reversal(&curve).filter(|_| depends);
    // A receptor that closes channels is a negative conductance: beyond that of the leak the potential runs away.
    let runs_away =
        reversal.is_some_and(|end| curve.iter().any(|c| table::conductance(c, end) <= -protocol.conductance));
    let mut found = Synapse {
        reversal,
        holding,
        arrivals,
        currents,
        potentials: if runs_away { Vec::new() } else { potentials },
        curve,
        variables,
        depends,
        report: Report::of("synapse", &protocol.subject),
    };
    found.report.protocol = words(protocol, &display(weight, dim));
    table::fill(&mut found, protocol, moves_v);
    Ok(found)
}

/// How it was done, in a line.
fn words(protocol: &Protocol, weight: &str) -> String {
    let what = match &protocol.train {
        None => "one spike".to_string(),
        Some(train) => format!("spikes, {train},"),
    };
    let (c, g) = (display(protocol.capacitance, Dim::CAPACITANCE), display(protocol.conductance, Dim::CONDUCTANCE));
    format!("{what} of weight {weight}; passive cell of {c} and {g}; a positive current depolarises")
}

/// `5 x 100 Hz`: number, and frequency per ms.
fn train(text: &str) -> std::result::Result<(u32, f64), String> {
    let (count, frequency) = text.split_once(['x', '*']).ok_or("a number of spikes and a frequency are needed")?;
    let count = count
        .trim()
        .parse()
        .ok()
        .filter(|n| (1..=1000).contains(n))
        .ok_or("the number of spikes is one from 1 to 1000")?;
    Ok((count, above(frequency, Dim::FREQUENCY).map_err(|why| format!("the frequency: {why}"))?))
}

/// Where the peak current changes its sign, on straight lines between potentials.
fn reversal(curve: &[[f64; 3]]) -> Option<f64> {
    let pair = curve.windows(2).find(|p| p[0][1] == 0.0 || (p[0][1] < 0.0) != (p[1][1] < 0.0))?;
    let ([a, i, _], [b, j, _]) = (pair[0], pair[1]);
    Some(if i == 0.0 { a } else { a - i * (b - a) / (j - i) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trains_are_numbers_and_frequencies() {
        assert_eq!(train("5 x 100 Hz"), Ok((5, 0.1)));
        assert_eq!(train("10*200"), Ok((10, 0.2)));
        for text in ["5", "0 x 1 Hz", "x 1 Hz", "5 x 100 ms", "5 x 0 Hz"] {
            assert!(train(text).is_err(), "{text}");
        }
    }
}
