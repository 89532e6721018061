use std::sync::Arc; use crate::{error::*, quantity::Dim}; use super::{Expr, Integrator, equation::{Equation, Statement}};
#[derive(Clone,Copy,PartialEq,Eq,Debug)] pub enum Kind { Neuron, Receptor, Input, SpikeList }
impl Kind { pub fn name(self) -> &'static str { "x" } }
#[derive(Clone,Debug)] pub struct Parameter { pub name: Arc<str>, pub value: Expr, pub dim: Dim, pub meaning: String }
impl Parameter { pub fn check(&self, _v: f64) -> std::result::Result<(), String> { Ok(()) } }
#[derive(Clone,Debug)] pub struct Model { pub kind: Kind, pub name: String, pub title: String, pub citation: String, pub source: Source, pub equations: Vec<Equation>, pub threshold: Option<Expr>, pub reset: Vec<Statement>, pub refractory: Option<Expr>, pub current: Option<Expr>, pub on_spike: Option<Statement>, pub weight: Option<Dim>, pub integrator: Option<Integrator>, pub parameters: Vec<Parameter>, pub initial: Vec<(Arc<str>, Expr)> }
impl Model { pub fn current(_e: Expr) -> Self { todo!() } }
