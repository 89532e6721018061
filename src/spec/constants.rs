//! `[constants]`: names for values, and names for models.

use std::collections::BTreeSet;

use super::{At, names::identifier, values::value};
use crate::{
    error::{Error, Result},
    lang::ast::{Expr, Func},
    toml_reader::{Item, Table},
};

/// Names with a meaning of their own in expressions.
const BUILT_IN: [&str; 10] = ["t", "dt", "i", "j", "N", "x", "y", "z", "distance", "pi"];

/// The table, as long as it is open which of its texts are expressions and which are names of models.
pub struct Constants {
    entries: Vec<(At<String>, Item)>,
    models: BTreeSet<String>,
}

impl Constants {
    /// Takes the table.
    pub fn read(file: &mut Table) -> Result<Self> {
        let mut entries = Vec::new();
        if let Some(mut table) = file.take_table("constants")? {
            entries = table.take_rest();
        }
        for (name, _) in &entries {
            identifier("constant", name, file.source())?;
            let built_in = BUILT_IN.contains(&&*name.value) || Func::ALL.iter().any(|f| f.1 == name.value);
            if built_in {
                return Err(Error::input(format!("\"{}\" cannot be a constant: the name is built in", name.value))
                    .help("choose another name")
                    .at(file.source(), name.span.clone()));
            }
        }
        Ok(Self { entries, models: BTreeSet::new() })
    }

    /// The name of a model: what is written, or what the constant of that name holds.
    pub fn model(&mut self, item: Item) -> Result<At<String>> {
        let written = item.str()?;
        match self.entries.iter().find(|(name, _)| name.value == written.value) {
            None => Ok(written),
            Some((_, item)) => {
                self.models.insert(written.value);
                item.clone().str()
            }
        }
    }

    /// The constants that are values, once all models are read.
    pub fn values(self) -> Result<Vec<(At<String>, Expr)>> {
        let values = self.entries.into_iter().filter(|(name, _)| !self.models.contains(&name.value));
        values.map(|(name, item)| Ok((name, value(item)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Source;

    fn read(text: &str) -> Result<(Constants, Table)> {
        let mut file = Table::parse(&Source::new("net.toml", text))?;
        Ok((Constants::read(&mut file)?, file))
    }

    #[test]
    fn a_constant_may_name_a_model() {
        let (mut constants, mut file) =
            read("m = \"neuron\"\nn = \"eif\"\n[constants]\nneuron = \"./my-lif.toml\"\ng = 5\n").unwrap();
        assert_eq!(constants.model(file.take("m").unwrap()).unwrap().value, "./my-lif.toml");
        assert_eq!(constants.model(file.take("n").unwrap()).unwrap().value, "eif");
        let names: Vec<_> = constants.values().unwrap().into_iter().map(|(name, _)| name.value).collect();
        assert_eq!(names, ["g"]);
    }

    #[test]
    fn built_in_names_are_refused() {
        for name in ["t", "pi", "exp", "normal"] {
            let error = read(&format!("[constants]\n{name} = 1\n")).err().expect("a built-in name");
            assert_eq!(error.message(), format!("\"{name}\" cannot be a constant: the name is built in"));
        }
        assert!(read("[constants]\n\"a.b\" = 1\n").is_err());
    }
}
