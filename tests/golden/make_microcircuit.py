"""Statistics of the cortical microcircuit in NEST, for tests/microcircuit.rs. Run once, with NEST 3.10, NumPy and the
authors' package `microcircuit` 1.0, all from PyPI:

  python make_microcircuit.py
      microcircuit_0.1.csv: a tenth of the neurons, ten seeds; ten minutes on one core
  python make_microcircuit.py --scale 1 --seeds 1 --transient 200 --duration 1000 --threads 4
      microcircuit_1.csv: all of it, once; 14 GB, half an hour on two cores

The network is as the package builds it: Poisson background, potentials that start near the stationary state.

A line is one population's statistic with one seed: population,statistic,seed,count,mean,sd,low,width,histogram. The
histogram holds the numbers of values in bins of `width` from `low` on, separated by spaces; its first bin also what is
below, its last possible one what is above. sd divides by n.
  rate         Hz: each neuron's; bins of one spike in the time recorded
  cv           of the intervals of each neuron with at least three spikes: standard deviation (divided by n) over mean
  correlation  Pearson's coefficient of spike counts in bins of 5 ms: every pair of at most 200 neurons that spiked,
               taken at even distances from all that did
  synchrony    variance over mean of the population's spike count in bins of 3 ms: one number
"""

import argparse
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import nest
import numpy as np
from microcircuit.network import Network
from microcircuit.network_params import default_net_dict
from microcircuit.sim_params import default_sim_dict
from microcircuit.stimulus_params import default_stim_dict

HERE = Path(__file__).parent
DT = 0.1
SAMPLE = 200


def simulate(scale, seed, transient, duration, threads):
    """For each population: name, size, neurons and steps of its spikes after the transient, in order of time."""
    with tempfile.TemporaryDirectory() as folder:
        simulation = {"data_path": folder + "/", "rec_dev": [], "print_time": False, "store_metadata": False}
        simulation |= {"rng_seed": seed, "local_num_threads": threads, "sim_resolution": DT}
        changes = {"N_scaling": scale, "K_scaling": scale, "bg_input_type": "poisson", "V0_type": "optimized"}
        network = Network(default_sim_dict | simulation, default_net_dict | changes, default_stim_dict)
        network.create()
        recorders = [nest.Create("spike_recorder", params={"start": transient}) for _ in network.pops]
        for population, recorder in zip(network.pops, recorders):
            nest.Connect(population, recorder)
        network.connect()
        # NEST hands over what a slice recorded only in the next one.
        nest.Simulate(transient + duration + 10.0)
        first = round(transient / DT)
        for name, population, recorder in zip(default_net_dict["populations"], network.pops, recorders):
            ids = recorder.events["senders"] - population[0].global_id
            steps = np.rint(recorder.events["times"] / DT).astype(np.int64) - first
            kept = (steps >= 1) & (steps <= round(duration / DT))
            order = np.lexsort((ids[kept], steps[kept]))
            yield name, len(population), ids[kept][order], steps[kept][order]


def cvs(trains):
    intervals = [np.diff(train) for train in trains if len(train) >= 3]
    return np.array([i.std() / i.mean() for i in intervals])


def correlations(trains, bins, width):
    fired = [train for train in trains if len(train)]
    taken = min(len(fired), SAMPLE)
    sample = [fired[k * len(fired) // taken] for k in range(taken)]
    counts = np.array([np.bincount((train - 1) // width, minlength=bins)[:bins] for train in sample])
    # The same count in every bin has no correlation with anything.
    return np.corrcoef(counts[counts.std(axis=1) > 1e-6])[np.triu_indices(int((counts.std(axis=1) > 1e-6).sum()), 1)]


def synchrony(steps, bins, width):
    counts = np.bincount((steps - 1) // width, minlength=bins)[:bins]
    return counts.var() / counts.mean()


def line(head, values, low, width, number):
    values = np.asarray(values, float)
    bins = np.clip(np.floor((values - low) / width + 1e-9).astype(int), 0, number - 1)
    histogram = np.trim_zeros(np.bincount(bins, minlength=number), "b")
    text = " ".join(map(str, histogram))
    return f"{head},{len(values)},{values.mean():.6g},{values.std():.6g},{low:g},{width:g},{text}"


def statistics(seed, name, size, ids, steps, duration):
    bounds = np.searchsorted(np.sort(ids), np.arange(size + 1))
    by_neuron = steps[np.argsort(ids, kind="stable")]
    trains = [by_neuron[a:b] for a, b in zip(bounds, bounds[1:])]
    total, spike = round(duration / DT), 1000 / duration
    rates = [len(train) * spike for train in trains]
    yield line(f"{name},rate,{seed}", rates, 0, spike, round(100 / spike))
    yield line(f"{name},cv,{seed}", cvs(trains), 0, 0.05, 40)
    yield line(f"{name},correlation,{seed}", correlations(trains, total // 50, 50), -0.06, 0.005, 60)
    yield f"{name},synchrony,{seed},1,{synchrony(steps, total // 30, 30):.6g},0,0,0,"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--scale", type=float, default=0.1)
    options.add_argument("--seeds", type=int, default=10)
    options.add_argument("--transient", type=float, default=500.0, help="ms")
    options.add_argument("--duration", type=float, default=5000.0, help="ms")
    options.add_argument("--threads", type=int, default=1)
    options = options.parse_args()
    nest.set_verbosity("M_ERROR")
    packages = f"NEST {nest.__version__}, microcircuit {version('microcircuit')}, NumPy {np.__version__}"
    lines = [f"# {packages}, Python {sys.version.split()[0]}; scale {options.scale:g}, {options.transient:g} ms of"]
    lines[0] += f" transient, {options.duration:g} ms recorded"
    lines.append("population,statistic,seed,count,mean,sd,low,width,histogram")
    for seed in range(1, options.seeds + 1):
        populations = simulate(options.scale, seed, options.transient, options.duration, options.threads)
        for population in populations:
            lines += statistics(seed, *population, options.duration)
        (HERE / f"microcircuit_{options.scale:g}.csv").write_text("\n".join(lines) + "\n")
        print(f"seed {seed}: {sum(len(line) for line in lines) / 1000:.1f} kB", flush=True)


main()
