"""Orbit: satellites from element sets on arrays - states, looks, contact windows, serving satellites.

SGP4, and SDP4 for periods of 225 min and more (Hoots and Roehrich 1980; Vallado et al. 2006, doi 10.2514/6.2006-6753), WGS72 constants, mode 'i',
as python-sgp4. All threads are used, without the GIL. Latitudes, longitudes and elevations are degrees, distances metres, times UTC.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from . import _engine
from .arrays import real_array
from .errors import InputError
from .orbit_inputs import instants, julian_ns, places, sets_of, span

__all__ = ["Catalogue"]

_STRATEGIES = ("max_elevation", "sticky", "longest_remaining")


class Catalogue:
    """Element sets that SGP4 can propagate, in the order of their text.

    Parameters
    ----------
    text : TLE lines (two or three a set, alpha-5 numbers), or OMM messages of CCSDS 502.0-B-3 as CSV, JSON, XML or KVN (numbers to nine digits)
    name : name of the text in ``remarks``

    Attributes ``names``, ``norad_cat_id`` and ``epoch`` (per satellite); ``remarks``: a sentence per reason why records are not used, with
    their lines. `from_file` reads a file, `from_satellites` takes what python-sgp4 and Skyfield have read.

    Raises
    ------
    InputError
        the text has no record; a faulty record is skipped and named in ``remarks``

    Examples
    --------
    >>> import coldsun as cs
    >>> satellites = cs.orbit.Catalogue.from_file(cs.data_folder() / "constellations" / "three_body.csv")
    >>> len(satellites), satellites.names[0], int(satellites.norad_cat_id[0])
    (12, 'SCS-01 A', 63982)
    """

    def __init__(self, text: str, name: str = "text"):
        if not isinstance(text, str):
            raise InputError(f"text is {type(text).__name__}; accepted: TLE or OMM CSV as text (Catalogue.from_file reads a file)")
        self._take(_engine.orbit.read_catalogue(text, name))

    def _take(self, engine):
        self._engine = engine
        self.names = self._engine.names()
        self.norad_cat_id = self._engine.norad_cat_ids()
        self.epoch = pd.DatetimeIndex(self._engine.epochs_ns().view("datetime64[ns]"), tz="UTC")
        self.remarks = self._engine.remarks

    @classmethod
    def from_file(cls, path) -> Catalogue:
        """The catalogue of a TLE or OMM file; InputError where it cannot be read or has no record. See the example of the class."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError, TypeError) as error:
            raise InputError(f"{path}: {error}; accepted: a text file of TLE or OMM") from None
        return cls(text, Path(path).name)

    @classmethod
    def from_satellites(cls, satellites) -> Catalogue:
        """The catalogue of python-sgp4's (or `coldsun.compat.sgp4`'s) ``Satrec`` and Skyfield's ``EarthSatellite`` objects, mixed as you like.

        Raises InputError for another object, or other constants than WGS72.

        Examples
        --------
        >>> import coldsun as cs
        >>> from coldsun.compat.sgp4 import Satrec
        >>> vanguard = Satrec.twoline2rv("1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753",
        ...                              "2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667")
        >>> int(cs.orbit.Catalogue.from_satellites([vanguard]).norad_cat_id[0])
        5
        """
        self = cls.__new__(cls)
        self._take(_engine.orbit.from_elements(*sets_of(satellites), True))
        return self

    def __len__(self) -> int:
        return len(self._engine)

    def __repr__(self) -> str:
        return f"<Catalogue of {len(self)} satellites>"

    def sgp4(self, jd, fr):
        """States at Julian dates, with the signature, units and shapes of python-sgp4's ``SatrecArray.sgp4``.

        Parameters
        ----------
        jd, fr : Julian date and its fraction [days], one dimension, of one length; rounded to a nanosecond

        Returns
        -------
        error (satellite, time) : 0, or the code of Vallado et al.: 1, 2, 3, 4, 6 (decayed)
        position (satellite, time, 3) : TEME [km]; NaN where error is not 0
        velocity (satellite, time, 3) : TEME [km/s]; NaN where error is not 0

        Raises
        ------
        InputError
            for dates of two lengths, not finite, or before 1678 or after 2261

        References
        ----------
        Vallado, Crawford, Hujsak and Kelso 2006, doi 10.2514/6.2006-6753

        Examples
        --------
        >>> import coldsun as cs, numpy as np
        >>> satellites = cs.orbit.Catalogue.from_file(cs.data_folder() / "constellations" / "three_body.csv")
        >>> error, r, v = satellites.sgp4(np.array([2461205.5]), np.array([0.25]))
        >>> r[0].round(1)
        array([[-743.8,  473.3, 6812.7]])
        """
        r, v, error = self._engine.states(julian_ns(jd, fr))
        r, v = (_without_failures(x, error) for x in (r * 1e-3, v * 1e-3))
        return error.T.astype(np.uint8), r.transpose(2, 1, 0), v.transpose(2, 1, 0)

    def propagate(self, time) -> xr.Dataset:
        """States at times.

        Parameters
        ----------
        time : times as pandas reads them, without a zone as UTC

        Returns
        -------
        Dataset over time, satellite and component
            position [m] and velocity [m/s] in TEME, NaN where they cannot be computed; error: the code, as in `sgp4`

        Raises
        ------
        InputError
            for what is no time

        References
        ----------
        Vallado, Crawford, Hujsak and Kelso 2006, doi 10.2514/6.2006-6753

        Examples
        --------
        >>> import coldsun as cs
        >>> satellites = cs.orbit.Catalogue.from_file(cs.data_folder() / "constellations" / "three_body.csv")
        >>> (satellites.propagate("2026-06-14T06:00Z").position[0, 0] / 1e3).values.round(1)
        array([-743.8,  473.3, 6812.7])
        """
        ns = instants("time", time)
        r, v, error = self._engine.states(ns)
        axes = ("component", "time", "satellite")
        states = {"position": (axes, _without_failures(r, error), {"units": "m", "frame": "TEME"}),
                  "velocity": (axes, _without_failures(v, error), {"units": "m s-1", "frame": "TEME"}), "error": (axes[1:], error)}
        return xr.Dataset(states, coords=self._axes(ns) | {"component": ["x", "y", "z"]}).transpose("time", "satellite", "component")

    def looks(self, time, latitude, longitude, altitude=0.0, *, dut1=0.0) -> xr.Dataset:
        """Where one place sees the satellites.

        Parameters
        ----------
        time : times as pandas reads them, without a zone as UTC
        latitude, longitude, altitude : of the place [degrees, degrees east, m above WGS84]
        dut1 : UT1 - UTC [s]

        Returns
        -------
        Dataset over time and satellite
            azimuth (from north clockwise), elevation [degrees], slant_range [m], range_rate [m/s], receding positive. No refraction, no
            light time, no polar motion (13 m). NaN where the satellite cannot be propagated.

        Raises
        ------
        InputError
            for what is no time, for a place beyond its range

        References
        ----------
        Vallado 2013, eq. 3-47 (GMST82, Aoki et al. 1982) and section 4.4

        Examples
        --------
        >>> import coldsun as cs
        >>> satellites = cs.orbit.Catalogue.from_file(cs.data_folder() / "constellations" / "three_body.csv")
        >>> sky = satellites.looks("2026-06-14T06:00Z", 24.4267, 54.6167, 10.0)
        >>> sky.elevation.values[0, :3].round(2)
        array([-30.26, -64.16, -32.32])
        """
        ns = instants("time", time)
        place = places(float(real_array("latitude", latitude)), float(real_array("longitude", longitude)), altitude, 0.0)
        columns = self._engine.looks(ns, place, float(real_array("dut1", dut1)))
        units = {"azimuth": "degree", "elevation": "degree", "slant_range": "m", "range_rate": "m s-1"}
        return xr.Dataset({name: (("time", "satellite"), column, {"units": unit}) for (name, unit), column in zip(units.items(), columns)},
                          coords=self._axes(ns))

    def windows(self, start, stop, latitude, longitude, altitude=0.0, *, elevation_mask=10.0, dut1=0.0) -> pd.DataFrame:
        """Contact windows over one place or many.

        Parameters
        ----------
        start, stop : the span, UTC
        latitude, longitude, altitude, elevation_mask : of the places; numbers or arrays that broadcast [degrees, degrees, m, degrees]
        dut1 : UT1 - UTC [s]

        Returns
        -------
        DataFrame sorted by station and rise
            station (index of the place), satellite (index in the catalogue), name, norad_cat_id, aos, tca, los (rise, highest point, set),
            max_elevation [degrees], open_at_start, open_at_stop (both: visible all the time). Edges are right to 1 ms. Of several
            sets of one satellite the one nearest to the middle of the span counts; after its decay a satellite is not seen.

        Raises
        ------
        InputError
            for a stop that is not after start, for a place beyond its range

        References
        ----------
        Search by culmination: kernels/orbit/README.md; passes against Skyfield in tests/orbit_windows_test.cpp and validation/test_sgp4.py

        Examples
        --------
        >>> import coldsun as cs
        >>> satellites = cs.orbit.Catalogue.from_file(cs.data_folder() / "constellations" / "three_body.csv")
        >>> passes = satellites.windows("2026-06-14", "2026-06-15", 24.4267, 54.6167, 10.0, elevation_mask=10.0)
        >>> len(passes), passes.aos[0].strftime("%H:%M:%S"), f"{passes.max_elevation.max():.1f}"
        (32, '06:08:59', '87.2')
        """
        columns = self._engine.windows(places(latitude, longitude, altitude, elevation_mask), span(start, stop, dut1))
        satellite, truncated = columns["satellite"], columns.pop("truncated")
        times = {name: pd.DatetimeIndex(columns[name].view("datetime64[ns]"), tz="UTC") for name in ("aos", "tca", "los")}
        return pd.DataFrame({"station": columns["station"], "satellite": satellite, "name": [self.names[k] for k in satellite],
                             "norad_cat_id": self.norad_cat_id[satellite], **times, "max_elevation": columns["max_elevation"],
                             "open_at_start": (truncated & 1) != 0, "open_at_stop": (truncated & 2) != 0})

    def serving(self, start, stop, latitude, longitude, altitude=0.0, *, elevation_mask=25.0, strategy="max_elevation", dut1=0.0) -> xr.Dataset:
        """Serving satellite of every 15-s slot (at :12, :27, :42, :57 of a minute) over one place or many.

        Parameters
        ----------
        start, stop, latitude, longitude, altitude, elevation_mask, dut1 : as in `windows`
        strategy : "max_elevation" (the highest, every slot anew), "sticky" (keep while it is up, then the highest) or "longest_remaining"
            (keep while it is up, then the one that stays for the most slots)

        Returns
        -------
        Dataset over station and time (start of the slot)
            satellite (index in the catalogue, -1: none), visible (satellites above the mask), reconfiguration (another satellite than in the
            slot before), elevation [degrees], slant_range [m], remaining (until it sets, looked for 4 h, with deep-space satellites 24 h, beyond
            the span) [s]; the last three NaN where none serves

        Raises
        ------
        InputError
            as `windows`, and for another strategy

        References
        ----------
        Mohan et al. 2024, doi 10.1145/3589334.3645328; Tanveer et al. 2023, doi 10.1145/3624354.3630586

        Examples
        --------
        >>> import coldsun as cs
        >>> satellites = cs.orbit.Catalogue.from_file(cs.data_folder() / "constellations" / "three_body.csv")
        >>> link = satellites.serving("2026-06-14T06:00Z", "2026-06-14T06:20Z", 24.4267, 54.6167, elevation_mask=10.0)
        >>> link.sizes["time"], int((link.satellite >= 0).sum())
        (81, 44)
        """
        if strategy not in _STRATEGIES:
            raise InputError(f"strategy = {strategy!r}; accepted: {', '.join(_STRATEGIES)}")
        stations = places(latitude, longitude, altitude, elevation_mask)
        columns = self._engine.serving(stations, span(start, stop, dut1), _STRATEGIES.index(strategy))
        time = columns.pop("time").view("datetime64[ns]")
        tables = {name: (("station", "time"), column.reshape(-1, len(time))) for name, column in columns.items()}
        link = xr.Dataset(tables, coords={"time": time})
        none = link.satellite >= 0
        for name, unit in (("elevation", "degree"), ("slant_range", "m"), ("remaining", "s")):
            link[name] = link[name].where(none).assign_attrs(units=unit)
        return link

    def _axes(self, ns: np.ndarray) -> dict:
        return {"time": ns.view("datetime64[ns]"), "satellite": np.arange(len(self)), "norad_cat_id": ("satellite", self.norad_cat_id)}


def _without_failures(states: np.ndarray, error: np.ndarray) -> np.ndarray:
    if error.any():
        states[:, error != 0] = np.nan
    return states
