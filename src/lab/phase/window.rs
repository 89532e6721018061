//! The part of the plane that is shown when nobody says which.

use super::{
    plane::{Plane, Point, Window},
    trajectory::{Trajectory, trajectory},
};
use crate::{
    lang::{
        algebra::names,
        ast::{Binary, Expr, Node},
        flow::{Flow, depends_on},
    },
    quantity::Dim,
};

/// Potentials that are shown at least, in mV: from below rest to a threshold, or to the height of a spike where there is none.
const POTENTIALS: (f64, f64) = (-90.0, 50.0);

/// Length of the excursion after a spike that a window of a model without reset holds, in ms.
const EXCURSION: f64 = 200.0;

/// A window that holds all trajectories, the threshold, and the nullcline of the second variable where that is a function of the first.
pub fn automatic(
    plane: &Plane,
    free: f64,
    paths: &[Trajectory],
    x: Option<(f64, f64)>,
    y: Option<(f64, f64)>,
) -> Window {
    let flow = &plane.flow;
    let threshold = level(flow, free);
    let initial = [flow.variables[0].initial, flow.variables[1].initial];
    // Where nothing resets, a spike goes all the way round.
    let around_once =
        threshold.filter(|_| flow.reset.is_empty()).map(|v| trajectory(plane, [v, initial[1]], EXCURSION, free));
    let seen = |k: usize| {
        let points = paths.iter().chain(&around_once).flat_map(|path| &path.points).map(move |p| p.1[k]);
        hull(points.chain([initial[k]]))
    };
    let x = x.unwrap_or_else(|| {
        let (low, high) = seen(0);
        let potentials = flow.variables[0].dim == Dim::VOLTAGE;
        let high = hull([high, threshold.unwrap_or(if potentials { POTENTIALS.1 } else { high })].into_iter()).1;
        match potentials {
            true => (low.min(POTENTIALS.0), high + if around_once.is_some() { 5.0 } else { 0.0 }),
            false => wider((low, high), 0.15),
        }
    });
    let y = y.unwrap_or_else(|| {
        let (low, high) = seen(1);
        let of_x = |s: &Expr| depends_on(flow, s).iter().all(|n| *n == flow.variables[0].name);
        let steady = flow.relaxation(1).map(|r| r.0).filter(of_x);
        let at = |k: i32| x.0 + (x.1 - x.0) * f64::from(k) / 100.0;
        let line = steady.iter().flat_map(|s| (0..=100).map(|k| flow.value(s, &[at(k), 0.0], free)));
        wider(hull(line.chain([low, high]).chain(jumps(flow, free))), 0.06)
    });
    Window { x, y }
}

impl Window {
    /// Does a trajectory stay within a hundredth of the window?
    pub(super) fn holds_still(&self, path: &Trajectory) -> bool {
        [self.x, self.y].into_iter().enumerate().all(|(k, (low, high))| {
            let (least, greatest) = hull(path.points.iter().map(|p| p.1[k]));
            greatest - least < 0.01 * (high - low)
        })
    }
}

/// Least and greatest of the finite values.
fn hull(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.filter(|v| v.is_finite()).fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)))
}

/// Wider by this share on both sides; a single value gets 1 on both.
fn wider((low, high): (f64, f64), share: f64) -> (f64, f64) {
    let air = if high - low > 1e-9 * low.abs().max(high.abs()) { share * (high - low) } else { 1.0 };
    (low - air, high + air)
}

/// The value of the first variable at which the neuron spikes, where its threshold says one.
pub(super) fn level(flow: &Flow, free: f64) -> Option<f64> {
    let Node::Binary(op, a, b) = &*flow.threshold.as_ref()?.node else { return None };
    let is_x = matches!(&*a.node, Node::Name(n) if *n == flow.variables[0].name);
    let rises = matches!(op, Binary::Gt | Binary::Ge) && is_x && depends_on(flow, b).is_empty() && names(b).is_empty();
    rises.then(|| flow.value(b, &flow.initial(), free))
}

/// Where three resets in a row would bring the second variable: a scale for models that rest.
fn jumps(flow: &Flow, free: f64) -> Vec<f64> {
    let mut state: Point = [flow.variables[0].initial, flow.variables[1].initial];
    let mut after = || {
        flow.reset(&mut state, free);
        state[1]
    };
    if flow.reset.is_empty() { Vec::new() } else { vec![after(), after(), after()] }
}
