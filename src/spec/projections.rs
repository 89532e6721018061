//! `[[projections]]` and the rules that pair neurons.

use super::{
    At, Plasticity, Projection, Rule,
    names::{one_or_more, some_names},
};
use crate::{
    error::{Error, Result, did_you_mean},
    lang::ast::Expr,
    toml_reader::{Item, Table},
};

/// Every rule with an example of how it is written.
const RULES: [(&str, &str); 8] = [
    ("all_to_all", "\"all_to_all\""),
    ("one_to_one", "\"one_to_one\""),
    ("fixed_probability", "{ fixed_probability = 0.02 }"),
    ("fixed_in_degree", "{ fixed_in_degree = 100 }"),
    ("fixed_out_degree", "{ fixed_out_degree = 100 }"),
    ("fixed_total_number", "{ fixed_total_number = 100000 }"),
    ("distance_dependent", "{ distance_dependent = \"0.3*exp(-distance/(200 um))\" }"),
    ("edges", "{ edges = \"edges.csv\" }"),
];

/// Reads one projection.
pub fn projection(mut table: Table) -> Result<Projection> {
    let projection = Projection {
        span: table.span(),
        from: some_names(table.require("from", "from = \"E\"")?)?,
        to: some_names(table.require("to", "to = [\"E\", \"I\"]")?)?,
        rule: rule(table.require("rule", "rule = { fixed_probability = 0.1 }")?)?,
        receptors: some_names(table.require("receptor", "receptor = \"exc\"")?)?,
        weights: expressions(table.require("weight", "weight = \"1 nS\"")?)?,
        delay: table.take_expr("delay")?,
        site: table.take_str("site")?,
        reads: table.take_str("reads")?,
        autapses: table.take_bool("autapses")?,
        multapses: table.take_bool("multapses")?,
        plasticity: table
            .take("plasticity")
            .map(one_or_more)
            .transpose()?
            .unwrap_or_default()
            .into_iter()
            .map(plasticity)
            .collect::<Result<_>>()?,
        dendritic: table.take_expr("dendritic")?,
    };
    let (receptors, weights) = (projection.receptors.len(), projection.weights.len());
    if receptors != weights {
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let message = format!("{}: {} but {}", table.path(), count(receptors, "receptor"), count(weights, "weight"));
        let span = projection.weights[0].span.start..projection.weights[weights - 1].span.end;
        return Err(Error::input(message)
            .help("give as many weights as receptors: receptor = [\"ampa\", \"nmda\"], weight = [\"1 nS\", \"0.1 nS\"]")
            .at(table.source(), span));
    }
    table.finish()?;
    Ok(projection)
}

fn expressions(item: Item) -> Result<Vec<Expr>> {
    one_or_more(item)?.into_iter().map(Item::expr).collect()
}

/// A rule by its name alone, or a table of its name and values.
fn plasticity(item: Item) -> Result<Plasticity> {
    if item.is_str() {
        let rule = item.str()?;
        return Ok(Plasticity { rule, pairing: None, modulator: None, modulator_delay: None, parameters: Vec::new() });
    }
    let example = "a rule such as \"stdp_additive\" or { rule = \"stdp_additive\", w_max = \"1 nS\" }";
    let mut table = item.clone().table().map_err(|_| item.expected(example))?;
    Ok(Plasticity {
        rule: table.require("rule", "rule = \"stdp_additive\"")?.str()?,
        pairing: table.take_str("pairing")?,
        modulator: table.take_str("modulator")?,
        modulator_delay: table.take_expr("modulator_delay")?,
        parameters: table
            .take_rest()
            .into_iter()
            .map(|(name, value)| Ok((name, value.expr()?)))
            .collect::<Result<_>>()?,
    })
}

fn rule(item: Item) -> Result<At<Rule>> {
    let span = item.span();
    let value = if item.is_str() { plain_rule(item)? } else { rule_with_value(item)? };
    Ok(At { value, span })
}

fn plain_rule(item: Item) -> Result<Rule> {
    let name = item.clone().str()?.value;
    match &*name {
        "all_to_all" => Ok(Rule::AllToAll),
        "one_to_one" => Ok(Rule::OneToOne),
        _ => Err(match RULES.iter().find(|rule| rule.0 == name) {
            Some((_, example)) => item.error(format!("`{name}` needs a value")).help(format!("write rule = {example}")),
            None => unknown_rule(&item, &name),
        }),
    }
}

