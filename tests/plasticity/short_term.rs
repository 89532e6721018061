//! Short-term plasticity: what the target sees of each spike, alone and on top of a rule that learns.

use super::{
    common,
    naive::Pairing,
    network::Network,
    rules::{Additive, Both, ShortTerm},
    trains::{Random, STEPS},
    watch::{Watch, watch},
};

/// Targets without leak or threshold, 1 mV a spike at full strength: their potential adds up what arrives. Delays are 0.3 ms and, from
/// the second source on, 1 ms more for each target.
fn run(plasticity: &str, spikes: &[Vec<f64>], precision: &str) -> Watch {
    let of_one = |(id, train): (usize, &Vec<f64>)| -> String {
        train.iter().map(|ms| format!("[{id}, \"{ms:.1} ms\"], ")).collect()
    };
    let list: String = spikes.iter().enumerate().map(of_one).collect();
    watch(&common::plan(&format!(
        "[populations.pre]\nmodel = \"spike_list\"\nsize = {}\nspikes = [{list}]\n\
         [populations.post]\nmodel = \"lif\"\nsize = 3\nreceptors.syn = \"delta\"\n\
         parameters = {{ g_L = \"0 nS\", E_L = \"0 mV\", V_th = \"1e9 mV\" }}\n\
         [[projections]]\nfrom = \"pre\"\nto = \"post\"\nrule = \"all_to_all\"\nreceptor = \"syn\"\nweight = \"1 mV\"\n\
         delay = \"0.3 ms + where(j > 0, i*1 ms, 0 ms)\"\nplasticity = {plasticity}\n\
         [[record.traces]]\npopulation = \"post\"\nvariables = [\"v\"]\n\
         [run]\nduration = \"1.2 s\"\ndt = \"0.1 ms\"\nseed = 1\nprecision = \"{precision}\"\n",
        spikes.len()
    )))
}

/// By how much the potential of a target has risen at a step.
fn rise(seen: &Watch, target: usize, step: usize) -> f64 {
    let v = |step: usize| seen.traces[0][step].1[target];
    v(step) - v(step - 1)
}

#[test]
fn a_regular_train_depresses_as_published() {
    let spikes = vec![(0..20).map(|k| 10.0 + 50.0 * f64::from(k)).collect()];
    for (plasticity, precision, tolerance) in
        [("\"tsodyks_markram\"", "f64", 1e-6), ("[\"tsodyks_markram\"]", "f32", 2e-6)]
    {
        let seen = run(plasticity, &spikes, precision);
        for (k, expected) in [0.5, 0.265147, 0.154835, 0.103020].into_iter().enumerate() {
            for target in 0..3 {
                let own = rise(&seen, target, 103 + 500 * k);
                assert!((own - expected).abs() < tolerance, "spike {k}, target {target}: {own} mV for {expected}");
            }
        }
        // In the steady state the resources before a spike are 0.114252, and half of them are used.
        let last = rise(&seen, 0, 103 + 500 * 19);
        assert!((last - 0.114252 / 2.0).abs() < 1e-5, "{last}");
        let rises = (1..=STEPS as usize).filter(|&step| rise(&seen, 0, step) != 0.0).count();
        assert_eq!(rises, 20, "something arrives that was not sent");
    }
}

#[test]
fn random_trains_follow_the_differential_equations() {
    let mut random = Random(7);
    let mut train =
        |p: f64| -> Vec<f64> { (1..11_000).filter(|_| random.unit() < p).map(|s| f64::from(s) * 0.1).collect() };
    // 20 Hz, 100 Hz and no spike at all.
    let spikes = vec![train(0.002), train(0.01), vec![]];
    for (parameters, share, tau_rec, tau_fac) in [
        ("", 0.5, 800.0, 0.0),
        (", U = 0.03, tau_rec = \"130 ms\", tau_fac = \"530 ms\"", 0.03, 130.0, 530.0),
        (", U = 0.04, tau_rec = \"100 ms\", tau_fac = \"1 s\"", 0.04, 100.0, 1000.0),
        (", U = 1, tau_fac = \"20 ms\"", 1.0, 800.0, 20.0),
    ] {
        let seen = run(&format!("{{ rule = \"tsodyks_markram\"{parameters} }}"), &spikes, "f64");
        for target in 0..3 {
            let mut expected = vec![0.0; STEPS as usize + 1];
            for (source, train) in spikes.iter().enumerate() {
                let delay = 3 + if source > 0 { 10 * target } else { 0 };
                let mut synapse = ShortTerm::new(share, tau_rec, tau_fac);
                let mut before = 0.0;
                for &ms in train {
                    expected[(ms * 10.0).round() as usize + delay] += synapse.spike(ms - before);
                    before = ms;
                }
            }
            for (step, expected) in expected.into_iter().enumerate().skip(1) {
                // The potential has grown to some 10 mV, of which its differences are the rounded rest.
                let own = rise(&seen, target, step);
                assert!(
                    (own - expected).abs() < 1e-13,
                    "{parameters}, target {target}, step {step}: {own} for {expected}"
                );
            }
        }
    }
}

#[test]
fn on_top_of_a_rule_that_learns() {
    let rules = "[{ rule = \"stdp_additive\", w_max = \"2 pA\" }, \"tsodyks_markram\"]";
    let naive = || Both(Additive { w_max: 2.0 }, ShortTerm::new(0.5, 800.0, 0.0));
    for dendritic in [0.0, 1.0, 0.4] {
        Network::new(rules, Pairing::AllToAll, dendritic).same(1e-12, || Box::new(naive()));
    }
}

/// Learning stops, transmission does not.
#[test]
fn goes_on_where_learning_is_off() {
    let rules = "[\"tsodyks_markram\", { rule = \"stdp_additive\", w_max = \"2 pA\" }]";
    let mut network = Network::new(rules, Pairing::AllToAll, 0.0);
    network.run = format!("[[run.phases]]\nduration = \"{} ms\"\nplasticity = false\n", STEPS / 10);
    network.same(1e-12, || Box::new(ShortTerm::new(0.5, 800.0, 0.0)));
}
