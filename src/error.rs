//! The one public error: who, which value, what limit, what to do, and where in the user's file.

use std::{fmt, ops::Range, sync::Arc};

/// A file of the user's (or a string), kept so that an error can show the line it speaks of.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path as the user gave it, or a name such as `lif (shipped model)`.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
}

impl Source {
    /// A source from its name and text.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// Whose mistake an [`Error`] is; decides the exit code of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What the user wrote cannot be run (exit code 2, nothing was written).
    Input,
    /// A file could not be read or written (exit code 2).
    Io,
    /// The simulation itself failed, e.g. a neuron diverged (exit code 3, results so far are kept).
    Run,
}

/// A failure that a user can act on. A broken invariant inside Bouton is a panic instead.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    message: String,
    label: String,
    help: Option<String>,
    place: Option<(miette::NamedSource<Arc<str>>, Range<usize>)>,
}

/// Result with Bouton's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    fn new(kind: Kind, message: String) -> Self {
        Self(Box::new(Inner { kind, message, label: "here".into(), help: None, place: None }))
    }
    /// What the user wrote cannot be run. The message names the thing, its value and the limit.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(Kind::Input, message.into())
    }
    /// A file that could not be read or written.
    pub fn io(message: impl Into<String>) -> Self {
        Self::new(Kind::Io, message.into())
    }
    /// The simulation failed while running.
    pub fn run(message: impl Into<String>) -> Self {
        Self::new(Kind::Run, message.into())
    }
    /// Adds the remedy.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }
    /// Adds the words that stand under the underlined value (default "here").
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.0.label = label.into();
        self
    }
    /// Points at a byte range of a file.
    pub fn at(mut self, source: &Source, span: Range<usize>) -> Self {
        let end = span.end.min(source.text.len());
        let named = miette::NamedSource::new(&*source.name, source.text.clone());
        self.0.place = Some((named, span.start.min(end)..end));
        self
    }
    /// As [`Self::at`], unless the error points at a file already.
    pub fn or_at(self, source: &Source, span: Range<usize>) -> Self {
        if self.0.place.is_some() { self } else { self.at(source, span) }
    }
    /// Whose mistake it is.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }
    /// The message alone, without place and remedy.
    pub fn message(&self) -> &str {
        &self.0.message
    }
    /// The whole report as plain text, as the command prints it without colours.
    pub fn report(&self) -> String {
        let mut text = String::new();
        let theme = miette::GraphicalTheme::unicode_nocolor();
        miette::GraphicalReportHandler::new_themed(theme)
            .with_width(100)
            .render_report(&mut text, self)
            .expect("writing to a string cannot fail");
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

impl miette::Diagnostic for Error {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.help.as_ref().map(|h| Box::new(h) as Box<dyn fmt::Display>)
    }
    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.0.place.as_ref().map(|(s, _)| s as &dyn miette::SourceCode)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        let (_, span) = self.0.place.as_ref()?;
        let label = miette::LabeledSpan::new_with_span(Some(self.0.label.clone()), span.clone());
        Some(Box::new(std::iter::once(label)))
    }
}

/// ` did you mean "size"?` for the closest of `known`, or the list of all when nothing is close.
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    let close = known
        .iter()
        .map(|k| (strsim::damerau_levenshtein(&wrong.to_lowercase(), &k.to_lowercase()), k))
        .min()
        // A name of one letter is close to every other: only its other case counts.
        .filter(|(distance, k)| *distance <= 1 + k.len() / 4 && *distance < k.len().max(wrong.len()));
    match close {
        Some((_, name)) => format!("did you mean \"{name}\"?"),
        None if known.is_empty() => "nothing of this kind is defined here".into(),
        None => format!("known here: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_shows_line_value_and_remedy() {
        let source = Source::new("net.toml", "[run]\ndt = \"0.1\"\n");
        let error = Error::input("run.dt needs a unit of time").help("write dt = \"0.1 ms\"").at(&source, 11..16);
        let report = error.report();
        for part in ["net.toml:2", "\"0.1\"", "needs a unit", "0.1 ms"] {
            assert!(report.contains(part), "{part} is not in\n{report}");
        }
    }

    #[test]
    fn names_are_suggested_or_listed() {
        assert_eq!(did_you_mean("sise", ["size", "model"]), "did you mean \"size\"?");
        assert_eq!(did_you_mean("zzzzzz", ["size", "model"]), "known here: model, size");
    }
}
