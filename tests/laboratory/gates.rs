//! Steady states and time constants against the published rates.

use bouton::lab::gates::{Gates, Protocol, run};

use super::{close, column, fact, root, squid_rates, subject};

fn gates(model: &str, set: &[(&str, &str)], voltages: Option<&str>) -> Gates {
    let protocol = Protocol { subject: subject(model, set), voltages: voltages.map(str::to_owned) };
    run(&protocol).unwrap_or_else(|e| panic!("{}", e.report()))
}

#[test]
fn the_squid_axons_gates_are_those_of_its_rates() {
    let found = gates("hh_squid", &[], None);
    let report = &found.report;
    assert_eq!((found.voltages[0], found.voltages[150], found.voltages.len()), (-100.0, 50.0, 151));
    // At -55 and -40 mV rates are 0/0.
    for (row, &v) in found.voltages.iter().enumerate() {
        for (gate, (alpha, beta)) in ["m", "h", "n"].into_iter().zip(squid_rates(v)) {
            let value = |name: String| column(report, "gates", &name)[row];
            close(value(format!("{gate}_inf")), alpha / (alpha + beta), 1e-12, gate);
            close(value(format!("tau_{gate}")), 1.0 / (alpha + beta), 1e-12, gate);
            close(value(format!("alpha_{gate}")), alpha, 1e-12, gate);
            close(value(format!("beta_{gate}")), beta, 1e-12, gate);
        }
        let [m, h, n] = squid_rates(v).map(|(alpha, beta)| alpha / (alpha + beta));
        close(column(report, "gates", "m^3*h")[row], m.powi(3) * h, 1e-12, "open sodium channels");
        close(column(report, "gates", "n^4")[row], n.powi(4), 1e-12, "open potassium channels");
    }
    let expected = [("v", -64.99638, 1e-7), ("m", 0.052955, 1e-5), ("h", 0.595994, 1e-6), ("n", 0.317732, 2e-6)];
    for (name, expected, share) in expected {
        close(fact(report, &format!("equilibrium: {name}")), expected, share, name);
    }
    let steady = |k: usize| move |v: f64| squid_rates(v)[k].0 / (squid_rates(v)[k].0 + squid_rates(v)[k].1) - 0.5;
    for k in 0..3 {
        let half = root(steady(k), -100.0, 40.0);
        close(column(report, "halves", "half at")[k], half, 1e-9, "half activation");
        let slope = (steady(k)(half + 1e-4) - steady(k)(half - 1e-4)) / 2e-4;
        close(column(report, "halves", "slope")[k], slope, 1e-6, "slope");
        close(column(report, "halves", "slope factor")[k], 0.25 / slope, 1e-6, "slope factor");
    }
}

#[test]
fn the_leak_decides_where_a_cell_rests() {
    for (e_l, rest) in [("-54.387 mV", -64.99638), ("-54.4 mV", -64.99972)] {
        let found = gates("hh_squid", &[("E_L", e_l)], None);
        close(fact(&found.report, "equilibrium: v"), rest, 1e-7, "rest");
    }
    let found = gates("hh_traub_miles", &[("E_L", "-65 mV")], None);
    close(fact(&found.report, "equilibrium 1: v"), -64.7646, 1e-6, "rest");
    // With the published leak there is no rest: the one equilibrium lies in the range of spikes.
    let found = gates("hh_traub_miles", &[], None);
    assert!(fact(&found.report, "equilibrium: v") > -40.0);
}

#[test]
fn slow_gates_and_adaptation_are_gates_too() {
    // The M current's p: 1/(1 + exp(-(v + 35 mV)/10 mV)) (Yamada et al. 1989).
    let found = gates("pospischil_rs", &[], Some("-90:30:15 mV"));
    let p: Vec<f64> = found.voltages.iter().map(|v| 1.0 / (1.0 + (-(v + 35.0) / 10.0).exp())).collect();
    for (found, expected) in column(&found.report, "gates", "p_inf").iter().zip(&p) {
        close(*found, *expected, 1e-12, "p");
    }
    close(column(&found.report, "halves", "slope factor")[3], 10.0, 1e-9, "slope factor of p");
    // AdEx: w_inf = a (v - E_L), tau_w = 144 ms at all potentials.
    let found = gates("adex", &[], Some("-80:-60 mV"));
    for (k, v) in found.voltages.iter().enumerate() {
        assert!((column(&found.report, "gates", "w_inf")[k] - 4.0 * (v + 70.6)).abs() < 1e-9);
    }
    assert!(column(&found.report, "gates", "tau_w").iter().all(|tau| (tau - 144.0).abs() < 1e-9));
    assert_eq!(found.gates.len(), 1);
}
