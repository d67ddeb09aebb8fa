#!/usr/bin/env python3
"""Every array function beside its peer in the same run: rates of one core on the same work, their ratio, the largest difference.

    python validation/peers.py            # all rows; words choose: python validation/peers.py sky orbit
    python validation/peers.py --csv      # the same as CSV

Rates are points per second of processor time, one thread each, the best of three runs. A later part adds a function that yields rows to PARTS.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pvlib

import coldsun as cs
from coldsun import _engine

N = 200_000   # points of a column
DATA = Path(__file__).resolve().parent / "data"
LONGI = dict(alpha_sc=0.0057072, a_ref=1.80382, I_L_ref=13.937, I_o_ref=1.47e-11, R_sh_ref=139.433, R_s=0.169931, Adjust=5.40163)


@dataclass
class Row:
    """One function beside one peer: what both do, on how many points; the gap of what both return."""

    function: str
    peer: str
    work: str
    points: int
    theirs: Callable[[], object]
    ours: Callable[[], object]
    gap: Callable[[object, object], float]   # (theirs, ours)
    unit: str


def rate(points: int, call: Callable[[], object]) -> tuple[float, object]:
    """Points per second of processor time, best of three, and what came back; calls of a second or more run twice: the first may fill caches."""
    best = np.inf
    for k in range(3):
        start = time.process_time()
        out = call()
        best = min(best, time.process_time() - start)
        if best > 1.0 and k > 0:
            break
    return points / best, out


def absolute(theirs, ours) -> float:
    """Largest difference where both are finite; infinite where one alone is."""
    a, b = np.asarray(theirs, dtype=float), np.asarray(ours, dtype=float)
    if (np.isfinite(a) != np.isfinite(b)).any():
        return np.inf
    return float(np.nanmax(np.abs(a - b), initial=0.0))


def relative(theirs, ours) -> float:
    """The same against the peer's largest value of each column."""
    return max(absolute(a, b) / np.nanmax(np.abs(np.asarray(a, dtype=float))) for a, b in zip(theirs, ours))


def shared(*names: str) -> Callable[[object, object], float]:
    """The largest difference of columns with these names."""
    return lambda theirs, ours: max(absolute(theirs[name], ours[name]) for name in names)


