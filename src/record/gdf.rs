//! Spikes as text: lines of global id, tab, milliseconds, which NEST's tools and neo's `NestIO` read.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

/// A `.gdf` file that grows.
pub struct Gdf {
    file: BufWriter<File>,
    dt_ms: f64,
    decimals: usize,
}

impl Gdf {
    /// Starts an empty file.
    pub fn create(path: &Path, dt_ms: f64) -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(File::create(path)?), dt_ms, decimals: decimals(dt_ms) })
    }

    /// Adds the spikes of one step.
    pub fn spikes(&mut self, step: u64, ids: &[u32]) -> io::Result<()> {
        let time = step as f64 * self.dt_ms;
        ids.iter().try_for_each(|id| writeln!(self.file, "{id}\t{time:.*}", self.decimals))
    }

    /// Hands everything to the operating system.
    pub fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Digits after the point that write every multiple of `dt` as it is (at most 9).
fn decimals(dt_ms: f64) -> usize {
    (0..9)
        .find(|&digits| {
            let scaled = dt_ms * 10_f64.powi(digits);
            (scaled - scaled.round()).abs() < 1e-9 * scaled
        })
        .unwrap_or(9) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_follow_the_time_step() {
        let cases = [(0.1, 1), (0.025, 3), (1.0, 0), (0.05, 2), (0.0078125, 7), (1.0 / 3.0, 9)];
        for (dt, digits) in cases {
            assert_eq!(decimals(dt), digits, "dt {dt}");
        }
    }

    #[test]
    fn lines_are_id_tab_milliseconds() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("spikes.gdf");
        let mut gdf = Gdf::create(&path, 0.1).expect("created");
        gdf.spikes(3, &[0, 12]).expect("written");
        gdf.spikes(10_000, &[7]).expect("written");
        gdf.flush().expect("flushed");
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "0\t0.3\n12\t0.3\n7\t1000.0\n");
    }
}
