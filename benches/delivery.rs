//! Nanoseconds per synaptic event of filing spikes and of `deliver`, on one block of a network like the full cortical microcircuit: 77,169
//! sources, 45 delays of 0.1 to 4.5 ms in steps of 0.1 ms, and 43 synapses in a delay group (here of
//! half as many sources, so that the store takes 0.15 to 0.45 GB, many times the last cache).
//!
//! Axes: one weight a row or one a synapse; spikes of all sources (cold: rows come from memory) or of 8 sources again
//! and again (warm: rows stay in the cache).

use std::hint::black_box;

use bouton::{
    connect::{PopRef, Rule, Wiring},
    engine::{arrivals::Arrivals, deliver::deliver, layout::Layout, synapses::Synapses},
    lang::sampler::Sampler,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const TARGETS: u32 = 38_592;
/// Synapses of a source onto the block.
const ROW: u64 = 1935;
const DELAYS: u32 = 45;
/// Spikes in a step.
const SPIKES: u32 = 32;

fn build(sources: u32, weight: Sampler) -> Synapses {
    let wiring = Wiring {
        symmetric: false,
        from: PopRef { population: 0, first_gid: 0, size: sources, stride: 1 },
        to: PopRef { population: 1, first_gid: sources, size: TARGETS, stride: 1 },
        receptor: 0,
        rule: Rule::FixedTotalNumber(ROW * u64::from(sources)),
        autapses: true,
        multapses: true,
        key: 1,
        weight_key: 2,
        weight,
        delay: Sampler::Uniform { low: 0.051, high: f64::from(DELAYS) / 10.0 + 0.049 },
        dt: 0.1,
        positions: None,
    };
    let layout = Layout::new(&[(sources, 0), (TARGETS, 1)], 1);
    let synapses = Synapses::build(&[wiring], &layout.blocks[0], sources + TARGETS);
    assert_eq!((synapses.delays().len(), synapses.len()), (DELAYS as usize, ROW * u64::from(sources)));
    synapses
}

fn bench(c: &mut Criterion) {
    let sources = 77_169 / 2;
    for (name, weight) in
        [("row", Sampler::Constant(87.81)), ("each", Sampler::Normal { mean: 87.81, sd: 8.781, low: 0.0, high: 1e9 })]
    {
        let started = std::time::Instant::now();
        let synapses = build(sources, weight);
        let each = started.elapsed().as_secs_f64() * 1e9 / synapses.len() as f64;
        let bytes = synapses.bytes() as f64 / synapses.len() as f64;
        println!("weights per {name}: built in {each:.0} ns a synapse; {bytes:.2} bytes a synapse");
        for (rows, stride) in [("cold", sources / SPIKES), ("warm", 1)] {
            // Cold: each step has its own sources, scattered over all; spikes of as many steps as there are delays are on their way.
            let mut arrivals = Arrivals::new(&synapses);
            let spikes = if rows == "cold" { SPIKES } else { 8 };
            let push = |arrivals: &mut Arrivals, stamp: u64| {
                let shift = if rows == "cold" { (stamp * 97 % u64::from(stride)) as u32 } else { 0 };
                let sources: Vec<u32> = (0..spikes).map(|k| k * stride + shift).collect();
                arrivals.clear(stamp);
                arrivals.file(&synapses, stamp, &sources);
            };
            (1..=u64::from(DELAYS)).for_each(|stamp| push(&mut arrivals, stamp));
            let mut inputs = vec![0f64; TARGETS as usize];
            let mut stamp = u64::from(DELAYS) + 1;
            let mut group = c.benchmark_group(format!("deliver/{name}"));
            group.throughput(Throughput::Elements(ROW * u64::from(spikes)));
            group.bench_function(rows, |b| {
                b.iter(|| {
                    let events = deliver(&synapses, arrivals.at(stamp), &mut inputs);
                    push(&mut arrivals, stamp);
                    stamp += 1;
                    black_box(events)
                });
            });
            group.finish();
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().without_plots().sample_size(20).measurement_time(std::time::Duration::from_secs(3));
    targets = bench
}
criterion_main!(benches);
