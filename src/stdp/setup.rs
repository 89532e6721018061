//! The rule as the protocol uses it: read, its required parameters filled in, and the words for what was chosen.

use super::{DT, Protocol};
use crate::{
    error::{Error, Result},
    lang::{library, model::Kind, quantity, rule::Rule},
    quantity::{Dim, display},
};

/// A rule with what it needs to be run.
pub struct Setup<'a> {
    pub protocol: &'a Protocol,
    pub rule: Rule,
    /// Weight before the first spike.
    pub weight: f64,
    /// `{ rule = "...", ... }`
    pub plasticity: String,
    /// What was chosen for the user.
    pub notes: Vec<String>,
}

impl<'a> Setup<'a> {
    /// Reads rule and receptor; refuses times that cannot be.
    pub fn new(protocol: &'a Protocol) -> Result<Self> {
        check(protocol)?;
        let receptor = library::load(&protocol.receptor, None)?;
        let Some(dim) = receptor.weight.filter(|_| receptor.kind == Kind::Receptor) else {
            let message =
                format!("--receptor {}: this is a {}, not a receptor", protocol.receptor, receptor.kind.name());
            return Err(Error::input(message).help("`bouton models` lists the receptors"));
        };
        let rule = library::rule(&protocol.rule, None, dim)?;
        let weight = match &protocol.weight {
            None => 1.0,
            Some(text) => quantity(text, dim)
                .map_err(|why| Error::input(format!("--weight {text}: {why}")))
                .map_err(|e| e.help(format!("{} takes weights in {dim}, e.g. --weight \"1 {dim}\"", receptor.name)))?,
        };
        if weight == 0.0 {
            return Err(Error::input("--weight 0: changes are relative to the weight").help("give another weight"));
        }
        let mut setup = Self { protocol, rule, weight, plasticity: String::new(), notes: Vec::new() };
        let required = setup.required(dim);
        setup.plasticity = setup.written(&required);
        Ok(setup)
    }

    /// Values for required parameters that the user has not set: twice the weight for a greatest weight, 0 for a least one, else the weight.
    fn required(&mut self, dim: Dim) -> Vec<(String, String)> {
        let mut out = Vec::new();
        for p in self.rule.parameters.iter().filter(|p| p.required) {
            if self.protocol.set.iter().any(|s| *s.0 == *p.name) {
                continue;
            }
            let (factor, words) = match &*p.name {
                name if name.contains("max") => (2.0, "twice the weight"),
                name if name.contains("min") => (0.0, "no weight at all"),
                _ => (1.0, "the weight"),
            };
            let value = display(factor * self.weight, dim);
            self.notes.push(format!("{} = {value}, {words} (--set {}=... for another)", p.name, p.name));
            out.push((p.name.to_string(), value));
        }
        out
    }

    /// The table that a projection has for this rule.
    fn written(&self, required: &[(String, String)]) -> String {
        let mut out = format!("{{ rule = {}", quoted(&self.protocol.rule));
        if self.protocol.pairing != "all_to_all" {
            out += &format!(", pairing = {}", quoted(&self.protocol.pairing));
        }
        if self.modulated() && !self.protocol.set.iter().any(|s| s.0 == "modulator") {
            out += &format!(", modulator = \"modulator\", modulator_delay = \"{} ms\"", super::network::DRIVE);
        }
        for (name, value) in required.iter().chain(&self.protocol.set) {
            let bare = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            out += &format!(", {} = {}", if bare { name.clone() } else { quoted(name) }, quoted(value));
        }
        out + " }"
    }

    /// The weight with its unit.
    pub fn weight_text(&self) -> String {
        display(self.weight, self.rule.weight)
    }
}

/// A string of a TOML file.
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.into()).to_string()
}

fn check(protocol: &Protocol) -> Result<()> {
    let refuse = |message: String, help: &str| Err(Error::input(message).help(help));
    let time = |ms: f64| display(ms, Dim::TIME);
    let hz = |f: f64| display(f, Dim::FREQUENCY);
    if protocol.pairs == Some(0) {
        return refuse("--pairs 0: at least one pairing is needed".into(), "use 60, or any number from 1");
    }
    for (flag, value) in [("step", protocol.step), ("dt-pairing", protocol.apart), ("delay", protocol.delay)] {
        if super::steps(value) < 1 {
            let message = format!("--{flag} {} is below the time step {}", time(value), time(DT));
            return refuse(message, "use at least 0.1 ms");
        }
    }
    if protocol.step > protocol.window {
        let message = format!("--step {} is more than --window {}", time(protocol.step), time(protocol.window));
        return refuse(message, "give a smaller step");
    }
    if protocol.window / protocol.step > 5000.0 {
        let message =
            format!("--window {} has more than 10000 steps of {}", time(protocol.window), time(protocol.step));
        return refuse(message, "give a larger step");
    }
    let (low, high) = protocol.frequencies;
    for (flag, value) in [("frequency", protocol.frequency), ("frequencies", low), ("frequencies", high)] {
        // The forced spikes of the target take 2 ms.
        if !(1e-6..=0.2).contains(&value) {
            return refuse(
                format!("--{flag}: {} is not within 0.001 Hz and 200 Hz", hz(value)),
                "use a value in between",
            );
        }
    }
    if low > high {
        let message = format!("--frequencies: {} is more than {}", hz(low), hz(high));
        return refuse(message, "write the lower one first, e.g. --frequencies 0.1:50");
    }
    Ok(())
}
