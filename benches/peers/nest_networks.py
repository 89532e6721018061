"""The published networks in NEST: python nest_networks.py NETWORK SIZE --threads N ...

Prints one JSON object: seconds of the loop, mean rate of all neurons. The loop is nest.Run after nest.Prepare:
connections are in place, nothing is recorded, spikes are counted by the kernel. Equations and values: Brette et al.
2007 (benchmarks 1 and 3), Brunel 2000 (model A), as in networks/*.toml; the microcircuit is its authors' package. The
networks that learn say above their functions where each value is from.
"""

import json
import math
import tempfile
import time

import command_line
import nest


def excitation_and_inhibition(neurons, in_degree, delay, learning=None):
    """Four fifths of the neurons excite; every pair is connected with the same probability."""
    rule = {"rule": "pairwise_bernoulli", "p": in_degree / len(neurons), "allow_autapses": False}
    excitatory = len(neurons) * 4 // 5
    exc, inh = neurons[:excitatory], neurons[excitatory:]
    static = {"weight": 6.0, "delay": delay}
    for targets, synapse in ((exc, static | learning), (inh, static)) if learning else ((neurons, static),):
        nest.Connect(exc, targets, rule, synapse)
    nest.Connect(inh, neurons, rule, {"weight": -67.0, "delay": delay})


def coba(size, learning=None):
    parameters = {"C_m": 200.0, "g_L": 10.0, "E_L": -60.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 5.0}
    parameters |= {"E_ex": 0.0, "E_in": -80.0, "tau_syn_ex": 5.0, "tau_syn_in": 10.0}
    neurons = nest.Create("iaf_cond_exp", int(size), params=parameters | {"tau_minus": 20.0})
    normal = nest.random.normal
    neurons.set(V_m=normal(-65.0, 5.0), g_ex=normal(40.0, 15.0), g_in=normal(200.0, 120.0))
    excitation_and_inhibition(neurons, 80, 0.1, learning)


# Benchmark 1 with additive pair STDP between its excitatory neurons, as Song, Miller & Abbott 2000
# (doi:10.1038/78829): both time constants 20 ms, A_plus = 0.005, A_minus/A_plus = 1.05. The bound is ours: twice the
# weight of the benchmark, 12 nS, so that weights start in the middle. NEST's lambda is A_plus, its alpha A_minus/A_plus.
def coba_stdp(size):
    learning = {"synapse_model": "stdp_synapse", "tau_plus": 20.0, "lambda": 0.005, "alpha": 1.05, "Wmax": 12.0}
    coba(size, learning | {"mu_plus": 0.0, "mu_minus": 0.0})


def cobahh(size):
    parameters = {
        "C_m": 200.0,
        "g_Na": 20000.0,
        "g_K": 6000.0,
        "g_L": 10.0,
        "E_Na": 50.0,
        "E_K": -90.0,
        "E_L": -60.0,
        "V_T": -63.0,
    }
    parameters |= {"E_ex": 0.0, "E_in": -80.0, "tau_syn_ex": 5.0, "tau_syn_in": 10.0}
    neurons = nest.Create("hh_cond_exp_traub", int(size), params=parameters)
    normal, redraw = nest.random.normal, nest.math.redraw
    neurons.set(V_m=normal(-65.0, 5.0))
    # The model's conductances cannot be set: a spike of its own to each neuron brings them.
    start = nest.Create("spike_generator", params={"spike_times": [0.1]})
    nest.Connect(start, neurons, "all_to_all", {"weight": redraw(normal(40.0, 15.0), 0.0, 100.0), "delay": 0.1})
    nest.Connect(start, neurons, "all_to_all", {"weight": redraw(normal(-200.0, 120.0), -680.0, 0.0), "delay": 0.1})
    excitation_and_inhibition(neurons, 80, 0.1)


