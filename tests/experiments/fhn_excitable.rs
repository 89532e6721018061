//! FitzHugh-Nagumo: what the phase plane says of pulses, oscillation and block; coherence resonance after Pikovsky & Kurths 1997.

use bouton::analysis::{Train, mean_cv};

use super::Run;

/// ms.
const DT: f64 = 0.01;

/// The right-hand sides at eps 0.08, a 0.7, b 0.8.
fn slopes([v, w]: [f64; 2], stimulus: f64) -> [f64; 2] {
    [v - v * v * v / 3.0 - w + stimulus, 0.08 * (v + 0.7 - 0.8 * w)]
}

/// A step of the classical Runge-Kutta method.
fn step(x: [f64; 2], stimulus: f64, h: f64) -> [f64; 2] {
    let at = |k: [f64; 2], h: f64| slopes([x[0] + h * k[0], x[1] + h * k[1]], stimulus);
    let a = slopes(x, stimulus);
    let b = at(a, h / 2.0);
    let c = at(b, h / 2.0);
    let d = at(c, h);
    [0, 1].map(|i| x[i] + h / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]))
}

/// The fixed point, by Newton's method on (v + a)/b = v - v^3/3 + I.
fn fixed_point(stimulus: f64) -> f64 {
    (0..100).fold(0.0, |v: f64, _| v - (v - v.powi(3) / 3.0 + stimulus - (v + 0.7) / 0.8) / (1.0 - v * v - 1.25))
}

/// A quarter of the step. Near the threshold neighbouring paths part by a factor of some hundred, errors of 1e-9 a step with them.
#[test]
fn a_pulse_fails_or_makes_a_spike_and_nothing_divides_them_sharply() {
    let run = Run::of("fhn_excitable", &[]);
    let peaks: Vec<f64> = (0..3)
        .map(|k| {
            let stimulus = 0.32 + 0.01 * k as f64;
            let mut x = [-1.199408, -0.624260];
            let mut peak = f64::MIN;
            for fine in 0..8 * 4000 {
                x = step(x, if (4000..4800).contains(&fine) { stimulus } else { 0.0 }, DT / 4.0);
                peak = peak.max(if (fine + 1) % 40 == 0 { x[0] } else { peak });
            }
            let own = run.seen.traces[0].iter().map(|(_, v)| v[k]).fold(f64::MIN, f64::max);
            assert!((own - peak).abs() < 1e-6, "pulse {stimulus}: peak {own} for {peak}");
            own
        })
        .collect();
    assert!(peaks[0] < peaks[1] && peaks[1] < -0.4 && peaks[2] > 1.6, "{peaks:?}");
    assert_eq!(run.trains("pulse").iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 1]);
}

#[test]
fn stimuli_between_the_hopf_points_make_it_spike_for_ever_and_others_do_not() {
    let run = Run::of("fhn_excitable", &[("run.phases.2.duration", "1 s")]);
    let end = 80_000;
    for (k, spikes) in run.trains("scan").iter().enumerate() {
        let stimulus = 0.05 * k as f64;
        let last = spikes.iter().filter(|&&s| s > end).count();
        // The period is between 36 and 46 ms.
        let expected = if (0.331281..1.418719).contains(&stimulus) { 4..=6 } else { 0..=0 };
        assert!(expected.contains(&last), "I = {stimulus}: {last} spikes in the last 200 ms");
    }
    // To rounding of the published digits and a step.
    let cycle = &run.trains("cycle")[0];
    let period = run.ms(cycle[cycle.len() - 1] - cycle[cycle.len() - 6]) / 5.0;
    assert!((period - 39.47).abs() < 0.005 + DT / 5.0, "{period} ms");
}

/// Block: one spike at most, then rest at a fixed point that is depolarised.
#[test]
fn a_stimulus_beyond_the_upper_hopf_point_blocks() {
    let run = Run::of("fhn_excitable", &[("I_cycle", "1.6")]);
    assert_eq!(run.trains("cycle")[0].len(), 1);
    let (_, last) = run.seen.traces[4].last().expect("a trace");
    let rest = fixed_point(1.6);
    assert!(rest > 1.0 && (last[0] - rest).abs() < 1e-3, "{} for {rest}", last[0]);
}

/// The paper's figure 2: the relative spread of intervals is least near D = 0.07. Over 4 s and 20 neurons some thousand intervals a
/// population: a CV is known to some 3 %.
#[test]
fn noise_spikes_most_regularly_at_medium_strength() {
    let run = Run::of("fhn_excitable", &[("run.phases.2.duration", "4 s"), ("populations.scan.size", "1")]);
    let cv = |population: &str| {
        let trains = run.trains(population).into_iter().map(|spikes| {
            let mut train = Train::default();
            spikes.into_iter().for_each(|s| train.push(s));
            train
        });
        mean_cv(&trains.collect::<Vec<_>>()).expect("spikes")
    };
    let [weak, medium, strong] = ["weak", "medium", "strong"].map(cv);
    assert!(weak > 1.8 * medium && strong > 1.15 * medium, "CV {weak}, {medium}, {strong}");
}
