//! Wirings: every spike is delivered once, at exactly t + d, and every rule has the statistics it promises.

use std::{collections::BTreeMap, sync::Arc};

use bouton::{
    connect::{EdgeList, PopRef, Positions, Rule, Wiring},
    engine::{deliver::deliver, layout::Layout, ring::Ring, synapses::Synapses},
    error::Source,
    lang::{
        ast::{Binary, Expr, Func, Node, Unary},
        sampler::Sampler,
    },
    quantity::{Dim, Quantity},
};
use proptest::prelude::*;

fn expr(node: Node) -> Expr {
    Expr { node: Arc::new(node), span: 0..0 }
}
fn number(value: f64) -> Expr {
    expr(Node::Literal(Quantity { value, dim: Dim::default() }))
}
/// peak * exp(-distance/scale)
fn exponential_profile(peak: f64, scale: f64) -> Expr {
    let distance = expr(Node::Name("distance".into()));
    let ratio = expr(Node::Binary(Binary::Div, distance, number(scale)));
    let decay = expr(Node::Call(Func::Exp, vec![expr(Node::Unary(Unary::Neg, ratio))]));
    expr(Node::Binary(Binary::Mul, number(peak), decay))
}

fn pop(population: usize, first_gid: u32, size: u32) -> PopRef {
    PopRef { population, first_gid, size }
}

/// A wiring with weight 1 and delay 1 ms, dt 0.1 ms, that a test changes where it needs to.
fn wiring(from: PopRef, to: PopRef, rule: Rule) -> Wiring {
    let (weight, delay) = (Sampler::Constant(1.0), Sampler::Constant(1.0));
    let (autapses, multapses, positions) = (true, true, None);
    Wiring {
        from,
        to,
        receptor: 0,
        rule,
        autapses,
        multapses,
        key: 11,
        weight_key: 12,
        weight,
        delay,
        dt: 0.1,
        positions,
    }
}

/// Points on a line, 1 um apart.
fn line(from: u32, to: u32) -> Option<Positions> {
    let points = |n: u32| (0..n).map(|k| [f64::from(k), 0.0, 0.0]).collect();
    Some(Positions { from: points(from), to: points(to) })
}

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

#[test]
fn refusals_name_value_limit_and_remedy() {
    let (e, i) = (pop(0, 0, 100), pop(1, 100, 25));
    let list = |text: &str| Rule::Edges(Arc::new(EdgeList::parse(&Source::new("edges.csv", text)).unwrap()));
    let strict = |mut w: Wiring| {
        (w.autapses, w.multapses) = (false, false);
        w
    };
    let delayed = |delay: Sampler| Wiring { delay, ..wiring(e, i, Rule::AllToAll) };
    let normal = Sampler::Normal { mean: 1.5, sd: 0.7, low: f64::NEG_INFINITY, high: f64::INFINITY };
    let mut steep = wiring(e, e, Rule::DistanceDependent(exponential_profile(1.5, 10.0)));
    steep.positions = line(100, 100);
    for (wiring, message, help) in [
        (wiring(e, i, Rule::OneToOne), "one_to_one pairs 100 sources with 25 targets", "same size"),
        (strict(wiring(e, e, Rule::OneToOne)), "autapses only", "autapses = true"),
        (wiring(e, i, Rule::FixedProbability(1.2)), "probability 1.2 is outside of [0, 1]", "from 0 to 1"),
        (wiring(e, i, Rule::FixedProbability(f64::NAN)), "probability NaN", "from 0 to 1"),
        (strict(wiring(e, i, Rule::FixedInDegree(101))), "in-degree 101 is more than the 100 sources", "at most 100"),
        (strict(wiring(e, e, Rule::FixedInDegree(100))), "the 99 sources that exist (autapses are off)", "at most 99"),
        (
            strict(wiring(e, i, Rule::FixedOutDegree(26))),
            "out-degree 26 is more than the 25 targets",
            "multapses = true",
        ),
        (
            strict(wiring(e, i, Rule::FixedTotalNumber(2501))),
            "2501 synapses are more than the 2500 pairs",
            "at most 2500",
        ),
        (wiring(e, e, Rule::DistanceDependent(number(0.5))), "needs the positions", "positions = {"),
        (steep, "the probability is 1.5 at distance 0 um", "clip(..., 0, 1)"),
        (wiring(e, i, list("5 25")), "target 25 in line 1 is beyond the population's last neuron 24", "from 0"),
        (strict(wiring(e, e, list("1 2\n3 3"))), "line 2 connects neuron 3 to itself", "autapses = true"),
        (strict(wiring(e, e, list("1 2\n3 4\n1 2"))), "line 3 connects 1 to 2 again", "multapses = true"),
        (wiring(e, i, list("1 2 0 0.05")), "delay 0.05 ms in line 1 is not within dt = 0.1 ms", "another dt"),
        (delayed(Sampler::Constant(0.05)), "delay is 0.05 ms, below the time step 0.1 ms", "a smaller dt"),
        (delayed(normal), "delay can be -inf ms, below", "clip(..., 0.1 ms,"),
        (delayed(Sampler::Constant(1e9)), "above the longest delay", "a larger dt"),
    ] {
        let refusal = wiring.validate().expect_err(message);
        assert!(refusal.message.contains(message), "{refusal:?} lacks \"{message}\"");
        assert!(refusal.help.contains(help), "{refusal:?} lacks \"{help}\"");
    }
}

