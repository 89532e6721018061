//! The folder of a sweep: what it is, and a line for each run that is done.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Mutex,
};

use serde::{Deserialize, Serialize};

use super::{Grid, Request, Row};
use crate::error::{Error, Result};

const WHAT: &str = "sweep.json";
const RUNS: &str = "runs.jsonl";

/// All that a run's outcome depends on; a sweep goes on only where it is the same.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct What {
    bouton: String,
    network: String,
    vary: Vec<(String, Vec<String>)>,
    repeat: usize,
    measures: Vec<String>,
    text: String,
}

/// An open folder.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    lines: Mutex<fs::File>,
}

impl Folder {
    /// Opens the folder, or makes it; returns the runs that are done already.
    ///
    /// # Errors
    /// A folder that holds another sweep, or cannot be written.
    pub fn open(request: &Request, grid: &Grid) -> Result<(Self, Vec<Row>)> {
        let path = request.folder.clone();
        let what = What {
            bouton: env!("CARGO_PKG_VERSION").into(),
            network: grid.name.clone(),
            vary: request.vary.iter().map(|v| (v.key.clone(), v.values.clone())).collect(),
            repeat: grid.repeat,
            measures: request.measures.iter().map(|m| m.text.clone()).collect(),
            text: grid.text.clone(),
        };
        fs::create_dir_all(&path).map_err(|e| unwritable(&path, &e))?;
        let file = path.join(WHAT);
        match fs::read_to_string(&file) {
            Ok(text) if serde_json::from_str::<What>(&text).is_ok_and(|found| found == what) => {}
            Ok(_) => {
                let message = format!("\"{}\" holds another sweep", path.display());
                return Err(Error::input(message).help("give another folder with -o, or remove this one"));
            }
            Err(_) => {
                let text = serde_json::to_string_pretty(&what).expect("names and numbers only") + "\n";
                fs::write(&file, text).map_err(|e| unwritable(&file, &e))?;
            }
        }
        let file = path.join(RUNS);
        let text = fs::read_to_string(&file).unwrap_or_default();
        // A line that was being written when the sweep was killed is none.
        let rows: Vec<Row> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let whole: String = rows.iter().map(line).collect();
        if whole != text {
            fs::write(&file, whole).map_err(|e| unwritable(&file, &e))?;
        }
        let lines = fs::OpenOptions::new().append(true).create(true).open(&file).map_err(|e| unwritable(&file, &e))?;
        Ok((Self { path, lines: Mutex::new(lines) }, rows))
    }

    /// Keeps a run that is done.
    pub fn add(&self, row: &Row) -> Result<()> {
        let mut file = self.lines.lock().expect("no thread panics while it writes a line");
        let written = file.write_all(line(row).as_bytes()).and_then(|()| file.flush());
        written.map_err(|e| unwritable(&self.path.join(RUNS), &e))
    }

    /// The result file of a run.
    pub fn results(&self, run: usize) -> PathBuf {
        self.path.join(format!("run_{run:05}.h5"))
    }

    /// A file of the whole sweep.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

fn line(row: &Row) -> String {
    serde_json::to_string(row).expect("names and numbers only") + "\n"
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::io(format!("cannot write \"{}\": {error}", path.display()))
        .help("give -o a folder that may be written, or one that can be made")
}
