//! The vector operations on blocks of neurons; SIMD and run-time CPU dispatch live here.
//!
//! A [`Program`](program::Program) is a list of operations; [`run`] runs each over a [`Chunk`] of neurons as one loop that the compiler
//! vectorises, so that the dispatch is paid once per chunk and not once per neuron. The same generic code is compiled
//! for several instruction sets ([`Isa`]), and all of them give the same bits: it uses only operations that IEEE 754
//! rounds exactly (`+ - * / sqrt`, fused multiply-add, floor), in an order that the source fixes.
mod binomial;
mod buffer;
mod chunk;
mod counters;
mod drawn;
mod exp;
mod fade;
mod fuse;
mod isa;
mod keys;
mod log;
mod lookup;
mod multiply;
mod normal;
mod philox;
mod pick;
mod poisson;
mod power;
pub mod program;
mod real;
#[cfg(test)]
mod reference;
mod run;
mod scan;
#[cfg(target_arch = "x86_64")]
mod sixteen;
mod sparse;

pub use binomial::successes;
pub use buffer::Buffer;
pub use chunk::{Chunk, Random};
pub use drawn::Drawn;
pub use exp::{exp, exprel, tanh};
pub use fade::{Fade, Jump, Jumps};
pub use fuse::fuse;
pub use isa::{Found, Isa};
pub use keys::mix;
pub use log::log;
pub use lookup::look_up;
pub use multiply::multiply;
pub use pick::{Chosen, Rings, Room, SideBySide, Stamps, Than};
pub use power::{Power, Table};
pub use real::{Real, Word};
pub use run::run;
pub use scan::Scan;
