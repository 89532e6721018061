//! Bouton.
pub mod analysis;
pub mod cli;
pub mod connect;
pub mod engine;
pub mod error;
pub mod kernel;
pub mod lang;
pub mod plan;
pub mod plot;
pub mod quantity;
pub mod record;
pub mod spec;
pub mod toml_reader;
