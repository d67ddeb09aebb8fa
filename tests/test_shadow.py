"""The shadow: readings and their faults, an hour over a real broker beside an emulated site, kills and restarts of all that can be killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from shadow_tools import Direct
from small_site import write_small_site

import coldsun as cs
from coldsun.emulate import Emulator
from coldsun.frames import VALUE, Buffer, parse_value
from coldsun.quality import Counts, Quality
from coldsun.shadow import Shadow

START = "2026-06-14T14:00Z"   # mid-morning at Atacama: sun, battery and grid all at work


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    return write_small_site(cs.data_folder(), tmp_path_factory.mktemp("small") / "small.toml")


@pytest.fixture(scope="module")
def site(small):
    return cs.load_site(small)


# ---- payloads and frames -----------------------------------------------------------------------------------------------------
POINTS = [dict(topic=f"{VALUE}CDU/T/x/{k}", scale=1.0, offset=273.15, units={"degC": (1.0, 273.15), "K": (1.0, 0.0)}) for k in range(10)]
T0 = 1_780_000_000_000  # ms, on the grid of 10 s


def said(value, at_s: float, quality=1) -> bytes:
    return json.dumps(dict(value=value, timestamp=T0 + round(1000 * at_s), quality=quality)).encode()


def buffer() -> Buffer:
    b = Buffer([dict(p) for p in POINTS], Counts(), dt=10.0)
    b.begin(T0 * 1_000_000)
    return b


def put_all(b: Buffer, at_s: float, value: float = 20.0, skip=()) -> None:
    for k, p in enumerate(POINTS):
        if k not in skip:
            b.put(p["topic"], said(value + k, at_s))


def take(b: Buffer, at_s: float):
    return b.take(T0 * 1_000_000 + round(at_s * 1e9), 0.0)


@pytest.mark.parametrize("payload, reason", [
    (b'{"value": 21.5, "timestamp": 1780000000000, "quality": 1}', ""),
    (b'{"value": 21.5, "timestamp": 1780000000000}', ""),
    (b'{"value": null, "timestamp": 1780000000000, "quality": 1}', "missing"),
    (b'{"value": 21.5, "timestamp": 1780000000000, "quality": 0}', "quality"),
    (b'{"value": NaN, "timestamp": 1780000000000, "quality": 1}', "malformed"),
    (b'{"value": 1e999, "timestamp": 1780000000000, "quality": 1}', "malformed"),
    (b'{"value": 1%s, "timestamp": 1780000000000, "quality": 1}' % (b"0" * 400), "malformed"),
    (b'{"value": "21.5", "timestamp": 1780000000000, "quality": 1}', "malformed"),
    (b'{"value": true, "timestamp": 1780000000000, "quality": 1}', "malformed"),
    (b'{"value": 1, "timestamp": "now", "quality": 1}', "malformed"),
    (b'{"value": 1, "timestamp": -5, "quality": 1}', "malformed"),
    (b'{"value": 1, "timestamp": 1e300}', "malformed"),
    (b'{"value": 1}', "malformed"), (b"[1]", "malformed"), (b"21.5", "malformed"), (b"", "malformed"), (b"\xff\xfe", "malformed"),
    (b"[" * 4000, "malformed"), (b" " * 5000, "malformed"),
])
def test_payloads(payload, reason):
    assert parse_value(payload)[0] == reason


def test_a_hundred_thousand_malformed_payloads_are_counted_and_the_good_one_lives():
    chance, b = np.random.default_rng(3), buffer()
    good = said(21.0, 10)
    put_all(b, 10)
    bad = 0
    for _ in range(100_000):
        broken = bytearray(good)
        for at in chance.integers(0, len(good), 3):
            broken[at] = chance.integers(0, 256)
        bad += bool(parse_value(bytes(broken[: chance.integers(0, len(good))]))[0])
        b.put(POINTS[0]["topic"], bytes(broken[: chance.integers(0, len(good))]))
    b.put("nobody/knows", good)
    assert bad > 99_000
    assert b.counts.by_reason["malformed"] > 99_000 and b.counts.by_reason["unknown"] == 1
    frame = take(b, 10)
    assert np.isfinite(frame).all() and frame[1] == 21.0


def test_frames_sort_by_source_time_and_refuse_what_comes_late():
    b = buffer()
    put_all(b, 20)                      # the second frame first
    assert take(b, 10) is None          # the lag has not passed
    b.put(POINTS[0]["topic"], said(5.0, 9.5))
    b.put(POINTS[0]["topic"], said(4.0, 3.0))     # older in the same frame: the latest word holds
    b.put(POINTS[0]["topic"], said(5.0, 9.5))     # said again: nothing
    b.put(POINTS[0]["topic"], said(5.5, 9.5))     # the same instant, another value
    put_all(b, 30), put_all(b, 40)
    first = take(b, 10)
    assert first[0] == 5.0 and np.isnan(first[1:]).all()
    assert b.counts.by_reason == {"conflict": 1} and b.n_repeated == 1
    b.put(POINTS[3]["topic"], said(1.0, 10.0))
    assert b.counts.by_reason["late"] == 1
    assert take(b, 20)[0] == 20.0


def test_a_silent_point_is_waited_for_and_then_no_more():
    b = buffer()
    for k in range(1, 40):
        put_all(b, 10.0 * k, skip=(7,) if k > 2 else ())
        frame = take(b, 10.0 * k)
        if 2 < k <= 5:
            assert frame is None        # it may still come
        if k > 32:
            assert frame is not None and np.isnan(frame[7]) and np.isfinite(frame[0])   # 250 s of silence: it is not waited for


@pytest.mark.parametrize("off", [3600.0, -3600.0])
def test_a_clock_an_hour_off_is_refused_named_corrected_and_forgiven(off):
    b = buffer()
    for k in range(1, 4):
        put_all(b, 10.0 * k)
        assert take(b, 10.0 * k) is not None
    put_all(b, 40.0 + off)              # all leap
    put_all(b, 40.0 + off), put_all(b, 50.0 + off)
    assert b.counts.by_reason["clock"] >= 9 and "3600 s off" in b.alarms[0]
    assert abs(b.offset / 1e9 - off) < 20.0
    put_all(b, 40.0 + off), put_all(b, 60.0 + off), put_all(b, 80.0 + off), put_all(b, 90.0 + off)
    assert take(b, 40.0) is not None    # the frames go on in the right time
    put_all(b, 100.0), put_all(b, 100.0), put_all(b, 110.0), put_all(b, 120.0)
    assert b.offset == 0 and b.alarms[-1] == "the source's clock is right again"


def test_one_wrong_clock_among_many_is_refused_for_good():
    b = buffer()
    for k in range(1, 60):
        put_all(b, 10.0 * k, skip=(4,))
        b.put(POINTS[4]["topic"], said(1.0, 10.0 * k + 3600))
    assert b.offset == 0 and b.counts.by_point["clock"][4] == 59 and b.newest == (T0 + 590_000) * 1_000_000


def test_the_source_names_its_unit():
    b = buffer()
    b.put(POINTS[0]["topic"].replace("/Value/", "/Metadata/"), b'{"engUnit": "K"}')
    b.put(POINTS[1]["topic"].replace("/Value/", "/Metadata/"), b'{"engUnit": "furlong"}')
    b.put(POINTS[2]["topic"].replace("/Value/", "/Metadata/"), b"not json")
    put_all(b, 10, 300.0), put_all(b, 40, 300.0)
    si = b.si(take(b, 10))
    assert si[0] == 300.0 and np.isnan(si[1]) and si[2] == pytest.approx(302 + 273.15)
    assert b.counts.by_point["unit"] == {1: 2}


# ---- quality: eight plates on one loop --------------------------------------------------------------------------------------
def eight_plates(use_stuck: bool, use_gate: bool, joint: bool, faults: bool, hours: float = 4.0) -> dict:
    """Eight junctions over one coolant, T = 300 + tim r P, P in steps; interface of plate 3 grows by half; a flow meter 8 % high.

    A reduced form of the shadow-twin experiment: the members differ in their interfaces and the meter's gain, and are corrected by Kalman's
    update of each scalar. Spikes of 40 and 200 K in 1 % of the readings, and sensor 5 stuck for two fifths of the time.
    """
    chance, n, steps = np.random.default_rng(5), 64, round(360 * hours)
    noise = np.full(9, 0.5)
    noise[8] = 0.01
    q = Quality(noise, np.full(9, -1e3), np.full(9, 1e3), np.ones(9, bool), use_stuck=use_stuck, use_gate=use_gate)
    counts = Counts()
    log_tim = 0.3 * chance.standard_normal((n, 8)) if joint else np.zeros((n, 8))
    gain = np.exp(0.1 * chance.standard_normal(n)) if joint else np.ones(n)
    power, rise, square, false, caught, injected, stuck_value = np.full(8, 0.7), 0.04, [], 0, 0, 0, None
    extra = 0.3 * chance.standard_normal((n, 8))   # of a filter that knows no parameters
    for k in range(steps):
        change = chance.random(8) < 0.01
        power = np.where(change, chance.uniform(0.2, 1.0, 8), power)
        tim = np.ones(8)
        tim[2] = 1.0 + 0.5 * k / steps
        truth = 300.0 + 1000.0 * rise * tim * power
        y = np.append(truth + 0.5 * chance.standard_normal(8), 1.08 + 0.01 * chance.standard_normal())
        bad = np.zeros(9, bool)
        if faults:
            spike = chance.random(9) < 0.01
            y = np.where(spike, y + chance.choice([-40.0, 40.0, 200.0], 9), y)
            bad |= spike
            if 0.3 * steps < k < 0.7 * steps:
                stuck_value = y[4] if stuck_value is None else stuck_value
                y[4], bad[4] = stuck_value, True
        members = np.column_stack([300.0 + 1000.0 * rise * np.exp(log_tim) * power + (0.0 if joint else extra), gain])
        use = q.check(y, members, counts)
        injected, caught, false = injected + bad.sum(), caught + (bad & ~use).sum(), false + (~bad & ~use).sum()
        if k > steps // 4:
            square.append((members[:, :8].mean(0) - truth) ** 2)
        wide = q.widening(y, members, np.arange(9))
        for j in range(9):
            x = (log_tim[:, j] if joint else extra[:, j]) if j < 8 else gain
            h, mean = members[:, j], x.mean()
            if use[j]:
                p, s = (x - mean) @ (h - h.mean()) / (n - 1), h.var(ddof=1) + noise[j] ** 2
                shrink = 1.0 / (1.0 + np.sqrt(noise[j] ** 2 / s))
                moved = mean + p / s * (y[j] - h.mean()) + (x - mean) - shrink * p / s * (h - h.mean())
            else:
                moved = x
            moved = moved.mean() + (moved - moved.mean()) * wide.get(j, 1.0)
            moved = moved + (0.003 if j < 8 else 1e-4) * chance.standard_normal(n)
            if j == 8:
                gain = moved
            elif joint:
                log_tim[:, j] = moved
            else:
                extra[:, j] = moved
        q.after(np.column_stack([300.0 + 1000.0 * rise * np.exp(log_tim) * power + (0.0 if joint else extra), gain]))
    return dict(rmse=float(np.sqrt(np.mean(square))), false=int(false), caught=caught / max(1, injected), gain=float(gain.mean()),
                tim=float(np.exp(log_tim[:, 2]).mean()), truth=float(tim[2]), counts=counts)


def test_parameters_are_worth_estimating():
    """State only cannot follow a growing interface and a false meter; joint does: the lesson of the first two lines of the experiment."""
    alone, joint = (eight_plates(True, True, j, faults=False) for j in (False, True))
    assert joint["rmse"] < 0.35 and alone["rmse"] > 3.0 * joint["rmse"]
    assert abs(joint["tim"] / joint["truth"] - 1.0) < 0.05 and abs(joint["gain"] - 1.08) < 0.02
    assert joint["false"] == 0


def test_gate_and_stuck_test_are_both_needed():
    both, gate, stuck, none = (eight_plates(s, g, True, faults=True) for s, g in ((True, True), (False, True), (True, False), (False, False)))
    assert both["rmse"] < 0.5
    assert both["caught"] > 0.97 and both["false"] < 20
    for worse in (gate, stuck, none):
        assert worse["rmse"] > 1.5 * both["rmse"]
    assert both["counts"].by_point["stuck"].keys() == {4}


def test_a_domain_that_was_locked_out_comes_back():
    """The members are sure and wrong by 20 noises: the gate refuses twelve readings, then the spread is widened until they fit."""
    chance = np.random.default_rng(1)
    q, counts = Quality([0.5], [-1e3], [1e3], [True]), Counts()
    x = 10.0 + 0.01 * chance.standard_normal(64)
    for k in range(60):
        y = np.array([20.0 + 0.5 * chance.standard_normal()])
        use = q.check(y, x[:, None], counts)
        wide = q.widening(y, x[:, None], np.array([0]))
        if use[0]:
            p = x.var(ddof=1)
            x = x.mean() + p / (p + 0.25) * (y[0] - x.mean()) + (x - x.mean()) * np.sqrt(0.25 / (p + 0.25))
        x = x.mean() + (x - x.mean()) * wide.get(0, 1.0)
        q.after(x[:, None])
        if k == 11:
            assert counts.by_reason["gate"] == 12
    assert abs(x.mean() - 20.0) < 1.0 and counts.by_reason["gate"] < 30


# ---- shadow and emulated site in one process ---------------------------------------------------------------------------------
def test_fork_goes_its_own_way(site, tmp_path):
    e = Emulator(site, start=START, hours=0.1)
    s = Shadow(site, Direct(e), members=8, hours=0.1, out=tmp_path / "rec")
    forks = []
    s.run(progress=lambda s: forks.append(s.fork()) if len(forks) < 1 else None)
    fork = forks[0]
    assert fork.time < s.twin.time
    before = fork.state["thermal"]["t_supply"].copy()
    fork.state["thermal"]["flow_gain"][:] *= 0.5
    fork.step(12)
    assert np.isfinite(fork.state["thermal"]["t_junction"]).all()
    assert (fork.state["thermal"]["t_return"] > before).all() and s.twin.state["thermal"]["flow_gain"].mean() > 0.85


def test_record_is_one_like_any_other(site, tmp_path):
    e = Emulator(site, start=START, hours=0.1)
    record = Shadow(site, Direct(e), members=4, hours=0.1, out=tmp_path / "rec").run()
    assert dict(record.sizes)["time"] == 36 and record.sizes["member"] == 4
    assert {"p_pv", "soc", "t_junction", "tim_gain", "flow_gain", "pv_gain", "gain"} <= set(record.data_vars)
    assert record.attrs["shadow"] == "atacama" and record["tim_gain"].attrs["units"] == "1"
    spread = record["tim_gain"].std("member").values
    assert (spread[-1] < spread[0]).all()


def test_needs_a_map_and_a_spread(small, tmp_path, site):
    text = small.read_text(encoding="utf-8")
    deaf = tmp_path / "deaf.toml"
    deaf.write_text(text[: text.index("[shadow]")].rsplit("\n#", 2)[0], encoding="utf-8")
    with pytest.raises(cs.InputError, match="publishes nothing"):
        Shadow(cs.load_site(deaf), cs.feeds.Replay(small))
    with pytest.raises(cs.InputError, match="members"):
        Shadow(site, cs.feeds.Replay(small), members=1)
    with pytest.raises(cs.InputError, match="no such file"):
        cs.feeds.Replay(tmp_path / "none.csv")
    for words in (("kelvin", 'unit = "kelvin"'), ("t_coolant", 'quantity = "t_coolant"'), ("a b", 'tag = "{site}/a b"')):
        key = words[1].split(" = ")[0]
        bad = tmp_path / "bad.toml"
        at = text.index(f"\n{key} = ", text.index("[[shadow.point]]"))
        bad.write_text(text[: at + 1] + words[1] + text[text.index("\n", at + 1):], encoding="utf-8")
        with pytest.raises(cs.InputError, match=f"{key}.*accepted"):
            cs.load_site(bad)


# ---- over a real broker --------------------------------------------------------------------------------------------------------
@dataclass
class Broker:
    """Mosquitto on a loopback port of its own."""

    folder: Path
    port: int
    process: subprocess.Popen | None = None

    def start(self) -> None:
        config = self.folder / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n", encoding="ascii")
        self.process = subprocess.Popen([mosquitto(), "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("the broker did not start")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"


def mosquitto() -> str | None:
    return shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


@pytest.fixture
def broker(tmp_path):
    pytest.importorskip("paho.mqtt.client", reason="paho-mqtt is not installed (pip install 'coldsun[live]')")
    if mosquitto() is None:
        pytest.skip("no Mosquitto broker on this machine (apt: mosquitto)")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    b = Broker(tmp_path, port)
    b.start()
    yield b
    b.kill()


@pytest.fixture
def spawn():
    """Starts a command of coldsun in a process of its own; what still runs at the end is killed."""
    started = []

    def start(*words, **more) -> subprocess.Popen:
        p = subprocess.Popen([sys.executable, "-m", "coldsun.cli", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
        started.append(p)
        return p

    yield start
    for p in started:
        if p.poll() is None:
            p.kill()
        p.communicate()


def wait_for(what, seconds: float = 60.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def test_an_hour_over_a_broker(site, broker, spawn, small):
    """Node powers and sun drive the members, a junction's sensor gets stuck: better than persistence one step ahead, and the sensor is named."""
    s = Shadow(site, cs.feeds.Mqtt("127.0.0.1", broker.port), members=64, hours=1.0, out=broker.folder / "rec")
    e = spawn("emulate", small, "--feed", broker.url, "--hours", 1, "--start", START, "--speed", 0, "--stuck", "h200/3/junction")
    record = s.run()
    assert e.wait(30) == 0
    assert record.sizes["time"] == 360
    errors = s.errors()
    for quantity in ("t_junction", "t_outlet", "t_supply", "t_return", "t_facility", "p_battery", "p_pv"):
        assert errors.twin[quantity] < errors.persistence[quantity], f"{quantity}\n{errors}"
    assert s.alarms == ["atacama/h200/3 t_junction is stuck"]
    assert s.counts.by_reason["stuck"] > 200 and s.counts.by_reason["gate"] <= 5
    estimated = s.parameters()["mean"]
    truth = Emulator(site, start=START, hours=1.0).truth()
    tim = np.array([estimated[k] for k in estimated.index if k.endswith("tim_gain")])
    assert np.median(np.abs(tim / truth["tim_gain"] - 1.0)) < 0.05          # every one within 5 % after a day: validation
    assert abs(estimated["atacama flow_gain"] - 0.94) < 0.02 and abs(estimated["atacama flow gain"] - 1.04) < 0.02
    assert abs(estimated["atacama pv_gain"] - 0.96) < 0.01


