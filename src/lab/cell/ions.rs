//! Ions on both sides of a membrane: typical cells, and what the user changes in them.

use crate::{
    error::{Error, Result, did_you_mean},
    lab::{
        range::{one, parts},
        unit::Unit,
    },
    quantity::Dim,
};

/// An ion and what is known of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ion {
    /// Chemical symbol.
    pub name: &'static str,
    /// Charges.
    pub valence: f64,
    /// Concentration outside in mM.
    pub outside: f64,
    /// Concentration inside in mM.
    pub inside: f64,
    /// Conductance at rest in mS/cm^2.
    pub conductance: f64,
    /// Permeability at rest, relative to those of the others.
    pub permeability: f64,
}

/// Concentrations: Hille B (2001), Ion Channels of Excitable Membranes, 3rd edition, Sinauer; the squid's conductances at rest: g_K n^4,
/// g_Na m^3 h, leak of Hodgkin AL, Huxley AF (1952); permeabilities: Hodgkin AL, Katz B (1949).
pub const SQUID: [Ion; 4] = [
    ion("K", 1.0, (20.0, 400.0), 0.367, 1.0),
    ion("Na", 1.0, (440.0, 50.0), 0.0106, 0.04),
    ion("Cl", -1.0, (560.0, 52.0), 0.3, 0.45),
    ion("Ca", 2.0, (10.0, 1e-4), 0.0, 0.0),
];
/// As above; conductances that make a time constant of 15.6 ms at 1 uF/cm^2.
pub const MAMMAL: [Ion; 4] = [
    ion("K", 1.0, (5.0, 140.0), 0.04, 1.0),
    ion("Na", 1.0, (145.0, 12.0), 0.004, 0.04),
    ion("Cl", -1.0, (120.0, 7.0), 0.02, 0.45),
    ion("Ca", 2.0, (1.5, 1e-4), 0.0, 0.0),
];

const fn ion(
    name: &'static str,
    valence: f64,
    (outside, inside): (f64, f64),
    conductance: f64,
    permeability: f64,
) -> Ion {
    Ion { name, valence, outside, inside, conductance, permeability }
}

/// What can be said of an ion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// `OUTSIDE:INSIDE`.
    Concentrations,
    /// Conductance per area at rest.
    Conductance,
    /// Permeability at rest, a number.
    Permeability,
}

impl Change {
    /// The flag, and how its value is written.
    fn form(self) -> (&'static str, &'static str) {
        match self {
            Self::Concentrations => ("ion", "K=\"5:100 mM\""),
            Self::Conductance => ("conductance", "K=\"0.3 mS/cm^2\""),
            Self::Permeability => ("permeability", "Na=0.04"),
        }
    }

    /// Applies `ION=VALUE`.
    ///
    /// # Errors
    /// An unknown ion, a value that is none or not possible.
    pub fn apply(self, text: &str, ions: &mut [Ion]) -> Result<()> {
        let (flag, example) = self.form();
        let wrong = |why: &str| Error::input(format!("--{flag} {text}: {why}"));
        let for_example = || format!("for example --{flag} {example}");
        let (name, value) = text.split_once('=').ok_or_else(|| wrong("there is no =").help(for_example()))?;
        let known: Vec<&str> = ions.iter().map(|i| i.name).collect();
        let ion = ions.iter_mut().find(|i| i.name == name.trim());
        let ion = ion.ok_or_else(|| wrong("unknown ion").help(did_you_mean(name.trim(), known)))?;
        self.set(ion, value).map_err(|why| wrong(&why).help(for_example()))
    }

    fn set(self, ion: &mut Ion, text: &str) -> std::result::Result<(), String> {
        let possible = |values: &[f64], least: f64| values.iter().all(|value| *value >= least && value.is_finite());
        match self {
            Self::Concentrations => match parts(text, |part| one(part, Dim::CONCENTRATION))?[..] {
                [outside, inside] if possible(&[outside, inside], f64::MIN_POSITIVE) => {
                    (ion.outside, ion.inside) = (outside, inside);
                    Ok(())
                }
                [_, _] => Err("a concentration must be above 0 mM".into()),
                _ => Err("two values are needed, outside and inside, with a colon between them".into()),
            },
            Self::Conductance => {
                let dim = Dim::CONDUCTANCE / Dim::AREA;
                let value = Unit::of(dim).show(one(text, dim)?);
                ion.conductance = value;
                if possible(&[value], 0.0) { Ok(()) } else { Err("a conductance must not be below 0 mS/cm^2".into()) }
            }
            Self::Permeability => {
                ion.permeability = one(text, Dim::NONE)?;
                if possible(&[ion.permeability], 0.0) { Ok(()) } else { Err("it must not be below 0".into()) }
            }
        }
    }
}
