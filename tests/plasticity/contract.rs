//! What holds for every rule: phases without learning, any number of threads, single precision, recording.

use bouton::{
    engine::{Options, Simulation, WeightStats},
    kernel::Isa,
};

use super::{
    common,
    naive::{Pairing, Rule},
    network::Network,
    rules::{Additive, Multiplicative},
    watch::{Watch, watch, watch_with},
};

/// A recurrent network that learns on both its excitatory and inhibitory synapses.
fn recurrent(precision: &str, recorded: &str, run: &str) -> String {
    let population = |name: &str, size: u32| {
        format!(
            "[populations.{name}]\nmodel = \"lif\"\nsize = {size}\ninitial.v = \"uniform(-65 mV, -50 mV)\"\n\
             receptors = {{ exc = \"cond_exp\", inh = {{ model = \"cond_exp\", tau = \"10 ms\", E_rev = \"-80 mV\" }} }}\n"
        )
    };
    let projection = |from: &str, to: &str, receptor: &str, weight: &str, plasticity: &str| {
        format!(
            "[[projections]]\nfrom = \"{from}\"\nto = \"{to}\"\nrule = {{ fixed_in_degree = 15 }}\nreceptor = \"{receptor}\"\n\
             weight = \"{weight}\"\ndelay = \"uniform(0.4 ms, 4 ms)\"\n{plasticity}"
        )
    };
    let stdp = "dendritic = 0.5\nplasticity = [{ rule = \"stdp_additive\", w_max = \"4 nS\" }, \"tsodyks_markram\"]\n";
    let inhibitory = "dendritic = 1\nplasticity = { rule = \"stdp_inhibitory\", w_max = \"20 nS\", eta = 0.01 }\n";
    let record = |pair: &str| format!("[[record.synapses]]\nprojection = \"{pair}\"\nvariables = [\"w\"]\n{recorded}");
    [
        population("E", 160),
        population("I", 40),
        "[populations.X]\nmodel = \"poisson\"\nsize = 60\nparameters.rate = \"60 Hz\"\n".into(),
        projection("X", "E", "exc", "3 nS", ""),
        projection("X", "I", "exc", "1.2 nS", ""),
        projection("E", "E", "exc", "uniform(0 nS, 4 nS)", stdp),
        projection("E", "I", "exc", "0.8 nS", ""),
        projection("I", "E", "inh", "uniform(1 nS, 5 nS)", inhibitory),
        record("E->E"),
        record("I->E"),
        format!("[run]\ndt = \"0.1 ms\"\nseed = 4\nprecision = \"{precision}\"\n{run}"),
    ]
    .concat()
}

const END: &str = "times = [\"200 ms\"]\n";
const LENGTH: &str = "duration = \"200 ms\"\n";

/// All bits of the weights at a step, in the order in which they are told.
fn bits(seen: &Watch, step: u64) -> Vec<Vec<u64>> {
    seen.synapses.iter().map(|s| s.at(step).iter().map(|w| w.to_bits()).collect()).collect()
}

#[test]
fn any_threads_and_blocks_learn_the_same_weights() {
    for precision in ["f64", "f32"] {
        let plan = common::plan(&recurrent(precision, END, LENGTH));
        let run = |threads, blocks| watch_with(&plan, Options { threads: Some(threads), blocks, ..Options::default() });
        let reference = run(1, None);
        assert!(reference.spikes.len() > 1000, "{} spikes show nothing", reference.spikes.len());
        for (threads, blocks) in [(2, None), (3, None), (8, None), (2, Some(5)), (1, Some(13))] {
            let other = run(threads, blocks);
            let label = format!("{precision}, {threads} threads, {blocks:?} blocks");
            assert!(other.spikes == reference.spikes, "{label}: other spikes");
            for (own, expected) in other.synapses.iter().zip(&reference.synapses) {
                assert!((&own.sources, &own.targets) == (&expected.sources, &expected.targets), "{label}: other order");
            }
            assert!(bits(&other, 2000) == bits(&reference, 2000), "{label}: other weights");
        }
    }
}

