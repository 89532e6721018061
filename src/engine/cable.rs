//! Cables of one population in one block: the arrays of their compartments and one step.
//!
//! A cell is never cut: compartment `k` of a region of cell `c` stands at `c*per_cell + k` of the region's arrays. A step runs each
//! region's first program over all compartments (what the membrane does at its middle), solves the voltages of one cell after the
//! other, and runs the second (arrivals, gates, threshold).

mod observe;
mod solve;

use std::sync::Arc;

use super::{
    layout,
    neurons::{Neurons, Scratch},
};
use crate::{
    cable::Cut,
    kernel::{
        Buffer, Isa, Real, mix,
        program::{CHUNK, LANES, Operand},
    },
    lang::{Dynamics, Neuron},
    plan::{self, Population},
};

/// All cells of a part.
pub struct Cables<T: Real> {
    cells: usize,
    cut: Arc<Cut>,
    regions: Vec<Region<T>>,
    /// Region and number in it of each node of the tree; of a junction, its number among those.
    nodes: Vec<Place>,
    /// Voltages at junctions at the middle of the last step, cell by cell.
    junctions: Vec<f64>,
    junctions_each: usize,
    /// Where spikes are read: region, number in it.
    sites: Vec<(usize, usize)>,
    /// Which sites fired in this step, cell by cell.
    fired: Vec<bool>,
    /// Where receptors sit: region, number in it, input of its programs.
    receptors: Vec<(usize, usize, usize)>,
    work: Work,
    who: Who,
}

#[derive(Clone, Copy)]
enum Place {
    Compartment(usize, usize),
    Junction(usize),
}

/// Compartments with one model.
struct Region<T: Real> {
    neurons: Neurons<T>,
    inputs: Buffer<T>,
    /// Their numbers in the cell.
    compartments: Vec<usize>,
    /// Number of the probe of each recordable variable.
    probes: Vec<Option<usize>>,
}

/// The equations of one cell, in f64 whatever the run's precision: differences between neighbours are small.
struct Work {
    diagonal: Vec<f64>,
    current: Vec<f64>,
    v: Vec<f64>,
}

/// What values of the cells depend on.
struct Who {
    first: u32,
    size: u32,
    key: u64,
    positions: Option<Arc<[[f64; 3]]>>,
}

impl<T: Real> Cables<T> {
    /// The cells with their values at t = 0. `dynamics` are the regions' programs of the first phase.
    pub fn new(
        layout: &layout::Part,
        population: &Population,
        cable: &plan::Cable,
        dynamics: &[Arc<Dynamics>],
    ) -> Self {
        let (cells, nodes) = (layout.len as usize, &cable.cut.tree.nodes);
        let mut junctions_each = 0;
        let nodes: Vec<Place> = nodes
            .iter()
            .map(|node| match node.compartment {
                Some(compartment) => Place::Compartment(cable.homes[compartment].0, cable.homes[compartment].1),
                None => {
                    junctions_each += 1;
                    Place::Junction(junctions_each - 1)
                }
            })
            .collect();
        let home = |compartment: usize| cable.homes[compartment];
        let regions = cable.regions.iter().zip(dynamics).enumerate().map(|(r, (region, dynamics))| {
            let columns = region.phases.iter().map(|d| d.columns.len()).max().unwrap_or(0);
            let padded = (cells * region.compartments.len()).next_multiple_of(LANES);
            Region {
                neurons: Neurons::new(dynamics, columns, padded, mix(&[population.key, r as u64])),
                inputs: Buffer::new(dynamics.inputs.len() * padded),
                compartments: region.compartments.clone(),
                probes: cable.probes.iter().map(|p| p.2[r]).collect(),
            }
        });
        let mut cables = Self {
            cells,
            cut: cable.cut.clone(),
            regions: regions.collect(),
            work: Work { diagonal: vec![0.0; nodes.len()], current: vec![0.0; nodes.len()], v: vec![0.0; nodes.len()] },
            nodes,
            junctions: vec![0.0; cells * junctions_each],
            junctions_each,
            sites: cable.sites.iter().map(|&c| home(c)).collect(),
            fired: vec![false; cells * cable.sites.len()],
            receptors: cable.receptors.iter().map(|&(c, input)| (home(c).0, home(c).1, input)).collect(),
            who: Who {
                first: layout.first,
                size: cable.cells,
                key: population.key,
                positions: population.positions.clone(),
            },
        };
        cables.each_row(|d, neuron, row| d.fill(neuron, row));
        cables
    }

