//! Membrane arithmetic: potentials from concentrations, resting potentials, passive constants, ions of one spike.
//!
//! Pure functions. Potentials in mV, temperatures in K, concentrations in any one unit, other units as each function says.
//!
//! ```
//! use bouton::membrane::{celsius, nernst, thermal_voltage};
//!
//! assert!((thermal_voltage(celsius(37.0)) - 26.73).abs() < 0.005);
//! assert!((nernst(1.0, 5.0, 100.0, celsius(37.0)) + 80.07).abs() < 0.005); // potassium, 5 mM outside, 100 mM inside
//! ```

use std::f64::consts::PI;

/// Molar gas constant in J/(mol K) (SI 2019, exact).
pub const GAS_CONSTANT: f64 = 8.314_462_618_153_24;
/// Faraday constant in C/mol (SI 2019, exact).
pub const FARADAY: f64 = 96_485.332_123_310_02;
/// Elementary charge in C (SI 2019, exact).
pub const ELEMENTARY_CHARGE: f64 = 1.602_176_634e-19;
/// Avogadro constant in 1/mol (SI 2019, exact).
pub const AVOGADRO: f64 = 6.022_140_76e23;

/// Degrees Celsius in K.
pub fn celsius(degrees: f64) -> f64 {
    degrees + 273.15
}

/// RT/F in mV: 26.73 mV at 37 degrees Celsius.
pub fn thermal_voltage(temperature: f64) -> f64 {
    1e3 * GAS_CONSTANT * temperature / FARADAY
}

/// The potential at which an ion of this valence is in equilibrium (Nernst 1888): RT/(zF) ln(outside/inside), in mV.
pub fn nernst(valence: f64, outside: f64, inside: f64, temperature: f64) -> f64 {
    thermal_voltage(temperature) / valence * (outside / inside).ln()
}

/// The potential at which currents through conductances sum to 0: the mean of the reversal potentials, weighted by conductance.
/// `channels`: (conductance in any one unit, reversal potential in mV). NaN where all conductances are 0.
pub fn resting_potential(channels: &[(f64, f64)]) -> f64 {
    let (flow, total) = channels.iter().fold((0.0, 0.0), |(flow, total), (g, e)| (flow + g * e, total + g));
    flow / total
}

/// An ion of valence 1 or -1 in the Goldman-Hodgkin-Katz equation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Permeant {
    /// Permeability in any one unit.
    pub permeability: f64,
    /// Concentration outside.
    pub outside: f64,
    /// Concentration inside.
    pub inside: f64,
    /// Is it an anion?
    pub anion: bool,
}

/// The potential at which fluxes through permeabilities sum to 0 (Goldman 1943; Hodgkin and Katz 1949, doi:10.1113/jphysiol.1949.sp004310), in
/// mV.
pub fn goldman(ions: &[Permeant], temperature: f64) -> f64 {
    let (above, below) = ions.iter().fold((0.0, 0.0), |(above, below), ion| {
        let (outside, inside) = if ion.anion { (ion.inside, ion.outside) } else { (ion.outside, ion.inside) };
        (above + ion.permeability * outside, below + ion.permeability * inside)
    });
    thermal_voltage(temperature) * (above / below).ln()
}

/// Capacitance in pF of an area in um^2 of a specific capacitance in uF/cm^2.
pub fn capacitance(specific: f64, area: f64) -> f64 {
    specific * area * 1e-2
}

/// Resistance in MOhm of an area in um^2 of a specific resistance in Ohm cm^2.
pub fn resistance(specific: f64, area: f64) -> f64 {
    specific / area * 1e2
}

/// Time constant in ms of a specific resistance in Ohm cm^2 and a specific capacitance in uF/cm^2; it does not depend on the area.
pub fn time_constant(resistance: f64, capacitance: f64) -> f64 {
    resistance * capacitance * 1e-3
}

/// Length constant in um, sqrt(d/4 R_m/R_i), of a cable of diameter d in um, with R_m in Ohm cm^2 and R_i in Ohm cm.
pub fn length_constant(diameter: f64, membrane: f64, axial: f64) -> f64 {
    1e4 * (diameter * 1e-4 / 4.0 * membrane / axial).sqrt()
}

/// Surface in um^2 of a sphere of this diameter in um.
pub fn sphere_area(diameter: f64) -> f64 {
    PI * diameter * diameter
}

/// Volume in um^3 of a sphere of this diameter in um.
pub fn sphere_volume(diameter: f64) -> f64 {
    PI * diameter.powi(3) / 6.0
}

