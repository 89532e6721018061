//! What synapses transmit, spike by spike, against NEST 3.10: one synapse between two neurons with prescribed spikes, the whole
//! delay on the dendrite. The data and the order of spikes that meet are told in tests/golden/make_plasticity.py.

use std::collections::{BTreeMap, BTreeSet};

use toml::Table;

use super::{common, golden};

/// Time step in ms.
const DT: f64 = 0.1;
/// Time constant in ms of the receptor in which what arrives is seen: short, so that little is left of earlier spikes.
const TAU: f64 = 1.0;
const TWO_EXPONENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/plasticity/two_exponents.toml");

/// The case's rule in our names. Time constants in ms; weights without unit in NEST are in pA here.
fn plasticity(case: &str, rule: &Table) -> String {
    let p = |name: &str| rule[name].as_float().unwrap_or_else(|| panic!("{case}: {name} is no number"));
    let ms = |names: &[&str]| -> String { names.iter().map(|n| format!(", {n} = \"{} ms\"", p(n))).collect() };
    let same = |names: &[&str]| -> String { names.iter().map(|n| format!(", {n} = {}", p(n))).collect() };
    let w_max = || format!(", w_max = \"{} pA\"", p("w_max"));
    let pair = if rule.contains_key("tau_plus") { ms(&["tau_plus", "tau_minus"]) } else { String::new() };
    let learning_rate = || format!(", lambda = {}, alpha = {}", p("A_plus"), p("A_minus") / p("A_plus"));
    let own = match case {
        "additive" | "additive_bounds" => format!("stdp_additive\"{}{}", w_max(), same(&["A_plus", "A_minus"])),
        "multiplicative" => format!("stdp_multiplicative\"{}{}", w_max(), learning_rate()),
        "nearest" => format!("stdp_multiplicative\", pairing = \"nearest\"{}{}", w_max(), learning_rate()),
        "guetig" => format!("stdp_guetig\"{}{}, mu = {}", w_max(), learning_rate(), p("mu_plus")),
        // No shipped rule has two exponents: a user's own file has.
        "mixed" => {
            format!("{TWO_EXPONENTS}\"{}{}", w_max(), same(&["A_plus", "A_minus", "mu_plus", "mu_minus"]))
        }
        "power" | "power_steep" => {
            format!("stdp_power_law\", w_0 = \"{} pA\"{}", p("w_0"), same(&["lambda", "alpha", "mu"]))
        }
        "triplet_visual" | "triplet_hippocampal" | "triplet_bounds" => {
            let amplitudes = same(&["A2_plus", "A3_plus", "A2_minus", "A3_minus"]);
            format!("stdp_triplet\", w_0 = \"1 pA\"{}{amplitudes}{}", w_max(), ms(&["tau_x", "tau_y"]))
        }
        // Here alpha is 2*rho_0*tau, and eta counts in units of w_max.
        "inhibitory" | "inhibitory_fast" => {
            let (eta, rho_0) = (p("eta") / p("w_max"), 1e3 * p("alpha") / (2.0 * p("tau")));
            format!("stdp_inhibitory\"{}, eta = {eta}, rho_0 = \"{rho_0} Hz\"{}", w_max(), ms(&["tau"]))
        }
        "depressing" | "facilitating" | "both" => {
            format!("tsodyks_markram\"{}{}", same(&["U"]), ms(&["tau_rec", "tau_fac"]))
        }
        other => panic!("{other}: a case that nobody has mapped"),
    };
    format!("{{ rule = \"{own}{pair} }}")
}

