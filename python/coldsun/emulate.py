"""An emulated site: a perturbed twin that publishes the readings of its instruments, in real or accelerated time."""

from __future__ import annotations

import json
import math
import threading
import time

import numpy as np

from . import _engine
from .errors import InputError, engine_errors
from .faults import WORDS, Faults
from .feeds import ACK
from .frames import METADATA, VALUE, object_of
from .mqtt import Address, client, connect
from .payloads import believable, decode, stamp_ns
from .twin import Twin


class Emulator:
    """A site that differs from its file: a twin with other parameters, noisy instruments and faults on request.

    Parameters
    ----------
    network : Network
        Site whose file has a table ``[shadow]``.
    seed : int
        Random seed of clouds, jobs, outages, instrument noise and interface resistances.
    tim_sigma : float
        Standard deviation of ln(interface resistance over its site-file value), per node.
    flow, meter, soiling : float
        Coolant flow over its site-file value; reading of the flow meter over the true flow; additional soiling loss [1].
    stuck : sequence of str
        Points, by name or part of their topic, that repeat one value from `stuck_after` [h] on.
    clock_off : float
        Offset of the time stamps [s], from `stuck_after` to twice that time.
    clock_of : sequence of str
        Points with that clock offset, named as in `stuck`; by default all.
    faults
        Further faults, as in `faults.Faults`: noise, gain, offset, unit, interface, node_flow, heat_share, battery_capacity.

    Raises InputError where a setting is outside its range, a name is unknown, or the site publishes nothing.

    >>> import coldsun as cs
    >>> emulator = Emulator(cs.load_site("small"), hours=0.1)
    >>> time_ns, readings = emulator.next()
    >>> readings.shape == (len(emulator.points),)
    True
    """

    def __init__(self, network, *, seed: int = 1001, start: str | None = None, hours: float = 24.0, dt: float = 10.0, tim_sigma: float = 0.2,
                 flow: float = 0.94, meter: float = 1.04, soiling: float = 0.04, stuck=(), stuck_after: float = 0.25, clock_off: float = 0.0,
                 clock_of=(), **faults):
        for name, value, low, high in (("tim_sigma", tim_sigma, 0.0, 2.0), ("flow", flow, 0.05, 2.0), ("meter", meter, 0.05, 20.0),
                                       ("soiling", soiling, 0.0, 0.99), ("stuck_after", stuck_after, 0.0, 1e6), ("clock_off", clock_off, -1e9, 1e9)):
            if not low <= value <= high:
                raise InputError(f"{name} = {value:g}; accepted: {low:g} to {high:g}")
        self.network, self.dt = network, dt
        self.twin = Twin(network, seed=seed, start=start, hours=hours, dt=dt)
        with engine_errors():
            self.link = _engine.Shadow(network, self.twin._engine)
        self.points = self.link.points
        self.steps = round(hours * 3600.0 / dt)
        state = self.twin.state
        chance = np.random.Generator(np.random.Philox(key=seed))
        state["thermal"]["tim_gain"][:] *= np.exp(tim_sigma * chance.standard_normal(state["thermal"]["tim_gain"].shape))
        state["thermal"]["flow_gain"][:] *= flow
        state["electrical"]["pv_gain"][:] *= 1.0 - soiling
        state["observe"]["gain"][:] *= meter
        self.scale, self.offset = (np.array([p[k] for p in self.points]) for k in ("scale", "offset"))
        self.stuck = sorted({k for word in stuck for k in self.points_called("stuck", word)})
        self.clock_of = {k for word in clock_of for k in self.points_called("clock_of", word)} or set(range(len(self.points)))
        self.stuck_step, self.clock_off = round(stuck_after * 3600.0 / dt), clock_off
        self.frozen: dict[int, float] = {}
        if odd := set(faults) - set(WORDS) - {"heat_share", "battery_capacity"}:
            raise InputError(f"Emulator: unknown setting {min(odd)!r}; accepted: {', '.join(WORDS)}, heat_share, battery_capacity")
        self.faults = Faults(self, **faults)
        self.step = 0

    def points_called(self, key: str, word: str) -> list[int]:
        """Places of the points with this name, or with this part of their topic; InputError where there is none."""
        found = [k for k, p in enumerate(self.points) if word == p["name"]] or [k for k, p in enumerate(self.points) if word in p["topic"]]
        if not found:
            raise InputError(f"{key} = {word!r}: no such point; accepted: a name such as {self.points[0]['name']!r} or a part of a topic")
        return found

    def nodes_called(self, key: str, word: str) -> list[int]:
        """Places of the nodes with this name, with or without the site's; InputError where there is none."""
        names = [c["name"].removesuffix(" tim_gain") for c in self.link.columns if c["name"].endswith(" tim_gain")]
        found = [n for n, name in enumerate(names) if word in (name, name.split("/", 1)[-1])]
        if not found:
            raise InputError(f"{key} = {word!r}: no such node; accepted: a name such as {names[0]!r}")
        return found

    def next(self) -> tuple[int, np.ndarray]:
        """Advance one step; return its time [ns since 1970] and the readings (point) in their published units."""
        self.faults.before(self.step)
        self.twin.step(1)
        self.step += 1
        said = np.round(self.faults.read(), 4)
        if self.step >= self.stuck_step:
            for k in self.stuck:
                said[k] = self.frozen.setdefault(k, float(said[k]))
        return self.twin._engine.time_ns, said

    def stamp(self, time_ns: int, step: int, point: int = 0) -> int:
        """Time stamp of a point [ms since 1970], with its clock offset."""
        off = self.clock_off if self.stuck_step <= step < 2 * self.stuck_step and point in self.clock_of else 0.0
        return time_ns // 1_000_000 + round(1000.0 * off)

    def truth(self) -> dict[str, np.ndarray]:
        """True values of the parameters that a shadow estimates [1]."""
        s = self.twin.state
        return {"tim_gain": s["thermal"]["tim_gain"][0], "flow_gain": s["thermal"]["flow_gain"][0], "pv_gain": s["electrical"]["pv_gain"][0],
                "gain": s["observe"]["gain"][0]}


