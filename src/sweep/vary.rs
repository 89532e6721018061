//! What a sweep varies: `g=3:8:0.5`, `w=0.1 nS:0.5 nS:0.1 nS`, `neuron=lif,adex`.

use crate::{
    error::{Error, Result},
    quantity::{Scale, parse_unit},
};

/// Values of one range; more is a mistake in its step.
const MOST: f64 = 100_000.0;

/// A key of the network file with the values it takes, each as `--set` would be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Vary {
    /// A constant's name or a path.
    pub key: String,
    /// The values as text.
    pub values: Vec<String>,
    /// The unit of all values, if they are numbers: `Some("")` for numbers without one.
    pub unit: Option<String>,
}

impl Vary {
    /// Reads `KEY=LOW:HIGH:STEP` (both ends are taken) or `KEY=A,B,C`.
    ///
    /// # Errors
    /// Text of another form, a range without values, ends in different units.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |why: String| {
            Error::input(format!("--vary {text}: {why}"))
                .help("write KEY=LOW:HIGH:STEP, e.g. --vary g=3:8:0.5, or KEY=A,B,C")
        };
        let (key, values) = text.split_once('=').ok_or_else(|| wrong("there is no `=`".into()))?;
        let (key, values) = (key.trim().to_string(), values.trim());
        let parts: Vec<&str> = values.split(':').map(str::trim).collect();
        if let [low, high, step] = parts[..] {
            let (values, unit) = range(low, high, step).map_err(wrong)?;
            return Ok(Self { key, values, unit: Some(unit) });
        }
        if parts.len() != 1 {
            return Err(wrong("a range has three parts, LOW:HIGH:STEP".into()));
        }
        let values: Vec<String> = list(values);
        if key.is_empty() || values.iter().any(String::is_empty) {
            return Err(wrong("a key or a value is missing".into()));
        }
        if let Some(twice) = values.iter().enumerate().find(|(k, v)| values[..*k].contains(v)) {
            return Err(wrong(format!("the value {} is there twice", twice.1)));
        }
        let numbers: Option<Vec<_>> = values.iter().map(|v| number(v)).collect();
        let unit = numbers.and_then(|all| all.iter().all(|n| n.1 == all[0].1).then(|| all[0].1.to_string()));
        Ok(Self { key, values, unit })
    }

    /// A value as a number in the unit of all; none where they are words.
    pub fn number(&self, index: usize) -> Option<f64> {
        self.unit.as_ref()?;
        number(&self.values[index])?.0.parse().ok()
    }

    /// Key with unit: `w (nS)`.
    pub fn label(&self) -> String {
        match self.unit.as_deref() {
            None | Some("") => self.key.clone(),
            Some(unit) => format!("{} ({unit})", self.key),
        }
    }

    /// A value without the unit of all, as tables and axes show it.
    pub fn short(&self, index: usize) -> String {
        let value = &self.values[index];
        match self.unit {
            Some(_) => number(value).map_or(value.clone(), |n| n.0.to_string()),
            None => value.clone(),
        }
    }
}

/// Values between commas; those inside brackets, as in `uniform(0 mV, 1 mV)`, part nothing.
fn list(text: &str) -> Vec<String> {
    let mut depth = 0;
    let parts = text.split(|c: char| {
        depth += i32::from("([{".contains(c)) - i32::from(")]}".contains(c));
        c == ',' && depth == 0
    });
    parts.map(|v| v.trim().to_string()).collect()
}

/// Digits and unit of `0.5 nS`.
fn number(text: &str) -> Option<(&str, &str)> {
    let space = text.find(char::is_whitespace).unwrap_or(text.len());
    let (digits, unit) = (&text[..space], text[space..].trim());
    digits.parse::<f64>().ok().filter(|n| n.is_finite())?;
    (unit.is_empty() || parse_unit(unit).is_ok()).then_some((digits, unit))
}

