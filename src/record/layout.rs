//! The skeleton of a result file: every group and dataset that is there from the start.

use std::{collections::BTreeSet, path::Path};

use hdf5::{
    Dataset, File, Group, H5Type,
    plist::file_access::{CacheIncreaseMode, FlashIncreaseMode, MetadataCacheConfig},
};

use super::{
    Meta, TraceMeta,
    h5::{self, Result},
    synapses::{self, SynapseTables},
};

/// SONATA's order of spikes. The names and the type (an HDF5 enum) are part of the format.
#[derive(H5Type, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types, dead_code)]
#[repr(u8)]
enum Sorting {
    none = 0,
    by_id = 1,
    by_time = 2,
}

/// Spikes per chunk: 128 KiB, so that a quiet population costs little and 1e9 spikes make 6e4 chunks.
const SPIKES_PER_CHUNK: usize = 1 << 14;
/// Values per chunk of a report: 256 KiB.
const VALUES_PER_CHUNK: usize = 1 << 16;

/// The datasets that grow during a run.
pub struct Layout {
    pub file: File,
    pub bouton: Group,
    /// For each population: times and ids, where its spikes are recorded.
    pub spikes: Vec<Option<(Dataset, Dataset)>>,
    /// For each trace, for each variable: data and time.
    pub reports: Vec<Vec<(Dataset, Dataset)>>,
    pub synapses: Vec<SynapseTables>,
}

impl Layout {
    /// Creates the file, replacing an older one, and flushes it: from here on it can be read.
    pub fn create(path: &Path, meta: &Meta) -> Result<Self> {
        let file = File::with_options().with_fapl(|p| p.mdc_config(&no_evictions())).create(path)?;
        h5::set(&file, "magic", 0x0A7A_u32)?;
        file.new_attr::<u32>().shape(2).create("version")?.write(&[0_u32, 1])?;
        let bouton = describe(&file, meta)?;
        let spikes = file.create_group("spikes")?;
        let spikes = meta
            .populations
            .iter()
            .map(|p| p.record_spikes.then(|| spike_train(&spikes, &p.name)).transpose())
            .collect::<Result<_>>()?;
        let reports = reports(&file, meta)?;
        let synapses = synapses::create(&file, meta)?;
        file.flush()?;
        Ok(Self { file, bouton, spikes, reports, synapses })
    }
}

/// Metadata stays in memory between flushes. Otherwise HDF5 writes single blocks of it whenever its cache likes, and a
/// killed run could leave an index that points at nothing. It costs about 40 bytes of memory for each chunk of the file.
fn no_evictions() -> MetadataCacheConfig {
    MetadataCacheConfig {
        evictions_enabled: false,
        incr_mode: CacheIncreaseMode::Off,
        flash_incr_mode: FlashIncreaseMode::Off,
        decr_mode: hdf5::plist::file_access::CacheDecreaseMode::Off,
        ..MetadataCacheConfig::default()
    }
}

/// `/bouton`: the run itself.
fn describe(file: &File, meta: &Meta) -> Result<Group> {
    let bouton = file.create_group("bouton")?;
    for (name, value) in
        [("title", &*meta.title), ("precision", &*meta.precision), ("version", &*meta.version), ("status", "running")]
    {
        h5::set_text(&bouton, name, value)?;
    }
    h5::set(&bouton, "seed", meta.seed)?;
    h5::set(&bouton, "threads", meta.threads as u64)?;
    h5::set(&bouton, "dt_ms", meta.dt_ms)?;
    h5::set(&bouton, "duration_ms", meta.duration_ms)?;
    h5::set(&bouton, "reached_ms", 0.0)?;
    let network = bouton.new_dataset::<hdf5::types::VarLenUnicode>().create("network")?;
    network.write_scalar(&h5::text(&meta.network_text))?;

    let parameters = bouton.create_group("parameters")?;
    meta.parameters.iter().try_for_each(|(name, value)| h5::set_text(&parameters, name, value))?;

    let table = bouton.create_group("populations")?;
    let all = &meta.populations;
    h5::fixed(&table, "name", &all.iter().map(|p| h5::text(&p.name)).collect::<Vec<_>>())?;
    h5::fixed(&table, "first_gid", &all.iter().map(|p| p.first_gid).collect::<Vec<_>>())?;
    h5::fixed(&table, "size", &all.iter().map(|p| p.size).collect::<Vec<_>>())?;
    Ok(bouton)
}

