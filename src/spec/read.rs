//! From a network file's text to its [`Spec`]: types, known keys, missing keys, names. What needs models or sizes is the plan's work.

use super::{
    Spec, constants::Constants, inputs::input, populations::populations, projections::projection, record::record,
    run::run,
};
use crate::{
    error::{Result, Source},
    toml_reader::Table,
};

impl Spec {
    /// Reads a network file; `name` is its short name.
    ///
    /// # Errors
    /// For the first mistake in the file's structure: it is not TOML, a key is unknown or missing, a value has the wrong
    /// type or is no expression, a name is no identifier, a file of a column cannot be read.
    pub fn parse(source: Source, name: &str) -> Result<Self> {
        let mut file = Table::parse(&source)?;
        let mut constants = Constants::read(&mut file)?;
        let mut text = |key| Ok(file.take_str(key)?.map(|text| text.value));
        let (title, citation, description) = (text("title")?, text("citation")?, text("description")?);
        let tables = (file.take_tables("projections")?, file.take_tables("inputs")?);
        let (record_table, run_table) = (file.take_table("record")?, file.take_table("run")?);
        // Required behind all other keys, so that a mistyped one is told from a missing one.
        let population_table = file.require("populations", "[populations.E] with model = \"lif\" and size = 1000")?;
        file.finish()?;
        Ok(Self {
            title,
            citation,
            description,
            populations: populations(population_table.table()?, &mut constants)?,
            projections: tables.0.into_iter().map(projection).collect::<Result<_>>()?,
            inputs: tables.1.into_iter().map(|table| input(table, &mut constants)).collect::<Result<_>>()?,
            record: record_table.map(record).transpose()?.unwrap_or_default(),
            run: run(run_table, &source)?,
            constants: constants.values()?,
            models: Vec::new(),
            name: name.to_owned(),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_file_is_read() {
        let text = "\
title = 'two populations'
[constants]
neuron = 'lif'
g = 5
[populations.E]
model = 'neuron'
size = 'g*20'
[populations.I]
model = 'neuron'
size = 10
[[projections]]
from = 'E'
to = ['E', 'I']
rule = { fixed_probability = 0.1 }
receptor = 'exc'
weight = 'normal(1 nS, 0.1 nS, 0 nS, 2 nS)'
delay = '1 ms'
[run]
duration = '1 s'
";
        let spec = Spec::parse(Source::new("net.toml", text), "net").unwrap();
        assert_eq!((spec.name.as_str(), spec.title.as_deref()), ("net", Some("two populations")));
        assert_eq!(spec.populations[0].model.value, "lif");
        assert_eq!(&text[spec.populations[0].size.span.clone()], "g*20");
        assert_eq!(spec.projections[0].to[1].value, "I");
        let constants: Vec<_> = spec.constants.iter().map(|(name, _)| name.value.as_str()).collect();
        assert_eq!(constants, ["g"]);
    }

    #[test]
    fn a_mistyped_table_is_found_before_what_it_hides() {
        let report = |text: &str| Spec::parse(Source::new("net.toml", text), "net").unwrap_err().report();
        let text = report("[population.E]\nmodel = 'lif'\nsize = 1\n");
        assert!(text.contains("did you mean \"populations\""), "{text}");
        let text = report("titel = 'a'\n[populations.E]\nmodel = 'lif'\nsize = 1\n");
        assert!(text.contains("unknown key `titel`") && text.contains("did you mean \"title\"?"), "{text}");
        assert!(report("a = = 1").contains("net.toml:1"));
    }
}