/// Values from the low end to the high one, and their unit.
fn range<'a>(low: &'a str, high: &'a str, step: &'a str) -> std::result::Result<(Vec<String>, String), String> {
    let read = |text: &'a str| {
        let (digits, unit) = number(text).ok_or_else(|| format!("{text} is not a number with a unit"))?;
        let (scale, dim) = if unit.is_empty() { (Scale::ONE, Default::default()) } else { parse_unit(unit)? };
        Ok::<_, String>((scale.read(digits).expect("a number was read"), dim, unit, scale))
    };
    let (low, high, step) = (read(low)?, read(high)?, read(step)?);
    if low.1 != high.1 || low.1 != step.1 {
        return Err(format!("its parts are in {}, {} and {}", low.1, high.1, step.1));
    }
    let count = ((high.0 - low.0) / step.0 + 1e-6).floor();
    if count < 0.0 || !count.is_finite() {
        return Err("no value lies in this range".into());
    }
    if count > MOST {
        return Err(format!("{count} values are more than {MOST}"));
    }
    let unit = low.2.to_string();
    let value = |k: usize| {
        let internal = low.0 + k as f64 * step.0;
        // Twelve digits: the rounding of k * step is no part of the value. An end at zero is a zero.
        let shown = low.3.from_internal(if internal.abs() < 1e-9 * step.0.abs() { 0.0 } else { internal });
        let shown: f64 = format!("{shown:.11e}").parse().expect("a formatted float is a float");
        format!("{shown} {unit}").trim_end().to_string()
    };
    Ok(((0..=count as usize).map(value).collect(), unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        Vary::parse(text).expect(text).values
    }

    #[test]
    fn ranges_take_both_ends_and_show_round_numbers() {
        assert_eq!(values("g=3:8:0.5").len(), 11);
        assert_eq!(values("g=0:0.3:0.1"), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(values("g=-1:1:1"), ["-1", "0", "1"]);
        assert_eq!(values("g=2:1:-0.5"), ["2", "1.5", "1"]);
        assert_eq!(values("w=0.1 nS : 0.3 nS : 100 pS"), ["0.1 nS", "0.2 nS", "0.3 nS"]);
        let vary = Vary::parse("w=0.1 nS:0.3 nS:100 pS").expect("read");
        assert_eq!((vary.label(), vary.number(1), vary.short(1)), ("w (nS)".into(), Some(0.2), "0.2".into()));
    }

    #[test]
    fn lists_are_taken_as_they_stand() {
        assert_eq!(values("neuron=lif, adex"), ["lif", "adex"]);
        assert_eq!(values("v=uniform(0 mV, 1 mV),0 mV"), ["uniform(0 mV, 1 mV)", "0 mV"]);
        let unit = |text: &str| Vary::parse(text).expect(text).unit;
        assert_eq!(unit("c=0,0.032,0.064"), Some(String::new()));
        assert_eq!(unit("run.dt=0.1 ms,0.2 ms"), Some("ms".into()));
        assert_eq!(unit("run.dt=0.1 ms,1 s"), None);
    }

    #[test]
    fn mistakes_are_named() {
        let refused = |text: &str| Vary::parse(text).expect_err(text).message().to_owned();
        for (text, why) in [
            ("g", "there is no `=`"),
            ("g=1:2", "a range has three parts"),
            ("g=1:2:0", "no value lies in this range"),
            ("g=2:1:0.5", "no value lies in this range"),
            ("g=0:1:1e-9", "1000000000 values are more than 100000"),
            ("g=1 mV:2 nS:1", "its parts are in mV, nS and 1"),
            ("g=a:b:c", "a is not a number with a unit"),
            ("g=1,,2", "a key or a value is missing"),
            ("g=1,2,1", "the value 1 is there twice"),
        ] {
            assert_eq!(
                refused(text),
                format!("--vary {text}: {why}").replace("three parts", "three parts, LOW:HIGH:STEP")
            );
        }
    }
}
