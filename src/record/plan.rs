//! What a result file says of a plan, and its connections.

use super::{EdgeMeta, Meta, PopulationMeta, Recorder, TraceMeta};
use crate::plan::{Plan, Projection};

/// Edges handed over at once: some megabytes.
const EDGES_AT_ONCE: usize = 1 << 16;

impl Meta {
    /// The description of a run of `plan` on `threads` threads.
    pub fn of(plan: &Plan, threads: usize) -> Self {
        let parameters = plan
            .populations
            .iter()
            .flat_map(|p| p.parameters.iter().map(|(name, value)| (format!("{}.{name}", p.name), value.clone())));
        Self {
            title: plan.title.clone(),
            network_text: plan.source.text.to_string(),
            parameters: plan.constants.iter().cloned().chain(parameters).collect(),
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
                    variables: t.variables.clone(),
                    interval_steps: t.interval,
                })
                .collect(),
        }
    }
}

impl Recorder {
    /// Writes the connections that the plan asks for. They are drawn again, so that none is held in memory.
    pub fn connections(&mut self, plan: &Plan) {
        for &(index, weights) in &plan.edges {
            let Projection { receptor, wiring, .. } = &plan.projections[index];
            let name = |population: usize| plan.populations[population].name.clone();
            let unit = || plan.populations[wiring.to.population].receptors[wiring.receptor].1.to_string();
            let mut writer = self.edges(EdgeMeta {
                from: name(wiring.from.population),
                to: name(wiring.to.population),
                weights: if weights { vec![(receptor.clone(), unit())] } else { Vec::new() },
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
                values.push(edge.weight);
                delays.push(f64::from(edge.delay) * plan.dt);
                if sources.len() == EDGES_AT_ONCE {
                    hand_over(&mut sources, &mut targets, &mut values, &mut delays);
                }
            });
            hand_over(&mut sources, &mut targets, &mut values, &mut delays);
        }
    }
}