    /// Lets `f` set the columns of each compartment.
    fn each_row(&mut self, f: impl Fn(&Dynamics, Neuron, &mut [f64])) {
        let (who, cut) = (&self.who, &self.cut);
        for region in &mut self.regions {
            let compartments = &region.compartments;
            let neuron = |k: usize| {
                let id = who.first + (k / compartments.len()) as u32;
                let compartment = compartments[k % compartments.len()];
                Neuron {
                    id,
                    size: who.size,
                    position: who.positions.as_ref().map_or([0.0; 3], |p| p[id as usize]),
                    key: who.key,
                    compartment: Some((compartment, cut.compartments[compartment])),
                }
            };
            region.neurons.each_row(self.cells * compartments.len(), neuron, &f);
        }
    }

    /// Moves staggered gates to their first half step.
    pub fn start(&mut self, isa: Isa, scratch: &mut Scratch<T>) {
        let first = self.who.first;
        for region in &mut self.regions {
            let first = first * region.compartments.len() as u32;
            region.neurons.set_time(0);
            region.neurons.for_chunks(isa, |d| &d.start, &mut [], 0, first, scratch, |_, _, _, _| {});
        }
    }

    /// Takes the programs of another phase; states stay.
    pub fn set_dynamics(&mut self, dynamics: &[Arc<Dynamics>]) {
        for (region, dynamics) in self.regions.iter_mut().zip(dynamics) {
            region.neurons.set_dynamics(dynamics);
        }
        self.each_row(|d, neuron, row| d.refresh(neuron, row));
    }

    /// Number of receptors.
    pub fn receptors(&self) -> usize {
        self.receptors.len()
    }

    /// One step. `inputs` are the slots of the part, `stride` from one receptor to the next. The first cell that
    /// diverged is the error.
    pub fn step(
        &mut self,
        isa: Isa,
        step: u64,
        inputs: &[T],
        stride: usize,
        scratch: &mut Scratch<T>,
    ) -> Result<(), usize> {
        for (r, &(region, number, input)) in self.receptors.iter().enumerate() {
            let Region { neurons, inputs: own, compartments, .. } = &mut self.regions[region];
            let own = &mut own[input * neurons.padded..][..neurons.padded];
            for (cell, &arrived) in inputs[r * stride..][..self.cells].iter().enumerate() {
                own[cell * compartments.len() + number] = arrived;
            }
        }
        for Region { neurons, compartments, .. } in &mut self.regions {
            let first = self.who.first * compartments.len() as u32;
            neurons.set_time(step);
            neurons.for_chunks(
                isa,
                |d| &d.membrane.as_ref().expect("a cable's").before,
                &mut [],
                step,
                first,
                scratch,
                |_, _, _, _| {},
            );
        }
        for cell in 0..self.cells {
            self.solve(cell);
        }
        self.finish(isa, step, scratch)
    }

    /// Arrivals, gates and thresholds; the first cell that diverged.
    fn finish(&mut self, isa: Isa, step: u64, scratch: &mut Scratch<T>) -> Result<(), usize> {
        let Self { regions, sites, fired, cells, who, .. } = self;
        let mut broken: Option<usize> = None;
        for (r, Region { neurons, inputs, compartments, .. }) in regions.iter_mut().enumerate() {
            let (each, first) = (compartments.len(), who.first * compartments.len() as u32);
            neurons.for_chunks(
                isa,
                |d| &d.step,
                inputs,
                step,
                first,
                scratch,
                |_, dynamics, chunk, _| {
                    let here = chunk.start..(chunk.start + chunk.len).min(*cells * each);
                    let v = usize::from(dynamics.membrane.as_ref().expect("a cable's").v) * chunk.stride;
                    if let Some(k) = here.clone().find(|k| !chunk.columns[v + k].to_f64().is_finite()) {
                        broken = Some(broken.map_or(k / each, |cell| cell.min(k / each)));
                    }
                    let Some(Operand::Temp(mask)) = dynamics.fired else { return };
                    let mask = &chunk.temps[usize::from(mask) * CHUNK..];
                    for cell in here.start / each..here.end.div_ceil(each) {
                        for (s, site) in sites.iter().enumerate().filter(|(_, site)| site.0 == r) {
                            let at = cell * each + site.1;
                            if here.contains(&at) {
                                fired[cell * sites.len() + s] = mask[at - here.start] != T::from_f64(0.0);
                            }
                        }
                    }
                },
            );
        }
        broken.map_or(Ok(()), Err)
    }

    /// Ids in the part, `cell*sites + site`, of what fired in the last step, ascending.
    pub fn fired(&self) -> impl Iterator<Item = u32> + '_ {
        (0u32..).zip(&self.fired).filter(|f| *f.1).map(|f| f.0)
    }

    /// Bytes of its arrays.
    pub fn bytes(&self) -> u64 {
        let region = |r: &Region<T>| r.neurons.bytes() + std::mem::size_of_val(&r.inputs[..]) as u64;
        self.regions.iter().map(region).sum()
    }
}
