//! Quantal release at an end-plate: potentials are multiples of the miniature, and three estimates of the content agree (del Castillo & Katz 1954).

use super::Run;

const STIMULI: usize = 198;
const FIBRES: usize = 20;
/// mV.
const MINIATURE: f64 = 0.4;

/// Vesicles of each stimulus at each fibre: potentials arrive at whole ms, where they are recorded.
fn quanta(set: &[(&str, &str)]) -> Vec<f64> {
    let run = Run::of("endplate", set);
    assert_eq!(run.trains("nerve")[0], (1..=STIMULI as u64).map(|k| 750 * k).collect::<Vec<_>>());
    let of = |stimulus: usize, fibre: usize| {
        let after = 75 * stimulus + 1;
        let v = |ms: usize| run.seen.traces[0][ms].1[fibre];
        // A thousandth of a millionth of the last potential is left.
        let quanta = (v(after) - -90.0) / MINIATURE;
        assert!((quanta - quanta.round()).abs() < 1e-4, "{quanta}");
        quanta.round()
    };
    (1..=STIMULI).flat_map(|stimulus| (0..FIBRES).map(move |fibre| (stimulus, fibre))).map(|(s, f)| of(s, f)).collect()
}

fn moments(quanta: &[f64]) -> (f64, f64) {
    let n = quanta.len() as f64;
    let mean = quanta.iter().sum::<f64>() / n;
    (mean, quanta.iter().map(|k| (k - mean).powi(2)).sum::<f64>() / n)
}

/// Tolerances are four standard errors of each estimate under Poisson's law of mean m.
#[test]
fn mean_failures_and_variation_tell_the_same_content() {
    let quanta = quanta(&[]);
    let (n, m) = (quanta.len() as f64, 2.33);
    let ((mean, variance), failures) = (moments(&quanta), quanta.iter().filter(|k| **k == 0.0).count() as f64);
    let error = 4.0 / n.sqrt();
    assert!((mean - m).abs() < error * f64::sqrt(m), "mean {mean}");
    let from_failures = (n / failures).ln();
    assert!((from_failures - m).abs() < error * (m.exp() - 1.0).sqrt(), "ln(N/N0) {from_failures}");
    // By the delta method: the variance of m_hat^2/s^2 is (2 m^2 + m)/n, as 1/CV^2 = mean^2/variance has derivatives 2 and -1 there, and mean
    // and variance the variances m and m + 2 m^2 and the covariance m, over n.
    let from_variation = mean * mean / variance;
    assert!((from_variation - m).abs() < error * f64::sqrt(2.0 * m * m + m), "1/CV^2 {from_variation}");
    // 198 stimuli: 19 failures.
    assert_eq!((STIMULI as f64 * f64::exp(-m)).round(), 19.0);
    let (each, p) = (failures / FIBRES as f64, f64::exp(-m));
    assert!(
        (each - 19.0).abs() < 0.5 + 4.0 * (STIMULI as f64 * p * (1.0 - p) / FIBRES as f64).sqrt(),
        "{each} failures"
    );
}

#[test]
fn few_sites_follow_the_binomial_law() {
    let (mean, variance) = moments(&quanta(&[("sites", "4")]));
    let (p, n) = (2.33 / 4.0, (STIMULI * FIBRES) as f64);
    let law = 4.0 * p * (1.0 - p);
    assert!((mean - 2.33).abs() < 4.0 * (law / n).sqrt(), "{mean}");
    // The variance of a sample's variance is that of a normal one, less: binomial laws have a negative excess.
    assert!((variance - law).abs() < 4.0 * law * (2.0 / n).sqrt(), "{variance} for {law}");
}

#[test]
fn miniatures_are_of_one_vesicle() {
    let run = Run::of("endplate", &[]);
    let v: Vec<f64> = run.seen.traces[1].iter().map(|t| t.1[0] + 90.0).collect();
    // Each rises by a vesicle and decays with 5 ms; a value each ms finds at least exp(-0.2) of it.
    let rises: Vec<f64> = v.windows(2).map(|w| w[1] - w[0] * f64::exp(-0.2)).filter(|rise| *rise > 1e-9).collect();
    assert!((4..=30).contains(&rises.len()), "{} miniatures in 14.9 s at 1 Hz", rises.len());
    assert!(rises.iter().all(|rise| (MINIATURE * f64::exp(-0.2)..MINIATURE + 1e-9).contains(rise)), "{rises:?}");
}
