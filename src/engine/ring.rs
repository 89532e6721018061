//! The delay ring: the spikes of each of the last steps, kept for as long as the longest delay.

/// Spikes by emission stamp (number of the step at whose end they were emitted).
#[derive(Clone, Debug)]
pub struct Ring {
    slots: Vec<Slot>,
    /// Every list gets this much room when it is next used, so that lists do not grow one after the other for ever.
    room: usize,
}

#[derive(Clone, Debug, Default)]
struct Slot {
    stamp: u64,
    ids: Vec<u32>,
}

impl Ring {
    /// A ring for delays up to `max_delay` steps, filled `epoch` steps at a time.
    pub fn new(max_delay: u32, epoch: u32) -> Self {
        let len = max_delay as usize + epoch.max(1) as usize;
        Self { slots: vec![Slot::default(); len], room: 16 }
    }

    /// Adds spikes emitted at `stamp`. Global ids must ascend over all calls for a stamp, and stamps over calls.
    pub fn push(&mut self, stamp: u64, ids: impl IntoIterator<Item = u32>) {
        let at = (stamp % self.slots.len() as u64) as usize;
        let slot = &mut self.slots[at];
        assert!(stamp >= slot.stamp, "step {stamp} is older than the ring, which is at {}", slot.stamp);
        if slot.stamp != stamp {
            slot.stamp = stamp;
            slot.ids.clear();
        }
        if slot.ids.capacity() < self.room {
            slot.ids.reserve_exact(self.room - slot.ids.len());
        }
        slot.ids.extend(ids);
        debug_assert!(slot.ids.is_sorted(), "the spikes of step {stamp} are not in order of ids");
        self.room = self.room.max(slot.ids.len().next_power_of_two());
    }

    /// The spikes emitted at `stamp`, in order of global ids; none where nothing was pushed.
    pub fn at(&self, stamp: u64) -> &[u32] {
        let slot = &self.slots[(stamp % self.slots.len() as u64) as usize];
        assert!(slot.stamp <= stamp, "the spikes of step {stamp} were overwritten by those of step {}", slot.stamp);
        if slot.stamp == stamp { &slot.ids } else { &[] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spikes_stay_for_the_longest_delay() {
        let mut ring = Ring::new(3, 2);
        assert!(ring.at(0).is_empty());
        for stamp in 0..100u64 {
            ring.push(stamp, [stamp as u32]);
            ring.push(stamp, [stamp as u32 + 1, stamp as u32 + 5]);
            for back in 0..=stamp.min(3) {
                let emitted = (stamp - back) as u32;
                assert_eq!(ring.at(stamp - back), [emitted, emitted + 1, emitted + 5]);
            }
        }
    }

    #[test]
    fn steps_without_a_push_are_empty() {
        let mut ring = Ring::new(2, 1);
        ring.push(4, [1, 2]);
        assert_eq!(ring.at(4), [1, 2]);
        assert!(ring.at(5).is_empty() && ring.at(6).is_empty() && ring.at(7).is_empty());
    }

    #[test]
    #[should_panic(expected = "were overwritten")]
    fn reading_too_far_back_is_a_bug() {
        let mut ring = Ring::new(2, 1);
        ring.push(9, [1]);
        ring.at(6);
    }

    #[test]
    fn lists_are_not_allocated_again_once_warm() {
        let mut ring = Ring::new(7, 2);
        (0..27).for_each(|stamp| ring.push(stamp, 0..100));
        let places: Vec<_> = ring.slots.iter().map(|slot| (slot.ids.as_ptr(), slot.ids.capacity())).collect();
        (27..500).for_each(|stamp| ring.push(stamp, 0..(stamp % 129) as u32));
        let later: Vec<_> = ring.slots.iter().map(|slot| (slot.ids.as_ptr(), slot.ids.capacity())).collect();
        assert_eq!(places, later);
    }
}
