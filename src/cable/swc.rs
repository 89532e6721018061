//! Morphologies in SWC (Stockley et al. 1993; Cannon et al. 1998, doi:10.1016/S0165-0270(98)00091-0): lines of id, type, x, y, z,
//! radius in um, id of the parent.

mod samples;

use std::collections::BTreeMap;

use self::samples::{Sample, samples};
use super::{Frustum, Section};
use crate::error::{Error, Result, Source};

/// What the types of samples are called.
const KINDS: [(u32, &str); 4] = [(1, "soma"), (2, "axon"), (3, "dendrite"), (4, "apical")];
const SOMA: u32 = 1;

/// Reads the sections of a morphology: stretches between branch points, ends and changes of type, named `soma`, `axon`, `dendrite`,
/// `apical` (`custom` for other types) and numbered from 0 in each. They have one compartment each, and group 0.
///
/// A soma of one sample is a cylinder as long as wide, which has the sphere's area; so is one of three samples, of which the second and
/// third continue the first by its radius to both sides. What grows from such a soma is joined to its middle and begins with its own
/// first sample.
///
/// # Errors
/// The first line that cannot be understood, or does not belong to one tree.
pub fn read(source: &Source) -> Result<Vec<Section>> {
    let samples = samples(source)?;
    let root = samples.iter().position(|s| s.parent.is_none()).expect("there is a root");
    Reader { source, samples: &samples, sections: Vec::new(), counts: BTreeMap::new() }.sections(root)
}

struct Reader<'a> {
    source: &'a Source,
    samples: &'a [Sample],
    sections: Vec<Section>,
    counts: BTreeMap<&'static str, u32>,
}

