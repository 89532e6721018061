//! Every mistake is one report that points at file, line and value, says the limit and the remedy. Each case changes one
//! line of a sound file; the snapshots show the reports as a user reads them.

use bouton::{
    error::{Error, Source},
    lang::model::Model,
    plan::Plan,
    spec::Spec,
};

mod cable;
mod coupling;
mod equations;
mod network;
mod panics;
mod plasticity;
mod values;

/// A sound network; its name makes paths in it relative to `files`.
const NETWORK: (&str, &str) = ("tests/messages/files/net.toml", include_str!("base.toml"));
const NEURON: (&str, &str) = ("my_neuron.toml", include_str!("base_model.toml"));
const RECEPTOR: (&str, &str) = ("my_receptor.toml", include_str!("base_receptor.toml"));

/// A mistake in a file: what is written in place of what.
type Case = (&'static str, &'static str, &'static str);

fn changed(base: (&str, &str), (title, old, new): Case) -> Source {
    assert!(base.1.contains(old), "{title}: {old:?} is not in the sound file");
    Source::new(base.0, base.1.replacen(old, new, 1))
}

fn plan(source: Source) -> Result<Plan, Error> {
    Plan::new(&Spec::parse(source, "net")?)
}

/// The reports of all cases, one after the other.
fn reports<T>(base: (&str, &str), cases: &[Case], read: impl Fn(Source) -> Result<T, Error>) -> String {
    let report = |case: &Case| match read(changed(base, *case)) {
        Ok(_) => format!("## {}\nNOTHING WAS REFUSED", case.0),
        Err(error) => format!("## {}\n{}", case.0, error.report()),
    };
    let all = cases.iter().map(report).collect::<Vec<_>>().join("\n");
    let missed: Vec<&str> = all.split("## ").filter(|r| r.contains("NOTHING WAS REFUSED")).collect();
    assert!(missed.is_empty(), "{missed:#?}");
    all
}

#[test]
fn the_files_that_are_changed_are_sound() {
    let done = plan(Source::new(NETWORK.0, NETWORK.1)).map_err(|e| e.report());
    assert!(done.unwrap().warnings.iter().all(|w| w.contains("nothing reaches") || w.contains("no projections")));
    for base in [NEURON, RECEPTOR] {
        Model::parse("base", Source::new(base.0, base.1)).unwrap_or_else(|e| panic!("{}", e.report()));
    }
}
