//! Sweeps: each run is the run that `bouton run` makes, a stopped sweep goes on, and mistakes are said before anything runs.

use std::{fs, path::Path};

use bouton::{
    analysis::SpikeStats,
    engine::{Options, Simulation},
    error::Result,
    plan::Plan,
    spec::Spec,
    sweep::{self, Grid, Measure, Request, Table, Vary},
};

/// COBA's network with 400 neurons for 200 ms, two densities, two seeds.
fn request(folder: &Path) -> Request {
    let set = [("scale", "0.1"), ("run.duration", "200 ms")];
    Request {
        network: "vogels_abbott".into(),
        set: set.map(|(key, value)| (key.into(), value.into())).into(),
        vary: vec![Vary::parse("p=0.02,0.04").expect("read")],
        repeat: 2,
        measures: Vec::new(),
        summary_only: true,
        jobs: Some(2),
        folder: folder.into(),
    }
}

fn run(request: &Request) -> Result<Table> {
    let grid = Grid::new(request)?;
    sweep::run(request, &grid, &|_, _| {})
}

#[test]
fn each_run_is_the_one_that_the_same_changes_make() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let mut request = request(dir.path());
    let populations = Grid::new(&request).expect("planned").populations;
    request.measures = vec![Measure::parse("ratio=E.rate/I.rate", &populations).expect("read")];
    let table = run(&request).expect("swept");
    assert_eq!(table.rows.len(), 4);
    for row in &table.rows {
        let mut set = request.set.clone();
        set.push(("p".into(), if row.run < 2 { "0.02" } else { "0.04" }.into()));
        set.push(("run.seed".into(), row.seed.to_string()));
        let plan = Plan::new(&Spec::load("vogels_abbott", &set).expect("loaded")).expect("planned");
        let mut stats = SpikeStats::of(&plan);
        Simulation::build(&plan, Options::default()).run(&mut stats);
        assert_eq!(row.spike_hash, stats.spike_hash().to_string(), "run {}", row.run);
        let rates: Vec<f64> = stats.summary().iter().map(|p| p.rate_hz).collect();
        assert!((row.statistics[0].expect("a rate") - rates[0]).abs() < 1e-9);
        assert!((row.measures[0].expect("both spiked") - rates[0] / rates[1]).abs() < 1e-9);
    }
    assert_eq!(table.rows.iter().map(|row| row.seed).collect::<Vec<_>>(), [1, 2, 1, 2]);
    assert!(sweep::draw(&table).expect("one key is drawn").contains(">ratio<"));
}

#[test]
fn a_stopped_sweep_goes_on_and_another_is_refused() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let request = request(dir.path());
    let whole = run(&request).expect("swept");
    let table = fs::read_to_string(dir.path().join("table.csv")).expect("a table");
    // Killed while it wrote its third line.
    let lines = fs::read_to_string(dir.path().join("runs.jsonl")).expect("lines");
    let kept: Vec<&str> = lines.lines().take(2).collect();
    fs::write(dir.path().join("runs.jsonl"), format!("{}\n{{\"run\":", kept.join("\n"))).expect("written");
    let grid = Grid::new(&request).expect("planned");
    let first = std::sync::Mutex::new(None);
    let again = sweep::run(&request, &grid, &|done, all| {
        first.lock().expect("not poisoned").get_or_insert((done, all));
    });
    assert_eq!(first.into_inner().expect("not poisoned"), Some((2, 4)));
    assert_eq!(again.expect("completed").rows, whole.rows);
    assert_eq!(fs::read_to_string(dir.path().join("table.csv")).expect("a table"), table);

    let other = Request { repeat: 3, ..request };
    assert!(run(&other).expect_err("refused").report().contains("holds another sweep"));
}

#[test]
fn mistakes_are_said_before_anything_runs() {
    let dir = tempfile::tempdir().expect("temporary folder");
    let folder = dir.path().join("never");
    let refused = |vary: &str| {
        let request = Request { vary: vec![Vary::parse(vary).expect("read")], ..request(&folder) };
        Grid::new(&request).expect_err(vary).report()
    };
    assert!(refused("q=1,2").contains("there is no constant \"q\""));
    // The network divides p by its scale, 0.1.
    let report = refused("p=0.08:0.20:0.04");
    assert!(report.contains("probability 1.2 ") && report.contains("here, where p = 0.12"), "{report}");
    assert!(!folder.exists());
}
