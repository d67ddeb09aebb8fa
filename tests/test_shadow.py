"""The shadow: an hour over a real broker with an emulated site; kills and restarts of shadow, emulator and broker."""

from __future__ import annotations

import json
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import coldsun as cs
from broker import commands, running_broker
from coldsun.emulate import Emulator
from coldsun.feeds import InProcess
from coldsun.shadow import Shadow
from small_site import write_small_site

START = "2026-06-14T14:00Z"   # mid-morning at Atacama: sun, battery and grid all at work


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    return write_small_site(cs.data_folder(), tmp_path_factory.mktemp("small") / "small.toml")


@pytest.fixture(scope="module")
def site(small):
    return cs.load_site(small)


# ---- shadow and emulated site in one process ---------------------------------------------------------------------------------
def test_a_fork_is_independent_of_its_shadow(site, tmp_path):
    e = Emulator(site, start=START, hours=0.1)
    s = Shadow(site, InProcess(e), members=8, hours=0.1, out=tmp_path / "rec")
    forks = []
    s.run(progress=lambda s: forks.append(s.fork()) if len(forks) < 1 else None)
    fork = forks[0]
    assert fork.time < s.twin.time
    before = fork.state["thermal"]["t_supply"].copy()
    fork.state["thermal"]["flow_gain"][:] *= 0.5
    fork.step(12)
    assert np.isfinite(fork.state["thermal"]["t_junction"]).all()
    spare = s.fork(hours=0.5)   # a fork may run beyond the end of the shadow
    assert spare.time == s.twin.time and spare.run(out=tmp_path / "what_if", progress=False).sizes["time"] == 180
    assert (fork.state["thermal"]["t_return"] > before).all() and s.twin.state["thermal"]["flow_gain"].mean() > 0.85


def test_a_shadow_writes_a_record_with_its_estimates(site, tmp_path):
    e = Emulator(site, start=START, hours=0.1)
    record = Shadow(site, InProcess(e), members=4, hours=0.1, out=tmp_path / "rec").run()
    assert dict(record.sizes)["time"] == 36 and record.sizes["member"] == 4
    assert {"p_pv", "soc", "t_junction", "tim_gain", "flow_gain", "pv_gain", "gain"} <= set(record.data_vars)
    assert record.attrs["shadow"] == "atacama" and record["tim_gain"].attrs["units"] == "1"
    spread = record["tim_gain"].std("member").values
    assert (spread[-1] < spread[0]).all()


def test_an_invalid_setting_of_a_shadow_or_emulator_gives_one_sentence(small, tmp_path, site):
    text = small.read_text(encoding="utf-8")
    deaf = tmp_path / "deaf.toml"
    deaf.write_text(text[: text.index("[shadow]")].rsplit("\n#", 2)[0], encoding="utf-8")
    with pytest.raises(cs.InputError, match="no published points"):
        Shadow(cs.load_site(deaf), cs.feeds.Replay(small))
    with pytest.raises(cs.InputError, match="members"):
        Shadow(site, cs.feeds.Replay(small), members=1)
    with pytest.raises(cs.InputError, match="members = 2.5"):
        Shadow(site, cs.feeds.Replay(small), members=2.5)
    with pytest.raises(cs.InputError, match="unknown setting 'foo'; accepted: gate"):
        Shadow(site, cs.feeds.Replay(small), quality={"foo": 3})
    for name, value in (("dt", 0.0), ("lag", float("nan")), ("hours", -1.0), ("segment_hours", float("inf"))):
        with pytest.raises(cs.InputError, match=f"{name} = .*accepted"):
            Shadow(site, cs.feeds.Replay(small), **{name: value})
    for name, value in (("soiling", 2.0), ("flow", -1.0), ("meter", 0.0), ("tim_sigma", -3.0), ("stuck_after", -1.0)):
        with pytest.raises(cs.InputError, match=f"{name} = .*accepted"):
            Emulator(site, **{name: value})
    with pytest.raises(cs.InputError, match="no such file"):
        cs.feeds.Replay(tmp_path / "none.csv")
    for words in (("kelvin", 'unit = "kelvin"'), ("t_coolant", 'quantity = "t_coolant"'), ("a b", 'tag = "{site}/a b"')):
        key = words[1].split(" = ")[0]
        bad = tmp_path / "bad.toml"
        at = text.index(f"\n{key} = ", text.index("[[shadow.point]]"))
        bad.write_text(text[: at + 1] + words[1] + text[text.index("\n", at + 1):], encoding="utf-8")
        with pytest.raises(cs.InputError, match=f"{key}.*accepted"):
            cs.load_site(bad)


