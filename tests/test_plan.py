"""Plans from Python and from the command line: their contents, their effect on a twin, errors of settings."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import coldsun as cs
from coldsun import _engine, plots_plan
from coldsun.plan import decided

QUICK = dict(plans=256, population=64, scenarios=4)
START = "2026-06-14T12:00Z"


@pytest.fixture(scope="module")
def twin(network):
    """A pilot whose jobs of half an hour wait for a plan."""
    twin = cs.Twin(network, hours=8, start=START, seed=3)
    twin.hold(8)
    twin.step(180)
    return twin


@pytest.fixture(scope="module")
def plan(twin):
    return twin.plan(6, **QUICK)


def test_a_plan_has_a_row_per_job_and_a_bill_beside_the_rules(twin, plan):
    work = twin.state["workload"]
    assert (~plan.jobs["running"]).sum() == (work["status"][0] == 2).sum() > 5
    assert set(plan.jobs["site"]) == {"atacama"}
    wait = plan.jobs[~plan.jobs["running"]]
    assert (wait["start"] >= plan.made).all() and plan.made == twin.time < plan.effect
    assert wait["cap"].between(0.5, 1.0).all()
    assert list(plan.bill.columns) == ["plan", "fcfs", "easy", "greedy-green", "wait-awhile"]
    score = plan.bill.loc[("score", "")]
    assert (score["plan"] <= score + 1e-9).all() and np.isfinite(plan.bill.to_numpy()).all()
    assert "<table>" in plan._repr_html_() and "Plan of" in repr(plan)
    assert all(a[("score", "")] >= plan.score for a in plan.alternatives)


def test_money_is_the_sum_of_the_priced_lines(plan):
    scores = plan.decision["score_by_scenario"]   # of the engine: weights times lines, scenario by scenario
    assert plan.money.loc["mean", "plan"] == pytest.approx(scores.mean(), rel=1e-12)
    assert plan.money.loc["CVaR", "plan"] == pytest.approx(np.sort(scores)[-1], rel=1e-9)   # of four scenarios the worst quarter is one
    heads, rows = plan.statement()
    assert heads[:3] == ["USD per unit", "fcfs", "plan - fcfs"] and [r[0] for r in rows[-3:]] == ["mean", "CVaR", "score"]
    assert rows[0][2] == "3.6"   # a node hour of work left


def test_prices_are_per_unit_of_the_bill(twin, plan):
    again = twin.plan(6, **QUICK, weights=plan.weight)
    assert again.score == pytest.approx(plan.score, rel=1e-12)
    assert twin.plan(6, **QUICK, weights={"battery used": 90.0}).weight[("battery used", "MWh")] == pytest.approx(90.0)
    for given, says in (({"carbon": float("nan")}, "carbon = nan"), ({"carbon": -5}, "carbon = -5"), ({"nonsense": 1}, "'nonsense'; accepted: work left"),
                        ([1], r"\[1\]; accepted")):
        with pytest.raises(cs.InputError, match=says):
            twin.plan(6, **QUICK, weights=given)


def test_a_running_job_ends_by_its_own_request(plan):
    runs = plan.jobs[plan.jobs["running"]]
    assert runs["end"].nunique() > 0.9 * len(runs) > 20 and (runs["end"] > plan.made).all()


def test_a_time_limit_gives_the_best_plan_so_far(twin):
    short = twin.plan(6, plans=100_000, population=64, scenarios=4, seconds=0.2)
    assert 64 <= short.decision["n_priced"] < 100_000 and short.score <= short.bill.loc[("score", ""), "fcfs"]


def test_planning_leaves_the_twin_unchanged(twin):
    before = twin.hash()
    again = twin.plan(6, **QUICK)
    assert twin.hash() == before
    assert again.score == twin.plan(6, **QUICK).score


def test_a_plan_does_not_depend_on_future_weather(network):
    twins = [cs.Twin(network, hours=7, start=START, seed=3) for _ in range(2)]
    for t in twins:
        t.hold(7)
        t.step(181)
    table = _engine.weather_table(twins[1]._engine)
    seen = (twins[1]._engine.time_ns - table["start"]) // table["step"]
    for name, column in table.items():
        if name not in ("start", "step"):
            column[:, seen + 1:] = np.nan
    a, b = (t.plan(6, **QUICK) for t in twins)
    assert np.array_equal(a._core.keys, b._core.keys) and a.score == b.score
    pd.testing.assert_frame_equal(a.jobs, b.jobs)
    pd.testing.assert_frame_equal(a.bill, b.bill)


def test_an_applied_plan_holds_jobs_until_their_start(network):
    twin = cs.Twin(network, hours=3, start=START, seed=3)
    twin.hold(3)
    twin.step(180)
    plan = twin.plan(2, **QUICK)
    twin.apply(plan)
    twin.step(3)
    work = twin.state["workload"]
    wait = plan.jobs[~plan.jobs["running"]]
    later = wait[wait["put_off"] & (wait["start"] > plan.made + pd.Timedelta(minutes=2))]
    for job, row in later.iterrows():
        assert work["plan_start"][0, job] == row["start"].value
    now = wait[wait["start"] <= plan.made]
    assert (work["status"][0, now.index] >= 3).any() or not len(now)
    twin.step(60)
    with pytest.raises(cs.InputError, match="was made at"):
        twin.apply(plan)


def test_a_plan_is_written_as_netcdf_and_plot(plan, tmp_path):
    with xr.open_dataset(plan.to_netcdf(tmp_path / "plan.nc")) as data:
        assert data["ghi"].dims == ("scenario", "site", "time") and data["bill"].sizes["policy"] == 5
        assert float(data["score"].sel(policy="plan")) == plan.score and data["score"].units == "USD"
        assert np.array_equal(data["bill"].sel(policy="fcfs"), plan.bill["fcfs"].iloc[:-1]) and list(data["line_unit"].values[:2]) == ["node h", "MWh"]
        assert np.allclose((data["bill"] * data["weight"]).sum("line"), data["mean"], rtol=1e-12)
        assert len(data["job_start"]) == len(plan.jobs) and int(data["expected_nodes"].sum()) == plan.expected["nodes"].sum() > 0
    assert plots_plan.gantt(plan, tmp_path / "plan.png").stat().st_size > 20_000


def test_a_run_with_a_planner_records_its_decisions_and_resumes_bit_for_bit(network, tmp_path):
    settings = dict(every_min=15, plans=64, population=32, scenarios=2, horizon_hours=3)

    def twin():
        return cs.Twin(network, hours=1, start=START, seed=5, ahead_hours=3)

    whole = twin()
    data = whole.run(out=tmp_path / "whole", progress=False, segment_hours=0.25, plan=settings)
    made = data["plan_decisions"].values
    assert made.sum() >= 4 and made[0] == 1 and made[90] == 1
    assert (data["plan_wall_time"].values[made > 0] > 0).all() and (data["plan_wall_time"].values[made == 0] == 0).all()
    assert (data["plan_surprises"].values <= made).all()
    assert decided(data).startswith(f"{made.sum():.0f} decisions, {data['plan_surprises'].values.sum():.0f} of them after a surprise; ")
    twin().run(hours=0.5, out=tmp_path / "part", progress=False, segment_hours=0.25, plan=settings)
    again = twin()
    again.run(out=tmp_path / "part", progress=False, segment_hours=0.25, resume=True, plan=settings)
    assert again.hash() == whole.hash()
    with pytest.raises(cs.InputError, match="written with plan = .*accepted: the same settings of the planner"):
        twin().run(out=tmp_path / "part", progress=False, resume=True, plan=settings | {"policy": "fcfs"})


def test_the_command_prints_the_bill_beside_the_rules(cli, lumped, tmp_path):
    said = cli("plan", lumped, "--backlog", "0.5", "--horizon", "4", "--plans", "128", "--scenarios", "2", "--seed", "3", "--out", tmp_path / "p")
    assert said.status == 0 and not said.errors, said.err
    for word in ("carbon", "fcfs", "easy", "greedy-", "wait-", "awhile", "in force from", "score", "CVaR", "- fcfs"):
        assert word in said.out
    assert (tmp_path / "p" / "plan.png").is_file() and (tmp_path / "p" / "plan.nc").is_file()
    said = cli("plan", lumped, "--backlog", "0.5", "--horizon", "4", "--plans", "128", "--scenarios", "2", "--seed", "3", "--json", "--out", tmp_path / "p")
    answer = json.loads(said.out)
    assert said.status == 0 and answer["priced"] >= 128 and answer["bill"]["plan"]["score"] <= answer["bill"]["fcfs"]["score"]


def test_an_unknown_setting_is_named(twin):
    with pytest.raises(cs.InputError, match="bogus: unknown setting of a plan; accepted: horizon_hours"):
        twin.plan(1, bogus=3)


def test_the_run_command_plans_at_intervals(cli, lumped, tmp_path):
    said = cli("run", lumped, "--hours", "0.25", "--start", START, "--plan", "--every", "5min", "--plans", "32", "--scenarios", "2", "--json", "--out",
               tmp_path / "r")
    assert said.status == 0, said.err
    with cs.open_record(tmp_path / "r") as data:
        assert np.flatnonzero(data["plan_decisions"].values)[[0, -1]].tolist() == [0, 60]
        assert "every_min" in data.attrs["plan"]
    said = cli("run", lumped, "--hours", "0.1", "--every", "5min", "--out", tmp_path / "s")
    assert said.status == 2 and "--every 5min: no effect without planning" in said.errors[0]
    for every in ("soon", "0min"):
        said = cli("run", lumped, "--hours", "0.1", "--plan", "--every", every, "--out", tmp_path / "s")
        assert said.status == 2 and f"every = '{every}'" in said.errors[0]


@pytest.mark.parametrize(("words", "says"), [
    (("--horizon", "0.05"), "horizon_hours"), (("--plans", "3"), "plans = 3"), (("--scenarios", "99"), "scenarios = 99"),
    (("--horizon", "-1"), "horizon = -1"), (("--out", "/dev/null"), "/dev/null"),
    (("--policy", "luck"), "policy = 'luck'"),
    (("--weight", "carbon"), "--weight carbon"), (("--weight", "sun=1"), "unknown line 'sun'"),
    (("--backlog", "-1"), "backlog = -1"), (("--at", "soon"), "start = 'soon'"),
])
def test_an_invalid_setting_gives_one_sentence(cli, lumped, tmp_path, words, says):
    said = cli("plan", lumped, "--backlog", "0.1", "--plans", "32", "--out", tmp_path, *words)
    assert said.status == 2 and len(said.errors) == 1 and says in said.errors[0] and "accepted" in said.errors[0], said.err
