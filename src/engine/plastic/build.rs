//! Draws the synapses of a projection onto one part.

use std::sync::Arc;

use super::{
    Plastic,
    history::History,
    modulator::Modulator,
    multapses::keep_once,
    quanta::Quanta,
    store::Store,
    together::Together,
    visit::{PIECE, width},
    waiting::{BATCH, Waiting},
    work::Work,
};
use crate::{
    connect::Wiring,
    engine::{build::Index, huge, layout::BlockLayout},
    kernel::{Fade, Isa, Jump, Real, mix, program::CHUNK},
    plan::{Kind, Plan},
};

/// Purpose of the random key of released vesicles.
const QUANTA: u64 = 0x7175_616e_7461;

impl<T: Real> Plastic<T> {
    /// The synapses of projection number `projection` onto a block, if it has any of its targets.
    pub fn build(plan: &Plan, projection: usize, block: &BlockLayout, isa: Isa) -> Option<Self> {
        let own = &plan.projections[projection];
        let rules = own.plasticity.as_ref().expect("a projection that learns");
        let learning = rules.learning.clone();
        let part = block.parts.iter().position(|p| p.population == own.wiring.to.population)?;
        let place = block.parts[part];
        // A table of this projection alone: its rows are its sources.
        let mut wiring = own.wiring.clone();
        wiring.from.first_gid = 0;
        let slot = place.slot + wiring.receptor * place.padded as usize;
        let wirings: [&Wiring; 1] = [&wiring];
        let mut index = Index::count(&wirings, block, wiring.from.size);
        let targets = index.fill::<u16, false>(&wirings, block, |target, _| target - slot as u16);
        let once = own.keeps_multapses_once();
        let once = once.then(|| keep_once(&index.rows, &index.groups, index.delays.len(), &targets)).flatten();
        let (targets, times, many, weights) = if let Some(kept) = once {
            drop(targets);
            (index.rows, index.groups) = (kept.rows, kept.groups);
            let mut weights = huge::zeros(kept.targets.len());
            weights.fill(T::from_f64(wiring.constant_weight().expect("synapses of a pair begin alike")));
            (kept.targets, kept.times, kept.many, weights)
        } else {
            index.rewind();
            let weights = index.fill::<T, true>(&wirings, block, |_, weight| T::from_f64(weight));
            (targets, Vec::new(), Vec::new(), weights)
        };

        let dendritic: Vec<u32> =
            index.delays.iter().map(|&d| (rules.dendritic * f64::from(d)).round() as u32).collect();
        let mut distinct = dendritic.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let views = dendritic.iter().map(|d| distinct.binary_search(d).expect("one of them")).collect();
        let neurons = place.len as usize;
        assert!(targets.iter().all(|&t| usize::from(t) < neurons), "a target outside of its part");
        let count = learning.variables.len();
        let initial = vec![0.0; learning.pre.len()].into_iter().chain(learning.sources.iter().map(|s| s.initial));
        let initial: Vec<f64> = initial.collect();
        let places = wiring.from.size as usize * index.delays.len();
        let together = Together::new(&learning, targets.len(), places, !times.is_empty());
        let rows = index.groups.chunks_exact(index.delays.len() + 1);
        let longest = rows.flat_map(|row| row.windows(2)).map(|g| g[1] - g[0]).max();
        let most = if together.is_some() { targets.len() } else { longest.unwrap_or(0) as usize };
        let batch = most.clamp(1, BATCH);
        let kept = learning.post.len() + learning.reads.len();
        let probes = match &plan.populations[wiring.to.population].kind {
            Kind::Dynamics(phases) => {
                let probe = |name: &String| phases[0].probes.iter().position(|p| p.name == *name);
                learning.reads.iter().chain(&learning.event).map(|n| probe(n).expect("checked by the plan")).collect()
            }
            Kind::Cable(_) | Kind::Spikes(_) => Vec::new(),
        };
        let history = History::new(neurons, &distinct, &learning.post, kept, together.is_none());
        let modulator = rules.modulator.map(|(population, delay)| {
            let p = &plan.populations[population];
            Modulator::new(&learning, p.first..p.first + p.size, delay)
        });
        debug_assert_eq!(initial.len(), width(&learning));
        Some(Self {
            projection,
            part,
            first: place.first,
            slot,
            source: own.wiring.from.first_gid,
            sources: own.wiring.from.size,
            views,
            rows: index.rows,
            groups: index.groups,
            many,
            store: Store::new(targets, times, weights, learning.variables[1..].iter().map(|v| v.initial)),
            last: vec![0; places],
            seen: vec![0; places],
            values: initial.iter().copied().cycle().take(initial.len() * places).collect(),
            waiting: Waiting::new(isa, batch, history.room()),
            traces: learning.pre.iter().map(|trace| (Fade::new(trace.rate), Jump::default())).collect(),
            together,
            ahead: 0..0,
            sums: vec![T::ZERO; PIECE],
            on_pre: Work::new(&learning.on_pre, 0, CHUNK),
            on_post: Work::new(&learning.on_post, count, Waiting::room(batch, history.room())),
            still: Work::new(&learning.still, 0, CHUNK),
            rest: Work::new(&learning.rest, count, CHUNK),
            history,
            modulator,
            quanta: learning
                .quanta
                .as_ref()
                .map(|&(n, _)| Quanta::new(mix(&[plan.seed, QUANTA, projection as u64]), n)),
            reads: vec![0.0; probes.len() * neurons],
            shown: vec![0.0; probes.len() * neurons],
            neurons: (0..neurons as u32).collect(),
            probes,
            delays: index.delays,
            learning: Arc::clone(&learning),
            learns: true,
            settled: None,
            isa,
        })
    }
}