impl Reader<'_> {
    fn sections(mut self, root: usize) -> Result<Vec<Section>> {
        let mut waiting: Vec<(usize, Option<(usize, f64)>)> = Vec::new();
        match self.sphere(root) {
            Some(others) => {
                let diameter = 2.0 * self.samples[root].radius;
                self.push("soma", None, vec![Frustum { length: diameter, diameters: [diameter; 2] }]);
                let grown = self.samples[root].children.iter().rev().filter(|c| !others.contains(c));
                waiting.extend(grown.map(|&c| (c, Some((0, 0.5)))));
            }
            // All that begins at the root begins where the first of it begins.
            None => waiting.extend(self.samples[root].children.iter().rev().map(|&c| (c, None))),
        }
        if waiting.is_empty() && self.sections.is_empty() {
            let help = "a soma of one sample has type 1; anything else needs two samples";
            return Err(Error::input("one sample is no section")
                .help(help)
                .at(self.source, self.samples[root].span.clone()));
        }
        while let Some((first, parent)) = waiting.pop() {
            let parent = parent.or((!self.sections.is_empty()).then_some((0, 0.0)));
            let last = self.section(first, parent)?;
            let number = self.sections.len() - 1;
            waiting.extend(self.samples[last].children.iter().rev().map(|&c| (c, Some((number, 1.0)))));
        }
        Ok(self.sections)
    }

    /// If the soma is one sphere: the samples that say so besides the root.
    fn sphere(&self, root: usize) -> Option<Vec<usize>> {
        let soma = &self.samples[root];
        let others: Vec<usize> = soma.children.iter().copied().filter(|&c| self.samples[c].kind == SOMA).collect();
        let beside = |&c: &usize| {
            let other = &self.samples[c];
            let off = (distance(soma.at, other.at) - soma.radius).abs() / soma.radius;
            other.children.is_empty() && off < 0.01 && (other.radius / soma.radius - 1.0).abs() < 0.01
        };
        let three = others.len() == 2 && others.iter().all(beside);
        (soma.kind == SOMA && (others.is_empty() || three)).then_some(others)
    }

    /// The section that begins with the sample `first`; returns its last sample.
    fn section(&mut self, first: usize, parent: Option<(usize, f64)>) -> Result<usize> {
        let samples = self.samples;
        let mut last = first;
        let mut shape = Vec::new();
        let mut add = |a: &Sample, b: &Sample, from: f64| {
            let length = distance(a.at, b.at);
            if length > 0.0 {
                shape.push(Frustum { length, diameters: [2.0 * from, 2.0 * b.radius] });
            }
        };
        let before = &samples[samples[first].parent.expect("the root begins no section")];
        let grows = before.kind == SOMA && samples[first].kind != SOMA;
        let next = |k: usize| match samples[k].children[..] {
            [only] if samples[only].kind == samples[k].kind => Some(only),
            _ => None,
        };
        if !grows {
            add(before, &samples[first], before.radius);
        } else if next(first).is_none() {
            // A stub of one sample reaches from the soma's.
            add(before, &samples[first], samples[first].radius);
        }
        while let Some(k) = next(last) {
            add(&samples[last], &samples[k], samples[last].radius);
            last = k;
        }
        if shape.is_empty() {
            let help = "samples that follow each other stand at different places";
            return Err(Error::input("this section has no length")
                .help(help)
                .at(self.source, samples[last].span.clone()));
        }
        let kind = KINDS.iter().find(|k| k.0 == samples[first].kind).map_or("custom", |k| k.1);
        self.push(kind, parent, shape);
        Ok(last)
    }

    fn push(&mut self, name: &'static str, parent: Option<(usize, f64)>, shape: Vec<Frustum>) {
        let count = self.counts.entry(name).or_default();
        *count += 1;
        self.sections.push(Section { name: name.into(), number: *count - 1, parent, shape, compartments: 1, group: 0 });
    }
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections(text: &str) -> Result<Vec<Section>> {
        read(&Source::new("cell.swc", text))
    }

    /// Name, parent, length and diameters at both ends.
    type Shape = (String, Option<(usize, f64)>, f64, [f64; 2]);

    fn shapes(text: &str) -> Vec<Shape> {
        let ends = |s: &Section| [s.shape[0].diameters[0], s.shape[s.shape.len() - 1].diameters[1]];
        let named = |s: &Section| (format!("{}[{}]", s.name, s.number), s.parent, s.length(), ends(s));
        sections(text).unwrap().iter().map(named).collect()
    }

    #[test]
    fn a_soma_of_one_sample_has_the_area_of_a_sphere() {
        let text = "# a cell\n1 1 0 0 0 5 -1\n2 3 5 0 0 1 1\n3 3 25 0 0 1 2\n4 3 35 0 0 0.5 3 # tip\n5 3 25 10 0 0.5 3\n6 2 0 -9 0 1 1\n";
        let expected = [
            ("soma[0]", None, 10.0, [10.0, 10.0]),
            ("dendrite[0]", Some((0, 0.5)), 20.0, [2.0, 2.0]),
            ("dendrite[1]", Some((1, 1.0)), 10.0, [2.0, 1.0]),
            ("dendrite[2]", Some((1, 1.0)), 10.0, [2.0, 1.0]),
            ("axon[0]", Some((0, 0.5)), 9.0, [2.0, 2.0]),
        ];
        assert_eq!(shapes(text), expected.map(|(name, parent, length, ends)| (name.to_string(), parent, length, ends)));
        let three = "1 1 0 0 0 5 -1\n2 1 0 5 0 5 1\n3 1 0 -5 0 5 1\n4 3 5 0 0 1 1\n5 3 25 0 0 1 4\n";
        assert_eq!(shapes(three)[0], ("soma[0]".into(), None, 10.0, [10.0, 10.0]));
        assert_eq!(shapes(three).len(), 2);
    }

    #[test]
    fn a_soma_of_many_samples_is_a_section_and_a_cell_may_have_none() {
        let text = "1 1 0 0 0 5 -1\n2 1 0 6 0 4 1\n3 1 0 9 0 2 2\n4 3 0 12 0 1 3\n5 3 0 20 0 1 4\n";
        assert_eq!(shapes(text)[0], ("soma[0]".into(), None, 9.0, [10.0, 4.0]));
        assert_eq!(shapes(text)[1], ("dendrite[0]".into(), Some((0, 1.0)), 8.0, [2.0, 2.0]));
        // Children may come first; both stretches begin at the root.
        let text = "3 3 0 10 0 1 1\n2 2 10 0 0 1 1\n1 3 0 0 0 1 -1\n";
        assert_eq!(shapes(text)[0], ("dendrite[0]".into(), None, 10.0, [2.0, 2.0]));
        assert_eq!(shapes(text)[1], ("axon[0]".into(), Some((0, 0.0)), 10.0, [2.0, 2.0]));
    }

    #[test]
    fn mistakes_are_refused_at_their_line() {
        let good = "1 1 0 0 0 5 -1\n";
        for (line, message, place) in [
            ("2 3 5 0 0 1", "this line has 6 values, not 7", 2),
            ("2 3 5 0 x 1 1", "z \"x\" is not a finite number", 2),
            ("2.5 3 5 0 0 1 1", "id \"2.5\" is not a whole number", 2),
            ("2 -3 5 0 0 1 1", "type -3 is negative", 2),
            ("2 3 5 0 0 0 1", "sample 2: radius 0 um is not above 0 um", 2),
            ("1 3 5 0 0 1 1", "sample 1 is there already", 2),
            ("2 3 5 0 0 1 7", "sample 2: its parent 7 is not in the file", 2),
            ("2 3 5 0 0 1 -1", "sample 2 is a second root; the first is sample 1", 2),
            ("2 3 5 0 0 1 2", "sample 2 is its own parent", 2),
            ("2 3 5 0 0 1 3\n3 3 6 0 0 1 2", "sample 2 is its own ancestor", 2),
            ("2 3 5 0 0 1 1\n3 3 5 0 0 1 2", "this section has no length", 3),
        ] {
            let report = sections(&format!("{good}{line}\n")).expect_err(line).report();
            let place = format!("cell.swc:{place}:");
            assert!(report.contains(message) && report.contains(&place), "{message:?} at {place} is not in\n{report}");
        }
        assert!(sections("# nothing\n").unwrap_err().message().contains("the file has no samples"));
        assert!(
            sections("1 1 0 0 0 5 2\n2 1 0 0 0 5 1\n").unwrap_err().message().contains("no sample has the parent -1")
        );
        assert!(sections("1 3 0 0 0 5 -1\n").unwrap_err().message().contains("one sample is no section"));
    }
}
