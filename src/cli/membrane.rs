//! `bouton membrane`: potentials, passive constants and ions of a cell, from its concentrations and sizes.

use clap::{Args, ValueEnum};

use super::{OutputArgs, output};
use crate::{
    error::Result,
    lab::{
        cell::{self, Change},
        range::above,
    },
    quantity::Dim,
};

/// Whose concentrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Cell {
    /// Squid giant axon in sea water, 6.3 degrees
    Squid,
    /// Mammalian neuron, 37 degrees
    Mammal,
}

/// Arguments of `bouton membrane`.
#[derive(Args, Debug)]
pub struct MembraneArgs {
    /// Typical concentrations, temperature and size
    #[arg(value_enum, default_value = "mammal", value_name = "squid|mammal")]
    pub cell: Cell,
    /// An ion's concentrations, e.g. K="5:100 mM"; ions are K, Na, Cl, Ca; may be repeated
    #[arg(long, value_name = "ION=OUT:IN")]
    pub ion: Vec<String>,
    /// An ion's conductance at rest, e.g. K="0.3 mS/cm^2"; may be repeated
    #[arg(long, value_name = "ION=VALUE")]
    pub conductance: Vec<String>,
    /// An ion's permeability at rest, relative to any other's; may be repeated
    #[arg(long, value_name = "ION=NUMBER")]
    pub permeability: Vec<String>,
    /// Temperature in degrees Celsius
    #[arg(long, value_name = "DEGREES", allow_hyphen_values = true)]
    pub temperature: Option<f64>,
    /// Diameter of the cell (a sphere) and of its dendrite or axon (a cable)
    #[arg(long, value_name = "LENGTH", value_parser = |text: &str| above(text, Dim::LENGTH))]
    pub diameter: Option<f64>,
    /// Specific capacitance (default: 1 uF/cm^2)
    #[arg(long, value_name = "VALUE", value_parser = |text: &str| above(text, Dim::CAPACITANCE / Dim::AREA))]
    pub capacitance: Option<f64>,
    /// Axial resistivity, e.g. "150 Ohm*cm"
    #[arg(long, value_name = "VALUE", value_parser = axial)]
    pub axial: Option<f64>,
    /// Height of a spike (default: 100 mV)
    #[arg(long, value_name = "VALUE", value_parser = |text: &str| above(text, Dim::VOLTAGE))]
    pub spike: Option<f64>,
    /// Conductance of one channel (default: 20 pS)
    #[arg(long, value_name = "VALUE", value_parser = |text: &str| above(text, Dim::CONDUCTANCE))]
    pub channel: Option<f64>,
    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Computes, draws, prints.
pub fn membrane(args: MembraneArgs) -> Result<()> {
    let typical = match args.cell {
        Cell::Squid => cell::Cell::squid(),
        Cell::Mammal => cell::Cell::mammal(),
    };
    let mut cell = cell::Cell {
        celsius: args.temperature.unwrap_or(typical.celsius),
        diameter: args.diameter.unwrap_or(typical.diameter),
        // Internal: GOhm um, of which 1 is 1e5 Ohm cm; pF/um^2, of which 1 is 100 uF/cm^2.
        axial: args.axial.map_or(typical.axial, |value| 1e5 * value),
        capacitance: args.capacitance.map_or(typical.capacitance, |value| 100.0 * value),
        spike: args.spike.unwrap_or(typical.spike),
        channel: args.channel.unwrap_or(typical.channel),
        ..typical
    };
    for (change, texts) in [
        (Change::Concentrations, &args.ion),
        (Change::Conductance, &args.conductance),
        (Change::Permeability, &args.permeability),
    ] {
        texts.iter().try_for_each(|text| change.apply(text, &mut cell.ions))?;
    }
    let report = cell::run(&cell)?;
    output::deliver(&report, &|| cell::draw(&cell, &report), &args.output)
}

/// A number without a unit is in Ohm cm, as papers give it.
fn axial(text: &str) -> std::result::Result<f64, String> {
    let text = if text.trim().parse::<f64>().is_ok() { format!("{text} Ohm*cm") } else { text.into() };
    above(&text, Dim::RESISTANCE * Dim::LENGTH)
}
