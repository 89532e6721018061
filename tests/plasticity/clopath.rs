//! Voltage-based STDP where potential and filtered potentials have closed forms: targets that jump at prescribed steps and
//! never spike.

use super::{
    common,
    network::DT,
    trains::{Random, STEPS},
    watch::watch,
};

/// A neuron whose filters have closed forms: that of a membrane that may be refractory is moved in second order.
const LEAKY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/plasticity/leaky.toml");
const TAU_M: f64 = 20.0;
const E_L: f64 = -70.6;
const JUMP: f64 = 18.0;
/// Published values: mV and ms.
const THETA_PLUS: f64 = -45.3;
const TAU_X: f64 = 15.0;
const TAU_MINUS: f64 = 10.0;
const TAU_PLUS: f64 = 7.0;
const SOURCES: usize = 4;
const TARGETS: usize = 3;

fn text(jumps: &[Vec<u64>], pre: &[Vec<u64>]) -> String {
    let list = |name: &str, trains: &[Vec<u64>], earlier: u64| {
        let of_one = |(id, train): (usize, &Vec<u64>)| -> String {
            train.iter().map(|s| format!("[{id}, \"{:.1} ms\"], ", (s - earlier) as f64 * DT)).collect()
        };
        let spikes: String = trains.iter().enumerate().map(of_one).collect();
        format!("[populations.{name}]\nmodel = \"spike_list\"\nsize = {}\nspikes = [{spikes}]\n", trains.len())
    };
    [
        list("pre", pre, 0),
        list("driver", jumps, 1),
        // The plastic synapses move the potential by less than rounding.
        format!(
            "[populations.post]\nmodel = \"{LEAKY}\"\nsize = {TARGETS}\nreceptors = {{ drive = \"delta\", plastic = \"curr_exp\" }}\n\
             parameters = {{ C_m = \"1e6 F\", g_L = \"1e6 F/(20 ms)\", E_L = \"{E_L} mV\" }}\n\
             [[projections]]\nfrom = \"driver\"\nto = \"post\"\nrule = \"one_to_one\"\nreceptor = \"drive\"\n\
             weight = \"{JUMP} mV\"\ndelay = \"0.1 ms\"\n\
             [[projections]]\nfrom = \"pre\"\nto = \"post\"\nrule = \"all_to_all\"\nreceptor = \"plastic\"\nweight = \"1 pA\"\n\
             delay = \"0.1 ms + 0.7 ms*j\"\nplasticity = {{ rule = \"stdp_clopath\", w_0 = \"1 pA\", w_max = \"4 pA\" }}\n\
             [[record.synapses]]\nprojection = \"pre->post\"\nvariables = [\"w\"]\ninterval = \"0.1 ms\"\n\
             [run]\nduration = \"{} ms\"\ndt = \"{DT} ms\"\nseed = 1\n",
            STEPS as f64 * DT
        ),
    ]
    .concat()
}

/// What jumps at some steps have left at `step` of v - E_L and of its filter; each jump decays with the membrane.
fn potential(jumps: &[u64], step: u64, tau: f64) -> (f64, f64) {
    let (mut v, mut filtered) = (0.0, 0.0);
    for jump in jumps.iter().take_while(|&&jump| jump <= step) {
        let ms = (step - jump) as f64 * DT;
        let own = (-ms / TAU_M).exp();
        v += JUMP * own;
        filtered += JUMP * TAU_M / (TAU_M - tau) * (own - (-ms / tau).exp());
    }
    (v, filtered)
}

#[test]
fn weights_follow_the_paper_where_the_potential_is_known() {
    let mut random = Random(3);
    let mut train = |p: f64| -> Vec<u64> { (2..STEPS).filter(|_| random.unit() < p).collect() };
    let jumps: Vec<Vec<u64>> = (0..TARGETS).map(|_| train(0.008)).collect();
    let pre: Vec<Vec<u64>> = (0..SOURCES).map(|_| train(0.003)).collect();
    let seen = watch(&common::plan(&text(&jumps, &pre)));
    let record = &seen.synapses[0];
    assert!(record.values.iter().map(|v| v.0).eq(0..=STEPS));
    for (k, (&source, &target)) in record.sources.iter().zip(&record.targets).enumerate() {
        let jumps = &jumps[target as usize];
        let arrivals: Vec<u64> = pre[source as usize].iter().map(|s| s + 1 + 7 * u64::from(source)).collect();
        let (mut w, mut up, mut down) = (1.0f64, 0, 0);
        for (step, own) in &record.values {
            if arrivals.binary_search(step).is_ok() {
                // The potential that the spike finds is that before its step; theta_minus is the rest.
                let filtered = potential(jumps, step - 1, TAU_MINUS).1;
                w = (w - 14e-5 * filtered.max(0.0)).clamp(0.0, 4.0);
                down += u32::from(filtered > 0.0);
            }
            let (v, filtered) = potential(jumps, *step, TAU_PLUS);
            let above = E_L + v - THETA_PLUS;
            if above > 0.0 && filtered > 0.0 {
                let before = arrivals.iter().take_while(|&s| s < step);
                let x: f64 = before.map(|s| (-((step - s) as f64) * DT / TAU_X).exp() / TAU_X).sum();
                w = (w + 8e-5 * x * above * filtered * DT).clamp(0.0, 4.0);
                up += u32::from(x > 0.0);
            }
            assert!((own[k] - w).abs() < 1e-11, "synapse {k}, step {step}: {} for {w}", own[k]);
        }
        assert!(up > 500 && down > 10, "synapse {k}: {up} potentiations, {down} depressions");
    }
}
