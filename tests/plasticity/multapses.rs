//! Multapses that cannot differ are kept once: nobody sees that but by time and memory.

use bouton::{
    engine::{Options, Simulation},
    lang::sampler::Sampler,
    plan::Plan,
};

use super::{
    common,
    watch::{Watch, watch_with},
};

/// Neurons that listen to Poisson sources, each of which has some of its synapses twice and more, in short rows or long ones; everything that
/// can be recorded of them, and a phase without learning.
fn network(neurons: u32, in_degree: u32, delay: &str, plasticity: &str) -> Plan {
    let record = |which: &str| {
        format!("[[record.synapses]]\nprojection = \"X->E\"\nvariables = [\"w\"]\ninterval = \"50 ms\"\n{which}\n")
    };
    let phase = |learns: bool| format!("[[run.phases]]\nduration = \"100 ms\"\nplasticity = {learns}\n");
    common::plan(
        &[
            "[populations.X]\nmodel = \"poisson\"\nsize = 20\nparameters.rate = \"40 Hz\"\n".to_string(),
            format!("[populations.E]\nmodel = \"lif\"\nsize = {neurons}\nreceptors.exc = \"cond_exp\"\n"),
            format!(
                "[[projections]]\nfrom = \"X\"\nto = \"E\"\nrule = {{ fixed_in_degree = {in_degree} }}\nreceptor = \"exc\"\n\
                 weight = \"{} nS\"\ndelay = \"{delay}\"\ndendritic = 0.5\nplasticity = {plasticity}\n",
                60.0 / f64::from(in_degree)
            ),
            record("histogram = 40"),
            record("pairs = [[3, 1], [19, 7]]"),
            record("samples = 20"),
            record(""),
            "[run]\ndt = \"0.1 ms\"\nseed = 4\n".into(),
            phase(true),
            phase(false),
            phase(true),
        ]
        .concat(),
    )
}

/// The same network, whose weights are drawn, from a single value.
fn drawn(mut plan: Plan) -> Plan {
    let weight = &mut plan.projections[0].wiring.weight;
    let w = weight.constant().expect("one weight");
    *weight = Sampler::Uniform { low: w, high: w };
    plan
}

fn seen(plan: &Plan, threads: usize) -> Watch {
    watch_with(plan, Options { threads: Some(threads), ..Options::default() })
}

/// Bytes of the synapses, what is told of the weights, and all weights, at the end.
fn end(plan: &Plan) -> (f64, String, Vec<u64>) {
    let mut simulation = Simulation::build(plan, Options { threads: Some(1), ..Options::default() });
    let synapses = simulation.synapses();
    let done = simulation.run(&mut common::Seen::default());
    let stats = format!("{synapses} synapses, {} events, {:?}", done.events, simulation.weight_stats(0));
    let weights = simulation.weights(0, &plan.projections[0].wiring);
    (simulation.synapse_bytes() as f64, stats, weights.iter().map(|w| w.to_bits()).collect())
}

const RELEASED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/plasticity/released.toml");
const ADDITIVE: &str = "{ rule = \"stdp_additive\", w_max = \"20 nS\" }";

#[test]
fn synapses_kept_once_learn_and_tell_what_all_of_them_would() {
    let short_term = format!("[{ADDITIVE}, \"tsodyks_markram\"]");
    let alike = format!("[{ADDITIVE}, {{ rule = \"{RELEASED}\", g = \"1.5 nS\" }}]");
    for (neurons, in_degree) in [(40, 60), (400, 30), (300, 1500)] {
        for (delay, plasticity) in
            [("1.5 ms", ADDITIVE), ("uniform(1 ms, 1.4 ms)", ADDITIVE), ("1.5 ms", &short_term), ("1.5 ms", &alike)]
        {
            let label = format!("{neurons} neurons, {in_degree} inputs, {delay}, {plasticity}");
            let [once, all] = [(); 2].map(|()| network(neurons, in_degree, delay, plasticity));
            let all = drawn(all);
            let expected = seen(&all, 1);
            assert!(expected.spikes.iter().any(|spike| spike.1 >= 20), "{label}: nobody spikes");
            for threads in [1, 2, 3] {
                let seen = seen(&once, threads);
                assert!(seen.spikes == expected.spikes, "{label}, {threads} threads: other spikes");
                assert!(seen.synapses == expected.synapses, "{label}, {threads} threads: other values");
            }
            let ((less, stats, weights), (bytes, told, others)) = (end(&once), end(&all));
            assert_eq!(stats, told, "{label}");
            assert!(weights == others, "{label}: other weights");
            assert!(weights.iter().any(|w| *w != weights[0]), "{label}: nothing is learnt");
            assert!(less < bytes, "{label}: {less} bytes, {bytes} with all of them");
        }
    }
}

#[test]
fn memory_of_synapses_kept_once_is_told() {
    for (neurons, in_degree, delay) in
        [(2000, 20, "1.5 ms"), (2000, 20, "uniform(1 ms, 1.4 ms)"), (2000, 3, "1 ms"), (900, 200, "1 ms")]
    {
        let plan = network(neurons, in_degree, delay, ADDITIVE);
        let taken = Simulation::build(&plan, Options::default()).synapse_bytes() as f64;
        let told = plan.memory.synapses;
        assert!((told / taken - 1.0).abs() < 0.1, "{in_degree} inputs, {delay}: {told} bytes told, {taken} taken");
    }
}

/// Vesicles are drawn for each synapse; of few synapses few are multapses.
#[test]
fn what_differs_and_what_is_rare_is_not_kept_once() {
    let quantal = format!("[{ADDITIVE}, {{ rule = \"quantal_release\", n = 5, p = 0.4 }}]");
    for (in_degree, delay, plasticity) in [(60, "1.5 ms", quantal.as_str()), (5, "uniform(1 ms, 2 ms)", ADDITIVE)] {
        let [once, all] = [(); 2].map(|()| network(400, in_degree, delay, plasticity));
        assert_eq!(end(&once), end(&drawn(all)), "{plasticity}");
    }
}
