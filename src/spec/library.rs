//! The networks that come with Bouton, embedded in the program from `networks/*.toml`.

use include_dir::{Dir, include_dir};

use crate::error::Source;

static NETWORKS: Dir = include_dir!("$CARGO_MANIFEST_DIR/networks");

/// Names of the shipped networks, in alphabetical order.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = NETWORKS
        .files()
        .filter(|file| file.path().extension().is_some_and(|e| e == "toml"))
        .filter_map(|file| file.path().file_stem()?.to_str())
        .collect();
    names.sort_unstable();
    names
}

/// The file of a shipped network.
pub fn find(name: &str) -> Option<Source> {
    let text = NETWORKS.get_file(format!("{name}.toml"))?.contents_utf8()?;
    Some(Source::new(format!("{name} (shipped network)"), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found() {
        for name in names() {
            assert!(find(name).is_some_and(|source| !source.text.is_empty()), "{name}");
        }
        assert!(find("no_such_network").is_none());
    }
}
