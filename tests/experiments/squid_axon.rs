//! Hodgkin and Huxley's axon: one spike or many, the refractory period, rebound; against the equations integrated here.

use super::Run;

/// ms.
const DT: f64 = 0.01;
const START: f64 = 20.0;
/// uA/cm2.
const PULSE: f64 = 10.0;

/// Opening and closing rates of m, h, n in 1/ms, v in mV.
fn rates(v: f64) -> [(f64, f64); 3] {
    let linear = |x: f64| if x.abs() < 1e-9 { 1.0 } else { x / -(-x).exp_m1() };
    [
        (linear((v + 40.0) / 10.0), 4.0 * (-(v + 65.0) / 18.0).exp()),
        (0.07 * (-(v + 65.0) / 20.0).exp(), 1.0 / (1.0 + (-(v + 35.0) / 10.0).exp())),
        (0.1 * linear((v + 55.0) / 10.0), 0.125 * (-(v + 65.0) / 80.0).exp()),
    ]
}

fn slopes([v, m, h, n]: [f64; 4], current: f64) -> [f64; 4] {
    let ionic = 120.0 * m.powi(3) * h * (v - 50.0) + 36.0 * n.powi(4) * (v + 77.0) + 0.3 * (v + 54.387);
    let [of_m, of_h, of_n] = rates(v);
    let gate = |x: f64, (open, close): (f64, f64)| open * (1.0 - x) - close * x;
    [current - ionic, gate(m, of_m), gate(h, of_h), gate(n, of_n)]
}

/// Times in ms at which v rises through 0 mV within 120 ms, by the classical Runge-Kutta method; currents change between steps only.
fn spikes(current: impl Fn(f64) -> f64) -> Vec<f64> {
    let [m, h, n] = rates(-65.0).map(|(open, close)| open / (open + close));
    let mut x = [-65.0, m, h, n];
    let mut spikes = vec![];
    for step in 0..12_000 {
        let current = current((f64::from(step) + 0.5) * DT);
        let at = |k: [f64; 4], h: f64| slopes(std::array::from_fn(|i| x[i] + h * k[i]), current);
        let a = slopes(x, current);
        let b = at(a, DT / 2.0);
        let c = at(b, DT / 2.0);
        let d = at(c, DT);
        let next: [f64; 4] = std::array::from_fn(|i| x[i] + DT / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]));
        if x[0] <= 0.0 && next[0] > 0.0 {
            spikes.push((f64::from(step) + x[0] / (x[0] - next[0])) * DT);
        }
        x = next;
    }
    spikes
}

fn within(t: f64, from: f64, length: f64) -> f64 {
    f64::from(t > START + from && t < START + from + length)
}

fn step(current: f64) -> Vec<f64> {
    spikes(|t| current * within(t, 0.0, 1000.0))
}

/// Two pulses of 1 ms, the second one `gap` ms after the first and `times` as strong.
fn pair(gap: f64, times: f64) -> Vec<f64> {
    spikes(|t| PULSE * (within(t, 0.0, 1.0) + times * within(t, gap, 1.0)))
}

fn rebound(current: f64) -> Vec<f64> {
    spikes(|t| -current * within(t, 0.0, 30.0))
}

/// Where `fires` begins to hold between two numbers, to a thousandth.
fn threshold(mut low: f64, mut high: f64, fires: impl Fn(f64) -> bool) -> f64 {
    assert!(!fires(low) && fires(high));
    while high - low > 1e-3 {
        let middle = (low + high) / 2.0;
        if fires(middle) { high = middle } else { low = middle }
    }
    high
}

#[test]
fn every_neuron_spikes_when_the_equations_do() {
    let run = Run::of("squid_axon", &[]);
    let expected: [(&str, Vec<Vec<f64>>); 4] = [
        ("step", (2..=7).map(|i| step(f64::from(i))).collect()),
        ("pair", (5..=25).map(|gap| pair(f64::from(gap), 1.0)).collect()),
        ("strong", (5..=25).map(|gap| pair(f64::from(gap), 5.0)).collect()),
        ("rebound", (0..=5).map(|i| rebound(f64::from(i))).collect()),
    ];
    for (population, expected) in expected {
        for (k, (own, expected)) in run.trains(population).iter().zip(&expected).enumerate() {
            assert_eq!(own.len(), expected.len(), "{population} {k}: spikes at {expected:?} ms");
            // A spike's stamp is the end of its step; the default integrator is of second order.
            for (own, expected) in own.iter().zip(expected) {
                assert!(
                    (run.ms(*own) - expected).abs() < 2.5 * DT,
                    "{population} {k}: {} for {expected} ms",
                    run.ms(*own)
                );
            }
        }
    }
}

#[test]
fn steps_make_no_spike_then_one_then_a_train() {
    let counts: Vec<usize> = Run::of("squid_axon", &[]).trains("step").iter().map(Vec::len).collect();
    // Thresholds 2.2403 and 6.2603 uA/cm2; near the latter the axon fires a few times before it rests.
    assert_eq!(counts[..4], [0, 1, 1, 1]);
    assert!(counts[4] < 4 && counts[5] == 6, "{counts:?}");
}

#[test]
fn the_refractory_period_is_absolute_then_relative() {
    let run = Run::of("squid_axon", &[]);
    let periods = [("pair", 1.0), ("strong", 5.0)].map(|(population, times)| {
        let period = threshold(5.0, 25.0, |gap| pair((gap / DT).round() * DT, times).len() == 2);
        for (k, spikes) in run.trains(population).iter().enumerate() {
            assert_eq!(spikes.len() == 2, (5 + k) as f64 > period, "{population} {k}: refractory for {period} ms");
        }
        period
    });
    assert!(periods[1] < 0.7 * periods[0], "{periods:?}");
}

#[test]
fn the_axon_rebounds_from_enough_inward_current() {
    let least = threshold(0.0, 5.0, |current| !rebound(current).is_empty());
    for (k, spikes) in Run::of("squid_axon", &[]).trains("rebound").iter().enumerate() {
        assert_eq!(spikes.len(), usize::from(k as f64 > least), "{k} uA/cm2, threshold {least}");
        assert!(spikes.iter().all(|&s| run_after(s)), "{k} uA/cm2: {spikes:?}");
    }
}

/// Whether a spike comes within 10 ms after the current has gone.
fn run_after(step: u64) -> bool {
    (START + 30.0..START + 40.0).contains(&(step as f64 * DT))
}
