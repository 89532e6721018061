//! A morphology cut into compartments.

use super::{Node, Section, Tree};

/// A compartment, as far as values depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Compartment {
    /// Number of its section.
    pub section: usize,
    /// Number of the entry of the network file that gives its membrane.
    pub group: usize,
    /// Membrane area, um^2.
    pub area: f64,
}

/// A cell's compartments and how they are joined.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cut {
    /// In the order of the sections.
    pub compartments: Vec<Compartment>,
    /// How they are joined.
    pub tree: Tree,
    /// First compartment of each section.
    first: Vec<usize>,
    counts: Vec<usize>,
}

/// What meets at a vertex: the other vertex, and the resistance in between.
type Edges = Vec<Vec<(usize, f64)>>;

impl Cut {
    /// Cuts sections, the root first, of a cytoplasm of this resistivity (GOhm um).
    pub fn new(sections: &[Section], resistivity: f64) -> Self {
        let counts: Vec<usize> = sections.iter().map(|s| s.compartments as usize).collect();
        let first: Vec<usize> = counts.iter().scan(0, |next, n| Some(std::mem::replace(next, *next + n))).collect();
        let total: usize = counts.iter().sum();
        // Vertices: the centres of all compartments, then both ends of every section.
        let mut edges: Edges = vec![Vec::new(); total + 2 * sections.len()];
        let mut ends: Vec<[usize; 2]> = Vec::new();
        let mut compartments = Vec::with_capacity(total);
        for (s, section) in sections.iter().enumerate() {
            let (length, n) = (section.length(), counts[s]);
            let step = length / n as f64;
            let begin = match section.parent {
                None => total + 2 * s,
                Some((parent, along)) => {
                    let inner = first[parent] + inside(along, counts[parent]);
                    if along == 0.0 {
                        ends[parent][0]
                    } else if along == 1.0 {
                        ends[parent][1]
                    } else {
                        inner
                    }
                }
            };
            ends.push([begin, total + 2 * s + 1]);
            let mut join = |a: usize, b: usize, from: f64, to: f64| {
                let resistance = resistivity * section.between(from, to).1;
                edges[a].push((b, resistance));
                edges[b].push((a, resistance));
            };
            join(begin, first[s], 0.0, 0.5 * step);
            for k in 1..n {
                join(first[s] + k - 1, first[s] + k, (k as f64 - 0.5) * step, (k as f64 + 0.5) * step);
            }
            join(first[s] + n - 1, ends[s][1], length - 0.5 * step, length);
            compartments.extend((0..n).map(|k| Compartment {
                section: s,
                group: section.group,
                area: section.between(k as f64 * step, (k + 1) as f64 * step).0,
            }));
        }
        simplify(&mut edges, total);
        Self { compartments, tree: tree(&edges, total), first, counts }
    }

    /// The compartment at a place along a section.
    pub fn at(&self, section: usize, along: f64) -> usize {
        self.first[section] + inside(along, self.counts[section])
    }
}

/// Which of `n` compartments a place along a section lies in.
fn inside(along: f64, n: usize) -> usize {
    ((along * n as f64) as usize).min(n - 1)
}

/// Ends at which nothing else begins carry no current; where two stretches meet at an end, they are one resistance.
fn simplify(edges: &mut Edges, compartments: usize) {
    for end in compartments..edges.len() {
        match edges[end][..] {
            [(other, _)] => {
                edges[other].retain(|e| e.0 != end);
                edges[end].clear();
            }
            [(a, first), (b, second)] => {
                for (from, to) in [(a, b), (b, a)] {
                    let edge = edges[from].iter_mut().find(|e| e.0 == end).expect("edges go both ways");
                    *edge = (to, first + second);
                }
                edges[end].clear();
            }
            _ => {}
        }
    }
}

/// The vertices that are left as a tree, from the first compartment on.
fn tree(edges: &Edges, compartments: usize) -> Tree {
    let mut nodes = vec![Node { parent: 0, conductance: 0.0, compartment: Some(0) }];
    let mut waiting: Vec<(usize, usize, usize, f64)> = Vec::new();
    let add = |waiting: &mut Vec<_>, vertex: usize, from: usize, number: usize| {
        // The last in is the first out: the list is turned, so that sections come in their order.
        waiting.extend(edges[vertex].iter().rev().filter(|e| e.0 != from).map(|&(to, r)| (to, vertex, number, r)));
    };
    add(&mut waiting, 0, usize::MAX, 0);
    while let Some((vertex, from, parent, resistance)) = waiting.pop() {
        let compartment = (vertex < compartments).then_some(vertex);
        nodes.push(Node { parent, conductance: 1.0 / resistance, compartment });
        add(&mut waiting, vertex, from, nodes.len() - 1);
    }
    Tree::new(nodes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cable::Frustum;

    fn cylinder(name: &str, parent: Option<(usize, f64)>, length: f64, diameter: f64, compartments: u32) -> Section {
        let shape = vec![Frustum { length, diameters: [diameter; 2] }];
        Section { name: name.into(), number: 0, parent, shape, compartments, group: 0 }
    }

    fn shape(cut: &Cut) -> Vec<(usize, Option<usize>)> {
        cut.tree.nodes.iter().map(|n| (n.parent, n.compartment)).collect()
    }

    #[test]
    fn sections_end_to_end_are_one_cable() {
        let one = Cut::new(&[cylinder("a", None, 100.0, 2.0, 10)], 3.0);
        let two = Cut::new(&[cylinder("a", None, 40.0, 2.0, 4), cylinder("b", Some((0, 1.0)), 60.0, 2.0, 6)], 3.0);
        assert_eq!(shape(&one), shape(&two));
        for (a, b) in one.tree.nodes.iter().zip(&two.tree.nodes) {
            assert!((a.conductance - b.conductance).abs() < 1e-12);
        }
        // Between centres 10 um apart: pi d^2/4 over resistivity times distance.
        assert!((one.tree.nodes[5].conductance - std::f64::consts::PI / 30.0).abs() < 1e-15);
        assert_eq!((two.at(0, 0.0), two.at(0, 1.0), two.at(1, 0.5), two.at(1, 1.0)), (0, 3, 7, 9));
    }

    #[test]
    fn branches_meet_at_a_node_without_membrane() {
        let sections = [
            cylinder("a", None, 10.0, 2.0, 1),
            cylinder("b", Some((0, 1.0)), 10.0, 1.0, 2),
            cylinder("c", Some((0, 1.0)), 10.0, 1.0, 1),
            cylinder("d", Some((0, 0.5)), 10.0, 1.0, 1),
            cylinder("e", Some((0, 0.0)), 10.0, 1.0, 1),
        ];
        let cut = Cut::new(&sections, 1.0);
        let expected = [(0, Some(0)), (0, Some(5)), (0, None), (2, Some(1)), (3, Some(2)), (2, Some(3)), (0, Some(4))];
        assert_eq!(shape(&cut), expected);
        let of = |k: usize| std::f64::consts::FRAC_PI_4 / cut.tree.nodes[k].conductance;
        // Half of section a, area 4 pi/4; two and a half um of b; all of d's first half; both halves of a and e.
        let resistances = [of(1), of(2), of(3), of(4), of(5), of(6)];
        let wanted = [1.25 + 5.0, 1.25, 2.5, 5.0, 5.0, 5.0];
        assert!(resistances.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12), "{resistances:?}");
    }
}
