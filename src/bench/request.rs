//! From what the user asked for to the cases that are run; the only stage that refuses.

use std::{collections::BTreeSet, path::Path};

use super::suite::{self, SUITE};
use crate::{
    error::{Error, Result, did_you_mean},
    plan::Plan,
    spec::{Spec, is_path, library},
};

/// What is to be measured.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Names of the suite, of shipped networks, or paths; empty: the whole suite.
    pub networks: Vec<String>,
    /// Numbers of threads, ascending.
    pub threads: Vec<usize>,
    /// Values of the networks' constant `scale`; empty: as the networks are.
    pub scales: Vec<f64>,
    /// `f32`, `f64` or both; empty: as the networks are.
    pub precisions: Vec<&'static str>,
    /// Whether networks grow with the threads.
    pub weak: bool,
    /// Changes to all networks, as `bouton run --set` takes them.
    pub set: Vec<(String, String)>,
}

/// A network at one scale and precision, over numbers of threads.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What distinguishes it, for people: `brunel, scale 0.3, f32`.
    pub label: String,
    /// As the user called the network.
    pub name: String,
    /// The network's own title.
    pub title: String,
    /// The constant `scale`, in weak scaling for one thread; `None`: untouched.
    pub scale: Option<f64>,
    /// `f32` or `f64`.
    pub precision: &'static str,
    /// One for each number of threads, ascending.
    pub cases: Vec<Case>,
}

/// A network that is run as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Shipped network or path.
    pub network: String,
    /// All changes to its file, threads among them.
    pub set: Vec<(String, String)>,
    /// Number of threads.
    pub threads: usize,
    /// The constant `scale`; `None`: untouched.
    pub scale: Option<f64>,
}

/// A network, and the scales at which it is run.
struct Network {
    /// For people.
    name: String,
    /// Shipped network or path.
    path: String,
    /// `None`: untouched.
    scales: Vec<Option<f64>>,
}

impl Request {
    /// All series, planned, with the warnings of their plans.
    ///
    /// # Errors
    /// For everything that would keep a case from being run.
    pub fn series(&self) -> Result<(Vec<Series>, BTreeSet<String>)> {
        for (key, value) in &self.set {
            let option = match key.strip_prefix("constants.").unwrap_or(key) {
                "scale" => "scales",
                "run.threads" => "threads",
                "run.precision" => "precision",
                _ => continue,
            };
            return Err(Error::input(format!("--set {key}: a benchmark sets this itself"))
                .help(format!("write --{option} {value}")));
        }
        let mut warnings = BTreeSet::new();
        let mut all: Vec<Series> = Vec::new();
        let mut precisions: Vec<_> = self.precisions.iter().copied().map(Some).collect();
        if precisions.is_empty() {
            precisions.push(None);
        }
        for network in self.networks()? {
            for &scale in &network.scales {
                for &precision in &precisions {
                    let series = self.one(&network, scale, precision, &mut warnings)?;
                    // Two names of the suite may be the same network once --scales has its say.
                    if all.iter().all(|other| other.cases != series.cases) {
                        all.push(series);
                    }
                }
            }
        }
        Ok((all, warnings))
    }

    fn networks(&self) -> Result<Vec<Network>> {
        let suite = || SUITE.iter().map(|entry| entry.name.to_string()).collect();
        let names: Vec<String> = if self.networks.is_empty() { suite() } else { self.networks.clone() };
        let given: Vec<_> = self.scales.iter().copied().map(Some).collect();
        let of = |name: String| match suite::find(&name) {
            Some(entry) if given.is_empty() => {
                Ok(Network { name, path: entry.network.into(), scales: vec![Some(entry.scale)] })
            }
            Some(entry) => {
                Ok(Network { name: entry.network.into(), path: entry.network.into(), scales: given.clone() })
            }
            None if is_path(Path::new(&name)) || library::find(&name).is_some() => {
                let own = self.weak.then_some(1.0);
                let scales = if given.is_empty() { vec![own] } else { given.clone() };
                Ok(Network { path: name.clone(), name, scales })
            }
            None => {
                let known = SUITE.iter().map(|entry| entry.name).chain(library::names()).collect::<BTreeSet<_>>();
                Err(Error::input(format!("neither the suite nor the shipped networks have \"{name}\""))
                    .help(format!("{} (the path of a file ends in .toml)", did_you_mean(&name, known))))
            }
        };
        names.into_iter().map(of).collect()
    }

