//! The observer that records: fills batches and hands them to the writer thread.

use std::{
    path::Path,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use super::{
    EdgeMeta, EdgeWriter, Meta,
    batch::{Batch, Piece, SPIKES_PER_BATCH, STEPS_PER_BATCH, SYNAPSES_PER_BATCH, VALUES_PER_BATCH},
    gdf::Gdf,
    h5,
    layout::Layout,
    writer::{Message, Writer},
};
use crate::{
    engine::observer::Observer,
    error::{Error, Result},
};

/// Batches in circulation: one being filled, one being written, two between them.
const BATCHES: usize = 4;
/// A batch is handed over at least this often, so that the file is never much behind the run.
const HAND_OVER_INTERVAL: Duration = Duration::from_millis(250);

/// Records a run in a SONATA file. An [`Observer`]; [`finish`](Recorder::finish) it at the end.
///
/// A recorder that is dropped instead leaves a readable file whose status is still "running".
pub struct Recorder {
    batch: Batch,
    empty: Receiver<Batch>,
    /// `None` once finished.
    filled: Option<SyncSender<Message>>,
    writer: Option<JoinHandle<Result<()>>>,
    handed_over: Instant,
}

impl Recorder {
    /// Creates the result file (replacing an older one), its skeleton, and the writer thread.
    /// With `gdf`, spikes are written as text too, under their global ids.
    ///
    /// # Errors
    /// A path that cannot be written.
    pub fn create(path: &Path, meta: &Meta, gdf: Option<&Path>) -> Result<Self> {
        check(meta);
        let unwritable = |path: &Path, reason: &str| {
            Error::io(format!("cannot create \"{}\": {reason}", path.display()))
                .help("choose another file with -o; its folder must exist and be writable")
        };
        // HDF5 reports a missing folder in five lines about its own drivers; the operating system says it in three words.
        std::fs::File::create(path).map_err(|error| unwritable(path, &error.to_string()))?;
        let layout = Layout::create(path, meta).map_err(|error| h5::failed("create", path, &error))?;
        let gdf = gdf
            .map(|path| Gdf::create(path, meta.dt_ms).map_err(|error| unwritable(path, &error.to_string())))
            .transpose()?;

        let longest_row = meta.traces.iter().map(|t| t.elements() * t.variables.len()).max().unwrap_or(0);
        let values = VALUES_PER_BATCH.max(longest_row);
        let synapses = if meta.synapses.is_empty() { 0 } else { SYNAPSES_PER_BATCH };
        let (filled, batches) = sync_channel(BATCHES);
        let (emptied, empty) = sync_channel(BATCHES);
        for _ in 1..BATCHES {
            emptied.send(Batch::new(values, synapses)).expect("the receiver lives in this function");
        }
        let writer = Writer::new(path.to_owned(), layout, gdf, meta);
        let writer = std::thread::Builder::new()
            .name("bouton-writer".into())
            .spawn(move || writer.run(&batches, &emptied))
            .map_err(|error| Error::io(format!("cannot start the writer thread: {error}")))?;
        Ok(Self {
            batch: Batch::new(values, synapses),
            empty,
            filled: Some(filled),
            writer: Some(writer),
            handed_over: Instant::now(),
        })
    }

    /// Begins `/edges/<from>_to_<to>`; give the edges to the returned writer chunk by chunk.
    pub fn edges(&mut self, meta: EdgeMeta) -> EdgeWriter<'_> {
        self.send(Message::Edges(meta));
        EdgeWriter::new(self)
    }

    /// Writes a text attribute of `/bouton`, e.g. the spike hash.
    pub fn text(&mut self, name: &str, value: &str) {
        self.send(Message::Text(name.into(), value.into()));
    }

    /// Writes what is left, the status (`complete`, or why the run stopped), the seconds of each stage under
    /// `/bouton/timings` and other numbers as attributes of `/bouton`, and closes the file.
    ///
    /// # Errors
    /// The first write that failed, during the run or now.
    pub fn finish(mut self, status: &str, timings: &[(String, f64)], numbers: &[(String, f64)]) -> Result<()> {
        self.hand_over();
        let (timings, numbers) = (timings.to_vec(), numbers.to_vec());
        self.send(Message::Finish { status: status.into(), timings, numbers });
        self.close()
    }

    /// Lets the writer come to its end.
    fn close(&mut self) -> Result<()> {
        self.filled = None;
        match self.writer.take().map(JoinHandle::join) {
            Some(Ok(outcome)) => outcome,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => Ok(()),
        }
    }

    pub(super) fn send(&mut self, message: Message) {
        // A writer that is gone has panicked, which `close` passes on.
        let _ = self.filled.as_ref().expect("open until finished").send(message);
    }

    /// Swaps the batch for an empty one; waits where the writer is behind.
    fn hand_over(&mut self) {
        if let Ok(mut empty) = self.empty.recv() {
            empty.reached = self.batch.reached;
            let full = std::mem::replace(&mut self.batch, empty);
            self.send(Message::Batch(full));
        } else {
            self.batch.clear();
        }
        self.handed_over = Instant::now();
    }
}

