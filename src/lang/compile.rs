//! A recipe compiled: one step of the grid as a vector program.
//!
//! A step goes from t to t + dt in this order: propagate, add what arrives at t + dt, hold what is refractory, run the statements
//! of `step`, test the threshold. The reset program then runs on chunks in which a neuron spiked.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Integrator,
    algebra::{has_random, is_noise, mentions},
    ast::Expr,
    dynamics::{ColumnKind, Continuous, Dynamics, Membrane, Probe},
    emit::{Emitter, Store, Target},
    equation::{Assign, Statement},
    eval::eval_constant,
    graph::{Graph, Id},
    model::Model,
    scheme::Scheme,
    system::{Attached, Location, Recipe, System},
};
use crate::{
    error::Result,
    kernel::{fuse, program::Op},
    quantity::Dim,
};

/// Compiles a population's equations.
///
/// # Errors
/// An integrator that was asked for and cannot move the equations; a receptor that raises a variable the neuron lacks;
/// a parameter that is both random and a function of time.
pub fn compile(recipe: &Recipe) -> Result<Dynamics> {
    let system = System::new(recipe)?;
    let scheme = match recipe.cable {
        false => Scheme::choose(&system, recipe.integrator)?,
        true => Scheme::cable(&system)?,
    };
    Ok(Compiler::new(recipe, &system, &scheme).finish())
}

/// What names stand for at one moment: a value for each variable, and the time in half steps from the step's begin.
#[derive(Clone)]
pub(super) struct Moment {
    pub vars: Vec<Id>,
    pub time: u8,
}

pub(super) struct Compiler<'a> {
    pub system: &'a System,
    pub scheme: &'a Scheme,
    pub graph: Graph,
    pub store: Store,
    pub dt: f64,
    time_constants: Vec<(String, f64)>,
    noises: BTreeMap<Arc<str>, Id>,
    /// Columns of the sums of continuous receptors, by name.
    sums: BTreeMap<String, (u16, Dim)>,
    refractory: Option<(u16, Id)>,
    above: Option<u16>,
}

impl<'a> Compiler<'a> {
    fn new(recipe: &Recipe, system: &'a System, scheme: &'a Scheme) -> Self {
        let mut store = Store::default();
        let zero = Expr::number(0.0);
        for v in &system.variables {
            store.column(&*v.name, v.dim, ColumnKind::State(v.initial.clone()));
        }
        let refractory = system
            .refractory
            .as_ref()
            .map(|_| store.column("steps refractory", Dim::NONE, ColumnKind::State(zero.clone())));
        // Without a reset a condition on a variable stays true for a while: only its beginning is a spike. What is drawn anew
        // in every step does not stay.
        let on_state = |t: &Expr| system.variables.iter().any(|v| mentions(t, &v.name));
        let above = system
            .threshold
            .as_ref()
            .filter(|t| system.reset.is_empty() && on_state(t) && !has_random(t))
            .map(|_| store.column("above threshold", Dim::NONE, ColumnKind::State(zero)));
        let sums = system.continuous.iter().flat_map(Continuous::sums);
        let sums = sums
            .map(|(name, dim)| {
                let column = store.column(&*name, dim, ColumnKind::State(Expr::number(0.0)));
                (name, (column, dim))
            })
            .collect();
        for (name, dim, value) in &system.columns {
            let column = store.column(name, *dim, ColumnKind::Parameter(value.clone()));
            store.parameters.insert(name.clone(), column);
        }
        let graph = Graph::new(recipe.dt);
        let time_constants = time_constants(recipe);
        let mut compiler = Self {
            system,
            scheme,
            graph,
            store,
            dt: recipe.dt,
            time_constants,
            noises: BTreeMap::new(),
            sums,
            refractory: None,
            above,
        };
        if let (Some(column), Some(time)) = (refractory, &system.refractory) {
            // Rounded to the grid; a refractory time of 0 needs no bookkeeping.
            let now = compiler.begin();
            let time = compiler.build(time, &now);
            let steps = compiler.constant_times(time, 1.0 / recipe.dt);
            let half = compiler.graph.constant(0.5);
            let shifted = compiler.graph.op(Op::Add, &[steps, half]);
            let steps = compiler.graph.op(Op::Floor, &[shifted]);
            compiler.refractory = (!compiler.graph.is_constant(steps, 0.0)).then_some((column, steps));
        }
        compiler
    }

    /// The state as it stands in the columns.
    pub fn begin(&mut self) -> Moment {
        Moment { vars: (0..self.system.variables.len()).map(|i| self.graph.column(i as u16)).collect(), time: 0 }
    }

    /// An expression at a moment; noise terms are 0 here.
    pub fn build(&mut self, expr: &Expr, at: &Moment) -> Id {
        self.build_with(expr, at, &BTreeMap::new())
    }

