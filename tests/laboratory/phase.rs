//! Phase planes against closed forms: fixed points, linearisation, nullclines, periods, Hopf and fold points.

use bouton::{
    error::Result,
    lab::phase::{Change, Kind, Phase, Protocol, run},
};

use super::{close, fact, root, subject};

fn plane(model: &str, set: &[(&str, &str)], scan: Option<&str>) -> Phase {
    looked(model, set, |protocol| protocol.scan = scan.map(str::to_owned)).unwrap_or_else(|e| panic!("{}", e.report()))
}

fn looked(model: &str, set: &[(&str, &str)], change: impl Fn(&mut Protocol)) -> Result<Phase> {
    let mut protocol = Protocol {
        subject: subject(model, set),
        hold: Vec::new(),
        x: None,
        y: None,
        from: Vec::new(),
        duration: 500.0,
        scan: None,
    };
    change(&mut protocol);
    run(&protocol)
}

/// (what, where along the parameter, first variable)
fn changes(phase: &Phase) -> Vec<(Change, f64, f64)> {
    let scanned = phase.scanned.as_ref().expect("a scan");
    scanned.scan.bifurcations.iter().map(|b| (b.change, b.at.value, b.at.fixed.at[0])).collect()
}

const EPS: f64 = 0.08;
const A: f64 = 0.7;
const B: f64 = 0.8;

#[test]
fn fitzhugh_nagumo_rests_or_oscillates() {
    let numbers = [
        ("0", [-1.199408, -0.624260], -0.502580, 0.108069, Kind::StableFocus),
        ("0.5", [-0.804848, -0.131060], 0.288220, 0.057458, Kind::UnstableFocus),
    ];
    for (current, at, trace, determinant, kind) in numbers {
        let phase = plane("fitzhugh_nagumo", &[("I", current)], None);
        let [fixed] = phase.fixed[..] else { panic!("one fixed point, not {:?}", phase.fixed) };
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 6e-7, "{found} is not {expected}");
        (0..2).for_each(|k| near(fixed.at[k], at[k]));
        near(fixed.trace(), trace);
        near(fixed.determinant(), determinant);
        let [v, _] = fixed.at;
        assert_eq!(fixed.jacobian, [[1.0 - v * v, -1.0], [EPS, -EPS * B]]);
        let [(real, imaginary), other] = fixed.eigenvalues();
        near(real, trace / 2.0);
        near(imaginary, (determinant - trace * trace / 4.0).sqrt());
        assert_eq!(other, (real, -imaginary));
        assert_eq!(fixed.kind(), kind);
        // Each point of the nullclines lies on them, from one side of the window to the other.
        let i: f64 = current.parse().expect("a number");
        for p in phase.nullclines[0].iter().flatten() {
            assert!((p[1] - (p[0] - p[0].powi(3) / 3.0 + i)).abs() < 1e-9, "{p:?}");
        }
        for p in phase.nullclines[1].iter().flatten() {
            assert!((p[1] - (p[0] + A) / B).abs() < 1e-9, "{p:?}");
        }
        let ends = [phase.nullclines[1][0][0][0], phase.nullclines[1][0].last().expect("points")[0]];
        assert!((ends[0] - ends[1]).abs() > 0.95 * phase.window.size()[0], "{ends:?}");
        for [p, rates] in &phase.field {
            assert!((rates[0] - (p[0] - p[0].powi(3) / 3.0 - p[1] + i)).abs() < 1e-12);
        }
        match current {
            "0" => assert_eq!(fact(&phase.report, "spikes"), 0.0),
            _ => assert!((fact(&phase.report, "period") - 39.47).abs() < 0.005),
        }
    }
}

