//! The phase plane of a neuron model with two variables: nullclines, vector field, trajectories, fixed points and their bifurcations.

mod contour;
mod fixed;
mod lyapunov;
mod path;
mod picture;
mod plane;
mod scan;
mod table;
mod trajectory;
mod window;

pub use contour::{Polyline, zero_lines};
pub use fixed::{FixedPoint, Kind, fixed_points};
pub use plane::{Plane, Point, Window};
pub use scan::{Bifurcation, Change, Scan, ScanPoint, scan};
pub use trajectory::{Trajectory, trajectory};

use super::{
    Report, Subject,
    range::{flawed, interval, one},
    unit::Unit,
};
use crate::{
    error::{Error, Result, did_you_mean},
    lang::flow::{Flow, Hold, held},
    quantity::{Dim, display},
};

/// Cells on each side of the grid on which nullclines are traced.
const CELLS: usize = 240;

/// What is looked at.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// The model.
    pub subject: Subject,
    /// Variables that are held, so that two remain.
    pub hold: Vec<Hold>,
    /// Range of the first variable, `LOW:HIGH`; chosen where there is none.
    pub x: Option<String>,
    /// Range of the second variable.
    pub y: Option<String>,
    /// Beginnings of further trajectories: `v=-60 mV, u=0 pA`.
    pub from: Vec<String>,
    /// Length of trajectories in ms.
    pub duration: f64,
    /// A parameter and its range: `I_e=0:500 pA`.
    pub scan: Option<String>,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Phase {
    /// Names of both variables.
    pub names: [String; 2],
    /// Dimensions of both variables.
    pub dims: [Dim; 2],
    /// The part of the plane that was looked at.
    pub window: Window,
    /// Nullclines of both variables.
    pub nullclines: [Vec<Polyline>; 2],
    /// Points of a grid with both derivatives.
    pub field: Vec<[Point; 2]>,
    /// Trajectories: from the initial state, then those asked for; or one from the threshold where the initial state rests.
    pub trajectories: Vec<Trajectory>,
    /// Fixed points, by the first variable.
    pub fixed: Vec<FixedPoint>,
    /// Bifurcations along the parameter that was varied.
    pub scanned: Option<Scanned>,
    /// Numbers and tables.
    pub report: Report,
}

/// A scan with its parameter.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// The parameter.
    pub parameter: String,
    /// Its dimension.
    pub dim: Dim,
    /// Its range in internal units.
    pub range: (f64, f64),
    /// What was found along it.
    pub scan: Scan,
}

impl Phase {
    /// The picture as SVG.
    pub fn draw(&self) -> String {
        picture::draw(self)
    }
}

/// Looks at the plane.
///
/// # Errors
/// A model that has not two variables once some are held, equations that are no vector field or have no derivatives, ranges and
/// states that cannot be read.
pub fn run(protocol: &Protocol) -> Result<Phase> {
    let model = &*protocol.subject.model;
    let wanted = protocol.scan.as_deref().map(|text| parameter(text, &protocol.subject)).transpose()?;
    let (free, value) = wanted.as_ref().map_or((None, 0.0), |w| (Some(&*w.0), w.3));
    let flow = held(model, &protocol.hold, free)?;
    let noisy = flow.noisy;
    let plane = Plane::new(flow, &model.name, free)?;
    let vars = &plane.flow.variables;
    let side = |flag: &str, text: &Option<String>, k: usize| -> Result<Option<(f64, f64)>> {
        let dim = vars[k].dim;
        let example = if dim == Dim::VOLTAGE { "-90:30 mV".into() } else { format!("0:1 {}", Unit::of(dim).name) };
        let read = |text: &String| {
            interval(text, |part| one(part, dim)).map_err(|why| flawed(flag, text, why, example.trim_end_matches(" 1")))
        };
        text.as_ref().map(read).transpose()
    };
    let (x, y) = (side("x", &protocol.x, 0)?, side("y", &protocol.y, 1)?);
    let initial = [vars[0].initial, vars[1].initial];
    let mut starts = vec![initial];
    for text in &protocol.from {
        starts.push(state(text, &plane.flow, initial)?);
    }
    let mut trajectories: Vec<Trajectory> =
        starts.iter().map(|&start| trajectory(&plane, start, protocol.duration, value)).collect();
    let mut window = window::automatic(&plane, value, &trajectories, x, y);
    // Where nothing moves, a spike shows what the plane is like.
    if let ([only], Some(level)) = (&trajectories[..], window::level(&plane.flow, value))
        && window.holds_still(only)
    {
        trajectories.push(trajectory(&plane, [level, initial[1]], protocol.duration, value));
        window = window::automatic(&plane, value, &trajectories, x, y);
    }
    let nullclines = [0, 1].map(|k| zero_lines(&|p| plane.rate(k, p, value), &window, CELLS));
    let fixed = fixed_points(&plane, &nullclines[0], value, &window);
    let scanned = match wanted {
        Some((parameter, dim, range, _)) => {
            Some(Scanned { parameter, dim, range, scan: scan(&plane, range, &window)? })
        }
        None => None,
    };
    let mut phase = Phase {
        names: [0, 1].map(|k| vars[k].name.to_string()),
        dims: [vars[0].dim, vars[1].dim],
        field: field(&plane, &window, value),
        window,
        nullclines,
        trajectories,
        fixed,
        scanned,
        report: Report::of("phase", &protocol.subject),
    };
    phase.report.protocol = words(protocol, &phase, value);
    if noisy {
        phase.report.notes.push("noise is left out: the plane shows the drift".into());
    }
    let refractory = plane.flow.refractory.as_ref().is_some_and(|e| plane.flow.value(e, &initial, value) > 0.0);
    if refractory && vars.iter().any(|v| v.hold) {
        phase.report.notes.push("while refractory a variable does not follow the arrows".into());
    }
    table::fill(&mut phase);
    Ok(phase)
}