/// What the synapse transmits at each presynaptic spike. The neuron behind it spikes exactly when told, see
/// [`super::network::Network::text`].
fn transmitted(case: &str, table: &Table, [pre, post]: [&[u64]; 2]) -> Vec<f64> {
    let times = |steps: &[u64], earlier: u64| -> String {
        steps.iter().map(|step| format!("\"{:.1} ms\", ", (step - earlier) as f64 * DT)).collect()
    };
    let list = |name: &str, times: String| {
        format!("[populations.{name}]\nmodel = \"spike_list\"\nsize = 1\ntimes = [{times}]\n")
    };
    let delay = table["delay"].as_integer().expect("steps") as u64;
    let end = pre.iter().chain(post).max().expect("spikes") + delay;
    let plan = common::plan(&format!(
        "{}{}[populations.post]\nmodel = \"lif\"\nsize = 1\n\
         parameters = {{ C_m = \"1e6 F\", g_L = \"0 nS\", t_ref = \"0 ms\" }}\n\
         receptors = {{ drive = \"delta\", plastic = {{ model = \"curr_exp\", tau = \"{TAU} ms\" }} }}\n\
         [[projections]]\nfrom = \"driver\"\nto = \"post\"\nrule = \"one_to_one\"\nreceptor = \"drive\"\n\
         weight = \"100 mV\"\ndelay = \"0.1 ms\"\n\
         [[projections]]\nfrom = \"pre\"\nto = \"post\"\nrule = \"one_to_one\"\nreceptor = \"plastic\"\n\
         weight = \"{} pA\"\ndelay = \"{:.1} ms\"\ndendritic = 1\nplasticity = {}\n\
         [[record.traces]]\npopulation = \"post\"\nvariables = [\"plastic.I\"]\n\
         [run]\nduration = \"{:.1} ms\"\ndt = \"{DT} ms\"\n",
        list("pre", times(pre, 0)),
        list("driver", times(post, 1)),
        table["weight"].as_float().expect("a weight"),
        delay as f64 * DT,
        plasticity(case, table["rule"].as_table().expect("parameters")),
        end as f64 * DT,
    ));
    let seen = common::run(&plan);
    let neuron = plan.populations.iter().find(|p| p.name == "post").expect("the target").first;
    assert_eq!(seen.of(neuron), post, "{case}: the target does not spike as prescribed");
    let current = |step: u64| {
        let (stamp, values) = &seen.traces[0][step as usize];
        assert_eq!(*stamp, step, "{case}: recorded at every step");
        values[0]
    };
    pre.iter().map(|s| s + delay).map(|s| current(s) - current(s - 1) * (-DT / TAU).exp()).collect()
}

/// Greatest difference over greatest weight: next to a bound nothing else of a small weight is left.
fn error(own: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(own.len(), expected.len());
    let worst = own
        .iter()
        .zip(expected)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, |w: f64, d| if d > w || d.is_nan() { d } else { w });
    worst / expected.iter().fold(0.0, |w: f64, &e| w.max(e))
}

/// The cases, the table of what NEST transmits, and the steps of both neurons' spikes.
struct Golden {
    cases: Table,
    columns: BTreeMap<String, Vec<f64>>,
    pre: Vec<u64>,
    post: Vec<u64>,
}

impl Golden {
    fn read(set: &str) -> Self {
        let text = std::fs::read_to_string(golden::path("plasticity.toml")).expect("the cases");
        let mut columns = golden::columns(&format!("plasticity_{set}.csv"));
        let mut post = golden::columns(&format!("plasticity_{set}_post.csv"));
        let steps = |of: &mut BTreeMap<String, Vec<f64>>, name: &str| -> Vec<u64> {
            of.remove(name).expect("steps of spikes").iter().map(|&step| step as u64).collect()
        };
        let (pre, post) = (steps(&mut columns, "pre_step"), steps(&mut post, "post_step"));
        assert!(pre.len() > 400 && post.len() > 400);
        Self { cases: text.parse().expect("TOML"), columns, pre, post }
    }

    fn transmitted(&self, case: &str) -> Vec<f64> {
        transmitted(case, self.cases[case].as_table().expect("a case"), [&self.pre, &self.post])
    }
}

#[test]
fn synapses_transmit_what_nest_transmits() {
    let golden = Golden::read("apart");
    assert!(golden.columns.keys().eq(golden.cases.keys().collect::<BTreeSet<_>>()), "every case");
    for (case, expected) in &golden.columns {
        let error = error(&golden.transmitted(case), expected);
        assert!(error < 1e-10, "{case}: differs by {error:e} of the greatest weight");
    }
}

/// Where spikes of both sides meet at a synapse, NEST changes the weight for the postsynaptic one first, and what it transmits has its
/// share; ours has not. The same equations in our order give the columns NAME:ours.
#[test]
fn spikes_that_meet_are_seen_in_our_order() {
    let golden = Golden::read("meeting");
    let ours = golden.columns.iter().filter_map(|(name, column)| Some((name.strip_suffix(":ours")?, column)));
    for (case, expected) in ours {
        let own = golden.transmitted(case);
        let (error, beside) = (error(&own, expected), error(&own, &golden.columns[case]));
        assert!(error < 1e-10, "{case}: differs by {error:e} of the greatest weight");
        assert!(beside > 1e-4, "{case}: differs from NEST by {beside:e} alone: do no spikes meet?");
    }
}
