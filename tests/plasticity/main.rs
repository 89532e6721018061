//! Plasticity: every shipped rule against its published equations, computed by hand spike by spike; what the documentation
//! promises about phases, threads and recording; short-term plasticity and quantal release.

mod clopath;
#[path = "../common/mod.rs"]
mod common;
mod contract;
mod naive;
mod network;
mod quantal;
mod rules;
mod short_term;
mod stdp;
mod trains;
mod watch;