def test_broker_killed_and_nonsense_published(site, broker, spawn, small):
    """The broker goes away and comes back, others publish nonsense beside: the shadow lives, counts, and loses no step."""
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
            noisy.publish("BMS/v1/PUB/Value/who/knows/this", b"1").wait_for_publish(5)
        if len(steps) == 30:
            broker.kill()
            time.sleep(1.0)
            broker.start()

    record = s.run(progress=meddle)
    noisy.loop_stop()
    assert e.wait(30) == 0
    assert record.sizes["time"] == 90 and s.feed.n_connect >= 2
    assert s.counts.by_reason["malformed"] == 5 and s.counts.by_reason["missing"] == 1 and s.counts.by_reason["unknown"] == 1
    assert s.counts.by_reason["gate"] <= 3 and s.quality.taken.sum() > 0.98 * s.quality.seen.sum()


def test_a_clock_off_by_an_hour_over_a_broker(site, broker, spawn, small):
    s = Shadow(site, cs.feeds.Mqtt("127.0.0.1", broker.port), members=8, hours=0.25, out=broker.folder / "rec")
    e = spawn("emulate", small, "--feed", broker.url, "--hours", 0.25, "--start", START, "--speed", 0, "--stuck-after", 0.08, "--clock-off", 3600)
    record = s.run()
    assert e.wait(30) == 0
    assert record.sizes["time"] == 90 and str(record["time"].values[-1]).startswith("2026-06-14T14:15:00")
    assert s.counts.by_reason["clock"] > 0
    assert s.alarms[:2] == ["the source's clock is +3600 s off; its stamps are corrected by that", "the source's clock is right again"]


