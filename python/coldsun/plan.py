"""Plans: where and when each job runs under which cap, what that is expected to cost, and what the usual rules would have cost."""

from __future__ import annotations

import inspect
import math
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from . import _engine
from .errors import InputError, engine_errors
from .site import table_html

DEFAULT = _engine.plan_defaults()
POLICIES = ("search", "fcfs", "easy", "greedy-green", "wait-awhile")
# A unit that people read, and what one of it is in the engine's unit.
_READ = {"J": ("MWh", 3.6e9)} | {f"{of}s": (f"{of}h", 3600.0) for of in ("", "K ", "node ")}


@contextmanager
def plan_errors():
    """The planner's refusals as InputError."""
    try:
        with engine_errors():
            yield
    except InputError:
        raise
    except ValueError as error:
        raise InputError(str(error)) from None


def options(horizon_hours: float = DEFAULT["horizon"] / 3600.0, plans: int = DEFAULT["plans"], scenarios: int = DEFAULT["scenarios"], *,
            policy: str = DEFAULT["policy"], slot_min: float = DEFAULT["slot"] / 60.0, population: int = DEFAULT["population"],
            decision_s: float = DEFAULT["decision_time"], spread: float = DEFAULT["spread"], known_work: bool = DEFAULT["known_work"],
            rows: int = DEFAULT["rows"], weights: dict[str, float] | None = None, seconds: float = math.inf) -> dict:
    """The planner's settings, checked.

    Parameters
    ----------
    horizon_hours : float
        How far ahead a plan reaches; a whole number of slots.
    plans, scenarios, population : int
        Plans priced, forecasts that each is priced under, plans of one generation.
    policy : {"search", "fcfs", "easy", "greedy-green", "wait-awhile"}
        The search, or a rule that people use.
    slot_min : float
        Slot of the planner's time [min].
    decision_s : float
        Simulated time that a decision takes [s]; it is in force after this and the control's delay.
    spread : float
        Errors of the forecast's scenarios relative to those of the site's own sky; 0: persistence alone.
    known_work : bool
        Durations of the jobs are known; by default they follow from the requests.
    rows : int
        Rows of a decision above which jobs that run are summed up; jobs that wait have a row each.
    weights : dict, optional
        Price of a line of the bill per its unit there [USD], in place of the default: ``{"carbon": 0.2}``; what `Plan.weight` holds gives the same plan.
    seconds : float
        The best so far after this time; then the plan depends on the machine.
    """
    numbers = dict(horizon_hours=horizon_hours, plans=plans, scenarios=scenarios, slot_min=slot_min, population=population, decision_s=decision_s,
                   spread=spread, rows=rows, seconds=seconds)
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or math.isnan(value):
            raise InputError(f"{name} = {value!r}; accepted: a number")
    slots = horizon_hours * 60.0 / slot_min if slot_min > 0 else 0.0
    if not (1.0 <= slot_min <= 60.0 and abs(slots - round(slots)) < 1e-9 and 2 <= slots <= 2016):
        raise InputError(f"horizon_hours = {horizon_hours:g}; accepted: 2 to 2016 slots of slot_min = {slot_min:g} (1 to 60)")
    whole = (("plans", plans, 16, 10_000_000), ("scenarios", scenarios, 1, 64), ("population", population, 16, 65536), ("rows", rows, 8, 256))
    for name, value, low, high in whole:
        if int(value) != value or not low <= value <= high:
            raise InputError(f"{name} = {value}; accepted: a whole number from {low} to {high}")
    if policy not in POLICIES:
        raise InputError(f"policy = {policy!r}; accepted: {', '.join(POLICIES)}")
    if not (0.0 <= spread <= 2.0 and 0.0 <= decision_s <= 3600.0):
        raise InputError(f"spread = {spread:g}, decision_s = {decision_s:g}; accepted: 0 to 2, 0 to 3600")
    if not seconds > 0.0:
        raise InputError(f"seconds = {seconds:g}; accepted: more than 0")
    return dict(seconds=float(seconds), horizon=horizon_hours * 3600.0, slot=slot_min * 60.0, plans=int(plans), scenarios=int(scenarios),
                population=min(int(population), int(plans)), policy=policy, decision_time=float(decision_s), spread=float(spread),
                known_work=bool(known_work), rows=int(rows), weights={} if weights is None else _weights(weights))