def electrical() -> Iterator[Row]:
    chance = np.random.default_rng(1)
    weather = chance.uniform(20.0, 1200.0, N), chance.uniform(-10.0, 85.0, N)
    curve = pvlib.pvsystem.calcparams_cec(*weather, **LONGI)
    few = [np.broadcast_to(x, N)[: N // 10] for x in curve]
    voltage, current = chance.uniform(0.0, 45.0, N), curve[0] * chance.uniform(0.0, 1.0, N)
    ours, theirs = cs.electrical, pvlib.pvsystem
    module = "LONGi 545 W, 20 to 1200 W/m2, -10 to 85 degC"
    yield Row("calcparams_cec", "pvlib", module, N, lambda: theirs.calcparams_cec(*weather, **LONGI), lambda: ours.calcparams_cec(*weather, **LONGI),
              relative, "relative")
    for method in ("newton", "lambertw", "chandrupatla"):
        def gap(a, b, names=("i_sc", "v_oc", "i_mp", "v_mp", "p_mp", "i_x", "i_xx")):
            return relative([a[k] for k in names], [b[k] for k in names])
        yield Row("singlediode", f"pvlib {method}", module, N // 10, lambda m=method: theirs.singlediode(*few, method=m),
                  lambda: ours.singlediode(*few), gap, "relative")
    for method in ("lambertw", "newton"):
        yield Row("i_from_v", f"pvlib {method}", "0 to 45 V", N, lambda m=method: theirs.i_from_v(voltage, *curve, method=m),
                  lambda: ours.i_from_v(voltage, *curve), absolute, "A")
    yield Row("v_from_i", "pvlib lambertw", "0 to i_sc", N, lambda: theirs.v_from_i(current, *curve), lambda: ours.v_from_i(current, *curve),
              absolute, "V")


def sky() -> Iterator[Row]:
    ours = cs.sky
    when = pd.date_range("2026-01-01", periods=N // 4, freq="10min", tz="UTC")
    site = (-22.92, -69.91)
    place = dict(altitude=1635.0)
    yield Row("solarposition", "pvlib nrel_numpy", "one place, every 10 min", len(when),
              lambda: pvlib.solarposition.get_solarposition(when, *site, **place), lambda: ours.solarposition(when, *site, **place),
              shared("apparent_zenith", "zenith", "elevation"), "degree")
    sun = pvlib.solarposition.get_solarposition(when, *site, **place)
    up = sun[sun["apparent_zenith"] < 85.0]
    zenith, azimuth = (np.resize(up[name].to_numpy(), N) for name in ("apparent_zenith", "azimuth"))
    extra = np.full(N, 1361.0)
    airmass = pvlib.atmosphere.get_relative_airmass(zenith)
    clear = (zenith, airmass, 3.0, 1635.0, extra)
    yield Row("ineichen", "pvlib", "day", N, lambda: pvlib.clearsky.ineichen(*clear), lambda: ours.ineichen(*clear), shared("ghi", "dni", "dhi"), "W/m2")
    light = pvlib.clearsky.ineichen(*clear)
    plane = (25.0, 0.0, zenith, azimuth, light["dni"], light["ghi"], light["dhi"])
    for model in ("perez", "haydavies"):
        more = dict(dni_extra=extra, airmass=airmass, model=model)
        yield Row("get_total_irradiance", f"pvlib {model}", "fixed plane, day", N, lambda m=more: pvlib.irradiance.get_total_irradiance(*plane, **m),
                  lambda m=more: ours.get_total_irradiance(*plane, **m), shared("poa_global", "poa_sky_diffuse"), "W/m2")
    chance = np.random.default_rng(2)
    air, wind, angle = chance.uniform(-10.0, 45.0, N), chance.uniform(0.0, 15.0, N), chance.uniform(0.0, 90.0, N)
    yield Row("faiman", "pvlib", "", N, lambda: pvlib.temperature.faiman(light["ghi"], air, wind), lambda: ours.faiman(light["ghi"], air, wind),
              absolute, "K")
    yield Row("physical (iam)", "pvlib", "0 to 90 degrees", N, lambda: pvlib.iam.physical(angle), lambda: ours.physical(angle), absolute, "1")


def thermal() -> Iterator[Row]:
    ours = cs.thermal
    kelvin = np.random.default_rng(3).uniform(274.0, 363.0, N // 10)
    props = __import__("CoolProp.CoolProp", fromlist=["PropsSI"]).PropsSI
    for coolant, fluid in (("pg25", "INCOMP::MPG[0.25]"), ("water", "Water")):
        yield Row("coolant_properties", "CoolProp", f"{coolant}, four properties", len(kelvin),
                  lambda f=fluid: [props(code, "T", kelvin, "P", 101325.0, f) for code in "DVLC"], lambda c=coolant: ours.coolant_properties(kelvin, c),
                  lambda a, b: max(absolute(1.0, b[name] / column) for name, column in zip(("rho", "mu", "k", "cp"), a)), "relative")
    ht = __import__("ht")
    reynolds = np.random.default_rng(4).uniform(4000.0, 1e5, N // 10)
    def gnielinski():
        return [ht.conv_internal.turbulent_Gnielinski(Re=re, Pr=5.0, fd=(0.79 * np.log(re) - 1.64) ** -2) for re in reynolds.tolist()]
    yield Row("nusselt", "ht Gnielinski", "turbulent, one call a point", len(reynolds), gnielinski, lambda: ours.nusselt(reynolds, 5.0),
              lambda a, b: absolute(1.0, b / np.array(a)), "relative")


def orbit() -> Iterator[Row]:
    from sgp4.api import Satrec, SatrecArray
    from skyfield.api import EarthSatellite, load, wgs84

    lines = [line for line in (DATA / "orbit_windows.tle").read_text(encoding="utf-8").splitlines() if line[:2] in ("1 ", "2 ")]
    pairs = list(zip(lines[::2], lines[1::2]))
    peers = [Satrec.twoline2rv(*pair) for pair in pairs]
    near = [k for k, peer in enumerate(peers) if peer.method == "n"]
    pairs, peers = [pairs[k] for k in near], [peers[k] for k in near]
    mine = cs.orbit.Catalogue("\n".join(line for pair in pairs for line in pair))
    when = pd.date_range("2026-06-14", periods=8640, freq="10s", tz="UTC")
    day = np.full(len(when), 2461205.5)
    part = ((when - when.normalize()) / pd.Timedelta(days=1)).to_numpy()
    both, many = SatrecArray(peers), len(peers) * len(when)
    yield Row("Catalogue.sgp4", "python-sgp4", f"{len(peers)} satellites, a day every 10 s", many, lambda: both.sgp4(day, part),
              lambda: mine.sgp4(day, part), lambda a, b: absolute(a[1], b[1]), "km")
    wide = cs.orbit.Catalogue("\n".join(line for _ in range(64) for pair in pairs for line in pair))
    wide_peer, some = SatrecArray(peers * 64), slice(0, 200)
    yield Row("Catalogue.sgp4", "python-sgp4", f"{64 * len(peers)} satellites, 200 times", 64 * len(peers) * 200,
              lambda: wide_peer.sgp4(day[some], part[some]), lambda: wide.sgp4(day[some], part[some]), lambda a, b: absolute(a[1], b[1]), "km")
    scale = load.timescale(builtin=True)
    t = scale.from_datetimes(list(when.to_pydatetime()))
    place, dut1 = wgs84.latlon(24.4267, 54.6167, 10.0), float(np.mean(scale.utc(2026, 6, 14).dut1))
    flying = [EarthSatellite(*pair, ts=scale) for pair in pairs]
    yield Row("Catalogue.looks", "Skyfield altaz", f"{len(peers)} satellites, a day every 10 s", many,
              lambda: np.array([(s - place).at(t).altaz()[0].degrees for s in flying]).T,
              lambda: mine.looks(when, 24.4267, 54.6167, 10.0, dut1=dut1).elevation.values, absolute, "degree")
    ends = scale.from_datetime(when[0].to_pydatetime()), scale.from_datetime((when[0] + pd.Timedelta(days=1)).to_pydatetime())

    def events():
        found = [s.find_events(place, *ends, altitude_degrees=10.0) for s in flying]
        return np.sort(np.concatenate([times.tt[kind == 1] for times, kind in found if len(kind)])) * 86400.0

    def tops(windows: pd.DataFrame) -> np.ndarray:
        inside = windows[~windows.open_at_start & ~windows.open_at_stop]
        return np.sort(scale.from_datetimes(list(inside.tca.dt.to_pydatetime())).tt) * 86400.0

    yield Row("Catalogue.windows", "Skyfield find_events", f"{len(peers)} satellite days, highest point above 10 degrees", len(peers), events,
              lambda: mine.windows(when[0], when[0] + pd.Timedelta(days=1), 24.4267, 54.6167, 10.0, dut1=dut1),
              lambda a, b: absolute(a, tops(b)) if len(a) == len(tops(b)) else np.inf, "s")


PARTS = {part.__name__: part for part in (electrical, sky, thermal, orbit)}
HEAD = ("function", "peer", "version", "theirs_per_s", "ours_per_s", "ratio", "largest_difference", "unit", "work")
PACKAGES = {"python-sgp4": "sgp4", "Skyfield": "skyfield", "CoolProp": "CoolProp", "ht": "ht", "pvlib": "pvlib"}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all where none is named")
    words.add_argument("--csv", action="store_true", help="comma-separated values")
    chosen = words.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        words.error(f"{', '.join(sorted(unknown))} is no part; accepted: {', '.join(PARTS)}")
    warnings.simplefilter("ignore")
    _engine.set_threads(1)
    out = csv.writer(sys.stdout)
    if chosen.csv:
        out.writerow(HEAD)
    else:
        print(f"coldsun {cs.__version__} beside its peers, one thread, points per second of processor time")
    for part in chosen.parts or PARTS:
        for row in PARTS[part]():
            (theirs, a), (ours, b) = rate(row.points, row.theirs), rate(row.points, row.ours)
            package, gap = PACKAGES[row.peer.split()[0]], row.gap(a, b)
            line = (row.function, row.peer, version(package), f"{theirs:.3g}", f"{ours:.3g}", f"{ours / theirs:.2f}", f"{gap:.1e}", row.unit, row.work)
            if chosen.csv:
                out.writerow(line)
            else:
                print("{:<21} {:<21} {:<8} {:>9} {:>9} {:>8}x  {:>8} {:<9} {}".format(*line), flush=True)


if __name__ == "__main__":
    main()
