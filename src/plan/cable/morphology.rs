//! The shape of a cable's cells: from a table of sections or an SWC file.

use std::path::Path;

use super::{super::populations::One, find};
use crate::{
    cable::{Frustum, Section, swc},
    error::{Error, Result, Source},
    lang::Expr,
    quantity::{Dim, display},
    spec,
};

/// Sections with their numbers of compartments.
pub struct Morphology {
    pub sections: Vec<Section>,
    /// Of the cytoplasm, GOhm um.
    pub resistivity: f64,
}

/// Longer lists of compartments are mistakes.
const MAX_COMPARTMENTS: f64 = 1e6;

impl Morphology {
    pub fn plan(one: &One, cable: &spec::Cable) -> Result<Self> {
        let reader = Reader { one, cable };
        let resistivity = reader.positive(&cable.r_a, Dim::RESISTANCE * Dim::LENGTH, "R_a")?;
        let longest = cable.longest.as_ref().map(|e| reader.positive(e, Dim::LENGTH, "compartment")).transpose()?;
        let mut sections = match &cable.swc {
            Some(file) => reader.file_sections(file)?,
            None => reader.table_sections()?,
        };
        for section in &mut sections {
            let entry = cable.sections.get(section.group);
            section.compartments = reader.compartments(entry, section, longest)?;
        }
        let morphology = Self { sections, resistivity };
        if morphology.compartments() > MAX_COMPARTMENTS {
            let message = one.what(&format!("a cell has {} compartments", morphology.compartments()));
            let help = format!("use at most {MAX_COMPARTMENTS:e}: longer compartments, or fewer");
            return Err(one.context.scope.error(&cable.span, message, help));
        }
        Ok(morphology)
    }

    /// Compartments of a cell.
    pub fn compartments(&self) -> f64 {
        self.sections.iter().map(|s| f64::from(s.compartments)).sum()
    }
}

struct Reader<'a> {
    one: &'a One<'a>,
    cable: &'a spec::Cable,
}

