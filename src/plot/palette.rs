//! Colours that people with any colour vision tell apart (Okabe & Ito 2008, <https://jfly.uni-koeln.de/color/>).

/// Blue, vermilion, bluish green, reddish purple, orange, sky blue, brownish yellow (darkened to be seen on white), black.
const COLOURS: [&str; 8] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#A89B00", "#000000"];

/// Text and axes.
pub const INK: &str = "#222222";
/// What matters less.
pub const GREY: &str = "#6B6B6B";
/// Grid lines.
pub const GRID: &str = "#E6E6E6";

/// From light to dark blue, for a strength between 0 and 1.
pub fn shade(strength: f64) -> String {
    const STOPS: [[f64; 3]; 3] = [[222.0, 235.0, 247.0], [74.0, 151.0, 201.0], [6.0, 40.0, 92.0]];
    let place = strength.clamp(0.0, 1.0) * 2.0;
    let (from, share) = if place < 1.0 { (0, place) } else { (1, place - 1.0) };
    let part = |k: usize| (STOPS[from][k] + share * (STOPS[from + 1][k] - STOPS[from][k])).round() as u8;
    format!("#{:02X}{:02X}{:02X}", part(0), part(1), part(2))
}

/// Colour of population (or line) number `number`; they repeat after eight.
pub fn colour(number: usize) -> &'static str {
    COLOURS[number % COLOURS.len()]
}
