//! Units: names with prefixes, products and powers, each a power of ten times a dimension.

use super::Dim;
use crate::error::did_you_mean;

/// How many powers of ten a unit is away from the internal unit of its dimension, kept whole so that
/// `200 pF` is exactly 200 and `0.1 ms` exactly 0.1. In halves, for units such as `mV/s^0.5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale(i32);

impl Scale {
    /// Of internal units.
    pub const ONE: Scale = Scale(0);

    /// A number written in this unit, in internal units, rounded once; `None` if `digits` is not a number.
    pub fn read(self, digits: &str) -> Option<f64> {
        let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
        let exponent: i32 = exponent.parse().ok()?;
        let value: f64 = format!("{mantissa}e{}", exponent.checked_add(self.0.div_euclid(2))?).parse().ok()?;
        Some(if self.0 % 2 == 0 { value } else { value * 10f64.sqrt() })
    }

    /// Internal units in one of this unit.
    pub fn factor(self) -> f64 {
        self.read("1").expect("1 is a number")
    }

    /// A value in internal units, expressed in this unit.
    pub fn from_internal(self, value: f64) -> f64 {
        // Powers of ten above one are exact, those below are not: always divide or multiply by an exact one.
        if self.0 >= 0 { value / self.factor() } else { value * Scale(-self.0).factor() }
    }
}

/// Power of ten by which each internal base unit (kg, m, s, A, K, mol) differs from SI's.
const INTERNAL: [i32; 6] = [-12, -6, -3, -12, 0, -18];

/// Base name, its dimension, and its power of ten relative to SI.
const BASES: [(&str, Dim, i32); 13] = [
    ("m", Dim::LENGTH, 0),
    ("s", Dim::TIME, 0),
    ("A", Dim::CURRENT, 0),
    ("V", Dim::VOLTAGE, 0),
    ("S", Dim::CONDUCTANCE, 0),
    ("F", Dim::CAPACITANCE, 0),
    ("Hz", Dim::FREQUENCY, 0),
    ("Ohm", Dim::RESISTANCE, 0),
    ("ohm", Dim::RESISTANCE, 0),
    ("Ω", Dim::RESISTANCE, 0),
    ("K", Dim::TEMPERATURE, 0),
    ("mol", Dim::AMOUNT, 0),
    ("M", Dim::CONCENTRATION, 3),
];

/// Prefix, its power of ten, and the base it is restricted to (so that few names are taken for units).
const PREFIXES: [(&str, i32, Option<&str>); 14] = [
    ("", 0, None),
    ("a", -18, Some("mol")),
    ("f", -15, None),
    ("p", -12, None),
    ("n", -9, None),
    ("u", -6, None),
    ("µ", -6, None),
    ("μ", -6, None),
    ("m", -3, None),
    ("c", -2, Some("m")),
    ("d", -1, Some("m")),
    ("k", 3, None),
    ("M", 6, None),
    ("G", 9, None),
];

/// Names offered when a unit is mistyped.
pub fn common_units() -> impl Iterator<Item = &'static str> {
    "s ms us V mV uV A uA nA pA S mS uS nS F uF nF pF Hz kHz Ohm kOhm MOhm GOhm m cm mm um nm K mol M mM uM nM"
        .split(' ')
}

/// The unit of this name, e.g. `mV`, `cm2`, `uM`, if there is one.
pub fn unit(name: &str) -> Option<(Scale, Dim)> {
    // `cm2` and `um3` are usual; other names that end in a digit stay free for variables.
    let areas = ["m2", "m3"].iter().any(|end| name.len() > 2 && name.ends_with(end));
    let (letters, power) =
        if areas { (&name[..name.len() - 1], if name.ends_with('2') { 2 } else { 3 }) } else { (name, 1) };
    let (ten, dim) = BASES.iter().find_map(|(base, dim, ten)| {
        let prefix = letters.strip_suffix(base)?;
        let (_, more, _) = PREFIXES.iter().find(|(p, _, only)| *p == prefix && only.is_none_or(|o| o == *base))?;
        Some((ten + more, *dim))
    })?;
    let internal: i32 = dim.0.iter().zip(INTERNAL).map(|(halves, ten)| i32::from(*halves) * ten).sum();
    Some((Scale((2 * ten - internal) * power), dim.powi(power)?))
}

