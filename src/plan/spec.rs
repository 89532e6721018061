//! From a network file to its plan, section by section.

use super::{
    Kind, Memory, Plan, Population, Precision, Projection, phases, populations, projections,
    recording::{self, Recording},
    scope::Scope,
};
use crate::{
    error::Result,
    lang::Dynamics,
    quantity::{Dim, display},
    spec::Spec,
};

/// Time step where the file names none, in ms: the field's common choice.
const DEFAULT_DT: f64 = 0.1;

impl Plan {
    /// Checks everything that a user may have got wrong; draws and allocates nothing.
    ///
    /// # Errors
    /// The first mistake found, with its place in the file, its limit and its remedy.
    pub fn new(spec: &Spec) -> Result<Self> {
        let scope = &Scope::new(spec)?;
        if spec.populations.is_empty() {
            let help = "add a population: [populations.E] with model = \"lif\" and size = 100";
            return Err(scope.error(&(0..0), "the network is empty: no populations", help));
        }
        let dt = time_step(scope, spec)?;
        let seed = seed(scope, spec)?;
        let precision = precision(scope, spec)?;
        let threads = threads(scope, spec)?;
        let (mut phases, changes) = phases::plan(scope, spec, dt)?;
        let steps = phases.iter().map(|p| p.steps).sum();
        let context = populations::Context { scope, spec, changes: &changes, dt, steps, seed };
        let mut populations = populations::plan(&context)?;
        let projections = projections::plan(scope, spec, &populations, dt, seed)?;
        super::plasticity::check_length(scope, spec, &projections, steps)?;
        phases::learning(scope, spec, &projections, &mut phases)?;
        let Recording { traces, edges, synapses } =
            recording::plan(scope, &spec.record, &mut populations, &projections, (dt, steps))?;
        let available = std::thread::available_parallelism().map_or(1, usize::from);
        let memory = Memory::estimate(&populations, &projections, precision, dt, threads.unwrap_or(available));
        let plan = Self {
            source: spec.source.clone(),
            name: spec.name.clone(),
            title: spec.title.clone().unwrap_or_default(),
            dt,
            seed,
            precision,
            threads,
            warnings: warnings(&populations, &projections, spec, dt),
            constants: scope.constants().collect(),
            phases,
            populations,
            projections,
            traces,
            edges,
            synapse_records: synapses,
            memory,
        };
        memory.check(plan.neurons() as f64, plan.synapses())?;
        Ok(plan)
    }
}

fn time_step(scope: &Scope, spec: &Spec) -> Result<f64> {
    let Some(expr) = &spec.run.dt else { return Ok(DEFAULT_DT) };
    let dt = scope.number(expr, Dim::TIME, "run.dt")?;
    if dt <= 0.0 {
        let message = format!("run.dt = {} must be above 0 ms", display(dt, Dim::TIME));
        return Err(scope.error(&expr.span, message, "0.1 ms is the common choice"));
    }
    Ok(dt)
}

fn seed(scope: &Scope, spec: &Spec) -> Result<u64> {
    let Some(seed) = &spec.run.seed else { return Ok(1) };
    u64::try_from(seed.value).map_err(|_| {
        scope.error(&seed.span, format!("run.seed = {} is negative", seed.value), "use a whole number of at least 0")
    })
}

fn precision(scope: &Scope, spec: &Spec) -> Result<Precision> {
    match &spec.run.precision {
        None => Ok(Precision::F64),
        Some(p) if p.value == "f64" => Ok(Precision::F64),
        Some(p) if p.value == "f32" => Ok(Precision::F32),
        Some(p) => Err(scope.unknown(p, "precision", ["f32", "f64"])),
    }
}

fn threads(scope: &Scope, spec: &Spec) -> Result<Option<usize>> {
    let Some(threads) = &spec.run.threads else { return Ok(None) };
    match usize::try_from(threads.value) {
        Ok(n @ 1..=1024) => Ok(Some(n)),
        _ => {
            let message = format!("run.threads = {} is not within 1 and 1024", threads.value);
            Err(scope.error(&threads.span, message, "leave it out to use as many as pay"))
        }
    }
}

/// What looks wrong but can be run.
fn warnings(populations: &[Population], projections: &[Projection], spec: &Spec, dt: f64) -> Vec<String> {
    let mut out = Vec::new();
    // Where nothing is connected, neurons that differ in their parameters are what the file is about.
    let connected = !projections.is_empty() || !spec.inputs.is_empty();
    for (k, p) in populations.iter().enumerate() {
        let wired = projections.iter().any(|w| w.wiring.from.population == k || w.wiring.to.population == k);
        let driven = spec.inputs.iter().any(|i| i.to.iter().any(|to| to.value == p.name));
        let modulates = |w: &Projection| w.plasticity.as_ref().and_then(|p| p.modulator).is_some_and(|m| m.0 == k);
        if connected && populations.len() > 1 && !wired && !driven && !projections.iter().any(modulates) {
            out.push(format!("population \"{}\" has no projections and no inputs", p.name));
        }
        let programs: Vec<&Dynamics> = match &p.kind {
            Kind::Dynamics(phases) => vec![&phases[0]],
            Kind::Cable(cable) => cable.regions.iter().map(|r| &r.phases[0]).collect(),
            Kind::Spikes(_) => continue,
        };
        for (name, tau) in programs.iter().flat_map(|d| &d.time_constants) {
            if *tau < 2.0 * dt {
                out.push(format!(
                    "population \"{}\": {name} = {} is less than two time steps of {}; use a smaller dt",
                    p.name,
                    display(*tau, Dim::TIME),
                    display(dt, Dim::TIME)
                ));
            }
        }
        let idle = |r: usize| {
            let reaches = |w: &Projection| w.wiring.to.population == k && w.wiring.receptor == r;
            let back = |w: &Projection| w.coupling.and_then(|c| c.back).is_some_and(|b| b.1 == r);
            !projections.iter().any(|w| reaches(w) || (w.wiring.from.population == k && back(w)))
        };
        for (r, (name, _)) in p.receptors.iter().enumerate() {
            let driven = spec.inputs.iter().any(|i| {
                matches!(&i.kind, crate::spec::InputKind::Poisson { receptor, .. } if receptor.value == *name)
                    && i.to.iter().any(|to| to.value == p.name)
            });
            if idle(r) && !driven {
                out.push(format!("population \"{}\": nothing reaches receptor \"{name}\"", p.name));
            }
        }
    }
    out
}
