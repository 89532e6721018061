//! Connections: who is connected with whom, with which weight and delay.
//!
//! A [`Wiring`] stores no edges: it draws them, row by row, from streams keyed by its key and the row. So any range of
//! targets can be drawn alone and as often as wanted, and always gets the same synapses, whoever asks.

mod check;
mod distance;
mod draw;
mod edge_list;
mod interval;
mod rows;
mod stream;
mod total;

use std::{ops::Range, sync::Arc};

pub use self::{
    check::{MAX_DELAY_STEPS, Part, Refusal},
    distance::Positions,
    edge_list::EdgeList,
};
use self::{
    draw::{Candidates, Seen},
    rows::{RowsByTarget, Values},
    stream::{Purpose, stream},
};
use crate::lang::{ast::Expr, sampler::Sampler};

/// A population at one end of a wiring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PopRef {
    /// Its number.
    pub population: usize,
    /// Global id of its first neuron.
    pub first_gid: u32,
    /// Number of neurons.
    pub size: u32,
    /// From the global id of one neuron to that of the next: 1, or the number of sites of cables.
    pub stride: u32,
}

impl PopRef {
    /// Global id of a neuron.
    pub fn gid(&self, neuron: u32) -> u32 {
        self.first_gid + neuron * self.stride
    }
}

/// How sources and targets are paired.
#[derive(Clone, Debug)]
pub enum Rule {
    /// Every pair once.
    AllToAll,
    /// Source k with target k.
    OneToOne,
    /// Every pair with this probability.
    FixedProbability(f64),
    /// Every target gets this many sources.
    FixedInDegree(u32),
    /// Every source gets this many targets.
    FixedOutDegree(u32),
    /// This many synapses in all.
    FixedTotalNumber(u64),
    /// Every pair with a probability that may use `distance` (um), `i` (target id) and `j` (source id).
    DistanceDependent(Expr),
    /// These.
    Edges(Arc<EdgeList>),
}

/// One projection onto one receptor of one population.
#[derive(Clone, Debug)]
pub struct Wiring {
    /// Sources.
    pub from: PopRef,
    /// Targets.
    pub to: PopRef,
    /// Number of the receptor in the target population.
    pub receptor: usize,
    /// How sources and targets are paired.
    pub rule: Rule,
    /// May a neuron connect to itself?
    pub autapses: bool,
    /// May a pair be connected more than once, where the rule can?
    pub multapses: bool,
    /// Is a synapse from i to j the same as one from j to i? Within one population each pair is then drawn once.
    pub symmetric: bool,
    /// Random key of pairs and delays, shared by the wirings of one projection onto several receptors.
    pub key: u64,
    /// Random key of the weights.
    pub weight_key: u64,
    /// Weight; expressions may use `distance`, `i` and `j`.
    pub weight: Sampler,
    /// Delay (ms); expressions may use `distance`, `i` and `j`.
    pub delay: Sampler,
    /// Time step (ms).
    pub dt: f64,
    /// Where the neurons stand; needed by expressions that use `distance`.
    pub positions: Option<Positions>,
}

/// A synapse of a wiring; ids are those in the populations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// Source neuron.
    pub source: u32,
    /// Target neuron.
    pub target: u32,
    /// Weight, in the receptor's internal unit.
    pub weight: f64,
    /// Delay in steps, at least 1.
    pub delay: u32,
}

impl Wiring {
    /// Visits the synapses onto a range of targets. Those onto one target always come in the same order, and targets
    /// ascend (for a fixed out-degree: within each source).
    pub fn edges(&self, targets: Range<u32>, mut visit: impl FnMut(Edge)) {
        match self.draws_pairs_twice() {
            false => self.walk::<true>(targets, visit),
            true => self.walk::<true>(targets, |edge| {
                if edge.source < edge.target {
                    visit(edge);
                }
            }),
        }
    }

