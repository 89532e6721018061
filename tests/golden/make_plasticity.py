"""Golden data of synapses that learn, from NEST. Run once, with NEST 3.10 and NumPy:  python make_plasticity.py

One synapse from one neuron to another; both spike when they are told to. Times are whole steps of 0.1 ms. Writes, after
it has checked every weight against `reference` below:
  plasticity.toml        the cases: NEST's model and parameters; the same as parameters of a rule; delay; first weight
  plasticity_apart.csv, plasticity_meeting.csv
                         a line for each presynaptic spike: its step, then what it transmits in each case, 17 digits. The
                         weight; where the synapse has short-term plasticity, weight times x times u.
  plasticity_apart_post.csv, plasticity_meeting_post.csv
                         the steps of the postsynaptic spikes
and a line in versions.txt.

The whole delay lies on the dendrite: at the synapse the two spikes are at t_pre and t_post + delay. In `apart` they never
fall on the same step there, whichever delay a case has, and NEST and `reference` agree to 1e-12. In `meeting` some do,
where NEST lets the postsynaptic spike change the weight first: a column NAME is NEST's, NAME:ours what our order gives
(`reference` with on_pre first). Neither spike sees the other's trace in either program.
"""

import bisect
import math
import sys
from pathlib import Path

import nest
import numpy as np

HERE = Path(__file__).parent
DT = 0.1
STEPS = 150_000
DELAYS = (1, 15, 30)
TOLERANCE = 1e-12


def pair(A_plus, A_minus, tau_plus, tau_minus, w_max=100.0, mu_plus=0.0, mu_minus=0.0, model="stdp_synapse"):
    """Guetig et al. 2003 (doi:10.1523/JNEUROSCI.23-09-03697.2003); exponents 0 additive, 1 multiplicative."""
    rule = dict(w_max=w_max, A_plus=A_plus, A_minus=A_minus, tau_plus=tau_plus, tau_minus=tau_minus)
    rule |= dict(mu_plus=mu_plus, mu_minus=mu_minus)
    synapse = {"lambda": A_plus, "alpha": A_minus / A_plus, "tau_plus": tau_plus, "Wmax": w_max}
    return model, rule, synapse | {"mu_plus": mu_plus, "mu_minus": mu_minus}, {"tau_minus": tau_minus}


def power(lambda_, alpha, mu, tau_plus, tau_minus):
    """Morrison et al. 2007 (doi:10.1162/neco.2007.19.6.1437); its w_0 is 1 in the weight's unit."""
    rule = {"lambda": lambda_, "alpha": alpha, "mu": mu, "w_0": 1.0, "tau_plus": tau_plus, "tau_minus": tau_minus}
    synapse = {"lambda": lambda_, "alpha": alpha, "mu": mu, "tau_plus": tau_plus}
    return "stdp_pl_synapse_hom", rule, synapse, {"tau_minus": tau_minus}


def triplet(A2_plus, A3_plus, A2_minus, A3_minus, tau_x, tau_y, w_max):
    """Pfister & Gerstner 2006 (doi:10.1523/JNEUROSCI.1425-06.2006), all to all; amplitudes in the weight's unit."""
    rule = dict(A2_plus=A2_plus, A3_plus=A3_plus, A2_minus=A2_minus, A3_minus=A3_minus)
    rule |= dict(tau_plus=16.8, tau_minus=33.7, tau_x=tau_x, tau_y=tau_y, w_max=w_max)
    synapse = {"Aplus": A2_plus, "Aplus_triplet": A3_plus, "Aminus": A2_minus, "Aminus_triplet": A3_minus}
    synapse |= {"tau_plus": 16.8, "tau_plus_triplet": tau_x, "Wmax": w_max}
    return "stdp_triplet_synapse", rule, synapse, {"tau_minus": 33.7, "tau_minus_triplet": tau_y}


