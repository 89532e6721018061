//! Pairing protocols: what a plasticity rule makes of pairs of spikes, or of trains where it changes transmission only.
//!
//! The rule is put into a network whose neurons spike when told, and the network is planned and run as any other. So a rule of
//! the user's own, and each of its mistakes, goes the same way as in a network file.

mod network;
mod picture;
mod report;
mod setup;
mod table;
mod trains;

pub use picture::draw;
pub use report::{Extreme, Modulation, Pairing, Report, Trains, Window};

use rayon::prelude::*;

use crate::{error::Result, lang::rule::Of};
use network::{Pair, changes};
use setup::Setup;

/// Time step of the networks, in ms.
pub const DT: f64 = 0.1;
/// From the last pairing until the weight is read, in steps: nothing changes it any more.
const AFTER: u64 = 1000;
/// The same for rules that change weights between spikes: ten times the slowest time constant of the shipped ones, 1 s.
const AFTER_DRIFT: u64 = 100_000;
/// From a pairing to the modulator's spike in the window, in steps.
const MODULATOR: u64 = 5000;
/// Times from a pairing to the modulator's spike that are compared, in steps.
const MODULATORS: [u64; 9] = [200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 50_000];
/// Pairings of a rule without modulator, as experiments have them.
const PAIRS: u32 = 60;

/// What is done to a rule. Times in ms, frequencies per ms.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// Name of a shipped rule, or the path of a rule file.
    pub rule: String,
    /// Values of its parameters.
    pub set: Vec<(String, String)>,
    /// Weight before the first pairing; `None`: 1 in the internal unit.
    pub weight: Option<String>,
    /// Number of pairings; `None`: 60, and 1 for rules with a modulator.
    pub pairs: Option<u32>,
    /// Of the pairings of the window.
    pub frequency: f64,
    /// Longest time between the two spikes of a pairing.
    pub window: f64,
    /// Between the times of the window.
    pub step: f64,
    /// Least and greatest frequency of pairings.
    pub frequencies: (f64, f64),
    /// Time between the two spikes where the frequency is varied.
    pub apart: f64,
    /// `all_to_all` or `nearest`.
    pub pairing: String,
    /// Delay of the synapse.
    pub delay: f64,
    /// Share of the delay that lies on the dendrite.
    pub dendritic: f64,
    /// Receptor model that the synapse reaches; it gives the unit of the weight.
    pub receptor: String,
}

impl Protocol {
    fn pairs(&self, setup: &Setup) -> u32 {
        self.pairs.unwrap_or(if setup.modulated() { 1 } else { PAIRS })
    }
}

/// Runs the protocol that suits the rule.
///
/// # Errors
/// All that [`crate::plan::Plan::new`] refuses in a network with this rule.
pub fn run(protocol: &Protocol) -> Result<Report> {
    let setup = Setup::new(protocol)?;
    let mut report = report::empty(protocol, &setup);
    if !setup.learns() {
        report.trains = Some(trains::run(&setup)?);
        report.notes.extend(trains::note(&setup));
        return Ok(report);
    }
    let (times, window) = window(&setup)?;
    report.parameters = window.parameters;
    report.notes.extend(window.notes);
    if setup.modulated() {
        let (after, read) = (MODULATOR as f64 * DT, AFTER_DRIFT as f64 * DT * 1e-3);
        report.notes.push(format!(
            "the modulator spikes once, {after} ms after each pairing; the weight is read {read} s after the last"
        ));
    }
    report.window = Some(Window::new(times, window.changes));
    match setup.modulated() {
        true => report.modulation = Some(modulation(&setup)?),
        false => report.frequency = Some(frequency(&setup)?),
    }
    Ok(report)
}

/// Steps of a time in ms.
fn steps(ms: f64) -> i64 {
    (ms / DT).round() as i64
}

/// Pairings at a frequency, the postsynaptic spike `apart` steps after the presynaptic one, with the step of the first of them.
fn pair(setup: &Setup, first: u64, frequency: f64, apart: i64) -> Pair {
    let pairs = u64::from(setup.protocol.pairs(setup));
    let pre: Vec<u64> = (0..pairs).map(|k| first + (k as f64 / (frequency * DT)).round() as u64).collect();
    let post = pre.iter().map(|&step| (step as i64 + apart) as u64).collect();
    Pair { pre, post }
}

fn end(setup: &Setup, pairs: &[Pair]) -> u64 {
    let last = pairs.iter().flat_map(|p| p.pre.iter().chain(&p.post)).max().copied().unwrap_or(0);
    last + if setup.rule.drift.is_some() { AFTER_DRIFT } else { AFTER }
}

