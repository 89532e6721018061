//! One step of a cable's compartment. The voltages of all compartments are solved together by the engine; programs run before and after.
//!
//! The scheme is that of single neurons (`integrate.rs`) with another rule for the voltage: receptors move half a step, the voltages a
//! whole step, receptors the other half, and gates are known half a step later (Hines 1984, doi:10.1016/0020-7101(84)90008-4). The
//! voltages move by the linearly implicit midpoint rule: with the currents I(v) out of the compartment, axial ones included,
//!
//! ```text
//! (C/h + dI/dv) x = -I(v),  v <- v + 2 x,  h = dt/2
//! ```
//!
//! which is Crank and Nicolson's rule where I is linear in v, and of order 2 where it is not.

use super::{
    Integrator,
    algebra::{is_noise, mentions, names},
    compile::{Compiler, Moment},
    derivative::derivative,
    dynamics::ColumnKind,
    emit::Target,
    graph::Id,
    scheme::{Scheme, linear, ordered},
    system::System,
};
use crate::{
    error::{Error, Result},
    kernel::program::Op,
    quantity::Dim,
};

/// What `before` computes, as values of the graph.
pub(super) struct Before {
    pub v: u16,
    pub diagonal: u16,
    pub current: u16,
    pub outputs: Vec<(Target, Id)>,
}

impl Scheme {
    /// The scheme of a cable's compartment.
    pub fn cable(system: &System) -> Result<Self> {
        let refuse = |message: String, help: &str| Err(Error::input(message).help(help));
        let v = system.index("v").expect("checked by the plan");
        let noisy: Vec<usize> = (0..system.variables.len())
            .filter(|&i| names(&system.variables[i].rhs).iter().any(|n| is_noise(n)))
            .collect();
        if noisy.contains(&v) {
            return refuse(
                "white noise cannot drive the voltage of a cable".into(),
                "use noise with a correlation time, such as ou_current",
            );
        }
        let linear = linear(system, (0..system.variables.len()).filter(|i| *i != v && !noisy.contains(i)).collect());
        let moved = |i: &usize| *i == v || noisy.contains(i) || linear.contains(i);
        let rest: Vec<usize> = (0..system.variables.len()).filter(|i| !moved(i)).collect();
        for &i in rest.iter().chain([&v]) {
            let variable = &system.variables[i];
            if derivative(&variable.rhs, &variable.name).is_none() {
                let message = format!("the equation of {} has no derivative, which a cable needs", variable.name);
                return refuse(message, "write it without floor() and random numbers of it");
            }
            if i != v && system.events.iter().any(|e| e.variable == i) {
                let message =
                    format!("{} is raised by spikes and its equation is not linear: not on a cable", variable.name);
                return refuse(message, "let spikes raise a linear variable that drives it, as in nmda");
            }
        }
        let Some(staggered) = ordered(system, rest) else {
            return refuse(
                "gates that depend on each other in a circle cannot be moved on a cable".into(),
                "use another model",
            );
        };
        let noise = (!noisy.is_empty()).then_some(Integrator::EulerMaruyama);
        let method = Some(Integrator::Exponential2);
        Ok(Self { linear, noisy, whole: vec![v], staggered, method, noise, cable: Some(v) })
    }
}

impl Compiler<'_> {
    /// The membrane at the middle of the step; receptors and inputs are moved over all of it.
    pub fn membrane(&mut self, v: usize, begin: &Moment) -> Before {
        let middle = self.linear(begin, 0.5, false);
        let mut end = self.linear(&middle, 0.5, true);
        self.noisy(begin, &mut end);
        let rhs = &self.system.variables[v].rhs;
        let per_current = self.per_current(v, begin);
        let slope = derivative(rhs, "v").expect("checked by the scheme");
        let slope = self.build(&slope, &middle);
        let f = self.slope(v, &middle);
        let one = self.graph.constant(1.0);
        let capacitance = self.graph.op(Op::Div, &[one, per_current]);
        let inverse = self.graph.constant(2.0 / self.dt);
        let left = self.graph.op(Op::Sub, &[inverse, slope]);
        let diagonal = self.graph.op(Op::Mul, &[left, capacitance]);
        let current = self.graph.op(Op::Mul, &[f, capacitance]);
        let zero = || ColumnKind::State(super::Expr::number(0.0));
        let columns = [
            self.store.column("solver's diagonal", Dim::CONDUCTANCE, zero()),
            self.store.column("solver's current", Dim::CURRENT, zero()),
        ];
        let mut outputs = vec![(Target::Column(columns[0]), diagonal), (Target::Column(columns[1]), current)];
        for &i in self.scheme.linear.iter().chain(&self.scheme.noisy) {
            outputs.push((Target::Column(i as u16), end.vars[i]));
        }
        Before { v: v as u16, diagonal: columns[0], current: columns[1], outputs }
    }

    /// By how much a current changes the voltage's slope: one over the compartment's capacitance.
    fn per_current(&mut self, v: usize, at: &Moment) -> Id {
        let slope = derivative(&self.system.variables[v].own, "I_syn").expect("checked by the plan");
        self.build(&slope, at)
    }

    /// What is left to do when the voltages are moved: arrivals, then the gates.
    pub fn after_solution(&mut self, begin: &Moment, arrivals: &[Option<Id>]) -> Moment {
        let end = Moment { vars: begin.vars.clone(), time: 2 };
        self.arrive(begin, arrivals, end)
    }
}

/// Why a neuron model cannot be the membrane of a cable, in words, and what it needs.
pub fn unfit(model: &super::model::Model) -> Option<(String, &'static str)> {
    let needs = "a membrane has dv/dt = (... + I_syn/area)/C_m, with C_m per area and a parameter `area`, as in hh_squid and passive";
    let v = model.equations.iter().find(|e| &*e.name == "v" && e.differential && e.dim == Dim::VOLTAGE);
    let Some(v) = v else { return Some(("it has no membrane potential v in mV".into(), needs)) };
    if let Some(place) = model.places.first() {
        let why = format!("it has compartments of its own, such as {}", place.name.value);
        return Some((why, "give the cable sections instead"));
    }
    if !model.reset.is_empty() || model.refractory.is_some() {
        return Some((
            "it resets its variables at a spike".into(),
            "a cable needs a model with spikes of their own, such as hh_squid",
        ));
    }
    let area = model.parameters.iter().any(|p| &*p.name == "area" && p.dim == Dim::AREA);
    let slope = derivative(&v.expr, "I_syn");
    let state = |e: &super::Expr| {
        model.equations.iter().any(|q| mentions(e, &q.name)) || ["I_syn", "t"].iter().any(|n| mentions(e, n))
    };
    match slope {
        Some(slope) if area && mentions(&slope, "area") && !state(&slope) => None,
        _ => Some(("it does not say how a current spreads over an area".into(), needs)),
    }
}
