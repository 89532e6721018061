//! Quantal statistics after del Castillo and Katz: failures, the coefficient of variation and the mean agree on the quantal content.

use super::{common, near};

/// Release sites; with few vesicles of many the law is Poisson's.
const SITES: f64 = 1000.0;
const CONTENT: f64 = 2.33;
/// Depolarisation by one vesicle, the miniature end-plate potential, mV.
const QUANTUM: f64 = 0.4;
const TRIALS: usize = 198;
const PLATES: usize = 500;

/// The end-plate potentials of all trials at all plates, mV.
fn potentials() -> Vec<Vec<f64>> {
    let times: String = (1..=TRIALS).map(|k| format!("\"{k} ms\", ")).collect();
    let seen = common::run(&common::plan(&format!(
        "[populations.nerve]\nmodel = \"spike_list\"\nsize = 1\ntimes = [{times}]\n\
         [populations.muscle]\nmodel = \"lif\"\nsize = {PLATES}\nreceptors.ach = \"delta\"\n\
         parameters = {{ g_L = \"0 nS\", E_L = \"0 mV\", V_th = \"1e9 mV\" }}\n\
         [[projections]]\nfrom = \"nerve\"\nto = \"muscle\"\nrule = \"all_to_all\"\nreceptor = \"ach\"\nweight = \"{QUANTUM} mV\"\n\
         delay = \"0.5 ms\"\nplasticity = {{ rule = \"quantal_release\", n = {SITES}, p = {} }}\n\
         [[record.traces]]\npopulation = \"muscle\"\nvariables = [\"v\"]\ninterval = \"1 ms\"\n\
         [run]\nduration = \"{} ms\"\ndt = \"0.1 ms\"\nseed = 4\n",
        CONTENT / SITES,
        TRIALS + 1
    )));
    let v: Vec<&Vec<f64>> = seen.traces[0].iter().map(|t| &t.1).collect();
    (1..=TRIALS).map(|ms| v[ms + 1].iter().zip(v[ms]).map(|(after, before)| after - before).collect()).collect()
}

#[test]
fn three_ways_to_the_quantal_content_agree() {
    let potentials = potentials();
    let all = || potentials.iter().flatten();
    let number = (TRIALS * PLATES) as f64;
    for v in all() {
        near("quanta", v / QUANTUM - (v / QUANTUM).round(), 0.0, 1e-9);
    }
    let mean = all().sum::<f64>() / number;
    let variance = all().map(|v| (v - mean).powi(2)).sum::<f64>() / number;
    let failures = all().filter(|v| v.abs() < QUANTUM / 2.0).count() as f64;
    // Tolerances are four standard errors of each estimate, for Poisson's law.
    let error = 4.0 / number.sqrt();
    near("mean over quantum", mean / QUANTUM, CONTENT, error * CONTENT.sqrt());
    near("ln(N/N0)", f64::ln(number / failures), CONTENT, error * (f64::exp(CONTENT) - 1.0).sqrt());
    near("1/CV^2", mean * mean / variance, CONTENT, error * f64::sqrt(2.0 * CONTENT * CONTENT + CONTENT));
    // 198 trials with m = 2.33: 19 failures.
    let expected = TRIALS as f64 * f64::exp(-CONTENT);
    assert_eq!(expected.round(), 19.0);
    let of_plate = |k: usize| potentials.iter().filter(|trial| trial[k].abs() < QUANTUM / 2.0).count() as f64;
    let counts: Vec<f64> = (0..PLATES).map(of_plate).collect();
    let own = counts.iter().sum::<f64>() / PLATES as f64;
    let p = f64::exp(-CONTENT);
    near("failures", own, expected, 4.0 * (TRIALS as f64 * p * (1.0 - p) / PLATES as f64).sqrt());
}
