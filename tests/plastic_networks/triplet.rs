//! Pfister & Gerstner 2006: pairs at five frequencies, against the sum over the protocol and against what was measured.

use super::Run;

/// Hz.
const FREQUENCIES: [f64; 5] = [0.1, 10.0, 20.0, 40.0, 50.0];
/// Relative changes and their standard errors, presynaptic 10 ms before postsynaptic: Sjöström et al. 2001, as in the paper.
const BEFORE: [(f64, f64); 5] = [(-0.04, 0.05), (0.14, 0.1), (0.29, 0.14), (0.53, 0.11), (0.56, 0.26)];
/// 10 ms after.
const AFTER: [(f64, f64); 5] = [(-0.29, 0.08), (-0.41, 0.11), (-0.34, 0.1), (0.56, 0.32), (0.75, 0.19)];

/// Weight changes by 60 pairs, 10 ms before and 10 ms after, at each frequency.
fn changes() -> [[f64; 5]; 2] {
    let weights = Run::of("triplet_frequency", &[]).weights("pre->post");
    [0, 1].map(|sign| std::array::from_fn(|f| weights[2 * f + sign] - 1.0))
}

/// The paper's equations 3 and 4 summed over `n` pairs of period `t`, postsynaptic `lead` after presynaptic (ms).
fn protocol(n: i32, t: f64, lead: f64) -> f64 {
    let (a2_plus, a3_plus, a2_minus, a3_minus) = (5e-10, 6.2e-3, 7e-3, 2.3e-4);
    let (tau_plus, tau_minus, tau_x, tau_y) = (16.8, 33.7, 101.0, 125.0);
    // The trace that spikes 0 to `last` of a train have left `rest` after the last one.
    let trace = |last: i32, rest: f64, tau: f64| -> f64 {
        (0..=last).map(|m| (-(f64::from(last - m) * t + rest) / tau).exp()).sum()
    };
    let pair = |k: i32| {
        // Spikes of the other neuron that pair k's presynaptic and postsynaptic spike have behind them, and how far.
        let (post, pre) = if lead > 0.0 { ((k - 1, t - lead), (k, lead)) } else { ((k, -lead), (k - 1, t + lead)) };
        let up = trace(pre.0, pre.1, tau_plus) * (a2_plus + a3_plus * trace(k - 1, t, tau_y));
        let down = trace(post.0, post.1, tau_minus) * (a2_minus + a3_minus * trace(k - 1, t, tau_x));
        up - down
    };
    (0..n).map(pair).sum()
}

#[test]
fn weights_are_the_sum_over_the_protocol() {
    let changes = changes();
    for (own, lead) in changes.iter().zip([10.0, -10.0]) {
        for (own, frequency) in own.iter().zip(FREQUENCIES) {
            let expected = protocol(60, 1e3 / frequency, lead);
            assert!((own - expected).abs() < 1e-9, "{frequency} Hz, {lead} ms: {own} for {expected}");
        }
    }
}

/// The paper fits by the mean of squares of deviations in units of the standard error; its fit is as good as measurement allows. With
/// another number of pairs it is not: 75 give 1.0.
#[test]
fn weights_are_those_measured() {
    let changes = changes();
    let mut squares = 0.0;
    for (own, measured) in changes.iter().zip([BEFORE, AFTER]) {
        for ((own, (mean, error)), frequency) in own.iter().zip(measured).zip(FREQUENCIES) {
            let deviation = (own - mean) / error;
            assert!(deviation.abs() < 1.5, "{frequency} Hz: {own} for {mean} +- {error}");
            squares += deviation * deviation / 10.0;
        }
    }
    assert!((squares - 0.34).abs() < 0.01, "{squares}");
    let [before, after] = changes;
    assert!(before.is_sorted(), "{before:?}");
    assert!(after[..3].iter().all(|&w| w < -0.3) && after[3..].iter().all(|&w| w > 0.1), "{after:?}");
}
