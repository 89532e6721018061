//! The picture of the loop's stages: a bar for each case.

use super::{
    Point, Report,
    picture::{TOP, WIDTH, heading, points},
};
use crate::{
    output::threads,
    plot::{
        axes::{Axes, SMALL, numbered, ticks},
        palette::{self, GREY, INK},
        svg::{Anchor, Style, Svg},
    },
};

/// Where the bars of the stages begin and how long they are.
const BARS: (f64, f64) = (150.0, 620.0);
const BAR: f64 = 17.0;

/// A bar for each case: the shares of the loop's stages.
pub fn stages(report: &Report) -> String {
    let rows: usize = report.series.iter().map(|series| series.points.len()).sum();
    let height = rows as f64 * (BAR + 4.0) + report.series.len() as f64 * 30.0;
    let mut svg = Svg::new(WIDTH, TOP + 26.0 + height + 52.0);
    heading(&mut svg, report, "Where the time goes: stages of the loop", "median");
    let mut x = BARS.0;
    for (k, name) in names(report).into_iter().enumerate() {
        svg.rect((x, TOP - 8.0), (12.0, 12.0), stage_colour(k, name), 1.0);
        svg.text((x + 17.0, TOP + 2.0), name, Style { colour: INK, ..SMALL });
        x += 100.0;
    }
    let right = BARS.0 + BARS.1;
    svg.text((right + 12.0, TOP + 2.0), "wall / biological", SMALL);
    let axes = Axes { left: BARS.0, top: TOP + 20.0, width: BARS.1, height, x: (0.0, 100.0), y: (0.0, 1.0) };
    axes.time_grid(&mut svg);
    let mut y = axes.top;
    for series in &report.series {
        svg.text((BARS.0, y + 19.0), &series.label, Style { size: 11.5, bold: true, colour: INK, ..SMALL });
        y += 26.0;
        for point in &series.points {
            bar(&mut svg, point, y);
            y += BAR + 4.0;
        }
        y += 4.0;
    }
    axes.axis_below(&mut svg, &numbered(&ticks((0.0, 100.0), 5)), Some("share of the loop's wall time (%)"));
    svg.finish()
}

fn names(report: &Report) -> Vec<&str> {
    points(report).next().map_or(vec![], |p| p.stages.iter().map(|(name, _)| name.as_str()).collect())
}

/// Waiting is what nobody wants: it is grey.
fn stage_colour(stage: usize, name: &str) -> &'static str {
    if name == "wait" { GREY } else { palette::colour(stage) }
}

fn bar(svg: &mut Svg, point: &Point, top: f64) {
    let baseline = top + BAR / 2.0 + 3.8;
    svg.text((BARS.0 - 10.0, baseline), &threads(point.threads), Style { anchor: Anchor::End, colour: INK, ..SMALL });
    let mut left = BARS.0;
    for (k, (name, _)) in point.stages.iter().enumerate() {
        let width = point.share(k) * BARS.1;
        svg.rect((left, top), (width, BAR), stage_colour(k, name), 1.0);
        if width > 34.0 {
            let style = Style { size: 10.0, anchor: Anchor::Middle, colour: "#FFFFFF", ..SMALL };
            svg.text((left + width / 2.0, baseline), &format!("{:.0} %", 100.0 * point.share(k)), style);
        }
        left += width;
    }
    svg.text((BARS.0 + BARS.1 + 12.0, baseline), &format!("{:.3}", point.real_time_factor.median), SMALL);
}

#[cfg(test)]
mod tests {
    use super::{super::derive::tests::report, *};

    #[test]
    fn bars_have_shares_and_names() {
        let svg = stages(&report(false));
        for part in [">deliver<", ">integrate<", ">75 %<", ">4 threads<", "share of the loop", ">0.250<"] {
            assert!(svg.contains(part), "{part} is not in the picture");
        }
    }
}