def test_instruments_of_one_quantity_have_different_names(small, tmp_path):
    text = small.read_text(encoding="utf-8")
    at = text.index('quantity = "p_pv"')
    point = text[text.rindex("[[shadow.point]]", 0, at):text.index("[[shadow.point]]", at)]
    path = tmp_path / "two.toml"
    path.write_text(text.replace(point, point + point.replace("pv/power", "pv/second")), encoding="utf-8")
    names = [p["name"] for p in Shadow(cs.load_site(path), cs.feeds.Replay(small)).points]
    assert len(set(names)) == len(names) and {"atacama p_pv (PowerMeter/ActivePower/atacama/pv/second)", "atacama soc"} <= set(names)
    path.write_text(text.replace('quantity = "p_pv"', 'quantity = "p_pv"\ngain_sigma = 0.05'), encoding="utf-8")
    with pytest.raises(cs.InputError, match="gain_sigma is given for p_pv; accepted: only for flow"):
        cs.load_site(path)


# ---- over a real broker --------------------------------------------------------------------------------------------------------
@pytest.fixture
def broker(tmp_path):
    with running_broker(tmp_path) as b:
        yield b


@pytest.fixture
def spawn():
    with commands() as start:
        yield start


def wait_for(what, seconds: float = 180.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def test_an_hour_over_a_broker_beats_persistence_and_names_a_stuck_sensor(site, broker, spawn, small):
    """Node powers and irradiance drive the members; one junction sensor is stuck."""
    s = Shadow(site, cs.feeds.Mqtt("127.0.0.1", broker.port), members=64, hours=1.0, out=broker.folder / "rec")
    e = spawn("emulate", small, "--feed", broker.url, "--hours", 1, "--start", START, "--speed", 0, "--stuck", "h200/3/junction")
    record = s.run()
    assert e.wait(120) == 0
    assert record.sizes["time"] == 360
    rest = record.p_it_request + record.p_it_leakage_change - record.p_it_held_back - record.p_it
    assert (np.abs(rest) <= 1e-10 * record.p_it_request).all()   # the request is the metered power
    errors = s.errors()
    for quantity in ("t_junction", "t_outlet", "t_supply", "t_return", "t_facility", "p_battery", "p_pv"):
        assert errors.twin[quantity] < errors.persistence[quantity], f"{quantity}\n{errors}"
    assert s.alarms == ["atacama/h200/3 t_junction is stuck"]
    assert s.counts.by_reason["stuck"] > 200 and s.counts.by_reason["gate"] <= 5
    estimated = s.parameters()["mean"]
    truth = Emulator(site, start=START, hours=1.0).truth()
    tim = np.array([estimated[k] for k in estimated.index if k.endswith("tim_gain")])
    assert np.median(np.abs(tim / truth["tim_gain"] - 1.0)) < 0.05          # each within 5 % after a day: see validation
    assert abs(estimated["atacama flow_gain"] - 0.94) < 0.02 and abs(estimated["atacama flow gain"] - 1.04) < 0.02
    assert abs(estimated["atacama pv_gain"] - 0.96) < 0.01


def test_a_broker_restart_and_invalid_payloads_lose_no_step(site, broker, spawn, small, caplog):
    """The broker is killed and restarted, other clients publish invalid payloads: they are counted."""
    import paho.mqtt.client as mqtt

    s = Shadow(site, cs.feeds.Mqtt("127.0.0.1", broker.port), members=8, hours=0.25, out=broker.folder / "rec")
    e = spawn("emulate", small, "--feed", broker.url, "--hours", 0.25, "--start", START, "--speed", 0)   # waits for the shadow
    noisy = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    noisy.connect("127.0.0.1", broker.port)
    noisy.loop_start()
    steps = []

    def meddle(s):
        steps.append(s.twin.time)
        if len(steps) == 10:
            for payload in (b"", b"{", b"\xff" * 100, b'{"value":"x","timestamp":1,"quality":1}', b"[" * 3000, b'{"value":null,"timestamp":1780000000000}'):
                noisy.publish(s.points[5]["topic"], payload)
            noisy.publish("BMS/v1/PUB/Value/who/knows/this", b"1").wait_for_publish(120)
        if len(steps) == 30:
            wait_for(lambda: all(s.counts.by_reason[reason] >= n for reason, n in (("malformed", 5), ("missing", 1), ("unknown", 1))))
            broker.kill()
            wait_for(lambda: not s.feed.connected)
            broker.start()

    record = s.run(progress=meddle)
    noisy.loop_stop()
    assert e.wait(120) == 0
    assert record.sizes["time"] == 90 and s.feed.n_connect >= 2
    assert ": disconnected" in caplog.text and ": reconnected" in caplog.text
    assert s.counts.by_reason["malformed"] == 5 and s.counts.by_reason["missing"] == 1 and s.counts.by_reason["unknown"] == 1
    assert s.counts.by_reason["gate"] <= 3 and s.quality.taken.sum() > 0.98 * s.quality.seen.sum()


def test_a_hundred_thousand_malformed_payloads_are_counted_while_the_site_is_followed(site, broker, spawn, small):
    """On the topics of the site's own points."""
    import paho.mqtt.client as mqtt

    s = Shadow(site, cs.feeds.Mqtt("127.0.0.1", broker.port), members=4, hours=0.25, out=broker.folder / "rec")
    e = spawn("emulate", small, "--feed", broker.url, "--hours", 0.25, "--start", START, "--speed", 0)
    many, chance = 100_000, np.random.default_rng(5)
    stop = threading.Event()

    def storm():
        noisy = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        noisy.connect("127.0.0.1", broker.port)
        noisy.loop_start()
        said = b'{"value":21.5,"timestamp":1780000000000,"quality":1}'
        for k in range(0, many, 200):   # no more at once than a broker queues for a slow client
            for _ in range(200):
                broken = said[: chance.integers(0, len(said))] if chance.random() < 0.5 else b"{" + chance.bytes(chance.integers(0, 80))
                noisy.publish(s.points[chance.integers(0, len(s.points))]["topic"], broken)
            while s.counts.by_reason["malformed"] < k + 200 and not stop.wait(0.002):
                pass
        noisy.disconnect()

    storming = threading.Thread(target=storm, daemon=True)
    steps = []

    def meddle(s):
        steps.append(s.counts.by_reason["malformed"])
        if len(steps) == 5:
            storming.start()
        if len(steps) == 40:   # half of the quarter hour is followed meanwhile
            wait_for(lambda: s.counts.by_reason["malformed"] > 0)
        if len(steps) == 85:
            storming.join(120.0)

    record = s.run(progress=meddle)
    stop.set()
    assert e.wait(120) == 0
    assert record.sizes["time"] == 90 and s.counts.by_reason["malformed"] == many
    assert 0 < steps[50] and s.quality.taken.sum() > 0.98 * s.quality.seen.sum()


def test_a_broker_that_refuses_is_named(site, broker):
    broker.kill()
    broker.start("allow_anonymous false")
    with pytest.raises(cs.InputError, match=rf"{broker.port} refuses: .*accepted"):
        Shadow(site, cs.feeds.Mqtt("127.0.0.1", broker.port), members=4, out=broker.folder / "rec").follow()


def test_acknowledgements_lost_with_a_broker_are_repeated(site, broker, spawn, small):
    """All frames under way are followed while the broker is down, so that every acknowledgement is lost; both sides continue."""
    s = Shadow(site, cs.feeds.Mqtt("127.0.0.1", broker.port), members=4, hours=0.1, out=broker.folder / "rec")
    e = spawn("emulate", small, "--feed", broker.url, "--hours", 0.1, "--start", START, "--speed", 0)
    steps = []
    patience = threading.Timer(120.0, setattr, (s.buffer, "over", True))   # a short record instead of a blocked test
    patience.daemon = True
    patience.start()

    def meddle(s):
        steps.append(s.twin.time)
        if len(steps) == 15:
            wait_for(lambda: len(s.buffer.frames.get(s._now() + 6 * s.buffer.dt, ())) == len(s.points))   # all steps published in advance have arrived
            broker.kill()
            threading.Timer(4.0, broker.start).start()

    record = s.run(progress=meddle)
    patience.cancel()
    assert record.sizes["time"] == 36, "shadow and emulator wait for each other"
    assert e.wait(120) == 0 and s.feed.n_connect >= 2


def test_a_common_clock_offset_of_an_hour_over_a_broker_is_corrected(site, broker, spawn, small):
    s = Shadow(site, cs.feeds.Mqtt("127.0.0.1", broker.port), members=8, hours=0.25, out=broker.folder / "rec")
    e = spawn("emulate", small, "--feed", broker.url, "--hours", 0.25, "--start", START, "--speed", 0, "--stuck-after", 0.08, "--clock-off", 3600)
    record = s.run()
    assert e.wait(120) == 0
    assert record.sizes["time"] == 90 and str(record["time"].values[-1]).startswith("2026-06-14T14:15:00")
    assert s.counts.by_reason["clock"] == 0 and s.quality.seen.sum() > 0.98 * 90 * (~s.input).sum()   # without loss
    assert s.alarms[:2] == ["the source's clock is +3600 s off; its time stamps are corrected", "the source's clock is right again"]


def test_a_shadow_killed_over_a_broker_resumes_with_every_step_once(site, broker, spawn, small):
    """kill -9; the restart resumes from checkpoint and log."""
    words = ("shadow", small, "--feed", broker.url, "--members", 8, "--hours", 0.5, "--segment-hours", 0.05, "--out", broker.folder / "rec")
    first = spawn(*words)
    e = spawn("emulate", small, "--feed", broker.url, "--hours", 0.5, "--start", START, "--speed", 0)
    wait_for(lambda: (broker.folder / "rec" / "segment_0001.nc").is_file())
    first.send_signal(signal.SIGKILL)
    first.wait()
    kept = len(list((broker.folder / "rec").glob("segment_*.nc")))
    assert kept < 10
    second = spawn(*words)
    text, _ = second.communicate(timeout=300)
    assert second.returncode == 0, text
    assert e.wait(120) == 0
    record = cs.open_record(broker.folder / "rec")
    assert "hall.n_field" in record.attrs["inputs"]   # eight by default, not the value of the site file
    assert record.sizes["time"] == 180 and (np.diff(record["time"].values) == np.timedelta64(10, "s")).all()


def test_a_shadow_killed_on_a_replay_resumes_with_the_same_bits(site, spawn, small, tmp_path):
    e = Emulator(site, start=START, hours=0.3)
    Shadow(site, InProcess(e), members=4, hours=0.3, out=tmp_path / "live").run()
    log = tmp_path / "log.csv"
    log.write_text("".join(p.read_text() for p in sorted((tmp_path / "live").glob("feed_*.csv"))))
    words = ("--replay", log, "--members", 4, "--hours", 0.3, "--segment-hours", 0.05)
    whole = spawn("shadow", small, *words, "--out", tmp_path / "whole")
    text, _ = whole.communicate(timeout=300)
    assert whole.returncode == 0 and "unknown" not in text, text   # frame ends in the log are no readings
    broken = spawn("shadow", small, *words, "--out", tmp_path / "broken")
    wait_for(lambda: (tmp_path / "broken" / "segment_0001.nc").is_file())
    broken.send_signal(signal.SIGKILL)
    broken.wait()
    again = spawn("shadow", small, *words, "--out", tmp_path / "broken")
    text, _ = again.communicate(timeout=300)
    assert again.returncode == 0, text
    one, two = cs.open_record(tmp_path / "whole"), cs.open_record(tmp_path / "broken")
    assert one.sizes["time"] == two.sizes["time"] == 108
    for name in ("tim_gain", "soc", "t_return", "p_battery"):
        np.testing.assert_array_equal(one[name].values, two[name].values)
    a, b = (json.loads(sorted((tmp_path / f).glob("shadow_[0-9]*.json"))[-1].read_text()) for f in ("whole", "broken"))
    assert a["quality"] == b["quality"] and a["skill"] == b["skill"]
