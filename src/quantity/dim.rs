//! Dimensions: exponents of the SI base units, and how they are named in messages.

use std::{
    fmt,
    ops::{Div, Mul},
};

use super::unit::parse_unit;

/// A dimension: exponents of kg, m, s, A, K, mol, in halves (noise has ms^-1/2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Dim(pub [i8; 6]);

#[allow(missing_docs)]
impl Dim {
    pub const NONE: Dim = Dim([0; 6]);
    pub const TIME: Dim = Dim([0, 0, 2, 0, 0, 0]);
    pub const FREQUENCY: Dim = Dim([0, 0, -2, 0, 0, 0]);
    /// Of unit white noise `xi`.
    pub const NOISE: Dim = Dim([0, 0, -1, 0, 0, 0]);
    pub const LENGTH: Dim = Dim([0, 2, 0, 0, 0, 0]);
    pub const AREA: Dim = Dim([0, 4, 0, 0, 0, 0]);
    pub const CURRENT: Dim = Dim([0, 0, 0, 2, 0, 0]);
    pub const VOLTAGE: Dim = Dim([2, 4, -6, -2, 0, 0]);
    pub const CAPACITANCE: Dim = Dim([-2, -4, 8, 4, 0, 0]);
    pub const CONDUCTANCE: Dim = Dim([-2, -4, 6, 4, 0, 0]);
    pub const RESISTANCE: Dim = Dim([2, 4, -6, -4, 0, 0]);
    pub const TEMPERATURE: Dim = Dim([0, 0, 0, 0, 2, 0]);
    pub const AMOUNT: Dim = Dim([0, 0, 0, 0, 0, 2]);
    pub const CONCENTRATION: Dim = Dim([0, -6, 0, 0, 0, 2]);
}

/// Units by which a dimension is named when one of them fits exactly; before a product of base units.
const NAMED: [&str; 14] =
    ["1", "mV", "ms", "pA", "pF", "nS", "MOhm", "Hz", "mM", "mS/cm^2", "uF/cm^2", "uA/cm^2", "Ohm*cm", "m/s"];

impl Dim {
    /// This dimension to the power of `halves / 2`; `None` where an exponent would not be a multiple of 1/2.
    pub fn pow_halves(self, halves: i32) -> Option<Dim> {
        let mut out = [0; 6];
        for (to, from) in out.iter_mut().zip(self.0) {
            let doubled = i32::from(from).checked_mul(halves)?;
            if doubled % 2 != 0 {
                return None;
            }
            *to = i8::try_from(doubled / 2).ok()?;
        }
        Some(Dim(out))
    }

    /// This dimension to a whole power; `None` where an exponent grows beyond 63.
    pub fn powi(self, n: i32) -> Option<Dim> {
        self.pow_halves(n.checked_mul(2)?)
    }

    /// The square root; `None` where an exponent would not be a multiple of 1/2.
    pub fn sqrt(self) -> Option<Dim> {
        self.pow_halves(1)
    }

    /// Factors over mV, pA, ms, um, K, amol, with exponents in halves. The kilogram is spelled by the volt:
    /// 1 V = 1 kg m^2 s^-3 A^-1.
    fn factors(self) -> Vec<(&'static str, i32)> {
        let [kg, m, s, a, k, mol] = self.0.map(i32::from);
        [("pA", a + kg), ("mV", kg), ("um", m - 2 * kg), ("K", k), ("amol", mol), ("ms", s + 3 * kg)]
            .into_iter()
            .filter(|(_, halves)| *halves != 0)
            .collect()
    }
}

impl Mul for Dim {
    type Output = Dim;
    fn mul(self, other: Dim) -> Dim {
        Dim(std::array::from_fn(|i| self.0[i].saturating_add(other.0[i])))
    }
}

impl Div for Dim {
    type Output = Dim;
    fn div(self, other: Dim) -> Dim {
        Dim(std::array::from_fn(|i| self.0[i].saturating_sub(other.0[i])))
    }
}

/// A unit of this dimension: `mV`, `nS`, `pA/ms`, `1` for none. [`parse_unit`] reads it back.
impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name_of = |dim: Dim| NAMED.into_iter().find(|u| parse_unit(u).is_ok_and(|(_, d)| d == dim));
        if let Some(name) = name_of(*self) {
            return f.write_str(name);
        }
        let factors = self.factors();
        if factors.len() > 2 {
            for (per, dim) in [("ms", Dim::TIME), ("mV", Dim::VOLTAGE)] {
                if let Some(name) = name_of(*self * dim) {
                    return write!(f, "{name}/{per}");
                }
            }
        }
        let power = |name: &str, halves: i32| match halves.abs() {
            2 => name.to_owned(),
            even if even % 2 == 0 => format!("{name}^{}", even / 2),
            odd => format!("{name}^{}.5", odd / 2),
        };
        let above: Vec<_> = factors.iter().filter(|(_, h)| *h > 0).map(|(n, h)| power(n, *h)).collect();
        f.write_str(&if above.is_empty() { "1".to_owned() } else { above.join("*") })?;
        factors.iter().filter(|(_, h)| *h < 0).try_for_each(|(n, h)| write!(f, "/{}", power(n, *h)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_are_coherent() {
        assert_eq!(Dim::CURRENT / Dim::CAPACITANCE, Dim::VOLTAGE / Dim::TIME);
        assert_eq!(Dim::CONDUCTANCE * Dim::VOLTAGE, Dim::CURRENT);
        assert_eq!(Dim::RESISTANCE * Dim::CONDUCTANCE, Dim::NONE);
        assert_eq!(Dim::NOISE.powi(2), Some(Dim::FREQUENCY));
        assert_eq!(Dim::FREQUENCY.sqrt(), Some(Dim::NOISE));
        assert_eq!(Dim::NOISE.sqrt(), None);
        assert_eq!(Dim::VOLTAGE.powi(1000), None);
    }

    #[test]
    fn names_read_as_people_write_them_and_parse_back() {
        let per_time = |d: Dim| d / Dim::TIME;
        let named = [
            (Dim::NONE, "1"),
            (Dim::VOLTAGE, "mV"),
            (per_time(Dim::VOLTAGE), "mV/ms"),
            (per_time(Dim::CURRENT), "pA/ms"),
            (per_time(Dim::CONDUCTANCE), "nS/ms"),
            (per_time(Dim::CONCENTRATION), "mM/ms"),
            (Dim::CURRENT / Dim::AREA, "uA/cm^2"),
            (Dim::VOLTAGE * Dim::NOISE, "mV/ms^0.5"),
            (Dim::NONE / Dim::VOLTAGE, "1/mV"),
            (per_time(Dim::NONE / Dim::VOLTAGE), "1/mV/ms"),
            (Dim::AREA, "um^2"),
            (Dim::RESISTANCE * Dim::LENGTH, "Ohm*cm"),
            (per_time(Dim::LENGTH), "m/s"),
            (Dim::NOISE, "1/ms^0.5"),
            (Dim::TEMPERATURE * Dim::AMOUNT, "K*amol"),
        ];
        for (dim, name) in named {
            assert_eq!(dim.to_string(), name);
            assert_eq!(parse_unit(name).unwrap().1, dim);
        }
    }
}
