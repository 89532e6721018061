//! The network of a clamp, run: the model with its currents as readable equations, and its potential as a parameter where that is held.

use std::sync::Arc;

use super::{Clamped, Membrane, Protocol, currents::equation};
use crate::{
    error::Result,
    lab::{Subject, Traces, quoted, run},
    lang::{
        ast::{Expr, Node},
        equation::Equation,
        model::{Model, Parameter},
    },
    quantity::{Dim, Quantity},
};

/// The neuron is held for this long before the record begins.
pub(super) const SETTLE: f64 = 500.0;
/// Rows of a record, at most about.
const ROWS: f64 = 10_000.0;

/// What a run showed: for each level its traces, which all have these variables.
pub struct Record {
    /// Times since the begin of the record, in ms.
    pub times: Vec<f64>,
    /// Names and units: `v`, the model's variables, currents, conductances.
    pub variables: Vec<(String, String)>,
    /// Level, variable, values.
    pub values: Vec<Vec<Vec<f64>>>,
    /// Spike times of each level.
    pub spikes: Vec<Vec<f64>>,
}

/// The network of the experiment, run.
pub(super) fn record(subject: &Subject, protocol: &Protocol, membrane: &Membrane) -> Result<Record> {
    let readable = membrane.equations();
    let mut model = Model::clone(&subject.model);
    // What is commanded is readable as an equation; a potential that is held is a parameter.
    let (mut first, name) = (vec![("v", "v", Dim::VOLTAGE)], Clamped::Current.words().0);
    first.extend((protocol.clamped == Clamped::Current).then_some((name, "I_syn", Dim::CURRENT)));
    let first: Vec<_> = first.into_iter().map(|(n, what, dim)| equation(n.into(), &Expr::name(what), dim)).collect();
    let mut variables = Vec::new();
    let others = model.equations.iter().filter(|e| e.differential && &*e.name != "v");
    let shown = |(shown, e): &(String, Equation)| (shown.clone(), e.name.to_string());
    variables.extend(first.iter().map(shown));
    // The total is `I`, also where the model has a variable of that name.
    let own = |name: &str| match readable.iter().any(|r| r.0 == name) {
        true => format!("{name} (variable)"),
        false => name.to_string(),
    };
    variables.extend(others.map(|e| (own(&e.name), e.name.to_string())));
    variables.extend(readable.iter().map(shown));
    model.equations.extend(first.into_iter().chain(readable).map(|r| r.1));
    if protocol.clamped == Clamped::Voltage {
        hold(&mut model, protocol.holding);
    }
    let recorded = run(&text(&model, protocol, &variables), &[Arc::new(model)])?;
    let kept = |traces: &Traces| traces.times.iter().position(|t| *t >= SETTLE - 0.5 * protocol.dt).unwrap_or(0);
    let first = kept(&recorded.traces[0]);
    let traces = &recorded.traces[0];
    let of = |neuron: usize, k: usize| traces.of(neuron, k).split_off(first);
    let neurons = protocol.neurons();
    Ok(Record {
        times: traces.times[first..].iter().map(|t| t - SETTLE).collect(),
        variables: variables.iter().zip(&traces.variables).map(|(v, (_, unit))| (v.0.clone(), unit.clone())).collect(),
        values: (0..neurons).map(|n| (0..variables.len()).map(|k| of(n, k)).collect()).collect(),
        spikes: recorded
            .spikes
            .iter()
            .map(|all| all.iter().map(|t| t - SETTLE).filter(|t| *t > 0.0).collect())
            .collect(),
    })
}

/// The potential becomes a parameter: what it drives moves on, what it did at spikes is gone.
fn hold(model: &mut Model, holding: f64) {
    model.equations.retain(|e| &*e.name != "v");
    model.equations.iter_mut().for_each(|e| e.hold = false);
    model.initial.retain(|i| i.0 != "v");
    (model.threshold, model.refractory, model.integrator) = (None, None, None);
    model.reset.clear();
    model.parameters.push(Parameter {
        name: "v".into(),
        value: Expr::new(Node::Literal(Quantity { value: holding, dim: Dim::VOLTAGE })),
        dim: Dim::VOLTAGE,
        meaning: "potential commanded by the clamp".into(),
        above: None,
        below: None,
        at_least: None,
        at_most: None,
        required: false,
    });
}

/// Under voltage clamp steps are phases: within each the potential is constant, and linear gates are moved exactly.
fn text(model: &Model, protocol: &Protocol, variables: &[(String, String)]) -> String {
    let Protocol { dt, start, length, after, .. } = *protocol;
    let interval = ((start + length + after) / ROWS / dt).ceil().max(1.0) * dt;
    let probes: Vec<String> = variables.iter().map(|v| quoted(&v.1)).collect();
    let mut out = format!("[populations.cell]\nmodel = {}\nsize = {}\n", quoted(&model.name), protocol.neurons());
    let total = SETTLE + start + length + after;
    let mut run = format!("[run]\ndt = \"{dt} ms\"\nprecision = \"f64\"\n");
    match (protocol.clamped, protocol.ramp) {
        (Clamped::Current, _) => {
            out += &format!("[[inputs]]\nto = \"cell\"\ncurrent = \"{}\"\n", protocol.command());
            run += &format!("duration = \"{total} ms\"\n");
        }
        (Clamped::Voltage, true) => {
            out += &format!("parameters = {{ v = \"{}\" }}\n", protocol.command());
            run += &format!("duration = \"{total} ms\"\n");
        }
        (Clamped::Voltage, false) => {
            let holding = format!("{:e} mV", protocol.holding);
            for (duration, value) in [(SETTLE + start, &holding), (length, &protocol.chosen()), (after, &holding)] {
                if duration > 0.0 {
                    run += &format!(
                        "[[run.phases]]\nduration = \"{duration} ms\"\nset = {{ \"cell.v\" = \"{value}\" }}\n"
                    );
                }
            }
        }
    }
    let probes = probes.join(", ");
    out + &format!(
        "[[record.traces]]\npopulation = \"cell\"\nvariables = [{probes}]\ninterval = \"{interval} ms\"\n{run}"
    )
}
