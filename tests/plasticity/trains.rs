//! Spike trains that try a synapse: sparse, dense on grids of 1 ms and 0.2 ms, bursts of 500 Hz, silence, and neurons that hardly ever spike.

/// Steps of a run, 0.1 ms each.
pub const STEPS: u64 = 12_000;

/// SplitMix64 (Steele, Lea, Flood 2014).
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Probability of a spike at a step, for neurons on either side.
fn probability(step: u64, post: bool) -> f64 {
    let on = |every: u64, p: f64| if step.is_multiple_of(every) { p } else { 0.0 };
    match step {
        0..3000 => 0.004,
        // Here many spikes of both sides meet at the synapse.
        3000..4000 => on(10, 0.4),
        4000..5000 => on(2, 0.1),
        // The target's history fills while little comes to read it.
        5000..5600 if post => on(20, 1.0),
        5000..5600 => 0.002,
        5600..9600 => 0.0,
        // Both sides at once, at any step.
        9600..10_000 => on(20, 1.0),
        _ => 0.01,
    }
}

/// Trains of `n` neurons, as ascending steps from 2 on. The last neuron never spikes; of sources, the one before it spikes twice, and
/// all that the targets did between has to be kept for it.
pub fn trains(n: usize, post: bool, seed: u64) -> Vec<Vec<u64>> {
    let mut random = Random(seed);
    let mut trains: Vec<Vec<u64>> =
        (0..n).map(|_| (2..STEPS).filter(|&step| random.unit() < probability(step, post)).collect()).collect();
    trains[n - 1].clear();
    if !post {
        trains[n - 2] = vec![50, STEPS - 60];
    }
    trains
}
