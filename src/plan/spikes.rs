//! When the neurons of a `spike_list` population spike.

use std::{path::Path, sync::Arc};

use super::scope::Scope;
use crate::{
    error::{Error, Result, Source},
    quantity::{Dim, display},
    spec::{Population, SpikeTimes},
};

/// Steps and ids of all spikes, sorted.
pub fn plan(scope: &Scope, population: &Population, size: u32, dt: f64, steps: u64) -> Result<Arc<[(u64, u32)]>> {
    let what = format!("population \"{}\"", population.name.value);
    let Some(times) = &population.spikes else {
        let message = format!("{what}: model \"spike_list\" needs spike times");
        let help = "give times = [\"10 ms\", ...], spikes = [[0, \"10 ms\"], ...] or file = \"spikes.gdf\"";
        return Err(scope.error(&population.model.span, message, help));
    };
    let step = |time: f64| -> std::result::Result<u64, String> {
        let step = (time / dt).round();
        if !(1.0..1e15).contains(&step) {
            return Err(format!(
                "{what}: a spike at {} is before the first time step {}",
                display(time, Dim::TIME),
                display(dt, Dim::TIME)
            ));
        }
        Ok(step as u64)
    };
    let late = "spike times are rounded to steps; the first is one time step";
    let mut out: Vec<(u64, u32)> = Vec::new();
    match times {
        SpikeTimes::All(times) => {
            for expr in times {
                let at = step(scope.number(expr, Dim::TIME, &format!("{what}: spike time"))?)
                    .map_err(|m| scope.error(&expr.span, m, late))?;
                out.extend((0..size).map(|id| (at, id)));
            }
        }
        SpikeTimes::Each(spikes) => {
            for (id, expr) in spikes {
                let at = step(scope.number(expr, Dim::TIME, &format!("{what}: spike time"))?)
                    .map_err(|m| scope.error(&expr.span, m, late))?;
                let number = u32::try_from(id.value).ok().filter(|&n| n < size).ok_or_else(|| {
                    let message = format!("{what}: neuron {} is not within 0 and {}", id.value, size - 1);
                    scope.error(&id.span, message, "ids count from 0 in their population")
                })?;
                out.push((at, number));
            }
        }
        SpikeTimes::File(file) => {
            let folder = Path::new(&*scope.source.name).parent().unwrap_or(Path::new("."));
            let path = folder.join(&file.value);
            let text = std::fs::read_to_string(&path).map_err(|e| {
                Error::io(format!("{what}: cannot read {}: {e}", path.display()))
                    .help("the path is relative to the network file")
                    .at(scope.source, file.span.clone())
            })?;
            let listed = Source::new(path.display().to_string(), text);
            let mut end = 0;
            for whole in listed.text.split_inclusive('\n') {
                let start = end;
                end += whole.len();
                let content = whole.trim_end();
                if content.trim().is_empty() {
                    continue;
                }
                let refuse = |why: String| {
                    let help = "each line is: id, tab, time in ms; ids count from 0 in their population";
                    Error::input(why).help(help).at(&listed, start..start + content.len())
                };
                let mut fields = content.split_whitespace();
                let id = fields.next().and_then(|f| f.parse().ok()).filter(|&id: &u32| id < size);
                let time = fields.next().and_then(|f| f.parse::<f64>().ok());
                let (Some(id), Some(time)) = (id, time) else {
                    return Err(refuse(format!("{what}: this line is not an id below {size} and a time")));
                };
                out.push((step(time).map_err(refuse)?, id));
            }
        }
    }
    out.sort_unstable();
    out.dedup();
    out.retain(|s| s.0 <= steps);
    Ok(out.into())
}
