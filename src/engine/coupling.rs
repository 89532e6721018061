//! Continuous coupling: neurons read variables of each other as they stood at the end of the last step.
//!
//! What is read anywhere is published by its owner into an array of the whole network, of which there are two: in a step one is read
//! and the other written. Blocks run through one step at a time, so nobody reads what is being written. Each sum goes over the
//! synapses of one neuron in the order in which they are drawn, however neurons are cut into blocks.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use super::{neurons::Scratch, part::Part};
use crate::{
    kernel::{Isa, Real},
    plan::{Plan, Population, Projection},
};

/// The published variables of the whole network, as bits of f64: atomic, so that blocks may share them; on all common machines a relaxed
/// access is a plain one. What is written in one round of the team is seen in the next.
#[derive(Debug)]
pub struct Published {
    halves: [Vec<AtomicU64>; 2],
    /// Where each variable that is read begins, by population and probe.
    first: BTreeMap<(usize, usize), usize>,
}

impl Published {
    /// Room for all that the projections read; none where there is nothing.
    pub fn new(plan: &Plan) -> Option<Arc<Self>> {
        let mut first = BTreeMap::new();
        let mut len = 0;
        for (projection, coupling) in plan.projections.iter().filter_map(|p| Some((p, p.coupling?))) {
            let (from, to) = (projection.wiring.from, projection.wiring.to);
            let read = std::iter::once((from, coupling.probe)).chain(coupling.back.map(|(probe, _)| (to, probe)));
            for (population, probe) in read {
                first.entry((population.population, probe)).or_insert_with(|| {
                    len += population.size as usize;
                    len - population.size as usize
                });
            }
        }
        let half = || (0..len).map(|_| AtomicU64::new(0)).collect();
        (len > 0).then(|| Arc::new(Self { halves: [half(), half()], first }))
    }

    /// What stands at the end of step `stamp`.
    fn at(&self, stamp: u64) -> &[AtomicU64] {
        &self.halves[(stamp % 2) as usize]
    }
}

/// What a block publishes and reads.
#[derive(Debug)]
pub struct Coupling {
    published: Arc<Published>,
    shares: Vec<Share>,
    sums: Vec<Sums>,
}

/// A variable of one part that others read.
#[derive(Debug)]
struct Share {
    part: usize,
    probe: usize,
    /// Place of its first neuron among the published.
    place: usize,
}

/// The synapses onto one continuous receptor of one part, neuron by neuron.
#[derive(Debug)]
struct Sums {
    part: usize,
    /// Column of the sum of weight times variable.
    column: usize,
    /// Where the synapses of each neuron begin, and last where all end.
    rows: Vec<u64>,
    places: Vec<u32>,
    weights: Vec<f64>,
    /// Synapses that were drawn onto these neurons, rather than from them.
    drawn: u64,
}

impl Coupling {
    /// The share of a block with these parts; sums of weights are written into their columns.
    pub fn new<T: Real>(plan: &Plan, published: &Arc<Published>, parts: &mut [Part<T>]) -> Self {
        let (mut shares, mut sums) = (Vec::new(), Vec::new());
        for (number, part) in parts.iter_mut().enumerate() {
            let population = &plan.populations[part.population];
            let own = published.first.range((part.population, 0)..(part.population + 1, 0));
            shares.extend(own.map(|(&(_, probe), first)| Share {
                part: number,
                probe,
                place: first + part.first as usize,
            }));
            for receptor in population.inputs()..population.receptors.len() {
                sums.push(Sums::new(plan, published, number, part, receptor));
            }
        }
        Self { published: published.clone(), shares, sums }
    }

    /// Publishes the variables of the block as they stand at the end of step `stamp`.
    pub fn publish<T: Real>(&self, isa: Isa, stamp: u64, parts: &mut [Part<T>], scratch: &mut Scratch<T>) {
        for share in &self.shares {
            let part = &mut parts[share.part];
            let out = &self.published.at(stamp)[share.place..share.place + part.len];
            part.probe_all(isa, stamp, share.probe, scratch, |k, value| {
                out[k].store(value.to_f64().to_bits(), Relaxed);
            });
        }
    }

