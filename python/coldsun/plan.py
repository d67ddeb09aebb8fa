"""Plans: place, start and power cap of each job, the expected bill, and the bills of common scheduling rules."""

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
# unit of the engine -> unit of the bill, and its size in the engine's unit
_READ = {"J": ("MWh", 3.6e9)} | {f"{of}s": (f"{of}h", 3600.0) for of in ("", "K ", "node ")}


@contextmanager
def plan_errors():
    """Context that turns errors of the planner into InputError."""
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
    """Checked settings of the planner, in SI; InputError for a value outside its range, an unknown policy or an unknown line.

    Parameters
    ----------
    horizon_hours : float
        Planning horizon [h]; a whole number of plan slots.
    plans, scenarios, population : int
        Number of plans priced, of forecast scenarios per plan, of plans per generation.
    policy : {"search", "fcfs", "easy", "greedy-green", "wait-awhile"}
        The search, or a rule: first come first served; EASY backfill (Lifka 1995, doi 10.1007/3-540-60153-8_35); waiting for PV power or for low
        carbon intensity (Wiesner et al. 2021, doi 10.1145/3464298.3493399).
    slot_min, decision_s : float
        Length of a plan slot [min]; simulated duration of a decision [s]. The plan is in force after this and the control delay.
    spread : float
        Spread of the forecast scenarios over that of the site's own clouds [1]; 0: persistence alone.
    known_work : bool
        True: job durations are known; False: they are expected from the requests.
    rows : int
        Number of rows above which running jobs are merged; each waiting job has its own row.
    weights : dict, optional
        Prices of lines of the bill [USD per unit of the bill] in place of the defaults, such as ``{"carbon": 0.2}`` or a `Plan.weight`.
    seconds : float
        Limit of the search [s], after which the best plan so far is taken; the plan then depends on the machine.

    >>> options(2.0, plans=64)["horizon"]      # s
    7200.0
    """
    numbers = dict(horizon_hours=horizon_hours, plans=plans, scenarios=scenarios, slot_min=slot_min, population=population, decision_s=decision_s,
                   spread=spread, rows=rows, seconds=seconds)
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or math.isnan(value):
            raise InputError(f"{name} = {value!r}; accepted: a number")
    slots = horizon_hours * 60.0 / slot_min if slot_min > 0 else 0.0
    if not (1.0 <= slot_min <= 60.0 and abs(slots - round(slots)) < 1e-9 and 2 <= slots <= 2016):
        raise InputError(f"horizon_hours = {horizon_hours:g}; accepted: 2 to 2016 plan slots of slot_min = {slot_min:g} min (1 to 60)")
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
    """Prices per unit of the bill -> prices per unit of the engine."""
    lines = _engine.plan_lines()
    if not isinstance(given, (dict, pd.Series)):
        raise InputError(f"weights = {given!r}; accepted: a dict of line and price [USD per unit]; lines: {', '.join(lines)}")
    out = {}
    for key, price in given.items():
        name = key[0] if isinstance(key, tuple) else key
        if name not in lines:
            raise InputError(f"weights: unknown line {name!r}; accepted: {', '.join(lines)}")
        if isinstance(price, bool) or not isinstance(price, (int, float, np.number)) or not 0.0 <= price < math.inf:
            raise InputError(f"weights: {name} = {price!r}; accepted: 0 or more USD")
        out[name] = float(price) / _READ.get(lines[name], ("", 1.0))[1]
    return out


def _time(ns) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(np.asarray(ns, dtype="datetime64[ns]")).tz_localize("UTC")


