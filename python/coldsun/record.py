"""Records: folders of netCDF-4 segments, each checked before it is opened, joined into one xarray.Dataset."""

from __future__ import annotations

import json
import os
import warnings
from difflib import get_close_matches
from pathlib import Path

import h5py
import numpy as np
import xarray as xr
from xarray.backends import BackendArray, BackendEntrypoint
from xarray.core.indexing import IndexingSupport, LazilyIndexedArray, explicit_indexing_adapter  # as xarray's page on new backends has it

from . import _engine
from .errors import InputError, RecordWarning

SCHEMA = "3"
MOST_STEPS = 10_000_000   # per segment: three years of 10-s steps
# encoding of time in segments and in files written from a joined record: one unit for time and its bounds (CF 7.1)
TIME = {"units": "milliseconds since 1970-01-01", "calendar": "standard", "dtype": np.dtype("int64")}
_UNREADABLE = "{}: not a readable netCDF-4 file (truncated, damaged or foreign); accepted: a segment that coldsun wrote"
_checked: dict[str, tuple] = {}   # path -> inode, size and modification time of the file when it was last found undamaged


class Damaged(InputError):
    """A segment is truncated, changed or of other content."""


def number_of(segment: Path) -> int:
    """Number of a segment, from its name."""
    return int(segment.stem.split("_")[1])


def closed_segments(folder: str | Path) -> list[Path]:
    """Closed segments in order; empty where the folder does not exist."""
    return sorted((p for p in Path(folder).glob("segment_*.nc") if p.stem[8:].isdecimal()), key=number_of)


def segments(path: str | Path) -> list[Path]:
    """Closed segments of the record at `path`, in order; InputError where there is none."""
    path = Path(path)
    if not path.is_dir():
        raise InputError(f"{path}: no such folder; accepted: the folder that a run wrote (--out)")
    found = closed_segments(path)
    if not found:
        raise InputError(f"{path}: holds no closed segment (segment_0000.nc ...); accepted: the folder of a record")
    return found


def check_segment(path: str | Path) -> None:
    """Raise InputError unless the file is an undamaged segment of this schema; an unchanged file is checked once."""
    key = os.path.abspath(path)
    try:
        s = os.stat(key)
        now = (s.st_ino, s.st_size, s.st_mtime_ns)
    except OSError:
        now = None
    if now is None or _checked.get(key) != now:
        try:
            _engine.check_segment(str(path))
        except _engine.FileError as error:
            if "coldsun_schema = " in str(error):   # undamaged, of another version
                raise InputError(str(error)) from None
            raise Damaged(str(error)) from None
        _checked[key] = now


