//! Projections onto continuous receptors, which read a variable of their sources and wait for no spikes.

use super::{Coupling, Kind, Population, scope::Scope};
use crate::{
    connect::{self, Wiring},
    error::{Error, Result, did_you_mean},
    lang::Continuous,
    quantity::{Dim, display},
    spec,
};

/// A projection between two populations, onto receptor `receptor` of the target.
pub struct Pair<'a> {
    pub scope: &'a Scope<'a>,
    pub projection: &'a spec::Projection,
    pub name: &'a str,
    pub from: &'a Population,
    pub to: &'a Population,
    /// As the file writes it.
    pub receptor: &'a spec::At<String>,
}

impl Pair<'_> {
    fn error(&self, span: &std::ops::Range<usize>, message: &str, help: impl Into<String>) -> Error {
        self.scope.error(span, format!("projection \"{}\": {message}", self.name), help)
    }

    /// What is read, if the receptor is a continuous one.
    pub fn plan(&self) -> Result<Option<Coupling>> {
        let receptor = &self.receptor.value;
        let Some(continuous) = self.to.continuous().iter().find(|c| c.receptor == *receptor) else {
            return match &self.projection.reads {
                None => Ok(None),
                Some(reads) => {
                    let message = format!("receptor \"{receptor}\" waits for spikes and reads no variable");
                    Err(self.error(&reads.span, &message, "remove `reads`, or choose a receptor such as rate_coupling"))
                }
            };
        };
        self.no_spikes(receptor)?;
        let probe = self.probe(self.from, continuous)?;
        if !continuous.reads.symmetric {
            return Ok(Some(Coupling { probe, back: None }));
        }
        let within = self.from.first == self.to.first;
        if let Some(autapses) = self.projection.autapses.as_ref().filter(|a| within && a.value) {
            let message = format!("receptor \"{receptor}\" couples two neurons: one with itself carries no current");
            return Err(self.error(&autapses.span, &message, "remove `autapses`"));
        }
        Ok(Some(Coupling { probe, back: Some((self.probe(self.to, continuous)?, self.partner(continuous)?)) }))
    }

    /// Delays and learning belong to spikes.
    fn no_spikes(&self, receptor: &str) -> Result<()> {
        if let Some(delay) = &self.projection.delay {
            let message =
                format!("receptor \"{receptor}\" has no delay: it reads its sources at the end of the last step");
            let help = "remove `delay`; a receptor that waits for spikes needs a projection of its own";
            return Err(self.error(&delay.span, &message, help));
        }
        if let Some(rule) = self.projection.plasticity.first() {
            let message = format!("receptor \"{receptor}\" waits for no spikes, so its weights cannot learn");
            return Err(self.error(&rule.rule.span, &message, "remove `plasticity`"));
        }
        Ok(())
    }

    /// The variable of `of` that is read, as a probe.
    fn probe(&self, of: &Population, continuous: &Continuous) -> Result<usize> {
        let (span, variable) = match &self.projection.reads {
            Some(reads) => (&reads.span, &*reads.value),
            None => (&self.receptor.span, &*continuous.reads.variable),
        };
        let reads = format!("receptor \"{}\" reads `{variable}`", continuous.receptor);
        let want = continuous.reads.dim;
        let help = "choose another source, or another receptor";
        let phases = match &of.kind {
            Kind::Dynamics(phases) => phases,
            Kind::Cable(_) => {
                let message = format!("{reads}, but \"{}\" are cables, which have it at many places", of.name);
                return Err(self.error(span, &message, help));
            }
            Kind::Spikes(_) => {
                let message = format!("{reads}, but \"{}\" is a spike_list and has no variables", of.name);
                return Err(self.error(span, &message, help));
            }
        };
        let probes = &phases[0].probes;
        let Some(number) = probes.iter().position(|p| p.name == variable) else {
            let known = probes.iter().filter(|p| p.dim == want).map(|p| p.name.as_str());
            let message = format!("{reads}, which \"{}\" (model \"{}\") does not have", of.name, of.model);
            let other = if self.projection.reads.is_none() { "name another variable with `reads`; " } else { "" };
            return Err(self.error(span, &message, format!("{other}{}", did_you_mean(variable, known))));
        };
        if probes[number].dim != want {
            let message = format!("{reads} in {want}, but that of \"{}\" is in {}", of.name, probes[number].dim);
            return Err(self.error(span, &message, "read another variable, or choose another receptor"));
        }
        Ok(number)
    }

    /// The receptor of the source through which it is coupled in turn.
    fn partner(&self, continuous: &Continuous) -> Result<usize> {
        let name = &continuous.receptor;
        let own = self.from.continuous().iter().find(|c| c.receptor == *name);
        if own.is_some_and(|c| c.model == continuous.model) {
            return Ok(self.from.receptors.iter().position(|r| r.0 == *name).expect("it is one of them"));
        }
        let message = format!(
            "receptor \"{name}\" couples both neurons, but \"{}\" has no receptor \"{name}\" of model \"{}\"",
            self.from.name, continuous.model
        );
        let help =
            format!("add it to [populations.{}]: receptors = {{ {name} = \"{}\" }}", self.from.name, continuous.model);
        Err(self.error(&self.receptor.span, &message, help))
    }

    /// A file of synapses may have delays, but for what arrives at once.
    pub fn check(&self, wiring: &Wiring) -> Result<()> {
        let connect::Rule::Edges(list) = &wiring.rule else { return Ok(()) };
        let mut edges = list.edges().iter().filter(|_| list.has_delays());
        let Some(edge) = edges.find(|e| (e.delay / wiring.dt).round() != 1.0) else { return Ok(()) };
        let (entry, delay) = (list.entry(), display(edge.delay, Dim::TIME));
        let message =
            format!("{entry} {} has a delay of {delay}, and receptor \"{}\" has none", edge.line, self.receptor.value);
        Err(self.error(&self.projection.rule.span, &message, "leave the delays out of the file"))
    }
}
