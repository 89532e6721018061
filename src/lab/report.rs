//! What an experiment found: facts and tables, as text and JSON.

use std::fmt::{self, Write as _};

use serde_json::{Map, json};

use super::Subject;
use crate::table::{Fact, Table};

/// What an experiment found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The experiment: `fi`.
    pub experiment: String,
    /// Name of the model; the stem of files.
    pub name: String,
    /// The model's title.
    pub title: String,
    /// Where the model was published.
    pub citation: String,
    /// How it was done, in a line.
    pub protocol: String,
    /// Parameters as used.
    pub parameters: Vec<(String, String)>,
    /// Numbers found.
    pub facts: Vec<Fact>,
    /// What the user should know.
    pub notes: Vec<String>,
    /// Tables; the first is what `-o x.csv` holds.
    pub tables: Vec<Table>,
}

impl Report {
    /// A report on a model, without results.
    pub fn of(experiment: &str, subject: &Subject) -> Self {
        let model = &subject.model;
        Self {
            experiment: experiment.into(),
            name: model.name.clone(),
            title: model.title.clone(),
            citation: model.citation.clone(),
            parameters: subject.parameters(),
            ..Self::default()
        }
    }

    /// Adds a fact.
    pub fn fact(&mut self, name: impl Into<String>, value: f64, unit: impl Into<String>) {
        self.facts.push(Fact { name: name.into(), value, unit: unit.into() });
    }

    /// The value of a fact by its name.
    pub fn value(&self, name: &str) -> Option<f64> {
        self.facts.iter().find(|f| f.name == name).map(|f| f.value)
    }

    /// The table of this name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|t| t.name == name)
    }

    /// One JSON object on one line; numbers that are not there are null.
    pub fn json(&self) -> String {
        let parameters: Map<_, _> = self.parameters.iter().map(|(n, v)| (n.clone(), json!(v))).collect();
        let fact = |f: &Fact| (f.name.clone(), json!({ "value": f.value, "unit": f.unit }));
        let facts: Map<_, _> = self.facts.iter().map(fact).collect();
        let tables: Map<_, _> = self.tables.iter().map(|t| (t.name.clone(), t.json())).collect();
        let all = json!({
            "experiment": self.experiment, "model": self.name, "title": self.title, "citation": self.citation,
            "protocol": self.protocol, "parameters": parameters, "facts": facts, "notes": self.notes, "tables": tables,
        });
        all.to_string()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.name, self.title)?;
        self.citation.lines().try_for_each(|line| writeln!(f, "  {line}"))?;
        if !self.protocol.is_empty() {
            writeln!(f, "{}", self.protocol)?;
        }
        if !self.parameters.is_empty() {
            let all: Vec<String> = self.parameters.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            wrapped(f, &all)?;
        }
        if !self.facts.is_empty() {
            writeln!(f)?;
        }
        let width = self.facts.iter().map(|fact| fact.name.chars().count()).max().unwrap_or(0);
        for fact in &self.facts {
            writeln!(f, "{:width$}  {fact}", fact.name)?;
        }
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        self.tables.iter().filter(|t| t.printed).try_for_each(|t| write!(f, "\n{t}"))
    }
}

/// Words separated by commas, in lines of at most a hundred characters.
fn wrapped(f: &mut fmt::Formatter<'_>, words: &[String]) -> fmt::Result {
    let mut line = String::new();
    for (k, word) in words.iter().enumerate() {
        let end = if k + 1 < words.len() { ", " } else { "" };
        if line.chars().count() + word.chars().count() > 98 {
            writeln!(f, "{}", line.trim_end())?;
            line.clear();
        }
        write!(line, "{word}{end}")?;
    }
    writeln!(f, "{line}")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn report() -> Report {
        let mut report = Report { name: "lif".into(), title: "A neuron".into(), ..Report::default() };
        report.parameters = vec![("C_m".into(), "200 pF".into())];
        report.fact("rheobase", 100.0 + 1e-9, "pA");
        report.tables.push(Table::new("fi", "Rates").with("I", "pA", vec![0.0, 50.0]).with(
            "rate",
            "Hz",
            vec![f64::NAN, 17.4059],
        ));
        report.tables.push(Table::new("v", "Traces").with("t", "ms", vec![0.0]).for_files());
        report
    }

    #[test]
    fn it_reads_as_text_and_json() {
        let report = report();
        let text = report.to_string();
        for part in
            ["lif: A neuron\n", "C_m = 200 pF\n", "rheobase  100 pA\n", "I (pA)  rate (Hz)\n", "    50    17.4059\n"]
        {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
        assert!(!text.contains("Traces"));
        let value: Value = serde_json::from_str(&report.json()).expect("JSON");
        assert_eq!(value["facts"]["rheobase"]["unit"], "pA");
        assert_eq!(value["tables"]["fi"]["rate"]["values"], json!([null, 17.4059]));
        assert_eq!(report.value("rheobase"), Some(100.0 + 1e-9));
    }
}
