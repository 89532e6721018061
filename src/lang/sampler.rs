//! Values that differ between neurons or synapses: constants, distributions, expressions.

use rand::{Rng, RngExt};
use rand_distr::{Distribution, Exp, Gamma, LogNormal, Normal};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{
    ast::{Expr, Func, Node},
    bounds::bounds,
    eval::{Env, eval, eval_constant},
    flaw::Flaw,
};
use crate::kernel::successes;
use crate::quantity::{Dim, display};

/// Draws values of one parameter, weight, delay..., in internal units.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Sampler {
    Constant(f64),
    Uniform { low: f64, high: f64 },
    Normal { mean: f64, sd: f64, low: f64, high: f64 },
    LogNormal { mean: f64, sd: f64 },
    Exponential { mean: f64 },
    Gamma { mean: f64, sd: f64 },
    Expression(Expr),
}

/// Of a normal distribution, at least this part must lie within its borders: about a thousand draws for a value.
const LEAST_MASS: f64 = 1e-3;

impl Sampler {
    /// The sampler of an expression whose units are resolved and checked; `dim` is its dimension, for messages.
    ///
    /// # Errors
    /// A distribution with impossible parameters.
    pub fn new(expr: &Expr, dim: Dim) -> Result<Sampler, Flaw> {
        if let Some(value) = eval_constant(expr) {
            return Ok(Sampler::Constant(value));
        }
        let Node::Call(function, arguments) = &*expr.node else { return Ok(Sampler::Expression(expr.clone())) };
        let Some(values) = arguments.iter().map(eval_constant).collect::<Option<Vec<_>>>() else {
            return Ok(Sampler::Expression(expr.clone()));
        };
        let sampler = match (function, &values[..]) {
            (Func::Uniform, &[low, high]) => Sampler::Uniform { low, high },
            (Func::Normal, &[mean, sd]) => Sampler::Normal { mean, sd, low: f64::NEG_INFINITY, high: f64::INFINITY },
            (Func::Normal, &[mean, sd, low]) => Sampler::Normal { mean, sd, low, high: f64::INFINITY },
            (Func::Normal, &[mean, sd, low, high]) => Sampler::Normal { mean, sd, low, high },
            (Func::LogNormal, &[mean, sd]) => Sampler::LogNormal { mean, sd },
            (Func::Exponential, &[mean]) => Sampler::Exponential { mean },
            (Func::Gamma, &[mean, sd]) => Sampler::Gamma { mean, sd },
            _ => return Ok(Sampler::Expression(expr.clone())),
        };
        match sampler.possible(dim) {
            Ok(()) => Ok(sampler),
            Err((message, help)) => Err(Flaw::new(format!("{expr}: {message}"), expr.span.clone()).help(help)),
        }
    }

    fn possible(&self, dim: Dim) -> Result<(), (String, &'static str)> {
        let show = |value| display(value, dim);
        let at_least_0 = |what: &str, value: f64| match value >= 0.0 {
            true => Ok(()),
            false => Err((format!("the {what} is {}", show(value)), "it cannot be negative")),
        };
        match *self {
            Sampler::Constant(_) | Sampler::Expression(_) => Ok(()),
            Sampler::Uniform { low, high } if low < high => Ok(()),
            Sampler::Uniform { .. } => Err(("the first border is not below the second".into(), "exchange them")),
            Sampler::Normal { mean, sd, low, high } => {
                at_least_0("standard deviation", sd)?;
                if low >= high {
                    return Err(("the lower border is not below the upper one".into(), "exchange them"));
                }
                let mass = if sd == 0.0 {
                    f64::from(low <= mean && mean <= high)
                } else {
                    let above = |x: f64| 0.5 * libm::erfc((x - mean) / (sd * std::f64::consts::SQRT_2));
                    // On the right side both tails are taken from the other end, where they do not cancel.
                    if low > mean {
                        above(low) - above(high)
                    } else {
                        above(2.0 * mean - high) - above(2.0 * mean - low)
                    }
                };
                if mass >= LEAST_MASS {
                    return Ok(());
                }
                let message = format!("less than 1 of 1000 values lies between {} and {}", show(low), show(high));
                Err((message, "values outside the borders are drawn again: move the mean or widen the borders"))
            }
            Sampler::Exponential { mean } => at_least_0("mean", mean),
            Sampler::LogNormal { mean, sd } | Sampler::Gamma { mean, sd } => {
                at_least_0("standard deviation", sd)?;
                match mean > 0.0 {
                    true => Ok(()),
                    false => Err((format!("the mean is {}", show(mean)), "it must be above 0")),
                }
            }
        }
    }

