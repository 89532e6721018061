//! An axis: its name, its range, whether it counts in powers of ten.

use crate::plot::axes::{numbered, ticks};

/// An axis of a panel.
#[derive(Clone, Debug, Default)]
pub struct Axis {
    /// Name with unit: `time (ms)`.
    pub name: String,
    /// Its ends; from the data where there are none.
    pub range: Option<(f64, f64)>,
    /// Logarithmic: values must be positive, others are not drawn.
    pub log: bool,
    /// Has 0 in its range, whatever the data.
    pub zero: bool,
    /// Ticks with these words, instead of numbers.
    pub words: Vec<(f64, String)>,
}

impl Axis {
    /// A linear axis that holds all data.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// In powers of ten.
    pub fn log(self) -> Self {
        Self { log: true, ..self }
    }

    /// From `low` to `high`.
    pub fn range(self, low: f64, high: f64) -> Self {
        Self { range: Some((low, high)), ..self }
    }

    /// With 0 in its range.
    pub fn zero(self) -> Self {
        Self { zero: true, ..self }
    }

    /// With words in the places of numbers.
    pub fn words(self, words: Vec<(f64, String)>) -> Self {
        Self { words, ..self }
    }

    /// A value as the axis counts: its logarithm on a logarithmic one.
    pub(super) fn place(&self, value: f64) -> f64 {
        match self.log {
            true if value > 0.0 => value.log10(),
            true => f64::NAN,
            false => value,
        }
    }

    /// The ends, in places: as wanted, or around these values with some air (`air`: share of the range).
    pub(super) fn ends(&self, values: impl Iterator<Item = f64>, air: f64) -> (f64, f64) {
        if let Some((low, high)) = self.range {
            return (self.place(low), self.place(high));
        }
        let zero = self.zero.then_some(0.0);
        let places = values.map(|v| self.place(v)).chain(zero).filter(|v| v.is_finite());
        let (low, high) = places.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
        if low > high || (self.zero && low == 0.0 && high == 0.0) {
            return (0.0, 1.0);
        }
        // One value, or values that differ by rounding alone, stand in the middle.
        let least = 1e-9 * low.abs().max(high.abs());
        let margin = if high - low > least { air * (high - low) } else { (0.1 * low.abs()).max(0.5) };
        let keep = |end: f64, moved: f64| if self.zero && end == 0.0 { end } else { moved };
        (keep(low, low - margin), keep(high, high + margin))
    }

    /// Ticks inside these ends, at most about `about`, with their numbers.
    pub(super) fn ticks(&self, ends: (f64, f64), about: usize) -> Vec<(f64, String)> {
        if !self.words.is_empty() {
            return self.words.clone();
        }
        if !self.log {
            return numbered(&ticks(ends, about));
        }
        let decades = ends.1 - ends.0;
        let factors: &[f64] = if decades <= 3.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let every = (decades / about as f64).ceil().max(1.0) as i32;
        let each = (ends.0.floor() as i32..=ends.1.ceil() as i32).filter(|decade| decade % every == 0);
        let all = each.flat_map(|decade| factors.iter().map(move |factor| factor * 10_f64.powi(decade)));
        let inside = all.filter(|v| (ends.0 - 1e-9..=ends.1 + 1e-9).contains(&v.log10()));
        inside.map(|v| (v.log10(), power(v))).collect()
    }
}

/// A number on a logarithmic axis: `0.02`, `1000`, `1e-6`.
fn power(value: f64) -> String {
    let text = if (1e-3..1e5).contains(&value) { format!("{value:.4}") } else { format!("{value:.0e}") };
    match text.contains('e') {
        true => text.replace('-', "\u{2212}"),
        false => text.trim_end_matches('0').trim_end_matches('.').into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_hold_the_data_and_what_is_wanted() {
        let ends = |axis: Axis, values: &[f64]| axis.ends(values.iter().copied(), 0.1);
        assert_eq!(ends(Axis::new("x"), &[0.0, 10.0, f64::NAN]), (-1.0, 11.0));
        assert_eq!(ends(Axis::new("x").zero(), &[5.0, 10.0]), (0.0, 11.0));
        assert_eq!(ends(Axis::new("x").range(-1.0, 1.0), &[5.0]), (-1.0, 1.0));
        assert_eq!(ends(Axis::new("x").log(), &[0.0, 1.0, 100.0]), (-0.2, 2.2));
        assert_eq!(ends(Axis::new("x").zero(), &[0.0, 0.0]), (0.0, 1.0));
        assert_eq!(ends(Axis::new("x"), &[20.0]), (18.0, 22.0));
        assert_eq!(ends(Axis::new("x"), &[]), (0.0, 1.0));
    }

    #[test]
    fn logarithmic_ticks_are_numbers_not_logarithms() {
        let names = |low: f64, high: f64| -> Vec<String> {
            Axis::new("f").log().ticks((low.log10(), high.log10()), 8).into_iter().map(|t| t.1).collect()
        };
        assert_eq!(names(0.09, 200.0), ["0.1", "1", "10", "100"]);
        assert_eq!(names(1.0, 50.0), ["1", "2", "5", "10", "20", "50"]);
        assert_eq!(
            names(1e-6, 1e-4),
            ["1e\u{2212}6", "2e\u{2212}6", "5e\u{2212}6", "1e\u{2212}5", "2e\u{2212}5", "5e\u{2212}5", "1e\u{2212}4"]
        );
    }
}
