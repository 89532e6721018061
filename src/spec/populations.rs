//! `[populations.NAME]`.

use super::{
    At, Population, Receptor, SpikeTimes,
    cable::cable,
    constants::Constants,
    names::{identifier, one_or_more},
    values::{named, required, value},
};
use crate::{
    error::{Error, Result},
    lang::ast::Expr,
    toml_reader::{Item, Table},
};

/// Reads all populations in the order of the file.
pub fn populations(mut table: Table, constants: &mut Constants) -> Result<Vec<Population>> {
    let source = table.source().clone();
    let entries = table.take_rest();
    if entries.is_empty() {
        return Err(Error::input("the network has no populations")
            .help("add one: [populations.E] with model = \"lif\" and size = 1000")
            .at(&source, table.span()));
    }
    entries
        .into_iter()
        .map(|(name, item)| {
            identifier("population", &name, &source)?;
            population(name, item.table()?, constants)
        })
        .collect()
}

fn population(name: At<String>, mut table: Table, constants: &mut Constants) -> Result<Population> {
    let model = constants.model(table.require("model", "model = \"lif\"")?)?;
    let population = Population {
        size: required(&mut table, "size", "size = 1000")?,
        parameters: named(&mut table, "parameters")?,
        initial: named(&mut table, "initial")?,
        receptors: receptors(&mut table, constants)?,
        integrator: table.take_str("integrator")?,
        positions: table.take_table("positions")?.map(positions).transpose()?,
        spikes: spikes(&mut table, &model)?,
        cable: table.take_table("cable")?.map(|t| cable(t, constants)).transpose()?,
        name,
        model,
    };
    table.finish()?;
    Ok(population)
}

fn receptors(table: &mut Table, constants: &mut Constants) -> Result<Vec<Receptor>> {
    let source = table.source().clone();
    let entries = table.take_table("receptors")?.map_or(Vec::new(), |mut receptors| receptors.take_rest());
    entries
        .into_iter()
        .map(|(name, item)| {
            identifier("receptor", &name, &source)?;
            if item.is_str() {
                return Ok(Receptor { name, model: constants.model(item)?, at: None, parameters: Vec::new() });
            }
            let mut table = item.table()?;
            let model = constants.model(table.require("model", "model = \"ampa\"")?)?;
            let at = table.take_str("at")?;
            let values = table.take_rest().into_iter().map(|(name, item)| Ok((name, value(item)?)));
            Ok(Receptor { name, model, at, parameters: values.collect::<Result<_>>()? })
        })
        .collect()
}

fn positions(mut table: Table) -> Result<[Option<Expr>; 3]> {
    let mut axis = |name| table.take(name).map(value).transpose();
    let positions = [axis("x")?, axis("y")?, axis("z")?];
    table.finish()?;
    Ok(positions)
}

fn spikes(table: &mut Table, model: &At<String>) -> Result<Option<SpikeTimes>> {
    let given: Vec<(&str, Item)> =
        ["times", "spikes", "file"].into_iter().filter_map(|key| Some((key, table.take(key)?))).collect();
    let is_list = model.value == "spike_list";
    let [(key, item)] = &given[..] else {
        let Some((key, second)) = given.get(1) else {
            if !is_list {
                return Ok(None);
            }
            return Err(Error::input(format!("{}: a spike_list says when it spikes", table.path()))
                .help("add one of: times = [\"10 ms\"], spikes = [[0, \"10 ms\"]], file = \"spikes.gdf\"")
                .at(table.source(), model.span.clone()));
        };
        let message = format!("`{}` is given already; `{key}` cannot be given too", given[0].0);
        return Err(second.error(message).help("leave one of them"));
    };
    if !is_list {
        let message =
            format!("only populations of the model \"spike_list\" have `{key}`, this one is \"{}\"", model.value);
        return Err(item.error(message).help("set model = \"spike_list\", or remove it"));
    }
    let item = item.clone();
    Ok(Some(match *key {
        "times" => SpikeTimes::All(one_or_more(item)?.into_iter().map(Item::expr).collect::<Result<_>>()?),
        "spikes" => SpikeTimes::Each(item.array()?.into_iter().map(neuron_and_time).collect::<Result<_>>()?),
        _ => SpikeTimes::File(item.str()?),
    }))
}

