"""What the scripts of all simulators are asked for."""

import argparse

NETWORKS = ["coba", "cobahh", "brunel", "microcircuit", "coba_stdp", "vogels_inhibitory", "brunel_plastic"]


def read():
    options = argparse.ArgumentParser()
    options.add_argument("network", choices=NETWORKS)
    options.add_argument("size", type=float, help="neurons; of the microcircuit and brunel_plastic, the scale")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--duration", type=float, default=1000.0, help="ms")
    options.add_argument("--seed", type=int, default=1)
    return options.parse_args()
