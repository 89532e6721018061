//! A panel on paper: grid, layers, axes, legend.

use super::{ABOVE, Axis, Heat, LEFT, LINE, Layer, Line, Look, Panel, RIGHT, SCALE, WIDTH, cut};
use crate::plot::{
    axes::{Axes, LABEL, SMALL, numbered, ticks},
    palette::{self, GREY, GRID, INK},
    svg::{Anchor, Style, Svg},
};

/// Size of a mark.
const MARK: (f64, f64) = (5.0, 5.0);
/// From the panel to the name of its left axis.
const NAME: f64 = 58.0;
/// Width of a character of small text, about.
const CHARACTER: f64 = 6.3;
/// A line's sample in the legend.
const SAMPLE: f64 = 20.0;

impl Panel {
    /// Width of the frame where so many panels stand side by side.
    pub(super) fn width(&self, columns: usize) -> f64 {
        let right = if self.layers.iter().any(|l| matches!(l, Layer::Heat(_))) { SCALE } else { RIGHT };
        WIDTH / columns as f64 - LEFT - right
    }

    /// Height of what stands above the frame: caption, legend.
    pub(super) fn above(&self, columns: usize) -> f64 {
        let rows = self.legend(self.width(columns)).last().map_or(0, |(row, ..)| row + 1);
        ABOVE + LINE * (rows + usize::from(!self.caption.is_empty())) as f64
    }

    pub(super) fn draw(&self, svg: &mut Svg, (left, top): (f64, f64), width: f64) {
        let all = |of: fn(&Layer) -> Vec<f64>| self.layers.iter().flat_map(of).collect::<Vec<_>>().into_iter();
        let (x, y) = (self.x.ends(all(Layer::x), 0.02), self.y.ends(all(Layer::y), 0.06));
        let axes = Axes { left, top, width, height: self.height, x, y };
        let below = self.x.ticks(x, (width / 58.0) as usize);
        let beside = self.y.ticks(y, (self.height / 32.0) as usize);
        for (tick, _) in &beside {
            svg.line([(left, axes.at_y(*tick)), (left + width, axes.at_y(*tick))], GRID, 1.0, 1.0);
        }
        for (tick, _) in &below {
            svg.line([(axes.at_x(*tick), top), (axes.at_x(*tick), axes.bottom())], GRID, 1.0, 1.0);
        }
        if !self.y.log && y.0 < 0.0 && y.1 > 0.0 {
            svg.line([(left, axes.at_y(0.0)), (left + width, axes.at_y(0.0))], GREY, 0.8, 1.0);
        }
        let paper = Paper { axes, x: &self.x, y: &self.y };
        for (layer, colour) in self.layers.iter().zip(self.colours()) {
            paper.layer(svg, layer, colour);
        }
        axes.axis_left(svg, &beside, "");
        axes.vertical_label(svg, &self.y.name, NAME);
        axes.axis_below(svg, &below, Some(&self.x.name));
        if !self.caption.is_empty() {
            let up = self.legend(width).last().map_or(0, |(row, ..)| row + 1);
            let at = (left + width / 2.0, top - 8.0 - LINE * up as f64);
            svg.text(at, &cut(&self.caption, (width / CHARACTER) as usize), Style { size: SMALL.size, ..LABEL });
        }
        self.draw_legend(svg, &axes);
    }

    /// Number of each layer's colour.
    fn colours(&self) -> Vec<usize> {
        let mut next = 0;
        let number = |layer: &Layer| match layer {
            Layer::Line(line) => line.colour.unwrap_or_else(|| {
                next += 1;
                next - 1
            }),
            _ => 0,
        };
        self.layers.iter().map(number).collect()
    }

    /// Named lines, wrapped: row, place from the left, number of the layer.
    fn legend(&self, width: f64) -> Vec<(usize, f64, usize)> {
        let (mut row, mut x, mut entries) = (0, 0.0, Vec::new());
        for (k, layer) in self.layers.iter().enumerate() {
            let Layer::Line(line) = layer else { continue };
            if line.name.is_empty() {
                continue;
            }
            let wide = SAMPLE + 6.0 + CHARACTER * line.name.chars().count() as f64 + 14.0;
            if x > 0.0 && x + wide > width {
                (row, x) = (row + 1, 0.0);
            }
            entries.push((row, x, k));
            x += wide;
        }
        entries
    }

