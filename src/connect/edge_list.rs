//! Edge lists: synapses one by one, from a file of lines (source, target[, weight[, delay in ms]]) or from results.

use std::{ops::Range, path::Path};

use crate::error::{Error, Result, Source};

/// Explicit synapses, sorted by target; those of one target stand in the file's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EdgeList {
    edges: Vec<Listed>,
    has_weights: bool,
    has_delays: bool,
    from_results: bool,
}

/// A line of the file, or an edge of the results.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Listed {
    pub source: u32,
    pub target: u32,
    /// Line number in the file, from 1; of results the edge's number, from 0.
    pub line: u32,
    /// 0 where the file has no weights.
    pub weight: f64,
    /// In ms; 0 where the file has no delays.
    pub delay: f64,
}

const FORM: &str = "each line is: source, target[, weight[, delay in ms]]; ids count from 0 in their population";

impl EdgeList {
    /// Reads a file of lines `source target [weight [delay]]`, separated by commas, semicolons or blanks. `#` begins a
    /// comment; a first line without numbers is a header. Errors name the line.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::io(format!("cannot read the edge list {}: {error}", path.display()))
                .help("the path is relative to the network file")
        })?;
        Self::parse(&Source::new(path.display().to_string(), text))
    }

    /// As [`EdgeList::read`], from text.
    pub fn parse(source: &Source) -> Result<Self> {
        let mut list = Self::default();
        let (mut columns, mut start, mut header) = (0, 0, true);
        for (number, whole) in source.text.split_inclusive('\n').enumerate() {
            let span = start..start + whole.trim_end().len();
            start += whole.len();
            let line = whole.split('#').next().unwrap_or_default();
            let fields: Vec<&str> = line.split([',', ';', ' ', '\t', '\r', '\n']).filter(|f| !f.is_empty()).collect();
            if fields.is_empty() {
                continue;
            }
            if std::mem::take(&mut header) && fields.iter().all(|f| f.parse::<f64>().is_err()) {
                continue;
            }
            let wrong = |message: String| Error::input(message).help(FORM).at(source, span.clone());
            if columns == 0 {
                columns = fields.len();
                (list.has_weights, list.has_delays) = (columns > 2, columns > 3);
            }
            if !(2..=4).contains(&columns) || fields.len() != columns {
                let expected = if (2..=4).contains(&columns) { columns.to_string() } else { "2 to 4".into() };
                return Err(wrong(format!("line {} has {} values, not {expected}", number + 1, fields.len())));
            }
            let id = |field: &str, what: &str| {
                field.parse::<u32>().map_err(|_| wrong(format!("{what} \"{field}\" is not the id of a neuron")))
            };
            let value = |at: usize, what: &str| match fields.get(at).map(|f| (f, f.parse::<f64>())) {
                None => Ok(0.0),
                Some((_, Ok(x))) if x.is_finite() => Ok(x),
                Some((field, _)) => Err(wrong(format!("{what} \"{field}\" is not a finite number"))),
            };
            list.edges.push(Listed {
                source: id(fields[0], "source")?,
                target: id(fields[1], "target")?,
                line: number as u32 + 1,
                weight: value(2, "weight")?,
                delay: value(3, "delay")?,
            });
        }
        list.edges.sort_by_key(|edge| edge.target);
        Ok(list)
    }

    /// The edges of an earlier run: sources, targets, weights and delays in ms. What a killed run left incomplete is dropped.
    pub fn of_results(sources: &[u32], targets: &[u32], weights: &[f64], delays: &[f64]) -> Self {
        let number = sources.len().min(targets.len()).min(weights.len()).min(delays.len());
        let listed = |k: usize| Listed {
            source: sources[k],
            target: targets[k],
            line: k as u32,
            weight: weights[k],
            delay: delays[k],
        };
        let mut edges: Vec<Listed> = (0..number).map(listed).collect();
        edges.sort_by_key(|edge| edge.target);
        Self { edges, has_weights: true, has_delays: true, from_results: true }
    }

    /// What messages call one of them.
    pub(crate) fn entry(&self) -> &'static str {
        if self.from_results { "edge" } else { "line" }
    }
    /// Number of synapses.
    pub fn len(&self) -> usize {
        self.edges.len()
    }
    /// No synapses at all.
    pub fn is_empty(&self) -> bool {
        self.edges.is_empty()
    }
    /// The file gives weights (they replace the projection's).
    pub fn has_weights(&self) -> bool {
        self.has_weights
    }
    /// The file gives delays (they replace the projection's).
    pub fn has_delays(&self) -> bool {
        self.has_delays
    }
    /// All synapses, by target.
    pub(crate) fn edges(&self) -> &[Listed] {
        &self.edges
    }
    /// The synapses onto a range of targets.
    pub(crate) fn onto(&self, targets: Range<u32>) -> &[Listed] {
        let first = self.edges.partition_point(|e| e.target < targets.start);
        let last = self.edges.partition_point(|e| e.target < targets.end);
        &self.edges[first..last.max(first)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<EdgeList> {
        EdgeList::parse(&Source::new("edges.csv", text))
    }

    #[test]
    fn lines_in_all_forms_are_sorted_by_target_stably() {
        let list =
            parse("source,target,weight,delay\n# four\n3, 1, 0.5, 1.5\n2 0 -1e3 0.1\r\n\n1;1;0.25;2 # last\n").unwrap();
        assert!(list.has_weights() && list.has_delays());
        let order: Vec<_> = list.edges().iter().map(|e| (e.target, e.source, e.weight, e.delay, e.line)).collect();
        assert_eq!(order, [(0, 2, -1e3, 0.1, 4), (1, 3, 0.5, 1.5, 3), (1, 1, 0.25, 2.0, 6)]);
        assert_eq!(list.onto(1..9).len(), 2);
        assert_eq!(list.onto(0..1).len(), 1);
        assert!(list.onto(2..9).is_empty() && list.onto(0..0).is_empty());
    }

    #[test]
    fn weights_and_delays_may_be_missing() {
        let list = parse("0 1\n0 2\n").unwrap();
        assert!(!list.has_weights() && !list.has_delays());
        assert_eq!(list.len(), 2);
        assert!(parse("").unwrap().is_empty());
        let three = parse("0 1 4.5").unwrap();
        assert!(three.has_weights() && !three.has_delays());
    }

    #[test]
    fn mistakes_name_line_and_value() {
        for (text, part) in [
            ("0 1\n0 -1\n", "target \"-1\" is not the id of a neuron"),
            ("0 1\n0\n", "line 2 has 1 values, not 2"),
            ("0 1 2 3 4\n", "line 1 has 5 values, not 2 to 4"),
            ("0 1 nan\n", "weight \"nan\" is not a finite number"),
            ("0 1 1 1\n0 1 1 x\n", "delay \"x\" is not a finite number"),
            ("source target\nsource target\n", "source \"source\" is not the id"),
        ] {
            let report = parse(text).unwrap_err().report();
            assert!(report.contains(part) && report.contains("edges.csv:"), "{report}");
        }
        let missing = EdgeList::read(Path::new("no/such/file.csv")).unwrap_err();
        assert!(missing.message().contains("no/such/file.csv"));
    }
}
