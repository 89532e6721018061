//! Sections: unbranched stretches of membrane, made of frusta.

/// A frustum of a cone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frustum {
    /// Length along the axis, um.
    pub length: f64,
    /// Diameters at begin and end, um.
    pub diameters: [f64; 2],
}

impl Frustum {
    /// The part from `a` to `b`, as shares of its length.
    fn part(self, a: f64, b: f64) -> Self {
        let [from, to] = self.diameters;
        let at = |x: f64| from + (to - from) * x;
        Self { length: self.length * (b - a), diameters: [at(a), at(b)] }
    }

    /// Lateral area, um^2.
    fn area(self) -> f64 {
        let [a, b] = self.diameters;
        std::f64::consts::FRAC_PI_2 * (a + b) * f64::hypot(self.length, 0.5 * (a - b))
    }

    /// Resistance along its axis of a medium of resistivity 1, um^-1: the integral of dx over the cross section.
    fn resistance(self) -> f64 {
        let [a, b] = self.diameters;
        4.0 * self.length / (std::f64::consts::PI * a * b)
    }
}

/// An unbranched stretch of membrane.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// `dendrite`.
    pub name: String,
    /// Which of the sections of this name it is, from 0.
    pub number: u32,
    /// Section to which its begin is joined, and where along that, from 0 to 1; none of the root. Parents come before children.
    pub parent: Option<(usize, f64)>,
    /// Its shape, from begin to end; at least one.
    pub shape: Vec<Frustum>,
    /// Number of compartments.
    pub compartments: u32,
    /// Number of the entry of the network file's table that gives its membrane.
    pub group: usize,
}

impl Section {
    /// Its length, um.
    pub fn length(&self) -> f64 {
        self.shape.iter().map(|f| f.length).sum()
    }

    /// Area and axial resistance (at resistivity 1) from `from` to `to` um behind its begin.
    pub(super) fn between(&self, from: f64, to: f64) -> (f64, f64) {
        let (mut area, mut resistance, mut begin) = (0.0, 0.0, 0.0);
        for frustum in &self.shape {
            let share = |x: f64| ((x - begin) / frustum.length).clamp(0.0, 1.0);
            if begin < to && begin + frustum.length > from {
                let part = frustum.part(share(from), share(to));
                area += part.area();
                resistance += part.resistance();
            }
            begin += frustum.length;
        }
        (area, resistance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(shape: &[(f64, f64, f64)]) -> Section {
        let frustum = |&(length, a, b)| Frustum { length, diameters: [a, b] };
        let shape = shape.iter().map(frustum).collect();
        Section { name: "s".into(), number: 0, parent: None, shape, compartments: 1, group: 0 }
    }

    #[test]
    fn a_cylinder_has_the_area_and_resistance_of_one() {
        let pi = std::f64::consts::PI;
        let (area, resistance) = section(&[(30.0, 2.0, 2.0), (70.0, 2.0, 2.0)]).between(20.0, 60.0);
        assert!((area - 80.0 * pi).abs() < 1e-12 * area && (resistance - 40.0 / pi).abs() < 1e-12 * resistance);
    }

    #[test]
    fn parts_of_a_cone_sum_to_the_whole() {
        let cone = section(&[(100.0, 10.0, 2.0), (50.0, 2.0, 1.0)]);
        let (area, resistance) = cone.between(0.0, 150.0);
        let parts: Vec<_> =
            (0..13).map(|k| cone.between(150.0 / 13.0 * k as f64, 150.0 / 13.0 * (k + 1) as f64)).collect();
        assert!((parts.iter().map(|p| p.0).sum::<f64>() - area).abs() < 1e-12 * area);
        assert!((parts.iter().map(|p| p.1).sum::<f64>() - resistance).abs() < 1e-12 * resistance);
        // Of a cone: pi/2 (a + b) s with the slant height s; and the integral of dx/(pi d^2/4), d linear in x.
        let pi = std::f64::consts::PI;
        let closed =
            (0.5 * pi * 12.0 * 100.0f64.hypot(4.0) + 0.5 * pi * 3.0 * 50.0f64.hypot(0.5), 4.0 / pi * (5.0 + 25.0));
        assert!((area - closed.0).abs() < 1e-12 * area && (resistance - closed.1).abs() < 1e-12 * resistance);
    }
}