#[test]
fn fitzhugh_nagumo_has_two_hopf_points() {
    let phase = plane("fitzhugh_nagumo", &[], Some("I=0:1.6"));
    // Trace 0: 1 - v^2 = eps b.
    let v = (1.0 - EPS * B).sqrt();
    let current = |v: f64| (v + A) / B - v + v.powi(3) / 3.0;
    let found = changes(&phase);
    assert_eq!(found.len(), 2, "{found:?}");
    for ((change, i, x), v) in found.into_iter().zip([-v, v]) {
        assert_eq!(change, Change::SubcriticalHopf);
        assert!((i - current(v)).abs() < 1e-9 && (x - v).abs() < 1e-9, "{i} {x}");
    }
    assert!((current(-v) - 0.331281).abs() < 5e-7 && (current(v) - 1.418719).abs() < 5e-7);
    let scanned = phase.scanned.expect("a scan");
    let omega = (EPS - (EPS * B).powi(2)).sqrt();
    for hopf in &scanned.scan.bifurcations {
        close(hopf.frequency().expect("of a Hopf point"), omega / std::f64::consts::TAU, 1e-9, "frequency");
    }
    // Stable before the first and beyond the second, and there alone.
    for p in scanned.scan.branches.iter().flatten() {
        let between = p.value > current(-v) && p.value < current(v);
        let near = [-v, v].iter().any(|v| (p.value - current(*v)).abs() < 1e-6);
        assert!(near || p.fixed.kind().is_stable() != between, "{}", p.value);
    }
}

#[test]
fn a_subcritical_hopf_point_has_firing_and_rest_side_by_side() {
    // Below the first Hopf point: from rest nothing happens, from far away it fires on.
    let phase = looked("fitzhugh_nagumo", &[("I", "0.328")], |protocol| {
        protocol.from = vec!["v=-0.97, w=-0.34".into(), "v=2, w=0".into()];
        protocol.duration = 1000.0;
    });
    let phase = phase.unwrap_or_else(|e| panic!("{}", e.report()));
    assert!(phase.fixed[0].kind().is_stable());
    assert!(phase.trajectories[1].spikes.is_empty());
    let last = *phase.trajectories[2].spikes.last().expect("it fires");
    assert!(last > 900.0, "the last spike is at {last} ms");
}

#[test]
fn a_steep_second_nullcline_makes_folds() {
    // With b = 2 there are three fixed points between the folds, where 1 - v^2 = 1/b.
    let phase = plane("fitzhugh_nagumo", &[("b", "2"), ("I", "0.35")], Some("I=0:0.8"));
    assert_eq!(phase.fixed.iter().map(|f| f.kind()).filter(|k| *k == Kind::Saddle).count(), 1);
    assert_eq!(phase.fixed.len(), 3);
    let current = |v: f64| (v + A) / 2.0 - v + v.powi(3) / 3.0;
    let folds: Vec<_> = changes(&phase).into_iter().filter(|c| c.0 == Change::Fold).collect();
    let v = 0.5_f64.sqrt();
    let expected = [v, -v].map(|v| (current(v), v));
    assert_eq!(folds.len(), 2, "{folds:?}");
    for ((_, i, x), (current, v)) in folds.into_iter().zip(expected) {
        assert!((i - current).abs() < 1e-8 && (x - v).abs() < 1e-4, "{i} {x}, not {current} {v}");
    }
}

#[test]
fn izhikevich_loses_its_rest() {
    let phase = plane("izhikevich", &[], Some("I_e=0:5 pA"));
    let at = |k: usize| (phase.fixed[k].at[0], phase.fixed[k].kind());
    assert!((at(0).0 + 70.0).abs() < 1e-9 && (at(1).0 + 50.0).abs() < 1e-9);
    assert_eq!((at(0).1, at(1).1), (Kind::StableNode, Kind::Saddle));
    let found = changes(&phase);
    let [(hopf, i, v), (fold, j, u)] = found[..] else { panic!("a Hopf point and a fold, not {found:?}") };
    assert_eq!((hopf, fold), (Change::SubcriticalHopf, Change::Fold));
    // 0.08 v + 5 = a, and 0.08 v + 5 = b.
    assert!((i - 3.7975).abs() < 1e-9 && (v + 62.25).abs() < 1e-9, "{i} {v}");
    assert!((j - 4.0).abs() < 1e-9 && (u + 60.0).abs() < 1e-4, "{j} {u}");
}

