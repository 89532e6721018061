//! Continuous coupling: gap junctions and rate units, against closed forms and a reference of the obvious, and its contract.

#[path = "../common/mod.rs"]
mod common;
mod contract;
mod exact;
mod naive;
mod networks;
mod rates;
