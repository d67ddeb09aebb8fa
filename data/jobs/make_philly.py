#!/usr/bin/env python3
"""Makes philly.toml from a CSV of the Philly trace (timestamp, duration, num_gpus, ...): python3 make_philly.py JOBS.csv > philly.toml."""

from __future__ import annotations

import csv
import math
import statistics
import sys
from datetime import datetime, timezone

CLASSES = ((1, 1), (2, 2), (4, 4), (8, 8), (12, 32))  # accelerators, from and to, that share a table of durations
N_LEVEL = 41  # 0, 39 levels equally spaced in ln(u / (1 - u)), 1
TAIL = 7.5  # ln odds of the outermost levels but one: 0.055 % and 99.945 %

HEAD = """\
# Jobs of a GPU training cluster. Statistics of the Microsoft Philly trace: {n} jobs submitted {first} to {last}.
# Philly traces: Copyright Microsoft Corporation, CC-BY-4.0 (github.com/msr-fiddle/philly-traces); M. Jeon et al., Analysis of Large-Scale
# Multi-Tenant GPU Clusters for DNN Training Workloads, USENIX ATC 2019. make_philly.py computes the tables from the trace.
# `source` of a table holds for every value below it without a source of its own. Values not in the trace are assumed.
# The share of link-bound jobs is a prior of the site ([comms.link] of the site file).
name = "philly"
title = "Microsoft Philly, deep-learning training, autumn 2017"
source = "sourced: Microsoft Philly traces (CC-BY-4.0), {n} jobs submitted {first} to {last}"
n_job = {n}
"""

ASSUMED = """
# The trace has no requested walltime. Actual over requested time is uniform (Mu'alem and Feitelson 2001, doi 10.1109/71.932708).
[walltime]
source = "assumed: actual over requested time uniform between the ratios, so that the request covers stalls and mild throttling"
ratio_min = 0.10
ratio_max = 0.90
min_s = 600

# deadline = submission + work + slack_min + lognormal(slack_median, slack_sigma) times work
[deadline]
source = "assumed: deferrable training work, due after about twice its own duration"
slack_min_s = 1800
slack_median = 1.0
slack_sigma = 0.8

# Quantiles of GPU utilisation at equally spaced levels from 0 to 1. stalled: share of its utilisation that a stalled job keeps.
[utilization]
source = "assumed: shape; its mean of 0.52 is the mean GPU utilisation that Jeon et al. (2019) report"
quantile = [0.05, 0.13, 0.22, 0.32, 0.43, 0.53, 0.62, 0.71, 0.80, 0.90, 1.00]
stalled = {{ value = 0.05, source = "assumed: kernels spin at a barrier or not at all" }}

# Data volumes per job, lognormal.
[data]
source = "assumed: a sharded data set in, checkpoints out"
in_median_byte = 20e9
in_sigma = 1.5
out_median_byte = 2e9
out_sigma = 1.5

# Shares of jobs with priority 1, 2, 3; load of low priority is shed first.
[priority]
source = "assumed: mostly ordinary work"
share = [0.25, 0.60, 0.15]
preemptible_share = 0.40
"""


def read(path: str) -> list[tuple[float, float, int]]:
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    when = [datetime.fromisoformat(r["timestamp"]).replace(tzinfo=timezone.utc).timestamp() for r in rows]
    return sorted((t, float(r["duration"]), int(float(r["num_gpus"]))) for t, r in zip(when, rows))


def quantile(values: list[float], level: float) -> float:
    """Linear between order statistics, which stand at (i + 1/2) / n; the smallest and largest beyond them."""
    at = min(max(level * len(values) - 0.5, 0.0), len(values) - 1.0)
    low = min(int(at), len(values) - 2)
    return values[low] + (at - low) * (values[low + 1] - values[low])


def table_mean(levels: list[float], values: list[float]) -> float:
    """Mean of the inverse table, ln(value) linear in the level between knots."""
    total = 0.0
    for (u0, u1), (d0, d1) in zip(zip(levels, levels[1:]), zip(values, values[1:])):
        total += (u1 - u0) * (d0 if d1 == d0 else (d1 - d0) / math.log(d1 / d0))
    return total


def numbers(values, form: str) -> str:
    return "[" + ", ".join(format(v, form) for v in values) + "]"


def wrapped(key: str, values, form: str, width: int = 13) -> str:
    cells = [format(v, form) for v in values]
    lines = [", ".join(cells[i : i + width]) for i in range(0, len(cells), width)]
    return f"{key} = [\n  " + ",\n  ".join(lines) + ",\n]"


def arrivals(times: list[float]) -> tuple[list[float], float, float]:
    """Rate by hour of the trace's clock over its mean, mean rate [1/h], and CV of the intervals in time scaled by that rate."""
    count = [0] * 24
    for t in times:
        count[int(t // 3600) % 24] += 1
    rate = [24 * c / len(times) for c in count]
    edge = [0.0]
    for r in rate:
        edge.append(edge[-1] + r)
    place = []
    for t in times:
        day, hour = divmod(t / 3600, 24)
        place.append(24 * day + edge[int(hour)] + (hour - int(hour)) * rate[int(hour)])
    gap = [b - a for a, b in zip(place, place[1:])]
    return rate, (len(times) - 1) / (times[-1] - times[0]) * 3600, statistics.pstdev(gap) / statistics.fmean(gap)


def main(path: str) -> None:
    jobs = read(path)
    times = [t for t, _, _ in jobs]
    day = [datetime.fromtimestamp(t, timezone.utc).date() for t in (times[0], times[-1])]
    print(HEAD.format(n=len(jobs), first=day[0], last=day[1]))

    counts = sorted({g for _, _, g in jobs})
    n_of = {c: sum(g == c for _, _, g in jobs) for c in counts}
    row = {c: next(k for k, (lo, hi) in enumerate(CLASSES) if lo <= c <= hi) for c in counts}
    print("# Accelerators per job, number of jobs, and index of their table of durations (0: the first).")
    print("[gpu_count]")
    print("count =", numbers(counts, "d"))
    print("n_job =", numbers((n_of[c] for c in counts), "d"))
    print("table =", numbers((row[c] for c in counts), "d"))

    z = [TAIL * (2 * i / (N_LEVEL - 3) - 1) for i in range(N_LEVEL - 2)]
    levels = [0.0, *(round(1 / (1 + math.exp(-x)), 6) for x in z), 1.0]
    print("\n# Quantiles of job duration at these levels; between them ln(duration) is linear in the level.")
    print("[duration]")
    print(wrapped("level", levels, ".6g"))
    for lo, hi in CLASSES:
        d = sorted(s for _, s, g in jobs if lo <= g <= hi)
        q = [quantile(d, u) for u in levels]
        print(f"\n[[duration.table]]\ngpus = [{lo}, {hi}]\nn_job = {len(d)}")
        print(f"# mean {statistics.fmean(d):.0f} s in the trace, {table_mean(levels, q):.0f} s by the table")
        print(wrapped("duration_s", q, ".6g"))

    rate, mean, cv = arrivals(times)
    print("\n# Arrival rate by hour of the trace's clock (taken as local time) over its mean; mean rate of the cluster; coefficient of variation of")
    print("# the intervals in time scaled by the hourly rate (1: Poisson process). A site rescales the mean rate to its load.")
    print("[arrival]")
    print(wrapped("hour_rate", rate, ".4f", 12))
    print(f"mean_per_h = {mean:.2f}\ninterval_cv = {cv:.3f}")
    print(ASSUMED.replace("{{", "{").replace("}}", "}"), end="")


if __name__ == "__main__":
    main(sys.argv[1])
