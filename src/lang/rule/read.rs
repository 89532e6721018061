//! A rule file, key by key.

use super::{
    super::{
        ast::Expr,
        equation::{Statement, parse_equations, parse_statements},
        model::parameters,
    },
    Of, Rule, Trace, Variable,
};
use crate::{
    error::{Error, Result, Source, did_you_mean},
    quantity::{Dim, parse_unit},
    spec::At,
    toml_reader::{Item, Table},
};

/// The whole file; names and units are not looked at yet.
pub fn rule(name: &str, source: Source, weight: Dim) -> Result<Rule> {
    let mut table = Table::parse(&source)?;
    let kind = table.require("kind", "kind = \"plasticity\"")?.str()?;
    if kind.value != "plasticity" {
        let message = format!("a plasticity rule is needed here, \"{name}\" is of kind \"{}\"", kind.value);
        let help = "`bouton models` lists the shipped rules; a rule file begins with kind = \"plasticity\"";
        return Err(Error::input(message).help(help).at(&source, kind.span));
    }
    let equations = match table.take("equations") {
        Some(item) => {
            let offset = item.content();
            parse_equations(&item.str()?.value, offset).map_err(|f| f.at(&source))?
        }
        None => Vec::new(),
    };
    let rule = Rule {
        name: name.into(),
        title: table.require("title", "title = \"...\"")?.str()?.value,
        citation: table.take_str("citation")?.map(|t| t.value.trim().to_string()).unwrap_or_default(),
        weight,
        traces: named(&mut table, "traces", trace)?,
        variables: named(&mut table, "variables", |name, entry| variable(name, entry, weight))?,
        on_pre: statements(&mut table, "on_pre", &source)?,
        on_post: statements(&mut table, "on_post", &source)?,
        bounds: table.take("bounds").map(|item| pair(item, "bounds = [\"w_min\", \"w_max\"]")).transpose()?,
        transmit: table.take_expr("transmit")?,
        quanta: table.take_table("quanta")?.map(quanta).transpose()?,
        drift: table.take_expr("drift")?,
        equations,
        post_event: table.take_expr("post_event")?,
        parameters: parameters(&mut table, &source, Some(weight))?,
        source,
    };
    table.finish()?;
    Ok(rule)
}

fn statements(table: &mut Table, key: &str, source: &Source) -> Result<Vec<Statement>> {
    let Some(item) = table.take(key) else { return Ok(Vec::new()) };
    let offset = item.content();
    parse_statements(&item.str()?.value, offset).map_err(|f| f.at(source))
}

/// A table of tables, in the order of the file.
fn named<T>(table: &mut Table, key: &str, read: impl Fn(At<String>, &mut Table) -> Result<T>) -> Result<Vec<T>> {
    let Some(mut all) = table.take_table(key)? else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for (name, item) in all.take_rest() {
        let mut entry = item.table()?;
        out.push(read(name, &mut entry)?);
        entry.finish()?;
    }
    Ok(out)
}

fn trace(name: At<String>, entry: &mut Table) -> Result<Trace> {
    const SIDES: [(&str, Of); 3] = [("pre", Of::Pre), ("post", Of::Post), ("modulator", Of::Modulator)];
    let of = entry.require("of", "of = \"pre\"")?;
    let side = of.clone().str()?;
    let known = SIDES.iter().find(|s| s.0 == side.value).ok_or_else(|| {
        let message = format!("a trace is of \"pre\", \"post\" or \"modulator\", not \"{}\"", side.value);
        of.error(message).help(did_you_mean(&side.value, SIDES.map(|s| s.0)))
    })?;
    let jump = match known.1 {
        Of::Modulator => entry.take_expr("jump")?,
        _ => None,
    };
    let tau = entry.require("tau", "tau = \"tau_plus\"")?.expr()?;
    let meaning = entry.take_str("meaning")?.map(|m| m.value).unwrap_or_default();
    Ok(Trace { name: name.value, name_span: name.span, of: known.1, tau, jump, meaning })
}

fn variable(name: At<String>, entry: &mut Table, weight: Dim) -> Result<Variable> {
    let dim = match entry.take("unit") {
        None => Dim::NONE,
        Some(item) => {
            let unit = item.clone().str()?.value;
            match &*unit {
                "weight" => weight,
                unit => parse_unit(unit).map_err(|message| item.error(message).help("e.g. \"1\" or \"nS\""))?.1,
            }
        }
    };
    let per_source = match entry.take("per") {
        None => false,
        Some(item) => match &*item.clone().str()?.value {
            "synapse" => false,
            "source" => true,
            other => {
                let message = format!("a variable is per \"synapse\" or \"source\", not \"{other}\"");
                return Err(item.error(message).help(did_you_mean(other, ["synapse", "source"])));
            }
        },
    };
    Ok(Variable {
        name: name.value,
        name_span: name.span,
        dim,
        per_source,
        tau: entry.take_expr("tau")?,
        initial: entry.take_expr("initial")?,
        meaning: entry.take_str("meaning")?.map(|m| m.value).unwrap_or_default(),
    })
}

fn pair(item: Item, example: &str) -> Result<[Expr; 2]> {
    let both: Vec<Expr> = item.clone().array()?.into_iter().map(Item::expr).collect::<Result<_>>()?;
    both.try_into().map_err(|_| item.error("two values are needed here").help(format!("write {example}")))
}

fn quanta(mut table: Table) -> Result<[Expr; 2]> {
    let n = table.require("n", "n = \"n\"")?.expr()?;
    let p = table.require("p", "p = \"p\"")?.expr()?;
    table.finish()?;
    Ok([n, p])
}
