"""Feeds: where readings come from. A feed puts raw messages into a Buffer of frames."""

from __future__ import annotations

import csv
import json
import logging
import threading
import time
from pathlib import Path

from .errors import InputError
from .frames import METADATA, VALUE, Buffer

ACK = "twin/v1/ack/"
log = logging.getLogger("coldsun")   # without a handler of the user's, warnings go to standard error


class Mqtt:
    """A feed over MQTT 3.1.1 as in DSX Exchange; reconnects by itself."""

    live, refused = True, None

    def __init__(self, host: str = "localhost", port: int = 1883):
        self.host, self.port, self.connected, self.n_connect, self.stopped = host, port, False, 0, False

    def start(self, buffer: Buffer, site: str) -> None:
        self.site, self.connected, self.n_connect, self.stopped = site, False, 0, False
        self.client = client("shadow", self.host, self.port)

        def on_message(c, userdata, message):
            if message.retain and message.topic.startswith(VALUE):   # kept by the broker since who knows when: values are never retained
                buffer.counts.add("late")
            else:
                buffer.put(message.topic, message.payload)

        self.client.on_message = on_message

        def on_connect(c, userdata, flags, reason, properties):
            if reason.is_failure:
                log.warning("mqtt://%s:%d refuses: %s", self.host, self.port, reason)
                if self.n_connect == 0:   # never let in: nothing to wait for
                    self.refused = f"mqtt://{self.host}:{self.port} refuses: {reason}; accepted: a broker that asks for no name"
                    buffer.end()
                return
            self.connected, self.n_connect = True, self.n_connect + 1
            if self.n_connect > 1:
                log.warning("mqtt://%s:%d is back", self.host, self.port)
            c.subscribe([(METADATA + "#", 0), (VALUE + "#", 0)])

        def on_disconnect(*_):
            if self.connected and not self.stopped:
                log.warning("mqtt://%s:%d is away; tried again every 1 to 5 s", self.host, self.port)
            self.connected = False

        self.client.on_connect, self.client.on_disconnect = on_connect, on_disconnect
        connect(self.client, self.host, self.port)

    def acknowledge(self, time_ns: int) -> None:
        """Say up to where the shadow has followed."""
        self.client.publish(ACK + self.site, json.dumps({"timestamp": time_ns // 1_000_000}), qos=0)

    def stop(self) -> None:
        self.stopped = True
        self.client.disconnect()
        self.client.loop_stop()


class Replay:
    """A feed from a CSV file of lines ``timestamp_ms,topic or tag path,value`` in the units of the map, in any order within the lag."""

    live, connected, refused = False, True, None

    def __init__(self, path: str | Path):
        self.path, self.stopped = Path(path), False
        if not self.path.is_file():
            raise InputError(f"{path}: no such file; accepted: a CSV of timestamp_ms,tag,value")

    def start(self, buffer: Buffer, site: str) -> None:
        by_tag = {"/".join(topic.split("/")[6:]): topic for topic in buffer.place}
        self.ahead = threading.Semaphore(0)

        def read() -> None:
            with self.path.open(newline="", encoding="utf-8", errors="replace") as file:
                for row in csv.reader(file):
                    if not row or row[0].startswith("#") or row[0] == "timestamp_ms":
                        continue
                    while not self.stopped and buffer.closed_any and buffer.newest > buffer.closed + 8 * buffer.lag:
                        self.ahead.acquire(timeout=0.1)   # the file is read a little ahead of the shadow
                    if self.stopped:
                        return
                    if len(row) == 3 and row[1] == "end":   # a shadow's own log: the end of a frame
                        continue
                    if len(row) != 3:
                        buffer.put("", b"")
                        continue
                    topic = by_tag.get(row[1], row[1])
                    buffer.put(topic, f'{{"timestamp":{row[0]},"value":{row[2] or "null"},"quality":1}}'.encode())
            buffer.end()

        self.thread = threading.Thread(target=read, daemon=True)
        self.thread.start()

    def acknowledge(self, time_ns: int) -> None:
        self.ahead.release()

    def stop(self) -> None:
        self.stopped = True
        self.thread.join()


def client(name: str, host: str, port: int):
    """A paho client that comes back by itself."""
    try:
        import paho.mqtt.client as mqtt
    except ImportError:
        raise InputError("MQTT needs paho-mqtt 2; accepted: pip install 'coldsun[live]'") from None
    c = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=f"coldsun-{name}-{time.time_ns()}", protocol=mqtt.MQTTv311)
    c.reconnect_delay_set(1, 5)
    return c


def connect(c, host: str, port: int) -> None:
    try:
        c.connect(host, port, keepalive=20)
    except OSError as error:
        raise InputError(f"mqtt://{host}:{port}: {error}; accepted: the address of a broker that runs") from None
    c.loop_start()


def from_words(feed: str | None, replay: str | Path | None):
    """The feed that the command line names."""
    if (feed is None) == (replay is None):
        raise InputError("accepted: either --feed mqtt://host[:port] or --replay FILE.csv")
    if replay is not None:
        return Replay(replay)
    return Mqtt(*address(feed))


def address(url: str) -> tuple[str, int]:
    """Host and port of mqtt://host[:port]."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        if parts.scheme != "mqtt" or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError
        return parts.hostname, parts.port or 1883
    except ValueError:
        raise InputError(f"feed = {url!r}; accepted: mqtt://host[:port]") from None


class InProcess:
    """A feed without a broker: an `emulate.Emulator` in the same process, one step published for each that was followed."""

    live, connected, refused = False, True, None

    def __init__(self, emulator, ahead: int = 5):
        self.emulator, self.ahead = emulator, ahead

    def start(self, buffer, site: str) -> None:
        self.buffer = buffer
        for _ in range(self.ahead):
            self.acknowledge(0)

    def acknowledge(self, time_ns: int) -> None:
        e = self.emulator
        if e.step >= e.steps:
            self.buffer.end()
            return
        at, said = e.next()
        for p, v in zip(e.points, said):
            self.buffer.put(p["topic"], json.dumps(dict(value=float(v), timestamp=e.stamp(at, e.step), quality=1)).encode())

    def stop(self) -> None:
        pass
