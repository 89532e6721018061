//! Prescribed spikes on both sides of plastic synapses, run by the engine and held against the obvious synapse.

use super::{
    common,
    naive::{self, Course, Pairing, Place, Rule},
    trains::{STEPS, trains},
    watch::{Synapses, Watch, watch},
};
use bouton::{connect::Edge, plan::Plan};

/// Time step in ms.
pub const DT: f64 = 0.1;
/// Time constant in ms of the receptor that the plastic synapses reach.
const TAU: f64 = 5.0;

/// A network of sources and targets with prescribed spikes.
pub struct Network {
    /// What stands behind `plasticity = `.
    pub plasticity: String,
    pub pairing: Pairing,
    /// Share of the delay that lies on the dendrite.
    pub dendritic: f64,
    pub precision: &'static str,
    /// Spikes of the sources, the targets and the modulator population.
    pub spikes: [Vec<Vec<u64>>; 3],
    /// `[[run.phases]]`, or the duration.
    pub run: String,
}

impl Network {
    pub fn new(plasticity: &str, pairing: Pairing, dendritic: f64) -> Self {
        // The modulator's two neurons spike in three volleys, of which the second is both together.
        let modulator = vec![vec![2500, 6000], vec![6000, 9900]];
        Self {
            plasticity: plasticity.into(),
            pairing,
            dendritic,
            precision: "f64",
            spikes: [trains(6, false, 1), trains(5, true, 2), modulator],
            run: format!("duration = \"{} ms\"\n", STEPS as f64 * DT),
        }
    }

    /// The targets spike exactly when told: a spike of their driver a step earlier lifts them over threshold, the reset puts
    /// them back, they are never refractory and have no leak; and the capacitance is such that what the plastic synapses bring, while it
    /// can be seen in the receptor, moves the potential by less than rounding.
    pub fn text(&self) -> String {
        let list = |name: &str, trains: &[Vec<u64>], earlier: u64| {
            let of_one = |(id, train): (usize, &Vec<u64>)| -> String {
                train.iter().map(|s| format!("[{id}, \"{:.1} ms\"], ", (s - earlier) as f64 * DT)).collect()
            };
            let spikes: String = trains.iter().enumerate().map(of_one).collect();
            format!("[populations.{name}]\nmodel = \"spike_list\"\nsize = {}\nspikes = [{spikes}]\n", trains.len())
        };
        let [pre, post, modulator] = &self.spikes;
        [
            list("pre", pre, 0),
            list("driver", post, 1),
            list("modulator", modulator, 0),
            format!(
                "[populations.post]\nmodel = \"lif\"\nsize = {}\n\
                 parameters = {{ C_m = \"1e6 F\", g_L = \"0 nS\", t_ref = \"0 ms\" }}\n\
                 receptors = {{ drive = \"delta\", plastic = {{ model = \"curr_exp\", tau = \"{TAU} ms\" }} }}\n",
                post.len()
            ),
            "[[projections]]\nfrom = \"driver\"\nto = \"post\"\nrule = \"one_to_one\"\nreceptor = \"drive\"\n\
             weight = \"100 mV\"\ndelay = \"0.1 ms\"\n"
                .into(),
            // Two synapses a pair on average; delays from one step to several intervals of a burst.
            format!(
                "[[projections]]\nfrom = \"pre\"\nto = \"post\"\nrule = {{ fixed_total_number = 60 }}\nreceptor = \"plastic\"\n\
                 weight = \"uniform(0.2 pA, 1.8 pA)\"\ndelay = \"uniform(0.1 ms, 5 ms)\"\ndendritic = {}\nplasticity = {}\n",
                self.dendritic, self.plasticity
            ),
            "[record]\nspikes = []\n[[record.synapses]]\nprojection = \"pre->post\"\nvariables = [\"w\"]\ninterval = \"0.1 ms\"\n\
             [[record.traces]]\npopulation = \"post\"\nvariables = [\"plastic.I\"]\n"
                .into(),
            format!("[run]\ndt = \"{DT} ms\"\nseed = 5\nprecision = \"{}\"\n{}", self.precision, self.run),
        ]
        .concat()
    }

    /// Runs it; the targets have spiked as prescribed.
    pub fn watch(&self) -> (Plan, Watch) {
        let plan = common::plan(&self.text());
        let watch = watch(&plan);
        let first = plan.populations.iter().find(|p| p.name == "post").expect("the targets").first;
        for (id, train) in self.spikes[1].iter().enumerate() {
            let own = watch.spikes.iter().filter(|s| s.1 == first + id as u32).map(|s| s.0);
            assert!(own.eq(train.iter().copied()), "target {id} does not spike as prescribed");
        }
        (plan, watch)
    }

