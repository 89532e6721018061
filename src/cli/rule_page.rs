//! What `bouton models` prints about a plasticity rule.

use crate::{
    error::{Error, Result, Source, did_you_mean},
    lang::{
        library,
        model::Parameter,
        rule::{Of, Rule},
    },
    plan::text,
    quantity::Dim,
};

/// The heading of rules in the list.
pub const HEADING: &str = "Plasticity rules";

/// The rule that a name or path means; `None` where it means a model.
///
/// # Errors
/// A mistake in the rule's file.
pub fn find(name: &str) -> Option<Result<Rule>> {
    let is_rule = |text: String| {
        let table: toml::Table = text.parse().ok()?;
        Some(table.get("kind")?.as_str()? == "plasticity")
    };
    let of_file = || name.ends_with(".toml").then(|| std::fs::read_to_string(name).ok().and_then(is_rule));
    let found = library::rule_names().contains(&name) || of_file().flatten() == Some(true);
    found.then(|| any_weight(name))
}

/// Reads a rule for the first kind of weight that suits it: one that names a unit is for one kind alone.
pub fn any_weight(name: &str) -> Result<Rule> {
    let read = |dim| library::rule(name, None, dim);
    let first = read(Dim::CONDUCTANCE);
    if first.is_ok() {
        return first;
    }
    [Dim::CURRENT, Dim::VOLTAGE, Dim::NONE].into_iter().map(read).find(Result::is_ok).unwrap_or(first)
}

/// A name that is neither a model's nor a rule's.
pub fn unknown(name: &str) -> Error {
    let known = [library::names(), library::rule_names()].concat();
    let help = format!("{} (the path of a file of your own ends in .toml)", did_you_mean(name, known));
    Error::input(format!("no model or plasticity rule is called \"{name}\"")).help(help)
}

/// All that a person needs to use a rule.
pub fn page(rule: &Rule) -> Result<String> {
    let mut page = format!("{} (plasticity): {}\n", rule.name, rule.title);
    if !rule.citation.is_empty() {
        page += &section("", &rule.citation);
    }
    let source = &rule.source;
    let shown = |e: &crate::lang::Expr| text(e, source).trim_matches(['"', '\'']).to_string();
    let side = |of: Of| match of {
        Of::Pre => "presynaptic spikes",
        Of::Post => "postsynaptic spikes",
        Of::Modulator => "the modulator's spikes",
    };
    let traces = rule.traces.iter().map(|t| {
        let jump = t.jump.as_ref().map_or(String::new(), |jump| format!(", by {}", shown(jump)));
        vec![
            t.name.clone(),
            format!("of {}{jump}", side(t.of)),
            format!("decays with {}", shown(&t.tau)),
            t.meaning.clone(),
        ]
    });
    page += &table("Traces", traces.collect());
    let file = Written::of(source)?;
    let variables = rule.variables.iter().map(|v| {
        let unit = match file.unit("variables", &v.name) {
            Some("weight") => "unit of the weight".into(),
            _ => v.dim.to_string().replace('1', "no unit"),
        };
        let per = if v.per_source { "one per source" } else { "one per synapse" };
        let decay = v.tau.as_ref().map_or("stays".into(), |tau| format!("decays with {}", shown(tau)));
        let begin = v.initial.as_ref().map_or("0".into(), shown);
        vec![v.name.clone(), unit, per.into(), decay, format!("{begin} at time 0"), v.meaning.clone()]
    });
    page += &table("Variables besides the weight w", variables.collect());
    for (key, heading) in [
        ("equations", "Equations of the target that it reads"),
        ("on_pre", "When a presynaptic spike arrives"),
        ("post_event", "Postsynaptic event"),
        (
            "on_post",
            if rule.post_event.is_some() { "At the postsynaptic event" } else { "When a postsynaptic spike arrives" },
        ),
        ("drift", "Between spikes, dw/dt"),
        ("transmit", "A presynaptic spike transmits"),
    ] {
        page += &file.text(key).map_or(String::new(), |text| section(heading, text));
    }
    if let Some([n, p]) = &rule.quanta {
        page += &section(
            "Quanta",
            &format!("quanta of n = {} vesicles, each released with probability p = {}", shown(n), shown(p)),
        );
    }
    if let Some([low, high]) = &rule.bounds {
        page += &section("Bounds of the weight", &format!("{} to {}", shown(low), shown(high)));
    }
    let parameter = |p: &Parameter| {
        let of_weight = file.unit("parameters", &p.name) == Some("weight");
        let value = match (p.required, of_weight) {
            (true, _) => "required".to_string(),
            (false, true) => format!("{} (unit of the weight)", text(&p.value, source)),
            (false, false) => text(&p.value, source),
        };
        // A parameter of the weight's unit has plain numbers as bounds, whatever the weight was read as.
        let plain = if of_weight { Parameter { dim: Dim::NONE, ..p.clone() } } else { p.clone() };
        let meaning =
            if of_weight && p.required { format!("{} (unit of the weight)", p.meaning) } else { p.meaning.clone() };
        [p.name.to_string(), value, plain.bounds().trim_end().to_string(), meaning]
    };
    Ok(page + &super::models::parameters(rule.parameters.iter().map(parameter).collect()))
}

