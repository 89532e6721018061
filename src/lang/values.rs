//! The values of a neuron's columns at t = 0, and again when a phase changes parameters.

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{
    ast::Expr,
    dynamics::{ColumnKind, Derived, Dynamics},
    eval::{Env, eval},
};
use crate::{cable::Compartment, kernel::mix};

/// A neuron, as far as values depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Neuron {
    /// Its number in the population.
    pub id: u32,
    /// Size of the population.
    pub size: u32,
    /// Its place in um.
    pub position: [f64; 3],
    /// Key of the population's random values: the seed and the population's name, mixed.
    pub key: u64,
    /// Of a cable: number of the compartment in its cell, and what it is like.
    pub compartment: Option<(usize, Compartment)>,
}

/// Names that stand for what a compartment is like: its number in the cell, the number of the table entry that gives its membrane, and
/// its area. No user's name can be one of them.
pub const COMPARTMENT: &str = "@compartment";
/// See [`COMPARTMENT`].
pub const GROUP: &str = "@group";
/// See [`COMPARTMENT`].
pub const AREA: &str = "@area";

impl Dynamics {
    /// The values of all columns at t = 0, in internal units, into `row` (one entry a column).
    ///
    /// Random values depend on the key, the column's name and the neuron's number only.
    pub fn fill(&self, neuron: Neuron, row: &mut [f64]) {
        self.evaluate(neuron, row, true);
    }

    /// As [`Self::fill`], but states keep what stands in `row`.
    pub fn refresh(&self, neuron: Neuron, row: &mut [f64]) {
        self.evaluate(neuron, row, false);
    }

    fn evaluate(&self, neuron: Neuron, row: &mut [f64], states: bool) {
        let mut known: BTreeMap<&str, f64> = BTreeMap::new();
        let mut propagator: Option<(*const super::Propagator, Vec<f64>)> = None;
        // Parameters first, then states in order, then what is derived from parameters.
        for pass in 0..3 {
            for (c, column) in self.columns.iter().enumerate() {
                match (&column.kind, pass) {
                    (ColumnKind::Parameter(expr), 0) => row[c] = eval_neuron(neuron, &column.name, expr, &known),
                    (ColumnKind::State(expr), 1) if states => row[c] = eval_neuron(neuron, &column.name, expr, &known),
                    (ColumnKind::Derived(Derived::Expr(expr)), 2) => {
                        row[c] = eval_neuron(neuron, &column.name, expr, &known);
                    }
                    (ColumnKind::Derived(Derived::Propagator(p, entry)), 2) => {
                        let address = std::sync::Arc::as_ptr(p);
                        if propagator.as_ref().is_none_or(|(last, _)| *last != address) {
                            let entries = p.entries(|e| eval_neuron(neuron, "", e, &known));
                            propagator = Some((address, entries));
                        }
                        row[c] = propagator.as_ref().expect("just computed").1[*entry];
                        continue;
                    }
                    _ => continue,
                }
                known.insert(&column.name, row[c]);
            }
        }
    }
}

/// A value of one neuron; its random numbers belong to `name`.
pub fn eval_neuron(neuron: Neuron, name: &str, expr: &Expr, known: &BTreeMap<&str, f64>) -> f64 {
    eval(expr, &mut NeuronScope { neuron, known, name, rng: None })
}

/// Names and random numbers of one neuron's value.
struct NeuronScope<'a> {
    neuron: Neuron,
    known: &'a BTreeMap<&'a str, f64>,
    name: &'a str,
    rng: Option<Xoshiro256PlusPlus>,
}

impl Env for NeuronScope<'_> {
    fn name(&self, name: &str) -> Option<f64> {
        match name {
            "i" => Some(f64::from(self.neuron.id)),
            "N" => Some(f64::from(self.neuron.size)),
            "x" => Some(self.neuron.position[0]),
            "y" => Some(self.neuron.position[1]),
            "z" => Some(self.neuron.position[2]),
            _ if name.starts_with('@') => self.neuron.compartment.map(|(number, compartment)| match name {
                COMPARTMENT => number as f64,
                GROUP => compartment.group as f64,
                AREA => compartment.area,
                _ => unreachable!("{name} is none of a compartment's"),
            }),
            _ => self.known.get(name).copied(),
        }
    }
    fn index(&self) -> usize {
        self.neuron.id as usize
    }
    fn rng(&mut self) -> Option<&mut dyn Rng> {
        let (neuron, name) = (self.neuron, self.name);
        Some(self.rng.get_or_insert_with(|| {
            let purpose = name.bytes().fold(0u64, |h, b| mix(&[h, u64::from(b)]));
            let seed = mix(&[neuron.key, purpose, u64::from(neuron.id)]);
            let seed = neuron.compartment.map_or(seed, |(number, _)| mix(&[seed, number as u64]));
            Xoshiro256PlusPlus::seed_from_u64(seed)
        }))
    }
}

/// A function of time alone at `t` ms.
pub fn eval_at(expr: &Expr, t: f64) -> f64 {
    struct At(f64);
    impl Env for At {
        fn name(&self, name: &str) -> Option<f64> {
            (name == "t").then_some(self.0)
        }
    }
    eval(expr, &mut At(t))
}