fn rule_with_value(item: Item) -> Result<Rule> {
    let example = "a rule such as \"all_to_all\" or { fixed_probability = 0.02 }";
    let mut table = item.clone().table().map_err(|_| item.expected(example))?;
    let mut entries = table.take_rest();
    if entries.len() != 1 {
        return Err(item
            .error(format!("a rule has one key, here are {}", entries.len()))
            .help(format!("write {example}")));
    }
    let (name, value) = entries.remove(0);
    match &*name.value {
        "fixed_probability" => Ok(Rule::FixedProbability(value.expr()?)),
        "fixed_in_degree" => Ok(Rule::FixedInDegree(value.expr()?)),
        "fixed_out_degree" => Ok(Rule::FixedOutDegree(value.expr()?)),
        "fixed_total_number" => Ok(Rule::FixedTotalNumber(value.expr()?)),
        "distance_dependent" => Ok(Rule::DistanceDependent(value.expr()?)),
        "edges" => Ok(Rule::Edges(value.str()?)),
        other => Err(match RULES.iter().find(|rule| rule.0 == other) {
            Some((_, example)) => item.error(format!("`{other}` has no value")).help(format!("write rule = {example}")),
            None => unknown_rule(&item, other),
        }),
    }
}

fn unknown_rule(item: &Item, name: &str) -> Error {
    item.error(format!("no rule is called \"{name}\"")).help(did_you_mean(name, RULES.map(|rule| rule.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Source;

    fn read(lines: &str) -> Result<Projection> {
        let mut file = Table::parse(&Source::new("net.toml", format!("[[projections]]\n{lines}")))?;
        projection(file.take_tables("projections")?.remove(0))
    }

    fn with_rule(rule: &str) -> Result<Rule> {
        let lines = "from = 'E'\nto = ['E', 'I']\nreceptor = 'exc'\nweight = '1 nS'\ndelay = '1 ms'\nrule = ";
        Ok(read(&format!("{lines}{rule}"))?.rule.value)
    }

    #[test]
    fn every_rule_reads_as_its_example_says() {
        for (name, example) in RULES {
            let rule = with_rule(example).unwrap_or_else(|e| panic!("{}", e.report()));
            // The variant's name is the rule's in capitals.
            let variant = format!("{rule:?}").split(['(', ' ']).next().unwrap_or_default().to_lowercase();
            assert_eq!(variant, name.replace('_', ""));
        }
    }

    #[test]
    fn mistakes_in_rules_are_named() {
        for (rule, message, help) in [
            ("'all_to_al'", "no rule is called \"all_to_al\"", "did you mean \"all_to_all\"?"),
            ("{ probability = 1 }", "no rule is called \"probability\"", "known here: all_to_all"),
            ("'fixed_in_degree'", "`fixed_in_degree` needs a value", "{ fixed_in_degree = 100 }"),
            ("{ one_to_one = 3 }", "`one_to_one` has no value", "rule = \"one_to_one\""),
            ("{}", "here are 0", "all_to_all"),
            ("{ fixed_in_degree = 1, edges = 'a' }", "here are 2", "all_to_all"),
            ("{ edges = 3 }", "expected text", ""),
            ("3", "expected a rule", ""),
        ] {
            let report = with_rule(rule).unwrap_err().report();
            assert!(report.contains(message) && report.contains(help), "{report}");
        }
    }

    #[test]
    fn receptors_and_weights_go_together() {
        let lines = "from = 'E'\nto = 'I'\nrule = 'all_to_all'\ndelay = '1 ms'\nautapses = false\n";
        let projection = read(&format!("{lines}receptor = ['a', 'b']\nweight = ['1 nS', '2 nS']")).unwrap();
        assert_eq!((projection.receptors.len(), projection.weights.len()), (2, 2));
        assert_eq!(projection.autapses.map(|a| a.value), Some(false));
        let error = read(&format!("{lines}receptor = ['a', 'b']\nweight = '1 nS'")).unwrap_err();
        assert_eq!(error.message(), "projections[0]: 2 receptors but 1 weight");
        let error = read("from = 'E'\nrule = 'all_to_all'").unwrap_err();
        assert_eq!(error.message(), "projections[0]: `to` is missing");
    }
}
