//! The standard suite: networks that papers compare simulators by.

/// A network of the suite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// Its name in the suite.
    pub name: &'static str,
    /// The shipped network.
    pub network: &'static str,
    /// What its constant `scale` is set to.
    pub scale: f64,
    /// What it loads.
    pub about: &'static str,
}

const fn entry(name: &'static str, network: &'static str, scale: f64, about: &'static str) -> Entry {
    Entry { name, network, scale, about }
}

/// All of it, in the order in which it is run.
pub const SUITE: [Entry; 6] = [
    entry("coba", "vogels_abbott", 1.0, "4,000 conductance-based LIF neurons; all in the cache, delay of one step"),
    entry("coba_40000", "vogels_abbott", 10.0, "the same with 40,000 neurons of the same in-degree"),
    entry("cobahh", "cobahh", 1.0, "4,000 Hodgkin-Huxley neurons; arithmetic"),
    entry("brunel", "brunel", 1.0, "12,500 LIF neurons, in-degree 1,250; delivery"),
    entry("microcircuit_0.1", "microcircuit", 0.1, "a tenth of the cortical microcircuit: 7,718 neurons"),
    entry("microcircuit", "microcircuit", 1.0, "77,169 neurons, 299 million synapses; delivery from memory, 2 GB"),
];

/// The entry of this name.
pub fn find(name: &str) -> Option<&'static Entry> {
    SUITE.iter().find(|entry| entry.name == name)
}

/// A line for each entry, and how to run them.
pub fn list() -> String {
    let width = SUITE.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    let line = |e: &Entry| format!("{:width$}  {} (scale {} of {})\n", e.name, e.about, e.scale, e.network);
    let how = "\nbouton bench NAME...    measures these, shipped networks (bouton networks) and files; without a name the whole suite\n";
    SUITE.iter().map(line).collect::<String>() + how
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{plan::Plan, spec::Spec};

    #[test]
    fn every_entry_is_a_shipped_network_of_the_size_it_says() {
        let sizes = SUITE.map(|entry| {
            let spec = Spec::load(entry.network, &[("scale".into(), entry.scale.to_string())]).expect("shipped");
            Plan::new(&spec).expect("a network that can be run").neurons()
        });
        assert_eq!(sizes, [4000, 40_000, 4000, 12_500, 7718, 77_169]);
        assert!(SUITE.iter().all(|entry| list().contains(entry.name) && find(entry.name) == Some(entry)));
    }

    #[test]
    fn neurons_keep_their_inputs_where_the_network_grows() {
        for (network, inputs) in [("vogels_abbott", 80.0), ("cuba", 80.0), ("cobahh", 80.0), ("brunel", 1250.0)] {
            for scale in ["0.3", "1", "4"] {
                let spec = Spec::load(network, &[("scale".into(), scale.into())]).expect("shipped");
                let plan = Plan::new(&spec).expect("a network that can be run");
                let mean = plan.synapses() / plan.neurons() as f64;
                assert!((mean / inputs - 1.0).abs() < 1e-3, "{network} at scale {scale}: {mean} inputs of a neuron");
            }
        }
    }
}
