//! Recorded synapses of a result file, read.

use hdf5::{File, Group};

use super::{Results, h5};
use crate::error::Result;

/// A record of synapses.
#[derive(Clone, Debug, PartialEq)]
pub struct SynapseInfo {
    /// Name of the group under `/synapses`.
    pub group: String,
    /// The projection: `E->E`.
    pub projection: String,
    /// The receptor.
    pub receptor: String,
    /// `all`, `pairs`, `samples` or `histogram`.
    pub kind: String,
    /// Name and unit of each variable; of a histogram the one whose values are counted.
    pub variables: Vec<(String, String)>,
    /// Number of synapses; 0 for a histogram.
    pub synapses: usize,
    /// Edges of a histogram's bins, one more than bins; else empty.
    pub edges: Vec<f64>,
    /// When they were recorded, ms.
    pub times_ms: Vec<f64>,
}

/// Values of some recorded synapses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Synapses {
    /// Sources, as ids in their population.
    pub sources: Vec<u32>,
    /// Targets, as ids in their population.
    pub targets: Vec<u32>,
    /// For each synapse, its values over time.
    pub values: Vec<Vec<f64>>,
}

impl Results {
    /// The values of variable number `variable` in record number `record`: of all its synapses, or of `most` evenly spaced
    /// ones where it has more. A histogram has none.
    ///
    /// # Errors
    /// A damaged file.
    pub fn synapses(&self, record: usize, variable: usize, most: usize) -> Result<Synapses> {
        let info = &self.synapse_records[record];
        let every = info.synapses.div_ceil(most.max(1)).max(1);
        let Some((name, _)) = info.variables.get(variable).filter(|_| info.synapses > 0) else {
            return Ok(Synapses::default());
        };
        let read = || {
            let group = self.file.group("synapses")?.group(&info.group)?;
            let ids = |name: &str| group.dataset(name)?.read_slice_1d::<u32, _>(ndarray::s![..; every]);
            let table = group.group("variables")?.dataset(name)?;
            let table = table.read_slice_2d::<f64, _>(ndarray::s![..info.times_ms.len(), ..; every])?;
            Ok(Synapses {
                sources: ids("source")?.to_vec(),
                targets: ids("target")?.to_vec(),
                values: table.columns().into_iter().map(|column| column.to_vec()).collect(),
            })
        };
        read().map_err(|error| h5::failed("read synapses from", self.path(), &error))
    }

    /// The counts of a histogram: for each time, for each bin. Other records have none.
    ///
    /// # Errors
    /// A damaged file.
    pub fn histogram(&self, record: usize) -> Result<Vec<Vec<u64>>> {
        let info = &self.synapse_records[record];
        if info.edges.is_empty() {
            return Ok(Vec::new());
        }
        let read = || {
            let count = self.file.group("synapses")?.group(&info.group)?.dataset("count")?;
            count.read_slice_2d::<u64, _>((..info.times_ms.len(), ..))
        };
        let table = read().map_err(|error| h5::failed("read synapses from", self.path(), &error))?;
        Ok(table.rows().into_iter().map(|row| row.to_vec()).collect())
    }
}

/// What `/synapses` holds, in the order of the network file.
pub fn synapse_records(file: &File) -> h5::Result<Vec<SynapseInfo>> {
    if !file.link_exists("synapses") {
        return Ok(Vec::new());
    }
    let parent = file.group("synapses")?;
    let mut all = Vec::new();
    for name in parent.member_names()? {
        let group = parent.group(&name)?;
        all.push((h5::get::<u64>(&group, "number")?, info(name, &group)?));
    }
    all.sort_by_key(|(number, _)| *number);
    Ok(all.into_iter().map(|(_, info)| info).collect())
}

fn info(name: String, group: &Group) -> h5::Result<SynapseInfo> {
    let mut info = SynapseInfo {
        group: name,
        projection: h5::get_text(group, "projection")?,
        receptor: h5::get_text(group, "receptor")?,
        kind: h5::get_text(group, "kind")?,
        variables: Vec::new(),
        synapses: 0,
        edges: Vec::new(),
        times_ms: group.dataset("time")?.read_raw()?,
    };
    if group.link_exists("edges") {
        let edges = group.dataset("edges")?;
        info.edges = edges.read_raw()?;
        info.variables = vec![(h5::get_text(&edges, "variable")?, h5::get_text(&edges, "units")?)];
    } else if group.link_exists("variables") {
        let parent = group.group("variables")?;
        let mut tables = Vec::new();
        for variable in parent.member_names()? {
            let table = parent.dataset(&variable)?;
            info.synapses = table.shape()[1];
            tables.push((h5::get::<u64>(&table, "number")?, (variable, h5::get_text(&table, "units")?)));
        }
        tables.sort_by_key(|(number, _)| *number);
        info.variables = tables.into_iter().map(|(_, table)| table).collect();
    }
    Ok(info)
}
