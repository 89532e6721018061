//! Short rows side by side, visited as one: what a visit costs beside its synapses is shared by all rows at which spikes arrive in a step.

use std::ops::Range;

use super::{
    Plastic,
    store::Store,
    visit::{Place, jumps},
    waiting::BATCH,
};
use crate::{
    engine::ring::Ring,
    kernel::{Jumps, Real, program::LANES},
    lang::learning::{Code, Gather, Learning},
};

/// Rows of fewer synapses, in the mean, are visited together.
const SHORT: usize = 256;

/// Rows whose synapses are in a store of their own meanwhile.
#[derive(Debug)]
pub(super) struct Together<T> {
    pub store: Store<T>,
    pub apart: Apart<T>,
    rows: Vec<(Place, Range<usize>)>,
    /// Synapses of all rows.
    len: usize,
    /// Programs of presynaptic spikes may run over several rows at once.
    alike: bool,
}

/// In what rows differ.
#[derive(Debug)]
pub(super) struct Apart<T> {
    /// Number of the row of each synapse.
    pub rows: Vec<u16>,
    /// Of each row, the last moment at the soma whose spikes its synapses have seen.
    pub seen: [i32; LANES],
    /// Of each row, the stamp of the spike at the soma that met its last presynaptic one.
    met: [i32; LANES],
    /// Each presynaptic trace.
    pub jumps: Vec<Jumps<T>>,
}

/// Does all that a program reads belong to the synapse or its target, but for traces?
fn alike(code: &Code) -> bool {
    code.visits.is_empty() && !code.inputs.iter().any(|gather| matches!(gather, Gather::Quanta | Gather::Integral(_)))
}

impl<T: Real> Together<T> {
    /// Memory for rows of `synapses` in so many places, which stand for several if multapses are kept `once`; none where rows are long, or
    /// `on_post` differs between them in more than traces.
    pub fn new(learning: &Learning, synapses: usize, places: usize, once: bool) -> Option<Box<Self>> {
        if synapses >= SHORT * places || !alike(&learning.on_post) {
            return None;
        }
        let others = vec![0.0; learning.variables.len() - 1];
        Some(Box::new(Self {
            store: Store::new(
                vec![0; BATCH],
                vec![1; if once { BATCH } else { 0 }],
                vec![T::ZERO; BATCH],
                others.into_iter(),
            ),
            apart: Apart {
                rows: vec![0; BATCH],
                seen: [0; LANES],
                met: [0; LANES],
                jumps: vec![Jumps::default(); learning.pre.len()],
            },
            rows: Vec::with_capacity(LANES),
            len: 0,
            alike: alike(&learning.on_pre) && alike(&learning.still),
        }))
    }
}

impl<T: Real> Apart<T> {
    /// Steps from the last presynaptic spike of their rows to stamps.
    pub fn since_pre(&self, rows: &[u16], stamps: &[i32], out: &mut [T]) {
        for ((out, &row), &stamp) in out.iter_mut().zip(rows).zip(stamps) {
            *out = T::from_i32(stamp - self.met[usize::from(row) % LANES]);
        }
    }
}

impl<T: Real> Plastic<T> {
    /// Delivers what arrives at `stamp`. Returns the number of synaptic events.
    pub(super) fn deliver_together(&mut self, ring: &Ring, stamp: u64, inputs: &mut [T]) -> u64 {
        let mut events = 0;
        for group in 0..self.delays.len() {
            let arriving = self.arriving(ring, stamp, group);
            self.decay(arriving.len(), group, stamp as i32);
            arriving.iter().for_each(|&id| self.prefetch_index(self.row(id), group));
            for &id in arriving {
                let row = self.row(id);
                if !self.join(row, group) {
                    events += self.visit_together(stamp as i32, inputs);
                    if !self.join(row, group) {
                        events += self.visit(row, group, None, stamp as i32, inputs);
                    }
                }
            }
        }
        events + self.visit_together(stamp as i32, inputs)
    }

    /// Brings all synapses up to date.
    pub(super) fn catch_up_together(&mut self) {
        for row in 0..self.sources as usize {
            for group in 0..self.delays.len() {
                let place = self.place(row, group);
                if place.seen != self.history.reached(place.view) && !self.join(row, group) {
                    self.catch_up_joined();
                    if !self.join(row, group) {
                        self.catch_up(row, group);
                    }
                }
            }
        }
        self.catch_up_joined();
    }

    /// Lets a row join the others, if there is room and they see the same postsynaptic spikes.
    fn join(&mut self, row: usize, group: usize) -> bool {
        let (range, place) = (self.range(row, group), self.place(row, group));
        let Together { rows, len, .. } = self.together.as_deref_mut().expect("rows are short");
        let alike = rows.first().is_none_or(|(first, _)| first.view == place.view);
        let fits = rows.len() < LANES && *len + range.len() <= BATCH && alike;
        if fits && !range.is_empty() {
            self.store.prefetch(range.clone());
            *len += range.len();
            rows.push((place, range));
        }
        fits
    }