def _weights(given) -> dict[str, float]:
    """Prices per unit of the bill as prices per the engine's units."""
    lines = _engine.plan_lines()
    if not isinstance(given, (dict, pd.Series)):
        raise InputError(f"weights = {given!r}; accepted: a dict of line and price, lines: {', '.join(lines)}")
    out = {}
    for key, price in given.items():
        name = key[0] if isinstance(key, tuple) else key
        if name not in lines:
            raise InputError(f"weights: no line {name!r}; accepted: {', '.join(lines)}")
        if isinstance(price, bool) or not isinstance(price, (int, float, np.number)) or not 0.0 <= price < math.inf:
            raise InputError(f"weights: {name} = {price!r}; accepted: 0 or more USD")
        out[name] = float(price) / _READ.get(lines[name], ("", 1.0))[1]
    return out


def _time(ns) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(np.asarray(ns, dtype="datetime64[ns]")).tz_localize("UTC")


class Plan:
    """A decision of a planner for one member of a twin.

    Attributes
    ----------
    jobs : pandas.DataFrame
        One row per job: home, site, start, end (booked; of who runs, as its request lets expect), cap, nodes, priority, submit, deadline, running, placed,
        put_off (held until then; the others begin whenever there is room).
    expected : pandas.DataFrame
        Nodes that jobs not yet come are expected to be on: site, start, end, nodes.
    bill : pandas.DataFrame
        Lines of the bill (means over the scenarios) and the score, for the plan and for the usual rules priced by the same evaluator.
    weight : pandas.Series
        USD that one unit of each line counts for; weights times lines give the mean of the money.
    money : pandas.DataFrame
        Mean over the scenarios, CVaR and score of each column of the bill [USD].
    alternatives : list of pandas.Series
        The next best plans' bills, each a different way to do it.
    outlook : xarray.Dataset
        What the planner knew: forecast irradiance (scenario, site, time), contacts, gaps, air, carbon, price.
    made, effect : pandas.Timestamp
        When it was decided, when a site hears of it at the earliest.
    """

    def __init__(self, core: _engine.Plan, network, seed: int):
        self._core, self.network = core, network
        self.sites = [s["name"] for s in network.sites]
        self.seed = seed
        self.made, self.effect = (pd.Timestamp(t, unit="ns", tz="UTC") for t in (core.made_ns, core.effect_ns))
        self.decision = core.decision()
        self.jobs = self._table(core.rows())
        told = core.expected()
        self.expected = pd.DataFrame({"site": np.array(self.sites, dtype=object)[told["site"]], "start": _time(told["start"]), "end": _time(told["end"]),
                                      "nodes": told["n_node"]})
        self.bill = self._bill()
        self.weight = pd.Series(self.decision["weight"] * np.array([one for _, one in self._units()]), index=self.bill.index[:-1], name="USD per unit")
        mean, score = self.bill.iloc[:-1].mul(self.weight, axis=0).sum(), self.bill.iloc[-1]
        self.money = pd.DataFrame({"mean": mean, "CVaR": mean + (score - mean) / self.decision["risk"], "score": score}).T
        self.alternatives = [pd.Series({**self._lines(a["cost"]), ("score", ""): a["score"]}) for a in core.alternatives()]
        self.outlook = self._outlook(core.outlook())

    @property
    def score(self) -> float:
        """What was searched for: weighted lines, mean and tail over the scenarios; less is better."""
        return self.decision["score"]

    @property
    def wall_time(self) -> float:
        """Measured time of the decision [s]."""
        return self._core.wall_time

    def _table(self, rows: dict) -> pd.DataFrame:
        names = np.array(self.sites, dtype=object)
        table = pd.DataFrame({"home": names[rows["home"]], "site": names[rows["site"]], "start": _time(rows["start"]), "end": _time(rows["end"]),
                              "cap": rows["cap"], "nodes": rows["n_node"], "gpus": rows["n_gpu"], "priority": rows["priority"], "submit": _time(rows["submit"]),
                              "deadline": _time(rows["deadline"]), "running": rows["running"].astype(bool), "placed": rows["placed"].astype(bool),
                              "put_off": rows["hold"] > self._core.made_ns},
                             index=pd.Index(rows["job"], name="job"))
        return table.sort_values(["running", "start"], kind="stable")

    def _units(self) -> list[tuple[str, float]]:
        """Per line the unit that people read and how many of the engine's make one."""
        return [_READ.get(unit, (unit, 1.0)) for unit in self.decision["unit"]]

    def _lines(self, cost) -> dict:
        return {(name, unit): value / one for name, (unit, one), value in zip(self.decision["line"], self._units(), cost)}

    def _bill(self) -> pd.DataFrame:
        columns = {"plan": {**self._lines(self.decision["cost"]), ("score", ""): self.score}}
        for name, cost, score in zip(self.decision["rule"], self.decision["rule_cost"], self.decision["rule_score"]):
            if self.decision["n_priced"] > 1:
                columns[name.lower()] = {**self._lines(cost), ("score", ""): score}
        bill = pd.DataFrame(columns)
        bill.index = pd.MultiIndex.from_tuples(bill.index, names=["line", "unit"])
        return bill

    def _outlook(self, o: dict) -> xr.Dataset:
        dims = ("site", "time")
        time, scenario = np.asarray(o["time"], dtype="datetime64[ns]"), np.arange(len(o["clearsky_index"]))
        data = xr.Dataset(coords={"site": self.sites, "time": time, "scenario": scenario})
        many = ("scenario", *dims)
        data["ghi"] = (many, o["clearsky_index"] * o["ghi_clear"], {"units": "W m-2", "long_name": "forecast global horizontal irradiance"})
        data["ghi_clear"] = (dims, o["ghi_clear"], {"units": "W m-2", "long_name": "global horizontal irradiance of the clear sky"})
        data["p_pv_available"] = (many, o["pv_available"], {"units": "W", "long_name": "forecast maximum power of all strings"})
        for name, key, units, text in (("temp_air", "temp_air", "K", "expected outside temperature"), ("contact", "contact", "1", "share with a satellite"),
                                       ("antennas", "antennas", "1", "antennas with a path for data"), ("gap", "gap", "1", "expected share without a link"),
                                       ("carbon_intensity", "carbon", "kg J-1", "of imported energy"), ("price", "price", "USD J-1", "of imported energy")):
            data[name] = (dims, o[key], {"units": units, "long_name": text})
        return data

    def to_netcdf(self, path: str | Path) -> Path:
        """Keep outlook, jobs, what is expected, bill and scenarios' costs in one netCDF file."""
        data = self.outlook.copy()
        for rows, table in (("job", self.jobs.reset_index()), ("expected", self.expected)):
            for name, column in table.items():
                values = column.dt.tz_localize(None) if isinstance(column.dtype, pd.DatetimeTZDtype) else column
                data[f"{rows}_{name}"] = (rows, values.to_numpy() if column.dtype != object else values.astype(str).to_numpy())
        unit, one = zip(*self._units())
        data = data.assign_coords(line=self.decision["line"], policy=list(self.bill.columns), line_unit=("line", list(unit)))
        said = "each line in its line_unit"
        data["bill"] = (("policy", "line"), self.bill.iloc[:-1].to_numpy().T, {"long_name": f"expected cost, {said}"})
        data["cost"] = (("scenario", "line"), np.array(self.decision["cost_by_scenario"]) / one, {"long_name": f"cost of the plan by scenario, {said}"})
        data["weight"] = ("line", self.weight.to_numpy(), {"long_name": "USD that one unit of the line counts for"})
        worst = f"mean of the worst {1.0 - self.decision['alpha']:g} of the scenarios"
        for name, text in (("mean", "weights times lines, mean over the scenarios"), ("CVaR", worst), ("score", "what is searched for")):
            data[name.lower()] = ("policy", self.money.loc[name].to_numpy(), {"units": "USD", "long_name": text})
        data["best_by_generation"] = ("generation", self.decision["best_by_generation"], {"units": "USD", "long_name": "best score so far"})
        data.attrs.update(title=f"plan of {self.network.name}, made {self.made:%Y-%m-%d %H:%M:%S} UTC", seed=str(self.seed), wall_time_s=self.wall_time,
                          n_priced=self.decision["n_priced"], effect=f"{self.effect:%Y-%m-%dT%H:%M:%S.%f}Z")
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        data.to_netcdf(path, engine="h5netcdf")
        return path

    def summary(self) -> str:
        """One line: how many jobs go where."""
        wait = self.jobs[~self.jobs["running"]]
        moved = int((wait["site"] != wait["home"]).sum())
        later = int((wait["start"] > self.made + pd.Timedelta(minutes=10)).sum())
        return (f"{len(wait)} jobs wait, {int(self.jobs['running'].sum())} run; {moved} go to another site, {later} start later, "
                f"{int((self.jobs['cap'] < 1.0).sum())} under a cap, {int((~wait['placed']).sum())} not within the horizon")

    def __repr__(self) -> str:
        return f"<Plan of {self.network.name}, made {self.made:%Y-%m-%d %H:%M} UTC: {self.summary()}; score {self.score:.4g}>"

    def _repr_html_(self) -> str:
        """The bill beside the rules, and what moves."""
        heads, rows = self.statement()
        return table_html(f"Plan made {self.made:%Y-%m-%d %H:%M} UTC: {self.summary()}", ["line", "unit", *heads], rows)

    def statement(self) -> tuple[list[str], list[list[str]]]:
        """The bill as people read it: FCFS in full, the others as what they differ by; below the lines what they come to. (heads, rows)"""
        alone = "fcfs" not in self.bill
        base = "plan" if alone else "fcfs"
        others = [name for name in self.bill.columns if name != base]

        def row(name: str, unit: str, weight: str, values) -> list[str]:
            whole = values[base]
            return [name, unit, weight, number(whole), *(number(values[n] - whole, whole) for n in others)]

        rows = [row(*key, number(self.weight[key]), self.bill.loc[key]) for key in self.weight.index]
        rows += [row(name, "USD", "", self.money.loc[name]) for name in self.money.index]
        return ["USD per unit", base, *(f"{name} - {base}" for name in others)], rows