/// Neurons of 200 to 800 Hz: more spikes wait for a synapse than are kept, at other times in each block.
#[test]
fn blocks_that_bring_synapses_up_to_date_together_learn_the_same_weights() {
    let network = |recorded: &str| {
        common::plan(&format!(
            "[populations.E]\nmodel = \"lif\"\nsize = 60\nreceptors.exc = \"cond_exp\"\n\
             parameters = {{ t_ref = \"1 ms\", I_e = \"uniform(0.2 nA, 10 nA)\" }}\n\
             [[projections]]\nfrom = \"E\"\nto = \"E\"\nrule = {{ fixed_in_degree = 15 }}\nreceptor = \"exc\"\n\
             weight = \"uniform(0 nS, 0.1 nS)\"\ndelay = \"uniform(0.4 ms, 4 ms)\"\ndendritic = 0.5\n\
             plasticity = {{ rule = \"stdp_additive\", w_max = \"0.1 nS\" }}\n\
             [[record.synapses]]\nprojection = \"E->E\"\nvariables = [\"w\"]\n{recorded}\
             [run]\nduration = \"400 ms\"\ndt = \"0.1 ms\"\nseed = 4\n"
        ))
    };
    let often = watch(&network("interval = \"2 ms\"\n"));
    let spikes = |id: u32| often.spikes.iter().filter(|s| s.1 == id).count();
    let (least, most) = ((0..60).map(spikes).min().expect("60"), (0..60).map(spikes).max().expect("60"));
    assert!(least < 100 && most > 300, "{least} to {most} spikes show nothing");
    let plan = network("times = [\"400 ms\"]\n");
    for (threads, blocks) in [(1, None), (2, None), (3, None), (1, Some(2))] {
        let seen = watch_with(&plan, Options { threads: Some(threads), blocks, ..Options::default() });
        assert!(seen.spikes == often.spikes, "{threads} threads, {blocks:?} blocks: other spikes");
        assert!(bits(&seen, 4000) == bits(&often, 4000), "{threads} threads, {blocks:?} blocks: other weights");
    }
}

/// Dense rows of neurons that spike about once a second, of which some are visited every half second, and some less often than every 2^16
/// steps.
fn rarely_visited(precision: &str) -> String {
    let often: String = (1..400).map(|k| format!("[0, \"{} ms\"], ", 500 * k)).collect();
    format!(
        "[populations.P]\nmodel = \"spike_list\"\nsize = 3\n\
         spikes = [{often}[1, \"9 s\"], [2, \"80 s\"], [1, \"81 s\"], [1, \"190 s\"], [2, \"199 s\"]]\n\
         [populations.E]\nmodel = \"lif\"\nsize = 300\nreceptors.exc = \"cond_exp\"\n\
         parameters = {{ t_ref = \"uniform(700 ms, 3 s)\", I_e = \"0.5 nA\" }}\n\
         [[projections]]\nfrom = \"P\"\nto = \"E\"\nrule = \"all_to_all\"\nreceptor = \"exc\"\nweight = \"uniform(1 nS, 3 nS)\"\n\
         delay = \"1 ms\"\nplasticity = {{ rule = \"stdp_additive\", w_max = \"4 nS\", tau_plus = \"300 ms\" }}\n\
         [run]\nduration = \"200 s\"\ndt = \"1 ms\"\nseed = 4\nprecision = \"{precision}\"\n"
    )
}

/// Dense rows with several synapses a pair, sparse ones, and rows that wait for long.
#[test]
fn any_instructions_learn_the_same_weights() {
    for precision in ["f64", "f32"] {
        let set = [("scale", "0.03"), ("inputs", "0.1"), ("run.duration", "150 ms"), ("run.precision", precision)];
        let dense = common::plan_of("brunel_plastic", &set);
        let (sparse, rare) = (recurrent(precision, END, LENGTH), rarely_visited(precision));
        for (plan, learns) in [(dense, 0), (common::plan(&sparse), 2), (common::plan(&rare), 0)] {
            let run = |isa: Isa| {
                let options = Options { threads: Some(1), isa: Some(isa), ..Options::default() };
                let mut simulation = Simulation::build(&plan, options);
                let done = simulation.run(&mut common::Seen::default());
                (done.events, simulation.weight_stats(learns))
            };
            let all: Vec<_> = Isa::available().into_iter().map(run).collect();
            let (events, stats) = all[0];
            assert!(events > 50_000 && stats.sd > 1e-3 * stats.mean, "{events} events, {stats:?} show nothing");
            assert!(all.iter().all(|one| *one == all[0]), "{precision}: {all:?}");
        }
    }
}

#[test]
fn what_is_recorded_does_not_change_what_happens() {
    for precision in ["f64", "f32"] {
        let often = watch(&common::plan(&recurrent(precision, "interval = \"0.1 ms\"\n", LENGTH)));
        let once = watch(&common::plan(&recurrent(precision, END, LENGTH)));
        assert!(often.spikes == once.spikes, "{precision}: other spikes");
        assert!(bits(&often, 2000) == bits(&once, 2000), "{precision}: other weights");
    }
}

#[test]
fn weights_rest_in_phases_without_learning() {
    let phase = |plasticity: &str| format!("[[run.phases]]\nduration = \"50 ms\"\n{plasticity}");
    let run = [
        phase(""),
        phase("plasticity = false\n"),
        phase("plasticity = [\"I->E\"]\n"),
        phase("plasticity = []\n"),
        phase("plasticity = true\n"),
    ];
    let seen = watch(&common::plan(&recurrent("f64", "interval = \"10 ms\"\n", &run.concat())));
    let at = |ms: u64| bits(&seen, 10 * ms);
    assert!((0..2).all(|k| at(0)[k] != at(50)[k]), "both learn");
    for ms in [60, 70, 80, 90, 100] {
        assert!(at(ms) == at(50), "at {ms} ms, where nothing learns");
    }
    for ms in [110, 120, 130, 140, 150] {
        assert!(at(ms)[0] == at(50)[0], "at {ms} ms, where only I->E learns");
    }
    assert!(at(150)[1] != at(100)[1], "I->E learns alone");
    assert!([160, 170, 180, 190, 200].iter().all(|&ms| at(ms) == at(150)), "nothing learns again");
    assert!((0..2).all(|k| at(250)[k] != at(200)[k]), "both learn again");
}

