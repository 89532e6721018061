//! Statistics as a table for people.

use std::fmt;

use super::{PopulationStats, Stats};

/// A column: heading, digits after the point, value.
type Column = (&'static str, usize, fn(&PopulationStats) -> Option<f64>);

const COLUMNS: [Column; 9] = [
    ("rate (Hz)", 2, |p| Some(p.rate_hz)),
    ("CV", 2, |p| p.cv_isi),
    ("LV", 2, |p| p.lv),
    ("Fano", 2, |p| p.fano),
    ("synchrony", 2, |p| p.synchrony),
    ("correlation", 4, |p| p.correlation),
    ("peak (Hz)", 1, |p| p.peak_hz),
    ("first (ms)", 1, |p| p.first_spike_ms),
    ("chi", 2, |p| p.chi),
];

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.title.is_empty() {
            writeln!(f, "{}", self.title)?;
        }
        write!(f, "{} ms of biological time", self.duration_ms)?;
        if self.from_ms > 0.0 {
            write!(f, " after {} ms", self.from_ms)?;
        }
        writeln!(f, "{}{}\n", if self.status.is_empty() { "" } else { ", " }, self.status)?;
        // Potentials are rarely recorded.
        let has_chi = self.populations.iter().any(|p| p.chi.is_some());
        let columns = &COLUMNS[..COLUMNS.len() - usize::from(!has_chi)];
        let width = self.populations.iter().map(|p| p.name.chars().count()).max().unwrap_or(0).max("population".len());
        write!(f, "{:width$}  {:>7}  {:>9}", "population", "neurons", "spikes")?;
        columns.iter().try_for_each(|(name, ..)| write!(f, "  {name:>6}"))?;
        writeln!(f)?;
        for p in &self.populations {
            write!(f, "{:width$}  {:>7}  {:>9}", p.name, p.size, p.spikes)?;
            for (name, digits, value) in columns {
                let text = value(p).map_or("-".to_owned(), |value| format!("{value:.digits$}"));
                write!(f, "  {text:>wide$}", wide = name.len().max(6))?;
            }
            writeln!(f)?;
        }
        write!(
            f,
            "\nCV, LV: of the intervals of neurons with at least 3 spikes, mean. Fano: of a neuron's spike count in windows\n\
             of {} ms, mean. Synchrony: variance/mean of the population's spike count in 3 ms bins. Correlation: mean over\n\
             pairs of up to 200 neurons that spiked, counts in 5 ms bins. Peak: of the spectrum, where it is beyond chance.\n\
             First: mean time to a neuron's first spike.{}\n",
            self.fano_window_ms,
            if has_chi { " Chi: synchrony of the recorded potentials." } else { "" }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::stats::tests::file;

    #[test]
    fn printed_as_a_table_and_as_json() {
        let stats = Stats::of(&file(), None).expect("computed");
        let table = stats.to_string();
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(
            lines[2],
            "population  neurons     spikes  rate (Hz)      CV      LV    Fano  synchrony  correlation  peak (Hz)  first (ms)     chi"
        );
        let line = |k: usize| lines[k].split_whitespace().collect::<Vec<_>>();
        assert_eq!(line(3)[..9], ["E", "4", "400", "100.00", "0.00", "0.00", "0.00", "2.81", "1.0000"]);
        assert_eq!(line(3)[9..11], ["100.0", "10.0"]);
        assert_eq!(line(4), ["silent", "2", "0", "0.00", "-", "-", "-", "-", "-", "-", "-", "-"]);
        assert_eq!((lines[3].len(), lines[4].len()), (lines[2].len(), lines[2].len()));
        let json = serde_json::to_value(&stats).expect("serialised");
        assert_eq!(json["populations"][0]["rate_hz"], 100.0);
        assert!(json["populations"][1]["cv_isi"].is_null());
    }
}
