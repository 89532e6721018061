//! Names and lists of names.

use super::At;
use crate::{
    error::{Error, Result, Source},
    toml_reader::Item,
};

/// That a name can stand in expressions and paths: letters, digits and `_`, no digit first.
pub fn identifier(what: &str, name: &At<String>, source: &Source) -> Result<()> {
    let mut letters = name.value.chars();
    let first = letters.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    if first && letters.all(|c| c.is_alphanumeric() || c == '_') {
        return Ok(());
    }
    Err(Error::input(format!("\"{}\" cannot be the name of a {what}", name.value))
        .help("a name consists of letters, digits and _, and does not begin with a digit")
        .at(source, name.span.clone()))
}

/// One value, or the values of a list, of which there is at least one.
pub fn one_or_more(item: Item) -> Result<Vec<Item>> {
    if !item.is_array() {
        return Ok(vec![item]);
    }
    match item.clone().array()? {
        items if items.is_empty() => Err(item.error("the list is empty").help("name at least one")),
        items => Ok(items),
    }
}

/// One name, or a list of different names.
pub fn names(item: Item) -> Result<Vec<At<String>>> {
    if item.is_array() { different(item.array()?) } else { different(vec![item]) }
}

/// As [`names`], at least one.
pub fn some_names(item: Item) -> Result<Vec<At<String>>> {
    different(one_or_more(item)?)
}

/// The name of a projection: source and target, as in "E->I".
pub fn projection(item: Item) -> Result<At<String>> {
    let name = item.clone().str()?;
    match name.value.contains("->") {
        true => Ok(name),
        false => Err(item
            .error(format!("\"{}\" is not a projection", name.value))
            .help("name source and target, as in \"E->I\"")),
    }
}

/// One name of a projection, or a list of different ones.
pub fn projections(item: Item) -> Result<Vec<At<String>>> {
    let each = if item.is_array() { item.clone().array()? } else { vec![item.clone()] };
    each.into_iter().try_for_each(|item| projection(item).map(drop))?;
    names(item)
}

fn different(items: Vec<Item>) -> Result<Vec<At<String>>> {
    let mut names: Vec<At<String>> = Vec::new();
    for item in items {
        let name = item.clone().str()?;
        if names.iter().any(|n| n.value == name.value) {
            return Err(item.error(format!("\"{}\" stands here twice", name.value)).help("remove one of them"));
        }
        names.push(name);
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml_reader::Table;

    fn item(text: &str) -> Item {
        Table::parse(&Source::new("net.toml", format!("k = {text}"))).unwrap().take("k").unwrap()
    }

    #[test]
    fn one_name_is_a_list_of_one() {
        let values = |text| names(item(text)).unwrap().into_iter().map(|n| n.value).collect::<Vec<_>>();
        assert_eq!(values("\"E\""), ["E"]);
        assert_eq!(values("[\"E\", \"I\"]"), ["E", "I"]);
        assert!(values("[]").is_empty());
        assert_eq!(some_names(item("[]")).unwrap_err().message(), "k: the list is empty");
        assert_eq!(names(item("[\"E\", \"E\"]")).unwrap_err().message(), "k[1]: \"E\" stands here twice");
    }

    #[test]
    fn names_are_identifiers() {
        let source = Source::new("net.toml", "xxxxx");
        let check = |name: &str| identifier("population", &At { value: name.into(), span: 0..1 }, &source);
        for good in ["E", "L23E", "_a", "ε_2"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "E.x", "2E", "E-I", "a b"] {
            let report = check(bad).unwrap_err().report();
            assert!(report.contains("cannot be the name of a population"), "{report}");
        }
    }
}
