//! `--set KEY=VALUE`: changes to a network file's text before it is read, so that places in errors and the text kept
//! with the results are those of the file as run.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Key, Table, TableLike, Value};

use crate::error::{Error, Result, Source, did_you_mean};

/// Tables that an override may bring into being, because a file without them is complete.
const OPTIONAL_TABLES: [&str; 4] = ["run", "parameters", "initial", "record"];

/// The source with every `(KEY, VALUE)` applied in order.
///
/// A key is a constant's name or a dotted path such as `populations.E.size` or `projections.0.weight`. A value is TOML
/// if it reads as TOML, else a string (`--set run.dt="0.1 ms"` needs no second pair of quotes).
///
/// # Errors
/// For keys that lead nowhere. A file that is not TOML comes back unchanged: its reader says where it is wrong.
pub fn apply(source: Source, overrides: &[(String, String)]) -> Result<Source> {
    if overrides.is_empty() {
        return Ok(source);
    }
    let Ok(mut document) = source.text.parse::<DocumentMut>() else { return Ok(source) };
    for (key, text) in overrides {
        let value = text.trim().parse::<Value>().unwrap_or_else(|_| Value::from(text.as_str()));
        set(document.as_table_mut(), key, value)
            .map_err(|help| Error::input(format!("--set {key}={text}: {}", help.0)).help(help.1))?;
    }
    Ok(Source::new(source.name, document.to_string()))
}

/// What is wrong with a key, and the remedy.
struct Wrong(String, String);

/// A part of the document that a path can go through.
enum Place<'a> {
    Table(&'a mut dyn TableLike),
    Tables(&'a mut ArrayOfTables),
    Array(&'a mut Array),
    Value,
}

fn place(item: &mut Item) -> Place<'_> {
    match item {
        Item::Table(table) => Place::Table(table),
        Item::ArrayOfTables(tables) => Place::Tables(tables),
        Item::Value(value) => place_of_value(value),
        Item::None => Place::Value,
    }
}

fn place_of_value(value: &mut Value) -> Place<'_> {
    match value {
        Value::InlineTable(table) => Place::Table(table),
        Value::Array(array) => Place::Array(array),
        _ => Place::Value,
    }
}

fn set(root: &mut Table, key: &str, value: Value) -> std::result::Result<(), Wrong> {
    let path = Key::parse(key).map_err(|_| {
        let help = "a key is a constant's name or a path such as populations.E.size".to_string();
        Wrong(format!("\"{key}\" is not a key"), help)
    })?;
    let mut path: Vec<&str> = path.iter().map(Key::get).collect();
    if path.len() == 1 && !root.contains_key(path[0]) || constant(root, path[0]) && path.len() == 1 {
        path.insert(0, "constants");
    }
    let (last, tables) = path.split_last().expect("a TOML key has at least one part");
    let mut here = Place::Table(root);
    for (depth, part) in tables.iter().enumerate() {
        here = descend(here, part, &path[..depth])?;
    }
    assign(here, last, value, tables)
}

fn constant(root: &Table, name: &str) -> bool {
    root.get("constants").and_then(Item::as_table_like).is_some_and(|constants| constants.contains_key(name))
}

fn descend<'a>(here: Place<'a>, part: &str, parents: &[&str]) -> std::result::Result<Place<'a>, Wrong> {
    match here {
        Place::Table(table) => {
            if table.get(part).is_none() {
                if !OPTIONAL_TABLES.contains(&part) {
                    return Err(unknown(table, part, parents));
                }
                table.insert(part, Item::Table(Table::new()));
            }
            Ok(place(table.get_mut(part).expect("looked up or inserted above")))
        }
        Place::Tables(tables) => {
            let index = index(part, tables.len(), parents)?;
            Ok(Place::Table(tables.get_mut(index).expect("the index was checked")))
        }
        Place::Array(array) => {
            let index = index(part, array.len(), parents)?;
            Ok(place_of_value(array.get_mut(index).expect("the index was checked")))
        }
        Place::Value => Err(no_table(part, parents)),
    }
}

