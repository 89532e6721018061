//! The engine against the obvious simulator: small random networks of every receptor kind, spike for spike.

mod common;
#[path = "reference/mod.rs"]
mod naive;

use bouton::plan::Plan;
use naive::{
    Edge, Lif, Network,
    receptor::{AMPA, GABA_A, GABA_B, NMDA, Receptor},
};

const N_E: usize = 40;
const N_I: usize = 10;
const STEPS: u64 = 4000;
const LIF: Lif = Lif { c_m: 200.0, g_l: 10.0, e_l: -60.0, v_th: -50.0, v_reset: -60.0, t_ref: 5.0, i_e: 60.0 };

/// A receptor as the network file has it and as the obvious simulator has it, and a mean weight with its unit.
struct Side {
    text: &'static str,
    naive: Receptor,
    weight: f64,
    unit: &'static str,
}

/// One rule for each of the five networks of a kind.
const RULES: [&str; 5] = [
    "{ fixed_probability = 0.2 }",
    "{ fixed_in_degree = 8 }",
    "{ fixed_out_degree = 8 }",
    "{ fixed_total_number = 350 }",
    "\"all_to_all\"",
];

/// Network number `number`: excitatory and inhibitory neurons, Poisson input, spread weights, delays, currents and initial values.
fn text(number: usize, exc: &Side, inh: &Side) -> String {
    let rule = RULES[number];
    // All-to-all gives four times the synapses.
    let share = if rule.contains("all_to_all") { 0.2 } else { 1.0 };
    let spread = |side: &Side, factor: f64| {
        let (mean, half, unit) = (side.weight * factor, 0.5 * (side.weight * factor).abs(), side.unit);
        format!("\"uniform({}{unit}, {}{unit})\"", mean - half, mean + half)
    };
    let population = |name: &str, size: usize| {
        format!(
            "[populations.{name}]\nmodel = \"lif\"\nsize = {size}\nparameters.I_e = \"60 pA + 1 pA*i\"\n\
             receptors.exc = {{ {} }}\nreceptors.inh = {{ {} }}\ninitial.v = \"uniform(-65 mV, -50 mV)\"\n",
            exc.text, inh.text
        )
    };
    let projection = |from: &str, rule: &str, receptor: &str, weight: String| {
        format!(
            "[[projections]]\nfrom = \"{from}\"\nto = [\"E\", \"I\"]\nrule = {rule}\nreceptor = \"{receptor}\"\n\
             weight = {weight}\ndelay = \"uniform(0.1 ms, 4 ms)\"\n"
        )
    };
    let traces = |name: &str| {
        format!("[[record.traces]]\npopulation = \"{name}\"\nvariables = [\"v\"]\ninterval = \"0.1 ms\"\n")
    };
    [
        "title = \"random\"\n".to_owned(),
        population("E", N_E),
        population("I", N_I),
        "[populations.X]\nmodel = \"poisson\"\nsize = 25\nparameters.rate = \"40 Hz\"\n".into(),
        projection("E", rule, "exc", spread(exc, share)),
        projection("I", rule, "inh", spread(inh, share)),
        projection("X", "{ fixed_in_degree = 6 }", "exc", spread(exc, 2.0)),
        traces("E"),
        traces("I"),
        format!("[run]\nduration = \"{} ms\"\ndt = \"0.1 ms\"\nseed = {}\n", STEPS as f64 * 0.1, number + 1),
    ]
    .concat()
}

/// The same network for the obvious simulator; what the engine drew, the obvious simulator is given.
fn naive(plan: &Plan, initial: Vec<f64>, receptors: Vec<Receptor>, outside: Vec<(u64, usize)>) -> Network {
    let neurons = (0..N_E).chain(0..N_I).map(|i| Lif { i_e: LIF.i_e + i as f64, ..LIF }).collect();
    let mut edges = Vec::new();
    for projection in &plan.projections {
        let wiring = &projection.wiring;
        wiring.edges(0..wiring.to.size, |edge| {
            edges.push(Edge {
                source: (wiring.from.first_gid + edge.source) as usize,
                target: (wiring.to.first_gid + edge.target) as usize,
                receptor: wiring.receptor,
                // Weights that differ within a row are kept in 32 bits.
                weight: f64::from(edge.weight as f32),
                delay: edge.delay.into(),
            });
        });
    }
    Network { dt: plan.dt, neurons, initial, receptors, edges, outside }
}

