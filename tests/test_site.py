"""A site in Python: every key is an attribute with unit and meaning; values are checked as in a file; saved sites read back."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import coldsun as cs


@pytest.fixture
def site():
    return cs.load_site("small")


def test_keys_are_attributes_with_unit_and_meaning(site):
    assert site.cooling.cdu.ua == 80e3 and site.hall.node["h200"].n_node == 64 and site.hall.node[0].n_node == 64
    doc = type(site.cooling.cdu).ua.__doc__
    assert "W/K" in doc and "conductance" in doc and "> 0" in doc
    assert {"cooling", "hall", "power", "latitude"} <= set(dir(site))
    assert site.plate["gpu_700w"].channel.n_channel == 95 and site.module[0].a_ref == pytest.approx(1.80382)
    assert len(site.shadow.point) == 16 and "cooling.cdu: ua = 80000" in repr(site.cooling.cdu)
    assert [s.cooling.coolant for s in cs.load_network("pilots").site] == ["pg25", "pg25"]


def test_changes_are_saved_and_read_back(site, tmp_path):
    site.cooling.dry_cooler.ua = 1.3e5
    site.hall.node["h200"].t_cap_band = np.float64(9)
    site.climate.haze = np.full(12, 0.02)
    site.power.grid.price = 2e-8
    path = site.save(tmp_path / "mine.toml")
    back = cs.load_site(path)
    assert back.values() == site.values()
    assert back.cooling.dry_cooler.ua == 1.3e5 and back.climate.haze == [0.02] * 12
    assert "dry_cooler.ua_kw_per_k = 130" in site.inputs_text


def test_a_changed_plate_is_saved_beside_the_site(site, tmp_path):
    site.plate[0].channel.width = 140e-6
    back = cs.load_site(site.save(tmp_path / "mine.toml"))
    assert back.plate[0].channel.width == 140e-6 and (tmp_path / "gpu_700w.toml").is_file()


@pytest.mark.parametrize(("path", "value", "sentence"), [
    ("cooling.pump.flow", -3, "cooling.pump.flow = -3 m3/s; accepted: > 0 m3/s"),
    ("cooling.dry_cooler.fan_min", 1.5, "cooling.dry_cooler.fan_min = 1.5; accepted: 0.001 to 1"),
    ("cooling.coolant", "oil", "accepted: pg25, water"),
    ("jobs.load", float("nan"), "accepted: 0 to 10"),
    ("hall.n_rack", 1.5, "accepted: a whole number >= 1"),
    ("jobs.file", "x.toml", "a change in the site file"),
])
def test_a_value_out_of_range_is_refused_as_in_a_file(site, path, value, sentence):
    part = site
    *tables, key = path.split(".")
    for table in tables:
        part = getattr(part, table)
    before = site.values()
    with pytest.raises(cs.InputError) as error:
        setattr(part, key, value)
    assert sentence in str(error.value) and site.values() == before


def test_unknown_names_are_refused(site):
    with pytest.raises(AttributeError, match="cooler_ua"):
        site.cooling.cooler_ua = 1
    with pytest.raises(AttributeError):
        site.colling = 1
    with pytest.raises(KeyError, match="accepted: h200"):
        site.hall.node["h300"]


def test_relations_between_keys_are_checked_before_a_run(site):
    site.cooling.t_supply_min = 320.0
    with pytest.raises(cs.InputError, match="t_supply_min = 46.85 degC; accepted: at most t_supply"):
        site.check()
    with pytest.raises(cs.InputError, match="t_supply_min"):
        cs.Twin(site, hours=0.1)


def test_copies_are_independent(site):
    other, third = copy.deepcopy(site), site.replace({"cooling.cdu.ua": 9e4}, jobs__load=0.5)
    other.cooling.cdu.ua = 7e4
    assert (site.cooling.cdu.ua, other.cooling.cdu.ua, third.cooling.cdu.ua, third.jobs.load) == (80e3, 7e4, 9e4, 0.5)
    assert pickle.loads(pickle.dumps(third)).values() == third.values() and isinstance(pickle.loads(pickle.dumps(third)), cs.Site)


def test_a_changed_site_runs(site):
    cool, warm = cs.Twin(site, hours=0.1), cs.Twin(site.replace({"cooling.t_supply": 311.15}), hours=0.1)
    for twin in (cool, warm):
        twin.step(10)
    assert cool.hash() != warm.hash()
    assert "changed after reading" in str(warm.network.figures())


def test_a_networks_own_keys_are_attributes():
    network = cs.load_network("pilots")
    doc = type(network.link[0]).latency.__doc__
    assert "[s]" in doc and "one-way latency" in doc and {"link", "start"} <= set(dir(network))
    network.link[0].latency = 0.2
    other = network.replace({"./link[0].rate": 2e9, "masdar/cooling.cdu.ua": 2.1e5})
    assert (network.link[0].latency, other.link[0].rate) == (0.2, 2e9) and network.link[0].rate == 1e10
    with pytest.raises(cs.InputError, match=r"link\[0\].latency = 11 s; accepted: 0 to 10 s"):
        network.link[0].latency = 11.0
    network.link[0].latency = 1e-3   # in its range, but no light is as fast
    with pytest.raises(cs.InputError, match="the time of light on the straight line"):
        network.check()
    with pytest.raises(AttributeError):
        network.cooling = 1
    assert pickle.loads(pickle.dumps(other)).values(".") == other.values(".")


def test_a_network_is_saved_with_the_sites_that_were_changed(tmp_path):
    network = cs.load_network("pilots").replace({"masdar/cooling.pump.flow": 0.0201234567, "masdar/plate[gpu_700w].channel.width": 2.01e-4,
                                                 "./link[1].latency": 0.0131})
    path = network.save(tmp_path / "mine")
    assert path == tmp_path / "mine" / "pilots.toml"
    assert sorted(str(p.relative_to(path.parent)) for p in path.parent.rglob("*.toml")) == ["masdar/gpu_700w.toml", "masdar/masdar.toml", "pilots.toml"]
    back = cs.load_network(path)
    for site in ("atacama", "masdar", "."):
        assert {k: v for k, v in back.values(site).items() if k != "sites"} == {k: v for k, v in network.values(site).items() if k != "sites"}
    again = cs.load_network(back.save(tmp_path / "again.toml"))
    hashes = []
    for one in (network, back, again):
        twin = cs.Twin(one.replace(n_field=0), hours=0.1)
        twin.step(6)
        hashes.append(twin.hash())
    assert hashes[0] == hashes[1] == hashes[2]


def test_a_site_is_saved_into_a_folder_and_starts_when_it_says(site, tmp_path):
    site.start = site.start + 3_600_000_000_000
    assert site.start_ns == site.start
    back = cs.load_site(site.save(tmp_path / "new"))
    assert back.start == site.start and (tmp_path / "new" / "small.toml").is_file()
