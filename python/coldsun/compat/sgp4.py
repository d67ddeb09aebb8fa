"""`Satrec` and `SatrecArray` with python-sgp4's names, shapes, units and error codes: ``from coldsun.compat.sgp4 import Satrec, SatrecArray``.

WGS72 constants and operation mode 'i', which are python-sgp4's defaults; others are refused. States are those of `coldsun.orbit.Catalogue`:
within 2e-7 km and 1e-9 km/s of python-sgp4 over all rows of the verification set (validation/test_sgp4.py). Times are rounded to a nanosecond.
"""

from __future__ import annotations

import numpy as np

from .. import _engine
from ..errors import InputError
from ..orbit_inputs import DAY, ELEMENTS, EPOCH, julian_ns, minutes_ns

__all__ = ["SGP4_ERRORS", "WGS72", "WGS72OLD", "WGS84", "Satrec", "SatrecArray", "accelerated", "jday"]

SGP4_ERRORS = {
    1: "mean eccentricity is outside the range 0.0 to 1.0",
    2: "mean motion is not positive",
    3: "perturbed eccentricity is outside the range 0.0 to 1.0",
    4: "semilatus rectum is negative",
    5: "(not used)",
    6: "closer than one Earth radius to the centre: the satellite has decayed",
}
WGS72OLD, WGS72, WGS84 = range(3)
accelerated = True
_DECAYED = 6
_1949 = 2433281.5   # Julian date from which `sgp4init` counts its epoch


def jday(year, mon, day, hr, minute, sec):
    """Julian date of a date of the Gregorian calendar, 1900 to 2100, and its fraction [days] (Vallado 2013, algorithm 14); numbers or arrays."""
    whole = 367.0 * year - 7 * (year + (mon + 9) // 12) * 0.25 // 1.0 + 275 * mon / 9.0 // 1.0 + day + 1721013.5
    return whole, (sec + minute * 60.0 + hr * 3600.0) / 86400.0


class Satrec:
    """One element set. `twoline2rv` or `sgp4init` fills it; `sgp4`, `sgp4_tsince` and `sgp4_array` propagate it."""

    def sgp4init(self, whichconst, opsmode, satnum, epoch, bstar, ndot, nddot, ecco, argpo, inclo, mo, no_kozai, nodeo):
        """Elements in rad and rad/min; epoch in days from 1949-12-31 00:00 UT."""
        whole = np.floor(epoch)
        self.jdsatepoch, self.jdsatepochF = _1949 + whole, epoch - whole
        self._fill(whichconst, opsmode, satnum, (bstar, ecco, argpo, inclo, mo, no_kozai, nodeo), int(julian_ns(self.jdsatepoch, self.jdsatepochF)[0]))
        self.ndot, self.nddot = ndot, nddot

    @classmethod
    def twoline2rv(cls, line1: str, line2: str, whichconst=WGS72):
        """The set of two lines; checksums are not looked at. Raises InputError for lines that are none."""
        parsed = _engine.orbit.parse_tle(f"{line1[:68]}\n{line2[:68]}\n")
        self = cls()
        self._fill(whichconst, "i", int(parsed.norad_cat_ids()[0]), parsed.elements()[0].tolist(), int(parsed.epochs_ns()[0]))
        days, rest = divmod(self._epoch, DAY)
        self.jdsatepoch, self.jdsatepochF = EPOCH + days, rest / DAY
        self.satnum_str, self.classification, self.intldesg = line1[2:7], line1[7:8], line1[9:17].rstrip()
        self.epochyr, self.epochdays = int(line1[18:20]), float(line1[20:32])
        self.ephtype, self.elnum, self.revnum = (int(text.strip() or 0) for text in (line1[62:63], line1[64:68], line2[63:68]))
        return self

    def _fill(self, whichconst, opsmode, satnum, elements, epoch):
        if whichconst != WGS72:
            raise InputError(f"whichconst = {whichconst!r}; accepted: WGS72, the constants that element sets are made with")
        if opsmode != "i":
            raise InputError(f"opsmode = {opsmode!r}; accepted: 'i'")
        for name, value in zip(ELEMENTS, elements):
            setattr(self, name, float(value))
        self.satnum, self.operationmode, self.error, self.t, self._epoch = satnum, opsmode, 0, 0.0, epoch
        self._engine = _engine_of([self])
        self.method = "d" if self._engine.deep() else "n"

    def sgp4(self, jd, fr):
        """Error, position [km] and velocity [km/s] in TEME at a Julian date and its fraction."""
        return self._one(julian_ns(jd, fr))

    def sgp4_tsince(self, tsince):
        """The same at minutes after the epoch."""
        return self._one(minutes_ns(self._epoch, tsince))

    def _one(self, ns):
        error, r, v = _states(self._engine, ns)
        self.t, self.error = (int(ns[0]) - self._epoch) / 60e9, int(error[0, 0])
        return self.error, tuple(r[0, 0].tolist()), tuple(v[0, 0].tolist())

    def sgp4_array(self, jd, fr):
        """Errors (time), positions and velocities (time, 3) at arrays of Julian dates."""
        error, r, v = _states(self._engine, julian_ns(jd, fr))
        return error[0], r[0], v[0]


class SatrecArray:
    """Many satellites at many times, all threads at work."""

    def __init__(self, satrecs):
        self._satrecs = list(satrecs)
        self._engine = _engine_of(self._satrecs)

    def __len__(self):
        return len(self._satrecs)

    def sgp4(self, jd, fr):
        """Errors (satellite, time), positions and velocities (satellite, time, 3) at arrays of Julian dates."""
        return _states(self._engine, julian_ns(jd, fr))


def _engine_of(satrecs):
    rows = np.array([[getattr(s, name) for name in ELEMENTS] for s in satrecs], float).reshape(len(satrecs), len(ELEMENTS))
    return _engine.orbit.from_elements(rows, np.array([s._epoch for s in satrecs], "int64"), np.zeros(len(satrecs), "int64"), [""] * len(satrecs), False)


def _states(engine, ns):
    """Where the theory gives no orbit NaN; what has decayed keeps its numbers, as in python-sgp4."""
    r, v, error = engine.states(ns)
    error = error.T
    lost = (error != 0) & (error != _DECAYED)
    r, v = (x.transpose(2, 1, 0) * 1e-3 for x in (r, v))
    if lost.any():
        r[lost] = v[lost] = np.nan
    return error.astype(np.uint8), r, v
