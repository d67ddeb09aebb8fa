"""Plans against the full twin: whether the rollout ranks as the twin does, what the planner does not see, and two days of planning.

What takes long keeps its results under `runs/validation_plan` and goes on from them when it is started again.
"""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path

import numpy as np
import pytest
from changed_sites import LUMPED

import coldsun as cs
from coldsun import _engine

KEPT = Path(os.environ.get("COLDSUN_KEPT", "runs/validation_plan"))
HORIZON = 12.0      # h
N_PLAN, N_SCENARIO = 64, 4


def kept(name: str, make):
    """A result made once: JSON under KEPT, whole or not at all."""
    path = KEPT / _engine.build_info()["commit"] / f"{name}.json"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(make()), encoding="utf-8")
        part.replace(path)
    return json.loads(path.read_text(encoding="utf-8"))


def ranks(values) -> np.ndarray:
    return np.argsort(np.argsort(values, kind="stable"), kind="stable").astype(float)


def spearman(a, b) -> float:
    return float(np.corrcoef(ranks(a), ranks(b))[0, 1])


# ---- the rollout against the twin ------------------------------------------------------------------------------------------
class Trial:
    """A pilot at night with an hour's jobs waiting; plans are run on it till noon, battery, grid and sun, under the forecast's own scenarios."""

    def __init__(self, network, folder: Path):
        self.twin = cs.Twin(network, hours=1.0 + HORIZON, start="2026-06-14T05:00Z", seed=11, dt=60.0)
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.twin.hold(1.0 + HORIZON)      # what comes later stays out of it, as the planner sees it
        self.twin.step(60)
        self.begin = folder / "begin.h5"
        self.twin.save(self.begin)
        self.plan = self.make()
        self.rows = self.plan._core.rows()
        self.price = self.plan.outlook["price"].values[0], self.plan.outlook["carbon_intensity"].values[0]
        self.start = {k: np.array(self.twin.state["workload"][k][0]) for k in ("work_left",)}

    def make(self):
        return self.twin.plan(HORIZON, plans=16, population=16, scenarios=N_SCENARIO, known_work=True, decision_s=0.0, rows=256)

    def keys(self) -> np.ndarray:
        """Plans at random, from scattered ones to ones that nearly start all at once."""
        draw = np.random.default_rng(5)
        keys = draw.random((N_PLAN, self.plan._core.n_row, _engine.n_gene))
        keys[:, :, 2] *= np.linspace(0.05, 1.0, N_PLAN)[:, None]
        return np.ascontiguousarray(keys.reshape(N_PLAN, -1))

    def run(self, key: np.ndarray, scenario: int) -> dict:
        """The lines of the bill as the twin meets them."""
        self.twin.load(self.begin)
        plan = self.make()
        plan._core.follow_scenario(scenario)
        plan._core.tell_keys(key[None])
        record = self.twin.run(hours=HORIZON, out=self.folder / f"run_{scenario}_{abs(hash(key.tobytes()))}", progress=False, segment_hours=HORIZON)
        return self.lines(record.isel(member=0, site=0), cs.energy_book(record, self.twin.network.sites))

    def lines(self, record, book) -> dict:
        step = record["step"].values
        slot = np.minimum(((np.cumsum(step) - 0.5 * step) / 300.0).astype(int), len(self.price[0]) - 1)
        bought = record["p_import"].values * step
        hottest = record["t_junction"].values.max(axis=-1)
        work, rows, end = self.twin.state["workload"], self.rows, HORIZON * 3600.0
        job, now = rows["job"], self.plan.made.value
        left, done, status = work["work_left"][0, job], work["end_time"][0, job], work["status"][0, job]
        over = np.where(status == 4, (done - rows["deadline"]) * 1e-9, end + left - (rows["deadline"] - now) * 1e-9)
        began = np.where(status >= 3, (work["start_time"][0, job] - now) * 1e-9, end)
        ran = np.where(status == 4, (done - now) * 1e-9, end) - np.maximum(began, 0.0)
        missed = np.where(status >= 3, np.maximum(ran - (self.start["work_left"][job] - left), 0.0), 0.0)
        return {"work left": float((rows["n_node"] * left).sum()), "grid energy": float(bought.sum()),
                "carbon": float((bought * self.price[1][slot]).sum()), "price": float((bought * self.price[0][slot]).sum()),
                "lateness": float((rows["priority"] * over.clip(0.0)).sum()), "over margin": float(((hottest - 353.15).clip(0.0) * step).sum()),
                "throttled work": float((rows["n_node"] * missed).sum()), "battery used": -book.mean("stored"),
                "wait": float((rows["n_node"] * np.where(rows["running"], 0.0, began.clip(0.0))).sum()),
                "p_it": float((record["p_it"].values * step).sum())}


