//! Values: a number, an expression in quotes, or a column of a file with one number for each neuron.

use std::{path::Path, sync::Arc};

use super::At;
use crate::{
    error::{Error, Result, Source, did_you_mean},
    lang::ast::{Expr, Node, Quantity1},
    quantity::{Dim, Scale, parse_unit},
    toml_reader::{Item, Table},
};

/// Reads a value.
pub fn value(item: Item) -> Result<Expr> {
    if item.is_table() { column(item.table()?) } else { item.expr() }
}

/// Reads a value that must be there; `example` is shown where it is not.
pub fn required(table: &mut Table, key: &str, example: &str) -> Result<Expr> {
    value(table.require(key, example)?)
}

/// Reads a table of names to values. Tables inside give dotted names, so that `exc.g = "1 nS"` and `"exc.g" = "1 nS"` are the same.
pub fn named(table: &mut Table, key: &str) -> Result<Vec<(At<String>, Expr)>> {
    let mut values = Vec::new();
    if let Some(mut table) = table.take_table(key)? {
        flatten("", table.take_rest(), &mut values)?;
    }
    Ok(values)
}

fn flatten(prefix: &str, entries: Vec<(At<String>, Item)>, values: &mut Vec<(At<String>, Expr)>) -> Result<()> {
    for (mut name, item) in entries {
        name.value.insert_str(0, prefix);
        match item.clone().table() {
            Ok(mut table) if !table.has("file") && !table.has("column") => {
                flatten(&format!("{}.", name.value), table.take_rest(), values)?;
            }
            _ => values.push((name, value(item)?)),
        }
    }
    Ok(())
}

/// `{ file = "cells.csv", column = "C_m", unit = "pF" }`
fn column(mut table: Table) -> Result<Expr> {
    let file = table.require("file", "file = \"cells.csv\"")?.str()?;
    let column = table.require("column", "column = \"C_m\"")?.str()?;
    let (scale, dim) = match table.take("unit") {
        None => (Scale::ONE, Dim::NONE),
        Some(item) => {
            let unit = item.clone().str()?;
            parse_unit(&unit.value).map_err(|message| item.error(message))?
        }
    };
    let (source, span) = (table.source().clone(), table.span());
    table.finish()?;
    let path = Path::new(&*source.name).parent().unwrap_or(Path::new("")).join(&file.value);
    let text = std::fs::read_to_string(&path).map_err(|e| {
        Error::io(format!("cannot read {}: {e}", path.display()))
            .help("the path is relative to the network file")
            .at(&source, file.span.clone())
    })?;
    let csv = Source::new(path.display().to_string(), text);
    let number = position(&csv, &column, &source)?;
    let values = cells(&csv, number, &column.value, scale)?;
    Ok(Expr { node: Arc::new(Node::Data(Quantity1 { values: values.into(), dim })), span })
}

/// Number of a column by its name in the first line.
fn position(csv: &Source, column: &At<String>, source: &Source) -> Result<usize> {
    let header: Vec<&str> = csv.text.lines().next().unwrap_or("").split(',').map(bare).collect();
    header.iter().position(|name| *name == column.value).ok_or_else(|| {
        Error::input(format!("{} has no column \"{}\"", csv.name, column.value))
            .help(did_you_mean(&column.value, header))
            .at(source, column.span.clone())
    })
}

fn cells(csv: &Source, number: usize, column: &str, scale: Scale) -> Result<Vec<f64>> {
    let mut values = Vec::new();
    let mut start = 0;
    for (i, line) in csv.text.split_inclusive('\n').enumerate() {
        let span = start..start + line.trim_end().len();
        start += line.len();
        if i == 0 || line.trim().is_empty() {
            continue;
        }
        let cell = line.split(',').nth(number).map(bare);
        let value = cell.and_then(|cell| scale.read(cell)).filter(|value| value.is_finite()).ok_or_else(|| {
            let found = cell.map_or("nothing".into(), |cell| format!("\"{cell}\""));
            let message =
                format!("{} line {}: column \"{column}\" holds {found}, not a finite number", csv.name, i + 1);
            Error::input(message).help("write plain numbers; the network file gives their unit").at(csv, span)
        })?;
        values.push(value);
    }
    match values.is_empty() {
        true => Err(Error::input(format!("{} has no line below its header", csv.name))),
        false => Ok(values),
    }
}

fn bare(cell: &str) -> &str {
    cell.trim().trim_matches('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(csv: &str, value: &str) -> Result<Vec<(At<String>, Expr)>> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("cells.csv"), csv).unwrap();
        let source = Source::new(dir.path().join("net.toml").display().to_string(), format!("p = {{ a = {value} }}"));
        named(&mut Table::parse(&source)?, "p")
    }

    #[test]
    fn a_column_is_read_in_internal_units() {
        let csv = "id,\"C_m\"\n0, 0.2\n\n1, 0.3\n";
        let values = read(csv, "{ file = \"cells.csv\", column = \"C_m\", unit = \"nF\" }").unwrap();
        let Node::Data(data) = &*values[0].1.node else { panic!("a column is data") };
        assert_eq!((&*data.values, data.dim), (&[200.0, 300.0][..], Dim::CAPACITANCE));
    }

    #[test]
    fn mistakes_in_columns_name_file_and_line() {
        let good = "{ file = \"cells.csv\", column = \"C_m\" }";
        for (csv, value, message) in [
            ("C_m\n1\nx\n", good, "cells.csv line 3: column \"C_m\" holds \"x\", not a finite number"),
            ("id,C_m\n1\n", good, "cells.csv line 2: column \"C_m\" holds nothing"),
            ("C_m\n1\ninf\n", good, "line 3"),
            ("C_m\n", good, "no line below its header"),
            ("Cm\n1\n", good, "has no column \"C_m\""),
            ("C_m\n1\n", "{ file = \"other.csv\", column = \"C_m\" }", "other.csv"),
            ("C_m\n1\n", "{ file = \"cells.csv\", column = \"C_m\", unit = \"pX\" }", "pX"),
            ("C_m\n1\n", "{ file = \"cells.csv\" }", "`column` is missing"),
        ] {
            let error = read(csv, value).unwrap_err();
            assert!(error.message().contains(message), "{message:?} is not in {error}");
        }
    }

    #[test]
    fn tables_inside_give_dotted_names() {
        let values = read("", "{ exc = { g = 1, h = \"2 nS\" }, v = 3 }").unwrap();
        let names: Vec<_> = values.iter().map(|(name, _)| name.value.as_str()).collect();
        assert_eq!(names, ["a.exc.g", "a.exc.h", "a.v"]);
    }
}
