//! `bouton check`: everything short of running.

use clap::Args;

use crate::{
    cli::NetworkArgs,
    error::Result,
    lang::{Dynamics, Integrator},
    output::counted,
    plan::{Kind, Plan, gigabytes},
    quantity::{Dim, display},
};

/// Arguments of `bouton check`.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// The network and what is changed in it.
    #[command(flatten)]
    pub network: NetworkArgs,
}

/// Plans the network and says what would be run.
pub fn check(args: CheckArgs) -> Result<()> {
    let spec = args.network.load()?;
    let plan = Plan::new(&spec)?;
    print!("{}", report(&plan));
    Ok(())
}

fn report(plan: &Plan) -> String {
    let mut out = String::new();
    let time = |ms: f64| display(ms, Dim::TIME);
    let title = if plan.title.is_empty() { String::new() } else { format!(": {}", plan.title) };
    out += &format!("{}{title}\n\n", plan.name);
    let wide = widest(plan.populations.iter().map(|p| &*p.name), 10);
    for p in &plan.populations {
        let cut = match &p.kind {
            Kind::Cable(cable) => format!(", cables of {} compartments", cable.cut.compartments.len()),
            _ => String::new(),
        };
        let neurons = if p.neurons() == 1 { "neuron " } else { "neurons" };
        out += &format!("  {:<wide$} {:>9} {neurons}   {}{cut}", p.name, p.neurons(), p.model);
        if !p.receptors.is_empty() {
            let names: Vec<&str> = p.receptors.iter().map(|r| r.0.as_str()).collect();
            out += &format!(" with {}", names.join(", "));
        }
        out += "\n";
        let mut tell = |of: &str, dynamics: &Dynamics| {
            for (integrator, variables) in by_integrator(&dynamics.integrators) {
                out += &format!("  {:<wide$} {:>17}   {of}{}: {}\n", "", "", integrator.name(), variables.join(", "));
            }
        };
        match &p.kind {
            Kind::Dynamics(phases) => tell("", &phases[0]),
            Kind::Cable(cable) => cable.regions.iter().for_each(|r| tell(&format!("{} ", r.model), &r.phases[0])),
            Kind::Spikes(_) => {}
        }
    }
    out += "\n";
    let wide = widest(plan.projections.iter().map(|p| &*p.name), 16);
    let receptors = widest(plan.projections.iter().map(|p| &*p.receptor), 8);
    for p in &plan.projections {
        let synapses = counted(p.wiring.expected_synapses().round() as u64, "synapse");
        let learning = p.plasticity.as_ref().map_or(String::new(), |rules| format!(", {}", rules.names.join(", ")));
        out += &format!("  {:<wide$} {:<receptors$} about {synapses}{learning}\n", p.name, p.receptor);
    }
    if !plan.projections.is_empty() {
        out += "\n";
    }
    let synapses = counted(plan.synapses().round() as u64, "synapse");
    out += &format!("{}, about {synapses}\n", counted(plan.neurons(), "neuron"));
    out += &format!(
        "memory: about {} of this machine's {} (neurons {}, synapses {})\n",
        gigabytes(plan.memory.total()),
        gigabytes(plan.memory.machine),
        gigabytes(plan.memory.neurons),
        gigabytes(plan.memory.synapses)
    );
    out += &format!(
        "run: {} in {} steps of {}, {}, seed {}\n",
        time(plan.duration()),
        plan.steps(),
        time(plan.dt),
        plan.precision.name(),
        plan.seed
    );
    for warning in &plan.warnings {
        out += &format!("warning: {warning}\n");
    }
    out
}

/// Width of a column that holds these names, and no less than `least`.
fn widest<'a>(names: impl Iterator<Item = &'a str>, least: usize) -> usize {
    names.map(|name| name.chars().count()).max().unwrap_or(0).max(least)
}

/// Variables by the integrator that moves them, in order.
pub(super) fn by_integrator(all: &[(String, Integrator)]) -> Vec<(Integrator, Vec<&str>)> {
    let mut out: Vec<(Integrator, Vec<&str>)> = Vec::new();
    for (name, integrator) in all {
        match out.iter_mut().find(|o| o.0 == *integrator) {
            Some((_, names)) => names.push(name),
            None => out.push((*integrator, vec![name])),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Spec;

    #[test]
    fn columns_are_as_wide_as_their_names() {
        for (network, word) in [("channel_noise", " neuron"), ("rate_vs_spiking", " about ")] {
            let plan = Plan::new(&Spec::load(network, &[]).expect("shipped")).expect("planned");
            let report = report(&plan);
            let rows = report.lines().filter(|line| line.starts_with("  ") && line.contains(word));
            let places: Vec<Option<usize>> = rows.map(|line| line.find(word)).collect();
            assert!(places.len() > 1, "{report}");
            assert!(places.windows(2).all(|pair| pair[0] == pair[1]), "{report}");
        }
    }
}
