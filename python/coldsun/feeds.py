"""Feeds: sources of readings. A feed puts raw messages into a `frames.Buffer`, or is asked for its readings (a file)."""

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
    """Topic of a shadow's acknowledgements; wildcards in the site's name are replaced.

    >>> ack_topic("a+b")
    'twin/v1/ack/a_b'
    """
    return ACK + (re.sub(r"[^A-Za-z0-9._-]", "_", site)[:200] or "_")


class Mqtt:
    """Feed over MQTT 3.1.1 with messages as in NVIDIA DSX Exchange (BMS v1); reconnects automatically.

    Parameters
    ----------
    host, port : str or Address, int
        Broker; by default port 1883, or 8883 with `tls`.
    user : str, optional
        User name. The password is the environment variable COLDSUN_MQTT_PASSWORD, or the first line of `password_file`.
    tls : bool
        Encrypt; the broker's certificate is verified by `ca`, or by the system's certificate authorities.
    cert, key : path, optional
        Certificate and private key of this client, PEM.

    Raises
    ------
    InputError
        An argument is invalid or a file is missing; in `start`, the broker or its certificate is not accepted.

    Examples
    --------
    >>> import coldsun as cs
    >>> cs.feeds.Mqtt("localhost", user="plant", tls=True).address
    mqtts://plant@localhost:8883
    """

    live, refused = True, None

    def __init__(self, host: str | Address = "localhost", port: int | None = None, **secure):
        self.address = host if isinstance(host, Address) else Address(host, port, **secure)
        self.connected, self.n_connect, self.stopped = False, 0, False

    def start(self, buffer: Buffer, site: str) -> None:
        """Connect, and put messages into `buffer` in a thread; InputError where the broker cannot be reached or its certificate is not accepted."""
        self.site, self.connected, self.n_connect, self.stopped = site, False, 0, False
        at = self.address
        self.client = client("shadow", at)

        def on_message(c, userdata, message):
            if message.retain and message.topic.startswith(VALUE):   # of unknown age
                with buffer.ready:
                    buffer.refuse("late", None, message.topic, "retained by the broker; values must not be retained")
            else:
                buffer.put(message.topic, message.payload)

        self.client.on_message = on_message

        def on_connect(c, userdata, flags, reason, properties):
            if reason.is_failure:
                log.warning("%s refuses: %s", at, reason)
                if self.n_connect == 0:   # refused at the first connection: retrying cannot help
                    self.refused = f"{at} refuses: {reason}; accepted: {at.wants}"
                    buffer.end()
                return
            self.connected, self.n_connect = True, self.n_connect + 1
            if self.n_connect > 1:
                log.warning("%s: reconnected", at)
            c.subscribe([(METADATA + "#", 0), (VALUE + "#", 0)])

        def on_disconnect(*_):
            if self.connected and not self.stopped:
                log.warning("%s: disconnected; reconnecting every 1 to 5 s", at)
            self.connected = False

        self.client.on_connect, self.client.on_disconnect = on_connect, on_disconnect

        def receive() -> None:
            try:
                self.client.loop_forever()
                if not self.stopped and self.refused is None:
                    buffer.end(f"{at}: the connection ended and was not restored; accepted: a running broker, and a restart of the shadow")
            except BaseException as error:   # any error of this thread must end the shadow
                buffer.end(f"{at}: receiving ended by {type(error).__name__}: {error}; accepted: a restart of the shadow (and a bug report)")

        connect(self.client, at)
        self.thread = threading.Thread(target=receive, daemon=True, name="coldsun-receive")
        self.thread.start()

    def acknowledge(self, time_ns: int) -> None:
        """Publish the time up to which the shadow has followed [ns]."""
        self.client.publish(ack_topic(self.site), json.dumps({"timestamp": time_ns // 1_000_000}), qos=0)

    def stop(self) -> None:
        """Disconnect, and wait at most 10 s for the thread."""
        self.stopped = True
        if thread := getattr(self, "thread", None):
            self.client.disconnect()
            thread.join(10.0)


class InProcess:
    """Feed without a broker: an `emulate.Emulator` in the same process publishes one step per step followed, `ahead` steps in advance.

    See the example of `coldsun.Shadow`.
    """

    live, connected, refused, stopped = False, True, None, False

    def __init__(self, emulator, ahead: int = 5):
        self.emulator, self.ahead = emulator, ahead

    def start(self, buffer, site: str) -> None:
        """Put the first `ahead` steps into `buffer`."""
        self.buffer = buffer
        for _ in range(self.ahead):
            self.acknowledge(0)

    def acknowledge(self, time_ns: int) -> None:
        """Put one more step, or end the feed."""
        e = self.emulator
        if e.step >= e.steps:
            self.buffer.end()
            return
        at, said = e.next()
        for k, (p, v) in enumerate(zip(e.points, said)):
            self.buffer.put(p["topic"], json.dumps(dict(value=float(v), timestamp=e.stamp(at, e.step, k), quality=1)).encode())

    def stop(self) -> None:
        """End the feed."""
        self.stopped = True


def from_words(feed: str | None, replay=None, **secure):
    """Feed of the command line: `Mqtt` of an address, or `Replay` of a file; InputError unless exactly one is given.

    >>> from_words("mqtt://localhost").address
    mqtt://localhost:1883
    """
    if (feed is None) == (replay is None):
        raise InputError("no feed, or two; accepted: either --feed mqtt[s]://[user@]host[:port] or --replay FILE.csv")
    return Replay(replay) if replay is not None else Mqtt(Address.of(feed, **secure))
