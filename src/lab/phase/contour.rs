//! Nullclines: where a function of the plane is zero, by marching squares, each crossing refined to rounding.

use std::collections::BTreeMap;

use super::plane::{Point, Window};

/// A line through points on which the function is zero.
pub type Polyline = Vec<Point>;

/// An edge of the grid: from node (i, j) to the right (0) or up (1).
type Edge = (usize, usize, u8);

/// The zero lines of `f` in a window, found on a grid of `cells` by `cells` cells. A place where `f` jumps or has a pole is no zero.
///
/// A component that fits between the nodes of the grid is not seen.
pub fn zero_lines(f: &dyn Fn(Point) -> f64, window: &Window, cells: usize) -> Vec<Polyline> {
    let size = window.size();
    let node = |i: usize, j: usize| {
        let part = |k: usize| k as f64 / cells as f64;
        [window.x.0 + part(i) * size[0], window.y.0 + part(j) * size[1]]
    };
    let values: Vec<Vec<f64>> = (0..=cells).map(|i| (0..=cells).map(|j| f(node(i, j))).collect()).collect();
    let mut crossings: BTreeMap<Edge, Point> = BTreeMap::new();
    for i in 0..=cells {
        for j in 0..=cells {
            for (way, (k, l)) in [(i + 1, j), (i, j + 1)].into_iter().enumerate() {
                if k > cells || l > cells || !opposite(values[i][j], values[k][l]) {
                    continue;
                }
                if let Some(root) = crossing(f, (node(i, j), values[i][j]), (node(k, l), values[k][l])) {
                    crossings.insert((i, j, way as u8), root);
                }
            }
        }
    }
    let mut links: BTreeMap<Edge, Vec<Edge>> = BTreeMap::new();
    for (i, row) in values.iter().enumerate().take(cells) {
        for (j, &value) in row.iter().enumerate().take(cells) {
            // Around the cell: below, right, above, left.
            let around = [(i, j, 0), (i + 1, j, 1), (i, j + 1, 0), (i, j, 1)];
            let found: Vec<Edge> = around.into_iter().filter(|e| crossings.contains_key(e)).collect();
            let pairs: Vec<[Edge; 2]> = match found[..] {
                [a, b] => vec![[a, b]],
                [a, b, c, d] => {
                    let middle = [0, 1].map(|k| 0.5 * (node(i, j)[k] + node(i + 1, j + 1)[k]));
                    let joined = opposite(f(middle), value);
                    if joined { vec![[a, d], [b, c]] } else { vec![[a, b], [c, d]] }
                }
                _ => Vec::new(),
            };
            for [a, b] in pairs {
                links.entry(a).or_default().push(b);
                links.entry(b).or_default().push(a);
            }
        }
    }
    chains(links).into_iter().map(|chain| chain.iter().map(|edge| crossings[edge]).collect()).collect()
}

/// Zero counts as positive, so that a zero at a node is one crossing.
fn opposite(a: f64, b: f64) -> bool {
    a.is_finite() && b.is_finite() && (a < 0.0) != (b < 0.0)
}

/// The zero on a straight line whose ends have opposite signs; `None` at a jump or a pole.
fn crossing(f: &dyn Fn(Point) -> f64, a: (Point, f64), b: (Point, f64)) -> Option<Point> {
    let at = |s: f64| [0, 1].map(|k| a.0[k] + s * (b.0[k] - a.0[k]));
    let (mut low, mut high) = (0.0, 1.0);
    let (mut at_low, mut at_high) = (a.1, b.1);
    for round in 0..60 {
        // Regula falsi where it helps, halves in between where it does not.
        let share = if round % 3 == 2 { 0.5 } else { (at_low / (at_low - at_high)).clamp(0.02, 0.98) };
        let s = low + share * (high - low);
        let value = f(at(s));
        if !value.is_finite() {
            return None;
        }
        match opposite(a.1, value) {
            true => (high, at_high) = (s, value),
            false => (low, at_low) = (s, value),
        }
        if high - low < 1e-12 {
            break;
        }
    }
    let most = a.1.abs().max(b.1.abs());
    (at_low.abs().min(at_high.abs()) <= 1e-3 * most).then(|| at(0.5 * (low + high)))
}

/// Edges that follow each other. Open lines begin at their ends, what remains is closed.
fn chains(mut links: BTreeMap<Edge, Vec<Edge>>) -> Vec<Vec<Edge>> {
    let mut out = Vec::new();
    loop {
        let open = links.iter().find(|(_, to)| to.len() == 1).or(links.iter().next());
        let Some((&start, _)) = open else { return out };
        let mut chain = vec![start];
        let mut here = start;
        while let Some(next) = links.get_mut(&here).and_then(Vec::pop) {
            let back = links.get_mut(&next).expect("links go both ways");
            back.remove(back.iter().position(|e| *e == here).expect("links go both ways"));
            chain.push(next);
            here = next;
        }
        links.retain(|_, to| !to.is_empty());
        out.push(chain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: Window = Window { x: (-2.0, 2.0), y: (-2.0, 2.0) };

    #[test]
    fn a_circle_is_one_closed_line_of_zeros() {
        let lines = zero_lines(&|p| p[0] * p[0] + p[1] * p[1] - 1.0, &SQUARE, 50);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        assert!(lines[0].iter().all(|p| (p[0].hypot(p[1]) - 1.0).abs() < 1e-11));
        let length: f64 = lines[0].windows(2).map(|w| (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1])).sum();
        assert!((length / std::f64::consts::TAU - 1.0).abs() < 1e-3, "{length}");
    }

    #[test]
    fn a_line_goes_from_side_to_side_and_a_pole_is_none() {
        let lines = zero_lines(&|p| p[1] - p[0].powi(3) / 3.0 + 0.1234, &SQUARE, 40);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().all(|p| (p[1] - p[0].powi(3) / 3.0 + 0.1234).abs() < 1e-11));
        assert!(zero_lines(&|p| 1.0 / (p[0] - 0.123), &SQUARE, 40).is_empty());
        assert!(zero_lines(&|p| if p[0] > 0.123 { 1.0 } else { -1.0 }, &SQUARE, 40).is_empty());
    }

    #[test]
    fn two_branches_that_pass_in_one_cell_stay_two() {
        let lines = zero_lines(&|p| p[0] * p[1] - 1e-4, &SQUARE, 41);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line.iter().all(|p| p[0] * line[0][0] > 0.0)));
    }
}
