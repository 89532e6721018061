//! A cell's arithmetic: potentials, passive constants and ions of a spike, from concentrations and sizes.

mod ions;
mod picture;

pub use ions::{Change, Ion, MAMMAL, SQUID};
pub use picture::draw;

use super::Report;
use crate::{
    error::{Error, Result},
    membrane::{self as m, Permeant},
    table::Table,
};

/// What is known of a cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// A short name.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// Its ions.
    pub ions: [Ion; 4],
    /// Temperature in degrees Celsius.
    pub celsius: f64,
    /// Diameter in um of a sphere, and of a cable.
    pub diameter: f64,
    /// Axial resistivity in Ohm cm.
    pub axial: f64,
    /// Specific capacitance in uF/cm^2.
    pub capacitance: f64,
    /// Height of a spike in mV.
    pub spike: f64,
    /// Conductance of one channel in nS.
    pub channel: f64,
}

impl Cell {
    /// The squid's giant axon.
    pub fn squid() -> Self {
        Self {
            name: "squid",
            title: "Squid giant axon in sea water",
            ions: SQUID,
            celsius: 6.3,
            diameter: 500.0,
            axial: 35.4,
            ..Self::mammal()
        }
    }

    /// A mammalian neuron.
    pub fn mammal() -> Self {
        Self {
            name: "mammal",
            title: "Mammalian neuron",
            ions: MAMMAL,
            celsius: 37.0,
            diameter: 20.0,
            axial: 150.0,
            capacitance: 1.0,
            spike: 100.0,
            channel: 0.02,
        }
    }
}

/// All numbers.
///
/// # Errors
/// A temperature at or below absolute zero, an ion's conductance or permeability in none, a size that is not above 0.
pub fn run(cell: &Cell) -> Result<Report> {
    let ions = &cell.ions;
    let kelvin = m::celsius(cell.celsius);
    let total: f64 = ions.iter().map(|i| i.conductance).sum();
    // The Goldman equation in this form is one of ions of valence 1.
    let singly: Vec<Permeant> = ions.iter().filter(|i| i.valence.abs() == 1.0).map(permeant).collect();
    let permeable: f64 = singly.iter().map(|i| i.permeability).sum();
    for (what, value) in [
        ("--temperature: the temperature in kelvin", kelvin),
        ("--diameter: the diameter", cell.diameter),
        ("--axial: the axial resistivity", cell.axial),
        ("--capacitance: the specific capacitance", cell.capacitance),
        ("--channel: the conductance of a channel", cell.channel),
        ("--conductance: the sum of all conductances", total),
        ("--permeability: the sum of those of K, Na and Cl", permeable),
    ] {
        if value <= 0.0 || !value.is_finite() {
            let message = format!("{what} must be above 0");
            return Err(Error::input(message).help("`bouton membrane --help` tells the defaults"));
        }
    }
    let mut report =
        Report { experiment: "membrane".into(), name: cell.name.into(), title: cell.title.into(), ..Report::default() };
    report.protocol = format!("at {} degrees Celsius; a sphere, and a cable, of {} um", cell.celsius, cell.diameter);
    let nernst: Vec<f64> = ions.iter().map(|i| m::nernst(i.valence, i.outside, i.inside, kelvin)).collect();
    report.fact("thermal voltage RT/F", m::thermal_voltage(kelvin), "mV");
    for (ion, e) in ions.iter().zip(&nernst) {
        report.fact(format!("E_{}", ion.name), *e, "mV");
    }
    let channels: Vec<(f64, f64)> = ions.iter().zip(&nernst).map(|(i, e)| (i.conductance, *e)).collect();
    report.fact("resting potential from conductances", m::resting_potential(&channels), "mV");
    report.fact("resting potential, Goldman-Hodgkin-Katz", m::goldman(&singly, kelvin), "mV");
    passive(cell, total, &mut report);
    let sources = "concentrations after Hille (2001), permeabilities after Hodgkin and Katz (1949)";
    report.notes.push(format!("{sources}, doi:10.1113/jphysiol.1949.sp004310"));
    let of = |value: fn(&Ion) -> f64| ions.iter().map(value).collect::<Vec<f64>>();
    report.tables.push(
        Table::new("ions", "Ions")
            .with_words("ion", ions.iter().map(|i| i.name.into()).collect())
            .with("valence", "1", of(|i| i.valence))
            .with("outside", "mM", of(|i| i.outside))
            .with("inside", "mM", of(|i| i.inside))
            .with("E", "mV", nernst)
            .with("conductance", "mS/cm^2", of(|i| i.conductance))
            .with("permeability", "1", of(|i| i.permeability)),
    );
    Ok(report)
}

fn permeant(ion: &Ion) -> Permeant {
    let Ion { permeability, outside, inside, valence, .. } = *ion;
    Permeant { permeability, outside, inside, anion: valence < 0.0 }
}

/// Passive constants and what one spike moves; `total`: conductance at rest in mS/cm^2.
fn passive(cell: &Cell, total: f64, report: &mut Report) {
    let specific = 1e3 / total;
    let area = m::sphere_area(cell.diameter);
    let capacitance = m::capacitance(cell.capacitance, area);
    let entering = m::ions(capacitance, cell.spike);
    let change = m::concentration_change(entering, m::sphere_volume(cell.diameter));
    let sodium = cell.ions.iter().find(|i| i.name == "Na").expect("every cell has it");
    // 1 mS/cm^2 is 0.01 nS/um^2; a channel in pS.
    let open = |area: f64| m::open_channels(total * area * 1e-2, cell.channel * 1e3);
    for (name, value, unit) in [
        ("specific resistance R_m", specific, "Ohm*cm^2"),
        ("specific capacitance C_m", cell.capacitance, "uF/cm^2"),
        ("area of the sphere", area, "um^2"),
        ("input resistance of the sphere", m::resistance(specific, area), "MOhm"),
        ("capacitance of the sphere", capacitance, "pF"),
        ("membrane time constant R_m C_m", m::time_constant(specific, cell.capacitance), "ms"),
        ("length constant of the cable", m::length_constant(cell.diameter, specific, cell.axial), "um"),
        ("ions that enter at a spike", entering, "1"),
        ("change of the concentration inside", change, "mM"),
        ("share of the sodium inside", 100.0 * change / sodium.inside, "%"),
        ("open channels at rest", open(area), "1"),
        ("open channels at rest per area", open(1.0), "1/um^2"),
    ] {
        report.fact(name, value, unit);
    }
}
