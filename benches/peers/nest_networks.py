"""The published networks in NEST: python nest_networks.py NETWORK SIZE --threads N ...

Prints one JSON object: seconds of the loop, mean rate of all neurons. The loop is nest.Run after nest.Prepare:
connections are in place, nothing is recorded, spikes are counted by the kernel. Equations and values: Brette et al.
2007 (benchmarks 1 and 3), Brunel 2000 (model A), as in networks/*.toml; the microcircuit is its authors' package.
"""

import json
import tempfile
import time

import command_line
import nest


def excitation_and_inhibition(neurons, in_degree, delay):
    """Four fifths of the neurons excite; every pair is connected with the same probability."""
    rule = {"rule": "pairwise_bernoulli", "p": in_degree / len(neurons), "allow_autapses": False}
    excitatory = len(neurons) * 4 // 5
    nest.Connect(neurons[:excitatory], neurons, rule, {"weight": 6.0, "delay": delay})
    nest.Connect(neurons[excitatory:], neurons, rule, {"weight": -67.0, "delay": delay})


def coba(size):
    parameters = {"C_m": 200.0, "g_L": 10.0, "E_L": -60.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 5.0}
    parameters |= {"E_ex": 0.0, "E_in": -80.0, "tau_syn_ex": 5.0, "tau_syn_in": 10.0}
    neurons = nest.Create("iaf_cond_exp", int(size), params=parameters)
    normal = nest.random.normal
    neurons.set(V_m=normal(-65.0, 5.0), g_ex=normal(40.0, 15.0), g_in=normal(200.0, 120.0))
    excitation_and_inhibition(neurons, 80, 0.1)


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
