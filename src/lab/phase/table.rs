//! A phase plane as numbers: facts and tables of its report.

use super::{Phase, Scanned, fixed::FixedPoint};
use crate::{lab::unit::Unit, quantity::Dim, table::Table};

/// Fills the report.
pub fn fill(phase: &mut Phase) {
    let mut tables = vec![fixed_points(phase), linearisation(phase)];
    if let Some(scanned) = &phase.scanned {
        tables.push(bifurcations(phase, scanned));
        tables.push(branches(phase, scanned));
    }
    tables.extend([0, 1].map(|k| nullcline(phase, k)));
    tables.push(trajectories(phase));
    tables.push(field(phase));
    let periods: Vec<(usize, usize, Option<f64>)> =
        phase.trajectories.iter().enumerate().map(|(k, t)| (k, t.spikes.len(), t.period())).collect();
    let report = &mut phase.report;
    for (k, spikes, period) in periods {
        let of = if k == 0 { String::new() } else { format!(" of trajectory {}", k + 1) };
        report.fact(format!("spikes{of}"), spikes as f64, "1");
        if let Some(period) = period {
            report.fact(format!("period{of}"), period, "ms");
            report.fact(format!("frequency{of}"), 1e3 / period, "Hz");
        }
    }
    let printed = |table: &Table| !table.printed || table.rows() > 0;
    report
        .notes
        .extend(tables.iter().take(1).filter(|t| !printed(t)).map(|_| "no fixed point in the window".to_string()));
    if let Some(scanned) = phase.scanned.as_ref().filter(|s| s.scan.bifurcations.is_empty()) {
        report.notes.push(format!("no bifurcation of a fixed point along {}", scanned.parameter));
    }
    report.tables = tables.into_iter().filter(printed).collect();
}

fn units(phase: &Phase) -> [Unit; 2] {
    phase.dims.map(Unit::of)
}

/// Two columns for the places of points.
fn places(table: Table, phase: &Phase, points: impl Iterator<Item = [f64; 2]> + Clone) -> Table {
    let units = units(phase);
    (0..2).fold(table, |table, k| {
        let values = units[k].all(points.clone().map(|p| p[k]));
        table.with(&phase.names[k], &units[k].name, values)
    })
}

fn fixed_points(phase: &Phase) -> Table {
    let fixed = &phase.fixed;
    let table = Table::new("fixed_points", "Fixed points");
    let number = |of: fn(&FixedPoint) -> f64| fixed.iter().map(of).collect();
    places(table, phase, fixed.iter().map(|f| f.at))
        .with("trace", "1/ms", number(FixedPoint::trace))
        .with("determinant", "1/ms^2", number(FixedPoint::determinant))
        .with_words("type", fixed.iter().map(|f| f.kind().to_string()).collect())
}

fn linearisation(phase: &Phase) -> Table {
    let fixed = &phase.fixed;
    let mut table = Table::new("linearisation", "Jacobian and eigenvalues of the fixed points");
    let names = &phase.names;
    for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let unit = Unit::slope(phase.dims[i], phase.dims[j]);
        let values = unit.all(fixed.iter().map(|f| f.jacobian[i][j]));
        table = table.with(format!("d{}/dt by {}", names[i], names[j]), unit.name, values);
    }
    for k in 0..2 {
        let part = |of: fn((f64, f64)) -> f64| fixed.iter().map(|f| of(f.eigenvalues()[k])).collect();
        table = table.with(format!("real {}", k + 1), "1/ms", part(|e| e.0));
        table = table.with(format!("imag {}", k + 1), "1/ms", part(|e| e.1));
    }
    table
}

fn bifurcations(phase: &Phase, scanned: &Scanned) -> Table {
    let found = &scanned.scan.bifurcations;
    let unit = Unit::of(scanned.dim);
    let table = Table::new("bifurcations", format!("Bifurcations of fixed points along {}", scanned.parameter));
    let table = table.with(&scanned.parameter, &unit.name, unit.all(found.iter().map(|b| b.at.value)));
    let frequency = found.iter().map(|b| b.frequency().map_or(f64::NAN, |f| 1e3 * f)).collect();
    places(table, phase, found.iter().map(|b| b.at.fixed.at))
        .with("frequency", "Hz", frequency)
        .with_words("type", found.iter().map(|b| b.change.name().into()).collect())
}

fn branches(phase: &Phase, scanned: &Scanned) -> Table {
    let all = || scanned.scan.branches.iter().enumerate().flat_map(|(k, branch)| branch.iter().map(move |p| (k, p)));
    let unit = Unit::of(scanned.dim);
    let table = Table::new("branches", format!("Fixed points along {}", scanned.parameter)).for_files();
    let table = table.with("branch", "1", all().map(|p| (p.0 + 1) as f64).collect()).with(
        &scanned.parameter,
        &unit.name,
        unit.all(all().map(|p| p.1.value)),
    );
    let places = places(table, phase, all().map(|p| p.1.fixed.at));
    places
        .with("trace", "1/ms", all().map(|p| p.1.fixed.trace()).collect())
        .with("determinant", "1/ms^2", all().map(|p| p.1.fixed.determinant()).collect())
        .with("stable", "1", all().map(|p| f64::from(p.1.fixed.kind().is_stable())).collect())
}

fn nullcline(phase: &Phase, k: usize) -> Table {
    let lines = || phase.nullclines[k].iter().enumerate().flat_map(|(n, line)| line.iter().map(move |&p| (n, p)));
    let name = &phase.names[k];
    let table = Table::new(format!("nullcline_{name}"), format!("Where d{name}/dt = 0")).for_files();
    let table = table.with("piece", "1", lines().map(|p| (p.0 + 1) as f64).collect());
    places(table, phase, lines().map(|p| p.1))
}

fn trajectories(phase: &Phase) -> Table {
    let all =
        || phase.trajectories.iter().enumerate().flat_map(|(n, t)| t.points.iter().map(move |&(time, p)| (n, time, p)));
    let table = Table::new("trajectories", "Trajectories").for_files();
    let table = table.with("trajectory", "1", all().map(|p| (p.0 + 1) as f64).collect()).with(
        "t",
        Dim::TIME.to_string(),
        all().map(|p| p.1).collect(),
    );
    places(table, phase, all().map(|p| p.2))
}

fn field(phase: &Phase) -> Table {
    let table = Table::new("field", "Vector field").for_files();
    let table = places(table, phase, phase.field.iter().map(|f| f[0]));
    (0..2).fold(table, |table, k| {
        let unit = Unit::per_time(phase.dims[k]);
        let values = unit.all(phase.field.iter().map(|f| f[1][k]));
        table.with(format!("d{}/dt", phase.names[k]), unit.name, values)
    })
}
