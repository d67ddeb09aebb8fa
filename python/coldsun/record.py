"""Records: a folder of netCDF-4 segments, joined into one xarray.Dataset."""

from __future__ import annotations

import json
import warnings
from difflib import get_close_matches
from pathlib import Path

import h5py
import numpy as np
import xarray as xr
from xarray.backends import BackendArray
from xarray.core import indexing

from .errors import InputError

SCHEMA = "2"
_UNREADABLE = "{}: not a readable netCDF-4 file (truncated or foreign); accepted: a segment that coldsun wrote"


def closed_segments(folder: str | Path) -> list[Path]:
    """Segments that were closed and renamed, in order; none where the folder is not there."""
    return sorted(Path(folder).glob("segment_*.nc"), key=lambda p: int(p.stem.split("_")[1]))


def segments(path: str | Path) -> list[Path]:
    """Closed segments of the record at `path`, in order; raises InputError when there is none."""
    path = Path(path)
    if not path.is_dir():
        raise InputError(f"{path}: no such folder; accepted: the folder that a run wrote (--out)")
    found = closed_segments(path)
    if not found:
        raise InputError(f"{path}: holds no closed segment (segment_0000.nc ...); accepted: the folder of a record")
    return found


def open_segment(path: str | Path) -> xr.Dataset:
    """Open one segment lazily; raises InputError where it is truncated, foreign or of another schema."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")   # what h5netcdf thinks of a foreign file is said below
            part = xr.open_dataset(path, engine="h5netcdf", decode_timedelta=False)
    except Exception:
        raise InputError(_UNREADABLE.format(path)) from None
    schema = part.attrs.get("coldsun_schema")
    if str(schema) != SCHEMA:
        part.close()
        raise InputError(f"{path}: coldsun_schema = {schema!r}; accepted: {SCHEMA!r}")
    return part.set_coords("time_bnds")


def open_record(path: str | Path) -> xr.Dataset:
    """Open the record in a folder.

    Parameters
    ----------
    path : path
        The folder that `Twin.run` or ``coldsun run --out`` wrote. A record of a run that was killed opens as well: what its
        closed segments hold.

    Returns
    -------
    xarray.Dataset
        Dimensions ``time`` (end of each step, UTC), ``member``, ``site``, ``node``, ...; every variable carries ``units`` and
        ``long_name``; the coordinate ``time_bnds`` (time, nv) holds start and end of each step. Attributes hold the inputs, the commit and the
        schema version.

    Raises
    ------
    InputError
        When the folder holds no record, a segment is truncated, foreign or of another schema, or one between two others is gone.
    """
    found = segments(path)
    numbers = [int(segment.stem.split("_")[1]) for segment in found]
    if numbers != list(range(len(numbers))):
        gap = next(k for k, n in enumerate(numbers) if n != k)
        raise InputError(f"{path}: segment_{gap:04d}.nc is missing before {found[gap].name}; accepted: segments without a gap")
    first = open_segment(found[0])
    if len(found) == 1:
        return first
    time, everywhere = _scan(found, str(first.attrs.get("inputs_hash")))
    stop = np.cumsum([len(part) for part in time])
    bounds = np.concatenate(time).astype("datetime64[ns]")
    variables = {}
    for name, variable in first.variables.items():
        if "time" not in variable.dims or name in ("time", "time_bnds") or name not in everywhere:
            continue
        joined = _Joined(found, stop, str(name), variable.shape[1:], variable.dtype)
        lazy = indexing.MemoryCachedArray(indexing.LazilyIndexedArray(joined))
        variables[name] = xr.Variable(variable.dims, lazy, variable.attrs)
    whole = {"time": xr.Variable("time", bounds[:, 1], first["time"].attrs), "time_bnds": xr.Variable(("time", "nv"), bounds, first["time_bnds"].attrs)}
    coords = {name: first[name].load() for name in first.coords if name not in whole} | whole
    record = xr.Dataset(variables, coords, first.attrs)
    first.close()
    return record


def _scan(found: list[Path], inputs_hash: str) -> tuple[list[np.ndarray], set[str]]:
    """Start and end of every segment's steps [ns since 1970], and the variables that all segments hold (a resumed run may record others).

    Every segment is looked at once, so that a bad one is named before anything is read.
    """
    out, everywhere = [], None
    for segment in found:
        try:
            with h5py.File(segment, "r") as file:
                schema, theirs, time = file.attrs.get("coldsun_schema"), file.attrs.get("inputs_hash"), file["time_bnds"][:]
                everywhere = set(file) if everywhere is None else everywhere & set(file)
        except (OSError, KeyError):
            raise InputError(_UNREADABLE.format(segment)) from None
        if _text(schema) != SCHEMA:
            raise InputError(f"{segment}: coldsun_schema = {_text(schema)!r}; accepted: {SCHEMA!r}")
        if _text(theirs) != inputs_hash:
            raise InputError(f"{segment}: was written by another run than {found[0].name}; accepted: the folder of one run")
        out.append(time)
    return out, everywhere


def _text(attribute) -> str:
    return attribute.decode() if isinstance(attribute, bytes) else str(attribute)


class _Joined(BackendArray):
    """One variable over all segments, read when it is asked for; files are open only while they are read."""

    def __init__(self, found: list[Path], stop: np.ndarray, name: str, rest: tuple[int, ...], dtype):
        self.found, self.stop, self.name = found, stop, name
        self.shape, self.dtype = (int(stop[-1]), *rest), dtype

    def __getitem__(self, key):
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.BASIC, self._read)

    def _read(self, key):
        rows = np.arange(self.shape[0])[key[0]]
        wanted = np.atleast_1d(rows)
        low, high = (int(wanted.min()), int(wanted.max()) + 1) if wanted.size else (0, 0)
        parts = [np.empty((0, *self.shape[1:]), self.dtype)]
        for segment, start, stop in zip(self.found, [0, *self.stop[:-1]], self.stop):
            if start < high and stop > low:
                with h5py.File(segment, "r") as file:
                    parts.append(file[self.name][max(low - start, 0) : min(high, stop) - start])
        return np.concatenate(parts)[(rows - low, *key[1:])]


def site_facts(record: xr.Dataset, site: str) -> dict:
    """What the record says of one of its sites: title and utc_offset [s]."""
    return json.loads(record.attrs.get("sites", "{}")).get(site, {"title": site, "utc_offset": 0.0})


def field_paths(table, names) -> list[str]:
    """Paths of fields of the State that a record is to hold, by their names (or paths, where two groups have a field of one name)."""
    paths = {f"{group}/{name}": name for group, fields in table.items() for name in fields}
    out = []
    for name in names:
        found = [path for path, last in paths.items() if name in (path, last)]
        if len(found) != 1:
            near = found or get_close_matches(str(name), list(paths.values()), 5, 0.4) or ["poa_global"]
            raise InputError(f"record: {name}; accepted: a field of the State (Twin.fields), such as {', '.join(near)}")
        out += found
    return out
