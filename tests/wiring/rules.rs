//! Statistics of the connection rules against their closed forms.

use bouton::{
    connect::{Rule, Wiring},
    lang::{
        ast::{Binary, Node},
        sampler::Sampler,
    },
};

use crate::{exponential_profile, expr, line, number, pop, wiring};

/// All pairs (source, target) of a wiring.
fn pairs(wiring: &Wiring) -> Vec<(u32, u32)> {
    wiring.validate().unwrap();
    let mut pairs = Vec::new();
    wiring.edges(0..wiring.to.size, |edge| pairs.push((edge.source, edge.target)));
    pairs
}

/// In-degree of each target, out-degree of each source.
fn degrees(wiring: &Wiring) -> (Vec<u32>, Vec<u32>) {
    let (mut r#in, mut out) = (vec![0; wiring.to.size as usize], vec![0; wiring.from.size as usize]);
    for (source, target) in pairs(wiring) {
        r#in[target as usize] += 1;
        out[source as usize] += 1;
    }
    (r#in, out)
}

/// Mean and variance.
fn moments(values: &[u32]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().map(|&x| f64::from(x)).sum::<f64>() / n;
    (mean, values.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / n)
}

/// Mean and variance of `values` are as expected within 4.5 standard errors (those of a nearly normal variable).
fn assert_moments(values: &[u32], mean: f64, variance: f64) {
    let (m, v) = moments(values);
    let n = values.len() as f64;
    assert!((m - mean).abs() <= 4.5 * (variance / n).sqrt() + 1e-9, "mean {m}, expected {mean}");
    assert!((v - variance).abs() <= 4.5 * variance * (2.0 / n).sqrt() + 1e-9, "variance {v}, expected {variance}");
}

#[test]
fn fixed_probability_has_binomial_degrees() {
    let mut w = wiring(pop(0, 0, 3000), pop(1, 3000, 2000), Rule::FixedProbability(0.1));
    let (r#in, out) = degrees(&w);
    assert_moments(&r#in, 300.0, 3000.0 * 0.1 * 0.9);
    assert_moments(&out, 200.0, 2000.0 * 0.1 * 0.9);
    w.autapses = false;
    w.to = w.from;
    let pairs = pairs(&w);
    assert!(pairs.iter().all(|(source, target)| source != target));
    assert!((pairs.len() as f64 - w.expected_synapses()).abs() < 4.5 * (w.expected_synapses() * 0.9).sqrt());
}

#[test]
fn fixed_in_degree_is_exact_and_its_out_degrees_are_binomial() {
    let mut w = wiring(pop(0, 0, 1000), pop(0, 0, 1000), Rule::FixedInDegree(100));
    let (r#in, out) = degrees(&w);
    assert!(r#in.iter().all(|&k| k == 100));
    assert_moments(&out, 100.0, 100.0 * (1.0 - 1e-3));
    w.multapses = false;
    let (r#in, out) = degrees(&w);
    assert!(r#in.iter().all(|&k| k == 100));
    assert_moments(&out, 100.0, 1000.0 * 0.1 * 0.9);
}

#[test]
fn fixed_out_degree_is_exact_and_its_in_degrees_are_binomial() {
    let mut w = wiring(pop(0, 0, 1000), pop(1, 1000, 800), Rule::FixedOutDegree(80));
    let (r#in, out) = degrees(&w);
    assert!(out.iter().all(|&k| k == 80));
    assert_moments(&r#in, 100.0, 80_000.0 / 800.0 * (1.0 - 1.0 / 800.0));
    w.multapses = false;
    let (r#in, out) = degrees(&w);
    assert!(out.iter().all(|&k| k == 80));
    assert_moments(&r#in, 100.0, 1000.0 * 0.1 * 0.9);
}

#[test]
fn fixed_total_number_is_exact() {
    let mut w = wiring(pop(0, 0, 1000), pop(1, 1000, 800), Rule::FixedTotalNumber(80_000));
    let (r#in, out) = degrees(&w);
    assert_eq!(r#in.iter().sum::<u32>(), 80_000);
    assert_moments(&r#in, 100.0, 100.0 * (1.0 - 1.0 / 800.0));
    assert_moments(&out, 80.0, 80.0 * (1.0 - 1.0 / 1000.0));
    w.multapses = false;
    let (r#in, _) = degrees(&w);
    assert_eq!(r#in.iter().sum::<u32>(), 80_000);
    assert_moments(&r#in, 100.0, 100.0 * (1.0 - 1.0 / 800.0) * (800_000.0 - 80_000.0) / 799_999.0);
}

#[test]
fn flags_of_autapses_and_multapses_are_obeyed() {
    let all = pop(0, 0, 50);
    for rule in [Rule::FixedInDegree(49), Rule::FixedOutDegree(49), Rule::FixedTotalNumber(50 * 49), Rule::AllToAll] {
        let mut w = wiring(all, all, rule);
        w.autapses = false;
        w.multapses = false;
        let mut found = pairs(&w);
        found.sort_unstable();
        let every: Vec<_> = (0..50).flat_map(|a| (0..50).map(move |b| (a, b))).filter(|(a, b)| a != b).collect();
        assert_eq!(found, every, "{:?}", w.rule);
        w.multapses = true;
        let again = pairs(&w);
        assert_eq!(again.len(), every.len());
        assert!(again.iter().all(|(a, b)| a != b), "{:?} makes autapses", w.rule);
        w.autapses = true;
        let loops = pairs(&w).iter().filter(|(a, b)| a == b).count();
        assert!(loops > 15, "{:?} has {loops} autapses of about 50", w.rule);
    }
}

#[test]
fn autapses_concern_one_population_only() {
    let mut w = wiring(pop(0, 0, 20), pop(1, 20, 20), Rule::AllToAll);
    w.autapses = false;
    assert_eq!(pairs(&w).len(), 400);
}

#[test]
fn distance_profile_is_reproduced() {
    let mut w = wiring(pop(0, 0, 2000), pop(1, 2000, 1500), Rule::DistanceDependent(exponential_profile(0.3, 200.0)));
    w.positions = line(2000, 1500);
    let (mut tried, mut made) = (vec![0f64; 10], vec![0f64; 10]);
    let bin = |source: u32, target: u32| (source.abs_diff(target) / 200) as usize;
    (0..2000).for_each(|s| (0..1500).for_each(|t| tried[bin(s, t)] += 1.0));
    let found = pairs(&w);
    found.iter().for_each(|&(s, t)| made[bin(s, t)] += 1.0);
    for (bin, (tried, made)) in tried.iter().zip(&made).enumerate() {
        // Mean over a bin of distances d, each weighted with its number of pairs.
        let distances = (0..2000u32).flat_map(|s| (0..1500u32).map(move |t| s.abs_diff(t)));
        let inside = distances.filter(|d| (d / 200) as usize == bin);
        let expected: f64 = inside.map(|d| 0.3 * (-f64::from(d) / 200.0).exp()).sum();
        assert!(
            (made - expected).abs() < 4.5 * expected.sqrt() + 3.0,
            "bin {bin}: {made} of {tried}, expected {expected}"
        );
    }
    assert!((w.expected_synapses() / found.len() as f64 - 1.0).abs() < 0.03, "{} expected", w.expected_synapses());
}

#[test]
fn probabilities_without_a_bound_are_drawn_too() {
    // exp(-distance/10 - 0*i*j*k) with an interval that is not known: 1/(distance - distance + 1) is unbounded.
    let distance = || expr(Node::Name("distance".into()));
    let one = expr(Node::Binary(Binary::Add, expr(Node::Binary(Binary::Sub, distance(), distance())), number(1.0)));
    let half = expr(Node::Binary(Binary::Div, number(0.5), one));
    let mut w = wiring(pop(0, 0, 400), pop(1, 400, 400), Rule::DistanceDependent(half));
    w.positions = line(400, 400);
    assert_moments(&degrees(&w).0, 200.0, 100.0);
}

#[test]
fn weights_and_delays_may_use_the_distance() {
    let distance = || expr(Node::Name("distance".into()));
    let mut w = wiring(pop(0, 0, 30), pop(1, 30, 20), Rule::AllToAll);
    w.positions = line(30, 20);
    w.weight = Sampler::Expression(distance());
    let slowness = expr(Node::Binary(Binary::Mul, distance(), number(0.5)));
    w.delay = Sampler::Expression(expr(Node::Binary(Binary::Add, number(0.2), slowness)));
    w.validate().unwrap();
    let mut seen = 0;
    w.edges(0..20, |edge| {
        let distance = edge.source.abs_diff(edge.target);
        assert_eq!((edge.weight, edge.delay), (f64::from(distance), 2 + 5 * distance));
        seen += 1;
    });
    assert_eq!(seen, 600);
}

#[test]
fn receptors_of_a_projection_share_pairs_and_delays_but_not_weights() {
    let mut w = wiring(pop(0, 0, 300), pop(1, 300, 200), Rule::FixedProbability(0.1));
    w.weight = Sampler::Uniform { low: 0.0, high: 1.0 };
    w.delay = Sampler::Uniform { low: 0.1, high: 5.0 };
    let mut other = w.clone();
    (other.receptor, other.weight_key) = (1, 99);
    let collect = |w: &Wiring| {
        let mut edges = Vec::new();
        w.edges(0..200, |edge| edges.push(edge));
        edges
    };
    let (a, b) = (collect(&w), collect(&other));
    assert_eq!(a.len(), b.len());
    assert!(a.iter().zip(&b).all(|(a, b)| (a.source, a.target, a.delay) == (b.source, b.target, b.delay)));
    assert!(a.iter().zip(&b).all(|(a, b)| a.weight != b.weight));
    let mean = a.iter().map(|e| e.weight).sum::<f64>() / a.len() as f64;
    assert!((mean - 0.5).abs() < 4.5 * (1.0f64 / 12.0 / a.len() as f64).sqrt(), "mean weight {mean}");
}
