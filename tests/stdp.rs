//! Pairing protocols: windows and frequency curves against closed forms, and that every shipped rule can be looked at.

use bouton::{
    lang::library,
    stdp::{Protocol, Report, run},
};

const DT: f64 = 0.1;

/// A short protocol: ten pairings.
fn protocol(rule: &str) -> Protocol {
    Protocol {
        rule: rule.into(),
        set: Vec::new(),
        weight: None,
        pairs: Some(10),
        frequency: 0.02,
        window: 60.0,
        step: 4.0,
        frequencies: (0.005, 0.05),
        apart: 10.0,
        pairing: "all_to_all".into(),
        delay: 1.0,
        dendritic: 0.5,
        receptor: "curr_exp".into(),
    }
}

fn report(protocol: &Protocol) -> Report {
    run(protocol).unwrap_or_else(|e| panic!("{}", e.report()))
}

/// Song, Miller & Abbott (2000), relative to a weight of which w_max is twice: each pair of spikes, those of different pairings among them,
/// adds its share; `apart` is t_post - t_pre, `shift` what the delays add to it at the synapse. Times in ms, the frequency per ms.
fn additive(pairs: u32, frequency: f64, apart: f64, shift: f64, nearest: bool) -> f64 {
    let pre: Vec<f64> = (0..pairs).map(|k| (f64::from(k) / (frequency * DT)).round() * DT).collect();
    let post: Vec<f64> = pre.iter().map(|t| t + apart + shift).collect();
    // Sum over the earlier spikes, of which the last is all that counts for nearest pairs; spikes that meet do not see each other.
    let share = |earlier: &[f64], t: f64| -> f64 {
        let seen: Vec<f64> = earlier.iter().map(|s| t - s).filter(|ago| *ago > 1e-6).collect();
        let last = seen.iter().copied().fold(f64::INFINITY, f64::min);
        let counted = seen.into_iter().filter(|ago| !nearest || *ago == last);
        counted.map(|ago| (-ago / 20.0).exp()).sum()
    };
    let up: f64 = post.iter().map(|&t| share(&pre, t)).sum();
    let down: f64 = pre.iter().map(|&t| share(&post, t)).sum();
    2.0 * 0.005 * (up - 1.05 * down)
}

#[test]
fn the_additive_window_has_its_closed_form_with_all_interactions() {
    for (dendritic, shift) in [(0.5, 0.0), (0.0, -3.0), (1.0, 3.0)] {
        for nearest in [false, true] {
            let mut protocol = protocol("stdp_additive");
            (protocol.dendritic, protocol.delay) = (dendritic, if shift == 0.0 { 1.0 } else { 3.0 });
            protocol.pairing = if nearest { "nearest" } else { "all_to_all" }.into();
            let window = report(&protocol).window.expect("a window");
            assert_eq!(window.dt_ms.len(), 31);
            for (&apart, change) in window.dt_ms.iter().zip(&window.change) {
                let expected = additive(10, 0.02, apart, shift, nearest);
                assert!(
                    (change - expected).abs() < 1e-9,
                    "{dendritic}, {nearest}, {apart} ms: {change} for {expected}"
                );
            }
        }
    }
}

#[test]
fn the_additive_frequency_curve_has_its_closed_form() {
    let curve = report(&protocol("stdp_additive")).frequency.expect("a curve");
    assert_eq!(curve.frequency_hz.len(), 7);
    for (k, hz) in curve.frequency_hz.iter().enumerate() {
        for (own, apart) in [(curve.pre_before_post[k], 10.0), (curve.post_before_pre[k], -10.0)] {
            let expected = additive(10, hz * 1e-3, apart, 0.0, false);
            assert!((own - expected).abs() < 1e-9, "{hz} Hz, {apart} ms: {own} for {expected}");
        }
    }
}

#[test]
fn sixty_pairings_show_the_time_constants() {
    let mut protocol = protocol("stdp_additive");
    (protocol.pairs, protocol.frequency, protocol.frequencies) = (None, 0.001, (0.05, 0.05));
    let report = report(&protocol);
    assert_eq!(report.pairs, 60);
    let window = report.window.expect("a window");
    for tau in [window.tau_after_ms, window.tau_before_ms] {
        assert!((tau.expect("exponential") - 20.0).abs() < 1e-6, "{tau:?}");
    }
}

/// Pfister & Gerstner (2006), figure 3: at +10 ms nothing happens at low frequencies and the weight grows at high ones; at -10 ms it
/// shrinks at low frequencies and grows at 50 Hz; here by 60 pairings from a weight of 1.
#[test]
fn triplets_depend_on_the_frequency_as_published() {
    let mut protocol = protocol("stdp_triplet");
    (protocol.pairs, protocol.frequencies) = (None, (0.001, 0.05));
    let curve = report(&protocol).frequency.expect("a curve");
    let last = curve.frequency_hz.len() - 1;
    assert!(curve.pre_before_post[0].abs() < 1e-3 && curve.pre_before_post[last] > 0.5, "{curve:?}");
    assert!(curve.post_before_pre[0] < -0.3 && curve.post_before_pre[last] > 0.5, "{curve:?}");
}

