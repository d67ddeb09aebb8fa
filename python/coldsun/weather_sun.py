"""Position of the interval centres of a weather file, found from the sun: files break the rule of their format, or keep summer time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pvlib

from .errors import InputError
from .weather_formats import Rows

_CLOSED = 0.06          # largest accepted closure error |ghi - dni cos(zenith) - dhi| over the year's ghi
_DOUBT, _FAR = 20.0, 45.0   # min between the centroid of daily irradiance and solar noon: noted above, refused above; two real years have 1
_HOUR = 60.0            # min, advance of summer time
_WORSE, _GAP = 0.6, 0.015   # a month is in summer time: its closure error falls below this share one hour away, and exceeds this value as it is
MONTHS = "January February March April May June July August September October November December".split()


def cos_zenith(at: pd.DatetimeIndex, rows: Rows) -> np.ndarray:
    """Cosine of the solar zenith angle [1], 0 below the horizon."""
    sun = pvlib.solarposition.ephemeris(at, rows.latitude, rows.longitude)
    return np.cos(np.radians(sun["zenith"].to_numpy(np.float64))).clip(0.0)


def sun_centre(path: Path, frame: pd.DataFrame, rows: Rows, step: float) -> tuple[pd.DatetimeIndex, float, str]:
    """Centres of the intervals, their offset from the time stamps [min], and how it was found.

    With ghi, dni and dhi the offset is the one that best closes ghi = dni cos(zenith) + dhi; otherwise it follows from the rule of the format. The
    closure month by month detects summer time. InputError for summer time, an open closure or a wrong time zone.
    """
    half = step / 2
    sample = frame if len(frame) < 40_000 else frame[frame.index.day_of_year % 5 == 0]
    if all(q in frame for q in ("ghi", "dni", "dhi")):
        offset, how = _by_closure(path, sample, rows, half), ""
    else:
        offset, how = (0.5 - rows.stamp) * step, " by the rule of its format"
        _by_noon(path, sample, rows, offset)
    centre = frame.index + pd.Timedelta(minutes=offset)
    # Whole minutes: a centre written as 2 or 7 min is 2.5 or 7.5; intervals shorter than 5 min are moved by half a minute.
    begin = float(np.mod((centre[0] - frame.index[0].normalize()).total_seconds() / 60.0 - half, step))
    move = 0.5 if begin == step - 0.5 else (-0.5 if begin == 0.5 else (0.5 if step < 5.0 and begin % 1.0 == 0.5 else 0.0))
    if begin * 2.0 != np.floor(begin * 2.0):
        raise InputError(f"{path}: intervals begin {begin:g} min after a whole {step:g} min; accepted: whole or half minutes")
    if move:
        rows.notes.append(f"intervals are moved by {60.0 * move:+g} s, to whole minutes")
    return centre + pd.Timedelta(minutes=move), offset + move, how


def _by_closure(path: Path, frame: pd.DataFrame, rows: Rows, half: float) -> float:
    ghi, dni, dhi = (frame[name].to_numpy(np.float64) for name in ("ghi", "dni", "dhi"))
    month = (frame.index + pd.Timedelta(hours=rows.zone)).month.to_numpy() - 1
    light = np.bincount(month, ghi, 12)
    usual = [k * half for k in (-2, -1, 0, 1, 2)]
    gaps: dict[float, np.ndarray] = {}

    def gap(offset: float) -> np.ndarray:
        if offset not in gaps:
            up = cos_zenith(frame.index + pd.Timedelta(minutes=offset), rows)
            gaps[offset] = np.bincount(month, np.abs(ghi - dni * up - dhi), 12)
        return gaps[offset]

    best = min(usual, key=lambda offset: gap(offset).sum())
    lit = light > 0.01 * light.sum()

    def share(offset: float) -> np.ndarray:
        return gap(offset) / np.maximum(light, 1e-9)

    # One hour earlier or later closes far better: in all months the time zone is wrong, in some the clock has summer time.
    for away in (-_HOUR, _HOUR):
        off = lit & (share(best) > _GAP) & (share(best + away) < _WORSE * share(best))
        if 2 <= off.sum() < lit.sum():
            names = ", ".join(MONTHS[m] for m in np.flatnonzero(off))
            raise InputError(f"{path}: the sun of {names} is {abs(away):g} min {'earlier' if away < 0 else 'later'} than in the other months (summer time); "
                             "accepted: standard time all year")
    total = gap(best).sum() / light.sum()
    if total > _CLOSED:
        hint = next((f"; with time stamps {abs(away):g} min {'earlier' if away < 0 else 'later'} it would be {gap(best + away).sum() / light.sum():.1%}"
                     for away in (-_HOUR, _HOUR) if gap(best + away).sum() < 0.5 * gap(best).sum()), "")
        raise InputError(f"{path}: ghi differs from dni cos(zenith) + dhi by {total:.0%} of the year's sum or more, for any position of the sun in the "
                         f"interval{hint}; accepted: at most 6 % (check Time Zone, the hour column and the irradiance columns)")
    # A time stamp is at the start, centre or end of its interval; starts and ends lie on a whole step.
    if abs(best) > half or (best and rows.minute[0] % (2.0 * half)):
        rows.notes.append(f"doubtful: irradiance fits the sun {best:+g} min from the time stamps, which is no start, centre or end of an interval; all "
                          f"values are moved there (check Time Zone, {rows.zone:+g} h)")
    return best


def _by_noon(path: Path, frame: pd.DataFrame, rows: Rows, offset: float) -> None:
    """Check of a file with two components, which have no closure: the centroid of daily irradiance must be near solar noon in each month."""
    light = frame["ghi"] if "ghi" in frame else frame["dni"] + frame["dhi"]
    at = frame.index + pd.Timedelta(minutes=offset)
    local = at + pd.Timedelta(hours=rows.zone)
    days = at.day_of_year.to_numpy()
    hours = (at.hour * 60 + at.minute).to_numpy(np.float64) + pvlib.solarposition.equation_of_time_spencer71(days) + 4.0 * rows.longitude
    away = np.mod(hours, 1440.0) - 720.0   # min from solar noon
    month = local.month.to_numpy() - 1
    sums = np.bincount(month, light, 12)
    lit = sums > 0.01 * sums.sum()
    middle = np.bincount(month, light.to_numpy() * away, 12) / np.maximum(sums, 1e-9)
    usual = float(np.median(middle[lit]))
    if abs(usual) > _FAR:
        raise InputError(f"{path}: the centroid of daily irradiance is {usual:+.0f} min from solar noon; accepted: within {_FAR:g} min "
                         "(check Time Zone)")
    if abs(usual) > _DOUBT:
        rows.notes.append(f"doubtful: the centroid of daily irradiance is {usual:+.0f} min from solar noon (check Time Zone, {rows.zone:+g} h); derived "
                          "components have the same error")
    # Two groups of months whose centroids are an hour apart are standard and summer time.
    order = np.sort(middle[lit])
    k = int(np.argmax(np.diff(order))) + 1
    if np.diff(order).max() > 25.0 and 40.0 < order[k:].mean() - order[:k].mean() < 80.0 and min(k, len(order) - k) >= 2:
        later = ", ".join(MONTHS[m] for m in np.flatnonzero(lit & (middle >= order[k])))
        raise InputError(f"{path}: irradiance of {later} is an hour later than in the other months (summer time); "
                         "accepted: standard time all year")
