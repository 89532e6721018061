//! Tables and facts of an experiment or a sweep as an HDF5 file.

use std::path::Path;

use hdf5::{Dataset, File};

use super::h5::{Result, failed, fixed, group, set_text, text};
use crate::{
    error,
    table::{Fact, Table},
};

/// Writes `/NAME/COLUMN` for each table, `/facts/NAME` for each fact, numbers with an attribute `units` unless they have none; the texts
/// become attributes of the file.
///
/// # Errors
/// A path that cannot be written.
pub fn write_tables(path: &Path, texts: &[(&str, &str)], facts: &[Fact], tables: &[Table]) -> error::Result<()> {
    let write = || -> Result<()> {
        let file = File::create(path)?;
        texts.iter().try_for_each(|(name, value)| set_text(&file, name, value))?;
        for table in tables {
            let group = file.create_group(&table.name)?;
            set_text(&group, "title", &table.title)?;
            for column in &table.columns {
                if column.words.is_empty() {
                    let dataset = fixed(&group, &link(&column.name), &column.values)?;
                    units(&dataset, &column.unit)?;
                } else {
                    let words: Vec<_> = column.words.iter().map(|word| text(word)).collect();
                    group.new_dataset_builder().with_data(&words).create(&*link(&column.name))?;
                }
            }
            // Columns in order: links of a group have none.
            let order: Vec<_> = table.columns.iter().map(|c| text(&link(&c.name))).collect();
            group.new_attr::<hdf5::types::VarLenUnicode>().shape(order.len()).create("columns")?.write(&order)?;
        }
        for fact in facts {
            let group = group(&file, "facts")?;
            let dataset = group.new_dataset::<f64>().create(&*link(&fact.name))?;
            dataset.write_scalar(&fact.value)?;
            units(&dataset, &fact.unit)?;
        }
        Ok(())
    };
    write().map_err(|e| failed("write", path, &e))
}

fn units(dataset: &Dataset, unit: &str) -> Result<()> {
    if unit == "1" { Ok(()) } else { set_text(dataset, "units", unit) }
}

/// A name as a link of HDF5, which has no slashes.
fn link(name: &str) -> String {
    name.replace('/', " per ")
}

#[cfg(test)]
mod tests {
    use super::{super::h5::get_text, *};

    #[test]
    fn tables_and_facts_are_read_back_with_units() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("fi.h5");
        let table = Table::new("fi", "Rates").with("I", "pA", vec![0.0, 50.0]).with("dv/dt", "mV/ms", vec![1.0, 2.0]);
        let fact = Fact { name: "rheobase".into(), value: 100.0, unit: "pA".into() };
        write_tables(&path, &[("model", "lif")], &[fact], &[table]).expect("written");
        let file = File::open(&path).expect("opened");
        assert_eq!(get_text(&file, "model").expect("read"), "lif");
        let slope = file.dataset("fi/dv per dt").expect("there");
        assert_eq!(slope.read_raw::<f64>().expect("read"), [1.0, 2.0]);
        assert_eq!(get_text(&slope, "units").expect("read"), "mV/ms");
        assert_eq!(file.dataset("facts/rheobase").expect("there").read_scalar::<f64>().expect("read"), 100.0);
        let error = write_tables(&dir.path().join("no/fi.h5"), &[], &[], &[]).expect_err("refused").report();
        assert!(error.contains("cannot write"), "{error}");
    }
}
