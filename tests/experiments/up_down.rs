//! Up and Down states: two levels of activity, and a rhythm below 1 Hz that needs both NMDA receptors and the slow potassium conductance.

use super::Run;

/// Of the rate, ms.
const BIN: usize = 50;
/// An Up state begins above the one rate and ends below the other, Hz.
const UP: f64 = 10.0;
const DOWN: f64 = 3.0;

/// Mean rate of the excitatory neurons in each bin, Hz.
fn rates(set: &[(&str, &str)]) -> Vec<f64> {
    let run = Run::of("up_down", set);
    let ids = run.ids("E");
    let bins = (run.plan.steps() as f64 * run.plan.dt) as usize / BIN;
    let mut counts = vec![0.0; bins];
    for &(step, _) in run.seen.spikes.iter().filter(|s| ids.contains(&s.1)) {
        counts[((step - 1) as f64 * run.plan.dt) as usize / BIN] += 1.0;
    }
    counts.into_iter().map(|n| n / ids.len() as f64 / (BIN as f64 * 1e-3)).collect()
}

/// Begin and end in s of the Up states that lie in the run as a whole.
fn up_states(rates: &[f64]) -> Vec<(f64, f64)> {
    let mut states = vec![];
    let mut since = None;
    for (bin, &rate) in rates.iter().enumerate() {
        let s = (bin * BIN) as f64 * 1e-3;
        match since {
            None if rate > UP => since = Some(s),
            Some(begin) if rate < DOWN => {
                states.push((begin, s));
                since = None;
            }
            _ => {}
        }
    }
    states
}

#[test]
fn up_and_down_states_alternate_at_a_third_of_a_hertz() {
    let rates = rates(&[("run.duration", "20 s")]);
    // The first one is from the start, without the conductance that the others find.
    let states = &up_states(&rates)[1..];
    assert!(states.len() >= 4, "{states:?}");
    // Sanchez-Vives & McCormick 2000: every 3.4 s on average, between 2.3 s and 7 s over slices (0.44 to 0.14 Hz); Up states of 0.3 s to 3 s.
    for (begin, end) in states {
        assert!((0.3..3.0).contains(&(end - begin)), "an Up state from {begin} s to {end} s");
    }
    for w in states.windows(2) {
        let period = w[1].0 - w[0].0;
        assert!((2.3..7.0).contains(&period), "{period} s from one Up state to the next");
    }
    // Two levels: few bins lie between them, where the way up and the way down pass.
    let share =
        |low: f64, high: f64| rates.iter().filter(|r| (low..high).contains(*r)).count() as f64 / rates.len() as f64;
    let (down, between, up) = (share(0.0, DOWN), share(DOWN, UP), share(UP, 100.0));
    assert!(down > 0.5 && up > 0.1 && between < 0.6 * up, "Down {down}, between {between}, Up {up}");
}

#[test]
fn without_the_potassium_conductance_it_stays_up() {
    let rates = rates(&[("run.duration", "4 s"), ("delta_g", "0 nS")]);
    assert!(rates[20..].iter().all(|rate| *rate > UP), "{rates:?}");
}

#[test]
fn without_recurrent_nmda_it_never_goes_up() {
    let rates = rates(&[("run.duration", "4 s"), ("nmda_E", "0 nS")]);
    assert!(rates.iter().all(|rate| *rate < DOWN), "{rates:?}");
}
