//! `/synapses`: values of synapses while they learn, one group for each record.

use std::collections::BTreeMap;

use hdf5::{Dataset, File, Group};

use super::{
    Meta, SynapseMeta,
    h5::{self, Result},
};
use crate::plan::Which;

/// Values per chunk of a table: 512 KiB.
const VALUES_PER_CHUNK: usize = 1 << 16;
/// Ids and times per chunk.
const IDS_PER_CHUNK: usize = 1 << 14;

/// A record's group under construction.
pub struct SynapseTables {
    group: Group,
    meta: SynapseMeta,
    time: Dataset,
    /// Sources and targets; a histogram has none.
    ids: Option<(Dataset, Dataset)>,
    /// For each variable its table; none until the number of synapses is known.
    tables: Vec<Table>,
    /// Values of a variable at one time.
    columns: usize,
    /// Times of whole rows that the current batch adds.
    times: Vec<f64>,
}

struct Table {
    dataset: Dataset,
    /// From the internal unit to the file's.
    factor: f64,
    /// Values in the dataset.
    filled: usize,
    /// What the current batch adds.
    pending: Vec<f64>,
}

/// `/synapses/<from>_to_<to>`, one group for each record.
pub fn create(file: &File, meta: &Meta) -> Result<Vec<SynapseTables>> {
    if meta.synapses.is_empty() {
        return Ok(Vec::new());
    }
    let parent = file.create_group("synapses")?;
    let mut names = BTreeMap::new();
    let records = meta.synapses.iter().enumerate().map(|(number, record)| {
        let name = format!("{}_to_{}", record.from, record.to);
        let same = names.entry(name.clone()).and_modify(|n| *n += 1).or_insert(1);
        let group = parent.create_group(&if *same == 1 { name } else { format!("{name}_{same}") })?;
        // Links are listed by name; this keeps the order of the network file.
        h5::set(&group, "number", number as u64)?;
        SynapseTables::create(group, record)
    });
    records.collect()
}

impl SynapseTables {
    fn create(group: Group, meta: &SynapseMeta) -> Result<Self> {
        h5::set_text(&group, "projection", &format!("{}->{}", meta.from, meta.to))?;
        h5::set_text(&group, "receptor", &meta.receptor)?;
        h5::set_text(&group, "kind", kind(&meta.which))?;
        let time = h5::growing::<f64>(&group, "time", IDS_PER_CHUNK)?;
        h5::set_text(&time, "units", "ms")?;
        let mut record = Self { group, meta: meta.clone(), time, ids: None, tables: vec![], columns: 0, times: vec![] };
        if let Which::Histogram { low, high, bins } = meta.which {
            record.histogram(low, high, bins)?;
        } else {
            let ids = |name: &str, population: &str| {
                let dataset = h5::growing::<u32>(&record.group, name, IDS_PER_CHUNK)?;
                h5::set_text(&dataset, "node_population", population).map(|()| dataset)
            };
            record.ids = Some((ids("source", &meta.from)?, ids("target", &meta.to)?));
        }
        Ok(record)
    }

    fn histogram(&mut self, low: f64, high: f64, bins: usize) -> Result<()> {
        let (variable, unit) = &self.meta.variables[0];
        let (width, factor) = ((high - low) / bins as f64, h5::factor(unit));
        let edge = |k: usize| if k == bins { high } else { low + k as f64 * width };
        let edges = h5::fixed(&self.group, "edges", &(0..=bins).map(|k| edge(k) * factor).collect::<Vec<_>>())?;
        h5::set_text(&edges, "units", unit)?;
        h5::set_text(&edges, "variable", variable)?;
        let dataset = table::<u64>(&self.group, "count", bins, self.meta.times)?;
        self.tables = vec![Table { dataset, factor: 1.0, filled: 0, pending: vec![] }];
        self.columns = bins;
        Ok(())
    }

    /// Makes the tables of this many synapses, whose ids follow.
    pub fn begin(&mut self, synapses: usize) -> Result<()> {
        let parent = self.group.create_group("variables")?;
        let tables = self.meta.variables.iter().enumerate().map(|(number, (name, unit))| {
            let dataset = table::<f64>(&parent, name, synapses, self.meta.times)?;
            h5::set_text(&dataset, "units", unit)?;
            h5::set(&dataset, "number", number as u64)?;
            Ok(Table { dataset, factor: h5::factor(unit), filled: 0, pending: vec![] })
        });
        self.tables = tables.collect::<Result<_>>()?;
        self.columns = synapses;
        Ok(())
    }

    /// Appends ids.
    pub fn ids(&self, sources: &[u32], targets: &[u32]) -> Result<()> {
        let (source, target) = self.ids.as_ref().expect("a histogram has no ids");
        h5::append(source, sources)?;
        h5::append(target, targets)
    }

    /// Takes a part of the values of one time, from value number `first` on: variable by variable, in order.
    pub fn take(&mut self, time_ms: f64, mut first: usize, mut values: &[f64]) {
        while !values.is_empty() {
            let number = first / self.columns;
            let (now, later) = values.split_at(values.len().min((number + 1) * self.columns - first));
            let Table { factor, pending, .. } = &mut self.tables[number];
            pending.extend(now.iter().map(|value| value * *factor));
            (first, values) = (first + now.len(), later);
        }
        if first == self.columns * self.tables.len() {
            self.times.push(time_ms);
        }
    }

    /// Writes what was taken. A time stands in the file only once its row is whole.
    pub fn append(&mut self) -> Result<()> {
        for Table { dataset, filled, pending, .. } in &mut self.tables {
            if !pending.is_empty() {
                h5::append_cells(dataset, *filled, pending)?;
                *filled += pending.len();
                pending.clear();
            }
        }
        if !self.times.is_empty() {
            h5::append(&self.time, &self.times)?;
            self.times.clear();
        }
        Ok(())
    }
}

/// What `@kind` says.
fn kind(which: &Which) -> &'static str {
    match which {
        Which::All => "all",
        Which::Pairs(_) => "pairs",
        Which::Sample(_) => "samples",
        Which::Histogram { .. } => "histogram",
    }
}

/// A table of `columns` columns that will have about `times` rows.
fn table<T: hdf5::H5Type>(group: &Group, name: &str, columns: usize, times: u64) -> Result<Dataset> {
    let wide = columns.clamp(1, VALUES_PER_CHUNK);
    let rows = ((VALUES_PER_CHUNK / wide) as u64).clamp(1, times.max(1)) as usize;
    // Columns may grow too, for HDF5's sake: a chunk may not be wider than a table that cannot, such as one of no columns.
    group.new_dataset::<T>().chunk((rows, wide)).shape((0.., columns..)).create(name)
}
