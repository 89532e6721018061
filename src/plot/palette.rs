//! Colours that people with any colour vision tell apart (Okabe & Ito 2008, <https://jfly.uni-koeln.de/color/>).

/// Blue, vermilion, bluish green, reddish purple, orange, sky blue, brownish yellow (darkened to be seen on white), black.
const COLOURS: [&str; 8] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#A89B00", "#000000"];

/// Text and axes.
pub const INK: &str = "#222222";
/// What matters less.
pub const GREY: &str = "#6B6B6B";
/// Grid lines.
pub const GRID: &str = "#E6E6E6";

/// Colour of population (or line) number `number`; they repeat after eight.
pub fn colour(number: usize) -> &'static str {
    COLOURS[number % COLOURS.len()]
}
