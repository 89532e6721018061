//! Values and ranges in the flags of the laboratory: `-80 mV:40 mV:20 mV`, the same as `-80:40:20 mV`.
//!
//! A number without a unit takes that of the last one; where none has a unit, numbers are in the one that tables show: mV, pA, ms.

use super::unit::Unit;
use crate::{error::Error, lang::quantity, quantity::Dim};

/// Most values of a range.
const MOST: f64 = 10_000.0;

/// One value of a dimension in internal units.
///
/// # Errors
/// What is wrong with it, in words; so in all functions here.
pub fn one(text: &str, dim: Dim) -> Result<f64, String> {
    let (text, unit) = (text.trim(), Unit::of(dim).name);
    // Nobody thinks in products such as mV*um/pA.
    match text.parse::<f64>().is_ok() && unit != "1" && !unit.contains('*') {
        true => quantity(&format!("{text} {unit}"), dim),
        false => quantity(text, dim),
    }
}

/// One value above 0.
pub fn above(text: &str, dim: Dim) -> Result<f64, String> {
    match one(text, dim)? {
        value if value > 0.0 => Ok(value),
        _ => Err("it must be above 0".into()),
    }
}

/// A current in pA; a density too where there is an area, in um^2.
pub fn current(text: &str, area: Option<f64>) -> Result<f64, String> {
    let density = quantity(text.trim(), Dim::CURRENT / Dim::AREA);
    match (density, area) {
        (Ok(density), Some(area)) => Ok(density * area),
        (Ok(_), None) => {
            Err(format!("{} is a density, and the model has no area; give a current such as 100 pA", text.trim()))
        }
        (Err(_), _) => one(text, Dim::CURRENT),
    }
}

/// `LOW:HIGH:STEP`, both ends included; `LOW:HIGH` in ten steps; or one value. Each is read by `one`.
pub fn range(text: &str, one: impl Fn(&str) -> Result<f64, String>) -> Result<Vec<f64>, String> {
    let (low, high, step) = match parts(text, one)?[..] {
        [only] => return Ok(vec![only]),
        [low, high] => (low, high, (high - low) / 10.0),
        [low, high, step] => (low, high, step),
        _ => return Err("a range has three parts at most, LOW:HIGH:STEP".into()),
    };
    if low >= high {
        return Err("the range is empty: the lower end comes first".into());
    }
    if step <= 0.0 {
        return Err("the step must be above 0".into());
    }
    // The upper end counts although steps are rounded.
    let count = ((high - low) / step + 1e-9).floor();
    if count >= MOST {
        return Err(format!("these are {} values, at most {MOST} are possible; give a larger step", count + 1.0));
    }
    Ok((0..=count as u32).map(|k| low + f64::from(k) * step).collect())
}

/// `FIRST:LAST`, up or down.
pub fn ends(text: &str, one: impl Fn(&str) -> Result<f64, String>) -> Result<(f64, f64), String> {
    match parts(text, one)?[..] {
        [first, last] => Ok((first, last)),
        _ => Err("two values are needed, with a colon between them".into()),
    }
}

/// `LOW:HIGH`.
pub fn interval(text: &str, one: impl Fn(&str) -> Result<f64, String>) -> Result<(f64, f64), String> {
    let (low, high) = ends(text, one)?;
    if low < high { Ok((low, high)) } else { Err("the range is empty: the lower end comes first".into()) }
}

/// The error of a flag that cannot be read.
pub fn flawed(flag: &str, text: &str, why: impl AsRef<str>, example: &str) -> Error {
    Error::input(format!("--{flag} {text}: {}", why.as_ref())).help(format!("for example --{flag} \"{example}\""))
}

/// What colons part; the last unit is that of all numbers which have none.
pub(super) fn parts(text: &str, one: impl Fn(&str) -> Result<f64, String>) -> Result<Vec<f64>, String> {
    let parts: Vec<&str> = text.split(':').map(str::trim).collect();
    let last = parts[parts.len() - 1];
    let number = |end: &usize| last.get(..*end).is_some_and(|digits| digits.trim().parse::<f64>().is_ok());
    let unit = (1..=last.len()).rev().find(number).map_or("", |end| last[end..].trim());
    let whole = |part: &&str| if part.parse::<f64>().is_ok() { format!("{part} {unit}") } else { part.to_string() };
    parts.iter().map(whole).map(|part| one(part.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volts(text: &str) -> Result<Vec<f64>, String> {
        range(text, |part| one(part, Dim::VOLTAGE))
    }

    fn currents(text: &str, area: Option<f64>) -> Result<Vec<f64>, String> {
        range(text, |part| current(part, area))
    }

    #[test]
    fn ranges_hold_both_ends_and_share_a_unit() {
        let all = vec![-80.0, -60.0, -40.0, -20.0, 0.0, 20.0, 40.0];
        for text in ["-80 mV:40 mV:20 mV", "-80:40:20 mV", "-80:40:20", "-0.08 V : 40 : 20 mV", "-80:40:20mV"] {
            assert_eq!(volts(text), Ok(all.clone()), "{text}");
        }
        assert_eq!(volts("0:1 V"), Ok((0..=10).map(|k| 100.0 * f64::from(k)).collect()));
        assert_eq!(volts("1e1 mV"), Ok(vec![10.0]));
        assert_eq!(range("0:1:0.4", |part| one(part, Dim::NONE)), Ok(vec![0.0, 0.4, 0.8]));
        assert_eq!(currents("0:1:0.25 nA", None), Ok(vec![0.0, 250.0, 500.0, 750.0, 1000.0]));
        assert_eq!(currents("0:2:1 uA/cm^2", Some(20_000.0)), Ok(vec![0.0, 200.0, 400.0]));
        assert_eq!(ends("1:0 nA", |part| current(part, None)), Ok((1000.0, 0.0)));
        assert_eq!(interval("-90:30", |part| one(part, Dim::VOLTAGE)), Ok((-90.0, 30.0)));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for (text, why) in [
            ("1:0:1", "the range is empty"),
            ("1:1:1", "the range is empty"),
            ("0:1:0", "the step must be above 0"),
            ("0:1 V:1 nV", "these are"),
            ("0:1:1:1", "a range has three parts at most"),
            ("0:1:1 pA", "it is in pA, mV is needed"),
            ("0:ten:1", "`ten` is not known here"),
            ("", "a value is missing"),
        ] {
            let found = volts(text).expect_err(text);
            assert!(found.contains(why), "{text}: {found}");
        }
        assert!(currents("1 uA/cm^2", None).unwrap_err().contains("the model has no area"));
        for text in ["0", "0:1:2"] {
            assert!(ends(text, |part| one(part, Dim::TIME)).unwrap_err().starts_with("two values are needed"));
        }
        assert!(interval("1:0", |part| one(part, Dim::TIME)).unwrap_err().starts_with("the range is empty"));
        assert_eq!(above("0 ms", Dim::TIME), Err("it must be above 0".into()));
        assert_eq!(above("5", Dim::TIME), Ok(5.0));
    }
}
