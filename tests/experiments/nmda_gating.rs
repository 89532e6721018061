//! Saturating NMDA gating: the published equations, and what the rule `nmda_saturation` with the receptor `nmda` makes of them.

use super::common;

/// ms, of the reference.
const H: f64 = 0.01;

/// s of x' = -x/2, x + 1 at a spike, s' = -s/100 + 0.5*x*(1 - s), by the classical Runge-Kutta method; spikes in ms.
fn gating(spikes: &[f64], duration: f64) -> Vec<f64> {
    let slope = |s: f64, x: f64| -s / 100.0 + 0.5 * x * (1.0 - s);
    let (half, whole) = ((-H / 4.0).exp(), (-H / 2.0).exp());
    let mut next = spikes.iter().map(|t| (t / H).round() as u64).peekable();
    let (mut x, mut s) = (0.0, 0.0);
    let steps = 0..(duration / H).round() as u64;
    let values = steps.map(|step| {
        while next.next_if_eq(&step).is_some() {
            x += 1.0;
        }
        let before = s;
        let a = slope(s, x);
        let b = slope(s + H / 2.0 * a, x * half);
        let c = slope(s + H / 2.0 * b, x * half);
        let d = slope(s + H * c, x * whole);
        s += H / 6.0 * (a + 2.0 * b + 2.0 * c + d);
        x *= whole;
        before
    });
    values.collect()
}

/// Conductance over weight of a neuron that one axon reaches 0.1 ms after each spike, every 0.1 ms from then on.
fn transmitted(spikes: &[f64], duration: f64) -> Vec<f64> {
    let list: String = spikes.iter().map(|t| format!("\"{t:.1} ms\", ")).collect();
    let seen = common::run(&common::plan(&format!(
        "[populations.pre]\nmodel = \"spike_list\"\nsize = 1\ntimes = [{list}]\n\
         [populations.post]\nmodel = \"lif\"\nsize = 1\nreceptors.nmda = \"nmda\"\n\
         [[projections]]\nfrom = \"pre\"\nto = \"post\"\nrule = \"all_to_all\"\nreceptor = \"nmda\"\n\
         weight = \"1 nS\"\ndelay = \"0.1 ms\"\nplasticity = \"nmda_saturation\"\n\
         [[record.traces]]\npopulation = \"post\"\nvariables = [\"nmda.g\"]\n\
         [run]\nduration = \"{duration} ms\"\ndt = \"0.1 ms\"\n"
    )));
    seen.traces[0].iter().filter(|(step, _)| *step > 0).map(|(_, g)| g[0]).collect()
}

fn regular(rate: f64, duration: f64) -> Vec<f64> {
    (0..).map(|k| 1.0 + 1000.0 / rate * f64::from(k)).take_while(|&t| t < duration - 1.0).collect()
}

/// A Poisson train on the grid, by a linear congruential generator.
fn poisson(rate: f64, duration: f64) -> Vec<f64> {
    let mut state = 1u64;
    let mut unit = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    (10..(duration * 10.0) as u32 - 10).filter(|_| unit() < rate * 1e-4).map(|s| f64::from(s) * 0.1).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Where the largest value lies, and the value.
fn peak(values: &[f64], step: f64) -> (f64, f64) {
    let (k, value) = values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).expect("values");
    (k as f64 * step, *value)
}

#[test]
fn the_equations_give_the_published_numbers() {
    let (time, value) = peak(&gating(&[0.0], 30.0), H);
    assert!((time - 7.08).abs() < 0.015 && (value - 0.59184).abs() < 5e-6, "{value} at {time} ms");
    for (rate, expected) in [(10.0, 0.4665), (20.0, 0.6461), (40.0, 0.7904), (80.0, 0.8858)] {
        // Whole periods, once the first spikes are forgotten.
        let own = mean(&gating(&regular(rate, 3000.0), 2500.0)[(1500.0 / H) as usize..]);
        assert!((own - expected).abs() < 5e-5, "{rate} Hz: {own}");
    }
}

/// The kernel rises as 1 - exp(-t/2 ms); the published gating rises sooner, for it saturates within the spike. That is all that differs.
#[test]
fn a_spike_differs_in_its_rise_alone() {
    let (own, expected) = (transmitted(&[1.0], 200.0), gating(&[1.0], 200.0));
    let (own_peak, expected_peak) = (peak(&own, 0.1).1, peak(&expected, H).1);
    assert!((own_peak / expected_peak - 1.0).abs() < 0.01, "{own_peak} for {expected_peak}");
    // 30 ms later exp(-15) is left of the rise, and the error of the integration rule, 6.5e-5.
    for step in (310..1990).step_by(10) {
        let ratio = own[step] / expected[10 * step];
        assert!((ratio - 1.0).abs() < 7e-5, "{} ms: {ratio}", step / 10);
    }
}

/// The rise takes the same share of each jump's area, at most 0.45 %; the error at a moment is largest within the first rise.
#[test]
fn trains_have_the_mean_of_the_equations() {
    for rate in [10.0, 20.0, 40.0, 80.0] {
        for (kind, spikes) in [("regular", regular(rate, 3000.0)), ("Poisson", poisson(rate, 3000.0))] {
            let own = transmitted(&spikes, 3000.0);
            let expected: Vec<f64> = gating(&spikes, 3000.0).into_iter().step_by(10).collect();
            let last = |values: &[f64]| mean(&values[5000..29_980]);
            let ratio = last(&own) / last(&expected);
            assert!((0.994..1.0).contains(&ratio), "{kind}, {rate} Hz: mean {ratio} of that of the equations");
            let squares: Vec<f64> = own.iter().zip(&expected).map(|(a, b)| (a - b).powi(2)).collect();
            assert!(last(&squares).sqrt() < 0.011, "{kind}, {rate} Hz: rms {}", last(&squares).sqrt());
            assert!(own.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 0.12), "{kind}, {rate} Hz");
        }
    }
}
