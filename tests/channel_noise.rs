//! Channel noise: Markov channels and their Langevin form against the binomial law of independent channels.
//!
//! At a constant voltage each of N channels is open by itself with the chance p = m^3 h (sodium) or n^4 (potassium): the open fraction
//! has the mean p, the variance p(1 - p)/N and the autocovariance p(P(t) - p)/N, where P(t) is the chance that a channel is open a time t
//! after it was.

mod common;

use bouton::{engine::Options, kernel::Isa};
use common::{Seen, plan, plan_of, run, statistics};

const AREA: f64 = 100.0;
const N_NA: f64 = 60.0 * AREA;
const N_K: f64 = 18.0 * AREA;

/// Rates of the squid axon at 6.3 degrees Celsius, 1/ms: opening and closing of m, h, n.
fn rates(v: f64) -> [(f64, f64); 3] {
    let linear = |x: f64| if x == 0.0 { 1.0 } else { x / -(-x).exp_m1() };
    [
        (linear((v + 40.0) / 10.0), 4.0 * (-(v + 65.0) / 18.0).exp()),
        (0.07 * (-(v + 65.0) / 20.0).exp(), 1.0 / (1.0 + (-(v + 35.0) / 10.0).exp())),
        (0.1 * linear((v + 55.0) / 10.0), 0.125 * (-(v + 65.0) / 80.0).exp()),
    ]
}

/// Chance that `count` like gates are open a time `t` after they were; without `t`, at any time.
fn open(gate: (f64, f64), count: i32, t: Option<f64>) -> f64 {
    let steady = gate.0 / (gate.0 + gate.1);
    (steady + t.map_or(0.0, |t| (1.0 - steady) * (-(gate.0 + gate.1) * t).exp())).powi(count)
}

fn sodium(v: f64, t: Option<f64>) -> f64 {
    let [m, h, _] = rates(v);
    open(m, 3, t) * open(h, 1, t)
}

fn potassium(v: f64, t: Option<f64>) -> f64 {
    open(rates(v)[2], 4, t)
}

/// Open fractions of sodium and potassium channels under voltage clamp, a series for each of 256 patches.
fn clamped(model: &str, precision: &str, v: f64, dt: f64, duration: f64, interval: f64) -> Vec<[Vec<f64>; 2]> {
    // A capacitance that no current moves.
    let text = format!(
        "[populations.P]\nmodel = '{model}'\nsize = 256\ninitial.v = '{v} mV'\n\
         parameters = {{ C_m = '1e12 uF/cm^2', area = '{AREA} um^2' }}\n\
         [[record.traces]]\npopulation = 'P'\nvariables = ['open_Na', 'open_K', 'v']\ninterval = '{interval} ms'\n\
         [run]\nduration = '{duration} ms'\ndt = '{dt} ms'\nseed = 3\nprecision = '{precision}'\n"
    );
    let seen = run(&plan(&text));
    // What began as rounded numbers is forgotten.
    let late: Vec<_> = seen.traces[0].iter().filter(|(step, _)| *step as f64 * dt > 9.99).map(|t| &t.1).collect();
    assert!(late.iter().all(|values| values.chunks(3).all(|c| (c[2] - v).abs() < 1e-3)));
    let series = |patch: usize, k: usize| late.iter().map(|values| values[3 * patch + k]).collect();
    (0..256).map(|patch| [series(patch, 0), series(patch, 1)]).collect()
}

