"""The published networks in Brian2, C++ standalone with OpenMP: python brian2_networks.py NETWORK SIZE --threads N ...

Prints one JSON object: seconds of the loop as Brian2's own program measures them, mean rate of all neurons. Compiling
and building the synapses are not in it; spikes are counted, not recorded. Equations and values: Brette et al. 2007
(benchmarks 1 and 3), Brunel 2000 (model A) and Potjans & Diesmann 2014, as in networks/*.toml; those of the networks that
learn stand with their sources in nest_networks.py. In benchmarks 1 and 3 and in the networks that learn spikes arrive at
once, which is what they publish and spares Brian2 its queue.
"""

import json
import tempfile
import time

import brian2 as b
import command_line
import numpy as np
from brian2 import Hz, ms, mV, nS, pA, pF, uS

MEMBRANE = dict(C=200 * pF, g_L=10 * nS, E_L=-60 * mV, E_e=0 * mV, E_i=-80 * mV, tau_e=5 * ms, tau_i=10 * ms)
CONDUCTANCES = """
dge/dt = -ge/tau_e : siemens
dgi/dt = -gi/tau_i : siemens
"""
# Of presynaptic and postsynaptic spikes.
TRACES = """
w : siemens
dx/dt = -x/tau : 1 (event-driven)
dy/dt = -y/tau : 1 (event-driven)
"""


def excitation_and_inhibition(neurons, in_degree):
    """Four fifths excite, every pair is connected with the same probability."""
    excitatory = len(neurons) * 4 // 5
    exc = b.Synapses(neurons[:excitatory], neurons, on_pre="ge_post += w", namespace={"w": 6 * nS})
    inh = b.Synapses(neurons[excitatory:], neurons, on_pre="gi_post += w", namespace={"w": 67 * nS})
    exc.connect(p=in_degree / len(neurons))
    inh.connect(p=in_degree / len(neurons))
    return exc, inh


def integrate_and_fire(size, more=""):
    currents = "g_L*(E_L - v) + ge*(E_e - v) + gi*(E_i - v)" + more
    return b.NeuronGroup(
        size,
        f"dv/dt = ({currents})/C : volt (unless refractory)" + CONDUCTANCES,
        threshold="v > -50*mV",
        reset="v = -60*mV",
        refractory=5 * ms,
        method="exponential_euler",
        namespace=MEMBRANE,
    )


def coba_neurons(size):
    neurons = integrate_and_fire(size)
    neurons.v = "(-65 + 5*randn())*mV"
    neurons.ge = "(40 + 15*randn())*nS"
    neurons.gi = "(200 + 120*randn())*nS"
    return neurons


def coba(size):
    neurons = coba_neurons(size)
    return neurons, *excitation_and_inhibition(neurons, 80)