/// A random network of two populations with two receptors, its rules by chance.
fn network() -> impl Strategy<Value = (Vec<Wiring>, [u32; 2])> {
    let sizes = prop_oneof![(1u32..6, 1u32..6), (1u32..70, 15u32..50), (16u32..33, 30u32..35)];
    sizes.prop_flat_map(|(a, b)| {
        let pops = [pop(0, 0, a), pop(1, a, b)];
        let one = (0usize..2, 0usize..2, 0u32..9, any::<u64>(), 0u32..1000, any::<[bool; 4]>());
        let one = one.prop_map(move |(from, to, rule, key, size, [autapses, multapses, fixed, each])| {
            let (from, to) = (pops[from], pops[to]);
            let limit = |end: PopRef| end.size - u32::from(from.population == to.population && !autapses);
            let bounded = |end: PopRef| if multapses { size % 12 } else { size % (limit(end) + 1) };
            let rule = match rule {
                0 => Rule::AllToAll,
                1 if from.size == to.size && autapses => Rule::OneToOne,
                2 => Rule::FixedProbability(f64::from(size) / 999.0),
                3 => Rule::FixedOutDegree(bounded(to)),
                4 => Rule::FixedTotalNumber(u64::from(bounded(from) * to.size / 2)),
                5 => Rule::DistanceDependent(exponential_profile(f64::from(size) / 999.0, 20.0)),
                6 => {
                    let edge = |n: u32| (n * 7 + size) % from.size;
                    let line =
                        |n: u32| format!("{} {} {} {}\n", edge(n), n % to.size, n, f64::from(1 + n * n % 1000) / 10.0);
                    let text: String = (0..size % 60).map(line).collect();
                    Rule::Edges(Arc::new(EdgeList::parse(&Source::new("edges", text)).unwrap()))
                }
                _ => Rule::FixedInDegree(bounded(from)),
            };
            let mut wiring = wiring(from, to, rule);
            let listed = matches!(wiring.rule, Rule::Edges(_));
            let none = limit(from) == 0 || limit(to) == 0;
            (wiring.autapses, wiring.multapses, wiring.key) = (autapses || listed || none, multapses || listed, key);
            wiring.receptor = (key % 2) as usize;
            wiring.positions = line(from.size, to.size);
            if !fixed {
                wiring.delay = Sampler::Uniform { low: 0.1, high: 0.1 + f64::from(size) / 10.0 };
            }
            if each {
                wiring.weight = Sampler::Uniform { low: -1.0, high: 1.0 };
            }
            wiring
        });
        prop::collection::vec(one, 1..5).prop_map(move |wirings| (wirings, [a, b]))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_spike_is_delivered_once_at_t_plus_d((wirings, sizes) in network(), cut in 1usize..6, salt in any::<u32>()) {
        let neurons = sizes[0] + sizes[1];
        let spikes: BTreeMap<u64, Vec<u32>> = (0..12)
            .map(|k| (1 + k * k, (0..neurons).filter(|id| id.wrapping_mul(salt | 1) >> 16 & 7 == k as u32 % 8).collect()))
            .collect();

        // What must arrive: (stamp, receptor, gid) -> sum, from the plain edges.
        let (mut expected, mut count) = (BTreeMap::new(), 0);
        let one_weight_each = wirings.iter().all(|w| matches!(w.weight, Sampler::Constant(_)) && !matches!(w.rule, Rule::Edges(_)));
        for wiring in &wirings {
            wiring.validate().unwrap();
            for target in 0..wiring.to.size {
                wiring.edges_onto(target, &mut |source, weight, delay| {
                    let weight = if one_weight_each { weight } else { f64::from(weight as f32) };
                    for (stamp, ids) in &spikes {
                        if ids.contains(&(wiring.from.first_gid + source)) {
                            let at = (stamp + u64::from(delay), wiring.receptor, wiring.to.first_gid + target);
                            let (sum, number) = expected.entry(at).or_insert((0.0, 0u32));
                            *sum += weight;
                            *number += 1;
                            count += 1u64;
                        }
                    }
                });
            }
        }

        let layout = Layout::new(&[(sizes[0], 2), (sizes[1], 2)], cut);
        let blocks: Vec<_> = layout.blocks.iter().map(|b| (b, Synapses::build(&wirings, b, neurons))).collect();
        let longest = blocks.iter().filter_map(|(_, s)| s.delays().first()).max().copied().unwrap_or(1);
        let mut ring = Ring::new(longest, 1);
        let mut events = 0;
        for stamp in 1..=1 + 121 + u64::from(longest) {
            for (block, synapses) in &blocks {
                let mut inputs = vec![0f64; block.slots];
                events += deliver(synapses, &ring, stamp, &mut inputs);
                for part in &block.parts {
                    for receptor in 0..2 {
                        for k in 0..part.padded {
                            let got = inputs[part.slot + receptor * part.padded as usize + k as usize];
                            let gid = layout.first_gids[part.population] + part.first + k;
                            let (sum, number) = match k < part.len {
                                true => expected.remove(&(stamp, receptor, gid)).unwrap_or((0.0, 0)),
                                false => (0.0, 0),
                            };
                            // The order of additions differs here, so sums agree up to rounding.
                            prop_assert!((got - sum).abs() <= 1e-12 * f64::from(number) * 1000.0, "{got} at {stamp}, not {sum}");
                        }
                    }
                }
            }
            if let Some(ids) = spikes.get(&stamp) {
                ring.slot_mut(stamp).extend(ids);
            }
        }
        prop_assert_eq!(events, count);
        prop_assert!(expected.values().all(|(sum, _)| *sum == 0.0), "{expected:?} did not arrive");
        prop_assert_eq!(blocks.iter().map(|(_, s)| s.len()).sum::<u64>(), {
            let mut all = 0;
            wirings.iter().for_each(|w| w.edges(0..w.to.size, |_| all += 1));
            all
        });
    }

    #[test]
    fn any_range_of_targets_can_be_drawn_alone((wirings, _) in network(), cut in 0u32..60) {
        for wiring in wirings {
            let cut = cut.min(wiring.to.size);
            let draw = |range: std::ops::Range<u32>| {
                let mut edges = Vec::new();
                wiring.edges(range, |e| edges.push((e.target, e.source, e.weight.to_bits(), e.delay)));
                edges
            };
            let (mut all, mut parts) = (draw(0..wiring.to.size), [draw(0..cut), draw(cut..wiring.to.size)].concat());
            all.sort_by_key(|e| e.0);
            parts.sort_by_key(|e| e.0);
            prop_assert_eq!(all, parts);
        }
    }
}
