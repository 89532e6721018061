//! Arrays, programs and the loop.
pub mod observer;
