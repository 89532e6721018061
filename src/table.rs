//! Numbers for people and files: columns with names and units, as text, CSV and JSON.

use std::fmt;

use serde_json::{Value, json};

/// Digits on the terminal.
const DIGITS: usize = 6;
/// Rows on the terminal; of longer tables every so many is shown.
const ROWS: usize = 45;

/// A column of numbers; NaN is "there is none".
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name: `rate`.
    pub name: String,
    /// Unit, `1` for none.
    pub unit: String,
    /// A value a row.
    pub values: Vec<f64>,
    /// Words that stand in the places of the values; empty for numbers.
    pub words: Vec<String>,
}

/// Columns of one length.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Name in files: letters, digits and `_`.
    pub name: String,
    /// One line.
    pub title: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Whether the terminal shows it; traces are for files.
    pub printed: bool,
}

impl Table {
    /// A table without columns.
    pub fn new(name: impl Into<String>, title: impl Into<String>) -> Self {
        Self { name: name.into(), title: title.into(), columns: Vec::new(), printed: true }
    }

    /// With one more column.
    pub fn with(mut self, name: impl Into<String>, unit: impl Into<String>, values: Vec<f64>) -> Self {
        debug_assert!(self.columns.iter().all(|c| c.values.len() == values.len()));
        self.columns.push(Column { name: name.into(), unit: unit.into(), values, words: Vec::new() });
        self
    }

    /// With a column of words.
    pub fn with_words(mut self, name: impl Into<String>, words: Vec<String>) -> Self {
        let values = vec![f64::NAN; words.len()];
        self.columns.push(Column { name: name.into(), unit: "1".into(), values, words });
        self
    }

    /// Not shown on the terminal.
    pub fn for_files(self) -> Self {
        Self { printed: false, ..self }
    }

    /// Values of the column of this name; none where there is no such column.
    pub fn column(&self, name: &str) -> &[f64] {
        self.columns.iter().find(|c| c.name == name).map_or(&[], |c| &c.values)
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |c| c.values.len())
    }

    /// As comma-separated values: a line of names with units, then a line a row, all digits; what is missing is empty.
    pub fn csv(&self) -> String {
        let mut out = self.columns.iter().map(|c| quoted(&c.head())).collect::<Vec<_>>().join(",") + "\n";
        for row in 0..self.rows() {
            let value = |c: &Column| match (c.words.get(row), c.values[row]) {
                (Some(word), _) => quoted(word),
                (None, value) if value.is_nan() => String::new(),
                (None, value) => value.to_string(),
            };
            out += &(self.columns.iter().map(value).collect::<Vec<_>>().join(",") + "\n");
        }
        out
    }

    /// Each column by its name, with unit and values; numbers that are not there are null.
    pub fn json(&self) -> Value {
        let column = |c: &Column| match c.words.is_empty() {
            true => (c.name.clone(), json!({ "unit": c.unit, "values": c.values })),
            false => (c.name.clone(), json!({ "values": c.words })),
        };
        Value::Object(self.columns.iter().map(column).collect())
    }
}

/// A cell of comma-separated values, in quotes where it needs them (RFC 4180).
fn quoted(text: &str) -> String {
    match text.contains([',', '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.into(),
    }
}

impl Column {
    /// `rate (Hz)`
    fn head(&self) -> String {
        if self.unit == "1" { self.name.clone() } else { format!("{} ({})", self.name, self.unit) }
    }

    /// As the terminal shows it.
    fn cell(&self, row: usize) -> String {
        self.words.get(row).cloned().unwrap_or_else(|| significant(self.values[row], DIGITS))
    }
}

/// One number that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// What it is, in words.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// Unit, `1` for none.
    pub unit: String,
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&significant(self.value, DIGITS))?;
        if self.unit == "1" || self.value.is_nan() { Ok(()) } else { write!(f, " {}", self.unit) }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        let every = self.rows().div_ceil(ROWS).max(1);
        let shown: Vec<usize> = (0..self.rows()).step_by(every).collect();
        let cells: Vec<Vec<String>> = self
            .columns
            .iter()
            .map(|c| std::iter::once(c.head()).chain(shown.iter().map(|&k| c.cell(k))).collect())
            .collect();
        let widths: Vec<usize> = cells.iter().map(|c| c.iter().map(|t| t.chars().count()).max().unwrap_or(0)).collect();
        for row in 0..=shown.len() {
            let line: Vec<String> = cells.iter().zip(&widths).map(|(c, width)| format!("{:>width$}", c[row])).collect();
            writeln!(f, "{}", line.join("  "))?;
        }
        if every > 1 {
            writeln!(f, "(one row in {every} of {}; files and --json have all)", self.rows())?;
        }
        Ok(())
    }
}

/// A number with so many significant digits and no trailing zeros: `448.06`, `0.000183`, `1.45e-5`; a dash for NaN.
pub fn significant(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return if value.is_nan() { "-".into() } else { value.to_string() };
    }
    let rounded: f64 = format!("{value:.*e}", digits.max(1) - 1).parse().expect("a formatted float is a float");
    match rounded.abs() {
        0.0 => "0".into(),
        size if (1e-4..1e7).contains(&size) => format!("{rounded}"),
        _ => format!("{rounded:e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_keep_their_digits() {
        let cases = [(448.061234, "448.061"), (1.0, "1"), (-0.00001453, "-1.453e-5"), (2e9, "2e9"), (f64::NAN, "-")];
        for (value, text) in cases {
            assert_eq!(significant(value, 6), text);
        }
    }

    #[test]
    fn a_table_reads_as_text_and_csv() {
        let table =
            Table::new("fi", "Rates").with("I", "pA", vec![0.0, 50.0]).with("rate", "Hz", vec![f64::NAN, 17.4059]);
        assert_eq!(table.to_string(), "Rates\nI (pA)  rate (Hz)\n     0          -\n    50    17.4059\n");
        assert_eq!(table.csv(), "I (pA),rate (Hz)\n0,\n50,17.4059\n");
        assert_eq!((table.column("I")[1], table.column("J").len(), table.rows()), (50.0, 0, 2));
    }

    #[test]
    fn words_stand_in_the_places_of_numbers() {
        let table =
            Table::new("points", "Points").with("x", "1", vec![0.5]).with_words("type", vec!["stable node".into()]);
        assert_eq!(table.to_string(), "Points\n  x         type\n0.5  stable node\n");
        assert_eq!(table.csv(), "x,type\n0.5,stable node\n");
        assert_eq!(table.json()["type"]["values"][0], "stable node");
    }

    #[test]
    fn cells_with_commas_and_quotes_are_quoted() {
        let table = Table::new("t", "").with_words("max(a, b)", vec!["diverged, \"alas\"".into()]);
        assert_eq!(table.csv(), "\"max(a, b)\"\n\"diverged, \"\"alas\"\"\"\n");
    }

    #[test]
    fn long_tables_are_thinned_on_the_terminal_alone() {
        let table = Table::new("t", "Long").with("k", "1", (0..100).map(f64::from).collect());
        assert_eq!(table.to_string().lines().count(), 2 + 34 + 1);
        assert_eq!(table.csv().lines().count(), 101);
    }
}
