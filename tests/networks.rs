//! Published networks, published rates.

mod common;

use bouton::{
    analysis::{Train, mean_cv},
    engine::{Observer, Options, Simulation},
    plan::Plan,
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
    /// Rate of each population.
    rates: Vec<f64>,
    cv: f64,
    counts: Vec<u32>,
    dt: f64,
}

/// Runs a shipped network; `from` in ms.
fn run(network: &str, set: &[(&str, &str)], from: f64) -> Done {
    let plan = plan_of(network, set);
    run_plan(&plan, from)
}

fn run_plan(plan: &Plan, from: f64) -> Done {
    let from = (from / plan.dt).round() as u64;
    let steps = plan.steps() - from;
    let mut window =
        Window { from, trains: vec![Train::default(); plan.neurons() as usize], counts: vec![0; steps as usize] };
    Simulation::build(plan, Options { threads: Some(1), ..Options::default() }).run(&mut window);
    let seconds = steps as f64 * plan.dt * 1e-3;
    let rate = |trains: &[Train]| trains.iter().map(|t| t.spikes).sum::<u64>() as f64 / trains.len() as f64 / seconds;
    let of = |p: &bouton::plan::Population| rate(&window.trains[p.first as usize..(p.first + p.size) as usize]);
    Done {
        rate: rate(&window.trains),
        rates: plan.populations.iter().map(of).collect(),
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

#[test]
fn scratch_coba() {
    for seed in ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"] {
        let d = run("vogels_abbott", &[("run.seed", seed), ("run.duration", "3 s")], 500.0);
        println!("coba seed {seed}: {} {:?} cv {}", d.rate, d.rates, d.cv);
    }
}
#[test]
fn scratch_cuba() {
    for seed in ["1", "2", "3"] {
        let d = run("cuba", &[("run.seed", seed), ("run.duration", "3 s")], 500.0);
        println!("cuba seed {seed}: {} {:?} cv {}", d.rate, d.rates, d.cv);
    }
}
#[test]
fn scratch_cobahh() {
    for seed in ["1", "2", "3", "4", "5", "6", "7", "8"] {
        let d = run("cobahh", &[("run.seed", seed), ("run.duration", "1.5 s")], 500.0);
        println!("cobahh seed {seed}: {} {:?} cv {}", d.rate, d.rates, d.cv);
    }
}
#[test]
fn scratch_brunel() {
    for (g, eta, t, from) in [("5", "2", "600 ms", 200.0), ("6", "4", "600 ms", 200.0), ("4.5", "0.9", "1.2 s", 200.0), ("3", "2", "300 ms", 100.0)] {
        let d = run("brunel", &[("g", g), ("eta", eta), ("run.duration", t)], from);
        println!("brunel {g} {eta}: {} {:?} cv {} peaks {:?} {:?}", d.rate, d.rates, d.cv, d.peak(10.0, 60.0, 5.0), d.peak(60.0, 400.0, 10.0));
    }
}
#[test]
fn scratch_nmda() {
    for neuron in ["lif", "hh_traub_miles"] {
        for seed in ["1", "2"] {
            let d = run("ei_nmda", &[("neuron", neuron), ("run.seed", seed), ("run.duration", "1 s")], 300.0);
            println!("nmda {neuron} seed {seed}: {} {:?} cv {}", d.rate, d.rates, d.cv);
        }
    }
}
