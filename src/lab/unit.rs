//! Units in which the laboratory shows numbers.

use crate::quantity::{Dim, parse_unit};

/// A unit for people, and its size.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// `mV`; `1` for none.
    pub name: String,
    factor: f64,
}

impl Unit {
    /// The unit in which values of a dimension are shown.
    pub fn of(dim: Dim) -> Self {
        let name = dim.to_string();
        let factor = parse_unit(&name).expect("a dimension prints as a unit").0.from_internal(1.0);
        Self { name, factor }
    }

    /// The unit of rates: how fast a value of a dimension changes; per ms where that dimension is none.
    pub fn per_time(dim: Dim) -> Self {
        match dim == Dim::NONE {
            true => Self { name: "1/ms".into(), factor: 1.0 },
            false => Self::of(dim / Dim::TIME),
        }
    }

    /// The unit of how fast a value of dimension `of` changes for each unit of dimension `by`: `mV/nS/ms`.
    pub fn slope(of: Dim, by: Dim) -> Self {
        let plain = Self::per_time(of / by);
        // Named where people have a name, else as it is made up.
        if !plain.name.contains('^') {
            return plain;
        }
        let (of, by) = (Self::of(of), Self::of(by));
        Self { name: format!("{}/{}/ms", of.name, by.name), factor: of.factor / by.factor }
    }

    /// A value in internal units in this one.
    pub fn show(&self, value: f64) -> f64 {
        value * self.factor
    }

    /// Many values.
    pub fn all(&self, values: impl IntoIterator<Item = f64>) -> Vec<f64> {
        values.into_iter().map(|v| self.show(v)).collect()
    }

    /// `v (mV)`, or the name alone.
    pub fn axis(&self, name: &str) -> String {
        if self.name == "1" { name.into() } else { format!("{name} ({})", self.name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_those_that_people_use() {
        let density = Dim::CURRENT / Dim::AREA;
        assert_eq!((Unit::of(density).name.as_str(), Unit::of(density).show(0.01)), ("uA/cm^2", 1.0));
        assert_eq!(Unit::per_time(Dim::NONE).name, "1/ms");
        let slope = |of, by| Unit::slope(of, by).name;
        assert_eq!(slope(Dim::VOLTAGE, Dim::CONDUCTANCE), "mV/nS/ms");
        assert_eq!(
            (slope(Dim::CURRENT, Dim::VOLTAGE), slope(Dim::VOLTAGE, Dim::VOLTAGE)),
            ("nS/ms".into(), "1/ms".into())
        );
        assert_eq!(Unit::per_time(Dim::VOLTAGE).axis("dv/dt"), "dv/dt (mV/ms)");
    }
}
