//! Rate units: linear networks in closed form, and the f-I curve of the leaky integrate-and-fire neuron.

use crate::common::{plan, run};

#[test]
fn a_linear_network_approaches_its_fixed_point_as_computed() {
    // Ten units that excite each other and themselves: as one of gain*w = 0.6, s moves by (1 - E) ((0.6 - 1) s + gain I).
    let text = "[populations.R]
model = 'rate_unit'
size = 10
parameters = { tau = '20 ms', gain = '0.5 Hz/pA', theta = '20 pA', I_e = '60 pA' }
receptors.rates = 'rate_coupling'
[[projections]]
from = 'R'
to = 'R'
rule = 'all_to_all'
receptor = 'rates'
weight = '0.12 pA/Hz'
[[record.traces]]
population = 'R'
variables = ['s', 'r']
neurons = [0, 9]
[run]
duration = '1 s'";
    let seen = run(&plan(text));
    let (factor, fixed) = (1.0 - (1.0 - (-0.1f64 / 20.0).exp()) * 0.4, 0.5 * 40.0 / 0.4);
    for step in [0, 1, 2, 100, 1000, 10_000] {
        // Rates are recorded as numbers in 1/ms.
        let exact = fixed * (1.0 - factor.powi(step as i32));
        for k in [0, 2] {
            let s = 1e3 * seen.at(0, step, k);
            assert!((s - exact).abs() < 1e-10, "step {step}: {s} Hz and not {exact}");
        }
    }
}

#[test]
fn a_rate_lies_between_zero_and_its_maximum() {
    let text = "[populations.R]
model = 'rate_unit'
size = 3
parameters = { theta = '20 pA', r_max = '100 Hz', I_e = '10 pA + 150 pA*i' }
[[record.traces]]
population = 'R'
variables = 'r'
[run]
duration = '1 ms'";
    let seen = run(&plan(text));
    assert_eq!([0, 1, 2].map(|k| 1e3 * seen.at(0, 1, k)), [0.0, 70.0, 100.0]);
}

#[test]
fn the_rate_of_a_neuron_is_its_f_i_curve() {
    // tau 20 ms, R 10 MOhm, 15 mV from rest to threshold, t_ref 2 ms; the rheobase is 1.5 nA.
    let text = "[populations.R]
model = 'rate_lif'
size = 5
parameters.I_e = 'CURRENTS'
parameters.C_m = '2 nF'
parameters.g_L = '100 nS'
parameters.E_L = '-65 mV'
parameters.V_th = '-50 mV'
parameters.V_reset = '-65 mV'
parameters.t_ref = '2 ms'
[[record.traces]]
population = 'R'
variables = 'r'
[run]
duration = '1 ms'";
    let list = "where(i == 0, 1.4 nA, where(i == 1, 1.5 nA, where(i == 2, 1.6 nA, where(i == 3, 2 nA, 3 nA))))";
    let seen = run(&plan(&text.replace("CURRENTS", list)));
    for (k, rate) in [0.0, 0.0, 17.4059, 33.6407, 63.0400].into_iter().enumerate() {
        let r = 1e3 * seen.at(0, 1, k);
        assert!((r - rate).abs() < 5e-5, "neuron {k}: {r} Hz and not {rate}");
    }
}
