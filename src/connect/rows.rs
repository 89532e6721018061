//! The two halves of drawing a row: who its partners are, and which weights and delays its pairs get.

use std::ops::Range;

use rand_xoshiro::Xoshiro256PlusPlus;

use super::{
    Edge, Rule, Wiring,
    distance::{Thinning, pair_name},
    draw::{self, Seen},
    stream::{Purpose, stream},
    total::Total,
};

/// Draws the sources of each target, for the rules whose rows belong to targets.
pub(crate) struct RowsByTarget<'a> {
    wiring: &'a Wiring,
    rule: &'a Rule,
    /// Of the targets from `first` on, for a fixed total number.
    in_degrees: Vec<u32>,
    first: u32,
    thinning: Option<Thinning<'a>>,
}

impl<'a> RowsByTarget<'a> {
    pub fn new(wiring: &'a Wiring, rule: &'a Rule, targets: Range<u32>) -> Self {
        let first = targets.start;
        let in_degrees = match *rule {
            Rule::FixedTotalNumber(total) => {
                let pairs = (!wiring.multapses).then(|| wiring.candidates(wiring.from, 0).count());
                Total { key: wiring.key, total, targets: wiring.to.size, pairs }.in_degrees(targets)
            }
            _ => Vec::new(),
        };
        let thinning = match rule {
            Rule::DistanceDependent(probability) => Some(Thinning::new(wiring, probability)),
            _ => None,
        };
        Self { wiring, rule, in_degrees, first, thinning }
    }

    pub fn draw(&mut self, target: u32, seen: &mut Seen, out: &mut Vec<u32>) {
        let wiring = self.wiring;
        let candidates = wiring.candidates(wiring.from, target);
        let mut rng = stream(wiring.key, Purpose::Pairs, target.into());
        match *self.rule {
            Rule::AllToAll => candidates.all(out),
            Rule::OneToOne if candidates.skip.is_none() => out.push(target),
            Rule::OneToOne => {}
            Rule::FixedProbability(p) => draw::bernoulli(candidates, p, &mut rng, out),
            Rule::FixedInDegree(k) => draw::fixed(candidates, k, wiring.multapses, &mut rng, seen, out),
            Rule::FixedTotalNumber(_) => {
                let k = self.in_degrees[(target - self.first) as usize];
                draw::fixed(candidates, k, wiring.multapses, &mut rng, seen, out);
            }
            Rule::DistanceDependent(_) => {
                let thinning = self.thinning.as_ref().expect("made for this rule");
                thinning.draw(target, candidates, &mut rng, out);
            }
            Rule::FixedOutDegree(_) | Rule::Edges(_) => unreachable!("rows of this rule do not belong to targets"),
        }
    }
}

/// Draws the weights and delays of a row, in the order of its pairs.
pub(crate) struct Values<'a, const WEIGHTS: bool> {
    wiring: &'a Wiring,
    pub constant_weight: Option<f64>,
    pub constant_delay: Option<u32>,
    weights: Xoshiro256PlusPlus,
    delays: Xoshiro256PlusPlus,
}

impl<'a, const WEIGHTS: bool> Values<'a, WEIGHTS> {
    pub fn new(wiring: &'a Wiring, row: u32) -> Self {
        Self {
            wiring,
            constant_weight: wiring.constant_weight(),
            constant_delay: wiring.constant_delay(),
            weights: stream(wiring.weight_key, Purpose::Weights, row.into()),
            delays: stream(wiring.key, Purpose::Delays, row.into()),
        }
    }

    pub fn draw(&mut self, source: u32, target: u32) -> Edge {
        let names = |name: &str| pair_name(self.wiring, source, target, name);
        let delay = match self.constant_delay {
            Some(steps) => steps,
            None => self.wiring.steps(self.wiring.delay.draw(&mut self.delays, &names)),
        };
        let weight = match self.constant_weight {
            Some(weight) => weight,
            None if WEIGHTS => self.wiring.weight.draw(&mut self.weights, &names),
            None => 0.0,
        };
        Edge { source, target, weight, delay }
    }
}