def inhibitory(eta, alpha, tau, w_max):
    """Vogels et al. 2011 (doi:10.1126/science.1211095); eta in the weight's unit."""
    rule = dict(eta=eta, alpha=alpha, tau=tau, w_max=w_max)
    return "vogels_sprekeler_synapse", rule, rule_names(rule, w_max="Wmax"), {"tau_minus": tau}


def short_term(U, tau_rec, tau_fac):
    """Tsodyks & Markram 1997 (doi:10.1073/pnas.94.2.719), Maass & Markram 2002 (doi:10.1016/S0893-6080(01)00144-7)."""
    rule = dict(U=U, tau_rec=tau_rec, tau_fac=tau_fac)
    # NEST's u does not follow its U.
    return "tsodyks2_synapse", rule, rule | {"u": U}, {}


def rule_names(rule, **renamed):
    return {renamed.get(name, name): value for name, value in rule.items()}


# Name: (NEST's model, the rule's parameters, NEST's of the synapse, of the neuron), delay in steps, first weight.
# Time constants in ms. The triplets' amplitudes: table 4 of the paper, full model.
CASES = {
    "additive": (pair(0.01, 0.0105, 20.0, 20.0), 15, 50.0),
    "additive_bounds": (pair(0.1, 0.1, 20.0, 20.0), 1, 30.0),
    "multiplicative": (pair(0.02, 0.025, 17.0, 34.0, mu_plus=1.0, mu_minus=1.0), 30, 50.0),
    "guetig": (pair(0.01, 0.0105, 20.0, 20.0, mu_plus=0.5, mu_minus=0.5), 15, 50.0),
    "mixed": (pair(0.01, 0.02, 20.0, 20.0, mu_plus=0.0, mu_minus=1.0), 1, 20.0),
    "nearest": (pair(0.05, 0.06, 20.0, 30.0, mu_plus=1.0, mu_minus=1.0, model="stdp_nn_symm_synapse"), 15, 50.0),
    "power": (power(0.1, 0.0513, 0.4, 15.0, 30.0), 15, 45.61),
    "power_steep": (power(0.02, 0.4, 0.8, 20.0, 20.0), 1, 100.0),
    "triplet_visual": (triplet(5e-10, 6.2e-3, 7e-3, 2.3e-4, 101.0, 125.0, 1.0), 15, 0.5),
    "triplet_hippocampal": (triplet(6.1e-3, 6.7e-3, 1.6e-3, 1.4e-3, 946.0, 27.0, 40.0), 30, 20.0),
    "triplet_bounds": (triplet(5e-3, 6.2e-2, 7e-2, 2.3e-3, 101.0, 125.0, 1.0), 1, 0.5),
    "inhibitory": (inhibitory(0.01, 0.12, 20.0, 10.0), 15, 0.5),
    "inhibitory_fast": (inhibitory(0.1, 1.0, 20.0, 10.0), 1, 1.0),
    "depressing": (short_term(0.5, 800.0, 0.0), 15, 100.0),
    "facilitating": (short_term(0.15, 130.0, 530.0), 15, 100.0),
    "both": (short_term(0.2, 200.0, 1500.0), 1, 1.0),
}
MEETING = ("additive", "guetig", "power", "triplet_visual", "inhibitory")


