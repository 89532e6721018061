//! `[populations.NAME.cable]`: the shape of its cells.

use super::{
    Cable, Section,
    constants::Constants,
    names::{identifier, some_names},
    values::named,
};
use crate::{
    error::{Error, Result},
    toml_reader::Table,
};

/// Reads the table.
pub fn cable(mut table: Table, constants: &mut Constants) -> Result<Cable> {
    let span = table.span();
    let r_a = table.require("R_a", "R_a = \"100 Ohm*cm\"")?.expr()?;
    let swc = table.take_str("swc")?;
    let longest = table.take_expr("compartment")?;
    let repeat = table.take_expr("repeat")?;
    let sites = table.take("sites").map(some_names).transpose()?.unwrap_or_default();
    let tables = table.take_tables("sections")?;
    let (path, source) = (table.path().to_owned(), table.source().clone());
    let sections: Vec<Section> = tables.into_iter().map(|t| section(t, constants)).collect::<Result<_>>()?;
    table.finish()?;
    if let Some(second) =
        sections.iter().enumerate().find(|(k, s)| sections[..*k].iter().any(|o| o.name.value == s.name.value))
    {
        let message = format!("{path}: section \"{}\" is there already", second.1.name.value);
        return Err(Error::input(message).help("give each its own name").at(&source, second.1.name.span.clone()));
    }
    if swc.is_none() && sections.is_empty() {
        return Err(Error::input(format!("{path}: no morphology"))
            .help("add `swc = \"cell.swc\"`, or a table of sections: [[populations.NAME.cable.sections]]")
            .at(&source, span));
    }
    Ok(Cable { span, r_a, swc, longest, repeat, sites, sections })
}

fn section(mut table: Table, constants: &mut Constants) -> Result<Section> {
    let span = table.span();
    let source = table.source().clone();
    let name = table.require("name", "name = \"axon\"")?.str()?;
    identifier("section", &name, &source)?;
    let section = Section {
        span,
        name,
        parent: table.take_str("parent")?,
        length: table.take_expr("length")?,
        diameter: table.take_expr("diameter")?,
        compartments: table.take_expr("compartments")?,
        model: table.take("model").map(|item| constants.model(item)).transpose()?,
        parameters: named(&mut table, "parameters")?,
    };
    table.finish()?;
    Ok(section)
}

#[cfg(test)]
mod tests {
    use crate::{
        error::{Result, Source},
        spec::*,
    };

    fn parse(lines: &str) -> Result<Spec> {
        let text = format!("[populations.a]\nmodel = 'passive'\nsize = 1\n[populations.a.cable]\n{lines}\n");
        Spec::parse(Source::new("net.toml", text), "net")
    }

    #[test]
    fn a_table_of_sections_is_read() {
        let spec = parse(
            "R_a = '100 Ohm*cm'\nsites = 'a(1)'\n[[populations.a.cable.sections]]\nname = 'a'\nlength = '1 mm'\n\
             diameter = '1 um'\ncompartments = 5\n[[populations.a.cable.sections]]\nname = 'b'\nparent = 'a(0.5)'\n\
             length = '1 mm'\ndiameter = '1 um'\nmodel = 'hh_squid'\nparameters = { g_Na = '0 mS/cm^2' }",
        );
        let cable = spec.unwrap().populations.remove(0).cable.unwrap();
        assert_eq!((cable.sites[0].value.as_str(), cable.sections.len()), ("a(1)", 2));
        let second = &cable.sections[1];
        assert_eq!(second.parent.as_ref().unwrap().value, "a(0.5)");
        assert_eq!((second.model.as_ref().unwrap().value.as_str(), second.parameters.len()), ("hh_squid", 1));
    }

    #[test]
    fn mistakes_are_named() {
        for (lines, message) in [
            ("", "`R_a` is missing"),
            ("R_a = '100 Ohm*cm'", "no morphology"),
            ("R_a = '100 Ohm*cm'\nsections = [{ name = 'a' }, { name = 'a' }]", "section \"a\" is there already"),
            ("R_a = '100 Ohm*cm'\nsections = [{ name = 'a b' }]", "cannot be the name of a section"),
            ("R_a = '100 Ohm*cm'\nsections = [{ name = 'a', lenght = '1 um' }]", "unknown key `lenght`"),
        ] {
            let error = parse(lines).unwrap_err();
            assert!(error.message().contains(message), "{message:?} is not in {error}");
        }
    }
}
