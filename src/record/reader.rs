//! A result file, read. Spikes and traces are read when asked for, population by population.

use std::path::{Path, PathBuf};

use hdf5::{File, types::VarLenUnicode};

use super::{SynapseInfo, h5, sonata, synapse_reader::synapse_records};
use crate::error::{Error, Result};

/// A result file of Bouton's, open for reading.
#[derive(Debug)]
pub struct Results {
    path: PathBuf,
    pub(super) file: File,
    /// One line; may be empty.
    pub title: String,
    /// The network file's text.
    pub network_text: String,
    /// Resolved parameters, by name.
    pub parameters: Vec<(String, String)>,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Time step, ms.
    pub dt_ms: f64,
    /// Biological time that the file holds, ms: less than `asked_ms` where the run was stopped.
    pub duration_ms: f64,
    /// Biological time asked for, ms.
    pub asked_ms: f64,
    /// `complete`, `running` (or killed), or why the run stopped.
    pub status: String,
    /// All populations, in order of global ids.
    pub populations: Vec<Population>,
    /// What else can be read with [`trace`](Results::trace), in the order of the network file.
    pub traces: Vec<TraceInfo>,
    /// What can be read with [`synapses`](Results::synapses) and [`histogram`](Results::histogram), in the same order.
    pub synapse_records: Vec<SynapseInfo>,
}

/// A population of a result file.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Its name.
    pub name: String,
    /// Global id of its first neuron.
    pub first_gid: u32,
    /// Number of neurons.
    pub size: u32,
    /// Were its spikes recorded?
    pub recorded: bool,
}

/// Spikes of a population in order of time, then id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spikes {
    /// Steps at whose end the neurons spiked; times dt gives the time.
    pub steps: Vec<u64>,
    /// Ids in the population.
    pub ids: Vec<u32>,
}

/// A recorded variable.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceInfo {
    /// Name of the group under `/report`.
    pub report: String,
    /// The population.
    pub population: String,
    /// The variable.
    pub variable: String,
    /// Its unit.
    pub unit: String,
    /// Recorded neurons, as ids in the population.
    pub ids: Vec<u32>,
    /// What the recorded compartments of each are called, of cables; else empty.
    pub places: Vec<String>,
    /// Time of the first value, ms.
    pub start_ms: f64,
    /// Time between two values, ms.
    pub step_ms: f64,
    /// Number of values for each neuron.
    pub length: usize,
}

/// Values of a recorded variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Times, ms.
    pub times_ms: Vec<f64>,
    /// For each neuron that was asked for, or each compartment of one after the other, its values.
    pub values: Vec<Vec<f32>>,
}

impl Results {
    /// Opens a result file.
    ///
    /// # Errors
    /// A file that is not there or was not written by Bouton.
    pub fn open(path: &Path) -> Result<Self> {
        let file = sonata::open(path)?;
        if !file.link_exists("bouton") {
            return Err(Error::io(format!(
                "\"{}\" was not written by Bouton: it has no group /bouton",
                path.display()
            ))
            .help("give a file that `bouton run` wrote"));
        }
        Self::read(path, file).map_err(|error| h5::failed("read", path, &error))
    }

    fn read(path: &Path, file: File) -> h5::Result<Self> {
        let bouton = file.group("bouton")?;
        let parameters = bouton.group("parameters")?;
        let names = parameters.attr_names()?;
        let parameters = names
            .into_iter()
            .map(|name| Ok((name.clone(), h5::get_text(&parameters, &name)?)))
            .collect::<h5::Result<_>>()?;
        Ok(Self {
            path: path.to_owned(),
            title: h5::get_text(&bouton, "title")?,
            network_text: bouton.dataset("network")?.read_scalar::<VarLenUnicode>()?.as_str().to_owned(),
            parameters,
            seed: h5::get(&bouton, "seed")?,
            dt_ms: h5::get(&bouton, "dt_ms")?,
            duration_ms: h5::get(&bouton, "reached_ms")?,
            asked_ms: h5::get(&bouton, "duration_ms")?,
            status: h5::get_text(&bouton, "status")?,
            populations: populations(&file)?,
            traces: traces(&file)?,
            synapse_records: synapse_records(&file)?,
            file,
        })
    }

