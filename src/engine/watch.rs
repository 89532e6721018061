//! Synapses that are shown to observers while they learn.

use std::collections::BinaryHeap;

use super::{block::Block, histogram, observer::Observer};
use crate::{
    connect::{Edge, Wiring},
    kernel::{Real, mix},
    plan::{Plan, SynapseRecord, When, Which},
};

/// Purpose of the random key by which a sample is drawn.
const SAMPLE: u64 = 0x7361_6d70_6c65;

/// A record of synapses.
#[derive(Debug)]
pub(super) struct Watch {
    record: SynapseRecord,
    number: usize,
    wiring: Wiring,
    /// Where the synapses are, by target and then in the order of drawing; not used where all are recorded.
    spots: Vec<Spot>,
    edges: (Vec<u32>, Vec<u32>),
    values: Vec<f64>,
}

/// A synapse: block, store in it, number in the store.
type Spot = (usize, usize, usize);

impl Watch {
    pub fn new<T: Real>(plan: &Plan, number: usize, blocks: &[Block<T>]) -> Self {
        let record = plan.synapse_records[number].clone();
        let wiring = plan.projections[record.projection].wiring.clone();
        let mut watch =
            Self { record, number, wiring, spots: Vec::new(), edges: Default::default(), values: Vec::new() };
        match watch.record.which.clone() {
            Which::Pairs(pairs) => watch.keep(blocks, |edge, _| pairs.contains(&(edge.source, edge.target))),
            Which::Sample(count) => {
                let key = mix(&[plan.seed, SAMPLE, number as u64]);
                let hash = |edge: &Edge, nth: u32| mix(&[key, edge.target.into(), nth.into()]);
                let mut least = BinaryHeap::with_capacity(count as usize + 1);
                let mut seen = vec![0u32; watch.wiring.to.size as usize];
                watch.wiring.edges(0..watch.wiring.to.size, |edge| {
                    least.push(hash(&edge, nth(&mut seen, &edge)));
                    if least.len() > count as usize {
                        least.pop();
                    }
                });
                let limit = least.pop().unwrap_or(0);
                watch.keep(blocks, |edge, nth| hash(edge, nth) <= limit);
            }
            Which::All | Which::Histogram { .. } => {}
        }
        watch
    }

    /// Remembers the synapses that are wanted, given with their number among those of their target.
    fn keep<T: Real>(&mut self, blocks: &[Block<T>], wanted: impl Fn(&Edge, u32) -> bool) {
        let mut kept = Vec::new();
        let mut seen = vec![0u32; self.wiring.to.size as usize];
        walk(blocks, self.record.projection, &self.wiring, |edge, spot| {
            if wanted(&edge, nth(&mut seen, &edge)) {
                kept.push((edge.target, edge.source, spot));
            }
        });
        kept.sort_by_key(|k| (k.0, k.1));
        self.edges = kept.iter().map(|k| (k.1, k.0)).unzip();
        self.spots = kept.into_iter().map(|k| k.2).collect();
    }

    /// Steps at which it is due.
    pub fn when(&self) -> &When {
        &self.record.when
    }

    /// Tells the observer which synapses will be shown.
    pub fn begin<T: Real>(&mut self, blocks: &[Block<T>], observer: &mut dyn Observer) {
        match self.record.which {
            Which::Histogram { .. } => return,
            Which::All => {
                let (mut sources, mut targets) = (Vec::new(), Vec::new());
                walk(blocks, self.record.projection, &self.wiring, |edge, _| {
                    sources.push(edge.source);
                    targets.push(edge.target);
                });
                self.edges = (sources, targets);
            }
            Which::Pairs(_) | Which::Sample(_) => {}
        }
        observer.synapses_are(self.number, &self.edges.0, &self.edges.1);
        self.edges = Default::default();
    }

    /// Shows the values at `stamp`, if they are due.
    pub fn show<T: Real>(&mut self, blocks: &mut [Block<T>], stamp: u64, observer: &mut dyn Observer) {
        if !self.record.when.is_due(stamp) {
            return;
        }
        let projection = self.record.projection;
        self.values.clear();
        match &self.record.which {
            Which::Histogram { .. } => histogram::sum(blocks, self.number, &mut self.values),
            Which::All => {
                for &variable in &self.record.numbers {
                    let all = all(blocks, projection, variable, stamp);
                    walk(blocks, projection, &self.wiring, |_, (b, p, i)| self.values.push(all[b][p][i]));
                }
            }
            Which::Pairs(_) | Which::Sample(_) => {
                for &variable in &self.record.numbers {
                    let mut value = |&(b, p, i): &Spot| blocks[b].plastic[p].value(variable, i, stamp);
                    self.values.extend(self.spots.iter().map(&mut value));
                }
            }
        }
        observer.synapses(self.number, stamp, &self.values);
    }
}

/// Number of an edge among those onto its target.
fn nth(seen: &mut [u32], edge: &Edge) -> u32 {
    seen[edge.target as usize] += 1;
    seen[edge.target as usize] - 1
}

/// Values of a variable, by block, store (empty where it is another projection's) and number in the store.
fn all<T: Real>(blocks: &mut [Block<T>], projection: usize, variable: usize, stamp: u64) -> Vec<Vec<Vec<f64>>> {
    let of = |b: &mut Block<T>| {
        let stores = b.plastic.iter_mut();
        stores.map(|p| if p.projection == projection { p.values(variable, stamp) } else { Vec::new() }).collect()
    };
    blocks.iter_mut().map(of).collect()
}

/// Visits the synapses of a projection that learns in the order of [`Wiring::edges`], each with its place.
fn walk<T: Real>(blocks: &[Block<T>], projection: usize, wiring: &Wiring, mut visit: impl FnMut(Edge, Spot)) {
    let mut stores = Vec::new();
    for (b, block) in blocks.iter().enumerate() {
        for (p, plastic) in block.plastic.iter().enumerate().filter(|(_, p)| p.projection == projection) {
            stores.push((plastic.first(), b, p, plastic.cursors()));
        }
    }
    stores.sort_by_key(|s| s.0);
    wiring.edges(0..wiring.to.size, |edge| {
        let at = stores.partition_point(|s| s.0 <= edge.target) - 1;
        let (_, b, p, cursors) = &mut stores[at];
        let number = blocks[*b].plastic[*p].next(cursors, &edge);
        visit(edge, (*b, *p, number));
    });
}

/// Weights of a projection that learns, in the order of [`Wiring::edges`].
pub(super) fn weights<T: Real>(blocks: &mut [Block<T>], projection: usize, wiring: &Wiring, stamp: u64) -> Vec<f64> {
    let all = all(blocks, projection, 0, stamp);
    let mut out = Vec::new();
    walk(blocks, projection, wiring, |_, (b, p, i)| out.push(all[b][p][i]));
    out
}