def brunel(size):
    """g = 5, eta = 2: asynchronous and irregular."""
    j, g, eta, theta, tau, delay = 0.1, 5.0, 2.0, 20.0, 20.0, 1.5
    parameters = {"C_m": 1.0, "tau_m": tau, "E_L": 0.0, "V_th": theta, "V_reset": 10.0, "t_ref": 2.0}
    neurons = nest.Create("iaf_psc_delta", int(size), params=parameters)
    neurons.set(V_m=nest.random.uniform(0.0, theta))
    excitatory = int(size) * 4 // 5
    for sources, weight in ((neurons[:excitatory], j), (neurons[excitatory:], -g * j)):
        rule = {"rule": "fixed_indegree", "indegree": len(sources) // 10}
        nest.Connect(sources, neurons, rule, {"weight": weight, "delay": delay})
    outside = nest.Create("poisson_generator", params={"rate": 1000.0 * eta * theta / (j * tau)})
    nest.Connect(outside, neurons, "all_to_all", {"weight": j, "delay": delay})


# The benchmark of NEST's authors: pynest/examples/hpc_benchmark.py of NEST 3.10, at its scale 1, after Morrison,
# Aertsen & Diesmann 2007 (doi:10.1162/neco.2007.19.6.1437), Helias et al. 2012 (doi:10.3389/fninf.2012.00026) and
# Kunkel et al. 2014 (doi:10.3389/fninf.2014.00078). Every value is that of the script:
#   9000 scale excitatory and 2250 scale inhibitory neurons; 9000 and 2250 inputs each at any scale, drawn with
#   repetition, none from the neuron itself
#   iaf_psc_alpha: C_m 250 pF, tau_m 10 ms, E_L 0 mV, V_th 20 mV, V_reset 0 mV, t_ref 0.5 ms,
#   tau_syn 0.32582722403722841 ms for both signs (an EPSP that rises for 1.700759 ms); V_m normal, 5.7 +- 7.2 mV
#   all delays 1.5 ms; J: the current, 45.61 pA at its peak, whose EPSP is 0.14 mV high (JE); inhibition -5 J
#   outside: a Poisson train of its own for each neuron, with weight J, at eta = 1.685 times the rate that in the mean
#   reaches threshold, V_th C_m / (tau_m J e tau_syn): 20.86 kHz
#   excitatory to excitatory, from J on: dw = lambda (1 pA)^(1-mu) w^mu x at postsynaptic, -lambda alpha w y at
#   presynaptic spikes; lambda 0.1, mu 0.4, alpha 0.0513, tau_plus (of x) 15 ms, tau_minus (of y) 30 ms; no upper bound
# At scale 1 inputs are so correlated that weights and rates grow with time: its authors simulate 300 ms, of which they
# discard 50. The script records 1000 neurons, here nothing does.
def brunel_plastic(scale):
    tau_m, c_m, threshold, tau_syn, delay = 10.0, 250.0, 20.0, 0.32582722403722841, 1.5
    j = 0.14 / epsp_of_1_pa(tau_m, c_m, tau_syn)
    parameters = {"C_m": c_m, "tau_m": tau_m, "E_L": 0.0, "V_th": threshold, "V_reset": 0.0, "t_ref": 0.5}
    parameters |= {"tau_syn_ex": tau_syn, "tau_syn_in": tau_syn, "tau_minus": 30.0}
    exc = nest.Create("iaf_psc_alpha", round(9000 * scale), params=parameters)
    inh = nest.Create("iaf_psc_alpha", round(2250 * scale), params=parameters)
    neurons = exc + inh
    neurons.set(V_m=nest.random.normal(5.7, 7.2))
    nest.CopyModel("static_synapse_hpc", "excitation", {"weight": j, "delay": delay})
    nest.CopyModel("static_synapse_hpc", "inhibition", {"weight": -5.0 * j, "delay": delay})
    rule = {"lambda": 0.1, "mu": 0.4, "alpha": 0.0513, "tau_plus": 15.0}
    nest.CopyModel("stdp_pl_synapse_hom_hpc", "learning", rule | {"weight": j, "delay": delay})
    rate = 1.685 * threshold * c_m / (tau_m * j * math.e * tau_syn) * 1000.0
    outside = nest.Create("poisson_generator", params={"rate": rate})
    nest.Connect(outside, neurons, "all_to_all", {"synapse_model": "excitation"})
    for sources, targets, synapse in (
        (exc, exc, "learning"),
        (inh, exc, "inhibition"),
        (exc, inh, "excitation"),
        (inh, inh, "inhibition"),
    ):
        in_degree = 9000 if sources is exc else 2250
        wiring = {"rule": "fixed_indegree", "indegree": in_degree, "allow_autapses": False, "allow_multapses": True}
        nest.Connect(sources, targets, wiring, {"synapse_model": synapse})


def epsp_of_1_pa(tau_m, c_m, tau_syn):
    """Greatest deflection of the membrane, in mV, by the current (t/tau_syn) exp(1 - t/tau_syn) pA, by bisection."""
    b = 1 / tau_syn - 1 / tau_m

    def current(t):
        return math.e / tau_syn * t * math.exp(-t / tau_syn)

    def v(t):
        fast, slow = math.exp(-t / tau_syn), math.exp(-t / tau_m)
        return math.e / (tau_syn * c_m * b) * ((slow - fast) / b - t * fast)

    low, high = tau_syn, 100 * tau_syn
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if current(middle) / c_m > v(middle) / tau_m else (low, middle)
    return v(low)


# Vogels et al. 2011 (doi:10.1126/science.1211095), as one of its authors published it (Zenke, for Brian; ModelDB 143751;
# among Brian2's examples), from which every value is:
#   8000 excitatory, 2000 inhibitory neurons; each pair connected with probability 0.02
#   C 200 pF, g_leak 10 nS, E_leak -60 mV, threshold -50 mV, reset -60 mV, refractory for 5 ms, constant current 200 pA
#   conductances: 5 ms, 0 mV and 10 ms, -80 mV; weights 0.3 nS (excitatory), 3 nS (inhibitory to inhibitory)
#   inhibitory to excitatory, from nothing on: w += eta (y - alpha) at presynaptic, eta x at postsynaptic spikes, within
#   0 and 100 nS; eta 0.01 nS, both traces 20 ms, alpha = 2*3 Hz*20 ms = 0.12
# That script lets learning begin after 1 s, and all potentials begin at 0 mV; here learning is on from the start, and
# potentials are normal, -60 +- 5 mV, as in the same author's program for Auryn.
def vogels_inhibitory(size):
    parameters = {"C_m": 200.0, "g_L": 10.0, "E_L": -60.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 5.0}
    parameters |= {"E_ex": 0.0, "E_in": -80.0, "tau_syn_ex": 5.0, "tau_syn_in": 10.0, "I_e": 200.0}
    neurons = nest.Create("iaf_cond_exp", int(size), params=parameters | {"tau_minus": 20.0})
    neurons.set(V_m=nest.random.normal(-60.0, 5.0))
    excitatory = int(size) * 4 // 5
    exc, inh = neurons[:excitatory], neurons[excitatory:]
    rule = {"rule": "pairwise_bernoulli", "p": 200 / size, "allow_autapses": False}
    nest.Connect(exc, neurons, rule, {"weight": 0.3, "delay": 0.1})
    nest.Connect(inh, inh, rule, {"weight": -3.0, "delay": 0.1})
    learning = {"synapse_model": "vogels_sprekeler_synapse", "tau": 20.0, "eta": 0.01, "alpha": 0.12}
    nest.Connect(inh, exc, rule, learning | {"weight": -1e-10, "Wmax": -100.0, "delay": 0.1})


def microcircuit(scale, seed, threads):
    from microcircuit.network import Network
    from microcircuit.network_params import default_net_dict
    from microcircuit.sim_params import default_sim_dict
    from microcircuit.stimulus_params import default_stim_dict

    # NEST holds at most 2^27 synapses of a model in a thread, and two such threads would not do for all.
    threads = max(threads, 4) if scale > 0.6 else threads
    with tempfile.TemporaryDirectory() as folder:
        simulation = {"data_path": folder + "/", "rec_dev": [], "print_time": False, "store_metadata": False}
        simulation |= {"rng_seed": seed, "local_num_threads": threads}
        changes = {"N_scaling": scale, "K_scaling": scale, "bg_input_type": "poisson"}
        network = Network(default_sim_dict | simulation, default_net_dict | changes, default_stim_dict)
        network.create()
        network.connect()


def main():
    options = command_line.read()
    nest.verbosity = nest.VerbosityLevel.ERROR
    start = time.perf_counter()
    if options.network == "microcircuit":
        microcircuit(options.size, options.seed, options.threads)
    else:
        nest.resolution = 0.1
        nest.local_num_threads = options.threads
        nest.rng_seed = options.seed
        globals()[options.network](options.size)
    nest.Prepare()
    neurons = len(nest.GetNodes({"element_type": "neuron"}))
    built, before = time.perf_counter(), nest.local_spike_counter
    nest.Run(options.duration)
    seconds = time.perf_counter() - built
    rate = (nest.local_spike_counter - before) / neurons / options.duration * 1000
    print(json.dumps({"seconds": seconds, "build_seconds": built - start, "rate_hz": rate, "neurons": neurons}))


main()