    /// Where it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The spikes of population number `population`; none where they were not recorded.
    ///
    /// # Errors
    /// A damaged file.
    pub fn spikes(&self, population: usize) -> Result<Spikes> {
        let Population { name, recorded, .. } = &self.populations[population];
        if !recorded {
            return Ok(Spikes::default());
        }
        let read = || {
            let group = self.file.group("spikes")?.group(name)?;
            let times = group.dataset("timestamps")?.read_raw::<f64>()?;
            let ids = group.dataset("node_ids")?.read_raw::<u32>()?;
            let steps = times.iter().map(|time| (time / self.dt_ms).round() as u64).collect();
            Ok(Spikes { steps, ids })
        };
        let mut spikes: Spikes = read().map_err(|error| h5::failed("read spikes from", &self.path, &error))?;
        // Only a kill in the middle of a flush can leave them unequal.
        let both = spikes.steps.len().min(spikes.ids.len());
        spikes.steps.truncate(both);
        spikes.ids.truncate(both);
        Ok(spikes)
    }

    /// The values of trace number `trace` for the first `neurons` of its neurons, or compartments of neurons.
    ///
    /// # Errors
    /// A damaged file.
    pub fn trace(&self, trace: usize, neurons: usize) -> Result<Trace> {
        let info = &self.traces[trace];
        let neurons = neurons.min(info.ids.len() * info.places.len().max(1));
        let read = || {
            let data = self.file.group("report")?.group(&info.report)?.dataset("data")?;
            data.read_slice_2d::<f32, _>((..info.length, ..neurons))
        };
        let table = read().map_err(|error| h5::failed("read traces from", &self.path, &error))?;
        Ok(Trace {
            times_ms: (0..info.length).map(|row| info.start_ms + row as f64 * info.step_ms).collect(),
            values: table.columns().into_iter().map(|column| column.to_vec()).collect(),
        })
    }
}

fn populations(file: &File) -> h5::Result<Vec<Population>> {
    let table = file.group("bouton/populations")?;
    let spikes = file.group("spikes")?;
    let names = table.dataset("name")?.read_raw::<VarLenUnicode>()?;
    let first = table.dataset("first_gid")?.read_raw::<u32>()?;
    let sizes = table.dataset("size")?.read_raw::<u32>()?;
    let all = names.iter().zip(first).zip(sizes).map(|((name, first_gid), size)| Population {
        name: name.as_str().to_owned(),
        first_gid,
        size,
        recorded: spikes.link_exists(name.as_str()),
    });
    Ok(all.collect())
}

fn traces(file: &File) -> h5::Result<Vec<TraceInfo>> {
    if !file.link_exists("report") {
        return Ok(Vec::new());
    }
    let parent = file.group("report")?;
    let mut all = Vec::new();
    for report in parent.member_names()? {
        let group = parent.group(&report)?;
        let population = h5::get_text(&group, "population")?;
        if report == population {
            // The second name of this population's first variable.
            continue;
        }
        let mapping = group.group("mapping")?;
        let time = mapping.dataset("time")?.read_raw::<f64>()?;
        let data = group.dataset("data")?;
        let info = TraceInfo {
            report,
            population,
            variable: h5::get_text(&group, "variable")?,
            unit: h5::get_text(&data, "units")?,
            ids: mapping.dataset("node_ids")?.read_raw::<u32>()?,
            places: match mapping.link_exists("element_names") {
                true => {
                    let names = mapping.dataset("element_names")?.read_raw::<VarLenUnicode>()?;
                    names.iter().map(|n| n.as_str().to_owned()).collect()
                }
                false => Vec::new(),
            },
            start_ms: time[0],
            step_ms: time[2],
            length: data.shape()[0],
        };
        all.push((h5::get::<u64>(&group, "number")?, info));
    }
    all.sort_by_key(|(number, _)| *number);
    Ok(all.into_iter().map(|(_, info)| info).collect())
}
