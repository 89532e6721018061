//! Spikes of any file: results of Bouton's, SONATA spikes of another program, or text.

use std::path::{Path, PathBuf};

use super::{Population, Results, Spikes, sonata, spike_text};
use crate::error::{Error, Result, did_you_mean};

/// Grid of spike times that did not come from Bouton, ms: times are rounded to nanoseconds.
pub(super) const FOREIGN_STEP_MS: f64 = 1e-6;

/// What a file of another program does not say about its spikes.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Numbers of neurons, by population; by default the largest id that spiked, plus one.
    pub sizes: Vec<(String, u32)>,
    /// How long was recorded, ms; by default until the last spike.
    pub duration_ms: Option<f64>,
}

/// A file of spikes, or a part of its time and populations.
///
/// Times are whole numbers of steps of [`step_ms`](Self::step_ms): the time step of the run in Bouton's files, so that they are
/// exact, and a nanosecond elsewhere.
#[derive(Debug)]
pub struct SpikeFile {
    path: PathBuf,
    /// One line; may be empty.
    pub title: String,
    /// How the run ended: `complete`, `running` (or killed), or why it stopped; empty where the file does not say.
    pub status: String,
    /// Grid of the spike times, ms.
    pub step_ms: f64,
    /// Time that is looked at: after the first and up to the second step.
    range: (u64, u64),
    /// All populations of the file.
    pub populations: Vec<Population>,
    chosen: Vec<usize>,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// Read when asked for.
    Results(Box<Results>),
    /// In memory, one entry a population.
    Read(Vec<Spikes>),
}

impl SpikeFile {
    /// Opens results of `bouton run`, a SONATA spikes file, or text (`.gdf`, `.dat`, `.txt`: lines of id and milliseconds).
    ///
    /// # Errors
    /// A file that is not there, damaged or without spikes; a size or duration that Bouton's file has itself or that the spikes contradict.
    pub fn open(path: &Path, told: &Told) -> Result<Self> {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if matches!(&*extension, "gdf" | "dat" | "txt") {
            return Self::foreign(path, vec![spike_text::read(path)?], told);
        }
        let file = sonata::open(path)?;
        if !file.link_exists("bouton") {
            return Self::foreign(path, sonata::spikes(path, &file)?, told);
        }
        let results = Results::open(path)?;
        if !told.sizes.is_empty() || told.duration_ms.is_some() {
            let message = format!("\"{}\" says itself how many neurons it has and how long it is", path.display());
            return Err(Error::input(message)
                .help("leave out --size and --duration; --from and --to choose a part of the time"));
        }
        Self::of(results)
    }

    /// The spikes of a result file.
    ///
    /// # Errors
    /// A file without any recorded time.
    pub fn of(results: Results) -> Result<Self> {
        if results.duration_ms <= 0.0 {
            return Err(Error::io(format!("\"{}\" holds no biological time yet", results.path().display()))
                .help("the run was stopped before its first flush, or it still goes on"));
        }
        let recorded = results.populations.iter().enumerate().filter(|(_, p)| p.recorded && p.size > 0);
        Ok(Self {
            path: results.path().to_owned(),
            title: results.title.clone(),
            status: results.status.clone(),
            step_ms: results.dt_ms,
            range: (0, ((results.duration_ms / results.dt_ms).round() as u64).max(1)),
            populations: results.populations.clone(),
            chosen: recorded.map(|(number, _)| number).collect(),
            source: Source::Results(Box::new(results)),
        })
    }

    fn foreign(path: &Path, read: Vec<(String, Spikes)>, told: &Told) -> Result<Self> {
        if let Some((name, _)) = told.sizes.iter().find(|(name, _)| read.iter().all(|(known, _)| known != name)) {
            let known = read.iter().map(|(name, _)| name.as_str());
            return Err(Error::input(format!("--size {name}: \"{}\" has no population \"{name}\"", path.display()))
                .help(did_you_mean(name, known)));
        }
        let mut first_gid = 0;
        let mut populations = Vec::new();
        for (name, spikes) in &read {
            let least = spikes.ids.iter().max().map_or(0, |id| id + 1);
            let size = told.sizes.iter().rfind(|(of, _)| of == name).map_or(least, |(_, size)| *size);
            if size < least {
                let message = format!("--size {name}={size}: neuron {} of \"{name}\" spiked", least - 1);
                return Err(Error::input(message).help(format!("ids count from 0, so \"{name}\" has at least {least}")));
            }
            populations.push(Population { name: name.clone(), first_gid, size, recorded: true });
            first_gid = first_gid.saturating_add(size);
        }
        let last = read.iter().filter_map(|(_, spikes)| spikes.steps.last()).max().copied().unwrap_or(0);
        let steps = told.duration_ms.map_or(last, |ms| (ms / FOREIGN_STEP_MS).round() as u64);
        if steps < last || steps == 0 {
            let message = match told.duration_ms {
                Some(ms) => format!("--duration {ms} ms: the last spike is at {} ms", last as f64 * FOREIGN_STEP_MS),
                None => format!("\"{}\" holds no spikes after 0 ms", path.display()),
            };
            return Err(
                Error::input(message).help("--duration says how long was recorded; --to leaves out what is later")
            );
        }
        Ok(Self {
            path: path.to_owned(),
            title: String::new(),
            status: String::new(),
            step_ms: FOREIGN_STEP_MS,
            range: (0, steps),
            // Of a population without spikes nothing is known, unless its size was told.
            chosen: (0..populations.len()).filter(|&number| populations[number].size > 0).collect(),
            populations,
            source: Source::Read(read.into_iter().map(|(_, spikes)| spikes).collect()),
        })
    }

