//! Nanoseconds per synapse of `Synapses::build`: drawing the connections of a network onto one block, into compressed
//! rows.
//!
//! Axes: rule with its weights and delays; number of synapses. Neurons are as many as connect with a density of a
//! tenth, that of Brunel's network and of a cortical column: 1000, 3162 and 10,000.

use std::{hint::black_box, time::Duration};

use bouton::{
    connect::{PopRef, Rule, Wiring},
    engine::{layout::Layout, synapses::Synapses},
    lang::sampler::Sampler,
};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const SYNAPSES: [u64; 3] = [100_000, 1_000_000, 10_000_000];
const DENSITY: f64 = 0.1;

/// The delays of the microcircuit's excitatory synapses, cut so that there are 45 of them: 0.1 to 4.5 ms.
const DELAYS: Sampler = Sampler::Normal { mean: 1.5, sd: 0.75, low: 0.05, high: 4.549 };

fn wiring(neurons: u32, rule: Rule, weight: Sampler, delay: Sampler) -> Wiring {
    let all = PopRef { population: 0, first_gid: 0, size: neurons, stride: 1 };
    Wiring {
        symmetric: false,
        from: all,
        to: all,
        receptor: 0,
        rule,
        autapses: true,
        multapses: true,
        key: 1,
        weight_key: 2,
        weight,
        delay,
        dt: 0.1,
        positions: None,
    }
}

fn benches(c: &mut Criterion) {
    for synapses in SYNAPSES {
        let neurons = (synapses as f64 / DENSITY).sqrt() as u32;
        let normal = Sampler::Normal { mean: 87.81, sd: 8.781, low: 0.0, high: 1e9 };
        let one = || (Sampler::Constant(87.81), Sampler::Constant(1.5));
        let in_degree = Rule::FixedInDegree((f64::from(neurons) * DENSITY) as u32);
        for (name, rule, (weight, delay)) in [
            ("fixed in-degree, one weight, one delay", in_degree, one()),
            ("fixed probability, one weight, one delay", Rule::FixedProbability(DENSITY), one()),
            ("fixed total number, normal weights, 45 delays", Rule::FixedTotalNumber(synapses), (normal, DELAYS)),
        ] {
            let wirings = [wiring(neurons, rule, weight, delay)];
            let layout = Layout::new(&[(neurons, 1)], 1);
            let build = || Synapses::build(&wirings, &layout.blocks[0], neurons);
            let drawn = build().len();
            assert!(drawn.abs_diff(synapses) < synapses / 50, "{name}: {drawn} synapses");
            let mut group = c.benchmark_group(format!("build/{name}"));
            group.throughput(Throughput::Elements(drawn));
            group.bench_function(BenchmarkId::from_parameter(synapses), |b| b.iter(|| black_box(build())));
        }
    }
}

// Criterion's own plots want a system font, which a bare machine does not have.
criterion_group! {
    name = build;
    config = Criterion::default()
        .without_plots()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_secs(2));
    targets = benches
}
criterion_main!(build);