fn assign(here: Place<'_>, part: &str, value: Value, parents: &[&str]) -> std::result::Result<(), Wrong> {
    match here {
        Place::Table(table) => {
            match table.get_mut(part) {
                // The comment behind the old value stays.
                Some(Item::Value(old)) => {
                    let decor = old.decor().clone();
                    *old = value;
                    *old.decor_mut() = decor;
                }
                Some(item) => *item = Item::Value(value),
                // A new key is the reader's to judge, but a new constant would change nothing and hide a typing error.
                None if parents.is_empty() || parents == ["constants"] || parents == ["populations"] => {
                    return Err(unknown(table, part, parents));
                }
                None => {
                    table.insert(part, Item::Value(value));
                }
            }
            Ok(())
        }
        Place::Array(array) => {
            let index = index(part, array.len(), parents)?;
            array.replace(index, value);
            Ok(())
        }
        Place::Tables(tables) => {
            index(part, tables.len(), parents)?;
            let help = format!("set one of its values, e.g. {}.{part}.KEY", parents.join("."));
            Err(Wrong(format!("{}.{part} is a table", parents.join(".")), help))
        }
        Place::Value => Err(no_table(part, parents)),
    }
}

fn unknown(table: &dyn TableLike, part: &str, parents: &[&str]) -> Wrong {
    let help = did_you_mean(part, table.iter().map(|(key, _)| key));
    match parents {
        [] => Wrong(format!("the file has no \"{part}\""), help),
        ["constants"] => Wrong(format!("there is no constant \"{part}\""), help),
        _ => Wrong(format!("{} has no \"{part}\"", parents.join(".")), help),
    }
}

fn no_table(part: &str, parents: &[&str]) -> Wrong {
    let parents = parents.join(".");
    Wrong(format!("{parents} is a single value and has no \"{part}\""), format!("set {parents} itself"))
}

fn index(part: &str, len: usize, parents: &[&str]) -> std::result::Result<usize, Wrong> {
    part.parse().ok().filter(|i| *i < len).ok_or_else(|| {
        let list = parents.join(".");
        let help = match len {
            0 => format!("{list} is empty"),
            _ => format!("entries of {list} are numbered 0 to {}", len - 1),
        };
        Wrong(format!("{list} has no entry \"{part}\""), help)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
[constants]
g = 5  # relative inhibition
[populations.E]
model = \"lif\"
size = 10
parameters = { C_m = \"200 pF\" }
[[projections]]
from = \"E\"
weight = [\"1 nS\", \"2 nS\"]
[run]
dt = \"0.1 ms\"
";

    fn with(key: &str, value: &str) -> Result<String> {
        let text = apply(Source::new("net.toml", FILE), &[(key.into(), value.into())])?.text;
        Ok(text.to_string())
    }

    #[test]
    fn constants_and_paths_are_replaced_in_place() {
        for (key, value, expected) in [
            ("g", "4.5", "g = 4.5  # relative inhibition\n"),
            ("constants.g", "2*3", "g = \"2*3\"  # relative inhibition\n"),
            ("populations.E.size", "20", "size = 20\n"),
            ("populations.E.parameters.C_m", "1 nF", "{ C_m = \"1 nF\" }"),
            ("projections.0.weight.1", "3 nS", "[\"1 nS\", \"3 nS\"]"),
            ("projections.0.weight", "['5 nS', '6 nS']", "weight = ['5 nS', '6 nS']\n"),
            ("run.dt", "\"0.2 ms\"", "dt = \"0.2 ms\"\n"),
        ] {
            let text = with(key, value).unwrap();
            assert!(text.contains(expected), "{key}={value} gave\n{text}");
            assert_eq!(text.lines().count(), FILE.lines().count());
        }
    }

    #[test]
    fn optional_keys_and_tables_may_be_added() {
        assert!(with("run.threads", "2").unwrap().ends_with("dt = \"0.1 ms\"\nthreads = 2\n"));
        let text = with("populations.E.initial.v", "-60 mV").unwrap();
        let document: DocumentMut = text.parse().unwrap();
        assert_eq!(document["populations"]["E"]["initial"]["v"].as_str(), Some("-60 mV"));
        let text = apply(Source::new("n", "title = 'a'"), &[("run.seed".into(), "7".into())]).unwrap().text;
        assert!(text.contains("[run]\nseed = 7"), "{text}");
    }

    #[test]
    fn keys_that_lead_nowhere_are_errors() {
        for (key, message, help) in [
            ("gg", "there is no constant \"gg\"", "did you mean \"g\"?"),
            ("population.E.size", "the file has no \"population\"", "did you mean \"populations\"?"),
            ("populations.X.size", "populations has no \"X\"", "known here: E"),
            ("projections.1.weight", "projections has no entry \"1\"", "numbered 0 to 0"),
            ("projections.0", "projections.0 is a table", "projections.0.KEY"),
            ("run.dt.x", "run.dt is a single value", "set run.dt itself"),
            ("a b", "\"a b\" is not a key", "a constant's name"),
        ] {
            let report = with(key, "1").unwrap_err().report();
            assert!(report.contains(message) && report.contains(help), "{report}");
        }
    }
}
