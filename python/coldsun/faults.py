"""Faults of an emulated site: errors that the model has no parameter for, each by name, from a stated hour on."""

from __future__ import annotations

import re

import numpy as np

from .errors import InputError

# name -> what its words look like; the lists may hold several
WORDS = {
    "noise": "POINT=FACTOR[@HOURS], or FACTOR for all points",
    "gain": "POINT=FACTOR[@HOURS]",
    "offset": "POINT=OFFSET[@HOURS], in the point's published unit",
    "unit": "POINT=UNIT[@HOURS], a unit of the same quantity",
    "interface": "NODE=FACTOR[@HOURS]",
    "node_flow": "NODE=FACTOR[@HOURS]",
}


def parse(name: str, word: str) -> tuple[str | None, str, float]:
    """Name of a point or node (None: all), value and hour of a fault as written."""
    found = re.fullmatch(r"(?:(?P<who>.+)=)?(?P<value>[^=@]+?)(?:@(?P<hours>[0-9.]+))?", str(word).strip())
    try:
        if found is None or (found["who"] is None and name != "noise"):
            raise ValueError
        hours = float(found["hours"] or 0.0)
        if name != "unit" and not np.isfinite(float(found["value"])):
            raise ValueError
        return found["who"], found["value"], hours
    except ValueError:
        raise InputError(f"{name} = {word!r}; accepted: {WORDS[name]}") from None


class Faults:
    """What an emulated site does that its file does not say.

    Parameters
    ----------
    emulator : emulate.Emulator
        With its twin, link and points made.
    noise, gain, offset, unit, interface, node_flow : sequences of str
        As in `WORDS`: noise of an instrument over the told one; reading over true value; offset of a reading; readings in another unit than
        the file says; interface resistance of a node, and coolant flow through a node, over what they were.
    heat_share, battery_capacity : float
        Share of node power that heats the coolant, and capacity of the battery, over the file's.
    """

    def __init__(self, emulator, *, noise=(), gain=(), offset=(), unit=(), interface=(), node_flow=(), heat_share: float = 1.0,
                 battery_capacity: float = 1.0):
        self.emulator, n = emulator, len(emulator.points)
        for name, value, low, high in (("heat_share", heat_share, 0.5, 1.2), ("battery_capacity", battery_capacity, 0.1, 1.5)):
            if not low <= value <= high:
                raise InputError(f"{name} = {value:g}; accepted: {low:g} to {high:g}")
        emulator.link.scale_heat_share(heat_share)
        emulator.twin.state["electrical"]["capacity_factor"][:] *= battery_capacity
        self.noise, self.gain, self.offset = np.ones(n), np.ones(n), np.zeros(n)
        self.scale, self.shift = emulator.scale.copy(), emulator.offset.copy()
        self.coming: list[tuple[int, str, list[int], object]] = []   # (step, name, places, value)
        for name, words in (("noise", noise), ("gain", gain), ("offset", offset), ("unit", unit), ("interface", interface), ("node_flow", node_flow)):
            for word in (words,) if isinstance(words, (str, float, int)) else words:
                self._read(name, word)
        self.coming.sort(key=lambda f: f[0])

    def _read(self, name: str, word) -> None:
        who, text, hours = parse(name, word)
        e = self.emulator
        value: object = text
        if name in ("interface", "node_flow"):
            places = e.nodes_called(name, who)
        else:
            places = list(range(len(e.points))) if who is None else e.points_called(name, who)
        if name == "unit":
            for k in places:
                if text not in e.points[k]["units"]:
                    raise InputError(f"unit = {word!r}; accepted for {e.points[k]['name']}: {', '.join(e.points[k]['units'])}")
        else:
            low, high = {"noise": (0.0, 100.0), "offset": (-1e9, 1e9), "gain": (0.0, 1e6), "interface": (0.05, 20.0), "node_flow": (0.01, 5.0)}[name]
            value = float(text)
            if not low <= value <= high:
                raise InputError(f"{name} = {word!r}; accepted: {low:g} to {high:g}")
        self.coming.append((round(hours * 3600.0 / e.dt), name, places, value))

    def before(self, step: int) -> None:
        """Let what begins with this step begin; step counts from 0."""
        while self.coming and self.coming[0][0] <= step:
            _, name, places, value = self.coming.pop(0)
            thermal = self.emulator.twin.state["thermal"]
            if name == "interface":
                thermal["tim_gain"][:, places] *= value
            elif name == "node_flow":
                thermal["flow_gain"][:, places] *= value
            elif name == "unit":
                for k in places:
                    self.scale[k], self.shift[k] = self.emulator.points[k]["units"][value]
            else:
                getattr(self, name)[places] = value

    def read(self) -> np.ndarray:
        """What the instruments read at the end of a step, in the units in which they publish."""
        e = self.emulator
        read = np.array(e.link.sense())
        true = np.array(e.link.observe())[0]
        read = self.gain * (true + self.noise * (read - true))
        return (read - self.shift) / self.scale + self.offset
