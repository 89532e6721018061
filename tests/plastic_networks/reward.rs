//! Izhikevich 2007: dopamine a second later finds the synapses that were paired.

use super::{Run, mean, share};

/// mV.
const W_MAX: f64 = 4.0;

/// Neurons of a population that fire within 20 ms after S is stimulated, as a share, mean over the ten probes.
fn response(run: &Run, population: &str) -> f64 {
    let count = |k| run.spikes(population, 220.0 + k, 220.02 + k).count() as f64;
    (0..10).map(|k| count(f64::from(k))).sum::<f64>() / 10.0 / run.ids(population).len() as f64
}

#[test]
fn rewarded_synapses_grow_to_the_bound_and_others_do_not() {
    let mut run = Run::of("reward", &[]);
    // By the equations one pair of 10 ms leaves eligibility 0.1*exp(-1/2) mV, of which exp(-1) is left when dopamine of 0.5 comes, and both
    // together last 1/6 s: 0.19 mV a trial, 3.7 mV in 20, where 3 mV are missing.
    let rewarded = run.weights("S->A");
    let share_of_bound = |weights: &[f64]| share(weights, 0.95 * W_MAX..=W_MAX);
    assert!(mean(&rewarded) > 0.95 * W_MAX && share_of_bound(&rewarded) > 0.8, "{} mV", mean(&rewarded));
    // As often paired, but eligibility is down to exp(-6) when dopamine comes. Tonic dopamine, 0.002 for the second that eligibility lasts,
    // gives 0.01 mV a trial; besides, all that S reaches fires more after S than before, and that is rewarded whoever it is.
    let others = run.weights("S->B");
    assert!(mean(&others) < 0.5 * W_MAX && share_of_bound(&others) < 0.2, "{} mV", mean(&others));
    // All others lose, for chance pairs depress.
    let rest = run.weights("E->E");
    assert!(mean(&rest) < 1.0 && share_of_bound(&rest) < 0.005, "{} mV", mean(&rest));
    // What has been learnt: S makes A fire. Some 4 % of neurons fire within 20 ms at rest.
    let (to_a, to_b) = (response(&run, "A"), response(&run, "B"));
    assert!(to_a > 2.0 * to_b && to_a > 0.5, "A {to_a}, B {to_b}");
    let rate = run.rate("E", 0.0, 230.0);
    assert!((1.5..3.0).contains(&rate), "{rate} Hz");
}

#[test]
fn without_dopamine_pairs_change_little() {
    let mut run = Run::of("reward", &[("populations.dopamine.times", "[\"229 s\"]")]);
    for projection in ["S->A", "S->B"] {
        let weights = run.weights(projection);
        assert!((0.5..1.5).contains(&mean(&weights)), "{projection}: {} mV", mean(&weights));
    }
    let (to_a, to_b) = (response(&run, "A"), response(&run, "B"));
    assert!(to_a < 0.15 && to_b < 0.15, "A {to_a}, B {to_b}");
}