def decided(record: xr.Dataset) -> str:
    """What the record of a run that planned says of its decisions, in a sentence."""
    made, wall = record["plan_decisions"].values, record["plan_wall_time"].values
    each = wall[made > 0] / made[made > 0]
    return (f"{made.sum():.0f} decisions, {record['plan_surprises'].values.sum():.0f} of them on a surprise; "
            f"{each.mean():.2f} s each in the mean, {each.max():.2f} s at most")


def number(value: float, beside: float | None = None) -> str:
    """A figure of the bill; signed where it is a difference, and 0 where that is rounding of what stands beside it."""
    if abs(value) < max(5e-5, 1e-9 * abs(beside or 0.0)):
        return "0"
    sign = "" if beside is None else "+"
    if abs(value) >= 1e3:
        return f"{value:{sign},.0f}"
    return f"{value:.4g}" if beside is None else f"{value:+.2g}" if abs(value) < 1.0 else f"{value:+.3g}"


def _checked(settings: dict) -> dict:
    unknown = settings.keys() - inspect.signature(options).parameters.keys()
    if unknown:
        raise InputError(f"{min(unknown)}: no such setting of a plan; accepted: {', '.join(inspect.signature(options).parameters)}")
    return options(**settings)


def make_plan(twin, member: int = 0, **settings) -> Plan:
    """A plan for a twin as it stands; see `options` for the settings."""
    if isinstance(member, bool) or member != int(member):
        raise InputError(f"member = {member!r}; accepted: a whole number")
    with plan_errors():
        core = _engine.plan(twin._engine, twin.network, int(member), _checked(settings))
    return Plan(core, twin.network, twin._settings["seed"])


def planner(twin, every_min: float = 5.0, surprise_share: float = 0.1, **settings):
    """The hook by which a run plans as it goes: every so many minutes, and on a surprise."""
    steps = every_min * 60.0 / twin.dt
    if not every_min > 0 or abs(steps - round(steps)) > 1e-9:
        raise InputError(f"every_min = {every_min:g}; accepted: a whole number of steps of {twin.dt:g} s")
    with plan_errors():
        return _engine.planner(twin._engine, twin.network, every_min * 60.0, float(surprise_share), _checked(settings))