impl Observer for Recorder {
    fn spikes(&mut self, step: u64, mut ids: &[u32]) {
        while !ids.is_empty() {
            if self.batch.steps.len() == STEPS_PER_BATCH || self.batch.ids.len() == SPIKES_PER_BATCH {
                self.hand_over();
            }
            let (now, later) = ids.split_at(ids.len().min(SPIKES_PER_BATCH - self.batch.ids.len()));
            self.batch.steps.push((step, now.len() as u32));
            self.batch.ids.extend_from_slice(now);
            ids = later;
        }
    }

    fn trace(&mut self, trace: usize, step: u64, values: &[f64]) {
        let batch = &self.batch;
        if batch.rows.len() == STEPS_PER_BATCH || batch.values.len() + values.len() > batch.values.capacity() {
            self.hand_over();
        }
        self.batch.rows.push((trace as u32, step, values.len() as u32));
        self.batch.values.extend_from_slice(values);
    }

    fn synapses_are(&mut self, record: usize, sources: &[u32], targets: &[u32]) {
        self.send(Message::Synapses(record, sources.len()));
        for (sources, targets) in sources.chunks(SYNAPSES_PER_BATCH).zip(targets.chunks(SYNAPSES_PER_BATCH)) {
            self.send(Message::SynapseIds(record, sources.to_vec(), targets.to_vec()));
        }
    }

    fn synapses(&mut self, record: usize, step: u64, values: &[f64]) {
        let mut first = 0;
        // At least once: of no synapses the time is written.
        loop {
            if self.batch.pieces.len() == STEPS_PER_BATCH || self.batch.synapses.len() == SYNAPSES_PER_BATCH {
                self.hand_over();
            }
            let room = SYNAPSES_PER_BATCH - self.batch.synapses.len();
            let now = &values[first..values.len().min(first + room)];
            self.batch.pieces.push(Piece { record, step, first, count: now.len() });
            self.batch.synapses.extend_from_slice(now);
            first += now.len();
            if first == values.len() {
                break;
            }
        }
    }

    fn reached(&mut self, step: u64) {
        self.batch.reached = step;
        if !self.batch.is_empty() && self.handed_over.elapsed() >= HAND_OVER_INTERVAL {
            self.hand_over();
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if self.filled.is_some() && !std::thread::panicking() {
            self.hand_over();
        }
        // Nobody is left to hear of a failure.
        let _ = self.close();
    }
}

/// What the caller must have got right.
fn check(meta: &Meta) {
    let mut next = 0;
    for p in &meta.populations {
        assert_eq!(p.first_gid, next, "global ids of population {} begin where those before it end", p.name);
        next += p.size;
    }
    for t in &meta.traces {
        assert!(!t.ids.is_empty() && !t.variables.is_empty(), "a trace of {} records something", t.population);
        assert!(t.interval_steps > 0, "a trace of {} has an interval", t.population);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unwritable_path_is_named_with_a_remedy() {
        let error = Recorder::create(Path::new("/nonexistent/out.h5"), &Meta::default(), None).err().expect("refused");
        assert_eq!(error.kind(), crate::error::Kind::Io);
        let report = error.report();
        for part in ["/nonexistent/out.h5", "No such file", "-o"] {
            assert!(report.contains(part), "{part} is not in\n{report}");
        }
    }
}
