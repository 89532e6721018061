//! How numbers are written: for people (digits in groups, sizes with units), for programs (lists of names and values as JSON objects).

use serde::{Serialize, Serializer};

/// `1234567` as `1,234,567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).expect("digits")).collect();
    groups.join(",")
}

/// `1 neuron`, `2,000 neurons`
pub fn counted(number: u64, what: &str) -> String {
    format!("{} {what}{}", count(number), if number == 1 { "" } else { "s" })
}

/// `1 thread`, `2 threads`
pub fn threads(number: usize) -> String {
    counted(number as u64, "thread")
}

/// A size in memory, in the largest decimal unit that leaves a number above 1.
pub fn bytes(number: u64) -> String {
    match number as f64 {
        n if n >= 1e9 => format!("{:.2} GB", n / 1e9),
        n if n >= 1e6 => format!("{:.1} MB", n / 1e6),
        n => format!("{:.0} kB", n / 1e3),
    }
}

/// A JSON object in the order of the list.
pub fn as_map<T: Serialize, S: Serializer>(list: &[(String, T)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(list.iter().map(|(name, value)| (name, value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_groups_and_sizes_with_units() {
        assert_eq!([12, 77_169, 1_000_000].map(count), ["12", "77,169", "1,000,000"]);
        assert_eq!([512_000, 52_000_000, 1_900_000_000].map(bytes), ["512 kB", "52.0 MB", "1.90 GB"]);
        assert_eq!([1, 2].map(threads), ["1 thread", "2 threads"]);
        assert_eq!([0, 1, 77_169].map(|n| counted(n, "neuron")), ["0 neurons", "1 neuron", "77,169 neurons"]);
    }
}
