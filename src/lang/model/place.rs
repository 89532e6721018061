//! `[places]`: compartments of a neuron besides the soma that receptors and inputs can reach.

use std::sync::Arc;

use crate::{
    error::Result,
    spec::At,
    toml_reader::{Item, Table},
};

/// A compartment with a potential of its own.
#[derive(Clone, Debug)]
pub struct Place {
    /// What `at` of a network file calls it.
    pub name: At<String>,
    /// The variable that is its potential: what receptors there read, and jump, as `v`.
    pub v: At<Arc<str>>,
    /// The name under which the equations see the sum of the currents there, as `I_syn` is that at the soma.
    pub current: At<Arc<str>>,
}

/// Reads the table; what it names is checked with the equations.
///
/// # Errors
/// Missing and unknown keys.
pub fn places(table: &mut Table) -> Result<Vec<Place>> {
    let entries = table.take_table("places")?.map_or(Vec::new(), |mut places| places.take_rest());
    entries.into_iter().map(|(name, item)| place(name, item)).collect()
}

fn place(name: At<String>, item: Item) -> Result<Place> {
    let mut table = item.table()?;
    let mut text = |key, example| {
        let found = table.require(key, example)?.str()?;
        Ok(At { value: Arc::from(&*found.value), span: found.span })
    };
    let place = Place { name, v: text("v", "v = \"v_d\"")?, current: text("current", "current = \"I_dend\"")? };
    table.finish()?;
    Ok(place)
}
