"""Faults of an emulated site, many without a parameter in the model: each with a name, a value and a start time."""

from __future__ import annotations

import re

import numpy as np

from .errors import InputError

# name -> form of its text; each list may hold several
WORDS = {
    "noise": "POINT=FACTOR[@HOURS], or FACTOR for all points",
    "gain": "POINT=FACTOR[@HOURS]",
    "offset": "POINT=OFFSET[@HOURS], in the point's published unit",
    "unit": "POINT=UNIT[@HOURS], a unit of the same quantity",
    "interface": "NODE=FACTOR[@HOURS]",
    "node_flow": "NODE=FACTOR[@HOURS]",
}


def parse(name: str, word: str) -> tuple[str | None, str, float]:
    """Point or node (None: all), value and start [h] of a fault, from its text; InputError for another form.

    >>> parse("gain", "h200/3/power=0.9@0.5")
    ('h200/3/power', '0.9', 0.5)
    """
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
    """Faults of an emulated site.

    Parameters
    ----------
    emulator : emulate.Emulator
        With its twin, link and points made.
    noise, gain, offset, unit, interface, node_flow : sequences of str
        In the forms of `WORDS`: instrument noise over its site-file value; instrument gain; instrument offset; another published unit; factors on
        the interface resistance and on the coolant flow of a node.
    heat_share, battery_capacity : float
        Share of node power to the coolant, and battery capacity, over their site-file values.

    Raises InputError for an unknown point or node, another form, or a value outside its range.
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
        """Apply the faults that start at this step, counted from 0."""
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
        """Readings of the instruments (point) at the end of a step, in their published units."""
        e = self.emulator
        read = np.array(e.link.sense())
        true = np.array(e.link.observe())[0]
        read = self.gain * (true + self.noise * (read - true))
        return (read - self.shift) / self.scale + self.offset
