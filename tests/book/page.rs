//! A page at work: its blocks are executed in order, in a folder of its own.

use std::{
    borrow::BorrowMut,
    path::{Path, PathBuf},
    process::Command,
};

use super::block::{Block, Language, blocks};

/// Runs all blocks of a page in `folder`; what they write stays there.
///
/// # Errors
/// The first block that fails, with what it said.
pub fn run(page: &str, folder: &Path) -> Result<(), String> {
    let blocks = blocks(page)?;
    let mut desk = Desk { folder, network: None, said: None };
    for (k, block) in blocks.iter().enumerate() {
        let rest = &blocks[k + 1..];
        desk.execute(block, rest).map_err(|why| format!("line {}: {why}", block.line))?;
    }
    Ok(())
}

/// Where a page is worked through.
struct Desk<'a> {
    folder: &'a Path,
    /// The last whole network, which fragments are added to.
    network: Option<&'a str>,
    /// What the last commands printed.
    said: Option<String>,
}

impl<'a> Desk<'a> {
    fn execute(&mut self, block: &Block<'a>, rest: &[Block]) -> Result<(), String> {
        match block.language {
            Language::Toml | Language::Text if block.file().is_some() => {
                self.said = None;
                self.file(block, rest)
            }
            Language::Toml => {
                self.said = None;
                self.toml(block)
            }
            Language::Shell => {
                self.said = Some(said(self.shell(block.text))?);
                Ok(())
            }
            Language::Python => {
                let script = |python| said(Command::new(python).args(["-c", block.text]).current_dir(self.folder));
                self.said = python().map(script).transpose()?;
                Ok(())
            }
            Language::Text => self.said.take().map_or(Ok(()), |output| shown(block.text, &output)),
        }
    }

    /// A file is saved for what follows; one that nothing uses would not be tested.
    fn file(&mut self, block: &Block<'a>, rest: &[Block]) -> Result<(), String> {
        let name = block.file().expect("a name");
        if !rest.iter().any(|b| b.text.contains(name) && !(b.language == Language::Text && b.file().is_none())) {
            return Err(format!("no command uses {name}"));
        }
        if block.language == Language::Toml && block.text.contains("[populations") {
            self.network = Some(block.text);
        }
        self.save(name, block.text)
    }

    /// A network without a name is run as it is, a model in a network around it, and a part of a network with the one before.
    fn toml(&mut self, block: &Block<'a>) -> Result<(), String> {
        let table: toml::Table = block.text.parse().map_err(|e| format!("{e}"))?;
        let mut network = if let Some(kind) = table.get("kind").and_then(|kind| kind.as_str()) {
            self.save("it.toml", block.text)?;
            host(kind, &table)?
        } else if table.contains_key("populations") {
            self.network = Some(block.text);
            block.text.into()
        } else {
            format!("{}\n{}", self.network.ok_or("a part of a network, but no network stands before it")?, block.text)
        };
        if !network.parse::<toml::Table>().map_err(|e| format!("{e}"))?.contains_key("run") {
            network += "\n[run]\nduration = \"100 ms\"\n";
        }
        self.save("page.toml", &network)?;
        said(self.shell("bouton run page.toml")).map(|_| ())
    }

    fn save(&self, name: &str, text: &str) -> Result<(), String> {
        std::fs::write(self.folder.join(name), text).map_err(|e| format!("{name}: {e}"))
    }

    /// Commands as a reader types them; they end with the first that fails.
    fn shell(&self, script: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_bouton")).parent().expect("in a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new("sh");
        command.args(["-ec", script]).current_dir(self.folder).env("PATH", format!("{}:{path}", program.display()));
        command
    }
}

/// Runs a command to its end.
fn said(mut command: impl BorrowMut<Command>) -> Result<String, String> {
    let output = command.borrow_mut().output().map_err(|e| e.to_string())?;
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    match output.status.success() {
        true => Ok(out.into_owned()),
        false => Err(format!("{}\n{out}{err}", output.status)),
    }
}

