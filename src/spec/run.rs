//! `[run]`: time, step, seed, phases.

use super::{At, Learns, Phase, Run, names::projections, values::named};
use crate::{
    error::{Error, Result, Source, did_you_mean},
    toml_reader::{Item, Table},
};

/// Reads the table.
pub fn run(table: Option<Table>, source: &Source) -> Result<Run> {
    let Some(mut table) = table else {
        let end = source.text.len();
        return Ok(Run {
            span: end..end,
            duration: None,
            dt: None,
            seed: None,
            precision: None,
            threads: None,
            phases: vec![],
        });
    };
    let run = Run {
        span: table.span(),
        duration: table.take_expr("duration")?,
        dt: table.take_expr("dt")?,
        seed: at_least(&mut table, "seed", 0)?,
        precision: precision(&mut table)?,
        threads: at_least(&mut table, "threads", 1)?,
        phases: table.take_tables("phases")?.into_iter().map(phase).collect::<Result<_>>()?,
    };
    if let (Some(duration), [_, ..]) = (&run.duration, &run.phases[..]) {
        return Err(Error::input("run: the phases give the duration, `duration` cannot be given too")
            .help("remove run.duration (or --duration), or the phases")
            .at(table.source(), duration.span.clone()));
    }
    table.finish()?;
    Ok(run)
}

fn at_least(table: &mut Table, key: &str, least: i64) -> Result<Option<At<i64>>> {
    let Some(item) = table.take(key) else { return Ok(None) };
    let number = item.clone().int()?;
    match number.value < least {
        true => Err(item.error(format!("{} is below {least}", number.value)).help(format!("use {least} or more"))),
        false => Ok(Some(number)),
    }
}

fn precision(table: &mut Table) -> Result<Option<At<String>>> {
    let Some(item) = table.take("precision") else { return Ok(None) };
    let precision = item.clone().str()?;
    match &*precision.value {
        "f64" | "f32" => Ok(Some(precision)),
        other => {
            Err(item.error(format!("no precision is called \"{other}\"")).help(did_you_mean(other, ["f64", "f32"])))
        }
    }
}

fn phase(mut table: Table) -> Result<Phase> {
    let phase = Phase {
        name: table.take_str("name")?,
        duration: table.require("duration", "duration = \"200 ms\"")?.expr()?,
        set: named(&mut table, "set")?,
        plasticity: table.take("plasticity").map_or(Ok(Learns::All(true)), learns)?,
    };
    table.finish()?;
    Ok(phase)
}

fn learns(item: Item) -> Result<Learns> {
    if item.is_array() || item.is_str() {
        return projections(item).map(Learns::These);
    }
    let all = item.clone().bool().map_err(|_| item.expected("true, false, or projections such as [\"E->E\"]"))?;
    Ok(Learns::All(all.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Run> {
        let source = Source::new("net.toml", text);
        run(Table::parse(&source)?.take_table("run")?, &source)
    }

    #[test]
    fn phases_set_parameters_by_path() {
        let run = read("[[run.phases]]\nduration = '1 s'\nset = { 'E.I_e' = '1 pA', E.exc.tau = '2 ms' }").unwrap();
        let names: Vec<_> = run.phases[0].set.iter().map(|(name, _)| name.value.as_str()).collect();
        assert_eq!(names, ["E.I_e", "E.exc.tau"]);
        assert!(read("").unwrap().duration.is_none());
    }

    #[test]
    fn phases_say_what_learns() {
        let learns = |text: &str| {
            let phase = format!("[[run.phases]]\nduration = '1 s'\n{text}");
            Ok::<_, Error>(read(&phase)?.phases.remove(0).plasticity)
        };
        assert!(matches!(learns("").unwrap(), Learns::All(true)));
        assert!(matches!(learns("plasticity = false").unwrap(), Learns::All(false)));
        let Learns::These(names) = learns("plasticity = ['E->E', 'E->I']").unwrap() else { panic!("a list") };
        assert_eq!(names[1].value, "E->I");
        let error = learns("plasticity = 3").unwrap_err();
        assert!(error.message().contains("expected true, false, or projections"), "{error}");
        assert!(learns("plasticity = 'E'").unwrap_err().message().contains("\"E\" is not a projection"));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, message) in [
            ("[run]\nseed = -1", "run.seed: -1 is below 0"),
            ("[run]\nthreads = 0", "run.threads: 0 is below 1"),
            ("[run]\nprecision = 'double'", "no precision is called \"double\""),
            ("[run]\nstep = '1 ms'", "unknown key `step` in run"),
            ("[run]\nduration = '1 s'\n[[run.phases]]\nduration = '1 s'", "cannot be given too"),
            ("[[run.phases]]\nname = 'a'", "run.phases[0]: `duration` is missing"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.message().contains(message), "{message:?} is not in {error}");
        }
    }
}