fn neuron_and_time(pair: Item) -> Result<(At<i64>, Expr)> {
    match <[Item; 2]>::try_from(pair.clone().array()?) {
        Ok([neuron, time]) => Ok((neuron.int()?, time.expr()?)),
        Err(_) => Err(pair.expected("a neuron and a time such as [0, \"10 ms\"]")),
    }
}

#[cfg(test)]
mod tests {
    use crate::{error::Source, spec::*};

    fn parse(text: &str) -> crate::error::Result<Spec> {
        Spec::parse(Source::new("net.toml", text), "net")
    }

    #[test]
    fn order_is_that_of_the_file() {
        let spec = parse(
            "[populations.b]\nmodel = 'lif'\nsize = 1\n[populations.a]\nmodel = 'lif'\nsize = 2\n\
             receptors.z = 'ampa'\nreceptors.c = { model = 'gaba_a', tau = '5 ms' }\ninitial.z.g = '1 nS'\n",
        )
        .unwrap();
        let names: Vec<_> = spec.populations.iter().map(|p| p.name.value.as_str()).collect();
        assert_eq!(names, ["b", "a"]);
        let receptors: Vec<_> = spec.populations[1].receptors.iter().map(|r| r.name.value.as_str()).collect();
        assert_eq!(receptors, ["z", "c"]);
        assert_eq!(spec.populations[1].receptors[1].parameters[0].0.value, "tau");
        assert_eq!(spec.populations[1].initial[0].0.value, "z.g");
    }

    #[test]
    fn spike_lists_come_in_three_forms() {
        let read = |line| parse(&format!("[populations.s]\nmodel = 'spike_list'\nsize = 3\n{line}\n"));
        let spikes = |line| read(line).unwrap().populations.remove(0).spikes.unwrap();
        assert!(matches!(spikes("times = ['1 ms', '2 ms']"), SpikeTimes::All(t) if t.len() == 2));
        assert!(matches!(spikes("spikes = [[2, '1 ms']]"), SpikeTimes::Each(s) if s[0].0.value == 2));
        assert!(matches!(spikes("file = 'in.gdf'"), SpikeTimes::File(f) if f.value == "in.gdf"));
        assert!(read("").unwrap_err().message().contains("says when it spikes"));
        assert!(read("times = []\nfile = 'in.gdf'").unwrap_err().message().contains("`times` is given already"));
        assert!(read("spikes = [[1]]").unwrap_err().message().contains("expected a neuron and a time"));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, message) in [
            ("", "the file: `populations` is missing"),
            ("[populations]", "the network has no populations"),
            ("[populations.E]\nsize = 1\n", "populations.E: `model` is missing"),
            ("[populations.E]\nmodel = 'lif'\n", "populations.E: `size` is missing"),
            ("[populations.E]\nmodel = 'lif'\nsize = 1\nsead = 2\n", "unknown key `sead` in populations.E"),
            ("[populations.E]\nmodel = 'lif'\nsize = 1\ntimes = ['1 ms']\n", "only populations of the model"),
            ("[populations.'E.x']\nmodel = 'lif'\nsize = 1\n", "cannot be the name of a population"),
            ("[populations.E]\nmodel = 3\nsize = 1\n", "populations.E.model: expected text"),
            ("[populations.E]\nmodel = 'lif'\nsize = 1\nreceptors = { a = {} }\n", "`model` is missing"),
            ("[populations.E]\nmodel = 'lif'\nsize = 1\npositions = { u = '1 um' }\n", "unknown key `u`"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.message().contains(message), "{message:?} is not in {error}");
        }
    }
}
