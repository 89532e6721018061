//! The network of a protocol: sources and targets that spike exactly when told, and a synapse that learns between each two.

use super::{DT, setup::Setup, setup::quoted};
use crate::{
    connect::Edge,
    engine::{Observer, Options, Simulation},
    error::{Result, Source},
    plan::{Plan, Projection},
    quantity::display,
    spec::Spec,
};

/// Delay in ms of what makes the targets spike, and of the modulator: spikes are told this much earlier, so that a step of the loop
/// need not be a step of time.
pub const DRIVE: f64 = 1.0;
/// How long a spike of a target lasts, in ms.
const WIDTH: f64 = 2.0;

/// What the target's potential does, in words.
pub const POTENTIAL: &str = "the rule reads the potential of its target: here it rests at -70.6 mV, is put to 20 mV for 2 ms at a spike, \
                             then to -60.6 mV, and returns with a time constant of 20 ms";

/// The spikes on both sides of a synapse, in steps.
pub struct Pair {
    pub pre: Vec<u64>,
    pub post: Vec<u64>,
}

/// What came of it.
pub struct Changes {
    /// (w - w0)/w0 of each pair.
    pub changes: Vec<f64>,
    /// Parameters as used.
    pub parameters: Vec<(String, String)>,
    /// What the user should know.
    pub notes: Vec<String>,
}

/// A population with spikes, told `earlier` steps before they count.
pub fn list<'a>(name: &str, trains: impl ExactSizeIterator<Item = &'a [u64]>, earlier: u64) -> String {
    let size = trains.len();
    let mut spikes = String::new();
    for (id, train) in trains.enumerate() {
        for step in train {
            spikes += &format!("[{id}, \"{:.1} ms\"], ", (step - earlier) as f64 * DT);
        }
    }
    format!("[populations.{name}]\nmodel = \"spike_list\"\nsize = {size}\nspikes = [{spikes}]\n\n")
}

/// The projection that learns.
pub fn plastic(setup: &Setup, rule: &str) -> String {
    let p = setup.protocol;
    format!(
        "[[projections]]\nfrom = \"pre\"\nto = \"post\"\nrule = \"{rule}\"\nreceptor = \"plastic\"\nweight = \"{}\"\n\
         delay = \"{} ms\"\ndendritic = {}\nplasticity = {}\n\n",
        setup.weight_text(),
        p.delay,
        p.dendritic,
        setup.plasticity
    )
}

/// The network is planned as a user's is; mistakes in the rule point into its file, others into this text.
pub fn plan(text: &str) -> Result<Plan> {
    Plan::new(&Spec::parse(Source::new("network of the protocol", text), "stdp")?)
}

/// A driver's spike lifts a target over its threshold, far above all potentials in which it is otherwise; the reset puts it to the height
/// of a spike, and the driver's second synapse ends that. The capacitance is such that what the synapse under study transmits moves the
/// potential by less than rounding.
fn text(setup: &Setup, pairs: &[Pair], modulator: &[u64], end: u64) -> String {
    let drive = super::steps(DRIVE) as u64;
    let driven = |weight: &str, delay: f64| {
        format!(
            "[[projections]]\nfrom = \"driver\"\nto = \"post\"\nrule = \"one_to_one\"\nreceptor = \"drive\"\n\
             weight = \"{weight}\"\ndelay = \"{delay} ms\"\n\n"
        )
    };
    let mut out = list("pre", pairs.iter().map(|p| &p.pre[..]), 0);
    out += &list("driver", pairs.iter().map(|p| &p.post[..]), drive);
    if setup.modulated() {
        out += &list("modulator", std::iter::once(modulator), drive);
    }
    out += &format!(
        "[populations.post]\nmodel = \"lif\"\nsize = {}\nreceptors = {{ drive = \"delta\", plastic = {} }}\n\
         parameters = {{ C_m = \"1e6 F\", g_L = \"1e6 F/(20 ms)\", E_L = \"-70.6 mV\", V_th = \"100 mV\", V_reset = \"20 mV\", \
         t_ref = \"0 ms\" }}\n\n",
        pairs.len(),
        quoted(&setup.protocol.receptor)
    );
    out += &driven("1 V", DRIVE);
    out += &driven("-72 mV", DRIVE + WIDTH);
    out += &plastic(setup, "one_to_one");
    let duration = end as f64 * DT;
    out + &format!(
        "[record]\nspikes = []\n\n[run]\nduration = \"{duration:.1} ms\"\ndt = \"{DT} ms\"\nprecision = \"f64\"\n"
    )
}

/// Counts the spikes of the targets.
struct Count {
    first: u32,
    spikes: usize,
}

impl Observer for Count {
    fn spikes(&mut self, _: u64, ids: &[u32]) {
        self.spikes += ids.iter().filter(|&&id| id >= self.first).count();
    }
}

/// Runs pairs side by side until step `end`.
pub fn changes(setup: &Setup, pairs: &[Pair], modulator: &[u64], end: u64) -> Result<Changes> {
    let plan = plan(&text(setup, pairs, modulator, end))?;
    let (number, Projection { wiring, plasticity, .. }) =
        plan.projections.iter().enumerate().find(|p| p.1.name == "pre->post").expect("written above");
    let learning = &plasticity.as_ref().expect("written above").learning;
    let mut simulation = Simulation::build(&plan, Options { threads: Some(1), ..Options::default() });
    let post = plan.populations.iter().find(|p| p.name == "post").expect("written above");
    let mut count = Count { first: post.first, spikes: 0 };
    simulation.run(&mut count);
    let told: usize = pairs.iter().map(|p| p.post.len()).sum();
    assert_eq!(count.spikes, told, "targets spike when told, and at no other time");
    let after = simulation.weights(number, wiring);
    let mut sources = Vec::with_capacity(after.len());
    wiring.edges(0..wiring.to.size, |edge: Edge| sources.push(edge.source as usize));
    let mut changes = vec![0.0; pairs.len()];
    for (source, w) in sources.into_iter().zip(&after) {
        changes[source] = (w - setup.weight) / setup.weight;
    }
    let mut notes = Vec::new();
    if let Some((low, high)) = learning.bounds {
        let stopped = after.iter().filter(|w| **w <= low || **w >= high).count();
        if stopped > 0 {
            let [low, high] = [low, high].map(|w| display(w, setup.rule.weight));
            notes.push(format!(
                "{stopped} of {} weights of the window end at a bound ({low} or {high}): fewer --pairs show the rule alone",
                pairs.len()
            ));
        }
    }
    if !learning.reads.is_empty() || learning.event.is_some() {
        notes.push(POTENTIAL.into());
    }
    Ok(Changes { changes, parameters: learning.parameters.clone(), notes })
}
