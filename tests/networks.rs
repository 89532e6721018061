//! Published networks, published rates.
//!
//! The mean rate of COBA and COBAHH is a small difference of large drives: the number of synapses drawn, which differs by 0.2 to
//! 1 % between seeds, moves it by 10 % (COBA, standard deviation over 10 seeds 1.9 Hz) and 14 % (COBAHH, over 8 seeds 6.2 Hz, on
//! the same wirings up and down together). So means over seeds are compared, and single networks get three such deviations.

mod common;

use bouton::{
    analysis::{Train, mean_cv},
    engine::{Observer, Options, Simulation},
};
use common::plan_of;

/// Spikes after `from`: the network has forgotten how it began.
struct Window {
    from: u64,
    trains: Vec<Train>,
    /// Spikes of all neurons in each step.
    counts: Vec<u32>,
}

impl Observer for Window {
    fn spikes(&mut self, step: u64, ids: &[u32]) {
        if step > self.from {
            self.counts[(step - self.from - 1) as usize] += ids.len() as u32;
            ids.iter().for_each(|&id| self.trains[id as usize].push(step));
        }
    }
}

/// What a network did in a stretch of time.
struct Done {
    /// Mean rate of all neurons, Hz.
    rate: f64,
    /// Mean CV of the intervals.
    cv: f64,
    /// Spikes of all neurons in each step.
    counts: Vec<u32>,
    dt: f64,
}

/// Runs a shipped network and looks at it from `from` (ms) on.
fn run(network: &str, set: &[(&str, &str)], from: f64) -> Done {
    let plan = plan_of(network, set);
    let from = (from / plan.dt).round() as u64;
    let steps = plan.steps() - from;
    let mut window =
        Window { from, trains: vec![Train::default(); plan.neurons() as usize], counts: vec![0; steps as usize] };
    Simulation::build(&plan, Options { threads: Some(1), ..Options::default() }).run(&mut window);
    let seconds = steps as f64 * plan.dt * 1e-3;
    let spikes = window.counts.iter().sum::<u32>();
    Done {
        rate: f64::from(spikes) / window.trains.len() as f64 / seconds,
        cv: mean_cv(&window.trains).unwrap_or(0.0),
        counts: window.counts,
        dt: plan.dt,
    }
}

impl Done {
    /// Power of the population's activity at a frequency (Hz), 1 for independent Poisson neurons.
    fn power(&self, frequency: f64) -> f64 {
        let mean = self.counts.iter().sum::<u32>() as f64 / self.counts.len() as f64;
        let (mut re, mut im) = (0.0, 0.0);
        for (k, &count) in self.counts.iter().enumerate() {
            let angle = std::f64::consts::TAU * frequency * k as f64 * self.dt * 1e-3;
            re += (f64::from(count) - mean) * angle.cos();
            im += (f64::from(count) - mean) * angle.sin();
        }
        (re * re + im * im) / (mean * self.counts.len() as f64)
    }

    /// Frequency of the strongest oscillation within a range, and its power, smoothed over `width` Hz.
    fn peak(&self, low: f64, high: f64, width: f64) -> (f64, f64) {
        let resolution = 1e3 / (self.counts.len() as f64 * self.dt);
        let n = (width / resolution).ceil().max(1.0) as usize;
        let lines: Vec<f64> = (0..).map(|k| low + f64::from(k) * resolution).take_while(|&f| f <= high).collect();
        let powers: Vec<f64> = lines.iter().map(|&f| self.power(f)).collect();
        let smooth = powers.windows(n).map(|w| w.iter().sum::<f64>() / n as f64).enumerate();
        let (k, power) = smooth.max_by(|a, b| a.1.total_cmp(&b.1)).expect("the range holds a line");
        (lines[k] + 0.5 * (n - 1) as f64 * resolution, power)
    }
}

