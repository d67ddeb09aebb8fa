"""`make bench-check`: holds every kernel to half of its committed rate, measured against the same run's fma loop, on one thread.

A rate is items per million vector fma of the run's fma loop: a ratio, so that a slower clock does not count; by processor time, so that a busy machine
does not. The best of several runs is held against bars.csv for the instruction set that the program was built for. `check_bars.py --write` measures
anew and writes the rows of this instruction set. The triad measures the memory and not a kernel: it has no bar.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

BARS = Path(__file__).with_name("bars.csv")
LANES = {"avx512": 8.0, "avx2": 4.0, "baseline": 4.0}
HEADS = ("instruction_set", "kernel", "rate")
SHARE = 0.5     # of the committed rate: a loop that is no longer made of vectors falls to a quarter or less


def measure(program: str, seconds: float, only: str) -> tuple[str, float, dict[str, float]]:
    """One run: instruction set, fma flops per second, items per second of every kernel."""
    words = [program, "--benchmark_format=json", f"--benchmark_min_time={seconds:g}", f"--benchmark_filter={only}"]
    done = subprocess.run(words, check=False, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    if done.returncode:
        sys.exit(f"{program}: a benchmark failed its own check\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    told = json.loads(done.stdout)
    rows = {row["name"].removesuffix("/real_time"): row for row in told["benchmarks"] if row.get("run_type", "iteration") == "iteration"}
    # per second of processor time, whatever else ran on the core meanwhile; the items of a benchmark in real time are per second of the wall clock
    wall = {k: row["real_time"] / max(row["cpu_time"], 1e-12) if row["name"].endswith("/real_time") else 1.0 for k, row in rows.items()}
    items = {k: row["items"] * wall[k] for k, row in rows.items() if not k.startswith("triad/")}
    return told["context"]["instruction_set"], float(told["context"]["fma_one_thread_flops"]), items


def best_of(program: str, runs: int, seconds: float, only: str) -> tuple[str, dict[str, float]]:
    """Instruction set, and per kernel its rate: the best run's items against the fma of that run."""
    best = {}
    for _ in range(runs):
        kind, flops, found = measure(program, seconds, only)
        fma = flops / (2.0 * LANES[kind]) / 1e6
        best = {name: max(best.get(name, 0.0), rate / fma) for name, rate in found.items()}
    return kind, best


def read() -> list[dict]:
    with BARS.open(encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def write(kind: str, rates: dict) -> None:
    rows = [row for row in read() if row["instruction_set"] != kind] if BARS.is_file() else []
    rows += [dict(zip(HEADS, (kind, name, f"{rate:.4g}"))) for name, rate in sorted(rates.items())]
    with BARS.open("w", encoding="utf-8", newline="") as file:
        file.write("# Rates of the kernels on one thread: items per million vector fma of the same run (check_bars.py)\n")
        table = csv.DictWriter(file, HEADS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def judge(kind: str, rates: dict, bars: list[dict]) -> list[str]:
    """Sentences about kernels below their bar, and about bars or kernels without the other."""
    bars = {row["kernel"]: row for row in bars if row["instruction_set"] == kind}
    words = []
    for name, bar in bars.items():
        rate = rates.get(name)
        if rate is None:
            words.append(f"{name}: is in bars.csv and not among the benchmarks")
        elif rate < SHARE * float(bar["rate"]):
            share = rate / float(bar["rate"])
            words.append(f"{name}: {rate:.4g} items per million fma, {share:.2f} of the committed {float(bar['rate']):.4g}; accepted: {SHARE:g} or more")
    return words + [f"{name}: has no bar; accepted: a row in bars.csv (check_bars.py --write)" for name in rates if name not in bars]


def main() -> int:
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--program", default=str(files("coldsun") / "bin" / "coldsun_bench"))
    parse.add_argument("--runs", type=int, default=3)
    parse.add_argument("--seconds", type=float, default=0.05)
    parse.add_argument("--filter", default=".", help="of the benchmarks' names")
    parse.add_argument("--write", action="store_true")
    given = parse.parse_args()
    kind, rates = best_of(given.program, given.runs, given.seconds, given.filter)
    if given.write:
        write(kind, rates)
        print(f"{BARS}: {len(rates)} rows for {kind}")
        return 0
    bars = read()
    if not any(row["instruction_set"] == kind for row in bars):
        print(f"no bars for {kind} in {BARS}: nothing was held against anything; check_bars.py --write makes them")
        return 0
    if given.filter != ".":
        bars = [row for row in bars if row["kernel"] in rates]
    words = judge(kind, rates, bars)
    if words:   # a machine may have been busy with something else just then: those again, longer
        slow = [word.split(":")[0] for word in words if "committed" in word]
        if slow:
            again = best_of(given.program, 3 * given.runs, 2 * given.seconds, "|".join(f"^{name}(/real_time)?$" for name in slow))[1]
            words = judge(kind, rates | {name: max(rate, rates[name]) for name, rate in again.items()}, bars)
    for word in words:
        print(word)
    if not words:
        print(f"{len(rates)} kernels keep half of their committed rates or more ({kind})")
    return 1 if words else 0


if __name__ == "__main__":
    sys.exit(main())
