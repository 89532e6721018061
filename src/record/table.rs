//! Tables: named columns of numbers or words, one dataset each.

use std::path::Path;

use hdf5::{File, types::VarLenUnicode};

use super::h5;
use crate::error::Result;

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Numbers; what is missing is NaN.
    Numbers(Vec<f64>),
    /// Words.
    Words(Vec<String>),
}

impl Column {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Column::Numbers(all) => all.len(),
            Column::Words(all) => all.len(),
        }
    }
    /// Are there no rows?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Writes a table as an HDF5 file: `/table/<name>`, with the unit as `@units` where the name ends in one, `rate (Hz)`;
/// `/table@columns` has their order.
///
/// # Errors
/// A file that cannot be written.
pub fn write_table(path: &Path, title: &str, columns: &[(String, Column)]) -> Result<()> {
    written(path, title, columns).map_err(|error| h5::failed("write", path, &error))
}

fn written(path: &Path, title: &str, columns: &[(String, Column)]) -> h5::Result<()> {
    let file = File::create(path)?;
    let table = h5::group(&file, "table")?;
    h5::set_text(&table, "title", title)?;
    let mut names: Vec<VarLenUnicode> = Vec::new();
    for (label, column) in columns {
        let (name, unit) = match label.strip_suffix(')').and_then(|l| l.rsplit_once(" (")) {
            Some((name, unit)) => (name, Some(unit)),
            None => (label.as_str(), None),
        };
        // A slash would part the name into groups.
        let name = name.replace('/', "_");
        let dataset = match column {
            Column::Numbers(all) => h5::fixed(&table, &name, all)?,
            Column::Words(all) => h5::fixed(&table, &name, &all.iter().map(|w| h5::text(w)).collect::<Vec<_>>())?,
        };
        if let Some(unit) = unit {
            h5::set_text(&dataset, "units", unit)?;
        }
        names.push(h5::text(&name));
    }
    table.new_attr::<VarLenUnicode>().shape(names.len()).create("columns")?.write(&names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_back_with_units() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("t.h5");
        let columns = [
            ("E.rate (Hz)".to_string(), Column::Numbers(vec![1.0, f64::NAN])),
            ("status".to_string(), Column::Words(vec!["complete".into(), "diverged".into()])),
        ];
        write_table(&path, "A sweep", &columns).expect("written");
        let file = File::open(&path).expect("opened");
        let rate = file.dataset("table/E.rate").expect("a column");
        assert_eq!(h5::get_text(&rate, "units").expect("a unit"), "Hz");
        let values = rate.read_raw::<f64>().expect("numbers");
        assert!(values[0] == 1.0 && values[1].is_nan());
        let words = file.dataset("table/status").expect("a column").read_raw::<VarLenUnicode>().expect("words");
        assert_eq!(words[1].as_str(), "diverged");
    }
}
