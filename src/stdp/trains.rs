//! Rules that change transmission only: what each spike of a regular train transmits.

use rayon::prelude::*;

use super::{
    DT, Trains, frequencies,
    network::{list, plan, plastic},
    setup::{Setup, quoted},
};
use crate::{
    engine::{Observer, Options, Simulation},
    error::{Error, Result},
    quantity::Dim,
};

/// Spikes of a train.
const SPIKES: u64 = 10;
/// Frequencies of the trains that are shown, per ms.
const SHOWN: [f64; 3] = [0.005, 0.02, 0.05];
/// Synapses over which a random release is averaged: the mean of one spike is then known to a few percent.
const TRIALS: usize = 1000;
/// Step of the first spike.
const FIRST: u64 = 1000;

/// How many synapses see a train.
fn trials(setup: &Setup) -> usize {
    if setup.rule.quanta.is_some() { TRIALS } else { 1 }
}

/// What the user should know.
pub fn note(setup: &Setup) -> Option<String> {
    (trials(setup) > 1).then(|| format!("release is random: means over {TRIALS} synapses"))
}

/// Trains at the frequencies that are shown, and the last spike of trains over the range of frequencies.
pub fn run(setup: &Setup) -> Result<Trains> {
    let shown: Vec<_> = SHOWN.par_iter().map(|&f| train(setup, f)).collect::<Result<_>>()?;
    let range = frequencies(setup.protocol.frequencies);
    let last: Vec<_> = range.par_iter().map(|&f| train(setup, f)).collect::<Result<_>>()?;
    let hz = |all: &[f64]| all.iter().map(|f| (f * 1e9).round() * 1e-6).collect();
    let (amplitude, deviation) = shown.into_iter().unzip();
    let ends = |train: &(Vec<f64>, Vec<f64>)| train.0[SPIKES as usize - 1];
    Ok(Trains {
        frequency_hz: hz(&SHOWN),
        amplitude,
        deviation,
        range_hz: hz(&range),
        last: last.iter().map(ends).collect(),
        trials: trials(setup),
    })
}

/// Mean and standard deviation over synapses of what each spike of a train transmits, relative to the weight.
fn train(setup: &Setup, frequency: f64) -> Result<(Vec<f64>, Vec<f64>)> {
    let spikes: Vec<u64> = (0..SPIKES).map(|k| FIRST + (k as f64 / (frequency * DT)).round() as u64).collect();
    let (receptor, variable) = keeper(setup)?;
    let trials = trials(setup);
    // The target adds up what arrives and forgets nothing.
    let text = list("pre", std::iter::once(&spikes[..]), 0)
        + &format!(
            "[populations.post]\nmodel = \"lif\"\nsize = {trials}\nreceptors = {{ plastic = {receptor} }}\n\
             parameters = {{ C_m = \"1e6 F\", g_L = \"0 nS\", E_L = \"0 mV\", V_th = \"1e9 mV\" }}\n\n"
        )
        + &plastic(setup, "all_to_all")
        + &format!(
            "[record]\nspikes = []\n[[record.traces]]\npopulation = \"post\"\nvariables = [\"{variable}\"]\ninterval = \"1 ms\"\n\n\
             [run]\nduration = \"{:.1} ms\"\ndt = \"{DT} ms\"\nseed = 1\nprecision = \"f64\"\n",
            (spikes[SPIKES as usize - 1] + FIRST) as f64 * DT + setup.protocol.delay
        );
    let plan = plan(&text)?;
    // What a spike adds is seen at the next whole millisecond after it arrives; at most 200 Hz, before the next one does.
    let delay = super::steps(setup.protocol.delay) as u64;
    let seen = spikes.iter().map(|step| (step + delay + 1).next_multiple_of(10)).collect();
    let mut sums = Sums { seen, values: Vec::new() };
    Simulation::build(&plan, Options { threads: Some(1), ..Options::default() }).run(&mut sums);
    let before = |k: usize, i: usize| if k == 0 { 0.0 } else { sums.values[k - 1][i] };
    let of_spike = |k: usize| -> (f64, f64) {
        let all: Vec<f64> = (0..trials).map(|i| (sums.values[k][i] - before(k, i)) / setup.weight).collect();
        let mean = all.iter().sum::<f64>() / trials as f64;
        (mean, (all.iter().map(|a| (a - mean).powi(2)).sum::<f64>() / trials as f64).sqrt())
    };
    Ok((0..spikes.len()).map(of_spike).unzip())
}

/// A receptor for weights of the rule's unit that adds up what arrives, and what it is recorded as.
fn keeper(setup: &Setup) -> Result<(String, &'static str)> {
    let model = |name: &str| format!("{{ model = {}, tau = \"1e9 s\" }}", quoted(name));
    match setup.rule.weight {
        Dim::CURRENT => Ok((model("curr_exp"), "plastic.I")),
        Dim::CONDUCTANCE => Ok((model("cond_exp"), "plastic.g")),
        Dim::VOLTAGE => Ok((quoted("delta"), "v")),
        other => {
            let message = format!("--receptor {}: its weights are in {other}", setup.protocol.receptor);
            Err(Error::input(message).help("this protocol knows weights in pA, nS and mV: use --receptor curr_exp"))
        }
    }
}

/// Keeps the trace at some steps.
struct Sums {
    seen: Vec<u64>,
    values: Vec<Vec<f64>>,
}

impl Observer for Sums {
    fn trace(&mut self, _: usize, step: u64, values: &[f64]) {
        if self.seen.contains(&step) {
            self.values.push(values.to_vec());
        }
    }
}