/// Five networks of a kind: equal spikes, v within 1e-9 mV at every step of every neuron.
fn same(exc: Side, inh: Side) {
    for (number, rule) in RULES.iter().enumerate() {
        let plan = common::plan(&text(number, &exc, &inh));
        let seen = common::run(&plan);
        let v = |step: usize| seen.traces.iter().flat_map(move |t| t[step].1.iter().copied());
        let all = seen.spikes.iter().map(|&(step, id)| (step, id as usize));
        let (own, outside): (Vec<_>, Vec<_>) = all.partition(|s| s.1 < N_E + N_I);
        let expected = naive(&plan, v(0).collect(), vec![exc.naive, inh.naive], outside).run(STEPS);

        let label = format!("{} and {}, {rule}", exc.text, inh.text);
        let inhibitory = own.iter().filter(|s| s.1 >= N_E).count();
        assert!(own.len() > 100 && inhibitory > 20, "{label}: only {} spikes, {inhibitory} inhibitory", own.len());
        assert!(own.len() < 15 * STEPS as usize / 10, "{label}: {} spikes, at the limit of refractoriness", own.len());
        if let Some(k) = (0..own.len().max(expected.spikes.len())).find(|&k| own.get(k) != expected.spikes.get(k)) {
            panic!("{label}: spike {k} is {:?} but should be {:?}", own.get(k), expected.spikes.get(k));
        }
        for step in 0..=STEPS as usize {
            for (id, (v, e)) in v(step).zip(&expected.v[step]).enumerate() {
                assert!((v - e).abs() < 1e-9, "{label}: neuron {id}, step {step}: {v} but should be {e}");
            }
        }
    }
}

fn side(text: &'static str, naive: Receptor, weight: f64, unit: &'static str) -> Side {
    Side { text, naive, weight, unit }
}

/// Fast excitation and inhibition for the kinds that are only one of both.
fn excitation() -> Side {
    side("model = 'ampa'", AMPA, 6.0, " nS")
}
fn inhibition() -> Side {
    side(
        "model = 'cond_exp', tau = '10 ms', E_rev = '-80 mV'",
        Receptor::CondExp { tau: 10.0, e_rev: -80.0 },
        15.0,
        " nS",
    )
}

#[test]
fn delta() {
    let delta = |w| side("model = 'delta'", Receptor::Delta, w, " mV");
    same(delta(1.0), delta(-2.0));
}

#[test]
fn curr_exp() {
    let exc = side("model = 'curr_exp', tau = '5 ms'", Receptor::CurrExp { tau: 5.0 }, 40.0, " pA");
    same(exc, side("model = 'curr_exp', tau = '10 ms'", Receptor::CurrExp { tau: 10.0 }, -60.0, " pA"));
}

#[test]
fn curr_alpha() {
    let exc = side("model = 'curr_alpha', tau = '1.5 ms'", Receptor::CurrAlpha { tau: 1.5 }, 40.0, " pA");
    // With the time constant of the membrane, where the textbook formula is 0/0.
    same(exc, side("model = 'curr_alpha', tau = '20 ms'", Receptor::CurrAlpha { tau: 20.0 }, -20.0, " pA"));
}

#[test]
fn cond_exp() {
    let exc = Receptor::CondExp { tau: 5.0, e_rev: 0.0 };
    same(side("model = 'cond_exp', tau = '5 ms', E_rev = '0 mV'", exc, 4.0, " nS"), inhibition());
}

#[test]
fn cond_alpha() {
    let exc = Receptor::CondAlpha { tau: 2.0, e_rev: 0.0 };
    let inh = Receptor::CondAlpha { tau: 4.0, e_rev: -80.0 };
    same(
        side("model = 'cond_alpha', tau = '2 ms', E_rev = '0 mV'", exc, 3.0, " nS"),
        side("model = 'cond_alpha', tau = '4 ms', E_rev = '-80 mV'", inh, 10.0, " nS"),
    );
}

#[test]
fn cond_biexp() {
    let exc = Receptor::CondBiexp { tau_rise: 0.5, tau_decay: 5.0, e_rev: 0.0 };
    let inh = Receptor::CondBiexp { tau_rise: 2.0, tau_decay: 10.0, e_rev: -80.0 };
    same(
        side("model = 'cond_biexp', tau_rise = '0.5 ms', tau_decay = '5 ms', E_rev = '0 mV'", exc, 3.0, " nS"),
        side("model = 'cond_biexp', tau_rise = '2 ms', tau_decay = '10 ms', E_rev = '-80 mV'", inh, 10.0, " nS"),
    );
}

#[test]
fn ampa() {
    same(excitation(), inhibition());
}

#[test]
fn nmda() {
    same(side("model = 'nmda'", NMDA, 0.8, " nS"), inhibition());
}

#[test]
fn gaba_a() {
    same(excitation(), side("model = 'gaba_a'", GABA_A, 20.0, " nS"));
}

#[test]
fn gaba_b() {
    let inh = Receptor::GabaB { g_max: 20.0, e_rev: -95.0 };
    assert!(matches!(GABA_B, Receptor::GabaB { e_rev: -95.0, .. }), "published default");
    same(excitation(), side("model = 'gaba_b', g_max = '20 nS'", inh, 0.5, ""));
}