    /// Runs it, and lets each of its synapses live through the same spikes: what reaches the receptors and the weights at
    /// every step agree to `tolerance`.
    pub fn same(&self, tolerance: f64, rule: impl Fn() -> Box<dyn Rule>) {
        let label = format!("{}, dendritic = {}, {}", self.plasticity, self.dendritic, self.precision);
        let (plan, watch) = self.watch();
        let record = &watch.synapses[0];
        let (sources, targets, w) = (&record.sources, &record.targets, record.at(0));
        let delays = delays(&plan, sources, targets, w);
        let course = |k: usize| {
            let dendrite = (self.dendritic * delays[k] as f64).round() as u64;
            let place = Place { axon: delays[k] - dendrite, dendrite };
            let emitted = [&self.spikes[0][sources[k] as usize][..], &self.spikes[1][targets[k] as usize]];
            naive::live(&mut *rule(), w[k], place, emitted, self.pairing, STEPS)
        };
        let courses: Vec<Course> = (0..w.len()).map(course).collect();
        let coincidences: usize = courses.iter().map(|c| c.coincidences).sum();
        assert!(coincidences > 50, "{label}: {coincidences} coincidences show nothing");
        same_arrivals(&label, tolerance, &watch.traces[0], targets, &courses);
        same_weights(&label, tolerance, record, &courses);
    }
}

/// The receptor's current jumps by what arrives, and decays between.
fn same_arrivals(label: &str, tolerance: f64, trace: &[(u64, Vec<f64>)], targets: &[u32], courses: &[Course]) {
    let mut before = vec![0.0; trace[0].1.len()];
    let mut arriving = vec![vec![0.0; before.len()]; STEPS as usize + 1];
    for (course, &target) in courses.iter().zip(targets) {
        let seen = course.sent.iter().filter(|sent| sent.0 <= STEPS);
        seen.for_each(|&(step, amplitude)| arriving[step as usize][target as usize] += amplitude);
    }
    for ((step, current), arriving) in trace.iter().zip(&arriving) {
        for (target, own) in current.iter().enumerate() {
            let expected = before[target] * (-DT / TAU).exp() + arriving[target];
            let off = (own - expected).abs() / (1.0 + expected);
            assert!(off <= 4.0 * tolerance, "{label}: target {target}, step {step}: {own} pA for {expected}");
        }
        before.copy_from_slice(current);
    }
}

/// Weights at every step agree relative to the greatest so far.
fn same_weights(label: &str, tolerance: f64, record: &Synapses, courses: &[Course]) {
    assert!(record.values.iter().map(|v| v.0).eq(0..=STEPS), "{label}: not recorded at every step");
    for (k, course) in courses.iter().enumerate() {
        let mut scale: f64 = 0.0;
        // What is read at a step is what a spike would meet that reaches the soma next: it is already on the dendrite.
        let before = std::iter::repeat_n(&course.weights[0], course.dendrite as usize);
        for (expected, (step, own)) in before.chain(&course.weights).zip(&record.values) {
            scale = scale.max(expected.abs());
            let off = (own[k] - expected).abs() / scale;
            let (source, target) = (record.sources[k], record.targets[k]);
            assert!(off <= tolerance, "{label}: synapse {source}->{target}, step {step}: {} for {expected}", own[k]);
        }
    }
}

/// Delays in steps of recorded synapses. Synapses of one pair are told apart by their weights.
fn delays(plan: &Plan, sources: &[u32], targets: &[u32], w: &[f64]) -> Vec<u64> {
    let wiring = &plan.projections.iter().find(|p| p.name == "pre->post").expect("the projection").wiring;
    let mut edges: Vec<Edge> = Vec::new();
    wiring.edges(0..wiring.to.size, |edge| edges.push(edge));
    assert_eq!(edges.len(), w.len(), "synapses recorded");
    let delays = (0..w.len())
        .map(|k| {
            let is_it = |e: &Edge| (e.source, e.target) == (sources[k], targets[k]) && (e.weight - w[k]).abs() < 1e-6;
            let at = edges
                .iter()
                .position(is_it)
                .unwrap_or_else(|| panic!("synapse {k} begins with another weight than drawn"));
            u64::from(edges.swap_remove(at).delay)
        })
        .collect();
    let mut pairs: Vec<_> = sources.iter().zip(targets).collect();
    pairs.sort_unstable();
    assert!(pairs.windows(2).any(|p| p[0] == p[1]), "no pair has two synapses");
    delays
}
