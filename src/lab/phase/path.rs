//! A branch of fixed points, followed by its arc length, so that it goes on around a fold (Keller HB 1977, in: Applications of Bifurcation
//! Theory, Academic Press, 359-384). Lengths are in sizes of the window and of the parameter's range.

use super::{
    fixed::FixedPoint,
    plane::{Plane, Point, Window},
    scan::{Bifurcation, Change, ScanPoint},
};

/// Longest and shortest step along a branch.
const STEP: (f64, f64) = (5e-3, 1e-9);
/// Points of a branch after which it ends in any case.
const MOST: usize = 20_000;

/// A point with its parameter.
pub type Place = [f64; 3];

/// What is followed: fixed points of a plane over a range of its free parameter.
pub struct Path<'a> {
    pub plane: &'a Plane,
    pub range: (f64, f64),
    pub window: &'a Window,
}

impl Path<'_> {
    fn sizes(&self) -> Place {
        let size = self.window.size();
        [size[0], size[1], self.range.1 - self.range.0]
    }

    /// The fixed point at a place.
    pub fn point(&self, z: Place) -> ScanPoint {
        ScanPoint { value: z[2], fixed: FixedPoint::new(self.plane, [z[0], z[1]], z[2]) }
    }

    /// Both equations and their derivatives, in sizes, each divided by the length of its derivatives.
    fn equations(&self, z: Place) -> ([f64; 2], [Place; 2]) {
        let (p, sizes) = ([z[0], z[1]], self.sizes());
        let (rates, jacobian, along) =
            (self.plane.rates(p, z[2]), self.plane.jacobian(p, z[2]), self.plane.along(p, z[2]));
        let (mut values, mut rows) = ([0.0; 2], [[0.0; 3]; 2]);
        for k in 0..2 {
            let row = [jacobian[k][0] * sizes[0], jacobian[k][1] * sizes[1], along[k] * sizes[2]];
            let length = dot(row, row).sqrt();
            values[k] = rates[k] / length;
            rows[k] = row.map(|entry| entry / length);
        }
        (values, rows)
    }

    /// The branch's direction, of length 1, on the side of the one before.
    pub fn tangent(&self, z: Place, before: Option<Place>) -> Option<Place> {
        let (_, [a, b]) = self.equations(z);
        let t = cross(a, b);
        let length = dot(t, t).sqrt();
        // Rows that are parallel to rounding: branches cross here.
        if length.is_nan() || length <= 1e-12 {
            return None;
        }
        let side = before.map_or(1.0, |before| dot(t, before).signum());
        Some(t.map(|entry| side * entry / length))
    }

    /// From a place near the branch onto it, at right angles to `tangent`.
    fn correct(&self, from: Place, tangent: Place) -> Option<Place> {
        let sizes = self.sizes();
        let mut z = from;
        for _ in 0..12 {
            let (values, [a, b]) = self.equations(z);
            let off: f64 = (0..3).map(|k| (z[k] - from[k]) / sizes[k] * tangent[k]).sum();
            let det = dot(a, cross(b, tangent));
            let right = [-values[0], -values[1], -off];
            let (bt, ta, ab) = (cross(b, tangent), cross(tangent, a), cross(a, b));
            let step = [0, 1, 2].map(|k| (right[0] * bt[k] + right[1] * ta[k] + right[2] * ab[k]) / det);
            if !step.iter().all(|s| s.is_finite()) {
                return None;
            }
            (0..3).for_each(|k| z[k] += step[k] * sizes[k]);
            if dot(step, step).sqrt() < 1e-13 {
                return Some(z);
            }
        }
        // Rounding keeps the last steps from becoming smaller where equations are stiff.
        let (values, _) = self.equations(z);
        (values[0].hypot(values[1]) < 1e-11).then_some(z)
    }

    fn ahead(&self, z: Place, tangent: Place, length: f64) -> Option<Place> {
        let sizes = self.sizes();
        self.correct([0, 1, 2].map(|k| z[k] + length * tangent[k] * sizes[k]), tangent)
    }

    fn holds(&self, z: Place) -> bool {
        (self.range.0..=self.range.1).contains(&z[2]) && self.window.wider(1.0).holds([z[0], z[1]])
    }

    /// The branch from a place on one side, until it leaves the range or the window's surroundings, or closes.
    pub fn follow(&self, start: Place, tangent: Place, found: &mut Vec<Bifurcation>) -> Vec<Place> {
        let (mut z, mut tangent, mut step) = (start, tangent, STEP.0 / 8.0);
        let mut branch = vec![start];
        while branch.len() < MOST && step > STEP.1 {
            let next = self.ahead(z, tangent, step).and_then(|next| Some((next, self.tangent(next, Some(tangent))?)));
            let Some((next, turned)) = next.filter(|(_, turned)| dot(tangent, *turned) > 0.98) else {
                step *= 0.5;
                continue;
            };
            if !self.holds(next) {
                // The last point is the range's end itself.
                let end = next[2].clamp(self.range.0, self.range.1);
                let last = self.plane.newton([next[0], next[1]], end, self.window);
                let near = last.filter(|p| self.window.distance(*p, [z[0], z[1]]) < 3.0 * step);
                if let Some(p) = near.filter(|_| end != next[2]) {
                    self.changes((z, tangent), ([p[0], p[1], end], turned), step, found);
                    branch.push([p[0], p[1], end]);
                }
                break;
            }
            self.changes((z, tangent), (next, turned), step, found);
            branch.push(next);
            let sizes = self.sizes();
            let home: f64 = (0..3).map(|k| ((next[k] - start[k]) / sizes[k]).powi(2)).sum::<f64>().sqrt();
            if branch.len() > 10 && home < 0.5 * step {
                break;
            }
            (z, tangent) = (next, turned);
            step = (1.4 * step).min(STEP.0);
        }
        branch
    }

    /// Bifurcations between two neighbouring places of a branch.
    fn changes(&self, a: (Place, Place), b: (Place, Place), step: f64, found: &mut Vec<Bifurcation>) {
        let [first, second] = [a.0, b.0].map(|z| self.point(z).fixed);
        let folds = (first.determinant() < 0.0) != (second.determinant() < 0.0);
        if folds {
            let change = if (a.1[2] < 0.0) != (b.1[2] < 0.0) { Change::Fold } else { Change::BranchPoint };
            let at = self.zero(a, step, &|f| f.determinant());
            found.extend(at.map(|at| Bifurcation { change, at }));
        }
        if (first.trace() < 0.0) != (second.trace() < 0.0) {
            let at = self.zero(a, step, &|f| f.trace());
            // With a negative determinant it is a saddle whose eigenvalues are equal in size: nothing happens.
            let at = at.filter(|at| at.fixed.determinant() > 0.0);
            found.extend(at.map(|at| Bifurcation { change: Change::SupercriticalHopf, at }));
        }
    }

    /// Where a quantity changes its sign within a step, by halving the step.
    fn zero(&self, (z, tangent): (Place, Place), step: f64, of: &dyn Fn(&FixedPoint) -> f64) -> Option<ScanPoint> {
        let sign = of(&self.point(z).fixed) < 0.0;
        let (mut low, mut high) = (0.0, step);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            match (of(&self.point(self.ahead(z, tangent, middle)?).fixed) < 0.0) == sign {
                true => low = middle,
                false => high = middle,
            }
        }
        let at = self.point(self.ahead(z, tangent, high)?);
        (self.range.0..=self.range.1).contains(&at.value).then_some(at)
    }

    /// Whether a branch goes through a fixed point at this value of the parameter.
    pub fn passes(&self, branch: &[ScanPoint], value: f64, p: Point) -> bool {
        branch.windows(2).any(|pair| {
            let (a, b) = (pair[0].value, pair[1].value);
            if !(a.min(b)..=a.max(b)).contains(&value) {
                return false;
            }
            let share = if a == b { 0.5 } else { (value - a) / (b - a) };
            let between = [0, 1].map(|k| pair[0].fixed.at[k] + share * (pair[1].fixed.at[k] - pair[0].fixed.at[k]));
            self.window.distance(between, p) < 2.0 * STEP.0
                && self
                    .plane
                    .newton(between, value, self.window)
                    .is_some_and(|root| self.window.distance(root, p) < 1e-6)
        })
    }
}

fn dot(a: Place, b: Place) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: Place, b: Place) -> Place {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