/// How it was done, in a line.
fn words(protocol: &Protocol, phase: &Phase, value: f64) -> String {
    let scanned = phase.scanned.as_ref().map(|scanned| (scanned, value));
    let range = |k: usize, (low, high): (f64, f64)| {
        let unit = Unit::of(phase.dims[k]);
        let end = |v: f64| crate::table::significant(unit.show(v), 4);
        let behind = if unit.name == "1" { String::new() } else { format!(" {}", unit.name) };
        format!("{} from {} to {}{behind}", phase.names[k], end(low), end(high))
    };
    let mut out = format!("{}, {}", range(0, phase.window.x), range(1, phase.window.y));
    for (name, value) in &protocol.hold {
        out += &format!(", {name} = {value}");
    }
    if let Some((scanned, value)) = scanned {
        out += &format!(", {} = {}", scanned.parameter, display(value, scanned.dim));
    }
    out + &format!("; trajectories of {}", display(protocol.duration, Dim::TIME))
}

/// `I_e=0:500 pA`: the parameter, its dimension, its range, its own value.
fn parameter(text: &str, subject: &Subject) -> Result<(String, Dim, (f64, f64), f64)> {
    let form = "write PARAMETER=LOW:HIGH, e.g. --scan \"I_e=0:500 pA\"";
    let (name, both) =
        text.split_once('=').ok_or_else(|| Error::input(format!("--scan {text}: no range")).help(form))?;
    let values = subject.values();
    let found = values.iter().find(|p| p.0 == name.trim());
    let (name, value, dim) = found.ok_or_else(|| {
        let message = format!("--scan {}: {} has no such parameter", name.trim(), subject.model.name);
        Error::input(message).help(did_you_mean(name.trim(), values.iter().map(|p| &*p.0)))
    })?;
    let range = interval(both, |part| one(part, *dim))
        .map_err(|why| Error::input(format!("--scan {text}: {why}")).help(form))?;
    let parameter = subject.model.parameters.iter().find(|p| *p.name == **name).expect("it has a value");
    for end in [range.0, range.1] {
        let refuse = |limit: String| Error::input(format!("--scan {name}: {limit}"));
        parameter.check(end).map_err(|l| refuse(l).help(format!("stay {}", parameter.bounds())))?;
    }
    Ok((name.clone(), *dim, range, *value))
}

/// `v=-60 mV, u=0 pA`: a state; what is not named begins as it does in the model.
fn state(text: &str, flow: &Flow, initial: Point) -> Result<Point> {
    let mut out = initial;
    for part in text.split(',') {
        let refuse = |why: String| Error::input(format!("--from {text}: {why}"));
        let form = "write NAME=VALUE, NAME=VALUE, e.g. --from \"v=-60 mV\"";
        let (name, value) =
            part.split_once('=').ok_or_else(|| refuse(format!("`{}` has no =", part.trim())).help(form))?;
        let known = || flow.variables.iter().map(|v| &*v.name);
        let k = flow.index(name.trim()).ok_or_else(|| {
            refuse(format!("{} is not a variable of the plane", name.trim())).help(did_you_mean(name.trim(), known()))
        })?;
        out[k] = one(value, flow.variables[k].dim).map_err(|why| refuse(why).help(form))?;
    }
    Ok(out)
}

/// Both derivatives on a grid of points, the middles of equal cells.
fn field(plane: &Plane, window: &Window, free: f64) -> Vec<[Point; 2]> {
    const COLUMNS: usize = 24;
    const ROWS: usize = 16;
    let size = window.size();
    let middle = |k: usize, of: usize| (k as f64 + 0.5) / of as f64;
    let points = (0..ROWS).flat_map(|j| (0..COLUMNS).map(move |i| (i, j)));
    let place = |(i, j)| [window.x.0 + middle(i, COLUMNS) * size[0], window.y.0 + middle(j, ROWS) * size[1]];
    points.map(place).map(|p| [p, plane.rates(p, free)]).collect()
}