/// The Python of `make python`, with the packages that pages import. On a machine of CI it must be there.
fn python() -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("in the target folder");
    let python = target.join("python/bin/python");
    assert!(python.exists() || std::env::var_os("CI").is_none(), "{} is missing: make python", python.display());
    python.exists().then_some(python)
}

/// A network around a model that has none.
fn host(kind: &str, model: &toml::Table) -> Result<String, String> {
    let lif = "[populations.E]\nmodel = \"lif\"\nsize = 2\n";
    let weight = || model["weight"].as_str().unwrap_or_default();
    Ok(match kind {
        "neuron" => "[populations.E]\nmodel = \"it.toml\"\nsize = 2\n".into(),
        "spike_list" => "[populations.E]\nmodel = \"spike_list\"\nsize = 2\ntimes = [\"5 ms\"]\n".into(),
        "input" => format!("{lif}[[inputs]]\nto = \"E\"\nmodel = \"it.toml\"\n"),
        "receptor" => {
            let reads = if model.contains_key("reads") { "" } else { "delay = \"1 ms\"\n" };
            // Of rate units what is coupled is their activity; all else is in leaky neurons as well.
            let neuron =
                if model.get("reads").is_some_and(|r| !r.to_string().contains('v')) { "rate_unit" } else { "lif" };
            format!(
                "[populations.E]\nmodel = \"{neuron}\"\nsize = 2\nparameters.I_e = \"300 pA\"\nreceptors.r = \"it.toml\"\n\
                 [[projections]]\nfrom = \"E\"\nto = \"E\"\nrule = \"all_to_all\"\nreceptor = \"r\"\n\
                 weight = \"1 {}\"\n{reads}",
                weight().trim_start_matches('1')
            )
        }
        "plasticity" => {
            return Err("a rule without a name; begin the block with `# NAME.toml` and try it by `bouton stdp`".into());
        }
        other => return Err(format!("kind \"{other}\"")),
    })
}

/// Does the page show what was printed? `...` stands for anything within a line, or for any lines.
fn shown(page: &str, output: &str) -> Result<(), String> {
    let lines =
        |text: &'_ str| text.lines().map(|l| l.trim_end().to_string()).filter(|l| !l.is_empty()).collect::<Vec<_>>();
    let (expected, printed) = (lines(page), lines(output));
    let (mut at, mut skip) = (0, false);
    for line in &expected {
        if line.trim() == "..." {
            skip = true;
            continue;
        }
        let found = printed[at..].iter().position(|l| fits(line, l)).filter(|&k| k == 0 || skip);
        at += 1 + found.ok_or_else(|| format!("the page shows\n{line}\nbut what is printed here is\n{output}"))?;
        skip = false;
    }
    match skip || at == printed.len() {
        true => Ok(()),
        false => Err(format!("the page does not show the last lines, nor `...`, of\n{output}")),
    }
}

fn fits(expected: &str, line: &str) -> bool {
    match expected.split_once("...") {
        None => expected == line,
        Some((head, tail)) => line
            .strip_prefix(head)
            .is_some_and(|rest| (0..=rest.len()).any(|k| rest.is_char_boundary(k) && fits(tail, &rest[k..]))),
    }
}

#[test]
fn outputs_are_compared_line_by_line() {
    let output = "a table\n  x   1.5\n\n  y   2\nwritten in 0.13 s\n";
    for page in ["a table\n  x   1.5\n  y   2\nwritten in ... s\n", "...\n  y   2\n...\n", "a ...\n...\nwritten...\n"] {
        assert_eq!(shown(page, output), Ok(()), "{page}");
    }
    for page in ["a table\n", "a table\n  y   2\n...\n", "...\n  x   1.6\n...\n", "...\nwritten in ... ms\n"] {
        assert!(shown(page, output).is_err(), "{page}");
    }
}
