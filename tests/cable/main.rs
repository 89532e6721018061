//! Cables: closed forms of passive ones, velocities of active ones, an independent reference, their part in networks.

#[path = "../common/mod.rs"]
mod common;

mod active;
mod contract;
mod naive;
mod passive;
mod rallpack;
