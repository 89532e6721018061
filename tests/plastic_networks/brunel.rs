//! NEST's hpc_benchmark after Morrison, Aertsen & Diesmann 2007.
//!
//! At scale 1 it is not stationary: NEST 3.10 gives 11.8, 13.0 and 11.1 Hz (excitatory neurons, 50 to 300 ms, three seeds), here are 9.4,
//! 11.2, 15.9 and 11.1 Hz, and in both the weights run away later. With a tenth of the inputs it is, for long enough.

use super::{Run, common, mean, share};

const FILE: &str = include_str!("../../networks/brunel_plastic.toml");

/// A tenth of the inputs.
fn sparse(scale: &str, alpha: &str, duration: &str) -> Run {
    let set = [("inputs", "0.1"), ("scale", scale), ("alpha", alpha), ("run.duration", duration)];
    Run::of("brunel_plastic", &set)
}

/// Excitatory weight with a tenth of the inputs, pA.
fn start() -> f64 {
    45.61 * 10f64.sqrt()
}

#[test]
fn rate_and_weights_are_stationary_with_sparse_wiring() {
    let mut run = sparse("2", "0.06", "1.5 s");
    // Mean-field theory of the whole network without learning: 7.7 Hz or 8.7 Hz, with and without the correction for the synaptic time
    // constant. Over 1.3 s the rate strays by 5 %, for the network oscillates.
    let rate = run.rate("E", 0.2, 1.5);
    assert!((7.7 * 0.95..8.7 * 1.05).contains(&rate), "{rate} Hz");
    let cv = run.cv("E", 0.2, 1.5);
    assert!((0.7..1.0).contains(&cv), "CV {cv}");
    // Where weights of uncorrelated spikes would rest for this alpha: 34 pA instead of 45.6 pA. Correlation holds them up; the rest is a
    // drift of 0.1 % a second, much less than they spread.
    let weights = run.weights("E->E");
    assert!((mean(&weights) / start() - 1.0).abs() < 0.005, "{} pA", mean(&weights));
    assert!(share(&weights, 0.95 * start()..=1.05 * start()) > 0.98);
}

#[test]
fn a_rule_that_changes_nothing_leaves_the_spikes_of_the_static_network() {
    let twin = |file: &str| {
        let file = file.replace("\nscale = 1 ", "\nscale = 0.2 ").replace("\ninputs = 1 ", "\ninputs = 0.1 ");
        Run::new(common::plan(&file))
    };
    let mut learning = twin(&FILE.replace("\nlambda = 0.1 ", "\nlambda = 1e-200 "));
    let (network, rest) = FILE.split_once("[[record.synapses]]").expect("it records weights");
    let learns = |line: &&str| line.starts_with("plasticity") || line.starts_with("dendritic");
    let network: Vec<&str> = network.lines().filter(|line| !learns(line)).collect();
    let fixed = twin(&format!("{}\n[run]{}", network.join("\n"), rest.split_once("[run]").expect("it runs").1));
    assert!(learning.spikes.len() > 2000 && learning.spikes == fixed.spikes);
    assert!(learning.weights("E->E").iter().all(|w| *w == start()));
    assert!(fixed.plan.projections.iter().all(|p| p.plasticity.is_none()));
}

/// 1800 neurons with 9000 inputs each: the shared ones make them fire together. In NEST rates pass 30 Hz between 150 and 200 ms and a
/// kilohertz between 250 and 300 ms, here 50 ms earlier or, with another seed, 100 ms later.
#[test]
fn few_neurons_run_away() {
    let run = Run::of("brunel_plastic", &[("scale", "0.2")]);
    let rates: Vec<f64> = (0..6).map(|k| 0.05 * f64::from(k)).map(|t| run.rate("E", t, t + 0.05)).collect();
    assert!(rates[..2].iter().all(|r| *r < 30.0) && rates[2..].iter().any(|r| *r > 300.0), "{rates:?} Hz");
}

#[test]
#[ignore = "2.3 GB"]
fn the_benchmark_fires_as_in_nest() {
    let rate = Run::of("brunel_plastic", &[]).rate("E", 0.05, 0.3);
    // Seeds differ by 3 Hz; see above.
    assert!((8.0..17.0).contains(&rate), "{rate} Hz");
}
