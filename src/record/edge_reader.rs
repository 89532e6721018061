//! Edges of a result file, read back as an edge list: a run goes on with the weights of another.

use hdf5::{Dataset, Group};

use super::{Results, h5};
use crate::{
    connect::EdgeList,
    error::{Error, Result},
    quantity::{Dim, parse_unit},
};

/// Edges of one receptor.
struct Found {
    group: Group,
    receptor: String,
    weights: Dataset,
}

impl Results {
    /// The edges between two populations, with their delays and their weights at a receptor of this dimension.
    ///
    /// # Errors
    /// A file without such edges, with several sets of them, or with weights of another dimension.
    pub fn edges(&self, (from, to): (&str, &str), (receptor, dim): (&str, Dim)) -> Result<EdgeList> {
        let failed = |error: hdf5::Error| h5::failed("read edges from", self.path(), &error);
        let path = self.path().display();
        let again = format!("write them in the run that made it: [record] weights = [\"{from}->{to}\"]");
        let (sets, receptors): (Vec<Found>, Vec<Found>) =
            self.between(from, to).map_err(failed)?.into_iter().partition(|found| found.receptor == receptor);
        let set = match &sets[..] {
            [set] => set,
            [] if receptors.is_empty() => {
                return Err(Error::input(format!("\"{path}\" has no weights of {from}->{to}")).help(again));
            }
            [] => {
                let known: Vec<&str> = receptors.iter().map(|found| &*found.receptor).collect();
                let message =
                    format!("\"{path}\" has weights of {from}->{to} at {}, not at \"{receptor}\"", known.join(", "));
                return Err(Error::input(message).help("use the receptor's name of the run that made it"));
            }
            sets => {
                let message =
                    format!("\"{path}\" has {} sets of weights of {from}->{to} at \"{receptor}\"", sets.len());
                return Err(Error::input(message).help("use results of a network in which one projection makes them"));
            }
        };
        let unit = h5::get_text(&set.weights, "units").map_err(failed)?;
        let (scale, _) = parse_unit(&unit).ok().filter(|(_, found)| *found == dim).ok_or_else(|| {
            Error::input(format!("\"{path}\" has weights of {from}->{to} in {unit}; \"{receptor}\" needs {dim}"))
                .help("use a receptor of the same kind as in the run that made it")
        })?;
        set.read(scale.factor()).map_err(failed)
    }

    /// All sets of weights between two populations.
    fn between(&self, from: &str, to: &str) -> h5::Result<Vec<Found>> {
        let mut found = Vec::new();
        if !self.file.link_exists("edges") {
            return Ok(found);
        }
        let parent = self.file.group("edges")?;
        for name in parent.member_names()? {
            let group = parent.group(&name)?;
            let end = |name: &str| h5::get_text(&*group.dataset(name)?, "node_population");
            if (end("source_node_id")?.as_str(), end("target_node_id")?.as_str()) != (from, to) {
                continue;
            }
            let properties = group.group("0")?;
            for name in properties.member_names()?.iter().filter(|name| name.starts_with("syn_weight")) {
                let weights = properties.dataset(name)?;
                found.push(Found { group: group.clone(), receptor: h5::get_text(&weights, "receptor")?, weights });
            }
        }
        Ok(found)
    }
}

