//! What a result file says of a plan, and its connections.

use super::{EdgeMeta, Meta, PopulationMeta, Recorder, SynapseMeta, TraceMeta, h5};
use crate::plan::{Plan, Projection, SynapseRecord, When};

/// Edges handed over at once: some megabytes.
const EDGES_AT_ONCE: usize = 1 << 16;

impl Meta {
    /// The description of a run of `plan` on `threads` threads.
    pub fn of(plan: &Plan, threads: usize) -> Self {
        let parameters = plan
            .populations
            .iter()
            .flat_map(|p| p.parameters.iter().map(|(name, value)| (format!("{}.{name}", p.name), value.clone())));
        let rules = plan.projections.iter().flat_map(|p| {
            let parameters = p.plasticity.iter().flat_map(|rules| &rules.learning.parameters);
            parameters.map(|(name, value)| (format!("{}.{name}", p.name), value.clone()))
        });
        Self {
            title: plan.title.clone(),
            network_text: plan.source.text.to_string(),
            parameters: plan.constants.iter().cloned().chain(parameters).chain(rules).collect(),
            seed: plan.seed,
            dt_ms: plan.dt,
            duration_ms: plan.duration(),
            precision: plan.precision.name().into(),
            threads,
            version: env!("CARGO_PKG_VERSION").into(),
            populations: plan
                .populations
                .iter()
                .map(|p| PopulationMeta {
                    name: p.name.clone(),
                    first_gid: p.first,
                    size: p.size,
                    record_spikes: p.record,
                })
                .collect(),
            traces: plan
                .traces
                .iter()
                .map(|t| TraceMeta {
                    population: plan.populations[t.population].name.clone(),
                    ids: t.ids.clone(),
                    places: t.places.clone(),
                    variables: t.variables.clone(),
                    interval_steps: t.interval,
                })
                .collect(),
            synapses: plan.synapse_records.iter().map(|record| SynapseMeta::of(plan, record)).collect(),
        }
    }
}

impl SynapseMeta {
    fn of(plan: &Plan, record: &SynapseRecord) -> Self {
        let Projection { receptor, wiring, .. } = &plan.projections[record.projection];
        Self {
            from: plan.populations[wiring.from.population].name.clone(),
            to: plan.populations[wiring.to.population].name.clone(),
            receptor: receptor.clone(),
            variables: record.variables.clone(),
            which: record.which.clone(),
            times: match &record.when {
                When::Every(interval) => plan.steps() / interval + 1,
                When::At(steps) => steps.len() as u64,
            },
        }
    }
}

impl Recorder {
    /// Writes the connections that the plan asks for. They are drawn again, so that none is held in memory; what a projection
    /// (by number) has `learned` are its weights now, in the order in which [`Wiring::edges`](crate::connect::Wiring::edges)
    /// visits all targets.
    ///
    /// # Panics
    /// When there are not as many weights as edges.
    pub fn connections(&mut self, plan: &Plan, mut learned: impl FnMut(usize) -> Option<Vec<f64>>) {
        for &(index, weights) in &plan.edges {
            let Projection { receptor, wiring, .. } = &plan.projections[index];
            let name = |population: usize| plan.populations[population].name.clone();
            let unit = plan.populations[wiring.to.population].receptors[wiring.receptor].1.to_string();
            let factor = h5::factor(&unit);
            let mut learned = if weights { learned(index).map(Vec::into_iter) } else { None };
            let mut writer = self.edges(EdgeMeta {
                from: name(wiring.from.population),
                to: name(wiring.to.population),
                weights: if weights { vec![(receptor.clone(), unit)] } else { Vec::new() },
            });
            let (mut sources, mut targets, mut values, mut delays) = (vec![], vec![], vec![], vec![]);
            let mut hand_over =
                |sources: &mut Vec<u32>, targets: &mut Vec<u32>, values: &mut Vec<f64>, delays: &mut Vec<f64>| {
                    if weights {
                        writer.append(sources, targets, &[values], delays);
                    } else {
                        writer.append(sources, targets, &[], &[]);
                    }
                    sources.clear();
                    targets.clear();
                    values.clear();
                    delays.clear();
                };
            wiring.edges(0..wiring.to.size, |edge| {
                sources.push(edge.source);
                targets.push(edge.target);
                let weight = learned.as_mut().map_or(edge.weight, |all| all.next().expect("a weight for each edge"));
                values.push(weight * factor);
                delays.push(f64::from(edge.delay) * plan.dt);
                if sources.len() == EDGES_AT_ONCE {
                    hand_over(&mut sources, &mut targets, &mut values, &mut delays);
                }
            });
            hand_over(&mut sources, &mut targets, &mut values, &mut delays);
            assert!(learned.is_none_or(|mut all| all.next().is_none()), "no more weights than edges");
        }
    }
}
