//! The obvious synapse: spikes reach it in order of time, traces are summed spike by spike from their definition.

/// Which spikes of each side count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pairing {
    AllToAll,
    Nearest,
}

/// An event at a synapse, and all spikes that ever reach it, as ascending steps.
pub struct Now<'a> {
    pub step: u64,
    pub pre: &'a [u64],
    pub post: &'a [u64],
    pub pairing: Pairing,
    /// ms
    pub dt: f64,
}

impl Now<'_> {
    /// Trace of presynaptic spikes just before now.
    pub fn x(&self, tau: f64) -> f64 {
        self.trace(self.pre, tau)
    }
    /// Trace of postsynaptic spikes just before now.
    pub fn y(&self, tau: f64) -> f64 {
        self.trace(self.post, tau)
    }
    fn trace(&self, spikes: &[u64], tau: f64) -> f64 {
        let before = &spikes[..spikes.partition_point(|&s| s < self.step)];
        let kernel = |s: &u64| (-((self.step - s) as f64) * self.dt / tau).exp();
        match self.pairing {
            Pairing::AllToAll => before.iter().map(kernel).sum(),
            Pairing::Nearest => before.last().map_or(0.0, kernel),
        }
    }
    /// The presynaptic spike before this one.
    pub fn pre_before(&self) -> Option<u64> {
        self.pre[..self.pre.partition_point(|&s| s < self.step)].last().copied()
    }
    /// Time in ms since another step.
    pub fn since(&self, step: u64) -> f64 {
        (self.step - step) as f64 * self.dt
    }
}

/// A rule as its paper has it; keeps the variables of one synapse.
pub trait Rule {
    /// The weight after a presynaptic spike.
    fn pre(&mut self, w: f64, _now: &Now) -> f64 {
        w
    }
    /// The weight after a postsynaptic spike.
    fn post(&mut self, w: f64, _now: &Now) -> f64 {
        w
    }
    /// What the weight has become at step `to`, if nothing has happened at the synapse since step `from`.
    fn between(&self, w: f64, _from: u64, _to: u64) -> f64 {
        w
    }
    /// What a presynaptic spike brings to the receptor, asked right after it.
    fn sent(&self, w: f64) -> f64 {
        w
    }
}

/// Where a synapse sits between the two neurons, in steps.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub axon: u64,
    pub dendrite: u64,
}

/// What became of a synapse.
pub struct Course {
    /// The weight at each step from 0 on, all that reaches the synapse at that step included.
    pub weights: Vec<f64>,
    /// Step at which a spike reaches the receptor, and its amplitude.
    pub sent: Vec<(u64, f64)>,
    /// Steps at which spikes of both sides reached it.
    pub coincidences: usize,
    /// Where it sits.
    pub dendrite: u64,
}

/// Lives through the spikes that both neurons emit until step `steps`.
pub fn live(rule: &mut dyn Rule, w: f64, place: Place, emitted: [&[u64]; 2], pairing: Pairing, steps: u64) -> Course {
    let reach = |spikes: &[u64], delay: u64| -> Vec<u64> { spikes.iter().map(|s| s + delay).collect() };
    let (pre, post) = (reach(emitted[0], place.axon), reach(emitted[1], place.dendrite));
    let mut course = Course { weights: Vec::new(), sent: Vec::new(), coincidences: 0, dendrite: place.dendrite };
    let (mut w, mut from) = (w, 0);
    for step in 0..=steps {
        let now = Now { step, pre: &pre, post: &post, pairing, dt: super::network::DT };
        let reached = [&pre, &post].map(|spikes| spikes.binary_search(&step).is_ok());
        if reached != [false, false] {
            w = rule.between(w, from, step);
            from = step;
        }
        if reached[0] {
            w = rule.pre(w, &now);
            course.sent.push((step + place.dendrite, rule.sent(w)));
        }
        if reached[1] {
            w = rule.post(w, &now);
        }
        course.coincidences += usize::from(reached == [true, true]);
        course.weights.push(rule.between(w, from, step));
    }
    course
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    const HERE: Place = Place { axon: 0, dendrite: 0 };

    fn change(mut rule: impl Rule, pre: &[u64], post: &[u64]) -> f64 {
        let last = *pre.iter().chain(post).max().unwrap();
        live(&mut rule, 1.0, HERE, [pre, post], Pairing::AllToAll, last).weights[last as usize] - 1.0
    }

    #[test]
    fn a_pair_changes_the_weight_by_the_published_window() {
        let window = |amplitude: f64, ms: f64| amplitude * 2.0 * (-ms / 20.0).exp();
        let additive = |pre, post| change(rules::Additive { w_max: 2.0 }, &[pre], &[post]);
        assert!((additive(100, 200) - window(0.005, 10.0)).abs() < 1e-15);
        assert!((additive(200, 100) + window(0.00525, 10.0)).abs() < 1e-15);
        assert_eq!(additive(100, 100), 0.0);
    }

    #[test]
    fn sixty_pairs_at_two_rates_change_the_weight_as_in_visual_cortex() {
        // Sjöström et al. (2001), as fitted by Pfister and Gerstner (2006), figure 3: +10 ms does nothing at 0.1 Hz and potentiates at
        // 50 Hz, -10 ms depresses at 0.1 Hz and potentiates at 50 Hz.
        let pairs = |interval: u64, lead: i64| {
            let pre: Vec<u64> = (1..=60).map(|k| k * interval).collect();
            let post: Vec<u64> = pre.iter().map(|&s| s.checked_add_signed(lead).expect("a step")).collect();
            change(rules::Triplet { w_0: 1.0, w_max: 9.0, set: rules::VISUAL }, &pre, &post)
        };
        assert!(pairs(100_000, 100).abs() < 0.01);
        assert!((-0.4..-0.2).contains(&pairs(100_000, -100)));
        assert!(pairs(200, 100) > 0.2 && pairs(200, -100) > 0.1);
    }

    #[test]
    fn both_ways_of_the_delay_are_seen() {
        // Emitted 2 ms apart; what counts is (t_post + dendrite) - (t_pre + axon).
        let at = |axon: u64, dendrite: u64| {
            let place = Place { axon, dendrite };
            let course =
                live(&mut rules::Additive { w_max: 2.0 }, 1.0, place, [&[100], &[120]], Pairing::AllToAll, 200);
            assert_eq!(course.sent[0].0, 100 + axon + dendrite);
            course.weights[200] - 1.0
        };
        assert!((at(0, 30) - 0.01 * (-0.25f64).exp()).abs() < 1e-15);
        assert!((at(30, 0) + 0.0105 * (-0.05f64).exp()).abs() < 1e-15);
        assert_eq!(at(20, 0), 0.0);
    }
}
