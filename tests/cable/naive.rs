//! An independent reference: the equations of a small tree written out, every step solved by Gaussian elimination of the whole matrix.

use std::f64::consts::PI;

use crate::common::{plan, run};

const DT: f64 = 0.025;
const R_A: f64 = 120.0 * 1e-5; // Ohm cm in GOhm um

/// Length and diameter of each compartment, um: a soma, three of a dendrite, two of a second and two of a third.
const SHAPE: [(f64, f64); 8] =
    [(15.0, 12.0), (40.0, 2.0), (40.0, 2.0), (40.0, 2.0), (35.0, 1.0), (35.0, 1.0), (30.0, 1.5), (30.0, 1.5)];
/// The soma's end and the begins of both dendrites meet at node 8; the third begins in the middle of the first.
const JUNCTION: usize = 8;

const TEXT: &str = "
[populations.cell]
model = 'hh_squid'
size = 1
receptors = { e = { model = 'cond_exp', at = 'b(1)', tau = '3 ms' }, i = { model = 'curr_exp', at = 'a(0.5)', tau = '6 ms' } }
[populations.cell.cable]
R_a = '120 Ohm*cm'
[[populations.cell.cable.sections]]
name = 'soma'
length = '15 um'
diameter = '12 um'
compartments = 1
[[populations.cell.cable.sections]]
name = 'a'
parent = 'soma(1)'
model = 'passive'
length = '120 um'
diameter = '2 um'
compartments = 3
parameters = { C_m = '1.5 uF/cm^2', E_L = '-60 mV' }
[[populations.cell.cable.sections]]
name = 'b'
parent = 'soma(1)'
model = 'passive'
length = '70 um'
diameter = '1 um'
compartments = 2
[[populations.cell.cable.sections]]
name = 'c'
parent = 'a(0.5)'
length = '60 um'
diameter = '1.5 um'
compartments = 2
parameters = { g_Na = '80 mS/cm^2' }
[populations.s]
model = 'spike_list'
size = 1
times = ['2 ms', '3 ms', '7 ms']
[[projections]]
from = 's'
to = 'cell'
rule = 'all_to_all'
receptor = ['e', 'i']
weight = ['4 nS', '-30 pA']
delay = '1 ms'
[[inputs]]
to = 'cell'
at = 'soma'
current = '150 pA'
[[record.traces]]
population = 'cell'
variables = 'v'
[run]
duration = '20 ms'
dt = '0.025 ms'
";

/// Axial conductances, nS, between nodes.
fn edges() -> Vec<(usize, usize, f64)> {
    let half = |k: usize| 0.5 * SHAPE[k].0 * R_A * 4.0 / (PI * SHAPE[k].1 * SHAPE[k].1);
    let whole = |a: usize, b: usize| (a, b, 1.0 / (half(a) + half(b)));
    let end = |a: usize| (a, JUNCTION, 1.0 / half(a));
    // The third dendrite begins at the centre of compartment 2 of the first: half of its own first compartment lies between.
    vec![end(0), end(1), end(4), whole(1, 2), whole(2, 3), whole(4, 5), (2, 6, 1.0 / half(6)), whole(6, 7)]
}

/// Membrane of a compartment, per area: capacitance (pF/um^2), conductances (nS/um^2).
struct Membrane {
    c: f64,
    na: f64,
    k: f64,
    l: f64,
    e_l: f64,
}

fn membrane(k: usize) -> Membrane {
    let passive = |c: f64, e_l| Membrane { c: 0.01 * c, na: 0.0, k: 0.0, l: 0.05 * 0.01, e_l };
    let squid = |na: f64| Membrane { c: 0.01, na: na * 0.01, k: 36.0 * 0.01, l: 0.3 * 0.01, e_l: -54.387 };
    match k {
        0 => squid(120.0),
        1..=3 => passive(1.5, -60.0),
        4 | 5 => passive(1.0, -65.0),
        _ => squid(80.0),
    }
}

/// Opening and closing rates of m, h, n.
fn rates(v: f64) -> [(f64, f64); 3] {
    let line = |x: f64| if x == 0.0 { 1.0 } else { x / (1.0 - (-x).exp()) };
    [
        (line((v + 40.0) / 10.0), 4.0 * (-(v + 65.0) / 18.0).exp()),
        (0.07 * (-(v + 65.0) / 20.0).exp(), 1.0 / (1.0 + (-(v + 35.0) / 10.0).exp())),
        (0.1 * line((v + 55.0) / 10.0), 0.125 * (-(v + 65.0) / 80.0).exp()),
    ]
}

