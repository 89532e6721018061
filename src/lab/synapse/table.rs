//! A synapse as numbers.

use super::{Course, Protocol, Synapse};
use crate::table::{Table, significant};

/// Fills the report; `moves_v`: the synapse moves the potential itself.
pub fn fill(found: &mut Synapse, protocol: &Protocol, moves_v: bool) {
    let mut tables = vec![responses(found)];
    if found.arrivals.len() > 1 {
        tables.push(train(found));
    }
    if found.depends {
        tables.push(curve(found));
    }
    if !found.currents.is_empty() {
        tables.push(courses(found, "currents", "pA", &found.currents));
    }
    if !found.potentials.is_empty() {
        tables.push(courses(found, "potentials", "mV", &found.potentials));
    }
    if !found.variables.is_empty() {
        tables.push(variables(found));
    }
    facts(found);
    let notes = &mut found.report.notes;
    if moves_v {
        let charge = "a clamp would have to take up a charge of C_m times the weight in no time";
        notes.push(format!("a spike moves the potential itself: there is no current, and no curve of it; {charge}"));
    } else if !found.depends {
        notes.push("the current does not depend on the potential: no I-V curve, no reversal potential".into());
    } else if found.reversal.is_none() {
        notes.push("the current does not change its direction between -100 and 60 mV".into());
    }
    if found.potentials.is_empty() {
        let cell = "and a passive cell with this leak would have none left: potentials are left out";
        let remedy = "give a larger --conductance";
        notes.push(format!("the receptor closes channels of the cell's own, {cell}; {remedy}"));
    }
    if protocol.duration.is_some() && found.currents.iter().any(|c| c.decay().is_nan() && c.peak().1 != 0.0) {
        notes.push("some currents have not decayed to 1/e in this time: use a longer --duration".into());
    }
    found.report.tables = tables;
}

/// At each holding potential.
fn responses(found: &Synapse) -> Table {
    let all = |of: &[Course], value: fn(&Course) -> f64| of.iter().map(value).collect::<Vec<f64>>();
    let mut table =
        Table::new("responses", "Responses at each holding potential").with("v", "mV", found.holding.clone());
    if !found.currents.is_empty() {
        table = table
            .with("peak current", "pA", all(&found.currents, |c| c.peak().1))
            .with("after", "ms", all(&found.currents, time_of))
            .with("charge", "fC", all(&found.currents, Course::charge));
    }
    if !found.potentials.is_empty() {
        table = table.with("peak PSP", "mV", all(&found.potentials, |c| c.peak().1)).with(
            "PSP after",
            "ms",
            all(&found.potentials, time_of),
        );
    }
    table
}

/// There is no time of a peak where there is no response.
fn time_of(course: &Course) -> f64 {
    let (time, peak) = course.peak();
    if peak.abs() > 1e-12 { time } else { f64::NAN }
}

/// Which of the courses is the largest; the first of equal ones.
fn largest(courses: &[Course]) -> Option<usize> {
    let size = |k: &usize| courses[*k].peak().1.abs();
    (0..courses.len()).reduce(|a, b| if size(&b) > size(&a) * (1.0 + 1e-9) { b } else { a })
}

fn facts(found: &mut Synapse) {
    let shape = |found: &mut Synapse, what: &str, k: usize, course: &Course| {
        let at = format!("{what} at {} mV", significant(found.holding[k], 6));
        found.report.fact(format!("{at}: peak after"), course.peak().0, "ms");
        if found.arrivals.len() == 1 {
            found.report.fact(format!("{at}: rise 10-90 %"), course.rise(), "ms");
        }
        found.report.fact(format!("{at}: decay to 1/e"), course.decay(), "ms");
    };
    if let Some(at) = found.reversal {
        found.report.fact("reversal potential", at, "mV");
    }
    if let Some(at) = negative_slope(&found.curve, found.reversal) {
        found.report.fact("slope of the I-V curve negative below", at, "mV");
    }
    // Where none is shaped by the clamp's distance from reversal, the largest is clearest.
    for (what, courses) in [("current", found.currents.clone()), ("PSP", found.potentials.clone())] {
        if let Some(k) = largest(&courses).filter(|&k| courses[k].peak().1 != 0.0) {
            shape(found, what, k, &courses[k]);
        }
    }
}

/// The potential of the largest inward current below reversal, where it is no end of the curve: below it the current shrinks with
/// hyperpolarisation, as it does where Mg blocks the channel.
fn negative_slope(curve: &[[f64; 3]], reversal: Option<f64>) -> Option<f64> {
    let end = reversal?;
    let below: Vec<&[f64; 3]> = curve.iter().filter(|c| c[0] < end).collect();
    let k = (0..below.len()).max_by(|&a, &b| below[a][1].total_cmp(&below[b][1]))?;
    if k == 0 || k + 1 >= below.len() {
        return None;
    }
    let [a, b, c] = [k - 1, k, k + 1].map(|i| below[i][1]);
    let step = below[k][0] - below[k - 1][0];
    Some(below[k][0] + step * 0.5 * (a - c) / (a - 2.0 * b + c))
}

/// Each spike's peak at the holding potential with the largest response.
fn train(found: &Synapse) -> Table {
    let count = found.arrivals.len();
    let table = Table::new("train", "Peak after each spike, until the next one")
        .with("spike", "1", (1..=count).map(|k| k as f64).collect())
        .with("arrival", "ms", found.arrivals.clone());
    let both = [("current", "pA", &found.currents), ("PSP", "mV", &found.potentials)];
    both.into_iter().fold(table, |table, (what, unit, courses)| match largest(courses) {
        Some(k) => {
            let name = format!("{what} at {} mV", significant(found.holding[k], 6));
            table.with(name, unit, courses[k].peaks().iter().map(|p| p.1).collect())
        }
        None => table,
    })
}

/// Peak, charge, and the conductance that the driving force leaves.
fn curve(found: &Synapse) -> Table {
    let curve = &found.curve;
    let table = Table::new("curve", "Peak current and charge over the potential")
        .with("v", "mV", curve.iter().map(|c| c[0]).collect())
        .with("peak current", "pA", curve.iter().map(|c| c[1]).collect())
        .with("charge", "fC", curve.iter().map(|c| c[2]).collect());
    match found.reversal {
        Some(end) => table.with("conductance", "nS", curve.iter().map(|c| conductance(c, end)).collect()),
        None => table,
    }
}

/// Current over driving force, in nS; none next to the reversal potential.
pub fn conductance(point: &[f64; 3], reversal: f64) -> f64 {
    let force = reversal - point[0];
    if force.abs() < 1e-6 { f64::NAN } else { point[1] / force }
}

fn courses(found: &Synapse, name: &str, unit: &str, courses: &[Course]) -> Table {
    let table = Table::new(name, name).for_files().with("t", "ms", courses[0].times.clone());
    courses.iter().zip(&found.holding).fold(table, |table, (course, v)| {
        table.with(format!("at {} mV", significant(*v, 6)), unit, course.values.clone())
    })
}

fn variables(found: &Synapse) -> Table {
    let times = &found.currents[0].times;
    let table = Table::new("variables", "The receptor's variables").for_files().with("t", "ms", times.clone());
    found.variables.iter().fold(table, |table, (name, unit, values)| {
        let own = name.strip_prefix("r.").unwrap_or(name);
        table.with(own, unit, values[values.len() - times.len()..].to_vec())
    })
}
