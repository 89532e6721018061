//! Steady states and time constants against voltage: every variable that relaxes at a speed and to a value which the potential sets.

mod open;
mod report;

use super::{
    Report, Subject,
    range::{flawed, one, range},
    unit::Unit,
};
use crate::{
    error::{Error, Result},
    lang::{
        Expr,
        derivative::derivative,
        flow::{Flow, depends_on},
    },
    quantity::Dim,
};

/// The potential, as equations call it.
const V: &str = "v";

/// What is looked at.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// The model.
    pub subject: Subject,
    /// Potentials, `LOW:HIGH:STEP`; chosen where there are none.
    pub voltages: Option<String>,
}

/// A variable x with dx/dt = (x_inf - x)/tau, where x_inf and tau depend on the potential alone.
#[derive(Clone, Debug)]
pub struct Gate {
    /// Its name.
    pub name: String,
    /// Its dimension.
    pub dim: Dim,
    /// x_inf at each potential, in internal units.
    pub steady: Vec<f64>,
    /// tau at each potential, in ms.
    pub tau: Vec<f64>,
    /// Named rates in its equation with their values per ms, such as `alpha_m`.
    pub rates: Vec<(String, Vec<f64>)>,
    /// Where x_inf is one half, and its slope there.
    pub half: Option<(f64, f64)>,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Gates {
    /// Potentials in internal units.
    pub voltages: Vec<f64>,
    /// Their dimension.
    pub dim: Dim,
    /// The gates in the order of the model file.
    pub gates: Vec<Gate>,
    /// Products of gates in the equation of the potential, in their steady states: `m^3*h`.
    pub open: Vec<Open>,
    /// Numbers and tables.
    pub report: Report,
}

/// A product of gates in its steady state.
#[derive(Clone, Debug)]
pub struct Open {
    /// As written in the equation.
    pub name: String,
    /// Whether several gates take part: between their curves is a window in which channels stay open.
    pub window: bool,
    /// Its value at each potential.
    pub values: Vec<f64>,
}

impl Gates {
    /// The picture as SVG.
    pub fn draw(&self) -> String {
        report::draw(self)
    }
}

/// Evaluates all gates of a model.
///
/// # Errors
/// A model without potential `v` or without gates, with the reason for each variable; a range that cannot be read.
pub fn run(protocol: &Protocol) -> Result<Gates> {
    let model = &protocol.subject.model;
    let flow = Flow::new(model, None)?;
    let Some(v) = flow.index(V) else {
        let message = format!("{} has no variable {V}: gates are shown against the potential", model.name);
        return Err(Error::input(message).help("choose a model with dv/dt, such as hh_squid"));
    };
    let dim = flow.variables[v].dim;
    let voltages = voltages(protocol, dim)?;
    let (mut gates, mut left_out, mut steady) = (Vec::new(), Vec::new(), Vec::new());
    for k in (0..flow.variables.len()).filter(|&k| k != v) {
        let name = flow.variables[k].name.to_string();
        match curves(&flow, k) {
            Ok((inf, tau)) => {
                gates.push(gate(protocol, &flow, (v, k), (&inf, &tau), &voltages));
                steady.push((name, inf));
            }
            Err(why) => left_out.push(format!("{name} is left out: {why}")),
        }
    }
    if gates.is_empty() {
        let message = format!("{} has no variable that the potential sets a steady state for", model.name);
        let help = if left_out.is_empty() { "it has no variable but v".into() } else { left_out.join("; ") };
        return Err(Error::input(message).help(help));
    }
    let mut found = Gates {
        open: open::products(&flow, v, &steady, &voltages),
        voltages,
        dim,
        gates,
        report: Report::of("gates", &protocol.subject),
    };
    found.report.notes = left_out;
    let rest = rest(flow, &steady, &found.voltages);
    report::fill(&mut found, &rest);
    Ok(found)
}

/// Those that the user wants, or those at which neurons live.
fn voltages(protocol: &Protocol, dim: Dim) -> Result<Vec<f64>> {
    let usual = if dim == Dim::VOLTAGE { "-100:50:1 mV" } else { "-3:3:0.05" };
    let text = protocol.voltages.as_deref().unwrap_or(usual);
    let found = range(text, |part| one(part, dim)).map_err(|why| flawed("voltages", text, why, usual))?;
    match found.len() {
        1 => Err(flawed("voltages", text, "curves need more than one potential", usual)),
        _ => Ok(found),
    }
}

/// Steady state and time constant, or why there are none.
fn curves(flow: &Flow, k: usize) -> std::result::Result<(Expr, Expr), String> {
    let name = &flow.variables[k].name;
    let (inf, tau) = flow.relaxation(k).ok_or_else(|| format!("d{name}/dt is not linear in {name}"))?;
    let mut others = depends_on(flow, &inf);
    others.extend(depends_on(flow, &tau));
    let follows = others.remove(V);
    match others.len() {
        0 if follows => Ok((inf, tau)),
        0 => Err(format!("{name} relaxes in the same way at every potential")),
        _ => {
            let names: Vec<String> = others.iter().map(|n| n.to_string()).collect();
            Err(format!("d{name}/dt depends on {} too", names.join(", ")))
        }
    }
}

/// An expression at each potential.
fn along(flow: &Flow, v: usize, expr: &Expr, voltages: &[f64]) -> Vec<f64> {
    voltages.iter().map(|&potential| at(flow, v, expr, potential)).collect()
}

fn at(flow: &Flow, v: usize, expr: &Expr, potential: f64) -> f64 {
    let mut state = vec![0.0; flow.variables.len()];
    state[v] = potential;
    flow.value(expr, &state, 0.0)
}

fn gate(
    protocol: &Protocol,
    flow: &Flow,
    (v, k): (usize, usize),
    (inf, tau): (&Expr, &Expr),
    voltages: &[f64],
) -> Gate {
    let variable = &flow.variables[k];
    let equation = protocol.subject.model.equations.iter().find(|e| e.name == variable.name).expect("it has one");
    let mentioned = crate::lang::algebra::names(&equation.expr);
    let of_v = |e: &Expr| depends_on(flow, e).iter().all(|n| **n == *V);
    let rates = flow.parts.iter().filter(|(n, dim, e)| mentioned.contains(&**n) && *dim == Dim::FREQUENCY && of_v(e));
    let steady = along(flow, v, inf, voltages);
    let gated = variable.dim == Dim::NONE && steady.iter().all(|x| (-1e-9..=1.0 + 1e-9).contains(x));
    let crossing = (1..steady.len()).filter(|_| gated).find(|&i| (steady[i - 1] < 0.5) != (steady[i] < 0.5));
    let half = crossing.map(|i| {
        let middle = root(&|p| at(flow, v, inf, p) - 0.5, voltages[i - 1], voltages[i]);
        (middle, derivative(inf, V).map_or(f64::NAN, |slope| at(flow, v, &slope, middle)))
    });
    Gate {
        name: variable.name.to_string(),
        dim: variable.dim,
        tau: along(flow, v, tau, voltages),
        rates: rates.map(|(name, _, e)| (name.clone(), along(flow, v, e, voltages))).collect(),
        steady,
        half,
    }
}

/// The root of a function between two places at which its signs differ, by halving.
fn root(f: &dyn Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    let (mut low, mut high) = (low, high);
    let sign = f(low) < 0.0;
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if (f(middle) < 0.0) == sign { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// States in which nothing changes, with all gates in their steady states, as long as no other variable takes part: the potential and
/// the gates' values.
fn rest(mut flow: Flow, steady: &[(String, Expr)], voltages: &[f64]) -> Vec<(f64, Vec<f64>)> {
    for (name, inf) in steady {
        let k = flow.index(name).expect("it was there");
        flow.replace(k, inf);
    }
    if flow.variables.len() != 1 {
        return Vec::new();
    }
    let rate = |p: f64| flow.value(&flow.variables[0].rhs, &[p], 0.0);
    let rates: Vec<f64> = voltages.iter().map(|&p| rate(p)).collect();
    let crossings = (1..rates.len()).filter(|&i| (rates[i - 1] > 0.0) != (rates[i] > 0.0));
    crossings
        .map(|i| {
            let p = root(&rate, voltages[i - 1], voltages[i]);
            (p, steady.iter().map(|(_, inf)| flow.value(inf, &[p], 0.0)).collect())
        })
        .collect()
}

/// The unit in which the potential is shown.
fn unit(found: &Gates) -> Unit {
    Unit::of(found.dim)
}
