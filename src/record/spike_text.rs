//! Spikes as text: lines of id and milliseconds, as `--gdf` and NEST's recorders write them.

use std::path::Path;

use super::{Spikes, spike_file::on_grid};
use crate::error::{Error, Result};

/// The spikes, as one population named after the file. What stands before the first line of numbers is a heading.
///
/// # Errors
/// A file that cannot be read, without spikes, or with a line of something else.
pub fn read(path: &Path) -> Result<(String, Spikes)> {
    let text =
        std::fs::read_to_string(path).map_err(|e| Error::io(format!("cannot read \"{}\": {e}", path.display())))?;
    let wrong = |what: String| {
        Error::io(format!("\"{}\": {what}", path.display()))
            .help("each line is an id, a blank and milliseconds: 12\t0.3")
    };
    let (mut ids, mut times) = (Vec::new(), Vec::new());
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match spike(line) {
            Some((id, time)) => {
                ids.push(id);
                times.push(time);
            }
            None if ids.is_empty() => {}
            None => return Err(wrong(format!("line {}: \"{}\" is no spike", number + 1, line.trim()))),
        }
    }
    if ids.is_empty() {
        return Err(wrong("holds no spikes".into()));
    }
    let name = path.file_stem().map_or_else(|| "spikes".into(), |stem| stem.to_string_lossy().into_owned());
    Ok((name, on_grid(times.into_iter(), &ids).map_err(wrong)?))
}

fn spike(line: &str) -> Option<(u64, f64)> {
    let mut words = line.split_whitespace();
    let spike = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    words.next().is_none().then_some(spike)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spikes(text: &str) -> Result<(String, Spikes)> {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("brunel.gdf");
        std::fs::write(&path, text).expect("written");
        read(&path)
    }

    #[test]
    fn headings_are_skipped_and_lines_sorted() {
        let (name, spikes) = spikes("# NEST version: 3.8\nsender\ttime_ms\n4\t2.5\n\n3\t0.1\n").expect("read");
        assert_eq!(name, "brunel");
        assert_eq!((spikes.steps, spikes.ids), (vec![100_000, 2_500_000], vec![3, 4]));
    }

    #[test]
    fn what_is_no_spike_is_named_with_its_line() {
        let message = |text: &str| spikes(text).expect_err("refused").message().to_owned();
        assert!(message("1\t0.1\n2 three\n").contains("line 2: \"2 three\" is no spike"));
        assert!(message("1\t0.1\n1 0.2 0.3\n").contains("line 2"));
        assert!(message("1\t0.1\n1\tinf\n").contains("spike 1 is at inf ms"));
        assert!(message("nothing\n").contains("holds no spikes"));
    }
}
