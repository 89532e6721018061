//! `bouton membrane`: potentials, passive constants and ions of a cell, from its concentrations and sizes.

use clap::{Args, ValueEnum};

use super::{OutputArgs, output, quantities};
use crate::{
    error::{Error, Result},
    lab::Report,
    membrane::{self as m, Permeant},
    plot::chart::{Axis, Chart, Layer, Line, Look, Panel},
    quantity::Dim,
    table::Table,
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
    /// An ion's concentrations, ION=OUTSIDE:INSIDE, e.g. K="5 mM:100 mM"; ions are K, Na, Cl, Ca; may be repeated
    #[arg(long, value_name = "ION=OUT:IN")]
    pub ion: Vec<String>,
    /// An ion's conductance at rest, ION=CONDUCTANCE, e.g. K="0.3 mS/cm^2"; may be repeated
    #[arg(long, value_name = "ION=VALUE")]
    pub conductance: Vec<String>,
    /// An ion's permeability at rest, relative to any other's, ION=NUMBER; may be repeated
    #[arg(long, value_name = "ION=NUMBER")]
    pub permeability: Vec<String>,
    /// Temperature in degrees Celsius
    #[arg(long, value_name = "DEGREES", allow_hyphen_values = true)]
    pub temperature: Option<f64>,
    /// Diameter of the cell (a sphere) and of its dendrite or axon (a cable)
    #[arg(long, value_name = "LENGTH", value_parser = length)]
    pub diameter: Option<f64>,
    /// Specific capacitance
    #[arg(long, value_name = "VALUE", default_value = "1 uF/cm^2", value_parser = specific_capacitance)]
    pub capacitance: f64,
    /// Axial resistivity
    #[arg(long, value_name = "VALUE", value_parser = axial)]
    pub axial: Option<f64>,
    /// Height of a spike
    #[arg(long, value_name = "VALUE", default_value = "100 mV", value_parser = potential)]
    pub spike: f64,
    /// Conductance of one channel
    #[arg(long, value_name = "VALUE", default_value = "20 pS", value_parser = single)]
    pub channel: f64,
    /// The output.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// An ion and what is known of it; concentrations in mM, conductance in mS/cm^2.
#[derive(Clone, Copy, Debug)]
struct Ion {
    name: &'static str,
    valence: f64,
    outside: f64,
    inside: f64,
    conductance: f64,
    permeability: f64,
}

const fn ion(
    name: &'static str,
    valence: f64,
    (outside, inside): (f64, f64),
    conductance: f64,
    permeability: f64,
) -> Ion {
    Ion { name, valence, outside, inside, conductance, permeability }
}

/// Concentrations: Hille B (2001), Ion Channels of Excitable Membranes, 3rd edition, Sinauer; Hodgkin AL, Huxley AF (1952) for the squid's
/// conductances at rest: g_K n^4, g_Na m^3 h, leak; permeabilities of Hodgkin AL, Katz B (1949).
const SQUID: [Ion; 4] = [
    ion("K", 1.0, (20.0, 400.0), 0.367, 1.0),
    ion("Na", 1.0, (440.0, 50.0), 0.0106, 0.04),
    ion("Cl", -1.0, (560.0, 52.0), 0.3, 0.45),
    ion("Ca", 2.0, (10.0, 1e-4), 0.0, 0.0),
];
const MAMMAL: [Ion; 4] = [
    ion("K", 1.0, (5.0, 140.0), 0.04, 1.0),
    ion("Na", 1.0, (145.0, 12.0), 0.004, 0.04),
    ion("Cl", -1.0, (120.0, 7.0), 0.02, 0.45),
    ion("Ca", 2.0, (1.5, 1e-4), 0.0, 0.0),
];
/// (temperature in degrees Celsius, diameter in um, axial resistivity in Ohm cm)
const SIZES: [(f64, f64, f64); 2] = [(6.3, 500.0, 35.4), (37.0, 20.0, 150.0)];

/// Computes, draws, prints.
pub fn membrane(args: MembraneArgs) -> Result<()> {
    let report = report(&args)?;
    output::deliver(&report, &|| draw(&report), &args.output)
}

fn report(args: &MembraneArgs) -> Result<Report> {
    let (mut ions, sizes, name, title) = match args.cell {
        Cell::Squid => (SQUID, SIZES[0], "squid", "Squid giant axon in sea water"),
        Cell::Mammal => (MAMMAL, SIZES[1], "mammal", "Mammalian neuron"),
    };
    changes(args, &mut ions)?;
    let celsius = args.temperature.unwrap_or(sizes.0);
    let (diameter, axial) = (args.diameter.unwrap_or(sizes.1), args.axial.unwrap_or(sizes.2));
    let kelvin = m::celsius(celsius);
    positive("--temperature in K", kelvin)?;
    for (flag, value) in
        [("--diameter", diameter), ("--axial", axial), ("--capacitance", args.capacitance), ("--channel", args.channel)]
    {
        positive(flag, value)?;
    }
    let mut report =
        Report { experiment: "membrane".into(), name: name.into(), title: title.into(), ..Report::default() };
    report.protocol = format!("at {celsius} degrees Celsius; a sphere, and a cable, of {diameter} um");
    report.fact("thermal voltage RT/F", m::thermal_voltage(kelvin), "mV");
    let of = |value: fn(&Ion) -> f64| ions.iter().map(value).collect::<Vec<f64>>();
    let nernst: Vec<f64> = ions.iter().map(|i| m::nernst(i.valence, i.outside, i.inside, kelvin)).collect();
    for (ion, e) in ions.iter().zip(&nernst) {
        report.fact(format!("E_{}", ion.name), *e, "mV");
    }
    let total: f64 = ions.iter().map(|i| i.conductance).sum();
    positive("the sum of all conductances", total)?;
    let channels: Vec<(f64, f64)> = ions.iter().zip(&nernst).map(|(i, e)| (i.conductance, *e)).collect();
    report.fact("resting potential from conductances", m::resting_potential(&channels), "mV");
    let permeant = |i: &Ion| Permeant {
        permeability: i.permeability,
        outside: i.outside,
        inside: i.inside,
        anion: i.valence < 0.0,
    };
    // The Goldman equation in this form is one of ions of valence 1.
    let singly: Vec<Permeant> = ions.iter().filter(|i| i.valence.abs() == 1.0).map(permeant).collect();
    positive("the sum of all permeabilities of K, Na and Cl", singly.iter().map(|i| i.permeability).sum())?;
    report.fact("resting potential, Goldman-Hodgkin-Katz", m::goldman(&singly, kelvin), "mV");
    let specific = 1e3 / total;
    let area = m::sphere_area(diameter);
    let capacitance = m::capacitance(args.capacitance, area);
    let entering = m::ions(capacitance, args.spike);
    let change = m::concentration_change(entering, m::sphere_volume(diameter));
    let sodium = ions.iter().find(|i| i.name == "Na").expect("listed");
    for (name, value, unit) in [
        ("specific resistance R_m", specific, "Ohm*cm^2"),
        ("specific capacitance C_m", args.capacitance, "uF/cm^2"),
        ("area of the sphere", area, "um^2"),
        ("input resistance of the sphere", m::resistance(specific, area), "MOhm"),
        ("capacitance of the sphere", capacitance, "pF"),
        ("membrane time constant R_m C_m", m::time_constant(specific, args.capacitance), "ms"),
        ("length constant of the cable", m::length_constant(diameter, specific, axial), "um"),
        ("ions that enter at a spike", entering, "1"),
        ("change of the concentration inside", change, "mM"),
        ("share of the sodium inside", 100.0 * change / sodium.inside, "%"),
        ("open channels at rest", m::open_channels(total * area * 1e-2, args.channel * 1e3), "1"),
        ("open channels at rest per area", m::open_channels(total * 1e-2, args.channel * 1e3), "1/um^2"),
    ] {
        report.fact(name, value, unit);
    }
    report.notes.push("concentrations after Hille (2001), permeabilities after Hodgkin and Katz (1949), doi:10.1113/jphysiol.1949.sp004310".into());
    report.notes.push(format!("rows are {}", ions.map(|i| i.name).join(", ")));
    report.tables.push(
        Table::new("ions", "Ions")
            .with("valence", "1", of(|i| i.valence))
            .with("outside", "mM", of(|i| i.outside))
            .with("inside", "mM", of(|i| i.inside))
            .with("E", "mV", nernst)
            .with("conductance", "mS/cm^2", of(|i| i.conductance))
            .with("permeability", "1", of(|i| i.permeability)),
    );
    Ok(report)
}

/// Gives an ion what the text after `=` says; `None` where a second value is missing.
type Setter<'a> = dyn Fn(&mut Ion, &str) -> Option<std::result::Result<(), String>> + 'a;

/// Applies `--ion`, `--conductance` and `--permeability`.
fn changes(args: &MembraneArgs, ions: &mut [Ion]) -> Result<()> {
    let mut each = |flag: &str, texts: &[String], example: &str, set: &Setter<'_>| {
        for text in texts {
            let wrong = |why: String| {
                Error::input(format!("{flag} {text}: {why}")).help(format!("for example {flag} {example}"))
            };
            let (name, value) = text.split_once('=').ok_or_else(|| wrong("no = stands in it".into()))?;
            let known: Vec<&str> = ions.iter().map(|i| i.name).collect();
            let Some(ion) = ions.iter_mut().find(|i| i.name == name.trim()) else {
                return Err(wrong(format!("unknown ion \"{name}\"; known are {}", known.join(", "))));
            };
            match set(ion, value) {
                None => return Err(wrong("two values are needed".into())),
                Some(done) => done.map_err(wrong)?,
            }
        }
        Ok(())
    };
    let at_least = |value: f64, what: &str, zero: bool| match value > 0.0 || (zero && value == 0.0) {
        true => Ok(value),
        false => Err(format!("{what} must be above 0")),
    };
    each("--ion", &args.ion, "K=\"5 mM:100 mM\"", &|ion, value| {
        let (outside, inside) = value.split_once(':')?;
        let one = |text: &str| {
            let value = crate::lang::quantity(&quantities::with_unit(text, "mM"), Dim::CONCENTRATION)?;
            at_least(value, "a concentration", false)
        };
        Some(one(outside).and_then(|o| Ok((o, one(inside)?))).map(|both| (ion.outside, ion.inside) = both))
    })?;
    each("--conductance", &args.conductance, "K=\"0.3 mS/cm^2\"", &|ion, value| {
        let dim = Dim::CONDUCTANCE / Dim::AREA;
        // Internal: nS/um^2, of which 1 is 100 mS/cm^2.
        let value = crate::lang::quantity(&quantities::with_unit(value, "mS/cm^2"), dim).map(|v| 100.0 * v);
        Some(value.and_then(|v| at_least(v, "a conductance", true)).map(|v| ion.conductance = v))
    })?;
    each("--permeability", &args.permeability, "Na=0.04", &|ion, value| {
        let value = value.trim().parse::<f64>().map_err(|_| "a number is needed".to_string());
        Some(value.and_then(|v| at_least(v, "a permeability", true)).map(|v| ion.permeability = v))
    })
}