#[test]
fn adex_fires_from_its_hopf_point_on() {
    let phase = plane("adex", &[], Some("I_e=0:700 pA"));
    let (c, g, e_l, v_t, delta, tau, a) = (281.0_f64, 30.0_f64, -70.6, -50.4, 2.0, 144.0, 4.0);
    let current = |v: f64| (g + a) * (v - e_l) - g * delta * ((v - v_t) / delta).exp();
    let hopf = v_t + delta * (1.0 + c / (g * tau)).ln();
    let fold = v_t + delta * (1.0 + a / g).ln();
    let found = changes(&phase);
    assert_eq!(found.iter().map(|c| c.0).collect::<Vec<_>>(), [Change::SubcriticalHopf, Change::Fold]);
    for ((_, i, _), v) in found.iter().zip([hopf, fold]) {
        assert!((i - current(v)).abs() < 1e-6, "{i} is not {}", current(v));
    }
    assert!((current(hopf) - 627.18).abs() < 0.005 && (current(fold) - 627.31).abs() < 0.005);
    // Regular spiking in the end: the intervals of a plain run.
    let phase = plane("adex", &[("I_e", "800 pA")], None);
    assert!(fact(&phase.report, "spikes") >= 8.0 && phase.fixed.is_empty());
}

/// Morris C, Lecar H (1981), with the parameters of Rinzel J, Ermentrout GB (1998) in Methods in Neuronal Modeling, 2nd ed, MIT Press.
const MORRIS_LECAR: &str = r#"
kind = "neuron"
title = "Morris-Lecar"
equations = """
dv/dt = (g_L*(V_L - v) + g_Ca*m_inf*(V_Ca - v) + g_K*w*(V_K - v) + I_e)/C : mV
dw/dt = phi*(w_inf - w)/tau_w : 1
m_inf = 0.5*(1 + tanh((v + 1.2 mV)/(18 mV))) : 1
w_inf = 0.5*(1 + tanh((v - V_3)/V_4)) : 1
tau_w = 1/(0.5*(exp((v - V_3)/(2*V_4)) + exp(-(v - V_3)/(2*V_4))))*ms : ms
"""
threshold = "v > 0 mV"
[parameters]
C = { value = "20 uF/cm^2", meaning = "capacitance" }
g_L = { value = "2 mS/cm^2", meaning = "leak" }
g_Ca = { value = "4.4 mS/cm^2", meaning = "calcium" }
g_K = { value = "8 mS/cm^2", meaning = "potassium" }
V_L = { value = "-60 mV", meaning = "leak" }
V_Ca = { value = "120 mV", meaning = "calcium" }
V_K = { value = "-84 mV", meaning = "potassium" }
V_3 = { value = "2 mV", meaning = "half of w" }
V_4 = { value = "30 mV", meaning = "slope of w" }
phi = { value = 0.04, meaning = "speed of w" }
I_e = { value = "0 uA/cm^2", meaning = "current" }
[initial]
v = "-60 mV"
w = "w_inf"
"#;

#[test]
fn a_users_morris_lecar_has_its_published_bifurcations() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("morris_lecar.toml");
    std::fs::write(&file, MORRIS_LECAR).unwrap();
    let file = file.to_str().expect("UTF-8");
    // uA/cm^2 are 0.01 pA/um^2.
    let found = |set: &[(&str, &str)]| {
        changes(&plane(file, set, Some("I_e=-20:250 uA/cm^2")))
            .into_iter()
            .map(|(c, i, v)| (c, 100.0 * i, v))
            .collect::<Vec<_>>()
    };
    // Type II: both Hopf points are subcritical, at 93.86 and 212.02.
    let hopf = found(&[]);
    assert_eq!(hopf.iter().map(|c| c.0).collect::<Vec<_>>(), [Change::SubcriticalHopf; 2]);
    assert!((hopf[0].1 - 93.86).abs() < 0.01 && (hopf[1].1 - 212.02).abs() < 0.01, "{hopf:?}");
    // Type I: folds where the steady current over voltage has its extrema; firing begins at the upper one, 39.96.
    let folds = found(&[("g_Ca", "4 mS/cm^2"), ("V_3", "12 mV"), ("V_4", "17.4 mV"), ("phi", "0.06666666666666667")]);
    let folds: Vec<_> = folds.into_iter().filter(|c| c.0 == Change::Fold).collect();
    let gate = |v: f64, half: f64, slope: f64| 0.5 * (1.0 + ((v - half) / slope).tanh());
    let steady =
        |v: f64| 2.0 * (v + 60.0) + 4.0 * gate(v, -1.2, 18.0) * (v - 120.0) + 8.0 * gate(v, 12.0, 17.4) * (v + 84.0);
    let slope = |v: f64| (steady(v + 1e-4) - steady(v - 1e-4)) / 2e-4;
    let expected = [root(slope, -20.0, 0.0), root(slope, -50.0, -20.0)];
    assert_eq!(folds.len(), 2, "{folds:?}");
    for ((_, i, v), at) in folds.iter().zip(expected) {
        assert!((i - steady(at)).abs() < 1e-5 && (v - at).abs() < 1e-3, "{i} {v}, not {} {at}", steady(at));
    }
    assert!((folds[1].1 - 39.96).abs() < 0.005, "{folds:?}");
}

