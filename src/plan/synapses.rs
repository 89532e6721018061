//! Synapses that are recorded while they learn.

use super::{Projection, SynapseRecord, When, Which, lookup, recording::multiple, scope::Scope};
use crate::{
    error::{Result, did_you_mean},
    lang::{Expr, learning::Learning},
    quantity::{Dim, display},
    spec,
};

/// More bins than anyone can look at.
const MAX_BINS: u64 = 10_000;

/// The records of all `[[record.synapses]]`; one each, or more where several projections have the same name.
pub fn plan(
    scope: &Scope,
    records: &[spec::Synapses],
    projections: &[Projection],
    dt: f64,
    steps: u64,
) -> Result<Vec<SynapseRecord>> {
    let mut out = Vec::new();
    for record in records {
        let one = One { scope, record, what: format!("synapses of \"{}\"", record.projection.value) };
        let when = one.when(dt, steps)?;
        for projection in one.chosen(projections)? {
            let learning = &projections[projection].plasticity.as_ref().expect("it learns").learning;
            let numbers = one.variables(learning)?;
            let which = one.which(&projections[projection], learning, &numbers)?;
            let named = |&k: &usize| (learning.variables[k].name.clone(), learning.variables[k].dim.to_string());
            let variables = numbers.iter().map(named).collect();
            out.push(SynapseRecord { projection, variables, numbers, which, when: when.clone() });
        }
    }
    Ok(out)
}

/// One `[[record.synapses]]`.
struct One<'a> {
    scope: &'a Scope<'a>,
    record: &'a spec::Synapses,
    what: String,
}

