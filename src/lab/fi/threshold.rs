//! Rheobases: brackets found by doubling, then cut into equal parts, all simulated side by side, until they are narrow.

use super::{Protocol, density, response::Cell};
use crate::{
    error::{Error, Result},
    lab::Report,
    table::significant,
};

/// Currents that are tried at once inside a bracket.
const INSIDE: usize = 31;
/// Weakest and strongest current that is tried, in pA.
const WEAKEST: f64 = 0.01;
const STRONGEST: f64 = 1e10;
/// A slow rise counts as different from a step beyond so many times its threshold.
const SLOWLY: f64 = 1.02;
/// Beyond so many times the current for one spike no sustained firing is looked for.
const SUSTAINED: f64 = 1e3;

/// Thresholds in pA, each known to lie just below.
#[derive(Clone, Copy, Debug, Default)]
pub struct Thresholds {
    /// A step from rest makes one spike at least. None where the neuron fires without current.
    pub one_spike: Option<f64>,
    /// A step from rest makes the neuron fire for good.
    pub sustained: Option<f64>,
    /// Its rate there.
    pub onset_rate: f64,
    /// A current that rises slowly leaves the neuron silent up to here; given where that is above the one of a step.
    pub slowly: Option<f64>,
    /// A neuron that fires goes on; given where that is at a lower current than it takes to begin.
    pub goes_on: Option<f64>,
}

impl Thresholds {
    /// The lowest threshold, and that of firing for good.
    pub fn ends(&self) -> (f64, f64) {
        let low = self.one_spike.or(self.sustained).expect("one of them was found");
        (low, self.sustained.unwrap_or(low))
    }

    /// Writes what was found.
    pub fn facts(&self, report: &mut Report, area: Option<f64>) {
        let mut both = |name: &str, value: Option<f64>| {
            let Some(value) = value else { return };
            report.fact(name, value, "pA");
            if let Some(area) = area {
                report.fact(format!("{name}, density"), density(value, area), "uA/cm^2");
            }
        };
        let same = self.sustained.zip(self.one_spike).is_some_and(|(a, b)| (a - b).abs() <= 1e-3 * a.abs());
        match same {
            true => both("rheobase", self.sustained),
            false => {
                both("rheobase for one spike", self.one_spike);
                both("rheobase for sustained firing", self.sustained);
            }
        }
        both("firing goes on down to", self.goes_on);
        both("rest goes on under a slow rise up to", self.slowly);
        if self.sustained.is_some() && self.onset_rate.is_finite() {
            report.fact("rate at the onset", self.onset_rate, "Hz");
        }
    }

    /// What they mean.
    pub fn notes(&self) -> Vec<String> {
        let mut out = Vec::new();
        if self.sustained.is_some_and(|i| i < 0.0) {
            out.push("the neuron fires without current".into());
        }
        if self.sustained.is_none() {
            out.push("no current makes the neuron fire for good".into());
        }
        if self.goes_on.is_some() {
            out.push(
                "between the last two currents rest and firing are both stable: which it is depends on the past".into(),
            );
        }
        out
    }
}

