//! Clamps against the equations of the squid axon, solved by hand for a constant potential.

use bouton::lab::{
    Report,
    clamp::{Clamped, Protocol, run},
};

use super::{close, column, squid_rates, subject};

const STEPS: Protocol = Protocol {
    clamped: Clamped::Voltage,
    holding: -80.0,
    levels: Vec::new(),
    ramp: false,
    start: 5.0,
    length: 20.0,
    after: 5.0,
    dt: 0.01,
};

fn clamp(model: &str, protocol: Protocol) -> Report {
    run(&subject(model, &[]), &protocol).unwrap_or_else(|e| panic!("{}", e.report()))
}

/// Gates so long after a step from one potential, where they were steady, to another.
fn gates(from: f64, to: f64, time: f64) -> [f64; 3] {
    let (before, after) = (squid_rates(from), squid_rates(to));
    std::array::from_fn(|k| {
        let steady = |(a, b): (f64, f64)| a / (a + b);
        let (a, b) = after[k];
        steady((a, b)) + (steady(before[k]) - steady((a, b))) * (-(a + b) * time).exp()
    })
}

#[test]
fn gates_and_currents_follow_the_exact_course_in_every_step() {
    let levels = vec![-60.0, -20.0, 0.0, 40.0];
    let report = clamp("hh_squid", Protocol { levels: levels.clone(), ..STEPS });
    let times = column(&report, "traces", "t");
    assert_eq!((times[0], times.len()), (0.0, 3001));
    for v in levels {
        let trace = |name: &str| column(&report, "traces", &format!("{name} at {v} mV"));
        let (i, i_na, i_k, i_l) = (trace("I"), trace("I_Na"), trace("I_K"), trace("I_L"));
        for (row, t) in times.iter().enumerate().filter(|(_, t)| (5.01..25.0).contains(*t)) {
            let [m, h, n] = gates(-80.0, v, t - 5.0);
            let expected = [120.0 * m.powi(3) * h * (v - 50.0), 36.0 * n.powi(4) * (v + 77.0), 0.3 * (v + 54.387)];
            // Against the largest current: each passes 0.
            for (found, expected) in [i_na[row], i_k[row], i_l[row]].into_iter().zip(expected) {
                assert!((found - expected).abs() < 1e-7, "{v} mV, {t} ms: {found} {expected}");
            }
            assert!((i[row] - expected.iter().sum::<f64>()).abs() < 2e-7);
            for (name, expected) in [("m", m), ("h", h), ("n", n)] {
                assert!((trace(name)[row] - expected).abs() < 1e-10, "{name} at {v} mV, {t} ms");
            }
            assert_eq!(trace("v")[row], v);
            close(trace("G_Na")[row], 120.0 * m.powi(3) * h, 1e-9, "conductance");
        }
    }
}

#[test]
fn sodium_reverses_at_its_equilibrium_potential_and_gates_end_at_their_steady_values() {
    let levels: Vec<f64> = (-7..=7).map(|k| 10.0 * f64::from(k)).collect();
    let report = clamp("hh_squid", Protocol { levels: levels.clone(), length: 300.0, ..STEPS });
    let (peak, v) = (column(&report, "iv", "I_Na peak"), column(&report, "iv", "v"));
    assert_eq!(v, levels);
    let at = |mv: f64| peak[v.iter().position(|v| *v == mv).expect("a level")];
    assert!(at(40.0) < -100.0 && at(60.0) > 100.0 && at(50.0).abs() < 1e-9, "{peak:?}");
    // The largest inward current, from the courses above on a fine grid.
    let course = |v: f64| {
        (1..3000)
            .map(move |k| gates(-80.0, v, 0.001 * f64::from(k)))
            .map(move |[m, h, _]| 120.0 * m.powi(3) * h * (v - 50.0))
    };
    for v in [-30.0, 0.0, 20.0] {
        close(at(v), course(v).fold(0.0, f64::min), 1e-3, "peak");
    }
    let inward = column(&report, "iv", "I most inward");
    let deepest = v[(0..v.len()).min_by(|a, b| inward[*a].total_cmp(&inward[*b])).expect("levels")];
    assert!((-20.0..=10.0).contains(&deepest), "{deepest}");
    for (k, v) in v.iter().enumerate() {
        for (gate, (a, b)) in ["m", "h", "n"].iter().zip(squid_rates(*v)) {
            close(column(&report, "steady", gate)[k], a / (a + b), 1e-9, gate);
        }
    }
}

#[test]
fn a_ramp_of_voltage_draws_the_leak() {
    let levels = vec![-80.0, -40.0];
    let report = clamp("lif", Protocol { levels, ramp: true, length: 100.0, ..STEPS });
    let trace = |name: &str| column(&report, "traces", &format!("{name} in the ramp"));
    for ((t, v), i) in column(&report, "traces", "t").iter().zip(trace("v")).zip(trace("I")) {
        let expected = if (5.0..105.0 - 1e-6).contains(&(t + 1e-6)) { -80.0 + 0.4 * (t - 5.0) } else { -80.0 };
        assert!((v - expected).abs() < 1e-6 && (i - 10.0 * (v + 60.0)).abs() < 1e-9, "{t} ms: {v} mV {i} pA");
    }
}

#[test]
fn a_step_of_current_makes_the_known_action_potential() {
    let clamped = Clamped::Current;
    let report =
        clamp("hh_squid", Protocol { clamped, holding: 0.0, levels: vec![0.0, 2000.0], length: 100.0, ..STEPS });
    // I = 10 uA/cm^2: first peak 40.26 mV, then down to -75.06 mV.
    let (v, t) = (column(&report, "traces", "v at 2000 pA"), column(&report, "traces", "t"));
    let first = |until: f64| v.iter().zip(t).filter(move |(_, t)| **t < until).map(|(v, _)| *v);
    close(first(10.0).fold(f64::MIN, f64::max), 40.26, 1e-3, "peak");
    close(first(20.0).fold(f64::MAX, f64::min), -75.06, 1e-3, "after-hyperpolarisation");
    close(column(&report, "steps", "last v")[0], -64.99638, 1e-6, "rest");
    let (injected, spikes) = (column(&report, "traces", "I_inj at 2000 pA"), column(&report, "steps", "spikes"));
    assert_eq!((injected[0], spikes[0]), (0.0, 0.0));
    assert!(spikes[1] >= 6.0 && injected.iter().copied().fold(0.0, f64::max) == 2000.0);
}

#[test]
fn a_capacitor_takes_what_the_membrane_does_not() {
    // C dv/dt = I_inj - I: the recorded currents hold that between rows.
    let clamped = Clamped::Current;
    let report =
        clamp("hh_traub_miles", Protocol { clamped, holding: 0.0, levels: vec![-100.0], length: 50.0, ..STEPS });
    let trace = |name: &str| column(&report, "traces", &format!("{name} at -100 pA"));
    let (v, i, injected, t) = (trace("v"), trace("I"), trace("I_inj"), column(&report, "traces", "t"));
    for k in (1..t.len() - 1).filter(|k| (6.0..54.0).contains(&t[*k])) {
        let slope = (v[k + 1] - v[k - 1]) / (t[k + 1] - t[k - 1]);
        assert!((200.0 * slope - (injected[k] - i[k])).abs() < 0.05, "{} ms: {} {}", t[k], 200.0 * slope, i[k]);
    }
}
