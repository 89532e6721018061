//! The squid axon's rest loses and regains its stability at the Hopf currents.

use super::{common, each, flow::Flow, near};

/// Steady gates m, h, n of Hodgkin and Huxley at v in mV.
fn gates(v: f64) -> [f64; 3] {
    let share = |alpha: f64, beta: f64| alpha / (alpha + beta);
    let rate = |x: f64| if x.abs() < 1e-9 { 1.0 } else { x / (1.0 - f64::exp(-x)) };
    [
        share(rate((v + 40.0) / 10.0), 4.0 * f64::exp(-(v + 65.0) / 18.0)),
        share(0.07 * f64::exp(-(v + 65.0) / 20.0), 1.0 / (1.0 + f64::exp(-(v + 35.0) / 10.0))),
        share(0.1 * rate((v + 55.0) / 10.0), 0.125 * f64::exp(-(v + 65.0) / 80.0)),
    ]
}

/// The growth of small deviations from rest at a current, per ms.
fn growth(e_l: f64, current: f64) -> f64 {
    let ionic = |v: f64| {
        let [m, h, n] = gates(v);
        120.0 * m.powi(3) * h * (v - 50.0) + 36.0 * n.powi(4) * (v + 77.0) + 0.3 * (v - e_l)
    };
    let (mut low, mut high) = (-80.0, -20.0);
    for _ in 0..100 {
        let middle = (low + high) / 2.0;
        if ionic(middle) < current { low = middle } else { high = middle }
    }
    let [m, h, n] = gates(low);
    let more = format!("parameters.E_L = \"{e_l:e} mV\"\nparameters.I_e = \"{current:e} uA/cm^2\"");
    Flow::around("hh_squid", &more, &[("v", low, "1 mV"), ("m", m, "1"), ("h", h, "1"), ("n", n, "1")]).growth()
}

#[test]
fn rest_is_unstable_between_two_hopf_bifurcations() {
    for (e_l, from, to) in [(-54.387, 9.7754, 154.522), (-54.4, 9.7793, 154.526)] {
        assert!(growth(e_l, from - 1e-4) < 0.0 && growth(e_l, from + 1e-4) > 0.0, "E_L {e_l}: not at {from}");
        assert!(growth(e_l, to - 1e-3) > 0.0 && growth(e_l, to + 1e-3) < 0.0, "E_L {e_l}: not at {to}");
    }
}

/// A stable and an unstable cycle meet at the onset, so the rate there falls as f + k sqrt(I - I_onset): squares of f's rise are linear in I.
#[test]
fn sustained_firing_begins_at_fifty_hertz() {
    let currents = [6.262, 6.266, 6.274];
    let seen = common::run(&common::plan(&format!(
        "[populations.P]\nmodel = \"hh_squid\"\nsize = 3\nintegrator = \"rk4\"\nparameters.I_e = \"({})*1 uA/cm^2\"\n\
         initial.v = \"-64.99638 mV\"\n[run]\nduration = \"4 s\"\ndt = \"0.01 ms\"\nseed = 1\n",
        each(&currents)
    )));
    let rate = |id: usize| {
        let late: Vec<u64> = seen.of(id as u32).into_iter().filter(|&s| s > 200_000).collect();
        1e5 * (late.len() - 1) as f64 / (late[late.len() - 1] - late[0]) as f64
    };
    let f = [0, 1, 2].map(rate);
    let [first, second] = [0, 1].map(|k| {
        let apart = currents[k + 1] - currents[k];
        ((f[k + 1].powi(2) - f[k].powi(2)) / apart, 2.0 * (f[k + 1] - f[k]) / apart)
    });
    let onset = (second.0 - first.0) / (second.1 - first.1);
    let squares = f.map(|f| (f - onset).powi(2));
    let current = currents[0] - squares[0] * (currents[1] - currents[0]) / (squares[1] - squares[0]);
    near("rate at the onset", onset, 50.3, 0.05);
    near("onset", current, 6.2603, 5e-4);
}