    /// Visits the synapses onto one target: source, weight, delay in steps.
    pub fn edges_onto(&self, target: u32, visit: &mut dyn FnMut(u32, f64, u32)) {
        self.edges(target..target + 1, |edge| visit(edge.source, edge.weight, edge.delay));
    }

    /// As [`Wiring::edges`]; weights are drawn only where asked for, else they are 0.
    pub(crate) fn walk<const WEIGHTS: bool>(&self, targets: Range<u32>, mut visit: impl FnMut(Edge)) {
        let mut partners = Vec::new();
        let mut seen = Seen::default();
        match &self.rule {
            Rule::Edges(list) => {
                for row in list.onto(targets).chunk_by(|a, b| a.target == b.target) {
                    let mut values = Values::<WEIGHTS>::new(self, row[0].target);
                    for edge in row {
                        // What the file does not give is drawn.
                        if list.has_delays() {
                            values.constant_delay = Some(self.steps(edge.delay));
                        }
                        if list.has_weights() {
                            values.constant_weight = Some(edge.weight);
                        }
                        visit(values.draw(edge.source, edge.target));
                    }
                }
            }
            Rule::FixedOutDegree(k) => {
                // Rows belong to sources here, so every caller draws all of them and keeps its targets: the work of
                // a pass is multiplied by the number of blocks (10 ns a synapse), the price of needing no exchange.
                for source in 0..self.from.size {
                    let candidates = self.candidates(self.to, source);
                    let mut pairs = stream(self.key, Purpose::Pairs, source.into());
                    partners.clear();
                    draw::fixed(candidates, *k, self.multapses, &mut pairs, &mut seen, &mut partners);
                    partners.sort_unstable();
                    let mut values = Values::<WEIGHTS>::new(self, source);
                    for &target in &partners {
                        let edge = values.draw(source, target);
                        if targets.contains(&target) {
                            visit(edge);
                        }
                    }
                }
            }
            rule => {
                let mut sources = RowsByTarget::new(self, rule, targets.clone());
                for target in targets {
                    partners.clear();
                    sources.draw(target, &mut seen, &mut partners);
                    let mut values = Values::<WEIGHTS>::new(self, target);
                    partners.iter().for_each(|&source| visit(values.draw(source, target)));
                }
            }
        }
    }

    /// The weight, if it is the same for all synapses.
    pub(crate) fn constant_weight(&self) -> Option<f64> {
        match &self.rule {
            Rule::Edges(list) if list.has_weights() => None,
            _ => self.weight.constant(),
        }
    }

    /// The delay in steps, if it is the same for all synapses.
    pub(crate) fn constant_delay(&self) -> Option<u32> {
        match &self.rule {
            Rule::Edges(list) if list.has_delays() => None,
            _ => self.delay.constant().map(|delay| self.steps(delay)),
        }
    }

    /// Whom neuron `own` of one end may be connected with at the other end.
    fn candidates(&self, other: PopRef, own: u32) -> Candidates {
        Candidates { size: other.size, skip: self.loops_are_left_out().then_some(own) }
    }

    /// Is there a neuron that could connect to itself but must not?
    fn loops_are_left_out(&self) -> bool {
        !self.autapses && self.from.population == self.to.population
    }

    /// Does the rule come by each pair of symmetric synapses from both sides? Where they are counted or listed it does not.
    fn draws_pairs_twice(&self) -> bool {
        let within = self.from.population == self.to.population;
        self.symmetric && within && !matches!(self.rule, Rule::FixedTotalNumber(_) | Rule::Edges(_))
    }

    /// A delay in steps, rounded half away from zero.
    fn steps(&self, delay: f64) -> u32 {
        // For numbers above 0 this rounds as `round` does, which would be a function call on plain x86-64.
        let steps = (delay / self.dt + 0.5) as u32;
        assert!(
            (1..=MAX_DELAY_STEPS).contains(&steps),
            "a delay of {delay} ms is not within 1 and {MAX_DELAY_STEPS} steps of {} ms (checked by validate)",
            self.dt
        );
        steps
    }
}