    /// A value. `names` gives what an expression may depend on (`distance`, `i`, `j`, `x`...); `i` also selects the
    /// value of a column.
    pub fn draw(&self, rng: &mut Xoshiro256PlusPlus, names: &dyn Fn(&str) -> Option<f64>) -> f64 {
        match self {
            Sampler::Constant(value) => *value,
            Sampler::Uniform { low, high } => uniform(*low, *high, rng),
            Sampler::Normal { mean, sd, low, high } => normal(*mean, *sd, *low, *high, rng),
            Sampler::LogNormal { mean, sd } => log_normal(*mean, *sd, rng),
            Sampler::Exponential { mean } => exponential(*mean, rng),
            Sampler::Gamma { mean, sd } => gamma(*mean, *sd, rng),
            Sampler::Expression(expr) => eval(expr, &mut Scope { rng, names }),
        }
    }

    /// The value, if all are the same.
    pub fn constant(&self) -> Option<f64> {
        match self {
            Sampler::Constant(value) => Some(*value),
            _ => None,
        }
    }

    /// The least and greatest value that may come; infinite where there is no bound, or none that is easily seen.
    pub fn bounds(&self) -> (f64, f64) {
        match self {
            Sampler::Constant(value) => (*value, *value),
            Sampler::Uniform { low, high } | Sampler::Normal { low, high, .. } => (*low, *high),
            Sampler::LogNormal { .. } | Sampler::Exponential { .. } | Sampler::Gamma { .. } => (0.0, f64::INFINITY),
            Sampler::Expression(expr) => bounds(expr),
        }
    }
}

struct Scope<'a> {
    rng: &'a mut Xoshiro256PlusPlus,
    names: &'a dyn Fn(&str) -> Option<f64>,
}

impl Env for Scope<'_> {
    fn name(&self, name: &str) -> Option<f64> {
        (self.names)(name)
    }
    fn index(&self) -> usize {
        (self.names)("i").expect("a column needs the neuron's number") as usize
    }
    fn rng(&mut self) -> Option<&mut dyn Rng> {
        Some(self.rng)
    }
}

/// A value of a distribution whose arguments may themselves vary; NaN where they are impossible.
pub(super) fn draw(distribution: Func, x: &[f64], rng: &mut dyn Rng) -> f64 {
    match distribution {
        Func::Uniform => uniform(x[0], x[1], rng),
        Func::Normal => {
            let border = |at: usize, none: f64| x.get(at).copied().unwrap_or(none);
            normal(x[0], x[1], border(2, f64::NEG_INFINITY), border(3, f64::INFINITY), rng)
        }
        Func::LogNormal => log_normal(x[0], x[1], rng),
        Func::Exponential => exponential(x[0], rng),
        Func::Gamma => gamma(x[0], x[1], rng),
        Func::Binomial => successes(x[0], x[1], rng),
        other => panic!("{}() is no distribution", other.name()),
    }
}

fn uniform<R: Rng + ?Sized>(low: f64, high: f64, rng: &mut R) -> f64 {
    low + (high - low) * rng.random::<f64>()
}

/// Draws until the value lies inside; NaN where it did not after 100,000 draws, far more than [`LEAST_MASS`] needs.
fn normal<R: Rng + ?Sized>(mean: f64, sd: f64, low: f64, high: f64, rng: &mut R) -> f64 {
    let Ok(distribution) = Normal::new(mean, sd) else { return f64::NAN };
    (0..100_000).map(|_| distribution.sample(rng)).find(|x| (low..=high).contains(x)).unwrap_or(f64::NAN)
}

/// `mean` and `sd` are those of the variable itself.
fn log_normal<R: Rng + ?Sized>(mean: f64, sd: f64, rng: &mut R) -> f64 {
    let variance = libm::log1p((sd / mean) * (sd / mean));
    LogNormal::new(libm::log(mean) - variance / 2.0, variance.sqrt()).map_or(f64::NAN, |d| d.sample(rng))
}

