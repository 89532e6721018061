//! Connections as a SONATA edge population, written chunk by chunk.

use hdf5::{Dataset, File, Group};

use super::{
    EdgeMeta, Recorder,
    h5::{self, Result},
    writer::Message,
};

/// Edges per chunk of a dataset: 128 KiB of u64.
const EDGES_PER_CHUNK: usize = 1 << 14;

/// Some edges of a projection.
pub struct EdgeChunk {
    sources: Vec<u64>,
    targets: Vec<u64>,
    weights: Vec<Vec<f64>>,
    delays_ms: Vec<f64>,
}

/// Takes the edges of one projection; made by [`Recorder::edges`].
pub struct EdgeWriter<'a> {
    recorder: &'a mut Recorder,
}

impl<'a> EdgeWriter<'a> {
    pub(super) fn new(recorder: &'a mut Recorder) -> Self {
        Self { recorder }
    }

    /// Appends edges: ids in their populations, for each receptor a weight for each edge, delays in ms.
    /// Where [`EdgeMeta::weights`] is empty, `weights` and `delays_ms` must be empty too.
    ///
    /// # Panics
    /// When the lengths differ.
    pub fn append(&mut self, sources: &[u32], targets: &[u32], weights: &[&[f64]], delays_ms: &[f64]) {
        assert_eq!(sources.len(), targets.len(), "each edge has a source and a target");
        for values in weights.iter().chain((!weights.is_empty()).then_some(&delays_ms)) {
            assert_eq!(values.len(), sources.len(), "each edge has all its weights and a delay");
        }
        let wide = |ids: &[u32]| ids.iter().map(|&id| id.into()).collect();
        self.recorder.send(Message::EdgeChunk(EdgeChunk {
            sources: wide(sources),
            targets: wide(targets),
            weights: weights.iter().map(|w| w.to_vec()).collect(),
            delays_ms: delays_ms.to_vec(),
        }));
    }
}

/// The datasets of an edge population.
pub struct Edges {
    sources: Dataset,
    targets: Dataset,
    edge_type: Dataset,
    edge_group: Dataset,
    edge_index: Dataset,
    weights: Vec<Dataset>,
    delays: Option<Dataset>,
    written: u64,
}

impl Edges {
    /// `/edges/<name>`, without edges.
    pub fn create(file: &File, name: &str, meta: &EdgeMeta) -> Result<Self> {
        let edges = h5::group(file, "edges")?.create_group(name)?;
        let ids = |name: &str, population: &str| {
            let dataset = h5::growing::<u64>(&edges, name, EDGES_PER_CHUNK)?;
            h5::set_text(&dataset, "node_population", population).map(|()| dataset)
        };
        let (sources, targets) = (ids("source_node_id", &meta.from)?, ids("target_node_id", &meta.to)?);
        let group = edges.create_group("0")?;
        let property = |name: &str, unit: &str| property(&group, name, unit);
        let weights = meta.weights.iter().enumerate().map(|(number, (receptor, unit))| {
            // SONATA knows one weight; the others of a synapse that reaches several receptors carry the receptor's name.
            let name = if number == 0 { "syn_weight".to_owned() } else { format!("syn_weight_{receptor}") };
            let dataset = property(&name, unit)?;
            h5::set_text(&dataset, "receptor", receptor).map(|()| dataset)
        });
        Ok(Self {
            sources,
            targets,
            weights: weights.collect::<Result<_>>()?,
            delays: (!meta.weights.is_empty()).then(|| property("delay", "ms")).transpose()?,
            edge_type: h5::growing::<u32>(&edges, "edge_type_id", EDGES_PER_CHUNK)?,
            edge_group: h5::growing::<u32>(&edges, "edge_group_id", EDGES_PER_CHUNK)?,
            edge_index: h5::growing::<u64>(&edges, "edge_group_index", EDGES_PER_CHUNK)?,
            written: 0,
        })
    }

    /// Appends a chunk.
    pub fn append(&mut self, chunk: &EdgeChunk) -> Result<()> {
        let count = chunk.sources.len();
        h5::append(&self.sources, &chunk.sources)?;
        h5::append(&self.targets, &chunk.targets)?;
        h5::append(&self.edge_type, &vec![0_u32; count])?;
        h5::append(&self.edge_group, &vec![0_u32; count])?;
        let index: Vec<u64> = (self.written..).take(count).collect();
        h5::append(&self.edge_index, &index)?;
        self.written += count as u64;
        for (dataset, values) in self.weights.iter().zip(&chunk.weights) {
            h5::append(dataset, values)?;
        }
        self.delays.iter().try_for_each(|dataset| h5::append(dataset, &chunk.delays_ms))
    }
}

/// A number for each edge.
fn property(group: &Group, name: &str, unit: &str) -> Result<Dataset> {
    let dataset = h5::growing::<f64>(group, name, EDGES_PER_CHUNK)?;
    h5::set_text(&dataset, "units", unit).map(|()| dataset)
}