    /// A presynaptic spike that reaches the somas at `stamp` by each of the rows, which part then.
    fn visit_together(&mut self, stamp: i32, inputs: &mut [T]) -> u64 {
        let mut together = self.together.take().expect("rows are short");
        let (len, mut events) = (together.len, 0);
        if let Some(&(first, _)) = together.rows.first() {
            let inputs = &mut inputs[self.slot..];
            self.assemble(&mut together);
            self.replay(&(0..len), first, Some(&mut together));
            let Together { store, rows, alike, .. } = &mut *together;
            let mut own = 0..0;
            for &(place, ref range) in &*rows {
                own = own.end..own.end + range.len();
                events += self.events(place, range);
                self.prepare_spike(place, stamp - place.dendritic);
                if !*alike {
                    let row = place.at / self.delays.len();
                    self.meet(&own, place, (row, stamp), &mut (u16::MAX, 0), inputs, Some(store));
                }
            }
            if *alike {
                self.meet(&(0..len), first, (0, stamp), &mut (u16::MAX, 0), inputs, Some(store));
            }
            self.part_again(&mut together);
        }
        self.together = Some(together);
        events
    }

    /// Brings the rows up to what their view has seen; they part then.
    fn catch_up_joined(&mut self) {
        let mut together = self.together.take().expect("rows are short");
        if let Some(&(first, _)) = together.rows.first() {
            self.assemble(&mut together);
            self.replay(&(0..together.len), first, Some(&mut together));
            self.part_again(&mut together);
        }
        self.together = Some(together);
    }

    /// Takes the synapses of the rows out of the store, and notes that they will have seen all postsynaptic spikes.
    fn assemble(&mut self, Together { store, apart, rows, .. }: &mut Together<T>) {
        let mut at = 0;
        for (row, (place, range)) in rows.iter().enumerate() {
            let own = at..at + range.len();
            at = own.end;
            store.copy(own.clone(), &self.store, range.clone());
            apart.rows[own].fill(row as u16);
            (apart.seen[row], apart.met[row]) = (place.seen, place.met());
            let jumps = jumps(&self.learning, &self.values, *place);
            apart.jumps.iter_mut().zip(jumps).for_each(|(all, jump)| all.set(row, jump));
            self.seen[place.at] = self.history.reached(place.view);
        }
    }

    /// Puts the synapses of the rows back.
    fn part_again(&mut self, Together { store, rows, len, .. }: &mut Together<T>) {
        let mut at = 0;
        for (_, range) in rows.drain(..) {
            let own = at..at + range.len();
            at = own.end;
            self.store.copy(range, store, own);
        }
        *len = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        engine::{Network, Observer, Options},
        error::Source,
        plan::Plan,
        spec::Spec,
    };

    const NETWORK: &str = "
[populations.E]
model = \"lif\"
size = 90
receptors.exc = \"cond_exp\"
parameters = { t_ref = \"1 ms\", I_e = \"uniform(2 nA, 2.5 nA)\" }
[run]
duration = \"300 ms\"
dt = \"0.1 ms\"
[[projections]]
from = \"E\"
to = \"E\"
rule = { fixed_in_degree = 30 }
receptor = \"exc\"
weight = \"uniform(0.05 nS, 0.15 nS)\"
";

    /// Most spikes of a step.
    struct Most(usize);
    impl Observer for Most {
        fn spikes(&mut self, _: u64, ids: &[u32]) {
            self.0 = self.0.max(ids.len());
        }
    }

    /// Weights after a run, as bits, of rows visited together or alone.
    fn learned(text: &str, alone: bool) -> Vec<u64> {
        let spec = Spec::parse(Source::new("net.toml", text), "net").unwrap_or_else(|e| panic!("{}", e.report()));
        let plan = Plan::new(&spec).unwrap_or_else(|e| panic!("{}", e.report()));
        let mut network = Network::<f64>::build(&plan, Options { threads: Some(1), ..Options::default() });
        let plastic = &mut network.blocks[0].plastic[0];
        assert!(plastic.together.is_some(), "rows are not visited together:\n{text}");
        if alone {
            plastic.together = None;
        }
        let mut most = Most(0);
        network.run(&mut most);
        assert!(most.0 > LANES, "{} spikes in a step are never too many", most.0);
        network.weights(0, &plan.projections[0].wiring).iter().map(|w| w.to_bits()).collect()
    }

    #[test]
    fn rows_learn_together_what_each_learns_alone() {
        let additive = "{ rule = \"stdp_additive\", w_max = \"0.2 nS\" }";
        let rules = [
            additive.to_string(),
            "{ rule = \"stdp_triplet\", w_0 = \"0.1 nS\", w_max = \"0.2 nS\" }".to_string(),
            format!("[{additive}, \"tsodyks_markram\"]"),
            format!("[{additive}, {{ rule = \"quantal_release\", n = 5, p = 0.4 }}]"),
        ];
        for rule in rules {
            // One view and one step, several of both, and weights that are brought up to date in between.
            for more in ["delay = \"0.1 ms\"\n", "delay = \"uniform(0.1 ms, 3 ms)\"\ndendritic = 0.5\n"] {
                let text = format!("{NETWORK}{more}plasticity = {rule}\n");
                let weights = learned(&text, false);
                assert!(weights == learned(&text, true), "{more}{rule}");
                let begin = |text: &str| learned(&text.replace("300 ms", "150 ms"), false);
                assert!(weights != begin(&text), "nothing is learnt with {more}{rule}");
            }
        }
    }
}
