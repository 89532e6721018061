//! Quantities and ranges of them in flags.

use crate::{lang::quantity, quantity::Dim};

/// Most values of a range.
const MOST: f64 = 10_000.0;

/// A time in ms.
pub fn time(text: &str) -> Result<f64, String> {
    quantity(text, Dim::TIME)
}

/// A current in pA; a density where there is an area, in um^2. A number without unit is in `unit`.
pub fn current(text: &str, unit: &str, area: Option<f64>) -> Result<f64, String> {
    let text = with_unit(text, unit);
    let density = Dim::CURRENT / Dim::AREA;
    match (quantity(&text, Dim::CURRENT), area) {
        (Err(_), Some(area)) if quantity(&text, density).is_ok() => Ok(quantity(&text, density)? * area),
        (Err(_), None) if quantity(&text, density).is_ok() => {
            Err(format!("{text} is a density, and the model has no area; give a current such as 100 pA"))
        }
        (found, _) => found,
    }
}

/// `-3` as `-3 mV`; what has a unit keeps it.
pub fn with_unit(text: &str, unit: &str) -> String {
    let text = text.trim();
    if text.parse::<f64>().is_ok() { format!("{text} {unit}") } else { text.into() }
}

/// `FIRST:LAST:STEP`, or `FIRST:LAST` for ten steps, or one value.
pub fn range(text: &str, one: impl Fn(&str) -> Result<f64, String>) -> Result<Vec<f64>, String> {
    let parts: Vec<f64> = text.split(':').map(one).collect::<Result<_, _>>()?;
    let (first, last, step) = match parts[..] {
        [only] => return Ok(vec![only]),
        [first, last] => (first, last, (last - first) / 10.0),
        [first, last, step] => (first, last, step),
        _ => return Err("three values at most".into()),
    };
    if !(step > 0.0 && last >= first) {
        return Err(
            "the range is empty: the last value must not be below the first, and the step must be above 0".into()
        );
    }
    // The last one counts although steps are rounded.
    let count = ((last - first) / step + 1e-9).floor();
    if count >= MOST {
        return Err(format!("it has {} values; at most {MOST} can be run", count + 1.0));
    }
    Ok((0..=count as u32).map(|k| first + f64::from(k) * step).collect())
}

/// `FIRST:LAST` of a ramp, up or down.
pub fn ends(text: &str, one: impl Fn(&str) -> Result<f64, String>) -> Result<Vec<f64>, String> {
    let ends: Vec<f64> = text.split(':').map(one).collect::<Result<_, _>>()?;
    if ends.len() == 2 { Ok(ends) } else { Err("two values are needed, where it begins and where it ends".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currents(text: &str, area: Option<f64>) -> Result<Vec<f64>, String> {
        range(text, |part| current(part, "pA", area))
    }

    #[test]
    fn ranges_have_units_of_their_own() {
        assert_eq!(currents("0 pA:1 nA:250 pA", None), Ok(vec![0.0, 250.0, 500.0, 750.0, 1000.0]));
        assert_eq!(currents("-1:1:1", None), Ok(vec![-1.0, 0.0, 1.0]));
        assert_eq!(currents("5", None), Ok(vec![5.0]));
        assert_eq!(currents("0:10", None).map(|all| all.len()), Ok(11));
        assert_eq!(currents("1 uA/cm^2", Some(20_000.0)), Ok(vec![200.0]));
        for (text, why) in [
            ("1:0:1", "the range is empty"),
            ("0:1:0", "the range is empty"),
            ("0:1:1e-9", "at most 10000"),
            ("0:1:1:1", "three values"),
            ("0 mV:1 mV:1 mV", "it is in mV, pA is needed"),
            ("1 uA/cm^2", "has no area"),
        ] {
            assert!(currents(text, None).unwrap_err().contains(why), "{text}: {:?}", currents(text, None));
        }
    }
}