impl Reader<'_> {
    fn positive(&self, expr: &Expr, dim: Dim, what: &str) -> Result<f64> {
        let what = self.one.what(what);
        let value = self.one.context.scope.number(expr, dim, &what)?;
        match value > 0.0 {
            true => Ok(value),
            false => {
                let message = format!("{what} = {} is not above {}", display(value, dim), display(0.0, dim));
                Err(self.one.context.scope.error(&expr.span, message, "give a positive value"))
            }
        }
    }

    fn compartments(&self, entry: Option<&spec::Section>, section: &Section, longest: Option<f64>) -> Result<u32> {
        let scope = self.one.context.scope;
        let what = self.one.what(&format!("section \"{}\": compartments", section.name));
        match (entry.and_then(|e| e.compartments.as_ref()), longest) {
            (Some(count), _) => {
                let count_of = scope.count(count, 1, &what)?;
                u32::try_from(count_of).ok().filter(|&n| f64::from(n) <= MAX_COMPARTMENTS).ok_or_else(|| {
                    let help = format!("use at most {MAX_COMPARTMENTS:e}");
                    scope.error(&count.span, format!("{what} = {count_of} is too large"), help)
                })
            }
            // A length that is a multiple of the longest has no compartment more for its last bit.
            (None, Some(longest)) => {
                Ok((section.length() / longest * (1.0 - 1e-12)).ceil().clamp(1.0, f64::from(u32::MAX)) as u32)
            }
            (None, None) => {
                let span = entry.map_or(&self.cable.span, |e| &e.span);
                let help = "add compartments = 10 to the section, or compartment = \"20 um\" to the cable: the longest one may be";
                Err(scope.error(span, format!("{what} are missing"), help))
            }
        }
    }

    fn file_sections(&self, file: &spec::At<String>) -> Result<Vec<Section>> {
        let (one, scope) = (self.one, self.one.context.scope);
        if let Some(repeat) = &self.cable.repeat {
            let message = one.what("only a table of sections can be repeated, not a file");
            return Err(scope.error(&repeat.span, message, "remove `repeat`"));
        }
        for section in &self.cable.sections {
            let shape = section.parent.as_ref().map(|p| &p.span);
            let shape = shape.or(section.length.as_ref().or(section.diameter.as_ref()).map(|e| &e.span));
            if let Some(span) = shape {
                let message = one.what(&format!("section \"{}\": its shape is in the file", section.name.value));
                let help = "with swc, sections have parameters, a model and compartments only";
                return Err(scope.error(span, message, help));
            }
        }
        let path = Path::new(&*scope.source.name).parent().unwrap_or(Path::new(".")).join(&file.value);
        let text = std::fs::read_to_string(&path).map_err(|e| {
            Error::io(format!("{}: cannot read {}: {e}", one.what("swc"), path.display()))
                .help("the path is relative to the network file")
                .at(scope.source, file.span.clone())
        })?;
        let mut sections = swc::read(&Source::new(path.display().to_string(), text))?;
        for section in &mut sections {
            let entry = self.cable.sections.iter().position(|e| e.name.value == section.name);
            section.group = entry.unwrap_or(self.cable.sections.len());
        }
        let unused = self.cable.sections.iter().find(|e| !sections.iter().any(|s| s.name == e.name.value));
        if let Some(entry) = unused {
            let message = one.what(&format!("the file has no section \"{}\"", entry.name.value));
            let mut known: Vec<&str> = sections.iter().map(|s| s.name.as_str()).collect();
            known.sort_unstable();
            known.dedup();
            return Err(scope.error(&entry.name.span, message, format!("it has: {}", known.join(", "))));
        }
        Ok(sections)
    }

    fn table_sections(&self) -> Result<Vec<Section>> {
        let (one, scope) = (self.one, self.one.context.scope);
        let table = &self.cable.sections;
        let copies = match &self.cable.repeat {
            Some(count) => scope.count(count, 1, &one.what("repeat"))?,
            None => 1,
        };
        if copies as f64 * table.len() as f64 > MAX_COMPARTMENTS {
            let message = one.what(&format!("{copies} copies of {} sections are too many", table.len()));
            let span = self.cable.repeat.as_ref().map_or(&self.cable.span, |e| &e.span);
            return Err(scope.error(span, message, format!("a cell has at most {MAX_COMPARTMENTS:e} compartments")));
        }
        let mut first: Vec<Section> = Vec::new();
        for (group, entry) in table.iter().enumerate() {
            let name = &entry.name.value;
            let size = |expr: Option<&Expr>, key: &str| {
                let what = format!("section \"{name}\": {key}");
                let missing = || {
                    let help = format!("add {key} = \"10 um\"");
                    scope.error(&entry.span, one.what(&format!("{what} is missing")), help)
                };
                self.positive(expr.ok_or_else(missing)?, Dim::LENGTH, &what)
            };
            let length = size(entry.length.as_ref(), "length")?;
            let diameter = size(entry.diameter.as_ref(), "diameter")?;
            let parent = match &entry.parent {
                None => first.len().checked_sub(1).map(|before| (before, 1.0)),
                Some(at) => {
                    let what = one.what(&format!("section \"{name}\": parent"));
                    let later = table[group..].iter().any(|s| at.value.split(['(', '[']).next() == Some(&s.name.value));
                    if later {
                        let message = format!("{what} \"{}\" does not stand before it", at.value);
                        return Err(scope.error(&at.span, message, "put parents first; the first section is the root"));
                    }
                    Some(find(scope, &first, at, &what)?)
                }
            };
            let shape = vec![Frustum { length, diameters: [diameter; 2] }];
            first.push(Section { name: name.clone(), number: 0, parent, shape, compartments: 1, group });
        }
        let mut all = first.clone();
        for copy in 1..copies as usize {
            for section in &first {
                let shifted = section.parent.map(|(parent, along)| (parent + copy * first.len(), along));
                let parent = shifted.or(Some((copy * first.len() - 1, 1.0)));
                all.push(Section { number: copy as u32, parent, ..section.clone() });
            }
        }
        Ok(all)
    }
}
