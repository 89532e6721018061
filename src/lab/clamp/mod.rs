//! Current clamp and voltage clamp: steps or a ramp, and everything inside the neuron as traces.

mod currents;
mod measure;
mod picture;

pub use currents::{Current, Membrane};
pub use picture::draw;

use std::sync::Arc;

use super::{Report, Subject, Traces, network::run as simulate, quoted};
use crate::{
    error::{Error, Result},
    lang::{
        ast::{Expr, Node},
        equation::Equation,
        model::{Model, Parameter},
    },
    quantity::{Dim, Quantity, display},
    table::Table,
};

/// What is held by the amplifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clamped {
    /// The injected current, in pA.
    Current,
    /// The potential, in mV.
    Voltage,
}

/// What is done to the model. Times in ms, commands in pA or mV.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// What is commanded.
    pub clamped: Clamped,
    /// Before and after.
    pub holding: f64,
    /// Levels, each in a neuron of its own.
    pub levels: Vec<f64>,
    /// One neuron that is led from the first level to the last instead.
    pub ramp: bool,
    /// From the begin of the record to that of the step or ramp.
    pub start: f64,
    /// Length of step or ramp.
    pub length: f64,
    /// From its end to the end of the record.
    pub after: f64,
    /// Time step.
    pub dt: f64,
}

/// The neuron is held for this long before the record begins.
const SETTLE: f64 = 500.0;
/// Rows of a record, at most about.
const ROWS: f64 = 5000.0;

impl Clamped {
    /// `v` or `I`, and its unit.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Current => ("I_inj", "pA"),
            Self::Voltage => ("v", "mV"),
        }
    }
    fn dim(self) -> Dim {
        match self {
            Self::Current => Dim::CURRENT,
            Self::Voltage => Dim::VOLTAGE,
        }
    }
}

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

/// Runs the protocol.
///
/// # Errors
/// A model without potential or that takes no current, times that make no sense, all that [`crate::plan::Plan::new`] refuses.
pub fn run(subject: &Subject, protocol: &Protocol) -> Result<Report> {
    let membrane = Membrane::of(subject)?;
    check(protocol)?;
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

impl Protocol {
    /// Neurons that are simulated.
    fn neurons(&self) -> usize {
        if self.ramp { 1 } else { self.levels.len() }
    }

    /// What a level is called: `at 20 mV`, `ramp`.
    pub fn level(&self, number: usize) -> String {
        if self.ramp {
            "in the ramp".into()
        } else {
            format!("at {}", display(self.levels[number], self.clamped.dim()))
        }
    }

    /// In a line.
    fn words(&self) -> String {
        let value = |x: f64| display(x, self.clamped.dim());
        let what = match (self.clamped, self.ramp) {
            (Clamped::Current, false) => "current clamp: steps",
            (Clamped::Current, true) => "current clamp: a ramp",
            (Clamped::Voltage, false) => "voltage clamp: steps",
            (Clamped::Voltage, true) => "voltage clamp: a ramp",
        };
        let (first, last) = (value(self.levels[0]), value(self.levels[self.levels.len() - 1]));
        let time = |ms: f64| display(ms, Dim::TIME);
        format!(
            "{what} from {first} to {last}, held at {} before and after; begins at {}, lasts {}; in steps of {}",
            value(self.holding),
            time(self.start),
            time(self.length),
            time(self.dt)
        )
    }

    /// The command at time `t` as an expression; half a step early, so that rounding of times does not matter.
    fn command(&self) -> String {
        let unit = self.clamped.words().1;
        let begin = SETTLE + self.start;
        let (from, to) = (begin - 0.5 * self.dt, begin + self.length - 0.5 * self.dt);
        let value = match self.ramp {
            true => {
                let (first, last) = (self.levels[0], self.levels[self.levels.len() - 1]);
                format!("{first:e} {unit} + ({:e} {unit})*(t - {begin} ms)/({} ms)", last - first, self.length)
            }
            false => self.chosen(),
        };
        format!("where(t > {from} ms and t <= {to} ms, {value}, {:e} {unit})", self.holding)
    }

    /// The level of neuron `i`.
    fn chosen(&self) -> String {
        super::network::chosen(&self.levels, self.clamped.words().1)
    }
}

/// The network of the experiment, run.
fn record(subject: &Subject, protocol: &Protocol, membrane: &Membrane) -> Result<Record> {
    let readable = membrane.equations();
    let mut model = Model::clone(&subject.model);
    // What is commanded is readable as an equation; a potential that is held is a parameter.
    let (mut first, name) = (vec![("v", "v", Dim::VOLTAGE)], Clamped::Current.words().0);
    first.extend((protocol.clamped == Clamped::Current).then_some((name, "I_syn", Dim::CURRENT)));
    let first: Vec<_> =
        first.into_iter().map(|(n, what, dim)| currents::equation(n.into(), &Expr::name(what), dim)).collect();
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
    let recorded = simulate(&text(&model, protocol, &variables), &[Arc::new(model)])?;
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

fn check(protocol: &Protocol) -> Result<()> {
    let refuse = |message: String, help: &str| Err(Error::input(message).help(help));
    let time = |ms: f64| display(ms, Dim::TIME);
    if protocol.dt <= 0.0 {
        return refuse(format!("--dt {} is not above 0 ms", time(protocol.dt)), "0.01 ms is the default");
    }
    if protocol.length < protocol.dt {
        let message = format!("--length {} is below the time step {}", time(protocol.length), time(protocol.dt));
        return refuse(message, "use at least one time step");
    }
    for (flag, value) in [("start", protocol.start), ("after", protocol.after)] {
        if value < 0.0 {
            return refuse(format!("--{flag} {} is negative", time(value)), "use 0 ms or more");
        }
    }
    Ok(())
}
