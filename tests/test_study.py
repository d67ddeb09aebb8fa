"""Studies: zero drift without paths; the same bits for any batches, workers and executors, after a kill or resume; tables and plots."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import coldsun as cs
from coldsun import intervals, plots_study, studies, study_batch, study_tables

START = "2026-06-14T15:00Z"


def drift(network, members=6, hours=0.25, **more):
    given = dict(hours=hours, n_field=0, seed=3, start=START, dt=30.0, paths=("all", "none"), trace_every=2) | more
    return cs.studies.handover_drift(network, members, **given)


def same(a: xr.Dataset, b: xr.Dataset) -> None:
    assert set(a.data_vars) == set(b.data_vars)
    for name in a.variables:
        assert a[name].dtype == b[name].dtype and a[name].values.tobytes() == b[name].values.tobytes(), name


@pytest.fixture(scope="module")
def whole(network):
    """Six members in one batch, in this process."""
    return drift(network).run(workers=1, batch=6, progress=False)


def test_without_paths_the_drift_is_exactly_zero(network, whole):
    """Bit for bit where "none" is the only path. Beside other paths both twins have the cuts of all (a stalled job ends later): equal to rounding
    and step control of the plates."""
    none = whole.sel(path="none")
    assert (none["n_event"].sel(group="hall") > 0).sum() >= 4
    for name in ("max_rise", "max_dip", "sum_peak", "sum_time", "sum_return", "n_above"):
        assert np.all(none[name].values == 0), name
    alone = drift(network, paths=("none",)).run(workers=1, batch=6, progress=False)
    for name in ("highest", "weighted", "above", "energy_it", "work_done", "n_late"):
        assert np.array_equal(alone[name].sel(twin="none").values, alone[name].sel(twin="without").values), name
        np.testing.assert_allclose(whole[name].sel(twin="none").values, whole[name].sel(twin="without").values, rtol=1e-9, err_msg=name)
    assert float(whole.sel(path="all", group="hall")["sum_peak"].sum()) > 0.0, "with all paths the drift is not zero"


@pytest.mark.parametrize("workers,batch", [(1, 1), (1, 4), (2, 2)])
def test_any_number_of_workers_and_batches_gives_the_same_bits(network, whole, workers, batch):
    same(drift(network).run(workers=workers, batch=batch, progress=False), whole)


def test_any_executor_gives_the_same_bits(network, whole, tmp_path):
    with ThreadPoolExecutor(1) as executor:
        same(drift(network).run(executor, out=tmp_path, batch=3, progress=False), whole)


def test_a_dask_cluster_gives_the_same_bits(network, whole, tmp_path):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, distributed.Client(cluster) as client:
        same(drift(network).run(client.get_executor(retries=2), out=tmp_path, batch=2, progress=False), whole)


def test_a_killed_worker_changes_no_bit(network, whole, tmp_path):
    import multiprocessing

    killed = []

    def kill() -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and not killed:
            # only this study's own pool: children of this process that the pool started
            if list(tmp_path.glob("members_*.nc")):
                for child in multiprocessing.active_children():
                    os.kill(child.pid, signal.SIGKILL)
                    killed.append(child.pid)
                    return
            time.sleep(0.01)

    watcher = threading.Thread(target=kill)
    watcher.start()
    data = drift(network).run(workers=2, batch=1, out=tmp_path, progress=False)
    watcher.join()
    assert killed, "no worker was there to be killed"
    same(data, whole)
    assert not list(tmp_path.glob("*.part"))


def test_a_resumed_study_runs_only_missing_members(network, whole, tmp_path):
    told = []
    drift(network).run(workers=1, batch=2, out=tmp_path, progress=False)
    (tmp_path / "members_0000002_00002.nc").unlink()
    (tmp_path / "members_0000004_00002.77.part").write_bytes(b"half a batch")
    study = drift(network)
    assert study.missing(tmp_path) == [2, 3]
    with pytest.raises(cs.InputError, match="holds batches of this study already"):
        study.run(workers=1, out=tmp_path, progress=False)
    data = study.run(workers=1, batch=5, out=tmp_path, resume=True, progress=told.append)
    assert data.attrs["members_run"] == 2 and told[-1] == 1.0
    same(data, whole)
    more = drift(network, members=7).run(workers=1, out=tmp_path, resume=True, progress=False)   # a study may grow
    same(more.isel(member=slice(0, 6)).drop_vars("fan_count"), whole.drop_vars("fan_count"))
    with pytest.raises(cs.InputError, match="batch of another study"):
        drift(network, seed=4).run(workers=1, out=tmp_path, resume=True, progress=False)


def test_dates_are_spread_over_a_year_with_one_per_batch(network):
    study = drift(network, members=10, dates=3, paths=("all",), trace_every=0)
    assert study.batches(list(range(10)), 16) == [(0, 4), (4, 4), (8, 2)]
    starts = [study.spec.start_of(m) for m in range(12)]
    assert starts[0] == starts[3] < starts[4] < starts[8] and starts[8] - starts[0] == round(2 * 365.25 / 3) * 86_400_000_000_000


def test_a_changed_network_survives_pickling(network):
    changed = network.replace(n_field=3, t_supply=315.0)
    back = pickle.loads(pickle.dumps(changed))
    assert back.sites[0]["n_field"] == 3 and back.inputs_text == changed.inputs_text != network.inputs_text
    assert cs.load_site("atacama", n_field=8).sites[0]["n_field"] == 8


def test_tables_and_plots_of_a_study_are_consistent(whole, tmp_path):
    rows = study_tables.drift_table(whole)
    beyond = next(r for r in rows if r.path == "all" and r.unit == "%")
    hall = whole.sel(path="all", group="hall")
    assert beyond.value == pytest.approx(100 * float(hall["n_above"].sum() / hall["n_event"].sum()))
    assert beyond.low <= beyond.value <= beyond.high
    above = study_tables.exceedance(whole)["share"].sel(path="all").values
    assert np.all(np.diff(above) <= 0) and 0 < above[0] <= 1
    quantiles = study_tables.fan(whole)["drift"].sel(path="all").values
    assert np.all(np.diff(quantiles, axis=0) >= 0)
    assert np.all(np.abs(quantiles[:, 0]) < 0.02), "no drift at the start of the outage"
    for draw, name in ((plots_study.draw_fan, "fan"), (plots_study.draw_exceedance, "exceedance")):
        picture = draw(whole, tmp_path / f"{name}.png")
        assert picture.stat().st_size > 10_000
        xr.open_dataset(picture.with_suffix(".nc"), engine="h5netcdf").close()
    for region in study_tables.regions(whole):
        assert region.low <= region.high


def test_regions_are_fixed_bins_with_intervals_and_derive_no_threshold(whole):
    n = 240
    buffer = np.linspace(0.01, 1.0, n)
    made = whole.isel(member=np.zeros(n, int)).assign_coords(member=np.arange(n)).copy(deep=True)
    made["parameter_value"].loc[dict(parameter="buffer")] = buffer
    made["n_event"][:] = 20
    made["n_above"][:] = np.where(buffer < 0.3, 12, 0)[None, :, None]
    (region,) = study_tables.regions(made, names=("buffer",))
    assert [round(share, 2) for _, _, share, _, _ in region.bins] == [0.6, pytest.approx(0.46, abs=0.03), 0.0, 0.0, 0.0, 0.0]
    assert all(low <= share <= high for _, _, share, low, high in region.bins)
    assert not hasattr(region, "threshold")


def test_workers_end_with_a_killed_driver(lumped, tmp_path):
    """After kill -9 of the driver, which cannot stop its workers."""
    code = f"""if True:
        import coldsun as cs
        if __name__ == "__main__":
            cs.studies.handover_drift({str(lumped)!r}, 400, 2.0, n_field=0, dt=10.0).run(workers=2, batch=1, out={str(tmp_path)!r}, progress=False)
    """
    script = tmp_path / "driver.py"
    script.write_text(code)
    driver = subprocess.Popen([sys.executable, str(script)])
    until = time.monotonic() + 120
    while not list(tmp_path.glob("members_*.nc")):
        assert driver.poll() is None and time.monotonic() < until
        time.sleep(0.05)
    workers = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and parent_of(p) == driver.pid and "spawn_main" in command_of(p)]
    driver.kill()
    driver.wait()
    assert len(workers) == 2
    while any(Path(f"/proc/{pid}").exists() for pid in workers):
        assert time.monotonic() < until, "a worker outlives its driver"
        time.sleep(0.05)


def parent_of(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def command_of(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def test_supply_limit_is_confirmed_and_resumed(network, tmp_path):
    from coldsun.supply import sentences, supply_limit

    given = dict(days=8, share=0.3, hours=0.5, first_degc=36.0, n_field=0, out=tmp_path, progress=False)
    for none in (0, 6):
        with pytest.raises(cs.InputError, match=f"days = {none}; accepted: a multiple of 4"):
            supply_limit(network, **given | {"days": none})
    data, answers = supply_limit(network, **given)
    again, same_answers = supply_limit(network, **given)
    assert answers == same_answers and data.equals(again)
    for a, row in zip(answers, data["margin"].isel(supply=0).transpose("twin", "member").values):
        assert a.found == pytest.approx(36.0 - intervals.quantile(row, 0.7)[0])
    supply = data["supply"].values
    moved = float(data["margin"].diff("supply").mean()) / (supply[1] - supply[0])
    assert 0.7 < moved < 1.2, "a junction follows its coolant, less where caps act; the days of both runs differ"
    assert data.attrs["confirmed_degc"] <= min(a.found for a in answers)
    assert len(sentences(data, answers)) == 4


def test_the_command_writes_results_and_resumes(cli, lumped, tmp_path):
    words = ("study", lumped, "--members", 2, "--hours", 0.25, "--dt", 30, "--start", START, "--n-field", 0, "--paths", "all", "--workers", 1)
    words += ("--out", tmp_path)
    result = cli(*words, "--json")
    assert result.status == 0, result.err
    told = json.loads(result.out)
    assert told["members"] == 2 and told["rate"] > 0 and {r["path"] for r in told["rows"]} == {"all"}
    text = cli(*words, "--resume").out
    assert "member-seconds per worker-second" in text and "RAPS" in text and (tmp_path / "fan.png").is_file()
    assert len((tmp_path / "drift.csv").read_text().splitlines()) == 1 + len(told["rows"])
    assert cli(*words).status == 2


@pytest.mark.parametrize(("stop", "status"), [(cs.errors.Stopped(signal.SIGTERM), 143), (cs.errors.Stopped(signal.SIGHUP), 129), (KeyboardInterrupt(), 130)])
def test_a_study_stopped_by_a_signal_exits_with_its_status(cli, lumped, tmp_path, monkeypatch, stop, status):
    """Regression: 130 after any signal."""
    def run(*_, **__):
        raise stop

    monkeypatch.setattr(studies.Study, "run", run)
    result = cli("study", lumped, "--members", 2, "--hours", 0.25, "--dt", 30, "--start", START, "--n-field", 0, "--out", tmp_path / "out")
    assert result.status == status and "--resume continues" in result.err


@pytest.mark.parametrize("given,sentence", [
    (dict(paths=("sideways",)), "paths: 'sideways'"), (dict(members=0), "members = 0"), (dict(hours=0.2501), "whole number of steps"),
    (dict(hours=float("inf")), "hours = inf"), (dict(dt=0.0), "dt = 0"), (dict(limit=-1.0), "limit = -1"),
    (dict(n_field=-2), "n_field = -2"), (dict(supply_degc=120.0), "t_supply"), (dict(seed=-1), "seed = -1"),
])
def test_an_invalid_argument_gives_one_sentence(network, given, sentence):
    with pytest.raises(cs.InputError, match=sentence):
        drift(network, **given)


def test_a_file_that_is_no_batch_is_refused(tmp_path):
    (tmp_path / "members_0000000_00001.nc").write_bytes(b"no netCDF")
    with pytest.raises(cs.InputError, match="not a readable netCDF-4"):
        study_batch.load(tmp_path)
    with pytest.raises(cs.InputError, match="holds no batch"):
        study_batch.load(tmp_path / "nothing")


def test_zero_workers_and_a_missing_folder_to_resume_are_refused(network, tmp_path):
    from coldsun.cli_study import study

    with pytest.raises(cs.InputError, match="workers = 0; accepted"):
        drift(network).run(workers=0, out=tmp_path / "none", progress=False)
    with pytest.raises(cs.InputError, match="does not exist; accepted"):
        study("atacama", dask=None, resume=True, record=tmp_path / "nowhere")
    assert not list(tmp_path.iterdir())
