//! Whatever is written in a file, reading and planning it ends in a plan or in an error, never in a panic.

use bouton::{
    engine::{Observer, Options, Simulation},
    spec::library,
};
use proptest::prelude::*;

use super::*;

/// What people may write where a value stands.
const VALUES: [&str; 24] = [
    "0",
    "-1",
    "1e300",
    "nan",
    "true",
    "[]",
    "{}",
    "\"\"",
    "\"0 mV\"",
    "\"-1 ms\"",
    "\"rand()\"",
    "\"t/s\"",
    "\"xi\"",
    "\"normal(1, 1)\"",
    "\"uniform(1 ms, 2 ms)\"",
    "\"normal(1 nS, 1 nS)*t/s\"",
    "\"E_L\"",
    "\"v\"",
    "\"1/0*pF\"",
    "\"where(t > 1 ms, 1 nS, 0 nS)\"",
    "\"i*mV\"",
    "\"x\"",
    "\"distance\"",
    "\"exp(1000)*mV\"",
];

struct Nobody;
impl Observer for Nobody {
    fn spikes(&mut self, _: u64, _: &[u32]) {}
    fn trace(&mut self, _: usize, _: u64, _: &[f64]) {}
}

fn texts() -> Vec<String> {
    let mut texts: Vec<String> =
        library::names().iter().map(|n| library::find(n).expect("listed").text.to_string()).collect();
    texts.push(NETWORK.1.to_string());
    texts
}

/// Deletes, repeats, moves or changes a line.
fn mutate(text: &str, line: usize, how: usize) -> String {
    let mut lines: Vec<String> = text.lines().map(Into::into).collect();
    let at = line % lines.len();
    match how {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[at].clone()),
        2 => {
            let end = lines.len() - 1;
            lines.swap(at, end - at.min(end));
        }
        _ => {
            // The value of a key, or the first value in quotes inside of a table.
            let value = VALUES[how % VALUES.len()];
            let quoted: Vec<usize> = lines[at].match_indices('"').map(|m| m.0).collect();
            if how.is_multiple_of(2) && quoted.len() > 1 {
                let pair = (how / VALUES.len()) % (quoted.len() / 2) * 2;
                lines[at].replace_range(quoted[pair]..=quoted[pair + 1], value);
            } else if let Some((key, _)) = lines[at].clone().split_once('=') {
                lines[at] = format!("{key}= {value}");
            }
        }
    }
    lines.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_network_makes_the_reader_panic(which in 0usize..12, changes in prop::collection::vec((0usize..200, 0usize..500), 1..3)) {
        let texts = texts();
        let text = changes.iter().fold(texts[which.min(texts.len() - 1)].clone(), |t, (line, how)| mutate(&t, *line, *how));
        if let Ok(plan) = plan(Source::new(NETWORK.0, text)) && plan.neurons() < 100 && plan.steps() < 2000 {
            // What was planned also runs.
            Simulation::build(&plan, Options { threads: Some(1), ..Options::default() }).run(&mut Nobody);
        }
    }

    #[test]
    fn no_model_makes_the_reader_panic(which in 0usize..30, changes in prop::collection::vec((0usize..60, 0usize..500), 1..3)) {
        let folders = ["neurons", "receptors", "inputs"];
        let mut files: Vec<_> = folders
            .iter()
            .flat_map(|f| std::fs::read_dir(format!("models/{f}")).expect("models are there"))
            .map(|entry| entry.expect("readable").path())
            .collect();
        files.sort();
        let text = std::fs::read_to_string(&files[which % files.len()]).expect("readable");
        let text = changes.iter().fold(text, |t, (line, how)| mutate(&t, *line, *how));
        let _ = Model::parse("my_model", Source::new("my_model.toml", text));
    }
}
