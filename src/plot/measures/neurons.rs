//! Single neurons, chosen on the command line.

use std::str::FromStr;

use super::Loaded;
use crate::error::{Error, Result, did_you_mean};

/// Neurons of a population: `E:3`, `E:0-9`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neurons {
    population: String,
    first: u32,
    last: u32,
}

impl FromStr for Neurons {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let read = || {
            let (population, ids) = text.trim().rsplit_once(':')?;
            let (first, last) = ids.split_once('-').unwrap_or((ids, ids));
            let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
            (first <= last).then(|| Neurons { population: population.into(), first, last })
        };
        read().ok_or_else(|| "write POPULATION:ID or POPULATION:FIRST-LAST, e.g. E:3,E:7 or E:0-9,I:0-4".into())
    }
}

/// A neuron and its spikes.
pub struct Neuron<'a> {
    pub population: &'a str,
    pub id: u32,
    pub train: &'a [u64],
}

impl Neuron<'_> {
    pub fn name(&self) -> String {
        format!("{} {}", self.population, self.id)
    }
}

/// The neurons that were chosen.
///
/// # Errors
/// A population that is not looked at, an id that it does not have.
pub fn chosen<'a>(neurons: &[Neurons], populations: &'a [Loaded]) -> Result<Vec<Neuron<'a>>> {
    let mut all = Vec::new();
    for Neurons { population, first, last } in neurons {
        let Some(p) = populations.iter().find(|p| p.name == *population) else {
            let known = populations.iter().map(|p| p.name.as_str());
            return Err(Error::input(format!("--neurons {population}:{first}: there is no such population"))
                .help(did_you_mean(population, known)));
        };
        if *last >= p.size {
            return Err(Error::input(format!("--neurons: \"{population}\" has no neuron {last}"))
                .help(format!("its ids go from 0 to {}", i64::from(p.size) - 1)));
        }
        all.extend((*first..=*last).map(|id| Neuron { population: &p.name, id, train: p.trains.of(id) }));
    }
    Ok(all)
}

/// Up to `most` neurons of each population, at even distances among those that spiked.
pub fn sample(populations: &[Loaded], most: usize) -> Vec<Neuron<'_>> {
    populations
        .iter()
        .flat_map(|p| {
            let all: Vec<_> = p.trains.iter().collect();
            let taken = all.len().min(most);
            (0..taken).map(move |k| {
                let (id, train) = all[k * all.len() / taken];
                Neuron { population: &p.name, id, train }
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_neurons_are_read() {
        let range = |first, last| Ok(Neurons { population: "L5:E".into(), first, last });
        assert_eq!("L5:E:3".parse(), range(3, 3));
        assert_eq!(" L5:E:0-9".parse(), range(0, 9));
        for wrong in ["E", "E:", "E:9-3", "E:x"] {
            assert!(wrong.parse::<Neurons>().is_err(), "{wrong}");
        }
    }
}
