//! Random networks: what is delivered, where and when, against the plain list of edges.

use std::{collections::BTreeMap, sync::Arc};

use bouton::{
    connect::{EdgeList, PopRef, Rule, Wiring},
    engine::{arrivals::Arrivals, deliver::deliver, layout::Layout, synapses::Synapses},
    error::Source,
    lang::sampler::Sampler,
};
use proptest::prelude::*;

use crate::{exponential_profile, line, pop, wiring};

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
        let mut blocks: Vec<_> = layout.blocks.iter().map(|block| {
            let synapses = Synapses::build(&wirings, block, neurons);
            (block, Arrivals::new(&synapses), synapses)
        }).collect();
        let longest = blocks.iter().filter_map(|(_, _, s)| s.delays().first()).max().copied().unwrap_or(1);
        let mut events = 0;
        for stamp in 1..=1 + 121 + u64::from(longest) {
            for (block, arrivals, synapses) in &mut blocks {
                let mut inputs = vec![0f64; block.slots];
                events += deliver(synapses, arrivals.at(stamp), &mut inputs);
                arrivals.clear(stamp);
                arrivals.file(synapses, stamp, spikes.get(&stamp).map_or(&[], Vec::as_slice));
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
        }
        prop_assert_eq!(events, count);
        prop_assert!(expected.values().all(|(sum, _)| *sum == 0.0), "{expected:?} did not arrive");
        prop_assert_eq!(blocks.iter().map(|(_, _, s)| s.len()).sum::<u64>(), {
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
