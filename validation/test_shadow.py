"""A day followed: an emulated site with other interfaces, flow, meter and dirt, a junction's sensor stuck from the first quarter hour on."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import coldsun as cs
from coldsun.emulate import Emulator
from coldsun.shadow import Shadow

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from broker import commands, running_broker  # noqa: E402
from small_site import write_small_site  # noqa: E402


def test_a_shadow_of_an_emulated_day_finds_its_parameters_and_beats_persistence(tmp_path):
    """Midnight to midnight over a broker, 64 members, an eighth of Atacama with lumped plates: some four minutes.

    One step ahead better than persistence in every quantity; every interface within 5 %, that of the stuck sensor too, flow and meter within 2
    points, dirt within 1; the stuck sensor named and nothing else.
    """
    small = write_small_site(cs.data_folder(), tmp_path / "small.toml")
    site = cs.load_site(small)
    with running_broker(tmp_path) as broker, commands() as spawn:
        s = Shadow(site, cs.feeds.Mqtt("127.0.0.1", broker.port), members=64, hours=24.0, out=tmp_path / "rec")
        e = spawn("emulate", small, "--feed", broker.url, "--hours", 24, "--speed", 0, "--stuck", "h200/3/junction")
        s.follow()
        assert e.wait(60) == 0
    errors, estimated, truth = s.errors(), s.parameters(), Emulator(site, hours=24.0).truth()
    print(errors.round(4).to_string(), estimated.round(4).to_string(), dict(s.counts.by_reason), sep="\n")
    assert (errors.twin < errors.persistence).all()
    assert s.alarms == ["atacama/h200/3 t_junction is stuck"]
    assert s.counts.by_reason["stuck"] > 0.97 * (8640 - 90) and s.counts.by_reason["gate"] < 30
    tim = estimated["mean"][estimated.index.str.endswith("tim_gain")].to_numpy()
    np.testing.assert_allclose(tim, truth["tim_gain"], rtol=0.05)
    assert abs(estimated["mean"]["atacama flow_gain"] - truth["flow_gain"][0]) < 0.02
    assert abs(estimated["mean"]["atacama flow gain"] - truth["gain"][0]) < 0.02
    assert abs(estimated["mean"]["atacama pv_gain"] - truth["pv_gain"][0]) < 0.01
    assert 0.9 < errors.nis.drop("t_junction").mean() < 1.1      # spread and error agree where nothing is stuck
    assert not s.twin.frozen()