/// The STDP window: all times between the spikes in one network. Returns the times in ms.
fn window(setup: &Setup) -> Result<(Vec<f64>, network::Changes)> {
    let Protocol { window, step, frequency, .. } = *setup.protocol;
    let many = steps(window) / steps(step);
    let apart: Vec<i64> = (-many..=many).map(|k| k * steps(step)).collect();
    let first = steps(window) as u64 + AFTER;
    let pairs: Vec<Pair> = apart.iter().map(|&apart| pair(setup, first, frequency, apart)).collect();
    let modulator = modulator(setup, &pairs, MODULATOR);
    let changes = changes(setup, &pairs, &modulator, end(setup, &pairs))?;
    Ok((apart.into_iter().map(|a| a as f64 * DT).collect(), changes))
}

/// Spikes of the modulator, some steps after each pairing.
fn modulator(setup: &Setup, pairs: &[Pair], after: u64) -> Vec<u64> {
    match (setup.modulated(), pairs.first()) {
        (true, Some(first)) => first.pre.iter().map(|step| step + after).collect(),
        _ => Vec::new(),
    }
}

/// Changes for one order of the two spikes and the other.
fn both_orders(setup: &Setup, frequency: f64, after: u64) -> Result<[f64; 2]> {
    let apart = steps(setup.protocol.apart);
    let pairs = [apart, -apart].map(|apart| pair(setup, apart.unsigned_abs() + AFTER, frequency, apart));
    let modulator = modulator(setup, &pairs, after);
    let changes = changes(setup, &pairs, &modulator, end(setup, &pairs).max(after + 2 * AFTER))?.changes;
    Ok([changes[0], changes[1]])
}

/// Each frequency has a network of its own, which ends with its last pairing.
fn frequency(setup: &Setup) -> Result<Pairing> {
    let all = frequencies(setup.protocol.frequencies);
    let changes: Vec<[f64; 2]> = all.par_iter().map(|&f| both_orders(setup, f, 0)).collect::<Result<_>>()?;
    Ok(Pairing {
        apart_ms: setup.protocol.apart,
        frequency_hz: all.iter().map(|f| 1e3 * f).collect(),
        pre_before_post: changes.iter().map(|c| c[0]).collect(),
        post_before_pre: changes.iter().map(|c| c[1]).collect(),
    })
}

/// Each delay of the modulator has a network of its own: all synapses of a projection share the modulator.
fn modulation(setup: &Setup) -> Result<Modulation> {
    let frequency = setup.protocol.frequency;
    let changes: Vec<[f64; 2]> =
        MODULATORS.par_iter().map(|&after| both_orders(setup, frequency, after)).collect::<Result<_>>()?;
    Ok(Modulation {
        apart_ms: setup.protocol.apart,
        delay_ms: MODULATORS.iter().map(|&m| m as f64 * DT).collect(),
        pre_before_post: changes.iter().map(|c| c[0]).collect(),
        post_before_pre: changes.iter().map(|c| c[1]).collect(),
    })
}

/// Both ends and round numbers between them, more of them from 10 Hz on, where curves bend; per ms.
fn frequencies((low, high): (f64, f64)) -> Vec<f64> {
    let decades = (low * 1e3).log10().floor() as i32..=(high * 1e3).log10().ceil() as i32;
    let inside = decades.flat_map(|decade| {
        let factors: &[f64] = if decade < 1 { &[1.0, 2.0, 5.0] } else { &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0] };
        factors.iter().map(move |factor| factor * 10_f64.powi(decade) * 1e-3)
    });
    let inside = inside.filter(|&f| f > low * 1.001 && f < high * 0.999);
    let last = (high > low).then_some(high);
    std::iter::once(low).chain(inside).chain(last).collect()
}

impl Setup<'_> {
    fn modulated(&self) -> bool {
        self.rule.traces_of(Of::Modulator).next().is_some()
    }
    /// Whether anything changes the weight.
    fn learns(&self) -> bool {
        let mut statements = self.rule.on_pre.iter().chain(&self.rule.on_post);
        self.rule.drift.is_some() || statements.any(|s| &*s.target == "w")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_are_round_and_have_both_ends() {
        let hz = |low: f64, high: f64| -> Vec<f64> {
            frequencies((low * 1e-3, high * 1e-3)).iter().map(|f| (f * 1e6).round() / 1e3).collect()
        };
        let all = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0];
        assert_eq!(hz(0.1, 50.0), all);
        assert_eq!(hz(7.0, 12.0), [7.0, 10.0, 12.0]);
        assert_eq!(hz(20.0, 20.0), [20.0]);
    }
}
