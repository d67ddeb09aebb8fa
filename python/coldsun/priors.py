"""Priors of a site's keys: the shapes of [study.NAME], in the key's SI unit, bounds where the shape needs or is given them."""

from __future__ import annotations

from typing import NamedTuple

from .errors import InputError


class Prior(NamedTuple):
    """A distribution. A normal or lognormal without a bound ends where the key's range ends, at most 8 deviations away; what lies outside
    the bounds is cut away and the rest scaled up."""

    distribution: str
    low: float | None = None
    high: float | None = None
    centre: float = 0.0   # mean, median or mode
    spread: float = 0.0   # standard deviation, of the logarithm where it is lognormal


def uniform(low: float, high: float) -> Prior:
    """Every value between two bounds alike."""
    return Prior("uniform", low, high)


def normal(mean: float, deviation: float, low: float | None = None, high: float | None = None) -> Prior:
    """A normal distribution, cut at its bounds."""
    return Prior("normal", low, high, mean, deviation)


def lognormal(median: float, deviation_of_log: float, low: float | None = None, high: float | None = None) -> Prior:
    """A lognormal distribution, cut at its bounds."""
    return Prior("lognormal", low, high, median, deviation_of_log)


def triangular(low: float, mode: float, high: float) -> Prior:
    """A triangle from low over its mode to high."""
    return Prior("triangular", low, high, mode)


def priors_of(draw: dict | None) -> tuple[tuple[str, Prior], ...]:
    """A study's `draw` as plain values."""
    out = []
    for key, prior in (draw or {}).items():
        if not isinstance(prior, Prior):
            raise InputError(f"draw[{key!r}] = {prior!r}; accepted: uniform, normal, lognormal or triangular of cs.studies")
        out.append((str(key), Prior(prior[0], *(None if x is None else float(x) for x in prior[1:]))))
    return tuple(out)


_SHAPES = {"uniform": (uniform, "LOW:HIGH"), "normal": (normal, "MEAN:DEVIATION[:LOW:HIGH]"),
           "lognormal": (lognormal, "MEDIAN:DEVIATION_OF_LOG[:LOW:HIGH]"), "triangular": (triangular, "LOW:MODE:HIGH")}


def parse(text: str) -> tuple[str, Prior]:
    """``KEY=normal:5.2e4:4e3`` as (key, prior)."""
    key, _, words = text.partition("=")
    shape, *numbers = words.split(":")
    make, form = _SHAPES.get(shape, (None, None))
    try:
        return key, make(*(float(x) for x in numbers))
    except (TypeError, ValueError):
        accepted = f"KEY={shape}:{form}" if form else ", ".join(f"KEY={name}:{f}" for name, (_, f) in _SHAPES.items())
        raise InputError(f"draw {text!r}; accepted: {accepted}, SI") from None
