//! The first lesson against the closed forms that it teaches, at its own values and at those that it proposes to try.

use super::Run;

/// Constants of the lesson (ms, nS, mV).
struct Membrane {
    tau: f64,
    g: f64,
    reset: f64,
    t_ref: f64,
}

const E_L: f64 = -70.0;
const V_TH: f64 = -50.0;
const DT: f64 = 0.1;
/// The current is on between these steps.
const ON: (u64, u64) = (200, 3200);

impl Membrane {
    const LESSON: Self = Self { tau: 20.0, g: 10.0, reset: -70.0, t_ref: 2.0 };

    /// Time from a potential to the threshold under a current (ms, mV, pA).
    fn rise(&self, from: f64, current: f64) -> f64 {
        let end = E_L + current / self.g;
        self.tau * ((end - from) / (end - V_TH)).ln()
    }

    /// Spikes under a current on the grid of `DT`: of rises of whole steps, and refractory times of whole steps.
    fn spikes(&self, current: f64) -> Vec<u64> {
        if E_L + current / self.g <= V_TH {
            return vec![];
        }
        let steps = |ms: f64| (ms / DT).ceil() as u64;
        let period = steps(self.rise(self.reset, current)) + (self.t_ref / DT).round() as u64;
        (0..).map(|k| ON.0 + steps(self.rise(E_L, current)) + k * period).take_while(|&s| s <= ON.1).collect()
    }
}

/// The exact integrator leaves rounding only: some hundred steps of 1e-14 mV each.
#[test]
fn the_membrane_charges_and_discharges_exponentially() {
    for (set, tau, g) in
        [(vec![], 20.0, 10.0), (vec![("g_L", "20 nS")], 20.0, 20.0), (vec![("tau_m", "7 ms")], 7.0, 10.0)]
    {
        let run = Run::of("lif_tutorial", &set);
        for step in 0..=4000u64 {
            let near = |trace: usize, k: usize, tau: f64, current: f64| {
                // The share of the way to the end after some steps.
                let share = |steps: u64| -(steps as f64 * DT / -tau).exp_m1();
                let (on, off) = (step.clamp(ON.0, ON.1) - ON.0, step.max(ON.1) - ON.1);
                let expected = E_L + current / g * share(on) * (1.0 - share(off));
                let v = run.seen.traces[trace][step as usize].1[k];
                assert!((v - expected).abs() < 1e-10, "{set:?}, trace {trace}, neuron {k}, step {step}: {v} mV");
            };
            (0..3).for_each(|k| near(0, k, tau, 60.0 * (k + 1) as f64));
            (0..3).for_each(|k| near(1, k, tau * 4f64.powi(k as i32 - 1), 180.0));
        }
    }
}

#[test]
fn spikes_come_from_the_rheobase_on_and_at_the_rate_of_the_closed_form() {
    let lesson = Membrane::LESSON;
    for (set, membrane) in [
        (vec![], Membrane { ..lesson }),
        (vec![("tau_m", "10 ms")], Membrane { tau: 10.0, ..lesson }),
        (vec![("t_ref", "20 ms")], Membrane { t_ref: 20.0, ..lesson }),
        (vec![("V_reset", "-55 mV")], Membrane { reset: -55.0, ..lesson }),
    ] {
        let run = Run::of("lif_tutorial", &set);
        for (k, spikes) in run.trains("rate").iter().enumerate() {
            let current = 20.0 * k as f64;
            assert_eq!(*spikes, membrane.spikes(current), "{set:?}, {current} pA");
            assert_eq!(spikes.is_empty(), k <= 10, "{set:?}, {current} pA");
            // Off the grid the interval is less by no more than a step.
            let interval = membrane.t_ref + membrane.rise(membrane.reset, current);
            let less = spikes.windows(2).map(|w| (w[1] - w[0]) as f64 * DT - interval);
            assert!(less.into_iter().all(|less| (-1e-9..DT).contains(&less)), "{set:?}, {current} pA");
        }
        for (spikes, current) in run.trains("threshold").iter().zip([195.0, 205.0, 300.0]) {
            assert_eq!(*spikes, membrane.spikes(current), "{set:?}, {current} pA");
        }
        for (k, spikes) in run.trains("refractory").iter().enumerate() {
            let expected = Membrane { t_ref: 10.0 * k as f64, ..membrane }.spikes(400.0);
            assert_eq!(*spikes, expected, "{set:?}, refractory for {k} times 10 ms");
        }
    }
}
