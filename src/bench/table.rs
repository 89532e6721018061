//! A report as people read it on a terminal.

use std::{collections::BTreeMap, fmt};

use super::{Machine, Point, Report, Spread, Timed};
use crate::output::{bytes, count, threads};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        machine(f, self.bouton, &self.machine)?;
        let strong = self.scaling == "strong";
        let scaling = match strong {
            true => "strong scaling: the same network on more threads",
            false => "weak scaling: the network grows with the threads",
        };
        let runs = match self.repeat {
            1 => "one run of each case".into(),
            n => format!("median of {n} runs (min-max)"),
        };
        writeln!(f, "{scaling}; {runs}, every run in a process of its own")?;
        for series in &self.series {
            heading(f, series)?;
            aligned(f, &times(series, strong))?;
            writeln!(f)?;
            aligned(f, &loads(series))?;
        }
        warnings(f, self)
    }
}

fn machine(f: &mut fmt::Formatter<'_>, version: &str, machine: &Machine) -> fmt::Result {
    let Machine { cpu, cores, memory_bytes, instructions, .. } = machine;
    let load = machine.load_before.map_or(String::new(), |load| format!(", load {load:.2} before"));
    writeln!(f, "bouton {version} on {cpu}, {cores} cores, {} of memory, {instructions}{load}", bytes(*memory_bytes))?;
    let read = |r: &super::machine::StreamingRead| {
        format!("{:.1} GB/s with {}", r.bytes_per_second * 1e-9, threads(r.threads))
    };
    let read: Vec<_> = machine.streaming_read.iter().map(read).collect();
    writeln!(f, "streaming read from memory: {}", read.join(", "))
}

fn heading(f: &mut fmt::Formatter<'_>, series: &Timed) -> fmt::Result {
    let Timed { label, title, bio_seconds, dt_ms, .. } = series;
    let title = if title.is_empty() { String::new() } else { format!(": {title}") };
    let hz = |p: &Point| p.spikes as f64 / p.neurons as f64 / bio_seconds;
    let rate = hz(&series.points[0]);
    writeln!(f, "\n{label}{title}")?;
    writeln!(f, "{bio_seconds} s of biological time in steps of {dt_ms} ms, {rate:.1} spikes a second and neuron\n")
}

/// One row for each number of threads: sizes, times, rates.
fn times(series: &Timed, strong: bool) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> =
        vec![["threads", "neurons", "synapses", "build (s)", "real-time factor"].map(String::from).to_vec()];
    rows[0].extend(strong.then(|| "speed-up".into()));
    rows[0].extend(["efficiency", "events/s", "ns/event", "bytes/synapse", "peak memory"].map(String::from));
    for p in &series.points {
        let mut row = vec![
            p.threads.to_string(),
            count(p.neurons),
            count(p.synapses),
            spread(p.build_seconds),
            spread(p.real_time_factor),
        ];
        row.extend(p.speed_up.map(|speed_up| format!("{speed_up:.2}")));
        row.extend([
            percent(Some(p.efficiency)),
            p.events_per_second.map_or("-".into(), |rate| format!("{rate:.2e}")),
            p.ns_per_event.map_or("-".into(), |ns| format!("{ns:.2}")),
            p.bytes_per_synapse.map_or("-".into(), |bytes| format!("{bytes:.2}")),
            bytes(p.peak_memory_bytes),
        ]);
        rows.push(row);
    }
    rows
}

/// One row for each number of threads: shares of the stages, delivery against the memory, and what others used of the machine.
fn loads(series: &Timed) -> Vec<Vec<String>> {
    let stages = || series.points[0].stages.iter().map(|(name, _)| name.clone());
    let mut rows = vec![vec!["threads".to_string()]];
    rows[0].extend(stages().chain(["delivery", "of streaming read", "others"].map(String::from)));
    for p in &series.points {
        let mut row = vec![p.threads.to_string()];
        row.extend((0..p.stages.len()).map(|stage| percent(Some(p.share(stage)))));
        row.push(p.delivery_bytes_per_second.map_or("-".into(), |rate| format!("{:.2} GB/s", rate * 1e-9)));
        row.push(percent(p.delivery_share_of_streaming_read));
        row.push(p.others_cores.map_or("-".into(), |cores| format!("{cores:.2} cores")));
        rows.push(row);
    }
    rows
}

/// Each warning once, with the cases that it is about.
fn warnings(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let mut all: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut cases = 0;
    for series in &report.series {
        let label = &series.label;
        series.warnings.iter().for_each(|w| all.entry(w).or_default().push(label.clone()));
        for point in &series.points {
            cases += 1;
            let case = || format!("{label}, {}", threads(point.threads));
            point.warnings.iter().for_each(|w| all.entry(w).or_default().push(case()));
        }
    }
    for (k, (warning, about)) in all.iter().enumerate() {
        let about = match about.len() {
            n if n == cases => "all cases".into(),
            n if n > NAMED => format!("{}; and {} more cases", about[..NAMED].join("; "), n - NAMED),
            _ => about.join("; "),
        };
        writeln!(f, "{}warning: {warning} ({about})", if k == 0 { "\n" } else { "" })?;
    }
    Ok(())
}

/// Cases that a warning names.
const NAMED: usize = 4;

/// Right-aligned columns, two blanks apart.
fn aligned(f: &mut fmt::Formatter<'_>, rows: &[Vec<String>]) -> fmt::Result {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}")).collect();
        writeln!(f, "{}", cells.join("  "))?;
    }
    Ok(())
}

/// `0.064 (0.061-0.099)`, the median to three digits and its range to as many places; without a range where there is none.
fn spread(Spread { median, min, max }: Spread) -> String {
    let places = (2 - median.max(1e-9).log10().floor() as i32).clamp(0, 6) as usize;
    match min == max {
        true => format!("{median:.places$}"),
        false => format!("{median:.places$} ({min:.places$}-{max:.places$})"),
    }
}

fn percent(share: Option<f64>) -> String {
    share.map_or("-".into(), |share| format!("{:.1} %", 100.0 * share))
}

#[cfg(test)]
mod tests {
    use super::{super::derive::tests::report, *};

    #[test]
    fn numbers_have_three_digits_and_their_range() {
        assert_eq!(spread(Spread { median: 0.0641, min: 0.061, max: 0.0992 }), "0.0641 (0.0610-0.0992)");
        assert_eq!(spread(Spread { median: 12.34, min: 12.34, max: 12.34 }), "12.3");
        assert_eq!(spread(Spread { median: 1234.0, min: 1200.0, max: 1300.0 }), "1234 (1200-1300)");
    }

    #[test]
    fn the_table_shows_times_shares_and_warnings() {
        let text = report(false).to_string();
        for part in [
            "bouton 0.1.0 on Processor, 2 cores, 25.00 GB",
            "10.0 GB/s with 1 thread, 16.0 GB/s with 2 threads",
            "strong scaling: the same network on more threads; median of 3 runs (min-max)",
            "net, f64: A network\n2 s of biological time in steps of 0.1 ms, 1.6 spikes a second and neuron",
            "      1    4,000   320,000      0.100  0.500 (0.400-0.600)      1.00     100.0 %    1.00e6   1000.00",
            "      2   25.0 %     75.0 %  0.01 GB/s              0.1 %  0.00 cores",
            "      4   25.0 %     75.0 %  0.02 GB/s                  -  0.00 cores",
            "\nwarning: more threads than the 2 cores: they wait for each other (net, f64, 4 threads)\n",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
        let weak = super::super::derive::tests::report(true).to_string();
        assert!(!weak.contains("speed-up") && weak.contains("weak scaling"), "{weak}");
    }
}
