"""Keys of a site drawn from priors: a draw is the site changed by hand, bit for bit; the same however the members are cut; resumed; refused at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import xarray as xr

import coldsun as cs
from coldsun import study_tables
from coldsun.studies import lognormal, normal, triangular, uniform
from test_study import same

DRAW = {"cooling.dry_cooler.ua": normal(2.4e5, 2e4), "plate[gpu_700w].channel.width": triangular(1.9e-4, 2e-4, 2.1e-4),
        "hall.node[h200].t_cap": uniform(350.0, 360.0), "power.string_converter.inductance": lognormal(9e-4, 0.1)}


def drift(network, members=6, draw=DRAW, **more):
    given = dict(hours=0.25, n_field=0, seed=3, start="2026-06-14T15:00Z", dt=30.0, paths=("all",), trace_every=2, per_draw=2) | more
    return cs.studies.handover_drift(network, members, draw=draw, **given)


@pytest.fixture(scope="module")
def whole(network, tmp_path_factory):
    return drift(network).run(workers=1, batch=6, out=tmp_path_factory.mktemp("draws"), progress=False)


def test_a_draw_is_the_site_changed_by_hand(network, whole):
    assert whole["member_draw"].values.tolist() == [0, 0, 1, 1, 2, 2] and whole["drawn"].dims == ("draw", "key")
    assert list(whole["key"].values) == list(DRAW) and dict(zip(DRAW, whole["key_units"].values))["cooling.dry_cooler.ua"] == "W/K"
    assert np.unique(whole["drawn"].sel(key="cooling.dry_cooler.ua")).size == 3
    for draw in (0, 2):
        values = {str(k): float(whole["drawn"].sel(draw=draw, key=k)) for k in whole["key"].values}
        by_hand = drift(network.replace(values), draw=None, per_draw=1).run(workers=1, batch=6, progress=False)
        here = whole["member_draw"].values == draw
        for name, variable in by_hand.data_vars.items():
            if "member" in variable.dims:
                a, b = whole[name].isel(member=here), variable.isel(member=here)
                assert a.values.tobytes() == b.values.tobytes(), name
        elsewhere = whole["highest"].isel(member=~here).values
        assert elsewhere.tobytes() != by_hand["highest"].isel(member=~here).values.tobytes(), "a draw matters"


@pytest.mark.parametrize("workers,batch", [(1, 1), (3, 1), (2, 4)])
def test_same_bits_for_any_workers_and_batches(network, whole, workers, batch):
    same(drift(network).run(workers=workers, batch=batch, progress=False), whole)


def test_a_draw_depends_on_seed_draw_and_key_alone(network, whole):
    spec = drift(network, members=2, draw=dict(reversed(DRAW.items()))).spec
    assert spec.values(0) == {k: float(whole["drawn"].sel(draw=0, key=k)) for k in DRAW}
    assert spec.values(1) != spec.values(0) != drift(network, members=1, seed=4).spec.values(0)
    values = np.array([list(spec.values(k).values()) for k in range(400)])
    assert abs(np.corrcoef(values.T) - np.eye(4)).max() < 4 / 20   # four standard deviations of 400 draws
    ua = values[:, list(DRAW)[::-1].index("cooling.dry_cooler.ua")]
    assert abs(ua.mean() - 2.4e5) < 4 * 2e4 / 20 and 0.85 < ua.std() / 2e4 < 1.15


def test_a_killed_study_is_resumed(network, lumped, whole, tmp_path):
    code = ("import coldsun as cs, test_study_draws as t\n"
            f"if __name__ == '__main__': t.drift(cs.load_site({str(lumped)!r})).run(workers=1, batch=1, out={str(tmp_path)!r}, progress=False)")
    child = subprocess.Popen([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    until = time.monotonic() + 240
    while time.monotonic() < until and len(list(tmp_path.glob("members_*.nc"))) < 2 and child.poll() is None:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL, "it was to be killed on its way"
    study = drift(network)
    assert 0 < len(study.missing(tmp_path)) < 6
    same(study.run(workers=1, out=tmp_path, resume=True, progress=False), whole)
    with pytest.raises(cs.InputError, match="batch of another study"):
        drift(network, draw=DRAW | {"cooling.cdu.ua": uniform(1e5, 2e5)}).shards(tmp_path)


@pytest.mark.parametrize(("key", "prior", "sentence"), [
    ("cooling.dry_cooler.ua", uniform(-1.0, 2e5), "cooling.dry_cooler.ua = -1 W/K; accepted: > 0 W/K"),
    ("cooling.dry_cooler.fan_min", normal(1.5, 0.1), "cooling.dry_cooler.fan_min = 1.5; accepted: 0.001 to 1"),
    ("cooling.dry_cooler.ua", normal(2e5, 0.0), "standard deviation"),
    ("hall.node[h200].n_plate", uniform(4, 8), "hall.node[h200].n_plate cannot be drawn; accepted: a key that holds one number"),
    ("cooling.coolant", uniform(0, 1), "accepted: a key that holds one number"),
    ("climate.haze", uniform(0, 1), "accepted: a key that holds one number"),
    ("plate[gpu_700w].r_reference", uniform(0.01, 0.02), "no result of a study depends on it"),
    ("comms.link.buffer", uniform(0.1, 1.0), "is drawn for each member by [study.buffer]"),
    ("cooling.ua", uniform(0, 1), "cooling.ua is not a key of site atacama; did you mean cooling.cdu.ua?"),
    ("cooling.t_supply_min", uniform(300.0, 340.0), "draw 0: "),   # a relation between keys: at most t_supply
    ("cooling.cdu.ua", 5.0, "accepted: uniform, normal, lognormal or triangular"),
])
def test_what_cannot_be_drawn_is_refused_at_once(network, key, prior, sentence):
    with pytest.raises(cs.InputError) as error:
        drift(network, draw={key: prior})
    assert sentence in str(error.value)


def test_a_normal_ends_where_the_keys_range_ends(network):
    spec = drift(network, members=1, draw={"cooling.dry_cooler.fan_min": normal(0.05, 0.5)}).spec
    values = [spec.values(k)["cooling.dry_cooler.fan_min"] for k in range(200)]
    assert min(values) >= 1e-3 and max(values) <= 1.0 and len(set(values)) == 200


def test_statistics_are_over_draws(whole):
    d = xr.Dataset(coords={"member": np.arange(8), "member_draw": ("member", np.repeat(np.arange(4), 2))})
    x = np.repeat([1.0, 2.0, 4.0, 8.0], 2)   # members of a draw alike: four values, not eight
    of, single = study_tables.Draws(d), study_tables.Draws(d.isel(member=slice(0, None, 2)))
    assert of.mean(x) == single.mean(x[::2]) and of.quantile(x, 0.5)[1:] == single.quantile(x[::2], 0.5)[1:]
    assert of.share(x, 2 * x) == single.share(2 * x[::2], 4 * x[::2])
    names = [r.parameter for r in study_tables.regions(whole)]
    assert names[-len(DRAW):] == list(DRAW)
    assert study_tables.drift_table(whole)


def test_command_line(cli, lumped, tmp_path):
    words = ("study", lumped, "--members", 2, "--hours", 0.1, "--dt", 30, "--n-field", 0, "--workers", 1, "--paths", "all", "--start", "2026-06-14T15:00Z")
    done = cli(*words, "--draw", "cooling.cdu.ua=normal:2e5:1e4", "--draw", "cooling.hall_air.band=uniform:3:5", "--out", tmp_path / "s", "--json")
    assert done.status == 0, done.err
    with xr.open_dataset(json.loads(done.out)["study"]) as data:
        assert data["drawn"].shape == (2, 2) and "drawn" in data.coords and 3 <= float(data["drawn"].sel(draw=1, key="cooling.hall_air.band")) <= 5
    for text, sentence in (("cooling.cdu.ua=normal:2e5", "accepted: KEY=normal:MEAN:DEVIATION"), ("cooling.cdu.ua=gamma:1", "KEY=uniform:LOW:HIGH")):
        refused = cli(*words, "--draw", text)
        assert refused.status == 2 and sentence in " ".join(refused.err.split())
