//! The neurons of one population in one block: their arrays and one step of their program.

use std::sync::Arc;

use super::{
    cable::Cables,
    layout,
    neurons::{Neurons, Scratch},
};
use crate::{
    kernel::{
        self, Isa, Real,
        program::{CHUNK, LANES, Operand},
    },
    lang::{Dynamics, Neuron},
    plan::{Kind, Population},
};

/// Neurons `first .. first + len` of a population.
pub struct Part<T: Real> {
    pub population: usize,
    pub first: u32,
    pub len: usize,
    /// Ids of each by which its spikes are known: one, or the sites of a cable.
    pub sites: usize,
    /// First of its input slots in the block.
    pub slot: usize,
    /// Global id of its first neuron.
    pub gid: u32,
    /// Number of its input slots.
    inputs: usize,
    kind: Body<T>,
}

enum Body<T: Real> {
    Dynamics(Box<Neurons<T>>, Who),
    Cables(Box<Cables<T>>),
    /// Spikes of this part, (stamp, id in the part), and how many are done.
    Spikes(Arc<[(u64, u32)]>, usize),
}

/// What values of neurons depend on.
struct Who {
    size: u32,
    positions: Option<Arc<[[f64; 3]]>>,
}

/// A neuron whose state is no longer finite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diverged {
    /// Number of the population.
    pub population: usize,
    /// Number of the neuron in it.
    pub id: u32,
    /// Stamp at which it was seen.
    pub step: u64,
}

impl<T: Real> Part<T> {
    /// The part with its values at t = 0. `dynamics` are the population's programs of the first phase: one, or one for each region of
    /// a cable.
    pub fn new(layout: &layout::Part, population: &Population, dynamics: &[Arc<Dynamics>]) -> Self {
        let (first, len) = (layout.first, layout.len);
        let kind = match &population.kind {
            Kind::Spikes(all) => {
                let own = all.iter().filter(|(_, id)| (first..first + len).contains(id));
                Body::Spikes(own.map(|&(step, id)| (step, id - first)).collect(), 0)
            }
            Kind::Dynamics(phases) => {
                let columns = phases.iter().map(|d| d.columns.len()).max().unwrap_or(0);
                let padded = layout.padded as usize;
                let mut neurons = Neurons::new(&dynamics[0], columns, padded, population.key);
                let who = Who { size: population.size, positions: population.positions.clone() };
                who.fill(&mut neurons, first, len as usize, Dynamics::fill);
                Body::Dynamics(Box::new(neurons), who)
            }
            Kind::Cable(cable) => Body::Cables(Box::new(Cables::new(layout, population, cable, dynamics))),
        };
        let sites = population.sites() as usize;
        Self {
            population: layout.population,
            first,
            len: len as usize,
            sites,
            slot: layout.slot,
            gid: population.first + first * sites as u32,
            inputs: layout.receptors * layout.padded as usize,
            kind,
        }
    }

    /// Moves staggered gates to their first half step.
    pub fn start(&mut self, isa: Isa, scratch: &mut Scratch<T>) {
        match &mut self.kind {
            Body::Dynamics(n, _) => {
                n.set_time(0);
                n.for_chunks(isa, |d| &d.start, &mut [], 0, self.first, scratch, |_, _, _, _| {});
            }
            Body::Cables(cables) => cables.start(isa, scratch),
            Body::Spikes(..) => {}
        }
    }

    /// Number of ids by which its spikes are known.
    pub fn ids(&self) -> usize {
        self.len * self.sites
    }

    /// Takes the programs of another phase; states stay.
    pub fn set_dynamics(&mut self, dynamics: &[Arc<Dynamics>]) {
        match &mut self.kind {
            Body::Dynamics(n, who) => {
                n.set_dynamics(&dynamics[0]);
                who.fill(n, self.first, self.len, Dynamics::refresh);
            }
            Body::Cables(cables) => cables.set_dynamics(dynamics),
            Body::Spikes(..) => {}
        }
    }

