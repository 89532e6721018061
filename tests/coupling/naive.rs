//! A random network of neurons that spike, are refractory and are coupled in four ways, against forty lines of the obvious.

use bouton::plan::Plan;

use crate::common::{plan, run};

const NETWORK: &str = "
[populations.A]
model = 'lif'
size = 37
parameters.I_e = 'uniform(50 pA, 150 pA)'
initial.v = 'uniform(-60 mV, -50 mV)'
receptors.gap = 'gap_junction'
[populations.B]
model = 'lif'
size = 20
parameters.I_e = '120 pA'
initial.v = 'uniform(-60 mV, -50 mV)'
receptors = { rates = 'rate_coupling', gap = 'gap_junction' }
[populations.R]
model = 'rate_unit'
size = 11
parameters = { I_e = '2 pA*i', tau = '5 ms' }
receptors.rates = 'rate_coupling'
[[projections]]
from = 'A'
to = 'A'
rule = { fixed_probability = 0.3 }
receptor = 'gap'
weight = 'lognormal(0.5 nS, 0.3 nS)'
[[projections]]
from = 'B'
to = 'A'
rule = { fixed_in_degree = 3 }
receptor = 'gap'
weight = '0.05 nS*(1 + i + 2*j)'
[[projections]]
from = 'R'
to = ['R', 'B']
rule = { fixed_out_degree = 9 }
receptor = 'rates'
weight = 'normal(0.1 pA/Hz, 0.2 pA/Hz)'
[[record.traces]]
population = 'A'
variables = ['v', 'I_e']
[[record.traces]]
population = 'B'
variables = 'v'
[[record.traces]]
population = 'R'
variables = 's'
[run]
duration = '200 ms'
";

#[derive(Default, Clone)]
struct Cell {
    /// v of a neuron, s of a rate unit.
    x: f64,
    i_e: f64,
    wait: u32,
    /// (number of the other, weight): gap junctions, rates.
    gaps: Vec<(usize, f64)>,
    rates: Vec<(usize, f64)>,
}

const FIRST: [usize; 4] = [0, 37, 57, 68];

fn wire(plan: &Plan, cells: &mut [Cell]) {
    for projection in &plan.projections {
        let (from, to) = (FIRST[projection.wiring.from.population], FIRST[projection.wiring.to.population]);
        projection.wiring.edges(0..projection.wiring.to.size, |e| {
            let (source, target) = (from + e.source as usize, to + e.target as usize);
            if projection.receptor == "gap" {
                cells[target].gaps.push((source, e.weight));
                cells[source].gaps.push((target, e.weight));
            } else {
                cells[target].rates.push((source, e.weight));
            }
        });
    }
}

/// One step of 0.1 ms; numbers of the neurons that spike.
fn step(cells: &mut [Cell]) -> Vec<u32> {
    let before: Vec<f64> = cells.iter().map(|c| c.x).collect();
    let mut spikes = Vec::new();
    for (number, cell) in cells.iter_mut().enumerate() {
        let sum = |of: &[(usize, f64)]| of.iter().map(|&(other, w)| w * before[other]).sum::<f64>();
        let rates = sum(&cell.rates);
        if number >= FIRST[2] {
            let r = (0.5e-3 * (rates + cell.i_e)).clamp(0.0, 0.2);
            cell.x += (1.0 - (-0.1f64 / 5.0).exp()) * (r - cell.x);
        } else if cell.wait > 0 {
            cell.wait -= 1;
        } else {
            let g = 10.0 + cell.gaps.iter().map(|gap| gap.1).sum::<f64>();
            let rest = (10.0 * -60.0 + sum(&cell.gaps) + rates + cell.i_e) / g;
            cell.x = rest + (cell.x - rest) * (-0.1 * g / 200.0).exp();
            if cell.x > -50.0 {
                (cell.x, cell.wait) = (-60.0, 50);
                spikes.push(number as u32);
            }
        }
    }
    spikes
}

#[test]
fn a_random_network_moves_as_the_obvious_one() {
    let plan = plan(NETWORK);
    let seen = run(&plan);
    let mut cells = vec![Cell::default(); FIRST[3]];
    wire(&plan, &mut cells);
    for (cell, values) in cells.iter_mut().zip(seen.traces[0][0].1.chunks(2)) {
        (cell.x, cell.i_e) = (values[0], values[1]);
    }
    for (cell, &v) in cells[FIRST[1]..].iter_mut().zip(&seen.traces[1][0].1) {
        (cell.x, cell.i_e) = (v, 120.0);
    }
    (0..11).for_each(|k| cells[57 + k].i_e = 2.0 * k as f64);
    assert!(cells.iter().all(|c| !c.gaps.is_empty() || !c.rates.is_empty()));

    let (mut spikes, mut worst) = (Vec::new(), 0f64);
    let traces = &seen.traces;
    for stamp in 1..=2000u64 {
        spikes.extend(step(&mut cells).into_iter().map(|id| (stamp, id)));
        let at = stamp as usize;
        let own = traces[0][at].1.chunks(2).map(|v| v[0]).chain(traces[1][at].1.iter().copied());
        for (cell, x) in cells.iter().zip(own.chain(traces[2][at].1.iter().copied())) {
            worst = worst.max((cell.x - x).abs() / cell.x.abs().max(1e-3));
        }
    }
    assert!(spikes.len() > 100, "{} spikes show little", spikes.len());
    assert_eq!(seen.spikes, spikes);
    assert!(worst < 1e-12, "differs by {worst}");
}
