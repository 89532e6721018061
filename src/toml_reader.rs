//! TOML tables with the place of every value, read key by key, so that each mistake points into the file.

mod item;

use std::{cell::RefCell, ops::Range};

use toml::de::DeTable;

use crate::{
    error::{Error, Result, Source, did_you_mean},
    lang::ast::Expr,
    spec::At,
};

pub use item::Item;

/// A table whose entries are taken one by one; what is left in the end is a mistake.
#[derive(Clone, Debug)]
pub struct Table {
    source: Source,
    path: String,
    span: Range<usize>,
    entries: Vec<(At<String>, Item)>,
    asked: RefCell<Vec<String>>,
}

impl Table {
    /// Reads a whole file.
    ///
    /// # Errors
    /// Where it is not TOML.
    pub fn parse(source: &Source) -> Result<Table> {
        let parsed = DeTable::parse(&source.text).map_err(|e| {
            let error = Error::input(format!("this is not TOML: {}", e.message()));
            match e.span() {
                Some(span) => error.at(source, span),
                None => error,
            }
        })?;
        let span = parsed.span();
        Table::new(parsed.into_inner(), span, String::new(), source)
    }

    fn new(table: DeTable<'_>, span: Range<usize>, path: String, source: &Source) -> Result<Table> {
        let mut entries = Vec::new();
        for (key, value) in table {
            let name = key.get_ref().to_string();
            let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            entries.push((At { value: name, span: key.span() }, Item::new(value, below, source)?));
        }
        // The order of the file, which is the order of populations and so of neuron ids.
        entries.sort_by_key(|(key, _)| key.span.start);
        Ok(Table { source: source.clone(), path, span, entries, asked: RefCell::default() })
    }

    /// The file.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// How messages name this table: `populations.E`; empty for the whole file.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where it stands.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Is there such a key (not taken yet)?
    pub fn has(&self, key: &str) -> bool {
        self.asked.borrow_mut().push(key.to_owned());
        self.entries.iter().any(|(k, _)| k.value == key)
    }

    /// Takes the value of a key.
    pub fn take(&mut self, key: &str) -> Option<Item> {
        self.asked.borrow_mut().push(key.to_owned());
        let at = self.entries.iter().position(|(k, _)| k.value == key)?;
        Some(self.entries.remove(at).1)
    }

    /// Takes the value of a key that must be there; `example` says how it may look: `size = 1000`.
    ///
    /// # Errors
    /// Where it is missing.
    pub fn require(&mut self, key: &str, example: &str) -> Result<Item> {
        self.take(key).ok_or_else(|| {
            let whose = if self.path.is_empty() { "the file" } else { &self.path };
            let error = Error::input(format!("{whose}: `{key}` is missing"));
            let mistyped = self.entries.iter().find(|(k, _)| strsim::damerau_levenshtein(&k.value, key) == 1);
            match mistyped {
                Some((k, _)) => error.help(format!("did you mean \"{key}\" here?")).at(&self.source, k.span.clone()),
                None => error.help(format!("add {example}")).at(&self.source, self.span.clone()),
            }
        })
    }

    /// Takes all entries that are left, in the order of the file.
    pub fn take_rest(&mut self) -> Vec<(At<String>, Item)> {
        std::mem::take(&mut self.entries)
    }

    /// Takes text.
    pub fn take_str(&mut self, key: &str) -> Result<Option<At<String>>> {
        self.take(key).map(|item| item.str()).transpose()
    }
    /// Takes true or false.
    pub fn take_bool(&mut self, key: &str) -> Result<Option<At<bool>>> {
        self.take(key).map(|item| item.bool()).transpose()
    }

    /// Takes a value: a number, or text with an expression.
    pub fn take_expr(&mut self, key: &str) -> Result<Option<Expr>> {
        self.take(key).map(|item| item.expr()).transpose()
    }

    /// Takes a table.
    pub fn take_table(&mut self, key: &str) -> Result<Option<Table>> {
        self.take(key).map(|item| item.table()).transpose()
    }

    /// Takes an array; nothing there is an empty one.
    pub fn take_array(&mut self, key: &str) -> Result<Vec<Item>> {
        self.take(key).map_or(Ok(Vec::new()), |item| item.array())
    }

    /// Takes an array of tables (`[[key]]`); nothing there is an empty one.
    pub fn take_tables(&mut self, key: &str) -> Result<Vec<Table>> {
        self.take_array(key)?.into_iter().map(Item::table).collect()
    }

    /// Takes a table of names to values (`parameters = { C_m = "200 pF" }`), in the order of the file.
    pub fn take_exprs(&mut self, key: &str) -> Result<Vec<(At<String>, Expr)>> {
        let rest = self.take_table(key)?.map_or(Vec::new(), |mut table| table.take_rest());
        rest.into_iter().map(|(name, item)| Ok((name, item.expr()?))).collect()
    }

    /// That nothing is left.
    ///
    /// # Errors
    /// The first key that nobody asked for.
    pub fn finish(self) -> Result<()> {
        let Some((key, _)) = self.entries.first() else { return Ok(()) };
        let asked = self.asked.into_inner();
        let place = if self.path.is_empty() { String::new() } else { format!(" in {}", self.path) };
        let error = Error::input(format!("unknown key `{}`{place}", key.value));
        Err(error.help(did_you_mean(&key.value, asked.iter().map(String::as_str))).at(&self.source, key.span.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        Table::parse(&Source::new("net.toml", text)).unwrap()
    }

    #[test]
    fn values_come_with_type_place_and_order() {
        let text = "b = 1\na = \"10 mV\"\nlist = [1, \"2 ms\"]\n[t.x]\non = true\n[[p]]\n[[p]]\n";
        let mut top = table(text);
        assert_eq!(top.take("b").unwrap().int().unwrap().value, 1);
        let a = top.take_expr("a").unwrap().unwrap();
        assert_eq!(&text[a.span], "10 mV");
        let second = top.take_array("list").unwrap().remove(1);
        assert_eq!(second.error("wrong").message(), "list[1]: wrong");
        assert_eq!(&text[second.expr().unwrap().span], "2 ms");
        let mut x = top.take_table("t").unwrap().unwrap().take_table("x").unwrap().unwrap();
        assert_eq!(x.path(), "t.x");
        assert!(x.take_bool("on").unwrap().unwrap().value);
        assert_eq!(top.take_tables("p").unwrap().len(), 2);
        top.finish().unwrap();
        let names: Vec<_> = table("z = 1\na = 2\nm = 3\n").take_rest().into_iter().map(|(k, _)| k.value).collect();
        assert_eq!(names, ["z", "a", "m"]);
    }

    #[test]
    fn mistakes_say_expected_found_and_meant() {
        let mut wrong = table("sise = 3\nname = 4\nbig = nan\n");
        assert_eq!(wrong.take_str("name").unwrap_err().message(), "name: expected text in quotes, found a number");
        assert_eq!(wrong.take_expr("big").unwrap_err().message(), "big: NaN is not a finite number");
        let report = wrong.require("size", "size = 1000").unwrap_err().report();
        assert!(report.contains("`size` is missing") && report.contains("did you mean \"size\" here?"), "{report}");
        let error = wrong.finish().unwrap_err();
        assert_eq!(error.message(), "unknown key `sise`");
        assert!(error.report().contains("did you mean \"size\"?"));
        let error = table("").require("size", "size = 1000").unwrap_err();
        assert_eq!(error.message(), "the file: `size` is missing");
        let error = Table::parse(&Source::new("net.toml", "a = = 1\n")).unwrap_err();
        assert!(error.message().starts_with("this is not TOML"), "{error}");
    }
}