    fn draw_legend(&self, svg: &mut Svg, axes: &Axes) {
        let (entries, colours) = (self.legend(axes.width), self.colours());
        let rows = entries.last().map_or(0, |(row, ..)| row + 1);
        for (row, x, k) in entries {
            let Layer::Line(line) = &self.layers[k] else { unreachable!("only lines have names in the legend") };
            let at = (axes.left + x, axes.top - 12.0 - LINE * (rows - 1 - row) as f64);
            let colour = palette::colour(colours[k]);
            match line.look {
                Look::Dots => svg.marks([(at.0 + SAMPLE / 2.0, at.1)], MARK, colour),
                Look::Bars => svg.rect((at.0, at.1 - 5.0), (SAMPLE, 9.0), colour, 0.6),
                Look::Dashed => svg.dashed([at, (at.0 + SAMPLE, at.1)], colour, 1.8),
                _ => svg.line([at, (at.0 + SAMPLE, at.1)], colour, 1.8, 0.9),
            }
            svg.text((at.0 + SAMPLE + 6.0, at.1 + 3.8), &line.name, Style { colour: INK, ..SMALL });
        }
    }
}

/// A panel's frame with its axes: data become places on paper.
struct Paper<'a> {
    axes: Axes,
    x: &'a Axis,
    y: &'a Axis,
}

impl Paper<'_> {
    fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.axes.at_x(self.x.place(x)), self.axes.at_y(self.y.place(y)))
    }

    fn layer(&self, svg: &mut Svg, layer: &Layer, colour: usize) {
        let Axes { left, top, width, .. } = self.axes;
        match layer {
            Layer::Line(line) => self.line(svg, line, palette::colour(colour)),
            Layer::Arrows(arrows) => arrows.iter().for_each(|arrow| self.arrow(svg, *arrow)),
            Layer::Heat(heat) => self.heat(svg, heat),
            Layer::Across(y, name) => {
                let y = self.axes.at_y(self.y.place(*y));
                svg.dashed([(left, y), (left + width, y)], GREY, 1.0);
                svg.text((left + width - 4.0, y - 4.0), name, Style { anchor: Anchor::End, ..SMALL });
            }
            Layer::Down(x, name) => {
                let x = self.axes.at_x(self.x.place(*x));
                svg.dashed([(x, top), (x, self.axes.bottom())], GREY, 1.0);
                let (side, anchor) = if x > left + 0.7 * width { (-4.0, Anchor::End) } else { (4.0, Anchor::Start) };
                svg.text((x + side, top + 12.0), name, Style { anchor, ..SMALL });
            }
        }
    }

    fn line(&self, svg: &mut Svg, line: &Line, colour: &'static str) {
        let Axes { left, top, width, height, .. } = self.axes;
        let inside = |p: (f64, f64)| {
            let air = 2.0;
            (left - air..=left + width + air).contains(&p.0) && (top - air..=top + height + air).contains(&p.1)
        };
        let points: Vec<(f64, f64)> = line.points.iter().map(|&p| self.at(p)).collect();
        for (p, deviation) in line.points.iter().zip(&line.deviation) {
            let ends = [self.at((p.0, p.1 - deviation)), self.at((p.0, p.1 + deviation))];
            if ends.iter().all(|&e| inside(e)) {
                svg.line(ends, colour, 1.2, 0.5);
            }
        }
        let width_of_last = line.last_width();
        let ends = line.points.iter().skip(1).map(|p| p.0);
        let ends = ends.chain(line.points.last().map(|p| p.0 + width_of_last)).map(|x| self.axes.at_x(self.x.place(x)));
        match line.look {
            Look::Bars => {
                let base = self.axes.at_y(self.axes.y.0.max(0.0));
                let bars = points.iter().zip(ends).filter(|(p, _)| p.1.is_finite());
                svg.cells(bars.map(|(p, right)| [p.0, p.1.min(base), right, p.1.max(base)]), colour);
            }
            Look::Dots => svg.marks(points.into_iter().filter(|&p| inside(p)), MARK, colour),
            _ => {
                let stairs = || points.iter().zip(ends).flat_map(|(p, right)| [*p, (right, p.1)]).collect();
                let path: Vec<(f64, f64)> = if line.look == Look::Steps { stairs() } else { points.clone() };
                // What is not finite or lies outside breaks the line; each piece is clipped at the frame.
                for piece in pieces(&path, (left, top, left + width, top + height)) {
                    match line.look {
                        Look::Dashed => svg.dashed(piece, colour, 1.6),
                        _ => svg.line(piece, colour, 1.6, 0.9),
                    }
                }
                if line.look == Look::Both {
                    svg.marks(points.into_iter().filter(|&p| inside(p)), MARK, colour);
                }
            }
        }
    }

    fn arrow(&self, svg: &mut Svg, [foot, vector]: [(f64, f64); 2]) {
        let (from, to) = (self.at(foot), self.at((foot.0 + vector.0, foot.1 + vector.1)));
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        if !length.is_finite() || length < 0.5 {
            return;
        }
        let (dx, dy, head) = (dx / length, dy / length, (0.35 * length).min(4.0));
        let side = |sign: f64| (to.0 - head * (dx - 0.5 * sign * dy), to.1 - head * (dy + 0.5 * sign * dx));
        svg.line([from, to], GREY, 0.8, 0.8);
        svg.line([side(1.0), to, side(-1.0)], GREY, 0.8, 0.8);
    }

    /// Cells by colour, and their scale on the right.
    fn heat(&self, svg: &mut Svg, heat: &Heat) {
        const SHADES: usize = 64;
        let finite = || heat.values.iter().flatten().copied().filter(|v| v.is_finite());
        let (low, high) = finite().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
        let (low, high) = if low > high {
            (0.0, 1.0)
        } else if low == high {
            (low, low + 1.0)
        } else {
            (low, high)
        };
        let shade = |v: f64| (((v - low) / (high - low) * SHADES as f64) as usize).min(SHADES - 1);
        let Axes { left, top, width, height, .. } = self.axes;
        let rows = heat.values.len() as f64;
        let mut cells = vec![Vec::new(); SHADES];
        for (r, row) in heat.values.iter().enumerate() {
            let (across, up) = (width / row.len() as f64, height / rows);
            for (c, &v) in row.iter().enumerate().filter(|(_, v)| v.is_finite()) {
                let (x, y) = (left + across * c as f64, top + height - up * r as f64);
                cells[shade(v)].push([x, y - up, x + across, y]);
            }
        }
        let scale = Axes { left: left + width + 12.0, top, width: 12.0, height, x: (0.0, 1.0), y: (low, high) };
        for (k, cells) in cells.into_iter().enumerate() {
            let colour = palette::shade(k as f64 / (SHADES - 1) as f64);
            svg.cells(cells, &colour);
            let part = height / SHADES as f64;
            let bottom = top + height - part * k as f64;
            svg.cells([[scale.left, bottom - part, scale.left + scale.width, bottom]], &colour);
        }
        for (tick, number) in numbered(&ticks((low, high), 6)) {
            let at = (scale.left + scale.width + 4.0, scale.at_y(tick) + 3.8);
            svg.text(at, &number, SMALL);
        }
        svg.vertical_text((left + width + SCALE - 10.0, top + height / 2.0), &heat.name, LABEL);
    }
}

