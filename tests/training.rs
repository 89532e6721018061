//! Training and testing, from file to file: a run starts from the weights that another has learnt.

#[path = "common/command.rs"]
mod command;

use std::path::Path;

use bouton::record::Results;
use command::succeeds;

/// Poisson inputs onto neurons that they excite, with a rule that learns; wiring and what is recorded are given.
fn network(precision: &str, rule: &str, weight: &str, rest: &str) -> String {
    format!(
        "[populations.in]\nmodel = \"poisson\"\nsize = 50\nparameters.rate = \"20 Hz\"\n\
         [populations.E]\nmodel = \"lif\"\nsize = 40\nreceptors.exc = \"cond_exp\"\n\
         [[projections]]\nfrom = \"in\"\nto = \"E\"\nrule = {rule}\nreceptor = \"exc\"\nweight = \"{weight}\"\n\
         delay = \"uniform(0.5 ms, 4 ms)\"\nplasticity = {{ rule = \"stdp_additive\", w_max = \"6 nS\" }}\n\
         [record]\nweights = [\"in->E\"]\n{rest}[run]\ndt = \"0.1 ms\"\nprecision = \"{precision}\"\n"
    )
}

/// `bouton run` of a network in a folder.
fn run(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(format!("{name}.toml")), text).expect("written");
    succeeds(folder, &["run", &format!("{name}.toml"), "--no-progress", "--threads", "2"]);
}

/// A synapse: source, target, all bits of its weight; and of its delay, where it is known.
type Synapse = (u64, u64, u64);

fn sorted(mut synapses: Vec<Synapse>) -> Vec<Synapse> {
    synapses.sort_unstable();
    synapses
}

/// The weights written at the end of a run, sorted; and the delays of the same synapses.
fn written(path: &Path) -> (Vec<Synapse>, Vec<Synapse>) {
    let edges = hdf5::File::open(path).and_then(|file| file.group("edges/in_to_E")).expect("edges");
    let list = |name: &str| edges.dataset(name).and_then(|d| d.read_raw::<f64>()).expect(name);
    let (sources, targets) = (list("source_node_id"), list("target_node_id"));
    let of = |values: Vec<f64>| {
        let ends = sources.iter().zip(&targets);
        sorted(ends.zip(values).map(|((&s, &t), v)| (s as u64, t as u64, v.to_bits())).collect())
    };
    (of(list("0/syn_weight")), of(list("0/delay")))
}

/// The weights recorded at some times, sorted.
fn recorded(path: &Path) -> Vec<Vec<Synapse>> {
    let w = Results::open(path).and_then(|results| results.synapses(0, 0, usize::MAX)).expect("weights");
    let at = |time: usize| {
        let ends = w.sources.iter().zip(&w.targets);
        ends.zip(&w.values).map(|((&s, &t), v)| (s.into(), t.into(), v[time].to_bits())).collect()
    };
    (0..w.values[0].len()).map(|time| sorted(at(time))).collect()
}

#[test]
fn a_run_starts_from_the_weights_that_another_has_learnt() {
    for precision in ["f64", "f32"] {
        let dir = tempfile::tempdir().expect("temporary folder");
        let (folder, path) = (dir.path(), |name: &str| dir.path().join(name));
        // Pairs are connected several times.
        let rule = "{ fixed_in_degree = 60 }";
        run(folder, "train", &(network(precision, rule, "uniform(1 nS, 5 nS)", "") + "duration = \"500 ms\"\n"));
        let (learnt, delays) = written(&path("train.h5"));
        assert_eq!(learnt.len(), 40 * 60);

        let record =
            "[[record.synapses]]\nprojection = \"in->E\"\ntimes = [\"0 ms\", \"200 ms\", \"300 ms\", \"400 ms\"]\n";
        let phases =
            "[[run.phases]]\nduration = \"200 ms\"\n[[run.phases]]\nduration = \"200 ms\"\nplasticity = false\n";
        let test = network(precision, "{ edges = \"train.h5\" }", "0 nS", record) + phases;
        run(folder, "test", &test);
        let seen = recorded(&path("test.h5"));
        assert!(seen[0] == learnt, "{precision}: it starts from other weights");
        assert!(seen[1] != learnt, "{precision}: it does not go on learning");
        assert!(seen[2] == seen[1] && seen[3] == seen[1], "{precision}: weights move where nothing learns");
        assert!(
            written(&path("test.h5")) == (seen[3].clone(), delays),
            "{precision}: it ends with other weights or delays"
        );
    }
}