def train(rng, low, high):
    """Poisson, its rate drawn anew every half second between low and high in Hz; at most one spike a step."""
    rates = np.repeat(rng.uniform(low, high, STEPS // 5000), 5000)
    # The first 100 steps and the last ones stay free, that devices can be in time and delayed spikes arrive.
    rates[:100] = rates[-100:] = 0
    return np.flatnonzero(rng.random(STEPS) < rates * DT / 1000).tolist()


def trains(rng):
    """Pre and post of both sets. A presynaptic spike comes first of all: stdp_nn_symm_synapse takes time 0 for one."""
    pre, post = train(rng, 5, 50), train(rng, 5, 50)
    post = [step for step in post if step > pre[0] + max(DELAYS)]
    apart = [step for step in post if not any(step + delay in set(pre) for delay in DELAYS)]
    # Some presynaptic spikes meet a postsynaptic one, whichever delay.
    meeting = set(post) | {step - delay for delay in DELAYS for step in pre[5::30]}
    return {"apart": (pre, apart), "meeting": (pre, sorted(meeting))}


def simulate(case, pre, post):
    """What NEST transmits at each presynaptic spike."""
    (model, _, synapse, neuron), delay, weight = CASES[case]
    nest.ResetKernel()
    nest.resolution = DT
    recorder = nest.Create("weight_recorder")
    # Parameters of models that share them must be set here; a copy, as a weight recorder belongs to the model.
    shared = synapse if model.endswith("_hom") else {}
    nest.CopyModel(model, "learning", {"weight_recorder": recorder} | shared)
    neurons = nest.Create("parrot_neuron"), nest.Create("parrot_neuron", params=neuron)
    for parrot, steps in zip(neurons, (pre, post)):
        times = [round((step - 1) * DT, 1) for step in steps]
        generator = nest.Create("spike_generator", params={"spike_times": times})
        nest.Connect(generator, parrot, syn_spec={"delay": DT})
    # A parrot repeats nothing that comes to its second receptor: the synapse makes no spikes.
    own = {"synapse_model": "learning", "weight": weight, "delay": round(delay * DT, 1), "receptor_type": 1}
    nest.Connect(*neurons, syn_spec=own | ({} if shared else synapse))
    spikes = nest.Create("spike_recorder")
    nest.Connect(neurons[0] + neurons[1], spikes)
    nest.Simulate(STEPS * DT + 10.0)
    for parrot, steps in zip(neurons, (pre, post)):
        seen = spikes.events["times"][spikes.events["senders"] == parrot.global_id]
        assert np.rint(np.sort(seen) / DT).astype(int).tolist() == steps, case
    assert np.rint(recorder.events["times"] / DT).astype(int).tolist() == pre, case
    weights = recorder.events["weights"].tolist()
    if model != "tsodyks2_synapse":
        # What is read after the run is the weight at the last presynaptic spike.
        assert nest.GetConnections(synapse_model="learning").weight == weights[-1], case
    return weights


def reference(case, pre, post, on_pre_first):
    """The same from the published equations: each trace is the sum over all spikes that came before, each time anew."""
    (model, p, _, _), delay, w = CASES[case]
    if model == "tsodyks2_synapse":
        return resources(p, pre, w)
    nearest = "_nn_" in model
    arrivals = [step + delay for step in post]

    def trace(steps, now, tau):
        before = steps[: bisect.bisect_left(steps, now)]
        before = before[-1:] if nearest else before
        return math.fsum(math.exp((step - now) * DT / tau) for step in before)

    def at_pre(w, now):
        if model == "vogels_sprekeler_synapse":
            return w + p["eta"] * (trace(arrivals, now, p["tau"]) - p["alpha"])
        y = trace(arrivals, now, p["tau_minus"])
        if model == "stdp_pl_synapse_hom":
            return w - p["lambda"] * p["alpha"] * w * y
        if model == "stdp_triplet_synapse":
            return w - y * (p["A2_minus"] + p["A3_minus"] * trace(pre, now, p["tau_x"]))
        return w - p["w_max"] * p["A_minus"] * (w / p["w_max"]) ** p["mu_minus"] * y

    def at_post(w, now):
        if model == "vogels_sprekeler_synapse":
            return w + p["eta"] * trace(pre, now, p["tau"])
        x = trace(pre, now, p["tau_plus"])
        if model == "stdp_pl_synapse_hom":
            return w + p["lambda"] * p["w_0"] ** (1 - p["mu"]) * w ** p["mu"] * x
        if model == "stdp_triplet_synapse":
            return w + x * (p["A2_plus"] + p["A3_plus"] * trace(arrivals, now, p["tau_y"]))
        return w + p["w_max"] * p["A_plus"] * (1 - w / p["w_max"]) ** p["mu_plus"] * x

    pre_rank = 0 if on_pre_first else 2
    events = sorted([(step, pre_rank, at_pre) for step in pre] + [(step, 1, at_post) for step in arrivals])
    transmitted = []
    for now, _, statement in events:
        w = min(max(statement(w, now), 0.0), p.get("w_max", math.inf))
        if statement is at_pre:
            transmitted.append(w)
    return transmitted


def resources(p, pre, weight):
    """du/dt = -u/tau_fac, dx/dt = (1 - x)/tau_rec; a spike: u += U (1 - u), transmits w u x, x -= u x. u(0) = 0, x(0) = 1."""
    u, x, last, transmitted = 0.0, 1.0, 0, []
    for step in pre:
        since, last = (step - last) * DT, step
        u *= math.exp(-since / p["tau_fac"]) if p["tau_fac"] > 0 else 0.0
        x = 1 - (1 - x) * math.exp(-since / p["tau_rec"])
        u += p["U"] * (1 - u)
        transmitted.append(weight * u * x)
        x -= u * x
    return transmitted


def error(ours, theirs):
    """Greatest difference over greatest weight: next to a bound nothing else of a small weight is left."""
    return max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) / max(theirs)


def toml(value):
    return "{ " + ", ".join(f"{k} = {v!r}" for k, v in value.items()) + " }"


def main():
    nest.verbosity = nest.VerbosityLevel.ERROR
    sets = trains(np.random.default_rng(20261121))
    files, report = {}, {}
    for name, (pre, post) in sets.items():
        columns = {"pre_step": pre}
        for case in CASES if name == "apart" else MEETING:
            columns[case] = simulate(case, pre, post)
            seen = error(reference(case, pre, post, on_pre_first=False), columns[case])
            w_max = CASES[case][0][1].get("w_max", math.inf)
            bounds = [sum(w == bound for w in columns[case]) for bound in (0.0, w_max)]
            report[case, name] = seen
            low, high = min(columns[case]), max(columns[case])
            print(f"{name} {case}: {low:.4g} to {high:.4g}, at bounds {bounds}, error {seen:.1e}")
            assert seen < TOLERANCE and high > 1.01 * low
            ours = reference(case, pre, post, on_pre_first=True)
            if name == "apart":
                assert error(ours, columns[case]) < TOLERANCE
            else:
                columns[case + ":ours"] = ours
                print(f"  beside ours: {error(ours, columns[case]):.2g}")
        lines = [",".join(columns)] + [",".join(map(repr, row)) for row in zip(*columns.values(), strict=True)]
        files[f"plasticity_{name}.csv"] = lines
        files[f"plasticity_{name}_post.csv"] = ["post_step", *map(str, post)]
        meet = [len({step + delay for step in post} & set(pre)) for delay in DELAYS]
        print(f"{name}: {len(pre)} and {len(post)} spikes; with each delay, {meet} meet")
    lines = ["# Made by make_plasticity.py, which says what is in these files. Times in ms, delays in steps of 0.1 ms."]
    for case, ((model, rule, synapse, neuron), delay, weight) in CASES.items():
        lines += ["", f"[{case}]", f'nest = "{model}"', f"delay = {delay}", f"weight = {weight!r}"]
        lines += [f"rule = {toml(rule)}", f"synapse = {toml(synapse)}", f"neuron = {toml(neuron)}"]
    files["plasticity.toml"] = lines
    for name, lines in files.items():
        (HERE / name).write_text("\n".join(lines) + "\n")
    versions = (HERE / "versions.txt").read_text().splitlines()
    versions = [line for line in versions if not line.startswith("plasticity: ")]
    made = f"NEST {nest.__version__}, NumPy {np.__version__}, Python {sys.version.split()[0]}"
    versions.append(f"plasticity: {made}; {len(CASES)} cases, {max(report.values()):.0e} from the equations at most")
    (HERE / "versions.txt").write_text("\n".join(versions) + "\n")


main()
