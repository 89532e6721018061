//! What a continuous receptor reads: a variable of its sources, weighted and summed, where others wait for spikes.

use std::sync::Arc;

use crate::{
    error::{Error, Result},
    quantity::{Dim, parse_unit},
    toml_reader::Table,
};

/// Name of the sum over a neuron's synapses of weight times the source's variable, as it stood at the end of the last step.
pub const SUM_WX: &str = "sum_wx";
/// Name of the sum of the weights of a neuron's synapses.
pub const SUM_W: &str = "sum_w";

/// `reads = "v : mV"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Reads {
    /// Name of the variable; a projection may name another one of the same dimension.
    pub variable: Arc<str>,
    /// Its dimension.
    pub dim: Dim,
    /// `symmetric = true`: each synapse couples both of its neurons, with one weight.
    pub symmetric: bool,
}

impl Reads {
    /// Takes `reads` and `symmetric` out of a receptor's file, if it has them.
    ///
    /// # Errors
    /// No unit or an unknown one; `on_spike` beside it.
    pub(super) fn take(table: &mut Table) -> Result<Option<Self>> {
        let Some(reads) = table.take_str("reads")? else { return Ok(None) };
        if let Some(on_spike) = table.take("on_spike") {
            let message = "a receptor has `on_spike` or `reads`, not both";
            return Err(on_spike.error(message).help("make two receptors: one for spikes, one that reads a variable"));
        }
        let form = "write a variable of the sources and its unit: reads = \"v : mV\"";
        let refuse = |message: String| Err(Error::input(message).help(form).at(table.source(), reads.span.clone()));
        let Some((variable, unit)) = reads.value.split_once(':') else {
            return refuse(format!("reads = \"{}\" has no unit", reads.value));
        };
        let dim = match parse_unit(unit) {
            Ok((_, dim)) => dim,
            Err(message) => return refuse(format!("reads: {message}")),
        };
        let symmetric = table.take_bool("symmetric")?.is_some_and(|s| s.value);
        Ok(Some(Self { variable: variable.trim().into(), dim, symmetric }))
    }
}
