//! The picture of a report: the window beside the change over frequency, or trains of short-term plasticity.

use super::{
    Report,
    report::{Trains, Window},
    table::short,
};
use crate::plot::chart::{Axis, Chart, Layer, Line, Look, Panel};

const HEIGHT: f64 = 290.0;
/// Points of a window that marks do not cover.
const DOTS: usize = 61;

/// The picture as SVG.
pub fn draw(report: &Report) -> String {
    let mut protocol = report.protocol();
    if let Some(trains) = report.trains.as_ref().filter(|t| t.trials > 1) {
        protocol += &format!("; means and standard deviations over {} synapses", trains.trials);
    }
    let mut panels = Vec::new();
    if let Some(found) = &report.window {
        let after = short(super::MODULATOR as f64 * super::DT);
        let caption = report.modulation.as_ref().map(|_| format!("modulator's spike {after} ms after the pairing"));
        panels.push(window(found).caption(caption.unwrap_or_default()));
    }
    if let Some(p) = &report.frequency {
        let label = "frequency of pairings (Hz)";
        panels.push(orders(label, &p.frequency_hz, p.apart_ms, (&p.pre_before_post, &p.post_before_pre)));
    }
    if let Some(m) = &report.modulation {
        let label = "modulator's spike after the pairing (ms)";
        panels.push(orders(label, &m.delay_ms, m.apart_ms, (&m.pre_before_post, &m.post_before_pre)));
    }
    panels.extend(report.trains.iter().flat_map(trains));
    Chart { title: report.rule.clone(), lines: vec![report.title.clone(), protocol], columns: 2, panels }.draw()
}

/// A window: where it jumps at 0 no line joins the two sides.
fn window(window: &Window) -> Panel {
    let (scale, unit) = unit(&window.change);
    let all = || window.dt_ms.iter().zip(&window.change).map(|(&x, &y)| (x, scale * y));
    let side = |sign: f64| all().filter(|p| sign * p.0 > 0.0).collect::<Vec<_>>();
    let look = if window.dt_ms.len() <= DOTS { Look::Both } else { Look::Solid };
    panel("t_post − t_pre (ms)", &format!("weight change ({unit})"))
        .with(Layer::Down(0.0, String::new()))
        .with(Line::new("pre before post", side(1.0)).look(look))
        .with(Line::new("post before pre", side(-1.0)).look(look))
        .with(Line::new("", all().filter(|p| p.0 == 0.0).collect()).look(Look::Dots))
}

/// Both orders of the two spikes over something that counts in powers of ten.
fn orders(label: &str, x: &[f64], apart: f64, (after, before): (&[f64], &[f64])) -> Panel {
    let (scale, unit) = unit(&[after, before].concat());
    let points = |changes: &[f64]| x.iter().copied().zip(changes.iter().map(|c| scale * c)).collect();
    // Two lines that coincide are both seen where the second is broken.
    let most = after.iter().chain(before).fold(0.0_f64, |most, c| most.max(c.abs()));
    let coincide = after.iter().zip(before).all(|(a, b)| (a - b).abs() <= 0.01 * most);
    let second = if coincide { Look::Dashed } else { Look::Both };
    let mut panel = panel(label, &format!("weight change ({unit})"));
    panel.x = panel.x.log();
    panel
        .with(Line::new(format!("+{} ms, pre before post", short(apart)), points(after)).look(Look::Both))
        .with(Line::new(format!("−{} ms, post before pre", short(apart)), points(before)).look(second))
}

/// What each spike of a train transmits, and the last one over the train's frequency.
fn trains(trains: &Trains) -> [Panel; 2] {
    let mut each = panel("spike of the train", "transmitted / weight");
    for (k, &frequency) in trains.frequency_hz.iter().enumerate() {
        let points = (1..).map(f64::from).zip(trains.amplitude[k].iter().copied()).collect();
        let deviation = if trains.trials > 1 { trains.deviation[k].clone() } else { Vec::new() };
        each = each.with(Line::new(format!("{} Hz", short(frequency)), points).look(Look::Both).deviation(deviation));
    }
    let points = trains.range_hz.iter().copied().zip(trains.last.iter().copied()).collect();
    let mut last = panel("frequency of the train (Hz)", "transmitted / weight");
    last.x = last.x.log();
    let name = format!("spike {} of a train", trains.amplitude[0].len());
    [each, last.with(Line::new("", points).look(Look::Both)).caption(name)]
}

fn panel(x: &str, y: &str) -> Panel {
    Panel::new(Axis::new(x), Axis::new(y).zero()).height(HEIGHT)
}

/// Percent, or parts per million for changes of which a percent axis would show zeros.
fn unit(changes: &[f64]) -> (f64, &'static str) {
    let most = changes.iter().fold(0.0_f64, |most, c| most.max(c.abs()));
    if most > 0.0 && most < 2e-4 { (1e6, "ppm") } else { (100.0, "%") }
}

#[cfg(test)]
mod tests {
    use super::{super::report::tests::report, *};

    #[test]
    fn the_picture_names_axes_units_and_both_orders() {
        let svg = draw(&report());
        for part in [
            ">mine<",
            ">A rule<",
            ">t_post − t_pre (ms)<",
            ">weight change (%)<",
            ">frequency of pairings (Hz)<",
            ">+10 ms, pre before post<",
            ">−10 ms, post before pre<",
            ">60 pairings at 1 Hz; ",
            ">0.1<",
            ">50<",
        ] {
            assert!(svg.contains(part), "{part} is not in the picture");
        }
    }

    #[test]
    fn small_changes_are_parts_per_million() {
        assert_eq!((unit(&[1e-5, -1e-4]).1, unit(&[0.1]).1, unit(&[0.0]).1), ("ppm", "%", "%"));
    }
}
