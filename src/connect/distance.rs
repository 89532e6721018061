//! Distance-dependent connections: each pair is tried once, with a probability that depends on where both stand.

use std::sync::Arc;

use rand_xoshiro::Xoshiro256PlusPlus;

use super::{
    Wiring,
    draw::Candidates,
    interval::{Interval, interval},
    stream::unit,
};
use crate::lang::{ast::Expr, sampler::Sampler};

/// Where sources and targets stand, in um.
#[derive(Clone, Debug)]
pub struct Positions {
    /// Of each source: x, y, z.
    pub from: Arc<[[f64; 3]]>,
    /// Of each target: x, y, z.
    pub to: Arc<[[f64; 3]]>,
}

impl Positions {
    /// Euclidean distance of source and target (um).
    pub fn distance(&self, source: u32, target: u32) -> f64 {
        let (a, b) = (self.from[source as usize], self.to[target as usize]);
        let [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
        (x * x + y * y + z * z).sqrt()
    }

    /// No pair is further apart than this (um): the diagonal of the box around all.
    pub fn diameter(&self) -> f64 {
        let all = || self.from.iter().chain(&*self.to);
        let extent = |axis: usize| {
            let (low, high) =
                all().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p[axis]), h.max(p[axis])));
            (high - low).max(0.0)
        };
        (0..3).map(|axis| extent(axis).powi(2)).sum::<f64>().sqrt()
    }
}

/// What the names `distance`, `i` (target) and `j` (source) stand for, for one pair.
pub(crate) fn pair_name(wiring: &Wiring, source: u32, target: u32, name: &str) -> Option<f64> {
    match name {
        "distance" => wiring.positions.as_ref().map(|p| p.distance(source, target)),
        "i" => Some(f64::from(target)),
        "j" => Some(f64::from(source)),
        _ => None,
    }
}

/// Between which values an expression of a pair can lie, for pairs at a distance in the given interval (um).
pub(crate) fn pair_interval(wiring: &Wiring, expr: &Expr, distance: Interval) -> Interval {
    let last = |size: u32| (0.0, f64::from(size.max(1) - 1));
    interval(expr, &|name| match name {
        "distance" => Some(distance),
        "i" => Some(last(wiring.to.size)),
        "j" => Some(last(wiring.from.size)),
        _ => None,
    })
}

/// Number of rings around a target in which the probability is bounded.
const RINGS: usize = 256;

/// Draws the pairs of a target. A number U in [0, 1) connects where U < p. Evaluating p is what costs, so U is first
/// held against an upper bound of p in the ring of that distance: about one evaluation remains for each connection.
#[derive(Debug)]
pub(crate) struct Thinning<'a> {
    wiring: &'a Wiring,
    probability: Sampler,
    /// Upper bound of p in each ring.
    bounds: Vec<f64>,
    rings_per_um: f64,
}

impl<'a> Thinning<'a> {
    pub fn new(wiring: &'a Wiring, probability: &Expr) -> Self {
        let diameter = positions(wiring).diameter();
        let rings_per_um = if diameter > 0.0 { RINGS as f64 / diameter } else { 0.0 };
        let bounds = (0..RINGS).map(|ring| {
            // A little wider than the ring, so that rounding in `ring_of` cannot put a pair outside of it.
            let edges = (ring as f64 - 1e-6, ring as f64 + 1.0 + 1e-6);
            let um = |edge: f64| if diameter > 0.0 { (edge / rings_per_um).max(0.0) } else { 0.0 };
            // One ulp and more of room for the rounding of the bound itself.
            pair_interval(wiring, probability, (um(edges.0), um(edges.1))).1 * (1.0 + 1e-12)
        });
        let bounds = bounds.collect();
        Self { wiring, probability: Sampler::Expression(probability.clone()), bounds, rings_per_um }
    }

    pub fn draw(&self, target: u32, candidates: Candidates, rng: &mut Xoshiro256PlusPlus, out: &mut Vec<u32>) {
        let positions = positions(self.wiring);
        for x in 0..candidates.count() {
            let source = candidates.get(x);
            let ring = (positions.distance(source, target) * self.rings_per_um) as usize;
            let u = unit(rng);
            if u < self.bounds[ring.min(RINGS - 1)] && u < self.probability(source, target, rng) {
                out.push(source);
            }
        }
    }

    /// The probability of one pair; `rng` is for expressions that are random themselves.
    pub fn probability(&self, source: u32, target: u32, rng: &mut Xoshiro256PlusPlus) -> f64 {
        self.probability.draw(rng, &|name| pair_name(self.wiring, source, target, name))
    }
}

fn positions(wiring: &Wiring) -> &Positions {
    wiring.positions.as_ref().expect("distance-dependent wirings have positions (checked by validate)")
}