#[test]
fn the_voltage_rule_depresses_after_and_potentiates_before_the_spike() {
    let report = report(&Protocol { frequency: 0.001, ..protocol("stdp_clopath") });
    assert!(report.notes.iter().any(|note| note.contains("20 mV for 2 ms")), "{:?}", report.notes);
    let window = report.window.expect("a window");
    for (apart, change) in window.dt_ms.iter().zip(&window.change) {
        // A presynaptic spike in the first 2 ms sees the potential of the spike itself.
        assert!(if *apart < 0.0 { *change < 0.0 } else { *change > 0.0 }, "{apart} ms: {change}");
    }
}

#[test]
fn dopamine_turns_one_pairing_into_a_change_the_less_the_later_it_comes() {
    let mut protocol = protocol("stdp_dopamine");
    protocol.pairs = None;
    let report = report(&protocol);
    assert_eq!((report.pairs, report.frequency.is_none()), (1, true));
    assert!(
        report.notes.iter().any(|note| note.contains("the modulator spikes once, 500 ms after")),
        "{:?}",
        report.notes
    );
    let m = report.modulation.expect("a curve");
    assert!(m.pre_before_post.windows(2).all(|p| p[0] > p[1] && p[1] > 0.0), "{:?}", m.pre_before_post);
    assert!(m.post_before_pre.windows(2).all(|p| p[0] < p[1] && p[1] < 0.0), "{:?}", m.post_before_pre);
    // Tonic dopamine alone: 0.1/ms * 0.002 * 0.025 * 2 * exp(-1/2) * 1 s, of which the phasic part adds 1/(1/1000 + 1/200) ms * 0.5 e^-t.
    let phasic =
        |ms: f64| 0.1 * 0.05 * (-0.5f64).exp() * 0.5 * (-(ms - 10.0) / 1000.0).exp() / (1.0 / 1000.0 + 1.0 / 200.0);
    let tonic = 0.1 * 0.05 * (-0.5f64).exp() * 0.002 * 1000.0;
    let at = m.delay_ms.iter().position(|&ms| ms == 1000.0).expect("1 s is compared");
    let expected = tonic + phasic(1000.0);
    assert!((m.pre_before_post[at] / expected - 1.0).abs() < 1e-3, "{} for {expected}", m.pre_before_post[at]);
}

#[test]
fn short_term_rules_show_what_trains_transmit() {
    let report = report(&protocol("tsodyks_markram"));
    assert!(report.window.is_none());
    let trains = report.trains.expect("trains");
    // At 20 Hz: tests/plasticity/short_term.rs.
    for (own, expected) in trains.amplitude[1].iter().zip([0.5, 0.265147, 0.154835, 0.103020]) {
        assert!((own - expected).abs() < 1e-6, "{own} for {expected}");
    }
    assert_eq!(trains.amplitude[1].len(), 10);
    let last = trains.range_hz.iter().position(|&hz| hz == 20.0).expect("20 Hz is in the range");
    assert!((trains.last[last] - trains.amplitude[1][9]).abs() < 1e-12);
    let conductance = Protocol { receptor: "cond_exp".into(), ..protocol("tsodyks_markram") };
    let voltage = Protocol { receptor: "delta".into(), ..protocol("tsodyks_markram") };
    for other in [conductance, voltage] {
        let others = self::report(&other).trains.expect("trains");
        assert!((others.amplitude[2][9] - trains.amplitude[2][9]).abs() < 1e-9);
    }
}

#[test]
fn random_release_has_the_mean_and_deviation_of_the_binomial() {
    let trains = report(&protocol("quantal_release")).trains.expect("trains");
    let (mean, deviation) = (4.0 * 0.3, (4.0f64 * 0.3 * 0.7).sqrt());
    for (own, spread) in trains.amplitude.iter().flatten().zip(trains.deviation.iter().flatten()) {
        // Four standard errors of 1000 synapses.
        assert!((own - mean).abs() < 4.0 * deviation / 1000f64.sqrt(), "{own}");
        assert!((spread - deviation).abs() < 0.1, "{spread}");
    }
}

#[test]
fn every_shipped_rule_can_be_looked_at() {
    for rule in library::rule_names() {
        for receptor in ["curr_exp", "cond_exp", "delta"] {
            let mut protocol = protocol(rule);
            (protocol.receptor, protocol.pairs, protocol.frequencies) = (receptor.into(), Some(2), (0.02, 0.02));
            let report = report(&protocol);
            assert!(report.window.is_some() != report.trains.is_some(), "{rule}");
            let values = report.window.iter().flat_map(|w| &w.change).chain(report.trains.iter().flat_map(|t| &t.last));
            assert!(values.clone().all(|v| v.is_finite()) && values.count() > 0, "{rule} at {receptor}");
            assert!(report.to_string().contains(&report.title) && bouton::stdp::draw(&report).contains(rule));
        }
    }
}