    /// Sums up what was published at `stamp`.
    pub fn gather<T: Real>(&self, stamp: u64, parts: &mut [Part<T>]) {
        let values = self.published.at(stamp);
        for sums in &self.sums {
            let column = parts[sums.part].column_mut(sums.column);
            for (sum, row) in column.iter_mut().zip(sums.rows.windows(2)) {
                let row = row[0] as usize..row[1] as usize;
                let synapses = sums.places[row.clone()].iter().zip(&sums.weights[row]);
                let terms =
                    synapses.map(|(&place, weight)| weight * f64::from_bits(values[place as usize].load(Relaxed)));
                *sum = T::from_f64(terms.fold(0.0, |sum, term| sum + term));
            }
        }
    }

    /// Number of synapses, one that couples both of its neurons counted once.
    pub fn len(&self) -> u64 {
        self.sums.iter().map(|s| s.drawn).sum()
    }

    /// Bytes of its synapses, and of its share of what is published.
    pub fn bytes<T: Real>(&self, parts: &[Part<T>]) -> u64 {
        let sums = |s: &Sums| size_of_val(&s.rows[..]) + size_of_val(&s.places[..]) + size_of_val(&s.weights[..]);
        let shares = self.shares.iter().map(|s| parts[s.part].len * 2 * size_of::<AtomicU64>());
        (self.sums.iter().map(sums).sum::<usize>() + shares.sum::<usize>()) as u64
    }
}

impl Sums {
    fn new<T: Real>(plan: &Plan, published: &Published, number: usize, part: &mut Part<T>, receptor: usize) -> Self {
        let population = &plan.populations[part.population];
        let (mut rows, mut drawn) = (vec![0u64; part.len + 1], 0);
        each(plan, published, part, receptor, |neuron, _, _, forward| {
            rows[neuron + 1] += 1;
            drawn += u64::from(forward);
        });
        (0..part.len).for_each(|k| rows[k + 1] += rows[k]);
        let mut next = rows.clone();
        let (mut places, mut weights) = (vec![0; rows[part.len] as usize], vec![0.0; rows[part.len] as usize]);
        each(plan, published, part, receptor, |neuron, place, weight, _| {
            let at = next[neuron] as usize;
            next[neuron] += 1;
            (places[at], weights[at]) = (u32::try_from(place).expect("fewer than 2^32 values are read"), weight);
        });
        let [sum_wx, sum_w] = columns(population, receptor).map(|name| part.column_of(&name));
        for (sum, row) in part.column_mut(sum_w).iter_mut().zip(rows.windows(2)) {
            *sum = T::from_f64(weights[row[0] as usize..row[1] as usize].iter().fold(0.0, |sum, w| sum + w));
        }
        Self { part: number, column: sum_wx, rows, places, weights, drawn }
    }
}

/// Names of the columns of a continuous receptor's two sums.
fn columns(population: &Population, receptor: usize) -> [String; 2] {
    population.continuous()[receptor - population.inputs()].sums().map(|(name, _)| name)
}

/// Draws the synapses onto a receptor of a part, in an order that is the same for each neuron however parts are cut: neuron in the part,
/// place of what is read, weight, and whether it is the synapse's target.
fn each<T: Real>(
    plan: &Plan,
    published: &Published,
    part: &Part<T>,
    receptor: usize,
    mut visit: impl FnMut(usize, usize, f64, bool),
) {
    let own = part.first..part.first + part.len as u32;
    for (Projection { wiring, .. }, coupling) in plan.projections.iter().filter_map(|p| Some((p, p.coupling?))) {
        let (from, to) = (wiring.from.population, wiring.to.population);
        if to == part.population && wiring.receptor == receptor {
            let first = published.first[&(from, coupling.probe)];
            wiring.edges(own.clone(), |e| {
                visit((e.target - own.start) as usize, first + e.source as usize, e.weight, true);
            });
        }
        if let Some((probe, back)) = coupling.back
            && from == part.population
            && back == receptor
        {
            let first = published.first[&(to, probe)];
            wiring.edges(0..wiring.to.size, |e| {
                if own.contains(&e.source) {
                    visit((e.source - own.start) as usize, first + e.target as usize, e.weight, false);
                }
            });
        }
    }
}
