"""Feeds: exported files in all variants, brokers with login and TLS, invalid payloads, ends with a sentence."""

from __future__ import annotations

import getpass
import json
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest

import coldsun as cs
from broker import certificates, commands, running_broker
from coldsun.emulate import Emulator
from coldsun.feeds import InProcess, Mqtt, Replay, ack_topic
from coldsun.frames import VALUE, Buffer
from coldsun.mqtt import Address
from coldsun.quality import Counts
from coldsun.shadow import Shadow
from small_site import write_small_site

T0 = 1_781_449_200_000  # ms
UNITS = {"degC": (1.0, 273.15), "K": (1.0, 0.0)}
POINTS = [dict(topic=f"{VALUE}CDU/T/x/cdu/{k}", name=f"x t{k}", scale=1.0, offset=273.15, units=UNITS) for k in range(5)]


def follow(path) -> tuple[Buffer, list[np.ndarray]]:
    b = Buffer([dict(p) for p in POINTS], Counts(), dt=10.0)
    Replay(path).start(b, "x")
    end = b.first_stamp(0.0) - 10_000_000_000
    b.begin(end)
    frames = []
    while True:
        end += 10_000_000_000
        frame = b.take(end, 0.0)
        if b.over and not b.frames and not np.isfinite(frame).any():
            return b, frames
        frames.append(frame)


def lines(form="{ms},{tag},{value:.3f}", skip=()):
    return [[form.format(ms=T0 + 10_000 * k, iso=f"2026-06-14T{15 + k // 360}:{k // 6 % 60:02d}:{k % 6 * 10:02d}Z", tag=p["topic"], value=20.0 + j + 0.01 * k)
             for k in range(1, 181) if k not in skip] for j, p in enumerate(POINTS)]


def in_time(columns) -> str:
    return "\n".join(line for row in zip(*columns) for line in row) + "\n"


def test_a_gap_in_a_file_is_no_clock_error(tmp_path):
    """Ten minutes are missing. Regression: all 300 later values were refused as clock."""
    path = tmp_path / "hole.csv"
    path.write_text("timestamp_ms,tag,value\n" + in_time(lines(skip=range(60, 120))))
    b, frames = follow(path)
    assert len(frames) == 180 and sum(np.isfinite(f).all() for f in frames) == 120 and np.isnan(frames[70]).all()
    assert not b.counts.by_reason and b.offset == 0 and frames[-1][4] == pytest.approx(25.8)


def test_a_file_ordered_by_tag_is_sorted_by_time(tmp_path):
    """Regression: 356 of 600 values were lost, with 397 points 45,285 of 47,640."""
    path = tmp_path / "by_tag.csv"
    path.write_text("\n".join(line for column in lines() for line in column))
    b, frames = follow(path)
    assert len(frames) == 180 and all(np.isfinite(f).all() for f in frames) and not b.counts.by_reason


@pytest.mark.parametrize("form", ["{iso},{tag},{value:.3f}", "{ms};{tag};{value:.3f}", "{iso};{tag};{value:.3f}", '"{ms}","{tag}","{value:.3f}"',
                                  "{ms}\t{tag}\t{value:.3f}"])
def test_all_separators_and_time_stamps_give_the_same_frames(tmp_path, form):
    path = tmp_path / "told.csv"
    text = in_time(lines(form))
    path.write_text("\ufefftime;tag;value\n".replace(";", "\t" if "\t" in form else ";" if ";" in form else ",")
                    + (text.replace(".", ",") if form.startswith("{ms};") else text), encoding="utf-8")
    b, frames = follow(path)
    assert len(frames) == 180 and all(np.isfinite(f).all() for f in frames) and frames[0][1] == pytest.approx(21.01) and not b.counts.by_reason


def test_a_file_without_readings_is_refused_with_the_reason(tmp_path):
    path = tmp_path / "zone.csv"
    path.write_text(in_time(lines("{iso},{tag},{value:.3f}")).replace("Z,", ","))
    with pytest.raises(cs.InputError, match="900 malformed, e.g. .*a time without its zone; accepted: milliseconds"):
        follow(path)
    path.write_text(in_time(lines()).replace("000,BMS", ",BMS"))
    with pytest.raises(cs.InputError, match="900 clock, e.g. .*1970-01-21.*looks like seconds where milliseconds"):
        follow(path)
    path.write_text("x" * 200_000 + "\n1,2\n")
    with pytest.raises(cs.InputError, match="none of its 2 lines"):
        follow(path)
    path.write_text("")
    with pytest.raises(cs.InputError, match="none of its 0 lines"):
        follow(path)


