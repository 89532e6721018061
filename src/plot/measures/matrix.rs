//! Panels that compare chosen neurons, each with each.

use rayon::prelude::*;

use super::{
    Choice, Loaded, Show,
    neurons::{Neuron, chosen, sample},
    tidy, too_few,
};
use crate::{
    analysis::{correlation, van_rossum, victor_purpura},
    error::{Error, Result},
    plot::chart::{Axis, Heat, Panel},
    record::SpikeFile,
};

/// Neurons of each population where none were chosen, and neurons that can be compared at most.
const SAMPLE: usize = 20;
const NEURONS: usize = 200;
/// Most pairs of spikes (Victor–Purpura) or of neurons and bins (correlation): some ten seconds.
const WORK: f64 = 4e9;
/// Bin of the counts that are correlated, ms.
const BIN_MS: f64 = 5.0;

/// A map of correlations or distances.
pub fn panel(file: &SpikeFile, choice: &Choice, populations: &[Loaded], show: Show) -> Result<Panel> {
    let neurons = match choice.neurons.is_empty() {
        true => sample(populations, SAMPLE.min(NEURONS / populations.len()).max(1)),
        false => chosen(&choice.neurons, populations)?,
    };
    if neurons.len() > NEURONS {
        return Err(Error::input(format!("{} neurons are chosen, at most {NEURONS} can be compared", neurons.len()))
            .help("choose fewer: --neurons E:0-19"));
    }
    if neurons.len() < 2 {
        return Err(too_few("a comparison", "two neurons are needed at least: --neurons E:0-9"));
    }
    let bin = file.in_steps(choice.bin_ms.unwrap_or(BIN_MS));
    let pairs = (neurons.len() * neurons.len()) as f64 / 2.0;
    let work = match show {
        Show::VictorPurpura => neurons.iter().map(|n| n.train.len() as f64).sum::<f64>().powi(2) / 2.0,
        Show::Correlation => pairs * (file.steps() / bin) as f64,
        _ => 0.0,
    };
    if work > WORK {
        return Err(Error::input(format!(
            "comparing these {} neurons takes {work:.0e} steps, at most {WORK:.0e} are done",
            neurons.len()
        ))
        .help("choose fewer with --neurons, a shorter time with --from and --to, or a longer --bin"));
    }
    let tau = choice.tau_ms / file.step_ms;
    let cost = choice.cost_per_ms * file.step_ms;
    let compare = |a: &[u64], b: &[u64]| match show {
        Show::VictorPurpura => victor_purpura(a, b, cost),
        Show::VanRossum => van_rossum(a, b, tau),
        _ => correlation(a, b, bin, file.steps()).unwrap_or(f64::NAN),
    };
    let n = neurons.len();
    let below: Vec<Vec<f64>> =
        (0..n).into_par_iter().map(|i| (0..i).map(|j| compare(neurons[i].train, neurons[j].train)).collect()).collect();
    // Each with itself is 1, or 0, and would hide how the others differ.
    let value = |i: usize, j: usize| if i == j { f64::NAN } else { below[i.max(j)][i.min(j)] };
    let values = (0..n).map(|i| (0..n).map(|j| value(i, j)).collect()).collect();
    let (name, caption) = match show {
        Show::VictorPurpura => ("distance", format!("Victor\u{2013}Purpura, cost {} per ms", tidy(choice.cost_per_ms))),
        Show::VanRossum => ("distance", format!("van Rossum, tau {} ms", tidy(choice.tau_ms))),
        _ => ("correlation", format!("correlation of counts in {} ms bins", tidy(bin as f64 * file.step_ms))),
    };
    // Cells are about as high as wide.
    let height = if choice.show.len() == 1 { 600.0 } else { 288.0 };
    let axis = |most| Axis::new("neuron").range(0.0, neurons.len() as f64).words(words(&neurons, most));
    Ok(Panel::new(axis(7), axis(14)).caption(caption).height(height).with(Heat { name: name.into(), values }))
}

/// Names of at most about `most` neurons, in the middle of their cells; with the population where it is another than before.
fn words(neurons: &[Neuron], most: usize) -> Vec<(f64, String)> {
    let every = neurons.len().div_ceil(most);
    let mut before = "";
    let named = neurons.iter().enumerate().step_by(every).map(|(k, neuron)| {
        let name = if neuron.population == before { neuron.id.to_string() } else { neuron.name() };
        before = neuron.population;
        (k as f64 + 0.5, name)
    });
    named.collect()
}
