//! Which spikes `bouton stats` and `bouton plot` look at.

use std::path::PathBuf;

use clap::Args;

use crate::{
    error::Result,
    lang::quantity,
    quantity::Dim,
    record::{SpikeFile, Told},
};

/// A file of spikes, and which of them.
#[derive(Args, Debug)]
pub struct SpikeArgs {
    /// Results of `bouton run`, SONATA spikes of any program, or text (.gdf, .dat, .txt: lines of id and ms)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Only this population; may be repeated, or a list E,I
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub population: Vec<String>,
    /// Leave out what is before
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub from: Option<f64>,
    /// Leave out what is later
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub to: Option<f64>,
    /// Neurons of a population, where the file is not Bouton's (default: the largest id that spiked, plus one); may be repeated
    #[arg(long, value_name = "POPULATION=N", value_parser = size)]
    pub size: Vec<(String, u32)>,
    /// How long was recorded, where the file is not Bouton's (default: until the last spike)
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub duration: Option<f64>,
}

impl SpikeArgs {
    /// Opens the file.
    pub fn open(&self) -> Result<SpikeFile> {
        let told = Told { sizes: self.size.clone(), duration_ms: self.duration };
        let mut file = SpikeFile::open(&self.file, &told)?;
        if self.from.is_some() || self.to.is_some() {
            file = file.between(self.from.unwrap_or(0.0), self.to)?;
        }
        if self.population.is_empty() { Ok(file) } else { file.only(&self.population) }
    }

    /// Is it only a part of the file?
    pub fn is_part(&self) -> bool {
        self.from.is_some() || self.to.is_some() || !self.population.is_empty()
    }
}

/// A time with its unit, in ms.
pub fn time(text: &str) -> std::result::Result<f64, String> {
    quantity(text, Dim::TIME)
}

/// A time above zero.
pub fn span(text: &str) -> std::result::Result<f64, String> {
    time(text).and_then(|ms| if ms > 0.0 { Ok(ms) } else { Err("a time above 0 is needed".into()) })
}

fn size(text: &str) -> std::result::Result<(String, u32), String> {
    let both = text.rsplit_once('=').and_then(|(name, size)| Some((name.trim().to_owned(), size.trim().parse().ok()?)));
    both.filter(|(_, size)| *size > 0).ok_or_else(|| "write POPULATION=N, e.g. --size E=4000".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_name_what_they_need() {
        assert_eq!(size("E=4000"), Ok(("E".into(), 4000)));
        assert!(size("E").is_err() && size("E=0").is_err() && size("E=-1").is_err());
        assert_eq!(span("0.5 s"), Ok(500.0));
        assert!(span("0 ms").is_err() && span("10").unwrap_err().contains("10 ms"));
    }
}