def open_segment(path: str | Path) -> xr.Dataset:
    """Open one segment lazily; InputError where it is damaged, of another format or of another schema."""
    check_segment(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")   # the error below replaces warnings of h5netcdf on other formats
            part = xr.open_dataset(path, engine="h5netcdf", decode_timedelta=False)
        return part.set_coords("time_bnds")
    except Exception:
        raise InputError(_UNREADABLE.format(path)) from None


def sound_segments(found: list[Path]) -> tuple[list[Path], list[Damaged]]:
    """The segments up to the last undamaged one, and the errors of those after it; InputError where one before it is damaged."""
    wrong: list[Damaged | None] = []
    for segment in found:
        try:
            check_segment(segment)
            wrong.append(None)
        except Damaged as error:
            wrong.append(error)
    last = max((k for k, error in enumerate(wrong) if error is None), default=-1)
    for error in wrong[: last + 1]:
        if error is not None:
            raise error
    return found[: last + 1], [error for error in wrong[last + 1 :] if error is not None]


def open_record(path: str | Path) -> xr.Dataset:
    """Open the record in a folder.

    Parameters
    ----------
    path : path
        Folder written by `Twin.run` or ``coldsun run --out``. The record of a killed run opens up to its last closed segment. Where the last
        segments are damaged, the segments before them open and a `RecordWarning` names the damaged ones.

    Returns
    -------
    xarray.Dataset
        Dimensions ``time`` (end of each step, UTC), ``member``, ``site``, ``node``, ...; every variable has ``long_name`` and ``units``, or
        ``flag_meanings``; the coordinate ``time_bnds`` (time, nv) holds start and end of each step. Attributes: inputs, commit, schema.

    Raises
    ------
    InputError
        The folder holds no record, or a segment is missing, damaged (with an undamaged one after it), of another run or schema, or out of order
        in time; later, when a variable is read, a segment has changed since.

    Examples
    --------
    >>> import coldsun as cs, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> _ = cs.Twin("small", hours=0.1).run(out=folder, progress=False)
    >>> record = cs.open_record(folder)
    >>> record["t_junction"].dims, record["p_it"].shape, record["p_it"].units
    (('time', 'member', 'node'), (36, 1, 1), 'W')
    """
    found = segments(path)
    numbers = [number_of(segment) for segment in found]
    if numbers != list(range(len(numbers))):
        gap = next(k for k, n in enumerate(numbers) if n != k)
        raise InputError(f"{path}: segment_{gap:04d}.nc is missing before {found[gap].name}; accepted: segments without a gap")
    found, damaged = sound_segments(found)
    if not found:
        raise damaged[0]
    for error in damaged:
        warnings.warn(f"{error}; the record ends before it", RecordWarning, stacklevel=2)
    return xr.open_dataset(path, engine=_Record, found=found)


def scan(found: list[Path]) -> tuple[list[np.ndarray], set[str]]:
    """Start and end of the steps of each segment [ms since 1970], and the variables of all segments (a resumed run may record others).

    InputError names a segment of another run, number, time or shape before any data is read.
    """
    out: list[np.ndarray] = []
    shapes: dict[str, tuple] = {}
    everywhere: set[str] | None = None
    inputs_hash = None
    for segment in found:
        try:
            with h5py.File(segment, "r") as file:
                theirs, kept_as, time = file.attrs.get("inputs_hash"), file.attrs.get("segment"), file["time_bnds"]
                if time.ndim != 2 or time.shape[1] != 2 or time.dtype != np.int64 or time.shape[0] > MOST_STEPS:
                    raise KeyError("time_bnds")
                time = time[:]
                here = {name: (item.shape[1:], item.dtype.kind) for name, item in file.items()
                        if isinstance(item, h5py.Dataset) and item.shape[:1] == (len(time),)}
        except (OSError, KeyError, RuntimeError, ValueError, AttributeError, TypeError):
            raise InputError(_UNREADABLE.format(segment)) from None
        if inputs_hash is None:
            inputs_hash, shapes = _text(theirs), here
        if _text(theirs) != inputs_hash:
            raise InputError(f"{segment}: was written by another run than {found[0].name}; accepted: the folder of one run")
        if kept_as is not None and _text(kept_as) != str(number_of(segment)):
            raise InputError(f"{segment}: was written as segment {_text(kept_as)}; accepted: segments under their own names, without copies")
        if len(time) and (time[0, 0] < 0 or (time[:, 1] <= time[:, 0]).any() or (time[1:, 0] != time[:-1, 1]).any()):
            raise InputError(f"{segment}: the time of its steps is not continuous; accepted: a segment that coldsun wrote")
        if len(time) and out and len(out[-1]) and time[0, 0] != out[-1][-1, 1]:
            begins, ends = (np.datetime64(int(t), "ms") for t in (time[0, 0], out[-1][-1, 1]))
            raise InputError(f"{segment}: begins at {begins}, where the segment before ends at {ends}; accepted: segments in the order of time")
        odd = [name for name in here if name in shapes and here[name] != shapes[name]]
        if odd:
            raise InputError(f"{segment}: {odd[0]} has another shape than in {found[0].name}; accepted: the folder of one run")
        everywhere = set(here) if everywhere is None else everywhere & set(here)
        out.append(time)
    return out, everywhere or set()


def _text(attribute) -> str:
    return attribute.decode(errors="replace") if isinstance(attribute, bytes) else str(attribute)


class _Record(BackendEntrypoint):
    """The sound segments of a record, for xarray, which keeps what was read of a variable."""

    open_dataset_parameters = ("filename_or_obj", "drop_variables", "found")

    def open_dataset(self, filename_or_obj, *, drop_variables=None, found: list[Path]) -> xr.Dataset:
        first = open_segment(found[0])
        try:
            bounds, everywhere = scan(found)
            stop = np.cumsum([len(part) for part in bounds])
            variables = {}
            for name, variable in first.variables.items():
                if "time" not in variable.dims or name in ("time", "time_bnds") or name not in everywhere:
                    continue
                joined = _Joined(found, stop, str(name), variable.shape[1:], variable.dtype)
                variables[name] = xr.Variable(variable.dims, LazilyIndexedArray(joined), variable.attrs)
            time = np.concatenate(bounds).astype("datetime64[ms]").astype("datetime64[ns]")
            whole = {"time": xr.Variable("time", time[:, 1], first["time"].attrs, TIME),
                     "time_bnds": xr.Variable(("time", "nv"), time, first["time_bnds"].attrs, TIME)}
            coords = {name: first[name].load() for name in first.coords if name not in whole} | whole
            attrs = {name: value for name, value in first.attrs.items() if name != "segment"}
            return xr.Dataset(variables, coords, attrs)
        except (OSError, KeyError, TypeError, AttributeError, MemoryError):
            raise InputError(_UNREADABLE.format(found[0])) from None
        finally:
            first.close()


class _Joined(BackendArray):
    """One variable over all segments, read on demand; a file is open only while it is read."""

    def __init__(self, found: list[Path], stop: np.ndarray, name: str, rest: tuple[int, ...], dtype):
        self.found, self.stop, self.name = found, stop, name
        self.shape, self.dtype = (int(stop[-1]), *rest), dtype

    def __getitem__(self, key):
        return explicit_indexing_adapter(key, self.shape, IndexingSupport.BASIC, self._read)

    def _read(self, key):
        rows = np.arange(self.shape[0])[key[0]]
        wanted = np.atleast_1d(rows)
        low, high = (int(wanted.min()), int(wanted.max()) + 1) if wanted.size else (0, 0)
        parts = [np.empty((0, *self.shape[1:]), self.dtype)]
        for segment, start, stop in zip(self.found, [0, *self.stop[:-1]], self.stop):
            if start < high and stop > low:
                check_segment(segment)   # it may have changed since the record was opened
                try:
                    with h5py.File(segment, "r") as file:
                        rows_now = len(file[self.name])
                        parts.append(file[self.name][max(low - start, 0) : min(high, stop) - start])
                except (OSError, KeyError):
                    raise InputError(_UNREADABLE.format(segment)) from None
                if rows_now != stop - start:   # thinned meanwhile: its rows have other times
                    raise InputError(f"{segment}: was changed since the record was opened ({rows_now} rows instead of {stop - start}); "
                                     "accepted: open_record again")
        return np.concatenate(parts)[(rows - low, *key[1:])]


def site_facts(record: xr.Dataset, site: str) -> dict:
    """Title and utc_offset [s] of a site, from the record."""
    return json.loads(record.attrs.get("sites", "{}")).get(site, {"title": site, "utc_offset": 0.0})


def field_paths(table, names) -> list[str]:
    """Paths group/name of fields of the State, from names, or from paths where two groups have a field of one name; InputError for others."""
    paths = {f"{group}/{name}": name for group, fields in table.items() for name in fields}
    out = []
    for name in names:
        found = [path for path, last in paths.items() if name in (path, last)]
        if len(found) != 1:
            near = found or get_close_matches(str(name), list(paths.values()), 5, 0.4) or ["poa_global"]
            raise InputError(f"record: {name}; accepted: a field of the State (Twin.fields), such as {', '.join(near)}")
        out += found
    return out
