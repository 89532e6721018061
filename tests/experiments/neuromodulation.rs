//! Volume transmission: the concentration has its closed form, closes channels by its share, and takes adaptation away while it lasts.

use super::Run;

/// When the cholinergic neurons spike, s, and how long a spike takes.
const BURST: [f64; 5] = [1.0, 1.02, 1.04, 1.06, 1.08];
const DELAY: f64 = 1e-3;
/// Neurons that release; `release` of each.
const RELEASED: f64 = 5.0 * 0.2;

/// The concentration at a time in s, for one of rise 0.5 s and decay 5 s that peaks at 1 after a spike.
fn concentration(t: f64) -> f64 {
    let (rise, decay): (f64, f64) = (0.5, 5.0);
    let shape = |t: f64| if t > 0.0 { (-t / decay).exp() - (-t / rise).exp() } else { 0.0 };
    let peak = (decay / rise).ln() / (1.0 / rise - 1.0 / decay);
    BURST.iter().map(|s| RELEASED * shape(t - s - DELAY) / shape(peak)).sum()
}

/// Spikes of each neuron in the three steps of current.
fn counts(run: &Run, population: &str) -> Vec<[usize; 3]> {
    let in_step =
        |spikes: &[u64], from: f64| spikes.iter().filter(|&&s| (from..from + 450.0).contains(&run.ms(s))).count();
    run.trains(population).iter().map(|spikes| [300.0, 2000.0, 7000.0].map(|from| in_step(spikes, from))).collect()
}

#[test]
fn all_cells_see_one_concentration_which_has_its_closed_form() {
    let run = Run::of("neuromodulation", &[("run.duration", "2.5 s"), ("record.traces.0.neurons", "[0, 4]")]);
    for (step, values) in &run.seen.traces[0] {
        let m = concentration(run.ms(*step) * 1e-3);
        // v, m, closed of both.
        for own in values.chunks(3) {
            assert!(
                (own[1] - m).abs() < 1e-10 && (own[2] - m / (m + 1.0)).abs() < 1e-10,
                "step {step}: {own:?} for {m}"
            );
        }
        assert_eq!(values[1], values[4]);
    }
}

#[test]
fn cells_stop_adapting_and_others_do_not() {
    let run = Run::of("neuromodulation", &[]);
    let (cells, others) = (counts(&run, "cells"), counts(&run, "bystanders"));
    for ([before, soon, later], [alone, again, last]) in cells.into_iter().zip(others) {
        assert_eq!(before, alone);
        assert!(again.abs_diff(alone) <= 1 && last.abs_diff(alone) <= 1, "bystanders: {alone}, {again}, {last}");
        assert!(soon > 2 * before && (before + 1..soon).contains(&later), "cells: {before}, {soon}, {later}");
    }
}

#[test]
fn without_transmitter_the_receptor_does_nothing() {
    let run = Run::of("neuromodulation", &[("release", "0"), ("run.duration", "2.5 s")]);
    assert_eq!(run.trains("cells"), run.trains("bystanders"));
    assert!(run.trains("cells").iter().all(|spikes| spikes.len() > 5));
}