def test_an_invalid_line_does_not_end_a_replay(tmp_path):
    """Regression: a field above 131,072 characters and a time stamp of 400 digits blocked it."""
    path = tmp_path / "odd.csv"
    good = in_time(lines()).splitlines()
    topic = POINTS[0]["topic"]
    odd = [f"1{'0' * 400},{topic},1", f"{T0 + 5},{topic}," + "9" * 140_000, '"', "\0", f"{T0},{topic},nan", f"{T0},a,1"]
    path.write_text("\n".join(good[:300] + odd + good[300:]))
    b, frames = follow(path)
    assert all(np.isfinite(f).all() for f in frames) and len(frames) == 180
    assert b.counts.by_reason == {"malformed": 5, "unknown": 1} and "5 of 906 lines are refused as malformed, e.g. 1000" in b.alarms[0]


def test_a_clock_never_set_in_a_file_does_not_set_the_start(tmp_path):
    path = tmp_path / "dead.csv"
    columns = lines()
    columns[0] = [f"{946684800000 + 10_000 * k},{POINTS[0]['topic']},1" for k in range(180)]
    path.write_text(in_time(columns))
    b, frames = follow(path)
    assert len(frames) == 180 and all(np.isfinite(f[1:]).all() for f in frames) and b.counts.by_reason == {"clock": 180}
    assert "the clock of x t0 is at 2000-01-01" in b.alarms[0]


def test_an_earlier_campaign_in_a_file_is_kept(tmp_path):
    """Monday two racks, Thursday all five: "the clock stands at" was told of every reading of Monday. A clock of another day alone is one."""
    path = tmp_path / "days.csv"
    columns = lines()
    monday = "\n".join(f"{T0 - 3 * 86_400_000 + 10_000 * k},{p['topic']},20.0" for k in range(180) for p in POINTS[:2])
    path.write_text(monday + "\n" + in_time(columns))
    b = Buffer([dict(p) for p in POINTS], Counts(), dt=10.0)
    Replay(path).start(b, "x")
    assert not b.counts.by_reason and b.first_stamp(0.0) == (T0 - 3 * 86_400_000) * 1_000_000
    assert b.alarms == ["no readings between 2026-06-11T15:29:50Z and 2026-06-14T15:00:10Z"]
    columns[0] = [f"{T0 - 3 * 86_400_000 + 10_000 * k},{POINTS[0]['topic']},1" for k in range(180)]
    path.write_text(in_time(columns))
    b, frames = follow(path)
    assert len(frames) == 180 and b.counts.by_reason == {"clock": 180} and "the clock of x t0 is at 2026-06-11" in b.alarms[0]


# ---- brokers --------------------------------------------------------------------------------------------------------------------
def test_an_address_with_a_password_is_refused_without_showing_it():
    assert str(Address.of("mqtts://plant@[::1]")) == "mqtts://plant@[::1]:8883" and Address.of("mqtt://host").port == 1883
    with pytest.raises(cs.InputError, match="the address holds a password") as told:
        Address.of("mqtts://plant:hush@host")
    assert "hush" not in str(told.value)
    for url in ("http://host", "mqtt://", "mqtt://host:x", "mqtt://host/path", "mqtt://host?x"):
        with pytest.raises(cs.InputError, match=r"accepted: mqtt\[s\]://\[user@\]host\[:port\]"):
            Address.of(url)
    with pytest.raises(cs.InputError, match="need TLS"):
        Address.of("mqtt://host", ca="ca.pem")
    with pytest.raises(cs.InputError, match="ca = none.pem: no such file"):
        Address.of("mqtts://host", ca="none.pem")
    assert ack_topic("a+b/#") == "twin/v1/ack/a_b__"