/// The parts of a path inside a frame (left, top, right, bottom), cut where they leave it.
fn pieces(path: &[(f64, f64)], frame: (f64, f64, f64, f64)) -> Vec<Vec<(f64, f64)>> {
    let mut all: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut end = None;
    for pair in path.windows(2) {
        match clip(pair[0], pair[1], frame) {
            Some((from, to)) if end == Some(from) => {
                all.last_mut().expect("a piece has begun").push(to);
                end = Some(to);
            }
            Some((from, to)) => {
                all.push(vec![from, to]);
                end = Some(to);
            }
            None => end = None,
        }
    }
    all
}

/// The part of a straight line inside a frame (Liang & Barsky 1984, doi:10.1145/357332.357333).
fn clip(a: (f64, f64), b: (f64, f64), frame: (f64, f64, f64, f64)) -> Option<((f64, f64), (f64, f64))> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    if !(dx.is_finite() && dy.is_finite()) {
        return None;
    }
    let (mut from, mut to) = (0.0_f64, 1.0_f64);
    for (way, room) in [(-dx, a.0 - frame.0), (dx, frame.2 - a.0), (-dy, a.1 - frame.1), (dy, frame.3 - a.1)] {
        if way == 0.0 && room < 0.0 {
            return None;
        }
        if way < 0.0 {
            from = from.max(room / way);
        } else if way > 0.0 {
            to = to.min(room / way);
        }
    }
    let at = |s: f64| {
        if s == 0.0 {
            a
        } else if s == 1.0 {
            b
        } else {
            (a.0 + s * dx, a.1 + s * dy)
        }
    };
    (from <= to).then(|| (at(from), at(to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_the_frame() {
        let frame = (0.0, 0.0, 10.0, 10.0);
        assert_eq!(clip((-5.0, 5.0), (5.0, 5.0), frame), Some(((0.0, 5.0), (5.0, 5.0))));
        assert_eq!(clip((-5.0, 5.0), (-1.0, 5.0), frame), None);
        let path = [(1.0, 1.0), (2.0, 2.0), (2.0, 20.0), (f64::NAN, 1.0), (3.0, 3.0), (4.0, 4.0)];
        assert_eq!(pieces(&path, frame), [vec![(1.0, 1.0), (2.0, 2.0), (2.0, 10.0)], vec![(3.0, 3.0), (4.0, 4.0)]]);
    }
}