/// The words of the file that a person wrote.
struct Written(toml::Table);

impl Written {
    fn of(source: &Source) -> Result<Self> {
        source.text.parse().map(Self).map_err(|e: toml::de::Error| Error::input(e.to_string()))
    }
    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }
    /// `unit` of an entry of a table.
    fn unit(&self, table: &str, name: &str) -> Option<&str> {
        self.0.get(table)?.get(name)?.get("unit")?.as_str()
    }
}

fn section(heading: &str, text: &str) -> String {
    let heading = if heading.is_empty() { String::new() } else { format!("{heading}\n") };
    format!("\n{heading}{}\n", super::models::indented(text))
}

/// Rows with columns as wide as they must be; nothing where there are no rows.
fn table(heading: &str, rows: Vec<Vec<String>>) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let width = |k: usize| rows.iter().map(|row| row[k].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..first.len()).map(width).collect();
    let line = |row: &Vec<String>| -> String {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        format!("  {}\n", cells.join("  ").trim_end())
    };
    format!("\n{heading}\n{}", rows.iter().map(line).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str) -> String {
        let rule =
            find(name).unwrap_or_else(|| panic!("{name} is a rule")).unwrap_or_else(|e| panic!("{}", e.report()));
        page(&rule).unwrap_or_else(|e| panic!("{}", e.report()))
    }

    #[test]
    fn every_rule_shows_all_its_parts() {
        for name in library::rule_names() {
            let rule = any_weight(name).unwrap();
            let page = shown(name);
            let meanings = rule.parameters.iter().map(|p| &p.meaning);
            let meanings =
                meanings.chain(rule.traces.iter().map(|t| &t.meaning)).chain(rule.variables.iter().map(|v| &v.meaning));
            for meaning in meanings {
                assert!(page.contains(meaning), "{meaning:?} is not in\n{page}");
            }
            for (heading, there) in [
                ("\nTraces\n", !rule.traces.is_empty()),
                ("\nVariables", !rule.variables.is_empty()),
                ("\nWhen a presynaptic", !rule.on_pre.is_empty()),
                ("\nA presynaptic spike transmits\n", rule.transmit.is_some()),
                ("\nQuanta\n", rule.quanta.is_some()),
                ("\nBetween spikes", rule.drift.is_some()),
                ("\nBounds", rule.bounds.is_some()),
                ("\nPostsynaptic event\n", rule.post_event.is_some()),
                ("\nEquations", !rule.equations.is_empty()),
                ("\nParameters\n", true),
            ] {
                assert_eq!(page.contains(heading), there, "{heading:?} in\n{page}");
            }
        }
    }

    #[test]
    fn a_rule_shows_what_its_file_says() {
        let page = shown("stdp_dopamine");
        for line in [
            "  D  of the modulator's spikes, by D_jump  decays with tau_d      dopamine above its tonic level",
            "  c  unit of the weight  one per synapse  decays with tau_c  0 at time 0  eligibility",
            "  c += A_plus*w_max*x",
            "  gain*c*D + gain*D_tonic*c",
            "  0*w_max to w_max",
            "  w_max      required  above 0        greatest weight (unit of the weight)",
        ] {
            assert!(page.lines().any(|l| l == line), "{line:?} is not in\n{page}");
        }
        assert!(find("lif").is_none() && find("missing.toml").is_none());
    }

    #[test]
    fn a_rule_for_one_kind_of_weight_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        std::fs::write(&path, "kind = 'plasticity'\ntitle = 'Mine'\non_pre = 'w += 1 pA'\nbounds = ['0 pA', '5 pA']\n")
            .unwrap();
        let page = shown(path.to_str().unwrap());
        assert!(page.contains("mine (plasticity): Mine") && page.contains("  0 pA to 5 pA"), "{page}");
    }
}
