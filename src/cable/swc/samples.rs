//! The lines of an SWC file.

use std::collections::BTreeMap;

use crate::error::{Error, Result, Source};

/// A line of the file.
#[derive(Clone, Debug)]
pub struct Sample {
    pub kind: u32,
    pub at: [f64; 3],
    pub radius: f64,
    pub parent: Option<usize>,
    pub children: Vec<usize>,
    /// Where it stands in the file.
    pub span: std::ops::Range<usize>,
}

/// The samples of a file, which are one tree.
pub fn samples(source: &Source) -> Result<Vec<Sample>> {
    let mut samples: Vec<Sample> = Vec::new();
    let mut ids: BTreeMap<i64, usize> = BTreeMap::new();
    let mut parents = Vec::new();
    let mut next = 0;
    for line in source.text.split_inclusive('\n') {
        let start = next + (line.len() - line.trim_start().len());
        next += line.len();
        let content = line.split('#').next().unwrap_or("").trim();
        if content.is_empty() {
            continue;
        }
        let span = start..start + content.len();
        let refuse = |message: String, help: &str| Error::input(message).help(help).at(source, span.clone());
        let form = "each line is: id, type, x, y, z, radius (um), id of the parent or -1";
        let fields: Vec<&str> = content.split_whitespace().collect();
        let &[id, kind, x, y, z, radius, parent] = &fields[..] else {
            return Err(refuse(format!("this line has {} values, not 7", fields.len()), form));
        };
        let whole = |text: &str, what: &str| {
            text.parse::<i64>().map_err(|_| refuse(format!("{what} \"{text}\" is not a whole number"), form))
        };
        let number = |text: &str, what: &str| {
            let value = text.parse::<f64>().ok().filter(|v| v.is_finite());
            value.ok_or_else(|| refuse(format!("{what} \"{text}\" is not a finite number"), form))
        };
        let (id, parent) = (whole(id, "id")?, whole(parent, "parent")?);
        let kind = u32::try_from(whole(kind, "type")?)
            .map_err(|_| refuse(format!("type {kind} is negative"), "1 soma, 2 axon, 3 dendrite, 4 apical dendrite"))?;
        let at = [number(x, "x")?, number(y, "y")?, number(z, "z")?];
        let radius = number(radius, "radius")?;
        if radius <= 0.0 {
            return Err(refuse(
                format!("sample {id}: radius {radius} um is not above 0 um"),
                "every sample needs a radius",
            ));
        }
        if ids.insert(id, samples.len()).is_some() {
            return Err(refuse(format!("sample {id} is there already"), "give each sample its own id"));
        }
        parents.push((id, parent));
        samples.push(Sample { kind, at, radius, parent: None, children: Vec::new(), span });
    }
    let mut root: Option<i64> = None;
    for (k, &(id, parent)) in parents.iter().enumerate() {
        let refuse =
            |message: String, help: String| Error::input(message).help(help).at(source, samples[k].span.clone());
        match (parent, ids.get(&parent)) {
            (_, Some(&p)) if p == k => {
                return Err(refuse(format!("sample {id} is its own parent"), "the root's parent is -1".into()));
            }
            (_, Some(&p)) => {
                samples[k].parent = Some(p);
                samples[p].children.push(k);
            }
            (-1, None) => match root {
                None => root = Some(id),
                Some(first) => {
                    let help = "a cell is one tree: join it, or put it into a file of its own";
                    return Err(refuse(
                        format!("sample {id} is a second root; the first is sample {first}"),
                        help.into(),
                    ));
                }
            },
            (_, None) => {
                let help = "a sample's parent is the id of another line, or -1 for the root";
                return Err(refuse(format!("sample {id}: its parent {parent} is not in the file"), help.into()));
            }
        }
    }
    let Some(root) = root else {
        let message = if samples.is_empty() { "the file has no samples" } else { "no sample has the parent -1" };
        return Err(
            Error::input(format!("{}: {message}", source.name)).help("one sample is the root; its parent is -1")
        );
    };
    // What the root does not reach is joined in a circle.
    let mut reached = vec![false; samples.len()];
    let mut waiting = vec![ids[&root]];
    while let Some(k) = waiting.pop() {
        reached[k] = true;
        waiting.extend(&samples[k].children);
    }
    if let Some(k) = reached.iter().position(|r| !r) {
        let message = format!("sample {} is its own ancestor", parents[k].0);
        return Err(Error::input(message)
            .help("following the parents must lead to the root")
            .at(source, samples[k].span.clone()));
    }
    Ok(samples)
}
