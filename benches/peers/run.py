"""Times NEST and Brian2 beside Bouton on the same published networks; `make peers` calls it.

Makes a virtual environment in target/peers, builds Bouton, runs every simulator in turn, several times, and writes
results.md and results.json beside this file; README.md says what is compared. `--readme` only copies the last
results.md into the README's section on speed.
"""

import argparse
import datetime
import functools
import json
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ENVIRONMENT = ROOT / "target" / "peers"
BOUTON = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "bouton"
PACKAGES = {"nest-simulator": "3.10.0", "brian2": "2.9.0", "numpy": "2.3.5", "microcircuit": "1.0"}

# Name: title, Bouton's network and changes, the peers' network and size, biological time in ms, who runs it.
NETWORKS = {
    "coba": ("COBA 4,000", "vogels_abbott", [], ("coba", "4000"), 1000, ("nest", "brian2")),
    "coba40": ("COBA 40,000", "vogels_abbott", ["scale=10"], ("coba", "40000"), 500, ("nest", "brian2")),
    "cobahh": ("COBAHH 4,000", "cobahh", ["run.dt=0.1 ms"], ("cobahh", "4000"), 500, ("nest", "brian2")),
    "brunel": ("Brunel 12,500", "brunel", [], ("brunel", "12500"), 500, ("nest", "brian2")),
    "microcircuit": (
        "Microcircuit, a tenth",
        "microcircuit",
        ["scale=0.1"],
        ("microcircuit", "0.1"),
        1000,
        ("nest", "brian2"),
    ),
    "coba_stdp": (
        "COBA 4,000, pair STDP",
        "vogels_abbott_stdp",
        [],
        ("coba_stdp", "4000"),
        1000,
        ("nest", "brian2"),
    ),
    "vogels_inhibitory": (
        "Inhibitory plasticity, 10,000",
        str(ROOT / "benches/peers/vogels_inhibitory.toml"),
        [],
        ("vogels_inhibitory", "10000"),
        5000,
        ("nest", "brian2"),
    ),
    # 127 million synapses, 81 of which learn: 4.7 GB in NEST. Brian2 would need a multiple of that.
    "brunel_plastic": (
        "Power-law STDP, 11,250",
        "brunel_plastic",
        [],
        ("brunel_plastic", "1"),
        300,
        ("nest",),
    ),
    "full": ("Microcircuit, full scale", "microcircuit", [], ("microcircuit", "1"), 1000, ("nest",)),
}
COLUMNS = {"f64": "Bouton f64", "f32": "Bouton f32", "nest": "NEST 3.10", "brian2": "Brian2 2.9"}
# Rates differ between seeds by 10 to 15 % in COBA and COBAHH, by little elsewhere.
TOLERANCE = 0.2
# Share of the processors from which on others disturb a run.
DISTURBED = 0.05


def prepare():
    """The environment, with the pinned packages and no others, and Bouton."""
    stamp = ENVIRONMENT / "packages.json"
    if not stamp.exists() or json.loads(stamp.read_text()) != PACKAGES:
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
        pinned = [f"{name}=={version}" for name, version in PACKAGES.items()]
        subprocess.run([ENVIRONMENT / "bin" / "pip", "install", "--quiet", *pinned], check=True)
        stamp.write_text(json.dumps(PACKAGES))
    subprocess.run([os.environ.get("CARGO", "cargo"), "build", "--release"], cwd=ROOT, check=True)


