//! What a wiring can refuse before anything is drawn, and how many synapses it will have.

use super::{
    PopRef, Rule, Wiring,
    distance::{Thinning, pair_interval},
    stream::{Purpose, below, stream},
};
use crate::lang::sampler::Sampler;

/// Longest delay in steps: the delay ring has a list for each.
pub const MAX_DELAY_STEPS: u32 = 1 << 20;

/// Which part of a projection a refusal speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `rule` and its value.
    Rule,
    /// `delay`
    Delay,
    /// The populations' `positions`.
    Positions,
}

/// Why a wiring cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub part: Part,
    /// The value and its limit.
    pub message: String,
    /// The remedy.
    pub help: String,
}

fn refuse(part: Part, message: impl Into<String>, help: impl Into<String>) -> Result<(), Refusal> {
    Err(Refusal { part, message: message.into(), help: help.into() })
}

impl Wiring {
    /// Everything that drawing relies on: called by the plan, once for each wiring.
    pub fn validate(&self) -> Result<(), Refusal> {
        self.check_rule()?;
        self.check_delay()
    }

    fn check_rule(&self) -> Result<(), Refusal> {
        let pairs_each = |end: PopRef| end.size.saturating_sub(u32::from(self.loops_are_left_out()));
        let degree = |k: u64, end: PopRef, what: &str, others: &str| {
            let possible = u64::from(pairs_each(end));
            let but = if self.loops_are_left_out() { " (autapses are off)" } else { "" };
            if !self.multapses && k > possible {
                let message = format!("{what} {k} is more than the {possible} {others} that exist{but}");
                return refuse(Part::Rule, message, format!("use at most {possible}, or multapses = true"));
            }
            if k > 0 && possible == 0 {
                return refuse(
                    Part::Rule,
                    format!("{what} {k} has no {others} to draw from{but}"),
                    "use autapses = true",
                );
            }
            Ok(())
        };
        match &self.rule {
            Rule::AllToAll => Ok(()),
            Rule::OneToOne if self.from.size != self.to.size => refuse(
                Part::Rule,
                format!("one_to_one pairs {} sources with {} targets", self.from.size, self.to.size),
                "give both populations the same size, or use another rule",
            ),
            Rule::OneToOne if self.loops_are_left_out() => refuse(
                Part::Rule,
                "one_to_one within a population makes autapses only, and autapses are off",
                "use autapses = true, or another rule",
            ),
            Rule::OneToOne => Ok(()),
            Rule::FixedProbability(p) if !(0.0..=1.0).contains(p) => {
                refuse(Part::Rule, format!("probability {p} is outside of [0, 1]"), "use a number from 0 to 1")
            }
            Rule::FixedProbability(_) => Ok(()),
            Rule::FixedInDegree(k) => degree(u64::from(*k), self.from, "in-degree", "sources"),
            Rule::FixedOutDegree(k) => degree(u64::from(*k), self.to, "out-degree", "targets"),
            Rule::FixedTotalNumber(n) => {
                let pairs = u64::from(pairs_each(self.from)) * u64::from(self.to.size);
                if (!self.multapses && *n > pairs) || (*n > 0 && pairs == 0) {
                    let message = format!("{n} synapses are more than the {pairs} pairs that exist");
                    return refuse(Part::Rule, message, format!("use at most {pairs}, or multapses = true"));
                }
                Ok(())
            }
            Rule::DistanceDependent(_) => self.check_probability(),
            Rule::Edges(_) => self.check_edges(),
        }
    }

    /// A probability of the distance is looked at on a grid of distances that occur.
    fn check_probability(&self) -> Result<(), Refusal> {
        let Rule::DistanceDependent(expr) = &self.rule else { return Ok(()) };
        let Some(positions) = &self.positions else {
            let help = "give both populations positions = { x = ..., y = ... }";
            return refuse(Part::Positions, "distance_dependent needs the positions of sources and targets", help);
        };
        let (probability, diameter) = (Sampler::Expression(expr.clone()), positions.diameter());
        let mut rng = stream(self.key, Purpose::Estimate, 1);
        for step in 0..=1000 {
            let distance = diameter * f64::from(step) / 1000.0;
            let p = probability.draw(&mut rng, &|name| match name {
                "distance" => Some(distance),
                "i" | "j" => Some(0.0),
                _ => None,
            });
            if !(0.0..=1.0).contains(&p) {
                let message = format!("the probability is {p} at distance {distance} um, outside of [0, 1]");
                return refuse(Part::Rule, message, "bound it: clip(..., 0, 1)");
            }
        }
        Ok(())
    }

    fn check_edges(&self) -> Result<(), Refusal> {
        let Rule::Edges(list) = &self.rule else { return Ok(()) };
        let entry = list.entry();
        let mut last = None;
        let mut pairs: Vec<_> = list.edges().iter().map(|e| (e.target, e.source, e.line)).collect();
        if !self.multapses {
            pairs.sort_unstable();
        }
        for (target, source, line) in pairs {
            for (end, id, size) in [("source", source, self.from.size), ("target", target, self.to.size)] {
                if id >= size {
                    let message =
                        format!("{end} {id} in {entry} {line} is beyond the population's last neuron {}", size - 1);
                    return refuse(Part::Rule, message, "ids count from 0 in their population");
                }
            }
            if self.loops_are_left_out() && source == target {
                let message = format!("{entry} {line} connects neuron {source} to itself, and autapses are off");
                return refuse(Part::Rule, message, format!("remove the {entry}, or use autapses = true"));
            }
            if !self.multapses && last.replace((source, target)) == Some((source, target)) {
                let message = format!("{entry} {line} connects {source} to {target} again, and multapses are off");
                return refuse(Part::Rule, message, format!("remove the {entry}, or use multapses = true"));
            }
        }
        Ok(())
    }

