//! Traces of presynaptic spikes at later postsynaptic ones, without an exponential for each pair of them.

use crate::{kernel::Real, lang::learning::Trace};

/// Steps for which one table suffices.
const NEAR: usize = 4096;
/// Multiples of them in another one.
const FAR: usize = 256;

/// A trace after the presynaptic spike that was last at some synapses.
#[derive(Debug)]
pub struct Fading<T> {
    trace: Trace,
    /// What is left of it after so many steps, and after so many times [`NEAR`] steps: the decay is the product of both.
    near: Box<[T; NEAR]>,
    far: Vec<T>,
    /// Stamp of the spike at which the synapses met it.
    met: i32,
    /// The trace right before the spike, and after it.
    before: T,
    after: T,
}

impl<T: Real> Fading<T> {
    pub fn new(trace: Trace) -> Self {
        Self {
            trace,
            near: Box::new(std::array::from_fn(|n| left(trace, n))),
            far: (0..FAR).map(|n| left(trace, n * NEAR)).collect(),
            met: 0,
            before: T::ZERO,
            after: T::ZERO,
        }
    }

    /// The presynaptic spike that met the synapses with postsynaptic spikes of stamp `met`, and the trace before and after it.
    pub fn set(&mut self, before: f64, after: f64, met: i32) {
        (self.before, self.after, self.met) = (T::from_f64(before), T::from_f64(after), met);
    }

    /// The trace at some postsynaptic spikes, none later than `newest`. One that was there at the same time does not see the jump.
    pub fn at(&self, stamps: &[i32], newest: i32, out: &mut [T]) {
        let Self { trace, near, far, met, before, after } = self;
        let value = |steps: i32| if steps == 0 { *before } else { *after * near[steps as usize % NEAR] };
        // The other factor would be 1.
        if newest - met < NEAR as i32 {
            out.iter_mut().zip(stamps).for_each(|(out, &stamp)| *out = value(stamp - met));
            return;
        }
        for (out, &stamp) in out.iter_mut().zip(stamps) {
            let steps = stamp - met;
            let n = steps as usize / NEAR;
            *out = value(steps) * far.get(n).copied().unwrap_or_else(|| left(*trace, n * NEAR));
        }
    }

    /// Memory of its tables.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.near[..]) + size_of_val(&self.far[..])
    }
}

/// What is left of a trace after some steps.
fn left<T: Real>(trace: Trace, steps: usize) -> T {
    T::from_f64(trace.decayed(1.0, steps as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_the_decay() {
        for tau in [0.01, 3.0, 150.0, 1e6] {
            let mut fading = Fading::<f64>::new(Trace { rate: 1.0 / tau, nearest: false });
            for met in [-30, 0, 123_456] {
                fading.set(0.25, 1.25, met);
                for later in [1, 2, 50, 1000, 4095, 4096, 100_000, 2_000_000] {
                    let expected = 1.25 * (-f64::from(later) / tau).exp();
                    // Rounding an exponent a moves its exponential by a times as much.
                    let tolerance = (4.0 + f64::from(later) / tau) * f64::EPSILON;
                    // Nothing depends on what else has happened.
                    for newest in [0, 5000].map(|more| met + later + more) {
                        let mut value = [0.0];
                        fading.at(&[met + later], newest, &mut value);
                        let error = (value[0] - expected).abs();
                        assert!(error <= tolerance * expected, "{tau} {met} {later}: {value:?} {expected}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_spike_that_comes_together_does_not_see_the_jump() {
        for newest in [47, 9_000] {
            let mut fading = Fading::<f64>::new(Trace { rate: 0.01, nearest: false });
            fading.set(0.5, 1.5, 40);
            let mut out = [0.0; 2];
            fading.at(&[40, 47], newest, &mut out);
            assert!(out[0] == 0.5 && (out[1] - 1.5 * (-0.07f64).exp()).abs() < 1e-15, "{out:?}");
        }
    }
}
