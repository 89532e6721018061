//! `bouton models`.
use crate::error::Result;
use clap::Args;
/// A.
#[derive(Args, Debug)]
pub struct ModelsArgs {
    /// n
    pub name: Option<String>,
}
/// B.
pub fn models(_args: ModelsArgs) -> Result<()> {
    Ok(())
}
