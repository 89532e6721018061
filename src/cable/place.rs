//! Places on a morphology as users write them: `soma`, `dendrite(0.5)`, `node[3](0)`.

use super::Section;

/// A place: a section by its name, and how far along it.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Name of the section.
    pub section: String,
    /// Which of the sections of this name.
    pub number: Option<u32>,
    /// From 0 (begin) to 1 (end); its middle where nothing is written.
    pub along: f64,
}

impl Place {
    /// Reads `name`, `name(x)`, `name[k]` or `name[k](x)`; what is wrong, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let form = || {
            format!(
                "\"{text}\" is no place; write the name of a section and how far along it, such as \"dendrite(0.5)\""
            )
        };
        let (head, along) = match text.strip_suffix(')') {
            None => (text, 0.5),
            Some(open) => {
                let (head, number) = open.split_once('(').ok_or_else(form)?;
                (head, number.trim().parse::<f64>().map_err(|_| form())?)
            }
        };
        let (name, number) = match head.strip_suffix(']') {
            None => (head, None),
            Some(open) => {
                let (name, number) = open.split_once('[').ok_or_else(form)?;
                (name, Some(number.trim().parse::<u32>().map_err(|_| form())?))
            }
        };
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return Err(form());
        }
        if !(0.0..=1.0).contains(&along) {
            return Err(format!("\"{text}\" is {along} along its section; a section goes from 0 to 1"));
        }
        Ok(Self { section: name.into(), number, along })
    }

    /// Which of these sections is meant; what is wrong, in words, and a remedy.
    pub fn find(&self, sections: &[Section]) -> Result<usize, (String, String)> {
        let named: Vec<usize> = (0..sections.len()).filter(|&k| sections[k].name == self.section).collect();
        let mut known: Vec<&str> = sections.iter().map(|s| s.name.as_str()).collect();
        known.sort_unstable();
        known.dedup();
        match (self.number, &named[..]) {
            (_, []) => {
                Err((format!("unknown section \"{}\"", self.section), crate::error::did_you_mean(&self.section, known)))
            }
            (None, &[only]) => Ok(only),
            (None, all) => Err((
                format!("there are {} sections \"{}\"", all.len(), self.section),
                format!("say which: \"{0}[0]\" to \"{0}[{1}]\"", self.section, all.len() - 1),
            )),
            (Some(number), all) => all.iter().copied().find(|&k| sections[k].number == number).ok_or_else(|| {
                let message = format!("there is no section \"{}[{number}]\"", self.section);
                let help = match all.len() {
                    1 => format!("write \"{}\": there is one", self.section),
                    several => format!("sections of this name are numbered from 0 to {}", several - 1),
                };
                (message, help)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read() {
        let place = |section: &str, number, along| Ok(Place { section: section.into(), number, along });
        assert_eq!(Place::parse("soma"), place("soma", None, 0.5));
        assert_eq!(Place::parse("dend(0.25)"), place("dend", None, 0.25));
        assert_eq!(Place::parse("node[12](1)"), place("node", Some(12), 1.0));
        assert_eq!(Place::parse("node[ 2 ]( 0 )"), place("node", Some(2), 0.0));
        for wrong in ["", "(0.5)", "a b", "a(x)", "a(0.5", "a[1", "a[-1]", "a]", "a)"] {
            assert!(Place::parse(wrong).unwrap_err().contains("is no place"), "{wrong}");
        }
        assert!(Place::parse("a(1.5)").unwrap_err().contains("from 0 to 1"));
        assert!(Place::parse("a(nan)").unwrap_err().contains("from 0 to 1"));
    }
}
