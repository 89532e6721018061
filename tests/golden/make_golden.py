"""Golden data from NEST, for tests/golden.rs. Run once, with NEST 3.10 and NumPy:  python make_golden.py

Writes next to itself:
  recurrent_exc.csv, recurrent_inh.csv, external.csv   edges of both networks: source,target,weight (pA),delay (ms)
  MODEL.exc.csv, MODEL.inh.csv                         edges of the conductance models, weights in nS
  external.gdf, conductance_input.gdf                  spike times of the sources: id, tab, ms
  MODEL.spikes.gdf                                     id, tab, ms: all spikes
  MODEL.v.csv                                          time in ms, then v in mV of neurons 0, 1, ...: 17 digits, lossless
Every weight is exact in f32, every time a multiple of the time step.
  versions.txt
The same networks in Bouton's own words are MODEL.toml.
"""

import sys
from pathlib import Path

import nest
import numpy as np

HERE = Path(__file__).parent
N_E, N_I, N_X = 80, 20, 40
DT = 0.1


def edges(rng, sources, targets, in_degree, mean, delays):
    """Distinct sources for each target; weights within 50 % of the mean, multiples of 1/64 pA; delays, multiples of 0.1 ms."""
    low, high = (round(delay / DT) for delay in delays)
    rows = []
    for target in targets:
        for source in sorted(rng.choice(sources, in_degree, replace=False)):
            weight = round(mean * rng.uniform(0.5, 1.5) * 64) / 64
            rows.append((source, target, weight, round(rng.integers(low, high, endpoint=True) * DT, 1)))
    return rows


def poisson_trains(rng, size, rate_hz, stop_ms, dt):
    """At most one spike a step, in steps 1 .. stop/dt - 1."""
    steps = np.arange(1, round(stop_ms / dt))
    return [np.round(steps[rng.random(steps.size) < rate_hz * dt / 1000] * dt, 2) for _ in range(size)]


def write_edges(name, rows):
    lines = ["source,target,weight,delay_ms"] + [f"{s},{t},{w:.10g},{d:.10g}" for s, t, w, d in rows]
    (HERE / name).write_text("\n".join(lines) + "\n")


def write_trains(name, trains):
    events = sorted((time, i) for i, train in enumerate(trains) for time in train)
    (HERE / name).write_text("".join(f"{i}\t{time:.10g}\n" for time, i in events))


def simulate(name, neurons, recorded, interval, stop_ms):
    """Writes all spikes and v of `recorded` up to stop_ms; returns the number of spikes."""
    recorder = nest.Create("spike_recorder")
    meter = nest.Create("multimeter", params={"record_from": ["V_m"], "interval": interval})
    nest.Connect(neurons, recorder)
    nest.Connect(meter, recorded)
    # NEST hands over what a slice recorded only in the next one.
    nest.Simulate(stop_ms + 10.0)
    first = neurons[0].global_id
    spikes = sorted(zip(recorder.events["times"], recorder.events["senders"] - first))
    spikes = [(time, i) for time, i in spikes if time <= stop_ms + 1e-6]
    (HERE / f"{name}.spikes.gdf").write_text("".join(f"{i}\t{time:.10g}\n" for time, i in spikes))
    within = meter.events["times"] <= stop_ms + 1e-6
    times, senders, v = (meter.events[k][within] for k in ("times", "senders", "V_m"))
    columns = [v[senders == sender] for sender in np.unique(senders)]
    rows = ["time_ms," + ",".join(f"v{k}" for k in range(len(columns)))]
    rows += [",".join([f"{t:.10g}"] + [f"{c[k]:.17g}" for c in columns]) for k, t in enumerate(np.unique(times))]
    (HERE / f"{name}.v.csv").write_text("\n".join(rows) + "\n")
    return len(spikes)


def connect(sources, targets, rows, sign=1):
    """NEST tells inhibition from excitation by the sign of the weight, conductances too."""
    s, t, w, d = map(np.array, zip(*rows))
    synapse = {"synapse_model": "static_synapse", "weight": sign * w, "delay": d}
    source_ids, target_ids = np.array(sources.tolist()), np.array(targets.tolist())
    nest.Connect(source_ids[s], target_ids[t], "one_to_one", synapse)


def generators(trains):
    sources = nest.Create("spike_generator", len(trains))
    sources.set([{"spike_times": train} for train in trains])
    return sources


def reset(dt):
    nest.ResetKernel()
    nest.resolution = dt