#[test]
fn the_oscillator_of_van_der_pol_is_born_stable() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("van_der_pol.toml");
    let text = "kind = \"neuron\"\ntitle = \"x\"\nequations = \"\"\"\ndx/dt = (mu*x - x^3/3 - y)/ms : 1\ndy/dt = x/ms : 1\n\
                \"\"\"\nthreshold = \"x > 0\"\n[parameters]\nmu = { value = 0.2, meaning = \"m\" }\n[initial]\nx = 0.1\n";
    std::fs::write(&file, text).unwrap();
    let phase = plane(file.to_str().expect("UTF-8"), &[], Some("mu=-0.5:0.7"));
    let found = changes(&phase);
    let [(Change::SupercriticalHopf, mu, _)] = found[..] else { panic!("one supercritical Hopf point, not {found:?}") };
    assert!(mu.abs() < 1e-9, "{mu}");
    // Weakly nonlinear: amplitude 2 sqrt(mu), period near 2 pi.
    let amplitude = phase.trajectories[0].points.iter().filter(|p| p.0 > 400.0).map(|p| p.1[0]).fold(0.0, f64::max);
    close(amplitude, 2.0 * 0.2_f64.sqrt(), 0.01, "amplitude");
    close(fact(&phase.report, "period"), std::f64::consts::TAU, 0.01, "period");
}

#[test]
fn four_variables_are_reduced_to_two() {
    // Rinzel's reduction: m steady, h on a line of n (FitzHugh: h + n nearly constant).
    let phase = looked("hh_squid", &[("I_e", "10 uA/cm^2")], |protocol| {
        protocol.hold = vec![("m".into(), "steady".into()), ("h".into(), "0.89 - 1.1*n".into())];
    });
    let phase = phase.unwrap_or_else(|e| panic!("{}", e.report()));
    assert_eq!(phase.names, ["v", "n"]);
    assert!(!phase.fixed[0].kind().is_stable());
    let period = fact(&phase.report, "period");
    assert!((8.0..20.0).contains(&period), "{period}");
}

#[test]
fn where_the_initial_state_rests_a_spike_shows_the_plane() {
    let rests = plane("fitzhugh_nagumo", &[], None);
    let [rest, spike] = &rests.trajectories[..] else { panic!("two trajectories, not {}", rests.trajectories.len()) };
    assert_eq!(spike.points[0].1, [1.0, rest.points[0].1[1]]);
    let end = spike.points.last().expect("points").1;
    assert!((end[0] - rests.fixed[0].at[0]).abs() < 1e-3, "it returns to rest, not to {end:?}");
    // Where it moves by itself, or where another beginning is asked for, there is no need of it.
    assert_eq!(plane("fitzhugh_nagumo", &[("I", "0.5")], None).trajectories.len(), 1);
    let asked = looked("fitzhugh_nagumo", &[], |protocol| protocol.from = vec!["v=-1".into()]).expect("looked");
    assert_eq!(asked.trajectories.len(), 2);
    assert_eq!(asked.trajectories[1].points[0].1[0], -1.0);
}