def processor_seconds():
    """Seconds that all processors have worked, and those of programs started here, since some time ago; Linux only."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0, 0.0
    user, nice, system, _, _, irq, softirq, steal = map(int, stat.read_text().split()[1:9])
    own = os.times()
    ticks = os.sysconf("SC_CLK_TCK")
    return (user + nice + system + irq + softirq + steal) / ticks, own.children_user + own.children_system


def last_line(command):
    """What a program reports as JSON in its last line, with the share of the processors that others took meanwhile."""
    (all_before, own_before), start = processor_seconds(), time.perf_counter()
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=ENVIRONMENT)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr[-2000:]}")
    (all_after, own_after), seconds = processor_seconds(), time.perf_counter() - start
    others = (all_after - all_before - own_after + own_before) / seconds / os.cpu_count()
    return json.loads(done.stdout.strip().splitlines()[-1]) | {"others": max(others, 0.0)}


def wait_for_quiet():
    """Up to a minute, until others leave the processors alone for a second."""
    for _ in range(60):
        before = processor_seconds()[0]
        time.sleep(1)
        if processor_seconds()[0] - before < DISTURBED * os.cpu_count():
            return


def undisturbed(run):
    """Repeats a run that others disturbed, up to twice, and keeps the least disturbed one, not the fastest."""
    runs = []
    for _ in range(3):
        wait_for_quiet()
        runs.append(run())
        if runs[-1]["others"] < DISTURBED:
            break
    return min(runs, key=lambda run: run["others"])


def bouton(precision, network, seed, threads):
    _, name, changes, _, duration, _ = NETWORKS[network]
    command = [
        BOUTON,
        "run",
        name,
        "--json",
        "--no-progress",
        "--output",
        ENVIRONMENT / "bouton.h5",
        "--precision",
        precision,
    ]
    command += ["--seed", seed, "--threads", threads, "--duration", f"{duration} ms"]
    for change in ["record.spikes=[]", "record.traces=[]", "record.synapses=[]", *changes]:
        command += ["--set", change]
    seen = last_line(command)
    spikes = sum(p["size"] * p["rate_hz"] for p in seen["populations"].values())
    return {
        "factor": seen["real_time_factor"],
        "rate_hz": spikes / seen["neurons"],
        "synapses": seen["synapses"],
        "others": seen["others"],
    }


def peer(simulator, network, seed, threads):
    peers, duration = NETWORKS[network][3:5]
    script = HERE / f"{simulator}_networks.py"
    command = [
        ENVIRONMENT / "bin" / "python",
        script,
        *peers,
        "--seed",
        seed,
        "--threads",
        threads,
        "--duration",
        duration,
    ]
    seen = last_line(command)
    seen["factor"] = seen.pop("seconds") / (duration / 1000)
    return seen


def measure(network, repetitions, threads):
    """Every simulator once with one seed, then again with the next: what else the machine does meets all alike."""
    seen = {column: [] for column in ("f64", "f32", *NETWORKS[network][5])}
    for seed in range(1, (1 if network == "full" else repetitions) + 1):
        for column, runs in seen.items():
            run = bouton if column in ("f64", "f32") else peer
            runs.append(undisturbed(functools.partial(run, column, network, seed, threads)))
            done = runs[-1]
            print(
                f"{network} {column}: {done['factor']:.3f}, {done['rate_hz']:.2f} Hz, others {done['others']:.0%}",
                flush=True,
            )
    rates = {column: statistics.mean(run["rate_hz"] for run in runs) for column, runs in seen.items()}
    for column, rate in rates.items():
        if abs(rate / rates["f64"] - 1) > TOLERANCE:
            print(
                f"warning: {network}: {column} fires at {rate:.2f} Hz, Bouton at {rates['f64']:.2f} Hz", file=sys.stderr
            )
    return seen


def digits(factor):
    """Three digits that count."""
    return f"{factor:.0f}" if factor >= 100 else f"{factor:#.3g}".rstrip(".")


def cell(runs):
    if not runs:
        return "–"
    factors = [run["factor"] for run in runs]
    spread = f" ({digits(min(factors))}–{digits(max(factors))})" if len(factors) > 1 else ""
    disturbed = "*" if any(run["others"] > DISTURBED for run in runs) else ""
    return digits(statistics.median(factors)) + spread + disturbed


def table(results):
    """Markdown: a row for each network, factors and the ratio, then rates."""
    lines = ["| network | synapses | " + " | ".join(COLUMNS.values()) + " | best peer / f64 | mean rates, Hz |"]
    lines.append("| --- " * (len(COLUMNS) + 4) + "|")
    for network, seen in results["networks"].items():
        median = {column: statistics.median(run["factor"] for run in runs) for column, runs in seen.items()}
        best = min(value for column, value in median.items() if column not in ("f64", "f32"))
        rates = [f"{statistics.mean(run['rate_hz'] for run in seen[c]):.1f}" if c in seen else "–" for c in COLUMNS]
        cells = [
            NETWORKS[network][0],
            f"{seen['f64'][0]['synapses']:,}",
            *(cell(seen.get(column)) for column in COLUMNS),
        ]
        lines.append("| " + " | ".join([*cells, f"{best / median['f64']:.1f}", ", ".join(rates)]) + " |")
    return "\n".join(lines)


def machine():
    text = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = re.search(r"model name\s*:\s*(.*)", text)
    return f"{model[1] if model else 'unknown processor'}, {os.cpu_count()} cores"


def report(results):
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    columns = [runs for seen in results["networks"].values() for runs in seen.values()]
    numbers = sorted({len(runs) for runs in columns})
    repetitions = f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else numbers[0]
    return f"""{table(results)}

Real-time factor: wall time of the simulation loop over biological time, on {results["threads"]} threads; median
(lowest–highest) of {repetitions} runs, every simulator in turn. Time step 0.1 ms; NEST and Brian2 in double precision.
Rates in the order of the columns. *: during a run other programs took more than {DISTURBED:.0%} of the processors.
{results["machine"]}; {versions}; {results["date"]}.
"""


def copy_to_readme():
    readme = ROOT / "README.md"
    begin, end = "<!-- peers: from benches/peers/results.md -->\n", "<!-- /peers -->"
    text = readme.read_text()
    if begin not in text:
        sys.exit(f"README.md has no line {begin}")
    head, rest = text.split(begin)
    readme.write_text(head + begin + (HERE / "results.md").read_text() + end + rest.split(end)[1])


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--networks", nargs="+", choices=[n for n in NETWORKS if n != "full"], help="default: all")
    options.add_argument("--repetitions", type=int, default=3)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument(
        "--full", action="store_true", help="the whole microcircuit too, once: 14 GB and ten minutes in NEST"
    )
    options.add_argument("--readme", action="store_true", help="only copy the last results into README.md")
    options = options.parse_args()
    if options.readme:
        return copy_to_readme()
    prepare()
    names = (options.networks or [n for n in NETWORKS if n != "full"]) + ["full"] * options.full
    own = re.search(r'^version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]
    results = {"machine": machine(), "threads": options.threads, "versions": {"bouton": own} | PACKAGES}
    results |= {"date": datetime.date.today().isoformat(), "networks": {}}
    kept = HERE / "results.json"
    # Networks that are not run now keep what was measured in the same circumstances.
    if kept.exists() and all(json.loads(kept.read_text())[key] == value for key, value in results.items() if value):
        results["networks"] = json.loads(kept.read_text())["networks"]
    for name in names:
        results["networks"][name] = measure(name, options.repetitions, options.threads)
        results["networks"] = {n: results["networks"][n] for n in NETWORKS if n in results["networks"]}
        # After each network: what has been measured is kept if a later one fails.
        (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n")
        (HERE / "results.md").write_text(report(results))
    print(report(results))


main()
