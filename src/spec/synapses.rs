//! `[[record.synapses]]`: which synapses are recorded while they learn, and when.

use super::{
    At,
    names::{projection, some_names},
};
use crate::{
    error::Result,
    lang::ast::Expr,
    toml_reader::{Item, Table},
};

/// `[[record.synapses]]`.
#[derive(Clone, Debug)]
pub struct Synapses {
    /// The projection ("E->I").
    pub projection: At<String>,
    /// Which of its receptors; needed where it learns at several.
    pub receptor: Option<At<String>>,
    /// Variables of the rule; `None`: the weight.
    pub variables: Option<Vec<At<String>>>,
    /// Which synapses.
    pub which: Which,
    /// When.
    pub when: When,
}

/// Which synapses of a projection.
#[derive(Clone, Debug)]
pub enum Which {
    /// Every one.
    All,
    /// `pairs = [[0, 5], [3, 7]]`: source and target.
    Pairs(At<Vec<[i64; 2]>>),
    /// `samples = 100`: this many, drawn at random.
    Samples(Expr),
    /// `histogram = 50`: how many have values in each bin.
    Histogram {
        /// Number of bins.
        bins: Expr,
        /// `range = ["0 nS", "1 nS"]`; `None`: the rule's bounds.
        range: Option<[Expr; 2]>,
    },
}

/// When synapses are recorded.
#[derive(Clone, Debug)]
pub enum When {
    /// Once, as the run ends.
    End,
    /// `interval = "10 ms"`
    Every(Expr),
    /// `times = ["0 s", "10 s"]`
    At(Vec<Expr>),
}

/// Reads one table.
pub fn synapses(mut table: Table) -> Result<Synapses> {
    let synapses = Synapses {
        projection: projection(table.require("projection", "projection = \"E->E\"")?)?,
        receptor: table.take_str("receptor")?,
        variables: table.take("variables").map(some_names).transpose()?,
        which: which(&mut table)?,
        when: match at_most_one(&mut table, &["interval", "times"])? {
            None => When::End,
            Some(("interval", item)) => When::Every(item.expr()?),
            Some((_, item)) => When::At(times(item)?),
        },
    };
    table.finish()?;
    Ok(synapses)
}

fn which(table: &mut Table) -> Result<Which> {
    let given = at_most_one(table, &["pairs", "samples", "histogram"])?;
    let range = table.take("range");
    if let (Some(range), false) = (&range, matches!(given, Some(("histogram", _)))) {
        return Err(range.error("only a histogram has a range").help("remove it, or add histogram = 50"));
    }
    Ok(match given {
        None => Which::All,
        Some(("pairs", item)) => Which::Pairs(pairs(item)?),
        Some(("samples", item)) => Which::Samples(item.expr()?),
        Some((_, item)) => Which::Histogram { bins: item.expr()?, range: range.map(ends).transpose()? },
    })
}

/// The one of these keys that is given.
fn at_most_one(table: &mut Table, keys: &[&'static str]) -> Result<Option<(&'static str, Item)>> {
    let mut given = keys.iter().filter_map(|key| Some((*key, table.take(key)?)));
    let first = given.next();
    match (&first, given.next()) {
        (Some((first, _)), Some((second, item))) => {
            let message = format!("`{first}` and `{second}` cannot both be given");
            Err(item.error(message).help("remove one of them; two records need two [[record.synapses]]"))
        }
        _ => Ok(first),
    }
}

fn pairs(item: Item) -> Result<At<Vec<[i64; 2]>>> {
    let form = "pairs of source and target such as [[0, 5], [3, 7]]";
    let pair = |item: Item| {
        let ids: Vec<i64> = item.clone().array()?.into_iter().map(|id| Ok(id.int()?.value)).collect::<Result<_>>()?;
        <[i64; 2]>::try_from(ids).map_err(|ids| {
            item.error(format!("a pair has two neurons, here are {}", ids.len())).help(format!("write {form}"))
        })
    };
    let value = item.clone().array()?.into_iter().map(pair).collect::<Result<Vec<_>>>()?;
    match value.is_empty() {
        true => Err(item.error("the list is empty").help(format!("write {form}"))),
        false => Ok(At { value, span: item.span() }),
    }
}

fn times(item: Item) -> Result<Vec<Expr>> {
    let times = item.clone().array()?.into_iter().map(Item::expr).collect::<Result<Vec<_>>>()?;
    match times.is_empty() {
        true => Err(item.error("the list is empty").help("write times such as [\"0 s\", \"10 s\"]")),
        false => Ok(times),
    }
}

fn ends(item: Item) -> Result<[Expr; 2]> {
    let ends = item.clone().array()?.into_iter().map(Item::expr).collect::<Result<Vec<_>>>()?;
    <[Expr; 2]>::try_from(ends).map_err(|ends| {
        item.error(format!("a range has two ends, here are {}", ends.len())).help("write range = [\"0 nS\", \"1 nS\"]")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Source;

    fn read(lines: &str) -> Result<Synapses> {
        let text = format!("[[record.synapses]]\n{lines}\n");
        let mut record = Table::parse(&Source::new("net.toml", text))?.take_table("record")?.expect("a table");
        synapses(record.take_tables("synapses")?.remove(0))
    }

    #[test]
    fn all_synapses_at_the_end_are_the_default() {
        let all = read("projection = 'E->E'").unwrap();
        assert!(all.variables.is_none() && all.receptor.is_none());
        assert!(matches!((all.which, all.when), (Which::All, When::End)));
    }

    #[test]
    fn synapses_are_chosen_in_four_ways_and_times_in_three() {
        let of = |lines: &str| read(&format!("projection = 'E->E'\n{lines}")).unwrap();
        let Which::Pairs(pairs) = of("pairs = [[0, 5], [3, 7]]").which else { panic!("pairs") };
        assert_eq!(pairs.value, [[0, 5], [3, 7]]);
        assert!(matches!(of("samples = 100\ninterval = '10 ms'").when, When::Every(_)));
        assert!(matches!(
            of("histogram = 50\nrange = ['0 nS', '1 nS']").which,
            Which::Histogram { range: Some(_), .. }
        ));
        let When::At(times) = of("times = ['0 s', '10 s']").when else { panic!("times") };
        assert_eq!(times.len(), 2);
    }

    #[test]
    fn mistakes_are_named() {
        for (lines, message) in [
            ("samples = 3", "`projection` is missing"),
            ("projection = 'E'", "\"E\" is not a projection"),
            ("projection = 'E->E'\nsamples = 3\nhistogram = 5", "`samples` and `histogram` cannot both be given"),
            ("projection = 'E->E'\ninterval = '1 ms'\ntimes = ['1 ms']", "`interval` and `times` cannot both"),
            ("projection = 'E->E'\nrange = [0, 1]", "only a histogram has a range"),
            ("projection = 'E->E'\nhistogram = 5\nrange = [0]", "a range has two ends, here are 1"),
            ("projection = 'E->E'\npairs = [[0, 1, 2]]", "a pair has two neurons, here are 3"),
            ("projection = 'E->E'\npairs = []", "the list is empty"),
            ("projection = 'E->E'\ntimes = []", "the list is empty"),
            ("projection = 'E->E'\nneurons = 3", "unknown key `neurons`"),
        ] {
            let error = read(lines).unwrap_err();
            assert!(error.message().contains(message), "{message:?} is not in {error}");
        }
    }
}
