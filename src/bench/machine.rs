//! The machine: what it is, and how fast it reads memory.

use std::{
    fs,
    hint::black_box,
    sync::{Barrier, Mutex},
    thread,
    time::Instant,
};

use serde::Serialize;

use crate::{engine::huge, kernel::Isa};

/// Bytes that each thread reads in a pass: many times its share of the last cache. All threads take a quarter of the memory at most.
const BUFFER: usize = 256 << 20;
/// Passes, the best of which counts; the first one also brings the pages.
const PASSES: usize = 6;

/// What the numbers of a report were measured on.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Machine {
    /// Name of the processor.
    pub cpu: String,
    /// Number of processors that this process may use.
    pub cores: usize,
    /// Memory in bytes; 0 where the system does not tell.
    pub memory_bytes: u64,
    /// Vector instructions that are used.
    pub instructions: &'static str,
    /// Processes that ran or waited for a processor in the minute before the first case; `None` where the system does not tell.
    pub load_before: Option<f64>,
    /// What threads read from memory together, for each number of threads.
    pub streaming_read: Vec<StreamingRead>,
}

/// What a number of threads read from memory.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct StreamingRead {
    /// Number of threads.
    pub threads: usize,
    /// All of them together.
    pub bytes_per_second: f64,
}

impl Machine {
    /// Looks at the machine; measures nothing yet.
    pub fn look() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        Self {
            cpu: field(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| std::env::consts::ARCH.into()),
            cores: thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: kilobytes(&read("/proc/meminfo"), "MemTotal").unwrap_or(0),
            instructions: Isa::detect().name(),
            load_before: read("/proc/loadavg").split_whitespace().next().and_then(|load| load.parse().ok()),
            streaming_read: Vec::new(),
        }
    }

    /// Measures reading with this many threads; the best counts of all times that it is called.
    pub fn read(&mut self, threads: usize) {
        let most = if self.memory_bytes == 0 { BUFFER } else { self.memory_bytes as usize / 4 / threads };
        let bytes_per_second = streaming_read(threads, BUFFER.min(most) / 64 * 64);
        match self.streaming_read.iter_mut().find(|read| read.threads == threads) {
            Some(read) => read.bytes_per_second = read.bytes_per_second.max(bytes_per_second),
            None => self.streaming_read.push(StreamingRead { threads, bytes_per_second }),
        }
    }

    /// Bytes per second that this many threads read together, if it was measured.
    pub fn bandwidth(&self, threads: usize) -> Option<f64> {
        self.streaming_read.iter().find(|read| read.threads == threads).map(|read| read.bytes_per_second)
    }
}

/// Every thread sums a buffer of its own, all at the same time, from the first one's start to the last one's end.
fn streaming_read(threads: usize, bytes: usize) -> f64 {
    let barrier = Barrier::new(threads);
    let best = Mutex::new(f64::INFINITY);
    thread::scope(|scope| {
        for number in 0..threads {
            let (barrier, best) = (&barrier, &best);
            scope.spawn(move || {
                // Zeros come untouched from the system, on one shared page; once written they are memory of this thread.
                let mut buffer = huge::zeros::<u32>(bytes / 4);
                buffer.fill(number as u32);
                for _ in 0..PASSES {
                    barrier.wait();
                    let begin = Instant::now();
                    // Wrapping sums may be taken in any order, so the compiler adds whole vectors.
                    black_box(black_box(&buffer).iter().fold(0u32, |sum, &x| sum.wrapping_add(x)));
                    barrier.wait();
                    if number == 0 {
                        let seconds = begin.elapsed().as_secs_f64();
                        let mut best = best.lock().expect("no thread panics with the lock");
                        *best = best.min(seconds);
                    }
                }
            });
        }
    });
    let best = best.into_inner().expect("no thread panics with the lock");
    (threads * bytes) as f64 / best
}

/// Largest resident memory of this process so far, in bytes; 0 where the system does not tell.
pub fn peak_memory_bytes() -> u64 {
    fs::read_to_string("/proc/self/status").ok().and_then(|status| kilobytes(&status, "VmHWM")).unwrap_or(0)
}

/// The first `name : value` of a file of /proc.
fn field(text: &str, name: &str) -> Option<String> {
    let of = |line: &str| line.split_once(':').filter(|(key, _)| key.trim() == name).map(|(_, v)| v.trim().to_string());
    text.lines().find_map(of)
}

fn kilobytes(text: &str, name: &str) -> Option<u64> {
    Some(field(text, name)?.strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_from_files_of_the_system() {
        assert_eq!(kilobytes("VmPeak:\t 9 kB\nVmHWM:\t    1536 kB\n", "VmHWM"), Some(1536 * 1024));
        assert_eq!(kilobytes("Name: bouton\n", "VmHWM"), None);
        assert_eq!(field("processor\t: 0\nmodel name\t: A B: C\n", "model name").as_deref(), Some("A B: C"));
    }

    #[test]
    fn reading_is_measured_for_each_number_of_threads() {
        assert!(streaming_read(2, 1 << 20) > 0.0);
        let read = |threads| StreamingRead { threads, bytes_per_second: 1e9 * threads as f64 };
        let machine = Machine { streaming_read: vec![read(1), read(2)], ..Machine::default() };
        assert_eq!((machine.bandwidth(2), machine.bandwidth(3)), (Some(2e9), None));
    }
}
