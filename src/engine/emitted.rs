//! The spikes that a block emits in one step.

/// Global ids, ascending within each part, part by part: one list, so that they travel to the other threads in few cache lines.
#[derive(Clone, Debug)]
pub struct Emitted {
    ids: Vec<u32>,
    /// Where each part's end.
    ends: Vec<usize>,
}

impl Emitted {
    /// No spikes of `parts` parts.
    pub fn new(parts: usize) -> Self {
        Self { ids: Vec::new(), ends: vec![0; parts] }
    }

    /// Begins a step, for which there is room for this many spikes.
    pub fn begin(&mut self, room: usize) {
        self.ids.clear();
        self.ids.reserve(room);
    }

    /// Lets `step` append the spikes of a part. Parts come in order.
    #[inline(always)]
    pub fn add<R>(&mut self, part: usize, step: impl FnOnce(&mut Vec<u32>) -> R) -> R {
        let result = step(&mut self.ids);
        self.ends[part] = self.ids.len();
        result
    }

    /// The spikes of a part.
    pub fn of(&self, part: usize) -> &[u32] {
        let begin = part.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.ids[begin..self.ends[part]]
    }

    /// Number of spikes of all parts.
    pub fn len(&self) -> usize {
        self.ids.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_own_spikes() {
        let mut emitted = Emitted::new(3);
        for lists in [[&[7, 9][..], &[], &[1]], [&[], &[3], &[]]] {
            emitted.begin(4);
            for (part, list) in lists.iter().enumerate() {
                emitted.add(part, |ids| ids.extend_from_slice(list));
            }
            assert_eq!([0, 1, 2].map(|part| emitted.of(part)), lists);
            assert_eq!(emitted.len(), lists.concat().len());
        }
    }
}
