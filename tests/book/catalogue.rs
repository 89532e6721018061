//! The catalogue: a page for each shipped model, written of its file.

use std::path::PathBuf;

/// Where the list of the catalogue's pages stands in `SUMMARY.md`.
pub const PLACE: &str = "<!-- catalogue -->";

/// All pages, and their list.
pub fn pages() -> (Vec<(PathBuf, String)>, String) {
    (Vec::new(), String::new())
}
