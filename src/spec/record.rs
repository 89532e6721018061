//! `[record]`: what goes into the result file.

use super::{
    At, Neurons, Record, Trace,
    names::{names, projections, some_names},
    synapses::synapses,
};
use crate::{
    error::Result,
    toml_reader::{Item, Table},
};

/// Reads the table.
pub fn record(mut table: Table) -> Result<Record> {
    let record = Record {
        spikes: table.take("spikes").map(names).transpose()?,
        traces: table.take_tables("traces")?.into_iter().map(trace).collect::<Result<_>>()?,
        synapses: table.take_tables("synapses")?.into_iter().map(synapses).collect::<Result<_>>()?,
        weights: table.take("weights").map(projections).transpose()?.unwrap_or_default(),
        connectivity: table.take("connectivity").map(projections).transpose()?.unwrap_or_default(),
    };
    table.finish()?;
    Ok(record)
}

fn trace(mut table: Table) -> Result<Trace> {
    let trace = Trace {
        population: table.require("population", "population = \"E\"")?.str()?,
        variables: some_names(table.require("variables", "variables = [\"v\"]")?)?,
        neurons: table.take("neurons").map(neurons).transpose()?,
        at: table.take("at").map(some_names).transpose()?,
        interval: table.take_expr("interval")?,
    };
    table.finish()?;
    Ok(trace)
}

fn neurons(item: Item) -> Result<At<Neurons>> {
    let span = item.span();
    let form = "a list such as [0, 5, 7] or a range such as \"0:10\"";
    let value = if item.is_array() {
        let list: Result<Vec<i64>> = item.clone().array()?.into_iter().map(|i| Ok(i.int()?.value)).collect();
        Neurons::List(list?)
    } else {
        let text = item.clone().str().map_err(|_| item.expected(form))?.value;
        let range = text.split_once(':').and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
        let (from, to) =
            range.ok_or_else(|| item.error(format!("\"{text}\" is no range")).help(format!("write {form}")))?;
        Neurons::Range(from, to)
    };
    let negative = match &value {
        Neurons::List(list) => list.iter().any(|i| *i < 0),
        Neurons::Range(from, _) => *from < 0,
    };
    let empty = match &value {
        Neurons::List(list) => list.is_empty(),
        Neurons::Range(from, to) => from >= to,
    };
    match (negative, empty) {
        (true, _) => Err(item.error("neurons are numbered from 0").help(format!("write {form}"))),
        (_, true) => {
            Err(item.error("no neuron is in it").help(format!("write {form}; the end of a range is excluded")))
        }
        _ => Ok(At { value, span }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Source};

    fn read(text: &str) -> Result<Record> {
        Table::parse(&Source::new("net.toml", text))?.take_table("record")?.map_or(Ok(Record::default()), record)
    }

    #[test]
    fn all_spikes_are_the_default_and_none_is_an_empty_list() {
        assert!(read("").unwrap().spikes.is_none());
        assert!(read("[record]\nspikes = []").unwrap().spikes.unwrap().is_empty());
        assert_eq!(read("[record]\nspikes = 'E'").unwrap().spikes.unwrap()[0].value, "E");
    }

    #[test]
    fn neurons_are_a_list_or_a_range() {
        let read = |neurons: &str| {
            let text = format!("[[record.traces]]\npopulation = 'E'\nvariables = 'v'\nneurons = {neurons}");
            Ok::<_, Error>(read(&text)?.traces.remove(0).neurons.unwrap().value)
        };
        assert_eq!(read("[0, 5]").unwrap(), Neurons::List(vec![0, 5]));
        assert_eq!(read("'2:10'").unwrap(), Neurons::Range(2, 10));
        for (neurons, message) in [
            ("'all'", "\"all\" is no range"),
            ("'5:5'", "no neuron is in it"),
            ("[]", "no neuron is in it"),
            ("[-1]", "numbered from 0"),
            ("7", "expected a list such as"),
        ] {
            let error = read(neurons).unwrap_err();
            assert!(error.message().contains(message), "{message:?} is not in {error}");
        }
    }

    #[test]
    fn projections_are_named_by_both_ends() {
        assert_eq!(read("[record]\nweights = 'E->I'").unwrap().weights[0].value, "E->I");
        let error = read("[record]\nconnectivity = ['E->I', 'E']").unwrap_err();
        assert_eq!(error.message(), "record.connectivity[1]: \"E\" is not a projection");
    }
}
