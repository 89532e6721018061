//! The voltages of one cell, moved by one step.

use super::{Cables, Place, Region, Work};
use crate::kernel::Real;

impl<T: Real> Cables<T> {
    /// Moves the voltages of one cell.
    pub(super) fn solve(&mut self, cell: usize) {
        let Work { diagonal, current, v } = &mut self.work;
        for (k, &place) in self.nodes.iter().enumerate() {
            (diagonal[k], current[k], v[k]) = match place {
                Place::Compartment(r, number) => {
                    let Region { neurons, compartments, .. } = &self.regions[r];
                    let at = cell * compartments.len() + number;
                    let membrane = neurons.dynamics.membrane.as_ref().expect("a cable's");
                    let value = |column: u16| neurons.columns[usize::from(column) * neurons.padded + at].to_f64();
                    (value(membrane.diagonal), value(membrane.current), value(membrane.v))
                }
                Place::Junction(number) => (0.0, 0.0, self.junctions[cell * self.junctions_each + number]),
            };
        }
        self.cut.tree.solve(diagonal, current, v);
        for (k, &place) in self.nodes.iter().enumerate() {
            match place {
                Place::Compartment(r, number) => {
                    let Region { neurons, compartments, .. } = &mut self.regions[r];
                    let at = cell * compartments.len() + number;
                    let column = usize::from(neurons.dynamics.membrane.as_ref().expect("a cable's").v);
                    neurons.columns[column * neurons.padded + at] = T::from_f64(v[k] + 2.0 * current[k]);
                }
                // Without capacitance nothing of it lasts: the value is kept for small differences alone.
                Place::Junction(number) => self.junctions[cell * self.junctions_each + number] = v[k] + current[k],
            }
        }
    }
}