def network(model, parameters, wiring, trains):
    """100 neurons, recurrent and external edges, 1 s: all spikes, v of neurons 0, 1, 80 every 1 ms."""
    reset(DT)
    neurons = nest.Create(model, N_E + N_I, params=parameters)
    neurons.set([{"I_e": 250.0 + 0.25 * i} for i in range(len(neurons))])
    connect(neurons, neurons, wiring["recurrent_exc"])
    connect(neurons, neurons, wiring["recurrent_inh"])
    connect(generators(trains), neurons, wiring["external"])
    return simulate(model, neurons, neurons[[0, 1, 80]], 1.0, 1000.0)


def conductance(model, parameters, weights, trains):
    """A neuron for each pair of weights, no recurrence, 100 ms at 0.01 ms: source 0 excites, source 1 inhibits."""
    reset(0.01)
    neurons = nest.Create(model, len(weights), params=parameters)
    sources = generators(trains)
    for name, rows, sign in (
        ("exc", [(0, k, exc, 0.5) for k, (exc, _) in enumerate(weights)], 1),
        ("inh", [(1, k, inh, 1.2) for k, (_, inh) in enumerate(weights)], -1),
    ):
        write_edges(f"{model}.{name}.csv", rows)
        connect(sources, neurons, rows, sign)
    return simulate(model, neurons, neurons, 0.1, 100.0)


def traub_gates(v, v_t):
    """Steady state of the gates at v; NEST's own initial state forgets to subtract V_T."""
    u = v - v_t
    a_m, b_m = 0.32 * (13 - u) / np.expm1((13 - u) / 4), 0.28 * (u - 40) / np.expm1((u - 40) / 5)
    a_h, b_h = 0.128 * np.exp((17 - u) / 18), 4 / (1 + np.exp((40 - u) / 5))
    a_n, b_n = 0.032 * (15 - u) / np.expm1((15 - u) / 5), 0.5 * np.exp((10 - u) / 40)
    return {"Act_m": a_m / (a_m + b_m), "Inact_h": a_h / (a_h + b_h), "Act_n": a_n / (a_n + b_n)}


def main():
    nest.set_verbosity("M_ERROR")
    rng = np.random.default_rng(20261121)
    everyone = range(N_E + N_I)
    wiring = {
        "recurrent_exc": edges(rng, range(N_E), everyone, 8, 100.0, (0.1, 5.0)),
        "recurrent_inh": edges(rng, range(N_E, N_E + N_I), everyone, 4, -400.0, (0.1, 5.0)),
        "external": edges(rng, range(N_X), everyone, 16, 130.0, (0.1, 5.0)),
    }
    for name, rows in wiring.items():
        write_edges(f"{name}.csv", rows)
    trains = poisson_trains(rng, N_X, 50.0, 1000.0, DT)
    write_trains("external.gdf", trains)
    membrane = {"C_m": 250.0, "tau_m": 10.0, "E_L": -70.0, "V_m": -70.0, "V_th": -55.0, "V_reset": -70.0, "t_ref": 2.0}
    count = {}
    for model, taus in {"iaf_psc_exp": (2.0, 5.0), "iaf_psc_alpha": (0.8, 2.0)}.items():
        time_constants = {"tau_syn_ex": taus[0], "tau_syn_in": taus[1]}
        count[model] = network(model, membrane | time_constants, wiring, trains)

    trains = poisson_trains(rng, 2, 300.0, 100.0, 0.01)
    write_trains("conductance_input.gdf", trains)
    leaky = {"C_m": 250.0, "g_L": 16.0, "E_L": -70.0, "V_m": -70.0, "V_th": -55.0, "V_reset": -60.0, "t_ref": 2.0}
    synaptic = {"E_ex": 0.0, "E_in": -85.0, "tau_syn_ex": 2.0, "tau_syn_in": 5.0}
    count["iaf_cond_exp"] = conductance("iaf_cond_exp", leaky | synaptic, [(4.0, 2.0), (16.0, 3.0), (20.0, 8.0)], trains)
    # Every parameter of this model stays at its default, which is that of benchmark 3 of Brette et al. 2007.
    gates = {"V_m": -60.0} | traub_gates(-60.0, -63.0)
    count["hh_cond_exp_traub"] = conductance("hh_cond_exp_traub", gates, [(1.0, 4.0), (4.0, 8.0), (12.0, 8.0)], trains)

    lines = [f"NEST {nest.__version__}, NumPy {np.__version__}, Python {sys.version.split()[0]}"]
    lines += [f"{model}: {spikes} spikes" for model, spikes in count.items()]
    (HERE / "versions.txt").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


main()
