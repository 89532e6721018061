//! Fixed points of the plane: where both nullclines meet, and what the flow does around them.

use std::fmt;

use super::{
    contour::Polyline,
    plane::{Plane, Point, Window},
};

/// Shares of their natural size below which trace and determinant count as zero: a double root is known to half the digits.
const FLAT: f64 = 1e-6;

/// What a fixed point is, by the eigenvalues of its Jacobian (Strogatz SH 2014, Nonlinear Dynamics and Chaos, 2nd ed, section 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Real eigenvalues below 0.
    StableNode,
    /// Real eigenvalues above 0.
    UnstableNode,
    /// Complex eigenvalues with a negative real part.
    StableFocus,
    /// Complex eigenvalues with a positive real part.
    UnstableFocus,
    /// Real eigenvalues of opposite signs.
    Saddle,
    /// Imaginary eigenvalues: trace 0, as at a Hopf point.
    Centre,
    /// An eigenvalue of 0: determinant 0, as at a fold.
    SaddleNode,
}

impl Kind {
    /// Do all small perturbations decay?
    pub fn is_stable(self) -> bool {
        matches!(self, Kind::StableNode | Kind::StableFocus)
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Kind::StableNode => "stable node",
            Kind::UnstableNode => "unstable node",
            Kind::StableFocus => "stable focus",
            Kind::UnstableFocus => "unstable focus",
            Kind::Saddle => "saddle",
            Kind::Centre => "centre",
            Kind::SaddleNode => "saddle-node",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A fixed point with its linearisation.
#[derive(Clone, Copy, Debug)]
pub struct FixedPoint {
    /// Where it is.
    pub at: Point,
    /// The Jacobian, row by row.
    pub jacobian: [Point; 2],
}

impl FixedPoint {
    /// The linearisation at a point.
    pub fn new(plane: &Plane, at: Point, free: f64) -> Self {
        Self { at, jacobian: plane.jacobian(at, free) }
    }

    /// Sum of the eigenvalues, per ms.
    pub fn trace(&self) -> f64 {
        self.jacobian[0][0] + self.jacobian[1][1]
    }

    /// Product of the eigenvalues, per ms^2.
    pub fn determinant(&self) -> f64 {
        let [[a, b], [c, d]] = self.jacobian;
        a * d - b * c
    }

    /// Both eigenvalues as real and imaginary part, per ms.
    pub fn eigenvalues(&self) -> [(f64, f64); 2] {
        let (half, det) = (0.5 * self.trace(), self.determinant());
        let under = half * half - det;
        if under < 0.0 {
            return [(half, (-under).sqrt()), (half, -(-under).sqrt())];
        }
        // The larger in size first, the other from the product: no digits cancel.
        let large = half + under.sqrt().copysign(half);
        let small = if large == 0.0 { 0.0 } else { det / large };
        [(large.max(small), 0.0), (large.min(small), 0.0)]
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        let [[a, b], [c, d]] = self.jacobian;
        let (trace, det) = (self.trace(), self.determinant());
        if det.abs() <= FLAT * ((a * d).abs() + (b * c).abs()) {
            return Kind::SaddleNode;
        }
        if det < 0.0 {
            return Kind::Saddle;
        }
        if trace.abs() <= FLAT * (a.abs() + d.abs() + det.sqrt()) {
            return Kind::Centre;
        }
        match (trace < 0.0, trace * trace < 4.0 * det) {
            (true, true) => Kind::StableFocus,
            (true, false) => Kind::StableNode,
            (false, true) => Kind::UnstableFocus,
            (false, false) => Kind::UnstableNode,
        }
    }
}

/// All fixed points on the nullclines of the first variable, ordered by it.
pub fn fixed_points(plane: &Plane, nullclines: &[Polyline], free: f64, window: &Window) -> Vec<FixedPoint> {
    let mut found: Vec<Point> = Vec::new();
    for start in nullclines.iter().flat_map(|line| starts(plane, line, free, window)) {
        let Some(root) = plane.newton(start, free, window) else { continue };
        // Two roots closer than this are one: a double root is known to about 1e-7.
        if window.wider(1e-9).holds(root) && found.iter().all(|p| window.distance(*p, root) > 3e-7) {
            found.push(root);
        }
    }
    found.sort_by(|a, b| a.partial_cmp(b).expect("Newton's method ends at finite points"));
    found.into_iter().map(|at| FixedPoint::new(plane, at, free)).collect()
}

/// Where to look for fixed points along a nullcline of the first variable: sign changes of the other one's derivative, on both sides of
/// an extremum too that reaches zero or nearly does.
fn starts(plane: &Plane, line: &Polyline, free: f64, window: &Window) -> Vec<Point> {
    let other = |p: Point| plane.rate(1, p, free);
    let values: Vec<f64> = line.iter().map(|&p| other(p)).collect();
    let mut out = Vec::new();
    for k in 1..line.len() {
        if (values[k - 1] < 0.0) != (values[k] < 0.0) {
            let chord = Chord { plane, free, window, a: line[k - 1], b: line[k] };
            out.push(chord.root(&|p| other(p), values[k - 1]));
        }
    }
    for k in 1..line.len().saturating_sub(1) {
        let [before, here, after] = [k - 1, k, k + 1].map(|i| values[i]);
        let one_sign = (before < 0.0) == (here < 0.0) && (here < 0.0) == (after < 0.0);
        if !one_sign || here.abs() > before.abs() || here.abs() > after.abs() {
            continue;
        }
        let sign = if here < 0.0 { -1.0 } else { 1.0 };
        let chord = Chord { plane, free, window, a: line[k - 1], b: line[k + 1] };
        let lowest = chord.lowest(&|p| sign * other(p));
        if sign * other(lowest) < 0.0 {
            for end in [line[k - 1], line[k + 1]] {
                out.push(Chord { a: end, b: lowest, ..chord }.root(&|p| other(p), here));
            }
        } else {
            out.push(lowest);
        }
    }
    out
}

/// A piece of a nullcline of the first variable: points between two of its points, moved onto it.
#[derive(Clone, Copy)]
struct Chord<'a> {
    plane: &'a Plane,
    free: f64,
    window: &'a Window,
    a: Point,
    b: Point,
}

impl Chord<'_> {
    /// The point at `s` between 0 and 1. The way onto the nullcline is the gradient's, in sizes of the window.
    fn at(&self, s: f64) -> Point {
        let mut p = [0, 1].map(|k| self.a[k] + s * (self.b[k] - self.a[k]));
        let size = self.window.size();
        for _ in 0..4 {
            let value = self.plane.rate(0, p, self.free);
            let gradient = self.plane.gradient(0, p, self.free);
            let steep: f64 = (0..2).map(|k| (gradient[k] * size[k]).powi(2)).sum();
            if !(value / steep).is_finite() {
                break;
            }
            for k in 0..2 {
                p[k] -= value * gradient[k] * size[k] * size[k] / steep;
            }
        }
        p
    }

    /// The root of `f`, whose value at `a` is given, by halving.
    fn root(&self, f: &dyn Fn(Point) -> f64, at_a: f64) -> Point {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            match (f(self.at(middle)) < 0.0) == (at_a < 0.0) {
                true => low = middle,
                false => high = middle,
            }
        }
        self.at(0.5 * (low + high))
    }

    /// Where `f` is least, by golden section.
    fn lowest(&self, f: &dyn Fn(Point) -> f64) -> Point {
        const GOLDEN: f64 = 0.618_033_988_749_894_9;
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let part = GOLDEN * (high - low);
            let (left, right) = (high - part, low + part);
            match f(self.at(left)) < f(self.at(right)) {
                true => high = right,
                false => low = left,
            }
        }
        self.at(0.5 * (low + high))
    }
}