impl One<'_> {
    /// The projections that are meant.
    fn chosen(&self, projections: &[Projection]) -> Result<Vec<usize>> {
        let name = &self.record.projection;
        let learning = lookup::learning(self.scope, name, projections, &self.what)?;
        let first = &projections[learning[0]].receptor;
        let receptors = learning.iter().map(|&k| projections[k].receptor.as_str()).collect::<Vec<_>>();
        let at = format!("it learns at {}", receptors.join(", "));
        let (span, message) = match &self.record.receptor {
            None if receptors.iter().all(|receptor| receptor == first) => return Ok(learning),
            None => (&name.span, format!("{}: which receptor? {at}", self.what)),
            Some(receptor) => {
                let chosen: Vec<usize> =
                    learning.iter().copied().filter(|&k| projections[k].receptor == receptor.value).collect();
                if !chosen.is_empty() {
                    return Ok(chosen);
                }
                (&receptor.span, format!("{}: nothing learns at receptor \"{}\"; {at}", self.what, receptor.value))
            }
        };
        Err(self.scope.error(span, message, format!("choose one that learns: receptor = \"{first}\"")))
    }

    fn variables(&self, learning: &Learning) -> Result<Vec<usize>> {
        let Some(names) = &self.record.variables else { return Ok(vec![0]) };
        let known = || learning.variables.iter().map(|v| v.name.as_str());
        let number = |name: &spec::At<String>| {
            known().position(|k| k == name.value).ok_or_else(|| {
                let message = format!("{}: unknown variable \"{}\"", self.what, name.value);
                self.scope.error(&name.span, message, did_you_mean(&name.value, known()))
            })
        };
        let numbers = names.iter().map(number).collect::<Result<Vec<_>>>()?;
        if let (spec::Which::Histogram { .. }, Some(second)) = (&self.record.which, names.get(1)) {
            let message = format!("{}: a histogram has one variable, here are {}", self.what, names.len());
            return Err(self.scope.error(&second.span, message, "write a [[record.synapses]] for each"));
        }
        Ok(numbers)
    }

    fn which(&self, projection: &Projection, learning: &Learning, numbers: &[usize]) -> Result<Which> {
        match &self.record.which {
            spec::Which::All => Ok(Which::All),
            spec::Which::Pairs(pairs) => self.pairs(pairs, projection).map(Which::Pairs),
            spec::Which::Samples(count) => {
                Ok(Which::Sample(self.count(count, u32::MAX.into(), "samples")?.try_into().expect("checked")))
            }
            spec::Which::Histogram { bins, range } => {
                let number = self.count(bins, MAX_BINS, "histogram")?;
                let (low, high) = match range {
                    Some(range) => self.range(range, learning.variables[numbers[0]].dim)?,
                    // The first variable is the weight, and the bounds are those of the weight.
                    None => learning.bounds.filter(|_| numbers[0] == 0).ok_or_else(|| {
                        let variable = &learning.variables[numbers[0]];
                        let message = format!("{}: the rule gives no bounds of `{}`", self.what, variable.name);
                        let help = format!("add range = [LOW, HIGH] in {}", variable.dim);
                        self.scope.error(&bins.span, message, help)
                    })?,
                };
                Ok(Which::Histogram { low, high, bins: number as usize })
            }
        }
    }

    fn pairs(&self, pairs: &spec::At<Vec<[i64; 2]>>, projection: &Projection) -> Result<Vec<(u32, u32)>> {
        let id = |end: &str, id: i64, size: u32| {
            u32::try_from(id).ok().filter(|&id| id < size).ok_or_else(|| {
                let message = format!("{}: {end} {id} is not within 0 and {}", self.what, size - 1);
                self.scope.error(&pairs.span, message, "ids count from 0 in their population")
            })
        };
        let (from, to) = (projection.wiring.from.size, projection.wiring.to.size);
        pairs
            .value
            .iter()
            .map(|&[source, target]| Ok((id("source", source, from)?, id("target", target, to)?)))
            .collect()
    }

    fn count(&self, expr: &Expr, most: u64, key: &str) -> Result<u64> {
        let count = self.scope.count(expr, 1, &format!("{}: {key}", self.what))?;
        match count <= most {
            true => Ok(count),
            false => {
                let message = format!("{}: {key} = {count} is too large", self.what);
                Err(self.scope.error(&expr.span, message, format!("use at most {most}")))
            }
        }
    }

    fn range(&self, range: &[Expr; 2], dim: Dim) -> Result<(f64, f64)> {
        let what = format!("{}: range", self.what);
        let low = self.scope.number(&range[0], dim, &what)?;
        let high = self.scope.number(&range[1], dim, &what)?;
        if low >= high {
            let message = format!("{what} from {} to {} does not ascend", display(low, dim), display(high, dim));
            return Err(self.scope.error(&range[1].span, message, "give the lower end first"));
        }
        Ok((low, high))
    }

    fn when(&self, dt: f64, steps: u64) -> Result<When> {
        let times = match &self.record.when {
            spec::When::End => return Ok(When::At(vec![steps])),
            spec::When::Every(interval) => {
                let what = format!("{}: interval", self.what);
                return Ok(When::Every(multiple(self.scope, interval, 1, dt, &what)?));
            }
            spec::When::At(times) => times,
        };
        let what = format!("{}: time", self.what);
        let step = |time: &Expr| {
            let step = multiple(self.scope, time, 0, dt, &what)?;
            if step > steps {
                let shown = |step: u64| display(step as f64 * dt, Dim::TIME);
                let message = format!("{what} {} is after the end of the run at {}", shown(step), shown(steps));
                return Err(self.scope.error(&time.span, message, format!("use times up to {}", shown(steps))));
            }
            Ok(step)
        };
        let mut at = times.iter().map(step).collect::<Result<Vec<u64>>>()?;
        at.sort_unstable();
        at.dedup();
        Ok(When::At(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        error::Source,
        lang::learning::Variable,
        plan::{Plan, Plasticity},
        spec::Spec,
    };

    const NETWORK: &str = "
[populations.E]
model = 'lif'
size = 8
receptors = { ampa = 'ampa', nmda = 'nmda' }
[[projections]]
from = 'E'
to = 'E'
rule = 'all_to_all'
receptor = ['ampa', 'nmda']
weight = ['1 nS', '1 nS']
delay = '1 ms'
[run]
duration = '100 ms'
";

    /// The records of `[[record.synapses]]` with these lines, where these receptors learn by a rule of `w` and `c`.
    fn records(lines: &str, learn: &[&str], bounds: Option<(f64, f64)>) -> Result<Vec<SynapseRecord>> {
        let mut plan = Plan::new(&Spec::parse(Source::new("net.toml", NETWORK), "net")?)?;
        let variable = |name: &str, dim| Variable { name: name.into(), dim, initial: 0.0 };
        let variables = vec![variable("w", Dim::CONDUCTANCE), variable("c", Dim::NONE)];
        let learning = std::sync::Arc::new(Learning { variables, bounds, ..Learning::default() });
        for projection in plan.projections.iter_mut().filter(|p| learn.contains(&&*p.receptor)) {
            projection.plasticity =
                Some(Plasticity { names: Vec::new(), learning: learning.clone(), dendritic: 0.0, modulator: None });
        }
        let text = format!("{NETWORK}[[record.synapses]]\nprojection = 'E->E'\n{lines}\n");
        let spec = Spec::parse(Source::new("net.toml", text), "net")?;
        super::plan(&Scope::new(&spec)?, &spec.record.synapses, &plan.projections, plan.dt, plan.steps())
    }

    #[test]
    fn all_weights_at_the_end_are_the_default() {
        let w = ("w".to_string(), "nS".to_string());
        let when = When::At(vec![1000]);
        let record = SynapseRecord { projection: 1, variables: vec![w], numbers: vec![0], which: Which::All, when };
        assert_eq!(records("", &["nmda"], None).unwrap(), [record]);
    }

    #[test]
    fn synapses_and_times_are_chosen() {
        let one = |lines: &str| records(lines, &["ampa", "nmda"], Some((0.0, 2.0))).unwrap().remove(0);
        let of = one("receptor = 'nmda'\nvariables = ['c', 'w']\npairs = [[0, 5], [3, 7]]\ninterval = '10 ms'");
        assert_eq!((of.projection, of.numbers, of.variables[0].1.as_str()), (1, vec![1, 0], "1"));
        assert_eq!((of.which, of.when), (Which::Pairs(vec![(0, 5), (3, 7)]), When::Every(100)));
        let of = one("receptor = 'ampa'\nsamples = 5\ntimes = ['100 ms', '0 ms', '0.1 s']");
        assert_eq!((of.which, of.when), (Which::Sample(5), When::At(vec![0, 1000])));
        let histogram = |low, high| Which::Histogram { low, high, bins: 50 };
        assert_eq!(one("receptor = 'ampa'\nhistogram = 50").which, histogram(0.0, 2.0));
        assert_eq!(one("receptor = 'ampa'\nhistogram = 50\nrange = ['0 nS', '5 pS']").which, histogram(0.0, 0.005));
    }

    #[test]
    fn mistakes_are_named_with_value_limit_and_remedy() {
        let both = &["ampa", "nmda"][..];
        for (lines, learn, message, help) in [
            ("", &[][..], "projection \"E->E\" has no plasticity", "record.weights"),
            ("", both, "which receptor? it learns at ampa, nmda", "receptor = \"ampa\""),
            (
                "receptor = 'nmda'",
                &["ampa"],
                "nothing learns at receptor \"nmda\"; it learns at ampa",
                "receptor = \"ampa\"",
            ),
            ("variables = 'v'", &["ampa"], "unknown variable \"v\"", "known here: c, w"),
            (
                "variables = ['w', 'c']\nhistogram = 5",
                &["ampa"],
                "a histogram has one variable, here are 2",
                "for each",
            ),
            ("histogram = 5", &["ampa"], "the rule gives no bounds of `w`", "range = [LOW, HIGH] in nS"),
            ("histogram = 0", &["ampa"], "histogram = 0 is not a whole number of at least 1", "use 1 or more"),
            ("histogram = 10001", &["ampa"], "histogram = 10001 is too large", "use at most 10000"),
            ("histogram = 5\nrange = ['1 nS', '1 nS']", &["ampa"], "range from 1 nS to 1 nS does not", "lower end"),
            ("histogram = 5\nrange = [0, 1]", &["ampa"], "range = 0 has no unit", "write \"0 nS\""),
            ("samples = 5e9", &["ampa"], "samples = 5000000000 is too large", "use at most 4294967295"),
            ("pairs = [[0, 8]]", &["ampa"], "target 8 is not within 0 and 7", "ids count from 0"),
            ("pairs = [[-1, 0]]", &["ampa"], "source -1 is not within 0 and 7", "ids count from 0"),
            ("times = ['0.25 ms']", &["ampa"], "time 0.25 ms is not a multiple of the time step 0.1 ms", "a multiple"),
            ("times = ['1 s']", &["ampa"], "time 1000 ms is after the end of the run at 100 ms", "up to 100 ms"),
            ("interval = '0 ms'", &["ampa"], "interval 0 ms is not a multiple", "use a multiple of 0.1 ms"),
        ] {
            let report = records(lines, learn, None).expect_err(lines).report();
            let flat = report.split(['\n', '│']).map(str::trim).collect::<Vec<_>>().join(" ");
            for part in [message, help, "net.toml:"] {
                assert!(flat.contains(part), "{part:?} is not in\n{report}");
            }
        }
    }
}