/// `/spikes/<population>`.
fn spike_train(spikes: &Group, population: &str) -> Result<(Dataset, Dataset)> {
    let group = spikes.create_group(population)?;
    h5::set(&group, "sorting", Sorting::by_time)?;
    let times = h5::growing::<f64>(&group, "timestamps", SPIKES_PER_CHUNK)?;
    h5::set_text(&times, "units", "ms")?;
    Ok((times, h5::growing::<u64>(&group, "node_ids", SPIKES_PER_CHUNK)?))
}

/// `/report/<population>.<variable>`, and `/report/<population>` as a second name of a population's first variable.
fn reports(file: &File, meta: &Meta) -> Result<Vec<Vec<(Dataset, Dataset)>>> {
    if meta.traces.is_empty() {
        return Ok(Vec::new());
    }
    let parent = file.create_group("report")?;
    let mut taken = BTreeSet::new();
    let mut all = Vec::new();
    for trace in &meta.traces {
        let mut datasets = Vec::new();
        for (variable, unit) in &trace.variables {
            let wanted = format!("{}.{variable}", trace.population);
            let name = (1..)
                .map(|n| if n == 1 { wanted.clone() } else { format!("{wanted}.{n}") })
                .find(|name| taken.insert(name.clone()))
                .expect("numbers do not end");
            let group = parent.create_group(&name)?;
            // Links are listed by name; this keeps the order of the network file.
            h5::set(&group, "number", taken.len() as u64)?;
            datasets.push(report(&group, trace, (variable, unit), meta)?);
            if taken.insert(trace.population.clone()) {
                parent.link_hard(&name, &trace.population)?;
            }
        }
        all.push(datasets);
    }
    Ok(all)
}

/// One report: one variable of some neurons, or of compartments of some cables.
fn report(group: &Group, trace: &TraceMeta, (variable, unit): (&str, &str), meta: &Meta) -> Result<(Dataset, Dataset)> {
    h5::set_text(group, "population", &trace.population)?;
    h5::set_text(group, "variable", variable)?;
    let elements = trace.elements();
    let step = trace.interval_steps as f64 * meta.dt_ms;
    let expected = (meta.duration_ms / step) as usize + 1;
    let rows = (VALUES_PER_CHUNK / elements).clamp(1, expected);
    let data = h5::growing_table::<f32>(group, "data", elements, rows)?;
    h5::set_text(&data, "units", unit)?;

    let mapping = group.create_group("mapping")?;
    let ids: Vec<u64> = trace.ids.iter().map(|&id| id.into()).collect();
    let node_ids = h5::fixed(&mapping, "node_ids", &ids)?;
    h5::set(&node_ids, "sorted", u8::from(ids.is_sorted()))?;
    let each = trace.places.len().max(1) as u64;
    h5::fixed(&mapping, "index_pointers", &(0..=ids.len() as u64).map(|k| k * each).collect::<Vec<_>>())?;
    let places: Vec<u32> = if trace.places.is_empty() { vec![0] } else { trace.places.iter().map(|p| p.0).collect() };
    h5::fixed(&mapping, "element_ids", &places.repeat(ids.len()))?;
    if !trace.places.is_empty() {
        let names: Vec<_> = trace.places.iter().map(|p| h5::text(&p.1)).collect();
        h5::fixed(&mapping, "element_names", &names)?;
    }
    let time = h5::fixed(&mapping, "time", &[0.0, 0.0, step])?;
    h5::set_text(&time, "units", "ms")?;
    Ok((data, time))
}
