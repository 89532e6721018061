//! Links of pages: where they lead.

use std::path::{Component, Path, PathBuf};

use super::block::prose;

/// The targets of all links and pictures in a page's text, but those to the web.
pub fn links(page: &str) -> Vec<&str> {
    let of = |line: &'_ str| -> Vec<(usize, usize)> {
        // What stands in code is no link.
        let code = |at: usize| line[..at].matches('`').count() % 2 == 1;
        line.match_indices("](")
            .filter(|(at, _)| !code(*at))
            .filter_map(|(at, _)| Some((at + 2, at + 2 + line[at + 2..].find(')')?)))
            .collect()
    };
    prose(page)
        .flat_map(|line| of(line).into_iter().map(move |(from, to)| &line[from..to]))
        .filter(|to| !to.starts_with("http"))
        .collect()
}

/// A file and a heading in it (either may be empty) as seen from `page`.
pub fn target<'a>(page: &Path, link: &'a str) -> (PathBuf, &'a str) {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    if file.is_empty() {
        return (page.into(), heading);
    }
    let mut path = PathBuf::new();
    for part in page.parent().unwrap_or(Path::new("")).join(file).components() {
        match part {
            Component::ParentDir if path.pop() => {}
            other => path.push(other),
        }
    }
    (path, heading)
}

/// The names under which a page's headings are linked.
pub fn headings(page: &str) -> Vec<String> {
    let heading = |line: &str| line.strip_prefix('#').map(|rest| rest.trim_start_matches('#').trim().to_lowercase());
    let name = |text: String| {
        let kept = text.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    prose(page).filter_map(heading).map(name).collect()
}

#[test]
fn links_are_followed() {
    let page =
        "# A `b` (c)\nsee [x](y.md#z), `[code](no.md)` and [w](https://x.y), ![p](../p.png)\n```text\n[i](j)\n```\n";
    assert_eq!(links(page), ["y.md#z", "../p.png"]);
    assert_eq!(headings(page), ["a-b-c"]);
    assert_eq!(target(Path::new("a/b.md"), "../p.png#q"), (PathBuf::from("p.png"), "q"));
    assert_eq!(target(Path::new("a/b.md"), "#q"), (PathBuf::from("a/b.md"), "q"));
    assert_eq!(target(Path::new("a.md"), "../p.png").0, PathBuf::from("../p.png"));
}
