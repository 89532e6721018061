//! f-I curves against closed forms and published thresholds.

use bouton::lab::{
    Report,
    fi::{Protocol, run},
};

use super::{close, column, fact, subject};

fn curve(model: &str, set: &[(&str, &str)], currents: &[f64]) -> Report {
    let protocol = Protocol { currents: Some(currents.to_vec()), ..Protocol::default() };
    run(&subject(model, set), &protocol).unwrap_or_else(|e| panic!("{}", e.report()))
}

/// Tau 20 ms, R 10 MOhm, 15 mV from reset to threshold, refractory for 2 ms.
const LIF: [(&str, &str); 6] =
    [("C_m", "2 nF"), ("g_L", "100 nS"), ("E_L", "0 mV"), ("V_reset", "0 mV"), ("V_th", "15 mV"), ("t_ref", "2 ms")];

#[test]
fn a_leaky_neuron_fires_as_its_closed_form_says() {
    let report = curve("lif", &LIF, &[1400.0, 1600.0, 2000.0, 3000.0]);
    close(fact(&report, "rheobase"), 1500.0, 2e-5, "rheobase");
    close(fact(&report, "rheobase, closed form"), 1500.0, 1e-12, "its closed form");
    let (found, closed) = (column(&report, "fi", "rate"), column(&report, "fi", "closed form"));
    assert_eq!((found[0], closed[0]), (0.0, 0.0));
    let expected = [17.4059, 33.6407, 63.0400];
    for ((found, closed), expected) in found.iter().zip(closed).skip(1).zip(expected) {
        close(*closed, expected, 3e-6, "closed form");
        // The grid makes each interval longer by less than a step of 0.01 ms.
        let longer = 1e3 / found - 1e3 / closed;
        assert!((-1e-9..0.01).contains(&longer), "the interval is {longer} ms longer");
    }
    // No adaptation, and the first spike comes one refractory time earlier than the others.
    for (first, rate) in column(&report, "fi", "first interval").iter().zip(found).skip(1) {
        close(*first, *rate, 1e-9, "first interval");
    }
    let latency = column(&report, "fi", "latency");
    close(latency[3] + 2.0, 1e3 / found[3], 2e-3, "latency");
}

#[test]
fn the_squid_axon_has_its_thresholds_and_rates() {
    let densities = [6.5, 7.0, 8.0, 10.0, 15.0, 20.0, 30.0, 50.0];
    let currents = densities.map(|d| 200.0 * d);
    let report = curve("hh_squid", &[], &currents);
    close(fact(&report, "rheobase for one spike, density"), 2.2403, 1e-3, "one spike");
    close(fact(&report, "rheobase for sustained firing, density"), 6.2603, 1e-3, "sustained firing");
    // The rate falls steeply towards the onset.
    close(fact(&report, "rate at the onset"), 50.3, 1e-2, "rate at the onset");
    // Rest loses its stability at 9.7754; a rise within a second overshoots that a little.
    let slowly = fact(&report, "rest goes on under a slow rise up to, density");
    assert!((9.7754..10.2).contains(&slowly), "{slowly}");
    assert_eq!(report.value("firing goes on down to"), None);
    let expected = [55.06, 58.33, 62.47, 68.32, 78.65, 86.47, 98.75, 117.04];
    for (k, expected) in expected.into_iter().enumerate() {
        close(column(&report, "fi", "rate")[k], expected, 1e-3, "rate");
        close(column(&report, "fi", "density")[k], densities[k], 1e-12, "density");
    }
}

#[test]
fn the_hippocampal_cell_rests_or_fires_by_its_leak() {
    let report = curve("hh_traub_miles", &[("E_L", "-65 mV")], &[100.0, 300.0, 500.0, 700.0]);
    close(fact(&report, "rheobase"), 18.3, 5e-3, "onset");
    for (found, expected) in column(&report, "fi", "rate").iter().zip([23.52, 52.62, 77.09, 99.00]) {
        close(*found, expected, 1e-3, "rate");
    }
    let report = curve("hh_traub_miles", &[], &[0.0]);
    close(column(&report, "fi", "rate")[0], 13.85, 1e-3, "rate without current");
    assert!(fact(&report, "rheobase for sustained firing") < 0.0);
    assert!(report.notes.iter().any(|n| n.contains("fires without current")), "{report}");
}

#[test]
fn adaptation_lowers_the_rate_and_not_the_rheobase() {
    let report = curve("adex", &[], &[800.0]);
    // Hopf at 627.18 pA; a step from rest gets over it, within the second that it is watched.
    close(fact(&report, "rheobase for sustained firing"), 627.18, 1e-3, "onset");
    let (first, steady) = (column(&report, "fi", "first interval")[0], column(&report, "fi", "rate")[0]);
    assert!(first > 1.5 * steady && steady > 1.0, "{first} {steady}");
}

#[test]
fn the_range_is_chosen_around_the_rheobase() {
    let report = run(&subject("lif", &[]), &Protocol::default()).unwrap_or_else(|e| panic!("{}", e.report()));
    let (currents, rates) = (column(&report, "fi", "I"), column(&report, "fi", "rate"));
    assert!((20..=45).contains(&currents.len()), "{}", currents.len());
    assert_eq!((currents[0], rates[0]), (0.0, 0.0));
    assert!(rates[rates.len() - 1] > 60.0 && currents.windows(2).all(|w| w[1] > w[0]));
}

#[test]
fn what_noise_makes_fire_has_no_rheobase() {
    // A Poisson unit: r_0 exp(I/I_0), 10 Hz at 0 pA, 27.18 Hz at 100 pA, counted for 20 s.
    let protocol = Protocol { currents: Some(vec![0.0, 100.0]), duration: 40_000.0, dt: 0.5, ..Protocol::default() };
    let report = run(&subject("lnp", &[]), &protocol).unwrap_or_else(|e| panic!("{}", e.report()));
    assert!(report.facts.is_empty() && report.notes[0].contains("no rheobase"), "{report}");
    for (found, expected) in column(&report, "fi", "rate").iter().zip([10.0, 10.0 * 1.0_f64.exp()]) {
        // Four standard deviations of a Poisson count.
        assert!((found - expected).abs() < 4.0 * (expected / 20.0_f64).sqrt(), "{found} is not {expected}");
    }
}
