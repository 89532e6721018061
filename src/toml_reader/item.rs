//! One value of a TOML file: what it is, where it stands, and how messages name it.

use std::ops::Range;

use toml::{Spanned, de::DeValue};

use super::Table;
use crate::{
    error::{Error, Result, Source},
    lang::{
        ast::{Expr, Node},
        parse::parse_expr,
    },
    quantity::Quantity,
    spec::At,
};

/// A value with its place and the path by which messages name it.
#[derive(Clone, Debug)]
pub struct Item {
    source: Source,
    path: String,
    span: Range<usize>,
    value: Value,
}

#[derive(Clone, Debug)]
enum Value {
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    Array(Vec<Item>),
    Table(Table),
    Date,
}

impl Item {
    pub(super) fn new(value: Spanned<DeValue<'_>>, path: String, source: &Source) -> Result<Item> {
        let span = value.span();
        let too_large = |what: String| Error::input(format!("{path}: {what}")).at(source, span.clone());
        let value = match value.into_inner() {
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Integer(digits) => Value::Int(
                i64::from_str_radix(digits.as_str(), digits.radix())
                    .map_err(|_| too_large(format!("{digits} does not fit into 64 bits")))?,
            ),
            DeValue::Float(digits) => {
                Value::Float(digits.as_str().parse().map_err(|_| too_large(format!("{digits} is not a number")))?)
            }
            DeValue::Boolean(value) => Value::Bool(value),
            DeValue::Datetime(_) => Value::Date,
            DeValue::Array(items) => {
                let number = |(i, item)| Item::new(item, format!("{path}[{i}]"), source);
                Value::Array(items.into_iter().enumerate().map(number).collect::<Result<_>>()?)
            }
            DeValue::Table(table) => Value::Table(Table::new(table, span.clone(), path.clone(), source)?),
        };
        Ok(Item { source: source.clone(), path, span, value })
    }

    /// Where it stands.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Is it text?
    pub fn is_str(&self) -> bool {
        matches!(self.value, Value::Text(_))
    }

    /// Is it a table?
    pub fn is_table(&self) -> bool {
        matches!(self.value, Value::Table(_))
    }

    /// Is it an array?
    pub fn is_array(&self) -> bool {
        matches!(self.value, Value::Array(_))
    }

    /// The error that this value is not what was `expected`.
    pub fn expected(&self, expected: &str) -> Error {
        let found = match self.value {
            Value::Text(_) => "text",
            Value::Int(_) | Value::Float(_) => "a number",
            Value::Bool(_) => "true or false",
            Value::Array(_) => "a list",
            Value::Table(_) => "a table",
            Value::Date => "a date",
        };
        self.error(format!("expected {expected}, found {found}"))
    }

    /// An error about this value: its path, then the message.
    pub fn error(&self, message: impl std::fmt::Display) -> Error {
        Error::input(format!("{}: {message}", self.path)).at(&self.source, self.span.clone())
    }

    /// Text.
    pub fn str(self) -> Result<At<String>> {
        match self.value {
            Value::Text(value) => Ok(At { value, span: self.span }),
            _ => Err(self.expected("text in quotes")),
        }
    }

    /// A whole number.
    pub fn int(self) -> Result<At<i64>> {
        match self.value {
            Value::Int(value) => Ok(At { value, span: self.span }),
            _ => Err(self.expected("a whole number")),
        }
    }

    /// True or false.
    pub fn bool(self) -> Result<At<bool>> {
        match self.value {
            Value::Bool(value) => Ok(At { value, span: self.span }),
            _ => Err(self.expected("true or false")),
        }
    }

    /// The elements of a list.
    pub fn array(self) -> Result<Vec<Item>> {
        match self.value {
            Value::Array(items) => Ok(items),
            _ => Err(self.expected("a list `[...]`")),
        }
    }

    /// A table.
    pub fn table(self) -> Result<Table> {
        match self.value {
            Value::Table(table) => Ok(table),
            _ => Err(self.expected("a table `{ ... }`")),
        }
    }

    /// A value: a number, or text with an expression such as `"10 mV"`.
    pub fn expr(self) -> Result<Expr> {
        let number = match self.value {
            Value::Text(ref text) => {
                return parse_expr(text, self.content()).map_err(|flaw| flaw.of(&self.path).at(&self.source));
            }
            Value::Int(value) => value as f64,
            Value::Float(value) => value,
            _ => return Err(self.expected("a number, or an expression in quotes")),
        };
        if !number.is_finite() {
            return Err(self.error(format!("{number} is not a finite number")));
        }
        Ok(Expr { node: Node::Literal(Quantity::number(number)).into(), span: self.span })
    }

    /// Where the content of a text begins: after the opening quotes (and the line end directly after `"""`).
    /// Behind an escape (`\n`) places are off by the escape's extra bytes.
    pub fn content(&self) -> usize {
        let raw = &self.source.text[self.span.clone()];
        let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { 1 };
        let line_end = match &raw[quotes.min(raw.len())..] {
            rest if quotes == 3 && rest.starts_with("\r\n") => 2,
            rest if quotes == 3 && rest.starts_with('\n') => 1,
            _ => 0,
        };
        self.span.start + quotes + line_end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        Table::parse(&Source::new("net.toml", text)).unwrap()
    }

    #[test]
    fn text_begins_behind_its_quotes() {
        for text in ["a = '''\nx + 'y'''", "a = \"\"\"\r\nx + 'y\"\"\"", "a = \"x + 'y\""] {
            let error = table(text).take_expr("a").unwrap_err();
            assert_eq!(error.message(), "a: `'` does not belong into an expression");
            let item = table(text).take("a").unwrap();
            assert!(text[item.content()..].starts_with("x + "), "{text}");
        }
    }
}
