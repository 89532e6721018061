//! Plasticity: every shipped rule against its published equations, computed by hand spike by spike; what the documentation
//! promises about phases, threads and recording; short-term plasticity and quantal release; the engine against NEST.

mod clopath;
#[path = "../common/mod.rs"]
mod common;
mod contract;
#[path = "../golden/mod.rs"]
mod golden;
mod multapses;
mod naive;
mod nest;
mod network;
mod quantal;
mod rules;
mod short_term;
mod stdp;
mod trains;
mod watch;
