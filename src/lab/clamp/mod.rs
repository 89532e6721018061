//! Current clamp and voltage clamp: steps or a ramp, and everything inside the neuron as traces.

mod currents;
mod measure;
mod picture;
mod protocol;
mod record;
mod terms;

pub use currents::{Current, Membrane};
pub use picture::draw;
pub use protocol::{Clamped, Protocol};

use super::{Report, Subject};
use crate::{error::Result, table::Table};
use record::{Record, record};

/// Runs the protocol.
///
/// # Errors
/// A model without potential or that takes no current, times that make no sense, all that [`crate::plan::Plan::new`] refuses.
pub fn run(subject: &Subject, protocol: &Protocol) -> Result<Report> {
    let membrane = Membrane::of(subject)?;
    protocol::check(protocol)?;
    let record = record(subject, protocol, &membrane)?;
    let mut report = Report::of("clamp", subject);
    report.protocol = protocol.words();
    report.notes.push("currents of the membrane are positive outward".into());
    match protocol.clamped {
        Clamped::Voltage => {
            if !subject.model.reset.is_empty() {
                report.notes.push("the potential is held: no spike, no reset".into());
            }
            report.tables.extend(measure::voltage(protocol, &record));
        }
        Clamped::Current => report.tables.push(measure::current(protocol, &record)),
    }
    report.tables.push(traces(protocol, &record));
    Ok(report)
}

/// All traces side by side: time, then each variable at each level.
fn traces(protocol: &Protocol, record: &Record) -> Table {
    let mut table = Table::new("traces", "Traces").with("t", "ms", record.times.clone()).for_files();
    for (k, (name, unit)) in record.variables.iter().enumerate() {
        for (level, values) in record.values.iter().enumerate() {
            table = table.with(format!("{name} {}", protocol.level(level)), unit, values[k].clone());
        }
    }
    table
}
