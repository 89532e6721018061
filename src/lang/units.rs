use crate::quantity::Dim; use super::{Expr, Flaw};
pub trait Scope { fn dim(&self, name: &str) -> Option<Dim>; fn names(&self) -> Vec<String>; }
pub fn dimension(_e: &Expr, _s: &dyn Scope) -> Result<Dim, Flaw> { todo!() }
pub fn resolve_units(_e: &Expr, _s: &dyn Scope) -> Expr { todo!() }
