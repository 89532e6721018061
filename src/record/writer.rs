//! The writer thread: batches in, HDF5 out. Everything that HDF5 does during a run happens here.

use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender},
    time::{Duration, Instant},
};

use super::{
    Meta,
    batch::{Batch, Piece},
    edges::{EdgeChunk, Edges},
    gdf::Gdf,
    h5,
    layout::Layout,
    meta::{EdgeMeta, PopulationMeta},
    report::Report,
    synapses::SynapseTables,
};
use crate::error::{Error, Result};

/// How much of a run a kill can cost.
const FLUSH_INTERVAL: Duration = Duration::from_secs(1);

/// What the recorder sends.
pub enum Message {
    Batch(Batch),
    /// A group of edges begins; its chunks follow.
    Edges(EdgeMeta),
    EdgeChunk(EdgeChunk),
    /// A record's synapses: how many there are; their ids follow.
    Synapses(usize, usize),
    /// Sources and targets of a record's next synapses.
    SynapseIds(usize, Vec<u32>, Vec<u32>),
    /// A text attribute of `/bouton`.
    Text(String, String),
    Finish {
        status: String,
        timings: Vec<(String, f64)>,
        numbers: Vec<(String, f64)>,
    },
}

/// Why writing failed.
pub enum Failure {
    Hdf5(hdf5::Error),
    Gdf(io::Error),
}

impl From<hdf5::Error> for Failure {
    fn from(error: hdf5::Error) -> Self {
        Self::Hdf5(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Gdf(error)
    }
}

/// State of the writer thread.
pub struct Writer {
    path: PathBuf,
    layout: Layout,
    gdf: Option<Gdf>,
    dt_ms: f64,
    reached: u64,
    populations: Vec<PopulationMeta>,
    /// For each population: what the current batch adds.
    spikes: Vec<(Vec<f64>, Vec<u64>)>,
    traces: Vec<Report>,
    edges: Option<Edges>,
    edge_names: BTreeMap<String, usize>,
}

impl Writer {
    pub fn new(path: PathBuf, layout: Layout, gdf: Option<Gdf>, meta: &Meta) -> Self {
        let traces =
            meta.traces.iter().zip(&layout.reports).map(|(trace, datasets)| Report::new(trace, datasets.clone()));
        Self {
            path,
            traces: traces.collect(),
            layout,
            gdf,
            dt_ms: meta.dt_ms,
            reached: 0,
            populations: meta.populations.clone(),
            spikes: vec![Default::default(); meta.populations.len()],
            edges: None,
            edge_names: BTreeMap::new(),
        }
    }

    /// Writes until the recorder finishes or disappears. After a failure it goes on emptying batches, so that the
    /// run is never stuck, and reports the failure at the end.
    pub fn run(mut self, filled: &Receiver<Message>, empty: &SyncSender<Batch>) -> Result<()> {
        let mut outcome = Ok(());
        let mut flushed = Instant::now();
        loop {
            let message = match filled.recv_timeout(FLUSH_INTERVAL.saturating_sub(flushed.elapsed())) {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if outcome.is_ok() {
                outcome = message.as_ref().map_or(Ok(()), |message| self.write(message));
            }
            if let Some(Message::Batch(mut batch)) = message {
                batch.clear();
                // The recorder may be gone already.
                let _ = empty.send(batch);
            }
            if flushed.elapsed() >= FLUSH_INTERVAL {
                outcome = outcome.and_then(|()| self.flush());
                flushed = Instant::now();
            }
        }
        outcome.and_then(|()| self.flush()).map_err(|failure| match failure {
            Failure::Hdf5(error) => h5::failed("write", &self.path, &error)
                .help("is the disk full? What was written up to the last flush is kept"),
            Failure::Gdf(error) => Error::io(format!("cannot write the .gdf file: {error}")).help("is the disk full?"),
        })
    }

    fn write(&mut self, message: &Message) -> std::result::Result<(), Failure> {
        match message {
            Message::Batch(batch) => self.batch(batch)?,
            Message::Edges(meta) => {
                let name = format!("{}_to_{}", meta.from, meta.to);
                let number = self.edge_names.entry(name.clone()).and_modify(|n| *n += 1).or_insert(1);
                let name = if *number == 1 { name } else { format!("{name}_{number}") };
                self.edges = Some(Edges::create(&self.layout.file, &name, meta)?);
            }
            Message::EdgeChunk(chunk) => {
                self.edges.as_mut().expect("a chunk of edges follows its header").append(chunk)?;
            }
            Message::Synapses(record, count) => self.layout.synapses[*record].begin(*count)?,
            Message::SynapseIds(record, sources, targets) => self.layout.synapses[*record].ids(sources, targets)?,
            Message::Text(name, value) => h5::set_text(&self.layout.bouton, name, value)?,
            Message::Finish { status, timings, numbers } => {
                let group = self.layout.bouton.create_group("timings")?;
                timings.iter().try_for_each(|(name, seconds)| h5::set(&group, name, *seconds))?;
                numbers.iter().try_for_each(|(name, value)| h5::set(&self.layout.bouton, name, *value))?;
                h5::set_text(&self.layout.bouton, "status", status)?;
            }
        }
        Ok(())
    }

    fn batch(&mut self, batch: &Batch) -> std::result::Result<(), Failure> {
        self.reached = self.reached.max(batch.reached);
        let mut ids = batch.ids.as_slice();
        for &(step, count) in &batch.steps {
            let (now, later) = ids.split_at(count as usize);
            ids = later;
            self.sort_out_spikes(step, now);
            if let Some(gdf) = &mut self.gdf {
                gdf.spikes(step, now)?;
            }
        }
        for ((times, ids), datasets) in self.spikes.iter_mut().zip(&self.layout.spikes) {
            if let (Some((timestamps, node_ids)), false) = (datasets, times.is_empty()) {
                h5::append(timestamps, times)?;
                h5::append(node_ids, ids)?;
            }
            times.clear();
            ids.clear();
        }
        let mut values = batch.values.as_slice();
        for &(trace, step, count) in &batch.rows {
            let (now, later) = values.split_at(count as usize);
            values = later;
            self.traces[trace as usize].take(step, now);
        }
        self.traces.iter_mut().try_for_each(Report::append)?;
        let mut values = batch.synapses.as_slice();
        for &Piece { record, step, first, count } in &batch.pieces {
            let (now, later) = values.split_at(count);
            values = later;
            self.layout.synapses[record].take(step as f64 * self.dt_ms, first, now);
        }
        self.layout.synapses.iter_mut().try_for_each(SynapseTables::append)?;
        Ok(())
    }

    /// Splits the ascending global ids of one step by population.
    fn sort_out_spikes(&mut self, step: u64, gids: &[u32]) {
        let time = step as f64 * self.dt_ms;
        let mut population = 0;
        for &gid in gids {
            while gid - self.populations[population].first_gid >= self.populations[population].size {
                population += 1;
            }
            if self.layout.spikes[population].is_some() {
                self.spikes[population].0.push(time);
                self.spikes[population].1.push((gid - self.populations[population].first_gid).into());
            }
        }
    }

    /// Makes everything so far readable even if the process is killed.
    fn flush(&mut self) -> std::result::Result<(), Failure> {
        h5::set(&self.layout.bouton, "reached_ms", self.reached as f64 * self.dt_ms)?;
        self.traces.iter().try_for_each(|trace| trace.write_times(self.dt_ms))?;
        self.layout.file.flush()?;
        if let Some(gdf) = &mut self.gdf {
            gdf.flush()?;
        }
        Ok(())
    }
}
