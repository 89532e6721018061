//! Quantal release: the binomial law, independence, and that any number of threads releases the same.
//!
//! Seeds are fixed, so nothing here flickers; should the numbers drawn change on purpose, a comparison fails by chance once in 16,000
//! (4 standard errors), and there are about 15.

use bouton::engine::Options;

use super::{common, watch::watch_with};

const TARGETS: usize = 64;
const SPIKES: usize = 400;
const N: f64 = 5.0;
const P: f64 = 0.35;
/// Quantal size in mV.
const Q: f64 = 0.5;
const ERRORS: f64 = 4.0;

/// Two sources onto all targets, whose potential adds up what arrives; each source spikes every 2 ms, in turn with the other. Returns the
/// quanta released at each spike, for each target.
fn released(seed: u32, options: Options) -> Vec<Vec<f64>> {
    let times = |first: usize| -> String {
        (0..SPIKES / 2).map(|k| format!("[{first}, \"{} ms\"], ", 2 * k + first + 1)).collect()
    };
    let plan = common::plan(&format!(
        "[populations.pre]\nmodel = \"spike_list\"\nsize = 2\nspikes = [{}{}]\n\
         [populations.post]\nmodel = \"lif\"\nsize = {TARGETS}\nreceptors.syn = \"delta\"\n\
         parameters = {{ g_L = \"0 nS\", E_L = \"0 mV\", V_th = \"1e9 mV\" }}\n\
         [[projections]]\nfrom = \"pre\"\nto = \"post\"\nrule = \"all_to_all\"\nreceptor = \"syn\"\nweight = \"{Q} mV\"\n\
         delay = \"0.5 ms\"\nplasticity = {{ rule = \"quantal_release\", n = {N}, p = {P} }}\n\
         [[record.traces]]\npopulation = \"post\"\nvariables = [\"v\"]\ninterval = \"1 ms\"\n\
         [run]\nduration = \"{} ms\"\ndt = \"0.1 ms\"\nseed = {seed}\n",
        times(0),
        times(1),
        SPIKES + 1
    ));
    let seen = watch_with(&plan, options);
    let v: Vec<&Vec<f64>> = seen.traces[0].iter().map(|t| &t.1).collect();
    assert!(v[1].iter().all(|&v| v == 0.0));
    (1..=SPIKES).map(|ms| v[ms + 1].iter().zip(v[ms]).map(|(after, before)| (after - before) / Q).collect()).collect()
}

fn one_thread(seed: u32) -> Vec<Vec<f64>> {
    released(seed, Options { threads: Some(1), ..Options::default() })
}

#[test]
fn counts_are_binomial() {
    let counts = one_thread(1);
    let all = || counts.iter().flatten();
    assert!(all().all(|k| (0.0..=N).contains(k) && k.fract() == 0.0));
    let total = (TARGETS * SPIKES) as f64;
    let (mean, variance) = (N * P, N * P * (1.0 - P));
    let own_mean = all().sum::<f64>() / total;
    assert!((own_mean - mean).abs() < ERRORS * (variance / total).sqrt(), "mean {own_mean} for {mean}");
    // Around the known mean; the fourth central moment of the binomial law is 3 s^4 + s^2 (1 - 6 p (1 - p)), s^2 its variance.
    let own_variance = all().map(|k| (k - mean).powi(2)).sum::<f64>() / total;
    let fourth = 3.0 * variance * variance + variance * (1.0 - 6.0 * P * (1.0 - P));
    let error = ((fourth - variance * variance) / total).sqrt();
    assert!((own_variance - variance).abs() < ERRORS * error, "variance {own_variance} for {variance}");
    for k in 0..=N as i32 {
        let choose = (0..k).fold(1.0, |c, j| c * (N - f64::from(j)) / f64::from(j + 1));
        let law = choose * P.powi(k) * (1.0 - P).powi(N as i32 - k);
        let own = all().filter(|&&n| n == f64::from(k)).count() as f64 / total;
        let error = (law * (1.0 - law) / total).sqrt();
        assert!((own - law).abs() < ERRORS * error, "{k} quanta: share {own} for {law}");
    }
}

/// Products of deviations have mean 0, and as variance the square of the law's.
fn assert_uncorrelated<'a>(pairs: impl Iterator<Item = (&'a f64, &'a f64)>, what: &str) {
    let (mut sum, mut number) = (0.0, 0.0);
    for (a, b) in pairs {
        sum += (a - N * P) * (b - N * P);
        number += 1.0;
    }
    let deviations = sum / (N * P * (1.0 - P) * f64::sqrt(number));
    assert!(deviations.abs() < ERRORS, "{what}: correlated by {deviations} standard errors");
}

#[test]
fn synapses_and_spikes_are_independent() {
    let counts = one_thread(2);
    for lag in [1, 2, 16, 32] {
        let pairs = counts.iter().flat_map(|row| row[..TARGETS - lag].iter().zip(&row[lag..]));
        assert_uncorrelated(pairs, &format!("targets {lag} apart"));
    }
    // Onto one target: one spike apart the other source, two apart the same synapse.
    for lag in 1..=4 {
        let pairs = counts.iter().zip(&counts[lag..]).flat_map(|(a, b)| a.iter().zip(b));
        assert_uncorrelated(pairs, &format!("{lag} spikes apart"));
    }
    let other = one_thread(3);
    assert_uncorrelated(counts.iter().flatten().zip(other.iter().flatten()), "seeds 2 and 3");
}

#[test]
fn any_threads_release_the_same() {
    let reference = one_thread(1);
    for threads in [2, 3, 8] {
        assert!(
            released(1, Options { threads: Some(threads), ..Options::default() }) == reference,
            "{threads} threads"
        );
    }
    assert!(released(1, Options { threads: Some(2), blocks: Some(5), ..Options::default() }) == reference, "5 blocks");
}