class Publisher:
    """Publishes an emulator over MQTT as in DSX Exchange.

    At most `lead` steps ahead of the shadow's acknowledgements; unacknowledged steps are published again after `patience` [s], so that none is
    lost with a broker. `speed`: simulated over real time; 0: as fast as the shadow follows. InputError for a speed below 0 or a wildcard in a topic.
    """

    def __init__(self, emulator: Emulator, at: Address, *, speed: float = 1.0, lead: int = 5, patience: float = 2.0):
        if not speed >= 0.0:
            raise InputError(f"speed = {speed:g}; accepted: 0 or more")
        self.emulator, self.speed, self.lead, self.patience = emulator, speed, lead, patience
        self.heard = threading.Condition()
        self.acknowledged = 0
        for p in emulator.points:
            if "+" in p["topic"] or "#" in p["topic"]:
                raise InputError(f"topic {p['topic']}: + and # are wildcards of MQTT; accepted: names without them")
        self.client = client("emulator", at)
        self.client.on_message = self._on_ack
        self.client.on_connect = lambda c, *_: (c.subscribe(ACK + "#"), self._metadata())
        connect(self.client, at)
        self.client.loop_start()

    def _on_ack(self, c, userdata, message) -> None:
        try:
            at = stamp_ns(decode(message.payload, 256)["timestamp"])
        except (ValueError, KeyError, RecursionError):
            return
        if not believable(at):
            return
        with self.heard:
            self.acknowledged = max(self.acknowledged, at)
            self.heard.notify_all()

    def _metadata(self) -> None:
        for p in self.emulator.points:
            told = {"engUnit": p["unit"], "objectId": object_of(p["topic"]).partition(" ")[2], "isSetpoint": False}
            self.client.publish(METADATA + p["topic"][len(VALUE):], json.dumps(told), qos=0, retain=True)

    def _say(self, time_ns: int, step: int, said: np.ndarray) -> None:
        for k, (p, v) in enumerate(zip(self.emulator.points, said)):
            stamp = self.emulator.stamp(time_ns, step, k)
            self.client.publish(p["topic"], f'{{"value":{v!r},"timestamp":{stamp},"quality":1}}', qos=0)

    def run(self, progress=None) -> None:
        """Publish all steps; `progress` is called with the number of each. With speed 0 each step awaits the shadow's acknowledgement."""
        said: dict[int, tuple[int, np.ndarray]] = {}
        begin, e = time.monotonic(), self.emulator
        try:
            while e.step < e.steps:
                time_ns, values = e.next()
                values = [float(v) for v in values]
                self._say(time_ns, e.step, values)
                if self.speed > 0.0:
                    time.sleep(max(0.0, begin + e.step * e.dt / self.speed - time.monotonic()))
                else:
                    said[time_ns] = (e.step, values)
                    self._wait(time_ns - (0 if e.step == e.steps else self.lead) * round(e.dt * 1e9), said)
                if progress is not None:
                    progress(e.step)
        finally:
            self.client.disconnect()
            self.client.loop_stop()

    def _wait(self, until: int, said: dict) -> None:
        """Wait until the shadow has acknowledged `until` [ns]; publish unacknowledged steps again meanwhile."""
        while True:
            with self.heard:
                reached = self.heard.wait_for(lambda: self.acknowledged >= until, self.patience)
                for t in [t for t in said if t <= self.acknowledged]:
                    del said[t]
            if reached or math.isinf(until):
                return
            if self.client.is_connected():
                for t, (step, values) in sorted(said.items()):
                    self._say(t, step, values)
