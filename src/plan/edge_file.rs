//! `rule = { edges = ... }`: synapses from a text file, or from the results of an earlier run.

use std::path::Path;

use super::scope::Scope;
use crate::{connect::EdgeList, error::Result, quantity::Dim, record::Results, spec::At};

/// The synapses between two populations, by name, onto a receptor whose weights have this dimension.
pub fn read(
    scope: &Scope,
    file: &At<String>,
    (from, to): (&str, &str),
    (receptor, dim): (&str, Dim),
) -> Result<EdgeList> {
    let path = Path::new(&*scope.source.name).parent().unwrap_or(Path::new(".")).join(&file.value);
    let results = path.extension().is_some_and(|e| e == "h5" || e == "hdf5");
    let list = match results {
        true => Results::open(&path)
            .map_err(|e| e.help("the path is relative to the network file; give results of a run that is over"))
            .and_then(|results| results.edges((from, to), (receptor, dim))),
        false => EdgeList::read(&path),
    };
    list.map_err(|e| e.or_at(scope.source, file.span.clone()))
}
