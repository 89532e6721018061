//! The code blocks of a page.

/// What a block is written in; only these are known in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// A network, a model, or a part of a network.
    Toml,
    /// Commands.
    Shell,
    /// A script.
    Python,
    /// A file with a name; or what the commands or the script before print; or, where there are none, a drawing.
    Text,
}

/// A fenced block.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// What it is written in.
    pub language: Language,
    /// What stands between the fences.
    pub text: &'a str,
    /// The line on which its first fence stands, from 1.
    pub line: usize,
}

impl<'a> Block<'a> {
    /// The file that the reader is to save it as: its first line is `# NAME.ENDING`.
    pub fn file(&self) -> Option<&'a str> {
        let name = self.text.lines().next()?.strip_prefix("# ")?;
        let (stem, ending) = name.rsplit_once('.')?;
        let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
        (plain(stem) && plain(ending)).then_some(name)
    }
}

/// All blocks of a page, in order.
///
/// # Errors
/// A block in no language or an unknown one, one that is indented instead of fenced, one that does not end: no test would run them.
pub fn blocks(page: &str) -> Result<Vec<Block<'_>>, String> {
    let mut blocks = Vec::new();
    // Language, line of the fence, begin of the text.
    let mut open: Option<(Language, usize, usize)> = None;
    let (mut start, mut blank) = (0, true);
    for (number, line) in page.split_inclusive('\n').enumerate() {
        let number = number + 1;
        match (line.strip_prefix("```"), open) {
            (Some(_), Some((language, line, from))) => {
                blocks.push(Block { language, text: &page[from..start], line });
                open = None;
            }
            (Some(info), None) => {
                let language = match info.trim_end() {
                    "toml" => Language::Toml,
                    "sh" => Language::Shell,
                    "python" => Language::Python,
                    "text" => Language::Text,
                    other => {
                        return Err(format!("line {number}: a block in \"{other}\"; use toml, sh, python or text"));
                    }
                };
                open = Some((language, number, start + line.len()));
            }
            (None, None) if blank && line.starts_with("    ") => {
                return Err(format!("line {number}: an indented block; fence it and name its language"));
            }
            (None, _) => {}
        }
        blank = line.trim().is_empty();
        start += line.len();
    }
    match open {
        Some((_, line, _)) => Err(format!("line {line}: the block does not end")),
        None => Ok(blocks),
    }
}

/// The page without its blocks, line by line.
pub fn prose(page: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    page.lines().filter(move |line| {
        let fence = line.starts_with("```");
        inside ^= fence;
        !fence && !inside
    })
}

#[test]
fn blocks_that_no_test_would_run_are_refused() {
    let found = blocks("a\n```sh\nls\n```\n\n```toml\n# a.toml\nb = 1\n```\n").expect("two blocks");
    assert_eq!(
        found.iter().map(|b| (b.language, b.text, b.line, b.file())).collect::<Vec<_>>(),
        [(Language::Shell, "ls\n", 2, None), (Language::Toml, "# a.toml\nb = 1\n", 6, Some("a.toml")),]
    );
    for (page, word) in [
        ("```\nls\n```\n", "in \"\""),
        ("```rust\n```\n", "rust"),
        ("a\n\n    ls\n", "indented"),
        ("```sh\nls\n", "end"),
    ] {
        let refused = blocks(page).expect_err("refused");
        assert!(refused.contains(word), "{refused}");
    }
    assert_eq!(prose("a\n```sh\nls\n```\nb\n").collect::<Vec<_>>(), ["a", "b"]);
}
