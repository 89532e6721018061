//! The spikes of a population, neuron by neuron.

use crate::record::Spikes;

/// Spike trains of the neurons that spiked, in order of ids; 12 bytes a spike.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trains {
    ids: Vec<u32>,
    /// Where each train ends in `steps`.
    ends: Vec<usize>,
    steps: Vec<u64>,
}

impl Trains {
    /// Sorts the spikes of a population by neuron; within a neuron they stay in order of time.
    pub fn new(spikes: &Spikes) -> Self {
        let mut order: Vec<(u32, u64)> = spikes.ids.iter().copied().zip(spikes.steps.iter().copied()).collect();
        order.sort_unstable();
        let mut trains = Self::default();
        for (number, &(id, step)) in order.iter().enumerate() {
            if trains.ids.last() != Some(&id) {
                trains.ids.push(id);
                trains.ends.push(number);
            }
            trains.steps.push(step);
            *trains.ends.last_mut().expect("this neuron's") = number + 1;
        }
        trains
    }

    /// Number of neurons that spiked.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Did none spike?
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Each neuron that spiked, with the steps of its spikes in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &[u64])> {
        (0..self.len()).map(|k| (self.ids[k], self.train(k)))
    }

    /// The spikes of a neuron: none where it did not spike.
    pub fn of(&self, id: u32) -> &[u64] {
        self.ids.binary_search(&id).map_or(&[], |k| self.train(k))
    }

    fn train(&self, k: usize) -> &[u64] {
        let start = if k == 0 { 0 } else { self.ends[k - 1] };
        &self.steps[start..self.ends[k]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spikes_in_order_of_time_become_trains() {
        let spikes = Spikes { steps: vec![1, 1, 4, 9, 9], ids: vec![2, 7, 2, 0, 7] };
        let trains = Trains::new(&spikes);
        let all: Vec<_> = trains.iter().collect();
        assert_eq!(all, [(0, &[9][..]), (2, &[1, 4]), (7, &[1, 9])]);
        assert_eq!((trains.of(7), trains.of(1), trains.len()), (&[1, 9][..], &[][..], 3));
        assert!(Trains::new(&Spikes::default()).is_empty());
    }
}
