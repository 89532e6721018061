//! What is recorded of cables.

use super::Cables;
use crate::{
    engine::neurons::Scratch,
    kernel::{Isa, Real},
};

impl<T: Real> Cables<T> {
    /// Values of probes at some places of some cells: by cell, then place, then probe.
    #[allow(clippy::too_many_arguments)]
    pub fn observe(
        &mut self,
        isa: Isa,
        stamp: u64,
        probes: &[usize],
        cells: &[u32],
        places: &[u32],
        scratch: &mut Scratch<T>,
        out: &mut [f64],
    ) {
        for region in &mut self.regions {
            let each = region.compartments.len();
            let first = self.who.first * each as u32;
            let member = |place: &u32| region.compartments.binary_search(&(*place as usize)).ok();
            if !places.iter().any(|p| member(p).is_some()) {
                continue;
            }
            region.neurons.set_time(stamp);
            for (column, &probe) in probes.iter().enumerate() {
                let Some(number) = region.probes[probe] else { continue };
                region.neurons.for_chunks(
                    isa,
                    |d| &d.probes[number].program,
                    &mut [],
                    stamp,
                    first,
                    scratch,
                    |_, d, chunk, _| {
                        let here = chunk.start..chunk.start + chunk.len;
                        let from = cells.partition_point(|&c| (c as usize + 1) * each <= here.start);
                        for (c, &cell) in cells.iter().enumerate().skip(from) {
                            if cell as usize * each >= here.end {
                                break;
                            }
                            for (p, place) in places.iter().enumerate() {
                                let Some(at) = member(place).map(|m| cell as usize * each + m) else { continue };
                                if here.contains(&at) {
                                    let value = chunk.value(d.probes[number].value, at);
                                    out[(c * places.len() + p) * probes.len() + column] = value.to_f64();
                                }
                            }
                        }
                    },
                );
            }
        }
    }
}