/// The rates of several networks that differ in their seeds only.
fn rates(network: &str, duration: &str, seeds: &[&str]) -> Vec<f64> {
    seeds.iter().map(|seed| run(network, &[("run.seed", seed), ("run.duration", duration)], 500.0).rate).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Is `value` within `share` of `expected`?
fn near(value: f64, expected: f64, share: f64) -> bool {
    (value / expected - 1.0).abs() < share
}

#[test]
fn cuba_fires_irregularly_at_5_to_6_hz() {
    for seed in ["1", "2"] {
        let done = run("cuba", &[("run.seed", seed), ("run.duration", "3 s")], 500.0);
        assert!((5.4..=6.0).contains(&done.rate), "seed {seed}: {} Hz", done.rate);
        // About 14 intervals a neuron: the CV of one network is known to 0.01, its bias is as large.
        assert!((done.cv - 0.63).abs() < 0.03, "seed {seed}: CV {}", done.cv);
    }
}

#[test]
fn coba_sustains_itself_at_20_hz() {
    let rates = rates("vogels_abbott", "3 s", &["1", "2", "3", "4", "5"]);
    assert!((18.2..=21.4).contains(&mean(&rates)), "{rates:?} Hz");
    assert!(rates.iter().all(|rate| (19.8 - rate).abs() < 3.0 * 1.9), "{rates:?} Hz");
}

/// Beside Brian2 2.9, six networks of the same parameters with a delay of one step: after 1 s the mean weight is 6.0002 nS (standard
/// deviation over the networks 0.0018 nS), the weights' own deviation 0.249 nS (0.024 nS), the rate from 200 ms on 18.1 Hz (1.6 Hz).
/// Means over six networks of each are to agree within three deviations of their difference, sqrt(2/6) of that of one.
///
/// In Brian2 spikes that meet potentiate, here neither sees the other: at 18 Hz and steps of 0.1 ms that is 0.032 pairs a synapse and
/// second, of 0.06 nS each.
#[test]
fn coba_with_stdp_spreads_its_weights_as_in_brian2() {
    let seeds = ["1", "2", "3", "4", "5", "6"];
    let (mut rates, mut means, mut sds) = (Vec::new(), Vec::new(), Vec::new());
    for seed in seeds {
        let set = [("run.seed", seed), ("run.duration", "1 s")];
        rates.push(run("vogels_abbott_stdp", &set, 200.0).rate);
        let plan = plan_of("vogels_abbott_stdp", &set);
        let mut simulation = Simulation::build(&plan, Options { threads: Some(1), ..Options::default() });
        simulation.run(&mut common::Seen::default());
        let stats = simulation.weight_stats(0);
        means.push(stats.mean);
        sds.push(stats.sd);
        // Without the autapses, which see their own spikes one step late and go to the bounds: 3 to 9 nS in Brian2.
        let wiring = &plan.projections[0].wiring;
        let mut w = simulation.weights(0, wiring).into_iter();
        wiring.edges(0..wiring.to.size, |edge| {
            let w = w.next().expect("a weight for each edge");
            assert!(edge.source == edge.target || (2.0..10.0).contains(&w), "{}->{}: {w} nS", edge.source, edge.target);
        });
    }
    let within = |values: &[f64], expected: f64, sd: f64| {
        assert!((mean(values) - expected).abs() < 3.0 * sd * (2.0f64 / 6.0).sqrt(), "{values:?}, not {expected}");
    };
    within(&means, 6.0002 - 0.032 * 0.06, 0.0018);
    within(&sds, 0.249, 0.024);
    within(&rates, 18.1, 1.6);
    // And each single network is one of those without plasticity, see above.
    assert!(rates.iter().all(|rate| (19.8 - rate).abs() < 3.0 * 1.9), "{rates:?} Hz");
}

#[test]
fn cobahh_sustains_itself_at_39_hz() {
    // 39.0 and 39.4 Hz by another program on two networks, here the mean of four: sqrt(1/2 + 1/4) of the deviation of one.
    // On one wiring RK4 or a step of 0.02 ms change the rate by 2 to 3 Hz: the integrator is not the reason.
    let rates = rates("cobahh", "1.5 s", &["1", "2", "3", "4"]);
    assert!((mean(&rates) - 39.2).abs() < 6.2 * 0.75f64.sqrt(), "{rates:?} Hz");
    assert!(rates.iter().all(|rate| (39.2 - rate).abs() < 3.0 * 6.2), "{rates:?} Hz");
}

/// Brunel 2000, figure 8: from 200 ms on.
fn brunel(g: &str, eta: &str, duration: &str) -> Done {
    run("brunel", &[("g", g), ("eta", eta), ("run.duration", duration)], 200.0)
}

#[test]
fn brunel_asynchronous_irregular() {
    // Over 2 s the rate of one network is known to 0.15 Hz (seeds 1 to 6: 37.35 to 37.66); over 0.4 s it strays by 2 %.
    let done = brunel("5", "2", "2200 ms");
    // Theory for a stationary state of many small jumps (Siegert), and the paper's own simulation.
    assert!(near(done.rate, 37.95, 0.02) && near(done.rate, 37.7, 0.02), "{} Hz", done.rate);
    assert!(done.cv > 0.3, "CV {}", done.cv);
    // What oscillation there is, is a tenth of that of the next regime in power.
    let peak = done.peak(60.0, 400.0, 10.0);
    assert!(peak.1 < 2000.0, "{peak:?}");
}

#[test]
fn brunel_synchronous_irregular_fast() {
    let done = brunel("6", "4", "600 ms");
    // The stationary state of the theory (55.84 Hz) is unstable; oscillation raises the rate, to 60.7 Hz in the paper.
    assert!((55.84..60.7 * 1.02).contains(&done.rate), "{} Hz", done.rate);
    assert!(done.cv > 0.5, "CV {}", done.cv);
    let peak = done.peak(60.0, 400.0, 10.0);
    // 180 Hz in the paper, 190 Hz at the theory's onset; three cycles for every spike of a neuron.
    assert!((170.0..200.0).contains(&peak.0) && peak.1 > 5000.0, "{peak:?}");
}

#[test]
fn brunel_synchronous_irregular_slow() {
    let done = brunel("4.5", "0.9", "2.2 s");
    // 5.5 Hz in the paper, 6.517 Hz in the theory's stationary state; our seeds and steps give 5.2 to 5.9 Hz.
    assert!(near(done.rate, 5.5, 0.1) && done.rate < 6.517, "{} Hz", done.rate);
    assert!(done.cv > 0.5, "CV {}", done.cv);
    let peak = done.peak(10.0, 60.0, 5.0);
    // 22 Hz in the paper, 29 Hz at the theory's onset.
    assert!((17.0..29.0).contains(&peak.0) && peak.1 > 1000.0, "{peak:?}");
}

#[test]
fn brunel_synchronous_regular() {
    let done = brunel("3", "2", "400 ms");
    // All neurons in step: the period of 3.06 ms (Siegert, 327.0 Hz) becomes 30 or 31 steps, 333 or 323 Hz.
    assert!(near(done.rate, 327.0, 0.02), "{} Hz", done.rate);
    assert!(done.cv < 0.02, "CV {}", done.cv);
    let peak = done.peak(200.0, 450.0, 10.0);
    assert!(near(peak.0, done.rate, 0.03), "{peak:?}");
}

/// Every receptor of an excitatory neuron lets current through, and the rate is what the network's file says.
fn all_receptors(neuron: &str, rate: f64) {
    let set = [("neuron", neuron), ("run.duration", "3 s")];
    let done = run("ei_nmda", &set, 500.0);
    assert!(near(done.rate, rate, 0.1), "{neuron}: {} Hz", done.rate);
    assert!((done.cv - 0.8).abs() < 0.1, "{neuron}: CV {}", done.cv);

    let plan = plan_of("ei_nmda", &[("neuron", neuron), ("run.duration", "500 ms")]);
    let seen = common::run(&plan);
    let trace = &plan.traces[0];
    for (k, (variable, _)) in trace.variables.iter().enumerate() {
        for id in 0..trace.ids.len() {
            let values = seen.traces[0].iter().map(|t| t.1[id * trace.variables.len() + k]);
            let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
            let (from, to) = match &**variable {
                "v" => (-95.0, 50.0),
                "gaba_b.G" => (0.0, 3.0),
                _ => (0.0, 500.0),
            };
            assert!(low >= from && high <= to, "{neuron} {id}: {variable} between {low} and {high}");
            assert!(high - low > 0.05, "{neuron} {id}: {variable} stays between {low} and {high}");
        }
    }
    assert_eq!(trace.variables.len(), 5);
}

#[test]
fn all_four_receptors_on_integrate_and_fire_neurons() {
    all_receptors("lif", 3.2);
}

#[test]
fn all_four_receptors_on_hodgkin_huxley_neurons() {
    all_receptors("hh_traub_miles", 7.9);
}
