//! Time as whole steps, cut into epochs and phases.

use crate::plan::When;

/// Steps `from .. from + steps` that every block may run through alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// First step.
    pub from: u64,
    /// How many.
    pub steps: u64,
    /// Its phase.
    pub phase: usize,
}

/// Cuts a run into epochs of at most `longest` steps that cross neither phases nor stops.
#[derive(Clone, Debug)]
pub struct Clock {
    ends: Vec<u64>,
    stops: Vec<When>,
    longest: u64,
    now: u64,
}

impl Clock {
    /// A clock at step 0.
    pub fn new(phases: impl IntoIterator<Item = u64>, stops: Vec<When>, longest: u64) -> Self {
        let ends = phases.into_iter().scan(0, |end, steps| {
            *end += steps;
            Some(*end)
        });
        Self { ends: ends.collect(), stops, longest, now: 0 }
    }
}

impl Iterator for Clock {
    type Item = Epoch;

    fn next(&mut self) -> Option<Epoch> {
        let phase = self.ends.iter().position(|&end| end > self.now)?;
        let stop = |when: &When| match when {
            When::Every(steps) => (self.now + 1).next_multiple_of(*steps),
            When::At(stamps) => stamps.get(stamps.partition_point(|&s| s <= self.now)).copied().unwrap_or(u64::MAX),
        };
        let end = self.stops.iter().map(stop).fold(self.ends[phase], u64::min);
        let steps = self.longest.min(end - self.now);
        let epoch = Epoch { from: self.now, steps, phase };
        self.now += steps;
        Some(epoch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_cover_every_step_once_and_keep_to_their_phase() {
        let epochs: Vec<_> = Clock::new([5, 0, 4], Vec::new(), 3).map(|e| (e.from, e.steps, e.phase)).collect();
        assert_eq!(epochs, [(0, 3, 0), (3, 2, 0), (5, 3, 2), (8, 1, 2)]);
    }

    #[test]
    fn epochs_end_at_stops() {
        let ends = Clock::new([20], vec![When::Every(6), When::At(vec![0, 7, 20])], 5).map(|e| e.from + e.steps);
        assert_eq!(ends.collect::<Vec<_>>(), [5, 6, 7, 12, 17, 18, 20]);
    }
}