/// Finds all thresholds.
pub fn find(cell: &Cell, protocol: &Protocol) -> Result<Thresholds> {
    let precise = |low: f64, high: f64, fires: &dyn Fn(&[f64]) -> Result<Vec<bool>>| {
        narrow((low, high), protocol.precision, fires)
    };
    let lasting = |currents: &[f64]| Ok(cell.each(currents)?.iter().map(|r| r.sustained).collect::<Vec<_>>());
    let any = |currents: &[f64]| Ok(cell.each(currents)?.iter().map(|r| r.spikes > 0).collect::<Vec<_>>());
    let mut found = Thresholds { onset_rate: f64::NAN, ..Thresholds::default() };
    if lasting(&[0.0])?[0] {
        let silent = doubled(-WEAKEST, -STRONGEST, &|i| Ok(!lasting(&[i])?[0]))?.ok_or_else(|| {
            let message = format!("{} fires at every current from {} on", cell.name(), shown(-STRONGEST));
            Error::input(message).help("look at its threshold and at the sign of I_syn")
        })?;
        let firing = if silent < -WEAKEST { silent / 2.0 } else { 0.0 };
        found.sustained = Some(precise(silent, firing, &lasting)?);
    } else {
        let high = doubled(WEAKEST, STRONGEST, &|i| Ok(any(&[i])?[0]))?.ok_or_else(|| {
            let message = format!("{} never spikes: not at any current up to {}", cell.name(), shown(STRONGEST));
            Error::input(message).help("look at its threshold and at the sign of I_syn")
        })?;
        let one = precise(if high > WEAKEST { high / 2.0 } else { 0.0 }, high, &any)?;
        found.one_spike = Some(one);
        if lasting(&[one])?[0] {
            found.sustained = found.one_spike;
        } else if let Some(high) = doubled(one * (1.0 + 1e-3), SUSTAINED * one, &|i| Ok(lasting(&[i])?[0]))? {
            found.sustained = Some(precise((high / 2.0).max(one), high, &lasting)?);
        }
    }
    if let Some(sustained) = found.sustained {
        found.onset_rate = cell.each(&[sustained])?[0].rate;
        let kick = 1.5 * sustained.abs();
        let on = |currents: &[f64]| Ok(cell.kicked(currents, kick)?.iter().map(|r| r.sustained).collect::<Vec<_>>());
        if sustained > 0.0 && !on(&[0.0])?[0] {
            let least = precise(0.0, sustained, &on)?;
            let slowly = |currents: &[f64]| Ok(cell.slowly(currents)?.iter().map(|r| r.sustained).collect::<Vec<_>>());
            if !slowly(&[SLOWLY * sustained])?[0] {
                let high = doubled(sustained, SUSTAINED * sustained, &|i| Ok(slowly(&[i])?[0]))?;
                let most = high.map(|high| narrow((high / 2.0, high), 1e-3, &slowly)).transpose()?;
                found.slowly = most.filter(|most| *most > SLOWLY * sustained);
            }
            // Closer ones differ by how long the neuron was watched.
            found.goes_on = (least < sustained * (1.0 - 2e-3)).then_some(least);
        }
    }
    Ok(found)
}

/// The first of doubled currents at which the rate reaches `rate` Hz.
pub fn fires_at(cell: &Cell, rate: f64) -> Result<f64> {
    doubled(WEAKEST, STRONGEST, &|i| Ok(cell.each(&[i])?[0].rate >= rate))?.ok_or_else(|| {
        let message = format!("{} fires at less than {rate} Hz at any current up to {}", cell.name(), shown(STRONGEST));
        Error::input(message).help("give --currents")
    })
}

fn shown(current: f64) -> String {
    format!("{} pA", significant(current, 3))
}

/// The first of `from`, 2 `from`, 4 `from`, ... that does, up to `to`.
fn doubled(from: f64, to: f64, does: &dyn Fn(f64) -> Result<bool>) -> Result<Option<f64>> {
    let mut current = from;
    while current.abs() <= to.abs() {
        if does(current)? {
            return Ok(Some(current));
        }
        current *= 2.0;
    }
    Ok(None)
}

/// The upper end of the bracket when it is narrow; nothing fires at its lower end.
fn narrow((mut low, mut high): (f64, f64), precision: f64, fires: &dyn Fn(&[f64]) -> Result<Vec<bool>>) -> Result<f64> {
    while high - low > precision * low.abs().max(high.abs()) {
        let step = (high - low) / (INSIDE + 1) as f64;
        let tried: Vec<f64> = (1..=INSIDE).map(|k| low + k as f64 * step).collect();
        match fires(&tried)?.iter().position(|f| *f) {
            Some(k) => {
                high = tried[k];
                low = if k == 0 { low } else { tried[k - 1] };
            }
            None => low = tried[INSIDE - 1],
        }
    }
    Ok(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_close_on_the_threshold() {
        let fires = |all: &[f64]| Ok(all.iter().map(|i| *i >= 3.21).collect());
        let found = narrow((2.0, 4.0), 1e-7, &fires).expect("found");
        assert!((3.21..3.21 * (1.0 + 1e-7)).contains(&found), "{found}");
        assert_eq!(doubled(1.0, 100.0, &|i| Ok(i >= 5.0)).expect("tried"), Some(8.0));
        assert_eq!(doubled(-1.0, -100.0, &|i| Ok(i <= -500.0)).expect("tried"), None);
    }
}
