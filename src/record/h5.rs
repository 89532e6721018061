//! Small words for HDF5: groups, attributes, datasets that grow.

use std::path::Path;

use hdf5::{Dataset, Group, H5Type, Location, types::VarLenUnicode};
use ndarray::ArrayView2;

use crate::{error::Error, quantity::parse_unit};

/// Result of an HDF5 call, before it is known which file to name.
pub type Result<T> = hdf5::Result<T>;

/// An HDF5 failure as the user sees it.
pub fn failed(doing: &str, path: &Path, error: &hdf5::Error) -> Error {
    Error::io(format!("cannot {doing} \"{}\": {error}", path.display()))
}

/// The group `name`, made if it is not there.
pub fn group(parent: &Group, name: &str) -> Result<Group> {
    if parent.link_exists(name) { parent.group(name) } else { parent.create_group(name) }
}

/// A text as HDF5 stores it. A NUL cannot be stored and is dropped.
pub fn text(value: &str) -> VarLenUnicode {
    value.replace('\0', "").parse().expect("a text without NUL is always storable")
}

/// Sets a number attribute, replacing an older value.
pub fn set<T: H5Type>(at: &Location, name: &str, value: T) -> Result<()> {
    match at.attr(name) {
        Ok(attribute) => attribute.write_scalar(&value),
        Err(_) => at.new_attr::<T>().create(name)?.write_scalar(&value),
    }
}

/// Sets a text attribute, replacing an older value.
pub fn set_text(at: &Location, name: &str, value: &str) -> Result<()> {
    set(at, name, text(value))
}

/// Reads a number attribute.
pub fn get<T: H5Type>(at: &Location, name: &str) -> Result<T> {
    at.attr(name)?.read_scalar()
}

/// Reads a text attribute.
pub fn get_text(at: &Location, name: &str) -> Result<String> {
    Ok(get::<VarLenUnicode>(at, name)?.as_str().to_owned())
}

/// How many of this unit an internal unit is.
pub fn factor(unit: &str) -> f64 {
    parse_unit(unit).map_or(1.0, |(scale, _)| scale.from_internal(1.0))
}

/// Writes a list that does not grow.
pub fn fixed<T: H5Type>(parent: &Group, name: &str, values: &[T]) -> Result<Dataset> {
    let dataset = parent.new_dataset::<T>().shape(values.len()).create(name)?;
    dataset.write(values)?;
    Ok(dataset)
}

/// An empty list that grows by [`append`]. Uncompressed: libsonata's wheel has no filters.
pub fn growing<T: H5Type>(parent: &Group, name: &str, chunk: usize) -> Result<Dataset> {
    parent.new_dataset::<T>().chunk(chunk).shape(0..).create(name)
}

/// An empty table of `columns` columns whose rows grow by [`append_rows`].
pub fn growing_table<T: H5Type>(parent: &Group, name: &str, columns: usize, rows: usize) -> Result<Dataset> {
    parent.new_dataset::<T>().chunk((rows, columns)).shape((0.., columns)).create(name)
}

/// Appends to a list.
pub fn append<T: H5Type>(dataset: &Dataset, values: &[T]) -> Result<()> {
    let before = dataset.shape()[0];
    let after = before + values.len();
    dataset.resize(after)?;
    dataset.write_slice(values, before..after)
}

/// Appends whole rows to a table; returns the number of rows it has now.
pub fn append_rows<T: H5Type>(dataset: &Dataset, values: &[T]) -> Result<usize> {
    let shape = dataset.shape();
    let (before, columns) = (shape[0], shape[1]);
    let rows = values.len() / columns;
    dataset.resize((before + rows, columns))?;
    let view = ArrayView2::from_shape((rows, columns), values).expect("traces come in whole rows");
    dataset.write_slice(view, (before..before + rows, ..))?;
    Ok(before + rows)
}

/// Appends cells to a table that holds `filled` of them: the rest of its last row, whole rows, the begin of another.
pub fn append_cells<T: H5Type>(dataset: &Dataset, filled: usize, values: &[T]) -> Result<()> {
    let columns = dataset.shape()[1];
    dataset.resize(((filled + values.len()).div_ceil(columns), columns))?;
    let (mut row, column) = (filled / columns, filled % columns);
    let (head, rest) = values.split_at(((columns - column) % columns).min(values.len()));
    if !head.is_empty() {
        dataset.write_slice(head, (row, column..column + head.len()))?;
        row += 1;
    }
    let rows = rest.len() / columns;
    let (whole, tail) = rest.split_at(rows * columns);
    if rows > 0 {
        let view = ArrayView2::from_shape((rows, columns), whole).expect("these are whole rows");
        dataset.write_slice(view, (row..row + rows, ..))?;
    }
    if tail.is_empty() { Ok(()) } else { dataset.write_slice(tail, (row + rows, ..tail.len())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_tables_grow_and_attributes_are_replaced() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let file = hdf5::File::create(dir.path().join("a.h5")).expect("created");
        let list = growing::<u64>(&file, "list", 4).expect("list");
        append(&list, &[1_u64, 2, 3]).expect("append");
        append(&list, &[4_u64, 5]).expect("append");
        assert_eq!(list.read_raw::<u64>().expect("read"), [1, 2, 3, 4, 5]);

        let table = growing_table::<f32>(&file, "table", 2, 8).expect("table");
        assert_eq!(append_rows(&table, &[1_f32, 2.0, 3.0, 4.0]).expect("rows"), 2);
        assert_eq!(append_rows(&table, &[5_f32, 6.0]).expect("rows"), 3);
        assert_eq!(table.shape(), [3, 2]);
        assert_eq!(table.read_raw::<f32>().expect("read"), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);

        let cells = growing_table::<u64>(&file, "cells", 3, 8).expect("table");
        let pieces: [&[f64]; 5] = [&[0.0, 1.0], &[2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], &[10.0], &[], &[11.0, 12.0]];
        let mut filled = 0;
        for piece in pieces {
            append_cells(&cells, filled, piece).expect("cells");
            filled += piece.len();
        }
        assert_eq!(cells.shape(), [5, 3]);
        assert_eq!(cells.read_raw::<u64>().expect("read")[..13], std::array::from_fn::<u64, 13, _>(|k| k as u64));

        set_text(&file, "status", "running").expect("set");
        set_text(&file, "status", "complete, µ\0").expect("set again");
        assert_eq!(get_text(&file, "status").expect("get"), "complete, µ");
        set(&file, "n", 7_u64).expect("set");
        assert_eq!(get::<u64>(&file, "n").expect("get"), 7);
        assert!(get::<u64>(&file, "missing").is_err());
    }
}
