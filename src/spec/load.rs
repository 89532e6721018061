//! From the name of a network to its text.

use std::path::Path;

use super::{Spec, library, overrides};
use crate::error::{Error, Result, Source, did_you_mean};

impl Spec {
    /// Reads the network file at a path, or the shipped network of that name, with every `(KEY, VALUE)` of `overrides`
    /// applied: a key is a constant's name or a dotted path (`run.dt`, `populations.E.size`, `projections.0.weight`).
    ///
    /// # Errors
    /// For a file that cannot be read and for everything in it that [`Spec::parse`] refuses.
    pub fn load(name_or_path: &str, overrides: &[(String, String)]) -> Result<Self> {
        let source = source(name_or_path)?;
        let stem = Path::new(name_or_path).file_stem().and_then(|stem| stem.to_str()).unwrap_or("network");
        Self::parse(overrides::apply(source, overrides)?, stem)
    }
}

/// Whether a network is named by its file's path.
pub(crate) fn is_path(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "toml") || path.components().count() > 1 || path.is_file()
}

fn source(name_or_path: &str) -> Result<Source> {
    let path = Path::new(name_or_path);
    if !is_path(path) {
        return library::find(name_or_path).ok_or_else(|| {
            Error::input(format!("no shipped network is called \"{name_or_path}\""))
                .help(format!("{} (the path of a file ends in .toml)", did_you_mean(name_or_path, library::names())))
        });
    }
    let text = std::fs::read_to_string(path).map_err(|e| {
        Error::io(format!("cannot read the network file {name_or_path}: {e}"))
            .help("give the path of a network file (UTF-8 text), or the name of a shipped network (bouton networks)")
    })?;
    Ok(Source::new(name_or_path, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn a_missing_file_and_an_unknown_name_are_errors() {
        let error = Spec::load("missing/net.toml", &[]).unwrap_err();
        assert_eq!(error.kind(), Kind::Io);
        assert!(error.report().contains("missing/net.toml"));
        let error = Spec::load("no_such_network", &[]).unwrap_err();
        assert_eq!(error.kind(), Kind::Input);
        assert!(error.report().contains("\"no_such_network\""));
    }

    #[test]
    fn a_file_is_named_by_its_stem() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("small.toml");
        std::fs::write(&path, "[populations.E]\nmodel = \"lif\"\nsize = 1\n").unwrap();
        let set = [("populations.E.size".to_string(), "2".to_string())];
        let spec = Spec::load(path.to_str().unwrap(), &set).unwrap();
        assert_eq!(spec.name, "small");
        assert!(spec.source.text.contains("size = 2"));
    }
}
