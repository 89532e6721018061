//! The book runs: every block of every page is executed, every link leads somewhere. What is left in `target/tmp/book` is the source of
//! the book with the pictures that the pages' own commands drew; `make book` turns it into HTML.

mod block;
mod catalogue;
mod link;
mod page;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use rayon::prelude::*;

/// The pages by their paths in docs/, and those that are written of the models; `SUMMARY.md` is the list of all.
fn pages() -> BTreeMap<PathBuf, String> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut pages: BTreeMap<PathBuf, String> = files(&docs)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a page is text");
            (path.strip_prefix(&docs).expect("inside").into(), text)
        })
        .collect();
    let (written, summary) = catalogue::pages();
    let list = pages.get_mut(Path::new("SUMMARY.md")).expect("docs/SUMMARY.md");
    assert!(list.contains(catalogue::PLACE), "SUMMARY.md has no place for the catalogue");
    *list = list.replace(catalogue::PLACE, &summary);
    pages.extend(written);
    pages
}

/// All files in a folder and those in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn every_block_runs_and_every_link_leads_somewhere() {
    let pages = pages();
    let book = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book");
    let source = book.join("src");
    // What an earlier version of a page drew must not hide that this one does not.
    let _ = std::fs::remove_dir_all(&source);
    for (path, text) in &pages {
        write(&source.join(path), text.as_bytes());
    }
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for picture in files(&docs).iter().filter(|path| path.extension().is_some_and(|e| e == "png")) {
        write(&source.join(picture.strip_prefix(&docs).expect("inside")), &std::fs::read(picture).expect("read"));
    }
    for name in ["book.toml", "book.css"] {
        write(&book.join(name), &std::fs::read(docs.join(name)).expect(name));
    }
    let all: Vec<_> = pages.iter().filter(|(path, _)| *path != Path::new("SUMMARY.md")).collect();
    let wrong: Vec<String> =
        all.par_iter().with_max_len(1).flat_map(|(path, text)| work(path, text, &source)).collect();
    let dead = pages.iter().flat_map(|(path, text)| dead_links(path, text, &pages, &source));
    let listed: Vec<PathBuf> = link::links(&pages[Path::new("SUMMARY.md")]).into_iter().map(PathBuf::from).collect();
    let lost = all
        .iter()
        .filter(|(path, _)| !listed.contains(path))
        .map(|(path, _)| format!("{}: not in SUMMARY.md", path.display()));
    let wrong: Vec<String> = wrong.into_iter().chain(dead).chain(lost).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
}

/// Executes a page and keeps the pictures that it shows.
fn work(path: &Path, text: &str, source: &Path) -> Option<String> {
    let folder = tempfile::tempdir().expect("temporary folder");
    if let Err(why) = page::run(text, folder.path()) {
        return Some(format!("{}, {why}", path.display()));
    }
    // What a page draws is in its folder; beside that is whatever the machine keeps there.
    for shown in link::links(text).into_iter().filter(|link| !link.starts_with("..")) {
        let drawn = folder.path().join(shown);
        let kept = source.join(link::target(path, shown).0);
        if drawn.is_file() {
            if kept.exists() {
                return Some(format!("{}: another page shows a {shown} of its own", path.display()));
            }
            write(&kept, &std::fs::read(drawn).expect("read"));
        }
    }
    None
}

fn dead_links(path: &Path, text: &str, pages: &BTreeMap<PathBuf, String>, source: &Path) -> Vec<String> {
    let leads = |link: &&str| {
        let (file, heading) = link::target(path, link);
        let found =
            pages.get(&file).is_some_and(|page| heading.is_empty() || link::headings(page).contains(&heading.into()));
        found || !pages.contains_key(&file) && heading.is_empty() && source.join(&file).is_file()
    };
    let dead = link::links(text).into_iter().filter(|link| !leads(link));
    dead.map(|link| format!("{}: {link} leads nowhere", path.display())).collect()
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().expect("in a folder"))
        .and_then(|()| std::fs::write(path, bytes))
        .expect("written");
}