fn positive(what: &str, value: f64) -> Result<()> {
    match value > 0.0 {
        true => Ok(()),
        false => Err(Error::input(format!("{what} is {value}; it must be above 0")).help("give a greater value")),
    }
}

/// Equilibrium potentials over the concentration outside, with what the cell has.
fn draw(report: &Report) -> String {
    let table = report.table("ions").expect("written above");
    let names = ["K", "Na", "Cl", "Ca"];
    let thermal = report.value("thermal voltage RT/F").expect("written above");
    let mut panel = Panel::new(Axis::new("concentration outside (mM)").log(), Axis::new("equilibrium potential (mV)"))
        .height(320.0);
    for (k, name) in names.iter().enumerate() {
        let of = |column: &str| table.column(column)[k];
        let (outside, inside, valence) = (of("outside"), of("inside"), of("valence"));
        let at = |factor: f64| (outside * factor, thermal / valence * (outside * factor / inside).ln());
        let line = (-20..=20).map(|j| at(10f64.powf(f64::from(j) / 20.0))).collect();
        panel = panel.with(Line::new(format!("{name}, {inside} mM inside"), line).colour(k));
        panel = panel.with(Line::new("", vec![at(1.0)]).look(Look::Dots).colour(k));
    }
    let rest = report.value("resting potential from conductances").expect("written above");
    panel = panel.with(Layer::Across(rest, "rest".into()));
    let chart = Chart {
        title: format!("Ions of a cell: {}", report.name),
        lines: vec![report.title.clone(), report.protocol.clone()],
        columns: 1,
        panels: vec![panel],
    };
    chart.draw()
}

fn length(text: &str) -> std::result::Result<f64, String> {
    crate::lang::quantity(text, Dim::LENGTH)
}
fn potential(text: &str) -> std::result::Result<f64, String> {
    crate::lang::quantity(text, Dim::VOLTAGE)
}
/// In nS.
fn single(text: &str) -> std::result::Result<f64, String> {
    crate::lang::quantity(text, Dim::CONDUCTANCE)
}
/// In uF/cm^2; internal is pF/um^2, of which 1 is 100 uF/cm^2.
fn specific_capacitance(text: &str) -> std::result::Result<f64, String> {
    crate::lang::quantity(text, Dim::CAPACITANCE / Dim::AREA).map(|value| 100.0 * value)
}
/// In Ohm cm; internal is GOhm um, of which 1 is 1e5 Ohm cm.
fn axial(text: &str) -> std::result::Result<f64, String> {
    crate::lang::quantity(text, Dim::RESISTANCE * Dim::LENGTH).map(|value| 1e5 * value)
}