def until(what, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def test_a_broker_with_tls_needs_user_password_and_client_certificate(tmp_path, monkeypatch):
    """The password is in no text."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine")
    tmp_path.chmod(0o755)
    ca, cert, key = certificates(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text("hush\n")
    with running_broker(tmp_path) as broker:
        passwords = tmp_path / "passwords"
        subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), "plant", "hush"], check=True, capture_output=True)
        passwords.chmod(0o644)
        broker.kill()
        broker.start(f"allow_anonymous false\npassword_file {passwords}\ncafile {ca}\ncertfile {cert}\nkeyfile {key}\nrequire_certificate true\n"
                     f"user {getpass.getuser()}")
        whole = dict(user="plant", tls=True, ca=ca, cert=cert, key=key, password_file=secret)

        def heard(**more):
            b = Buffer([dict(p) for p in POINTS], Counts(), dt=10.0)
            feed = Mqtt("127.0.0.1", broker.port, **whole | more)
            try:
                feed.start(b, "a+b")
                until(lambda: feed.connected or b.over)
                feed.acknowledge(T0 * 1_000_000)
                if feed.connected:
                    feed.client.publish(POINTS[0]["topic"], json.dumps(dict(value=1.0, timestamp=T0)))
                    until(lambda: b.n_message or b.over)
            finally:
                feed.stop()
            return feed, b

        feed, b = heard()
        assert b.n_message == 1 and feed.refused is None and b.failed is None and "hush" not in repr(feed.address)
        monkeypatch.setenv("COLDSUN_MQTT_PASSWORD", "hush")
        assert heard(password_file=None)[1].n_message == 1
        monkeypatch.setenv("COLDSUN_MQTT_PASSWORD", "wrong")
        feed, b = heard(password_file=None)
        assert b.over and "refuses" in feed.refused and "wrong" not in feed.refused
        with pytest.raises(cs.InputError, match="certificate verify failed.*accepted: a broker whose certificate"):
            heard(ca=None)


def test_an_error_of_the_receiving_thread_ends_the_feed_with_a_sentence(tmp_path, monkeypatch):
    with running_broker(tmp_path) as broker:
        b = Buffer([dict(p) for p in POINTS], Counts(), dt=10.0)
        monkeypatch.setattr(b, "put", lambda topic, payload: 1 / 0)
        feed = Mqtt("127.0.0.1", broker.port)
        feed.start(b, "x")
        until(lambda: feed.connected)
        feed.client.publish(POINTS[0]["topic"], b"1")
        until(lambda: b.over)
        feed.stop()
        assert "receiving ended by ZeroDivisionError" in b.failed


# ---- ends -----------------------------------------------------------------------------------------------------------------------
def test_a_feed_without_usable_readings_gives_a_warning_with_an_example(tmp_path, monkeypatch, caplog):
    """Every message has a time stamp in seconds: a warning after ten seconds (here: at once), and no record."""
    from coldsun import shadow

    monkeypatch.setattr(shadow, "SILENT", 0.0)
    site = cs.load_site(write_small_site(cs.data_folder(), tmp_path / "small.toml"))

    class Feed:
        live, connected, refused, stopped = True, True, None, False

        def start(self, buffer, site):
            for k in range(50):
                buffer.put(buffer.points[k % 3]["topic"], b'{"value":1,"timestamp":1781449200,"quality":1}')
            warning = shadow.log.warning

            def said(*words):
                warning(*words)
                buffer.end()

            monkeypatch.setattr(shadow.log, "warning", said)

        def acknowledge(self, time_ns):
            pass

        def stop(self):
            pass

    s = shadow.Shadow(site, Feed(), members=4, out=tmp_path / "rec")
    with pytest.raises(cs.InputError, match="50 messages: 50 clock, e.g. .*1970-01-21.*looks like seconds"):
        s.follow()
    assert "no usable reading for" in caplog.text and "looks like seconds where milliseconds" in caplog.text
    assert not (tmp_path / "rec").exists()


def test_a_process_with_a_shadow_in_a_daemon_thread_ends_without_an_error(tmp_path):
    """Regression: "terminate called without an active exception", SIGABRT."""
    site = write_small_site(cs.data_folder(), tmp_path / "small.toml")
    text = f"""
import threading
import coldsun as cs
from coldsun.emulate import Emulator
from coldsun.feeds import InProcess
from coldsun.shadow import Shadow
site = cs.load_site({str(site)!r})
s = Shadow(site, InProcess(Emulator(site, hours=24.0)), members=4, hours=24.0, out={str(tmp_path / "rec")!r})
going = threading.Event()
threading.Thread(target=lambda: s.follow(progress=lambda s: going.set()), daemon=True).start()
assert going.wait(60)
"""
    ended = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0 and not ended.stderr, ended.stderr
    assert cs.open_record(tmp_path / "rec").sizes["time"] >= 1


def test_one_step_errors_without_readings_are_shown_as_a_dash(tmp_path):
    """No point reports twice in a row. Regression: 0.000."""
    path = tmp_path / "sparse.csv"
    small = write_small_site(cs.data_folder(), tmp_path / "small.toml")
    path.write_text("".join(f"{T0 + 10_000 * k},atacama/cdu/supply,25.0\n" for k in range(1, 40, 10)))
    with commands() as start:
        text, _ = start("shadow", small, "--replay", path, "--members", 4, "--out", tmp_path / "rec").communicate(timeout=120)
    row = next(line for line in text.splitlines() if line.startswith("t_supply"))
    assert row.split()[1:3] == ["-", "-"] and "0.000" not in text and "record:  " in text, text


def test_a_clock_offset_of_one_instrument_is_named_and_removed_by_a_shadow(tmp_path):
    """One junction sensor is 45 s ahead for three minutes: corrected, and no reading of the others is lost."""
    site = cs.load_site(write_small_site(cs.data_folder(), tmp_path / "small.toml"))
    e = Emulator(site, start="2026-06-14T14:00Z", hours=0.125, stuck_after=0.05, clock_off=45.0, clock_of=["h200/3/junction"])
    s = Shadow(site, InProcess(e), members=4, hours=0.125, out=tmp_path / "rec")
    s.follow()
    told = [a for a in s.alarms if "clock" in a]
    assert len(told) == 2 and all("h200/3 t_junction" in a for a in told) and "+45 s off" in told[0] and "right again" in told[1]
    assert s.counts.by_reason["late"] == 0 and s.counts.by_reason["clock"] <= 2
