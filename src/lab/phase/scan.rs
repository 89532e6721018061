//! Fixed points along a parameter, and the values at which they appear, vanish or lose their stability.

use super::{
    contour::zero_lines,
    fixed::{FixedPoint, fixed_points},
    lyapunov::first_lyapunov,
    path::Path,
    plane::{Plane, Window},
};
use crate::error::Result;

/// Values of the parameter at which branches are looked for.
const STARTS: usize = 9;
/// Cells of the grid on which they are looked for.
const CELLS: usize = 160;

/// A fixed point at one value of the parameter.
#[derive(Clone, Copy, Debug)]
pub struct ScanPoint {
    /// The parameter, in internal units.
    pub value: f64,
    /// The fixed point there.
    pub fixed: FixedPoint,
}

/// What happens at a value of the parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A pair of imaginary eigenvalues: an oscillation is born. Where it is stable, it grows from nothing.
    SupercriticalHopf,
    /// The same with an unstable oscillation: the state jumps.
    SubcriticalHopf,
    /// Two fixed points meet and vanish.
    Fold,
    /// Branches cross.
    BranchPoint,
}

impl Change {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Change::SupercriticalHopf => "Hopf, supercritical",
            Change::SubcriticalHopf => "Hopf, subcritical",
            Change::Fold => "fold (saddle-node)",
            Change::BranchPoint => "branch point",
        }
    }
}

/// A bifurcation.
#[derive(Clone, Copy, Debug)]
pub struct Bifurcation {
    /// Which.
    pub change: Change,
    /// Where.
    pub at: ScanPoint,
}

impl Bifurcation {
    /// Of the oscillation that is born at a Hopf point, per ms.
    pub fn frequency(&self) -> Option<f64> {
        let hopf = matches!(self.change, Change::SupercriticalHopf | Change::SubcriticalHopf);
        hopf.then(|| self.at.fixed.determinant().sqrt() / std::f64::consts::TAU)
    }
}

/// What a scan finds.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    /// Branches of fixed points.
    pub branches: Vec<Vec<ScanPoint>>,
    /// Bifurcations, by the parameter.
    pub bifurcations: Vec<Bifurcation>,
}

/// Follows all fixed points in `window` along the plane's free parameter over `range`.
///
/// # Errors
/// Right sides without the derivatives that tell the kind of a Hopf point.
pub fn scan(plane: &Plane, range: (f64, f64), window: &Window) -> Result<Scan> {
    let path = Path { plane, range, window };
    let mut out = Scan::default();
    for k in 0..STARTS {
        // Both ends, and values between them that are not as round as those at which things happen.
        let value = range.0 + (range.1 - range.0) * (k as f64 / (STARTS - 1) as f64);
        let nullclines = zero_lines(&|p| plane.rate(0, p, value), window, CELLS);
        for fixed in fixed_points(plane, &nullclines, value, window) {
            if !out.branches.iter().any(|branch| path.passes(branch, value, fixed.at)) {
                let start = [fixed.at[0], fixed.at[1], value];
                let Some(tangent) = path.tangent(start, None) else { continue };
                let mut branch = path.follow(start, tangent.map(|t| -t), &mut out.bifurcations);
                branch.reverse();
                branch.pop();
                branch.extend(path.follow(start, tangent, &mut out.bifurcations));
                out.branches.push(branch.into_iter().map(|z| path.point(z)).collect());
            }
        }
    }
    for hopf in out.bifurcations.iter_mut().filter(|b| b.change == Change::SupercriticalHopf) {
        if first_lyapunov(&plane.flow, &hopf.at.fixed, hopf.at.value)? > 0.0 {
            hopf.change = Change::SubcriticalHopf;
        }
    }
    out.bifurcations.sort_by(|a, b| a.at.value.total_cmp(&b.at.value));
    Ok(out)
}
