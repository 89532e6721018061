//! What a user computes from the statistics of each run: `correct = A.rate > B.rate`.

use super::row::{KINDS, kind};
use crate::{
    error::{Error, Result},
    lang::{
        Expr,
        eval::{Env, eval},
        parse_expr, units,
    },
    quantity::{Dim, display, parse_unit},
};

/// A named expression over the statistics of a run's populations.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Its name in tables and pictures.
    pub name: String,
    /// As the user wrote it.
    pub text: String,
    expr: Expr,
    dim: Dim,
}

/// The statistics of one run by their names, `E.rate`.
struct Names<'a>(&'a [String], &'a [Option<f64>]);

impl Measure {
    /// Reads `NAME=EXPRESSION` for a network of these populations. A condition counts 1 where it holds, 0 where not.
    ///
    /// # Errors
    /// Text of another form, unknown names, units that do not fit together.
    pub fn parse(text: &str, populations: &[String]) -> Result<Self> {
        let example = "write NAME=EXPRESSION of rates (E.rate), CVs (E.cv), synchronies (E.synchrony), \
                       correlations (E.correlation) and first spikes (E.first_spike), e.g. --measure \"correct=A.rate > B.rate\"";
        let wrong = |why: &str, help: &str| Error::input(format!("--measure {text}: {why}")).help(help);
        let (name, expression) = text.split_once('=').ok_or_else(|| wrong("there is no `=`", example))?;
        let flawed = |flaw: crate::lang::Flaw| wrong(&flaw.message, flaw.help.as_deref().unwrap_or(example));
        let names = Names(populations, &[]);
        let expr = units::resolve_units(&parse_expr(expression, 0).map_err(flawed)?, &names);
        let dim = units::dimension(&expr, &names).map_err(flawed)?;
        if name.trim().is_empty() {
            return Err(wrong("it has no name", example));
        }
        if crate::lang::algebra::has_random(&expr) {
            return Err(wrong("it is random", "a measure is computed from a run's statistics alone"));
        }
        Ok(Self { name: name.trim().into(), text: text.into(), expr, dim })
    }

    /// Its value for a run whose statistics are these, population by population; none where one that it needs is missing.
    pub fn of(&self, populations: &[String], statistics: &[Option<f64>]) -> Option<f64> {
        let value = eval(&self.expr, &mut Names(populations, statistics));
        let (scale, _) = parse_unit(&self.unit()).ok()?;
        Some(scale.from_internal(value)).filter(|v| v.is_finite() && !self.misses(populations, statistics))
    }

    /// A comparison with what is missing would be a number all the same.
    fn misses(&self, populations: &[String], statistics: &[Option<f64>]) -> bool {
        let names = Names(populations, statistics);
        crate::lang::algebra::names(&self.expr).iter().any(|n| names.value(n).is_none_or(|v| v.is_none()))
    }

    /// Name with unit: `rate of both (Hz)`.
    pub fn label(&self) -> String {
        if self.dim == Dim::NONE { self.name.clone() } else { format!("{} ({})", self.name, self.unit()) }
    }

    fn unit(&self) -> String {
        let shown = display(1.0, self.dim);
        shown.split_once(' ').map_or_else(|| self.dim.to_string(), |(_, unit)| unit.into())
    }
}

impl Names<'_> {
    fn value(&self, name: &str) -> Option<Option<f64>> {
        let (population, statistic) = name.rsplit_once('.')?;
        let p = self.0.iter().position(|n| n == population)?;
        let k = kind(statistic)?;
        Some(self.1.get(p * KINDS.len() + k).copied().flatten().map(|v| v * KINDS[k].factor))
    }
}

impl units::Scope for Names<'_> {
    fn dim(&self, name: &str) -> Option<Dim> {
        let (population, statistic) = name.rsplit_once('.')?;
        self.0.iter().any(|n| n == population).then_some(())?;
        kind(statistic).map(|k| KINDS[k].dim)
    }
    fn names(&self) -> Vec<String> {
        self.0.iter().flat_map(|p| KINDS.iter().map(move |k| format!("{p}.{}", k.name))).collect()
    }
}

impl Env for Names<'_> {
    fn name(&self, name: &str) -> Option<f64> {
        self.value(name).map(|v| v.unwrap_or(f64::NAN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn populations() -> Vec<String> {
        vec!["A".into(), "B".into()]
    }

    #[test]
    fn measures_compare_and_compute() {
        let of = |text: &str, values: &[Option<f64>]| {
            let m = Measure::parse(text, &populations()).expect(text);
            (m.of(&populations(), values), m.label())
        };
        let values =
            [Some(30.0), Some(0.5), None, None, Some(3.0), Some(5.0), Some(0.7), Some(1.0), Some(0.1), Some(7.0)];
        assert_eq!(of("correct=A.rate > B.rate", &values), (Some(1.0), "correct".into()));
        assert_eq!(of("won = A.rate > 15 Hz and B.rate < 5 Hz", &values), (Some(0.0), "won".into()));
        let (difference, label) = of("d=A.rate - B.rate", &values);
        assert!((difference.expect("both spiked") - 25.0).abs() < 1e-12 && label == "d (Hz)");
        assert_eq!(of("r=A.cv/B.cv", &values).0, Some(0.5 / 0.7));
        assert_eq!(of("speed=8 mm/(B.first_spike - A.first_spike)", &values), (Some(2.0), "speed (m/s)".into()));
        // What is missing makes no number, also not in a comparison.
        assert_eq!(of("s=A.synchrony > 1", &values).0, None);
    }

    #[test]
    fn mistakes_are_named() {
        let refused = |text: &str| Measure::parse(text, &populations()).expect_err(text).report();
        for (text, part) in [
            ("A.rate", "there is no `=`"),
            ("x=A.rat", "did you mean \"A.rate\"?"),
            ("x=C.rate", "`C.rate` is not known here"),
            ("x=A.rate + A.cv", "cannot add"),
            ("x=A.rate > 5", "cannot compare"),
            ("=A.rate", "it has no name"),
            ("x=rand()", "it is random"),
        ] {
            assert!(refused(text).contains(part), "{}", refused(text));
        }
    }
}
