//! Units in which the laboratory shows numbers, and ranges that the user writes in them.

use crate::{
    lang::quantity,
    quantity::{Dim, parse_unit},
};

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

/// `LOW:HIGH` in internal units.
///
/// # Errors
/// What is wrong with it, in words.
pub fn ends(text: &str, dim: Dim) -> Result<(f64, f64), String> {
    let unit = if dim == Dim::NONE { String::new() } else { format!(" {dim}") };
    let both = text.split_once(':').filter(|(_, high)| !high.contains(':'));
    let (low, high) = both.ok_or_else(|| format!("write LOW:HIGH, e.g. \"0{unit}:1{unit}\""))?;
    let (low, high) = (quantity(low.trim(), dim)?, quantity(high.trim(), dim)?);
    if low < high { Ok((low, high)) } else { Err("the range is empty: the lower end comes first".into()) }
}

/// Most values of a range.
const MOST: f64 = 100_000.0;

/// `LOW:HIGH:STEP` as values in internal units; both ends belong to it.
///
/// # Errors
/// What is wrong with it, in words.
pub fn range(text: &str, dim: Dim) -> Result<Vec<f64>, String> {
    let (both, step) = match text.rsplit_once(':') {
        Some((both, step)) if both.contains(':') => (both, step),
        _ => return Err(format!("write LOW:HIGH:STEP, all in {dim}")),
    };
    let (low, high) = ends(both, dim)?;
    let step = quantity(step.trim(), dim)?;
    if step <= 0.0 {
        return Err("the step must be above 0".into());
    }
    let count = ((high - low) / step + 1e-9).floor();
    if count > MOST {
        return Err(format!("these are {count} values; give a larger step"));
    }
    Ok((0..=count as usize).map(|k| low + k as f64 * step).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_both_ends() {
        assert_eq!(range("-80 mV:40 mV:20 mV", Dim::VOLTAGE), Ok(vec![-80.0, -60.0, -40.0, -20.0, 0.0, 20.0, 40.0]));
        assert_eq!(range("0:1:0.4", Dim::NONE), Ok(vec![0.0, 0.4, 0.8]));
        assert_eq!(ends("0 nA:0.5 nA", Dim::CURRENT), Ok((0.0, 500.0)));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        let refused = |text: &str| range(text, Dim::VOLTAGE).unwrap_err();
        for (text, words) in [
            ("0 mV", "write LOW:HIGH:STEP, all in mV"),
            ("0 mV:1 mV", "write LOW:HIGH:STEP, all in mV"),
            ("0 mV:-1 mV:1 mV", "the range is empty"),
            ("0 mV:1 mV:0 mV", "the step must be above 0"),
            ("0:1 mV:1 mV", "it has no unit; write \"0 mV\""),
            ("0 mV:1 V:1 nV", "these are 1000000000 values"),
        ] {
            assert!(refused(text).contains(words), "{text}: {}", refused(text));
        }
        assert!(ends("0 mV:1 mV:2 mV", Dim::VOLTAGE).unwrap_err().starts_with("write LOW:HIGH, e.g. \"0 mV:1 mV\""));
        assert!(ends("0", Dim::NONE).unwrap_err().starts_with("write LOW:HIGH, e.g. \"0:1\""));
    }

    #[test]
    fn units_are_those_that_people_use() {
        let density = Dim::CURRENT / Dim::AREA;
        assert_eq!((Unit::of(density).name.as_str(), Unit::of(density).show(0.01)), ("uA/cm^2", 1.0));
        assert_eq!(Unit::per_time(Dim::NONE).name, "1/ms");
        assert_eq!(Unit::per_time(Dim::VOLTAGE).axis("dv/dt"), "dv/dt (mV/ms)");
    }
}
