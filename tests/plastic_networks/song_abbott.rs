//! Song, Miller & Abbott 2000: a thousand inputs compete.
//!
//! The paper shows its distributions and rates in figures: two peaks at the ends, the more weights at 0 the faster the inputs; output at
//! some 10 Hz, irregular, over a range of input rates in which it would rise manyfold without learning. Weights drift and diffuse for ever, so
//! shares of a thousand synapses are known to 2 %, rates over the last 200 s to a few per cent, and 1000 s are not quite the end at 10 Hz.

use super::{Run, mean, share};

/// g_max, nS.
const G_MAX: f64 = 0.15;
/// When the rate is measured, s.
const END: (f64, f64) = (800.0, 1000.0);

/// A step of 0.5 ms, a tenth of the synaptic time constant, changes neither rates nor shares by more than they are known.
fn end(rate: &str, start: &str) -> (Run, Vec<f64>) {
    let mut run = Run::of("song_abbott", &[("rate", rate), ("projections.0.weight", start), ("step", "0.5 ms")]);
    let weights = run.weights("exc->neuron");
    assert_eq!(weights.len(), 1000);
    (run, weights)
}

/// Shares of the weights in the five fifths of their range.
fn fifths(weights: &[f64]) -> [f64; 5] {
    [0.0, 0.2, 0.4, 0.6, 0.8].map(|from| share(weights, from * G_MAX..=(from + 0.2) * G_MAX))
}

#[test]
fn weights_end_at_both_bounds_wherever_they_start() {
    for start in ["g_max", "uniform(0 nS, g_max)"] {
        let (run, weights) = end("15 Hz", start);
        let [low, between @ .., high] = fifths(&weights);
        assert!(low > 0.4 && high > 0.18, "{start}: {:?}", fifths(&weights));
        assert!(between.iter().all(|&share| share < 0.13), "{start}: {:?}", fifths(&weights));
        let (rate, cv) = (run.rate("neuron", END.0, END.1), run.cv("neuron", END.0, END.1));
        assert!((8.0..13.0).contains(&rate), "{start}: {rate} Hz");
        // Balanced: intervals are those of a Poisson process, but for the time that the membrane needs after a spike.
        assert!((0.7..1.0).contains(&cv), "{start}: CV {cv}");
    }
    // At the start it fires fast and regularly.
    let run = Run::of("song_abbott", &[("step", "0.5 ms"), ("run.duration", "2 s")]);
    let (rate, cv) = (run.rate("neuron", 0.0, 2.0), run.cv("neuron", 0.0, 2.0));
    assert!(rate > 100.0 && cv < 0.7, "{rate} Hz, CV {cv}");
}

#[test]
fn the_output_hardly_depends_on_the_rate_of_the_inputs() {
    let ((slow, few), (fast, many)) = (end("10 Hz", "g_max"), end("40 Hz", "g_max"));
    let [at_10, at_40] = [slow, fast].map(|run| run.rate("neuron", END.0, END.1));
    assert!((9.0..19.0).contains(&at_10) && (9.0..19.0).contains(&at_40), "{at_10} Hz, {at_40} Hz");
    assert!((0.6..1.6).contains(&(at_40 / at_10)), "{at_10} Hz, {at_40} Hz");
    // Four times the input, a quarter of the weight: total excitation is what STDP holds.
    let excitation = 4.0 * mean(&many) / mean(&few);
    assert!((0.85..1.15).contains(&excitation), "{excitation}");
    assert!(fifths(&few)[4] > 2.0 * fifths(&many)[4], "{:?}, {:?}", fifths(&few), fifths(&many));
}
