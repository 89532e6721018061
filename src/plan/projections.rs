//! Projections: each pair of populations and receptor becomes a wiring.

use std::{ops::Range, sync::Arc};

use super::{
    Population, Projection,
    coupling::Pair,
    edge_file, lookup, plasticity,
    scope::{SYNAPSE, Scope},
};
use crate::{
    connect::{self, PopRef, Positions, Refusal, Wiring},
    error::{Error, Result, did_you_mean},
    kernel::mix,
    lang::{ast::Expr, sampler::Sampler},
    quantity::Dim,
    spec,
};

/// Purposes of random keys of projections.
const PAIRS: u64 = 0x0070_6169_7273;
const WEIGHTS: u64 = 0x7765_6967_6874;

/// The wirings of all projections of the file.
pub fn plan(
    scope: &Scope,
    spec: &spec::Spec,
    populations: &[Population],
    dt: f64,
    seed: u64,
) -> Result<Vec<Projection>> {
    let mut out = Vec::new();
    let names = || populations.iter().map(|p| p.name.as_str());
    for (index, projection) in spec.projections.iter().enumerate() {
        for from in &projection.from {
            let source = lookup::population(scope, from, names())?;
            for to in &projection.to {
                let target = lookup::population(scope, to, names())?;
                for (k, receptor) in projection.receptors.iter().enumerate() {
                    let one = One { scope, spec, projection, populations, source, target, dt };
                    let number = [index as u64, source as u64, target as u64];
                    let keys = (
                        mix(&[seed, PAIRS, number[0], number[1], number[2]]),
                        mix(&[seed, WEIGHTS, number[0], number[1], number[2], k as u64]),
                    );
                    out.push(one.plan(receptor, &projection.weights[k], keys)?);
                }
            }
        }
    }
    Ok(out)
}

/// One pair of populations of a projection.
struct One<'a> {
    scope: &'a Scope<'a>,
    spec: &'a spec::Spec,
    projection: &'a spec::Projection,
    populations: &'a [Population],
    source: usize,
    target: usize,
    dt: f64,
}

