//! A mistake in an expression, before the file around it is known.

use std::ops::Range;

use crate::error::{Error, Source};

/// A mistake in an expression, with its place in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Flaw {
    /// What is wrong.
    pub message: String,
    /// Byte range in the file that the expression came from.
    pub span: Range<usize>,
    /// What to do.
    pub help: Option<String>,
}

impl Flaw {
    /// A mistake at a place.
    pub fn new(message: impl Into<String>, span: Range<usize>) -> Self {
        Self { message: message.into(), span, help: None }
    }

    /// Adds the remedy.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says whose expression it is: `population "E": ...`.
    pub fn of(mut self, whose: impl std::fmt::Display) -> Self {
        self.message = format!("{whose}: {}", self.message);
        self
    }

    /// The error that points into `source`.
    pub fn at(self, source: &Source) -> Error {
        let error = Error::input(self.message).at(source, self.span);
        match self.help {
            Some(help) => error.help(help),
            None => error,
        }
    }
}
