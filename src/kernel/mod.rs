//! The vector operations on blocks of neurons; SIMD and run-time CPU dispatch live here.
pub mod program;
