//! `[[inputs]]`: Poisson spikes, currents, input models.

use super::{Input, InputKind, constants::Constants, names::some_names, values::named};
use crate::{
    error::{Error, Result},
    toml_reader::Table,
};

/// The key that decides what an input is.
const KINDS: [&str; 3] = ["rate", "current", "model"];

/// Reads one input.
pub fn input(mut table: Table, constants: &mut Constants) -> Result<Input> {
    let span = table.span();
    let to = some_names(table.require("to", "to = \"E\"")?)?;
    let at = table.take_str("at")?;
    let kinds: Vec<&str> = KINDS.into_iter().filter(|key| table.has(key)).collect();
    let kind = match kinds[..] {
        ["rate"] => InputKind::Poisson {
            rate: table.require("rate", "rate = \"10 Hz\"")?.expr()?,
            weight: table.require("weight", "weight = \"1 nS\"")?.expr()?,
            receptor: table.require("receptor", "receptor = \"exc\"")?.str()?,
        },
        ["current"] => InputKind::Current(table.require("current", "current = \"100 pA\"")?.expr()?),
        ["model"] => InputKind::Model {
            model: constants.model(table.require("model", "model = \"ou_current\"")?)?,
            parameters: named(&mut table, "parameters")?,
        },
        _ => {
            let (path, source) = (table.path().to_owned(), table.source().clone());
            if kinds.is_empty() {
                // A mistyped key is the likelier mistake.
                table.finish()?;
            }
            let found = if kinds.is_empty() { "none of them".into() } else { kinds.join(" and ") };
            return Err(Error::input(format!("{path}: an input has one of `rate`, `current` and `model`, here: {found}"))
                .help("rate with weight and receptor: Poisson spikes; current: a current; model with parameters: an input model")
                .at(&source, span));
        }
    };
    if let (InputKind::Poisson { receptor, .. }, Some(at)) = (&kind, &at) {
        let message = format!("{}.at: Poisson spikes arrive where their receptor is", table.path());
        let help = format!(
            "remove it, or give it to the receptor: receptors.{} = {{ model = ..., at = ... }}",
            receptor.value
        );
        return Err(Error::input(message).help(help).at(table.source(), at.span.clone()));
    }
    table.finish()?;
    Ok(Input { span, to, at, kind })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Source;

    fn read(lines: &str) -> Result<InputKind> {
        let mut file = Table::parse(&Source::new("net.toml", format!("[[inputs]]\n{lines}")))?;
        let mut constants = Constants::read(&mut file)?;
        Ok(input(file.take_tables("inputs")?.remove(0), &mut constants)?.kind)
    }

    #[test]
    fn the_keys_decide_the_kind() {
        let poisson = read("to = 'E'\nrate = '5 Hz'\nweight = '1 nS'\nreceptor = 'exc'").unwrap();
        assert!(matches!(poisson, InputKind::Poisson { receptor, .. } if receptor.value == "exc"));
        assert!(matches!(read("to = 'E'\ncurrent = '5 pA'").unwrap(), InputKind::Current(_)));
        let model = read("to = 'E'\nmodel = 'ou_current'\nparameters = { tau = '5 ms' }").unwrap();
        assert!(matches!(model, InputKind::Model { parameters, .. } if parameters.len() == 1));
    }

    #[test]
    fn mistakes_are_named() {
        for (lines, message) in [
            ("to = 'E'", "here: none of them"),
            ("to = 'E'\nrate = '1 Hz'\ncurrent = '1 pA'", "here: rate and current"),
            ("to = 'E'\nrat = '1 Hz'", "unknown key `rat` in inputs[0]"),
            ("to = 'E'\nrate = '1 Hz'\nreceptor = 'exc'", "`weight` is missing"),
            ("to = 'E'\ncurrent = '1 pA'\nweight = '1 nS'", "unknown key `weight` in inputs[0]"),
            (
                "to = 'E'\nrate = '1 Hz'\nweight = '1 nS'\nreceptor = 'exc'\nat = 'd'",
                "inputs[0].at: Poisson spikes arrive",
            ),
            ("to = []\ncurrent = '1 pA'", "inputs[0].to: the list is empty"),
        ] {
            let error = read(lines).unwrap_err();
            assert!(error.message().contains(message), "{message:?} is not in {error}");
        }
    }
}
