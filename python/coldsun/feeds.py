"""Feeds: where readings come from. A feed puts raw messages into a Buffer of frames, or is asked for what it holds."""

from __future__ import annotations

import json
import re
import threading

from .errors import InputError
from .frames import METADATA, VALUE, Buffer
from .mqtt import Address, client, connect, log
from .replay import Replay as Replay

ACK = "twin/v1/ack/"


def ack_topic(site: str) -> str:
    """Where a shadow says up to where it has followed: no wildcard, whatever the site is called."""
    return ACK + (re.sub(r"[^A-Za-z0-9._-]", "_", site)[:200] or "_")


class Mqtt:
    """A feed over MQTT 3.1.1 as in DSX Exchange; reconnects by itself.

    Parameters
    ----------
    host, port :
        Of the broker; 1883, or 8883 with `tls`.
    user : str, optional
        Name at the broker. Its password is the environment's COLDSUN_MQTT_PASSWORD, or the first line of `password_file`.
    tls : bool
        Encrypted; the broker's certificate is held against `ca`, or against the machine's authorities.
    cert, key : path, optional
        Certificate and key of this client.
    """

    live, refused = True, None

    def __init__(self, host: str | Address = "localhost", port: int | None = None, **secure):
        self.address = host if isinstance(host, Address) else Address(host, port, **secure)
        self.connected, self.n_connect, self.stopped = False, 0, False

    def start(self, buffer: Buffer, site: str) -> None:
        """Connect, and put what is said into `buffer` from a thread of its own; InputError where there is no such broker or certificate."""
        self.site, self.connected, self.n_connect, self.stopped = site, False, 0, False
        at = self.address
        self.client = client("shadow", at)

        def on_message(c, userdata, message):
            if message.retain and message.topic.startswith(VALUE):   # kept by the broker since who knows when: values are never retained
                with buffer.ready:
                    buffer.refuse("late", None, message.topic, "kept by the broker; values are never retained")
            else:
                buffer.put(message.topic, message.payload)

        self.client.on_message = on_message

        def on_connect(c, userdata, flags, reason, properties):
            if reason.is_failure:
                log.warning("%s refuses: %s", at, reason)
                if self.n_connect == 0:   # never let in: nothing to wait for
                    self.refused = f"{at} refuses: {reason}; accepted: {at.wants}"
                    buffer.end()
                return
            self.connected, self.n_connect = True, self.n_connect + 1
            if self.n_connect > 1:
                log.warning("%s is back", at)
            c.subscribe([(METADATA + "#", 0), (VALUE + "#", 0)])

        def on_disconnect(*_):
            if self.connected and not self.stopped:
                log.warning("%s is away; tried again every 1 to 5 s", at)
            self.connected = False

        self.client.on_connect, self.client.on_disconnect = on_connect, on_disconnect

        def receive() -> None:
            try:
                self.client.loop_forever()
                if not self.stopped and self.refused is None:
                    buffer.end(f"{at}: the connection ended for good; accepted: a broker that runs, and a shadow that is started again")
            except BaseException as error:   # whatever ends this thread ends the shadow, with a sentence
                buffer.end(f"{at}: receiving ended by {type(error).__name__}: {error}; accepted: a report of this, and a shadow that is started again")

        connect(self.client, at)
        self.thread = threading.Thread(target=receive, daemon=True, name="coldsun-receive")
        self.thread.start()

    def acknowledge(self, time_ns: int) -> None:
        """Say up to where the shadow has followed."""
        self.client.publish(ack_topic(self.site), json.dumps({"timestamp": time_ns // 1_000_000}), qos=0)

    def stop(self) -> None:
        """Disconnect, and wait 10 s at most for the thread."""
        self.stopped = True
        if thread := getattr(self, "thread", None):
            self.client.disconnect()
            thread.join(10.0)


class InProcess:
    """A feed without a broker: an `emulate.Emulator` in the same process, one step published for each that was followed."""

    live, connected, refused, stopped = False, True, None, False

    def __init__(self, emulator, ahead: int = 5):
        self.emulator, self.ahead = emulator, ahead

    def start(self, buffer, site: str) -> None:
        """Publish the first `ahead` steps into `buffer`."""
        self.buffer = buffer
        for _ in range(self.ahead):
            self.acknowledge(0)

    def acknowledge(self, time_ns: int) -> None:
        """One step was followed: publish one more, or end the feed."""
        e = self.emulator
        if e.step >= e.steps:
            self.buffer.end()
            return
        at, said = e.next()
        for k, (p, v) in enumerate(zip(e.points, said)):
            self.buffer.put(p["topic"], json.dumps(dict(value=float(v), timestamp=e.stamp(at, e.step, k), quality=1)).encode())

    def stop(self) -> None:
        """Nothing is open."""
        self.stopped = True


def from_words(feed: str | None, replay=None, **secure):
    """The feed that the command line names."""
    if (feed is None) == (replay is None):
        raise InputError("accepted: either --feed mqtt[s]://[user@]host[:port] or --replay FILE.csv")
    return Replay(replay) if replay is not None else Mqtt(Address.of(feed, **secure))
