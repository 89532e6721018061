//! The phase plane of a neuron model with two variables: nullclines, vector field, trajectories, fixed points and their bifurcations.

mod contour;
mod fixed;
mod lyapunov;
mod plane;
mod scan;
mod trajectory;

pub use contour::{Polyline, zero_lines};
pub use fixed::{FixedPoint, Kind, fixed_points};
pub use plane::{Plane, Point, Window};
pub use scan::{Bifurcation, Change, Scan, ScanPoint, scan};
pub use trajectory::{Trajectory, trajectory};

#[cfg(test)]
mod tests;