    fn check_delay(&self) -> Result<(), Refusal> {
        let longest = self.dt * f64::from(MAX_DELAY_STEPS);
        if let Rule::Edges(list) = &self.rule
            && list.has_delays()
        {
            let wrong = list.edges().iter().find(|e| !self.is_delay(e.delay));
            return wrong.map_or(Ok(()), |e| {
                let entry = list.entry();
                let message = format!(
                    "delay {} ms in {entry} {} is not within dt = {} ms and {longest} ms",
                    e.delay, e.line, self.dt
                );
                refuse(Part::Rule, message, format!("change the {entry}, or use another dt"))
            });
        }
        let (low, high) = match &self.delay {
            Sampler::Expression(expr) => {
                let diameter = self.positions.as_ref().map_or(f64::INFINITY, |p| p.diameter());
                pair_interval(self, expr, (0.0, diameter))
            }
            sampler => sampler.bounds(),
        };
        let (can, remedy) = match self.delay.constant() {
            Some(_) => ("is", String::new()),
            None => (
                "can be",
                format!("; bound it: clip(..., {} ms, {} ms)", self.dt, (100.0 * self.dt).max(high.min(longest))),
            ),
        };
        if low == f64::NEG_INFINITY {
            let message = format!("delay has no lower bound; it must be at least the time step {} ms", self.dt);
            let help = format!("give bounds: normal(mean, sd, {} ms, {} ms)", self.dt, 100.0 * self.dt);
            return refuse(Part::Delay, message, help);
        }
        // What is drawn is rounded: from half a step on it arrives one step later. A number that someone wrote is meant as it stands.
        let least = if self.delay.constant().is_some() { self.dt * (1.0 - 1e-9) } else { self.dt * 0.5 };
        if low.is_nan() || low < least {
            let message = format!("delay {can} {low} ms, below the time step {} ms", self.dt);
            return refuse(Part::Delay, message, format!("use at least {} ms, or a smaller dt{remedy}", self.dt));
        }
        if !self.is_delay(high) {
            let message =
                format!("delay {can} {high} ms, above the longest delay of {MAX_DELAY_STEPS} steps ({longest} ms)");
            return refuse(Part::Delay, message, format!("use at most {longest} ms, or a larger dt{remedy}"));
        }
        Ok(())
    }

    /// From one step to the longest, with room for the rounding of values such as 0.1 ms.
    fn is_delay(&self, delay: f64) -> bool {
        let steps = delay / self.dt;
        (1.0 - 1e-9..=f64::from(MAX_DELAY_STEPS) + 1e-3).contains(&steps)
    }

    /// Are pairs drawn that may be drawn again?
    pub(crate) fn draws_multapses(&self) -> bool {
        self.multapses
            && matches!(self.rule, Rule::FixedInDegree(_) | Rule::FixedOutDegree(_) | Rule::FixedTotalNumber(_))
    }

    /// How many pairs with one of so many delays have synapses, in the mean over draws, where each may be drawn again.
    pub(crate) fn expected_pairs(&self, delays: f64) -> f64 {
        // A synapse is of each with the same chance: 1 - 1/n is left without it, for all of them nearly an exponential.
        let pairs = self.pairs() * delays;
        -pairs * (-self.expected_synapses() / pairs).exp_m1()
    }

    /// Pairs of neurons that the flags allow.
    fn pairs(&self) -> f64 {
        let (sources, targets) = (f64::from(self.from.size), f64::from(self.to.size));
        sources * targets - if self.loops_are_left_out() { targets } else { 0.0 }
    }

    /// Number of synapses: exact where the rule fixes it, else the mean over draws.
    pub fn expected_synapses(&self) -> f64 {
        if self.draws_pairs_twice() {
            return 0.5 * Self { symmetric: false, ..self.clone() }.expected_synapses();
        }
        let (sources, targets) = (f64::from(self.from.size), f64::from(self.to.size));
        let loops = if self.loops_are_left_out() { targets } else { 0.0 };
        let pairs = self.pairs();
        match &self.rule {
            Rule::AllToAll => pairs,
            Rule::OneToOne => targets - loops,
            Rule::FixedProbability(p) => p * pairs,
            Rule::FixedInDegree(k) => f64::from(*k) * targets,
            Rule::FixedOutDegree(k) => f64::from(*k) * sources,
            Rule::FixedTotalNumber(n) => *n as f64,
            Rule::Edges(list) => list.len() as f64,
            Rule::DistanceDependent(probability) => {
                const SAMPLE: u32 = 1 << 16;
                if pairs < 1.0 {
                    return 0.0;
                }
                let thinning = Thinning::new(self, probability);
                let mut rng = stream(self.key, Purpose::Estimate, 0);
                let sum: f64 = (0..SAMPLE)
                    .map(|_| {
                        let target = below(&mut rng, self.to.size);
                        let candidates = self.candidates(self.from, target);
                        let source = candidates.get(below(&mut rng, candidates.count()));
                        thinning.probability(source, target, &mut rng)
                    })
                    .sum();
                pairs * sum / f64::from(SAMPLE)
            }
        }
    }
}