fn exponential<R: Rng + ?Sized>(mean: f64, rng: &mut R) -> f64 {
    mean * Exp::new(1.0).expect("1 is a rate").sample(rng)
}

fn gamma<R: Rng + ?Sized>(mean: f64, sd: f64, rng: &mut R) -> f64 {
    if sd == 0.0 {
        return mean;
    }
    Gamma::new((mean / sd) * (mean / sd), sd * sd / mean).map_or(f64::NAN, |d| d.sample(rng))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::{super::parse::parse_expr, *};

    fn sampler(text: &str) -> Sampler {
        Sampler::new(&parse_expr(text, 0).unwrap(), Dim::NONE).unwrap()
    }

    /// Mean and standard deviation of many draws.
    fn moments(text: &str) -> (f64, f64) {
        let sampler = sampler(text);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
        let (low, high) = sampler.bounds();
        let values: Vec<_> = (0..200_000).map(|_| sampler.draw(&mut rng, &|_| None)).collect();
        assert!(values.iter().all(|v| (low..=high).contains(v)), "{text} leaves its bounds");
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64;
        (mean, variance.sqrt())
    }

    #[test]
    fn moments_are_those_asked_for() {
        let half_normal = (2.0 / std::f64::consts::PI).sqrt();
        let cases = [
            ("uniform(2, 4)", 3.0, 2.0 / 12f64.sqrt()),
            ("normal(5, 2)", 5.0, 2.0),
            ("normal(0, 1, 0)", half_normal, (1.0 - half_normal * half_normal).sqrt()),
            ("lognormal(3, 1.5)", 3.0, 1.5),
            ("exponential(0.5)", 0.5, 0.5),
            ("gamma(4, 2)", 4.0, 2.0),
            ("binomial(10, 0.5)", 5.0, 2.5f64.sqrt()),
            ("1 + 2*normal(5, 2)", 11.0, 4.0),
            ("clip(rand(), 0.25, 1)", 17.0 / 32.0, (0.015625 + 21.0 / 64.0 - (17.0f64 / 32.0).powi(2)).sqrt()),
            ("gamma(4, 0*rand())", 4.0, 0.0),
        ];
        for (text, mean, sd) in cases {
            let found = moments(text);
            assert!((found.0 - mean).abs() < 0.02 * mean, "{text}: mean {}", found.0);
            assert!((found.1 - sd).abs() < 0.02 * sd.max(1e-9), "{text}: sd {}, not {sd}", found.1);
        }
    }

    #[test]
    fn fast_forms_are_recognised_and_scopes_used() {
        assert_eq!(sampler("2*(3 + 1)").constant(), Some(8.0));
        assert!(matches!(sampler("normal(1, 2, -1, 3)"), Sampler::Normal { low: -1.0, high: 3.0, .. }));
        let far = sampler("exp(-distance/2)");
        let value = far.draw(&mut Xoshiro256PlusPlus::seed_from_u64(1), &|n| (n == "distance").then_some(4.0));
        assert!((value - (-2f64).exp()).abs() < 1e-16);
    }

    #[test]
    fn impossible_distributions_are_refused() {
        let cases = [
            ("uniform(2, 1)", "the first border is not below the second"),
            ("normal(0, -1)", "the standard deviation is -1"),
            ("normal(0, 1, 5, 6)", "less than 1 of 1000 values lies between 5 and 6"),
            ("normal(0, 1, -6, -5)", "less than 1 of 1000"),
            ("normal(0, 0, 1, 2)", "less than 1 of 1000"),
            ("normal(0, 1, 2, 1)", "the lower border is not below the upper one"),
            ("lognormal(0, 1)", "the mean is 0"),
            ("exponential(-1)", "the mean is -1"),
        ];
        for (text, message) in cases {
            let flaw = Sampler::new(&parse_expr(text, 0).unwrap(), Dim::NONE).unwrap_err();
            assert!(flaw.message.contains(message), "{text}: {}", flaw.message);
        }
        assert!(matches!(sampler("normal(0, 1, -1, 3)"), Sampler::Normal { .. }));
        assert!(matches!(sampler("normal(3, 0, 1, 4)"), Sampler::Normal { .. }));
    }
}
