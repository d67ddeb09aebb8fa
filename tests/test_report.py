"""Table and plot of a day: plausible values for a whole day, ranges that can fail, legends without absent flows."""

from __future__ import annotations

import numpy as np
import pytest

import coldsun as cs
from coldsun.cli import _show


@pytest.fixture(scope="module")
def day(network):
    """A whole day; a step of two minutes keeps it short, and every outage and job still makes its cut."""
    return cs.Twin(network, hours=24, dt=120.0).run(segment_hours=6.0, progress=False)


def test_every_value_of_a_day_is_plausible(day, network):
    rows = {row.name: row for row in cs.day_table(day, network.sites)}
    for row in rows.values():
        assert row.plausible, row
        assert row.source and row.low < row.high and np.isfinite(row.value)
    for name in ("PV: available", "PV: used", "PV: curtailed", "battery: charged", "battery: net stored", "grid: imported", "IT: served", "IT: shed",
                 "PUE at the bus", "PUE at the sources", "carbon-free share", "hottest junction", "contact time", "handovers",
                 "outages", "outage time", "jobs done", "jobs late"):
        assert name in rows
    assert rows["hottest junction"].remark.startswith("atacama/")
    assert rows["PV: available"].value > 5.0 and rows["jobs done"].value > 50
    assert rows["PV: used"].value + rows["PV: curtailed"].value <= rows["PV: available"].value * (1 + 1e-9)


def test_available_pv_energy_is_used_curtailed_or_lost_to_tracking(day, network):
    rows = {row.name: row.value for row in cs.day_table(day, network.sites)}
    assert rows["PV: used"] + rows["PV: curtailed"] + rows["PV: tracking loss"] == pytest.approx(rows["PV: available"], rel=1e-9)
    assert 0.0 < rows["PV: tracking loss"] < 0.01 * rows["PV: available"]


def test_the_table_has_fuel_hours_starts_carbon_and_cost_of_a_generator(day, network):
    """400 kW for a day, 0.27 L/kWh."""
    end = {"genset_fuel": 2.592, "genset_run_time": 86_400.0, "genset_starts": 3}
    ran = day.assign(p_genset=0.0 * day["p_genset"] + 4e5, **{name: 0 * day[name] + value for name, value in end.items()})
    sites = [site | {"p_genset": 1e6, "genset_carbon": 0.75 / 3.6e6, "genset_price": 300.0 / 3.6e9} for site in network.sites]
    table = cs.day_table(ran, sites)
    rows = {row.name: (row.text(row.value), row.unit) for row in table if row.name.startswith("genset")}
    assert rows == {"genset: energy": ("9.60", "MWh"), "genset: fuel": ("2,592", "L"), "genset: run time": ("24.0", "h"), "genset: starts": ("3", ""),
                    "genset: carbon": ("7,200", "kg"), "genset: cost": ("2,880", "USD")}
    assert all(row.plausible for row in table if row.name.startswith("genset"))
    assert not any(row.name.startswith("genset") for row in cs.day_table(day, network.sites))


def test_an_implausible_value_is_marked(day, network, capsys):
    hot = day.copy()
    hot["t_junction"] = day["t_junction"] + 60.0
    (row,) = (r for r in cs.day_table(hot, network.sites) if r.name == "hottest junction")
    assert not row.plausible
    _show([row], 24.0)
    assert "OUTSIDE" in capsys.readouterr().out


@pytest.mark.parametrize("columns", [80, 140])
def test_the_table_fits_the_terminal(day, network, capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    rows = cs.day_table(day, network.sites)
    _show(rows, 24.0)
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= columns
    assert "…" not in text
    for row in rows:
        assert row.name in text and row.text(row.value) in text
    if columns == 140:
        assert all(row.source in text for row in rows)


def test_the_table_averages_over_members(network):
    record = cs.Twin(network, hours=0.2, members=3).run(progress=False)
    each = [cs.day_table(record.isel(member=[m]), network.sites) for m in range(3)]
    both = cs.day_table(record, network.sites)
    for name in ("IT: served", "outages", "jobs done"):
        at = [r.name for r in both].index(name)
        assert both[at].value == pytest.approx(np.mean([rows[at].value for rows in each]))


def test_the_plot_of_a_day_is_written_or_refused_in_one_sentence(day, tmp_path):
    path = cs.plots.day(day, tmp_path / "new folder" / "day.png")
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" and path.stat().st_size > 50_000
    with pytest.raises(cs.InputError, match="accepted: atacama"):
        cs.plots.day(day, tmp_path / "x.png", site="nowhere")
    with pytest.raises(cs.InputError, match="cannot be written"):
        cs.plots.day(day, path / "below.png")


def test_the_legend_has_only_flows_that_occur(day):
    from matplotlib.figure import Figure

    def labels(record):
        axis = Figure().subplots()
        cs.plots._power(axis, cs.plots._Series(record, "atacama"))
        return {text.get_text() for text in axis.get_legend().get_texts()}

    quiet = day.copy()
    for name in ("p_shed", "p_genset"):
        quiet[name] = day[name] * 0.0
    assert not labels(quiet) & {"genset", "IT, shed"}
    loud = day.copy()
    for name in ("p_shed", "p_genset"):
        loud[name] = day[name] * 0.0 + 5e4
    assert labels(loud) >= {"genset", "IT, shed", "PV, used", "IT"}


def test_a_run_of_one_step_has_a_plot_and_a_table(network, tmp_path):
    record = cs.Twin(network, hours=10 / 3600).run(progress=False)   # one step
    assert record.sizes["time"] == 1
    assert cs.plots.day(record, tmp_path / "a.png").is_file()
    assert all(row.range_text for row in cs.day_table(record, network.sites))


def test_two_sites_give_two_plots_and_one_table(cli, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    answer = cli("run", "pilots", "--hours", "0.05", "--out", tmp_path / "r")
    assert answer.status == 0, answer.err
    assert {p.name for p in (tmp_path / "r").iterdir()} == {"segment_0000.nc", "day_atacama.png", "day_masdar.png"}
    assert answer.out.count("plot:    ") == 2 and answer.out.count("IT: served") == 1
    assert "100 % of 18 steps" in answer.err   # no terminal: lines instead of a bar


def test_the_initial_charge_of_an_island_site_counts_as_pv_energy(network):
    record = cs.Twin(network, hours=0.2).run(progress=False)   # at night, the battery discharges
    share = {row.name: row.value for row in cs.day_table(record, network.sites)}["carbon-free share"]
    off = record.assign(p_grid=0.0 * record.p_grid, p_import=0.0 * record.p_import)
    island = [site | {"carbon_intensity": [0.0] * 24} for site in network.sites]
    assert share < 100.0
    assert {row.name: row.value for row in cs.day_table(off, island)}["carbon-free share"] == 100.0