/// Ions of valence 1 that charge a capacitance in pF by a potential in mV: C dV/e.
pub fn ions(capacitance: f64, change: f64) -> f64 {
    capacitance * 1e-12 * change * 1e-3 / ELEMENTARY_CHARGE
}

/// Change of concentration in mM when so many ions enter a volume in um^3.
pub fn concentration_change(ions: f64, volume: f64) -> f64 {
    // 1 um^3 is 1e-15 litres.
    ions / AVOGADRO / (volume * 1e-15) * 1e3
}

/// Channels that are open at once to make a conductance in nS, at so many pS each.
pub fn open_channels(conductance: f64, single: f64) -> f64 {
    conductance * 1e3 / single
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found} is not {expected}");
    }

    #[test]
    fn thermal_voltage_and_nernst_potentials() {
        close(thermal_voltage(celsius(37.0)), 26.73, 0.005);
        close(thermal_voltage(celsius(20.0)), 25.26, 0.005);
        // A tenfold ratio at 37 degrees: 61.54 mV; a divalent ion has half of it, an anion the other sign.
        close(nernst(1.0, 10.0, 1.0, celsius(37.0)), 61.54, 0.005);
        close(nernst(2.0, 10.0, 1.0, celsius(37.0)), 30.77, 0.005);
        close(nernst(-1.0, 10.0, 1.0, celsius(37.0)), -61.54, 0.005);
        close(nernst(1.0, 5.0, 100.0, celsius(37.0)), -26.7267 * 20_f64.ln(), 1e-3);
    }

    #[test]
    fn resting_potentials_lie_between_the_reversal_potentials() {
        // At rest the squid model's currents cancel at -64.996 mV; with its gates as conductances the mean is that potential.
        let (m, h, n): (f64, f64, f64) = (0.052_955, 0.595_994, 0.317_732);
        let channels = [(120.0 * m.powi(3) * h, 50.0), (36.0 * n.powi(4), -77.0), (0.3, -54.387)];
        close(resting_potential(&channels), -64.99638, 2e-3);
        assert!(resting_potential(&[(0.0, 1.0)]).is_nan());
        // One permeant ion: its Nernst potential.
        let chloride = Permeant { permeability: 2.0, outside: 120.0, inside: 6.0, anion: true };
        close(goldman(&[chloride], 300.0), nernst(-1.0, 120.0, 6.0, 300.0), 1e-12);
        // Hodgkin and Katz's ratio 1 : 0.04 : 0.45 for the resting squid axon.
        let ion = |permeability, outside, inside, anion| Permeant { permeability, outside, inside, anion };
        let axon = [ion(1.0, 10.0, 345.0, false), ion(0.04, 455.0, 72.0, false), ion(0.45, 540.0, 61.0, true)];
        let (above, below): (f64, f64) = (10.0 + 0.04 * 455.0 + 0.45 * 61.0, 345.0 + 0.04 * 72.0 + 0.45 * 540.0);
        close(goldman(&axon, celsius(20.0)), thermal_voltage(celsius(20.0)) * (above / below).ln(), 1e-12);
    }

    #[test]
    fn passive_constants_from_specific_ones() {
        // A sphere of 20 um at 10 kOhm cm^2; its time constant is 10 ms whatever its size.
        let area = sphere_area(20.0);
        close(area, 1256.637, 1e-3);
        close(capacitance(1.0, area), 12.566_37, 1e-5);
        close(resistance(10_000.0, area), 795.775, 1e-3);
        close(
            resistance(10_000.0, area) * 1e6 * capacitance(1.0, area) * 1e-12 * 1e3,
            time_constant(10_000.0, 1.0),
            1e-12,
        );
        // Rallpack 1: a diameter of 1 um, 4 Ohm m^2, 1 Ohm m: 1 mm.
        close(length_constant(1.0, 40_000.0, 100.0), 1000.0, 1e-9);
    }

    #[test]
    fn few_ions_make_a_spike() {
        // 100 mV on 1 uF/cm^2 are 0.1 uC/cm^2, 6241 ions a um^2.
        close(ions(capacitance(1.0, 1.0), 100.0), 6241.5, 0.1);
        // In a sphere the share falls with its size: concentration = 6 C dV/(F d).
        let change = concentration_change(ions(capacitance(1.0, sphere_area(20.0)), 100.0), sphere_volume(20.0));
        close(change, 6.0 * 1e-2 * 0.1 / FARADAY / 20e-6, 1e-9);
        close(open_channels(10.0, 20.0), 500.0, 1e-12);
    }
}
