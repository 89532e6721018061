//! Trajectories of the plane, with spikes and resets, by the Runge-Kutta pair of Dormand and Prince (1980, doi:10.1016/0771-050X(80)90013-3).
//!
//! Steps are as long as the tolerance allows, and spikes are at their own times: this is the orbit itself, to which a run on a time
//! grid comes as its `dt` becomes small.

use super::plane::{Plane, Point};

/// Error allowed in a step, relative and absolute (mV, pA).
const TOLERANCE: f64 = 1e-9;
/// Steps after which a trajectory ends in any case.
const MOST: usize = 400_000;

/// A trajectory.
#[derive(Clone, Debug)]
pub struct Trajectory {
    /// Times in ms with their points.
    pub points: Vec<(f64, Point)>,
    /// Numbers of the points that a reset made of the ones before them.
    pub resets: Vec<usize>,
    /// Times of spikes in ms.
    pub spikes: Vec<f64>,
}

impl Trajectory {
    /// The last interval between spikes, where it repeats the one before it to a ten-thousandth.
    pub fn period(&self) -> Option<f64> {
        let [.., a, b, c] = self.spikes[..] else { return None };
        ((c - b) / (b - a) - 1.0).abs().lt(&1e-4).then_some(c - b)
    }

    /// The pieces between resets.
    pub fn pieces(&self) -> Vec<Vec<Point>> {
        let ends = self.resets.iter().copied().chain([self.points.len()]);
        let begins = std::iter::once(0).chain(self.resets.iter().copied());
        begins.zip(ends).map(|(a, b)| self.points[a..b].iter().map(|p| p.1).collect()).collect()
    }
}

/// The trajectory from a point for `duration` ms, with the free parameter at `free`.
pub fn trajectory(plane: &Plane, start: Point, duration: f64, free: f64) -> Trajectory {
    let flow = &plane.flow;
    let resets = !flow.reset.is_empty();
    // Short enough for a smooth picture.
    let longest = duration / 2000.0;
    let mut out = Trajectory { points: vec![(0.0, start)], resets: Vec::new(), spikes: Vec::new() };
    let (mut t, mut p, mut h) = (0.0, start, longest);
    let mut held_until = f64::NEG_INFINITY;
    for _ in 0..MOST {
        if t >= duration {
            break;
        }
        let held = t < held_until;
        let rates = |p: Point| {
            let rates = plane.rates(p, free);
            [0, 1].map(|k| if held && flow.variables[k].hold { 0.0 } else { rates[k] })
        };
        let end = if held { held_until.min(duration) } else { duration };
        let tried = h.min(longest).min(end - t);
        let (next, error) = step(&rates, p, tried);
        let allowed = |k: usize| TOLERANCE * (1.0 + p[k].abs().max(next[k].abs()));
        let size = (0..2).map(|k| (error[k] / allowed(k)).abs()).fold(0.0, f64::max);
        if !size.is_finite() || size > 1.0 {
            h = tried * if size.is_finite() { (0.9 * size.powf(-0.2)).max(0.1) } else { 0.1 };
            // An upstroke may be steeper than the time can tell; where no step is short enough the state is no number.
            if h < 1e-200 {
                break;
            }
            continue;
        }
        let spikes = !held && flow.above(&next, free) && (resets || !flow.above(&p, free));
        let (length, next) = if spikes { crossing(plane, &rates, p, tried, free) } else { (tried, next) };
        t = if !spikes && tried == end - t { end } else { t + length };
        p = next;
        out.points.push((t, p));
        h = tried * (0.9 * size.max(1e-10).powf(-0.2)).clamp(0.2, 5.0);
        if spikes {
            out.spikes.push(t);
            if resets {
                let refractory = flow.refractory.as_ref().map_or(0.0, |e| flow.value(e, &p, free));
                held_until = t + refractory;
                flow.reset(&mut p, free);
                out.resets.push(out.points.len());
                out.points.push((t, p));
                // A reset that stays above the threshold would spike for ever.
                if flow.above(&p, free) && refractory == 0.0 {
                    break;
                }
            }
        }
    }
    out
}

/// How far to go until the threshold holds, and where that is.
fn crossing(plane: &Plane, rates: &dyn Fn(Point) -> Point, p: Point, whole: f64, free: f64) -> (f64, Point) {
    let (mut low, mut high) = (0.0, whole);
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        match plane.flow.above(&step(rates, p, middle).0, free) {
            true => high = middle,
            false => low = middle,
        }
    }
    (high, step(rates, p, high).0)
}

/// One step of length `h`: the fifth-order result, and its difference from the fourth-order one.
fn step(rates: &dyn Fn(Point) -> Point, p: Point, h: f64) -> (Point, Point) {
    const A: [[f64; 6]; 6] = [
        [1.0 / 5.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [3.0 / 40.0, 9.0 / 40.0, 0.0, 0.0, 0.0, 0.0],
        [44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0, 0.0, 0.0, 0.0],
        [19372.0 / 6561.0, -25360.0 / 2187.0, 64448.0 / 6561.0, -212.0 / 729.0, 0.0, 0.0],
        [9017.0 / 3168.0, -355.0 / 33.0, 46732.0 / 5247.0, 49.0 / 176.0, -5103.0 / 18656.0, 0.0],
        [35.0 / 384.0, 0.0, 500.0 / 1113.0, 125.0 / 192.0, -2187.0 / 6784.0, 11.0 / 84.0],
    ];
    const E: [f64; 7] =
        [71.0 / 57600.0, 0.0, -71.0 / 16695.0, 71.0 / 1920.0, -17253.0 / 339200.0, 22.0 / 525.0, -1.0 / 40.0];
    let mut slopes = [[0.0; 2]; 7];
    slopes[0] = rates(p);
    let mut q = p;
    for (stage, row) in A.iter().enumerate() {
        q = [0, 1].map(|k| p[k] + h * (0..=stage).map(|s| row[s] * slopes[s][k]).sum::<f64>());
        slopes[stage + 1] = rates(q);
    }
    (q, [0, 1].map(|k| h * (0..7).map(|s| E[s] * slopes[s][k]).sum::<f64>()))
}