/// Reads a unit such as `mV`, `mS/cm^2`, `1/ms`, `mV*ms^-0.5`, or `1`.
///
/// # Errors
/// The message names the part that is no unit, with a suggestion.
pub fn parse_unit(text: &str) -> Result<(Scale, Dim), String> {
    let mut parser = Parser { rest: text.trim() };
    let found = parser.product()?;
    if parser.rest.is_empty() { Ok(found) } else { Err(format!("`{}` is not part of a unit", parser.rest)) }
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn eat(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        self.rest.strip_prefix(token).map(|rest| self.rest = rest).is_some()
    }

    /// Takes the longest beginning whose characters all pass.
    fn take(&mut self, pass: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !pass(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn product(&mut self) -> Result<(Scale, Dim), String> {
        let (Scale(mut scale), mut dim) = self.factor()?;
        loop {
            let divide = self.eat("/");
            if !divide && !self.eat("*") && !self.rest.starts_with(char::is_alphabetic) {
                return Ok((Scale(scale), dim));
            }
            let (Scale(s), d) = self.factor()?;
            (scale, dim) = if divide { (scale - s, dim / d) } else { (scale + s, dim * d) };
        }
    }

    fn factor(&mut self) -> Result<(Scale, Dim), String> {
        let (Scale(scale), dim) = if self.eat("(") {
            let inner = self.product()?;
            if !self.eat(")") {
                return Err("a `)` is missing in the unit".into());
            }
            inner
        } else if self.eat("1") {
            (Scale(0), Dim::NONE)
        } else {
            let name = self.take(char::is_alphanumeric);
            unit(name).ok_or_else(|| format!("`{name}` is not a unit; {}", did_you_mean(name, common_units())))?
        };
        if !self.eat("^") && !self.eat("**") {
            return Ok((Scale(scale), dim));
        }
        let closing = self.eat("(");
        self.rest = self.rest.trim_start();
        let exponent = self.take(|c| c.is_ascii_digit() || c == '.' || c == '-').to_owned();
        if closing && !self.eat(")") {
            return Err("a `)` is missing in the unit".into());
        }
        let halves = exponent.parse::<f64>().ok().map(|e| 2.0 * e).filter(|h| h.fract() == 0.0 && h.abs() < 64.0);
        let halves = halves.ok_or_else(|| format!("`{exponent}` cannot be the power of a unit"))? as i32;
        let power = dim.pow_halves(halves).filter(|_| scale * halves % 2 == 0);
        Ok((Scale(scale * halves / 2), power.ok_or_else(|| format!("`{exponent}` cannot be the power of this unit"))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(digits: &str, unit: &str) -> f64 {
        parse_unit(unit).unwrap().0.read(digits).unwrap()
    }

    #[test]
    fn internal_units_are_one_and_prefixes_are_exact() {
        for name in ["ms", "mV", "pA", "pF", "nS", "um", "mM", "GOhm", "kHz", "1", "pA/pF*ms/mV", "K", "amol/um^3"] {
            assert_eq!(parse_unit(name).unwrap().0, Scale(0), "{name}");
        }
        let exact = [("0.1", "ms", 0.1), ("10", "nS", 10.0), ("0.0123", "s", 12.3), ("1", "uS", 1000.0)];
        let more = [("25", "us", 0.025), ("15", "Hz", 0.015), ("1.5e-3", "V", 1.5), ("20000", "um2", 20000.0)];
        let area = [("120", "mS/cm^2", 1.2), ("1", "uF cm^-2", 0.01), ("1", "µM", 1e-3)];
        for (digits, unit, expected) in exact.into_iter().chain(more).chain(area) {
            assert_eq!(value(digits, unit), expected, "{digits} {unit}");
        }
    }

    #[test]
    fn products_powers_and_brackets() {
        assert_eq!(parse_unit("1/(ms*mV)").unwrap(), parse_unit("ms^-1 mV^-1").unwrap());
        assert_eq!(parse_unit("mol/m^3").unwrap(), parse_unit("mM").unwrap());
        assert_eq!(parse_unit("V/s^0.5").unwrap().1, Dim::VOLTAGE * Dim::NOISE);
        assert!((value("1", "mV/s^0.5") - 1e-3f64.sqrt()).abs() < 1e-16);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(parse_unit("mv").unwrap_err(), "`mv` is not a unit; did you mean \"mV\"?");
        assert!(parse_unit("mS/(cm^2").unwrap_err().contains("`)`"));
        assert!(parse_unit("mV^x").unwrap_err().contains("power"));
        assert!(parse_unit("mV?").unwrap_err().contains('?'));
        assert!(unit("cs").is_none() && unit("ma").is_none() && unit("").is_none() && unit("m2").is_none());
    }
}
