//! Where an experiment's results go: `-o` writes the format that its ending names, or a folder with all of them.

use std::{fs, path::Path};

use super::OutputArgs;
use crate::{
    error::{Error, Result},
    lab::Report,
    plot,
    record::write_tables,
};

/// An ending, and who writes such a file.
pub type Format<'a> = (&'static str, Box<dyn Fn(&Path) -> Result<()> + 'a>);

/// Writes `path` in the format that its ending names; else `path` is a folder, made if it is not there, for `STEM.ENDING` of each.
pub fn write(path: &Path, stem: &str, formats: &[Format]) -> Result<()> {
    let named = |ending: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending));
    if let Some((_, write)) = formats.iter().find(|(ending, _)| named(ending)) {
        return write(path);
    }
    fs::create_dir_all(path).map_err(|e| {
        let endings: Vec<String> = formats.iter().map(|f| format!(".{}", f.0)).collect();
        let help = format!("give -o a file that ends in {}, or a folder that may be written", endings.join(", "));
        Error::io(format!("cannot write \"{}\": {e}", path.display())).help(help)
    })?;
    formats.iter().try_for_each(|(ending, write)| write(&path.join(format!("{stem}.{ending}"))))
}

/// A file of text.
pub fn text(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|e| {
        Error::io(format!("cannot write \"{}\": {e}", path.display())).help("its folder must exist and be writable")
    })
}

/// Prints an experiment of the laboratory and writes it where `-o` says.
pub fn deliver(report: &Report, picture: &dyn Fn() -> String, to: &OutputArgs) -> Result<()> {
    if let Some(path) = &to.output {
        let stem = format!("{}_{}", report.name, report.experiment);
        let formats: [Format; 5] = [
            ("csv", Box::new(|path| csv(path, report))),
            ("h5", Box::new(|path| h5(path, report))),
            ("json", Box::new(|path| text(path, &(report.json() + "\n")))),
            ("svg", Box::new(|path| plot::save(&picture(), path))),
            ("png", Box::new(|path| plot::save(&picture(), path))),
        ];
        write(path, &stem, &formats)?;
    }
    match to.json {
        true => println!("{}", report.json()),
        false => print!("{report}"),
    }
    Ok(())
}

/// The first table in the file that was named, each other one beside it under its own name.
fn csv(path: &Path, report: &Report) -> Result<()> {
    for (k, table) in report.tables.iter().enumerate() {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let beside = path.with_file_name(format!("{stem}_{}.csv", table.name));
        text(if k == 0 { path } else { &beside }, &table.csv())?;
    }
    Ok(())
}

fn h5(path: &Path, report: &Report) -> Result<()> {
    let parameters: Vec<String> = report.parameters.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let texts = [
        ("bouton", env!("CARGO_PKG_VERSION")),
        ("experiment", &report.experiment),
        ("model", &report.name),
        ("title", &report.title),
        ("citation", &report.citation),
        ("protocol", &report.protocol),
        ("parameters", &parameters.join("\n")),
        ("notes", &report.notes.join("\n")),
    ];
    write_tables(path, &texts, &report.facts, &report.tables)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Table;

    #[test]
    fn an_ending_names_a_format_and_a_folder_gets_all() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let mut report = Report { name: "lif".into(), experiment: "fi".into(), ..Report::default() };
        report.tables.push(Table::new("fi", "").with("I", "pA", vec![1.0]));
        report.tables.push(Table::new("v", "").with("v", "mV", vec![2.0]));
        let picture = || "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>".to_string();
        let deliver =
            |to: &str| deliver(&report, &picture, &OutputArgs { json: false, output: Some(dir.path().join(to)) });
        let read = |name: &str| fs::read_to_string(dir.path().join(name)).expect("written");
        deliver("a.CSV").expect("written");
        assert_eq!((read("a.CSV"), read("a_v.csv")), ("I (pA)\n1\n".into(), "v (mV)\n2\n".into()));
        deliver("all").expect("written");
        for name in ["csv", "h5", "json", "svg", "png"] {
            assert!(dir.path().join(format!("all/lif_fi.{name}")).is_file(), "{name}");
        }
        assert!(dir.path().join("all/lif_fi_v.csv").is_file());
        let error = deliver("a.CSV/b").expect_err("a file is no folder").report();
        assert!(error.contains("ends in .csv, .h5, .json, .svg, .png"), "{error}");
    }
}
