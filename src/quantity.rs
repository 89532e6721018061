//! Numbers with units. Inside Bouton: ms, mV, pA, pF, nS, um, mM, which are coherent (pA/pF = mV/ms).

mod dim;
mod unit;

pub use dim::Dim;
pub use unit::{Scale, common_units, parse_unit, unit};

/// A number in internal units with its dimension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// In internal units.
    pub value: f64,
    /// Its dimension.
    pub dim: Dim,
}

impl Quantity {
    /// A number without dimension.
    pub const fn number(value: f64) -> Self {
        Self { value, dim: Dim::NONE }
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&display(self.value, self.dim))
    }
}

/// A value in internal units as a person would write it: `0.05 ms`, `15 Hz`, `0.5`.
///
/// Twelve digits are shown, so that the rounding of unit conversions stays out of messages.
pub fn display(value: f64, dim: Dim) -> String {
    let unit = dim.to_string();
    let (scale, parsed) = parse_unit(&unit).expect("a dimension prints as a unit that can be parsed");
    debug_assert_eq!(parsed, dim);
    let value: f64 = format!("{:.11e}", scale.from_internal(value)).parse().expect("a formatted float is a float");
    let size = value.abs();
    let number = if size != 0.0 && size.is_finite() && !(1e-4..1e15).contains(&size) {
        format!("{value:e}")
    } else {
        format!("{value}")
    };
    match unit.strip_prefix("1") {
        Some(per) => format!("{number}{per}"),
        None => format!("{number} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_in_the_units_people_use() {
        assert_eq!(display(0.05, Dim::TIME), "0.05 ms");
        assert_eq!(display(0.015, Dim::FREQUENCY), "15 Hz");
        assert_eq!(display(1.2, Dim::CONDUCTANCE / (Dim::LENGTH * Dim::LENGTH)), "120 mS/cm^2");
        assert_eq!(display(0.1, Dim::RESISTANCE), "100 MOhm");
        assert_eq!(display(0.1 + 0.2, Dim::NONE), "0.3");
        assert_eq!(display(1e-20, Dim::VOLTAGE), "1e-20 mV");
        assert_eq!(display(0.32, Dim::FREQUENCY / Dim::VOLTAGE), "0.32/mV/ms");
        assert_eq!(display(f64::INFINITY, Dim::TIME), "inf ms");
    }
}