    /// The same with values that statements have named.
    fn build_with(&mut self, expr: &Expr, at: &Moment, named: &BTreeMap<Arc<str>, Id>) -> Id {
        let (system, sums) = (self.system, &self.sums);
        self.graph.build(expr, &mut |graph, name| match system.index(name) {
            Some(i) => at.vars[i],
            None if named.contains_key(name) => named[name],
            None if &**name == "t" => graph.time(at.time),
            None if is_noise(name) => graph.constant(0.0),
            None => match sums.get(&**name) {
                Some(&(column, _)) => graph.column(column),
                None => graph.parameter(name),
            },
        })
    }

    /// The standard normal number of a noise term in this step.
    pub fn noise(&mut self, name: &Arc<str>) -> Id {
        if !self.noises.contains_key(name) {
            let stream = self.graph.stream();
            let id = self.graph.op(Op::Normal(stream), &[]);
            self.noises.insert(name.clone(), id);
        }
        self.noises[name]
    }

    pub fn constant_times(&mut self, id: Id, factor: f64) -> Id {
        let factor = self.graph.constant(factor);
        self.graph.op(Op::Mul, &[id, factor])
    }

    /// What arrives at each variable at the end of the step.
    fn arrivals(&mut self, begin: &Moment) -> Vec<Option<Id>> {
        let mut arrivals = vec![None; self.system.variables.len()];
        for event in &self.system.events {
            let mut weight = self.graph.input(event.input as u16);
            for (_, rate, each) in self.system.drives.iter().filter(|d| d.0 == event.input) {
                let rate = self.build(rate, begin);
                let mean = self.constant_times(rate, self.dt);
                let stream = self.graph.stream();
                let count = self.graph.op(Op::Poisson(stream), &[mean]);
                let each = self.build(each, begin);
                let drive = self.graph.op(Op::Mul, &[count, each]);
                weight = self.graph.op(Op::Add, &[weight, drive]);
            }
            let coefficient = self.build(&event.coefficient, begin);
            let raised = self.graph.op(Op::Mul, &[weight, coefficient]);
            let slot = &mut arrivals[event.variable];
            *slot = Some(slot.map_or(raised, |other| self.graph.op(Op::Add, &[other, raised])));
        }
        arrivals
    }

    fn finish(mut self) -> Dynamics {
        let begin = self.begin();
        let arrivals = self.arrivals(&begin);
        let membrane = self.scheme.cable.map(|v| self.membrane(v, &begin));
        let end = match membrane {
            None => self.propagate(&begin, &arrivals),
            Some(_) => self.after_solution(&begin, &arrivals),
        };
        let end = self.statements(&self.system.step, &end);
        let mut outputs: Vec<(Target, Id)> =
            end.vars.iter().enumerate().map(|(i, &id)| (Target::Column(i as u16), id)).collect();
        let waiting = self.refractory.map(|(column, _)| {
            let one = self.graph.constant(1.0);
            let zero = self.graph.constant(0.0);
            let old = self.graph.column(column);
            let less = self.graph.op(Op::Sub, &[old, one]);
            let left = self.graph.op(Op::Select, &[old, less, zero]);
            outputs.push((Target::Column(column), left));
            left
        });
        let fired = self.system.threshold.as_ref().map(|threshold| {
            let mut fired = self.build(threshold, &end);
            if let Some(column) = self.above {
                outputs.push((Target::Column(column), fired));
                let before = self.graph.column(column);
                let rising = self.graph.op(Op::Lt, &[before, fired]);
                fired = rising;
            }
            if let Some(waiting) = waiting {
                let free = self.graph.op(Op::Not, &[waiting]);
                fired = self.graph.op(Op::And, &[fired, free]);
            }
            outputs.push((Target::Fired, fired));
            super::emit::FIRED
        });
        let reset = self.reset(&begin);
        let start = self.start(&begin);
        let probes = self.probes(&begin);

        let mut emitter = Emitter { graph: &self.graph, store: &mut self.store };
        let membrane = membrane.map(|m| {
            let before = fuse(&emitter.emit(&m.outputs).0, &[]);
            Membrane { v: m.v, diagonal: m.diagonal, current: m.current, before }
        });
        let watch = self.scheme.whole.first().or(self.scheme.linear.first()).or(self.scheme.noisy.first());
        let watch = watch.map(|&i| i as u16);
        let mut step = emitter.emit(&outputs).0;
        // The spikes of cables, and what diverges, are looked for at their sites.
        if membrane.is_none() {
            step = emitter.look(step, fired.is_some(), watch);
        }
        let step = fuse(&step, &[super::emit::FIRED]);
        let reset = fuse(&emitter.emit(&reset).0, &[]);
        let start = fuse(&emitter.emit(&start).0, &[]);
        let probes = probes
            .into_iter()
            .map(|(name, dim, id)| {
                let (program, places) = emitter.emit(&[(Target::Anywhere, id)]);
                Probe { name, dim, program, value: places[0] }
            })
            .collect();
        Dynamics {
            columns: self.store.columns,
            scalars: self.store.scalars,
            start,
            step,
            membrane,
            fired,
            reset,
            watch,
            probes,
            inputs: self.system.inputs.clone(),
            continuous: self.system.continuous.clone(),
            dt: self.dt,
            integrators: self.scheme.report(self.system),
            time_constants: self.time_constants,
        }
    }