/// Mean of independent numbers, and its standard error.
fn mean(x: &[f64]) -> (f64, f64) {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    (mean, (x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt())
}

/// Mean of the products of deviations from `p` at a distance of `lag` samples, one number a patch, and its standard error.
fn covariance(patches: &[[Vec<f64>; 2]], k: usize, p: f64, lag: usize) -> (f64, f64) {
    let of =
        |x: &Vec<f64>| x.iter().zip(&x[lag..]).map(|(a, b)| (a - p) * (b - p)).sum::<f64>() / (x.len() - lag) as f64;
    mean(&patches.iter().map(|patch| of(&patch[k])).collect::<Vec<_>>())
}

fn average(patches: &[[Vec<f64>; 2]], k: usize) -> (f64, f64) {
    mean(&patches.iter().map(|patch| mean(&patch[k]).0).collect::<Vec<_>>())
}

#[track_caller]
fn agrees(got: (f64, f64), want: f64, what: &str) {
    // An error that is not small would agree with anything.
    assert!(got.1 < 0.03 * want, "{what}: {got:?} shows nothing of {want}");
    assert!((got.0 - want).abs() < 4.5 * got.1, "{what}: {} +- {} for {want}", got.0, got.1);
}

#[test]
fn open_markov_channels_are_binomial_at_any_step() {
    for (precision, v, dt) in [("f64", -30.0, 0.1), ("f32", -30.0, 0.05), ("f64", -50.0, 0.1)] {
        let patches = clamped("hh_markov", precision, v, dt, 110.0, 5.0);
        for (k, p, n) in [(0, sodium(v, None), N_NA), (1, potassium(v, None), N_K)] {
            let what = format!("channel {k}, {v} mV, {dt} ms, {precision}");
            agrees(average(&patches, k), p, &format!("mean, {what}"));
            agrees(covariance(&patches, k, p, 0), p * (1.0 - p) / n, &format!("variance, {what}"));
        }
    }
}

#[test]
fn the_langevin_form_has_the_same_mean_and_variance() {
    let v = -30.0;
    for precision in ["f64", "f32"] {
        let patches = clamped("hh_langevin", precision, v, 0.002, 60.0, 2.5);
        for (k, p, n) in [(0, sodium(v, None), N_NA), (1, potassium(v, None), N_K)] {
            agrees(average(&patches, k), p, &format!("mean of channel {k} in {precision}"));
            agrees(
                covariance(&patches, k, p, 0),
                p * (1.0 - p) / n,
                &format!("variance of channel {k} in {precision}"),
            );
        }
    }
}

#[test]
fn noise_on_subunits_has_another_variance() {
    let mut text =
        library("hh_squid").replace("alpha_m = 1/ms", "open_Na = m^3*h : 1\nopen_K = n^4 : 1\nalpha_m = 1/ms");
    for (gate, per_area) in [("m", 60), ("h", 60), ("n", 18)] {
        let drift = format!("phi*(alpha_{gate}*(1 - {gate}) - beta_{gate}*{gate})");
        let rates = format!("max(alpha_{gate}*(1 - {gate}) + beta_{gate}*{gate}, 0/ms)");
        assert!(text.contains(&drift), "{drift}");
        text = text.replace(&drift, &format!("{drift} + sqrt({rates}/({per_area}/um^2*area))*xi_{gate}"));
    }
    let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let v = -30.0;
    let patches = clamped(file.path().to_str().unwrap(), "f64", v, 0.002, 60.0, 2.5);
    let [m, h, n] = rates(v);
    let spread = |gate: (f64, f64), count: f64| count * count * gate.1 / gate.0;
    for (k, p, channels, relative) in
        [(0, sodium(v, None), N_NA, spread(m, 3.0) + spread(h, 1.0)), (1, potassium(v, None), N_K, spread(n, 4.0))]
    {
        let got = covariance(&patches, k, p, 0);
        let right = p * (1.0 - p) / channels;
        assert!((got.0 - right).abs() > 10.0 * got.1, "channel {k}: {got:?} is the right {right}");
        // What it has instead, to first order in 1/N: p^2 times the sum over gates of (number)^2 (1 - m)/(m N).
        let linear = p * p * relative / channels;
        assert!((got.0 - linear).abs() < 4.5 * got.1, "channel {k}: {got:?} for {linear}");
    }
}

fn library(model: &str) -> String {
    std::fs::read_to_string(format!("models/neurons/{model}.toml")).unwrap()
}

#[test]
fn open_channels_are_remembered_as_long_as_their_gates_take() {
    let v = -30.0;
    for (model, dt) in [("hh_markov", 0.05), ("hh_langevin", 0.0025)] {
        let patches = clamped(model, "f64", v, dt, 60.0, 0.05);
        for (k, p, n) in [(0, sodium(v, None), N_NA), (1, potassium(v, None), N_K)] {
            for lag in [2, 6, 20, 40] {
                let t = Some(f64::from(lag) * 0.05);
                let again = if k == 0 { sodium(v, t) } else { potassium(v, t) };
                let got = covariance(&patches, k, p, lag as usize);
                let want = p * (again - p) / n;
                assert!(
                    (got.0 - want).abs() < 4.5 * got.1 + 0.004 * p / n,
                    "{model}, channel {k}, {t:?} ms: {got:?} for {want}"
                );
            }
        }
    }
}

#[test]
fn no_channel_gets_lost() {
    let counts: Vec<String> =
        (0..8).map(|s| format!("m{}h{}", s % 4, s / 4)).chain((0..5).map(|k| format!("n{k}"))).collect();
    for precision in ["f64", "f32"] {
        let text = format!(
            "[populations.P]\nmodel = 'hh_markov'\nsize = 6\n\
             parameters = {{ I_e = '10 uA/cm^2', area = 'where(i < 1, 0.05 um^2, 10^(i - 1)*1 um^2)' }}\n\
             [[record.traces]]\npopulation = 'P'\nvariables = {counts:?}\ninterval = '0.25 ms'\n\
             [run]\nduration = '25 ms'\ndt = '0.05 ms'\nseed = 1\nprecision = '{precision}'\n"
        );
        let seen = run(&plan(&text));
        assert!(!seen.of(4).is_empty(), "channels move in a spike");
        for (step, values) in &seen.traces[0] {
            for (patch, counts) in values.chunks(13).enumerate() {
                let area = if patch == 0 { 0.05 } else { 10f64.powi(patch as i32 - 1) };
                assert!(counts.iter().all(|n| *n >= 0.0 && n.fract() == 0.0), "{counts:?} at step {step}");
                let sums = (counts[..8].iter().sum::<f64>(), counts[8..].iter().sum::<f64>());
                assert_eq!(
                    sums,
                    ((60.0 * area + 0.5).floor(), (18.0 * area + 0.5).floor()),
                    "patch {patch} at step {step}"
                );
            }
        }
        let [first, .., last] = &seen.traces[0][..] else { panic!("two samples") };
        assert!((1..6).all(|patch| first.1[13 * patch..][..13] != last.1[13 * patch..][..13]), "nothing has moved");
    }
}

/// Potentials every 0.1 ms over 30 ms, at a current that makes a patch fire.
fn potentials(model: &str, area: f64, dt: f64) -> Vec<f64> {
    let seen: Seen = run(&plan(&format!(
        "[populations.P]\nmodel = '{model}'\nsize = 1\nparameters = {{ I_e = '10 uA/cm^2', area = '{area} um^2' }}\n\
         [[record.traces]]\npopulation = 'P'\nvariables = ['v']\ninterval = '0.1 ms'\n\
         [run]\nduration = '30 ms'\ndt = '{dt} ms'\nseed = 5\n"
    )));
    seen.traces[0].iter().map(|t| t.1[0]).collect()
}

#[test]
fn many_channels_are_hodgkin_and_huxleys_axon() {
    let axon = potentials("hh_squid", 1.0, 0.0005);
    // 6e14 sodium channels: what is left is the error of the steps, order 2 with Markov channels, 1 in Langevin form.
    for (model, order, last) in [("hh_markov", 2.0, 0.1), ("hh_langevin", 1.0, 6.5)] {
        let worst = |dt: f64| {
            let patch = potentials(model, 1e13, dt);
            patch.iter().zip(&axon).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        };
        let errors = [0.02, 0.01, 0.005].map(worst);
        for pair in errors.windows(2) {
            assert!(((pair[0] / pair[1]).log2() - order).abs() < 0.15, "{model}: {errors:?} mV");
        }
        assert!(errors[2] < last, "{model}: {errors:?} mV");
    }
}

#[test]
fn small_patches_fire_by_themselves_and_all_at_a_pulse() {
    let plan = plan_of("channel_noise", &[]);
    let seen = run(&plan);
    // Spikes of a population between two times in ms.
    let times = |name: &str, from: f64, to: f64| -> Vec<f64> {
        let p = plan.populations.iter().find(|p| p.name == name).expect("there is one");
        let own = seen.spikes.iter().filter(|s| (p.first..p.first + p.size).contains(&s.1));
        own.map(|s| s.0 as f64 * plan.dt).filter(|t| (from..to).contains(t)).collect()
    };
    let counts =
        ["axon", "markov_400", "markov_100", "markov_20", "langevin_100"].map(|p| times(p, 0.0, 400.0).len() as f64);
    let [axon, large, middle, small, langevin] = counts;
    assert_eq!(axon, 0.0, "Hodgkin and Huxley's axon rests");
    // Poisson numbers would scatter by the square root; those of a refractory neuron scatter less.
    let apart = |a: f64, b: f64| a - b > 4.5 * (a + b).sqrt();
    assert!(apart(small, middle) && apart(middle, large), "{counts:?}");
    assert!((middle - langevin).abs() < 4.5 * (middle + langevin).sqrt(), "{counts:?}");
    // Another seed, 32 patches for 1 s: 33.3 and 9.3 Hz. Here 16 patches for 0.4 s.
    for (count, rate) in [(small, 33.3), (middle, 9.3)] {
        let want = rate * 6.4f64;
        assert!((count - want).abs() < 4.5 * want.sqrt(), "{counts:?}");
    }
    // The pulse: all large patches follow the axon, small ones less.
    let [axon, large, small] = ["axon", "markov_400", "markov_20"].map(|p| times(p, 400.0, 405.0));
    assert_eq!((axon.len(), large.len()), (1, 16));
    assert!(small.len() < 16 && large.iter().all(|t| (t - axon[0]).abs() < 1.5), "{large:?} {small:?}");
}

#[test]
fn channel_noise_depends_on_nothing_but_the_seed() {
    for (model, precision) in
        [("hh_markov", "f64"), ("hh_markov", "f32"), ("hh_langevin", "f64"), ("hh_langevin", "f32")]
    {
        let plan = plan(&format!(
            "[populations.P]\nmodel = '{model}'\nsize = 100\nparameters.I_e = '6 uA/cm^2'\n\
             [run]\nduration = '20 ms'\ndt = '0.02 ms'\nseed = 1\nprecision = '{precision}'\n"
        ));
        let hash = |options| {
            let stats = statistics(&plan, options);
            assert!(stats.total_spikes() > 20, "{} spikes show nothing", stats.total_spikes());
            stats.spike_hash().to_string()
        };
        let reference = hash(Options { threads: Some(1), ..Options::default() });
        for (threads, blocks) in [(2, 2), (3, 5)] {
            let cut = Options { threads: Some(threads), blocks: Some(blocks), ..Options::default() };
            assert_eq!(hash(cut), reference, "{model} in {precision}, {threads} threads, {blocks} blocks");
        }
        for isa in Isa::available() {
            let other = Options { threads: Some(1), isa: Some(isa), ..Options::default() };
            assert_eq!(hash(other), reference, "{model} in {precision} with {}", isa.name());
        }
    }
}
