//! The delay ring: the spikes of each of the last steps, kept for as long as the longest delay.

/// Spikes by emission stamp (number of the step at whose end they were emitted).
#[derive(Clone, Debug)]
pub struct Ring {
    slots: Vec<Slot>,
    /// Every list gets this much room when it is next used, so that lists do not grow one after the other for
    /// ever.
    room: usize,
}

/// Room for the spikes of a step to begin with: more than most networks ever need.
pub(super) fn room_for(neurons: usize) -> usize {
    (neurons / 16).max(16)
}

#[derive(Clone, Debug, Default)]
struct Slot {
    stamp: u64,
    ids: Vec<u32>,
}

impl Ring {
    /// A ring for delays up to `max_delay` steps, filled `epoch` steps at a time with the spikes of `neurons` neurons.
    pub fn new(max_delay: u32, epoch: u64, neurons: usize) -> Self {
        // A power of two: places are found by masks, as a step asks for as many as there are delays.
        let len = (max_delay as usize + epoch.max(1) as usize).next_power_of_two();
        Self { slots: vec![Slot::default(); len], room: room_for(neurons) }
    }

    fn place(&self, stamp: u64) -> usize {
        stamp as usize & (self.slots.len() - 1)
    }

    /// The list of spikes emitted at `stamp`, to which global ids are added in ascending order.
    pub fn slot_mut(&mut self, stamp: u64) -> &mut Vec<u32> {
        let at = self.place(stamp);
        let slot = &mut self.slots[at];
        assert!(stamp >= slot.stamp, "step {stamp} is older than the ring, which is at {}", slot.stamp);
        if slot.stamp != stamp {
            if slot.ids.len() > self.room {
                self.room = (2 * slot.ids.len()).next_power_of_two();
            }
            slot.stamp = stamp;
            slot.ids.clear();
            slot.ids.reserve(self.room);
        }
        &mut slot.ids
    }

    /// The spikes emitted at `stamp`, in order of global ids; none where there were none.
    pub fn at(&self, stamp: u64) -> &[u32] {
        let slot = &self.slots[self.place(stamp)];
        assert!(slot.stamp <= stamp, "the spikes of step {stamp} were overwritten by those of step {}", slot.stamp);
        if slot.stamp == stamp { &slot.ids } else { &[] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spikes_stay_for_the_longest_delay() {
        let mut ring = Ring::new(3, 2, 0);
        assert!(ring.at(0).is_empty());
        for stamp in 0..100u64 {
            ring.slot_mut(stamp).extend([stamp as u32]);
            ring.slot_mut(stamp).extend([stamp as u32 + 1, stamp as u32 + 5]);
            for back in 0..=stamp.min(3) {
                let emitted = (stamp - back) as u32;
                assert_eq!(ring.at(stamp - back), [emitted, emitted + 1, emitted + 5]);
            }
        }
    }

    #[test]
    fn steps_without_spikes_are_empty() {
        let mut ring = Ring::new(2, 1, 0);
        ring.slot_mut(4).extend([1, 2]);
        assert_eq!(ring.at(4), [1, 2]);
        assert!(ring.at(5).is_empty() && ring.at(6).is_empty() && ring.at(7).is_empty());
    }

    #[test]
    #[should_panic(expected = "were overwritten")]
    fn reading_too_far_back_is_a_bug() {
        let mut ring = Ring::new(2, 1, 0);
        ring.slot_mut(9).extend([1]);
        ring.at(5);
    }

    #[test]
    fn lists_are_not_allocated_again_once_warm() {
        let mut ring = Ring::new(7, 2, 0);
        (0..48).for_each(|stamp| ring.slot_mut(stamp).extend(0..100));
        let places: Vec<_> = ring.slots.iter().map(|slot| (slot.ids.as_ptr(), slot.ids.capacity())).collect();
        (48..500).for_each(|stamp| ring.slot_mut(stamp).extend(0..(stamp % 129) as u32));
        let later: Vec<_> = ring.slots.iter().map(|slot| (slot.ids.as_ptr(), slot.ids.capacity())).collect();
        assert_eq!(places, later);
    }
}