#[test]
fn single_precision_agrees_to_its_digits() {
    let same = |rule: &str, naive: &dyn Fn() -> Box<dyn Rule>| {
        let plasticity = format!("{{ rule = \"{rule}\", w_max = \"2 pA\" }}");
        let mut network = Network::new(&plasticity, Pairing::AllToAll, 0.4);
        network.precision = "f32";
        network.same(1e-4, naive);
    };
    same("stdp_additive", &|| Box::new(Additive { w_max: 2.0 }));
    same("stdp_multiplicative", &|| Box::new(Multiplicative { w_max: 2.0 }));
}

#[test]
fn any_threads_tell_the_same_of_the_weights() {
    let drift = "rule = \"stdp_dopamine\", modulator = \"I\"";
    for (precision, inhibitory) in
        [("f64", "rule = \"stdp_inhibitory\""), ("f32", "rule = \"stdp_inhibitory\""), ("f64", drift)]
    {
        let text = recurrent(precision, END, LENGTH);
        let text = text.replace(
            "rule = \"stdp_inhibitory\", w_max = \"20 nS\", eta = 0.01",
            &format!("{inhibitory}, w_max = \"20 nS\""),
        );
        assert!(text.contains(inhibitory));
        let plan = common::plan(&text);
        let learning: Vec<usize> =
            (0..plan.projections.len()).filter(|&k| plan.projections[k].plasticity.is_some()).collect();
        let stats = |threads: usize| -> Vec<WeightStats> {
            let mut simulation = Simulation::build(&plan, Options { threads: Some(threads), ..Options::default() });
            simulation.run(&mut common::Seen::default());
            let told: Vec<_> = learning.iter().map(|&k| simulation.weight_stats(k)).collect();
            for (told, &k) in told.iter().zip(&learning) {
                let w = simulation.weights(k, &plan.projections[k].wiring);
                let mean = w.iter().sum::<f64>() / w.len() as f64;
                let sd = (w.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / w.len() as f64).sqrt();
                assert_eq!(told.synapses, w.len() as u64);
                assert!(
                    (told.mean / mean - 1.0).abs() < 1e-11 && (told.sd / sd - 1.0).abs() < 1e-9,
                    "{told:?}: {mean} {sd}"
                );
            }
            told
        };
        let reference = stats(1);
        assert_eq!(reference.len(), 2);
        for threads in [2, 3, 8] {
            assert_eq!(stats(threads), reference, "{inhibitory}, {precision}, {threads} threads");
        }
    }
}

#[test]
fn memory_is_told_before_it_is_taken() {
    let estimated = |text: &str| {
        let plan = common::plan(&text.replace("[run]\n", "[run]\nthreads = 2\n"));
        let taken = Simulation::build(&plan, Options::default()).synapse_bytes() as f64;
        let told = plan.memory.synapses;
        assert!((told / taken - 1.0).abs() < 0.2, "{told} bytes estimated, {taken} bytes taken:\n{text}");
    };
    for precision in ["f64", "f32"] {
        estimated(&recurrent(precision, END, LENGTH));
    }
    // All that a projection may keep: source variables, two variables a synapse, a dendrite, values of the neuron.
    for (dendritic, plasticity) in [
        (0, "{ rule = \"stdp_additive\", w_max = \"1 nS\" }"),
        (1, "{ rule = \"stdp_triplet\", w_0 = \"1 nS\", w_max = \"1 nS\" }"),
        (0, "[{ rule = \"stdp_dopamine\", w_max = \"1 nS\", modulator = \"E\" }, \"tsodyks_markram\"]"),
        (1, "{ rule = \"stdp_clopath\", w_0 = \"1 nS\", w_max = \"1 nS\" }"),
    ] {
        for (size, delay) in [(2000, "1.5 ms"), (300, "uniform(0.5 ms, 3 ms)")] {
            estimated(&format!(
                "[populations.E]\nmodel = \"lif\"\nsize = {size}\nreceptors.exc = \"cond_exp\"\n\
                 [[projections]]\nfrom = \"E\"\nto = \"E\"\nrule = {{ fixed_in_degree = 100 }}\nreceptor = \"exc\"\n\
                 weight = \"uniform(0 nS, 0.1 nS)\"\ndelay = \"{delay}\"\ndendritic = {dendritic}\n\
                 plasticity = {plasticity}\n[run]\nduration = \"1 ms\"\n"
            ));
        }
    }
}