    /// Only the time after `from_ms`, up to and including `to_ms` (`None`: the end).
    ///
    /// # Errors
    /// A part that is empty or not in the file.
    pub fn between(mut self, from_ms: f64, to_ms: Option<f64>) -> Result<Self> {
        let (_, end) = self.range;
        let steps = |ms: f64| (ms / self.step_ms).round() as u64;
        let (from, to) = (steps(from_ms.max(0.0)), to_ms.map_or(end, steps));
        if from_ms < 0.0 || from >= to || to > end {
            let (to_ms, end_ms) = (to as f64 * self.step_ms, end as f64 * self.step_ms);
            return Err(Error::input(format!("from {from_ms} ms to {to_ms} ms is no part of what was recorded"))
                .help(format!("\"{}\" holds 0 ms to {end_ms} ms", self.path.display())));
        }
        self.range = (from, to);
        Ok(self)
    }

    /// Only these populations.
    ///
    /// # Errors
    /// A name that the file does not have, or whose spikes were not recorded.
    pub fn only(mut self, names: &[String]) -> Result<Self> {
        let number = |name: &String| {
            self.chosen.iter().copied().find(|&number| self.populations[number].name == *name).ok_or_else(|| {
                let known = self.chosen.iter().map(|&number| self.populations[number].name.as_str());
                Error::input(format!("\"{}\" has no spikes of a population \"{name}\"", self.path.display()))
                    .help(did_you_mean(name, known))
            })
        };
        self.chosen = names.iter().map(number).collect::<Result<_>>()?;
        Ok(self)
    }

    /// Where it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The result file, where it is Bouton's.
    pub fn results(&self) -> Option<&Results> {
        match &self.source {
            Source::Results(results) => Some(results),
            Source::Read(_) => None,
        }
    }

    /// Numbers of the populations that are looked at: indices of [`populations`](Self::populations).
    pub fn chosen(&self) -> &[usize] {
        &self.chosen
    }

    /// The time that is looked at, in steps.
    pub fn steps(&self) -> u64 {
        self.range.1 - self.range.0
    }

    /// The same, ms.
    pub fn duration_ms(&self) -> f64 {
        self.steps() as f64 * self.step_ms
    }

    /// Where the time that is looked at begins, ms.
    pub fn start_ms(&self) -> f64 {
        self.range.0 as f64 * self.step_ms
    }

    /// How many steps a time is, at least one.
    pub fn in_steps(&self, ms: f64) -> u64 {
        ((ms / self.step_ms).round() as u64).max(1)
    }

    /// The spikes of population number `population` in the time that is looked at, in order of time; steps count from its begin.
    ///
    /// # Errors
    /// A damaged file.
    pub fn spikes(&self, population: usize) -> Result<Spikes> {
        let mut spikes = match &self.source {
            Source::Results(results) => results.spikes(population)?,
            Source::Read(read) => read[population].clone(),
        };
        let (from, to) = self.range;
        spikes.steps.truncate(spikes.steps.partition_point(|&step| step <= to));
        spikes.ids.truncate(spikes.steps.len());
        if from > 0 {
            let before = spikes.steps.partition_point(|&step| step <= from);
            spikes.ids.drain(..before);
            spikes.steps.drain(..before);
            spikes.steps.iter_mut().for_each(|step| *step -= from);
        }
        Ok(spikes)
    }
}

/// Spikes of another program as ours: times on the grid, in order of time, then id.
///
/// # Errors
/// What is wrong with the first time or id that cannot be.
pub(super) fn on_grid(times_ms: impl Iterator<Item = f64>, ids: &[u64]) -> std::result::Result<Spikes, String> {
    let mut spikes = Vec::with_capacity(ids.len());
    for (number, (time, &id)) in times_ms.zip(ids).enumerate() {
        // A time of 1e12 ms is 31 years, and still exact to a step in 64 bits.
        if !(0.0..=1e12).contains(&time) {
            return Err(format!("spike {number} is at {time} ms, which is no time between 0 and 1e12 ms"));
        }
        // The last id leaves room for the size.
        let id = u32::try_from(id).ok().filter(|&id| id < u32::MAX);
        let id =
            id.ok_or_else(|| format!("spike {number} is of neuron {}; ids go up to {}", ids[number], u32::MAX - 1))?;
        spikes.push(((time / FOREIGN_STEP_MS).round() as u64, id));
    }
    if !spikes.is_sorted() {
        spikes.sort_unstable();
    }
    let (steps, ids) = spikes.into_iter().unzip();
    Ok(Spikes { steps, ids })
}