# A postsynaptic spike of the same step as a presynaptic one sees its trace here, for Brian2 runs on_pre first.
def coba_stdp(size):
    neurons = coba_neurons(size)
    exc, inh = neurons[: size * 4 // 5], neurons[size * 4 // 5 :]
    values = dict(tau=20 * ms, w_max=12 * nS, A_plus=0.005, A_minus=0.00525)
    learning = b.Synapses(
        exc,
        exc,
        TRACES,
        on_pre="w = clip(w - A_minus*w_max*y, 0*nS, w_max); x += 1; ge_post += w",
        on_post="w = clip(w + A_plus*w_max*x, 0*nS, w_max); y += 1",
        namespace=values,
    )
    others = [
        b.Synapses(exc, inh, on_pre="ge_post += w", namespace={"w": 6 * nS}),
        b.Synapses(inh, neurons, on_pre="gi_post += w", namespace={"w": 67 * nS}),
    ]
    for projection in (learning, *others):
        projection.connect(p=80 / size)
    learning.w = 6 * nS
    return neurons, learning, *others


def vogels_inhibitory(size):
    neurons = integrate_and_fire(size, " + 200*pA")
    neurons.v = "(-60 + 5*randn())*mV"
    exc, inh = neurons[: size * 4 // 5], neurons[size * 4 // 5 :]
    values = dict(tau=20 * ms, w_max=100 * nS, eta=0.01 * nS, alpha=2 * 3 * Hz * 20 * ms)
    learning = b.Synapses(
        inh,
        exc,
        TRACES,
        on_pre="w = clip(w + eta*(y - alpha), 0*nS, w_max); x += 1; gi_post += w",
        on_post="w = clip(w + eta*x, 0*nS, w_max); y += 1",
        namespace=values,
    )
    others = [
        b.Synapses(exc, neurons, on_pre="ge_post += w", namespace={"w": 0.3 * nS}),
        b.Synapses(inh, inh, on_pre="gi_post += w", namespace={"w": 3 * nS}),
    ]
    for projection in (learning, *others):
        projection.connect(p=200 / size)
    return neurons, learning, *others


def cobahh(size):
    equations = (
        """
    dv/dt = (g_L*(E_L - v) + ge*(E_e - v) + gi*(E_i - v) + g_Na*m**3*h*(E_Na - v) + g_K*n**4*(E_K - v))/C : volt
    dm/dt = alpha_m*(1 - m) - beta_m*m : 1
    dn/dt = alpha_n*(1 - n) - beta_n*n : 1
    dh/dt = alpha_h*(1 - h) - beta_h*h : 1
    u = (v - V_T)/mV : 1
    alpha_m = 0.32*4/exprel((13 - u)/4)/ms : Hz
    beta_m = 0.28*5/exprel((u - 40)/5)/ms : Hz
    alpha_h = 0.128*exp((17 - u)/18)/ms : Hz
    beta_h = 4/(1 + exp((40 - u)/5))/ms : Hz
    alpha_n = 0.032*5/exprel((15 - u)/5)/ms : Hz
    beta_n = 0.5*exp((10 - u)/40)/ms : Hz
    """
        + CONDUCTANCES
    )
    channels = dict(g_Na=20 * uS, g_K=6 * uS, E_Na=50 * mV, E_K=-90 * mV, V_T=-63 * mV)
    # As in the benchmark: one spike for each passage of -20 mV, found by not looking again until v has come down.
    neurons = b.NeuronGroup(
        size,
        equations,
        threshold="v > -20*mV",
        refractory="v > -40*mV",
        method="exponential_euler",
        namespace=MEMBRANE | channels,
    )
    neurons.v = "(-65 + 5*randn())*mV"
    neurons.ge = "clip(40 + 15*randn(), 0, 100)*nS"
    neurons.gi = "clip(200 + 120*randn(), 0, 680)*nS"
    neurons.m = "alpha_m/(alpha_m + beta_m)"
    neurons.n = "alpha_n/(alpha_n + beta_n)"
    neurons.h = "alpha_h/(alpha_h + beta_h)"
    return neurons, *excitation_and_inhibition(neurons, 80)


def brunel(size):
    """g = 5, eta = 2: asynchronous and irregular."""
    values = dict(tau=20 * ms, theta=20 * mV, J=0.1 * mV, g=5, V_r=10 * mV)
    # Spikes from outside, a Poisson number in each step; what arrives in the refractory time is lost, as in the paper.
    values["outside"] = 2 * 20 / (0.1 * 20 * ms) * b.defaultclock.dt
    neurons = b.NeuronGroup(
        size, "dv/dt = -v/tau : volt (unless refractory)", threshold="v >= theta", reset="v = V_r", refractory=2 * ms,
        method="exact", namespace=values,
    )  # fmt: skip
    neurons.v = "rand()*theta"
    neurons.run_regularly("v += J*poisson(outside)*int(not_refractory)", when="synapses")
    excitatory = size * 4 // 5
    rng = np.random.default_rng(b.get_device().seed_of_wiring)
    projections = []
    for sources, weight in ((neurons[:excitatory], "J"), (neurons[excitatory:], "-g*J")):
        in_degree = len(sources) // 10
        on_pre = f"v_post += {weight}*int(not_refractory_post)"
        projections.append(b.Synapses(sources, neurons, on_pre=on_pre, delay=1.5 * ms, namespace=values))
        projections[-1].connect(
            i=rng.integers(len(sources), size=size * in_degree), j=np.repeat(np.arange(size), in_degree)
        )
    return neurons, *projections


def above(rng, low, mean, sd, number):
    """Normal numbers above a limit: those below are drawn again."""
    values = rng.normal(mean, sd, number)
    while (wrong := values < low).any():
        values[wrong] = rng.normal(mean, sd, wrong.sum())
    return values


def microcircuit(scale):
    """Values from the authors' package; a part of it is made as in networks/microcircuit.toml."""
    from microcircuit.network_params import default_net_dict as net

    rng = np.random.default_rng(b.get_device().seed_of_wiring)
    full, weights = net["full_num_neurons"], 87.81 / 0.15 * net["PSP_matrix_mean"]
    synapses = np.log(1 - net["conn_probs"]) / np.log1p(-1 / np.outer(full, full).astype(float))
    inputs = weights * synapses / full[:, None] @ net["full_mean_rates"] + 87.81 * net["K_ext"] * 8
    sizes = np.rint(full * scale).astype(int)
    ends = np.cumsum(sizes)
    values = dict(tau=10 * ms, C=250 * pF, E_L=-65 * mV, tau_syn=0.5 * ms, w_ext=87.81 / np.sqrt(scale) * pA)
    equations = """
    dv/dt = (E_L - v)/tau + (I + mean)/C : volt (unless refractory)
    dI/dt = -I/tau_syn : amp
    mean : amp (constant)
    outside : 1 (constant)
    """
    neurons = b.NeuronGroup(
        ends[-1],
        equations,
        threshold="v >= -50*mV",
        reset="v = -65*mV",
        refractory=2 * ms,
        method="exact",
        namespace=values,
    )
    start = net["neuron_params"]
    neurons.v = (
        rng.normal(np.repeat(start["V0_mean"]["optimized"], sizes), np.repeat(start["V0_std"]["optimized"], sizes)) * mV
    )
    neurons.mean = np.repeat(0.5e-3 * (1 - np.sqrt(scale)) * inputs, sizes) * pA
    neurons.outside = np.repeat(scale * net["K_ext"] * 8 * 0.1e-3, sizes)
    neurons.run_regularly("I += w_ext*poisson(outside)", when="synapses")
    i, j, w, d = [], [], [], []
    for target, source in np.argwhere(synapses):
        number, weight = round(synapses[target, source] * scale * scale), weights[target, source] / np.sqrt(scale)
        delay = net["delay_matrix_mean"][target, source]
        i.append(rng.integers(ends[source] - sizes[source], ends[source], number))
        j.append(rng.integers(ends[target] - sizes[target], ends[target], number))
        w.append(np.sign(weight) * above(rng, 0, abs(weight), 0.1 * abs(weight), number))
        d.append(above(rng, 0.05, delay, 0.5 * delay, number))
    projection = b.Synapses(neurons, neurons, "w : amp (constant)", on_pre="I_post += w")
    projection.connect(i=np.concatenate(i), j=np.concatenate(j))
    projection.w = np.concatenate(w) * pA
    projection.delay = np.concatenate(d) * ms
    return neurons, projection


def main():
    options = command_line.read()
    with tempfile.TemporaryDirectory() as folder:
        b.set_device("cpp_standalone", directory=folder, build_on_run=False)
        b.prefs.devices.cpp_standalone.openmp_threads = options.threads
        b.defaultclock.dt = 0.1 * ms
        b.seed(options.seed)
        b.get_device().seed_of_wiring = options.seed
        start = time.perf_counter()
        size = options.size if options.network == "microcircuit" else int(options.size)
        objects = globals()[options.network](size)
        spikes = b.SpikeMonitor(objects[0], record=False)
        network = b.Network(*objects, spikes)
        network.run(options.duration * ms)
        b.get_device().build(directory=folder, with_output=False)
        seconds = b.get_device()._last_run_time
        rate = spikes.num_spikes / len(objects[0]) / (options.duration / 1000)
        done = {"seconds": seconds, "build_seconds": time.perf_counter() - start - seconds, "rate_hz": float(rate)}
        print(json.dumps(done | {"neurons": len(objects[0])}))


main()