impl One<'_> {
    fn plan(&self, receptor: &spec::At<String>, weight: &Expr, keys: (u64, u64)) -> Result<Projection> {
        let (from, to) = (&self.populations[self.source], &self.populations[self.target]);
        let name = format!("{}->{}", from.name, to.name);
        let what = |part: &str| format!("projection \"{name}\": {part}");
        if matches!(to.kind, super::Kind::Spikes(_)) {
            let span = self.projection.to.iter().find(|t| t.value == to.name).map_or(&receptor.span, |t| &t.span);
            let message = format!("projection \"{name}\": \"{}\" is a spike_list, which nothing can reach", to.name);
            return Err(self.scope.error(span, message, "choose another target, or another model for it"));
        }
        let number = to.receptors.iter().position(|r| r.0 == receptor.value).ok_or_else(|| {
            let known = to.receptors.iter().map(|r| r.0.as_str());
            let help = if to.receptors.is_empty() {
                format!(
                    "population \"{}\" has no receptors; give it some: receptors = {{ {} = \"cond_exp\" }}",
                    to.name, receptor.value
                )
            } else {
                did_you_mean(&receptor.value, known)
            };
            self.scope.error(
                &receptor.span,
                what(&format!("unknown receptor \"{}\" of \"{}\"", receptor.value, to.name)),
                help,
            )
        })?;
        let weight_value = self.scope.value(weight, to.receptors[number].1, SYNAPSE, &what("weight"))?;
        let pair = Pair { scope: self.scope, projection: self.projection, name: &name, from, to, receptor };
        let coupling = pair.plan()?;
        let delay = self.projection.delay.as_ref();
        if delay.is_none() && coupling.is_none() {
            let help = "write delay = \"1 ms\": the time from a spike to its arrival";
            return Err(self.scope.error(&self.projection.span, what("`delay` is missing"), help));
        }
        let delay_value = delay.map(|d| self.scope.value(d, Dim::TIME, SYNAPSE, &what("delay"))).transpose()?;
        let site = self.site(from)?;
        let reference = |k: usize, p: &Population, site: u32| PopRef {
            population: k,
            first_gid: p.first + site,
            size: p.neurons(),
            stride: p.sites(),
        };
        let positions = match (&from.positions, &to.positions) {
            (Some(from), Some(to)) => Some(Positions { from: from.clone(), to: to.clone() }),
            _ => None,
        };
        let uses_distance = |e: &Expr| crate::lang::algebra::mentions(e, "distance");
        if positions.is_none() && (uses_distance(&weight_value) || delay_value.as_ref().is_some_and(uses_distance)) {
            let span = if uses_distance(&weight_value) { &weight.span } else { self.delay_span() };
            let message = what("`distance` needs positions of both populations");
            return Err(self.scope.error(span, message, "give both populations positions = { x = ..., y = ... }"));
        }
        let sampler = |e, dim, span: &std::ops::Range<usize>, part: &str| {
            Sampler::new(e, dim)
                .map_err(|flaw| flaw.of(what(part)).at(self.scope.source).or_at(self.scope.source, span.clone()))
        };
        let symmetric = coupling.is_some_and(|c| c.back.is_some());
        let wiring = Wiring {
            from: reference(self.source, from, site),
            to: reference(self.target, to, 0),
            receptor: number,
            rule: self.rule(&to.receptors[number], &what)?,
            autapses: !symmetric && self.projection.autapses.as_ref().is_none_or(|a| a.value),
            multapses: self.projection.multapses.as_ref().is_none_or(|a| a.value),
            symmetric,
            key: keys.0,
            weight_key: keys.1,
            weight: sampler(&weight_value, to.receptors[number].1, &weight.span, "weight")?,
            // What is read stood so at the end of the last step.
            delay: match &delay_value {
                None => Sampler::Constant(self.dt),
                Some(delay) => sampler(delay, Dim::TIME, self.delay_span(), "delay")?,
            },
            dt: self.dt,
            positions,
        };
        wiring.validate().map_err(|refusal| self.refused(&name, refusal))?;
        if coupling.is_some() {
            pair.check(&wiring)?;
        }
        let whose = format!("projection \"{name}\"");
        let dim = to.receptors[number].1;
        let rules = plasticity::plan(
            self.scope,
            self.spec,
            self.projection,
            &whose,
            self.populations,
            (self.target, dim),
            self.dt,
        )?;
        if let Some(rules) = &rules {
            if from.sites() > 1 {
                let message = what(&format!("its source has {} sites, and synapses that learn need one", from.sites()));
                let span = &self.projection.plasticity[0].rule.span;
                return Err(self.scope.error(span, message, "leave one of the cable's `sites`"));
            }
            plasticity::check_delay(
                self.scope,
                self.projection,
                &whose,
                rules.dendritic,
                wiring.delay.bounds().1,
                self.dt,
            )?;
            if let Some(bounds) = rules.learning.bounds
                && let Some(error) =
                    plasticity::outside(self.scope, weight, &whose, wiring.weight.bounds(), bounds, dim)
            {
                return Err(error);
            }
        }
        Ok(Projection { name, receptor: receptor.value.clone(), wiring, plasticity: rules, coupling })
    }

    /// Number of the site at which the source's spikes are taken.
    fn site(&self, from: &Population) -> Result<u32> {
        let Some(at) = &self.projection.site else { return Ok(0) };
        let what = format!("projection from \"{}\": site \"{}\"", from.name, at.value);
        let super::Kind::Cable(cable) = &from.kind else {
            let message = format!("{what} is a place on a cable, and these neurons are points");
            return Err(self.scope.error(&at.span, message, "remove `site`"));
        };
        let compartment = cable.compartment(self.scope, at, &what)?;
        cable.sites.iter().position(|&c| c == compartment).map(|s| s as u32).ok_or_else(|| {
            let known: Vec<String> = cable.sites.iter().map(|&c| cable.name(c)).collect();
            let message = format!("{what}: spikes are not read there, but at {}", known.join(", "));
            let help = format!("add it to [populations.{}.cable]: sites = [..., \"{}\"]", from.name, at.value);
            self.scope.error(&at.span, message, help)
        })
    }

    /// Where the delay stands, or the projection that has none.
    fn delay_span(&self) -> &Range<usize> {
        self.projection.delay.as_ref().map_or(&self.projection.span, |d| &d.span)
    }

    fn refused(&self, name: &str, Refusal { part, message, help }: Refusal) -> Error {
        let span = match part {
            connect::Part::Rule | connect::Part::Positions => &self.projection.rule.span,
            connect::Part::Delay => self.delay_span(),
        };
        self.scope.error(span, format!("projection \"{name}\": {message}"), help)
    }

    fn rule(&self, (receptor, dim): &(String, Dim), what: &dyn Fn(&str) -> String) -> Result<connect::Rule> {
        let degree = |e, part: &str| {
            let k = self.scope.count(e, 0, &what(part))?;
            u32::try_from(k).map_err(|_| {
                self.scope.error(&e.span, what(&format!("{part} {k} is too large")), "use at most 4294967295")
            })
        };
        Ok(match &self.projection.rule.value {
            spec::Rule::AllToAll => connect::Rule::AllToAll,
            spec::Rule::OneToOne => connect::Rule::OneToOne,
            spec::Rule::FixedProbability(p) => {
                connect::Rule::FixedProbability(self.scope.number(p, Dim::NONE, &what("fixed_probability"))?)
            }
            spec::Rule::FixedInDegree(k) => connect::Rule::FixedInDegree(degree(k, "fixed_in_degree")?),
            spec::Rule::FixedOutDegree(k) => connect::Rule::FixedOutDegree(degree(k, "fixed_out_degree")?),
            spec::Rule::FixedTotalNumber(n) => {
                connect::Rule::FixedTotalNumber(self.scope.count(n, 0, &what("fixed_total_number"))?)
            }
            spec::Rule::DistanceDependent(p) => connect::Rule::DistanceDependent(self.scope.value(
                p,
                Dim::NONE,
                SYNAPSE,
                &what("distance_dependent"),
            )?),
            spec::Rule::Edges(file) => {
                let ends = (&*self.populations[self.source].name, &*self.populations[self.target].name);
                connect::Rule::Edges(Arc::new(edge_file::read(self.scope, file, ends, (receptor, *dim))?))
            }
        })
    }
}
