//! Two equations as functions of a point, with their Jacobian from symbolic derivatives.

use crate::{
    error::{Error, Result},
    lang::{Expr, flow::Flow},
};

/// A point of the plane in internal units.
pub type Point = [f64; 2];

/// A rectangle of the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Range of the first variable.
    pub x: (f64, f64),
    /// Range of the second variable.
    pub y: (f64, f64),
}

impl Window {
    /// Lengths of the sides.
    pub fn size(&self) -> Point {
        [self.x.1 - self.x.0, self.y.1 - self.y.0]
    }

    /// Whether a point lies in it.
    pub fn holds(&self, p: Point) -> bool {
        (self.x.0..=self.x.1).contains(&p[0]) && (self.y.0..=self.y.1).contains(&p[1])
    }

    /// Wider on each side by this share of its size.
    pub fn wider(&self, share: f64) -> Self {
        let wide = |(low, high): (f64, f64)| (low - share * (high - low), high + share * (high - low));
        Self { x: wide(self.x), y: wide(self.y) }
    }

    /// The distance between two points, in sizes of the window.
    pub fn distance(&self, a: Point, b: Point) -> f64 {
        let size = self.size();
        ((a[0] - b[0]) / size[0]).hypot((a[1] - b[1]) / size[1])
    }
}

/// A flow of two variables; the free parameter has one value at a time.
#[derive(Clone, Debug)]
pub struct Plane {
    /// The equations.
    pub flow: Flow,
    /// Derivatives of each right side with respect to the first and the second variable.
    jacobian: [[Expr; 2]; 2],
    /// Derivatives with respect to the free parameter.
    along: Option<[Expr; 2]>,
}

impl Plane {
    /// A flow that has two variables.
    ///
    /// # Errors
    /// More or fewer variables, with what may be held; right sides without derivatives.
    pub fn new(flow: Flow, model: &str, free: Option<&str>) -> Result<Self> {
        let names: Vec<&str> = flow.variables.iter().map(|v| &*v.name).collect();
        if names.len() != 2 {
            let message =
                format!("{model} has {} ({}), a phase plane has two", variables(names.len()), names.join(", "));
            let help = match names.len() {
                0 | 1 => "choose a model with two variables, such as fitzhugh_nagumo, izhikevich or adex".into(),
                _ => {
                    let held: Vec<String> =
                        names[1..names.len() - 1].iter().map(|n| format!("--hold {n}=steady")).collect();
                    format!(
                        "keep two and hold the others at a number, at a function of the two, or at their steady state: \
                         {} keeps {} and {}",
                        held.join(" "),
                        names[0],
                        names[names.len() - 1]
                    )
                }
            };
            return Err(Error::input(message).help(help));
        }
        let [x, y] = [0, 1].map(|k| flow.variables[k].name.clone());
        let slopes = |k: usize| -> Result<[Expr; 2]> { Ok([flow.slope(k, &x)?, flow.slope(k, &y)?]) };
        let jacobian = [slopes(0)?, slopes(1)?];
        let along = match free {
            Some(name) => Some([flow.slope(0, name)?, flow.slope(1, name)?]),
            None => None,
        };
        Ok(Self { flow, jacobian, along })
    }

    /// The derivative of variable `k` with respect to time.
    pub fn rate(&self, k: usize, p: Point, free: f64) -> f64 {
        self.flow.value(&self.flow.variables[k].rhs, &p, free)
    }

    /// Both derivatives.
    pub fn rates(&self, p: Point, free: f64) -> Point {
        [0, 1].map(|k| self.rate(k, p, free))
    }

    /// The derivatives of the right side of variable `k` with respect to both variables.
    pub fn gradient(&self, k: usize, p: Point, free: f64) -> Point {
        [0, 1].map(|j| self.flow.value(&self.jacobian[k][j], &p, free))
    }

    /// The Jacobian, row by row.
    pub fn jacobian(&self, p: Point, free: f64) -> [Point; 2] {
        [0, 1].map(|k| self.gradient(k, p, free))
    }

    /// The derivatives of both right sides with respect to the free parameter.
    ///
    /// # Panics
    /// Where no parameter is free.
    pub fn along(&self, p: Point, free: f64) -> Point {
        let along = self.along.as_ref().expect("a parameter is free");
        [0, 1].map(|k| self.flow.value(&along[k], &p, free))
    }

    /// Newton's method from a point: the root it reaches, and whether it reached one.
    pub fn newton(&self, start: Point, free: f64, window: &Window) -> Option<Point> {
        const STEPS: usize = 100;
        let mut p = start;
        for _ in 0..STEPS {
            let [f, g] = self.rates(p, free);
            let [[a, b], [c, d]] = self.jacobian(p, free);
            let det = a * d - b * c;
            let step = [(d * f - b * g) / det, (a * g - c * f) / det];
            if f == 0.0 && g == 0.0 {
                return Some(p);
            }
            if !(step[0].is_finite() && step[1].is_finite()) {
                return None;
            }
            let next = [p[0] - step[0], p[1] - step[1]];
            let moved = window.distance(p, next);
            p = next;
            // Quadratic: a step this small leaves an error of rounding. A double root is approached by halves and ends here too.
            if moved < 1e-13 {
                return Some(p);
            }
        }
        None
    }
}

fn variables(count: usize) -> String {
    match count {
        0 => "no variables".into(),
        1 => "one variable".into(),
        n => format!("{n} variables"),
    }
}