def test_the_rollout_ranks_plans_as_the_twin_does(site, tmp_path):
    """64 random plans under four scenarios, plates lumped in the twin: Spearman at least 0.95 on cost; bought and stored energy within 2 %."""
    trial = Trial(site("atacama", LUMPED), tmp_path)
    keys = trial.keys()
    priced = trial.plan._core.price(keys)
    names, weight = trial.plan.decision["line"], np.array(trial.plan.decision["weight"])
    twin = np.empty((N_PLAN, N_SCENARIO, len(names)))
    for p, s in itertools.product(range(N_PLAN), range(N_SCENARIO)):
        found = kept(f"rollout/{p}_{s}", lambda p=p, s=s: trial.run(keys[p], s))
        twin[p, s] = [found[n] for n in names]
    rollout = priced["cost"]
    energy = [a[:, :, names.index("grid energy")] + a[:, :, names.index("battery used")] for a in (rollout, twin)]
    error = energy[0] / energy[1] - 1.0
    cost = [(a @ weight).mean(axis=1) for a in (rollout, twin)]
    power = [names.index(n) for n in ("carbon", "price", "battery used")]
    own = [(a[:, :, power] @ weight[power]).mean(axis=1) for a in (rollout, twin)]
    rank, by_scenario = spearman(*cost), [spearman(rollout[:, s] @ weight, twin[:, s] @ weight) for s in range(N_SCENARIO)]
    print(f"Spearman on cost {rank:.3f}; by scenario {', '.join(f'{x:.3f}' for x in by_scenario)}")
    print(f"on its part for energy {spearman(*own):.3f}, which spreads by {own[1].std():.3g} of {cost[1].std():.3g}; bought and stored energy: mean error "
          f"{100 * error.mean():+.2f} %, worst {100 * np.abs(error).max():.2f} %")
    for k, name in enumerate(names):
        a, b = rollout[:, :, k], twin[:, :, k]
        print(f"  {name:20s} rollout {a.mean():12.5g} twin {b.mean():12.5g}, Spearman over plans {spearman(a.mean(axis=1), b.mean(axis=1)):.3f}")
    assert min(rank, *by_scenario, spearman(*own)) >= 0.95
    assert np.abs(error).max() < 0.02
    best = int(np.argmin(cost[0]))
    print(f"the plan that the rollout likes best is number {int(ranks(cost[1])[best]) + 1} of {N_PLAN} in the twin")

    # A plate of the rollout and of the lumped twin is one resistance; with the hottest nodes as fields eight of the plans cost the same.
    fields = Trial(site("atacama"), tmp_path / "fields")
    chosen = np.argsort(cost[1], kind="stable")[:: N_PLAN // 8]
    found = [kept(f"rollout/{p}_0_fields", lambda p=p: fields.run(keys[p], 0)) for p in chosen]
    resolved = np.array([[line[n] for n in names] for line in found])
    energy = [a[:, names.index("grid energy")] + a[:, names.index("battery used")] for a in (rollout[chosen, 0], resolved)]
    error, ranked = energy[0] / energy[1] - 1.0, spearman(rollout[chosen, 0] @ weight, resolved @ weight)
    print(f"{len(chosen)} plans with nodes as fields: Spearman on cost {ranked:.3f}, bought and stored energy within {100 * np.abs(error).max():.2f} %")
    assert ranked >= 0.95 and np.abs(error).max() < 0.02


# ---- what is not seen ------------------------------------------------------------------------------------------------------
def test_a_plan_does_not_depend_on_future_weather(site):
    """Weather after the decision poisoned with NaN: the plan is the same to the bit, at both pilots."""
    for name in ("atacama", "masdar"):
        network = site(name, LUMPED)
        plans = []
        for poison in (False, True):
            twin = cs.Twin(network, hours=25, seed=4)
            twin.hold(25)
            twin.step(181)
            if poison:
                table = _engine.weather_table(twin._engine)
                seen = (twin._engine.time_ns - table["start"]) // table["step"]
                for key, column in table.items():
                    if key not in ("start", "step"):
                        column[:, seen + 1:] = np.nan
            plans.append(twin.plan(24, plans=1024))
        assert np.array_equal(plans[0]._core.keys, plans[1]._core.keys) and plans[0].score == plans[1].score
        print(f"{name}: {plans[0].summary()}; best score {plans[0].score:.6g}, the same to the bit")


# ---- two days of planning --------------------------------------------------------------------------------------------------
POLICIES = ("search", "fcfs", "easy", "greedy-green", "wait-awhile", "no plan")      # the last: the twin's own queue, at once
SEEDS, DAYS, DRAIN = 8, 2, 1      # d of arrivals, and d in which what has come is finished: what was put off is not thereby saved


def pilots(folder: Path):
    """Both pilots with lumped plates and what joins them."""
    import re

    for name in ("atacama", "masdar"):
        text = (cs.data_folder() / "sites" / f"{name}.toml").read_text(encoding="utf-8")
        (folder / f"{name}.toml").write_text(re.sub(r"^n_field = .*$", "n_field = 0", text, flags=re.M), encoding="utf-8")
    text = (cs.data_folder() / "networks" / "pilots.toml").read_text(encoding="utf-8")
    path = folder / "pilots.toml"
    path.write_text(text.replace('["atacama", "masdar"]', '["./atacama.toml", "./masdar.toml"]'), encoding="utf-8")
    return cs.load_network(path)


def two_days(network, policy: str, member: int, folder: Path, plans: int = 256) -> dict:
    """The bill of one member's two days of arrivals, and of the day that finishes them, under one policy, decided hourly."""
    twin = cs.Twin(network, hours=24.0 * (DAYS + DRAIN), seed=21, first_member=member, dt=60.0, ahead_hours=24.0)
    submit = _engine.job_table(twin._engine)["submit_time"]
    submit[submit >= twin.start.value + DAYS * 86_400 * 10**9] = twin.start.value + 400 * 86_400 * 10**9
    settings = dict(every_min=60.0, surprise_share=10.0, plans=plans, population=64, scenarios=16, slot_min=15.0, rows=96, policy=policy)
    record = twin.run(out=folder, progress=False, segment_hours=24.0, plan=None if policy == "no plan" else settings)
    book, last = cs.energy_book(record, network.sites), record.isel(time=-1, member=0)
    return {"grid energy": book.mean("imported"), "carbon": book.mean("carbon"), "price": book.mean("price"),
            "battery used": -book.mean("stored"), "n_done": int(last["n_done"].sum()), "n_late": int(last["n_late"].sum()),
            **work_lines(twin), **({} if policy == "no plan" else {k: float(record[k].sum()) for k in ("plan_decisions", "plan_wall_time")})}


def work_lines(twin) -> dict:
    """Of all jobs that came: priority times s after the deadline, node seconds not done, node seconds waited."""
    table, now, work = _engine.job_table(twin._engine), twin._engine.time_ns, twin.state["workload"]
    status, left, nodes = work["status"][0], work["work_left"][0], table["n_node"][0]
    came = status >= 2
    end = np.where(status == 4, work["end_time"][0], now + (left * 1e9).astype("int64"))
    began = np.where(status >= 3, work["start_time"][0], now)
    waited = ((began - table["submit_time"][0]) * 1e-9).clip(0.0)
    initial = table["submit_time"][0] < twin.start.value
    return {"lateness": float((table["priority"][0] * ((end - table["deadline"][0]) * 1e-9).clip(0.0))[came].sum()),
            "work left": float((nodes * left)[came].sum()), "wait": float((nodes * waited)[came & ~initial].sum())}


def cost_of(result: dict, weight: dict) -> float:
    """The evaluator's own weights on what the twin measured."""
    return sum(weight[name] * result[name] for name in ("carbon", "price", "lateness", "battery used", "work left", "wait"))


@pytest.mark.slow
def test_hourly_plans_over_two_days_cost_less_than_fcfs(tmp_path):
    """Eight members at both pilots: cheaper than first come first served, never significantly dearer than greedy-green."""
    network = pilots(tmp_path)
    probe = cs.Twin(network, hours=2.0)
    lines = probe.plan(1.0, plans=16, population=16, scenarios=1).decision
    weight = dict(zip(lines["line"], lines["weight"]))
    result = {policy: [kept(f"days/{policy}_{m}", lambda p=policy, m=m: two_days(network, p, m, tmp_path / f"{p}_{m}")) for m in range(SEEDS)]
              for policy in POLICIES}
    cost = {policy: np.array([cost_of(r, weight) for r in rows]) for policy, rows in result.items()}
    print(f"\n{DAYS} days, {SEEDS} members, mean and 95 % interval of the difference to the search (t, paired)")
    for policy in POLICIES:
        mean = {k: np.mean([r[k] for r in result[policy]]) for k in ("grid energy", "carbon", "price", "lateness", "wait", "n_done", "n_late")}
        gap = cost[policy] - cost["search"]
        half = 2.365 * gap.std(ddof=1) / np.sqrt(SEEDS)      # Student's t, 7 degrees of freedom
        print(f"{policy:12s} cost {cost[policy].mean():9.1f}  +{gap.mean():8.1f} +- {half:6.1f}; {mean['grid energy'] / 3.6e9:6.2f} MWh, "
              f"{mean['carbon']:7.0f} kg, {mean['price']:6.0f} USD, lateness {mean['lateness'] / 3600:8.1f} h, waits {mean['wait'] / 3600:7.1f} h, "
              f"{mean['n_done']:.0f} done, {mean['n_late']:.0f} late")
        if policy == "fcfs":
            assert gap.mean() - half > 0.0
        if policy == "greedy-green":
            assert gap.mean() + half > 0.0