/// A gate moves towards its steady state at v.
fn relax(gates: &mut [f64; 3], v: f64, time: f64) {
    for (gate, (open, close)) in gates.iter_mut().zip(rates(v)) {
        let steady = open / (open + close);
        *gate = steady + (*gate - steady) * (-(open + close) * time).exp();
    }
}

/// Solves a x = b by elimination with the largest pivot.
fn eliminate(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for col in 0..n {
        let pivot = (col..n).max_by(|&i, &j| a[i][col].abs().total_cmp(&a[j][col].abs())).unwrap();
        a.swap(col, pivot);
        b.swap(col, pivot);
        for row in col + 1..n {
            let factor = a[row][col] / a[col][col];
            let (above, below) = a.split_at_mut(row);
            below[0].iter_mut().zip(&above[col]).skip(col).for_each(|(x, y)| *x -= factor * y);
            b[row] -= factor * b[col];
        }
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|k| a[row][k] * b[k]).sum();
        b[row] = (b[row] - known) / a[row][row];
    }
    b
}

/// Voltages of all compartments after each step.
fn reference(steps: usize) -> Vec<Vec<f64>> {
    let area = |k: usize| PI * SHAPE[k].0 * SHAPE[k].1;
    let mut v: Vec<f64> = (0..8).map(|k| if (1..=3).contains(&k) { -60.0 } else { -65.0 }).collect();
    let steady = |v: f64| rates(v).map(|(open, close)| open / (open + close));
    let mut gates: Vec<[f64; 3]> = v.iter().map(|&v| steady(v)).collect();
    (0..8).for_each(|k| relax(&mut gates[k], v[k], 0.5 * DT));
    let (mut g, mut i) = (0.0, 0.0);
    let mut out = vec![v.clone()];
    for step in 0..steps {
        // Receptors at the middle of the step.
        let (g_mid, i_mid) = (g * (-0.5 * DT / 3.0f64).exp(), i * (-0.5 * DT / 6.0f64).exp());
        // Node by node: 2C/dt (u - v) = currents at u, for the voltages u at the middle.
        let (mut a, mut b) = (vec![vec![0.0; 9]; 9], vec![0.0; 9]);
        for k in 0..8 {
            let (m, [act, inact, n]) = (membrane(k), gates[k]);
            let (na, kd) = (m.na * act.powi(3) * inact, m.k * n.powi(4));
            a[k][k] += (2.0 * m.c / DT + na + kd + m.l) * area(k);
            b[k] += (2.0 * m.c / DT * v[k] + na * 50.0 - kd * 77.0 + m.l * m.e_l) * area(k);
        }
        b[0] += 150.0;
        a[5][5] += g_mid;
        b[2] += i_mid;
        for (p, q, axial) in edges() {
            a[p][p] += axial;
            a[q][q] += axial;
            a[p][q] -= axial;
            a[q][p] -= axial;
        }
        let u = eliminate(a, b);
        (0..8).for_each(|k| v[k] = 2.0 * u[k] - v[k]);
        (g, i) = (g * (-DT / 3.0f64).exp(), i * (-DT / 6.0f64).exp());
        // Spikes at 2, 3 and 7 ms arrive 1 ms later, at the end of a step.
        if [3.0, 4.0, 8.0].iter().any(|t| (t / DT).round() as usize == step + 1) {
            (g, i) = (g + 4.0, i - 30.0);
        }
        (0..8).for_each(|k| relax(&mut gates[k], v[k], DT));
        out.push(v.clone());
    }
    out
}

#[test]
fn every_step_equals_a_dense_solution() {
    let seen = run(&plan(TEXT));
    let expected = reference(800);
    assert_eq!(seen.traces[0].len(), expected.len());
    for ((step, own), reference) in seen.traces[0].iter().zip(&expected) {
        for (k, (a, b)) in own.iter().zip(reference).enumerate() {
            assert!((a - b).abs() < 1e-10 * b.abs().max(1.0) * 100.0, "step {step}, compartment {k}: {a} is not {b}");
        }
    }
    let peak = expected.iter().map(|v| v[0]).fold(f64::MIN, f64::max);
    assert!(peak > 0.0, "the soma spikes: {peak} mV");
}
