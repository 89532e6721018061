//! Lists of the command line: threads, scales, precisions.

use std::collections::BTreeSet;

use crate::error::{Error, Result};

/// 1, 2, 4, ... and the number of all cores.
pub fn all_threads() -> Vec<usize> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let powers = std::iter::successors(Some(1), |n| Some(n * 2));
    powers.take_while(|&n| n < cores).chain([cores]).collect()
}

/// Reads a list such as `1,2,4`: each entry once, ascending.
///
/// # Errors
/// For an empty list and for entries that are no whole numbers of at least 1.
pub fn threads(text: &str) -> Result<Vec<usize>> {
    let one = |entry: &str| {
        entry.parse().ok().filter(|&n: &usize| n >= 1).ok_or_else(|| {
            Error::input(format!("--threads {text}: \"{entry}\" is not a whole number of at least 1"))
                .help("write for example --threads 1,2,4")
        })
    };
    Ok(entries(text).map(one).collect::<Result<BTreeSet<_>>>()?.into_iter().collect())
}

/// Reads a list such as `0.1,0.3,1`.
///
/// # Errors
/// For an empty list and for entries that are no numbers above 0.
pub fn scales(text: &str) -> Result<Vec<f64>> {
    let one = |entry: &str| {
        entry.parse().ok().filter(|s: &f64| s.is_finite() && *s > 0.0).ok_or_else(|| {
            Error::input(format!("--scales {text}: \"{entry}\" is not a number above 0"))
                .help("write for example --scales 0.1,0.3,1")
        })
    };
    entries(text).map(one).collect()
}

/// Reads `f32`, `f64` or a list of both.
///
/// # Errors
/// For everything else.
pub fn precisions(text: &str) -> Result<Vec<&'static str>> {
    let one = |entry: &str| {
        ["f32", "f64"].into_iter().find(|known| *known == entry).ok_or_else(|| {
            Error::input(format!("--precision {text}: \"{entry}\" is not a precision"))
                .help("write f32, f64 or f32,f64")
        })
    };
    entries(text).map(one).collect()
}

/// What stands between commas; an empty list is one empty entry, which no reader takes.
fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_and_mistakes_refused() {
        assert_eq!(threads("2, 1,2").unwrap(), [1, 2]);
        assert_eq!(scales("0.1,1e1").unwrap(), [0.1, 10.0]);
        assert_eq!(precisions("f64,f32").unwrap(), ["f64", "f32"]);
        for wrong in ["", "0", "1,,2", "1.5", "-1", "two"] {
            assert!(threads(wrong).unwrap_err().message().contains("not a whole number"), "{wrong}");
        }
        for wrong in ["", "0", "-1", "nan", "inf", "x"] {
            assert!(scales(wrong).unwrap_err().message().contains("not a number above 0"), "{wrong}");
        }
        for wrong in ["", "f16", "f32,"] {
            assert!(precisions(wrong).unwrap_err().message().contains("not a precision"), "{wrong}");
        }
    }
}