    /// Step `step`: from `step * dt` to `(step + 1) * dt`. Global ids of neurons that spike are appended in order.
    pub fn step(
        &mut self,
        isa: Isa,
        step: u64,
        inputs: &mut [T],
        scratch: &mut Scratch<T>,
        spikes: &mut Vec<u32>,
    ) -> Result<(), Diverged> {
        let slots = self.slot..self.slot + self.inputs;
        let n = match &mut self.kind {
            Body::Dynamics(n, _) => n,
            Body::Cables(cables) => {
                let stride = self.inputs.checked_div(cables.receptors()).unwrap_or(0);
                let moved = cables.step(isa, step, &inputs[slots.clone()], stride, scratch);
                inputs[slots].fill(T::from_f64(0.0));
                spikes.extend(cables.fired().map(|id| self.gid + id));
                return moved.map_err(|cell| Diverged {
                    population: self.population,
                    id: self.first + cell as u32,
                    step: step + 1,
                });
            }
            Body::Spikes(list, done) => {
                while let Some(&(stamp, id)) = list.get(*done).filter(|s| s.0 <= step + 1) {
                    if stamp == step + 1 {
                        spikes.push(self.gid + id);
                    }
                    *done += 1;
                }
                return Ok(());
            }
        };
        n.set_time(step);
        let (gid, len) = (self.gid, self.len);
        let mut broken = None;
        n.for_chunks(
            isa,
            |d| &d.step,
            &mut inputs[slots],
            step,
            self.first,
            scratch,
            |isa, dynamics, chunk, seen| {
                let (start, run) = (chunk.start, chunk.len);
                if !seen.finite && broken.is_none() {
                    let c = usize::from(dynamics.watch.expect("it was looked at"));
                    let watched = &chunk.columns[c * chunk.stride + start..][..run];
                    broken =
                        watched.iter().position(|v| !v.to_f64().is_finite()).map(|k| start + k).filter(|&k| k < len);
                }
                for groups in seen.fired_groups() {
                    let lanes = groups.start * LANES..groups.end * LANES;
                    let Some(Operand::Temp(k)) = dynamics.fired else { unreachable!("the mask is a temporary") };
                    let fired = &chunk.temps[usize::from(k) * CHUNK..][lanes.clone()];
                    let own = fired.iter().zip(lanes).filter(|(f, k)| **f != T::from_f64(0.0) && start + k < len);
                    spikes.extend(own.map(|(_, k)| gid + (start + k) as u32));
                    kernel::run(isa, &dynamics.reset, &mut chunk.groups(groups));
                }
                chunk.clear_inputs();
            },
        );
        match broken {
            Some(k) => Err(Diverged { population: self.population, id: self.first + k as u32, step: step + 1 }),
            None => Ok(()),
        }
    }

    /// Values of probes for neurons of this part, neuron by neuron (of cables, place by place for each), into `out`.
    #[allow(clippy::too_many_arguments)]
    pub fn observe(
        &mut self,
        isa: Isa,
        stamp: u64,
        probes: &[usize],
        ids: &[u32],
        places: &[u32],
        scratch: &mut Scratch<T>,
        out: &mut [f64],
    ) {
        let n = match &mut self.kind {
            Body::Dynamics(n, _) => n,
            Body::Cables(cables) => return cables.observe(isa, stamp, probes, ids, places, scratch, out),
            Body::Spikes(..) => return,
        };
        n.set_time(stamp);
        for (column, &p) in probes.iter().enumerate() {
            let mut next = 0;
            n.for_chunks(
                isa,
                |d| &d.probes[p].program,
                &mut [],
                stamp,
                self.first,
                scratch,
                |_, d, chunk, _| {
                    while let Some(&id) = ids.get(next).filter(|&&id| (id as usize) < chunk.start + chunk.len) {
                        let value = chunk.value(d.probes[p].value, id as usize);
                        out[next * probes.len() + column] = value.to_f64();
                        next += 1;
                    }
                },
            );
        }
    }

    /// The value of one probe for each neuron, in order, by number in the part.
    pub fn probe_all(
        &mut self,
        isa: Isa,
        stamp: u64,
        probe: usize,
        scratch: &mut Scratch<T>,
        mut see: impl FnMut(usize, T),
    ) {
        let Body::Dynamics(n, _) = &mut self.kind else { return };
        n.set_time(stamp);
        let len = self.len;
        n.for_chunks(
            isa,
            |d| &d.probes[probe].program,
            &mut [],
            stamp,
            self.first,
            scratch,
            |_, d, chunk, _| {
                let own = chunk.start..len.min(chunk.start + chunk.len);
                own.for_each(|k| see(k, chunk.value(d.probes[probe].value, k)));
            },
        );
    }

    /// A column, by number in its dynamics, for each neuron.
    pub fn column_mut(&mut self, column: usize) -> &mut [T] {
        match &mut self.kind {
            Body::Dynamics(n, _) => &mut n.columns[column * n.padded..][..self.len],
            Body::Cables(_) | Body::Spikes(..) => &mut [],
        }
    }

    /// The number of a column, which must be there.
    pub fn column_of(&self, name: &str) -> usize {
        let Body::Dynamics(n, _) = &self.kind else { unreachable!("only point neurons have continuous receptors") };
        n.dynamics.columns.iter().position(|c| c.name == name).expect("the compiler made it")
    }

    /// Bytes of its arrays.
    pub fn bytes(&self) -> u64 {
        match &self.kind {
            Body::Dynamics(n, _) => n.bytes(),
            Body::Cables(cables) => cables.bytes(),
            Body::Spikes(list, _) => std::mem::size_of_val(&list[..]) as u64,
        }
    }
}

impl Who {
    /// Lets `f` set the columns of neurons `first..first + len`.
    fn fill<T: Real>(
        &self,
        neurons: &mut Neurons<T>,
        first: u32,
        len: usize,
        f: impl Fn(&Dynamics, Neuron, &mut [f64]),
    ) {
        let key = neurons.key;
        let neuron = |k: usize| {
            let id = first + k as u32;
            let position = self.positions.as_ref().map_or([0.0; 3], |p| p[id as usize]);
            Neuron { id, size: self.size, position, key, compartment: None }
        };
        neurons.each_row(len, neuron, f);
    }
}