impl Found {
    fn read(&self, factor: f64) -> h5::Result<EdgeList> {
        let ids = |name: &str| self.group.dataset(name)?.read_raw::<u32>();
        let (sources, targets) = (ids("source_node_id")?, ids("target_node_id")?);
        let mut weights = self.weights.read_raw::<f64>()?;
        weights.iter_mut().for_each(|weight| *weight *= factor);
        let delays = self.group.group("0")?.dataset("delay")?.read_raw::<f64>()?;
        Ok(EdgeList::of_results(&sources, &targets, &weights, &delays))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{
        connect::Edge,
        error::Source,
        plan::Plan,
        record::{EdgeMeta, Meta, Recorder},
        spec::Spec,
    };

    const NETWORK: &str = "
[populations.E]
model = 'lif'
size = 6
receptors = { ampa = 'ampa', nmda = 'nmda', current = 'curr_exp' }
[[projections]]
from = 'E'
to = 'E'
rule = { fixed_probability = 0.5 }
receptor = ['ampa', 'nmda']
weight = ['uniform(0 nS, 1 nS)', 'uniform(2 nS, 3 nS)']
delay = 'uniform(0.5 ms, 2 ms)'
[record]
weights = 'E->E'
[run]
duration = '1 ms'
";

    fn plan(folder: &Path, change: (&str, &str)) -> Result<Plan> {
        assert!(NETWORK.contains(change.0), "{} is in the network", change.0);
        let name = folder.join("net.toml").display().to_string();
        Plan::new(&Spec::parse(Source::new(name, NETWORK.replace(change.0, change.1)), "net")?)
    }

    fn edges(plan: &Plan, projection: usize) -> Vec<Edge> {
        let wiring = &plan.projections[projection].wiring;
        let mut edges = Vec::new();
        wiring.edges(0..wiring.to.size, |edge| edges.push(edge));
        edges
    }

    const FROM_FILE: (&str, &str) = ("{ fixed_probability = 0.5 }", "{ edges = 'first.h5' }");

    #[test]
    fn a_run_starts_from_the_weights_with_which_another_ended() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let first = plan(dir.path(), ("", "")).unwrap();
        let path = dir.path().join("first.h5");
        let mut recorder = Recorder::create(&path, &Meta::of(&first, 1), None).unwrap();
        let learned: Vec<f64> = (0..edges(&first, 1).len()).map(|k| k as f64).collect();
        recorder.connections(&first, |projection| (projection == 1).then(|| learned.clone()));
        recorder.finish("complete", &[], &[]).unwrap();

        let second = plan(dir.path(), FROM_FILE).unwrap();
        assert_eq!(edges(&second, 0), edges(&first, 0));
        let with = |(edge, weight): (Edge, &f64)| Edge { weight: *weight, ..edge };
        let expected: Vec<Edge> = edges(&first, 1).into_iter().zip(&learned).map(with).collect();
        assert!(expected.len() > 10);
        assert_eq!(edges(&second, 1), expected);
    }

    #[test]
    fn what_the_file_does_not_hold_is_said_with_a_remedy() {
        let dir = tempfile::tempdir().expect("temporary folder");
        // One set of edges of this kind; neuron 5 is the last.
        let write = |receptor: &str, unit: &str, sets: usize, target: u32| {
            let meta = Meta::of(&plan(dir.path(), ("", "")).unwrap(), 1);
            let mut recorder = Recorder::create(&dir.path().join("first.h5"), &meta, None).unwrap();
            for _ in 0..sets {
                let weights = vec![(receptor.to_string(), unit.to_string())];
                let mut writer = recorder.edges(EdgeMeta { from: "E".into(), to: "E".into(), weights });
                writer.append(&[0, 1], &[1, target], &[&[1.0, 2.0]], &[1.0, 1.0]);
            }
            recorder.finish("complete", &[], &[]).unwrap();
        };
        let report = || plan(dir.path(), FROM_FILE).map(|_| ()).expect_err("refused").report();
        let says = |parts: &[&str]| {
            let report = report();
            let flat = report.split(['\n', '│']).map(str::trim).collect::<Vec<_>>().join(" ");
            parts.iter().for_each(|part| assert!(flat.contains(part), "{part:?} is not in\n{report}"));
        };
        says(&["No such file", "net.toml:"]);
        write("ampa", "nS", 0, 0);
        says(&["has no weights of E->E", "weights = [\"E->E\"]", "net.toml:"]);
        write("gaba", "nS", 1, 0);
        says(&["has weights of E->E at gaba, not at \"ampa\"", "use the receptor's name"]);
        write("ampa", "nS", 2, 0);
        says(&["has 2 sets of weights of E->E at \"ampa\"", "one projection makes them"]);
        write("ampa", "pA", 1, 0);
        says(&["has weights of E->E in pA; \"ampa\" needs nS", "a receptor of the same kind"]);
        write("ampa", "nS", 1, 6);
        says(&["target 6 in edge 1 is beyond the population's last neuron 5"]);
    }
}