    /// `new` where the neuron may move, `old` where it is held.
    pub fn held(&mut self, variable: usize, old: Id, new: Id) -> Id {
        match self.refractory {
            Some((column, _)) if self.system.variables[variable].hold => {
                let waiting = self.graph.column(column);
                self.graph.op(Op::Select, &[waiting, old, new])
            }
            _ => new,
        }
    }

    /// The state after statements, each of which sees what those before it have changed. What is no variable is a name for a value.
    fn statements(&mut self, statements: &[Statement], before: &Moment) -> Moment {
        let mut now = before.clone();
        let mut named: BTreeMap<Arc<str>, Id> = BTreeMap::new();
        for Statement { target, op, expr, .. } in statements {
            let value = self.build_with(expr, &now, &named);
            let variable = self.system.index(target);
            let old = variable.map(|i| now.vars[i]).or_else(|| named.get(target).copied());
            let op = match op {
                Assign::Set => None,
                Assign::Add => Some(Op::Add),
                Assign::Sub => Some(Op::Sub),
                Assign::Mul => Some(Op::Mul),
            };
            let changed = |old: Option<Id>| old.expect("what changes has a value: checked by the model reader");
            let value = op.map_or(value, |op| self.graph.op(op, &[changed(old), value]));
            match variable {
                Some(i) => now.vars[i] = value,
                None => drop(named.insert(target.clone(), value)),
            }
        }
        now
    }

    fn reset(&mut self, begin: &Moment) -> Vec<(Target, Id)> {
        let fired = self.graph.fired();
        let now = self.statements(&self.system.reset, begin);
        let mut outputs = Vec::new();
        for (i, (&old, &new)) in begin.vars.iter().zip(&now.vars).enumerate() {
            if old != new {
                outputs.push((Target::Column(i as u16), self.graph.op(Op::Select, &[fired, new, old])));
            }
        }
        if let Some((column, steps)) = self.refractory {
            let old = self.graph.column(column);
            outputs.push((Target::Column(column), self.graph.op(Op::Select, &[fired, steps, old])));
        }
        outputs
    }

    /// Gates are known at half steps: they start by half a step.
    fn start(&mut self, begin: &Moment) -> Vec<(Target, Id)> {
        let moved = self.staggered(begin, begin, 0.5 * self.dt);
        self.scheme.staggered.iter().map(|&i| (Target::Column(i as u16), moved.vars[i])).collect()
    }

    /// Everything a user may record, at whole steps.
    fn probes(&mut self, begin: &Moment) -> Vec<(String, Dim, Id)> {
        let now = self.staggered(begin, begin, -0.5 * self.dt);
        let mut probes: Vec<_> =
            self.system.variables.iter().enumerate().map(|(i, v)| (v.name.to_string(), v.dim, now.vars[i])).collect();
        for (name, dim, expr) in &self.system.readable {
            probes.push((name.clone(), *dim, self.build(expr, &now)));
        }
        probes.extend(self.sums.iter().map(|(name, &(column, dim))| (name.clone(), dim, self.graph.column(column))));
        for (name, dim, _) in &self.system.columns {
            probes.push((name.clone(), *dim, self.graph.parameter(&name.as_str().into())));
        }
        probes
    }
}

/// Parameters called `tau...` that are one time, for the warning about coarse steps.
fn time_constants(recipe: &Recipe) -> Vec<(String, f64)> {
    let is_tau = |name: &str| name.rsplit('.').next().is_some_and(|own| own.starts_with("tau"));
    let times = recipe.parameters().into_iter().filter(|(name, dim, _)| *dim == Dim::TIME && is_tau(name));
    times.filter_map(|(name, _, value)| Some((name, eval_constant(&value)?))).collect()
}

/// The integrators of a neuron model by itself, or of a receptor or input model on that neuron, for `bouton models NAME`.
///
/// # Errors
/// As [`compile`].
pub fn integrators(neuron: &Arc<Model>, attached: Option<&Arc<Model>>) -> Result<Vec<(String, Integrator)>> {
    const NAME: &str = "it";
    let recipe = Recipe {
        neuron: neuron.clone(),
        attached: attached
            .map(|m| Attached { name: NAME.into(), model: m.clone(), at: Location::Soma })
            .into_iter()
            .collect(),
        drives: Vec::new(),
        values: BTreeMap::new(),
        initial: BTreeMap::new(),
        per_neuron: Default::default(),
        size: 1,
        dt: 0.1,
        integrator: neuron.integrator,
        cable: false,
    };
    let mut all = compile(&recipe)?.integrators;
    if attached.is_some() {
        let own = |(name, by): (String, _)| Some((name.strip_prefix(NAME)?.strip_prefix('.')?.to_string(), by));
        all = all.into_iter().filter_map(own).collect();
    }
    Ok(all)
}