    fn one(
        &self,
        network: &Network,
        scale: Option<f64>,
        precision: Option<&str>,
        warnings: &mut BTreeSet<String>,
    ) -> Result<Series> {
        let Network { name, path, .. } = network;
        let spec = Spec::load(path, &self.set)?;
        if scale.is_some() && !spec.constants.iter().any(|(constant, _)| constant.value == "scale") {
            return Err(no_scale(&spec));
        }
        let mut series = Series {
            label: String::new(),
            name: name.clone(),
            title: spec.title.unwrap_or_default(),
            scale,
            precision: "",
            cases: Vec::new(),
        };
        for &threads in &self.threads {
            let scale = scale.map(|scale| if self.weak { scale * threads as f64 } else { scale });
            let own = [
                ("constants.scale", scale.map(|s| s.to_string())),
                ("run.precision", precision.map(String::from)),
                ("run.threads", Some(threads.to_string())),
            ];
            let mut set = self.set.clone();
            set.extend(own.into_iter().filter_map(|(key, value)| Some((key.to_string(), value?))));
            let plan = Plan::new(&Spec::load(path, &set)?)?;
            series.precision = plan.precision.name();
            warnings.extend(plan.warnings.iter().map(|warning| format!("{name}: {warning}")));
            series.cases.push(Case { network: path.clone(), set, threads, scale });
        }
        let scaled = match scale {
            Some(scale) if self.weak => format!(", scale {scale} a thread"),
            Some(scale) if !self.scales.is_empty() => format!(", scale {scale}"),
            _ => String::new(),
        };
        series.label = format!("{name}{scaled}, {}", series.precision);
        Ok(series)
    }
}

fn no_scale(spec: &Spec) -> Error {
    Error::input(format!("{}: there is no constant \"scale\", which --scales and --weak set", spec.source.name)).help(
        "add scale = 1 to [constants] and multiply the populations' sizes by it: size = \"floor(scale*4000 + 0.5)\"; \
         divide connection probabilities by it, so that each neuron keeps its number of inputs",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(network: &str) -> Request {
        Request { networks: vec![network.into()], threads: vec![1, 2], ..Request::default() }
    }

    fn series(request: &Request) -> Vec<Series> {
        request.series().unwrap_or_else(|e| panic!("{}", e.report())).0
    }

    #[test]
    fn strong_scaling_keeps_the_network_and_weak_scaling_grows_it() {
        let strong = request("coba_40000");
        let weak = Request { weak: true, ..request("coba") };
        let scales = |request| series(request)[0].cases.iter().map(|c| c.scale).collect::<Vec<_>>();
        assert_eq!(scales(&strong), [Some(10.0); 2]);
        assert_eq!(scales(&weak), [Some(1.0), Some(2.0)]);
        assert_eq!(series(&weak)[0].label, "coba, scale 1 a thread, f64");
        // A file that is not of the suite stays as it is.
        assert_eq!(scales(&request("ei_nmda")), [None; 2]);
    }

    #[test]
    fn scales_and_precisions_multiply_and_equal_series_fall_together() {
        let mut both = Request { scales: vec![0.5, 2.0], precisions: vec!["f64", "f32"], ..request("coba") };
        let labels: Vec<_> = series(&both).into_iter().map(|s| s.label).collect();
        assert_eq!(labels[..2], ["vogels_abbott, scale 0.5, f64", "vogels_abbott, scale 0.5, f32"]);
        assert_eq!(labels.len(), 4);
        both.networks.push("coba_40000".into());
        assert_eq!(series(&both).len(), 4);
    }

    #[test]
    fn what_cannot_run_is_refused_with_a_remedy() {
        let refused = |request: Request| request.series().unwrap_err().report();
        assert!(refused(request("cobaa")).contains("did you mean \"coba\"?"));
        let report = refused(Request { scales: vec![1.0], ..request("ei_nmda") });
        assert!(report.contains("no constant \"scale\"") && report.contains("add scale = 1"), "{report}");
        let mut wrong = request("coba");
        wrong.set.push(("run.duration".into(), "1 mV".into()));
        assert!(wrong.series().is_err());
        for (key, remedy) in
            [("scale", "--scales 0.1"), ("constants.scale", "--scales 0.1"), ("run.threads", "--threads 0.1")]
        {
            let report = refused(Request { set: vec![(key.into(), "0.1".into())], ..request("microcircuit") });
            assert!(
                report.contains(&format!("--set {key}: a benchmark sets this itself")) && report.contains(remedy),
                "{report}"
            );
        }
    }
}
