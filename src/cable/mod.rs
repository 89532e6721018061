//! Cables: morphologies cut into compartments, and the linear equations that the voltages along a tree obey.
//!
//! A [`Section`] is an unbranched stretch of membrane; it is cut into compartments of equal length, each with one voltage at its
//! centre. [`Cut`] has the compartments of a cell and the [`Tree`] that joins them, in the order of Hines (1984,
//! doi:10.1016/0020-7101(84)90008-4): every node comes after its parent, so that elimination from the tips to the root fills no
//! entry that was empty, and costs time proportional to the number of nodes.

mod cut;
mod place;
mod section;
pub mod swc;
mod tree;

pub use cut::{Compartment, Cut};
pub use place::Place;
pub use section::{Frustum, Section};
pub use tree::{Node, Tree};