class Plan:
    """A plan: the scheduler's decision per job, for one member of a twin. Made by `Twin.plan`, see its example.

    Attributes
    ----------
    jobs : pandas.DataFrame
        One row per job: home (site of submission), site, start, end (booked), plan cap [1], nodes, gpus, priority, submit, deadline, running, placed,
        put_off (True: held until its start; False: starts as soon as enough nodes are free).
    expected : pandas.DataFrame
        Nodes kept for jobs not yet submitted: site, start, end, nodes.
    bill : pandas.DataFrame
        Lines of the bill (means over the scenarios) and the score; columns: the plan and the rules, all priced by the same evaluator.
    weight : pandas.Series
        Price of each line [USD per unit]; prices times lines give the mean of `money`.
    money : pandas.DataFrame
        Mean over the scenarios, CVaR and score of each column of the bill [USD].
    alternatives : list of pandas.Series
        Bills of the next best plans.
    outlook : xarray.Dataset
        Forecast of the planner: irradiance (scenario, site, time), contact windows, outages, air temperature, carbon intensity, price.
    made, effect : pandas.Timestamp
        Time of the decision; earliest time at which a site receives it.
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
        """Objective of the search [USD]: priced lines, mean and CVaR over the scenarios; lower is better."""
        return self.decision["score"]

    @property
    def wall_time(self) -> float:
        """Measured duration of the decision [s]."""
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
        """Unit of the bill and its size in the engine's unit, per line."""
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
        data["ghi_clear"] = (dims, o["ghi_clear"], {"units": "W m-2", "long_name": "clear-sky global horizontal irradiance"})
        data["p_pv_available"] = (many, o["pv_available"], {"units": "W", "long_name": "forecast maximum power of all strings"})
        for name, key, units, text in (("temp_air", "temp_air", "K", "forecast air temperature"),
                                       ("contact", "contact", "1", "share of the interval in a contact window"),
                                       ("antennas", "antennas", "1", "antennas with a data path"), ("gap", "gap", "1", "expected share of outages"),
                                       ("carbon_intensity", "carbon", "kg J-1", "carbon intensity of imported energy"),
                                       ("price", "price", "USD J-1", "price of imported energy")):
            data[name] = (dims, o[key], {"units": units, "long_name": text})
        return data

    def to_netcdf(self, path: str | Path) -> Path:
        """Write outlook, jobs, expected jobs, bill and costs by scenario to one netCDF file; return its path."""
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
        data["weight"] = ("line", self.weight.to_numpy(), {"long_name": "price of the line in USD per line_unit"})
        worst = f"mean of the worst {1.0 - self.decision['alpha']:g} of the scenarios"
        for name, text in (("mean", "priced lines, mean over the scenarios"), ("CVaR", worst), ("score", "objective of the search")):
            data[name.lower()] = ("policy", self.money.loc[name].to_numpy(), {"units": "USD", "long_name": text})
        data["best_by_generation"] = ("generation", self.decision["best_by_generation"], {"units": "USD", "long_name": "best score so far"})
        data.attrs.update(title=f"plan of {self.network.name}, made {self.made:%Y-%m-%d %H:%M:%S} UTC", seed=str(self.seed), wall_time_s=self.wall_time,
                          n_priced=self.decision["n_priced"], effect=f"{self.effect:%Y-%m-%dT%H:%M:%S.%f}Z")
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        data.to_netcdf(path, engine="h5netcdf")
        return path

    def summary(self) -> str:
        """Counts of the jobs by decision, in one sentence."""
        wait = self.jobs[~self.jobs["running"]]
        moved = int((wait["site"] != wait["home"]).sum())
        later = int((wait["start"] > self.made + pd.Timedelta(minutes=10)).sum())
        return (f"{len(wait)} jobs wait, {int(self.jobs['running'].sum())} run; {moved} move to another site, {later} start more than 10 min later, "
                f"{int((self.jobs['cap'] < 1.0).sum())} have a power cap, {int((~wait['placed']).sum())} start beyond the horizon")

    def __repr__(self) -> str:
        return f"<Plan of {self.network.name}, made {self.made:%Y-%m-%d %H:%M} UTC: {self.summary()}; score {self.score:.4g}>"

    def _repr_html_(self) -> str:
        """Bill of the plan and of the rules, for notebooks."""
        heads, rows = self.statement()
        return table_html(f"Plan made {self.made:%Y-%m-%d %H:%M} UTC: {self.summary()}", ["line", "unit", *heads], rows)

    def statement(self) -> tuple[list[str], list[list[str]]]:
        """Heads and rows of the bill as text: FCFS in full, other columns as differences from it; last rows: mean, CVaR and score [USD]."""
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
    """Sentence on the decisions of a run with a planner, from its record."""
    made, wall = record["plan_decisions"].values, record["plan_wall_time"].values
    each = wall[made > 0] / made[made > 0]
    return (f"{made.sum():.0f} decisions, {record['plan_surprises'].values.sum():.0f} of them after a surprise; "
            f"{each.mean():.2f} s on average, {each.max():.2f} s at most")


def number(value: float, beside: float | None = None) -> str:
    """A value of the bill as text; with `beside` a signed difference, and 0 where it is rounding error of `beside`."""
    if abs(value) < max(5e-5, 1e-9 * abs(beside or 0.0)):
        return "0"
    sign = "" if beside is None else "+"
    if abs(value) >= 1e3:
        return f"{value:{sign},.0f}"
    return f"{value:.4g}" if beside is None else f"{value:+.2g}" if abs(value) < 1.0 else f"{value:+.3g}"


def _checked(settings: dict) -> dict:
    unknown = settings.keys() - inspect.signature(options).parameters.keys()
    if unknown:
        raise InputError(f"{min(unknown)}: unknown setting of a plan; accepted: {', '.join(inspect.signature(options).parameters)}")
    return options(**settings)


def make_plan(twin, member: int = 0, **settings) -> Plan:
    """Plan of one member of a twin at its present time; settings of `options`. InputError for an invalid member or setting. See `Twin.plan`."""
    if isinstance(member, bool) or member != int(member):
        raise InputError(f"member = {member!r}; accepted: a whole number")
    with plan_errors():
        core = _engine.plan(twin._engine, twin.network, int(member), _checked(settings))
    return Plan(core, twin.network, twin._settings["seed"])


def planner(twin, every_min: float = 5.0, surprise_share: float = 0.1, **settings):
    """Planner for `Twin.run`: plans every `every_min` [min], and at once after a surprise; InputError where the interval is no whole number of steps.

    A surprise: irradiance outside 99.74 % of the forecast, or jobs that arrive or end early on more than `surprise_share` of a site's nodes [1].
    """
    steps = every_min * 60.0 / twin.dt
    if not every_min > 0 or abs(steps - round(steps)) > 1e-9:
        raise InputError(f"every_min = {every_min:g}; accepted: a whole number of steps of {twin.dt:g} s")
    with plan_errors():
        return _engine.planner(twin._engine, twin.network, every_min * 60.0, float(surprise_share), _checked(settings))