def test_killed_and_restarted_over_a_broker(site, broker, spawn, small):
    """Killed -9 amid an hour, started again: it goes on from its checkpoint and its log, and the record has every step once."""
    words = ("shadow", small, "--feed", broker.url, "--members", 8, "--hours", 0.5, "--segment-hours", 0.05, "--out", broker.folder / "rec")
    first = spawn(*words)
    e = spawn("emulate", small, "--feed", broker.url, "--hours", 0.5, "--start", START, "--speed", 0)
    wait_for(lambda: (broker.folder / "rec" / "segment_0003.nc").is_file())
    first.send_signal(signal.SIGKILL)
    first.wait()
    kept = len(list((broker.folder / "rec").glob("segment_*.nc")))
    assert kept < 10
    second = spawn(*words)
    text, _ = second.communicate(timeout=120)
    assert second.returncode == 0, text
    assert e.wait(30) == 0
    record = cs.open_record(broker.folder / "rec")
    assert record.sizes["time"] == 180 and (np.diff(record["time"].values) == np.timedelta64(10, "s")).all()


def test_killed_and_restarted_on_a_replay_gives_the_same_bits(site, spawn, small, tmp_path):
    """A replayed log, killed and gone on with, ends with the State of one that was not."""
    e = Emulator(site, start=START, hours=0.3)
    Shadow(site, Direct(e), members=4, hours=0.3, out=tmp_path / "live").run()
    log = tmp_path / "log.csv"
    log.write_text("".join(p.read_text() for p in sorted((tmp_path / "live").glob("feed_*.csv"))).replace(",end,\n", ",end,0\n"))
    words = ("--replay", log, "--members", 4, "--hours", 0.3, "--segment-hours", 0.05)
    whole = spawn("shadow", small, *words, "--out", tmp_path / "whole")
    text, _ = whole.communicate(timeout=120)
    assert whole.returncode == 0, text
    broken = spawn("shadow", small, *words, "--out", tmp_path / "broken")
    wait_for(lambda: (tmp_path / "broken" / "segment_0001.nc").is_file())
    broken.send_signal(signal.SIGKILL)
    broken.wait()
    again = spawn("shadow", small, *words, "--out", tmp_path / "broken")
    text, _ = again.communicate(timeout=120)
    assert again.returncode == 0, text
    one, two = cs.open_record(tmp_path / "whole"), cs.open_record(tmp_path / "broken")
    assert one.sizes["time"] == two.sizes["time"] == 108
    for name in ("tim_gain", "soc", "t_return", "p_battery"):
        np.testing.assert_array_equal(one[name].values, two[name].values)
    a, b = (json.loads(sorted((tmp_path / f).glob("shadow_*.json"))[-1].read_text()) for f in ("whole", "broken"))
    assert a["quality"] == b["quality"] and a["skill"] == b["skill"]
