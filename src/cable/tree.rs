//! The tree of nodes on which a cell's voltages are solved, and the solver.

/// A node: the centre of a compartment, or a point without membrane at which three or more stretches meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// Its parent, which comes before it; the root is its own.
    pub parent: usize,
    /// Conductance of the cytoplasm to the parent, nS; 0 of the root.
    pub conductance: f64,
    /// Number of its compartment, none of a junction.
    pub compartment: Option<usize>,
}

/// Nodes of a cell, parents before children.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// The first is the root.
    pub nodes: Vec<Node>,
    /// Sum of the conductances that meet at each node, nS.
    totals: Vec<f64>,
}

impl Tree {
    /// The tree of nodes in Hines' order.
    ///
    /// # Panics
    /// Where a child comes before its parent.
    pub fn new(nodes: Vec<Node>) -> Self {
        let mut totals = vec![0.0; nodes.len()];
        for (k, node) in nodes.iter().enumerate().skip(1) {
            assert!(node.parent < k, "parents come before their children");
            totals[k] += node.conductance;
            totals[node.parent] += node.conductance;
        }
        Self { nodes, totals }
    }

    /// Solves, for the change `x` of all voltages `v` to the middle of a step,
    ///
    /// ```text
    /// diagonal_k x_k + sum over neighbours j of G_kj (x_k - x_j) = current_k + sum of G_kj (v_j - v_k)
    /// ```
    ///
    /// The first arguments are `diagonal` and `current` of the membrane at each node (0 at junctions), and are used up; `x` is left in
    /// `current`. All have as many entries as the tree has nodes. The order of operations is that of the nodes.
    pub fn solve(&self, diagonal: &mut [f64], current: &mut [f64], v: &[f64]) {
        let n = self.nodes.len();
        let (diagonal, current, v) = (&mut diagonal[..n], &mut current[..n], &v[..n]);
        for (d, total) in diagonal.iter_mut().zip(&self.totals) {
            *d += total;
        }
        for k in (1..n).rev() {
            let Node { parent, conductance, .. } = self.nodes[k];
            let flow = conductance * (v[parent] - v[k]);
            current[parent] -= flow;
            // All children of k come after it: its own row is complete.
            current[k] += flow;
            let factor = conductance / diagonal[k];
            diagonal[parent] -= factor * conductance;
            current[parent] += factor * current[k];
        }
        current[0] /= diagonal[0];
        for k in 1..n {
            let Node { parent, conductance, .. } = self.nodes[k];
            current[k] = (current[k] + conductance * current[parent]) / diagonal[k];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_solution_satisfies_the_equations() {
        // Every node's parent is some node before it, junctions among them.
        let n = 40;
        let nodes: Vec<Node> = (0..n)
            .map(|k: usize| Node {
                parent: k.saturating_sub(1 + k * 7 % 5),
                conductance: if k == 0 { 0.0 } else { 1.0 + (k * k % 17) as f64 },
                compartment: (k % 6 != 5).then_some(k),
            })
            .collect();
        let tree = Tree::new(nodes.clone());
        let membrane: Vec<f64> = (0..n).map(|k| if k % 6 == 5 { 0.0 } else { 0.5 + (k % 3) as f64 }).collect();
        let source: Vec<f64> = (0..n).map(|k| if k % 6 == 5 { 0.0 } else { (k % 7) as f64 - 2.0 }).collect();
        let v: Vec<f64> = (0..n).map(|k| -65.0 + (k * 3 % 11) as f64).collect();
        let (mut diagonal, mut x) = (membrane.clone(), source.clone());
        tree.solve(&mut diagonal, &mut x, &v);
        let mut rest: Vec<f64> = (0..n).map(|k| membrane[k] * x[k] - source[k]).collect();
        for k in 1..n {
            let p = nodes[k].parent;
            let flow = nodes[k].conductance * (v[p] + x[p] - v[k] - x[k]);
            rest[k] -= flow;
            rest[p] += flow;
        }
        assert!(rest.iter().all(|r| r.abs() < 1e-11), "{rest:?}");
    }
}
